//! Field visits. Records and photos arrive from phones that may have been without a network: the same thing sent again is taken
//! once.

use std::collections::BTreeMap;

use axum::{body::Bytes, extract::State, http::StatusCode};
use jiff::civil::{Date, DateTime};
use maru_web::{
    Json, Path, Problem, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::meetings::DoneRequest;
use crate::{
    Caller, PlanService,
    domain::{
        Number, Visit,
        felt::Said,
        visit::{Answer, Finding, NewFinding, Question, Record, RiskPoint, Verdict},
    },
    service::NewPhoto,
    store::Named,
};

/// What was recorded on the spot.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VisitRecord {
    /// A name that the device chose: the same record sent again is taken once.
    #[schema(min_length = 8, max_length = 64, pattern = "^[A-Za-z0-9-]+$")]
    id: String,
    /// When, by the clock of the device in Korea, without an offset.
    #[schema(value_type = String, example = "2026-11-20T14:05:00")]
    at: DateTime,
    /// The answers to all questions of the checklist, by question.
    answers: BTreeMap<String, Answer>,
    /// What was seen on the whole. It is public; personal data are masked.
    #[schema(min_length = 1, max_length = 4000)]
    summary: String,
    /// What must be put right.
    #[serde(default)]
    #[schema(max_items = 20)]
    findings: Vec<NewFinding>,
}

impl From<VisitRecord> for Record {
    fn from(record: VisitRecord) -> Self {
        let VisitRecord { id, at, answers, summary, findings } = record;
        Self { id, at, answers, summary, findings }
    }
}

impl From<Record> for VisitRecord {
    fn from(record: Record) -> Self {
        let Record { id, at, answers, summary, findings } = record;
        Self { id, at, answers, summary, findings }
    }
}

/// A visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct VisitView {
    /// Its identifier.
    id: String,
    /// What was visited.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// The body.
    body: String,
    /// Where.
    place: String,
    /// When it was planned for.
    #[schema(value_type = String, format = Date)]
    on: Date,
    /// Why this one: the points of the rule on the day of planning.
    reasons: Vec<RiskPoint>,
    /// The checklist.
    questions: Vec<Question>,
    /// What was recorded.
    records: Vec<VisitRecord>,
    /// What must be put right.
    findings: Vec<Finding>,
}

impl VisitView {
    fn of(named: Named<Visit>) -> Option<Self> {
        let planned = named.state.planned?;
        Some(Self {
            id: named.id,
            recommendation: planned.recommendation,
            body: planned.body,
            place: planned.place,
            on: planned.on,
            reasons: planned.reasons,
            questions: planned.questions,
            records: named.state.records.into_iter().map(VisitRecord::from).collect(),
            findings: named.state.findings,
        })
    }
}

async fn view(service: &PlanService, caller: &Caller, id: &str) -> Result<Json<VisitView>, Problem> {
    VisitView::of(service.visit(caller, id).await?).map(Json).ok_or_else(Problem::not_found)
}

/// Lists visits.
#[utoipa::path(
    get,
    path = "/api/v1/plan/visits",
    tag = "plan",
    operation_id = "plan_visits",
    summary = "List field visits",
    description = "Visits that were recorded, the newest first. The committee sees those that are planned too.",
    responses((status = 200, description = "The visits.", body = Vec<VisitView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>, caller: Caller) -> Result<Json<Vec<VisitView>>, Problem> {
    let visits = service.visits(&caller).await?;
    Ok(Json(visits.into_iter().filter_map(VisitView::of).collect()))
}

/// Reads a visit.
#[utoipa::path(
    get,
    path = "/api/v1/plan/visits/{id}",
    tag = "plan",
    operation_id = "plan_visit",
    summary = "Read a field visit",
    description = "Why it was planned, what was recorded, and what became of its findings.",
    params(("id" = String, Path, description = "The visit.")),
    responses((status = 200, description = "The visit.", body = VisitView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<VisitView>, Problem> {
    view(&service, &caller, &id).await
}

/// Takes in a record.
#[utoipa::path(
    post,
    path = "/api/v1/plan/visits/{id}/records",
    tag = "plan",
    operation_id = "plan_visit_record",
    summary = "Send what was recorded on the spot",
    description = "For the committee. A record with a name that arrived before changes nothing: send until it is answered.",
    params(("id" = String, Path, description = "The visit.")),
    request_body = VisitRecord,
    responses((status = 200, description = "It is recorded.", body = VisitView), WriteProblems)
)]
pub(super) async fn record(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<VisitRecord>,
) -> Result<Json<VisitView>, Problem> {
    service.record_visit(&caller, &id, request.into()).await?;
    view(&service, &caller, &id).await
}

/// What a photo shows.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct PhotoCaption {
    /// What it shows.
    #[param(max_length = 200)]
    caption: String,
}

/// A photo's identifier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PhotoMade {
    /// The identifier.
    id: String,
}

/// Takes in a photo.
#[utoipa::path(
    put,
    path = "/api/v1/plan/visits/{id}/photos/{digest}",
    tag = "plan",
    operation_id = "plan_visit_photo",
    summary = "Send a photo",
    description = "For the committee. A JPEG file of at most 600 kB under the SHA-256 of its bytes. What the camera wrote into it is removed; the picture is sealed. The same photo again changes nothing.",
    params(
        ("id" = String, Path, description = "The visit."),
        ("digest" = String, Path, description = "SHA-256 of the file in hexadecimal digits."),
        PhotoCaption
    ),
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 200, description = "It is there.", body = PhotoMade), WriteProblems)
)]
pub(super) async fn photo(
    State(service): State<PlanService>,
    caller: Caller,
    Path((id, digest)): Path<(String, String)>,
    Query(caption): Query<PhotoCaption>,
    file: Bytes,
) -> Result<Json<PhotoMade>, Problem> {
    let new = NewPhoto { digest, caption: caption.caption, file: file.to_vec() };
    let id = service.add_photo(&caller, &id, new).await?;
    Ok(Json(PhotoMade { id }))
}

/// Says what was done about a finding.
#[utoipa::path(
    post,
    path = "/api/v1/plan/visits/{id}/findings/{finding}/follow-ups",
    tag = "plan",
    operation_id = "plan_visit_follow_up",
    summary = "Say what was done about a finding",
    description = "For the body that was visited. The finding stays open until the committee closes it.",
    params(
        ("id" = String, Path, description = "The visit."),
        ("finding" = usize, Path, description = "The number of the finding, from 1.")
    ),
    request_body = DoneRequest,
    responses((status = 200, description = "It is recorded.", body = VisitView), WriteProblems)
)]
pub(super) async fn follow_up(
    State(service): State<PlanService>,
    caller: Caller,
    Path((id, finding)): Path<(String, usize)>,
    Json(request): Json<DoneRequest>,
) -> Result<Json<VisitView>, Problem> {
    service.follow_finding(&caller, &id, finding, request.text, request.evidence).await?;
    view(&service, &caller, &id).await
}

/// What a citizen says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeltRequest {
    /// Whether it reached you: yes, partly or no.
    verdict: Verdict,
    /// In words. They are public; personal data are masked.
    #[serde(default)]
    #[schema(max_length = 1000)]
    text: String,
}

/// Says whether a recommendation reached a citizen.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/felt",
    tag = "plan",
    operation_id = "plan_felt",
    summary = "Say whether it reached you",
    description = "With or without an account; who signed in says it once and may change it. It is no survey.",
    params(super::NumberParameter),
    request_body = FeltRequest,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn felt(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    Json(request): Json<FeltRequest>,
) -> Result<StatusCode, Problem> {
    let said = Said { recommendation: number, verdict: request.verdict, text: request.text };
    service.say_felt(&caller, said).await?;
    Ok(StatusCode::NO_CONTENT)
}
