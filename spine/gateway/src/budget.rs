//! What a key may spend: reserved before a call, settled after it, never over the limit, across all servers of a database.
//!
//! The database holds one counter for each budget and period: how much of it has been leased to servers. A server leases a piece at a time
//! and gives it out from memory, so that a call costs no round trip. A reservation is an upper bound of what the call can cost; what was not
//! used goes back to the server's piece. What a server that crashed had leased and not used is lost until the period ends: a budget errs on
//! the side of spending less.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use jiff::{Timestamp, tz::Offset};
use maru_ledger::{DatabaseError, Ledger};
use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Tokens, in and out together.
    Tokens,
    /// Won, by the model's price.
    Won,
}

/// Over what time, by the calendar of Korea.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From the first of a month to the next.
    Month,
}

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLimit {
    /// What is counted.
    pub unit: Unit,
    /// Over what time.
    pub period: Period,
    /// How much.
    pub limit: u64,
}

/// Won are counted in millionths: tokens times the price of a million tokens.
const MICROWON: u64 = 1_000_000;
/// A server leases a budget in pieces of about this part of it.
const PIECE: u64 = 50;

/// What a call may cost, or has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) tokens: u64,
    pub(crate) microwon: u64,
}

/// Why a budget gives nothing.
#[derive(Debug)]
pub(crate) enum BudgetError {
    /// It is spent, or what is left is less than the call may cost.
    Spent { limit: BudgetLimit, needed: u64, until_next: u64 },
    /// The database that counts cannot be reached.
    Database(DatabaseError),
}

/// How the table of counters is made.
pub(crate) const TABLES: [&str; 1] =
    ["CREATE TABLE gateway_budgets (name TEXT PRIMARY KEY, leased BIGINT NOT NULL, period TEXT NOT NULL)"];

#[derive(Default)]
struct Piece {
    /// Leased and not given out.
    free: u64,
    /// Spent beyond what was reserved, where a back end did not keep to its limit: paid before anything is given out.
    debt: u64,
}

struct Counter {
    name: String,
    period: String,
    /// What it counts, and for how long.
    limits: (Unit, Period),
    /// From when on it counts, and from when on another does: seconds since 1970 UTC.
    time: Range<i64>,
    piece: Mutex<Piece>,
    /// One lease at a time.
    leasing: tokio::sync::Mutex<()>,
}

/// All budgets of a server.
pub(crate) struct Budgets {
    ledger: Ledger,
    /// The counters in use, by what they are a budget of.
    counters: Mutex<HashMap<String, Vec<Arc<Counter>>>>,
}

/// What was set aside for a call. Dropped without being settled it is spent: that errs on the safe side.
#[derive(Default)]
pub(crate) struct Reservation {
    parts: Vec<(Arc<Counter>, Unit, u64)>,
}

impl Budgets {
    pub(crate) async fn open(ledger: Ledger) -> Result<Self, DatabaseError> {
        ledger.define("gateway", &TABLES).await?;
        Ok(Self { ledger, counters: Mutex::default() })
    }

    /// Sets aside what a call may cost, from every limit of a key or from none.
    pub(crate) async fn reserve(
        &self,
        owner: &str,
        limits: &[BudgetLimit],
        cost: Cost,
        now: Timestamp,
    ) -> Result<Reservation, BudgetError> {
        let mut reservation = Reservation::default();
        for limit in limits {
            let counter = self.counter(owner, limit, now);
            let amount = amount_of(limit.unit, cost);
            match self.take(&counter, limit, amount).await {
                Ok(true) => reservation.parts.push((counter, limit.unit, amount)),
                other => {
                    reservation.settle(Cost::default());
                    return Err(match other {
                        Err(error) => BudgetError::Database(error),
                        _ => BudgetError::Spent {
                            limit: *limit,
                            needed: amount_of(limit.unit, cost) / scale(limit.unit),
                            until_next: until_next(limit.period, now),
                        },
                    });
                }
            }
        }
        Ok(reservation)
    }

    async fn take(&self, counter: &Counter, limit: &BudgetLimit, amount: u64) -> Result<bool, DatabaseError> {
        if counter.take(amount) {
            return Ok(true);
        }
        let _one_at_a_time = counter.leasing.lock().await;
        let missing = counter.missing(amount);
        if missing > 0 {
            let whole = limit.limit.saturating_mul(scale(limit.unit));
            let granted = self.lease(counter, whole, missing).await?;
            counter.add(granted);
        }
        Ok(counter.take(amount))
    }

    /// Leases a piece, or at least what is missing, or nothing.
    async fn lease(&self, counter: &Counter, whole: u64, missing: u64) -> Result<u64, DatabaseError> {
        let (name, period) = (counter.name.clone(), counter.period.clone());
        let wanted = missing.max(whole / PIECE);
        let grant = move |sql: &mut dyn maru_ledger::Sql| {
            let insert =
                "INSERT INTO gateway_budgets (name, leased, period) VALUES ($1, 0, $2) ON CONFLICT (name) DO NOTHING";
            sql.execute(insert, &[name.as_str().into(), period.into()])?;
            for amount in [wanted, missing] {
                // One statement decides and takes: two servers can never take the same.
                let update = "UPDATE gateway_budgets SET leased = leased + $2 WHERE name = $1 AND leased + $2 <= $3";
                if sql.execute(update, &[name.as_str().into(), amount.into(), whole.into()])? == 1 {
                    return Ok(amount);
                }
            }
            Ok(0)
        };
        self.ledger.write(grant).await
    }

    /// Gives back what was leased and not used: when a server ends in order.
    pub(crate) async fn give_back(&self) -> Result<(), DatabaseError> {
        let counters: Vec<Arc<Counter>> = lock(&self.counters).values().flatten().cloned().collect();
        let unused: Vec<(String, u64)> = counters
            .iter()
            .map(|counter| (counter.name.clone(), std::mem::take(&mut lock(&counter.piece).free)))
            .filter(|(_, free)| *free > 0)
            .collect();
        if unused.is_empty() {
            return Ok(());
        }
        self.ledger
            .write(move |sql| {
                for (name, free) in &unused {
                    let update = "UPDATE gateway_budgets SET leased = leased - $2 WHERE name = $1";
                    sql.execute(update, &[name.as_str().into(), (*free).into()])?;
                }
                Ok(())
            })
            .await
    }

    fn counter(&self, owner: &str, limit: &BudgetLimit, now: Timestamp) -> Arc<Counter> {
        let mut all = lock(&self.counters);
        let is_now = |counter: &Counter| counter.time.contains(&now.as_second());
        if let Some(counters) = all.get(owner)
            && let Some(counter) =
                counters.iter().find(|counter| counter.limits == (limit.unit, limit.period) && is_now(counter))
        {
            return Arc::clone(counter);
        }
        // A new period began: those that nobody can use any more go.
        all.retain(|_, counters| {
            counters.retain(|counter| is_now(counter));
            !counters.is_empty()
        });
        let counter = Arc::new(Counter::new(owner, limit, now));
        all.entry(owner.to_owned()).or_default().push(Arc::clone(&counter));
        counter
    }
}

impl Counter {
    fn new(owner: &str, limit: &BudgetLimit, now: Timestamp) -> Self {
        let period = period_name(limit.period, now);
        let unit = if limit.unit == Unit::Tokens { "tokens" } else { "won" };
        Self {
            name: format!("{owner}:{unit}:{period}"),
            period,
            limits: (limit.unit, limit.period),
            time: period_time(limit.period, now),
            piece: Mutex::default(),
            leasing: tokio::sync::Mutex::new(()),
        }
    }

    fn take(&self, amount: u64) -> bool {
        let mut piece = lock(&self.piece);
        let needed = amount.saturating_add(piece.debt);
        if piece.free < needed {
            return false;
        }
        piece.free -= needed;
        piece.debt = 0;
        true
    }

    fn missing(&self, amount: u64) -> u64 {
        let piece = lock(&self.piece);
        amount.saturating_add(piece.debt).saturating_sub(piece.free)
    }

    fn add(&self, amount: u64) {
        lock(&self.piece).free += amount;
    }

    fn settle(&self, reserved: u64, used: u64) {
        let mut piece = lock(&self.piece);
        if used <= reserved {
            piece.free += reserved - used;
        } else {
            piece.debt += used - reserved;
        }
    }
}

impl Reservation {
    /// Books what the call has cost and frees the rest.
    pub(crate) fn settle(&mut self, cost: Cost) {
        for (counter, unit, reserved) in self.parts.drain(..) {
            counter.settle(reserved, amount_of(unit, cost));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scale(unit: Unit) -> u64 {
    if unit == Unit::Won { MICROWON } else { 1 }
}

fn amount_of(unit: Unit, cost: Cost) -> u64 {
    if unit == Unit::Won { cost.microwon } else { cost.tokens }
}

/// Korea has had no summer time since 1988: nine hours from UTC.
fn in_korea(now: Timestamp) -> jiff::civil::DateTime {
    Offset::constant(9).to_datetime(now)
}

fn period_name(period: Period, now: Timestamp) -> String {
    let date = in_korea(now).date();
    match period {
        Period::Day => date.to_string(),
        Period::Month => format!("{:04}-{:02}", date.year(), date.month()),
    }
}

const DAY: i64 = 86_400;

/// From when to when the period of a moment goes, in seconds since 1970 UTC.
fn period_time(period: Period, now: Timestamp) -> Range<i64> {
    let here = in_korea(now);
    let passed = i64::from(here.hour()) * 3_600 + i64::from(here.minute()) * 60 + i64::from(here.second());
    let today = now.as_second() - passed;
    match period {
        Period::Day => today..today + DAY,
        Period::Month => {
            let first = today - (i64::from(here.date().day()) - 1) * DAY;
            first..first + i64::from(here.date().days_in_month()) * DAY
        }
    }
}

/// Seconds until the next period begins.
fn until_next(period: Period, now: Timestamp) -> u64 {
    u64::try_from(period_time(period, now).end - now.as_second()).unwrap_or(1)
}

/// Calls a second over a short while: a bucket that holds two seconds' worth.
pub(crate) struct Burst {
    bucket: Mutex<(f64, Instant)>,
    rate: f64,
}

impl Burst {
    pub(crate) fn new(rate: u32, now: Instant) -> Self {
        let rate = f64::from(rate.max(1));
        Self { bucket: Mutex::new((2.0 * rate, now)), rate }
    }

    pub(crate) fn take(&self, now: Instant) -> bool {
        let mut bucket = lock(&self.bucket);
        let since = now.saturating_duration_since(bucket.1).as_secs_f64();
        let full = (bucket.0 + since * self.rate).min(2.0 * self.rate);
        *bucket = (full, now);
        if full < 1.0 {
            return false;
        }
        bucket.0 -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_and_end_at_midnight_in_korea() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let seconds = |from: &str, until: &str| at(from).as_second()..at(until).as_second();
        let now = at("2026-11-27T15:30:00Z");
        assert_eq!(period_time(Period::Day, now), seconds("2026-11-27T15:00:00Z", "2026-11-28T15:00:00Z"));
        assert_eq!(period_time(Period::Month, now), seconds("2026-10-31T15:00:00Z", "2026-11-30T15:00:00Z"));
        assert_eq!((until_next(Period::Day, now), period_name(Period::Day, now).as_str()), (84_600, "2026-11-28"));
        let first = at("2026-11-30T15:00:00Z");
        assert_eq!(period_time(Period::Month, first), seconds("2026-11-30T15:00:00Z", "2026-12-31T15:00:00Z"));
        assert!(!period_time(Period::Month, now).contains(&first.as_second()), "another counter");
    }
}
