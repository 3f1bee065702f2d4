//! What is given to the ledger to be appended, and what comes back.

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    aggregate::{Aggregate, CommandContext, ExecuteError},
    database::DatabaseError,
    event::{NewEvent, StreamId},
    jobs::NewJob,
    ledger::{check_kind, evolve_all},
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
pub struct Append<E = NewEvent> {
    /// The stream.
    pub stream: StreamId,
    /// What version it must have.
    pub expected: ExpectedVersion,
    /// The events, at least one unless `context.completes` names a job.
    pub events: Vec<E>,
    /// Jobs queued in the same transaction.
    pub jobs: Vec<NewJob>,
    /// Who, when, and how a repetition is recognised.
    pub context: CommandContext,
}

/// Events for one of several streams that change together ([`crate::Ledger::append_together`]).
#[derive(Debug, Clone)]
pub struct StreamChange {
    /// The stream.
    pub stream: StreamId,
    /// What version it must have.
    pub expected: ExpectedVersion,
    /// The events, at least one.
    pub events: Vec<NewEvent>,
    /// Jobs queued in the same transaction.
    pub jobs: Vec<NewJob>,
}

impl StreamChange {
    /// What a command makes of a stream whose state and version are known; nothing where nothing happens. `state` takes in
    /// what happened. Who read the state somewhere else than in the stream hears of a change since by
    /// [`AppendError::Conflict`].
    pub fn decide<A: Aggregate>(
        stream: StreamId,
        (state, version): (&mut A, u64),
        command: A::Command,
        now: Timestamp,
    ) -> Result<Option<Self>, ExecuteError<A::Refusal>> {
        check_kind::<A>(&stream)?;
        let events = state.decide(command, now).map_err(ExecuteError::Refused)?;
        let (events, jobs) = evolve_all(state, &events)?;
        let expected = ExpectedVersion::Exactly(version);
        Ok(if events.is_empty() { None } else { Some(Self { stream, expected, events, jobs }) })
    }

    pub(crate) fn given(self, context: CommandContext) -> Append {
        let Self { stream, expected, events, jobs } = self;
        Append { stream, expected, events, jobs, context }
    }
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
