//! What a deployment says about its provider.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use serde::Deserialize;
use ureq::http::uri::{InvalidUri, Uri};

use super::OidcError;
use crate::role::Role;

/// A provider, and how its claims become roles and departments.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// The provider's address, exactly as its document gives it.
    pub issuer: String,
    /// What the provider calls this deployment.
    pub client_id: String,
    /// The secret that the provider gave; empty for a public client.
    #[serde(default)]
    pub client_secret: String,
    /// Where the provider sends people back to: an address of this deployment, registered with the provider.
    #[serde(default)]
    pub redirect_url: String,
    /// What is asked for beside `openid`.
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
    /// Whether claims that the ID token lacks are asked for at the provider's userinfo endpoint.
    #[serde(default)]
    pub userinfo: bool,
    /// How claims become roles and departments.
    #[serde(default)]
    pub mapping: ClaimMapping,
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OidcSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

fn usual_scopes() -> Vec<String> {
    vec!["profile".to_owned(), "email".to_owned()]
}

/// How a provider's claims become roles and departments. A claim is named by its key, or by a path with dots
/// (`realm_access.roles`); its value is a text or a list of texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimMapping {
    /// The claim with the person's groups or roles.
    pub role_claim: String,
    /// Which of its values gives which role. The first rule that fits holds. If there are rules, roles are the provider's
    /// to give and to take at each sign-in; if there are none, roles are assigned here.
    pub roles: Vec<RoleRule>,
    /// The role of people whom no rule fits; without it they are refused.
    pub default_role: Option<Role>,
    /// The claim with the person's department.
    pub department_claim: String,
    /// What the provider calls each department, and what it is called here. If this is empty, the names are the same.
    pub departments: BTreeMap<String, String>,
    /// The claim with the person's name.
    pub name_claim: String,
    /// The claim with the number by which registers know the person (a resident number, or the connecting information of a provider of
    /// identity verification); empty where none is to be read.
    pub identifier_claim: String,
}

impl Default for ClaimMapping {
    fn default() -> Self {
        Self {
            role_claim: "groups".to_owned(),
            roles: Vec::new(),
            default_role: Some(Role::Citizen),
            department_claim: "department".to_owned(),
            departments: BTreeMap::new(),
            name_claim: "name".to_owned(),
            identifier_claim: String::new(),
        }
    }
}

/// A value of the role claim and the role that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// The value, exactly.
    pub value: String,
    /// The role.
    pub role: Role,
}

impl OidcSettings {
    /// Whether the settings can work.
    pub(super) fn check(&self) -> Result<(), OidcError> {
        let wrong = |reason: String| Err(OidcError::Settings { reason });
        check_address("issuer", &self.issuer)?;
        check_address("redirect_url", &self.redirect_url)?;
        if self.client_id.is_empty() {
            return wrong("client_id is missing; the provider gives it when this deployment is registered".to_owned());
        }
        if self.mapping.default_role.is_some_and(Role::needs_department) && self.mapping.department_claim.is_empty() {
            return wrong("default_role acts for a department; say in department_claim where it stands".to_owned());
        }
        Ok(())
    }
}

/// Addresses must be `https`; `http` only on this machine, where nobody listens in between.
pub(super) fn check_address(field: &str, address: &str) -> Result<(), OidcError> {
    let wrong = |reason: &str| OidcError::Settings { reason: format!("{field} {reason}") };
    if address.is_empty() {
        return Err(wrong("is missing"));
    }
    let uri: Uri =
        address.parse().map_err(|error: InvalidUri| wrong(&format!("({address}) is not an address: {error}")))?;
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(wrong(&format!("({address}) must begin with https://")));
    };
    let host = host.trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if !(scheme == "https" || scheme == "http" && local) {
        return Err(wrong(&format!("({address}) must begin with https://")));
    }
    let names_somebody = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    if names_somebody || address.contains('#') {
        return Err(wrong("must hold no password and no fragment"));
    }
    Ok(())
}
