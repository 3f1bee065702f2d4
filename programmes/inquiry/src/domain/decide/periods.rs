//! Clocks: completion, extension, time that does not count, notices, announced holidays.

use jiff::{SignedDuration, Timestamp, civil::Time};
use maru_calendar::{ExclusionReason, ExtensionRefusal, instant, seoul};
use maru_holidays::OfficialCalendar;

use super::{Decision, LONGEST_NOTE, LONGEST_TEXT, check_official, check_statement};
use crate::domain::{
    events::Event,
    inquiry::{Completion, Inquiry},
    refusals::Refusal,
    values::{Deadline, GivenGround, Kind, NamedOfficial, State, Statement, day_of},
};

const COMPLETION_ARTICLE: &str = "민원 처리에 관한 법률 시행령 제24조";
/// The longest time that is given at once: the decree says «reasonable»; three months is what agencies give at most.
const LONGEST_COMPLETION: u16 = 90;
/// The second request gives at most ten days: decree 제24조③.
const SECOND_COMPLETION: u16 = 10;

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Inquiry {
    pub(super) fn request_completion(
        &self,
        what: Statement,
        days: u16,
        by: NamedOfficial,
        calendar: &OfficialCalendar,
        now: Timestamp,
    ) -> Decision {
        self.must_be_running()?;
        check_official(&by)?;
        check_statement(&what, ("보완할 내용", "what is missing"), LONGEST_NOTE)?;
        let before = self.completion.as_ref().map_or(0, |completion| completion.number);
        let (number, most) = match before {
            0 => (1, LONGEST_COMPLETION),
            1 => (2, SECOND_COMPLETION),
            _ => return Err(Refusal::CompletionsExhausted),
        };
        if days == 0 || days > most {
            return Err(Refusal::Days { least: 1, most, article: COMPLETION_ARTICLE });
        }
        let until = day_of(now).saturating_add(DAY * i32::from(days));
        let deadline = Deadline { due: None, warn_at: None, calendar: calendar.revision };
        Ok(vec![Event::CompletionRequested { what, until, number, by, deadline, at: now }])
    }

    fn open_completion(&self) -> Result<&Completion, Refusal> {
        self.completion.as_ref().filter(|completion| completion.open).ok_or(Refusal::NoCompletion)
    }

    pub(super) fn prolong_completion(&self, days: u16) -> Decision {
        let completion = self.open_completion()?;
        if self.state != State::CompletionRequested {
            return Err(self.wrong_state());
        }
        if completion.prolonged >= 2 {
            return Err(Refusal::ProlongationsExhausted);
        }
        if days == 0 || days > LONGEST_COMPLETION {
            return Err(Refusal::Days { least: 1, most: LONGEST_COMPLETION, article: COMPLETION_ARTICLE });
        }
        Ok(vec![Event::CompletionProlonged { until: completion.until.saturating_add(DAY * i32::from(days)) }])
    }

    pub(super) fn supply_completion(&self, text: Statement, calendar: &OfficialCalendar, now: Timestamp) -> Decision {
        self.open_completion()?;
        if self.state != State::CompletionRequested {
            return Err(self.wrong_state());
        }
        check_statement(&text, ("보완 내용", "what you send"), LONGEST_TEXT)?;
        let deadline = self.deadline_after_restart(calendar, now)?;
        Ok(vec![Event::CompletionSupplied { text, deadline, state: self.working_state(), at: now }])
    }

    /// The job may come early or twice: then nothing happens.
    pub(super) fn lapse_completion(&self, calendar: &OfficialCalendar, now: Timestamp) -> Decision {
        let Ok(completion) = self.open_completion() else { return Ok(Vec::new()) };
        if self.state != State::CompletionRequested || day_of(now) <= completion.until {
            return Ok(Vec::new());
        }
        // The clock stood still until the end of the last day, however late this is noted.
        let end = instant(completion.until.saturating_add(DAY).to_datetime(Time::midnight()));
        let at = end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(end);
        let deadline = self.deadline_after_restart(calendar, at)?;
        Ok(vec![Event::CompletionLapsed { deadline, state: self.working_state(), at }])
    }

    fn deadline_after_restart(&self, calendar: &OfficialCalendar, at: Timestamp) -> Result<Deadline, Refusal> {
        let clock = self.restarted_clock(at).ok_or(Refusal::Unknown)?;
        Ok(Deadline::reckoned(&clock, calendar)?)
    }

    pub(super) fn extend(
        &self,
        (ground, reason, consent): (GivenGround, Statement, bool),
        by: NamedOfficial,
        calendar: &OfficialCalendar,
        now: Timestamp,
    ) -> Decision {
        self.must_be_open()?;
        check_official(&by)?;
        let ground = ground.lawful().ok_or(Refusal::UnlawfulGround)?;
        check_statement(&reason, ("연장 사유", "reason"), LONGEST_NOTE)?;
        let due = self.deadline.due.ok_or(Refusal::ClockStopped)?;
        let mut clock = self.clock.clone().ok_or(Refusal::Unknown)?;
        let number = maru_calendar::extend(clock.extensions, consent).map_err(|refusal| match refusal {
            ExtensionRefusal::ConsentMissing => Refusal::ConsentMissing,
            ExtensionRefusal::Exhausted => Refusal::ExtensionsExhausted,
        })?;
        if now > due {
            return Err(Refusal::PeriodPassed);
        }
        clock.extensions = number;
        let deadline = Deadline::reckoned(&clock, calendar)?;
        Ok(vec![Event::Extended { ground, reason, number, consent, by, deadline }])
    }

    pub(super) fn exclude_time(
        &self,
        reason: ExclusionReason,
        (from, until): (Timestamp, Timestamp),
        calendar: &OfficialCalendar,
        now: Timestamp,
    ) -> Decision {
        self.must_be_running()?;
        let mut clock = self.clock.clone().ok_or(Refusal::Unknown)?;
        let received = instant(clock.received);
        if reason == ExclusionReason::Completion || from >= until || until > now || from < received {
            return Err(Refusal::WrongInterval);
        }
        if reason == ExclusionReason::FieldSurvey {
            self.check_survey(until.duration_since(from))?;
        }
        let exclusion = maru_calendar::Exclusion { reason, from: seoul(from), until: Some(seoul(until)) };
        clock.exclusions.push(exclusion);
        let deadline = Deadline::reckoned(&clock, calendar)?;
        Ok(vec![Event::TimeExcluded { reason, from, until, deadline }])
    }

    /// Decree 제17조④⑤: grievances alone, fourteen days, and once seven more.
    fn check_survey(&self, length: SignedDuration) -> Result<(), Refusal> {
        if self.kind != Some(Kind::Grievance) {
            return Err(Refusal::WrongKind { article: ExclusionReason::FieldSurvey.article() });
        }
        let before = self.clock.iter().flat_map(|clock| &clock.exclusions);
        let surveys = before.filter(|exclusion| exclusion.reason == ExclusionReason::FieldSurvey).count();
        let most = match surveys {
            0 => 14,
            1 => 7,
            _ => 0,
        };
        if length > DAY * most { Err(Refusal::SurveyTooLong) } else { Ok(()) }
    }

    /// The case takes note of the newer calendar even where its due time stays, so that it is not looked at again.
    pub(super) fn reckon_anew(&self, calendar: &OfficialCalendar) -> Decision {
        let running = self.running_deadline();
        if !self.state.is_open() || running.due.is_none() || running.calendar >= calendar.revision {
            return Ok(Vec::new());
        }
        let deadline = match &self.objection {
            Some(objection) if objection.upheld.is_none() => {
                let filed = seoul(objection.filed_at);
                let due = maru_calendar::transfer::objection_decision(&calendar.working, filed, objection.extended)?;
                Deadline::known(instant(due), calendar)
            }
            _ => Deadline::reckoned(self.clock.as_ref().ok_or(Refusal::Unknown)?, calendar)?,
        };
        Ok(vec![Event::DeadlineMoved { before: running.due, deadline }])
    }

    /// A notice every thirty days while the case is open; the job may come twice.
    pub(super) fn notice_progress(&self, number: u32, now: Timestamp) -> Decision {
        let received = self.received_on().ok_or(Refusal::Unknown)?;
        let early = day_of(now) < maru_calendar::transfer::progress_notice(received, number);
        if !self.state.is_open() || number != self.notices.saturating_add(1) || early {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ProgressNoticed { number }])
    }

    /// The job may come early, since the due time moved, or too late: then nothing happens.
    pub(super) fn warn_due_soon(&self, now: Timestamp) -> Vec<Event> {
        let due = self.running_deadline();
        let early = due.warn_at.is_none_or(|warn_at| now < warn_at);
        if !self.state.is_open() || self.state == State::Approved || early {
            return Vec::new();
        }
        vec![Event::DueSoonWarned]
    }
}
