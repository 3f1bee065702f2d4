//! A recommendation or opinion of the committee to an agency, and its duty to report an improvement and action plan within
//! three months (인공지능기본법 제8조③, 시행령 제7조).

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use maru_calendar::{Clock, Period, WorkingCalendar, seoul};
use maru_holidays::OfficialCalendar;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    bodies,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// The article that sets the period.
pub const ARTICLE: &str = "인공지능기본법 시행령 제7조제1항";
/// The period within which an agency reports.
pub const PERIOD: Period = Period::Months(3);
/// The job that reckons all running clocks anew after a holiday was announced.
pub const RECKON_JOB: &str = "plan.reckon-advice";

/// The state of a recommendation to an agency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// What was recommended; nothing before.
    pub given: Option<Given>,
    /// The day by whose end the agency reports.
    pub due: Option<Date>,
    /// An extension that was asked for and not decided.
    pub asked: Option<Asked>,
    /// How often the period was extended.
    pub extensions: u32,
    /// Until when the last extension was granted; nothing where the three months run.
    #[serde(default)]
    pub granted_until: Option<Date>,
    /// The day that an announced holiday moved; nothing where none did.
    #[serde(default)]
    pub moved_from: Option<Date>,
    /// The agency's plan.
    pub answer: Option<Answer>,
}

/// What was recommended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Given {
    /// To which body.
    pub body: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The meeting that decided it.
    pub meeting: String,
    /// The day on which the agency received it.
    #[schema(value_type = String, format = Date)]
    pub received: Date,
}

/// An extension that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Asked {
    /// Until when.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// The reason that cannot be avoided.
    pub reason: String,
}

/// The agency's improvement and action plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answer {
    /// What is improved in law and institutions.
    pub improvement: String,
    /// How it is put into practice.
    pub action: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Whether it came in time.
    pub in_time: bool,
}

/// What may be asked.
#[derive(Debug, Clone)]
pub enum AdviceOrder {
    /// Give it.
    Give(Given, Arc<OfficialCalendar>),
    /// Ask for more time.
    AskExtension(Asked, Actor),
    /// Decide on that.
    DecideExtension {
        /// Whether it is granted.
        granted: bool,
        /// The holidays that are known.
        calendar: Arc<OfficialCalendar>,
        /// Who.
        by: Actor,
    },
    /// Reckon the day anew: a holiday was announced.
    Reckon(Arc<OfficialCalendar>),
    /// Report the plan.
    Answer {
        /// What is improved.
        improvement: String,
        /// How it is put into practice.
        action: String,
        /// For whom.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AdviceEvent {
    /// It was given.
    AdviceGiven {
        /// What.
        given: Given,
        /// The day by whose end the agency reports.
        due: Date,
    },
    /// More time was asked for.
    ExtensionAsked {
        /// Until when and why.
        asked: Asked,
        /// Who.
        by: Actor,
    },
    /// The committee decided on that.
    ExtensionDecided {
        /// Whether it was granted.
        granted: bool,
        /// The day by whose end the agency reports now.
        due: Date,
        /// Who.
        by: Actor,
    },
    /// A holiday was announced on the last day, which moves it; the agency is told here.
    AdviceDueMoved {
        /// The day by whose end the agency was to report.
        before: Date,
        /// The day by whose end it reports now.
        due: Date,
    },
    /// The agency reported.
    AdviceAnswered {
        /// Its plan.
        answer: Answer,
        /// For whom.
        by: Actor,
    },
}

/// The last day of the three months that run from `received`: 민법 제157조, 제160조, 제161조 (the day of receipt is not
/// counted; an end on a Saturday or holiday moves on).
///
/// # Errors
/// [`Refusal::Calendar`] where the holidays of that year are not known.
pub fn due_day(received: Date, calendar: &WorkingCalendar) -> Result<Date, Refusal> {
    // The calendar of petitions counts the first day (민원처리법 제19조③); here it is not counted, so it runs from the next.
    let from = received.tomorrow().unwrap_or(received);
    let clock = Clock::new(PERIOD, ARTICLE, WorkingCalendar::closing(from));
    let reckoned = clock.reckon(calendar).map_err(|error| Refusal::Calendar { reason: error.to_string() })?;
    let due = reckoned.due.ok_or_else(|| Refusal::Calendar { reason: "no end".to_owned() })?;
    Ok(due.date())
}

fn working_day_from(day: Date, calendar: &WorkingCalendar) -> Result<Date, Refusal> {
    calendar.working_day_from(day).map_err(|error| Refusal::Calendar { reason: error.to_string() })
}

type Decision = Result<Vec<AdviceEvent>, Refusal>;

impl Advice {
    fn running(&self) -> Result<Date, Refusal> {
        let due = self.due.ok_or(Refusal::Unknown)?;
        if self.answer.is_some() { Err(Refusal::AnsweredAlready) } else { Ok(due) }
    }

    /// The day by whose end the agency reports, by these holidays: an extension too ends on a working day (민법 제161조).
    fn last_day(&self, calendar: &WorkingCalendar) -> Result<Date, Refusal> {
        let given = self.given.as_ref().ok_or(Refusal::Unknown)?;
        self.granted_until.map_or_else(|| due_day(given.received, calendar), |until| working_day_from(until, calendar))
    }

    fn reckon(&self, calendar: &OfficialCalendar) -> Decision {
        let before = self.running()?;
        let due = self.last_day(&calendar.working)?;
        if due == before { Ok(Vec::new()) } else { Ok(vec![AdviceEvent::AdviceDueMoved { before, due }]) }
    }

    fn give(&self, given: Given, calendar: &WorkingCalendar) -> Decision {
        if self.given.is_some() {
            return Err(Refusal::Exists);
        }
        if bodies::body(&given.body).is_none() {
            return Err(Refusal::UnknownBody { name: given.body });
        }
        check_words(&given.title, ("제목", "title"), 200)?;
        check_words(&given.text, ("권고 내용", "text"), LONGEST_NOTE * 4)?;
        check_words(&given.meeting, ("의결한 회의", "meeting that decided it"), 200)?;
        let due = due_day(given.received, calendar)?;
        Ok(vec![AdviceEvent::AdviceGiven { given, due }])
    }

    fn ask_extension(&self, asked: Asked, by: Actor, today: Date) -> Decision {
        let due = self.running()?;
        if today > due {
            return Err(Refusal::PeriodPassed { due });
        }
        if asked.until <= due {
            return Err(Refusal::NotLater { due });
        }
        check_words(&asked.reason, ("불가피한 사유", "reason"), LONGEST_NOTE)?;
        Ok(vec![AdviceEvent::ExtensionAsked { asked, by }])
    }

    fn decide_extension(&self, granted: bool, calendar: &WorkingCalendar, by: Actor) -> Decision {
        let due = self.running()?;
        let asked = self.asked.as_ref().ok_or(Refusal::NoExtensionAsked)?;
        let due = if granted { working_day_from(asked.until, calendar)? } else { due };
        Ok(vec![AdviceEvent::ExtensionDecided { granted, due, by }])
    }

    fn answer(&self, improvement: String, action: String, by: Actor, today: Date) -> Decision {
        let due = self.running()?;
        check_words(&improvement, ("개선방안", "improvement plan"), LONGEST_NOTE * 4)?;
        check_words(&action, ("실천방안", "action plan"), LONGEST_NOTE * 4)?;
        let answer = Answer { improvement, action, on: today, in_time: today <= due };
        Ok(vec![AdviceEvent::AdviceAnswered { answer, by }])
    }
}

impl Aggregate for Advice {
    const KIND: &'static str = "advice";
    type Command = AdviceOrder;
    type Event = AdviceEvent;
    type Refusal = Refusal;

    fn decide(&self, order: AdviceOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            AdviceOrder::Give(given, calendar) => self.give(given, &calendar.working),
            AdviceOrder::AskExtension(asked, by) => self.ask_extension(asked, by, today),
            AdviceOrder::DecideExtension { granted, calendar, by } => {
                self.decide_extension(granted, &calendar.working, by)
            }
            AdviceOrder::Reckon(calendar) => self.reckon(&calendar),
            AdviceOrder::Answer { improvement, action, by } => self.answer(improvement, action, by, today),
        }
    }

    fn evolve(&mut self, event: &AdviceEvent) {
        match event {
            AdviceEvent::AdviceGiven { given, due } => {
                self.given = Some(given.clone());
                self.due = Some(*due);
            }
            AdviceEvent::ExtensionAsked { asked, .. } => self.asked = Some(asked.clone()),
            AdviceEvent::ExtensionDecided { granted, due, .. } => {
                let asked = self.asked.take();
                if *granted {
                    self.granted_until = asked.map(|asked| asked.until);
                    self.moved_from = None;
                }
                self.due = Some(*due);
                self.extensions = self.extensions.saturating_add(u32::from(*granted));
            }
            AdviceEvent::AdviceDueMoved { before, due } => {
                self.moved_from = Some(*before);
                self.due = Some(*due);
            }
            AdviceEvent::AdviceAnswered { answer, .. } => self.answer = Some(answer.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn three_months_are_counted_as_the_civil_code_does() {
        let calendar = WorkingCalendar::korea().unwrap();
        for (received, due) in [
            (date(2026, 2, 25), date(2026, 5, 26)),  // 25 May is a substitute holiday
            (date(2026, 8, 30), date(2026, 11, 30)), // no 31 November
            (date(2026, 11, 30), date(2027, 3, 2)),  // 28 February is a Sunday, 1 March a holiday
            (date(2026, 11, 26), date(2027, 2, 26)),
        ] {
            assert_eq!(due_day(received, &calendar).unwrap(), due, "received on {received}");
        }
        assert!(matches!(due_day(date(2090, 1, 1), &calendar), Err(Refusal::Calendar { .. })));
    }
}
