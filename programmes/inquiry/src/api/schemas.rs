//! What the API takes and gives, beside the views of cases.

use jiff::{Timestamp, civil::Date};
use maru_calendar::{ExclusionReason, Period};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{Correction, Deadline, GivenGround, Kind, Receipt, State, Understood},
    service::{Done, Preview, Submission, Submitted},
    store::{Figures, QueueCounts, QueuePage, QueueRow, StatisticsRow},
};

/// An inquiry to be filed, or to be looked at before it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInquiry {
    /// The title; left out, the beginning of the text is taken.
    #[serde(default)]
    #[schema(max_length = 200, example = "가로등이 꺼져 있습니다")]
    title: Option<String>,
    /// What you want to say, in your own words.
    #[schema(
        min_length = 1,
        max_length = 20000,
        pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]",
        example = "느티나무3길 18 앞 가로등이 3주째 꺼져 있습니다."
    )]
    text: String,
    /// Your name, if the answer should address you.
    #[serde(default)]
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Where you want to be reached.
    #[serde(default)]
    #[schema(max_length = 200)]
    contact: Option<String>,
    /// The kind of petition, if you know; else the program proposes one.
    #[serde(default)]
    kind: Option<Kind>,
    /// The category: one of the agency's identifiers.
    #[serde(default)]
    #[schema(max_length = 100)]
    category: Option<String>,
    /// The receipt number of an earlier inquiry that this one repeats.
    #[serde(default)]
    repeats: Option<Receipt>,
}

impl From<NewInquiry> for Submission {
    fn from(new: NewInquiry) -> Self {
        Self {
            title: new.title.unwrap_or_default(),
            text: new.text,
            name: new.name,
            contact: new.contact,
            kind: new.kind,
            category: new.category,
            repeats: new.repeats,
            ..Self::default()
        }
    }
}

/// A receipt: keep number and code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReceiptSlip {
    /// The number of the inquiry.
    receipt: Receipt,
    /// What opens it without an account, in the header `X-Access-Code`. It is not shown again.
    #[schema(example = "9V1K-2M0Q-7C4T-XH3R")]
    code: String,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// Until when it must be answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
    /// The kind that the period rests on.
    kind: Kind,
}

impl From<&Submitted> for ReceiptSlip {
    fn from(submitted: &Submitted) -> Self {
        Self {
            receipt: submitted.receipt.clone(),
            code: submitted.code.reveal().to_owned(),
            received_at: submitted.received_at,
            due: submitted.deadline.due,
            kind: submitted.kind,
        }
    }
}

/// What would be understood of an inquiry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct UnderstandingPreview {
    /// The title without personal data.
    title: String,
    /// The text without personal data.
    text: String,
    /// Personal data that were found in the text: kind, and place in characters.
    #[schema(value_type = Vec<Object>)]
    personal_data: Vec<maru_privacy::Found>,
    /// What was understood, each part with confidence and grounds.
    understood: Understood,
    /// Until when it would have to be answered if it were filed now.
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
}

impl From<Preview> for UnderstandingPreview {
    fn from(preview: Preview) -> Self {
        let Deadline { due, .. } = preview.deadline;
        let Preview { title, text, personal_data, understood, .. } = preview;
        Self { title, text, personal_data, understood, due }
    }
}

/// What a command did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CommandDone {
    /// The case.
    receipt: Receipt,
    /// Where it stands now.
    state: State,
    /// Until when it must be answered now; none while the clock stands still or nothing is owed.
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
    /// How often the case changed by now.
    version: u64,
}

impl From<Done> for CommandDone {
    fn from(done: Done) -> Self {
        let state = done.state();
        let due = done.inquiry.running_deadline().due.filter(|_| state.is_open());
        Self { receipt: done.receipt, state, due, version: done.version }
    }
}

/// A text that belongs to a command.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The words.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) text: String,
}

/// A longer text that belongs to a command.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LongWords {
    /// The words.
    #[schema(min_length = 1, max_length = 20000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) text: String,
}

/// A reason that may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionalReason {
    /// The reason.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub(super) reason: Option<String>,
}

/// A reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// The reason.
    #[schema(min_length = 1, max_length = 500, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) reason: String,
}

/// A number of days.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Days {
    /// How many days more.
    #[schema(minimum = 1, maximum = 90)]
    pub(super) days: u16,
}

/// A rating.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rating {
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub(super) stars: u8,
    /// What you want to add.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub(super) comment: Option<String>,
}

/// What is put right. At least one part must be given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
pub(crate) struct CorrectionRequest {
    /// The kind under the Act.
    #[serde(default)]
    kind: Option<Kind>,
    /// The published period of an application, in days (officials only).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    period_days: Option<u16>,
    /// The category: one of the agency's identifiers.
    #[serde(default)]
    #[schema(max_length = 100)]
    category: Option<String>,
    /// The department: one of the agency's identifiers (officials only).
    #[serde(default)]
    #[schema(max_length = 100)]
    department: Option<String>,
    /// The urgency.
    #[serde(default)]
    urgency: Option<crate::domain::Urgency>,
    /// The language.
    #[serde(default)]
    language: Option<crate::domain::TextLanguage>,
}

impl From<CorrectionRequest> for Correction {
    fn from(request: CorrectionRequest) -> Self {
        Self {
            kind: request.kind,
            period: request.period_days.map(|days| Period::Days(u32::from(days))),
            category: request.category,
            department: request.department,
            urgency: request.urgency,
            language: request.language,
        }
    }
}

impl CorrectionRequest {
    /// Whether the published period is within bounds.
    pub(super) fn period_fits(&self) -> bool {
        self.period_days.is_none_or(|days| (1..=366).contains(&days))
    }
}

/// Whether another case is the same matter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairRequest {
    /// The receipt number of the other case.
    pub(super) other: Receipt,
    /// Whether both are the same matter.
    pub(super) same: bool,
}

/// The official's text of an answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftText {
    /// The whole text.
    #[schema(min_length = 1, max_length = 40000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) text: String,
    /// How often the text had been saved when you read it (`edits` of the case): another number is refused.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub(super) seen: Option<u32>,
}

/// The reason and remedy of a refusal (the Act, article 27 (3)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalRequest {
    /// The reason.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) reason: String,
    /// The article that it rests on.
    #[schema(min_length = 1, max_length = 200, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) article: String,
    /// How and until when it can be contested.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) remedy: String,
}

/// An answer or refusal that an official approves.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovalRequest {
    /// The whole text of the notice.
    #[schema(min_length = 1, max_length = 40000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) text: String,
    /// Reason and remedy, where it is a refusal; without it, it is an answer.
    #[serde(default)]
    pub(super) refusal: Option<RefusalRequest>,
    /// You looked at citations that could not be found in the law in force, and stand by them.
    #[serde(default)]
    pub(super) confirm_citations: bool,
}

/// Where a case is passed to: a department of this agency, or another agency. Exactly one of the two.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferRequest {
    /// The department: one of the agency's identifiers.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub(super) department: Option<String>,
    /// The name of another agency.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub(super) agency: Option<String>,
    /// Why; part of the notice to the petitioner.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) reason: String,
}

/// An extension of the period (decree, article 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtensionRequest {
    /// The ground. `workload`, `late-assignment` and `absence` are refused with the article that forbids them.
    pub(super) ground: GivenGround,
    /// Why, in the words that the petitioner reads.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) reason: String,
    /// Whether the petitioner consented: needed for the second extension.
    #[serde(default)]
    pub(super) consent: bool,
}

/// A request for what is missing; the clock stands still.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompletionRequest {
    /// What is missing.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) what: String,
    /// How many days there are to send it; the second time at most ten.
    #[schema(minimum = 1, maximum = 90)]
    pub(super) days: u16,
}

/// Time that does not count (decree, article 20).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExcludedTime {
    /// Why: `outage`, `field-survey`, `hearing`, `examination`, `preliminary`, `transport`.
    #[schema(value_type = ExcludedReason)]
    pub(super) reason: ExclusionReason,
    /// Its beginning.
    #[schema(value_type = String, format = DateTime)]
    pub(super) from: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub(super) until: Timestamp,
}

/// Why time does not count.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape is told; the calendar has the values")]
pub(crate) enum ExcludedReason {
    /// Outage of the information system.
    Outage,
    /// Field survey of a grievance.
    FieldSurvey,
    /// Hearing.
    Hearing,
    /// Test or appraisal.
    Examination,
    /// A matter that must come first.
    Preliminary,
    /// Transport between offices.
    Transport,
}

/// A closing as a repeated petition (the Act, article 23).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosingRequest {
    /// Earlier inquiries of the same petitioner and content that were answered: at least two.
    #[schema(min_items = 2, max_items = 20)]
    pub(super) earlier: Vec<Receipt>,
    /// Why, in the words that the petitioner reads.
    #[schema(min_length = 1, max_length = 4000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) reason: String,
}

/// A decision on an objection.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectionDecision {
    /// Whether it is upheld.
    pub(super) upheld: bool,
    /// The decision with its reasons.
    #[schema(min_length = 1, max_length = 20000, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) text: String,
}

/// An assignment.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentRequest {
    /// The account of the official; left out, you take it yourself.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) official: Option<String>,
}

/// A page of cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct InquiryList {
    /// The cases, the one due first at the top.
    inquiries: Vec<QueueRow>,
    /// Where the next page begins: give it back as `after`. Left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many stand where; left out in a petitioner's own list.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<QueueCounts>,
}

impl InquiryList {
    pub(super) fn new(page: QueuePage, counts: Option<QueueCounts>) -> Self {
        Self { inquiries: page.rows, next: page.next.map(|cursor| cursor.to_string()), counts }
    }
}

/// Figures of what came in within a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// All together.
    total: Figures,
    /// By department and kind.
    rows: Vec<StatisticsRow>,
}

impl Statistics {
    pub(super) fn new(from: Date, until: Date, rows: Vec<StatisticsRow>) -> Self {
        let mut total = Figures::default();
        for row in &rows {
            total.add(&row.figures);
        }
        Self { from, until, total, rows }
    }
}

/// A holiday that the government announced.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HolidayRequest {
    /// The day, from today on.
    #[schema(value_type = String, format = Date)]
    pub(super) date: Date,
    /// Its Korean name.
    #[schema(min_length = 1, max_length = 200, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) name_ko: String,
    /// Its English name.
    #[schema(min_length = 1, max_length = 200, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) name_en: String,
    /// Where it was announced.
    #[schema(min_length = 1, max_length = 200, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub(super) reference: String,
}

/// What learning came to.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Trained {
    /// How many examples there were.
    pub(super) examples: u64,
    /// How many pairs of inquiries officials had judged to be the same matter, or not.
    pub(super) pairs: u64,
    /// How many models came out.
    pub(super) models: usize,
    /// The revision that is in use now.
    pub(super) revision: u64,
}

/// The language of messages. The web reads it before any handler does; here it is only known as a parameter.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MessageLanguage {
    /// Korean.
    Ko,
    /// English.
    En,
}
