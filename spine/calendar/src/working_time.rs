//! Working days and working hours (근무시간).
//!
//! 국가공무원 복무규정 제9조: forty hours a week, Saturday off, 09:00–18:00 with lunch 12:00–13:00; the Act (제19조①)
//! takes eight working hours as one day.

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time, Weekday, time},
};

use crate::{CalendarError, HolidayTable};

/// Minutes of a working day: the Act, 제19조①.
pub const MINUTES_PER_DAY: u32 = 8 * 60;

const MORNING: (Time, Time) = (time(9, 0, 0, 0), time(12, 0, 0, 0));
const AFTERNOON: (Time, Time) = (time(13, 0, 0, 0), time(18, 0, 0, 0));

/// When the civil service works.
#[derive(Debug, Clone)]
pub struct WorkingCalendar {
    holidays: HolidayTable,
}

/// A stretch of time, its end excluded.
pub(crate) type Interval = (DateTime, DateTime);

impl WorkingCalendar {
    /// The Korean civil service with its holidays of 2020–2030.
    ///
    /// # Errors
    /// As [`HolidayTable::korea`].
    pub fn korea() -> Result<Self, CalendarError> {
        Ok(Self::new(HolidayTable::korea()?))
    }

    /// A calendar with other holidays.
    pub fn new(holidays: HolidayTable) -> Self {
        Self { holidays }
    }

    /// The holidays.
    pub fn holidays(&self) -> &HolidayTable {
        &self.holidays
    }

    /// Whether offices are open on that day.
    ///
    /// # Errors
    /// [`CalendarError::YearUnknown`] outside the table of holidays.
    pub fn is_working_day(&self, date: Date) -> Result<bool, CalendarError> {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(self.holidays.on(date)?.is_empty() && !weekend)
    }

    /// The first working day on or after `date`.
    ///
    /// # Errors
    /// As [`Self::is_working_day`].
    pub fn working_day_from(&self, date: Date) -> Result<Date, CalendarError> {
        let mut day = date;
        while !self.is_working_day(day)? {
            day = next(day);
        }
        Ok(day)
    }

    /// The end of office hours on that day.
    pub fn closing(date: Date) -> DateTime {
        date.to_datetime(AFTERNOON.1)
    }

    /// The time that is `minutes` of working time after `from`, with `excluded` stretches not counted.
    ///
    /// # Errors
    /// As [`Self::is_working_day`].
    pub fn add_minutes(&self, from: DateTime, minutes: u32, excluded: &[Interval]) -> Result<DateTime, CalendarError> {
        let mut left = i64::from(minutes) * 60;
        let mut day = from.date();
        let mut reached = from;
        loop {
            for (start, end) in self.open_stretches(day, excluded)? {
                let start = start.max(from);
                if start >= end {
                    continue;
                }
                let length = seconds_between(start, end);
                if length >= left {
                    return Ok(start.saturating_add(left.seconds()));
                }
                left -= length;
                reached = end;
            }
            if left == 0 {
                return Ok(reached);
            }
            day = next(day);
        }
    }

    /// Working minutes between two times, `excluded` stretches not counted; 0 if `until` is not after `from`.
    ///
    /// # Errors
    /// As [`Self::is_working_day`].
    pub fn minutes_between(
        &self,
        from: DateTime,
        until: DateTime,
        excluded: &[Interval],
    ) -> Result<u32, CalendarError> {
        let mut seconds = 0;
        let mut day = from.date();
        while day <= until.date() {
            for (start, end) in self.open_stretches(day, excluded)? {
                let (start, end) = (start.max(from), end.min(until));
                if start < end {
                    seconds += seconds_between(start, end);
                }
            }
            day = next(day);
        }
        Ok(u32::try_from(seconds / 60).unwrap_or(u32::MAX))
    }

    /// The working stretches of a day with the excluded ones cut out, in order.
    pub(crate) fn open_stretches(&self, day: Date, excluded: &[Interval]) -> Result<Vec<Interval>, CalendarError> {
        if !self.is_working_day(day)? {
            return Ok(Vec::new());
        }
        let mut open: Vec<Interval> =
            [MORNING, AFTERNOON].iter().map(|(start, end)| (day.to_datetime(*start), day.to_datetime(*end))).collect();
        for cut in excluded {
            open = open.into_iter().flat_map(|stretch| without(stretch, *cut)).collect();
        }
        Ok(open)
    }
}

/// What remains of a stretch when another is cut out of it.
fn without(stretch: Interval, cut: Interval) -> Vec<Interval> {
    if cut.1 <= stretch.0 || cut.0 >= stretch.1 {
        return vec![stretch];
    }
    [(stretch.0, cut.0), (cut.1, stretch.1)].into_iter().filter(|(start, end)| start < end).collect()
}

/// The following day; at the end of the calendar the same day, where the table of holidays has long ended.
pub(crate) fn next(day: Date) -> Date {
    day.saturating_add(1.day())
}

fn seconds_between(from: DateTime, until: DateTime) -> i64 {
    until.duration_since(from).as_secs()
}
