//! A comment on a draft: taken in, looked at where it breaks rules, answered.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Draft, GROUPING_JOB, LONGEST_COMMENT};
use crate::domain::{
    entry::Number,
    moderation::{Decided, Flag, Moderated, Moderation, ModerationOrder, Showing, Suspicion, WordsEvent, suspicion},
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Who comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    /// A person.
    Person,
    /// An organisation, under its name.
    Organisation,
    /// Somebody who wrote on paper or spoke in a meeting; an official put it in.
    OnPaper,
}

/// A comment as it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Filed {
    /// The consultation.
    pub consultation: String,
    /// The paragraph that it is on, from 0; nothing where it is on the whole.
    pub paragraph: Option<usize>,
    /// What it says, with personal data masked.
    pub text: String,
    /// Who comments.
    pub voice: Voice,
    /// The organisation's name; empty where a person comments.
    pub organisation: String,
    /// The account, where somebody signed in.
    #[serde(default)]
    pub account: Option<String>,
}

/// The numbers of recommendations that a text names («권고 58-1»).
pub fn numbers_in(text: &str) -> Vec<Number> {
    let parts = text.split(|character: char| !(character.is_ascii_digit() || character == '-'));
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The plan was changed as it asks.
    Accepted,
    /// The plan was changed in part.
    InPart,
    /// The plan stays as it is.
    NotAccepted,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::InPart, Self::NotAccepted];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::InPart => "in-part",
            Self::NotAccepted => "not-accepted",
        }
    }

    /// The outcome of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.identifier() == name)
    }
}

/// The answer to a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answered {
    /// What became of it.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// What was changed; empty where nothing was.
    pub change: String,
}

/// The state of a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// What came in; nothing before.
    pub filed: Option<Filed>,
    /// The answer that holds.
    pub answer: Option<Answered>,
    /// How it stands with the rules.
    pub moderated: Moderated,
}

/// What may be asked of a comment.
#[derive(Debug, Clone, PartialEq)]
pub enum CommentOrder {
    /// Take it in, for this draft.
    File(Filed, Box<Draft>),
    /// Answer it, for this draft. An answer can be put right until the consultation is closed; both stay in the record.
    Answer(Answered, Box<Draft>, Actor),
    /// Look after the rules.
    Moderation(ModerationOrder),
}

/// What can happen to a comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CommentEvent {
    /// It was taken in.
    CommentFiled {
        /// What came in.
        filed: Filed,
        /// Why a rule holds it back until a person looked.
        #[serde(default)]
        held: Option<Suspicion>,
    },
    /// Somebody said that it breaks the rules.
    CommentFlagged {
        /// Who and how.
        flag: Flag,
        /// Whether it waits for a person now: not where one let it stand already.
        queued: bool,
    },
    /// A person looked at it.
    CommentModerated {
        /// What was decided.
        moderation: Moderation,
        /// Who.
        by: Actor,
    },
    /// Its author says that it should not be hidden.
    CommentAppealed {
        /// Why not.
        text: String,
    },
    /// That was decided on, by somebody else.
    CommentAppealDecided {
        /// What was decided.
        decided: Decided,
        /// Who.
        by: Actor,
    },
    /// It was answered.
    CommentAnswered {
        /// The answer.
        answer: Answered,
        /// By whom.
        by: Actor,
    },
}

impl From<WordsEvent> for CommentEvent {
    fn from(event: WordsEvent) -> Self {
        match event {
            WordsEvent::WordsFlagged { flag, queued } => Self::CommentFlagged { flag, queued },
            WordsEvent::WordsModerated { moderation, by } => Self::CommentModerated { moderation, by },
            WordsEvent::WordsAppealed { text } => Self::CommentAppealed { text },
            WordsEvent::WordsAppealDecided { decided, by } => Self::CommentAppealDecided { decided, by },
        }
    }
}

impl CommentEvent {
    /// What happened by the rules; nothing for all else.
    fn of_moderation(&self) -> Option<WordsEvent> {
        Some(match self.clone() {
            Self::CommentFlagged { flag, queued } => WordsEvent::WordsFlagged { flag, queued },
            Self::CommentModerated { moderation, by } => WordsEvent::WordsModerated { moderation, by },
            Self::CommentAppealed { text } => WordsEvent::WordsAppealed { text },
            Self::CommentAppealDecided { decided, by } => WordsEvent::WordsAppealDecided { decided, by },
            Self::CommentFiled { .. } | Self::CommentAnswered { .. } => return None,
        })
    }
}

type Decision = Result<Vec<CommentEvent>, Refusal>;

impl Comment {
    /// What it says.
    pub fn text(&self) -> &str {
        self.filed.as_ref().map_or("", |filed| filed.text.as_str())
    }

    /// Whether everybody may read it.
    pub fn showing(&self) -> Showing {
        self.moderated.showing()
    }

    /// What everybody may read of it; empty where it is hidden or held.
    pub fn shown_text(&self) -> &str {
        if self.showing() == Showing::Shown { self.text() } else { "" }
    }

    fn file(&self, filed: Filed, draft: &Draft, today: Date) -> Decision {
        if self.filed.is_some() {
            return Err(Refusal::Exists);
        }
        draft.check_takes(filed.voice, today)?;
        check_words(&filed.text, ("의견", "comment"), LONGEST_COMMENT)?;
        if filed.voice == Voice::Organisation {
            check_words(&filed.organisation, ("단체 이름", "organisation"), 200)?;
        }
        if let Some(paragraph) = filed.paragraph.filter(|place| *place >= draft.paragraphs.len()) {
            return Err(Refusal::NoSuchParagraph { paragraph: paragraph.saturating_add(1) });
        }
        // An official looked at what came on paper.
        let held = if filed.voice == Voice::OnPaper { None } else { suspicion(&filed.text) };
        Ok(vec![CommentEvent::CommentFiled { filed, held }])
    }

    fn answer(&self, answer: Answered, draft: &Draft, by: Actor) -> Decision {
        self.filed()?;
        check_words(&answer.reason, ("이유", "reason"), LONGEST_NOTE)?;
        if answer.outcome != Outcome::NotAccepted && answer.change.trim().is_empty() {
            return Err(Refusal::NoChangeNamed);
        }
        if self.answer.as_ref() == Some(&answer) {
            return Ok(Vec::new());
        }
        draft.check_not_closed()?;
        Ok(vec![CommentEvent::CommentAnswered { answer, by }])
    }

    fn filed(&self) -> Result<&Filed, Refusal> {
        self.filed.as_ref().ok_or(Refusal::Unknown)
    }
}

impl Aggregate for Comment {
    const KIND: &'static str = "comment";
    type Command = CommentOrder;
    type Event = CommentEvent;
    type Refusal = Refusal;

    fn decide(&self, order: CommentOrder, now: Timestamp) -> Result<Vec<CommentEvent>, Refusal> {
        match order {
            CommentOrder::File(filed, draft) => self.file(filed, &draft, seoul(now).date()),
            CommentOrder::Answer(answer, draft, by) => self.answer(answer, &draft, by),
            CommentOrder::Moderation(order) => {
                self.filed()?;
                Ok(self.moderated.decide(order)?.map(CommentEvent::from).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &CommentEvent) {
        match event {
            CommentEvent::CommentFiled { filed, held } => {
                self.filed = Some(filed.clone());
                self.moderated = Moderated::coming_in(*held);
            }
            CommentEvent::CommentAnswered { answer, .. } => self.answer = Some(answer.clone()),
            other => {
                if let Some(event) = other.of_moderation() {
                    self.moderated.take(&event);
                }
            }
        }
    }

    fn follow_up(&self, event: &CommentEvent) -> Vec<NewJob> {
        let CommentEvent::CommentFiled { filed, .. } = event else { return Vec::new() };
        let payload = json!({ "consultation": filed.consultation });
        // However many come, one job waits.
        vec![NewJob::new(GROUPING_JOB, payload).keyed(format!("{GROUPING_JOB}-{}", filed.consultation))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_words() {
        let found: Vec<String> =
            numbers_in("권고 58-1과 9-4를 고쳤습니다. 2026-11").iter().map(ToString::to_string).collect();
        assert_eq!(found, ["58-1", "9-4", "2026-11"]);
        assert_eq!(numbers_in("첫째 문단"), []);
    }
}
