//! Events, projections, jobs and the Merkle log, on SQLite and PostgreSQL.
//!
//! Everything that happens is an event in a stream. [`Ledger::execute`] loads a stream, lets its [`Aggregate`] decide on
//! a command, and in **one transaction** appends the events, advances the Merkle log with its signed checkpoint, applies
//! the [`Projection`]s and queues jobs. When it returns, all of that is durable.
//!
//! The only crate that knows which database is underneath.
//!
//! ```
//! use std::sync::Arc;
//!
//! use jiff::Timestamp;
//! use maru_ledger::{
//!     Actor, Aggregate, CommandContext, DatabaseError, Ledger, LedgerConfig, LedgerKeys, Personal, Projection,
//!     RecordedEvent, Sql, StreamId,
//! };
//! use serde::{Deserialize, Serialize};
//!
//! // What can happen to a visit, what may be asked of it, and why it is refused.
//! #[derive(Debug, Clone, Serialize, Deserialize)]
//! #[serde(tag = "type", rename_all = "kebab-case")]
//! enum VisitEvent {
//!     VisitBooked { visitor: Personal, office: String },
//! }
//! #[derive(Debug, thiserror::Error)]
//! #[error("the visit is booked already")]
//! struct Booked;
//! #[derive(Debug, Clone)]
//! struct Book {
//!     visitor: Personal,
//!     office: String,
//! }
//!
//! // The state of one stream and its two pure functions.
//! #[derive(Debug, Default)]
//! struct Visit {
//!     visitor: Option<Personal>,
//! }
//! impl Aggregate for Visit {
//!     const KIND: &'static str = "visit";
//!     type Command = Book;
//!     type Event = VisitEvent;
//!     type Refusal = Booked;
//!     fn decide(&self, book: Book, _now: Timestamp) -> Result<Vec<VisitEvent>, Booked> {
//!         match self.visitor {
//!             Some(_) => Err(Booked),
//!             None => Ok(vec![VisitEvent::VisitBooked { visitor: book.visitor, office: book.office }]),
//!         }
//!     }
//!     fn evolve(&mut self, event: &VisitEvent) {
//!         let VisitEvent::VisitBooked { visitor, .. } = event;
//!         self.visitor = Some(visitor.clone());
//!     }
//! }
//!
//! // A table derived from the events, in the same transaction. The visitor's name stays sealed in it.
//! struct Visits;
//! impl Projection for Visits {
//!     fn name(&self) -> &str {
//!         "visits"
//!     }
//!     fn version(&self) -> u32 {
//!         1
//!     }
//!     fn schema(&self) -> &[&str] {
//!         &["CREATE TABLE visits (stream TEXT PRIMARY KEY, office TEXT NOT NULL, visitor TEXT NOT NULL)"]
//!     }
//!     fn tables(&self) -> &[&str] {
//!         &["visits"]
//!     }
//!     fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
//!         let office = event.payload["office"].as_str().unwrap_or_default();
//!         sql.execute(
//!             "INSERT INTO visits (stream, office, visitor) VALUES ($1, $2, $3)",
//!             &[event.stream.as_str().into(), office.into(), event.payload["visitor"].to_string().into()],
//!         )
//!         .map(drop)
//!     }
//! }
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let directory = tempfile::tempdir()?;
//! # let file = directory.path().join("maru.db");
//! let keys = LedgerKeys::new([1; 32], [2; 32]); // a deployment has them from `LedgerKeys::load`
//! let config = LedgerConfig::new(format!("sqlite:{}", file.display()), keys, "maru.example.go.kr/log");
//! let ledger = Ledger::open(config, vec![Arc::new(Visits)]).await?;
//!
//! let (stream, now) = (StreamId::new("visit", 1)?, Timestamp::UNIX_EPOCH);
//! let context = CommandContext::new(Actor::new("account-7", "citizen"), now).idempotent("key-1", "fingerprint");
//! let book = Book { visitor: Personal::new("person-7", "홍길동"), office: "종로구청".to_owned() };
//! let done = ledger.execute::<Visit>(&stream, book.clone(), context.clone()).await?;
//! assert_eq!((done.version, done.repeated), (1, false));
//! // Given again, it does nothing twice.
//! assert!(ledger.execute::<Visit>(&stream, book, context).await?.repeated);
//!
//! let rows = ledger.read(|sql| sql.query("SELECT visitor FROM visits WHERE office = $1", &["종로구청".into()])).await?;
//! assert_eq!(ledger.unseal(&rows[0].text(0)?)?.value.as_deref(), Some("홍길동"));
//!
//! // What happened can be proved to anybody, and is still whole when the person was erased.
//! ledger.erase_subject("person-7", Actor::system(), now).await?;
//! assert!(ledger.unseal(&rows[0].text(0)?)?.is_erased());
//! assert!(ledger.verify().await?.is_whole());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod aggregate;
pub mod append;
pub mod audit;
pub mod backup;
pub mod clock;
mod courtesy;
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

mod gathered;
mod head;
mod idempotency;
mod limits;
mod open;
mod readers;
mod rebuild;
mod schema;
mod stage;
mod vault;
mod work_queue;
mod writer;
mod written;

pub use aggregate::{Aggregate, CommandContext, ExecuteError, Executed};
pub use append::{Append, AppendError, Appended, ExpectedVersion, StreamChange};
pub use audit::{Audit, AuditError, Depth, audit};
pub use backup::{BackupError, BackupSummary, restore};
pub use clock::{Clock, ManualClock, SystemClock};
pub use database::{DatabaseError, Row, Sql, Sums, Value};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use event::{Actor, NewEvent, Personal, RecordedEvent, StreamId, StreamIdError};
pub use jobs::{JobCounts, JobError, JobRequest, JobState, JobView, Lease, LeasedJob, NewJob};
pub use keys::{KeyError, LedgerKeys};
pub use ledger::{Coming, Ledger, LedgerConfig, LedgerError, Progress};
pub use projection::{Projection, Rebuilt};
pub use proof::{ProofError, VerifiedStream, verify_stream_proof};
pub use public_log::LogResource;
pub use record::hexadecimal;
pub use seal::SealError;
pub use verify::{Finding, Place, Verification};
pub use written::WrittenEvent;
