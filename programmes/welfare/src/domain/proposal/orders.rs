//! What may be asked of a proposal.

use jiff::civil::Date;
use maru_ledger::Personal;

use super::{
    application::{ForWhom, Incapacity},
    state::{Finding, Means, Official},
};
use crate::domain::{month::Month, switch::Automatic};

/// What the rules say now.
#[derive(Debug, Clone, PartialEq)]
pub struct Reassessed {
    /// How much is due; nothing where it is not due.
    pub amount: i64,
    /// For which month.
    pub month: Month,
    /// The rules.
    pub rules: String,
    /// What made it necessary.
    pub origin: String,
}

/// What may be asked of a proposal. Days that depend on the calendar are reckoned by who asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// It was found.
    Find {
        /// What.
        finding: Box<Finding>,
    },
    /// The facts changed.
    Reassess {
        /// What the rules say now.
        now: Box<Reassessed>,
    },
    /// Ask for facts that no register holds.
    Ask {
        /// Which.
        facts: Vec<String>,
        /// Who.
        by: Official,
    },
    /// The facts were given; the household's record holds them.
    Answer,
    /// Confirm it and tell the citizen.
    Confirm {
        /// What was looked at.
        note: String,
        /// The explanation that the official saw.
        grounds: Personal,
        /// The batch of like cases.
        batch: Option<String>,
        /// How the citizen is told.
        means: Means,
        /// The agency that gives the same benefit already, where one does (사회보장급여법 제9조제1항).
        received_from: Option<String>,
        /// The statute that makes it automatic, where one does.
        automatic: Option<Automatic>,
        /// The last day of the period to object.
        objection_until: Date,
        /// Who.
        by: Official,
    },
    /// Tell the citizen once more.
    Notify {
        /// How.
        means: Means,
    },
    /// The citizen wants it.
    Consent {
        /// How consent was given.
        means: Means,
        /// The official who took it down.
        taken_by: Option<Official>,
        /// Who gave it for the person.
        for_whom: Option<ForWhom>,
        /// The agency that gives the same benefit already.
        received_from: Option<String>,
        /// The last day of the period to object.
        objection_until: Date,
    },
    /// The citizen does not want it.
    Decline {
        /// Why, where they say.
        reason: String,
        /// Who says so for the person.
        for_whom: Option<ForWhom>,
    },
    /// Refuse it.
    Deny {
        /// Why.
        reason: String,
        /// The article.
        article: String,
        /// The last day of the period to object.
        objection_until: Date,
        /// Who.
        by: Official,
    },
    /// Apply for it.
    Apply {
        /// The last day on which the decision is told in time.
        due: Date,
        /// Who does it for the person.
        for_whom: Option<ForWhom>,
    },
    /// Take more time to decide on the application, once.
    ExtendApplication {
        /// The new day.
        due: Date,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// Apply without consent, for who cannot give it.
    ApplyExOfficio {
        /// Why not.
        incapacity: Incapacity,
        /// What was looked at.
        evidence: Personal,
        /// The agency that gives the same benefit already.
        received_from: Option<String>,
        /// The last day of the period to object.
        objection_until: Date,
        /// Who.
        by: Official,
    },
    /// The report of that was read.
    SeeExOfficio {
        /// Who.
        by: Official,
    },
    /// Object.
    Object {
        /// In the citizen's words.
        words: Personal,
        /// The day by which it must be decided.
        due: Date,
        /// Who objects for the person.
        for_whom: Option<ForWhom>,
        /// The last day of the period by the holidays that are known now: one that was announced since moves it on (민법 제161조).
        last_day: Option<Date>,
    },
    /// Take ten days more to decide it, once.
    ExtendObjection {
        /// The new day.
        due: Date,
        /// Why it cannot be decided before.
        reason: String,
        /// Who.
        by: Official,
    },
    /// Decide an objection.
    DecideObjection {
        /// Whether the citizen is right.
        upheld: bool,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// Ask that a person looks at it and explains it.
    AskReview {
        /// What is asked.
        words: Personal,
        /// The day by which it must be answered.
        due: Date,
        /// Who asks for the person.
        for_whom: Option<ForWhom>,
    },
    /// Take more time for that.
    ExtendReview {
        /// The new day.
        due: Date,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
    /// Answer it.
    AnswerReview {
        /// The answer.
        answer: String,
        /// Who.
        by: Official,
    },
    /// Put the payment of a month into a run.
    Instruct {
        /// The month.
        month: Month,
        /// The run.
        run: String,
        /// Where the money goes, sealed.
        pay_to: Personal,
    },
    /// The bank says what became of a payment.
    Book {
        /// The month.
        month: Month,
        /// Which attempt.
        attempt: u32,
        /// Why it came back; nothing where it was paid.
        returned: Option<String>,
    },
    /// It was looked at again, and goes on.
    Renew {
        /// The next day.
        review_on: Date,
        /// Who.
        by: Official,
    },
    /// It is to be looked at today.
    CallReview {
        /// Why.
        because: String,
    },
    /// It ends.
    End {
        /// The last month.
        until: Month,
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
}
