//! Quarters that were frozen, and proofs of what stands in the log.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::NumberParameter;
use crate::{
    Caller, PlanService,
    domain::{
        Number, Quarter, Status,
        frozen::{count, moved},
    },
    service::FrozenQuarter,
};

/// The quarter in the path, as OpenAPI describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
pub(super) struct QuarterParameter {
    /// The year's last two digits, Q and 1 to 4.
    #[param(value_type = String, example = "26Q3")]
    quarter: Quarter,
}

/// How many recommendations stand so.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StatusCount {
    /// The status.
    status: Status,
    /// How many.
    recommendations: usize,
}

/// A quarter that was frozen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FrozenQuarterView {
    /// The quarter.
    #[schema(value_type = String, example = "26Q3")]
    quarter: Quarter,
    /// When it was frozen.
    #[schema(value_type = String, format = DateTime)]
    frozen_at: Timestamp,
    /// Its place in the log.
    position: u64,
    /// How many stood where.
    counts: Vec<StatusCount>,
    /// How many were finished in it; nothing for the first, which stands beside none.
    finished: Option<usize>,
    /// How many fell behind in it.
    fell_behind: Option<usize>,
}

impl FrozenQuarterView {
    fn of(frozen: &FrozenQuarter, before: Option<&FrozenQuarter>) -> Self {
        let counts = Status::ALL.map(|status| StatusCount { status, recommendations: count(&frozen.standing, status) });
        let moves = before.map(|before| moved(&before.standing, &frozen.standing));
        Self {
            quarter: frozen.quarter,
            frozen_at: frozen.at,
            position: frozen.position,
            counts: counts.into(),
            finished: moves.as_ref().map(|moves| moves.iter().filter(|one| one.finished()).count()),
            fell_behind: moves.map(|moves| moves.iter().filter(|one| one.fell_behind()).count()),
        }
    }
}

/// Where a recommendation stood.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FrozenStanding {
    /// Its number.
    #[schema(value_type = String, example = "58-1")]
    number: Number,
    /// Where it stood.
    status: Status,
    /// Where it stood at the quarter that was frozen before; nothing where it was not in the plan, or where there is none.
    before: Option<Status>,
}

/// A frozen quarter with every recommendation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FrozenQuarterWhole {
    /// Its figures.
    figures: FrozenQuarterView,
    /// The quarter that was frozen before it.
    #[schema(value_type = Option<String>, example = "26Q2")]
    compared_with: Option<Quarter>,
    /// Every recommendation.
    recommendations: Vec<FrozenStanding>,
}

async fn whole(service: &PlanService, quarter: Quarter) -> Result<FrozenQuarterWhole, Problem> {
    let (frozen, before) = service.frozen_quarter(quarter).await?;
    let earlier = |number: &Number| before.as_ref().and_then(|one| one.standing.get(number).copied());
    let recommendations = frozen.standing.iter();
    let recommendations = recommendations
        .map(|(number, status)| FrozenStanding { number: *number, status: *status, before: earlier(number) })
        .collect();
    let figures = FrozenQuarterView::of(&frozen, before.as_ref());
    Ok(FrozenQuarterWhole { figures, compared_with: before.map(|one| one.quarter), recommendations })
}

/// Lists frozen quarters.
#[utoipa::path(
    get,
    path = "/api/v1/plan/quarters",
    tag = "plan",
    operation_id = "plan_quarters",
    summary = "Quarters that were frozen",
    description = "The oldest first, with what was finished and what fell behind in each.",
    responses((status = 200, description = "The quarters.", body = Vec<FrozenQuarterView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<FrozenQuarterView>>, Problem> {
    let frozen = service.frozen_quarters().await?;
    let befores = std::iter::once(None).chain(frozen.iter().map(Some));
    Ok(Json(frozen.iter().zip(befores).map(|(one, before)| FrozenQuarterView::of(one, before)).collect()))
}

/// Reads a frozen quarter.
#[utoipa::path(
    get,
    path = "/api/v1/plan/quarters/{quarter}",
    tag = "plan",
    operation_id = "plan_quarter",
    summary = "Read a frozen quarter",
    description = "Where every recommendation stood at its end, beside the quarter that was frozen before it.",
    params(QuarterParameter),
    responses((status = 200, description = "The quarter.", body = FrozenQuarterWhole), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    Path(quarter): Path<Quarter>,
) -> Result<Json<FrozenQuarterWhole>, Problem> {
    Ok(Json(whole(&service, quarter).await?))
}

/// Freezes a quarter.
#[utoipa::path(
    post,
    path = "/api/v1/plan/quarters/{quarter}",
    tag = "plan",
    operation_id = "plan_freeze_quarter",
    summary = "Freeze a quarter",
    description = "For the committee, once, after the quarter has ended.",
    params(QuarterParameter),
    responses((status = 201, description = "It is frozen.", body = FrozenQuarterWhole), WriteProblems)
)]
pub(super) async fn freeze(
    State(service): State<PlanService>,
    caller: Caller,
    Path(quarter): Path<Quarter>,
) -> Result<(StatusCode, Json<FrozenQuarterWhole>), Problem> {
    service.freeze(&caller, quarter).await?;
    Ok((StatusCode::CREATED, Json(whole(&service, quarter).await?)))
}

fn document(proof: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], proof).into_response()
}

/// Proves versions and frozen quarters.
#[utoipa::path(
    get,
    path = "/api/v1/plan/proof",
    tag = "plan",
    operation_id = "plan_proof",
    summary = "Proof of versions and frozen quarters",
    description = "Everything as recorded, with the proof that it is in the log (maru-stream-proof-v1): to be checked without this server.",
    responses((status = 200, description = "The proof.", body = Object), ReadProblems)
)]
pub(super) async fn proof(State(service): State<PlanService>) -> Result<Response, Problem> {
    Ok(document(service.proof_of_plan().await?))
}

/// Proves what happened to a recommendation.
#[utoipa::path(
    get,
    path = "/api/v1/plan/recommendations/{number}/proof",
    tag = "plan",
    operation_id = "plan_recommendation_proof",
    summary = "Proof of what happened to a recommendation",
    description = "Everything as recorded, with the proof that it is in the log (maru-stream-proof-v1): to be checked without this server.",
    params(NumberParameter),
    responses((status = 200, description = "The proof.", body = Object), ReadProblems)
)]
pub(super) async fn proof_of_recommendation(
    State(service): State<PlanService>,
    Path(number): Path<Number>,
) -> Result<Response, Problem> {
    Ok(document(service.proof_of_recommendation(number).await?))
}
