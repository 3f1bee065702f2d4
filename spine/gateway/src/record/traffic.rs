//! What is asked of the record: the traffic of a time, in slots, by agency, by model, by rule, by back end.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Ledger, Row, Sql, Value};

use super::latency::Latencies;

/// Which traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficQuery {
    /// The hour that is under way is the last one.
    pub now: Timestamp,
    /// Hours of a slot: 1, 6, 24. Slots begin at midnight in Korea and whole numbers of slots after it.
    pub slot_hours: u32,
    /// How many slots, the current one included.
    pub slots: u32,
    /// Of this agency alone.
    pub agency: Option<String>,
    /// To this model alone.
    pub model: Option<String>,
}

/// Sums of calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrafficSums {
    /// Calls, refused ones included.
    pub calls: u64,
    /// Calls that a model server or the gateway failed.
    pub errors: u64,
    /// Calls that a rule stopped.
    pub blocked: u64,
    /// Tokens sent.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Cost in millionths of a won.
    pub microwon: u64,
    /// Data that were masked.
    pub masked: u64,
    /// Times to the first byte.
    pub first_byte: Latencies,
}

/// Calls in one slot of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficSlot {
    /// When it begins.
    pub begin: Timestamp,
    /// What happened in it.
    pub sums: TrafficSums,
}

/// How often a rule fired and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// `observe`, `mask`, `ask` or `block`.
    pub action: String,
    /// How many calls.
    pub calls: u64,
}

/// How a back end was used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackendUse {
    /// Calls that it answered or failed.
    pub calls: u64,
    /// Calls that it failed.
    pub errors: u64,
    /// Time spent on calls, all calls together, in microseconds: divided by the time that passed, the calls at once.
    pub busy_us: u64,
    /// Tokens written.
    pub tokens_out: u64,
}

/// The traffic of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Slot by slot, the oldest first; those without calls too.
    pub slots: Vec<TrafficSlot>,
    /// By agency.
    pub by_agency: BTreeMap<String, TrafficSums>,
    /// By model; calls that were refused before a model was known have the empty name.
    pub by_model: BTreeMap<String, TrafficSums>,
    /// Rules that fired, the most frequent first.
    pub rules: Vec<RuleCount>,
    /// By back end, whatever agency and model were asked for.
    pub backends: BTreeMap<String, BackendUse>,
}

impl TrafficSums {
    /// Adds other sums.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.blocked += other.blocked;
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
        self.microwon += other.microwon;
        self.masked += other.masked;
        self.first_byte.merge(&other.first_byte);
    }
}

impl Traffic {
    /// Everything together.
    pub fn total(&self) -> TrafficSums {
        let mut total = TrafficSums::default();
        for slot in &self.slots {
            total.add(&slot.sums);
        }
        total
    }
}

/// Korea has had no summer time since 1988: nine hours from UTC.
const KOREA: i64 = 9;
const HOUR: i64 = 3_600;

impl TrafficQuery {
    /// The first slot and the one after the last, counted from 1970 in Korea.
    fn range(&self) -> (i64, i64) {
        let now = self.slot_of(self.now.as_second().div_euclid(HOUR));
        (now + 1 - i64::from(self.slots.max(1)), now + 1)
    }

    fn slot_of(&self, hour: i64) -> i64 {
        (hour + KOREA).div_euclid(i64::from(self.slot_hours.max(1)))
    }

    /// The hour of UTC in which a slot begins.
    fn hour_of(&self, slot: i64) -> i64 {
        slot * i64::from(self.slot_hours.max(1)) - KOREA
    }

    /// Conditions on agency and model, the values with which they are asked, from `$3` on.
    fn conditions(&self, values: &mut Vec<Value>) -> String {
        let mut conditions = String::new();
        for (column, wanted) in [("agency", &self.agency), ("model", &self.model)] {
            if let Some(wanted) = wanted {
                values.push(wanted.into());
                let _ = write!(conditions, " AND {column} = ${}", values.len());
            }
        }
        conditions
    }
}

pub(crate) async fn traffic(ledger: &Ledger, query: TrafficQuery) -> Result<Traffic, DatabaseError> {
    ledger.read(move |sql| read(sql, &query)).await
}

fn read(sql: &mut dyn Sql, query: &TrafficQuery) -> Result<Traffic, DatabaseError> {
    let (first, end) = query.range();
    let slots = (first..end).map(|slot| TrafficSlot {
        begin: Timestamp::from_second(query.hour_of(slot) * HOUR).unwrap_or_default(),
        sums: TrafficSums::default(),
    });
    let mut traffic = Traffic { slots: slots.collect(), ..Traffic::default() };
    let (from, until) = (query.hour_of(first), query.hour_of(end));
    read_sums(sql, query, (from, until, first), &mut traffic)?;
    read_latencies(sql, query, (from, until, first), &mut traffic)?;
    traffic.rules = read_rules(sql, query, from, until)?;
    traffic.backends = read_backends(sql, from, until)?;
    Ok(traffic)
}

impl Traffic {
    fn put(&mut self, slot: i64, agency: String, model: String, sums: &TrafficSums) {
        if let Some(slot) = usize::try_from(slot).ok().and_then(|slot| self.slots.get_mut(slot)) {
            slot.sums.add(sums);
        }
        self.by_agency.entry(agency).or_default().add(sums);
        self.by_model.entry(model).or_default().add(sums);
    }
}

fn read_sums(
    sql: &mut dyn Sql,
    query: &TrafficQuery,
    (from, until, first): (i64, i64, i64),
    traffic: &mut Traffic,
) -> Result<(), DatabaseError> {
    let mut values: Vec<Value> = vec![(from * 60).into(), (until * 60).into()];
    let conditions = query.conditions(&mut values);
    let select = format!(
        "SELECT minute / 60, agency, model, SUM(calls), SUM(errors), SUM(blocked), SUM(tokens_in), SUM(tokens_out), SUM(microwon), \
         SUM(masked) FROM gateway_traffic WHERE minute >= $1 AND minute < $2{conditions} GROUP BY 1, 2, 3"
    );
    for row in sql.query(&select, &values)? {
        let sums = TrafficSums {
            calls: row.unsigned(3)?,
            errors: row.unsigned(4)?,
            blocked: row.unsigned(5)?,
            tokens_in: row.unsigned(6)?,
            tokens_out: row.unsigned(7)?,
            microwon: row.unsigned(8)?,
            masked: row.unsigned(9)?,
            first_byte: Latencies::default(),
        };
        traffic.put(query.slot_of(row.integer(0)?) - first, row.text(1)?, row.text(2)?, &sums);
    }
    Ok(())
}

fn read_latencies(
    sql: &mut dyn Sql,
    query: &TrafficQuery,
    (from, until, first): (i64, i64, i64),
    traffic: &mut Traffic,
) -> Result<(), DatabaseError> {
    let mut values: Vec<Value> = vec![from.into(), until.into()];
    let conditions = query.conditions(&mut values);
    let select = format!(
        "SELECT hour, agency, model, bucket, calls FROM gateway_latency WHERE hour >= $1 AND hour < $2{conditions}"
    );
    for row in sql.query(&select, &values)? {
        let mut sums = TrafficSums::default();
        sums.first_byte.add(u32::try_from(row.unsigned(3)?).unwrap_or(u32::MAX), row.unsigned(4)?);
        traffic.put(query.slot_of(row.integer(0)?) - first, row.text(1)?, row.text(2)?, &sums);
    }
    Ok(())
}

fn read_rules(sql: &mut dyn Sql, query: &TrafficQuery, from: i64, until: i64) -> Result<Vec<RuleCount>, DatabaseError> {
    let mut values: Vec<Value> = vec![from.into(), until.into()];
    let conditions = query.conditions(&mut values);
    let select = format!(
        "SELECT rule, action, SUM(calls) FROM gateway_rules WHERE hour >= $1 AND hour < $2{conditions} GROUP BY 1, 2 \
         ORDER BY 3 DESC, 1, 2"
    );
    let read = |row: Row| Ok(RuleCount { rule: row.text(0)?, action: row.text(1)?, calls: row.unsigned(2)? });
    sql.query(&select, &values)?.into_iter().map(read).collect()
}

fn read_backends(sql: &mut dyn Sql, from: i64, until: i64) -> Result<BTreeMap<String, BackendUse>, DatabaseError> {
    let select = "SELECT backend, SUM(calls), SUM(errors), SUM(busy_us), SUM(tokens_out) FROM gateway_backends \
         WHERE hour >= $1 AND hour < $2 GROUP BY 1";
    let read = |row: Row| {
        let used = BackendUse {
            calls: row.unsigned(1)?,
            errors: row.unsigned(2)?,
            busy_us: row.unsigned(3)?,
            tokens_out: row.unsigned(4)?,
        };
        Ok((row.text(0)?, used))
    };
    sql.query(select, &[from.into(), until.into()])?.into_iter().map(read).collect()
}
