//! What callers had stored: chat completions and responses of the API. Each is a stream of events; what was said stands in it sealed, under a
//! key of its own. Deleting an object, and the end of its agency's retention, destroy that key.

mod store;

use jiff::Timestamp;
use maru_ledger::{
    Actor, Aggregate, AppendError, CommandContext, ExecuteError, Ledger, LedgerError, Personal, StreamId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

pub(crate) use store::{Listing, Objects, listed};

use crate::policy::DataClass;

/// The kind of the streams.
const KIND: &str = "gateway.object";
/// What stands before an object's name in the name of the key under which it is sealed.
const SUBJECT: &str = "gateway-object-";

/// What kinds of objects there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ObjectKind {
    Completion,
    Response,
}

impl ObjectKind {
    /// As the table has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::Response => "response",
        }
    }

    /// The name of the object that a call gave.
    pub(crate) fn id_of_call(self, call: &str) -> String {
        match self {
            Self::Completion => format!("chatcmpl-{call}"),
            Self::Response => format!("resp_{call}"),
        }
    }
}

/// Whose an object is: a key of an agency. Nobody else finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) agency: String,
    pub(crate) key: String,
}

/// Where the key of an object's content is counted for retention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    agency: String,
    month: String,
    subject: String,
}

/// What was said, as the caller said and saw it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// Messages of a chat completion, or items of a response, without those of responses before it.
    pub(crate) input: Vec<Value>,
    /// The object of the API.
    pub(crate) object: Value,
}

/// An object to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewObject {
    pub(crate) id: String,
    pub(crate) kind: ObjectKind,
    pub(crate) owner: Owner,
    pub(crate) model: String,
    pub(crate) class: DataClass,
    /// The response that it goes on from; empty where it begins.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) previous: String,
    /// A [`Content`] as JSON.
    pub(crate) content: Personal,
}

/// What is asked of an object.
#[derive(Debug, Clone)]
pub(crate) enum ObjectCommand {
    Store(Box<NewObject>, String),
    /// Its metadata become these, as JSON.
    SetMetadata(String),
}

/// What happened to an object. That it was deleted is the event that its key was destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum ObjectEvent {
    GatewayObjectStored { object: Box<NewObject>, kept: Vec<Kept>, at: Timestamp },
    GatewayObjectMetadataSet { id: String, metadata: Personal, at: Timestamp },
}

/// Why nothing can be done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ObjectRefusal {
    #[error("there is no such object")]
    Unknown,
    #[error("it is stored already")]
    Known,
}

/// An object as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct StoredObject {
    stored: Option<NewObject>,
    metadata: Option<Personal>,
}

impl StoredObject {
    fn is_there(&self) -> bool {
        self.stored.as_ref().is_some_and(|object| !object.content.is_erased())
    }
}

impl Aggregate for StoredObject {
    const KIND: &'static str = KIND;
    type Command = ObjectCommand;
    type Event = ObjectEvent;
    type Refusal = ObjectRefusal;

    fn decide(&self, command: ObjectCommand, at: Timestamp) -> Result<Vec<ObjectEvent>, ObjectRefusal> {
        match command {
            ObjectCommand::Store(..) if self.stored.is_some() => Err(ObjectRefusal::Known),
            ObjectCommand::Store(object, month) => {
                let agency = object.owner.agency.clone();
                let kept = vec![Kept { agency, month, subject: object.content.subject.clone() }];
                Ok(vec![ObjectEvent::GatewayObjectStored { object, kept, at }])
            }
            ObjectCommand::SetMetadata(metadata) => match &self.stored {
                Some(object) if self.is_there() => {
                    let (id, metadata) = (object.id.clone(), Personal::new(&object.content.subject, metadata));
                    Ok(vec![ObjectEvent::GatewayObjectMetadataSet { id, metadata, at }])
                }
                _ => Err(ObjectRefusal::Unknown),
            },
        }
    }

    fn evolve(&mut self, event: &ObjectEvent) {
        match event {
            ObjectEvent::GatewayObjectStored { object, .. } => self.stored = Some((**object).clone()),
            ObjectEvent::GatewayObjectMetadataSet { metadata, .. } => self.metadata = Some(metadata.clone()),
        }
    }
}

/// An object that was found, open.
#[derive(Debug, Clone)]
pub(crate) struct FoundObject {
    pub(crate) class: DataClass,
    pub(crate) previous: String,
    pub(crate) content: Content,
}

fn stream(id: &str) -> Option<StreamId> {
    StreamId::new(KIND, id).ok()
}

/// Under whose key an object is sealed: its own.
fn subject(id: &str) -> String {
    format!("{SUBJECT}{id}")
}

/// The object's name in the name of the key under which it was sealed.
fn object_of(subject: &str) -> Option<&str> {
    subject.strip_prefix(SUBJECT)
}

/// What is to be stored, before it is sealed.
pub(crate) struct Storable {
    pub(crate) id: String,
    pub(crate) kind: ObjectKind,
    pub(crate) owner: Owner,
    pub(crate) model: String,
    pub(crate) class: DataClass,
    pub(crate) previous: String,
    pub(crate) content: Content,
}

/// Stores an object; durable when this returns.
pub(crate) async fn store(
    ledger: &Ledger,
    storable: Storable,
    now: Timestamp,
) -> Result<(), ExecuteError<ObjectRefusal>> {
    let Storable { id, kind, owner, model, class, previous, content } = storable;
    let Some(stream) = stream(&id) else { return Err(ExecuteError::Refused(ObjectRefusal::Unknown)) };
    let sealed = Personal::new(subject(&id), serde_json::to_string(&content).unwrap_or_default());
    let context = CommandContext::new(actor(&owner), now);
    let month = crate::record::month_of(jiff::tz::Offset::UTC.to_datetime(now).date());
    let object = NewObject { id, kind, owner, model, class, previous, content: sealed };
    let command = ObjectCommand::Store(Box::new(object), month);
    ledger.execute_on_new::<StoredObject>(&stream, command, context).await.map(drop)
}

/// The owner's object of that name.
pub(crate) async fn find(
    ledger: &Ledger,
    owner: &Owner,
    kind: ObjectKind,
    id: &str,
) -> Result<Option<FoundObject>, LedgerError> {
    let Some(stream) = stream(id) else { return Ok(None) };
    let Some((state, _)) = ledger.state::<StoredObject>(&stream).await? else { return Ok(None) };
    let Some(object) = state.stored.filter(|object| object.owner == *owner && object.kind == kind) else {
        return Ok(None);
    };
    let Some(mut content) = object.content.value.and_then(|text| serde_json::from_str::<Content>(&text).ok()) else {
        return Ok(None);
    };
    let metadata = state.metadata.and_then(|metadata| metadata.value);
    if let Some(metadata) = metadata.and_then(|text| serde_json::from_str(&text).ok()) {
        content.object["metadata"] = metadata;
    }
    Ok(Some(FoundObject { class: object.class, previous: object.previous, content }))
}

/// Sets the metadata of an object that was found before.
pub(crate) async fn set_metadata(
    ledger: &Ledger,
    owner: &Owner,
    id: &str,
    metadata: &Value,
    now: Timestamp,
) -> Result<(), ExecuteError<ObjectRefusal>> {
    let Some(stream) = stream(id) else { return Err(ExecuteError::Refused(ObjectRefusal::Unknown)) };
    let command = ObjectCommand::SetMetadata(metadata.to_string());
    let context = CommandContext::new(actor(owner), now);
    ledger.execute::<StoredObject>(&stream, command, context).await.map(drop)
}

/// Deletes an object that was found before: its key is destroyed, and with it everything that was said.
pub(crate) async fn delete(ledger: &Ledger, owner: &Owner, id: &str, now: Timestamp) -> Result<(), AppendError> {
    ledger.erase_subject(&subject(id), actor(owner), now).await.map(drop)
}

fn actor(owner: &Owner) -> Actor {
    Actor::new(format!("key:{}", owner.key), "gateway-key")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(id: &str) -> Box<NewObject> {
        let owner = Owner { agency: "a".into(), key: "k".into() };
        let content = Personal::new(subject(id), json!({ "input": [], "object": {} }).to_string());
        let (model, previous) = ("m".into(), String::new());
        Box::new(NewObject {
            id: id.into(),
            kind: ObjectKind::Response,
            owner,
            model,
            class: DataClass::Open,
            previous,
            content,
        })
    }

    #[test]
    fn what_was_stored_is_stored_once_and_what_was_erased_is_not_there() {
        let mut state = StoredObject::default();
        let refused = state.decide(ObjectCommand::SetMetadata("{}".into()), Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(ObjectRefusal::Unknown));
        let store = ObjectCommand::Store(object("resp_1"), "2026-11".into());
        for event in state.decide(store.clone(), Timestamp::UNIX_EPOCH).unwrap() {
            state.evolve(&event);
        }
        assert_eq!(state.decide(store, Timestamp::UNIX_EPOCH), Err(ObjectRefusal::Known));
        assert!(state.decide(ObjectCommand::SetMetadata("{}".into()), Timestamp::UNIX_EPOCH).is_ok());
        if let Some(object) = &mut state.stored {
            object.content.value = None;
        }
        let refused = state.decide(ObjectCommand::SetMetadata("{}".into()), Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(ObjectRefusal::Unknown));
    }

    #[test]
    fn an_object_is_found_by_the_key_under_which_it_was_sealed() {
        assert_eq!(object_of(&subject("resp_1")), Some("resp_1"));
        assert_eq!(object_of("gateway-a-2026-11"), None);
    }
}
