//! Who is reached: one figure, parted by age, region, disability, income or language.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::ForAllRefusal;
use crate::domain::{
    quarter::Quarter,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// From so many people on a part is shown: fewer could be recognised.
pub(super) const LEAST_PEOPLE: u64 = 5;
/// Most figures of a field.
const MOST: usize = 200;
/// Most parts of one.
const MOST_PARTS: usize = 30;

/// By what people are parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ReachDimension)]
pub enum Dimension {
    /// Age.
    Age,
    /// Region.
    Region,
    /// Disability.
    Disability,
    /// Income.
    Income,
    /// Language.
    Language,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Age, Self::Region, Self::Disability, Self::Income, Self::Language];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Region => "region",
            Self::Disability => "disability",
            Self::Income => "income",
            Self::Language => "language",
        }
    }

    /// The dimension of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.identifier() == name)
    }
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ReachPart)]
pub struct Part {
    /// Who: «60+», «농어촌».
    #[schema(max_length = 60)]
    pub group: String,
    /// How many people there are, or were asked.
    pub people: u64,
    /// How many of them are reached.
    pub reached: u64,
}

impl Part {
    /// The share that is reached.
    pub fn share(&self) -> f64 {
        if self.people == 0 { 0.0 } else { self.reached as f64 / self.people as f64 }
    }
}

/// A figure, parted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ReachBreakdown)]
pub struct Breakdown {
    /// What counts as reached: «AI 창구를 혼자 쓸 수 있음».
    #[schema(max_length = 200)]
    pub title: String,
    /// Of which quarter.
    #[schema(value_type = String, example = "26Q3")]
    pub quarter: Quarter,
    /// By what people are parted.
    pub dimension: Dimension,
    /// The parts.
    pub parts: Vec<Part>,
    /// Where it comes from: survey with its sample, register.
    #[schema(max_length = 300)]
    pub source: String,
}

impl Breakdown {
    /// The part that is reached most and the one that is reached least.
    pub fn gap(&self) -> Option<(&Part, &Part)> {
        let by_share = |one: &&Part, other: &&Part| one.share().total_cmp(&other.share());
        Some((self.parts.iter().max_by(by_share)?, self.parts.iter().min_by(by_share)?))
    }

    fn check(&self, today: Date) -> Result<(), Refusal> {
        check_words(&self.title, ("무엇에 닿았는지", "what counts as reached"), 200)?;
        check_words(&self.source, ("자료 출처", "source"), 300)?;
        if self.quarter.first_day() > today {
            return Err(Refusal::FutureQuarter { quarter: self.quarter });
        }
        if !(2..=MOST_PARTS).contains(&self.parts.len()) {
            return Err(ForAllRefusal::Parts { most: MOST_PARTS }.into());
        }
        for part in &self.parts {
            check_words(&part.group, ("집단", "group"), 60)?;
            if part.people < LEAST_PEOPLE {
                return Err(ForAllRefusal::SmallPart { group: part.group.clone() }.into());
            }
            if part.reached > part.people {
                return Err(ForAllRefusal::MoreThanAll { group: part.group.clone() }.into());
            }
        }
        Ok(())
    }
}

/// A figure as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ReachKept)]
pub struct Reached {
    /// Its number in the field, from 1.
    pub number: usize,
    /// What it says.
    pub breakdown: Breakdown,
    /// Whether the committee confirmed it.
    pub confirmed: bool,
    /// Why it was sent back; empty where it was not. It is not shown then.
    pub sent_back: String,
}

/// The state of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Its figures, the oldest first.
    pub figures: Vec<Reached>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ReachOrder {
    /// Enter a figure.
    Enter(Breakdown, Actor),
    /// Confirm it, or send it back with a reason.
    Decide {
        /// Its number.
        number: usize,
        /// Why it is sent back; nothing where it is confirmed.
        reason: Option<String>,
        /// Who.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ReachEvent {
    /// A figure was entered.
    ReachEntered {
        /// It.
        breakdown: Breakdown,
        /// By whom.
        by: Actor,
    },
    /// The committee looked at it.
    ReachDecided {
        /// Its number.
        number: usize,
        /// What it is called.
        title: String,
        /// Why it was sent back; empty where it was confirmed.
        reason: String,
        /// Who.
        by: Actor,
    },
}

impl Aggregate for Reach {
    const KIND: &'static str = "reach";
    type Command = ReachOrder;
    type Event = ReachEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ReachOrder, now: Timestamp) -> Result<Vec<ReachEvent>, Refusal> {
        match order {
            ReachOrder::Enter(breakdown, by) => {
                breakdown.check(seoul(now).date())?;
                if self.figures.len() >= MOST {
                    return Err(ForAllRefusal::TooMany { most: MOST }.into());
                }
                if self.figures.iter().any(|known| known.breakdown == breakdown && known.sent_back.is_empty()) {
                    return Ok(Vec::new());
                }
                Ok(vec![ReachEvent::ReachEntered { breakdown, by }])
            }
            ReachOrder::Decide { number, reason, by } => {
                let known = self.figures.iter().find(|known| known.number == number).ok_or(Refusal::Unknown)?;
                if known.confirmed || !known.sent_back.is_empty() {
                    return Err(ForAllRefusal::Decided.into());
                }
                if let Some(reason) = &reason {
                    check_words(reason, ("돌려보내는 이유", "reason"), LONGEST_NOTE)?;
                }
                let title = known.breakdown.title.clone();
                Ok(vec![ReachEvent::ReachDecided { number, title, reason: reason.unwrap_or_default(), by }])
            }
        }
    }

    fn evolve(&mut self, event: &ReachEvent) {
        match event {
            ReachEvent::ReachEntered { breakdown, .. } => {
                let number = self.figures.len() + 1;
                let breakdown = breakdown.clone();
                self.figures.push(Reached { number, breakdown, confirmed: false, sent_back: String::new() });
            }
            ReachEvent::ReachDecided { number, reason, .. } => {
                if let Some(known) = self.figures.iter_mut().find(|known| known.number == *number) {
                    known.confirmed = reason.is_empty();
                    known.sent_back.clone_from(reason);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_field_says_that_it_is_full() {
        let part = |group: &str| Part { group: group.to_owned(), people: 10, reached: 5 };
        let breakdown = |title: String| Breakdown {
            title,
            quarter: Quarter::of(jiff::civil::date(2026, 9, 1)),
            dimension: Dimension::Age,
            parts: vec![part("19-59"), part("60+")],
            source: "표본조사".to_owned(),
        };
        let by = || Actor { account: "a".to_owned(), body: "moel".to_owned() };
        let mut reach = Reach::default();
        for at in 0..MOST {
            reach.evolve(&ReachEvent::ReachEntered { breakdown: breakdown(at.to_string()), by: by() });
        }
        let now = maru_calendar::instant(jiff::civil::date(2026, 11, 26).at(10, 0, 0, 0));
        let refused = reach.decide(ReachOrder::Enter(breakdown("하나 더".to_owned()), by()), now).unwrap_err();
        assert_eq!(refused.explain().code, "too-many-figures");
    }
}
