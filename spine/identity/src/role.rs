//! Who acts: roles and principals.

use std::fmt;

use serde::{Deserialize, Serialize};

/// In what role a person uses the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A petitioner with an account.
    Citizen,
    /// Handles the inquiries of a department.
    Official,
    /// Heads a department: handles its inquiries and decides objections.
    Supervisor,
    /// Runs the system, and never sees what inquiries say.
    Administrator,
    /// Looks at everything, changes nothing.
    Auditor,
}

impl Role {
    /// Every role, in the order in which tables show them.
    pub const ALL: [Self; 5] = [Self::Citizen, Self::Official, Self::Supervisor, Self::Administrator, Self::Auditor];

    /// The role as events, the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Official => "official",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role in Korean.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Citizen => "민원인",
            Self::Official => "담당 공무원",
            Self::Supervisor => "부서 책임자",
            Self::Administrator => "시스템 관리자",
            Self::Auditor => "감사 담당자",
        }
    }

    /// The role in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Citizen => "Citizen",
            Self::Official => "Official",
            Self::Supervisor => "Supervisor",
            Self::Administrator => "Administrator",
            Self::Auditor => "Auditor",
        }
    }

    /// Reads what [`Role::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether the role is one of the agency's own people.
    pub fn is_staff(self) -> bool {
        self != Self::Citizen
    }

    /// Whether the role acts for a department and cannot be held without one.
    pub fn needs_department(self) -> bool {
        matches!(self, Self::Official | Self::Supervisor)
    }

    /// The type of entity that stands for the role in policies.
    pub(crate) fn entity_type(self) -> &'static str {
        match self {
            Self::Citizen => "Citizen",
            Self::Official => "Official",
            Self::Supervisor => "Supervisor",
            Self::Administrator => "Administrator",
            Self::Auditor => "Auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Somebody who signed in. Whoever did not is a stranger, which is no principal (`None`).
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account: a pseudonym that may stand in events and logs.
    pub account: String,
    /// The person's name. Personal: for pages, never for logs.
    pub name: String,
    /// In what role.
    pub role: Role,
    /// For which department, if the role acts for one.
    pub department: Option<String>,
}

impl fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Principal")
            .field("account", &self.account)
            .field("role", &self.role)
            .field("department", &self.department)
            .finish_non_exhaustive()
    }
}

impl Principal {
    /// The principal as the ledger records who acted.
    pub fn actor(&self) -> maru_ledger::Actor {
        maru_ledger::Actor::new(&self.account, self.role.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_return_from_their_names() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn a_name_never_shows_in_debug() {
        let principal =
            Principal { account: "a-1".into(), name: "홍길동".into(), role: Role::Citizen, department: None };
        assert!(!format!("{principal:?}").contains("홍길동"));
    }
}
