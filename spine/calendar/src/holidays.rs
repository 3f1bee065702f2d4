//! Public holidays (공휴일), as the law of each day has them.
//!
//! Days: 관공서의 공휴일에 관한 규정 제2조. Substitute days (대체공휴일): 제3조, with the dates on which each kind of
//! holiday came under the rule. Lunar dates, elections and designated days are data in `spine/calendar/data`.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date, civil::Weekday, civil::date};
use serde::Serialize;

use crate::CalendarError;

const LUNAR: &str = include_str!("../data/lunar.csv");
const DESIGNATED: &str = include_str!("../data/designated.csv");
const DECREE: &str = "관공서의 공휴일에 관한 규정";

/// How sure we are of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Certainty {
    /// Official text read.
    L,
    /// Published by a public body or the press.
    P,
    /// Secondary source, cross-checked.
    S,
    /// Not verified.
    U,
}

impl Certainty {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "L" => Some(Self::L),
            "P" => Some(Self::P),
            "S" => Some(Self::S),
            "U" => Some(Self::U),
            _ => None,
        }
    }
}

/// A public holiday other than a Sunday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// Article that makes it a holiday.
    pub reference: String,
    /// How sure we are of the date.
    pub certainty: Certainty,
    /// For a substitute day: the day that it stands for.
    pub substitute_for: Option<Date>,
}

/// When a kind of holiday gets a substitute day, under article 3 of the decree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Substitution {
    /// Never: 1 January, Memorial Day, elections, designated days.
    Never,
    /// If it falls on a Saturday, a Sunday or another holiday, from that date of law on.
    WeekendSince(Date),
    /// If it falls on a Sunday or another holiday, from that date of law on: 설날, 추석.
    SundaySince(Date),
}

struct FixedHoliday {
    month: i8,
    day: i8,
    name_ko: &'static str,
    name_en: &'static str,
    item: &'static str,
    since: i16,
    substitution: Substitution,
}

/// Presidential Decree 24828 of 2013-11-05: 설날, 추석 and Children's Day.
const FIRST_RULE: Date = date(2013, 11, 5);
/// Presidential Decree 31930 of 2021-08-04: the national days.
const NATIONAL_DAYS: Date = date(2021, 8, 4);
/// Presidential Decree 33448 of 2023-05-04: Buddha's birthday and Christmas.
const BUDDHA_CHRISTMAS: Date = date(2023, 5, 4);
/// Presidential Decree 36290, in force 2026-05-01: Labour Day.
const LABOUR_DAY: Date = date(2026, 5, 1);
/// Act 21338, in force 2026-05-11: Constitution Day is a holiday again.
const CONSTITUTION_DAY: Date = date(2026, 5, 11);

const FIXED: [FixedHoliday; 10] = [
    fixed(1, 1, "1월 1일", "New Year's Day", "제3호", 1949, Substitution::Never),
    fixed(3, 1, "삼일절", "Independence Movement Day", "제2호", 1949, Substitution::WeekendSince(NATIONAL_DAYS)),
    fixed(5, 1, "노동절", "Labour Day", "제6호", 2026, Substitution::WeekendSince(LABOUR_DAY)),
    fixed(5, 5, "어린이날", "Children's Day", "제7호", 1975, Substitution::WeekendSince(FIRST_RULE)),
    fixed(6, 6, "현충일", "Memorial Day", "제8호", 1956, Substitution::Never),
    fixed(7, 17, "제헌절", "Constitution Day", "제2호", 2026, Substitution::WeekendSince(CONSTITUTION_DAY)),
    fixed(8, 15, "광복절", "Liberation Day", "제2호", 1949, Substitution::WeekendSince(NATIONAL_DAYS)),
    fixed(10, 3, "개천절", "National Foundation Day", "제2호", 1949, Substitution::WeekendSince(NATIONAL_DAYS)),
    fixed(10, 9, "한글날", "Hangeul Day", "제2호", 2013, Substitution::WeekendSince(NATIONAL_DAYS)),
    fixed(12, 25, "기독탄신일", "Christmas Day", "제10호", 1949, Substitution::WeekendSince(BUDDHA_CHRISTMAS)),
];

const fn fixed(
    month: i8,
    day: i8,
    name_ko: &'static str,
    name_en: &'static str,
    item: &'static str,
    since: i16,
    substitution: Substitution,
) -> FixedHoliday {
    FixedHoliday { month, day, name_ko, name_en, item, since, substitution }
}

/// The holidays of a range of years. Immutable: [`HolidayTable::with_announced`] gives a new one.
#[derive(Debug, Clone)]
pub struct HolidayTable {
    base: Vec<(Holiday, Substitution)>,
    days: BTreeMap<Date, Vec<Holiday>>,
    first: i16,
    last: i16,
}

impl HolidayTable {
    /// The holidays of the Korean civil service, 2020–2030.
    ///
    /// # Errors
    /// [`CalendarError::Data`] where a data file of this crate is damaged; a test reads them all.
    pub fn korea() -> Result<Self, CalendarError> {
        let mut base = designated_days()?;
        let (mut first, mut last) = (i16::MAX, i16::MIN);
        for lunar in lunar_years()? {
            first = first.min(lunar.year);
            last = last.max(lunar.year);
            base.extend(lunar.holidays());
            base.extend(FIXED.iter().filter(|day| day.since <= lunar.year).map(|day| day.in_year(lunar.year)));
        }
        Ok(Self::from_base(base, first, last))
    }

    fn from_base(mut base: Vec<(Holiday, Substitution)>, first: i16, last: i16) -> Self {
        base.sort_by_key(|(holiday, _)| holiday.date);
        let mut days: BTreeMap<Date, Vec<Holiday>> = BTreeMap::new();
        for (holiday, _) in &base {
            days.entry(holiday.date).or_default().push(holiday.clone());
        }
        for lost in lost_days(&base, &days) {
            let date = first_free_day(lost.date, &days);
            let substitute = Holiday {
                date,
                name_ko: format!("{} 대체공휴일", lost.name_ko),
                name_en: format!("Substitute day for {}", lost.name_en),
                reference: format!("{DECREE} 제3조"),
                certainty: lost.certainty,
                substitute_for: Some(lost.date),
            };
            days.entry(date).or_default().push(substitute);
        }
        Self { base, days, first, last }
    }

    /// The table with one more day that the government designated (제2조제11호); substitute days are worked out anew.
    #[must_use]
    pub fn with_announced(&self, date: Date, name_ko: &str, name_en: &str, reference: &str) -> Self {
        let holiday = Holiday {
            date,
            name_ko: name_ko.into(),
            name_en: name_en.into(),
            reference: reference.into(),
            certainty: Certainty::L,
            substitute_for: None,
        };
        let mut base = self.base.clone();
        base.push((holiday, Substitution::Never));
        Self::from_base(base, self.first, self.last)
    }

    /// The holidays on a day; none on an ordinary day (Sundays are not listed).
    ///
    /// # Errors
    /// [`CalendarError::YearUnknown`] outside the table.
    pub fn on(&self, date: Date) -> Result<&[Holiday], CalendarError> {
        let year = date.year();
        if year < self.first || year > self.last {
            return Err(CalendarError::YearUnknown { year, first: self.first, last: self.last });
        }
        Ok(self.days.get(&date).map_or(&[], Vec::as_slice))
    }

    /// All holidays in order.
    pub fn all(&self) -> impl Iterator<Item = &Holiday> {
        self.days.values().flatten()
    }
}

/// The days of a year whose dates follow the moon.
struct LunarYear {
    year: i16,
    seollal: Date,
    buddha: Date,
    chuseok: Date,
    certainty: Certainty,
}

impl LunarYear {
    fn holidays(&self) -> Vec<(Holiday, Substitution)> {
        let mut holidays = Vec::with_capacity(7);
        for (middle, name_ko, name_en, item) in
            [(self.seollal, "설날", "Seollal", "제4호"), (self.chuseok, "추석", "Chuseok", "제9호")]
        {
            for (offset, suffix_ko, prefix_en) in
                [(-1, " 전날", "Day before "), (0, "", ""), (1, " 다음 날", "Day after ")]
            {
                holidays.push((
                    Holiday {
                        date: middle.saturating_add(offset.days()),
                        name_ko: format!("{name_ko}{suffix_ko}"),
                        name_en: format!("{prefix_en}{name_en}"),
                        reference: format!("{DECREE} 제2조{item}"),
                        certainty: self.certainty,
                        substitute_for: None,
                    },
                    Substitution::SundaySince(FIRST_RULE),
                ));
            }
        }
        holidays.push((
            Holiday {
                date: self.buddha,
                name_ko: "부처님 오신 날".into(),
                name_en: "Buddha's Birthday".into(),
                reference: format!("{DECREE} 제2조제5호"),
                certainty: self.certainty,
                substitute_for: None,
            },
            Substitution::WeekendSince(BUDDHA_CHRISTMAS),
        ));
        holidays
    }
}

impl FixedHoliday {
    fn in_year(&self, year: i16) -> (Holiday, Substitution) {
        let holiday = Holiday {
            date: date(year, self.month, self.day),
            name_ko: self.name_ko.into(),
            name_en: self.name_en.into(),
            reference: format!("{DECREE} 제2조{}", self.item),
            certainty: Certainty::L,
            substitute_for: None,
        };
        (holiday, self.substitution)
    }
}

/// The holidays that article 3 ① gives a substitute for, in order of date.
fn lost_days(base: &[(Holiday, Substitution)], days: &BTreeMap<Date, Vec<Holiday>>) -> Vec<Holiday> {
    let mut lost = Vec::new();
    let mut shared: Vec<Date> = Vec::new();
    for (holiday, substitution) in base {
        let weekday = holiday.date.weekday();
        let (since, weekend) = match substitution {
            Substitution::Never => continue,
            Substitution::WeekendSince(since) => (*since, matches!(weekday, Weekday::Saturday | Weekday::Sunday)),
            Substitution::SundaySince(since) => (*since, weekday == Weekday::Sunday),
        };
        if holiday.date < since {
            continue;
        }
        if weekend {
            lost.push(holiday.clone());
            continue;
        }
        // On a weekday that two holidays share, one of them is lost, not both (as proclaimed for 2025-05-05).
        let overlaps = days.get(&holiday.date).is_some_and(|on_day| on_day.len() > 1);
        if overlaps && weekday != Weekday::Saturday && !shared.contains(&holiday.date) {
            shared.push(holiday.date);
            lost.push(holiday.clone());
        }
    }
    lost
}

/// The first day after `date` that is neither a weekend day nor a holiday nor already a substitute (제3조①–③).
fn first_free_day(date: Date, days: &BTreeMap<Date, Vec<Holiday>>) -> Date {
    let mut day = date.saturating_add(1.day());
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || days.contains_key(&day) {
        day = day.saturating_add(1.day());
    }
    day
}

fn lunar_years() -> Result<Vec<LunarYear>, CalendarError> {
    rows(LUNAR, "lunar.csv", 5)?
        .into_iter()
        .map(|(line, fields)| {
            Ok(LunarYear {
                year: fields[0].parse().map_err(|_| wrong("lunar.csv", line, "the year"))?,
                seollal: day(fields[1], "lunar.csv", line)?,
                buddha: day(fields[2], "lunar.csv", line)?,
                chuseok: day(fields[3], "lunar.csv", line)?,
                certainty: Certainty::parse(fields[4]).ok_or_else(|| wrong("lunar.csv", line, "the certainty"))?,
            })
        })
        .collect()
}

fn designated_days() -> Result<Vec<(Holiday, Substitution)>, CalendarError> {
    rows(DESIGNATED, "designated.csv", 5)?
        .into_iter()
        .map(|(line, fields)| {
            let holiday = Holiday {
                date: day(fields[0], "designated.csv", line)?,
                name_ko: fields[1].into(),
                name_en: fields[2].into(),
                reference: fields[3].into(),
                certainty: Certainty::parse(fields[4]).ok_or_else(|| wrong("designated.csv", line, "the certainty"))?,
                substitute_for: None,
            };
            Ok((holiday, Substitution::Never))
        })
        .collect()
}

fn rows<'a>(text: &'a str, file: &'static str, columns: usize) -> Result<Vec<(usize, Vec<&'a str>)>, CalendarError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty()).skip(1);
    lines
        .map(|(index, line)| {
            let fields: Vec<&str> = line.split(',').collect();
            if fields.len() != columns {
                return Err(wrong(file, index + 1, &format!("{} columns instead of {columns}", fields.len())));
            }
            Ok((index + 1, fields))
        })
        .collect()
}

fn day(text: &str, file: &'static str, line: usize) -> Result<Date, CalendarError> {
    text.parse().map_err(|_| wrong(file, line, "the date"))
}

fn wrong(file: &'static str, line: usize, what: &str) -> CalendarError {
    CalendarError::Data { file, line, reason: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(table: &HolidayTable, day: Date) -> Vec<&str> {
        table.on(day).unwrap().iter().map(|holiday| holiday.name_ko.as_str()).collect()
    }

    #[test]
    fn substitutes_follow_the_law_of_their_day() {
        let table = HolidayTable::korea().unwrap();
        // Before 2021-08-04 a national day on a Sunday was simply lost; the temporary holiday of 2020-08-17 is another matter.
        assert!(names(&table, date(2021, 3, 2)).is_empty());
        assert_eq!(names(&table, date(2021, 8, 16)), ["광복절 대체공휴일"]);
        assert!(names(&table, date(2021, 12, 27)).is_empty());
        assert_eq!(names(&table, date(2023, 5, 29)), ["부처님 오신 날 대체공휴일"]);
        assert_eq!(names(&table, date(2025, 5, 6)).len(), 1);
        assert_eq!(names(&table, date(2025, 10, 8)), ["추석 전날 대체공휴일"]);
        assert_eq!(names(&table, date(2027, 5, 3)), ["노동절 대체공휴일"]);
        assert!(names(&table, date(2025, 5, 1)).is_empty());
        // Saturday does not give 추석 a substitute.
        assert!(names(&table, date(2026, 9, 28)).is_empty());
    }

    #[test]
    fn an_announced_holiday_can_push_a_substitute_on() {
        let table = HolidayTable::korea().unwrap().with_announced(
            date(2026, 10, 5),
            "임시공휴일",
            "Temporary holiday",
            "제2조제11호",
        );
        assert_eq!(names(&table, date(2026, 10, 5)), ["임시공휴일"]);
        assert_eq!(names(&table, date(2026, 10, 6)), ["개천절 대체공휴일"]);
    }

    #[test]
    fn a_year_outside_the_table_is_refused() {
        let error = HolidayTable::korea().unwrap().on(date(2031, 1, 2)).unwrap_err();
        assert_eq!(error, CalendarError::YearUnknown { year: 2031, first: 2020, last: 2030 });
    }
}
