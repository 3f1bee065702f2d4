//! Where a proposal stands.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use super::application::{Application, ExOfficio, ForWhom, Incapacity};
use crate::domain::{
    benefit::{Benefit, Rhythm, benefit},
    lot::LotPlace,
    month::Month,
};

/// Where a proposal stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProposalStatus)]
pub enum Status {
    /// It was found, and waits for an official.
    #[default]
    Found,
    /// Facts that no register holds were asked for.
    Asked,
    /// An official confirmed it; the citizen was told and has not answered.
    Confirmed,
    /// It is given.
    Awarded,
    /// The citizen does not want it.
    Declined,
    /// An official refused it.
    Denied,
    /// The facts changed before it was awarded: it is no longer due.
    Withdrawn,
    /// It was given, and ended.
    Ended,
}

impl Status {
    /// All of them, in the order of a proposal's life.
    pub const ALL: [Self; 8] = [
        Self::Found,
        Self::Asked,
        Self::Confirmed,
        Self::Awarded,
        Self::Declined,
        Self::Denied,
        Self::Withdrawn,
        Self::Ended,
    ];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::Awarded => "awarded",
            Self::Declined => "declined",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
        }
    }

    /// The status called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.identifier() == name)
    }

    /// Whether somebody still has to do something before it is decided.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Found | Self::Asked | Self::Confirmed)
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The household, by its pseudonym.
    pub household: String,
    /// The account of its citizen, where one is known.
    pub account: Option<String>,
    /// The benefit.
    pub benefit: String,
    /// Whose, where it is a person's.
    pub member: Option<String>,
    /// How much, in won of the benefit's rhythm.
    pub amount: i64,
    /// For which month it was reckoned.
    pub month: Month,
    /// The rules by which it was reckoned: name, version and digest.
    pub rules: String,
    /// What found it: a screening or a life event.
    pub origin: String,
    /// Where it stood in a lot, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotPlace>,
}

/// An official as notices name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// The account.
    pub account: String,
    /// The name.
    pub name: String,
}

/// An official's confirmation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who.
    pub by: Official,
    /// When.
    pub on: Date,
    /// What was looked at.
    pub note: String,
    /// The explanation that the official saw: reason, article, facts, figures. It names incomes, so it is sealed.
    pub grounds: Personal,
    /// The batch of like cases in which it was confirmed.
    pub batch: Option<String>,
}

/// How a notice reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// On paper.
    #[default]
    Letter,
    /// By a message that leads to the page.
    Message,
    /// Said at the counter or on a visit.
    Counter,
}

impl Means {
    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Letter => ("우편", "letter"),
            Self::Message => ("문자·전자문서", "message"),
            Self::Counter => ("창구·방문", "counter or visit"),
        }
    }
}

/// A notice that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSent {
    /// How.
    pub means: Means,
    /// When.
    pub on: Date,
}

/// The citizen's consent, with which the benefit counts as applied for (사회보장급여법 제5조제2항).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The day, which counts as the day of application.
    pub on: Date,
    /// How it was given.
    pub means: Means,
    /// The official who took it down, where it was not given by the citizen's own hand.
    pub taken_by: Option<Official>,
    /// Who gave it for the person, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_whom: Option<ForWhom>,
}

/// On what an award rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Basis {
    /// The consent of the person.
    Consent,
    /// A statute that makes it automatic.
    Statute {
        /// The article.
        article: String,
    },
    /// An objection that was upheld.
    Objection,
    /// An application.
    Application,
    /// An application by the official, for who cannot consent.
    ExOfficio {
        /// Why not.
        incapacity: Incapacity,
    },
}

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// From this month on.
    pub from: Month,
    /// Until this month, included.
    pub until: Option<Month>,
    /// How much, from which month on; the last that has begun holds.
    pub amounts: Vec<(Month, i64)>,
    /// On what it rests.
    pub basis: Basis,
    /// The day of the decision.
    pub on: Date,
    /// The official who confirmed it.
    pub by: Official,
    /// When it is looked at again (사회보장급여법 제19조).
    pub review_on: Date,
}

impl Award {
    /// How much is due for a month; nothing outside the award.
    pub fn due(&self, month: Month, rhythm: Rhythm) -> i64 {
        let outside = month < self.from || self.until.is_some_and(|until| month > until);
        let once = rhythm != Rhythm::Monthly && month != self.from;
        if outside || once {
            return 0;
        }
        self.amounts.iter().rev().find(|(from, _)| *from <= month).map_or(0, |(_, amount)| *amount)
    }
}

/// A refusal by an official.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Why.
    pub reason: String,
    /// The article, with the act's full name.
    pub article: String,
    /// Who.
    pub by: Official,
    /// When.
    pub on: Date,
}

/// An objection (사회보장급여법 제17조).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Objection {
    /// The day on which it was made.
    pub on: Date,
    /// The day by which it must be decided.
    pub due: Date,
    /// Why that takes longer; empty where it does not.
    #[serde(default)]
    pub extended: String,
    /// In the citizen's words, sealed.
    pub words: Personal,
    /// Whether the citizen was right; nothing before the decision.
    pub upheld: Option<bool>,
    /// Why it was decided so.
    pub reason: String,
}

/// A person's look at what was prepared by a program, when the citizen asks for it
/// (개인정보 보호법 제37조의2제3항, 같은 법 시행령 제44조의3제5항).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HumanReview {
    /// When it was asked for.
    pub on: Date,
    /// By when it must be answered.
    pub due: Date,
    /// How often more time was taken: twice at most.
    pub extended: u8,
    /// What the citizen asks, sealed.
    pub words: Personal,
    /// The answer.
    pub answer: Option<String>,
}

/// How far a payment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentState {
    /// It stands in a run.
    Instructed,
    /// The bank booked it.
    Booked,
    /// It came back, or the bank refused it.
    Returned,
}

/// A payment of an award for a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The run that it stands in.
    pub run: String,
    /// Which attempt for the month, from 1.
    pub attempt: u32,
    /// How much, in won.
    pub amount: i64,
    /// How far it has come.
    pub state: PaymentState,
    /// Why it came back.
    pub reason: String,
}

/// The state of a proposal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// What was found; nothing before.
    pub finding: Option<Finding>,
    /// Where it stands.
    pub status: Status,
    /// Facts that were asked for and not given.
    pub asked: Vec<String>,
    /// The confirmation.
    pub confirmation: Option<Confirmation>,
    /// Notices.
    pub notices: Vec<NoticeSent>,
    /// The application.
    #[serde(default)]
    pub application: Option<Application>,
    /// The application without consent.
    #[serde(default)]
    pub ex_officio: Option<ExOfficio>,
    /// The consent.
    pub consent: Option<Consent>,
    /// The award.
    pub award: Option<Award>,
    /// The refusal.
    pub denial: Option<Denial>,
    /// Why it was withdrawn or ended.
    pub closed_because: String,
    /// The last day on which an objection is in time.
    pub objection_until: Option<Date>,
    /// The objection.
    pub objection: Option<Objection>,
    /// The review by a person.
    pub review: Option<HumanReview>,
    /// Payments by month.
    pub payments: BTreeMap<Month, Vec<Payment>>,
    /// Why the award is to be looked at before its day; empty where it is not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub review_because: String,
}

impl Proposal {
    /// The benefit.
    pub fn benefit(&self) -> Option<&'static Benefit> {
        benefit(&self.finding.as_ref()?.benefit)
    }

    /// The next day on which something is due, where one is.
    pub fn due(&self) -> Option<Date> {
        let objection = self.objection.as_ref().filter(|one| one.upheld.is_none()).map(|one| one.due);
        let review = self.review.as_ref().filter(|one| one.answer.is_none()).map(|one| one.due);
        let again = self.award.as_ref().filter(|_| self.status == Status::Awarded).map(|award| award.review_on);
        let applied = self.open_application().map(|application| application.due);
        // A report is owed at once: it is due on the day of the application.
        let report = self.ex_officio.as_ref().filter(|one| one.seen_by.is_none()).map(|one| one.on);
        objection.into_iter().chain(review).chain(again).chain(applied).chain(report).min()
    }

    /// Whether an official has something to do with it now.
    pub fn waits_for_official(&self) -> bool {
        self.status == Status::Found
            || self.objection.as_ref().is_some_and(|one| one.upheld.is_none())
            || self.review.as_ref().is_some_and(|one| one.answer.is_none())
            || self.ex_officio.as_ref().is_some_and(|one| one.seen_by.is_none())
    }

    /// What the bank booked for months, and is not due for them as the award stands now: paid too much, the oldest month first.
    pub fn overpaid(&self) -> Vec<(Month, i64)> {
        let (Some(award), Some(benefit)) = (&self.award, self.benefit()) else { return Vec::new() };
        let too_much = |(month, attempts): (&Month, &Vec<Payment>)| {
            let booked: i64 =
                attempts.iter().filter(|one| one.state == PaymentState::Booked).map(|one| one.amount).sum();
            Some((*month, booked.saturating_sub(award.due(*month, benefit.rhythm)))).filter(|(_, amount)| *amount > 0)
        };
        self.payments.iter().filter_map(too_much).collect()
    }

    /// How much is due for a month and stands in no run: what may be instructed now.
    pub fn payable(&self, month: Month) -> i64 {
        let (Some(award), Some(benefit)) = (&self.award, self.benefit()) else { return 0 };
        let taken = self.payments.get(&month).and_then(|attempts| attempts.last());
        if !benefit.is_paid() || taken.is_some_and(|payment| payment.state != PaymentState::Returned) {
            return 0;
        }
        award.due(month, benefit.rhythm)
    }
}
