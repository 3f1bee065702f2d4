//! Overlaps between bodies.

use axum::extract::State;
use maru_web::{
    Json, Problem, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Caller, PlanService,
    domain::{
        Number,
        money::Money,
        overlap::{Joined, Overlap},
    },
};

/// What overlaps, and what was decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct OverlapList {
    /// What a program found, the clearest first.
    found: Vec<Overlap>,
    /// What a person decided.
    decided: Vec<Joined>,
    /// Of which year the budgets are; nothing where none were entered.
    year: Option<i16>,
    /// What is granted and spent in that year, as far as it was entered.
    budgets: Vec<RecommendationBudget>,
}

/// The money of a recommendation in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RecommendationBudget {
    /// Which.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// The money.
    #[serde(flatten)]
    money: Money,
}

/// Of which year.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfYear {
    /// The year of the budgets; left out, the newest of which some were entered.
    year: Option<i16>,
}

/// Lists overlaps.
#[utoipa::path(
    get,
    path = "/api/v1/plan/overlaps",
    tag = "plan",
    operation_id = "plan_overlaps",
    summary = "Where bodies overlap",
    description = "Recommendations of different bodies that speak of the same thing, the same law or the like, what was decided, and the budgets beside it.",
    params(OfYear),
    responses((status = 200, description = "The overlaps.", body = OverlapList), ReadProblems)
)]
pub(super) async fn list(
    State(service): State<PlanService>,
    Query(OfYear { year }): Query<OfYear>,
) -> Result<Json<OverlapList>, Problem> {
    let (found, decided, beside) = service.overlaps_with_money(year).await?;
    let budget = |(recommendation, money)| RecommendationBudget { recommendation, money };
    Ok(Json(OverlapList {
        found,
        decided: decided.decided.into_values().collect(),
        year: beside.year,
        budgets: beside.of.into_iter().map(budget).collect(),
    }))
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
