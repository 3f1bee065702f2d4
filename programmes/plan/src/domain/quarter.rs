//! Quarters of a year, in which the plan sets its deadlines.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// A quarter of a year. Written `26Q4` in the years 2000 to 2099, as the plan's tables write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quarter {
    year: i16,
    number: i8,
}

/// A text that is no quarter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a quarter; write the year's last two digits, Q and 1 to 4, such as 26Q4")]
pub struct QuarterError {
    /// The text.
    pub text: String,
}

impl Quarter {
    /// The quarter `number` (1 to 4) of `year` (2000 to 2099); nothing where there is no such quarter.
    pub fn new(year: i16, number: i8) -> Option<Self> {
        ((2000..=2099).contains(&year) && (1..=4).contains(&number)).then_some(Self { year, number })
    }

    /// The quarter in which `day` lies; the far ends of the calendar are clamped to 2000 and 2099.
    pub fn of(day: Date) -> Self {
        let number = (day.month() - 1) / 3 + 1;
        Self { year: day.year().clamp(2000, 2099), number: number.clamp(1, 4) }
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// 1 to 4.
    pub fn number(self) -> i8 {
        self.number
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        date(self.year, self.number * 3 - 2, 1)
    }

    /// Its last day: what is due «by the quarter» is due then.
    pub fn last_day(self) -> Date {
        date(self.year, self.number * 3, 1).last_of_month()
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        if self.number == 4 {
            Self { year: self.year + 1, number: 1 }
        } else {
            Self { number: self.number + 1, ..self }
        }
    }

    /// The one before.
    #[must_use]
    pub fn previous(self) -> Self {
        if self.number == 1 {
            Self { year: self.year - 1, number: 4 }
        } else {
            Self { number: self.number - 1, ..self }
        }
    }

    /// This one and those after it until `last`; this one alone where `last` comes earlier.
    pub fn until(self, last: Self) -> Vec<Self> {
        std::iter::successors(Some(self), |quarter| Some(quarter.next()).filter(|next| *next <= last)).collect()
    }

    /// How many quarters from `earlier` to this one; negative if it comes later.
    pub fn since(self, earlier: Self) -> i32 {
        (i32::from(self.year) - i32::from(earlier.year)) * 4 + i32::from(self.number) - i32::from(earlier.number)
    }

    /// «2026년 4분기».
    pub fn korean(self) -> String {
        format!("{}년 {}분기", self.year, self.number)
    }

    /// «Q4 2026».
    pub fn english(self) -> String {
        format!("Q{} {}", self.number, self.year)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}Q{}", self.year - 2000, self.number)
    }
}

impl FromStr for Quarter {
    type Err = QuarterError;

    fn from_str(text: &str) -> Result<Self, QuarterError> {
        let error = || QuarterError { text: text.chars().take(40).collect() };
        let (year, number) = text.trim().split_once(['Q', 'q']).ok_or_else(error)?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year) || !digits(number) {
            return Err(error());
        }
        let year: i16 = year.parse().map_err(|_| error())?;
        let year = if year < 100 { year + 2000 } else { year };
        Self::new(year, number.parse().map_err(|_| error())?).ok_or_else(error)
    }
}

impl Serialize for Quarter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quarter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_read_and_written() {
        let quarter: Quarter = "26Q4".parse().unwrap();
        assert_eq!(quarter.to_string(), "26Q4");
        assert_eq!(quarter.next().to_string(), "27Q1");
        assert_eq!(quarter.next().previous(), quarter);
        assert_eq!(quarter.last_day(), date(2026, 12, 31));
        assert_eq!(quarter.first_day(), date(2026, 10, 1));
        assert_eq!(Quarter::of(date(2026, 11, 25)), quarter);
        assert_eq!("2026Q4".parse::<Quarter>().unwrap(), quarter);
        assert_eq!("28Q1".parse::<Quarter>().unwrap().since(quarter), 5);
        assert_eq!(quarter.until(quarter.next()), [quarter, quarter.next()]);
        assert_eq!(quarter.until(quarter.previous()), [quarter]);
        for wrong in ["", "26Q5", "Q4", "26-4", "+6Q1", "26Q", "9999Q1"] {
            assert!(wrong.parse::<Quarter>().is_err(), "{wrong}");
        }
    }
}
