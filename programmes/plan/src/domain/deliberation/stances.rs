//! What one person thinks of the statements: kept under a name that says nothing of who it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{DeliberationRefusal, Question};
use crate::domain::refusals::Refusal;

/// What somebody thinks of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    /// Agrees.
    Agree,
    /// Disagrees.
    Disagree,
    /// Does not know, or does not want to say.
    Pass,
}

impl Stance {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Agree, Self::Disagree, Self::Pass];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::Pass => "pass",
        }
    }

    /// The stance of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stance| stance.identifier() == name)
    }
}

/// Votes that were sent together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The deliberation.
    pub deliberation: String,
    /// Statement's number and what is thought of it: a list, as numbers are no names of fields in an event.
    pub votes: Vec<(usize, Stance)>,
}

/// The state: what the person thinks now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stances {
    /// The deliberation.
    pub deliberation: String,
    /// By statement's number.
    pub votes: BTreeMap<usize, Stance>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum StancesOrder {
    /// Take the votes in, for this question, with these statements shown.
    Take(Taken, Box<Question>, BTreeSet<usize>),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum StancesEvent {
    /// Votes were taken in.
    StancesTaken {
        /// They.
        stances: Taken,
    },
}

impl Aggregate for Stances {
    const KIND: &'static str = "stances";
    type Command = StancesOrder;
    type Event = StancesEvent;
    type Refusal = Refusal;

    fn decide(&self, order: StancesOrder, now: Timestamp) -> Result<Vec<StancesEvent>, Refusal> {
        let StancesOrder::Take(taken, question, shown) = order;
        if !question.is_open(seoul(now).date()) {
            return Err(Refusal::NotOpen { from: question.from, until: question.until });
        }
        if !self.deliberation.is_empty() && self.deliberation != taken.deliberation {
            return Err(Refusal::Unknown);
        }
        if taken.votes.is_empty() {
            return Err(DeliberationRefusal::NoVotes.into());
        }
        if taken.votes.iter().any(|(number, _)| !shown.contains(number)) {
            return Err(DeliberationRefusal::NotShown.into());
        }
        let new = taken.votes.iter().any(|(number, stance)| self.votes.get(number) != Some(stance));
        if new { Ok(vec![StancesEvent::StancesTaken { stances: taken }]) } else { Ok(Vec::new()) }
    }

    fn evolve(&mut self, event: &StancesEvent) {
        let StancesEvent::StancesTaken { stances } = event;
        self.deliberation.clone_from(&stances.deliberation);
        self.votes.extend(stances.votes.iter().copied());
    }
}
