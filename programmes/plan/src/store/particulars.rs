//! Questions about what recommendations are held to.

use maru_ledger::{Aggregate, DatabaseError};

use super::Store;
use crate::domain::{Number, Particulars};

impl Store {
    /// What one recommendation is held to.
    pub async fn particulars(&self, number: Number) -> Result<Particulars, DatabaseError> {
        let found = self.one::<Particulars>(Particulars::KIND, &number.to_string()).await?;
        Ok(found.map(|named| named.state).unwrap_or_default())
    }

    /// What all recommendations are held to, in the order of their numbers; only those that are held to something.
    pub async fn all_particulars(&self) -> Result<Vec<(Number, Particulars)>, DatabaseError> {
        let found = self.all::<Particulars>(Particulars::KIND, "").await?;
        let numbered = found.into_iter().filter_map(|named| Some((named.id.parse().ok()?, named.state)));
        Ok(numbered.filter(|(_, state): &(Number, Particulars)| !state.items.is_empty()).collect())
    }
}
