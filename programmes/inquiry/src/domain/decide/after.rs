//! What comes after the answer: objection, rating, erasure.

use jiff::Timestamp;
use maru_calendar::{instant, seoul, transfer::objection_decision};
use maru_holidays::OfficialCalendar;

use super::{Decision, LONGEST_NOTE, LONGEST_TEXT, check_official, check_statement};
use crate::domain::{
    events::Event,
    inquiry::{Inquiry, Objection},
    refusals::Refusal,
    values::{Deadline, NamedOfficial, State, Statement, day_of},
};

impl Inquiry {
    pub(super) fn object(&self, text: Statement, calendar: &OfficialCalendar, now: Timestamp) -> Decision {
        if self.state != State::Refused || self.objection.is_some() {
            return Err(self.wrong_state());
        }
        let until = self
            .object_until
            .ok_or(Refusal::WrongKind { article: "민원 처리에 관한 법률 제35조제1항" })?;
        check_statement(&text, ("이의신청 내용", "objection"), LONGEST_TEXT)?;
        if day_of(now) > until {
            return Err(Refusal::ObjectionTooLate { until });
        }
        let due = objection_decision(&calendar.working, seoul(now), false)?;
        Ok(vec![Event::Objected { text, deadline: Deadline::known(instant(due), calendar), at: now }])
    }

    fn open_objection(&self) -> Result<&Objection, Refusal> {
        let open = self.objection.as_ref().filter(|_| self.state == State::Objected);
        open.ok_or_else(|| self.wrong_state())
    }

    pub(super) fn extend_objection(
        &self,
        reason: Statement,
        by: NamedOfficial,
        calendar: &OfficialCalendar,
    ) -> Decision {
        let objection = self.open_objection()?;
        check_official(&by)?;
        check_statement(&reason, ("연장 사유", "reason"), LONGEST_NOTE)?;
        if objection.extended {
            return Err(Refusal::ObjectionExtended);
        }
        let due = objection_decision(&calendar.working, seoul(objection.filed_at), true)?;
        Ok(vec![Event::ObjectionExtended { reason, deadline: Deadline::known(instant(due), calendar), by }])
    }

    pub(super) fn decide_objection(
        &self,
        upheld: bool,
        text: Statement,
        by: NamedOfficial,
        now: Timestamp,
    ) -> Decision {
        let objection = self.open_objection()?;
        check_official(&by)?;
        check_statement(&text, ("결정 내용", "decision"), LONGEST_TEXT)?;
        let in_time = objection.deadline.due.is_none_or(|due| now <= due);
        Ok(vec![Event::ObjectionDecided { upheld, text, by, in_time }])
    }

    pub(super) fn rate(&self, stars: u8, comment: Option<Statement>) -> Decision {
        if !matches!(self.state, State::Answered | State::Refused) {
            return Err(self.wrong_state());
        }
        if self.stars.is_some() {
            return Err(Refusal::RatedAlready);
        }
        if !(1..=5).contains(&stars) {
            return Err(Refusal::Stars);
        }
        if let Some(comment) = &comment {
            check_statement(comment, ("의견", "comment"), LONGEST_NOTE)?;
        }
        Ok(vec![Event::Rated { stars, comment }])
    }

    pub(super) fn erase(&self) -> Decision {
        if self.erased {
            return Ok(Vec::new());
        }
        if self.state.is_open() {
            return Err(Refusal::StillOpen);
        }
        Ok(vec![Event::PersonErased])
    }
}
