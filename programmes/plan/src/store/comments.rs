//! Questions about comments that wait for a person to look at them.

use maru_ledger::{Aggregate, DatabaseError, Value};

use super::{COLUMNS, Named, Store};
use crate::domain::Comment;

/// What of the comments of a consultation is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenComments {
    /// How many have no answer.
    pub unanswered: u64,
    /// How many wait for a person to look at them.
    pub waiting: u64,
}

impl Store {
    /// Comments that wait for a person, appeals first, then the oldest, at most `limit`.
    pub async fn waiting_comments(&self, consultation: &str, limit: u32) -> Result<Vec<Named<Comment>>, DatabaseError> {
        let select = "SELECT id, state, changed_at FROM plan_states WHERE kind = $1 AND owner = $2 AND waits > 0 \
                      ORDER BY waits DESC, place LIMIT $3";
        let parameters = [Value::from(Comment::KIND), Value::from(consultation), Value::from(limit)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.iter().map(super::named).collect()
    }

    /// The comments of a consultation that came after the first `count`, in the order in which they came.
    pub(crate) async fn comments_from(
        &self,
        consultation: &str,
        count: usize,
    ) -> Result<Vec<Named<Comment>>, DatabaseError> {
        let select = format!("{COLUMNS} WHERE kind = $1 AND owner = $2 ORDER BY place LIMIT {} OFFSET $3", u32::MAX);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let parameters = [Value::from(Comment::KIND), Value::from(consultation), Value::from(count)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(super::named).collect()
    }

    /// What of the comments of a consultation is not done.
    pub async fn open_comments(&self, consultation: &str) -> Result<OpenComments, DatabaseError> {
        let select = "SELECT COALESCE(SUM(1 - answered), 0), COALESCE(SUM(CASE WHEN waits > 0 THEN 1 ELSE 0 END), 0) \
                      FROM plan_states WHERE kind = $1 AND owner = $2";
        let parameters = [Value::from(Comment::KIND), Value::from(consultation)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let Some(row) = rows.first() else { return Ok(OpenComments::default()) };
        Ok(OpenComments { unanswered: row.unsigned(0)?, waiting: row.unsigned(1)? })
    }
}
