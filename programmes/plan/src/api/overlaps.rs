//! Overlaps between bodies.

use axum::extract::State;
use maru_web::{
    Json, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Caller, PlanService,
    domain::overlap::{Joined, Overlap},
};

/// What overlaps, and what was decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct OverlapList {
    /// What a program found, the clearest first.
    found: Vec<Overlap>,
    /// What a person decided.
    decided: Vec<Joined>,
}

/// Lists overlaps.
#[utoipa::path(
    get,
    path = "/api/v1/plan/overlaps",
    tag = "plan",
    operation_id = "plan_overlaps",
    summary = "Where bodies overlap",
    description = "Recommendations of different bodies that speak of the same thing, the same law or the like, and what was decided.",
    responses((status = 200, description = "The overlaps.", body = OverlapList), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<OverlapList>, Problem> {
    let (found, decided) = service.overlaps().await?;
    Ok(Json(OverlapList { found, decided: decided.decided.into_values().collect() }))
}

/// Decides on an overlap.
#[utoipa::path(
    post,
    path = "/api/v1/plan/overlaps",
    tag = "plan",
    operation_id = "plan_decide_overlap",
    summary = "Decide whether two are joined",
    description = "For the committee, with a reason. A decision can be changed; both stay in the record.",
    request_body = Joined,
    responses((status = 200, description = "It is decided.", body = Vec<Joined>), WriteProblems)
)]
pub(super) async fn decide(
    State(service): State<PlanService>,
    caller: Caller,
    Json(joined): Json<Joined>,
) -> Result<Json<Vec<Joined>>, Problem> {
    let pair = (joined.one, joined.other);
    let decided = service.decide_overlap(&caller, pair, joined.join, joined.reason).await?;
    Ok(Json(decided.decided.into_values().collect()))
}
