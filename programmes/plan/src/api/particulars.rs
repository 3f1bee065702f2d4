//! Milestones, indicators, budgets and bills.

use axum::{extract::State, http::StatusCode};
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    NumberParameter,
    schemas::{ConfirmationRequest, SendBackRequest},
};
use crate::{
    Caller, PlanService, ServiceError,
    domain::{
        Number, Particulars,
        particulars::{Course, Item, Kept, Measure},
    },
};

/// One thing that a recommendation is held to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ParticularView {
    /// The recommendation.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// Its name.
    id: String,
    /// What it says.
    item: Item,
    /// Whether the committee confirmed it as it is.
    confirmed: bool,
    /// Why it was sent back last; empty where it was not.
    sent_back: String,
    /// Of an indicator: where it stands beside the line to its target.
    course: Option<Course>,
}

impl ParticularView {
    fn of(recommendation: Number, kept: Kept) -> Self {
        let course = if let Item::Indicator(indicator) = &kept.item { Some(indicator.course()) } else { None };
        let confirmed = kept.is_confirmed();
        Self { recommendation, id: kept.id, item: kept.item, confirmed, sent_back: kept.sent_back, course }
    }
}

/// All of them, as the API and the files of open data give them.
pub(crate) fn particular_views(known: Vec<(Number, Particulars)>) -> Vec<ParticularView> {
    known.into_iter().flat_map(|(number, particulars)| views(number, particulars)).collect()
}

fn views(number: Number, particulars: Particulars) -> Vec<ParticularView> {
    particulars.items.into_iter().map(|kept| ParticularView::of(number, kept)).collect()
}

/// One thing in the path, as OpenAPI describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct ParticularParameters {
    /// Task and place in it.
    #[param(value_type = String, example = "58-1")]
    number: Number,
    /// The name of the thing.
    id: String,
}

/// What was entered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ParticularEntered {
    /// Its name.
    id: String,
}

/// Lists what a recommendation is held to.
#[utoipa::path(
    get,
    path = "/api/v1/plan/recommendations/{number}/particulars",
    tag = "plan",
    operation_id = "plan_particulars_of",
    summary = "Milestones, indicators, budgets, bills of a recommendation",
    description = "What its lead body entered, and whether the committee confirmed it.",
    params(NumberParameter),
    responses((status = 200, description = "The things.", body = Vec<ParticularView>), ReadProblems)
)]
pub(super) async fn list(
    State(service): State<PlanService>,
    Path(number): Path<Number>,
) -> Result<Json<Vec<ParticularView>>, Problem> {
    Ok(Json(views(number, service.particulars(number).await?)))
}

/// Lists what all recommendations are held to.
#[utoipa::path(
    get,
    path = "/api/v1/plan/particulars",
    tag = "plan",
    operation_id = "plan_particulars",
    summary = "Milestones, indicators, budgets, bills of the plan",
    description = "All of them, in the order of recommendations.",
    responses((status = 200, description = "The things.", body = Vec<ParticularView>), ReadProblems)
)]
pub(super) async fn all(State(service): State<PlanService>) -> Result<Json<Vec<ParticularView>>, Problem> {
    let known = service.store().all_particulars().await.map_err(ServiceError::from)?;
    Ok(Json(particular_views(known)))
}

/// Enters a thing.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/particulars",
    tag = "plan",
    operation_id = "plan_enter_particular",
    summary = "Enter a milestone, an indicator, a budget or a bill",
    description = "For bodies that take part. It is public at once, and not confirmed until the committee confirms it.",
    params(NumberParameter),
    request_body = Item,
    responses((status = 201, description = "It is entered.", body = ParticularEntered), WriteProblems)
)]
pub(super) async fn enter(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    Json(item): Json<Item>,
) -> Result<(StatusCode, Json<ParticularEntered>), Problem> {
    let id = service.put_item(&caller, number, None, item).await?;
    Ok((StatusCode::CREATED, Json(ParticularEntered { id })))
}

/// Writes a thing anew.
#[utoipa::path(
    put,
    path = "/api/v1/plan/recommendations/{number}/particulars/{id}",
    tag = "plan",
    operation_id = "plan_rewrite_particular",
    summary = "Write it anew",
    description = "For bodies that take part. What changed is confirmed anew.",
    params(ParticularParameters),
    request_body = Item,
    responses((status = 200, description = "It is written.", body = ParticularEntered), WriteProblems)
)]
pub(super) async fn rewrite(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, id)): Path<(Number, String)>,
    Json(item): Json<Item>,
) -> Result<Json<ParticularEntered>, Problem> {
    let id = service.put_item(&caller, number, Some(id), item).await?;
    Ok(Json(ParticularEntered { id }))
}

/// Adds a value to an indicator.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/particulars/{id}/measures",
    tag = "plan",
    operation_id = "plan_measure_indicator",
    summary = "Add a value to an indicator",
    description = "For bodies that take part. A value of a quarter takes the place of the one before.",
    params(ParticularParameters),
    request_body = Measure,
    responses((status = 200, description = "The things after it.", body = Vec<ParticularView>), WriteProblems)
)]
pub(super) async fn measure(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, id)): Path<(Number, String)>,
    Json(measure): Json<Measure>,
) -> Result<Json<Vec<ParticularView>>, Problem> {
    Ok(Json(views(number, service.measure_item(&caller, number, id, measure).await?)))
}

/// Confirms a thing.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/particulars/{id}/confirmation",
    tag = "plan",
    operation_id = "plan_confirm_particular",
    summary = "Confirm it",
    description = "For the committee.",
    params(ParticularParameters),
    request_body = ConfirmationRequest,
    responses((status = 200, description = "The things after it.", body = Vec<ParticularView>), WriteProblems)
)]
pub(super) async fn confirm(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, id)): Path<(Number, String)>,
    Json(request): Json<ConfirmationRequest>,
) -> Result<Json<Vec<ParticularView>>, Problem> {
    Ok(Json(views(number, service.confirm_item(&caller, number, id, request.note).await?)))
}

/// Sends a thing back.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/particulars/{id}/return",
    tag = "plan",
    operation_id = "plan_send_back_particular",
    summary = "Send it back",
    description = "For the committee. It returns to what was confirmed last.",
    params(ParticularParameters),
    request_body = SendBackRequest,
    responses((status = 200, description = "The things after it.", body = Vec<ParticularView>), WriteProblems)
)]
pub(super) async fn send_back(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, id)): Path<(Number, String)>,
    Json(request): Json<SendBackRequest>,
) -> Result<Json<Vec<ParticularView>>, Problem> {
    Ok(Json(views(number, service.send_back_item(&caller, number, id, request.reason).await?)))
}

/// Takes a thing out.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/particulars/{id}/removal",
    tag = "plan",
    operation_id = "plan_remove_particular",
    summary = "Take it out",
    description = "For bodies that take part; what was confirmed, the committee alone takes out. The record keeps it.",
    params(ParticularParameters),
    request_body = SendBackRequest,
    responses((status = 200, description = "The things that are left.", body = Vec<ParticularView>), WriteProblems)
)]
pub(super) async fn remove(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, id)): Path<(Number, String)>,
    Json(request): Json<SendBackRequest>,
) -> Result<Json<Vec<ParticularView>>, Problem> {
    Ok(Json(views(number, service.take_out_item(&caller, number, id, request.reason).await?)))
}
