//! Questions about panels that are drawn by lot.

use maru_ledger::{Aggregate, DatabaseError};

use super::{Named, Store};
use crate::domain::Panel;

impl Store {
    /// The panels, the oldest first.
    pub async fn panels(&self) -> Result<Vec<Named<Panel>>, DatabaseError> {
        self.all(Panel::KIND, "").await
    }

    /// One of them.
    pub async fn panel(&self, id: &str) -> Result<Option<Named<Panel>>, DatabaseError> {
        self.one(Panel::KIND, id).await
    }
}
