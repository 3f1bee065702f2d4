//! What may be asked of an inquiry.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use maru_calendar::ExclusionReason;
use maru_holidays::OfficialCalendar;
use maru_ledger::Personal;

use super::{
    draft::{Draft, Source},
    events::{Destination, Filing, Outcome},
    identifiers::Receipt,
    understood::{Correction, Understood},
    values::{GivenGround, NamedOfficial, Said, Statement},
};

/// An order with the calendar by which its periods are reckoned.
#[derive(Debug, Clone)]
pub struct Command {
    /// What is asked.
    pub order: Order,
    /// Working time and holidays.
    pub calendar: Arc<OfficialCalendar>,
}

/// An answer or refusal that an official approves.
#[derive(Debug, Clone)]
pub struct Approve {
    /// What is decided.
    pub outcome: Outcome,
    /// The whole text of the notice.
    pub text: Statement,
    /// What it rests on.
    pub sources: Vec<Source>,
    /// Who decides.
    pub by: NamedOfficial,
    /// How long it can be taken back; nothing serves it at once.
    pub grace: SignedDuration,
}

/// What may be asked of an inquiry.
#[derive(Debug, Clone)]
pub enum Order {
    /// Take it in.
    Receive(Box<Filing>),
    /// Take note of what the program understood.
    Understand(Box<Understood>),
    /// Put right what was understood.
    Correct {
        /// Who.
        by: Said,
        /// What.
        correction: Correction,
    },
    /// Say whether another case is the same matter.
    JudgePair {
        /// The other case.
        other: Receipt,
        /// Whether it is the same matter.
        same: bool,
        /// What was said of the two before, from either side.
        before: Option<bool>,
        /// Who.
        official: String,
    },
    /// Give it to an official.
    Assign {
        /// The account.
        official: String,
    },
    /// Pass it on.
    Pass {
        /// Where to.
        to: Destination,
        /// Why.
        reason: Statement,
        /// Who.
        by: NamedOfficial,
    },
    /// Keep the machine's draft.
    Draft(Box<Draft>),
    /// Note that no draft could be made.
    DraftAbsent {
        /// Why, in Korean.
        ko: String,
        /// Why, in English.
        en: String,
    },
    /// Keep the official's text.
    EditDraft {
        /// The text.
        text: Personal,
        /// How often the text had been saved when the editor read it; none writes over whatever is there.
        seen: Option<u32>,
        /// Who.
        official: String,
    },
    /// Ask the petitioner for what is missing.
    RequestCompletion {
        /// What is missing.
        what: Statement,
        /// How many days there are to send it.
        days: u16,
        /// Who asks.
        by: NamedOfficial,
    },
    /// Give the petitioner more time to complete.
    ProlongCompletion {
        /// How many days more.
        days: u16,
    },
    /// Take in what was missing.
    SupplyCompletion {
        /// What the petitioner sends.
        text: Statement,
    },
    /// Note that the time to complete passed.
    LapseCompletion,
    /// Send the documents back.
    Return {
        /// Why.
        reason: Statement,
        /// Who decides.
        by: NamedOfficial,
    },
    /// Extend the period.
    Extend {
        /// On what ground.
        ground: GivenGround,
        /// Why, in words.
        reason: Statement,
        /// Whether the petitioner consented.
        consent: bool,
        /// Who.
        by: NamedOfficial,
    },
    /// Note time that does not count.
    ExcludeTime {
        /// Why it does not count.
        reason: ExclusionReason,
        /// Its beginning.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// Reckon the due time anew after a holiday was announced.
    Reckon,
    /// Tell the petitioner how far it is.
    NoticeProgress {
        /// Which notice: 1 after 30 days.
        number: u32,
    },
    /// Warn the official that the period ends soon.
    WarnDueSoon,
    /// Approve the outcome.
    Approve(Box<Approve>),
    /// Take the approval back.
    UndoApproval {
        /// Who.
        official: String,
    },
    /// Serve what was approved.
    Serve,
    /// Take the inquiry back.
    Withdraw {
        /// Why, where it is said.
        reason: Option<Statement>,
    },
    /// End it as a repeated petition.
    CloseAsRepeated {
        /// The earlier cases of the same content that were answered.
        earlier: Vec<Receipt>,
        /// Why.
        reason: Statement,
        /// Who decides.
        by: NamedOfficial,
    },
    /// Object to the refusal.
    Object {
        /// Why.
        text: Statement,
    },
    /// Put the decision on the objection off, once.
    ExtendObjection {
        /// Why.
        reason: Statement,
        /// Who.
        by: NamedOfficial,
    },
    /// Decide the objection.
    DecideObjection {
        /// Whether it is upheld.
        upheld: bool,
        /// The decision with its reasons.
        text: Statement,
        /// Who decides.
        by: NamedOfficial,
    },
    /// Rate the answer.
    Rate {
        /// 1 to 5.
        stars: u8,
        /// What the petitioner adds.
        comment: Option<Statement>,
    },
    /// Note something for colleagues.
    Note {
        /// The note.
        text: Personal,
        /// Who.
        official: String,
    },
    /// Record that personal data are read.
    ReadPersonalData {
        /// Why.
        reason: String,
        /// Who.
        official: String,
    },
    /// Erase the petitioner's personal data.
    Erase,
}
