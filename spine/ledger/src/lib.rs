//! Events, projections, jobs and the Merkle log, on SQLite and PostgreSQL.
//!
//! Everything that happens is an event in a stream. [`Ledger::execute`] loads a stream, lets its [`Aggregate`] decide on
//! a command, and in **one transaction** appends the events, advances the Merkle log with its signed checkpoint, applies
//! the [`Projection`]s and queues jobs. When it returns, all of that is durable.
//!
//! The only crate that knows which database is underneath.

pub mod aggregate;
pub mod append;
pub mod audit;
pub mod backup;
pub mod clock;
pub mod database;
pub mod entropy;
pub mod event;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod merkle;
pub mod projection;
pub mod proof;
pub mod public_log;
pub mod record;
pub mod seal;
pub mod upkeep;
pub mod verify;

mod open;
mod readers;
mod rebuild;
mod schema;
mod stage;
mod vault;
mod work_queue;
mod writer;

pub use aggregate::{Aggregate, CommandContext, ExecuteError, Executed};
pub use append::{Append, AppendError, Appended, ExpectedVersion};
pub use audit::{Audit, AuditError, Depth, audit};
pub use backup::{BackupError, BackupSummary, restore};
pub use clock::{Clock, ManualClock, SystemClock};
pub use database::{DatabaseError, Row, Sql, Value};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use event::{Actor, NewEvent, Personal, RecordedEvent, StreamId, StreamIdError};
pub use jobs::{JobCounts, JobError, JobRequest, JobState, JobView, Lease, LeasedJob, NewJob};
pub use keys::{KeyError, LedgerKeys};
pub use ledger::{Ledger, LedgerConfig, LedgerError, Progress};
pub use projection::{Projection, Rebuilt};
pub use proof::{ProofError, VerifiedStream, verify_stream_proof};
pub use public_log::LogResource;
pub use seal::SealError;
pub use verify::{Finding, Place, Verification};
