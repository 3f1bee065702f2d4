//! Consultation: a public draft, comments on its paragraphs, and an answer to every one of them.
//!
//! Only what is masked of a comment is kept, and no name of a person: comments are public. Organisations stand under their
//! own names.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    entry::Number,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// For how many days comments are taken at least (행정절차법 제46조③): as the draft of the plan was open from 16 December
/// 2025 to 4 January 2026.
pub const USUAL_DAYS: i32 = 20;
/// For how many days at least where it is urgent (행정절차법 제46조④).
pub const URGENT_DAYS: i32 = 10;
/// For how many days at most.
pub const LONGEST_DAYS: i32 = 180;
/// The job that groups the comments of a consultation.
pub const GROUPING_JOB: &str = "plan-grouping";
/// Longest comment, in characters.
pub const LONGEST_COMMENT: usize = 10_000;

/// A paragraph of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Paragraph {
    /// Its heading; empty where it has none.
    pub heading: String,
    /// Its text.
    pub text: String,
    /// The recommendation that it is the text of.
    #[schema(value_type = Option<String>, example = "58-1")]
    pub recommendation: Option<Number>,
}

/// The state of a consultation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// What is consulted on; nothing before it was opened.
    pub draft: Option<Draft>,
}

/// What is consulted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ConsultationDraft)]
pub struct Draft {
    /// Its title.
    pub title: String,
    /// What it is about, in plain words.
    pub summary: String,
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// The first day on which comments are taken.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// Why it is urgent, where fewer than twenty days are given; else empty.
    #[serde(default)]
    pub urgent: String,
}

impl Draft {
    /// Whether comments are taken on `day`.
    pub fn is_open(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

/// What may be asked of a consultation.
#[derive(Debug, Clone, PartialEq)]
pub enum ConsultationOrder {
    /// Open it.
    Open(Draft, Actor),
    /// Take comments for longer.
    Prolong(Date, Actor),
}

/// What can happen to a consultation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ConsultationEvent {
    /// It was opened.
    ConsultationOpened {
        /// What is consulted on.
        draft: Draft,
        /// By whom.
        by: Actor,
    },
    /// Comments are taken for longer.
    ConsultationProlonged {
        /// The last day now.
        until: Date,
        /// By whom.
        by: Actor,
    },
}

impl Aggregate for Consultation {
    const KIND: &'static str = "consultation";
    type Command = ConsultationOrder;
    type Event = ConsultationEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ConsultationOrder, now: Timestamp) -> Result<Vec<ConsultationEvent>, Refusal> {
        match order {
            ConsultationOrder::Open(draft, by) => {
                if self.draft.is_some() {
                    return Err(Refusal::Exists);
                }
                check_draft(&draft)?;
                Ok(vec![ConsultationEvent::ConsultationOpened { draft, by }])
            }
            ConsultationOrder::Prolong(until, by) => {
                let draft = self.draft.as_ref().ok_or(Refusal::Unknown)?;
                if until <= draft.until || until < seoul(now).date() {
                    return Err(Refusal::NotLater { due: draft.until });
                }
                check_period(draft.from, until, &draft.urgent)?;
                Ok(vec![ConsultationEvent::ConsultationProlonged { until, by }])
            }
        }
    }

    fn evolve(&mut self, event: &ConsultationEvent) {
        match event {
            ConsultationEvent::ConsultationOpened { draft, .. } => self.draft = Some(draft.clone()),
            ConsultationEvent::ConsultationProlonged { until, .. } => {
                if let Some(draft) = &mut self.draft {
                    draft.until = *until;
                }
            }
        }
    }
}

fn check_draft(draft: &Draft) -> Result<(), Refusal> {
    check_words(&draft.title, ("제목", "title"), 200)?;
    check_words(&draft.summary, ("쉬운 요약", "plain summary"), LONGEST_NOTE)?;
    if draft.paragraphs.is_empty() {
        return Err(Refusal::Empty { ko: "문단", en: "paragraph" });
    }
    for paragraph in &draft.paragraphs {
        check_words(&paragraph.text, ("문단", "paragraph"), LONGEST_COMMENT)?;
    }
    check_period(draft.from, draft.until, &draft.urgent)
}

/// How many days a period has, the first and the last counted; none where it ends before it begins.
pub(super) fn days_of(from: Date, until: Date) -> i32 {
    from.until(until).map_or(0, |span| span.get_days().saturating_add(1))
}

/// Twenty days at least, ten where it is urgent (행정절차법 제46조③④).
fn check_period(from: Date, until: Date, urgent: &str) -> Result<(), Refusal> {
    let least = if urgent.trim().is_empty() { USUAL_DAYS } else { URGENT_DAYS };
    let days = days_of(from, until);
    if (least..=LONGEST_DAYS).contains(&days) { Ok(()) } else { Err(Refusal::CommentPeriod) }
}

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
}

/// What may be asked of a comment.
#[derive(Debug, Clone, PartialEq)]
pub enum CommentOrder {
    /// Take it in, for this draft.
    File(Filed, Box<Draft>),
    /// Answer it. An answer can be put right later; both stay in the record.
    Answer(Answered, Actor),
}

/// What can happen to a comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CommentEvent {
    /// It was taken in.
    CommentFiled {
        /// What came in.
        filed: Filed,
    },
    /// It was answered.
    CommentAnswered {
        /// The answer.
        answer: Answered,
        /// By whom.
        by: Actor,
    },
}

impl Comment {
    /// What it says.
    pub fn text(&self) -> &str {
        self.filed.as_ref().map_or("", |filed| filed.text.as_str())
    }
}

impl Aggregate for Comment {
    const KIND: &'static str = "comment";
    type Command = CommentOrder;
    type Event = CommentEvent;
    type Refusal = Refusal;

    fn decide(&self, order: CommentOrder, now: Timestamp) -> Result<Vec<CommentEvent>, Refusal> {
        match order {
            CommentOrder::File(filed, draft) => {
                if self.filed.is_some() {
                    return Err(Refusal::Exists);
                }
                // What came on paper in time may be put in later.
                if filed.voice != Voice::OnPaper && !draft.is_open(seoul(now).date()) {
                    return Err(Refusal::NotOpen { from: draft.from, until: draft.until });
                }
                check_words(&filed.text, ("의견", "comment"), LONGEST_COMMENT)?;
                if filed.voice == Voice::Organisation {
                    check_words(&filed.organisation, ("단체 이름", "organisation"), 200)?;
                }
                if let Some(paragraph) = filed.paragraph.filter(|place| *place >= draft.paragraphs.len()) {
                    return Err(Refusal::NoSuchParagraph { paragraph: paragraph.saturating_add(1) });
                }
                Ok(vec![CommentEvent::CommentFiled { filed }])
            }
            CommentOrder::Answer(answer, by) => {
                if self.filed.is_none() {
                    return Err(Refusal::Unknown);
                }
                check_words(&answer.reason, ("이유", "reason"), LONGEST_NOTE)?;
                if answer.outcome != Outcome::NotAccepted && answer.change.trim().is_empty() {
                    return Err(Refusal::NoChangeNamed);
                }
                if self.answer.as_ref() == Some(&answer) {
                    return Ok(Vec::new());
                }
                Ok(vec![CommentEvent::CommentAnswered { answer, by }])
            }
        }
    }

    fn evolve(&mut self, event: &CommentEvent) {
        match event {
            CommentEvent::CommentFiled { filed } => self.filed = Some(filed.clone()),
            CommentEvent::CommentAnswered { answer, .. } => self.answer = Some(answer.clone()),
        }
    }

    fn follow_up(&self, event: &CommentEvent) -> Vec<NewJob> {
        let CommentEvent::CommentFiled { filed } = event else { return Vec::new() };
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
