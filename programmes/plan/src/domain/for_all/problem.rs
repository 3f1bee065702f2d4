//! Public AI laboratories (모두의 AI 실험실) and the problems that citizens pose to them: posed, chosen or not with a reason, worked on, solved or not.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::ForAllRefusal;
use crate::domain::{
    evidence::{Evidence, check_evidence_list},
    moderation::{Moderated, ModerationOrder, Showing, Suspicion, WordsEvent, suspicion},
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// A laboratory: a place, or on the net.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Lab {
    /// Its number, from 1.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// The day on which it opened.
    #[schema(value_type = String, format = Date)]
    pub opened: Date,
}

/// The state of all laboratories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labs {
    /// They, in the order in which they were entered.
    pub labs: Vec<Lab>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum LabsOrder {
    /// Enter one: name, place, day of opening.
    Open(String, String, Date, Actor),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum LabsEvent {
    /// One was entered.
    LabOpened {
        /// It.
        lab: Lab,
        /// By whom.
        by: Actor,
    },
}

impl Aggregate for Labs {
    const KIND: &'static str = "labs";
    type Command = LabsOrder;
    type Event = LabsEvent;
    type Refusal = Refusal;

    fn decide(&self, order: LabsOrder, _now: Timestamp) -> Result<Vec<LabsEvent>, Refusal> {
        let LabsOrder::Open(name, place, opened, by) = order;
        check_words(&name, ("이름", "name"), 100)?;
        check_words(&place, ("곳", "place"), 200)?;
        if self.labs.iter().any(|known| known.name == name) {
            return Err(Refusal::Exists);
        }
        let lab = Lab { number: self.labs.len() + 1, name, place, opened };
        Ok(vec![LabsEvent::LabOpened { lab, by }])
    }

    fn evolve(&mut self, event: &LabsEvent) {
        let LabsEvent::LabOpened { lab, .. } = event;
        self.labs.push(lab.clone());
    }
}

/// A problem as it was posed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PosedProblem)]
pub struct Posed {
    /// What it is, in a few words.
    #[schema(max_length = 200)]
    pub title: String,
    /// Whom it troubles and how, with personal data masked.
    pub text: String,
}

/// Whether a problem is worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ChosenProblem)]
pub struct Chosen {
    /// The laboratory that works on it; nothing where none does.
    pub lab: Option<usize>,
    /// Why, either way.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SolvedProblem)]
pub struct Solved {
    /// Whether it is solved.
    pub solved: bool,
    /// What was made, and what was learned where it is not solved.
    pub text: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// Where a problem stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProblemStage)]
pub enum Stage {
    /// It was posed.
    Posed,
    /// A laboratory works on it.
    Working,
    /// It was not chosen.
    NotChosen,
    /// It is solved.
    Solved,
    /// It was worked on and not solved.
    NotSolved,
}

/// The state of a problem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// As it was posed; nothing before.
    pub posed: Option<Posed>,
    /// Whether it is worked on.
    pub chosen: Option<Chosen>,
    /// What became of it.
    pub outcome: Option<Solved>,
    /// The account of who posed it, where somebody signed in: it is told what becomes of it.
    pub account: Option<String>,
    /// How its words stand with the rules.
    pub moderated: Moderated,
}

impl Problem {
    /// As it was posed, where everybody may read it.
    pub fn shown(&self) -> Option<&Posed> {
        self.posed.as_ref().filter(|_| self.moderated.showing() == Showing::Shown)
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        match (&self.chosen, &self.outcome) {
            (_, Some(outcome)) if outcome.solved => Stage::Solved,
            (_, Some(_)) => Stage::NotSolved,
            (Some(chosen), None) if chosen.lab.is_some() => Stage::Working,
            (Some(_), None) => Stage::NotChosen,
            (None, None) => Stage::Posed,
        }
    }
}

/// What may be asked of a problem.
#[derive(Debug, Clone, PartialEq)]
pub enum ProblemOrder {
    /// Pose it, with the account where somebody signed in.
    Pose(Posed, Option<String>),
    /// Look after the rules.
    Moderation(ModerationOrder),
    /// Choose it for a laboratory, or not.
    Choose(Chosen, Actor),
    /// Say what became of it.
    Finish(Solved, Actor),
}

/// What can happen to a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ProblemEvent {
    /// It was posed.
    ProblemPosed {
        /// It.
        posed: Posed,
        /// The account, where somebody signed in.
        #[serde(default)]
        account: Option<String>,
        /// Why a rule holds it back until a person looked.
        #[serde(default)]
        held: Option<Suspicion>,
    },
    /// It was chosen, or not.
    ProblemChosen {
        /// For which laboratory, and why.
        chosen: Chosen,
        /// By whom.
        by: Actor,
    },
    /// It was said what became of it.
    ProblemFinished {
        /// What.
        outcome: Solved,
        /// By whom.
        by: Actor,
    },
    /// The rules were looked after.
    #[serde(untagged)]
    Moderation(WordsEvent),
}

impl Aggregate for Problem {
    const KIND: &'static str = "problem";
    type Command = ProblemOrder;
    type Event = ProblemEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ProblemOrder, now: Timestamp) -> Result<Vec<ProblemEvent>, Refusal> {
        match order {
            ProblemOrder::Moderation(_) if self.posed.is_none() => Err(Refusal::Unknown),
            ProblemOrder::Moderation(order) => {
                Ok(self.moderated.decide(order)?.map(ProblemEvent::Moderation).into_iter().collect())
            }
            ProblemOrder::Pose(posed, account) => {
                if self.posed.is_some() {
                    return Err(Refusal::Exists);
                }
                check_words(&posed.title, ("문제", "problem"), 200)?;
                check_words(&posed.text, ("누가 어떻게 겪는지", "whom it troubles and how"), LONGEST_NOTE)?;
                let held = suspicion(&format!("{}\n{}", posed.title, posed.text));
                Ok(vec![ProblemEvent::ProblemPosed { posed, account, held }])
            }
            ProblemOrder::Choose(chosen, by) => {
                if self.posed.is_none() {
                    return Err(Refusal::Unknown);
                }
                if self.outcome.is_some() {
                    return Err(ForAllRefusal::Decided.into());
                }
                check_words(&chosen.reason, ("이유", "reason"), LONGEST_NOTE)?;
                Ok(vec![ProblemEvent::ProblemChosen { chosen, by }])
            }
            ProblemOrder::Finish(outcome, by) => {
                if self.chosen.as_ref().is_none_or(|chosen| chosen.lab.is_none()) {
                    return Err(ForAllRefusal::NotChosen.into());
                }
                check_words(&outcome.text, ("결과", "outcome"), LONGEST_NOTE)?;
                check_evidence_list(&outcome.evidence)?;
                if outcome.on > seoul(now).date() {
                    return Err(ForAllRefusal::DayAhead.into());
                }
                if outcome.solved && outcome.evidence.is_empty() {
                    return Err(Refusal::NoEvidence);
                }
                Ok(vec![ProblemEvent::ProblemFinished { outcome, by }])
            }
        }
    }

    fn evolve(&mut self, event: &ProblemEvent) {
        match event {
            ProblemEvent::ProblemPosed { posed, account, held } => {
                self.posed = Some(posed.clone());
                self.account.clone_from(account);
                self.moderated = Moderated::coming_in(*held);
            }
            ProblemEvent::Moderation(event) => self.moderated.take(event),
            ProblemEvent::ProblemChosen { chosen, .. } => self.chosen = Some(chosen.clone()),
            ProblemEvent::ProblemFinished { outcome, .. } => self.outcome = Some(outcome.clone()),
        }
    }
}
