//! From claims to a person with a role and a department here.

use serde_json::Value as Json;

use super::{ClaimMapping, OidcError, id_token::Claims};
use crate::role::Role;

/// A person whom a provider vouches for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// Who vouches.
    pub(crate) issuer: String,
    /// What the provider calls the person.
    pub(crate) subject: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) role: Role,
    pub(crate) department: Option<String>,
    /// The person's number in registers, where a claim is configured for it: never kept, never logged.
    pub(crate) identifier: Option<String>,
    /// Whether the provider says who has which role: then its word holds, also where it says nothing any more.
    pub(crate) authoritative: bool,
}

/// The value of the claim `name`: the key itself, or else the path with dots.
fn claim<'a>(claims: &'a Claims, name: &str) -> Option<&'a Json> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    let mut steps = name.split('.');
    let first = claims.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.as_object()?.get(step))
}

fn texts<'a>(claims: &'a Claims, name: &str) -> Vec<&'a str> {
    match claim(claims, name) {
        Some(Json::String(text)) => vec![text],
        Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn text(claims: &Claims, name: &str) -> Option<String> {
    let text = claim(claims, name)?.as_str()?.trim();
    // Names and addresses for mail are shorter than this by far.
    (!text.is_empty() && text.len() <= 1_000).then(|| text.to_owned())
}

impl ClaimMapping {
    pub(super) fn person(&self, issuer: &str, subject: &str, claims: &Claims) -> Result<Vouched, OidcError> {
        let groups = texts(claims, &self.role_claim);
        let by_rule = self.roles.iter().find(|rule| groups.contains(&rule.value.as_str())).map(|rule| rule.role);
        let role = by_rule.or(self.default_role).ok_or_else(|| OidcError::Unmapped {
            reason: format!("no value of the claim {} is one of the configured roles", self.role_claim),
        })?;
        let department = if role == Role::Citizen { None } else { self.department(claims, role)? };
        let name = text(claims, &self.name_claim)
            .or_else(|| text(claims, "name"))
            .or_else(|| text(claims, "preferred_username"))
            .ok_or_else(|| OidcError::Unmapped {
                reason: format!("the claim {} with the person's name is missing", self.name_claim),
            })?;
        Ok(Vouched {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            name,
            email: text(claims, "email"),
            role,
            department,
            identifier: Some(&self.identifier_claim)
                .filter(|name| !name.is_empty())
                .and_then(|name| text(claims, name)),
            authoritative: !self.roles.is_empty(),
        })
    }

    fn department(&self, claims: &Claims, role: Role) -> Result<Option<String>, OidcError> {
        let values = texts(claims, &self.department_claim);
        let found = if self.departments.is_empty() {
            values.first().map(|value| (*value).to_owned())
        } else {
            values.iter().find_map(|value| self.departments.get(*value)).cloned()
        };
        let found = found.filter(|department| !department.is_empty());
        if found.is_none() && role.needs_department() {
            return Err(OidcError::Unmapped {
                reason: format!(
                    "the role {role} needs a department, and the claim {} gives none",
                    self.department_claim
                ),
            });
        }
        Ok(found)
    }
}
