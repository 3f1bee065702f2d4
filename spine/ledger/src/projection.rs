//! Projections: tables that are derived from events, in the transaction that appends them.

use std::any::Any;

use crate::{
    database::{DatabaseError, Sql},
    event::RecordedEvent,
};

/// A set of tables derived from events. They are written only by [`Projection::apply`], so that they can be derived
/// again at any time and give the same rows.
pub trait Projection: Send + Sync {
    /// The name, unique in a deployment: `inquiry-queue`.
    fn name(&self) -> &str;

    /// Raise it when the tables or their meaning change: the projection is then derived again when the ledger opens.
    fn version(&self) -> u32;

    /// `CREATE TABLE` and `CREATE INDEX` statements, with the portable column types `BIGINT`, `TEXT` and `BYTES`.
    fn schema(&self) -> &[&str];

    /// The tables that [`Projection::schema`] creates, in an order in which they can be dropped.
    fn tables(&self) -> &[&str];

    /// Applies one event. It must depend on nothing but the event and the projection's own tables: no clock, no chance,
    /// no other table. Plain inserts of single rows are the fastest: they travel to the database together. Personal facts in the payload are sealed; store them as they are (the JSON text of the sealed
    /// value) and open them when they are read.
    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError>;

    /// Whether events of this kind can change the tables at all; others are neither read for it nor handed over. All can, where a projection does
    /// not say otherwise.
    fn concerns(&self, kind: &str) -> bool {
        let _ = kind;
        true
    }

    /// Applies an event that was written a moment ago ([`crate::WrittenEvent`]), by what its maker had in memory. It must leave the same rows as
    /// [`Projection::apply`], which is asked where this gives nothing, and when the tables are derived again.
    fn apply_made(&self, sql: &mut dyn Sql, position: u64, made: &dyn Any) -> Option<Result<(), DatabaseError>> {
        let _ = (sql, position, made);
        None
    }
}

/// What deriving a projection again did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The projection.
    pub projection: String,
    /// Events that were applied.
    pub events: u64,
    /// Rows that stood in its tables before, and stand there now.
    pub rows: (u64, u64),
    /// SHA-256 over all rows before and now, in hexadecimal: equal unless the tables had been tampered with or the
    /// projection's meaning changed.
    pub digests: (String, String),
}

impl Rebuilt {
    /// Whether the rows are the same as before.
    pub fn is_identical(&self) -> bool {
        self.rows.0 == self.rows.1 && self.digests.0 == self.digests.1
    }
}
