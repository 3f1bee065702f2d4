//! What citizens say of a recommendation that was reported done: did it reach them?
//!
//! Anyone may say it, with or without an account; who signed in says it once and may change it. It is no survey, and pages say so.

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{entry::Number, refusals::Refusal, visit::Verdict};

/// Longest text, in characters.
pub const LONGEST_FELT: usize = 1_000;

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Of which recommendation.
    pub recommendation: Number,
    /// Whether it reached them.
    pub verdict: Verdict,
    /// In words, with personal data masked; may be empty.
    pub text: String,
}

/// The state: what somebody says now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Felt {
    /// It; nothing before.
    pub said: Option<Said>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum FeltOrder {
    /// Say it.
    Say(Said),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FeltEvent {
    /// It was said.
    FeltSaid {
        /// What.
        said: Said,
    },
}

impl Aggregate for Felt {
    const KIND: &'static str = "felt";
    type Command = FeltOrder;
    type Event = FeltEvent;
    type Refusal = Refusal;

    fn decide(&self, order: FeltOrder, _now: Timestamp) -> Result<Vec<FeltEvent>, Refusal> {
        let FeltOrder::Say(said) = order;
        if said.text.chars().count() > LONGEST_FELT {
            return Err(Refusal::TooLong { limit: LONGEST_FELT });
        }
        if self.said.as_ref() == Some(&said) {
            return Ok(Vec::new());
        }
        Ok(vec![FeltEvent::FeltSaid { said }])
    }

    fn evolve(&mut self, event: &FeltEvent) {
        let FeltEvent::FeltSaid { said } = event;
        self.said = Some(said.clone());
    }
}

/// How many say what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct FeltCounts {
    /// It reached them.
    pub yes: u64,
    /// In part.
    pub partly: u64,
    /// It did not.
    pub no: u64,
}

impl FeltCounts {
    /// All.
    pub fn all(self) -> u64 {
        self.yes + self.partly + self.no
    }

    /// Whether citizens say no: at least so many, and more than those who say yes.
    pub fn deny(self) -> bool {
        self.no >= ENOUGH && self.no > self.yes + self.partly
    }
}

/// From so many on, what citizens say counts as a contradiction.
pub const ENOUGH: u64 = 5;
