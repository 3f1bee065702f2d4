//! What is given to the ledger to be appended, and what comes back.

use thiserror::Error;

use crate::{
    aggregate::CommandContext,
    database::DatabaseError,
    event::{NewEvent, StreamId},
    jobs::NewJob,
    seal::SealError,
};

/// What version the stream must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedVersion {
    /// Whatever it has.
    Any,
    /// Exactly this; 0 is a stream that does not exist yet.
    Exactly(u64),
}

/// Events for one stream, with what goes with them.
#[derive(Debug, Clone)]
pub struct Append {
    /// The stream.
    pub stream: StreamId,
    /// What version it must have.
    pub expected: ExpectedVersion,
    /// The events, at least one unless `context.completes` names a job.
    pub events: Vec<NewEvent>,
    /// Jobs queued in the same transaction.
    pub jobs: Vec<NewJob>,
    /// Who, when, and how a repetition is recognised.
    pub context: CommandContext,
}

/// Where the events were recorded. They are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The stream: of a repetition, that of the first time.
    pub stream: StreamId,
    /// The position of the first event in the log.
    pub first_position: u64,
    /// How many events.
    pub count: u64,
    /// The stream's version after them.
    pub version: u64,
    /// Whether this is the outcome of an earlier append with the same idempotency key.
    pub repeated: bool,
}

/// Why nothing was appended.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum AppendError {
    /// Somebody else changed the stream in between.
    #[error("{stream} changed in between: expected version {expected}, found {actual}; read it again and decide anew")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// The version that was expected.
        expected: u64,
        /// The version that it has.
        actual: u64,
    },
    /// The idempotency key was used for something else.
    #[error("idempotency key {key:?} was already used for another request; choose a new key")]
    KeyReused {
        /// The key.
        key: String,
    },
    /// The job whose work this is was lost to another worker.
    #[error("the lease on job {id} was lost; nothing was recorded")]
    LeaseLost {
        /// The job.
        id: u64,
    },
    /// An event cannot be recorded as it is.
    #[error("the event {kind:?} cannot be recorded: {reason}")]
    Event {
        /// The event's kind.
        kind: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing to append.
    #[error("there is nothing to append to {stream}")]
    Nothing {
        /// The stream.
        stream: StreamId,
    },
    /// A projection could not take in the event: a defect of that projection.
    #[error("the projection {projection} could not take in the event {kind:?}: {cause}")]
    Projection {
        /// The projection.
        projection: String,
        /// The event's kind.
        kind: String,
        /// What went wrong.
        cause: DatabaseError,
    },
    /// A personal fact could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl AppendError {
    /// The error of the database, if it is one.
    pub fn database(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database(error) | Self::Seal(SealError::Database(error)) => Some(error),
            _ => None,
        }
    }
}
