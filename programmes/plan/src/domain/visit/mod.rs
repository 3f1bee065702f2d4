//! Field visits (현장점검): planned by a rule that is shown, recorded on the spot, their findings followed until they are closed
//! (인공지능기본법 제8조①2의3: 이행점검).
//!
//! A record has an identifier of its own, made where it was written: the same record that arrives twice is taken once, so that
//! a phone that was without a network can send until it is told that it arrived.

mod checklist;
mod jpeg;
mod photo;
mod refusals;
mod risk;

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use checklist::{Answer, QUESTIONS, Question, Verdict, checklist};
pub use jpeg::{NotJpeg, without_metadata};
pub use photo::{LARGEST_PHOTO, Photo, PhotoEvent, PhotoOrder, Taken};
pub use refusals::VisitRefusal;
pub use risk::{Known, RiskPoint, RiskReason, risk, total};

use super::{
    bodies,
    entry::Number,
    evidence::{Evidence, check_evidence_list},
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Most findings of one record.
const MOST_FINDINGS: usize = 20;
/// Most records of a visit: one for each who was there.
const MOST_RECORDS: usize = 20;

/// What is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What is visited.
    pub recommendation: Number,
    /// The body that is visited.
    pub body: String,
    /// Where.
    pub place: String,
    /// When.
    pub on: Date,
    /// Why this one: the points of the rule on the day of planning.
    pub reasons: Vec<RiskPoint>,
    /// What is looked at.
    pub questions: Vec<Question>,
}

/// Something that must be put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFinding {
    /// What.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
}

/// What was recorded on the spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Made where it was written: 8 to 64 letters, digits and dashes.
    pub id: String,
    /// When, by the clock of the device.
    pub at: DateTime,
    /// The answers, by question.
    pub answers: BTreeMap<String, Answer>,
    /// What was seen on the whole.
    pub summary: String,
    /// What must be put right.
    pub findings: Vec<NewFinding>,
}

/// What a body says that it did about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FollowUp {
    /// What was done.
    pub text: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// A finding with what became of it. Its number is its place, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Finding {
    /// What.
    pub text: String,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// What was done about it, the newest last.
    pub follow_ups: Vec<FollowUp>,
    /// Why the last of these was not enough; empty where nothing was sent back since.
    pub sent_back: String,
    /// What was looked at when it was closed; nothing while it is open.
    pub closed: Option<String>,
}

/// The state of a visit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// What is planned; nothing before.
    pub planned: Option<Planned>,
    /// What was recorded, in the order in which it arrived.
    pub records: Vec<Record>,
    /// What must be put right.
    pub findings: Vec<Finding>,
    /// Why it did not take place; empty otherwise.
    pub cancelled: String,
}

impl Visit {
    /// The findings that are not closed, with their numbers.
    pub fn open_findings(&self) -> impl Iterator<Item = (usize, &Finding)> {
        self.findings.iter().zip(1..).map(|(finding, number)| (number, finding)).filter(|(_, one)| one.closed.is_none())
    }

    /// The questions that somebody answered with no and that contradict a report that says done.
    pub fn denials(&self) -> Vec<&'static str> {
        let denied = |id: &str| {
            let last = self.records.iter().rev().find_map(|record| record.answers.get(id));
            last.is_some_and(|answer| answer.verdict == Verdict::No)
        };
        QUESTIONS.into_iter().filter(|(id, _, _, counts)| *counts && denied(id)).map(|(id, ..)| id).collect()
    }

    /// Whether it waits to be done.
    pub fn is_ahead(&self) -> bool {
        self.planned.is_some() && self.records.is_empty() && self.cancelled.is_empty()
    }
}

/// What may be asked of a visit.
#[derive(Debug, Clone, PartialEq)]
pub enum VisitOrder {
    /// Plan it.
    Plan(Planned, Actor),
    /// It will not take place.
    Cancel(String, Actor),
    /// What was recorded on the spot.
    Record(Record, Actor),
    /// A body did something about a finding.
    FollowUp(usize, String, Vec<Evidence>, Actor),
    /// That is not enough.
    SendBack(usize, String, Actor),
    /// That is enough.
    Close(usize, String, Actor),
}

/// What can happen to a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are those of the orders above")]
pub enum VisitEvent {
    /// It was planned.
    VisitPlanned { planned: Planned, by: Actor },
    /// It will not take place.
    VisitCancelled { reason: String, by: Actor },
    /// Something was recorded.
    VisitRecorded { record: Record, by: Actor },
    /// A body did something about a finding.
    FindingFollowed { finding: usize, follow_up: FollowUp, by: Actor },
    /// That was not enough.
    FindingSentBack { finding: usize, reason: String, by: Actor },
    /// It was closed.
    FindingClosed { finding: usize, note: String, by: Actor },
}

type Decision = Result<Vec<VisitEvent>, Refusal>;

impl Visit {
    fn known(&self) -> Result<&Planned, Refusal> {
        let planned = self.planned.as_ref().ok_or(Refusal::Unknown)?;
        if self.cancelled.is_empty() { Ok(planned) } else { Err(VisitRefusal::Cancelled.into()) }
    }

    fn plan(&self, planned: Planned, by: Actor, today: Date) -> Decision {
        if self.planned.is_some() {
            return Err(Refusal::Exists);
        }
        if bodies::body(&planned.body).is_none() {
            return Err(Refusal::UnknownBody { name: planned.body });
        }
        check_words(&planned.place, ("장소", "place"), 200)?;
        if planned.on < today {
            return Err(VisitRefusal::DayPassed { on: planned.on }.into());
        }
        Ok(vec![VisitEvent::VisitPlanned { planned, by }])
    }

    fn record(&self, record: Record, by: Actor, today: Date) -> Decision {
        let planned = self.known()?;
        if self.records.iter().any(|known| known.id == record.id) {
            // It arrived before: the answer was lost on the way back.
            return Ok(Vec::new());
        }
        check_record(&record, planned, today)?;
        if self.records.len() >= MOST_RECORDS {
            return Err(VisitRefusal::TooMuch.into());
        }
        Ok(vec![VisitEvent::VisitRecorded { record, by }])
    }

    fn cancel(&self, reason: String, by: Actor) -> Decision {
        self.known()?;
        if !self.records.is_empty() {
            return Err(VisitRefusal::Recorded.into());
        }
        check_words(&reason, ("사유", "reason"), LONGEST_NOTE)?;
        Ok(vec![VisitEvent::VisitCancelled { reason, by }])
    }

    fn open(&self, number: usize) -> Result<&Finding, Refusal> {
        self.known()?;
        let finding = number.checked_sub(1).and_then(|place| self.findings.get(place)).ok_or(Refusal::Unknown)?;
        if finding.closed.is_some() { Err(VisitRefusal::FindingClosed.into()) } else { Ok(finding) }
    }

    /// An open finding about which the body did something that was not sent back.
    fn answered(&self, number: usize) -> Result<(), Refusal> {
        let finding = self.open(number)?;
        let waits = !finding.follow_ups.is_empty() && finding.sent_back.is_empty();
        if waits { Ok(()) } else { Err(VisitRefusal::NothingDone.into()) }
    }
}

impl Aggregate for Visit {
    const KIND: &'static str = "fieldvisit";
    type Command = VisitOrder;
    type Event = VisitEvent;
    type Refusal = Refusal;

    fn decide(&self, order: VisitOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            VisitOrder::Plan(planned, by) => self.plan(planned, by, today),
            VisitOrder::Cancel(reason, by) => self.cancel(reason, by),
            VisitOrder::Record(record, by) => self.record(record, by, today),
            VisitOrder::FollowUp(finding, text, evidence, by) => {
                self.open(finding)?;
                check_words(&text, ("조치한 내용", "what was done"), LONGEST_NOTE)?;
                check_evidence_list(&evidence)?;
                let follow_up = FollowUp { text, evidence, on: today };
                Ok(vec![VisitEvent::FindingFollowed { finding, follow_up, by }])
            }
            VisitOrder::SendBack(finding, reason, by) => {
                self.answered(finding)?;
                check_words(&reason, ("부족한 점", "what is missing"), LONGEST_NOTE)?;
                Ok(vec![VisitEvent::FindingSentBack { finding, reason, by }])
            }
            VisitOrder::Close(finding, note, by) => {
                self.answered(finding)?;
                check_words(&note, ("확인한 내용", "what was looked at"), LONGEST_NOTE)?;
                Ok(vec![VisitEvent::FindingClosed { finding, note, by }])
            }
        }
    }

    fn evolve(&mut self, event: &VisitEvent) {
        let place = |number: usize| number.saturating_sub(1);
        match event {
            VisitEvent::VisitPlanned { planned, .. } => self.planned = Some(planned.clone()),
            VisitEvent::VisitCancelled { reason, .. } => self.cancelled.clone_from(reason),
            VisitEvent::VisitRecorded { record, .. } => {
                self.findings.extend(record.findings.iter().map(|new| Finding {
                    text: new.text.clone(),
                    due: new.due,
                    follow_ups: Vec::new(),
                    sent_back: String::new(),
                    closed: None,
                }));
                self.records.push(record.clone());
            }
            VisitEvent::FindingFollowed { finding, follow_up, .. } => {
                if let Some(one) = self.findings.get_mut(place(*finding)) {
                    one.follow_ups.push(follow_up.clone());
                    one.sent_back.clear();
                }
            }
            VisitEvent::FindingSentBack { finding, reason, .. } => {
                if let Some(one) = self.findings.get_mut(place(*finding)) {
                    one.sent_back.clone_from(reason);
                }
            }
            VisitEvent::FindingClosed { finding, note, .. } => {
                if let Some(one) = self.findings.get_mut(place(*finding)) {
                    one.closed = Some(note.clone());
                }
            }
        }
    }
}

fn check_record(record: &Record, planned: &Planned, today: Date) -> Result<(), Refusal> {
    let fits = (8..=64).contains(&record.id.len())
        && record.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !fits {
        return Err(VisitRefusal::RecordName.into());
    }
    if record.at.date() > today {
        return Err(VisitRefusal::Future.into());
    }
    check_words(&record.summary, ("본 것", "what was seen"), LONGEST_NOTE)?;
    if record.findings.len() > MOST_FINDINGS {
        return Err(VisitRefusal::TooMuch.into());
    }
    for finding in &record.findings {
        check_words(&finding.text, ("지적사항", "finding"), 2_000)?;
    }
    for question in &planned.questions {
        let answer = record.answers.get(&question.id).ok_or(VisitRefusal::AnswerMissing)?;
        if answer.note.chars().count() > 2_000 {
            return Err(Refusal::TooLong { limit: 2_000 });
        }
    }
    let known = |id: &String| planned.questions.iter().any(|question| question.id == *id);
    if record.answers.keys().all(known) { Ok(()) } else { Err(Refusal::Unknown) }
}
