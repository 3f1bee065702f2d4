//! What happens on an order, and what it changes.

use jiff::{Timestamp, ToSpan, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;

use super::{
    events::ProposalEvent,
    orders::{Order, Reassessed},
    state::{
        Award, Basis, Confirmation, Consent, Denial, Finding, NoticeSent, Official, PaymentState, Proposal, Status,
    },
};
use crate::domain::{
    benefit::benefit,
    month::Month,
    refusals::{Refusal, check_words},
};

pub(super) type Decision = Result<Vec<ProposalEvent>, Refusal>;

/// Months after which an award is looked at again (확인조사, 사회보장급여법 제19조: at least once a year here).
const REVIEW_AFTER_MONTHS: i64 = 12;
/// Most facts that are asked for at once.
const MOST_FACTS: usize = 30;

impl Proposal {
    pub(super) fn found(&self) -> Result<&Finding, Refusal> {
        self.finding.as_ref().ok_or(Refusal::Unknown)
    }

    pub(super) fn stands(&self, wanted: &[Status]) -> Result<&Finding, Refusal> {
        let finding = self.found()?;
        if wanted.contains(&self.status) { Ok(finding) } else { Err(Refusal::NotNow { status: self.status }) }
    }

    fn find(&self, finding: Box<Finding>) -> Decision {
        benefit(&finding.benefit).ok_or_else(|| Refusal::UnknownBenefit { id: finding.benefit.clone() })?;
        if finding.amount < 0 {
            return Err(Refusal::Amount);
        }
        // Found again after it was closed: a new month, a new chance. While it is open, nothing is found twice.
        let again = matches!(self.status, Status::Declined | Status::Denied | Status::Withdrawn | Status::Ended);
        let later = self.finding.as_ref().is_none_or(|known| again && finding.month > known.month);
        if later { Ok(vec![ProposalEvent::BenefitFound { finding }]) } else { Ok(Vec::new()) }
    }

    fn reassess(&self, now: Reassessed) -> Decision {
        let finding = self.found()?;
        let Reassessed { amount, month, rules, origin } = now;
        match self.status {
            Status::Found | Status::Asked | Status::Confirmed if amount == 0 => {
                Ok(vec![ProposalEvent::ProposalWithdrawn { origin }])
            }
            Status::Found | Status::Asked | Status::Confirmed if amount != finding.amount => {
                Ok(vec![ProposalEvent::AmountChanged { amount, month, rules, origin }])
            }
            Status::Awarded => {
                let current = self.award.as_ref().and_then(|award| award.amounts.last()).map_or(0, |(_, won)| *won);
                if current == amount {
                    return Ok(Vec::new());
                }
                Ok(vec![ProposalEvent::AmountChanged { amount, month, rules, origin }])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn confirm(&self, order: Order, today: Date) -> Decision {
        let Order::Confirm { note, grounds, batch, means, received_from, automatic, objection_until, by } = order
        else {
            return Ok(Vec::new());
        };
        let finding = self.stands(&[Status::Found])?;
        check_duplicate(received_from)?;
        check_words(&note, ("확인한 내용", "what was looked at"))?;
        let confirmation = Confirmation { by: by.clone(), on: today, note, grounds, batch };
        let mut events = vec![
            ProposalEvent::ProposalConfirmed { confirmation, objection_until },
            ProposalEvent::CitizenNotified { notice: NoticeSent { means, on: today } },
        ];
        let basis = match (automatic, &self.application) {
            // Applied for before it was confirmed: the decision is the award, from the month of the application on.
            (_, Some(application)) => Some((Basis::Application, application.on)),
            (Some(automatic), None) => Some((Basis::Statute { article: automatic.article }, today)),
            (None, None) => None,
        };
        if let Some((basis, applied)) = basis {
            let award = award(finding, basis, (applied, today), by);
            events.push(ProposalEvent::BenefitAwarded { award, objection_until });
        }
        Ok(events)
    }

    fn consent(&self, order: Order, today: Date) -> Decision {
        let Order::Consent { means, taken_by, for_whom, received_from, objection_until } = order else {
            return Ok(Vec::new());
        };
        let finding = self.stands(&[Status::Confirmed])?;
        check_duplicate(received_from)?;
        let confirmation = self.confirmation.as_ref().ok_or(Refusal::NotNow { status: self.status })?;
        let award = award(finding, Basis::Consent, (today, today), confirmation.by.clone());
        let consent = Consent { on: today, means, taken_by, for_whom };
        Ok(vec![ProposalEvent::CitizenConsented { consent }, ProposalEvent::BenefitAwarded { award, objection_until }])
    }

    fn instruct(&self, month: Month, run: String, pay_to: maru_ledger::Personal) -> Decision {
        self.stands(&[Status::Awarded, Status::Ended])?;
        let attempts = self.payments.get(&month).map_or(&[][..], Vec::as_slice);
        // The same run again is the same instruction: a run that broke off is done again from its beginning.
        let standing = attempts.last().filter(|payment| payment.state != PaymentState::Returned);
        match standing {
            Some(payment) if payment.run == run => return Ok(Vec::new()),
            Some(payment) => return Err(Refusal::PaidAlready { month, run: payment.run.clone() }),
            None => {}
        }
        let amount = self.payable(month);
        if amount <= 0 {
            return Err(Refusal::NothingDue { month });
        }
        let attempt = u32::try_from(attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        Ok(vec![ProposalEvent::PaymentInstructed { month, run, attempt, amount, pay_to }])
    }

    fn book(&self, month: Month, attempt: u32, returned: Option<String>) -> Decision {
        let payments = self.payments.get(&month).ok_or(Refusal::NothingDue { month })?;
        let payment = payments.iter().find(|one| one.attempt == attempt).ok_or(Refusal::NothingDue { month })?;
        match (payment.state, returned) {
            (PaymentState::Instructed, None) => Ok(vec![ProposalEvent::PaymentBooked { month, attempt }]),
            // Money that was booked may still come back some days later.
            (PaymentState::Instructed | PaymentState::Booked, Some(reason)) => {
                Ok(vec![ProposalEvent::PaymentReturned { month, attempt, reason }])
            }
            // A bank's document is read as often as it arrives.
            (PaymentState::Booked, None) | (PaymentState::Returned, _) => Ok(Vec::new()),
        }
    }
}

/// The same benefit is not given twice (사회보장급여법 제9조제1항).
pub(super) fn check_duplicate(received_from: Option<String>) -> Result<(), Refusal> {
    received_from.map_or(Ok(()), |agency| Err(Refusal::Duplicate { agency }))
}

/// Given from the month of the application on: consent counts as application on its day.
pub(super) fn award(finding: &Finding, basis: Basis, (applied, today): (Date, Date), by: Official) -> Award {
    let from = Month::of(applied);
    Award {
        from,
        until: None,
        amounts: vec![(from, finding.amount)],
        basis,
        on: today,
        by,
        review_on: today.saturating_add(REVIEW_AFTER_MONTHS.months()),
    }
}

impl Aggregate for Proposal {
    const KIND: &'static str = "proposal";
    type Command = Order;
    type Event = ProposalEvent;
    type Refusal = Refusal;

    fn decide(&self, order: Order, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            Order::Find { finding } => self.find(finding),
            Order::Reassess { now } => self.reassess(*now),
            Order::Ask { facts, by } => {
                self.stands(&[Status::Found, Status::Asked])?;
                if facts.is_empty() || facts.len() > MOST_FACTS {
                    return Err(Refusal::Empty { ko: "물어볼 사실", en: "facts to ask for" });
                }
                Ok(vec![ProposalEvent::FactsAsked { facts, by }])
            }
            Order::Answer => {
                self.stands(&[Status::Asked])?;
                Ok(vec![ProposalEvent::FactsGiven])
            }
            order @ Order::Confirm { .. } => self.confirm(order, today),
            Order::Notify { means } => {
                self.stands(&[Status::Confirmed, Status::Awarded])?;
                Ok(vec![ProposalEvent::CitizenNotified { notice: NoticeSent { means, on: today } }])
            }
            order @ Order::Consent { .. } => self.consent(order, today),
            Order::Decline { reason, for_whom } => {
                self.stands(&[Status::Found, Status::Asked, Status::Confirmed])?;
                let reason = reason.chars().take(2_000).collect();
                Ok(vec![ProposalEvent::CitizenDeclined { reason, on: today, for_whom }])
            }
            Order::Deny { reason, article, objection_until, by } => {
                self.stands(&[Status::Found, Status::Asked])?;
                check_words(&reason, ("이유", "reason"))?;
                check_words(&article, ("근거 조문", "article"))?;
                let denial = Denial { reason, article, by, on: today };
                Ok(vec![ProposalEvent::BenefitDenied { denial, objection_until }])
            }
            Order::Apply { due, for_whom } => self.apply(due, for_whom, today),
            Order::ExtendApplication { due, reason, by } => self.extend_application(due, reason, by),
            order @ Order::ApplyExOfficio { .. } => self.apply_ex_officio(order, today),
            Order::SeeExOfficio { by } => self.see_ex_officio(by),
            Order::Object { words, due, for_whom, last_day } => self.object(words, due, for_whom, (last_day, today)),
            Order::ExtendObjection { due, reason, by } => self.extend_objection(due, reason, by, today),
            Order::DecideObjection { upheld, reason, by } => self.decide_objection(upheld, reason, by, today),
            Order::AskReview { words, due, for_whom } => self.ask_review(words, due, for_whom, today),
            Order::ExtendReview { due, reason, by } => self.extend_review(due, reason, by),
            Order::AnswerReview { answer, by } => self.answer_review(answer, by),
            Order::Instruct { month, run, pay_to } => self.instruct(month, run, pay_to),
            Order::Book { month, attempt, returned } => self.book(month, attempt, returned),
            Order::Renew { review_on, by } => {
                self.stands(&[Status::Awarded])?;
                Ok(vec![ProposalEvent::AwardRenewed { review_on, by }])
            }
            Order::CallReview { because } => {
                self.stands(&[Status::Awarded])?;
                let is_called = self.review_because == because;
                let called = ProposalEvent::ReviewCalled { review_on: today, because };
                Ok(if is_called { Vec::new() } else { vec![called] })
            }
            Order::End { until, reason, by } => {
                self.stands(&[Status::Awarded])?;
                check_words(&reason, ("이유", "reason"))?;
                Ok(vec![ProposalEvent::AwardEnded { until, reason, by }])
            }
        }
    }

    fn evolve(&mut self, event: &ProposalEvent) {
        match event {
            ProposalEvent::BenefitFound { finding } => {
                // Payments stay: what was paid for a month is paid, whatever is found later.
                let payments = std::mem::take(&mut self.payments);
                *self = Self { finding: Some((**finding).clone()), payments, ..Self::default() };
            }
            ProposalEvent::AmountChanged { amount, month, rules, .. } => {
                if let Some(finding) = &mut self.finding {
                    finding.amount = *amount;
                    finding.month = *month;
                    finding.rules.clone_from(rules);
                }
                if let Some(award) = &mut self.award {
                    award.amounts.push((*month, *amount));
                }
                // What was confirmed is another amount now: an official looks again.
                if self.status == Status::Confirmed {
                    self.status = Status::Found;
                }
            }
            ProposalEvent::ProposalWithdrawn { origin } => self.close(Status::Withdrawn, origin),
            ProposalEvent::FactsAsked { facts, .. } => {
                self.status = Status::Asked;
                self.asked.clone_from(facts);
            }
            ProposalEvent::FactsGiven => {
                self.status = Status::Found;
                self.asked.clear();
            }
            ProposalEvent::ProposalConfirmed { confirmation, objection_until } => {
                self.status = Status::Confirmed;
                self.confirmation = Some(confirmation.clone());
                self.objection_until = Some(*objection_until);
            }
            ProposalEvent::CitizenNotified { notice } => self.notices.push(notice.clone()),
            ProposalEvent::CitizenConsented { consent } => self.consent = Some(consent.clone()),
            ProposalEvent::CitizenDeclined { reason, .. } => self.close(Status::Declined, reason),
            ProposalEvent::BenefitAwarded { award, objection_until } => {
                self.status = Status::Awarded;
                self.award = Some(award.clone());
                self.objection_until = Some(*objection_until);
            }
            ProposalEvent::BenefitDenied { denial, objection_until } => {
                self.status = Status::Denied;
                self.denial = Some(denial.clone());
                self.objection_until = Some(*objection_until);
            }
            ProposalEvent::AwardRenewed { review_on, .. } => {
                self.look_again_on(*review_on, "");
            }
            ProposalEvent::ReviewCalled { review_on, because } => self.look_again_on(*review_on, because),
            ProposalEvent::AwardEnded { until, reason, .. } => {
                if let Some(award) = &mut self.award {
                    award.until = Some(*until);
                }
                self.close(Status::Ended, reason);
            }
            other => self.evolve_after(other),
        }
    }
}

impl Proposal {
    fn look_again_on(&mut self, day: Date, because: &str) {
        because.clone_into(&mut self.review_because);
        if let Some(award) = &mut self.award {
            award.review_on = day;
        }
    }

    fn close(&mut self, status: Status, because: &str) {
        self.status = status;
        because.clone_into(&mut self.closed_because);
    }
}
