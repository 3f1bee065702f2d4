//! Comments that break the rules, and the closing of a consultation.

use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Caller, PlanService,
    domain::{
        Comment,
        moderation::{Breach, Decided, Moderated as Standing, Moderation, Showing, Suspicion},
    },
    store::Named,
};

/// How something that waits for a person stands with the rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ModerationStanding)]
pub(super) struct Waiting {
    /// Whether everybody may read it.
    showing: Showing,
    /// Why a rule holds it back; nothing where none does.
    held: Option<Suspicion>,
    /// How readers say that it breaks the rules, one for each reader.
    flags: Vec<Breach>,
    /// What its author says against hiding; nothing where that is not asked.
    appeal: Option<String>,
}

impl From<Standing> for Waiting {
    fn from(moderated: Standing) -> Self {
        Self {
            showing: moderated.showing(),
            held: moderated.held,
            flags: moderated.flags.iter().map(|flag| flag.breach).collect(),
            appeal: moderated.appeal.filter(|appeal| appeal.decided.is_none()).map(|appeal| appeal.text),
        }
    }
}

/// A comment that waits for a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WaitingComment {
    /// Its identifier.
    id: String,
    /// What it says.
    text: String,
    /// How it stands with the rules.
    #[serde(flatten)]
    waiting: Waiting,
}

/// Comments that wait, and how many there are in all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ModerationQueue {
    /// How many wait.
    waiting: u64,
    /// The first of them: appeals, then the oldest.
    comments: Vec<WaitingComment>,
}

impl From<Named<Comment>> for WaitingComment {
    fn from(Named { id, state, .. }: Named<Comment>) -> Self {
        Self { id, text: state.text().to_owned(), waiting: state.moderated.into() }
    }
}

/// Lists comments that wait for a person.
#[utoipa::path(
    get,
    path = "/api/v1/plan/consultations/{id}/moderation",
    tag = "plan",
    operation_id = "plan_moderation_queue",
    summary = "Comments to be looked at",
    description = "For the committee: what a rule holds back, what readers name, and appeals, which come first.",
    params(("id" = String, Path, description = "The consultation.")),
    responses((status = 200, description = "The queue.", body = ModerationQueue), ReadProblems)
)]
pub(super) async fn queue(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ModerationQueue>, Problem> {
    let (comments, waiting) = service.moderation_queue(&caller, &id).await?;
    Ok(Json(ModerationQueue { waiting, comments: comments.into_iter().map(WaitingComment::from).collect() }))
}

/// What is decided of several comments.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ModerationRequest {
    /// The comments.
    #[schema(max_items = 200)]
    comments: Vec<String>,
    /// How they break the rules; left out, they are shown.
    #[serde(default)]
    breach: Option<Breach>,
    /// Why; needed where they are hidden.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
}

/// How many were decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Moderated {
    /// How many.
    comments: usize,
}

/// Most comments, or other words, in one request.
pub(super) const MOST_AT_ONCE: usize = 200;

/// Decides of several comments.
#[utoipa::path(
    post,
    path = "/api/v1/plan/moderation",
    tag = "plan",
    operation_id = "plan_moderate",
    summary = "Show or hide comments",
    description = "For the committee. What is hidden keeps its place, is counted and answered; its author can appeal once.",
    request_body = ModerationRequest,
    responses((status = 200, description = "It is decided.", body = Moderated), WriteProblems)
)]
pub(super) async fn moderate(
    State(service): State<PlanService>,
    caller: Caller,
    Json(request): Json<ModerationRequest>,
) -> Result<Json<Moderated>, Problem> {
    if request.comments.len() > MOST_AT_ONCE {
        return Err(Problem::bad_request()
            .detail("의견은 한 번에 200개까지 정할 수 있습니다.", "At most 200 comments can be decided at once."));
    }
    let moderation = Moderation { breach: request.breach, reason: request.reason.trim().to_owned() };
    let comments = service.moderate_comments(&caller, &request.comments, &moderation).await?;
    Ok(Json(Moderated { comments }))
}

/// That a comment breaks the rules.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagRequest {
    /// How.
    pub(super) breach: Breach,
    /// In words.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub(super) note: String,
}

/// Names a comment.
#[utoipa::path(
    post,
    path = "/api/v1/plan/comments/{id}/flags",
    tag = "plan",
    operation_id = "plan_flag_comment",
    summary = "Say that a comment breaks the rules",
    description = "With or without an account. A person looks at it; it is shown until then.",
    params(("id" = String, Path, description = "The comment.")),
    request_body = FlagRequest,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn flag(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<FlagRequest>,
) -> Result<StatusCode, Problem> {
    service.flag_comment(&caller, &id, request.breach, &request.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a comment should not be hidden.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealRequest {
    /// Why.
    #[schema(min_length = 1, max_length = 4000)]
    pub(super) text: String,
}

/// Appeals.
#[utoipa::path(
    post,
    path = "/api/v1/plan/comments/{id}/appeal",
    tag = "plan",
    operation_id = "plan_appeal_comment",
    summary = "Appeal against hiding a comment",
    description = "Once, by its author. Somebody else than who hid it decides.",
    params(("id" = String, Path, description = "The comment.")),
    request_body = AppealRequest,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn appeal(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<AppealRequest>,
) -> Result<StatusCode, Problem> {
    service.appeal_comment(&caller, &id, &request.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is decided on an appeal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealDecision {
    /// Whether it is shown again.
    pub(super) restored: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 4000)]
    pub(super) reason: String,
}

/// Decides on an appeal.
#[utoipa::path(
    post,
    path = "/api/v1/plan/comments/{id}/appeal/decision",
    tag = "plan",
    operation_id = "plan_decide_appeal",
    summary = "Decide on an appeal",
    description = "For the committee; not for who hid the comment.",
    params(("id" = String, Path, description = "The comment.")),
    request_body = AppealDecision,
    responses((status = 204, description = "It is decided."), WriteProblems)
)]
pub(super) async fn decide(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(AppealDecision { restored, reason }): Json<AppealDecision>,
) -> Result<StatusCode, Problem> {
    service.decide_appeal(&caller, &id, Decided { restored, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A consultation that was closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ClosedConsultation {
    /// The day.
    #[schema(value_type = Option<String>, format = Date)]
    closed: Option<Date>,
}

/// Closes a consultation.
#[utoipa::path(
    post,
    path = "/api/v1/plan/consultations/{id}/closing",
    tag = "plan",
    operation_id = "plan_close_consultation",
    summary = "Close a consultation",
    description = "For the committee, once its period is over, every comment is answered and none waits. Comments and answers change no more.",
    params(("id" = String, Path, description = "The consultation.")),
    responses((status = 200, description = "It is closed.", body = ClosedConsultation), WriteProblems)
)]
pub(super) async fn close(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ClosedConsultation>, Problem> {
    let closed = service.close_consultation(&caller, &id).await?;
    Ok(Json(ClosedConsultation { closed: closed.draft.and_then(|draft| draft.closed) }))
}

/// For how long comments are taken.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProlongingRequest {
    /// The last day.
    #[schema(value_type = String, format = Date)]
    until: Date,
}

/// Takes comments for longer.
#[utoipa::path(
    post,
    path = "/api/v1/plan/consultations/{id}/prolonging",
    tag = "plan",
    operation_id = "plan_prolong_consultation",
    summary = "Take comments for longer",
    description = "For the committee, until a later day, half a year at most.",
    params(("id" = String, Path, description = "The consultation.")),
    request_body = ProlongingRequest,
    responses((status = 204, description = "It is prolonged."), WriteProblems)
)]
pub(super) async fn prolong(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<ProlongingRequest>,
) -> Result<StatusCode, Problem> {
    service.prolong_consultation(&caller, &id, request.until).await?;
    Ok(StatusCode::NO_CONTENT)
}
