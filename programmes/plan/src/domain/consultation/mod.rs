//! Consultation: a public draft, comments on its paragraphs, and an answer to every one of them.
//!
//! Comments that break the rules are hidden by a person, with the ground and a reason, and can be appealed against; they are answered like
//! the others. A consultation is closed once every comment is answered; from then on neither comments nor answers change.
//!
//! Only what is masked of a comment is kept, and no name of a person: comments are public. Organisations stand under their
//! own names.

mod comment;
mod refusals;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use comment::{Answered, Comment, CommentEvent, CommentOrder, Filed, Outcome, Voice, numbers_in};
pub use refusals::ConsultationRefusal;

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
/// For how many days after its end what came on paper can still be put in.
pub const PAPER_DAYS: i32 = 30;
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
    /// The day on which it was closed: every comment is answered, nothing changes any more. Nothing before.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub closed: Option<Date>,
}

impl Draft {
    /// Whether comments are taken on `day`.
    pub fn is_open(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }

    fn check_not_closed(&self) -> Result<(), Refusal> {
        self.closed.map_or(Ok(()), |on| Err(ConsultationRefusal::Closed { on }.into()))
    }

    /// Whether a comment of this kind is taken on `day`: what came on paper in time may be put in for some time afterwards.
    fn check_takes(&self, voice: Voice, day: Date) -> Result<(), Refusal> {
        self.check_not_closed()?;
        let last = match voice {
            Voice::OnPaper => self.until.saturating_add(jiff::Span::new().days(PAPER_DAYS)),
            _ => self.until,
        };
        let until = self.until;
        if voice == Voice::OnPaper && day > last {
            return Err(ConsultationRefusal::PaperTooLate { until: last }.into());
        }
        // Officials may put in what came before the first day, such as what was said when the draft was announced.
        if voice != Voice::OnPaper && !self.is_open(day) {
            return Err(Refusal::NotOpen { from: self.from, until });
        }
        Ok(())
    }
}

/// What may be asked of a consultation.
#[derive(Debug, Clone, PartialEq)]
pub enum ConsultationOrder {
    /// Open it.
    Open(Draft, Actor),
    /// Take comments for longer.
    Prolong(Date, Actor),
    /// Close it.
    Close {
        /// How many comments have no answer.
        unanswered: u64,
        /// How many wait for somebody to look at them.
        waiting: u64,
        /// Who.
        by: Actor,
    },
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
    /// It was closed.
    ConsultationClosed {
        /// The day.
        on: Date,
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
                draft.check_not_closed()?;
                check_period(draft.from, until, &draft.urgent)?;
                Ok(vec![ConsultationEvent::ConsultationProlonged { until, by }])
            }
            ConsultationOrder::Close { unanswered, waiting, by } => {
                let draft = self.draft.as_ref().ok_or(Refusal::Unknown)?;
                draft.check_not_closed()?;
                let on = seoul(now).date();
                if on <= draft.until {
                    return Err(ConsultationRefusal::NotOver { until: draft.until }.into());
                }
                if unanswered > 0 {
                    return Err(ConsultationRefusal::Unanswered { count: unanswered }.into());
                }
                if waiting > 0 {
                    return Err(ConsultationRefusal::Waiting { count: waiting }.into());
                }
                Ok(vec![ConsultationEvent::ConsultationClosed { on, by }])
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
            ConsultationEvent::ConsultationClosed { on, .. } => {
                if let Some(draft) = &mut self.draft {
                    draft.closed = Some(*on);
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
    if draft.closed.is_some() {
        return Err(Refusal::Unknown);
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
