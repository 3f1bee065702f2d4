//! A case as the petitioner and as officials see it: everything a page or the API needs, ready to be shown.

use jiff::{Timestamp, civil::Date};
use maru_calendar::{Reckoning, Remaining, Step, citizen_sentence, seoul};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Audience, Case, TimelineEntry, timeline};
use crate::{
    agency::Agency,
    domain::{
        Approval, Draft, Event, Inquiry, Kind, NamedOfficial, OfficialCalendar, Outcome, Receipt, Source, State,
        TextLanguage, Understood, Urgency,
    },
};

/// What a petitioner can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CitizenAction {
    /// Put right what was understood.
    Correct,
    /// Send what is missing.
    SupplyCompletion,
    /// Ask for more time to send it.
    ProlongCompletion,
    /// Take the inquiry back.
    Withdraw,
    /// Object to the refusal.
    Object,
    /// Rate the answer.
    Rate,
    /// Have the personal data erased.
    Erase,
}

/// What an official can do now: what the case allows, and policies allow to the official who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfficialAction {
    /// Take it, or give it to an official.
    Assign,
    /// Put right what was understood.
    Correct,
    /// Say which other cases are the same matter.
    JudgePairs,
    /// Write or change the answer.
    Edit,
    /// Approve the answer or refusal.
    Approve,
    /// Take the approval back.
    UndoApproval,
    /// Pass it on.
    Pass,
    /// Extend the period.
    Extend,
    /// Ask for completion.
    RequestCompletion,
    /// Send it back, since it was not completed.
    Return,
    /// Note time that does not count.
    ExcludeTime,
    /// Close it as a repeated petition.
    CloseAsRepeated,
    /// Put the decision on the objection off.
    ExtendObjection,
    /// Decide the objection.
    DecideObjection,
    /// Note something for colleagues.
    Note,
    /// See the petitioner's words and data in the original, with a reason that is recorded.
    ReadPersonal,
    /// Download the proof of what happened.
    DownloadProof,
}

impl OfficialAction {
    /// The action as policies call it.
    pub(crate) fn policy(self) -> &'static str {
        match self {
            Self::Assign | Self::Edit | Self::Note => "edit-draft",
            Self::Correct | Self::JudgePairs => "correct-understanding",
            Self::Approve | Self::UndoApproval | Self::Return | Self::CloseAsRepeated => "approve",
            Self::Pass => "transfer",
            Self::Extend | Self::ExcludeTime => "extend",
            Self::RequestCompletion => "request-completion",
            Self::ExtendObjection | Self::DecideObjection => "decide-objection",
            Self::ReadPersonal => "read-personal",
            Self::DownloadProof => "download-proof",
        }
    }
}

/// Until when it must be answered, in every form that a page needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadlineView {
    /// The instant; none while the clock stands still or the case is closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// In a sentence, in Korean.
    pub ko: String,
    /// In a sentence, in English.
    pub en: String,
    /// How it arises, step by step, each with its article.
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<Step>,
    /// Working minutes that remain (480 are a day), or passed since.
    #[schema(value_type = Object)]
    pub remaining: Remaining,
}

/// A completion that was asked for, while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CompletionView {
    /// What is missing.
    pub what: String,
    /// The last day to send it.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// How often the time was prolonged; twice is the most.
    pub prolonged: u8,
}

/// The reason and remedy of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalView {
    /// The reason.
    pub reason: String,
    /// The article.
    pub article: String,
    /// How it can be contested.
    pub remedy: String,
    /// The last day to object under the Act; none where there is no such objection.
    #[schema(value_type = Option<String>, format = Date)]
    pub object_until: Option<Date>,
}

/// An answer or refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerView {
    /// The whole text.
    pub text: String,
    /// What it rests on.
    pub sources: Vec<Source>,
    /// Who decided.
    pub by: NamedOfficial,
    /// Whether artificial intelligence drafted it.
    pub drafted_by_machine: bool,
    /// Reason and remedy, where it is a refusal.
    pub refusal: Option<RefusalView>,
    /// When it was approved.
    #[schema(value_type = String, format = DateTime)]
    pub approved_at: Timestamp,
    /// When it is or was served; before it, the approval can be taken back.
    #[schema(value_type = String, format = DateTime)]
    pub serve_at: Timestamp,
    /// Whether it was served.
    pub served: bool,
}

/// An objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ObjectionView {
    /// When it was filed.
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
    /// Until when it must be decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// Whether the decision was put off.
    pub extended: bool,
    /// Whether it was upheld, once decided.
    pub upheld: Option<bool>,
}

/// A case as its petitioner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CitizenView {
    /// The receipt number.
    pub receipt: Receipt,
    /// Where it stands; what is approved but not served yet still shows as being reviewed.
    pub state: State,
    /// The title, in the petitioner's own words.
    pub title: String,
    /// The text, in the petitioner's own words.
    pub text: String,
    /// The language.
    pub language: TextLanguage,
    /// The kind under the Act.
    pub kind: Kind,
    /// The category, as identifier.
    pub category: Option<String>,
    /// The department, as identifier.
    pub department: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Until when it must be answered.
    pub deadline: DeadlineView,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// The completion that is asked for.
    pub completion: Option<CompletionView>,
    /// The answer or refusal, once served.
    pub answer: Option<AnswerView>,
    /// The objection.
    pub objection: Option<ObjectionView>,
    /// The rating, 1 to 5.
    pub stars: Option<u8>,
    /// Whether the personal data were erased.
    pub erased: bool,
    /// What the petitioner can do now.
    pub can: Vec<CitizenAction>,
}

/// A note of colleagues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoteView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who: an account.
    pub official: String,
    /// What that person is called; filled by the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The note.
    pub text: String,
}

/// Somebody of a department who can have its cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Colleague {
    /// The account.
    pub account: String,
    /// What the person is called.
    pub name: String,
}

/// An earlier case that is like this one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SimilarCase {
    /// Its receipt number.
    pub receipt: String,
    /// Its title, masked.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Its department.
    pub department: String,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Its answer, masked.
    pub answer: Option<String>,
    /// How alike they are, from 0 to 1; left out where no likeness of the texts was found: for one of the same department and
    /// category that was answered lately, and for some that an official named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// Whether an official said that it is the same matter.
    pub same_matter: bool,
}

/// What was last said of this case and another: whether they are the same matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PairView {
    /// The receipt number of the other case.
    pub receipt: String,
    /// Its title, masked.
    pub title: String,
    /// Its department.
    pub department: String,
    /// Whether both are the same matter.
    pub same: bool,
    /// Who said so: an account.
    pub official: String,
    /// What that person is called; filled by the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A case as officials see it: the petitioner's words masked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OfficialView {
    /// The receipt number.
    pub receipt: Receipt,
    /// How often the case changed.
    pub version: u64,
    /// Where it stands.
    pub state: State,
    /// The title, masked.
    pub title: String,
    /// The text, masked.
    pub text: String,
    /// Whether something in title or text was masked, or a name or contact was given: there is an original to be read.
    pub has_personal_data: bool,
    /// The language.
    pub language: TextLanguage,
    /// The kind under the Act.
    pub kind: Kind,
    /// The category, as identifier.
    pub category: Option<String>,
    /// The department, as identifier.
    pub department: String,
    /// The official who has it, as account.
    pub official: Option<String>,
    /// What that official is called; filled by the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub official_name: Option<String>,
    /// Who of the department can have it; filled by the service for who may give it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub colleagues: Vec<Colleague>,
    /// How urgent it is.
    pub urgency: Urgency,
    /// What the program understood, with confidence and grounds.
    pub understood: Option<Understood>,
    /// Whether the petitioner has an account.
    pub has_account: bool,
    /// The earlier case that the petitioner says this one repeats.
    pub repeats: Option<Receipt>,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Until when it must be answered (or the objection decided).
    pub deadline: DeadlineView,
    /// How often the period was extended.
    pub extensions: u8,
    /// Until when it should be passed on if another department is in charge (decree 제13조).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub pass_on_by: Option<Timestamp>,
    /// The machine's draft.
    pub draft: Option<Draft>,
    /// The text that an official wrote; it stands in place of the draft.
    pub edited: Option<String>,
    /// How often it was saved: to be given back with the next edit, so that nobody's work is overwritten.
    pub edits: u32,
    /// The completion that is asked for.
    pub completion: Option<CompletionView>,
    /// What was approved.
    pub approval: Option<AnswerView>,
    /// The objection.
    pub objection: Option<ObjectionView>,
    /// The rating, 1 to 5.
    pub stars: Option<u8>,
    /// Notes of colleagues.
    pub notes: Vec<NoteView>,
    /// What happened, oldest first, words masked.
    pub timeline: Vec<TimelineEntry>,
    /// Cases that are like this one, those first that an official said are the same matter, and none that are said not to be;
    /// filled by the service.
    pub similar: Vec<SimilarCase>,
    /// Cases of which officials said that they are the same matter as this one, or are not, the newest word first; filled by
    /// the service.
    pub pairs: Vec<PairView>,
    /// Earlier cases of the same petitioner, the newest first; filled by the service where there is an account.
    pub earlier: Vec<SimilarCase>,
    /// Whether the petitioner's data were erased.
    pub erased: bool,
    /// What can be done now.
    pub can: Vec<OfficialAction>,
}

/// The petitioner's words and data in the original, shown by right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonalData {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The name.
    pub name: Option<String>,
    /// Where the petitioner wants to be reached.
    pub contact: Option<String>,
    /// What was masked in the text: kinds with places in characters.
    #[schema(value_type = Vec<Object>)]
    pub found: Vec<maru_privacy::Found>,
}

impl PersonalData {
    /// The originals of a case; nothing before its receipt.
    pub fn of(inquiry: &Inquiry) -> Option<Self> {
        let filing = inquiry.filing.as_ref()?;
        let text = filing.text.words().to_owned();
        Some(Self {
            title: filing.title.words().to_owned(),
            found: maru_privacy::find(&text),
            text,
            name: filing.name.as_ref().and_then(|name| name.value.clone()),
            contact: filing.contact.as_ref().and_then(|contact| contact.value.clone()),
        })
    }
}

/// The case as its petitioner sees it; nothing before its receipt.
pub fn citizen_view(case: &Case, agency: &Agency, calendar: &OfficialCalendar, now: Timestamp) -> Option<CitizenView> {
    let inquiry = &case.inquiry;
    let filing = inquiry.filing.as_ref()?;
    let answer = answer_view(case, Audience::Citizen).filter(|answer| answer.served);
    Some(CitizenView {
        receipt: filing.receipt.clone(),
        state: if inquiry.state == State::Approved { State::Drafted } else { inquiry.state },
        title: filing.title.words().to_owned(),
        text: filing.text.words().to_owned(),
        language: inquiry.language.unwrap_or(filing.language),
        kind: inquiry.kind.unwrap_or(filing.kind),
        category: inquiry.category.clone(),
        department: inquiry.department.clone(),
        urgency: inquiry.urgency.unwrap_or(Urgency::Normal),
        received_at: received_at(case),
        deadline: deadline_view(inquiry, calendar, now),
        timeline: timeline(&case.events, Audience::Citizen, agency),
        completion: completion_view(case, Audience::Citizen),
        answer,
        objection: objection_view(inquiry),
        stars: inquiry.stars,
        erased: inquiry.erased,
        can: citizen_actions(inquiry, now),
    })
}

/// The case as officials see it; nothing before its receipt.
pub fn official_view(
    case: &Case,
    agency: &Agency,
    calendar: &OfficialCalendar,
    now: Timestamp,
) -> Option<OfficialView> {
    let inquiry = &case.inquiry;
    let filing = inquiry.filing.as_ref()?;
    let masked = filing.title.words() != filing.title.masked || filing.text.words() != filing.text.masked;
    let has_personal_data = !inquiry.erased && (masked || filing.name.is_some() || filing.contact.is_some());
    Some(OfficialView {
        receipt: filing.receipt.clone(),
        version: case.version,
        state: inquiry.state,
        title: filing.title.masked.clone(),
        text: filing.text.masked.clone(),
        has_personal_data,
        language: inquiry.language.unwrap_or(filing.language),
        kind: inquiry.kind.unwrap_or(filing.kind),
        category: inquiry.category.clone(),
        department: inquiry.department.clone(),
        official: inquiry.official.clone(),
        official_name: None,
        colleagues: Vec::new(),
        urgency: inquiry.urgency.unwrap_or(Urgency::Normal),
        understood: inquiry.understood.clone(),
        has_account: filing.account.is_some(),
        repeats: filing.repeats.clone(),
        received_at: received_at(case),
        deadline: deadline_view(inquiry, calendar, now),
        extensions: inquiry.extensions(),
        pass_on_by: inquiry.pass_on_by(calendar),
        draft: inquiry.draft.clone(),
        edited: inquiry.edited.as_ref().and_then(|text| text.value.clone()),
        edits: inquiry.edits,
        completion: completion_view(case, Audience::Official),
        approval: answer_view(case, Audience::Official),
        objection: objection_view(inquiry),
        stars: inquiry.stars,
        notes: notes(case),
        timeline: timeline(&case.events, Audience::Official, agency),
        similar: Vec::new(),
        pairs: Vec::new(),
        earlier: Vec::new(),
        erased: inquiry.erased,
        can: official_actions(inquiry, now)
            .into_iter()
            .chain(has_personal_data.then_some(OfficialAction::ReadPersonal))
            .chain([OfficialAction::DownloadProof])
            .collect(),
    })
}

fn received_at(case: &Case) -> Timestamp {
    case.events.first().map(|event| event.at).unwrap_or_default()
}

fn deadline_view(inquiry: &Inquiry, calendar: &OfficialCalendar, now: Timestamp) -> DeadlineView {
    let running = inquiry.running_deadline();
    let reckoning = inquiry.clock.as_ref().and_then(|clock| clock.reckon(&calendar.working).ok());
    let steps = reckoning.map(|reckoning| reckoning.steps).unwrap_or_default();
    let shown = Reckoning { due: running.due.map(seoul), paused: None, steps: Vec::new() };
    let (ko, en) = if inquiry.state.is_open() {
        citizen_sentence(&shown)
    } else {
        (inquiry.state.korean().to_owned(), inquiry.state.english().to_owned())
    };
    let between = |from: Timestamp, until: Timestamp| {
        calendar.working.minutes_between(seoul(from), seoul(until), &[]).unwrap_or_default()
    };
    let remaining = match running.due {
        None => Remaining::Paused,
        Some(due) if now > due => Remaining::Overdue { minutes: between(due, now) },
        Some(due) => Remaining::Left { minutes: between(now, due) },
    };
    DeadlineView { due: running.due.filter(|_| inquiry.state.is_open()), ko, en, steps, remaining }
}

fn completion_view(case: &Case, audience: Audience) -> Option<CompletionView> {
    let completion = case.inquiry.completion.as_ref().filter(|completion| completion.open)?;
    let what = case.events.iter().rev().find_map(|recorded| match super::event_of(recorded) {
        Ok(Event::CompletionRequested { what, .. }) => Some(what),
        _ => None,
    })?;
    let what = if audience == Audience::Citizen { what.words().to_owned() } else { what.masked };
    Some(CompletionView { what, until: completion.until, prolonged: completion.prolonged })
}

fn answer_view(case: &Case, audience: Audience) -> Option<AnswerView> {
    let inquiry = &case.inquiry;
    let Approval { outcome, text, sources, by, drafted_by_machine, serve_at } = inquiry.approval.clone()?;
    let shown = |statement: &crate::domain::Statement| match audience {
        Audience::Citizen => statement.words().to_owned(),
        Audience::Official => statement.masked.clone(),
    };
    let refusal = match outcome {
        Outcome::Answer => None,
        Outcome::Refusal { reason, article, remedy } => {
            Some(RefusalView { reason: shown(&reason), article, remedy, object_until: inquiry.object_until })
        }
    };
    let approved = case.events.iter().rev().find(|event| event.kind == "approved");
    Some(AnswerView {
        text: shown(&text),
        sources,
        by,
        drafted_by_machine,
        refusal,
        approved_at: approved.map(|event| event.at).unwrap_or_default(),
        serve_at,
        served: inquiry.served,
    })
}

fn objection_view(inquiry: &Inquiry) -> Option<ObjectionView> {
    let objection = inquiry.objection.as_ref()?;
    Some(ObjectionView {
        filed_at: objection.filed_at,
        due: objection.deadline.due,
        extended: objection.extended,
        upheld: objection.upheld,
    })
}

fn notes(case: &Case) -> Vec<NoteView> {
    case.events
        .iter()
        .filter_map(|recorded| match super::event_of(recorded) {
            Ok(Event::Noted { text, official }) => {
                Some(NoteView { at: recorded.at, official, name: None, text: text.value_or("").to_owned() })
            }
            _ => None,
        })
        .collect()
}

fn citizen_actions(inquiry: &Inquiry, now: Timestamp) -> Vec<CitizenAction> {
    use CitizenAction as Action;
    if inquiry.erased {
        return Vec::new();
    }
    let mut can = Vec::new();
    match inquiry.state {
        State::CompletionRequested => {
            can.extend([Action::SupplyCompletion, Action::Correct]);
            if inquiry.completion.as_ref().is_some_and(|completion| completion.prolonged < 2) {
                can.push(Action::ProlongCompletion);
            }
        }
        State::Received | State::Understood | State::Drafted => can.push(Action::Correct),
        State::Answered | State::Refused => {
            if inquiry.stars.is_none() {
                can.push(Action::Rate);
            }
            let in_time = inquiry.object_until.is_some_and(|until| seoul(now).date() <= until);
            if inquiry.state == State::Refused && inquiry.objection.is_none() && in_time {
                can.push(Action::Object);
            }
        }
        _ => {}
    }
    can.push(if inquiry.state.is_open() { Action::Withdraw } else { Action::Erase });
    can
}

fn official_actions(inquiry: &Inquiry, now: Timestamp) -> Vec<OfficialAction> {
    use OfficialAction as Action;
    if inquiry.erased {
        return Vec::new();
    }
    let repeated = |mut can: Vec<Action>| {
        if inquiry.kind != Some(Kind::Application) {
            can.push(Action::CloseAsRepeated);
        }
        can
    };
    let mut can = match inquiry.state {
        State::Received | State::Understood | State::Drafted => {
            let mut can =
                vec![Action::Assign, Action::Correct, Action::Edit, Action::Approve, Action::Pass, Action::ExcludeTime];
            if inquiry.extensions() < 2 && inquiry.deadline.due.is_some_and(|due| now <= due) {
                can.push(Action::Extend);
            }
            if inquiry.completion.as_ref().is_none_or(|completion| completion.number < 2) {
                can.push(Action::RequestCompletion);
            }
            if inquiry.completion.as_ref().is_some_and(|completion| completion.lapsed) {
                can.push(Action::Return);
            }
            repeated(can)
        }
        State::CompletionRequested => repeated(vec![Action::Assign, Action::Correct, Action::Edit, Action::Approve]),
        State::Approved => vec![Action::UndoApproval],
        State::Objected => {
            let mut can = vec![Action::DecideObjection];
            if inquiry.objection.as_ref().is_some_and(|objection| !objection.extended) {
                can.push(Action::ExtendObjection);
            }
            can
        }
        _ => Vec::new(),
    };
    if inquiry.understood.is_some() {
        can.push(Action::JudgePairs);
    }
    can.push(Action::Note);
    can
}
