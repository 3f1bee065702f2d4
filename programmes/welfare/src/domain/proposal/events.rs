//! What can happen to a proposal.

use jiff::civil::Date;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use super::{
    application::{ExOfficio, ForWhom},
    state::{Award, Confirmation, Consent, Denial, Finding, NoticeSent, Official},
};
use crate::domain::month::Month;

/// What can happen to a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ProposalEvent {
    /// A benefit was found to be missed.
    BenefitFound {
        /// What.
        finding: Box<Finding>,
    },
    /// It is due with another amount.
    AmountChanged {
        /// How much.
        amount: i64,
        /// From which month.
        month: Month,
        /// The rules.
        rules: String,
        /// What made it necessary.
        origin: String,
    },
    /// It is no longer due, before it was awarded.
    ProposalWithdrawn {
        /// What made it so.
        origin: String,
    },
    /// Facts were asked for.
    FactsAsked {
        /// Which.
        facts: Vec<String>,
        /// Who.
        by: Official,
    },
    /// They were given.
    FactsGiven,
    /// An official confirmed it.
    ProposalConfirmed {
        /// Who, when, what was looked at.
        confirmation: Confirmation,
        /// The last day of the period to object.
        objection_until: Date,
    },
    /// The citizen was told.
    CitizenNotified {
        /// How and when.
        notice: NoticeSent,
    },
    /// The citizen wants it.
    CitizenConsented {
        /// When and how.
        consent: Consent,
    },
    /// The citizen does not want it.
    CitizenDeclined {
        /// Why, where they say.
        reason: String,
        /// When.
        on: Date,
        /// Who did it for the person, where somebody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_whom: Option<ForWhom>,
    },
    /// The citizen, or somebody for them, applied for it.
    BenefitApplied {
        /// When.
        on: Date,
        /// By when the decision is told.
        due: Date,
        /// Who did it for the person, where somebody did.
        for_whom: Option<ForWhom>,
    },
    /// The decision takes longer.
    ApplicationExtended {
        /// The new day.
        due: Date,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// An official applied without consent.
    AppliedExOfficio {
        /// Why, on what evidence, who.
        applied: ExOfficio,
    },
    /// The report of that was read.
    ExOfficioSeen {
        /// Who.
        by: Official,
    },
    /// It is given.
    BenefitAwarded {
        /// What.
        award: Award,
        /// The last day of the period to object.
        objection_until: Date,
    },
    /// It was refused.
    BenefitDenied {
        /// Why, on which article.
        denial: Denial,
        /// The last day of the period to object.
        objection_until: Date,
    },
    /// The citizen objects.
    ObjectionMade {
        /// In the citizen's words, sealed.
        words: Personal,
        /// When.
        on: Date,
        /// By when it must be decided.
        due: Date,
        /// Who did it for the person, where somebody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_whom: Option<ForWhom>,
    },
    /// The decision takes longer; the citizen is told here.
    ObjectionExtended {
        /// The new day.
        due: Date,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// That was decided.
    ObjectionDecided {
        /// Whether the citizen was right.
        upheld: bool,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// The citizen asks that a person looks at it.
    HumanReviewAsked {
        /// What is asked, sealed.
        words: Personal,
        /// When.
        on: Date,
        /// By when it must be answered.
        due: Date,
        /// Who did it for the person, where somebody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_whom: Option<ForWhom>,
    },
    /// More time was taken.
    HumanReviewExtended {
        /// The new day.
        due: Date,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// It was answered.
    HumanReviewAnswered {
        /// The answer.
        answer: String,
        /// Who.
        by: Official,
    },
    /// The payment of a month was put into a run.
    PaymentInstructed {
        /// The month.
        month: Month,
        /// The run.
        run: String,
        /// Which attempt, from 1.
        attempt: u32,
        /// How much.
        amount: i64,
        /// Where the money goes, sealed: the run's file is made of what stands here.
        pay_to: Personal,
    },
    /// The bank booked it.
    PaymentBooked {
        /// The month.
        month: Month,
        /// Which attempt.
        attempt: u32,
    },
    /// It came back.
    PaymentReturned {
        /// The month.
        month: Month,
        /// Which attempt.
        attempt: u32,
        /// Why.
        reason: String,
    },
    /// It was looked at again.
    AwardRenewed {
        /// The next day.
        review_on: Date,
        /// Who.
        by: Official,
    },
    /// It is to be looked at before its day comes.
    ReviewCalled {
        /// The day.
        review_on: Date,
        /// Why.
        because: String,
    },
    /// It ends.
    AwardEnded {
        /// The last month.
        until: Month,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
}
