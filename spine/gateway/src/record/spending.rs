//! What was spent by whom for what, and what it comes to by the end of the month if it goes on so.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::Offset};
use maru_ledger::{DatabaseError, Ledger};

/// Hours by which Korea is ahead of UTC; it has had no summer time since 1988.
const KOREA: i8 = 9;
const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// Whole days before today whose mean a forecast goes on with.
const DAYS_LOOKED_AT: i64 = 7;

/// The day in Korea of a moment (microseconds since 1970 UTC), counted from 1970.
pub(super) fn day_of(at: i64) -> i64 {
    (at + i64::from(KOREA) * 3_600_000_000).div_euclid(DAY_MICROS)
}

/// Sums of calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Calls, refused ones included.
    pub calls: u64,
    /// Calls that a model server or the gateway failed.
    pub errors: u64,
    /// Tokens, in and out together.
    pub tokens: u64,
    /// Cost in millionths of a won.
    pub microwon: u64,
}

impl Spent {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.tokens += other.tokens;
        self.microwon += other.microwon;
    }
}

/// What a month comes to if it goes on like the last whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// How many whole days it goes on like.
    pub days: u32,
    /// Tokens of the whole month.
    pub tokens: u64,
    /// Cost of the whole month in millionths of a won.
    pub microwon: u64,
}

/// What one key spent this month, for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// The key.
    pub key: String,
    /// The agency that answers for it.
    pub agency: String,
    /// The system that held it.
    pub system: String,
    /// The purpose.
    pub purpose: String,
    /// Since the first of the month, in Korea.
    pub month: Spent,
    /// Today, in Korea.
    pub today: Spent,
    /// Where the month is going; nothing where no whole day has passed since the first call.
    pub forecast: Option<Forecast>,
}

/// One row of the table: a day, names, sums.
type Row = (i64, [String; 4], Spent);

/// What was spent this month by every key, the dearest first.
pub(crate) async fn spending(ledger: &Ledger, now: Timestamp) -> Result<Vec<Spending>, DatabaseError> {
    let month = Month::of(now);
    let from = month.first.min(month.today - DAYS_LOOKED_AT);
    let select = "SELECT day, key_id, agency, system, purpose, calls, errors, tokens, microwon FROM gateway_uses WHERE day >= $1";
    let rows = ledger.read(move |sql| sql.query(select, &[from.into()])).await?;
    let read = |row: &maru_ledger::Row| {
        let names = [row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?];
        let spent = Spent {
            calls: row.unsigned(5)?,
            errors: row.unsigned(6)?,
            tokens: row.unsigned(7)?,
            microwon: row.unsigned(8)?,
        };
        Ok((row.integer(0)?, names, spent))
    };
    let rows: Result<Vec<Row>, DatabaseError> = rows.iter().map(read).collect();
    Ok(month.spending(rows?))
}

/// A month in Korea as days counted from 1970, and how much of today is over.
struct Month {
    first: i64,
    today: i64,
    /// Days of the month that are still to come, what is left of today included, in thousandths.
    left: u64,
}

impl Month {
    fn of(now: Timestamp) -> Self {
        let today = day_of(now.as_microsecond());
        let date: Date = Offset::constant(KOREA).to_datetime(now).date();
        let last = i64::from(date.days_in_month());
        let of_today = (now.as_microsecond() + i64::from(KOREA) * 3_600_000_000).rem_euclid(DAY_MICROS);
        let left_of_today = 1_000 - of_today * 1_000 / DAY_MICROS;
        let left = (last - i64::from(date.day())) * 1_000 + left_of_today;
        Self { first: today + 1 - i64::from(date.day()), today, left: u64::try_from(left).unwrap_or(0) }
    }

    fn spending(&self, rows: Vec<Row>) -> Vec<Spending> {
        let mut by_names: BTreeMap<[String; 4], Vec<(i64, Spent)>> = BTreeMap::new();
        for (day, names, spent) in rows {
            by_names.entry(names).or_default().push((day, spent));
        }
        let mut all: Vec<Spending> = by_names.into_iter().map(|(names, days)| self.of_key(names, &days)).collect();
        all.retain(|one| one.month.calls > 0);
        all.sort_by_key(|one| (std::cmp::Reverse((one.month.microwon, one.month.tokens)), one.key.clone()));
        all
    }

    fn of_key(&self, [key, agency, system, purpose]: [String; 4], days: &[(i64, Spent)]) -> Spending {
        let sum = |wanted: &dyn Fn(i64) -> bool| {
            let mut sum = Spent::default();
            days.iter().filter(|(day, _)| wanted(*day)).for_each(|(_, spent)| sum.add(*spent));
            sum
        };
        let month = sum(&|day| day >= self.first && day <= self.today);
        let today = sum(&|day| day == self.today);
        let begin = days.iter().map(|(day, _)| *day).min().unwrap_or(self.today).max(self.today - DAYS_LOOKED_AT);
        let whole = u64::try_from(self.today - begin).unwrap_or(0);
        let lately = sum(&|day| day >= begin && day < self.today);
        let goes_on = |so_far: u64, lately: u64| so_far + lately.saturating_mul(self.left) / (whole * 1_000);
        let forecast = (whole > 0).then(|| Forecast {
            days: u32::try_from(whole).unwrap_or(u32::MAX),
            tokens: goes_on(month.tokens, lately.tokens),
            microwon: goes_on(month.microwon, lately.microwon),
        });
        Spending { key, agency, system, purpose, month, today, forecast }
    }
}

/// The last day of the month of `now`, in Korea: until when a forecast goes.
pub fn end_of_month(now: Timestamp) -> Date {
    Offset::constant(KOREA).to_datetime(now).date().last_of_month()
}

/// The last instant of a day in Korea: until when something holds whose last day it is.
pub fn end_of_day(day: Date) -> Option<Timestamp> {
    let next = day.checked_add(1.day()).ok()?.to_datetime(jiff::civil::Time::midnight());
    Offset::constant(KOREA).to_timestamp(next).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i64, key: &str, tokens: u64) -> Row {
        let names = [key, "city", "portal", "drafts"].map(str::to_owned);
        (day, names, Spent { calls: 1, errors: 0, tokens, microwon: tokens * 10 })
    }

    /// Noon of 26 November 2026 in Korea.
    fn month() -> Month {
        Month::of("2026-11-26T03:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_month_goes_on_like_the_last_whole_days() {
        let month = month();
        assert_eq!(month.left, 4_500, "half of today and four days");
        let (today, first) = (month.today, month.first);
        assert_eq!(today - first, 25);
        let rows =
            vec![row(first - 3, "k", 7_000), row(today - 7, "k", 700), row(today - 1, "k", 700), row(today, "k", 50)];
        let all = month.spending(rows);
        assert_eq!((all.len(), all[0].month.tokens, all[0].today.tokens), (1, 1_450, 50));
        let forecast = all[0].forecast.unwrap();
        // 1,400 in seven whole days are 200 a day; four and a half days are left.
        assert_eq!((forecast.days, forecast.tokens, forecast.microwon), (7, 1_450 + 900, 14_500 + 9_000));
    }

    #[test]
    fn who_began_lately_is_told_by_fewer_days_and_who_began_today_by_none() {
        let month = month();
        let all = month.spending(vec![
            row(month.today - 1, "new", 100),
            row(month.today, "today", 100),
            row(month.first - 1, "old", 5),
        ]);
        let of = |key: &str| all.iter().find(|one| one.key == key);
        assert_eq!(of("new").unwrap().forecast.unwrap(), Forecast { days: 1, tokens: 550, microwon: 5_500 });
        assert_eq!(of("today").unwrap().forecast, None);
        assert!(of("old").is_none(), "nothing this month");
    }

    #[test]
    fn days_are_those_of_korea() {
        let at = |text: &str| day_of(text.parse::<Timestamp>().unwrap().as_microsecond());
        assert_eq!(at("2026-11-25T15:00:00Z"), at("2026-11-26T03:00:00Z"));
        assert_eq!(at("2026-11-25T14:59:59Z") + 1, at("2026-11-25T15:00:00Z"));
        let day = "2026-11-30".parse().unwrap();
        assert_eq!(end_of_month("2026-11-26T03:00:00Z".parse().unwrap()), day);
        assert_eq!(end_of_day(day).unwrap().to_string(), "2026-11-30T15:00:00Z");
    }
}
