//! One small interface to a relational database, with two thin implementations.
//!
//! Statements are portable SQL: parameters are `$1`, `$2`, …; column types are `BIGINT`, `TEXT` and `BYTES`. What
//! differs between SQLite and PostgreSQL is translated inside the implementations and nowhere else.

mod checkpoints;
mod postgres;
mod sqlite;
mod translate;
mod value;
mod watched;

use std::path::PathBuf;

pub use value::{Row, Value};
pub(crate) use watched::Watched;

use thiserror::Error;

use crate::schema::insert_many;

/// What the ledger and the projections may ask of a database. When a statement fails, the unit of work in which it ran is
/// lost as a whole, also if the work passes over the error: later statements of it fail too.
pub trait Sql {
    /// Runs a statement; says how many rows it changed.
    fn execute(&mut self, statement: &str, parameters: &[Value]) -> Result<u64, DatabaseError>;

    /// Runs a query and gives all its rows.
    fn query(&mut self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError>;

    /// Runs a query and hands over its rows one by one, so that large tables need not fit in memory.
    fn query_each(
        &mut self,
        statement: &str,
        parameters: &[Value],
        each: &mut dyn FnMut(Row) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError>;

    /// Adds `figures` to the row of `names` in a table of sums, or makes the row. While nobody looks, what is added to the same row by many events
    /// waits and goes to the database once.
    fn add(&mut self, sums: &'static Sums, names: Vec<Value>, figures: &[u64]) -> Result<(), DatabaseError> {
        let values: Vec<Value> = names.into_iter().chain(figures.iter().copied().map(Value::from)).collect();
        insert_many(self, sums.table, &sums.columns(), &values, &sums.ending())
    }
}

/// A table of sums: which columns name a row, and which are added up. Without figures it is a list of names, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// The table.
    pub table: &'static str,
    /// The columns of its key.
    pub names: &'static [&'static str],
    /// The columns of its figures.
    pub figures: &'static [&'static str],
}

impl Sums {
    /// All columns, names before figures.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        [self.names, self.figures].concat()
    }

    /// What follows the values in an insert that adds.
    pub(crate) fn ending(&self) -> String {
        if self.figures.is_empty() {
            return "ON CONFLICT DO NOTHING".to_owned();
        }
        let table = self.table;
        let add = |name: &&str| format!("{name} = {table}.{name} + excluded.{name}");
        let figures: Vec<String> = self.figures.iter().map(add).collect();
        format!("ON CONFLICT ({}) DO UPDATE SET {}", self.names.join(", "), figures.join(", "))
    }
}

/// Why the database did not do what it was asked.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum DatabaseError {
    /// The database cannot be reached, or the connection broke. Nothing was acknowledged; the next attempt reconnects. Only
    /// if it broke in the middle of a commit, and did not come back to be asked, may the work have been stored all the
    /// same: a command with an idempotency key can be given again without harm.
    #[error("the database cannot be reached ({reason}); nothing was confirmed: try again when it is back")]
    Unavailable {
        /// What the driver said.
        reason: String,
    },
    /// The disk or the quota of the database is full.
    #[error("the database has no room left ({reason}); nothing was stored: free some space, then try again")]
    Full {
        /// What the driver said.
        reason: String,
    },
    /// Another process held the database for too long.
    #[error("the database was locked by another process for too long ({reason}); try again")]
    Busy {
        /// What the driver said.
        reason: String,
    },
    /// The statement breaks a constraint of a table.
    #[error("a constraint of the database forbids this ({reason})")]
    Constraint {
        /// What the driver said.
        reason: String,
    },
    /// The statement is wrong: a defect of the program.
    #[error("the database refused a statement ({reason}): {statement}")]
    Statement {
        /// What the driver said.
        reason: String,
        /// The beginning of the statement, without its parameters (which may be personal).
        statement: String,
    },
    /// A column does not hold what the program expects.
    #[error("column {column} holds {found}, expected {expected}")]
    Column {
        /// Index of the column, from 0.
        column: usize,
        /// What was expected there.
        expected: &'static str,
        /// What was found there.
        found: &'static str,
    },
    /// The database's files are damaged.
    #[error("the database is damaged ({reason}); restore it from a backup")]
    Damaged {
        /// What the driver said.
        reason: String,
    },
    /// The address of the database cannot be understood.
    #[error("{address} is not the address of a database: use sqlite:PATH or postgres://user@host/database")]
    Address {
        /// The address, without its password.
        address: String,
    },
    /// Work given to the ledger failed by its own fault.
    #[error("{reason}")]
    Work {
        /// What happened, why, and what to do.
        reason: String,
    },
    /// The ledger was closed.
    #[error("the ledger was closed; nothing was stored")]
    Closed,
}

impl DatabaseError {
    /// Whether the database is at fault and not the work: the same may be tried again when it is back, free or has room.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Busy { .. } | Self::Full { .. })
    }
}

impl DatabaseError {
    /// Whether the connection is of no more use.
    pub(crate) fn breaks_connection(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// Whether the transaction in which it happened is lost as a whole, not only the statement.
    pub(crate) fn loses_transaction(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Full { .. } | Self::Busy { .. } | Self::Damaged { .. })
    }

    /// An error of work that the ledger was given.
    pub fn work(reason: impl Into<String>) -> Self {
        Self::Work { reason: reason.into() }
    }
}

/// The beginning of a statement, enough to find it by.
fn shown(statement: &str) -> String {
    const SHOWN: usize = 200;
    let mut beginning: String = statement.chars().take(SHOWN).collect();
    if beginning.len() < statement.len() {
        beginning.push('…');
    }
    beginning
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Transactions see one snapshot and change nothing.
    Read,
    /// Transactions run one after another, over all servers.
    Write,
}

/// A connection on which one transaction runs at a time.
pub(crate) trait Connection: Sql {
    /// Begins a transaction, connecting anew if the connection broke.
    fn begin(&mut self) -> Result<(), DatabaseError>;
    /// Makes the transaction durable. After an error nothing may be acknowledged.
    fn commit(&mut self) -> Result<(), DatabaseError>;
    /// Gives the transaction up.
    fn rollback(&mut self);
    /// Begins an item within the transaction.
    fn savepoint(&mut self) -> Result<(), DatabaseError>;
    /// Keeps the item and begins the next.
    fn renew_savepoint(&mut self) -> Result<(), DatabaseError>;
    /// Gives the item up and begins the next; the rest of the transaction stays.
    fn rollback_to_savepoint(&mut self) -> Result<(), DatabaseError>;
    /// Whether a transaction is open and whole.
    fn in_transaction(&self) -> bool;
    /// Makes sure that what was deleted cannot be read from the files any more, as far as the database allows.
    fn forget_deleted(&mut self) -> Result<(), DatabaseError>;
}

/// What a connection to a file keeps of it in memory where nobody says otherwise, in KiB.
pub(crate) const USUAL_PAGE_CACHE: u32 = 32 << 10;

/// Where a database is.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A file, and how much of it each connection keeps in memory, in KiB.
    Sqlite(PathBuf, u32),
    /// A server's address, with its password if it has one: never shown.
    Postgres(String),
}

impl Address {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub(crate) fn parse(address: &str) -> Result<Self, DatabaseError> {
        if let Some(path) = address.strip_prefix("sqlite:").filter(|path| !path.is_empty() && *path != ":memory:") {
            return Ok(Self::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)), USUAL_PAGE_CACHE));
        }
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok(Self::Postgres(address.to_owned()));
        }
        // Whatever stands before an @ may be a password.
        let shown = address.rsplit('@').next().unwrap_or_default().to_owned();
        Err(DatabaseError::Address { address: shown })
    }

    /// The same, of which each connection keeps at most so many KiB in memory; a server keeps what it keeps.
    #[must_use]
    pub(crate) fn with_page_cache(self, kibibytes: u32) -> Self {
        match self {
            Self::Sqlite(path, _) => Self::Sqlite(path, kibibytes),
            server @ Self::Postgres(_) => server,
        }
    }

    /// A connection that is made when it is first needed.
    pub(crate) fn connection(&self, access: Access) -> Result<Box<dyn Connection + Send>, DatabaseError> {
        Ok(match self {
            Self::Sqlite(path, page_cache) => {
                Box::new(sqlite::SqliteConnection::new(path.clone(), access, *page_cache))
            }
            Self::Postgres(address) => Box::new(postgres::PostgresConnection::new(address, access)?),
        })
    }
}
