//! Accounts: what can happen to one, as events. Names and addresses are sealed under the account's own key.

use jiff::Timestamp;
use maru_ledger::{Aggregate, Personal};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::role::Role;

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInMethod {
    /// By an OpenID Connect provider.
    Oidc,
    /// By choosing an invented person of the demonstration.
    Demonstration,
}

impl SignInMethod {
    /// The method as events and the database write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Demonstration => "demonstration",
        }
    }

    /// Reads what [`SignInMethod::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Oidc, Self::Demonstration].into_iter().find(|method| method.as_str() == text)
    }
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountStatus {
    /// There is no such account.
    #[default]
    Absent,
    /// It can be used.
    Active,
    /// It cannot be used until it is resumed.
    Suspended,
    /// It can never be used again.
    Closed,
}

impl AccountStatus {
    /// The status as the database writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    /// Reads what [`AccountStatus::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Absent, Self::Active, Self::Suspended, Self::Closed].into_iter().find(|it| it.as_str() == text)
    }
}

/// What a person is called and what they may do, as the one who vouches for them says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The person's name. Personal.
    pub name: Personal,
    /// The person's address for mail. Personal.
    pub email: Option<Personal>,
    /// In what role.
    pub role: Role,
    /// For which department.
    pub department: Option<String>,
}

/// An account as its events tell it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Who it is and what they may do; nothing while it is absent.
    pub profile: Option<Profile>,
    /// How its owner signs in.
    pub method: Option<SignInMethod>,
}

/// What may be asked of an account.
#[derive(Debug, Clone)]
pub enum AccountCommand {
    /// Opens it at the first sign-in; later brings name, role and department up to date. Changes nothing where all is
    /// as it was.
    Recognise {
        /// Who it is, as the provider says now.
        profile: Profile,
        /// How they signed in.
        method: SignInMethod,
        /// Whether role and department are the provider's word, which holds from now on; otherwise they are only for
        /// an account that is opened now, and what was assigned before stays.
        authoritative: bool,
    },
    /// Gives it another role or department.
    Assign {
        /// The role.
        role: Role,
        /// The department.
        department: Option<String>,
    },
    /// Bars it.
    Suspend {
        /// Why; it is recorded in the clear, so it must not name anybody.
        reason: String,
    },
    /// Lifts the bar.
    Resume,
    /// Ends it for good.
    Close,
}

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AccountEvent {
    /// It was opened.
    AccountOpened {
        /// The person's name.
        name: Personal,
        /// The person's address for mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<Personal>,
        /// The role.
        role: Role,
        /// The department.
        department: Option<String>,
        /// How its owner signs in.
        method: SignInMethod,
    },
    /// Its owner is called otherwise now.
    AccountRenamed {
        /// The person's name.
        name: Personal,
        /// The person's address for mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<Personal>,
    },
    /// It may do something else now. Who may do what, since when and by whom, is kept (Enforcement Decree of the
    /// Personal Information Protection Act, article 30(1)2).
    AccountAssigned {
        /// The role.
        role: Role,
        /// The department.
        department: Option<String>,
    },
    /// It was barred.
    AccountSuspended {
        /// Why.
        reason: String,
    },
    /// The bar was lifted.
    AccountResumed,
    /// It was ended.
    AccountClosed,
}

/// Why nothing happened to an account.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum AccountRefusal {
    /// There is no such account.
    #[error("there is no such account")]
    Absent,
    /// It is barred.
    #[error("this account is suspended; ask the administrator of the system to resume it")]
    Suspended,
    /// It was ended.
    #[error("this account was closed and cannot be used again")]
    Closed,
    /// It was ended and its owner's data was erased.
    #[error("this account was closed and its owner's data erased; its owner may have another")]
    Erased,
    /// The role acts for a department.
    #[error("the role {role} acts for a department, and none was given; name one")]
    DepartmentMissing {
        /// The role.
        role: Role,
    },
    /// The role acts for no department.
    #[error("the role {role} acts for no department; leave the department out")]
    DepartmentUnfit {
        /// The role.
        role: Role,
    },
}

/// Whether the role goes with the department.
fn check_assignment(role: Role, department: Option<&str>) -> Result<(), AccountRefusal> {
    let has_department = department.is_some_and(|department| !department.is_empty());
    if role.needs_department() && !has_department {
        return Err(AccountRefusal::DepartmentMissing { role });
    }
    if role == Role::Citizen && department.is_some() {
        return Err(AccountRefusal::DepartmentUnfit { role });
    }
    Ok(())
}

impl Account {
    /// Whether its owner's data was erased.
    pub fn is_erased(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.name.is_erased())
    }

    fn recognise(&self, profile: Profile, method: SignInMethod, authoritative: bool) -> Vec<AccountEvent> {
        let Profile { name, email, role, department } = profile;
        let Some(known) = &self.profile else {
            return vec![AccountEvent::AccountOpened { name, email, role, department, method }];
        };
        let mut events = Vec::new();
        if (&known.name, &known.email) != (&name, &email) {
            events.push(AccountEvent::AccountRenamed { name, email });
        }
        if authoritative && (known.role, &known.department) != (role, &department) {
            events.push(AccountEvent::AccountAssigned { role, department });
        }
        events
    }

    fn assign(&self, role: Role, department: Option<String>) -> Vec<AccountEvent> {
        let same = |known: &Profile| (known.role, &known.department) == (role, &department);
        if self.profile.as_ref().is_some_and(same) {
            return Vec::new();
        }
        vec![AccountEvent::AccountAssigned { role, department }]
    }
}

impl Aggregate for Account {
    const KIND: &'static str = "account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Refusal = AccountRefusal;

    fn decide(&self, command: AccountCommand, _now: Timestamp) -> Result<Vec<AccountEvent>, AccountRefusal> {
        use AccountCommand::{Assign, Close, Recognise, Resume, Suspend};
        match (self.status, command) {
            // What is so already is not done again.
            (AccountStatus::Closed, Close)
            | (AccountStatus::Suspended, Suspend { .. })
            | (AccountStatus::Active, Resume) => Ok(Vec::new()),
            (AccountStatus::Closed, _) if self.is_erased() => Err(AccountRefusal::Erased),
            (AccountStatus::Closed, _) => Err(AccountRefusal::Closed),
            (AccountStatus::Suspended, Recognise { .. }) => Err(AccountRefusal::Suspended),
            (AccountStatus::Absent | AccountStatus::Active, Recognise { profile, method, authoritative }) => {
                check_assignment(profile.role, profile.department.as_deref())?;
                Ok(self.recognise(profile, method, authoritative))
            }
            (AccountStatus::Absent, _) => Err(AccountRefusal::Absent),
            (_, Assign { role, department }) => {
                check_assignment(role, department.as_deref())?;
                Ok(self.assign(role, department))
            }
            (AccountStatus::Active, Suspend { reason }) => Ok(vec![AccountEvent::AccountSuspended { reason }]),
            (AccountStatus::Suspended, Resume) => Ok(vec![AccountEvent::AccountResumed]),
            (_, Close) => Ok(vec![AccountEvent::AccountClosed]),
        }
    }

    fn evolve(&mut self, event: &AccountEvent) {
        match event.clone() {
            AccountEvent::AccountOpened { name, email, role, department, method } => {
                self.profile = Some(Profile { name, email, role, department });
                self.method = Some(method);
                self.status = AccountStatus::Active;
            }
            AccountEvent::AccountRenamed { name, email } => {
                if let Some(profile) = &mut self.profile {
                    (profile.name, profile.email) = (name, email);
                }
            }
            AccountEvent::AccountAssigned { role, department } => {
                if let Some(profile) = &mut self.profile {
                    (profile.role, profile.department) = (role, department);
                }
            }
            AccountEvent::AccountSuspended { .. } => self.status = AccountStatus::Suspended,
            AccountEvent::AccountResumed => self.status = AccountStatus::Active,
            AccountEvent::AccountClosed => self.status = AccountStatus::Closed,
        }
    }
}
