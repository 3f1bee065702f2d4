//! People of a demonstration: invented, and signed in by a click where the configuration says so.

use crate::role::Role;

/// An invented person. Nobody can become one where the demonstration is not enabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemonstrationAccount {
    /// The account: letters, digits, dashes.
    pub account: String,
    /// The name in Korean.
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// In what role.
    pub role: Role,
    /// For which department.
    pub department: Option<String>,
}
