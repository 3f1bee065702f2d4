//! What policies may speak of, derived from the kinds of resources.

use std::{collections::BTreeMap, fmt::Write as _};

use cedar_policy::Schema;

use super::PolicyError;
use crate::{resource::ResourceKind, role::Role};

/// The types of people, departments and the actions' names. Facts about resources are the same for every kind.
const PEOPLE: &str = "entity Department;
entity Stranger;
entity Citizen;
entity Official { department: Department };
entity Supervisor { department: Department };
entity Administrator;
entity Auditor;
";

const FACTS: &str =
    "owner?: Citizen, department?: Department, involved: Set<Department>, code_presented: Bool, reason_stated: Bool";

/// The schema of `kinds`.
pub(super) fn of(kinds: &[ResourceKind]) -> Result<Schema, PolicyError> {
    let mut text = PEOPLE.to_owned();
    let mut actions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (place, kind) in kinds.iter().enumerate() {
        check(kind)?;
        if kinds.iter().take(place).any(|other| other.entity_type() == kind.entity_type()) {
            return Err(PolicyError::Kinds { reason: format!("{} was declared twice", kind.kind) });
        }
        let _ = writeln!(text, "entity {} {{ {FACTS} }};", kind.entity_type());
        for action in kind.actions {
            let resources = actions.entry(action.action).or_default();
            if resources.contains(&kind.entity_type()) {
                let reason = format!("{} has the action {} twice", kind.kind, action.action);
                return Err(PolicyError::Kinds { reason });
            }
            resources.push(kind.entity_type());
        }
    }
    let people: Vec<&str> = std::iter::once("Stranger").chain(Role::ALL.map(Role::entity_type)).collect();
    for (action, resources) in actions {
        let (people, resources) = (people.join(", "), resources.join(", "));
        let _ = writeln!(text, "action \"{action}\" appliesTo {{ principal: [{people}], resource: [{resources}] }};");
    }
    let (schema, _) =
        Schema::from_cedarschema_str(&text).map_err(|error| PolicyError::Kinds { reason: format!("{error:?}") })?;
    Ok(schema)
}

fn check(kind: &ResourceKind) -> Result<(), PolicyError> {
    let fits = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let names = std::iter::once(kind.kind).chain(kind.actions.iter().map(|action| action.action));
    for name in names {
        if !fits(name) {
            let reason = format!("{name:?} must be written in small letters, digits and dashes, such as data-request");
            return Err(PolicyError::Kinds { reason });
        }
    }
    Ok(())
}
