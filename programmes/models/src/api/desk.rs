//! Evaluations, what machines want to do, and prompts.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use maru_gateway::{
    ActionRow, ActionState, AskedAction, Prompt,
    evaluate::{Comparison, EvaluationRow, EvaluationRun, EvaluationState, Interval, WantedEvaluation, shipped_suite},
};
use maru_web::{
    Json, Path, Problem, Visitor,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{problems::problem, schemas::DecisionRequest};
use crate::{Caller, ModelService, ServiceError};

/// An evaluation that is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct EvaluationRequest {
    /// The suite's name. `red-team`, without `text`, is the suite of attacks that ships with Maru.
    #[schema(example = "red-team")]
    suite: String,
    /// The suite: a question a line, as JSON.
    #[serde(default)]
    text: Option<String>,
    /// One to four models of the registry, the one that is there first.
    #[schema(example = json!(["exaone-4.0-32b", "exaone-4.5-33b"]))]
    models: Vec<String>,
}

impl EvaluationRequest {
    fn wanted(self) -> WantedEvaluation {
        let Self { suite, text, models } = self;
        let text = text.or_else(|| shipped_suite(&suite).map(str::to_owned)).unwrap_or_default();
        WantedEvaluation { suite, text, models }
    }
}

/// A line of the list of evaluations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct EvaluationRowView {
    /// Its number.
    id: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    begun_at: Timestamp,
    /// The suite's name.
    suite: String,
    /// Models, the one that is there first.
    models: Vec<String>,
    /// Who had it made: an account.
    begun_by: String,
    /// Whether every question was answered.
    has_ended: bool,
}

impl From<EvaluationRow> for EvaluationRowView {
    fn from(row: EvaluationRow) -> Self {
        let EvaluationRow { id, at, suite, models, by, has_ended } = row;
        Self { id, begun_at: at, suite, models, begun_by: by, has_ended }
    }
}

/// A share with the interval in which it lies at 95 %.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct IntervalView {
    /// How many were counted.
    count: usize,
    /// The estimate.
    value: f64,
    /// The lower end.
    low: f64,
    /// The upper end.
    high: f64,
}

impl From<Interval> for IntervalView {
    fn from(Interval { count, value, low, high }: Interval) -> Self {
        Self { count, value, low, high }
    }
}

/// How a model did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ModelResultView {
    /// The model.
    model: String,
    /// Share of right answers.
    all: IntervalView,
    /// The same by measure.
    #[schema(value_type = Object)]
    by_measure: Value,
    /// Right or wrong, in the order of the suite.
    right: Vec<bool>,
}

/// A model beside the one that is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ComparisonView {
    /// The model that is there.
    before: String,
    /// The model that is to replace it.
    after: String,
    /// By how much its share is larger.
    difference: IntervalView,
    /// It is surely worse, and cannot be approved.
    is_regression: bool,
}

impl From<Comparison> for ComparisonView {
    fn from(comparison: Comparison) -> Self {
        let Comparison { before, after, difference, is_regression } = comparison;
        Self { before, after, difference: difference.into(), is_regression }
    }
}

/// An evaluation as it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct EvaluationView {
    /// Its number.
    id: String,
    /// `running`, `stands-still` (the server that made it stopped) or `ended`.
    #[schema(example = "ended")]
    state: &'static str,
    /// Questions answered, over all models.
    answered: usize,
    /// Questions in all, over all models.
    of: usize,
    /// How the models did whose questions were all answered.
    results: Vec<ModelResultView>,
    /// The others beside the first.
    comparisons: Vec<ComparisonView>,
}

impl EvaluationView {
    fn of(id: String, run: &EvaluationRun, now: Timestamp) -> Self {
        let (answered, of) = run.progress();
        let state = match run.state(now) {
            EvaluationState::Running => "running",
            EvaluationState::StandsStill => "stands-still",
            EvaluationState::Ended => "ended",
        };
        let results = run.results().into_iter().map(|result| ModelResultView {
            model: result.model,
            all: result.all.into(),
            by_measure: json!(result.by_measure),
            right: result.right,
        });
        let comparisons = run.comparisons().into_iter().map(Into::into).collect();
        Self { id, state, answered, of, results: results.collect(), comparisons }
    }
}

/// Lists evaluations.
#[utoipa::path(
    get,
    path = "/api/v1/models/evaluations",
    tag = "models",
    operation_id = "models_evaluations",
    summary = "List evaluations",
    description = "The newest first.",
    responses((status = 200, description = "The evaluations.", body = Vec<EvaluationRowView>), ReadProblems)
)]
pub(super) async fn evaluations(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<Vec<EvaluationRowView>>, Problem> {
    let rows = service.evaluations(&Caller::from(&visitor)).await.map_err(problem)?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

async fn evaluation_view(
    service: &ModelService,
    visitor: &Visitor,
    id: String,
) -> Result<Json<EvaluationView>, Problem> {
    let run = service.evaluation(&Caller::from(visitor), &id).await.map_err(problem)?;
    Ok(Json(EvaluationView::of(id, &run, visitor.now)))
}

/// Begins an evaluation.
#[utoipa::path(
    post,
    path = "/api/v1/models/evaluations",
    tag = "models",
    operation_id = "models_evaluate",
    summary = "Begin an evaluation",
    description = "It goes on by itself; what comes out stands in the registry, without which no model is approved.",
    request_body = EvaluationRequest,
    responses((status = 201, description = "It has begun.", body = EvaluationView), WriteProblems)
)]
pub(super) async fn evaluate(
    State(service): State<ModelService>,
    visitor: Visitor,
    Json(request): Json<EvaluationRequest>,
) -> Result<(StatusCode, Json<EvaluationView>), Problem> {
    let id = service.begin_evaluation(&Caller::from(&visitor), request.wanted()).await.map_err(problem)?;
    Ok((StatusCode::CREATED, evaluation_view(&service, &visitor, id).await?))
}

/// Reads an evaluation.
#[utoipa::path(
    get,
    path = "/api/v1/models/evaluations/{id}",
    tag = "models",
    operation_id = "models_evaluation",
    summary = "Read an evaluation",
    description = "How far it is and what came out so far.",
    params(("id" = String, Path, description = "Its number.")),
    responses((status = 200, description = "The evaluation.", body = EvaluationView), ReadProblems)
)]
pub(super) async fn evaluation(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<EvaluationView>, Problem> {
    evaluation_view(&service, &visitor, id).await
}

/// Sets an evaluation going again.
#[utoipa::path(
    post,
    path = "/api/v1/models/evaluations/{id}/resumption",
    tag = "models",
    operation_id = "models_resume_evaluation",
    summary = "Set an evaluation going again",
    description = "One that stands still because the server that made it stopped.",
    params(("id" = String, Path, description = "Its number.")),
    responses((status = 200, description = "It goes on.", body = EvaluationView), WriteProblems)
)]
pub(super) async fn resume_evaluation(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<EvaluationView>, Problem> {
    service.resume_evaluation(&Caller::from(&visitor), &id).await.map_err(problem)?;
    evaluation_view(&service, &visitor, id).await
}

/// Something that a machine wants to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ActionRowView {
    /// Its number.
    id: String,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// The server of tools.
    server: String,
    /// The tool.
    tool: String,
    /// The agency whose system asked.
    agency: String,
    /// The system that asked.
    system: String,
    /// Who decided: an account; empty where nobody has.
    decided_by: String,
}

impl From<ActionRow> for ActionRowView {
    fn from(row: ActionRow) -> Self {
        Self {
            id: row.id,
            asked_at: row.at,
            server: row.server,
            tool: row.tool,
            agency: row.agency,
            system: row.system,
            decided_by: row.decided_by,
        }
    }
}

/// What machines want to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ActionsView {
    /// What waits for a person.
    waiting: Vec<ActionRowView>,
    /// What was decided.
    decided: Vec<ActionRowView>,
}

/// One thing that a machine wants to do, or was let do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ActionView {
    /// Its number.
    id: String,
    /// `waiting`, `approved`, `refused`, `used` or `expired`.
    #[schema(example = "waiting")]
    state: &'static str,
    /// The server of tools.
    server: String,
    /// The tool.
    tool: String,
    /// What the tool says of itself.
    description: String,
    /// What it is called with; nothing where that is no longer kept.
    #[schema(value_type = Option<Object>)]
    arguments: Option<Value>,
    /// The registered purpose.
    purpose: String,
    /// Who decided: an account.
    decided_by: Option<String>,
    /// Why.
    note: Option<String>,
    /// The call that did it.
    used_by_call: Option<String>,
}

impl ActionView {
    fn of(id: String, action: &AskedAction, now: Timestamp) -> Option<Self> {
        let (wanted, _) = action.asked.as_ref()?;
        let decision = action.decision.as_ref();
        Some(Self {
            id,
            state: name_of(action.state(now)),
            server: wanted.server.clone(),
            tool: wanted.tool.clone(),
            description: wanted.description.clone(),
            arguments: wanted.arguments.value.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            purpose: wanted.purpose.clone(),
            decided_by: decision.map(|decision| decision.by.clone()),
            note: decision.map(|decision| decision.note.clone()),
            used_by_call: action.used.as_ref().map(|(call, _)| call.clone()),
        })
    }
}

fn name_of(state: ActionState) -> &'static str {
    match state {
        ActionState::Waiting => "waiting",
        ActionState::Approved => "approved",
        ActionState::Refused => "refused",
        ActionState::Used => "used",
        ActionState::Expired => "expired",
    }
}

/// Lists what machines want to do.
#[utoipa::path(
    get,
    path = "/api/v1/models/actions",
    tag = "models",
    operation_id = "models_actions",
    summary = "List what machines want to do",
    description = "Calls of tools that change something: a person approves each.",
    responses((status = 200, description = "The actions.", body = ActionsView), ReadProblems)
)]
pub(super) async fn actions(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<ActionsView>, Problem> {
    let (waiting, decided) = service.actions(&Caller::from(&visitor)).await.map_err(problem)?;
    let views = |rows: Vec<ActionRow>| rows.into_iter().map(Into::into).collect();
    Ok(Json(ActionsView { waiting: views(waiting), decided: views(decided) }))
}

async fn action_view(service: &ModelService, visitor: &Visitor, id: String) -> Result<Json<ActionView>, Problem> {
    let action = service.action(&Caller::from(visitor), &id).await.map_err(problem)?;
    ActionView::of(id, &action, visitor.now).map(Json).ok_or_else(|| problem(ServiceError::NotFound))
}

/// Reads what a machine wants to do.
#[utoipa::path(
    get,
    path = "/api/v1/models/actions/{id}",
    tag = "models",
    operation_id = "models_action",
    summary = "Read what a machine wants to do",
    description = "The tool in its own words and what it is called with.",
    params(("id" = String, Path, description = "Its number.")),
    responses((status = 200, description = "The action.", body = ActionView), ReadProblems)
)]
pub(super) async fn action(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<ActionView>, Problem> {
    action_view(&service, &visitor, id).await
}

async fn decided(
    service: &ModelService,
    visitor: &Visitor,
    id: String,
    (approved, note): (bool, &str),
) -> Result<Json<ActionView>, Problem> {
    service.decide_action(&Caller::from(visitor), &id, approved, note).await.map_err(problem)?;
    action_view(service, visitor, id).await
}

/// Approves what a machine wants to do.
#[utoipa::path(
    post,
    path = "/api/v1/models/actions/{id}/approval",
    tag = "models",
    operation_id = "models_approve_action",
    summary = "Approve what a machine wants to do",
    description = "It may be done once, with these values, within 24 hours.",
    params(("id" = String, Path, description = "Its number.")),
    request_body = DecisionRequest,
    responses((status = 200, description = "It is approved.", body = ActionView), WriteProblems)
)]
pub(super) async fn approve_action(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<DecisionRequest>,
) -> Result<Json<ActionView>, Problem> {
    decided(&service, &visitor, id, (true, &request.note)).await
}

/// Refuses what a machine wants to do.
#[utoipa::path(
    post,
    path = "/api/v1/models/actions/{id}/refusal",
    tag = "models",
    operation_id = "models_refuse_action",
    summary = "Refuse what a machine wants to do",
    description = "With the reason, which the system that asked is told.",
    params(("id" = String, Path, description = "Its number.")),
    request_body = DecisionRequest,
    responses((status = 200, description = "It is refused.", body = ActionView), WriteProblems)
)]
pub(super) async fn refuse_action(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<DecisionRequest>,
) -> Result<Json<ActionView>, Problem> {
    decided(&service, &visitor, id, (false, &request.note)).await
}

/// A version of a prompt.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PromptVersionView {
    /// Its number; calls name it as `version`.
    version: usize,
    /// Its title.
    title: String,
    /// The instructions.
    text: String,
    /// Why it was written.
    reason: String,
    /// Who wrote it: an account.
    written_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    written_at: Timestamp,
}

/// A prompt of the library.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PromptView {
    /// Its name; calls name it as `prompt.id`.
    id: String,
    /// Nobody is to use it any more.
    is_withdrawn: bool,
    /// The oldest first.
    versions: Vec<PromptVersionView>,
}

impl PromptView {
    fn of(id: &str, prompt: &Prompt) -> Self {
        let versions = prompt.versions.iter().enumerate().map(|(place, version)| PromptVersionView {
            version: place + 1,
            title: version.title.clone(),
            text: version.text.clone(),
            reason: version.reason.clone(),
            written_by: version.by.clone(),
            written_at: version.at,
        });
        Self { id: id.to_owned(), is_withdrawn: prompt.is_withdrawn, versions: versions.collect() }
    }
}

/// A version that is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct PromptRequest {
    /// Its title, of at most 60 characters.
    title: String,
    /// The instructions, of at most 16,000 characters, without personal data.
    text: String,
    /// What was changed, and why.
    reason: String,
}

/// Why a prompt is taken out of use.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct WithdrawalRequest {
    /// Why.
    reason: String,
}

/// Lists prompts.
#[utoipa::path(
    get,
    path = "/api/v1/models/prompts",
    tag = "models",
    operation_id = "models_prompts",
    summary = "List prompts",
    description = "The library of prompts with all versions, withdrawn ones too.",
    responses((status = 200, description = "The prompts.", body = Vec<PromptView>), ReadProblems)
)]
pub(super) async fn prompts(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<Vec<PromptView>>, Problem> {
    let library = service.prompts(&Caller::from(&visitor)).await.map_err(problem)?;
    Ok(Json(library.prompts.iter().map(|(id, prompt)| PromptView::of(id, prompt)).collect()))
}

async fn prompt_view(service: &ModelService, caller: &Caller, id: &str) -> Result<Json<PromptView>, Problem> {
    let library = service.prompts(caller).await.map_err(problem)?;
    let prompt = library.prompts.get(id).ok_or(ServiceError::NotFound).map_err(problem)?;
    Ok(Json(PromptView::of(id, prompt)))
}

/// Reads a prompt.
#[utoipa::path(
    get,
    path = "/api/v1/models/prompts/{id}",
    tag = "models",
    operation_id = "models_prompt",
    summary = "Read a prompt",
    description = "All its versions.",
    params(("id" = String, Path, description = "Its name.")),
    responses((status = 200, description = "The prompt.", body = PromptView), ReadProblems)
)]
pub(super) async fn prompt(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<PromptView>, Problem> {
    prompt_view(&service, &Caller::from(&visitor), &id).await
}

/// Writes a version of a prompt.
#[utoipa::path(
    post,
    path = "/api/v1/models/prompts/{id}/versions",
    tag = "models",
    operation_id = "models_write_prompt",
    summary = "Write a version of a prompt",
    description = "The first one makes the prompt; one of a withdrawn prompt brings it back.",
    params(("id" = String, Path, description = "Its name: small letters, digits and hyphens.")),
    request_body = PromptRequest,
    responses((status = 201, description = "It is written.", body = PromptView), WriteProblems)
)]
pub(super) async fn write_prompt(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<PromptRequest>,
) -> Result<(StatusCode, Json<PromptView>), Problem> {
    let caller = Caller::from(&visitor);
    let PromptRequest { title, text, reason } = request;
    service.save_prompt(&caller, &id, (&title, &text), &reason).await.map_err(problem)?;
    Ok((StatusCode::CREATED, prompt_view(&service, &caller, &id).await?))
}

/// Withdraws a prompt.
#[utoipa::path(
    post,
    path = "/api/v1/models/prompts/{id}/withdrawal",
    tag = "models",
    operation_id = "models_withdraw_prompt",
    summary = "Take a prompt out of use",
    description = "Its versions stay on record.",
    params(("id" = String, Path, description = "Its name.")),
    request_body = WithdrawalRequest,
    responses((status = 200, description = "It is out of use.", body = PromptView), WriteProblems)
)]
pub(super) async fn withdraw_prompt(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<WithdrawalRequest>,
) -> Result<Json<PromptView>, Problem> {
    let caller = Caller::from(&visitor);
    service.withdraw_prompt(&caller, &id, &request.reason).await.map_err(problem)?;
    prompt_view(&service, &caller, &id).await
}
