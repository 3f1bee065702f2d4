//! The calendar in use: the holidays that the program knows, and those announced since.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp, civil::Date};
use maru_calendar::{CalendarError, HolidayTable, WorkingCalendar};
use maru_ledger::{Actor, CommandContext, Executed, Ledger, StreamId};
use maru_web::ServiceError;

use crate::announced::{AnnounceHoliday, AnnouncedHolidays, HolidayAnnounced};

/// How old the known announcements may be: other servers take them in.
const READ_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// The working time of the civil service in one revision of its holidays.
#[derive(Debug, Clone)]
pub struct OfficialCalendar {
    /// Working days and hours.
    pub working: WorkingCalendar,
    /// How many holidays were announced after those that the program knows.
    pub revision: u64,
}

/// A holiday that the government announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The day.
    pub date: Date,
    /// Its Korean name.
    pub name_ko: String,
    /// Its English name.
    pub name_en: String,
    /// Where it was announced.
    pub reference: String,
}

/// The holidays of a deployment. Clone it freely.
#[derive(Clone)]
pub struct Holidays {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    base: HolidayTable,
    clocks: Vec<String>,
    /// With when it was read; nothing before the first time.
    current: RwLock<Option<(Arc<OfficialCalendar>, Timestamp)>>,
}

impl std::fmt::Debug for Holidays {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Holidays").field("clocks", &self.inner.clocks).finish_non_exhaustive()
    }
}

fn stream() -> Result<StreamId, ServiceError> {
    StreamId::new("holidays", "korea").map_err(|error| ServiceError::Internal(error.to_string()))
}

impl Holidays {
    /// The holidays over `ledger`. `clocks` are the kinds of the jobs that an announcement queues: each reckons the running
    /// clocks of a programme anew. Who only reads them names none.
    ///
    /// # Errors
    /// Where the holidays of this program cannot be read; a test reads them.
    pub fn new(ledger: Ledger, clocks: &[&str]) -> Result<Self, CalendarError> {
        let clocks = clocks.iter().map(|kind| (*kind).to_owned()).collect();
        let inner = Inner { ledger, base: HolidayTable::korea()?, clocks, current: RwLock::new(None) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The calendar, at most a few seconds old.
    ///
    /// # Errors
    /// Where the announced holidays cannot be read.
    pub async fn calendar(&self, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        match self.known() {
            Some((calendar, read_at)) if now.duration_since(read_at).abs() < READ_EVERY => Ok(calendar),
            _ => self.refresh(now).await,
        }
    }

    /// The calendar, read anew.
    ///
    /// # Errors
    /// As [`Self::calendar`].
    pub async fn refresh(&self, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        let days = self.announced().await?;
        let revision = days.len() as u64;
        let known = self.known().map(|(calendar, _)| calendar).filter(|calendar| calendar.revision == revision);
        let calendar = known.unwrap_or_else(|| {
            let working = WorkingCalendar::new(AnnouncedHolidays { days }.add_to(&self.inner.base));
            Arc::new(OfficialCalendar { working, revision })
        });
        *self.inner.current.write().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(&calendar), now));
        Ok(calendar)
    }

    fn known(&self) -> Option<(Arc<OfficialCalendar>, Timestamp)> {
        self.inner.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The holidays that were announced, in the order in which they were entered.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn announced(&self) -> Result<Vec<HolidayAnnounced>, ServiceError> {
        let state = self.inner.ledger.state::<AnnouncedHolidays>(&stream()?).await?;
        Ok(state.map(|(state, _)| state.days).unwrap_or_default())
    }

    /// Enters an announced holiday; jobs reckon running clocks anew. Who calls has seen that `actor` may.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for a day that is known or past, and for what is incomplete.
    pub async fn announce(&self, actor: Actor, announcement: Announcement, now: Timestamp) -> Result<(), ServiceError> {
        let Announcement { date, name_ko, name_en, reference } = announcement;
        let clocks = self.inner.clocks.clone();
        let day = HolidayAnnounced { date, name_ko, name_en, reference, entered_at: now, clocks };
        let context = CommandContext::new(actor, now);
        let executed: Executed<AnnouncedHolidays> =
            self.inner.ledger.execute::<AnnouncedHolidays>(&stream()?, AnnounceHoliday(day), context).await?;
        drop(executed);
        self.refresh(now).await.map(drop)
    }
}
