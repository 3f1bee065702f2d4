//! Aggregates: the state of one stream, the commands it takes, the events it gives.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{
    append::AppendError,
    event::{Actor, RecordedEvent, StreamId},
    jobs::{LeasedJob, NewJob},
    limits::LONGEST_NAME,
    record::hexadecimal,
};

/// The state of one stream of events and the two pure functions over it. Neither reads a clock or draws a random
/// number: instants and identifiers are in the command.
pub trait Aggregate: Default + Send + 'static {
    /// The kind of its streams: what stands before the dash.
    const KIND: &'static str;
    /// What may be asked of it.
    type Command: Clone + Send + 'static;
    /// What can happen to it. Serialises as an object whose field `type` is the event's kind
    /// (`#[serde(tag = "type", rename_all = "kebab-case")]`).
    type Event: Serialize + DeserializeOwned + Send + 'static;
    /// Why a command is refused.
    type Refusal: std::error::Error + Send + Sync + 'static;

    /// Decides what happens on a command, or refuses.
    fn decide(&self, command: Self::Command, now: Timestamp) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Takes in what happened.
    fn evolve(&mut self, event: &Self::Event);

    /// Jobs that an event calls for, queued in the same transaction. `self` has taken in the event.
    fn follow_up(&self, event: &Self::Event) -> Vec<NewJob> {
        let _ = event;
        Vec::new()
    }
}

/// Who gives a command, when, and how a repetition is recognised.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandContext {
    /// Who acts.
    pub actor: Actor,
    /// The present instant.
    pub now: Timestamp,
    /// A key that the caller chose for this command: giving it again with the same key gives the same outcome again
    /// and does nothing twice. Keys are the actor's own: two actors may use the same.
    pub idempotency_key: Option<String>,
    /// What the command is about (a digest of the request): the same key with another fingerprint is refused.
    pub fingerprint: String,
    /// The job whose work this is: it is completed in the same transaction, and if its lease was lost, nothing happens.
    pub completes: Option<LeasedJob>,
}

impl CommandContext {
    /// A command of `actor` at `now`.
    pub fn new(actor: Actor, now: Timestamp) -> Self {
        Self { actor, now, idempotency_key: None, fingerprint: String::new(), completes: None }
    }

    /// Repetitions carry the same `key` and `fingerprint`.
    #[must_use]
    pub fn idempotent(mut self, key: impl Into<String>, fingerprint: impl Into<String>) -> Self {
        let key = key.into();
        // A caller may choose a key as long as names may be, and programmes put before it what it is for: the whole stands by its digest.
        let is_long = key.len() > LONGEST_NAME;
        self.idempotency_key = Some(if is_long { hexadecimal(&Sha256::digest(key.as_bytes())) } else { key });
        self.fingerprint = fingerprint.into();
        self
    }

    /// This is the work of `job`.
    #[must_use]
    pub fn completing(mut self, job: LeasedJob) -> Self {
        self.completes = Some(job);
        self
    }
}

/// What a command did.
#[derive(Debug, Clone)]
pub struct Executed<A> {
    /// The stream: of a repetition, that of the first time.
    pub stream: StreamId,
    /// The state after it.
    pub state: A,
    /// The stream's version after it.
    pub version: u64,
    /// The events that it recorded, with personal facts open; none if the command changed nothing.
    pub events: Vec<RecordedEvent>,
    /// Whether this is the outcome of an earlier command with the same idempotency key.
    pub repeated: bool,
}

/// Why a command did nothing.
#[derive(Debug, Error)]
pub enum ExecuteError<R: std::error::Error + 'static> {
    /// The aggregate refused it.
    #[error(transparent)]
    Refused(R),
    /// The ledger could not record it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The stream's events could not be read or understood.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::LedgerError),
}
