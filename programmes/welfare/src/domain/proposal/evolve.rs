//! What events change beside the decision: applications, objections, reviews, payments.

use super::{
    application::Application,
    events::ProposalEvent,
    state::{HumanReview, Objection, Payment, PaymentState, Proposal},
};
use crate::domain::month::Month;

impl Proposal {
    /// Objections, reviews and payments: what happens beside and after the decision.
    pub(super) fn evolve_after(&mut self, event: &ProposalEvent) {
        match event {
            ProposalEvent::BenefitApplied { on, due, for_whom } => {
                let (due, for_whom, extended) = (*due, for_whom.clone(), String::new());
                self.application = Some(Application { on: *on, due, extended, for_whom });
            }
            ProposalEvent::ApplicationExtended { due, reason, .. } => {
                if let Some(application) = &mut self.application {
                    application.due = *due;
                    application.extended.clone_from(reason);
                }
            }
            ProposalEvent::AppliedExOfficio { applied } => self.ex_officio = Some(applied.clone()),
            ProposalEvent::ExOfficioSeen { by } => {
                if let Some(applied) = &mut self.ex_officio {
                    applied.seen_by = Some(by.clone());
                }
            }
            ProposalEvent::ObjectionMade { words, on, due, .. } => {
                let (words, extended, reason) = (words.clone(), String::new(), String::new());
                self.objection = Some(Objection { on: *on, due: *due, extended, words, upheld: None, reason });
            }
            ProposalEvent::ObjectionExtended { due, reason, .. } => {
                if let Some(objection) = &mut self.objection {
                    objection.due = *due;
                    objection.extended.clone_from(reason);
                }
            }
            ProposalEvent::ObjectionDecided { upheld, reason, .. } => {
                if let Some(objection) = &mut self.objection {
                    objection.upheld = Some(*upheld);
                    objection.reason.clone_from(reason);
                }
            }
            ProposalEvent::HumanReviewAsked { words, on, due, .. } => {
                let words = words.clone();
                self.review = Some(HumanReview { on: *on, due: *due, extended: 0, words, answer: None });
            }
            ProposalEvent::HumanReviewExtended { due, .. } => {
                if let Some(review) = &mut self.review {
                    review.due = *due;
                    review.extended = review.extended.saturating_add(1);
                }
            }
            ProposalEvent::HumanReviewAnswered { answer, .. } => {
                if let Some(review) = &mut self.review {
                    review.answer = Some(answer.clone());
                }
            }
            ProposalEvent::PaymentInstructed { month, run, attempt, amount, .. } => {
                let (run, reason) = (run.clone(), String::new());
                let payment =
                    Payment { run, attempt: *attempt, amount: *amount, state: PaymentState::Instructed, reason };
                self.payments.entry(*month).or_default().push(payment);
            }
            ProposalEvent::PaymentBooked { month, attempt } => self.mark(*month, *attempt, PaymentState::Booked, ""),
            ProposalEvent::PaymentReturned { month, attempt, reason } => {
                self.mark(*month, *attempt, PaymentState::Returned, reason);
            }
            _ => {}
        }
    }

    fn mark(&mut self, month: Month, attempt: u32, state: PaymentState, reason: &str) {
        let payments = self.payments.get_mut(&month);
        if let Some(payment) = payments.and_then(|all| all.iter_mut().find(|one| one.attempt == attempt)) {
            payment.state = state;
            reason.clone_into(&mut payment.reason);
        }
    }
}
