//! The handle through which everybody uses the ledger.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::{
    aggregate::{Aggregate, CommandContext, ExecuteError, Executed},
    append::{Append, AppendError, Appended},
    database::{DatabaseError, Sql},
    event::{Actor, Personal, RecordedEvent, StreamId},
    jobs::{JobCounts, JobError, JobRequest, JobView, Lease, LeasedJob},
    keys::LedgerKeys,
    projection::{Projection, Rebuilt},
    seal::SealError,
};

/// How a ledger is opened.
#[derive(Debug, Clone)]
pub struct LedgerConfig {
    /// `sqlite:PATH` or `postgres://user@host/database`.
    pub database: String,
    /// The keys of the deployment.
    pub keys: LedgerKeys,
    /// The log's name in checkpoints: a host and a path without scheme, such as `maru.example.go.kr/log`. It is chosen
    /// once and for all.
    pub origin: String,
    /// How many connections serve reads.
    pub readers: usize,
}

impl LedgerConfig {
    /// A configuration with four readers.
    pub fn new(database: impl Into<String>, keys: LedgerKeys, origin: impl Into<String>) -> Self {
        Self { database: database.into(), keys, origin: origin.into(), readers: 4 }
    }
}

/// Why the ledger could not be opened or read.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum LedgerError {
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A personal fact could not be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An event cannot be understood.
    #[error("the event at position {position} ({kind}) cannot be understood: {reason}")]
    Event {
        /// Its position.
        position: u64,
        /// Its kind.
        kind: String,
        /// What is wrong.
        reason: String,
    },
}

/// The ledger: clone it freely, use it from any task.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<()>,
}

impl Ledger {
    /// Opens the ledger, makes its tables where they are missing, and derives projections whose version changed.
    pub async fn open(config: LedgerConfig, projections: Vec<Arc<dyn Projection>>) -> Result<Self, LedgerError> {
        let _ = (config, projections);
        unimplemented!()
    }

    /// Loads the stream, decides, and appends what happened; on a version conflict decides anew.
    pub async fn execute<A: Aggregate>(
        &self,
        stream: &StreamId,
        command: A::Command,
        context: CommandContext,
    ) -> Result<Executed<A>, ExecuteError<A::Refusal>> {
        let _ = (stream, command, context, &self.inner);
        unimplemented!()
    }

    /// The state of a stream and its version; nothing if it does not exist.
    pub async fn state<A: Aggregate>(&self, stream: &StreamId) -> Result<Option<(A, u64)>, LedgerError> {
        let _ = stream;
        unimplemented!()
    }

    /// Appends events. When this returns, they are durable.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let _ = append;
        unimplemented!()
    }

    /// The events of a stream in their order, with personal facts open.
    pub async fn events(&self, stream: &StreamId) -> Result<Vec<RecordedEvent>, LedgerError> {
        let _ = stream;
        unimplemented!()
    }

    /// At most `limit` events of the whole log from `position` on, with personal facts open.
    pub async fn events_from(&self, position: u64, limit: u32) -> Result<Vec<RecordedEvent>, LedgerError> {
        let _ = (position, limit);
        unimplemented!()
    }

    /// Reads from projections and other tables, in one consistent snapshot.
    pub async fn read<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        let _ = work;
        unimplemented!()
    }

    /// Writes to tables that are not events (sessions, knowledge, models), as one unit: all of it or nothing.
    pub async fn write<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        let _ = work;
        unimplemented!()
    }

    /// Defines the tables of `owner` that are not projections. The list of statements only ever grows at its end: those
    /// that did not run yet, run. Tables defined so are part of backups.
    pub async fn define(&self, owner: &str, statements: &[&str]) -> Result<(), DatabaseError> {
        let _ = (owner, statements);
        unimplemented!()
    }

    /// Seals a personal fact for a table that is not an event; gives the JSON text to be stored.
    pub async fn seal(&self, personal: &Personal) -> Result<String, SealError> {
        let _ = personal;
        unimplemented!()
    }

    /// Opens a sealed fact, as projections hold it. After erasure the value is nothing.
    pub fn unseal(&self, sealed_json: &str) -> Result<Personal, SealError> {
        let _ = sealed_json;
        unimplemented!()
    }

    /// Destroys the key of `subject`: every fact about that person becomes unreadable, every proof stays whole. The
    /// erasure is recorded as an event. Erasing again does nothing.
    pub async fn erase_subject(&self, subject: &str, actor: Actor, now: Timestamp) -> Result<(), AppendError> {
        let _ = (subject, actor, now);
        unimplemented!()
    }

    /// Derives a projection again from the events (all if `name` is none) and says whether the rows came out the same.
    pub async fn rebuild(&self, name: Option<&str>) -> Result<Vec<Rebuilt>, LedgerError> {
        let _ = name;
        unimplemented!()
    }

    /// Takes jobs that are due.
    pub async fn lease_jobs(&self, request: JobRequest) -> Result<Vec<LeasedJob>, DatabaseError> {
        let _ = request;
        unimplemented!()
    }

    /// The job is done; it is removed.
    pub async fn complete_job(&self, job: &LeasedJob) -> Result<(), JobError> {
        let _ = job;
        unimplemented!()
    }

    /// The job failed: it is tried again later, or put aside for a person after its last attempt.
    pub async fn fail_job(&self, job: &LeasedJob, error: &str, now: Timestamp) -> Result<(), JobError> {
        let _ = (job, error, now);
        unimplemented!()
    }

    /// The worker needs longer: holds the job until `until`.
    pub async fn renew_job(&self, job: &LeasedJob, until: Timestamp) -> Result<LeasedJob, JobError> {
        let _ = (job, until);
        unimplemented!()
    }

    /// Jobs that were put aside, oldest first.
    pub async fn dead_jobs(&self, limit: u32) -> Result<Vec<JobView>, DatabaseError> {
        let _ = limit;
        unimplemented!()
    }

    /// Tries a job that was put aside again, from `now` on.
    pub async fn revive_job(&self, id: u64, now: Timestamp) -> Result<(), JobError> {
        let _ = (id, now);
        unimplemented!()
    }

    /// How many jobs stand where.
    pub async fn job_counts(&self) -> Result<JobCounts, DatabaseError> {
        unimplemented!()
    }

    /// Takes or renews the role `name` for `holder`; nothing if another holds it.
    pub async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        hold: SignedDuration,
    ) -> Result<Option<Lease>, DatabaseError> {
        let _ = (name, holder, now, hold);
        unimplemented!()
    }

    /// Gives the role back.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), DatabaseError> {
        let _ = lease;
        unimplemented!()
    }

    /// The newest checkpoint: a C2SP signed note.
    pub async fn checkpoint(&self) -> Result<String, LedgerError> {
        unimplemented!()
    }

    /// The bytes at a path of the public log (`checkpoint`, `tile/0/000`, `tile/entries/000.p/5`), as C2SP tlog-tiles
    /// has it; nothing if there is no such path.
    pub async fn log_resource(&self, path: &str) -> Result<Option<LogResource>, LedgerError> {
        let _ = path;
        unimplemented!()
    }

    /// The public key of the log, as a C2SP note verifier key.
    pub fn verifier_key(&self) -> String {
        unimplemented!()
    }

    /// A document with everything that happened in a stream and the proof that it is in the log, verifiable without us
    /// ([`crate::proof::verify`]). `open_subjects` are the persons whose facts it shows in the clear.
    pub async fn stream_proof(&self, stream: &StreamId, open_subjects: &[String]) -> Result<String, LedgerError> {
        let _ = (stream, open_subjects);
        unimplemented!()
    }
}

/// A resource of the public log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogResource {
    /// The media type.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
    /// Whether it never changes (full tiles and entries), so that caches may keep it for ever.
    pub immutable: bool,
}
