//! Rules by which what a screening finds becomes proposals without a batch ordered by hand.
//!
//! A rule opens proposals and decides nothing: an official still confirms each of them. A benefit that a statute makes automatic
//! ([`super::switch`]) is opened as if there were a rule for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{benefit::benefit, proposal::Official, refusals::Refusal};

/// The stream of all rules of a deployment.
pub const RULES: &str = "screenings";

/// A rule for one benefit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Findings below this amount stay findings, in won of the benefit's rhythm.
    pub least: i64,
    /// Since when.
    pub at: Timestamp,
    /// Who set it.
    pub by: Official,
}

/// The rules, by benefit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRules {
    /// The rule of each benefit that has one.
    pub rules: BTreeMap<String, Rule>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOrder {
    /// From the next screening on, what is found becomes proposals.
    Set {
        /// Of which benefit.
        benefit: String,
        /// From this amount on.
        least: i64,
        /// Who.
        by: Official,
    },
    /// It does not any more.
    Lift {
        /// Of which benefit.
        benefit: String,
        /// Who.
        by: Official,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RuleEvent {
    /// From the next screening on, what is found becomes proposals.
    ProposalRuleSet {
        /// Of which benefit.
        benefit: String,
        /// From this amount on.
        least: i64,
        /// When.
        at: Timestamp,
        /// Who.
        by: Official,
    },
    /// It does not any more.
    ProposalRuleLifted {
        /// Of which benefit.
        benefit: String,
        /// Who.
        by: Official,
    },
}

impl Aggregate for ProposalRules {
    const KIND: &'static str = "proposal_rules";
    type Command = RuleOrder;
    type Event = RuleEvent;
    type Refusal = Refusal;

    fn decide(&self, order: RuleOrder, now: Timestamp) -> Result<Vec<RuleEvent>, Refusal> {
        match order {
            RuleOrder::Set { benefit: id, least, by } => {
                benefit(&id).ok_or_else(|| Refusal::UnknownBenefit { id: id.clone() })?;
                if least < 0 {
                    return Err(Refusal::Amount);
                }
                if self.rules.get(&id).is_some_and(|rule| rule.least == least) {
                    return Ok(Vec::new());
                }
                Ok(vec![RuleEvent::ProposalRuleSet { benefit: id, least, at: now, by }])
            }
            RuleOrder::Lift { benefit, by } if self.rules.contains_key(&benefit) => {
                Ok(vec![RuleEvent::ProposalRuleLifted { benefit, by }])
            }
            RuleOrder::Lift { .. } => Ok(Vec::new()),
        }
    }

    fn evolve(&mut self, event: &RuleEvent) {
        match event {
            RuleEvent::ProposalRuleSet { benefit, least, at, by } => {
                self.rules.insert(benefit.clone(), Rule { least: *least, at: *at, by: by.clone() });
            }
            RuleEvent::ProposalRuleLifted { benefit, .. } => drop(self.rules.remove(benefit)),
        }
    }
}
