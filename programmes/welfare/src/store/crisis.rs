//! What is asked of the worklist of crisis signals.

use std::collections::HashMap;

use maru_ledger::{DatabaseError, Value};

use super::{Named, Store, named};
use crate::domain::CrisisCase;

/// Most cases that are listed at once.
const LISTED: u32 = 200;

/// Whose signals are all gone is on no list.
const LISTED_AT_ALL: &str = "(points > 0 OR stands <> 'below')";

/// Which part of the worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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
    /// Where a household's case stands.
    pub(super) fn of(case: &CrisisCase) -> Self {
        if case.is_open() {
            Self::Open
        } else if case.is_above() || !case.contacts.is_empty() {
            Self::Done
        } else {
            Self::Below
        }
    }

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
        let select = format!(
            "SELECT id, state, changed_at FROM welfare_crisis WHERE stands = $1 AND {LISTED_AT_ALL} \
             ORDER BY points DESC, changed_at, id LIMIT $2"
        );
        let parameters = [Value::from(standing.identifier()), LISTED.into()];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(named).collect()
    }

    /// How many stand in each part of the worklist.
    pub async fn crisis_counts(&self) -> Result<Vec<(Standing, u64)>, DatabaseError> {
        let select = format!("SELECT stands, COUNT(*) FROM welfare_crisis WHERE {LISTED_AT_ALL} GROUP BY stands");
        let rows = self.ledger.read(move |sql| sql.query(&select, &[])).await?;
        let counted = rows.iter().map(|row| Ok((Standing::from_identifier(&row.text(0)?), row.unsigned(1)?)));
        let counted: HashMap<Standing, u64> = counted.collect::<Result<_, DatabaseError>>()?;
        let of = |standing| (standing, counted.get(&standing).copied().unwrap_or(0));
        Ok(Standing::ALL.map(of).into())
    }

    /// The case of a household, without sealed words.
    pub async fn crisis_case(&self, household: &str) -> Result<Option<Named<CrisisCase>>, DatabaseError> {
        let select = "SELECT id, state, changed_at FROM welfare_crisis WHERE id = $1";
        let id = Value::from(household);
        let rows = self.ledger.read(move |sql| sql.query(select, &[id])).await?;
        rows.first().map(named).transpose()
    }

    /// Cases of which it is known whether the household was in need, the newest first.
    pub async fn known_crisis_cases(&self, limit: u32) -> Result<Vec<Named<CrisisCase>>, DatabaseError> {
        let select =
            "SELECT id, state, changed_at FROM welfare_crisis WHERE known = 1 ORDER BY changed_at DESC, id LIMIT $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[limit.into()])).await?;
        rows.iter().map(named).collect()
    }
}
