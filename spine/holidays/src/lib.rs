//! The holidays of a deployment: those that the law sets, which the program knows, and those that the government announced
//! since (임시공휴일), which an administrator enters once for all programmes.
//!
//! | room | holds |
//! |---|---|
//! | `announced` | the stream of announced holidays: what may be entered, what follows |
//! | `calendar` | [`Holidays`]: the calendar in use, read anew every few seconds |
//!
//! Each programme whose clocks stop on holidays names a job that reckons them anew; an announcement queues all of them in its own
//! transaction. So the programmes need not know of each other, and none is forgotten.

mod announced;
mod calendar;

pub use announced::{AnnounceHoliday, AnnouncedHolidays, HolidayAnnounced, HolidayRefusal};
pub use calendar::{Announcement, Holidays, OfficialCalendar};
