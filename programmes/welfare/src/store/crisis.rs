//! What is asked of the worklist of crisis signals.

use maru_ledger::{Aggregate as _, DatabaseError, LedgerError, StreamId, Value};

use super::{Named, Store, named};
use crate::domain::CrisisCase;

/// Most cases that are listed at once.
const LISTED: u32 = 200;

/// Which part of the worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Something is to be done.
    #[default]
    Open,
    /// Below the line: looked at by chance, so that it is seen whom the line overlooks.
    Below,
    /// Somebody looked; nothing more is to be done.
    Done,
}

impl Standing {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Open, Self::Below, Self::Done];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Below => "below",
            Self::Done => "done",
        }
    }

    /// The part called so; what is to be done where nothing is.
    pub fn from_identifier(name: &str) -> Self {
        Self::ALL.into_iter().find(|standing| standing.identifier() == name).unwrap_or_default()
    }
}

impl Store {
    /// Households with signals that stand so, the most points first.
    pub async fn crisis_cases(&self, standing: Standing) -> Result<Vec<Named<CrisisCase>>, DatabaseError> {
        let select = "SELECT id, state, changed_at FROM welfare_crisis WHERE stands = $1 AND (points > 0 OR stands <> 'below') \
                      ORDER BY points DESC, changed_at, id LIMIT $2";
        let parameters = [Value::from(standing.identifier()), LISTED.into()];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.iter().map(named).collect()
    }

    /// How many stand so.
    pub async fn crisis_count(&self, standing: Standing) -> Result<u64, DatabaseError> {
        let select = "SELECT COUNT(*) FROM welfare_crisis WHERE stands = $1 AND (points > 0 OR stands <> 'below')";
        let parameters = [Value::from(standing.identifier())];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// The case of a household, without sealed words.
    pub async fn crisis_case(&self, household: &str) -> Result<Option<Named<CrisisCase>>, DatabaseError> {
        let select = "SELECT id, state, changed_at FROM welfare_crisis WHERE id = $1";
        let id = Value::from(household);
        let rows = self.ledger.read(move |sql| sql.query(select, &[id])).await?;
        rows.first().map(named).transpose()
    }

    /// The same with its sealed words open.
    pub async fn opened_crisis_case(&self, household: &str) -> Result<Option<CrisisCase>, LedgerError> {
        let Ok(stream) = StreamId::new(CrisisCase::KIND, household) else { return Ok(None) };
        Ok(self.ledger.state::<CrisisCase>(&stream).await?.map(|(state, _)| state))
    }

    /// Cases of which it is known whether the household was in need, the newest first.
    pub async fn known_crisis_cases(&self, limit: u32) -> Result<Vec<Named<CrisisCase>>, DatabaseError> {
        let select =
            "SELECT id, state, changed_at FROM welfare_crisis WHERE known = 1 ORDER BY changed_at DESC, id LIMIT $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[limit.into()])).await?;
        rows.iter().map(named).collect()
    }
}
