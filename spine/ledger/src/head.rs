//! The row that says how far the log is, and the tiles it rests on.

use crate::{
    database::{DatabaseError, Sql},
    merkle::{Hash, tail::Tail},
};

/// The row that says how far the log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
    pub(crate) next_job: u64,
    pub(crate) generation: u64,
}

impl Head {
    pub(crate) fn read(sql: &mut dyn Sql) -> Result<Self, DatabaseError> {
        let rows = sql.query("SELECT size, root, note, next_job, generation FROM log_head WHERE id = 1", &[])?;
        let damaged = |reason: &str| DatabaseError::Damaged { reason: reason.to_owned() };
        let row = rows.first().ok_or_else(|| damaged("the row of log_head is missing"))?;
        let root = row.bytes(1)?.try_into().map_err(|_| damaged("the root in log_head is no SHA-256 digest"))?;
        Ok(Self {
            size: row.unsigned(0)?,
            root,
            note: row.text(2)?,
            next_job: row.unsigned(3)?,
            generation: row.unsigned(4)?,
        })
    }

    /// The right edge of the tree out of its tiles. Refuses to build on a log that was tampered with.
    pub(crate) fn load_tail(&self, sql: &mut dyn Sql) -> Result<Tail, DatabaseError> {
        let tail = Tail::load(self.size, |level, number| read_tile(sql, level, number))?;
        tail.filter(|tail| tail.root() == self.root).ok_or_else(|| DatabaseError::Damaged {
            reason: "the tiles of the log do not give its root; run: maru ledger verify".to_owned(),
        })
    }
}

pub(crate) fn read_tile(sql: &mut dyn Sql, level: u32, number: u64) -> Result<Option<Vec<u8>>, DatabaseError> {
    let statement = "SELECT hashes FROM tiles WHERE level = $1 AND number = $2";
    let rows = sql.query(statement, &[level.into(), number.into()])?;
    rows.first().map(|row| row.bytes(0)).transpose()
}
