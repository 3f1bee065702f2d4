//! Briefings (설명회): organisations are invited and say how many come; who came is written down; every question gets an answer.
//!
//! Organisations stand under their names; nobody's name is kept. Questions are public once they are answered.

mod decide;
mod refusals;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use refusals::BriefingRefusal;

use super::{recommendation::Actor, refusals::Refusal};

/// Most organisations of a briefing.
pub const MOST_ORGANISATIONS: usize = 1_000;
/// Most people that one organisation brings.
pub const MOST_PEOPLE: u32 = 50;
/// Most questions.
pub const MOST_QUESTIONS: usize = 1_000;
/// Longest question, in characters.
pub const LONGEST_QUESTION: usize = 1_000;
/// For how many days after it questions are taken.
pub const DAYS_FOR_QUESTIONS: i64 = 14;

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BriefingNotice)]
pub struct Notice {
    /// Its name.
    #[schema(max_length = 200)]
    pub title: String,
    /// What it is about, and for whom.
    pub text: String,
    /// The consultation that it belongs to.
    pub consultation: Option<String>,
    /// When it begins, in Korea.
    #[schema(value_type = String, example = "2026-12-10T14:00:00")]
    pub at: DateTime,
    /// Where, or at which address of the web.
    #[schema(max_length = 300)]
    pub place: String,
    /// How many people there is room for.
    pub seats: u32,
}

/// An organisation that was invited or came by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BriefingGuest)]
pub struct Guest {
    /// Whether the committee invited it.
    pub invited: bool,
    /// How many people it said would come; nothing where it said nothing.
    pub announced: Option<u32>,
    /// How many came; nothing before that was written down.
    pub came: Option<u32>,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BriefingQuestion)]
pub struct Question {
    /// Its number, from 1.
    pub number: usize,
    /// Which organisation asks; empty where a person does.
    pub organisation: String,
    /// What is asked, with personal data masked.
    pub text: String,
    /// Whether it was asked in the room; an official wrote it down.
    pub spoken: bool,
    /// The answer; empty before.
    pub answer: String,
}

/// The state of a briefing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Briefing {
    /// What was announced; nothing before.
    pub notice: Option<Notice>,
    /// The organisations by name.
    pub guests: BTreeMap<String, Guest>,
    /// The questions in the order in which they came.
    pub questions: Vec<Question>,
    /// What was said, written down afterwards; empty before.
    pub summary: String,
    /// Why it was called off; empty where it was not.
    pub cancelled: String,
}

/// What a briefing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = BriefingFigures)]
pub struct Figures {
    /// Organisations that were invited.
    pub invited: usize,
    /// Organisations that said that they come.
    pub announced: usize,
    /// Organisations that came.
    pub came: usize,
    /// People who came.
    pub people: u32,
    /// Questions.
    pub questions: usize,
    /// Questions with an answer.
    pub answered: usize,
}

impl Briefing {
    /// What it came to.
    pub fn figures(&self) -> Figures {
        let count = |fits: fn(&Guest) -> bool| self.guests.values().filter(|guest| fits(guest)).count();
        Figures {
            invited: count(|guest| guest.invited),
            announced: count(|guest| guest.announced.is_some_and(|people| people > 0)),
            came: count(|guest| guest.came.is_some_and(|people| people > 0)),
            people: self.guests.values().filter_map(|guest| guest.came).sum(),
            questions: self.questions.len(),
            answered: self.questions.iter().filter(|question| !question.answer.is_empty()).count(),
        }
    }

    /// How many seats are free.
    pub fn free(&self) -> u32 {
        let taken: u32 = self.guests.values().filter_map(|guest| guest.announced).sum();
        self.notice.as_ref().map_or(0, |notice| notice.seats.saturating_sub(taken))
    }

    /// The organisation that is called so, whatever its blanks and capitals.
    pub fn called(&self, name: &str) -> Option<&str> {
        let wanted = folded(name);
        self.guests.keys().find(|known| folded(known) == wanted).map(String::as_str)
    }
}

/// A name without what people write differently.
fn folded(name: &str) -> String {
    name.chars().filter(|one| !one.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum BriefingOrder {
    /// Announce it.
    Announce(Notice, Actor),
    /// Invite organisations; those that are there stay as they are.
    Invite(Vec<String>, Actor),
    /// An organisation says how many come.
    Register {
        /// Its name.
        organisation: String,
        /// How many; 0 where nobody does.
        people: u32,
    },
    /// Somebody asks.
    Ask {
        /// Which organisation; empty where a person does.
        organisation: String,
        /// What.
        text: String,
        /// Whether it was asked in the room.
        spoken: bool,
    },
    /// Answer a question, or put the answer right.
    Answer {
        /// Its number.
        number: usize,
        /// The answer.
        text: String,
        /// Who.
        by: Actor,
    },
    /// Write down who came and what was said.
    Record {
        /// How many came, by organisation; who is not named keeps what was written down.
        came: BTreeMap<String, u32>,
        /// What was said.
        summary: String,
        /// Who.
        by: Actor,
    },
    /// Call it off.
    Cancel {
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum BriefingEvent {
    /// It was announced.
    BriefingAnnounced {
        /// What.
        briefing: Notice,
        /// By whom.
        by: Actor,
    },
    /// Organisations were invited.
    OrganisationsInvited {
        /// Their names.
        organisations: Vec<String>,
        /// By whom.
        by: Actor,
    },
    /// An organisation said how many come.
    OrganisationRegistered {
        /// Its name.
        organisation: String,
        /// How many.
        people: u32,
    },
    /// Somebody asked.
    BriefingAsked {
        /// Which organisation.
        organisation: String,
        /// What.
        text: String,
        /// Whether in the room.
        spoken: bool,
    },
    /// A question was answered.
    BriefingAnswered {
        /// Its number.
        number: usize,
        /// The answer.
        text: String,
        /// By whom.
        by: Actor,
    },
    /// It was written down who came and what was said.
    BriefingRecorded {
        /// How many came, by organisation.
        came: BTreeMap<String, u32>,
        /// What was said.
        summary: String,
        /// By whom.
        by: Actor,
    },
    /// It was called off.
    BriefingCancelled {
        /// Why.
        reason: String,
        /// By whom.
        by: Actor,
    },
}

type Decision = Result<Vec<BriefingEvent>, Refusal>;

impl Aggregate for Briefing {
    const KIND: &'static str = "briefing";
    type Command = BriefingOrder;
    type Event = BriefingEvent;
    type Refusal = Refusal;

    fn decide(&self, order: BriefingOrder, now: Timestamp) -> Decision {
        let now = seoul(now);
        match order {
            BriefingOrder::Announce(notice, by) => self.announce(notice, by, now),
            BriefingOrder::Invite(names, by) => self.invite(names, by),
            BriefingOrder::Register { organisation, people } => self.register(&organisation, people, now),
            BriefingOrder::Ask { organisation, text, spoken } => self.ask(organisation, text, spoken, now.date()),
            BriefingOrder::Answer { number, text, by } => self.answer(number, text, by),
            BriefingOrder::Record { came, summary, by } => self.record(came, summary, by, now),
            BriefingOrder::Cancel { reason, by } => self.cancel(reason, by, now),
        }
    }

    fn evolve(&mut self, event: &BriefingEvent) {
        match event {
            BriefingEvent::BriefingAnnounced { briefing, .. } => self.notice = Some(briefing.clone()),
            BriefingEvent::OrganisationsInvited { organisations, .. } => {
                for name in organisations {
                    self.guests.entry(name.clone()).or_default().invited = true;
                }
            }
            BriefingEvent::OrganisationRegistered { organisation, people } => {
                self.guests.entry(organisation.clone()).or_default().announced = Some(*people);
            }
            BriefingEvent::BriefingAsked { organisation, text, spoken } => self.questions.push(Question {
                number: self.questions.len() + 1,
                organisation: organisation.clone(),
                text: text.clone(),
                spoken: *spoken,
                answer: String::new(),
            }),
            BriefingEvent::BriefingAnswered { number, text, .. } => {
                if let Some(question) = self.questions.iter_mut().find(|question| question.number == *number) {
                    question.answer.clone_from(text);
                }
            }
            BriefingEvent::BriefingRecorded { came, summary, .. } => {
                for (name, people) in came {
                    self.guests.entry(name.clone()).or_default().came = Some(*people);
                }
                self.summary.clone_from(summary);
            }
            BriefingEvent::BriefingCancelled { reason, .. } => self.cancelled.clone_from(reason),
        }
    }
}
