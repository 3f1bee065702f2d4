//! What is likely to be late, what waits for what, what contradicts a report.

use axum::extract::State;
use jiff::civil::Date;
use maru_web::{
    Json, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Caller, PlanService,
    domain::{
        Contradiction, FeltCounts, Number, Quarter,
        forecast::{Chance, Feature},
        links::{Link, LinkState},
        visit::{RiskPoint, total},
    },
    service::Whole,
};

/// What raises or lowers a chance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ChanceReason {
    /// What.
    feature: Feature,
    /// By how much, in log-odds against the average.
    weight: f64,
}

/// How likely a deadline is missed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ChanceView {
    /// Of which recommendation.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// Which of its deadlines, by its place from 0.
    deadline: usize,
    /// When it is due.
    #[schema(value_type = String, example = "26Q4")]
    quarter: Quarter,
    /// From 0 to 1.
    chance: f64,
    /// What raises and lowers it most.
    because: Vec<ChanceReason>,
}

impl From<&Chance> for ChanceView {
    fn from(chance: &Chance) -> Self {
        let because =
            chance.because.iter().map(|(feature, weight)| ChanceReason { feature: *feature, weight: *weight });
        Self {
            recommendation: chance.number,
            deadline: chance.place,
            quarter: chance.quarter,
            chance: chance.of_delay,
            because: because.collect(),
        }
    }
}

/// How a forecast of the past would have done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CheckView {
    /// The quarter.
    #[schema(value_type = String, example = "26Q3")]
    quarter: Quarter,
    /// Its deadlines.
    deadlines: usize,
    /// Mean of the squared errors: 0 is perfect.
    brier: f64,
    /// The same of the base rate.
    brier_of_base_rate: f64,
}

/// Points of the rule by which visits are ordered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RiskView {
    /// Of which recommendation.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// Their sum.
    points: i32,
    /// Each with its reason.
    reasons: Vec<RiskPoint>,
}

/// What contradicts a report that says done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ContradictionView {
    /// Of which recommendation.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// What.
    found: Vec<Contradiction>,
}

/// What citizens say of a recommendation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FeltView {
    /// Of which.
    #[schema(value_type = String, example = "58-1")]
    recommendation: Number,
    /// How many say what.
    counts: FeltCounts,
}

/// What lies ahead.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct OutlookView {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// How many passed deadlines it was learned from.
    examples: usize,
    /// The share of examples that was missed.
    base_rate: f64,
    /// Every open deadline; empty where the history is too short.
    chances: Vec<ChanceView>,
    /// How it would have done in the quarter that ended last.
    check: Option<CheckView>,
    /// Where to look first.
    risk: Vec<RiskView>,
    /// Where reports and what else is known do not agree.
    contradictions: Vec<ContradictionView>,
    /// What citizens say.
    felt: Vec<FeltView>,
}

impl From<&Whole> for OutlookView {
    fn from(whole: &Whole) -> Self {
        let risk = whole.by_risk().into_iter().map(|(seen, reasons)| RiskView {
            recommendation: seen.number(),
            points: total(&reasons),
            reasons,
        });
        let contradictions = whole
            .contradictions
            .iter()
            .map(|(number, found)| ContradictionView { recommendation: *number, found: found.clone() });
        let felt = whole.felt.iter().map(|(number, counts)| FeltView { recommendation: *number, counts: *counts });
        Self {
            day: whole.overview.day,
            examples: whole.outlook.examples,
            base_rate: whole.outlook.base_rate,
            chances: whole.outlook.chances.iter().map(ChanceView::from).collect(),
            check: whole.outlook.check.map(|check| CheckView {
                quarter: check.quarter,
                deadlines: check.deadlines,
                brier: check.brier,
                brier_of_base_rate: check.brier_of_base,
            }),
            risk: risk.collect(),
            contradictions: contradictions.collect(),
            felt: felt.collect(),
        }
    }
}

/// Reads the outlook.
#[utoipa::path(
    get,
    path = "/api/v1/plan/outlook",
    tag = "plan",
    operation_id = "plan_outlook",
    summary = "What is likely to be late",
    description = "Forecasts with what they rest on and how they would have done, points by which visits are ordered, contradictions.",
    responses((status = 200, description = "The outlook.", body = OutlookView), ReadProblems)
)]
pub(super) async fn outlook(State(service): State<PlanService>, caller: Caller) -> Result<Json<OutlookView>, Problem> {
    Ok(Json(OutlookView::from(&service.whole(&caller).await?)))
}

/// Lists dependencies.
#[utoipa::path(
    get,
    path = "/api/v1/plan/dependencies",
    tag = "plan",
    operation_id = "plan_dependencies",
    summary = "What waits for what",
    description = "Dependencies between recommendations: proposed from the texts, accepted or rejected by a person.",
    responses((status = 200, description = "The dependencies.", body = Vec<Link>), ReadProblems)
)]
pub(super) async fn dependencies(State(service): State<PlanService>) -> Result<Json<Vec<Link>>, Problem> {
    let links = service.store().links().await.map_err(crate::ServiceError::from)?;
    Ok(Json(links.known.into_values().collect()))
}

/// A decision on a dependency.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DependencyRequest {
    /// What waits.
    #[schema(value_type = String, example = "9-4")]
    dependent: Number,
    /// For what.
    #[schema(value_type = String, example = "9-1")]
    prerequisite: Number,
    /// `accepted` or `rejected`.
    state: LinkState,
    /// Why, where it was not proposed: then it is added.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
}

/// Decides on a dependency.
#[utoipa::path(
    post,
    path = "/api/v1/plan/dependencies",
    tag = "plan",
    operation_id = "plan_decide_dependency",
    summary = "Accept, reject or add a dependency",
    description = "For the committee. With a reason, one that was not proposed is added. Nothing may wait for itself.",
    request_body = DependencyRequest,
    responses((status = 200, description = "The dependencies.", body = Vec<Link>), WriteProblems)
)]
pub(super) async fn decide_dependency(
    State(service): State<PlanService>,
    caller: Caller,
    Json(request): Json<DependencyRequest>,
) -> Result<Json<Vec<Link>>, Problem> {
    let pair = (request.dependent, request.prerequisite);
    let links = match request.state {
        LinkState::Accepted if !request.reason.trim().is_empty() => {
            service.add_link(&caller, pair, request.reason).await?
        }
        LinkState::Accepted => service.decide_link(&caller, pair, true).await?,
        LinkState::Rejected => service.decide_link(&caller, pair, false).await?,
        LinkState::Proposed => return Err(Problem::bad_request()),
    };
    Ok(Json(links.known.into_values().collect()))
}
