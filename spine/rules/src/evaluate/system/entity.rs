//! Kinds of entities and their roles, as packages describe them.

use super::super::{Arguments, Evaluator};
use super::variable::dedent;
use crate::diagnostic::Diagnostic;
use crate::entity::{Entity, MOST_ROLES, Role};
use crate::system::System;
use crate::value::{Outcome, Value, lock};
use std::sync::Arc;

impl Evaluator {
    /// `build_entity(key, plural, label, doc, roles, is_person, containing_entities)`
    pub(crate) fn build_entity(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let text = |place: usize, name: &str| {
            arguments
                .take(place, name)
                .filter(|value| !value.is_none())
                .map_or_else(String::new, |value| value.display())
        };
        let key = text(0, "key");
        let is_person = match arguments.take(5, "is_person") {
            Some(Value::Bool(value)) => value,
            _ => false,
        };
        let mut roles = Vec::new();
        let mut bit = 0;
        if let (Some(described), false) = (arguments.take(4, "roles").filter(|roles| !roles.is_none()), is_person) {
            for role in self.iterate(&described)? {
                let role = self.role(&role, bit)?;
                bit += role.subroles.len().max(1);
                roles.push(role);
            }
        }
        if bit > MOST_ROLES {
            return Err(Diagnostic::limit(
                format!("the entity '{key}' has more than {MOST_ROLES} roles"),
                "fold rare roles into one",
            ));
        }
        let containing = match arguments.named("containing_entities") {
            Some(value) => self.iterate(&value)?.iter().map(|value| Arc::from(value.display())).collect(),
            None => Vec::new(),
        };
        Ok(Value::Entity(Arc::new(Entity {
            key: Arc::from(key),
            plural: Arc::from(text(1, "plural")),
            label: text(2, "label"),
            documentation: dedent(&text(3, "doc")),
            is_person,
            roles,
            containing,
        })))
    }

    fn role(&mut self, described: &Value, bit: usize) -> Outcome<Role> {
        let Value::Dict(entries) = described else {
            return Err(Diagnostic::raised("TypeError", "a role is described by a dictionary"));
        };
        let entries = lock(entries).clone();
        let get = |name: &str| {
            entries
                .get(&crate::value::Key::Text(Arc::from(name)))
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_none())
        };
        let key: Arc<str> = Arc::from(get("key").ok_or_else(|| Diagnostic::raised("KeyError", "'key'"))?.display());
        let subroles: Vec<Arc<str>> = match get("subroles") {
            Some(subroles) => self.iterate(&subroles)?.iter().map(|subrole| Arc::from(subrole.display())).collect(),
            None => Vec::new(),
        };
        let count = subroles.len().max(1);
        let mask = if bit + count > MOST_ROLES { 0 } else { (u64::MAX >> (64 - count)) << bit };
        let max = if subroles.is_empty() {
            get("max").and_then(|max| max.as_int()).and_then(|max| usize::try_from(max).ok())
        } else {
            Some(subroles.len())
        };
        Ok(Role {
            key,
            plural: get("plural").map(|plural| Arc::from(plural.display())),
            label: get("label").map(|label| label.display()),
            documentation: get("doc").map(|doc| dedent(&doc.display())),
            max,
            subroles,
            mask,
            first_flat: bit,
        })
    }
}

/// Takes these entities over, one of which is the person; else the system stays as it was.
pub(super) fn set_entities(system: &mut System, entities: &[Value]) -> Outcome<()> {
    let entities: Vec<Arc<Entity>> = entities
        .iter()
        .map(|entity| match entity {
            Value::Entity(entity) => Ok(Arc::clone(entity)),
            other => Err(Diagnostic::raised("TypeError", format!("'{}' is no entity", other.type_name()))),
        })
        .collect::<Outcome<_>>()?;
    let mut persons = entities.iter().enumerate().filter(|(_, entity)| entity.is_person).map(|(place, _)| place);
    system.person = match (persons.next(), persons.next()) {
        (Some(person), None) => person,
        (None, _) => return Err(Diagnostic::raised("Exception", "none of the entities is the person")),
        _ => return Err(Diagnostic::raised("Exception", "more than one of the entities is the person")),
    };
    system.entities = entities;
    Ok(())
}
