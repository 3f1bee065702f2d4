//! Screenings of the population as an interface.

use axum::{extract::State, response::Response};
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    accepted,
    laboratory::{Standing, month, standing_of},
    problems::signed_in,
};
use crate::{Caller, WelfareService, domain::ScreeningRun, service::Watched};

/// A screening to be done.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ScreeningRequest {
    /// The month.
    #[schema(example = "2026-03")]
    month: String,
}

/// A screening.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScreeningView {
    /// Its name on the log.
    id: String,
    /// The month.
    month: String,
    #[schema(inline)]
    standing: Standing,
    /// Parts that are done, while it runs.
    done: Option<u64>,
    /// Of how many.
    parts: Option<u64>,
    /// Why it could not be done.
    failed: Option<String>,
    /// The screening that it is compared with.
    previous: Option<String>,
    /// What it came to, as `maru welfare screen` writes it.
    #[schema(value_type = Option<Object>)]
    summary: Option<Value>,
}

impl ScreeningView {
    fn of(watched: &Watched) -> Self {
        let state: &ScreeningRun = &watched.run.state;
        Self {
            id: watched.run.id.clone(),
            month: state.month.map(|month| month.to_string()).unwrap_or_default(),
            standing: standing_of(state.summary.is_some(), state.failed.is_some()),
            done: watched.progress.map(|progress| progress.done),
            parts: watched.progress.map(|progress| progress.all),
            failed: state.failed.clone(),
            previous: state.previous.clone(),
            summary: state.summary.as_ref().and_then(|summary| serde_json::to_value(summary).ok()),
        }
    }
}

/// Screenings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScreeningList {
    /// They, the newest first.
    screenings: Vec<ScreeningView>,
}

/// Starts a screening.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/screenings",
    tag = "welfare",
    operation_id = "welfare_screen",
    summary = "Screen all households for a month",
    description = "For officials of the department. It is done as a job, compared with the last month that was screened.",
    request_body = ScreeningRequest,
    responses((status = 202, description = "It will be done.", body = ScreeningView), WriteProblems)
)]
pub(super) async fn screen(
    State(service): State<WelfareService>,
    caller: Caller,
    Json(request): Json<ScreeningRequest>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    let id = service.request_screening(&caller, month(&request.month)?).await?;
    let watched = service.screening(&caller, &id).await?;
    Ok(accepted(&format!("/api/v1/welfare/screenings/{id}"), ScreeningView::of(&watched)))
}

/// Lists screenings.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/screenings",
    tag = "welfare",
    operation_id = "welfare_screenings",
    summary = "List screenings",
    description = "For officials of the department and auditors: at most 200, the newest first.",
    responses((status = 200, description = "The screenings.", body = ScreeningList), ReadProblems)
)]
pub(super) async fn screenings(
    State(service): State<WelfareService>,
    caller: Caller,
) -> Result<Json<ScreeningList>, Problem> {
    let all = service.screenings(&caller).await?;
    let views = all.into_iter().map(|run| ScreeningView::of(&Watched { run, progress: None, lots: (0, 0) }));
    Ok(Json(ScreeningList { screenings: views.collect() }))
}

/// Reads a screening.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/screenings/{id}",
    tag = "welfare",
    operation_id = "welfare_screening",
    summary = "Read a screening",
    description = "For officials of the department and auditors.",
    params(("id" = String, Path, description = "The screening.")),
    responses((status = 200, description = "The screening.", body = ScreeningView), ReadProblems)
)]
pub(super) async fn one_screening(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ScreeningView>, Problem> {
    Ok(Json(ScreeningView::of(&service.screening(&caller, &id).await?)))
}

/// Findings to become proposals.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FindingsRequest {
    /// Of which benefit.
    benefit: String,
    /// For at most so many households.
    #[schema(minimum = 1, maximum = 500)]
    most: u32,
}

/// Makes proposals.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/screenings/{id}/proposals",
    tag = "welfare",
    operation_id = "welfare_propose_findings",
    summary = "Make proposals of what a screening found",
    description = "For officials of the department, batch by batch, as a job. Officials confirm each proposal afterwards.",
    params(("id" = String, Path, description = "The screening.")),
    request_body = FindingsRequest,
    responses((status = 202, description = "They will be made.", body = ScreeningView), WriteProblems)
)]
pub(super) async fn propose(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<FindingsRequest>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    service.propose_findings(&caller, &id, request.benefit, request.most).await?;
    let watched = service.screening(&caller, &id).await?;
    Ok(accepted(&format!("/api/v1/welfare/screenings/{id}"), ScreeningView::of(&watched)))
}
