//! The day on which a month's benefits are paid, and until when the bank takes the file.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
};
use maru_calendar::{CalendarError, WorkingCalendar, instant};

use crate::domain::Month;

/// The day of execution: the pay day of the month, or the last banking day before it where banks are closed.
///
/// # Errors
/// Outside the table of holidays.
pub fn execution_day(calendar: &WorkingCalendar, month: Month, pay_day: i8) -> Result<Date, CalendarError> {
    let first = month.first_day();
    let last = first.last_of_month().day();
    let mut day = first.saturating_add(i64::from(pay_day.clamp(1, last) - 1).days());
    while !calendar.is_working_day(day)? {
        day = day.saturating_sub(1.days());
    }
    Ok(day)
}

/// The last instant at which the bank takes a file for a day of execution: a time of the banking day before.
///
/// # Errors
/// Outside the table of holidays.
pub fn cut_off(calendar: &WorkingCalendar, execution: Date, hour: i8) -> Result<Timestamp, CalendarError> {
    let mut day = execution.saturating_sub(1.days());
    while !calendar.is_working_day(day)? {
        day = day.saturating_sub(1.days());
    }
    let time = Time::new(hour.clamp(0, 23), 0, 0, 0).unwrap_or(Time::midnight());
    Ok(instant(day.to_datetime(time)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn pay_days_on_closed_days_move_to_the_day_before() {
        let calendar = WorkingCalendar::korea().unwrap();
        let day = |month: &str| execution_day(&calendar, month.parse().unwrap(), 20).unwrap();
        assert_eq!(day("2026-01"), date(2026, 1, 20));
        assert_eq!(day("2026-06"), date(2026, 6, 19), "20 June 2026 is a Saturday");
        assert_eq!(day("2026-09"), date(2026, 9, 18), "20 September 2026 is a Sunday");
        assert_eq!(execution_day(&calendar, "2026-02".parse().unwrap(), 31).unwrap(), date(2026, 2, 27));
        // 16 to 18 February 2026 are the Lunar New Year: the file for the 19th must be there on Friday the 13th.
        let closes = cut_off(&calendar, date(2026, 2, 19), 16).unwrap();
        assert_eq!(closes, instant(date(2026, 2, 13).at(16, 0, 0, 0)));
    }
}
