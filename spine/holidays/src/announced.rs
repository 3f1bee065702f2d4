//! Holidays that the government announced after those that the program knows: one stream for the deployment.

use jiff::{SignedDuration, Timestamp, civil::Date};
use maru_calendar::{HolidayTable, seoul};
use maru_ledger::{Aggregate, NewJob};
use maru_web::ServiceError;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Servers read announced holidays every few seconds.
const SECOND_SWEEP: SignedDuration = SignedDuration::from_mins(1);
/// The longest name or reference, in characters.
const LONGEST: usize = 200;

/// An announced holiday (임시공휴일): 관공서의 공휴일에 관한 규정 제2조제11호.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "holiday-announced")]
pub struct HolidayAnnounced {
    /// The day.
    pub date: Date,
    /// Its Korean name.
    pub name_ko: String,
    /// Its English name.
    pub name_en: String,
    /// Where it was announced.
    pub reference: String,
    /// When it was entered here.
    pub entered_at: Timestamp,
    /// The jobs that reckon running clocks anew: one of each programme that has such clocks. Announcements from before there
    /// were several programmes name none; what they moved was moved then.
    #[serde(default)]
    pub clocks: Vec<String>,
}

/// Enter an announced holiday.
#[derive(Debug, Clone)]
pub struct AnnounceHoliday(pub HolidayAnnounced);

/// The announced holidays, in the order of their announcement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnnouncedHolidays {
    /// The holidays.
    pub days: Vec<HolidayAnnounced>,
}

/// Why an announced holiday is not entered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidayRefusal {
    /// The day was entered already.
    #[error("{date} was entered already")]
    Known {
        /// The day.
        date: Date,
    },
    /// A name or the reference is missing or too long.
    #[error(
        "an announced holiday needs a Korean and an English name and the announcement it rests on, at most {LONGEST} characters each"
    )]
    Incomplete,
    /// The day has passed.
    #[error("{date} has passed; a holiday is announced before it comes")]
    Past {
        /// The day.
        date: Date,
    },
}

impl From<HolidayRefusal> for ServiceError {
    fn from(refusal: HolidayRefusal) -> Self {
        let ko = match &refusal {
            HolidayRefusal::Known { date } => format!("{date}은(는) 이미 넣은 공휴일입니다."),
            HolidayRefusal::Incomplete => {
                format!("공휴일의 한국어·영어 이름과 근거가 있어야 하고, 각각 {LONGEST}자까지입니다.")
            }
            HolidayRefusal::Past { date } => format!("{date}은(는) 지난 날입니다."),
        };
        Self::field("date", ko, refusal.to_string())
    }
}

impl AnnouncedHolidays {
    /// The table of holidays with these in it.
    pub fn add_to(&self, table: &HolidayTable) -> HolidayTable {
        self.days.iter().fold(table.clone(), |table, day| {
            table.with_announced(day.date, &day.name_ko, &day.name_en, &day.reference)
        })
    }
}

impl Aggregate for AnnouncedHolidays {
    const KIND: &'static str = "holidays";
    type Command = AnnounceHoliday;
    type Event = HolidayAnnounced;
    type Refusal = HolidayRefusal;

    fn decide(
        &self,
        AnnounceHoliday(day): AnnounceHoliday,
        now: Timestamp,
    ) -> Result<Vec<HolidayAnnounced>, HolidayRefusal> {
        let complete = [&day.name_ko, &day.name_en, &day.reference]
            .iter()
            .all(|text| !text.trim().is_empty() && text.chars().count() <= LONGEST);
        if !complete {
            return Err(HolidayRefusal::Incomplete);
        }
        if self.days.iter().any(|known| known.date == day.date) {
            return Err(HolidayRefusal::Known { date: day.date });
        }
        if day.date < seoul(now).date() {
            return Err(HolidayRefusal::Past { date: day.date });
        }
        Ok(vec![day])
    }

    fn evolve(&mut self, event: &HolidayAnnounced) {
        self.days.push(event.clone());
    }

    /// All running clocks are reckoned anew at once, and again after every server has surely read the newer calendar.
    fn follow_up(&self, event: &HolidayAnnounced) -> Vec<NewJob> {
        let later = event.entered_at.checked_add(SECOND_SWEEP).unwrap_or(event.entered_at);
        let sweep = |kind: &String| NewJob::new(kind, json!({ "revision": self.days.len() }));
        event.clocks.iter().flat_map(|kind| [sweep(kind), sweep(kind).at(later)]).collect()
    }
}
