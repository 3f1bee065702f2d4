//! Jobs: work that is queued in the transaction of the change that calls for it, and done later, at least once.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use thiserror::Error;

use crate::database::DatabaseError;

/// How often a job is tried unless it says otherwise.
pub const DEFAULT_ATTEMPTS: u32 = 8;

/// A job to be queued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// What is to be done: chooses the handler.
    pub kind: String,
    /// What the handler needs to know. Refer to personal facts by stream, do not copy them here.
    pub payload: Json,
    /// Not before this instant; at once if none.
    pub run_at: Option<Timestamp>,
    /// A job with a key takes the place of the waiting jobs of the same key: a deadline that moves, moves.
    pub key: Option<String>,
    /// How often it is tried before it is put aside for a person ([`JobState::Dead`]).
    pub max_attempts: u32,
}

impl NewJob {
    /// A job to be done at once.
    pub fn new(kind: impl Into<String>, payload: Json) -> Self {
        Self { kind: kind.into(), payload, run_at: None, key: None, max_attempts: DEFAULT_ATTEMPTS }
    }

    /// Not before `instant`.
    #[must_use]
    pub fn at(mut self, instant: Timestamp) -> Self {
        self.run_at = Some(instant);
        self
    }

    /// In place of waiting jobs of the same key.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// Where a job stands. Jobs that were done are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits to be taken.
    Waiting,
    /// A worker has it until its lease ends.
    Leased,
    /// It failed too often and waits for a person.
    Dead,
}

/// A job that a worker holds. The fence grows with each lease: a worker whose lease was lost cannot complete the job.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedJob {
    /// The job's number.
    pub id: u64,
    /// What is to be done.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Json,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Proves that the lease is the newest.
    pub fence: u64,
    /// Until when the worker holds it.
    pub until: Timestamp,
}

/// A job as people see it in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// The job's number.
    pub id: u64,
    /// What is to be done.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Json,
    /// Where it stands.
    pub state: JobState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it will be tried next.
    pub run_at: Timestamp,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// Which jobs a worker asks for.
#[derive(Debug, Clone)]
pub struct JobRequest {
    /// Kinds that the worker can handle.
    pub kinds: Vec<String>,
    /// The worker's name, for people who look.
    pub worker: String,
    /// The present instant.
    pub now: Timestamp,
    /// How long the worker may hold each job without renewing.
    pub hold: SignedDuration,
    /// At most so many.
    pub limit: u32,
}

/// How many jobs stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting, of which some are due only later.
    pub waiting: u64,
    /// Held by workers.
    pub leased: u64,
    /// Put aside for a person.
    pub dead: u64,
}

/// Why a job could not be completed, renewed or put back.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum JobError {
    /// The lease ended and the job was given to another worker, done or put aside.
    #[error("the lease on job {id} was lost: another worker may have it; the result of this attempt is dropped")]
    LeaseLost {
        /// The job.
        id: u64,
    },
    /// There is no such job among the dead.
    #[error("job {id} is not among those put aside")]
    NotDead {
        /// The job.
        id: u64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A lease on a role that only one server may hold at a time, such as running the timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The role.
    pub name: String,
    /// The server that holds it.
    pub holder: String,
    /// Until when.
    pub until: Timestamp,
    /// Grows whenever the role changes hands.
    pub term: u64,
}
