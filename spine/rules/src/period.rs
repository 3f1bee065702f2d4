//! Instants and periods, as OpenFisca has them (<https://openfisca.org/doc/coding-the-legislation/35_periods.html>).

use std::fmt;

/// Days since 1 January 1970 of a date of the Gregorian calendar.
pub(crate) fn days_from_civil(year: i32, month: u8, day: u8) -> i32 {
    let shifted = i64::from(year) - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_index = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_index + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) as i32
}

/// The date of a number of days since 1 January 1970.
pub(crate) fn civil_from_days(days: i32) -> (i32, u8, u8) {
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_index + 2) / 5 + 1) as u8;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 } as u8;
    ((year_of_era + era * 400 + i64::from(month <= 2)) as i32, month, day)
}

/// How many days a month has.
pub(crate) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// A day of an ISO week.
    Weekday,
    /// An ISO week, beginning on Monday.
    Week,
    /// A calendar day.
    Day,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
    /// For ever.
    Eternity,
}

impl Unit {
    /// All units.
    pub const ALL: [Self; 6] = [Self::Weekday, Self::Week, Self::Day, Self::Month, Self::Year, Self::Eternity];

    /// The name that OpenFisca writes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weekday => "weekday",
            Self::Week => "week",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
            Self::Eternity => "eternity",
        }
    }

    /// The unit of that name, in any case of letters.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name().eq_ignore_ascii_case(name))
    }

    /// The order of size that OpenFisca compares units by.
    pub const fn weight(self) -> u32 {
        match self {
            Self::Weekday | Self::Day => 100,
            Self::Week | Self::Month => 200,
            Self::Year => 300,
            Self::Eternity => 400,
        }
    }
}

/// A day, written year, month, day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Instant {
    /// The instant that eternity begins at: none.
    pub const ETERNITY: Self = Self { year: i32::MIN, month: 0, day: 0 };

    /// The day, where the calendar has it.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        ((1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month))
            .then_some(Self { year, month, day })
    }

    /// Days since 1 January 1970.
    pub fn days(self) -> i32 {
        days_from_civil(self.year, self.month, self.day)
    }

    /// The day so many days after 1 January 1970.
    pub fn from_days(days: i32) -> Self {
        let (year, month, day) = civil_from_days(days);
        Self { year, month, day }
    }

    /// `2017`, `2017-01`, `2017-01-15`, `2017-W02` or `2017-W02-3`, with the unit that its form says.
    pub fn parse(text: &str) -> Option<(Self, Unit)> {
        let mut parts = text.split('-');
        let year_text = parts.next()?;
        if year_text.len() != 4 || !year_text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year: i32 = year_text.parse().ok()?;
        let Some(second) = parts.next() else { return Self::new(year, 1, 1).map(|instant| (instant, Unit::Year)) };
        let third = parts.next();
        if parts.next().is_some() {
            return None;
        }
        if let Some(week) = second.strip_prefix('W') {
            let week = two_digits(week).filter(|week| (1..=53).contains(week))?;
            let weekday = match third {
                Some(text) => text.parse::<u8>().ok().filter(|day| (1..=7).contains(day))?,
                None => 1,
            };
            // The week with 4 January is the first of its year (ISO 8601).
            let fourth = days_from_civil(year, 1, 4);
            let monday = fourth - (fourth + 3).rem_euclid(7);
            let days = monday + 7 * (i32::from(week) - 1) + i32::from(weekday) - 1;
            return Some((Self::from_days(days), if third.is_some() { Unit::Weekday } else { Unit::Week }));
        }
        let month = two_digits(second)?;
        match third {
            None => Self::new(year, month, 1).map(|instant| (instant, Unit::Month)),
            Some(day) => Self::new(year, month, two_digits(day)?).map(|instant| (instant, Unit::Day)),
        }
    }

    /// The instant moved by so many units; the day is shortened where the month has fewer.
    pub fn offset(self, amount: i32, unit: Unit) -> Option<Self> {
        if self == Self::ETERNITY {
            return None;
        }
        match unit {
            Unit::Eternity => None,
            Unit::Day | Unit::Weekday => Some(Self::from_days(self.days().checked_add(amount)?))
                .filter(|result| (1..=9999).contains(&result.year)),
            Unit::Week => self.offset(amount.checked_mul(7)?, Unit::Day),
            Unit::Year => self.offset(amount.checked_mul(12)?, Unit::Month),
            Unit::Month => {
                let months = self.year.checked_mul(12)?.checked_add(i32::from(self.month) - 1)?.checked_add(amount)?;
                let (year, month) = (months.div_euclid(12), (months.rem_euclid(12) + 1) as u8);
                if !(1..=9999).contains(&year) {
                    return None;
                }
                Some(Self { year, month, day: self.day.min(days_in_month(year, month)) })
            }
        }
    }

    /// The first day of the unit that the instant lies in.
    #[must_use]
    pub fn first_of(self, unit: Unit) -> Self {
        match unit {
            Unit::Year => Self { month: 1, day: 1, ..self },
            Unit::Month => Self { day: 1, ..self },
            Unit::Week => Self::from_days(self.days() - (self.days() + 3).rem_euclid(7)),
            _ => self,
        }
    }

    /// The last day of the unit that the instant lies in.
    #[must_use]
    pub fn last_of(self, unit: Unit) -> Self {
        match unit {
            Unit::Year => Self { month: 12, day: 31, ..self },
            Unit::Month => Self { day: days_in_month(self.year, self.month), ..self },
            Unit::Week => Self::from_days(self.first_of(Unit::Week).days() + 6),
            _ => self,
        }
    }

    /// ISO year, week and weekday.
    pub fn iso_week(self) -> (i32, u8, u8) {
        let days = self.days();
        let weekday = (days + 3).rem_euclid(7);
        let thursday = Self::from_days(days - weekday + 3);
        let week = (thursday.days() - days_from_civil(thursday.year, 1, 1)) / 7 + 1;
        (thursday.year, week as u8, weekday as u8 + 1)
    }
}

fn two_digits(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// So many units from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// The unit.
    pub unit: Unit,
    /// The first day.
    pub start: Instant,
    /// How many units, at least one.
    pub size: i32,
}

impl Period {
    /// For ever.
    pub const ETERNITY: Self = Self { unit: Unit::Eternity, start: Instant::ETERNITY, size: 1 };

    /// One unit from an instant on.
    pub const fn one(unit: Unit, start: Instant) -> Self {
        Self { unit, start, size: 1 }
    }

    /// A year.
    pub fn year(year: i32) -> Option<Self> {
        Instant::new(year, 1, 1).map(|start| Self::one(Unit::Year, start))
    }

    /// Reads `2017`, `2017-01`, `2017-01-15`, `2017-W02`, `year:2017-03`, `month:2017-01:3`, `ETERNITY` and the like.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("eternity") {
            return Some(Self::ETERNITY);
        }
        if let Some((start, unit)) = Instant::parse(text) {
            return Some(Self::one(unit, start));
        }
        let mut parts = text.split(':');
        let unit = Unit::parse(parts.next()?).filter(|unit| *unit != Unit::Eternity)?;
        let (start, base) = Instant::parse(parts.next()?)?;
        let size = match parts.next() {
            None => 1,
            Some(size) => size.parse::<i32>().ok()?,
        };
        if parts.next().is_some() || base.weight() > unit.weight() || !(1..=100_000).contains(&size) {
            return None;
        }
        Some(Self { unit, start, size })
    }

    /// The last day.
    pub fn stop(self) -> Option<Instant> {
        if self.unit == Unit::Eternity {
            return Some(Instant::ETERNITY);
        }
        self.start.offset(self.size, self.unit)?.offset(-1, Unit::Day)
    }

    /// The period moved by so many units (its own unless another is named).
    pub fn offset(self, amount: i32, unit: Option<Unit>) -> Option<Self> {
        Some(Self { start: self.start.offset(amount, unit.unwrap_or(self.unit))?, ..self })
    }

    /// One unit that begins at the first day of that unit around the start.
    #[must_use]
    pub fn first(self, unit: Unit) -> Self {
        Self::one(unit, self.start.first_of(unit))
    }

    /// How many years; only years have them.
    pub fn size_in_years(self) -> Option<i32> {
        (self.unit == Unit::Year).then_some(self.size)
    }

    /// How many months.
    pub fn size_in_months(self) -> Option<i32> {
        match self.unit {
            Unit::Year => self.size.checked_mul(12),
            Unit::Month => Some(self.size),
            _ => None,
        }
    }

    /// How many days.
    pub fn size_in_days(self) -> Option<i32> {
        match self.unit {
            Unit::Eternity => None,
            Unit::Week => self.size.checked_mul(7),
            Unit::Day | Unit::Weekday => Some(self.size),
            _ => Some(self.stop()?.days() - self.start.days() + 1),
        }
    }

    /// How many whole weeks.
    pub fn size_in_weeks(self) -> Option<i32> {
        match self.unit {
            Unit::Week => Some(self.size),
            Unit::Year | Unit::Month => Some(self.size_in_days()? / 7),
            _ => None,
        }
    }

    /// How many weekdays; a year counts whole weeks.
    pub fn size_in_weekdays(self) -> Option<i32> {
        match self.unit {
            Unit::Year => self.size_in_weeks()?.checked_mul(7),
            _ => self.size_in_days(),
        }
    }

    /// The size in a unit.
    pub fn size_in(self, unit: Unit) -> Option<i32> {
        match unit {
            Unit::Year => self.size_in_years(),
            Unit::Month => self.size_in_months(),
            Unit::Day => self.size_in_days(),
            Unit::Week => self.size_in_weeks(),
            Unit::Weekday => self.size_in_weekdays(),
            Unit::Eternity => None,
        }
    }

    /// The periods of one unit that it is made of.
    pub fn subperiods(self, unit: Unit) -> Option<Vec<Self>> {
        if self.unit.weight() < unit.weight() || unit == Unit::Eternity || self.unit == Unit::Eternity {
            return None;
        }
        let count = if unit == Unit::Year { self.size } else { self.size_in(unit)? };
        if count > 100_000 {
            return None;
        }
        let first = self.first(unit);
        (0..count).map(|index| first.offset(index, None)).collect()
    }

    /// Whether another period lies within.
    pub fn contains(self, other: Self) -> bool {
        match (self.stop(), other.stop()) {
            (Some(stop), Some(other_stop)) => self.start <= other.start && stop >= other_stop,
            _ => false,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, start, size } = *self;
        match unit {
            Unit::Eternity => formatter.write_str("ETERNITY"),
            Unit::Month | Unit::Year if (unit == Unit::Month && size == 12) || (unit == Unit::Year && size == 1) => {
                if start.month == 1 {
                    write!(formatter, "{:04}", start.year)
                } else {
                    write!(formatter, "year:{:04}-{:02}", start.year, start.month)
                }
            }
            Unit::Month if size == 1 => write!(formatter, "{:04}-{:02}", start.year, start.month),
            Unit::Year if start.month == 1 => write!(formatter, "year:{:04}:{size}", start.year),
            Unit::Day if size == 1 => write!(formatter, "{start}"),
            Unit::Day => write!(formatter, "day:{start}:{size}"),
            Unit::Week | Unit::Weekday => {
                let (year, week, weekday) = start.iso_week();
                let day = if unit == Unit::Weekday { format!("-{weekday}") } else { String::new() };
                if size == 1 {
                    write!(formatter, "{year:04}-W{week:02}{day}")
                } else {
                    write!(formatter, "{}:{year:04}-W{week:02}{day}:{size}", unit.name())
                }
            }
            _ => write!(formatter, "{}:{:04}-{:02}:{size}", unit.name(), start.year, start.month),
        }
    }
}
