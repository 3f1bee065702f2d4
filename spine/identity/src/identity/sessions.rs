//! Sessions in the database: begun, told, ended.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use maru_ledger::{Actor, DatabaseError, Row, Sql, Value};

use super::Identity;
use crate::{
    access::AccessEvent,
    account::{AccountStatus, SignInMethod},
    error::IdentityError,
    role::{Principal, Role},
    session::{Session, SessionView, before, later},
    token::{self, Digest},
};

/// Unused sessions and sign-ins that were begun are forgotten after this time.
const ATTEMPTS_KEPT: Duration = Duration::from_hours(30 * 24);

/// How exactly it is stored when a session was last used: a row is not written more often.
const SEEN_EVERY: Duration = Duration::from_mins(1);

/// The longest idleness that can be stored, in microseconds: the database adds it to instants, and the sum must fit.
const LONGEST_IDLE: i64 = i64::MAX / 4;

/// A session as its row and its account's row tell it.
struct Found {
    principal: Principal,
    sealed_name: String,
    status: Option<AccountStatus>,
    handle: String,
    method: Option<SignInMethod>,
    signed_in_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
    idle: Duration,
}

const SELECT: &str = "SELECT s.account, a.role, a.department, a.name, a.status, s.handle, s.method, s.signed_in_at, \
     s.last_seen_at, s.expires_at, s.idle_microseconds \
     FROM identity_sessions s JOIN identity_accounts a ON a.account = s.account WHERE s.digest = $1";

fn found(row: &Row) -> Result<Found, DatabaseError> {
    let role = row.text(1)?;
    let role = Role::parse(&role).ok_or_else(|| DatabaseError::work(format!("an account has the role {role:?}")))?;
    let principal = Principal { account: row.text(0)?, name: String::new(), role, department: row.optional_text(2)? };
    Ok(Found {
        principal,
        sealed_name: row.text(3)?,
        status: AccountStatus::parse(&row.text(4)?),
        handle: row.text(5)?,
        method: SignInMethod::parse(&row.text(6)?),
        signed_in_at: row.timestamp(7)?,
        last_seen_at: row.timestamp(8)?,
        expires_at: row.timestamp(9)?,
        idle: Duration::from_micros(row.unsigned(10)?),
    })
}

impl Identity {
    /// The session of `token` from memory alone, in about a microsecond: nothing if it was not used a moment ago. Ask
    /// [`Identity::session`] then.
    pub fn cached_session(&self, token: &str, now: Timestamp) -> Option<Arc<Session>> {
        let digest = token::digest_of(token)?;
        self.inner.cache.get(&digest, now, self.inner.config.sessions.kept)
    }

    /// The session of the secret that a browser showed; nothing if there is none, it ended, or its account may not be
    /// used. Name, role and department are those that the account has now.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Arc<Session>>, IdentityError> {
        let Some(digest) = token::digest_of(token) else { return Ok(None) };
        if let Some(session) = self.inner.cache.get(&digest, now, self.inner.config.sessions.kept) {
            return Ok(Some(session));
        }
        let moment = self.inner.cache.moment();
        let rows = self.inner.ledger.read(move |sql| sql.query(SELECT, &[digest.into()])).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let found = found(row)?;
        let Some(session) = self.alive(token, &digest, found, now).await? else { return Ok(None) };
        let session = Arc::new(session);
        self.inner.cache.put(digest, Arc::clone(&session), now, moment);
        Ok(Some(session))
    }

    /// The session, if it may still be used; its last use is stored if that is more than a minute old.
    async fn alive(
        &self,
        token: &str,
        digest: &Digest,
        found: Found,
        now: Timestamp,
    ) -> Result<Option<Session>, IdentityError> {
        let last_seen = self.inner.cache.last_seen(digest).map_or(found.last_seen_at, |it| it.max(found.last_seen_at));
        let (Some(AccountStatus::Active), Some(method)) = (found.status, found.method) else { return Ok(None) };
        if !self.accepts(method, &found.principal.account)
            || now >= found.expires_at
            || now >= later(last_seen, found.idle)
        {
            return Ok(None);
        }
        let Some(csrf_token) = token::csrf_token(token) else { return Ok(None) };
        if now >= later(found.last_seen_at, SEEN_EVERY) {
            let parameters: [Value; 2] = [(*digest).into(), now.into()];
            let touch = move |sql: &mut dyn Sql| {
                let statement =
                    "UPDATE identity_sessions SET last_seen_at = $2 WHERE digest = $1 AND last_seen_at < $2";
                sql.execute(statement, &parameters)
            };
            self.inner.ledger.write(touch).await?;
        }
        let name = self.inner.ledger.unseal(&found.sealed_name)?;
        let principal = Principal { name: name.value.unwrap_or_default(), ..found.principal };
        Ok(Some(Session {
            principal,
            handle: found.handle,
            method,
            signed_in_at: found.signed_in_at,
            expires_at: found.expires_at,
            idle: found.idle,
            csrf_token,
        }))
    }

    /// Begins a session for an account that proved who it is, in place of the one that the browser had.
    pub(super) async fn begin_session(
        &self,
        principal: Principal,
        method: SignInMethod,
        former_token: Option<&str>,
        now: Timestamp,
    ) -> Result<(String, Arc<Session>), IdentityError> {
        let rules = self.inner.config.sessions;
        let token = token::new_token(&*self.inner.config.entropy);
        let (Some(digest), Some(csrf_token)) = (token::digest_of(&token), token::csrf_token(&token)) else {
            return Err(DatabaseError::work("a secret could not be made").into());
        };
        let idle = if principal.role.is_staff() { rules.staff_idle } else { rules.citizen_idle };
        let session = Session {
            principal,
            handle: token::new_token(&*self.inner.config.entropy).chars().take(16).collect(),
            method,
            signed_in_at: now,
            expires_at: later(now, rules.longest),
            idle,
            csrf_token,
        };
        let former = former_token.and_then(token::digest_of);
        let row: Vec<Value> = vec![
            digest.into(),
            session.principal.account.as_str().into(),
            session.handle.as_str().into(),
            method.as_str().into(),
            now.into(),
            session.expires_at.into(),
            i64::try_from(idle.as_micros()).unwrap_or(LONGEST_IDLE).min(LONGEST_IDLE).into(),
        ];
        let account = session.principal.account.clone();
        let most = rules.per_account.max(1);
        self.inner
            .ledger
            .write(move |sql| {
                if let Some(former) = former {
                    sql.execute("DELETE FROM identity_sessions WHERE digest = $1", &[former.into()])?;
                }
                sql.execute(
                    "INSERT INTO identity_sessions (digest, account, handle, method, signed_in_at, last_seen_at, \
                     expires_at, idle_microseconds) VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
                    &row,
                )?;
                give_way(sql, &account, most)
            })
            .await?;
        if let Some(former) = former {
            self.inner.cache.forget(&former);
        }
        // Those that gave way must not be told from memory any more. The new one is kept when it is first asked for.
        self.inner.cache.forget_account(&session.principal.account);
        Ok((token, Arc::new(session)))
    }

    /// Ends the session of `token`, if there is one.
    pub async fn sign_out(&self, token: &str, now: Timestamp) -> Result<(), IdentityError> {
        let Some(session) = self.session(token, now).await? else { return Ok(()) };
        self.end_session(&session.principal, &session.handle, now).await.map(|_| ())
    }

    /// Where the account is signed in, the newest first.
    pub async fn sessions_of(&self, account: &str, now: Timestamp) -> Result<Vec<SessionView>, IdentityError> {
        let parameters: [Value; 2] = [account.into(), now.into()];
        let rows = self
            .inner
            .ledger
            .read(move |sql| {
                sql.query(
                    "SELECT handle, method, signed_in_at, last_seen_at FROM identity_sessions \
                     WHERE account = $1 AND expires_at > $2 AND last_seen_at + idle_microseconds > $2 \
                     ORDER BY signed_in_at DESC, handle",
                    &parameters,
                )
            })
            .await?;
        let views = rows.iter().filter_map(|row| {
            let view = || {
                let Some(method) = SignInMethod::parse(&row.text(1)?) else { return Ok(None) };
                let (signed_in_at, last_seen_at) = (row.timestamp(2)?, row.timestamp(3)?);
                Ok(Some(SessionView { handle: row.text(0)?, method, signed_in_at, last_seen_at }))
            };
            view().transpose()
        });
        views.collect()
    }

    /// Ends one session of the principal, by its handle; says whether there was one.
    pub async fn end_session(
        &self,
        principal: &Principal,
        handle: &str,
        now: Timestamp,
    ) -> Result<bool, IdentityError> {
        let parameters: [Value; 2] = [principal.account.as_str().into(), handle.into()];
        let statement = "DELETE FROM identity_sessions WHERE account = $1 AND handle = $2";
        let ended = self.inner.ledger.write(move |sql| sql.execute(statement, &parameters)).await?;
        self.inner.cache.forget_account(&principal.account);
        if ended > 0 && principal.role.is_staff() {
            let event = AccessEvent::SignedOut { session: Some(handle.to_owned()) };
            self.record(&principal.account, principal.actor(), &event, now).await?;
        }
        Ok(ended > 0)
    }

    /// Ends every session of the account, by its owner or by an administrator; says how many there were.
    pub async fn end_sessions(&self, account: &str, actor: Actor, now: Timestamp) -> Result<u64, IdentityError> {
        let parameters: [Value; 1] = [account.into()];
        let statement = "DELETE FROM identity_sessions WHERE account = $1";
        let ended = self.inner.ledger.write(move |sql| sql.execute(statement, &parameters)).await?;
        self.inner.cache.forget_account(account);
        if ended > 0 && self.is_staff(account).await? {
            self.record(account, actor, &AccessEvent::SignedOut { session: None }, now).await?;
        }
        Ok(ended)
    }

    /// Clears away sessions that ended and sign-ins that were begun a month ago; says how many rows. Call it now and
    /// then, such as once an hour.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<u64, IdentityError> {
        let long_ago = before(now, ATTEMPTS_KEPT);
        let forget = move |sql: &mut dyn Sql| {
            let sessions = sql.execute(
                "DELETE FROM identity_sessions WHERE expires_at <= $1 OR last_seen_at + idle_microseconds <= $1",
                &[now.into()],
            )?;
            let attempts = sql.execute("DELETE FROM identity_attempts WHERE started_at <= $1", &[long_ago.into()])?;
            Ok(sessions + attempts)
        };
        Ok(self.inner.ledger.write(forget).await?)
    }
}

/// Ends the oldest sessions of the account beyond `most`.
fn give_way(sql: &mut dyn Sql, account: &str, most: u32) -> Result<(), DatabaseError> {
    let rows = sql.query(
        "SELECT digest FROM identity_sessions WHERE account = $1 ORDER BY signed_in_at DESC, last_seen_at DESC, digest",
        &[account.into()],
    )?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    for row in rows.iter().skip(most) {
        sql.execute("DELETE FROM identity_sessions WHERE digest = $1", &[row.bytes(0)?.into()])?;
    }
    Ok(())
}
