//! Accessibility audits of services: the 33 criteria of the Korean web content accessibility guidelines 2.2 (KWCAG 2.2), each passed, failed, without
//! object or not looked at; what failed is put right by who runs the service, and looked at again.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::ForAllRefusal;
use crate::domain::{
    bodies,
    evidence::{LONGEST_ADDRESS, is_of_the_web},
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Longest note on a criterion, in characters.
const LONGEST_FINDING: usize = 1_000;

/// A criterion of the guidelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criterion {
    /// Its number: «5.1.1».
    pub number: &'static str,
    /// What it is called.
    pub korean: &'static str,
    /// The same in English.
    pub english: &'static str,
}

const DATA: &str = include_str!("../../../data/kwcag.tsv");

static CRITERIA: LazyLock<Vec<Criterion>> = LazyLock::new(|| {
    let lines = DATA.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let read = |line: &'static str| {
        let mut cells = line.split('\t');
        Some(Criterion { number: cells.next()?, korean: cells.next()?, english: cells.next()? })
    };
    lines.filter_map(read).collect()
});

/// All criteria, in their order.
pub fn criteria() -> &'static [Criterion] {
    &CRITERIA
}

/// What a look at a criterion said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = AuditVerdict)]
pub enum Verdict {
    /// The service keeps it.
    Passed,
    /// It does not.
    Failed,
    /// There is nothing that it could be asked of.
    NoObject,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::NoObject];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NoObject => "no-object",
        }
    }

    /// The verdict of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.identifier() == name)
    }
}

/// How a service was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = AuditManner)]
pub enum Manner {
    /// By experts.
    Experts,
    /// By people with disabilities who use it.
    Users,
    /// By both.
    Both,
    /// By a program alone, which sees a part of it.
    Program,
}

impl Manner {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Both, Self::Users, Self::Experts, Self::Program];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Experts => "experts",
            Self::Users => "users",
            Self::Both => "both",
            Self::Program => "program",
        }
    }

    /// The manner of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|manner| manner.identifier() == name)
    }
}

/// What was seen of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AuditResult)]
pub struct Seen {
    /// What a look at it said.
    pub verdict: Verdict,
    /// What was seen; needed where it failed.
    #[schema(max_length = 1000)]
    pub note: String,
}

/// An audit as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AccessibilityAudit)]
pub struct Audited {
    /// The service: «AI 통합민원».
    #[schema(max_length = 120)]
    pub service: String,
    /// Where it is.
    #[schema(max_length = 1000)]
    pub address: String,
    /// The body that runs it, as identifier.
    #[schema(example = "mois")]
    pub body: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// How it was looked at.
    pub manner: Manner,
    /// Who looked at it: an organisation.
    #[schema(max_length = 200)]
    pub auditor: String,
    /// What was seen, by the numbers of the criteria; what is not in it was not looked at.
    pub results: BTreeMap<String, Seen>,
}

/// What became of a criterion that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AuditRepair)]
pub struct Repair {
    /// What the body says that it did; empty before.
    pub done: String,
    /// The day on which it was seen to be right; nothing before.
    #[schema(value_type = Option<String>, format = Date)]
    pub right_on: Option<Date>,
    /// Why it is not right, when it was looked at again last; empty where it is, or was not looked at.
    pub not_right: String,
}

/// The state of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// As it was made; nothing before.
    pub audited: Option<Audited>,
    /// What became of what failed, by criterion.
    pub repairs: BTreeMap<String, Repair>,
}

impl Audit {
    /// How many criteria passed and how many failed when it was made.
    pub fn counts(&self) -> (usize, usize) {
        let of = |verdict| {
            let results = self.audited.iter().flat_map(|audited| audited.results.values());
            results.filter(|seen| seen.verdict == verdict).count()
        };
        (of(Verdict::Passed), of(Verdict::Failed))
    }

    /// The share of the criteria that were looked at and have an object which the service keeps, then or by now.
    pub fn share(&self) -> Option<f64> {
        let (passed, failed) = self.counts();
        let right = self.repairs.values().filter(|repair| repair.right_on.is_some()).count();
        (passed + failed > 0).then(|| (passed + right) as f64 / (passed + failed) as f64)
    }

    /// The criteria that failed and are not right yet.
    pub fn open(&self) -> impl Iterator<Item = (&str, &Seen)> {
        let results = self.audited.iter().flat_map(|audited| &audited.results);
        let open = |number: &str| self.repairs.get(number).is_none_or(|repair| repair.right_on.is_none());
        results
            .filter(move |(number, seen)| seen.verdict == Verdict::Failed && open(number))
            .map(|(number, seen)| (number.as_str(), seen))
    }

    fn failed(&self, criterion: &str) -> Result<Repair, Refusal> {
        if self.open().any(|(number, _)| number == criterion) {
            Ok(self.repairs.get(criterion).cloned().unwrap_or_default())
        } else {
            Err(ForAllRefusal::NothingFailed.into())
        }
    }
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum AuditOrder {
    /// Record an audit.
    Record(Audited, Actor),
    /// The body put right what failed.
    Repair {
        /// The criterion.
        criterion: String,
        /// What was done.
        done: String,
        /// For whom.
        by: Actor,
    },
    /// Somebody looked again.
    LookAgain {
        /// The criterion.
        criterion: String,
        /// Why it is not right; nothing where it is.
        not_right: Option<String>,
        /// Who.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AuditEvent {
    /// An audit was recorded.
    AuditRecorded {
        /// It.
        audit: Audited,
        /// By whom.
        by: Actor,
    },
    /// The body put right what failed.
    AuditRepaired {
        /// The service.
        service: String,
        /// The criterion.
        criterion: String,
        /// What was done.
        done: String,
        /// For whom.
        by: Actor,
    },
    /// Somebody looked again.
    AuditLookedAgain {
        /// The service.
        service: String,
        /// The criterion.
        criterion: String,
        /// Why it is not right; empty where it is.
        not_right: String,
        /// The day.
        on: Date,
        /// Who.
        by: Actor,
    },
}

type Decision = Result<Vec<AuditEvent>, Refusal>;

fn check(audited: &Audited, today: Date) -> Result<(), Refusal> {
    check_words(&audited.service, ("서비스 이름", "name of the service"), 120)?;
    check_words(&audited.auditor, ("점검한 기관", "who looked at it"), 200)?;
    if audited.address.len() > LONGEST_ADDRESS || !is_of_the_web(&audited.address) {
        return Err(Refusal::EvidenceAddress);
    }
    if bodies::body(&audited.body).is_none() {
        return Err(Refusal::UnknownBody { name: audited.body.clone() });
    }
    if audited.on > today {
        return Err(ForAllRefusal::DayAhead.into());
    }
    if audited.results.is_empty() {
        return Err(ForAllRefusal::NothingLookedAt.into());
    }
    for (number, seen) in &audited.results {
        if !criteria().iter().any(|criterion| criterion.number == number) {
            return Err(ForAllRefusal::NoSuchCriterion { number: number.clone() }.into());
        }
        if seen.verdict == Verdict::Failed && seen.note.trim().is_empty() {
            return Err(ForAllRefusal::NoFinding { number: number.clone() }.into());
        }
        if seen.note.chars().count() > LONGEST_FINDING {
            return Err(Refusal::TooLong { limit: LONGEST_FINDING });
        }
    }
    Ok(())
}

impl Aggregate for Audit {
    const KIND: &'static str = "audit";
    type Command = AuditOrder;
    type Event = AuditEvent;
    type Refusal = Refusal;

    fn decide(&self, order: AuditOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        if let AuditOrder::Record(audit, by) = order {
            if self.audited.is_some() {
                return Err(Refusal::Exists);
            }
            check(&audit, today)?;
            return Ok(vec![AuditEvent::AuditRecorded { audit, by }]);
        }
        let service = self.audited.as_ref().ok_or(Refusal::Unknown)?.service.clone();
        match order {
            AuditOrder::Record(..) => Ok(Vec::new()),
            AuditOrder::Repair { criterion, done, by } => {
                let known = self.failed(&criterion)?;
                check_words(&done, ("조치한 내용", "what was done"), LONGEST_NOTE)?;
                if known.done == done && known.not_right.is_empty() {
                    return Ok(Vec::new());
                }
                Ok(vec![AuditEvent::AuditRepaired { service, criterion, done, by }])
            }
            AuditOrder::LookAgain { criterion, not_right, by } => {
                let known = self.failed(&criterion)?;
                if known.done.is_empty() || !known.not_right.is_empty() {
                    return Err(ForAllRefusal::NotRepaired.into());
                }
                if let Some(why) = &not_right {
                    check_words(why, ("바로잡히지 않은 까닭", "why it is not right"), LONGEST_NOTE)?;
                }
                let not_right = not_right.unwrap_or_default();
                Ok(vec![AuditEvent::AuditLookedAgain { service, criterion, not_right, on: today, by }])
            }
        }
    }

    fn evolve(&mut self, event: &AuditEvent) {
        match event {
            AuditEvent::AuditRecorded { audit, .. } => self.audited = Some(audit.clone()),
            AuditEvent::AuditRepaired { criterion, done, .. } => {
                let repair = self.repairs.entry(criterion.clone()).or_default();
                repair.done.clone_from(done);
                repair.not_right.clear();
            }
            AuditEvent::AuditLookedAgain { criterion, not_right, on, .. } => {
                let repair = self.repairs.entry(criterion.clone()).or_default();
                repair.not_right.clone_from(not_right);
                repair.right_on = not_right.is_empty().then_some(*on);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_thirty_three_criteria_in_four_principles() {
        assert_eq!(criteria().len(), 33);
        for (principle, count) in [("5.", 9), ("6.", 15), ("7.", 7), ("8.", 2)] {
            assert_eq!(criteria().iter().filter(|one| one.number.starts_with(principle)).count(), count);
        }
        assert!(criteria().iter().all(|one| !one.korean.is_empty() && !one.english.is_empty()));
        assert!(criteria().is_sorted_by_key(|one| one.number));
    }
}
