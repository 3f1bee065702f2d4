//! One small interface to a relational database, with two thin implementations.
//!
//! Statements are portable SQL: parameters are `$1`, `$2`, …; column types are `BIGINT`, `TEXT` and `BYTES`. What
//! differs between SQLite and PostgreSQL is translated inside the implementations and nowhere else.

mod value;

pub use value::{Row, Value};

use thiserror::Error;

/// What the ledger and the projections may ask of a database.
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
}

/// Why the database did not do what it was asked.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum DatabaseError {
    /// The database cannot be reached, or the connection broke. Nothing was acknowledged; the next attempt reconnects.
    #[error("the database cannot be reached ({reason}); nothing was stored: try again when it is back")]
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
        /// The statement, without its parameters (which may be personal).
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
