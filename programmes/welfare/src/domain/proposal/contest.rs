//! Objections, and reviews by a person: what a citizen sets against a decision, and who answers.

use jiff::civil::Date;
use maru_ledger::Personal;

use super::{
    application::ForWhom,
    decide::{Decision, award},
    events::ProposalEvent,
    state::{Basis, HumanReview, Objection, Official, Proposal, Status},
};
use crate::domain::refusals::{Refusal, check_words};

/// How often the answer to a request for a person's review may be put off (개인정보 보호법 시행령 제44조의3제5항).
const MOST_EXTENSIONS: u8 = 2;

impl Proposal {
    pub(super) fn object(
        &self,
        words: Personal,
        due: Date,
        for_whom: Option<ForWhom>,
        (last_day, today): (Option<Date>, Date),
    ) -> Decision {
        self.stands(&[Status::Denied, Status::Awarded, Status::Ended])?;
        if self.objection.as_ref().is_some_and(|one| one.upheld.is_none()) {
            return Err(Refusal::ObjectionOpen);
        }
        let told = self.objection_until.ok_or(Refusal::NotNow { status: self.status })?;
        let until = last_day.map_or(told, |day| day.max(told));
        if today > until {
            return Err(Refusal::PeriodPassed { due: until });
        }
        check_words(words.value_or(""), ("이의 내용", "objection"))?;
        Ok(vec![ProposalEvent::ObjectionMade { words, on: today, due, for_whom }])
    }

    fn open_objection(&self) -> Result<&Objection, Refusal> {
        self.objection.as_ref().filter(|one| one.upheld.is_none()).ok_or(Refusal::NoObjection)
    }

    /// Ten days more, where it cannot be avoided: once, and while the first ten run (사회보장급여법 제17조제2항 단서).
    pub(super) fn extend_objection(&self, due: Date, reason: String, by: Official, today: Date) -> Decision {
        let open = self.open_objection()?;
        if !open.extended.is_empty() {
            return Err(Refusal::ObjectionExtended);
        }
        if today > open.due {
            return Err(Refusal::PeriodPassed { due: open.due });
        }
        check_words(&reason, ("늦어지는 이유", "reason for the delay"))?;
        Ok(vec![ProposalEvent::ObjectionExtended { due, reason, by }])
    }

    pub(super) fn decide_objection(&self, upheld: bool, reason: String, by: Official, today: Date) -> Decision {
        let finding = self.found()?;
        let open = self.open_objection()?;
        check_words(&reason, ("결정 이유", "reason"))?;
        let decided_before =
            self.denial.as_ref().map(|denial| &denial.by).or(self.award.as_ref().map(|award| &award.by));
        if decided_before.is_some_and(|before| before.account == by.account) {
            return Err(Refusal::SamePerson);
        }
        let until = self.objection_until.unwrap_or(open.due);
        let mut events = vec![ProposalEvent::ObjectionDecided { upheld, reason, by: by.clone() }];
        if upheld && self.status == Status::Denied {
            let award = award(finding, Basis::Objection, (today, today), by);
            events.push(ProposalEvent::BenefitAwarded { award, objection_until: until });
        }
        Ok(events)
    }

    fn open_review(&self) -> Result<&HumanReview, Refusal> {
        self.review.as_ref().filter(|one| one.answer.is_none()).ok_or(Refusal::NoReview)
    }

    pub(super) fn ask_review(&self, words: Personal, due: Date, for_whom: Option<ForWhom>, today: Date) -> Decision {
        self.found()?;
        if self.open_review().is_ok() {
            return Err(Refusal::ReviewOpen);
        }
        check_words(words.value_or(""), ("묻고 싶은 것", "question"))?;
        Ok(vec![ProposalEvent::HumanReviewAsked { words, on: today, due, for_whom }])
    }

    pub(super) fn extend_review(&self, due: Date, reason: String, by: Official) -> Decision {
        let review = self.open_review()?;
        if review.extended >= MOST_EXTENSIONS {
            return Err(Refusal::NoMoreTime);
        }
        check_words(&reason, ("늦어지는 이유", "reason for the delay"))?;
        Ok(vec![ProposalEvent::HumanReviewExtended { due, reason, by }])
    }

    pub(super) fn answer_review(&self, answer: String, by: Official) -> Decision {
        self.open_review()?;
        if self.confirmation.as_ref().is_some_and(|confirmed| confirmed.by.account == by.account) {
            return Err(Refusal::SamePerson);
        }
        check_words(&answer, ("답", "answer"))?;
        Ok(vec![ProposalEvent::HumanReviewAnswered { answer, by }])
    }
}
