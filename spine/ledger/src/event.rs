//! Events and what stands in them: streams, actors, personal values.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;

/// The name of a stream: a kind, a dash, an identifier (`inquiry-0198c5f0-…`). It appears in proofs, so it must not
/// hold anything personal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct StreamId(String);

/// A stream's name that cannot be used.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error(
    "{name:?} is not the name of a stream: write a kind, a dash and an identifier, such as inquiry-42, in at most 200 letters, digits, dots, dashes, colons or underscores of ASCII"
)]
pub struct StreamIdError {
    /// The name.
    pub name: String,
}

impl StreamId {
    /// The stream of `kind` with `identifier`.
    pub fn new(kind: &str, identifier: impl fmt::Display) -> Result<Self, StreamIdError> {
        Self::parse(&format!("{kind}-{identifier}"))
    }

    /// Reads a stream's name.
    pub fn parse(name: &str) -> Result<Self, StreamIdError> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        let whole = name.split_once('-').is_some_and(|(kind, identifier)| !kind.is_empty() && !identifier.is_empty());
        if !whole || name.len() > 200 || !name.bytes().all(known) {
            return Err(StreamIdError { name: name.chars().take(250).collect() });
        }
        Ok(Self(name.to_owned()))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first dash.
    pub fn kind(&self) -> &str {
        self.0.split_once('-').map_or("", |(kind, _)| kind)
    }

    /// What stands after the first dash.
    pub fn identifier(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, identifier)| identifier)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Who acted: an account (or `system`), in which role. Both are recorded in the clear and stand in proofs: the
/// identifier is a pseudonym (an account's number), never a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub id: String,
    /// The role in which it acted.
    pub role: String,
}

impl Actor {
    /// The actor `id` in `role`.
    pub fn new(id: impl Into<String>, role: impl Into<String>) -> Self {
        Self { id: id.into(), role: role.into() }
    }

    /// The program itself: timers, jobs, rules that the law makes automatic.
    pub fn system() -> Self {
        Self::new("system", "system")
    }
}

/// An event to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happened, as the past tense in kebab case (`inquiry-received`).
    pub kind: String,
    /// The facts. Personal facts stand in it as [`Personal`] and are sealed when the event is appended.
    pub payload: Json,
}

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvent {
    /// The place in the whole log, from 0; also the index of its leaf in the Merkle tree.
    pub position: u64,
    /// The stream that it belongs to.
    pub stream: StreamId,
    /// The place in the stream, from 1.
    pub version: u64,
    /// What happened.
    pub kind: String,
    /// When, to the microsecond.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Actor,
    /// The facts. Personal facts are sealed (`{"$sealed": …}`) in what projections see, and opened
    /// (`{"$personal": …}`) in what the ledger's reading functions give.
    pub payload: Json,
}

/// A fact about a person, sealed under that person's own key when it is stored. When the key is destroyed
/// ([`crate::Ledger::erase_subject`]) the value is gone and every proof stays whole.
///
/// In events it serialises as `{"$personal": {"subject": …, "value": …}}`. Its value never shows in `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Personal {
    /// Whose key seals the value: a pseudonym such as `person-0198c5f0`, recorded in the clear.
    pub subject: String,
    /// The value; nothing after the person was erased.
    pub value: Option<String>,
}

impl Personal {
    /// The fact `value` about `subject`.
    pub fn new(subject: impl Into<String>, value: impl Into<String>) -> Self {
        Self { subject: subject.into(), value: Some(value.into()) }
    }

    /// The value, or `instead` where it was erased.
    pub fn value_or<'a>(&'a self, instead: &'a str) -> &'a str {
        self.value.as_deref().unwrap_or(instead)
    }

    /// Whether the value was erased.
    pub fn is_erased(&self) -> bool {
        self.value.is_none()
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.is_erased() { "erased" } else { "not shown" };
        formatter.debug_struct("Personal").field("subject", &self.subject).field("value", &value).finish()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonalFields {
    subject: String,
    value: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonalEnvelope {
    #[serde(rename = "$personal")]
    personal: PersonalFields,
}

impl Serialize for Personal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let personal = PersonalFields { subject: self.subject.clone(), value: self.value.clone() };
        PersonalEnvelope { personal }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Personal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let PersonalEnvelope { personal } = PersonalEnvelope::deserialize(deserializer)?;
        Ok(Self { subject: personal.subject, value: personal.value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_a_kind_and_an_identifier() {
        let stream = StreamId::parse("inquiry-0198-c5f0").unwrap();
        assert_eq!((stream.kind(), stream.identifier()), ("inquiry", "0198-c5f0"));
        for name in ["inquiry", "-1", "inquiry-", "inquiry-a b", "문의-1", "a-\n", ""] {
            assert!(StreamId::parse(name).is_err(), "{name}");
        }
        assert!(StreamId::new("a", "x".repeat(200)).is_err());
    }

    #[test]
    fn a_personal_value_never_shows_in_debug_and_returns_through_json() {
        let personal = Personal::new("person-1", "홍길동");
        assert!(!format!("{personal:?}").contains("홍길동"));
        let text = serde_json::to_string(&personal).unwrap();
        assert_eq!(text, r#"{"$personal":{"subject":"person-1","value":"홍길동"}}"#);
        assert_eq!(serde_json::from_str::<Personal>(&text).unwrap(), personal);
    }
}
