//! Accounts: recognised, assigned, barred, ended; and the list of them.

use jiff::Timestamp;
use maru_ledger::{Actor, CommandContext, DatabaseError, Personal, Row, StreamId, Value};

use super::Identity;
use crate::{
    account::{Account, AccountCommand, AccountRefusal, AccountStatus, Profile, SignInMethod},
    error::IdentityError,
    role::{Principal, Role},
};

/// Under whose key the personal facts of an account are sealed.
pub(super) fn subject_of(account: &str) -> String {
    format!("account-{account}")
}

/// Somebody who proved who they are, and what they may do as far as the one who vouches for them says.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) role: Role,
    pub(super) department: Option<String>,
    pub(super) method: SignInMethod,
    pub(super) authoritative: bool,
}

/// An account in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub account: String,
    /// The person's name; nothing once it was erased. Personal.
    pub name: Option<String>,
    /// The person's address for mail. Personal.
    pub email: Option<String>,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// In what role.
    pub role: Role,
    /// For which department.
    pub department: Option<String>,
    /// How its owner signs in.
    pub method: SignInMethod,
    /// Since when there is one.
    pub opened_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
}

impl std::fmt::Debug for AccountView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AccountView")
            .field("account", &self.account)
            .field("status", &self.status)
            .field("role", &self.role)
            .field("department", &self.department)
            .finish_non_exhaustive()
    }
}

/// Which accounts are wanted. Everything that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountQuery {
    /// Those in this role.
    pub role: Option<Role>,
    /// Those of this department.
    pub department: Option<String>,
    /// Those after this account in the order of the alphabet, for the next page.
    pub after: Option<String>,
    /// At most so many; 100 if 0, never more than 1,000.
    pub limit: u32,
}

const SELECT: &str = "SELECT account, name, email, status, role, department, method, opened_at, changed_at \
     FROM identity_accounts";

impl Identity {
    /// Opens the account or brings it up to date; gives who acts from now on.
    pub(super) async fn recognise(
        &self,
        account: &str,
        person: Person,
        now: Timestamp,
    ) -> Result<Principal, IdentityError> {
        let personal = |value: String| Personal::new(subject_of(account), value);
        let Person { name, email, role, department, method, authoritative } = person;
        let profile = Profile { name: personal(name.clone()), email: email.map(personal), role, department };
        let command = AccountCommand::Recognise { profile, method, authoritative };
        let state = self.change(account, command, Actor::system(), now).await?;
        let profile = state.profile.ok_or(AccountRefusal::Absent)?;
        Ok(Principal { account: account.to_owned(), name, role: profile.role, department: profile.department })
    }

    async fn change(
        &self,
        account: &str,
        command: AccountCommand,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Account, IdentityError> {
        let stream = StreamId::new("account", account)?;
        let context = CommandContext::new(actor, now);
        let done = self.inner.ledger.execute::<Account>(&stream, command, context).await?;
        if !done.events.is_empty() {
            self.inner.cache.forget_account(account);
        }
        Ok(done.state)
    }

    /// Gives an account another role or department. Its sessions go on with it.
    pub async fn assign(
        &self,
        account: &str,
        role: Role,
        department: Option<String>,
        actor: Actor,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        self.change(account, AccountCommand::Assign { role, department }, actor, now).await.map(|_| ())
    }

    /// Bars an account and ends its sessions.
    pub async fn suspend(
        &self,
        account: &str,
        reason: impl Into<String>,
        actor: Actor,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        let command = AccountCommand::Suspend { reason: reason.into() };
        self.change(account, command, actor.clone(), now).await?;
        self.end_sessions(account, actor, now).await.map(|_| ())
    }

    /// Lifts the bar from an account.
    pub async fn resume(&self, account: &str, actor: Actor, now: Timestamp) -> Result<(), IdentityError> {
        self.change(account, AccountCommand::Resume, actor, now).await.map(|_| ())
    }

    /// Ends an account for good, with its sessions.
    pub async fn close(&self, account: &str, actor: Actor, now: Timestamp) -> Result<(), IdentityError> {
        self.change(account, AccountCommand::Close, actor.clone(), now).await?;
        self.end_sessions(account, actor, now).await.map(|_| ())
    }

    /// Ends an account and erases the person: name, address and everything else sealed under the account's key can
    /// never be read again, and every proof stays whole (Personal Information Protection Act, article 21).
    pub async fn erase(&self, account: &str, actor: Actor, now: Timestamp) -> Result<(), IdentityError> {
        self.close(account, actor.clone(), now).await?;
        self.inner.ledger.erase_subject(&subject_of(account), actor, now).await?;
        Ok(())
    }

    /// One account.
    pub async fn account(&self, account: &str) -> Result<Option<AccountView>, IdentityError> {
        let parameters: [Value; 1] = [account.into()];
        let statement = format!("{SELECT} WHERE account = $1");
        let rows = self.inner.ledger.read(move |sql| sql.query(&statement, &parameters)).await?;
        rows.first().map(|row| self.view(row)).transpose()
    }

    /// Accounts in the order of the alphabet.
    pub async fn accounts(&self, query: AccountQuery) -> Result<Vec<AccountView>, IdentityError> {
        let limit = if query.limit == 0 { 100 } else { query.limit.min(1_000) };
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut parameters: Vec<Value> = Vec::new();
        let mut must = |comparison: &str, value: Value| {
            parameters.push(value);
            conditions.push(format!("{comparison} ${}", parameters.len()));
        };
        if let Some(role) = query.role {
            must("role =", role.as_str().into());
        }
        if let Some(department) = query.department {
            must("department =", department.into());
        }
        if let Some(after) = query.after {
            must("account >", after.into());
        }
        let statement = format!("{SELECT} WHERE {} ORDER BY account LIMIT {limit}", conditions.join(" AND "));
        let rows = self.inner.ledger.read(move |sql| sql.query(&statement, &parameters)).await?;
        rows.iter().map(|row| self.view(row)).collect()
    }

    pub(super) async fn is_staff(&self, account: &str) -> Result<bool, IdentityError> {
        Ok(self.account(account).await?.is_some_and(|account| account.role.is_staff()))
    }

    fn view(&self, row: &Row) -> Result<AccountView, IdentityError> {
        let opened = |sealed: Option<String>| -> Result<Option<String>, IdentityError> {
            Ok(sealed.map(|sealed| self.inner.ledger.unseal(&sealed)).transpose()?.and_then(|personal| personal.value))
        };
        let odd = |what: &str| DatabaseError::work(format!("an account has a {what} that does not exist"));
        Ok(AccountView {
            account: row.text(0)?,
            name: opened(row.optional_text(1)?)?,
            email: opened(row.optional_text(2)?)?,
            status: AccountStatus::parse(&row.text(3)?).ok_or_else(|| odd("status"))?,
            role: Role::parse(&row.text(4)?).ok_or_else(|| odd("role"))?,
            department: row.optional_text(5)?,
            method: SignInMethod::parse(&row.text(6)?).ok_or_else(|| odd("method"))?,
            opened_at: row.timestamp(7)?,
            changed_at: row.timestamp(8)?,
        })
    }
}
