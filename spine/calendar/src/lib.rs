//! Working time and statutory periods of the Korean civil service.
//!
//! Pure: no clock, no files, no network. Holidays are data by year and by legal date ([`holidays`]); working time is
//! 09:00–12:00 and 13:00–18:00 from Monday to Friday ([`working_time`]); periods are counted as the Civil Petitions
//! Treatment Act (민원 처리에 관한 법률, «the Act» below) says, article by article ([`period`], [`reckoning`]).
//!
//! All civil times are Korean Standard Time (UTC+9, no summer time); [`seoul`] and [`instant`] convert.

pub mod explain;
pub mod holidays;
pub mod kind;
pub mod period;
pub mod reckoning;
pub mod transfer;
pub mod working_time;

use jiff::{Timestamp, civil::DateTime, tz::Offset};

pub use explain::{citizen_sentence, date_en, date_ko};
pub use holidays::{Certainty, Holiday, HolidayTable};
pub use kind::PetitionKind;
pub use period::Period;
pub use reckoning::{
    Clock, Exclusion, ExclusionReason, ExtensionGround, ExtensionRefusal, Reckoning, Remaining, Step, extend,
};
pub use transfer::ShortPeriod;
pub use working_time::WorkingCalendar;

/// Why something could not be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The holidays of that year are not known.
    #[error(
        "the holidays of {year} are not in the table ({first}–{last}); add the year to spine/calendar/data before counting into it"
    )]
    YearUnknown {
        /// The year asked for.
        year: i16,
        /// First year of the table.
        first: i16,
        /// Last year of the table.
        last: i16,
    },
    /// An interval that ends before it begins.
    #[error("the interval {from} – {until} ends before it begins; give the earlier time first")]
    Backwards {
        /// Its beginning.
        from: DateTime,
        /// Its end.
        until: DateTime,
    },
    /// A line of a data file that cannot be read.
    #[error("line {line} of {file} cannot be read: {reason}")]
    Data {
        /// The file.
        file: &'static str,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// Korean Standard Time: nine hours ahead of UTC; summer time ended in 1988.
pub fn korean_offset() -> Offset {
    Offset::constant(9)
}

/// The civil time in Korea of an instant.
pub fn seoul(instant: Timestamp) -> DateTime {
    korean_offset().to_datetime(instant)
}

/// The instant of a civil time in Korea; the far ends of the calendar are clamped.
pub fn instant(civil: DateTime) -> Timestamp {
    korean_offset().to_timestamp(civil).unwrap_or(Timestamp::MAX)
}
