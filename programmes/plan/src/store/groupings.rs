//! Groupings that a job made, and by what it is seen whether comments came or were answered since.

use maru_ledger::{Aggregate, DatabaseError, Value};

use super::Store;
use crate::{domain::Comment, grouping::Grouping};

/// What the comments of a consultation looked like: how many, how many answered, the newest change, how many are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CommentsMarker {
    pub(crate) all: u64,
    answered: u64,
    newest: i64,
    grouped: u64,
}

/// The tables that are no projection: what a job or a look makes is made anew, not derived event by event.
const GROUPINGS: [&str; 1] =
    ["CREATE TABLE plan_groupings (consultation TEXT PRIMARY KEY, comments BIGINT NOT NULL, groups TEXT NOT NULL)"];
const LETTERS: [&str; 1] =
    ["CREATE TABLE plan_letters (deliberation TEXT PRIMARY KEY, people BIGINT NOT NULL, letters TEXT NOT NULL)"];

impl Store {
    /// Makes these tables where they are not there.
    pub(super) async fn define_made(&self) -> Result<(), DatabaseError> {
        let define = || async {
            self.ledger.define("plan-groupings", &GROUPINGS).await?;
            self.ledger.define("plan-letters", &LETTERS).await?;
            self.ledger.define("plan-files", &super::files::TABLES).await
        };
        self.defined.get_or_try_init(define).await.copied()
    }

    /// By what it is seen whether the report of a consultation must be made anew.
    pub(crate) async fn comments_marker(&self, consultation: &str) -> Result<CommentsMarker, DatabaseError> {
        self.define_made().await?;
        let select = "SELECT COUNT(*), COALESCE(SUM(answered), 0), COALESCE(MAX(changed_at), 0) FROM plan_states \
                      WHERE kind = $1 AND owner = $2";
        let parameters = [Value::from(Comment::KIND), Value::from(consultation)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let Some(row) = rows.first() else { return Ok(CommentsMarker::default()) };
        let grouped = self.grouped(consultation).await?;
        Ok(CommentsMarker { all: row.unsigned(0)?, answered: row.unsigned(1)?, newest: row.integer(2)?, grouped })
    }

    async fn grouped(&self, consultation: &str) -> Result<u64, DatabaseError> {
        let select = "SELECT comments FROM plan_groupings WHERE consultation = $1";
        let parameters = [Value::from(consultation)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// The grouping that a job made last, and of how many comments.
    pub(crate) async fn stored_grouping(&self, consultation: &str) -> Result<Option<(usize, Grouping)>, DatabaseError> {
        self.define_made().await?;
        let select = "SELECT comments, groups FROM plan_groupings WHERE consultation = $1";
        let parameters = [Value::from(consultation)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let count = usize::try_from(row.unsigned(0)?).unwrap_or(usize::MAX);
        Ok(Some((count, super::json_of(&row.text(1)?)?)))
    }

    /// Keeps a grouping in place of the one before; an older one does not take the place of a newer.
    pub(crate) async fn keep_grouping(
        &self,
        consultation: &str,
        count: usize,
        grouping: &Grouping,
    ) -> Result<(), DatabaseError> {
        self.define_made().await?;
        let text =
            serde_json::to_string(grouping).map_err(|error| DatabaseError::Work { reason: error.to_string() })?;
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let insert = "INSERT INTO plan_groupings (consultation, comments, groups) VALUES ($1, $2, $3) \
                      ON CONFLICT (consultation) DO UPDATE SET comments = $2, groups = $3 \
                      WHERE plan_groupings.comments <= $2";
        let parameters = [Value::from(consultation), Value::from(count), Value::from(text)];
        self.ledger.write(move |sql| sql.execute(insert, &parameters)).await?;
        Ok(())
    }
}
