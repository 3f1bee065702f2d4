//! What can happen to an inquiry.

use jiff::{Timestamp, civil::Date};
use maru_calendar::{ExclusionReason, ExtensionGround, Period};
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use super::{
    draft::{Draft, Source},
    identifiers::Receipt,
    understood::{Correction, Understood},
    values::{Channel, Deadline, DepartmentId, Kind, NamedOfficial, Said, State, Statement, TextLanguage},
};

/// An inquiry as it came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// Its number.
    pub receipt: Receipt,
    /// Under whose key the petitioner's words are sealed.
    pub subject: String,
    /// The petitioner's account, where there is one.
    pub account: Option<String>,
    /// The digest of the code that opens the case.
    pub code_digest: String,
    /// How it came in.
    pub channel: Channel,
    /// The title.
    pub title: Statement,
    /// The text.
    pub text: Statement,
    /// The petitioner's name, where it was given.
    pub name: Option<Personal>,
    /// Where the petitioner wants to be reached, where it was given.
    pub contact: Option<Personal>,
    /// The language, as a quick look sees it.
    pub language: TextLanguage,
    /// The kind, as the petitioner said or a quick look sees it.
    pub kind: Kind,
    /// Who said so: the petitioner's or an official's word stays until a person corrects it.
    pub kind_said_by: Said,
    /// The period of an application in the table of petitions.
    pub period: Option<Period>,
    /// The category that the petitioner chose.
    pub category: Option<String>,
    /// The department that has it first.
    pub department: DepartmentId,
    /// The inquiry of the same petitioner that this one repeats, where the petitioner says so.
    pub repeats: Option<Receipt>,
}

/// Where a case is passed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "destination", rename_all = "kebab-case")]
pub enum Destination {
    /// Another department of this agency (decree 제13조②).
    Department {
        /// The department.
        department: DepartmentId,
    },
    /// Another agency (decree 제13조③); the case ends here.
    Agency {
        /// Its name.
        agency: String,
    },
}

/// What the official decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The inquiry is answered.
    Answer,
    /// What was asked for is refused; the Act, 제27조③, wants reason and remedy.
    Refusal {
        /// The reason.
        reason: Statement,
        /// The article that it rests on.
        article: String,
        /// How and until when it can be contested.
        remedy: String,
    },
}

/// An answer as the official approved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What was decided.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The whole text of the notice.
    pub text: Statement,
    /// What it rests on.
    pub sources: Vec<Source>,
    /// Who decided: always a person.
    pub by: NamedOfficial,
    /// Whether artificial intelligence drafted it (인공지능기본법 제31조: it says so).
    pub drafted_by_machine: bool,
    /// When it is served; until then it can be taken back.
    pub serve_at: Timestamp,
}

/// What can happen to an inquiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Event {
    /// It was taken in (접수).
    Received {
        /// What came in.
        #[serde(flatten)]
        filing: Box<Filing>,
        /// Until when it must be answered.
        deadline: Deadline,
        /// When: part of the fact, since clocks run from it.
        at: Timestamp,
    },
    /// The program proposed what it is about and where it belongs.
    Understood {
        /// The proposal.
        understood: Box<Understood>,
        /// The kind that now holds.
        kind: Kind,
        /// The category that now holds.
        category: Option<String>,
        /// The department that now has it.
        department: DepartmentId,
        /// Until when it must be answered.
        deadline: Deadline,
    },
    /// A person put right what was understood. An example to learn from.
    Corrected {
        /// Who.
        by: Said,
        /// What.
        correction: Correction,
        /// Until when it must be answered.
        deadline: Deadline,
    },
    /// An official said whether another case is the same matter. An example to learn from.
    PairJudged {
        /// The other case.
        other: Receipt,
        /// Whether it is the same matter.
        same: bool,
        /// How many other cases hold as the same matter now.
        duplicates: u32,
        /// Who.
        official: String,
    },
    /// An official took it or was given it.
    Assigned {
        /// The account.
        official: String,
    },
    /// It was passed on (이송); the petitioner is told here.
    Passed {
        /// From which department.
        from: DepartmentId,
        /// Where to.
        to: Destination,
        /// Why; part of the notice to the petitioner.
        reason: Statement,
        /// Until when the decree wanted it passed on.
        pass_by: Timestamp,
        /// The article that says so.
        article: String,
        /// Who passed it on.
        by: NamedOfficial,
        /// When: part of the fact, since clocks run from it.
        at: Timestamp,
    },
    /// The machine drafted an answer. Nobody is bound by it.
    Drafted {
        /// The draft.
        draft: Box<Draft>,
    },
    /// Nothing that answers was found: a person writes the answer.
    DraftAbsent {
        /// Why, in Korean.
        ko: String,
        /// Why, in English.
        en: String,
    },
    /// An official wrote or changed the draft.
    DraftEdited {
        /// The text, sealed under the key of the office for this case.
        text: Personal,
        /// Who.
        official: String,
    },
    /// The petitioner was asked for what is missing (보완 요구); the clock stands still.
    CompletionRequested {
        /// What is missing.
        what: Statement,
        /// The last day to send it.
        until: Date,
        /// 1 for the first request, 2 for the one after it lapsed (decree 제24조③).
        number: u8,
        /// Who asked.
        by: NamedOfficial,
        /// The deadline, standing still.
        deadline: Deadline,
        /// When: part of the fact, since clocks run from it.
        at: Timestamp,
    },
    /// The petitioner asked for more time to complete (decree 제24조②).
    CompletionProlonged {
        /// The new last day.
        until: Date,
    },
    /// The petitioner sent what was missing.
    CompletionSupplied {
        /// What was sent.
        text: Statement,
        /// Until when it must be answered now.
        deadline: Deadline,
        /// When: part of the fact, since clocks run from it.
        at: Timestamp,
        /// Where it stands now.
        state: State,
    },
    /// The time to complete passed without anything coming; the clock runs on.
    CompletionLapsed {
        /// Until when it must be answered now.
        deadline: Deadline,
        /// When: part of the fact, since clocks run from it.
        at: Timestamp,
        /// Where it stands now.
        state: State,
    },
    /// The documents were sent back, since they were not completed (반려, decree 제25조①).
    Returned {
        /// Why.
        reason: Statement,
        /// Who decided.
        by: NamedOfficial,
    },
    /// The period was extended (연장, decree 제21조).
    Extended {
        /// The lawful ground.
        ground: ExtensionGround,
        /// Why, in the words that the petitioner reads.
        reason: Statement,
        /// 1 or 2.
        number: u8,
        /// Whether the petitioner consented (needed for the second).
        consent: bool,
        /// Who extended it.
        by: NamedOfficial,
        /// Until when it must be answered now.
        deadline: Deadline,
    },
    /// Time that does not count (decree 제20조), other than completion.
    TimeExcluded {
        /// Why it does not count.
        reason: ExclusionReason,
        /// Its beginning.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
        /// Until when it must be answered now.
        deadline: Deadline,
    },
    /// A holiday was announced, and the due time moved; the petitioner is told here.
    DeadlineMoved {
        /// The due time before.
        before: Option<Timestamp>,
        /// Until when it must be answered now.
        deadline: Deadline,
    },
    /// The petitioner was told how far it is (decree 제23조).
    ProgressNoticed {
        /// 1 for the notice after 30 days.
        number: u32,
    },
    /// The official was warned that the period ends soon.
    DueSoonWarned,
    /// An official approved the outcome.
    Approved {
        /// The outcome with its text.
        #[serde(flatten)]
        approval: Box<Approval>,
    },
    /// The official took the approval back before it was served.
    ApprovalUndone {
        /// Who.
        official: String,
        /// Where it stands now.
        state: State,
    },
    /// The answer was served to the petitioner.
    Answered {
        /// Whether it was in time.
        in_time: bool,
    },
    /// The refusal was served to the petitioner.
    Refused {
        /// Whether it was in time.
        in_time: bool,
        /// The last day to object (the Act, 제35조①); none where there is no objection under the Act.
        object_until: Option<Date>,
    },
    /// The petitioner took it back (취하).
    Withdrawn {
        /// Why, where it was said.
        reason: Option<Statement>,
    },
    /// It ended without a further answer, as a repeated petition (the Act, 제23조).
    Closed {
        /// The earlier cases of the same content that were answered.
        earlier: Vec<Receipt>,
        /// Why, in the words that the petitioner reads.
        reason: Statement,
        /// Who decided.
        by: NamedOfficial,
    },
    /// The petitioner objected to the refusal (이의신청).
    Objected {
        /// Why.
        text: Statement,
        /// Until when it must be decided (the Act, 제35조②).
        deadline: Deadline,
        /// When: part of the fact, since clocks run from it.
        at: Timestamp,
    },
    /// The decision on the objection was put off once, by ten days (the Act, 제35조②).
    ObjectionExtended {
        /// Why.
        reason: Statement,
        /// Until when it must be decided now.
        deadline: Deadline,
        /// Who.
        by: NamedOfficial,
    },
    /// The objection was decided.
    ObjectionDecided {
        /// Whether it was upheld.
        upheld: bool,
        /// The decision with its reasons.
        text: Statement,
        /// Who decided.
        by: NamedOfficial,
        /// Whether it was in time.
        in_time: bool,
    },
    /// The petitioner rated the answer.
    Rated {
        /// 1 to 5.
        stars: u8,
        /// What the petitioner added.
        comment: Option<Statement>,
    },
    /// An official noted something for colleagues.
    Noted {
        /// The note, sealed under the key of the office for this case.
        text: Personal,
        /// Who.
        official: String,
    },
    /// An official saw personal data by right. The petitioner can see who and why.
    PersonalDataRead {
        /// Why.
        reason: String,
        /// Who.
        official: String,
    },
    /// The petitioner's personal data were erased: their keys are destroyed.
    PersonErased,
}

impl Event {
    /// The deadline of the answer that the event sets, if it sets one.
    pub fn new_deadline(&self) -> Option<Deadline> {
        match self {
            Self::Received { deadline, .. }
            | Self::Understood { deadline, .. }
            | Self::Corrected { deadline, .. }
            | Self::CompletionRequested { deadline, .. }
            | Self::CompletionSupplied { deadline, .. }
            | Self::CompletionLapsed { deadline, .. }
            | Self::Extended { deadline, .. }
            | Self::TimeExcluded { deadline, .. }
            | Self::DeadlineMoved { deadline, .. }
            | Self::Objected { deadline, .. }
            | Self::ObjectionExtended { deadline, .. } => Some(*deadline),
            _ => None,
        }
    }
}

/// Under whose key the office's own notes on a case are sealed.
pub fn office_subject(receipt: &Receipt) -> String {
    format!("office-{receipt}")
}

/// Under whose key the petitioner's words of a case are sealed.
pub fn petitioner_subject(receipt: &Receipt) -> String {
    format!("petitioner-{receipt}")
}
