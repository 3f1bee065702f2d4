//! How a case ends: answer, refusal, return, withdrawal, closing.

use jiff::Timestamp;
use maru_calendar::transfer::objection_until;
use maru_holidays::OfficialCalendar;

use super::{Decision, LONGEST_ANSWER, LONGEST_NOTE, check_official, check_statement};
use crate::domain::{
    commands::Approve,
    events::{Approval, Event, Outcome},
    identifiers::Receipt,
    inquiry::Inquiry,
    refusals::Refusal,
    values::{Kind, NamedOfficial, State, Statement, day_of},
};

impl Inquiry {
    /// An official approves; it is served by a job after the grace, or in the same breath where there is none.
    pub(super) fn approve(&self, approve: Approve, now: Timestamp) -> Decision {
        self.must_be_open()?;
        check_official(&approve.by)?;
        check_statement(&approve.text, ("답변", "answer"), LONGEST_ANSWER)?;
        if let Outcome::Refusal { reason, article, remedy } = &approve.outcome {
            let stated = [reason.words(), article, remedy];
            if stated.iter().any(|text| text.trim().is_empty()) {
                return Err(Refusal::NoRemedy);
            }
            check_statement(reason, ("거부 이유", "reason"), LONGEST_NOTE)?;
        }
        let serve_at = now.checked_add(approve.grace).unwrap_or(now);
        let Approve { outcome, text, sources, by, .. } = approve;
        let drafted_by_machine = self.draft.is_some();
        let approval = Approval { outcome, text, sources, by, drafted_by_machine, serve_at };
        Ok(vec![Event::Approved { approval: Box::new(approval) }])
    }

    pub(super) fn undo_approval(&self, official: String) -> Decision {
        let Some(approval) = self.approval.as_ref().filter(|_| self.state == State::Approved) else {
            return Err(if self.served { Refusal::ServedAlready } else { self.wrong_state() });
        };
        if approval.by.account != official {
            return Err(Refusal::NotTheApprover);
        }
        let waits = self.completion.as_ref().is_some_and(|completion| completion.open);
        let state = if waits { State::CompletionRequested } else { self.working_state() };
        Ok(vec![Event::ApprovalUndone { official, state }])
    }

    /// The job may come early (the approval was taken back and given again) or twice: then nothing happens.
    pub(super) fn serve(&self, calendar: &OfficialCalendar, now: Timestamp) -> Decision {
        let Some(approval) = self.approval.as_ref().filter(|_| self.state == State::Approved) else {
            return Ok(Vec::new());
        };
        if now < approval.serve_at {
            return Ok(Vec::new());
        }
        let in_time = self.in_time(now);
        if approval.outcome == Outcome::Answer {
            return Ok(vec![Event::Answered { in_time }]);
        }
        let object_until =
            if self.allows_objection() { Some(objection_until(&calendar.working, day_of(now))?) } else { None };
        Ok(vec![Event::Refused { in_time, object_until }])
    }

    pub(super) fn withdraw(&self, reason: Option<Statement>) -> Decision {
        if !self.state.is_open() {
            return Err(self.wrong_state());
        }
        if let Some(reason) = &reason {
            check_statement(reason, ("취하 사유", "reason"), LONGEST_NOTE)?;
        }
        Ok(vec![Event::Withdrawn { reason }])
    }

    pub(super) fn send_back(&self, reason: Statement, by: NamedOfficial) -> Decision {
        self.must_be_running()?;
        check_official(&by)?;
        check_statement(&reason, ("반려 사유", "reason"), LONGEST_NOTE)?;
        if !self.completion.as_ref().is_some_and(|completion| completion.lapsed) {
            return Err(Refusal::ReturnTooEarly);
        }
        Ok(vec![Event::Returned { reason, by }])
    }

    pub(super) fn close_as_repeated(&self, earlier: Vec<Receipt>, reason: Statement, by: NamedOfficial) -> Decision {
        self.must_be_open()?;
        check_official(&by)?;
        check_statement(&reason, ("종결 사유", "reason"), LONGEST_NOTE)?;
        if self.kind == Some(Kind::Application) {
            return Err(Refusal::WrongKind { article: "민원 처리에 관한 법률 제23조제1항" });
        }
        let mut earlier: Vec<Receipt> = earlier.into_iter().filter(|receipt| Some(receipt) != self.receipt()).collect();
        earlier.sort();
        earlier.dedup();
        if earlier.len() < 2 {
            return Err(Refusal::NotRepeated);
        }
        Ok(vec![Event::Closed { earlier, reason, by }])
    }
}
