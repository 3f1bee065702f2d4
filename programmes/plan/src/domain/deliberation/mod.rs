//! Deliberation (공론장): people agree or disagree with short statements of each other; groups of opinion are found in their votes.
//!
//! Nobody answers anybody, so that nobody shouts. Statements of citizens are shown after the committee looked at them; what is
//! not shown has a reason. Votes are kept without names, and groups of fewer than [`LEAST_GROUP`] are not shown.

mod groups;
mod refusals;
mod stances;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use groups::{Counts, Group, LEAST_GROUP, Letters, Opinions, Representative, StatementOpinion, Voter, opinions};
pub use refusals::DeliberationRefusal;
pub use stances::{Stance, Stances, StancesEvent, StancesOrder, Taken};

use super::{
    consultation::{LONGEST_DAYS, days_of},
    entry::Number,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Longest statement, in characters: one thought.
pub const LONGEST_STATEMENT: usize = 140;
/// Most statements of a deliberation.
pub const MOST_STATEMENTS: usize = 300;
/// Fewest statements with which one is opened.
pub const FEWEST_STATEMENTS: usize = 3;

/// What is deliberated on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DeliberationQuestion)]
pub struct Question {
    /// The question.
    #[schema(max_length = 200)]
    pub title: String,
    /// What one should know, in plain words.
    pub text: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// Whether only who signed in takes part: then everybody counts once.
    pub signed_in: bool,
    /// The recommendation that it belongs to.
    #[schema(value_type = Option<String>, example = "84-1")]
    pub recommendation: Option<Number>,
}

impl Question {
    /// Whether people may take part on `day`.
    pub fn is_open(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

/// Whether a statement is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
#[schema(as = StatementShowing)]
pub enum Showing {
    /// It waits for the committee.
    Waiting,
    /// It is shown.
    Shown,
    /// It is not.
    Refused {
        /// Why.
        reason: String,
    },
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DeliberationStatement)]
pub struct Statement {
    /// Its number, from 1.
    pub number: usize,
    /// What it says, with personal data masked.
    pub text: String,
    /// Whether somebody who took part wrote it.
    pub of_citizen: bool,
    /// Whether it is shown.
    pub showing: Showing,
}

/// The state of a deliberation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliberation {
    /// What is deliberated on; nothing before it was opened.
    pub question: Option<Question>,
    /// The statements.
    pub statements: Vec<Statement>,
    /// What was made of it; nothing before.
    pub conclusion: Option<String>,
}

impl Deliberation {
    /// The numbers of those that are shown.
    pub fn shown(&self) -> BTreeSet<usize> {
        let shown = self.statements.iter().filter(|statement| statement.showing == Showing::Shown);
        shown.map(|statement| statement.number).collect()
    }
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum DeliberationOrder {
    /// Open it with some statements.
    Open(Question, Vec<String>, Actor),
    /// Propose a statement.
    Propose(String),
    /// Show a statement, or not.
    Moderate {
        /// Its number.
        number: usize,
        /// Whether it is shown.
        show: bool,
        /// Why not; empty where it is shown.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// Say what was made of it.
    Conclude(String, Actor),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum DeliberationEvent {
    /// It was opened.
    DeliberationOpened {
        /// What is deliberated on.
        question: Question,
        /// The first statements.
        statements: Vec<String>,
        /// By whom.
        by: Actor,
    },
    /// Somebody proposed a statement.
    StatementProposed {
        /// It.
        text: String,
    },
    /// The committee looked at a statement.
    StatementModerated {
        /// Its number.
        number: usize,
        /// Whether it is shown.
        show: bool,
        /// Why not.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// It was said what was made of it.
    DeliberationConcluded {
        /// What.
        conclusion: String,
        /// By whom.
        by: Actor,
    },
}

type Decision = Result<Vec<DeliberationEvent>, Refusal>;

fn check_statement(text: &str) -> Result<(), Refusal> {
    check_words(text, ("말", "statement"), LONGEST_STATEMENT)
}

impl Deliberation {
    fn opened(&self) -> Result<&Question, Refusal> {
        self.question.as_ref().ok_or(Refusal::Unknown)
    }

    fn open(&self, question: Question, statements: Vec<String>, by: Actor) -> Decision {
        if self.question.is_some() {
            return Err(Refusal::Exists);
        }
        check_words(&question.title, ("질문", "question"), 200)?;
        check_words(&question.text, ("설명", "explanation"), LONGEST_NOTE)?;
        if !(1..=LONGEST_DAYS).contains(&days_of(question.from, question.until)) {
            return Err(DeliberationRefusal::Period.into());
        }
        if !(FEWEST_STATEMENTS..=MOST_STATEMENTS).contains(&statements.len()) {
            return Err(DeliberationRefusal::FewStatements.into());
        }
        statements.iter().try_for_each(|text| check_statement(text))?;
        Ok(vec![DeliberationEvent::DeliberationOpened { question, statements, by }])
    }

    fn propose(&self, text: String, today: Date) -> Decision {
        let question = self.opened()?;
        if !question.is_open(today) || self.conclusion.is_some() {
            return Err(Refusal::NotOpen { from: question.from, until: question.until });
        }
        check_statement(&text)?;
        if self.statements.len() >= MOST_STATEMENTS {
            return Err(DeliberationRefusal::ManyStatements.into());
        }
        if self.statements.iter().any(|known| known.text == text) {
            return Err(DeliberationRefusal::SaidAlready.into());
        }
        Ok(vec![DeliberationEvent::StatementProposed { text }])
    }

    fn moderate(&self, number: usize, show: bool, reason: String, by: Actor) -> Decision {
        self.opened()?;
        let known = self.statements.iter().find(|statement| statement.number == number).ok_or(Refusal::Unknown)?;
        if !show {
            check_words(&reason, ("보이지 않는 이유", "reason"), LONGEST_NOTE)?;
        }
        let same = match &known.showing {
            Showing::Waiting => false,
            Showing::Shown => show,
            Showing::Refused { reason: before } => !show && *before == reason,
        };
        if same { Ok(Vec::new()) } else { Ok(vec![DeliberationEvent::StatementModerated { number, show, reason, by }]) }
    }

    fn conclude(&self, conclusion: String, by: Actor, today: Date) -> Decision {
        let question = self.opened()?;
        if today <= question.until {
            return Err(DeliberationRefusal::StillOpen.into());
        }
        check_words(&conclusion, ("반영한 내용", "what was made of it"), LONGEST_NOTE)?;
        Ok(vec![DeliberationEvent::DeliberationConcluded { conclusion, by }])
    }

    fn add(&mut self, text: &str, of_citizen: bool, showing: Showing) {
        let number = self.statements.len() + 1;
        self.statements.push(Statement { number, text: text.to_owned(), of_citizen, showing });
    }
}

impl Aggregate for Deliberation {
    const KIND: &'static str = "deliberation";
    type Command = DeliberationOrder;
    type Event = DeliberationEvent;
    type Refusal = Refusal;

    fn decide(&self, order: DeliberationOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            DeliberationOrder::Open(question, statements, by) => self.open(question, statements, by),
            DeliberationOrder::Propose(text) => self.propose(text, today),
            DeliberationOrder::Moderate { number, show, reason, by } => self.moderate(number, show, reason, by),
            DeliberationOrder::Conclude(conclusion, by) => self.conclude(conclusion, by, today),
        }
    }

    fn evolve(&mut self, event: &DeliberationEvent) {
        match event {
            DeliberationEvent::DeliberationOpened { question, statements, .. } => {
                self.question = Some(question.clone());
                for text in statements {
                    self.add(text, false, Showing::Shown);
                }
            }
            DeliberationEvent::StatementProposed { text } => self.add(text, true, Showing::Waiting),
            DeliberationEvent::StatementModerated { number, show, reason, .. } => {
                if let Some(statement) = self.statements.iter_mut().find(|statement| statement.number == *number) {
                    statement.showing =
                        if *show { Showing::Shown } else { Showing::Refused { reason: reason.clone() } };
                }
            }
            DeliberationEvent::DeliberationConcluded { conclusion, .. } => self.conclusion = Some(conclusion.clone()),
        }
    }
}
