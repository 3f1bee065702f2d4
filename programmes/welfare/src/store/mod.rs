//! What is asked of households, proposals and payments.

mod ages;
mod crisis;
mod known;
mod lots;
mod progress;
mod projection;
mod representatives;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use maru_ledger::{
    Aggregate, DatabaseError, Ledger, LedgerError, Projection, RecordedEvent, Row, Sql, StreamId, Value,
};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

pub use ages::AgesTold;
pub use crisis::Standing;
pub(crate) use known::{KnownHome, Versioned};
pub(crate) use lots::{InLot, StandingShard};
pub use progress::Progress;
pub use projection::WelfareTables;

use crate::domain::{
    Household, Month, Proposal, ProposalRules, Record, Recovery, ReformStudy, Run, ScreeningRun, Status,
    proposal::PaymentState,
    proposal_rule::RULES,
    supervision::{SUPERVISION, Supervision},
    switch::{SWITCHES, Switches},
};

/// The projections of the programme, to be given to [`Ledger::open`].
pub fn projections() -> Vec<Arc<dyn Projection>> {
    vec![Arc::new(WelfareTables)]
}

/// The questions that are asked. Clone it freely.
#[derive(Debug, Clone)]
pub struct Store {
    ledger: Ledger,
    progress_is_defined: Arc<OnceCell<()>>,
    lots_are_defined: Arc<OnceCell<()>>,
}

/// Something with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T> {
    /// The name.
    pub id: String,
    /// What it is.
    pub state: T,
    /// When it changed last.
    pub changed_at: Timestamp,
}

/// A household with its record.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// Its pseudonym.
    pub id: String,
    /// The record, without the facts.
    pub record: Record,
    /// The facts; nothing after they were erased.
    pub household: Option<Household>,
    /// When it changed last.
    pub changed_at: Timestamp,
}

/// A look of somebody of the staff at a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub reader: String,
    /// For what.
    pub purpose: String,
}

/// A payment as a run holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunPayment {
    /// The award.
    pub award: String,
    /// The month.
    pub month: Month,
    /// Which attempt.
    pub attempt: u32,
    /// How much, in won.
    pub amount: i64,
    /// How far it has come.
    pub state: PaymentState,
    /// Where the money goes, sealed.
    pub pay_to: String,
}

/// An objection that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objected {
    /// The household.
    pub household: String,
    /// The benefit.
    pub benefit: String,
    /// Whether the citizen was right.
    pub upheld: bool,
    /// When it was decided.
    pub at: Timestamp,
}

/// Which proposals are wanted. Everything that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// That stand so.
    pub status: Option<Status>,
    /// Of this benefit.
    pub benefit: Option<String>,
    /// That wait for an official.
    pub waiting: bool,
    /// On which something is due until this day.
    pub due_by: Option<Date>,
    /// Due with this amount.
    pub amount: Option<i64>,
    /// At most so many; 200 if none.
    pub limit: Option<u32>,
}

/// A proposal in a list, with what the list is sorted by.
#[derive(Debug, Clone)]
struct Listed {
    named: Named<Proposal>,
    due: i64,
    found_at: Timestamp,
}

/// Most proposals that are listed at once.
pub const LISTED: u32 = 200;

/// The account is that of the household today: who is linked later sees what was found before.
const PROPOSAL: &str = "SELECT p.id, p.state, p.changed_at, h.account, p.due, p.found_at FROM welfare_proposals p \
                        LEFT JOIN welfare_households h ON h.id = p.household";

impl Store {
    /// The questions over `ledger`.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, progress_is_defined: Arc::default(), lots_are_defined: Arc::default() }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// A household.
    pub async fn home(&self, id: &str) -> Result<Option<Home>, LedgerError> {
        self.one_home("id", id).await
    }

    /// The household of an account.
    pub async fn home_of(&self, account: &str) -> Result<Option<Home>, LedgerError> {
        if account.is_empty() {
            return Ok(None);
        }
        self.one_home("account", account).await
    }

    async fn one_home(&self, column: &'static str, value: &str) -> Result<Option<Home>, LedgerError> {
        let select =
            format!("SELECT id, household, state, changed_at FROM welfare_households WHERE {column} = $1 ORDER BY id");
        let value = Value::from(value);
        let rows = self.ledger.read(move |sql| sql.query(&select, &[value])).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let opened = self.ledger.unseal(&row.text(1)?)?;
        let household = opened.value.as_deref().map(serde_json::from_str).transpose();
        let household = household.map_err(|error| unreadable(&error))?;
        let record = json_of(&row.text(2)?)?;
        Ok(Some(Home { id: row.text(0)?, record, household, changed_at: row.timestamp(3)? }))
    }

    /// The account of a household that is on the log, empty where none is linked.
    pub(crate) async fn account_of(&self, id: &str) -> Result<Option<String>, DatabaseError> {
        let id = Value::from(id);
        let select = "SELECT account FROM welfare_households WHERE id = $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[id])).await?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    /// Households with something to answer, the oldest first.
    pub async fn disputed(&self, limit: u32) -> Result<Vec<Named<Record>>, DatabaseError> {
        let select =
            "SELECT id, state, changed_at FROM welfare_households WHERE disputes > 0 ORDER BY changed_at LIMIT $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[limit.into()])).await?;
        rows.iter().map(named).collect()
    }

    /// Objections that were decided, the newest first.
    pub async fn objections(&self, limit: u32) -> Result<Vec<Objected>, DatabaseError> {
        let select = "SELECT household, benefit, upheld, at FROM welfare_objections ORDER BY position DESC LIMIT $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[limit.into()])).await?;
        let one = |row: &Row| {
            let upheld = row.integer(2)? != 0;
            Ok(Objected { household: row.text(0)?, benefit: row.text(1)?, upheld, at: row.timestamp(3)? })
        };
        rows.iter().map(one).collect()
    }

    /// How many households there are.
    pub async fn households(&self) -> Result<u64, DatabaseError> {
        let rows = self.ledger.read(|sql| sql.query("SELECT COUNT(*) FROM welfare_households", &[])).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// Who of the staff looked at a household, the newest first.
    pub async fn looks(&self, household: &str) -> Result<Vec<Look>, DatabaseError> {
        let select =
            "SELECT at, reader, purpose FROM welfare_looks WHERE household = $1 ORDER BY position DESC LIMIT 200";
        let household = Value::from(household);
        let rows = self.ledger.read(move |sql| sql.query(select, &[household])).await?;
        rows.iter().map(|row| Ok(Look { at: row.timestamp(0)?, reader: row.text(1)?, purpose: row.text(2)? })).collect()
    }

    /// A proposal, without sealed words; also where nobody has touched it yet and it stands in a lot.
    pub async fn proposal(&self, id: &str) -> Result<Option<Named<Proposal>>, DatabaseError> {
        let id = id.to_owned();
        let reading = move |sql: &mut dyn Sql| {
            let rows = sql.query(&format!("{PROPOSAL} WHERE p.id = $1"), &[id.as_str().into()])?;
            match rows.first() {
                Some(row) => proposal(row).map(Some),
                None => lots::proposal(sql, &id),
            }
        };
        self.ledger.read(reading).await
    }

    /// The proposals of a household, in the order in which they were found.
    pub async fn proposals_of(&self, household: &str) -> Result<Vec<Named<Proposal>>, DatabaseError> {
        let household = household.to_owned();
        let reading = move |sql: &mut dyn Sql| {
            let select = format!("{PROPOSAL} WHERE p.household = $1 ORDER BY p.found_at, p.id");
            let rows = sql.query(&select, &[household.as_str().into()])?;
            if rows.is_empty() && !lots::is_on_log(sql, &household)? {
                return Ok(lots::in_lot(sql, &household)?.map(|found| found.named()).unwrap_or_default());
            }
            rows.iter().map(proposal).collect()
        };
        self.ledger.read(reading).await
    }

    /// Proposals that fit, those due first at the top, then the oldest.
    pub async fn proposals(&self, wanted: &Wanted) -> Result<Vec<Named<Proposal>>, DatabaseError> {
        let wanted = wanted.clone();
        let mut parameters: Vec<Value> = Vec::new();
        let mut parts: Vec<String> = Vec::new();
        if let Some(status) = wanted.status {
            parameters.push(status.identifier().into());
            parts.push(format!("p.status = ${}", parameters.len()));
        }
        if let Some(benefit) = &wanted.benefit {
            parameters.push(benefit.as_str().into());
            parts.push(format!("p.benefit = ${}", parameters.len()));
        }
        if wanted.waiting {
            parts.push("p.waits = 1".to_owned());
        }
        if let Some(day) = wanted.due_by {
            parameters.push(projection::due_number(Some(day)).into());
            parts.push(format!("p.due <= ${}", parameters.len()));
        }
        let condition = if parts.is_empty() { String::new() } else { format!("WHERE {}", parts.join(" AND ")) };
        let limit = wanted.limit.unwrap_or(LISTED);
        parameters.push(limit.into());
        let select = format!("{PROPOSAL} {condition} ORDER BY p.due, p.found_at, p.id LIMIT ${}", parameters.len());
        let reading = move |sql: &mut dyn Sql| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let rows = sql.query(&select, &parameters)?;
            let mut all = rows.iter().map(listed).collect::<Result<Vec<Listed>, _>>()?;
            all.retain(|one| wanted.amount.is_none_or(|amount| amount_of(&one.named) == Some(amount)));
            all.extend(lots::list(sql, &wanted, limit)?);
            all.sort_by(|one, other| {
                (one.due, one.found_at, &one.named.id).cmp(&(other.due, other.found_at, &other.named.id))
            });
            all.truncate(limit);
            Ok(all.into_iter().map(|one| one.named).collect())
        };
        self.ledger.read(reading).await
    }

    /// How many proposals stand where, by benefit and status.
    pub async fn counts(&self) -> Result<BTreeMap<(String, Status), u64>, DatabaseError> {
        let reading = |sql: &mut dyn Sql| {
            let mut counts: BTreeMap<(String, Status), u64> = BTreeMap::new();
            let select = "SELECT benefit, status, COUNT(*) FROM welfare_proposals GROUP BY benefit, status";
            for row in &sql.query(select, &[])? {
                if let Some(status) = Status::from_identifier(&row.text(1)?) {
                    counts.insert((row.text(0)?, status), row.unsigned(2)?);
                }
            }
            lots::counts(sql, &mut |benefit, status, entries| {
                if entries > 0 {
                    *counts.entry((benefit, status)).or_default() += entries;
                }
            })?;
            Ok(counts)
        };
        self.ledger.read(reading).await
    }

    /// The awards that stand, after `after`, in the order of their names: at most `limit`.
    pub async fn awards(&self, after: &str, limit: u32) -> Result<Vec<Named<Proposal>>, DatabaseError> {
        let select = format!("{PROPOSAL} WHERE p.status IN ('awarded', 'ended') AND p.id > $1 ORDER BY p.id LIMIT $2");
        let parameters = [Value::from(after), limit.into()];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(proposal).collect()
    }

    /// The payments of a run, in the order of their awards.
    pub async fn payments(&self, run: &str) -> Result<Vec<RunPayment>, DatabaseError> {
        let select = "SELECT award, month, attempt, amount, state, pay_to FROM welfare_payments WHERE run = $1 \
                      ORDER BY award, month, attempt";
        let run = Value::from(run);
        let rows = self.ledger.read(move |sql| sql.query(select, &[run])).await?;
        rows.iter().map(payment).collect()
    }

    /// The payment runs, the newest first.
    pub async fn runs(&self) -> Result<Vec<Named<Run>>, DatabaseError> {
        self.things::<Run>().await
    }

    /// One of them.
    pub async fn run(&self, id: &str) -> Result<Option<Named<Run>>, DatabaseError> {
        self.thing::<Run>(id).await
    }

    /// The studies of reforms, the newest first.
    pub async fn reform_studies(&self) -> Result<Vec<Named<ReformStudy>>, DatabaseError> {
        self.things::<ReformStudy>().await
    }

    /// One of them.
    pub async fn reform_study(&self, id: &str) -> Result<Option<Named<ReformStudy>>, DatabaseError> {
        self.thing::<ReformStudy>(id).await
    }

    /// The screenings, the newest first.
    pub async fn screenings(&self) -> Result<Vec<Named<ScreeningRun>>, DatabaseError> {
        self.things::<ScreeningRun>().await
    }

    /// One of them.
    pub async fn screening(&self, id: &str) -> Result<Option<Named<ScreeningRun>>, DatabaseError> {
        self.thing::<ScreeningRun>(id).await
    }

    /// The recoveries, the newest first.
    pub async fn recoveries(&self) -> Result<Vec<Named<Recovery>>, DatabaseError> {
        self.things::<Recovery>().await
    }

    /// One of them.
    pub async fn recovery(&self, id: &str) -> Result<Option<Named<Recovery>>, DatabaseError> {
        self.thing::<Recovery>(id).await
    }

    /// What is recovered of an award, the oldest first.
    pub async fn recoveries_of(&self, award: &str) -> Result<Vec<Named<Recovery>>, DatabaseError> {
        let mut found = Vec::new();
        while let Some(recovery) = self.thing::<Recovery>(&recovery_id(award, found.len() + 1)).await? {
            found.push(recovery);
        }
        Ok(found)
    }

    /// By which rules findings become proposals.
    pub async fn proposal_rules(&self) -> Result<ProposalRules, DatabaseError> {
        Ok(self.thing::<ProposalRules>(RULES).await?.map(|named| named.state).unwrap_or_default())
    }

    /// Who supervises which benefit.
    pub async fn supervision(&self) -> Result<Supervision, DatabaseError> {
        Ok(self.thing::<Supervision>(SUPERVISION).await?.map(|named| named.state).unwrap_or_default())
    }

    /// Screenings that ended and changed last before `cut_off`, and whose files are kept, the oldest first.
    pub(crate) async fn old_screenings(&self, cut_off: Timestamp) -> Result<Vec<Named<ScreeningRun>>, DatabaseError> {
        // What was forgotten changed then, so that the oldest of the rest come first.
        let select = "SELECT id, state, changed_at FROM welfare_things WHERE kind = $1 AND changed_at < $2 ORDER BY changed_at LIMIT 200";
        let parameters = [Value::from(ScreeningRun::KIND), Value::from(cut_off)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let mut old = rows.iter().map(named::<ScreeningRun>).collect::<Result<Vec<_>, _>>()?;
        old.retain(|named| named.state.forgotten.is_none() && !named.state.is_open());
        Ok(old)
    }

    /// Which benefits statutes make automatic.
    pub async fn switches(&self) -> Result<Switches, DatabaseError> {
        Ok(self.thing::<Switches>(SWITCHES).await?.map(|named| named.state).unwrap_or_default())
    }

    /// Everything that happened to a proposal, with sealed words open.
    pub async fn history(&self, id: &str) -> Result<Vec<RecordedEvent>, LedgerError> {
        let Ok(stream) = StreamId::new(Proposal::KIND, id) else { return Ok(Vec::new()) };
        self.ledger.events(&stream).await
    }

    /// A proposal, a record or a case with its sealed words open.
    pub async fn opened<A: Aggregate>(&self, id: &str) -> Result<Option<A>, LedgerError> {
        let Ok(stream) = StreamId::new(A::KIND, id) else { return Ok(None) };
        Ok(self.ledger.state::<A>(&stream).await?.map(|(state, _)| state))
    }

    async fn things<T: Aggregate + DeserializeOwned>(&self) -> Result<Vec<Named<T>>, DatabaseError> {
        let select =
            "SELECT id, state, changed_at FROM welfare_things WHERE kind = $1 ORDER BY changed_at DESC, id LIMIT 200";
        let rows = self.ledger.read(move |sql| sql.query(select, &[T::KIND.into()])).await?;
        rows.iter().map(named).collect()
    }

    async fn thing<T: Aggregate + DeserializeOwned>(&self, id: &str) -> Result<Option<Named<T>>, DatabaseError> {
        let select = "SELECT id, state, changed_at FROM welfare_things WHERE kind = $1 AND id = $2";
        let parameters = [Value::from(T::KIND), Value::from(id)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        rows.first().map(named).transpose()
    }
}

/// The name of an award's recovery, from 1.
pub(crate) fn recovery_id(award: &str, number: usize) -> String {
    format!("{award}.r{number}")
}

fn payment(row: &Row) -> Result<RunPayment, DatabaseError> {
    let month = row
        .text(1)?
        .parse()
        .map_err(|error: crate::domain::month::MonthError| DatabaseError::Damaged { reason: error.to_string() })?;
    let state = match row.text(4)?.as_str() {
        "booked" => PaymentState::Booked,
        "returned" => PaymentState::Returned,
        _ => PaymentState::Instructed,
    };
    let attempt = u32::try_from(row.integer(2)?).unwrap_or(u32::MAX);
    Ok(RunPayment { award: row.text(0)?, month, attempt, amount: row.integer(3)?, state, pay_to: row.text(5)? })
}

/// A proposal from its row ([`PROPOSAL`]).
fn proposal(row: &Row) -> Result<Named<Proposal>, DatabaseError> {
    let mut known: Named<Proposal> = named(row)?;
    let account = row.optional_text(3)?.filter(|account| !account.is_empty());
    if let (Some(finding), Some(account)) = (&mut known.state.finding, account) {
        finding.account = Some(account);
    }
    Ok(known)
}

fn listed(row: &Row) -> Result<Listed, DatabaseError> {
    Ok(Listed { named: proposal(row)?, due: row.integer(4)?, found_at: row.timestamp(5)? })
}

fn amount_of(known: &Named<Proposal>) -> Option<i64> {
    known.state.finding.as_ref().map(|finding| finding.amount)
}

fn named<T: DeserializeOwned>(row: &Row) -> Result<Named<T>, DatabaseError> {
    Ok(Named { id: row.text(0)?, state: json_of(&row.text(1)?)?, changed_at: row.timestamp(2)? })
}

fn json_of<T: DeserializeOwned>(text: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> DatabaseError {
    DatabaseError::Work {
        reason: format!(
            "a row of the projection welfare cannot be read ({error}); derive it again with: maru ledger rebuild"
        ),
    }
}
