//! The calendar in use: the holidays that the program knows, and those announced since.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use maru_calendar::{HolidayTable, WorkingCalendar};
use maru_ledger::{LedgerError, StreamId};

use super::ServiceError;
use crate::{
    domain::{AnnouncedHolidays, OfficialCalendar},
    store::Store,
};

/// How old the known announcements may be: other servers take them in.
const READ_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// The stream of announced holidays.
pub(super) fn holidays_stream() -> Result<StreamId, ServiceError> {
    StreamId::new("holidays", "korea").map_err(|error| ServiceError::Internal(error.to_string()))
}

/// Keeps the calendar in use.
pub(super) struct CalendarKeeper {
    base: HolidayTable,
    current: RwLock<(Arc<OfficialCalendar>, Timestamp)>,
}

impl CalendarKeeper {
    pub(super) async fn open(store: &Store, now: Timestamp) -> Result<Self, ServiceError> {
        let base = HolidayTable::korea().map_err(|error| ServiceError::Internal(error.to_string()))?;
        let calendar = Arc::new(read(&base, store).await?);
        Ok(Self { base, current: RwLock::new((calendar, now)) })
    }

    /// The calendar, read anew every few seconds.
    pub(super) async fn current(&self, store: &Store, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        let (calendar, read_at) = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        if now.duration_since(read_at).abs() < READ_EVERY {
            return Ok(calendar);
        }
        self.refresh(store, now).await
    }

    /// The calendar, read anew.
    pub(super) async fn refresh(&self, store: &Store, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        let known = self.current.read().unwrap_or_else(PoisonError::into_inner).0.clone();
        let announced = announced(store).await?;
        let calendar =
            if announced.days.len() as u64 == known.revision { known } else { Arc::new(with(&self.base, &announced)) };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = (Arc::clone(&calendar), now);
        Ok(calendar)
    }
}

async fn announced(store: &Store) -> Result<AnnouncedHolidays, ServiceError> {
    let state: Result<_, LedgerError> = store.ledger().state::<AnnouncedHolidays>(&holidays_stream()?).await;
    Ok(state?.map(|(state, _)| state).unwrap_or_default())
}

async fn read(base: &HolidayTable, store: &Store) -> Result<OfficialCalendar, ServiceError> {
    Ok(with(base, &announced(store).await?))
}

fn with(base: &HolidayTable, announced: &AnnouncedHolidays) -> OfficialCalendar {
    OfficialCalendar { working: WorkingCalendar::new(announced.add_to(base)), revision: announced.days.len() as u64 }
}
