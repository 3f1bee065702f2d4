//! Signing in: by a click in the demonstration, or by a provider.

use std::{
    fmt::{self, Write as _},
    net::IpAddr,
    time::Duration,
};

use jiff::Timestamp;
use maru_ledger::{Personal, Sql, Value};
use ring::hmac;

use super::{
    Identity, Visit,
    accounts::{Person, subject_of},
};
use crate::{
    access::AccessEvent,
    account::{AccountRefusal, SignInMethod},
    demonstration::DemonstrationAccount,
    error::IdentityError,
    oidc::{OidcCallback, OidcClient, Vouched},
    role::{Principal, Role},
    session::{SignedIn, before},
    token::{self, Digest, is_local_path},
};

/// How long a sign-in by a provider may take.
const ATTEMPT_TAKES: Duration = Duration::from_mins(10);

/// At most so many sign-ins are under way at once: strangers begin them, and each is a row.
const ATTEMPTS_AT_ONCE: i64 = 20_000;

/// Who had their data erased and comes back gets another account, at most so often. (An account that was only closed
/// stays closed to its owner.)
const GENERATIONS: u32 = 16;

/// A sign-in by a provider, begun.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcStart {
    /// Where to send the browser.
    pub address: String,
    /// The secret for a cookie of ten minutes (`HttpOnly`, `SameSite=Lax`, for the path of the callback alone). It is
    /// nowhere else.
    pub binding: String,
}

impl fmt::Debug for OidcStart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OidcStart(not shown)")
    }
}

impl Identity {
    /// Opens the accounts of the demonstration that do not exist yet.
    pub(super) async fn open_demonstration(&self, now: Timestamp) -> Result<(), IdentityError> {
        for person in self.demonstration_accounts() {
            match self.recognise_demonstration(person, now).await {
                // Who was barred or ended stays so; the others are let in.
                Ok(_) | Err(IdentityError::Account(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn recognise_demonstration(
        &self,
        person: &DemonstrationAccount,
        now: Timestamp,
    ) -> Result<Principal, IdentityError> {
        let known = Person {
            name: person.name.clone(),
            email: None,
            role: person.role,
            department: person.department.clone(),
            method: SignInMethod::Demonstration,
            authoritative: false,
        };
        self.recognise(&person.account, known, now).await
    }

    /// The people of the demonstration; none if it is not enabled.
    pub fn demonstration_accounts(&self) -> &[DemonstrationAccount] {
        self.inner.config.demonstration.as_deref().unwrap_or_default()
    }

    /// Whether a session or a sign-in of this kind is worth anything on this server.
    pub(super) fn accepts(&self, method: SignInMethod, account: &str) -> bool {
        match method {
            SignInMethod::Oidc => true,
            SignInMethod::Demonstration => self.demonstration_accounts().iter().any(|person| person.account == account),
        }
    }

    /// Signs in one of the invented people. Impossible where the demonstration is not enabled.
    pub async fn sign_in_demonstration(
        &self,
        account: &str,
        return_to: &str,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<SignedIn, IdentityError> {
        let Some(people) = &self.inner.config.demonstration else { return Err(IdentityError::DemonstrationOff) };
        let person = people.iter().find(|person| person.account == account);
        let person = person.ok_or(IdentityError::DemonstrationUnknown)?;
        let principal = self.recognise_demonstration(person, now).await?;
        self.sign_in(principal, SignInMethod::Demonstration, return_to, visit, now).await
    }

    /// Whether people can sign in by a provider.
    pub fn offers_oidc(&self) -> bool {
        self.inner.oidc.is_some()
    }

    fn oidc(&self) -> Result<&OidcClient, IdentityError> {
        self.inner.oidc.as_ref().ok_or(IdentityError::OidcOff)
    }

    /// Begins a sign-in by the provider; afterwards the person goes to `return_to`, a path of this site.
    pub async fn begin_oidc(&self, return_to: &str, now: Timestamp) -> Result<OidcStart, IdentityError> {
        let client = self.oidc()?;
        let binding = token::new_token(&*self.inner.config.entropy);
        let Some(digest) = token::digest_of(&binding) else { return Err(IdentityError::AttemptUnknown) };
        let address = client.begin(&binding, now).await?;
        let return_to = if is_local_path(return_to) { return_to.to_owned() } else { "/".to_owned() };
        let since = before(now, ATTEMPT_TAKES);
        let begin = move |sql: &mut dyn Sql| {
            let statement = "SELECT COUNT(*) FROM identity_attempts WHERE started_at > $1 AND finished_at IS NULL";
            let rows = sql.query(statement, &[since.into()])?;
            if rows.first().map(|row| row.integer(0)).transpose()?.unwrap_or(0) >= ATTEMPTS_AT_ONCE {
                return Ok(false);
            }
            sql.execute(
                "INSERT INTO identity_attempts (digest, started_at, return_to, finished_at, outcome, account) \
                 VALUES ($1, $2, $3, NULL, 'begun', NULL)",
                &[digest.into(), now.into(), return_to.into()],
            )?;
            Ok(true)
        };
        if !self.inner.ledger.write(begin).await? {
            return Err(IdentityError::AttemptsFull);
        }
        Ok(OidcStart { address, binding })
    }

    /// Finishes a sign-in by the provider: `binding` is the secret that [`Identity::begin_oidc`] gave, from the
    /// browser's cookie. It works once.
    pub async fn finish_oidc(
        &self,
        binding: &str,
        callback: &OidcCallback,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<SignedIn, IdentityError> {
        let client = self.oidc()?;
        let Some(digest) = token::digest_of(binding) else { return Err(IdentityError::AttemptUnknown) };
        // Before anything is used up: whoever sends a browser here with an invented answer spoils nothing.
        if !OidcClient::belongs(binding, callback) {
            return Err(IdentityError::AttemptUnknown);
        }
        let return_to = self.use_up(digest, now).await?.ok_or(IdentityError::AttemptUnknown)?;
        let signed_in = async {
            let person = client.finish(binding, callback, now).await?;
            let identifier = person.identifier.clone();
            let principal = self.recognise_vouched(person, now).await?;
            self.tell(&principal, identifier.as_deref(), now).await;
            self.sign_in(principal, SignInMethod::Oidc, &return_to, visit, now).await
        };
        let signed_in = signed_in.await;
        self.note_outcome(digest, &signed_in).await?;
        signed_in
    }

    /// Tells who knows citizens by the provider's own number that this is one of them.
    async fn tell(&self, principal: &Principal, identifier: Option<&str>, now: Timestamp) {
        let (Some(recognition), Some(identifier)) = (&self.inner.config.recognition, identifier) else { return };
        if principal.role == Role::Citizen {
            recognition.signed_in(&principal.account, identifier, now).await;
        }
    }

    /// Where to send people who signed out, so that they are signed out at the provider too; nothing if there is no
    /// provider or it has no such place. `return_to` is an address of this deployment registered with the provider.
    pub async fn oidc_sign_out_address(
        &self,
        return_to: &str,
        now: Timestamp,
    ) -> Result<Option<String>, IdentityError> {
        match &self.inner.oidc {
            Some(client) => Ok(client.sign_out_address(return_to, now).await?),
            None => Ok(None),
        }
    }

    /// Marks the sign-in as finished; gives where to go, or nothing if it is not under way.
    async fn use_up(&self, digest: Digest, now: Timestamp) -> Result<Option<String>, IdentityError> {
        let since = before(now, ATTEMPT_TAKES);
        let use_up = move |sql: &mut dyn Sql| {
            let changed = sql.execute(
                "UPDATE identity_attempts SET finished_at = $2, outcome = 'answered' \
                 WHERE digest = $1 AND finished_at IS NULL AND started_at > $3",
                &[digest.into(), now.into(), since.into()],
            )?;
            if changed == 0 {
                return Ok(None);
            }
            let rows = sql.query("SELECT return_to FROM identity_attempts WHERE digest = $1", &[digest.into()])?;
            rows.first().map(|row| row.text(0)).transpose()
        };
        Ok(self.inner.ledger.write(use_up).await?)
    }

    /// Keeps what became of the sign-in for a month, for whoever has to find out why somebody cannot sign in.
    async fn note_outcome(
        &self,
        digest: Digest,
        outcome: &Result<SignedIn, IdentityError>,
    ) -> Result<(), IdentityError> {
        let (outcome, account): (String, Value) = match outcome {
            Ok(signed_in) => ("signed-in".to_owned(), signed_in.session.principal.account.as_str().into()),
            Err(error) => {
                tracing::warn!(%error, "a sign-in by the identity provider failed");
                (error.to_string(), Value::Null)
            }
        };
        let statement = "UPDATE identity_attempts SET outcome = $2, account = $3 WHERE digest = $1";
        let parameters: [Value; 3] = [digest.into(), outcome.into(), account];
        self.inner.ledger.write(move |sql| sql.execute(statement, &parameters)).await?;
        Ok(())
    }

    async fn recognise_vouched(&self, person: Vouched, now: Timestamp) -> Result<Principal, IdentityError> {
        for generation in 0..GENERATIONS {
            let account = self.pseudonym(&person, generation);
            let known = Person {
                name: person.name.clone(),
                email: person.email.clone(),
                role: person.role,
                department: person.department.clone(),
                method: SignInMethod::Oidc,
                authoritative: person.authoritative,
            };
            match self.recognise(&account, known, now).await {
                Err(IdentityError::Account(AccountRefusal::Erased)) => {}
                other => return other,
            }
        }
        Err(AccountRefusal::Erased.into())
    }

    /// The name of a person's account: the same each time, and nothing that leads back to the person without the key.
    fn pseudonym(&self, person: &Vouched, generation: u32) -> String {
        let text = format!("{generation}\n{}\n{}", person.issuer, person.subject);
        let digest = hmac::sign(&self.inner.pseudonyms, text.as_bytes());
        digest.as_ref().iter().take(12).fold("p".to_owned(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        })
    }

    /// Begins a session; of staff it is recorded. Without the record nobody gets to know the session's secret.
    pub(super) async fn sign_in(
        &self,
        principal: Principal,
        method: SignInMethod,
        return_to: &str,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<SignedIn, IdentityError> {
        let (token, session) = self.begin_session(principal, method, visit.former_token.as_deref(), now).await?;
        let principal = &session.principal;
        if principal.role.is_staff() {
            let source = visit.source.map(|source| personal_source(&principal.account, source));
            let event = AccessEvent::SignedIn { method, session: session.handle.clone(), source };
            self.record(&principal.account, principal.actor(), &event, now).await?;
        }
        let return_to = if is_local_path(return_to) { return_to } else { "/" };
        Ok(SignedIn { token, session, return_to: return_to.to_owned() })
    }
}

fn personal_source(account: &str, source: IpAddr) -> Personal {
    Personal::new(subject_of(account), source.to_string())
}
