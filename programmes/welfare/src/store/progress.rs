//! How far long work has come: a table of its own beside the log, since nothing that matters is lost with it.

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Value};

use super::Store;

/// How far long work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Parts that are done.
    pub done: u64,
    /// Of how many.
    pub all: u64,
    /// When that was so.
    pub at: Timestamp,
}

const TABLE: &str = "CREATE TABLE welfare_progress (id TEXT PRIMARY KEY, done BIGINT NOT NULL, parts BIGINT NOT NULL, \
                     at BIGINT NOT NULL)";

impl Store {
    async fn progress_table(&self) -> Result<(), DatabaseError> {
        self.progress_is_defined.get_or_try_init(|| self.ledger.define("welfare-work", &[TABLE])).await.map(drop)
    }

    /// How far the work called so has come; nothing where it did not begin.
    pub async fn progress(&self, id: &str) -> Result<Option<Progress>, DatabaseError> {
        self.progress_table().await?;
        let id = Value::from(id);
        let select = "SELECT done, parts, at FROM welfare_progress WHERE id = $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[id])).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Progress { done: row.unsigned(0)?, all: row.unsigned(1)?, at: row.timestamp(2)? }))
    }

    /// Notes how far it has come.
    pub async fn note_progress(&self, id: &str, progress: Progress) -> Result<(), DatabaseError> {
        self.progress_table().await?;
        let upsert = "INSERT INTO welfare_progress (id, done, parts, at) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (id) DO UPDATE SET done = excluded.done, parts = excluded.parts, at = excluded.at";
        let values = [id.into(), progress.done.into(), progress.all.into(), progress.at.into()];
        self.ledger.write(move |sql| sql.execute(upsert, &values)).await.map(drop)
    }

    /// It is done: nothing need be known of it any more.
    pub async fn forget_progress(&self, id: &str) -> Result<(), DatabaseError> {
        self.progress_table().await?;
        let id = Value::from(id);
        self.ledger.write(move |sql| sql.execute("DELETE FROM welfare_progress WHERE id = $1", &[id])).await.map(drop)
    }
}
