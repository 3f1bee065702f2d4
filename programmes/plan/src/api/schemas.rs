//! What the API takes and gives.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::files::FileView;
use crate::{
    domain::{
        Due, Evidence, LeftOut, Number, Quarter, Recommendation, Report, Status,
        consultation::{Answered, Outcome, Voice},
        extract::Deadline,
    },
    service::{ConsultationReport, NewComment, ParagraphCounts, Seen},
    store::Change,
};

/// A recommendation and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecommendationView {
    /// Its number.
    #[schema(example = "58-1")]
    number: String,
    /// The pillar.
    pillar: String,
    /// The number of the area.
    area: u16,
    /// The area.
    area_title: String,
    /// The title of the task.
    task_title: String,
    /// The text, or its short title.
    text: String,
    /// The body that the plan names first, as identifier.
    #[schema(example = "msit")]
    lead: String,
    /// All bodies that are ordered to do something.
    responsible: Vec<String>,
    /// Those with which co-operation is ordered.
    cooperating: Vec<String>,
    /// The deadlines.
    deadlines: Vec<Deadline>,
    /// Which of them were reported met, by their places from 0.
    met: BTreeSet<usize>,
    /// The laws that the text names.
    laws: Vec<String>,
    /// Whether a person checked bodies and deadlines.
    checked: bool,
    /// Where it stands, by rule.
    status: Status,
    /// What is due next.
    next: Option<Due>,
    /// Whether the report of the quarter that ended last did not come.
    report_missing: bool,
    /// The last report.
    last_report: Option<ReportView>,
    /// All files that were ever attached to its reports.
    files: Vec<FileView>,
    /// The version of the plan.
    version: String,
    /// By which version it was left out of the plan, and why; nothing while it is in it.
    left_out: Option<LeftOutView>,
}

/// That a version of the plan left a recommendation out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct LeftOutView {
    /// The version.
    version: String,
    /// The article on which it rests.
    article: String,
    /// Why.
    reason: String,
}

impl From<LeftOut> for LeftOutView {
    fn from(left_out: LeftOut) -> Self {
        let article = left_out.basis.article().to_owned();
        Self { version: left_out.version, article, reason: left_out.reason }
    }
}

impl RecommendationView {
    /// The recommendation as the API gives it; nothing for one that was never entered.
    pub fn of(seen: &Seen) -> Option<Self> {
        Self::of_at(seen, "")
    }

    /// The same with whole addresses of what lies on the server `site`.
    pub fn of_at(seen: &Seen, site: &str) -> Option<Self> {
        let recommendation = &seen.recommendation;
        let entry = recommendation.entry.clone()?;
        let files = recommendation.files.iter().map(|one| FileView::of(one, entry.number, site)).collect();
        let last_report = ReportView::of(recommendation, entry.number, site);
        Some(Self {
            number: entry.number.to_string(),
            pillar: entry.pillar,
            area: entry.area,
            area_title: entry.area_title,
            task_title: entry.task_title,
            text: entry.text,
            lead: entry.lead,
            responsible: entry.responsible,
            cooperating: entry.cooperating,
            deadlines: entry.deadlines,
            met: recommendation.done.clone(),
            laws: entry.laws,
            checked: entry.checked,
            status: seen.standing.status,
            next: seen.standing.next,
            report_missing: seen.standing.report_missing,
            last_report,
            files,
            version: recommendation.version.clone(),
            left_out: recommendation.left_out.clone().map(LeftOutView::from),
        })
    }
}

/// A ministry's report of a quarter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReportView {
    /// The quarter that it is of.
    #[schema(value_type = String, example = "26Q3")]
    quarter: Quarter,
    /// What was done, in sentences.
    summary: String,
    /// Which deadlines were met, by their places from 0.
    done: BTreeSet<usize>,
    /// Whether everything is done.
    complete: bool,
    /// What stands in the way; empty where nothing does.
    obstacle: String,
    /// What shows it, elsewhere on the web.
    evidence: Vec<Evidence>,
    /// What shows it, kept here.
    files: Vec<FileView>,
}

impl ReportView {
    fn of(recommendation: &Recommendation, number: Number, site: &str) -> Option<Self> {
        let report = recommendation.last_report.clone()?;
        let files = report.files.iter().filter_map(|file| recommendation.attached(&file.sha256));
        let files = files.map(|one| FileView::of(one, number, site)).collect();
        let Report { quarter, summary, done, complete, obstacle, evidence, .. } = report;
        Some(Self { quarter, summary, done, complete, obstacle, evidence, files })
    }
}

/// Recommendations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RecommendationList {
    /// The day on which they stand so.
    #[schema(value_type = String, format = Date)]
    pub(super) day: Date,
    /// The recommendations.
    pub(super) recommendations: Vec<RecommendationView>,
}

/// A report of a quarter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportRequest {
    /// The quarter.
    #[schema(value_type = String, example = "26Q3")]
    quarter: Quarter,
    /// What was done.
    #[schema(min_length = 1, max_length = 4000)]
    summary: String,
    /// Which deadlines were met, by their places from 0.
    #[serde(default)]
    done: BTreeSet<usize>,
    /// Whether everything is done.
    #[serde(default)]
    complete: bool,
    /// What stands in the way.
    #[serde(default)]
    #[schema(max_length = 4000)]
    obstacle: String,
    /// What shows it; at least one where something is done.
    #[serde(default)]
    evidence: Vec<Evidence>,
    /// Files of earlier reports that show this one too, by their SHA-256.
    #[serde(default)]
    keep_files: Vec<String>,
}

impl ReportRequest {
    /// The report, and the hashes of files that stay.
    pub(super) fn parted(self) -> (Report, Vec<String>) {
        let Self { quarter, summary, done, complete, obstacle, evidence, keep_files } = self;
        (Report { quarter, summary, done, complete, obstacle, evidence, files: Vec::new() }, keep_files)
    }
}

/// What was looked at before something was confirmed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmationRequest {
    /// What was looked at.
    #[schema(min_length = 1, max_length = 4000)]
    pub(super) note: String,
}

/// Why something is sent back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendBackRequest {
    /// Why.
    #[schema(min_length = 1, max_length = 4000)]
    pub(super) reason: String,
}

/// Something that changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PlanChange {
    /// The place in the log.
    position: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The kind of thing.
    #[schema(example = "recommendation")]
    of: String,
    /// Which.
    id: String,
    /// What happened.
    #[schema(example = "reported")]
    what: String,
    /// The role of who did it.
    role: String,
    /// The facts.
    #[schema(value_type = Object)]
    facts: serde_json::Value,
}

impl From<Change> for PlanChange {
    fn from(change: Change) -> Self {
        let Change { position, at, kind, id, what, role, facts } = change;
        Self { position, at, of: kind, id, what, role, facts }
    }
}

/// A comment to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentRequest {
    /// The paragraph, from 0; left out for the draft as a whole.
    #[serde(default)]
    paragraph: Option<usize>,
    /// What you say. It is public; personal data are masked.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
    /// Who comments.
    voice: Voice,
    /// The organisation.
    #[serde(default)]
    #[schema(max_length = 200)]
    organisation: String,
}

impl From<CommentRequest> for NewComment {
    fn from(request: CommentRequest) -> Self {
        let CommentRequest { paragraph, text, voice, organisation } = request;
        Self { paragraph, text, voice, organisation }
    }
}

/// The comment's identifier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CommentMade {
    /// The identifier.
    pub(super) id: String,
}

/// An answer to a comment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentAnswer {
    /// What became of it.
    outcome: Outcome,
    /// Why.
    #[schema(min_length = 1, max_length = 4000)]
    reason: String,
    /// What was changed.
    #[serde(default)]
    change: String,
}

impl From<CommentAnswer> for Answered {
    fn from(answer: CommentAnswer) -> Self {
        let CommentAnswer { outcome, reason, change } = answer;
        Self { outcome, reason, change }
    }
}

/// How many comments have an outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct OutcomeCount {
    /// The outcome.
    outcome: Outcome,
    /// How many.
    comments: usize,
}

/// Comments that say the same, or speak of the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CommentGroup {
    /// Whether they are copies of one text.
    campaign: bool,
    /// Whether they came after the last grouping and wait for the next.
    pending: bool,
    /// Words that tell it from the others.
    words: Vec<String>,
    /// The comments.
    comments: Vec<String>,
    /// How many were answered.
    answered: usize,
    /// What the most typical ones say.
    quotations: Vec<String>,
}

/// A consultation with its figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ConsultationView {
    /// Its identifier.
    id: String,
    /// Its title.
    title: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// The paragraphs of the draft.
    paragraphs: Vec<String>,
    /// How many comments came.
    comments: usize,
    /// How many have no answer yet.
    unanswered: usize,
    /// How many are hidden because they break the rules; they are counted and answered too.
    hidden: usize,
    /// How many wait for a person to look at them before they are shown.
    held: usize,
    /// The day on which it was closed: comments and answers change no more. Nothing before.
    #[schema(value_type = Option<String>, format = Date)]
    closed: Option<Date>,
    /// How many have which outcome.
    outcomes: Vec<OutcomeCount>,
    /// How many comments each paragraph has; the last is the draft as a whole.
    by_paragraph: Vec<ParagraphCounts>,
    /// Groups, made by a program, the largest first.
    groups: Vec<CommentGroup>,
}

impl From<&ConsultationReport> for ConsultationView {
    fn from(report: &ConsultationReport) -> Self {
        let outcomes =
            report.outcomes.iter().map(|(outcome, comments)| OutcomeCount { outcome: *outcome, comments: *comments });
        let groups = report.groups.iter().map(|group| CommentGroup {
            campaign: group.campaign,
            pending: group.pending,
            words: group.words.clone(),
            comments: group.comments.clone(),
            answered: group.answered,
            quotations: group.quotations.clone(),
        });
        Self {
            id: report.id.clone(),
            title: report.draft.title.clone(),
            from: report.draft.from,
            until: report.draft.until,
            paragraphs: report.draft.paragraphs.iter().map(|paragraph| paragraph.text.clone()).collect(),
            comments: report.all,
            unanswered: report.unanswered,
            hidden: report.hidden,
            held: report.held,
            closed: report.draft.closed,
            outcomes: outcomes.collect(),
            by_paragraph: report.paragraphs.clone(),
            groups: groups.collect(),
        }
    }
}
