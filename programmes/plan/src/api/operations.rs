//! The operations.

use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use maru_web::{
    Json, Path, Problem, Query,
    api::{IdempotencyParameter, ReadProblems, WriteProblems},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    NumberParameter,
    files::{ReportWithFiles, SentReport},
    schemas::{
        CommentAnswer, CommentMade, CommentRequest, ConfirmationRequest, ConsultationView, PlanChange,
        RecommendationList, RecommendationView, ReportRequest, SendBackRequest,
    },
};
use crate::{
    Caller, PlanService, ServiceError,
    domain::{Number, Quarter, Status},
    service::{Files, Filter},
    store::Change,
};

/// A recommendation as it stands now: what every change of it answers.
pub(super) async fn as_it_stands(
    service: &PlanService,
    caller: &Caller,
    number: Number,
) -> Result<Json<RecommendationView>, Problem> {
    let seen = service.recommendation(caller, number).await?;
    RecommendationView::of(&seen).map(Json).ok_or_else(Problem::not_found)
}

/// Which recommendations are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Of this area.
    area: Option<u16>,
    /// With something due by the end of this quarter.
    #[param(value_type = Option<String>, example = "26Q4")]
    quarter: Option<Quarter>,
    /// That stand so.
    #[param(inline)]
    status: Option<Status>,
    /// In which this body takes part.
    body: Option<String>,
    /// That this body leads.
    lead: Option<String>,
    /// Whose words hold these.
    words: Option<String>,
}

/// Lists recommendations.
#[utoipa::path(
    get,
    path = "/api/v1/plan/recommendations",
    tag = "plan",
    operation_id = "plan_recommendations",
    summary = "List recommendations",
    description = "All recommendations of the plan, or those that the parameters narrow to, with where they stand today.",
    params(Wanted),
    responses((status = 200, description = "The recommendations.", body = RecommendationList), ReadProblems)
)]
pub(super) async fn list(
    State(service): State<PlanService>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<RecommendationList>, Problem> {
    let overview = service.overview(&caller).await?;
    let Wanted { area, quarter, status, body, lead, words } = wanted;
    let found = overview.filtered(&Filter { area, quarter, status, body, lead, words });
    let recommendations = found.into_iter().filter_map(RecommendationView::of).collect();
    Ok(Json(RecommendationList { day: overview.day, recommendations }))
}

/// Reads a recommendation.
#[utoipa::path(
    get,
    path = "/api/v1/plan/recommendations/{number}",
    tag = "plan",
    operation_id = "plan_recommendation",
    summary = "Read a recommendation",
    description = "What the plan says, what was reported, and where it stands.",
    params(NumberParameter),
    responses((status = 200, description = "The recommendation.", body = RecommendationView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
) -> Result<Json<RecommendationView>, Problem> {
    as_it_stands(&service, &caller, number).await
}

/// Tells what happened to a recommendation.
#[utoipa::path(
    get,
    path = "/api/v1/plan/recommendations/{number}/history",
    tag = "plan",
    operation_id = "plan_recommendation_history",
    summary = "What happened to a recommendation",
    description = "Every change of it with who and why, in order. Each stands in the log that anyone can verify.",
    params(NumberParameter),
    responses((status = 200, description = "What happened.", body = Vec<PlanChange>), ReadProblems)
)]
pub(super) async fn history(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
) -> Result<Json<Vec<PlanChange>>, Problem> {
    service.recommendation(&caller, number).await?;
    let events = service.store().history(number).await.map_err(ServiceError::from)?;
    let changes = events.into_iter().map(|event| {
        PlanChange::from(Change {
            position: event.position,
            at: event.at,
            kind: event.stream.kind().to_owned(),
            id: event.stream.identifier().to_owned(),
            what: event.kind,
            role: event.actor.role,
            facts: opened(event.payload),
        })
    });
    Ok(Json(changes.collect()))
}

/// Facts as anybody reads them: names of files stand in the log under a key, and are nothing once that is destroyed.
fn opened(facts: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match facts {
        Value::Object(mut members) => {
            if let Some(personal) = members.get_mut("$personal") {
                return personal["value"].take();
            }
            Value::Object(members.into_iter().map(|(name, value)| (name, opened(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(opened).collect()),
        other => other,
    }
}

/// Reports a quarter.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/reports",
    tag = "plan",
    operation_id = "plan_report",
    summary = "Report a quarter",
    description = "For bodies that take part in it. What is done needs evidence, as addresses or as files; the status follows by rule. With files it is sent in parts.",
    params(NumberParameter, IdempotencyParameter),
    request_body(content((ReportRequest = "application/json"), (ReportWithFiles = "multipart/form-data"))),
    responses((status = 200, description = "It is reported.", body = RecommendationView), WriteProblems)
)]
pub(super) async fn report(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    SentReport { request, files }: SentReport,
) -> Result<Json<RecommendationView>, Problem> {
    let (report, keep) = request.parted();
    service.report_with_files(&caller, number, report, Files { new: files, keep }).await?;
    as_it_stands(&service, &caller, number).await
}

/// Confirms what was reported done.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/confirmation",
    tag = "plan",
    operation_id = "plan_confirm",
    summary = "Confirm that it is done",
    description = "For the committee, after everything was reported done with evidence.",
    params(NumberParameter),
    request_body = ConfirmationRequest,
    responses((status = 200, description = "It is confirmed.", body = RecommendationView), WriteProblems)
)]
pub(super) async fn confirm(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    Json(request): Json<ConfirmationRequest>,
) -> Result<Json<RecommendationView>, Problem> {
    service.confirm(&caller, number, request.note).await?;
    as_it_stands(&service, &caller, number).await
}

/// Sends back what was reported done.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/return",
    tag = "plan",
    operation_id = "plan_send_back",
    summary = "Send a report back",
    description = "For the committee: what was reported done is not.",
    params(NumberParameter),
    request_body = SendBackRequest,
    responses((status = 200, description = "It is sent back.", body = RecommendationView), WriteProblems)
)]
pub(super) async fn send_back(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    Json(request): Json<SendBackRequest>,
) -> Result<Json<RecommendationView>, Problem> {
    service.send_back(&caller, number, request.reason).await?;
    as_it_stands(&service, &caller, number).await
}

/// Which week is asked for.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Week {
    /// The last day of the seven; left out, today.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Date>,
}

/// Tells what changed in a week.
#[utoipa::path(
    get,
    path = "/api/v1/plan/changes",
    tag = "plan",
    operation_id = "plan_changes",
    summary = "What changed in a week",
    description = "Reports, confirmations, amendments, recommendations to agencies: the newest first, at most 500.",
    params(Week),
    responses((status = 200, description = "What changed.", body = Vec<PlanChange>), ReadProblems)
)]
pub(super) async fn changes(
    State(service): State<PlanService>,
    caller: Caller,
    Query(week): Query<Week>,
) -> Result<Json<Vec<PlanChange>>, Problem> {
    let today = caller.today();
    let changes = service.changes_of_week(week.until.unwrap_or(today), u32::MAX).await?;
    Ok(Json(changes.into_iter().map(PlanChange::from).collect()))
}

/// Reads a consultation.
#[utoipa::path(
    get,
    path = "/api/v1/plan/consultations/{id}",
    tag = "plan",
    operation_id = "plan_consultation",
    summary = "Read a consultation",
    description = "The draft, and figures of its comments that add up.",
    params(("id" = String, Path, description = "The consultation.")),
    responses((status = 200, description = "The consultation.", body = ConsultationView), ReadProblems)
)]
pub(super) async fn consultation(
    State(service): State<PlanService>,
    Path(id): Path<String>,
) -> Result<Json<ConsultationView>, Problem> {
    let report = service.consultation_report(&id).await?;
    Ok(Json((&*report).into()))
}

/// Comments on a draft.
#[utoipa::path(
    post,
    path = "/api/v1/plan/consultations/{id}/comments",
    tag = "plan",
    operation_id = "plan_comment",
    summary = "Comment on a draft",
    description = "With or without an account, within the period. Officials put in what came on paper.",
    params(("id" = String, Path, description = "The consultation.")),
    request_body = CommentRequest,
    responses((status = 201, description = "It was received.", body = CommentMade), WriteProblems)
)]
pub(super) async fn comment(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<CommentRequest>,
) -> Result<(StatusCode, Json<CommentMade>), Problem> {
    let id = service.comment(&caller, &id, request.into()).await?;
    Ok((StatusCode::CREATED, Json(CommentMade { id })))
}

/// Answers a comment.
#[utoipa::path(
    post,
    path = "/api/v1/plan/comments/{id}/answer",
    tag = "plan",
    operation_id = "plan_answer_comment",
    summary = "Answer a comment",
    description = "For the committee: accepted, in part or not, with the reason and what was changed.",
    params(("id" = String, Path, description = "The comment.")),
    request_body = CommentAnswer,
    responses((status = 204, description = "It is answered."), WriteProblems)
)]
pub(super) async fn answer(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<CommentAnswer>,
) -> Result<StatusCode, Problem> {
    service.answer_comments(&caller, &[id], &request.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
