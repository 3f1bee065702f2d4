//! AI for all: who is reached, problems posed, help given at counters.

use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use maru_web::{
    Json, Path, Problem as Fault, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Caller, PlanService, ServiceError,
    domain::{
        for_all::{Assisted, Breakdown, Chosen, Need, Posed, Problem, Reached, Solved, Stage},
        moderation::{Breach, Showing},
    },
    store::{HelpCounts, Named},
};

/// The figures of a field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FieldReach {
    /// The field: labour, welfare, education, finance, culture, safety, environment.
    field: String,
    /// Its figures, the oldest first, those that were sent back too.
    figures: Vec<Reached>,
}

/// A problem that somebody posed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PosedProblemView {
    /// Its name.
    id: String,
    /// Where it stands.
    stage: Stage,
    /// As it was posed; nothing where it is hidden or waits for a person.
    posed: Option<Posed>,
    /// Whether everybody may read it.
    showing: Showing,
    /// How it breaks the rules, where it is hidden.
    breach: Option<Breach>,
    /// Whether it is worked on; nothing before that was decided.
    chosen: Option<Chosen>,
    /// What became of it; nothing before.
    outcome: Option<Solved>,
}

fn view(named: Named<Problem>) -> Option<PosedProblemView> {
    let (stage, shown) = (named.state.stage(), named.state.shown().cloned());
    let Problem { posed, chosen, outcome, moderated, .. } = named.state;
    posed?;
    let (showing, breach) = (moderated.showing(), moderated.hidden.map(|hidden| hidden.breach));
    Some(PosedProblemView { id: named.id, stage, posed: shown, showing, breach, chosen, outcome })
}

/// Help of one kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct HelpView {
    /// Why it was needed; nothing where all is meant.
    need: Option<Need>,
    /// How often.
    times: u64,
    /// How often the person got what they came for.
    solved: u64,
    /// Minutes in all.
    minutes: u64,
}

impl HelpView {
    fn of(need: Option<Need>, counts: HelpCounts) -> Self {
        Self { need, times: counts.times, solved: counts.solved, minutes: counts.minutes }
    }
}

/// What was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ProblemMade {
    /// Its name.
    id: String,
}

/// Tells who is reached.
#[utoipa::path(
    get,
    path = "/api/v1/plan/ai-for-all/reach",
    tag = "plan",
    operation_id = "plan_reach",
    summary = "Who is reached in seven fields",
    description = "By age, region, disability, income and language. Groups of fewer than five are never taken.",
    responses((status = 200, description = "The figures.", body = Vec<FieldReach>), ReadProblems)
)]
pub(super) async fn reach(State(service): State<PlanService>) -> Result<Json<Vec<FieldReach>>, Fault> {
    let all = service.store().all_reach().await.map_err(ServiceError::from)?;
    Ok(Json(
        all.into_iter().map(|(field, reach)| FieldReach { field: field.to_owned(), figures: reach.figures }).collect(),
    ))
}

/// Enters who is reached.
#[utoipa::path(
    post,
    path = "/api/v1/plan/ai-for-all/reach/{field}",
    tag = "plan",
    operation_id = "plan_enter_reach",
    summary = "Enter who is reached",
    description = "For the body in charge of the field.",
    params(("field" = String, Path, description = "The field.")),
    request_body = Breakdown,
    responses((status = 200, description = "The figures of the field.", body = FieldReach), WriteProblems)
)]
pub(super) async fn enter_reach(
    State(service): State<PlanService>,
    caller: Caller,
    Path(field): Path<String>,
    Json(breakdown): Json<Breakdown>,
) -> Result<Json<FieldReach>, Fault> {
    let reach = service.enter_reach(&caller, &field, breakdown).await?;
    Ok(Json(FieldReach { field, figures: reach.figures }))
}

/// Lists problems.
#[utoipa::path(
    get,
    path = "/api/v1/plan/ai-for-all/problems",
    tag = "plan",
    operation_id = "plan_problems",
    summary = "Problems that citizens posed",
    description = "With what was decided and what became of each.",
    responses((status = 200, description = "The problems.", body = Vec<PosedProblemView>), ReadProblems)
)]
pub(super) async fn problems(State(service): State<PlanService>) -> Result<Json<Vec<PosedProblemView>>, Fault> {
    let known = service.store().problems().await.map_err(ServiceError::from)?;
    Ok(Json(known.into_iter().filter_map(view).collect()))
}

/// Poses a problem.
#[utoipa::path(
    post,
    path = "/api/v1/plan/ai-for-all/problems",
    tag = "plan",
    operation_id = "plan_pose_problem",
    summary = "Pose a problem",
    description = "With or without an account; personal data are masked.",
    request_body = Posed,
    responses((status = 201, description = "It was received.", body = ProblemMade), WriteProblems)
)]
pub(super) async fn pose(
    State(service): State<PlanService>,
    caller: Caller,
    Json(posed): Json<Posed>,
) -> Result<(StatusCode, Json<ProblemMade>), Fault> {
    let id = service.pose_problem(&caller, posed).await?;
    Ok((StatusCode::CREATED, Json(ProblemMade { id })))
}

/// Of which days.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Days {
    /// The first day.
    #[param(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[param(value_type = String, format = Date)]
    until: Date,
}

/// Counts help at counters.
#[utoipa::path(
    get,
    path = "/api/v1/plan/ai-for-all/help",
    tag = "plan",
    operation_id = "plan_help",
    summary = "Help given at counters",
    description = "All of it first, then by why it was needed.",
    params(Days),
    responses((status = 200, description = "The counts.", body = Vec<HelpView>), ReadProblems)
)]
pub(super) async fn help(
    State(service): State<PlanService>,
    Query(days): Query<Days>,
) -> Result<Json<Vec<HelpView>>, Fault> {
    let help = service.store().help(days.from, days.until).await.map_err(ServiceError::from)?;
    let needs = help.needs.iter().map(|(need, counts)| HelpView::of(Some(*need), *counts));
    Ok(Json(std::iter::once(HelpView::of(None, help.all)).chain(needs).collect()))
}

/// Writes down a help.
#[utoipa::path(
    post,
    path = "/api/v1/plan/ai-for-all/help",
    tag = "plan",
    operation_id = "plan_log_help",
    summary = "Write down help given at a counter",
    description = "For officials, also from the counters' own systems. Nothing about the person is taken.",
    request_body = Assisted,
    responses((status = 204, description = "It is written down."), WriteProblems)
)]
pub(super) async fn log_help(
    State(service): State<PlanService>,
    caller: Caller,
    Json(assisted): Json<Assisted>,
) -> Result<StatusCode, Fault> {
    service.log_help(&caller, assisted).await?;
    Ok(StatusCode::NO_CONTENT)
}
