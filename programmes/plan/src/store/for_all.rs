//! Questions about who is reached, problems posed, help given at counters.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maru_ledger::{Aggregate, DatabaseError, Value};

use super::{Named, Store};
use crate::domain::for_all::{Assist, Assisted, Audit, FIELDS, Labs, Need, Problem, Reach};

/// The stream of all laboratories.
pub(crate) const LABS: &str = "national";

/// Help of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HelpCounts {
    /// How often.
    pub times: u64,
    /// How often the person got what they came for.
    pub solved: u64,
    /// Minutes in all.
    pub minutes: u64,
}

impl HelpCounts {
    fn add(&mut self, one: &Assisted) {
        self.times += 1;
        self.solved += u64::from(one.solved);
        self.minutes += u64::from(one.minutes);
    }
}

/// Help of a stretch of days, by need and by service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Help {
    /// All.
    pub all: HelpCounts,
    /// By why it was needed.
    pub needs: BTreeMap<Need, HelpCounts>,
    /// By service.
    pub services: BTreeMap<String, HelpCounts>,
}

impl Store {
    /// The figures of one field.
    pub async fn reach(&self, field: &str) -> Result<Reach, DatabaseError> {
        Ok(self.one::<Reach>(Reach::KIND, field).await?.map(|named| named.state).unwrap_or_default())
    }

    /// The figures of all fields, in their order.
    pub async fn all_reach(&self) -> Result<Vec<(&'static str, Reach)>, DatabaseError> {
        let known = self.all::<Reach>(Reach::KIND, "").await?;
        let mut known: BTreeMap<String, Reach> = known.into_iter().map(|named| (named.id, named.state)).collect();
        Ok(FIELDS.iter().map(|field| (field.id, known.remove(field.id).unwrap_or_default())).collect())
    }

    /// The laboratories.
    pub async fn labs(&self) -> Result<Labs, DatabaseError> {
        Ok(self.one::<Labs>(Labs::KIND, LABS).await?.map(|named| named.state).unwrap_or_default())
    }

    /// The problems, the oldest first.
    pub async fn problems(&self) -> Result<Vec<Named<Problem>>, DatabaseError> {
        self.all(Problem::KIND, "").await
    }

    /// One of them.
    pub async fn problem(&self, id: &str) -> Result<Option<Named<Problem>>, DatabaseError> {
        self.one(Problem::KIND, id).await
    }

    /// The accessibility audits, the oldest first.
    pub async fn audits(&self) -> Result<Vec<Named<Audit>>, DatabaseError> {
        self.all(Audit::KIND, "").await
    }

    /// One of them.
    pub async fn audit(&self, id: &str) -> Result<Option<Named<Audit>>, DatabaseError> {
        self.one(Audit::KIND, id).await
    }

    /// Help that was given from `first` to `last`, both included.
    pub async fn help(&self, first: Date, last: Date) -> Result<Help, DatabaseError> {
        // The mark of a help is its day, so that a year is read and not all there ever was.
        let select = "SELECT state FROM plan_states WHERE kind = $1 AND mark >= $2 AND mark <= $3";
        let parameters = [Value::from(Assist::KIND), Value::from(first.to_string()), Value::from(last.to_string())];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let mut help = Help::default();
        for row in rows {
            let Some(one) = super::json_of::<Assist>(&row.text(0)?)?.assisted else { continue };
            help.all.add(&one);
            help.needs.entry(one.need).or_default().add(&one);
            help.services.entry(one.service.clone()).or_default().add(&one);
        }
        Ok(help)
    }
}
