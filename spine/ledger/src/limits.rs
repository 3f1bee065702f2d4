//! What an append may hold. What a database might refuse at the end of a transaction, to the harm of others in it, is
//! refused here before.

use serde_json::Value as Json;

use crate::{
    append::{Append, AppendError},
    written::GivenEvent,
};

/// Longest kind of an event or job, actor, role and key, in bytes.
pub(crate) const LONGEST_NAME: usize = 200;
/// Longest payload of an event, in bytes of JSON: larger things (attached files) are stored elsewhere by their digest.
pub(crate) const LONGEST_PAYLOAD: usize = 4 * 1024 * 1024;

/// Levels of arrays and objects in a payload: what nests deeper could not be read again.
pub(crate) const DEEPEST_PAYLOAD: usize = 100;

/// Whether `json` nests more than so many levels deep.
pub(crate) fn nests_deeper(json: &Json, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return json.is_array() || json.is_object() };
    match json {
        Json::Array(items) => items.iter().any(|item| nests_deeper(item, below)),
        Json::Object(members) => members.values().any(|member| nests_deeper(member, below)),
        _ => false,
    }
}

/// Checks all names that an append brings with it.
pub(crate) fn check_names(append: &Append<GivenEvent>) -> Result<(), AppendError> {
    let kind = append.events.first().map_or("", GivenEvent::kind);
    let context = &append.context;
    check_name(kind, "actor", &context.actor.id)?;
    check_name(kind, "role", &context.actor.role)?;
    if let Some(key) = &context.idempotency_key {
        check_name(kind, "idempotency key", key)?;
    }
    if !context.fingerprint.is_empty() {
        check_name(kind, "fingerprint", &context.fingerprint)?;
    }
    for event in &append.events {
        check_name(event.kind(), "kind", event.kind())?;
        let refused = match event {
            GivenEvent::Values(event) if !event.payload.is_object() => Some("its payload is not an object"),
            GivenEvent::Values(_) => None,
            GivenEvent::Written(event) => event.refusal(),
        };
        if let Some(reason) = refused {
            return Err(AppendError::Event { kind: event.kind().to_owned(), reason: reason.to_owned() });
        }
    }
    for job in &append.jobs {
        check_name(kind, "job's kind", &job.kind)?;
        if let Some(key) = &job.key {
            check_name(kind, "job's key", key)?;
        }
    }
    Ok(())
}

fn check_name(kind: &str, what: &str, name: &str) -> Result<(), AppendError> {
    if !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let reason = format!("its {what} must have 1 to {LONGEST_NAME} bytes and no control characters");
    Err(AppendError::Event { kind: kind.to_owned(), reason })
}
