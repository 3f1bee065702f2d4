//! A month of the calendar: that for which a benefit is reckoned and paid.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use maru_rules::period::{Instant, Period, Unit};
use serde::{Deserialize, Serialize};

/// A month, written `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

/// What is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no month: write the year and the month, such as 2026-03")]
pub struct MonthError(String);

impl Month {
    /// The month in which a day lies.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        Date::constant(self.year, self.month, 1)
    }

    /// The month so many months later.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self::of(self.first_day().saturating_add(jiff::Span::new().months(months)))
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month of the year, from 1.
    pub fn number(self) -> i8 {
        self.month
    }

    /// The month as the rules know it.
    pub fn period(self) -> Period {
        let start = Instant { year: i32::from(self.year), month: self.month.unsigned_abs(), day: 1 };
        Period::one(Unit::Month, start)
    }

    /// Its year as the rules know it.
    pub fn year_period(self) -> Period {
        Period::one(Unit::Year, Instant { year: i32::from(self.year), month: 1, day: 1 })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let wrong = || MonthError(text.chars().take(20).collect());
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        let whole = year.len() == 4 && month.len() == 2;
        let (year, month): (i16, i8) = (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
        if !whole || !(1900..=2200).contains(&year) || !(1..=12).contains(&month) {
            return Err(wrong());
        }
        Ok(Self { year, month })
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_and_written() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!(month.plus(1).to_string(), "2027-01");
        assert_eq!(month.period().to_string(), "2026-12");
        for wrong in ["2026", "2026-13", "26-01", "2026-1", "2026-00", "0001-01", "2026-01-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }
}
