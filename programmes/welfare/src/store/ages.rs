//! The clock of ages: where it stands, whom it looks at, and what came of ages that were reached, counted from the log itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maru_calendar::seoul;
use maru_ledger::{DatabaseError, LedgerError, Sql, Value};

use super::{Store, json_of, unreadable};
use crate::{
    domain::{AgeClock, Household, LifeEvent, Month, ProposalEvent, Record, RecordEvent, age_clock::AGE_CLOCK},
    lots::Head,
};

/// What followed in a month from ages that were reached, whoever told them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgesTold {
    /// Households whose record says so.
    pub households: u64,
    /// Proposals that were opened.
    pub opened: u64,
    /// Proposals and awards with another amount.
    pub changed: u64,
    /// Proposals that were closed.
    pub closed: u64,
}

/// Households of the log, some at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct SomeHouseholds {
    /// The name of the last that was read: the next are those behind it. Nothing where none was left.
    pub(crate) last: Option<String>,
    /// Those that can be reckoned: neither erased nor departed.
    pub(crate) households: Vec<(String, Household)>,
}

/// Counts a household whose record says that somebody reached an age.
pub(super) fn household(sql: &mut dyn Sql, at: Timestamp, happened: &RecordEvent) -> Result<(), DatabaseError> {
    match happened {
        RecordEvent::HouseholdChanged { event: LifeEvent::AgeReached, .. } => count(sql, at, "households"),
        _ => Ok(()),
    }
}

/// Counts what became of a proposal by an age.
pub(super) fn proposal(sql: &mut dyn Sql, at: Timestamp, happened: &ProposalEvent) -> Result<(), DatabaseError> {
    let (column, origin) = match happened {
        ProposalEvent::BenefitFound { finding } => ("opened", &finding.origin),
        ProposalEvent::AmountChanged { origin, .. } => ("changed", origin),
        ProposalEvent::ProposalWithdrawn { origin } => ("closed", origin),
        _ => return Ok(()),
    };
    match LifeEvent::from_origin(origin) {
        Some(LifeEvent::AgeReached) => count(sql, at, column),
        _ => Ok(()),
    }
}

fn count(sql: &mut dyn Sql, at: Timestamp, column: &str) -> Result<(), DatabaseError> {
    let month = Month::of(seoul(at).date()).to_string();
    let insert = "INSERT INTO welfare_ages (month, households, opened, changed, closed) VALUES ($1, 0, 0, 0, 0) \
                  ON CONFLICT (month) DO NOTHING";
    sql.execute(insert, &[month.as_str().into()])?;
    let update = format!("UPDATE welfare_ages SET {column} = {column} + 1 WHERE month = $1");
    sql.execute(&update, &[month.into()]).map(drop)
}

impl Store {
    /// Where the clock of ages stands.
    pub async fn age_clock(&self) -> Result<AgeClock, DatabaseError> {
        Ok(self.thing::<AgeClock>(AGE_CLOCK).await?.map(|named| named.state).unwrap_or_default())
    }

    /// What followed in a month from ages that were reached.
    pub async fn ages_told(&self, month: Month) -> Result<AgesTold, DatabaseError> {
        let select = "SELECT households, opened, changed, closed FROM welfare_ages WHERE month = $1";
        let month = Value::from(month.to_string());
        let rows = self.ledger.read(move |sql| sql.query(select, &[month])).await?;
        let Some(row) = rows.first() else { return Ok(AgesTold::default()) };
        let (households, opened) = (row.unsigned(0)?, row.unsigned(1)?);
        Ok(AgesTold { households, opened, changed: row.unsigned(2)?, closed: row.unsigned(3)? })
    }

    /// Households of the log behind a name, in the order of their names, at most `limit`.
    pub(crate) async fn households_after(&self, after: &str, limit: u32) -> Result<SomeHouseholds, LedgerError> {
        let select = "SELECT id, household, state FROM welfare_households WHERE id > $1 ORDER BY id LIMIT $2";
        let parameters = [Value::from(after), limit.into()];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let mut some = SomeHouseholds { last: rows.last().map(|row| row.text(0)).transpose()?, ..Default::default() };
        let (mut ids, mut sealed) = (Vec::new(), Vec::new());
        for row in &rows {
            let record: Record = json_of(&row.text(2)?)?;
            if record.departed.is_none() {
                ids.push(row.text(0)?);
                sealed.push(row.text(1)?);
            }
        }
        for (id, opened) in ids.into_iter().zip(self.ledger.unseal_all(sealed).await?) {
            let Some(text) = opened.value else { continue };
            some.households.push((id, serde_json::from_str(&text).map_err(|error| unreadable(&error))?));
        }
        Ok(some)
    }

    /// The parts of populations that lots name in which households stand today.
    pub(crate) async fn sources_of_lots(&self) -> Result<BTreeSet<String>, DatabaseError> {
        self.lot_tables().await?;
        let select = "SELECT h.head, s.lot FROM welfare_shards s JOIN welfare_lot_heads h ON h.lot = s.lot";
        let rows = self.ledger.read(move |sql| sql.query(select, &[])).await?;
        let mut sources = BTreeSet::new();
        for row in &rows {
            let (text, lot) = (row.text(0)?, row.text(1)?);
            let head = Head::read(&text).map_err(|fault| super::lots::fault(&lot, &fault))?;
            sources.extend(head.sources.into_iter().map(|source| source.part));
        }
        Ok(sources)
    }
}
