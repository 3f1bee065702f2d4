//! Questions about deliberations and the votes in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::{Aggregate, DatabaseError, Value};

use super::{Named, Store};
use crate::domain::{
    Deliberation, Stances,
    deliberation::{Letters, Voter},
};

/// By what it is seen whether votes came since: how many people, the newest vote, the newest change of the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    people: u64,
    newest: i64,
    statements: Timestamp,
}

impl Store {
    /// The deliberations, the oldest first.
    pub async fn deliberations(&self) -> Result<Vec<Named<Deliberation>>, DatabaseError> {
        self.all(Deliberation::KIND, "").await
    }

    /// One of them.
    pub async fn deliberation(&self, id: &str) -> Result<Option<Named<Deliberation>>, DatabaseError> {
        self.one(Deliberation::KIND, id).await
    }

    /// What somebody thinks.
    pub async fn stances(&self, voter: &str) -> Result<Option<Stances>, DatabaseError> {
        Ok(self.one::<Stances>(Stances::KIND, voter).await?.map(|named| named.state))
    }

    /// What everybody thinks, under the names by which it is kept.
    pub async fn all_stances(&self, deliberation: &str) -> Result<Vec<Voter>, DatabaseError> {
        let all = self.all::<Stances>(Stances::KIND, deliberation).await?;
        Ok(all.into_iter().map(|named| (named.id, named.state.votes)).collect())
    }

    /// Under which letters people were grouped last.
    pub(crate) async fn letters(&self, deliberation: &str) -> Result<Letters, DatabaseError> {
        self.define_made().await?;
        let select = "SELECT letters FROM plan_letters WHERE deliberation = $1";
        let parameters = [Value::from(deliberation)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.first().map_or(Ok(Letters::default()), |row| super::json_of(&row.text(0)?))
    }

    /// Remembers the letters of groups; those of fewer people do not take the place of those of more.
    pub(crate) async fn keep_letters(
        &self,
        deliberation: &str,
        people: usize,
        letters: &Letters,
    ) -> Result<(), DatabaseError> {
        self.define_made().await?;
        let text = serde_json::to_string(letters).map_err(|error| DatabaseError::Work { reason: error.to_string() })?;
        let people = i64::try_from(people).unwrap_or(i64::MAX);
        let insert = "INSERT INTO plan_letters (deliberation, people, letters) VALUES ($1, $2, $3) \
                      ON CONFLICT (deliberation) DO UPDATE SET people = $2, letters = $3 WHERE plan_letters.people <= $2";
        let parameters = [Value::from(deliberation), Value::from(people), Value::from(text)];
        self.ledger.write(move |sql| sql.execute(insert, &parameters)).await?;
        Ok(())
    }

    /// How many took part in each.
    pub async fn participants(&self) -> Result<BTreeMap<String, u64>, DatabaseError> {
        let select = "SELECT owner, COUNT(*) FROM plan_states WHERE kind = $1 GROUP BY owner";
        let parameters = [Value::from(Stances::KIND)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.unsigned(1)?))).collect()
    }

    /// By what it is seen whether votes came since.
    pub(crate) async fn stances_marker(
        &self,
        deliberation: &str,
        statements: Timestamp,
    ) -> Result<Marker, DatabaseError> {
        let select = "SELECT COUNT(*), COALESCE(MAX(changed_at), 0) FROM plan_states WHERE kind = $1 AND owner = $2";
        let parameters = [Value::from(Stances::KIND), Value::from(deliberation)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let Some(row) = rows.first() else { return Ok(Marker { people: 0, newest: 0, statements }) };
        Ok(Marker { people: row.unsigned(0)?, newest: row.integer(1)?, statements })
    }
}
