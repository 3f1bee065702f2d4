//! Applications: by the citizen or who may apply for them, and ex officio for who cannot consent.

use jiff::civil::Date;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use super::{
    decide::{Decision, award, check_duplicate},
    events::ProposalEvent,
    orders::Order,
    state::{Basis, Official, Proposal, Status},
};
use crate::domain::{
    refusals::{Refusal, check_words},
    representation::Ground,
};

/// Somebody acts for a person of the household: by the place in the record of representatives, and on what ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForWhom {
    /// The place in the record, from 0.
    pub place: usize,
    /// For whom.
    pub member: String,
    /// On what ground.
    pub ground: Ground,
}

/// An application that waits for its decision (사회보장급여법 제5조제1항).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The day on which it was made.
    pub on: Date,
    /// The last day on which the decision is told in time (같은 법 시행령 제6조제1항·제2항).
    pub due: Date,
    /// Why it takes longer; empty where it does not.
    pub extended: String,
    /// Who made it for the person, where somebody did.
    pub for_whom: Option<ForWhom>,
}

/// Why somebody cannot consent (사회보장급여법 시행령 제2조제3항).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incapacity {
    /// A ward under adult or limited guardianship (제1호).
    Ward,
    /// A minor (제2호).
    Minor,
    /// Found to lack the ability to decide (제3호).
    Unable,
}

impl Incapacity {
    /// All of them, in the order of the decree.
    pub const ALL: [Self; 3] = [Self::Ward, Self::Minor, Self::Unable];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Ward => "ward",
            Self::Minor => "minor",
            Self::Unable => "unable",
        }
    }

    /// What is called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.identifier() == name)
    }

    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Ward => ("피성년후견인·피한정후견인", "under guardianship"),
            Self::Minor => ("미성년자", "a minor"),
            Self::Unable => ("의사를 정할 능력이 없거나 약함", "unable to decide"),
        }
    }
}

/// An application that an official made without consent (사회보장급여법 제5조제3항).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExOfficio {
    /// Why the person cannot consent.
    pub incapacity: Incapacity,
    /// What was looked at, sealed: it speaks of somebody's health.
    pub evidence: Personal,
    /// The day.
    pub on: Date,
    /// Who.
    pub by: Official,
    /// Who read the report of it for the head of the agency.
    pub seen_by: Option<Official>,
}

impl Proposal {
    /// The application that waits for its decision.
    pub fn open_application(&self) -> Option<&Application> {
        self.application.as_ref().filter(|_| matches!(self.status, Status::Found | Status::Asked))
    }

    pub(super) fn apply(&self, due: Date, for_whom: Option<ForWhom>, today: Date) -> Decision {
        self.stands(&[Status::Found, Status::Asked])?;
        if self.application.is_some() {
            return Err(Refusal::AppliedAlready);
        }
        Ok(vec![ProposalEvent::BenefitApplied { on: today, due, for_whom }])
    }

    pub(super) fn extend_application(&self, due: Date, reason: String, by: Official) -> Decision {
        let application = self.open_application().ok_or(Refusal::NoApplication)?;
        if !application.extended.is_empty() {
            return Err(Refusal::ApplicationExtended);
        }
        check_words(&reason, ("늦어지는 이유", "reason for the delay"))?;
        Ok(vec![ProposalEvent::ApplicationExtended { due, reason, by }])
    }

    /// Without consent, for who is too weak of mind to give it (사회보장급여법 제5조제3항).
    pub(super) fn apply_ex_officio(&self, order: Order, today: Date) -> Decision {
        let Order::ApplyExOfficio { incapacity, evidence, received_from, objection_until, by } = order else {
            return Ok(Vec::new());
        };
        let finding = self.stands(&[Status::Confirmed])?;
        check_duplicate(received_from)?;
        check_words(evidence.value_or(""), ("확인한 자료", "evidence"))?;
        let award = award(finding, Basis::ExOfficio { incapacity }, (today, today), by.clone());
        let applied = ExOfficio { incapacity, evidence, on: today, by, seen_by: None };
        Ok(vec![ProposalEvent::AppliedExOfficio { applied }, ProposalEvent::BenefitAwarded { award, objection_until }])
    }

    /// The report that the official owes at once to the head of the agency (제5조제3항 후단) was read.
    pub(super) fn see_ex_officio(&self, by: Official) -> Decision {
        let applied = self.ex_officio.as_ref().filter(|one| one.seen_by.is_none()).ok_or(Refusal::NoReport)?;
        if applied.by.account == by.account {
            return Err(Refusal::SamePerson);
        }
        Ok(vec![ProposalEvent::ExOfficioSeen { by }])
    }
}
