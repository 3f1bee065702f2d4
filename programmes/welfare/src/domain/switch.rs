//! Which benefits a statute makes automatic, from when: recorded with the article, never assumed.
//!
//! A disposition may be fully automated only where a statute says so and no discretion is left (행정기본법 제20조). Until
//! such a day a benefit needs the person's consent (사회보장급여법 제5조제2항).

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    benefit::benefit,
    refusals::{Refusal, check_words},
};

/// The stream of all switches of a deployment.
pub const SWITCHES: &str = "statutes";

/// A benefit that a statute makes automatic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    /// From this day.
    pub from: Date,
    /// Until this day, included; without end if none.
    pub until: Option<Date>,
    /// The article, with the act's full name.
    pub article: String,
}

/// The switches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// By benefit.
    pub automatic: BTreeMap<String, Vec<Automatic>>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchOrder {
    /// A statute makes a benefit automatic.
    Set {
        /// The benefit.
        benefit: String,
        /// From when, on which article.
        automatic: Automatic,
        /// Who read the statute.
        by: String,
    },
    /// It does so no longer.
    End {
        /// The benefit.
        benefit: String,
        /// The last day.
        until: Date,
        /// Who read the statute.
        by: String,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SwitchEvent {
    /// A benefit became automatic by statute.
    BenefitMadeAutomatic {
        /// The benefit.
        benefit: String,
        /// From when, on which article.
        automatic: Automatic,
        /// Who read the statute.
        by: String,
    },
    /// A statute makes it so no longer.
    BenefitAutomaticUntil {
        /// The benefit.
        benefit: String,
        /// The last day.
        until: Date,
        /// Who read the statute.
        by: String,
    },
}

impl Switches {
    /// The statute that makes a benefit automatic on a day.
    pub fn on(&self, benefit: &str, day: Date) -> Option<&Automatic> {
        let holds = |one: &&Automatic| one.from <= day && one.until.is_none_or(|until| day <= until);
        self.automatic.get(benefit)?.iter().rev().find(holds)
    }
}

impl Switches {
    /// The statute without an end that makes a benefit automatic, now or later.
    pub fn open(&self, benefit: &str) -> Option<&Automatic> {
        self.automatic.get(benefit)?.iter().rev().find(|one| one.until.is_none())
    }
}

impl Aggregate for Switches {
    const KIND: &'static str = "welfare_switch";
    type Command = SwitchOrder;
    type Event = SwitchEvent;
    type Refusal = Refusal;

    fn decide(&self, order: SwitchOrder, _now: Timestamp) -> Result<Vec<SwitchEvent>, Refusal> {
        match order {
            SwitchOrder::Set { benefit: id, automatic, by } => {
                benefit(&id).ok_or(Refusal::UnknownBenefit { id: id.clone() })?;
                check_words(&automatic.article, ("근거 조문", "article of the statute"))?;
                if automatic.until.is_some_and(|until| until < automatic.from) {
                    return Err(Refusal::Backwards);
                }
                Ok(vec![SwitchEvent::BenefitMadeAutomatic { benefit: id, automatic, by }])
            }
            SwitchOrder::End { benefit: id, until, by } => {
                let open = self.open(&id).ok_or(Refusal::Unknown)?;
                if until < open.from {
                    return Err(Refusal::Backwards);
                }
                Ok(vec![SwitchEvent::BenefitAutomaticUntil { benefit: id, until, by }])
            }
        }
    }

    fn evolve(&mut self, event: &SwitchEvent) {
        match event {
            SwitchEvent::BenefitMadeAutomatic { benefit, automatic, .. } => {
                self.automatic.entry(benefit.clone()).or_default().push(automatic.clone());
            }
            SwitchEvent::BenefitAutomaticUntil { benefit, until, .. } => {
                let all = self.automatic.get_mut(benefit).map(Vec::as_mut_slice).unwrap_or_default();
                if let Some(open) = all.iter_mut().rev().find(|one| one.until.is_none()) {
                    open.until = Some(*until);
                }
            }
        }
    }
}
