//! The short clocks around a petition: receipt, transfer, progress, objection.

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};

use crate::{CalendarError, WorkingCalendar};

/// A duty that is counted in working hours from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShortPeriod {
    /// Receipt of what arrived at the electronic window: 8 working hours (decree 제6조⑧).
    ReceiptAtWindow,
    /// From the petition office to the department: 1 working hour (decree 제13조①).
    ToDepartment,
    /// The same where the department is far away: 3 working hours (decree 제13조① 단서).
    ToDistantDepartment,
    /// To another department of the same agency: 3 working hours (decree 제13조②).
    WithinAgency,
    /// To another agency, with notice to the petitioner: 8 working hours (decree 제13조③).
    ToOtherAgency,
}

impl ShortPeriod {
    /// Working hours.
    pub fn hours(self) -> u32 {
        match self {
            Self::ToDepartment => 1,
            Self::ToDistantDepartment | Self::WithinAgency => 3,
            Self::ReceiptAtWindow | Self::ToOtherAgency => 8,
        }
    }

    /// The article.
    pub fn article(self) -> &'static str {
        match self {
            Self::ReceiptAtWindow => "민원 처리에 관한 법률 시행령 제6조제8항",
            Self::ToDepartment => "민원 처리에 관한 법률 시행령 제13조제1항 본문",
            Self::ToDistantDepartment => "민원 처리에 관한 법률 시행령 제13조제1항 단서",
            Self::WithinAgency => "민원 처리에 관한 법률 시행령 제13조제2항",
            Self::ToOtherAgency => "민원 처리에 관한 법률 시행령 제13조제3항",
        }
    }

    /// When it ends.
    ///
    /// # Errors
    /// [`CalendarError::YearUnknown`] outside the table of holidays.
    pub fn ends(self, calendar: &WorkingCalendar, from: DateTime) -> Result<DateTime, CalendarError> {
        calendar.add_minutes(from, self.hours() * 60, &[])
    }
}

/// The days on which a notice of progress is due while a petition is open: every 30 days after receipt (decree 제23조①②).
/// The day of receipt is not counted (민법 제157조); `number` is 1 for the first notice.
pub fn progress_notice(received: Date, number: u32) -> Date {
    received.saturating_add(i64::from(number.saturating_mul(30)).days())
}

/// The last day to object to a refusal: 60 days from the day on which the petitioner received it (the Act, 제35조①). The
/// first day is not counted (민법 제157조); a last day on a Saturday or holiday moves on (민법 제161조).
///
/// # Errors
/// [`CalendarError::YearUnknown`] outside the table of holidays.
pub fn objection_until(calendar: &WorkingCalendar, refused: Date) -> Result<Date, CalendarError> {
    calendar.working_day_from(refused.saturating_add(60.days()))
}

/// When an objection must be decided: 10 days, extended once by 10 more (the Act, 제35조②). Counted as periods of six
/// days and more are (제19조②): working days, the first counted.
///
/// # Errors
/// [`CalendarError::YearUnknown`] outside the table of holidays.
pub fn objection_decision(
    calendar: &WorkingCalendar,
    objected: DateTime,
    extended: bool,
) -> Result<DateTime, CalendarError> {
    let mut clock = crate::Clock::new(crate::Period::Days(10), "민원 처리에 관한 법률 제35조제2항", objected);
    clock.extensions = u8::from(extended);
    Ok(clock.reckon(calendar)?.due.unwrap_or(objected))
}
