//! Events, projections, jobs and the Merkle log, on SQLite and PostgreSQL.
//!
//! Everything that happens is an event in a stream. [`Ledger::execute`] loads a stream, lets its [`Aggregate`] decide on
//! a command, and in **one transaction** appends the events, advances the Merkle log with its signed checkpoint, applies
//! the [`Projection`]s and queues jobs. When it returns, all of that is durable.
//!
//! The only crate that knows which database is underneath.

pub mod aggregate;
pub mod append;
pub mod clock;
pub mod database;
pub mod event;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod merkle;
pub mod projection;
pub mod record;
pub mod seal;

pub use aggregate::{Aggregate, CommandContext, ExecuteError, Executed};
pub use append::{Append, AppendError, Appended, ExpectedVersion};
pub use clock::{Clock, ManualClock, SystemClock};
pub use database::{DatabaseError, Row, Sql, Value};
pub use event::{Actor, NewEvent, Personal, RecordedEvent, StreamId, StreamIdError};
pub use jobs::{JobCounts, JobError, JobRequest, JobState, JobView, Lease, LeasedJob, NewJob};
pub use keys::LedgerKeys;
pub use ledger::{Ledger, LedgerConfig, LedgerError, LogResource};
pub use projection::{Projection, Rebuilt};
pub use seal::SealError;
