//! Questions about briefings.

use maru_ledger::{Aggregate, DatabaseError, Value};

use super::{COLUMNS, Named, Store};
use crate::domain::Briefing;

impl Store {
    /// The briefings, the oldest first.
    pub async fn briefings(&self) -> Result<Vec<Named<Briefing>>, DatabaseError> {
        // Each belongs to its consultation or to none.
        let select = format!("{COLUMNS} WHERE kind = $1 ORDER BY place");
        let parameters = [Value::from(Briefing::KIND)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(super::named).collect()
    }

    /// The briefings of a consultation, the oldest first.
    pub async fn briefings_of(&self, consultation: &str) -> Result<Vec<Named<Briefing>>, DatabaseError> {
        self.all(Briefing::KIND, consultation).await
    }

    /// One of them.
    pub async fn briefing(&self, id: &str) -> Result<Option<Named<Briefing>>, DatabaseError> {
        self.one(Briefing::KIND, id).await
    }
}
