//! Deliberations.

use std::collections::BTreeMap;

use axum::extract::State;
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Caller, PlanService, ServiceError,
    domain::deliberation::{Opinions, Question, Showing, Stance, Statement},
};

/// A deliberation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct DeliberationView {
    /// Its name.
    id: String,
    /// What is deliberated on.
    question: Question,
    /// The statements that are shown.
    statements: Vec<Statement>,
    /// What was made of it; nothing before.
    conclusion: Option<String>,
}

/// Votes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StancesRequest {
    /// By statement's number.
    #[schema(value_type = std::collections::BTreeMap<String, Stance>)]
    votes: BTreeMap<usize, Stance>,
    /// The name that was given the last time; left out the first time, and where somebody signed in.
    #[serde(default)]
    voter: Option<String>,
}

/// Where the votes are kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StancesTakenView {
    /// The name under which they are kept: give it again to change them.
    voter: String,
}

/// A statement that somebody adds.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatementRequest {
    /// One thought.
    #[schema(min_length = 1, max_length = 140)]
    text: String,
}

/// Lists deliberations.
#[utoipa::path(
    get,
    path = "/api/v1/plan/deliberations",
    tag = "plan",
    operation_id = "plan_deliberations",
    summary = "List deliberations",
    description = "With the statements that are shown.",
    responses((status = 200, description = "The deliberations.", body = Vec<DeliberationView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<DeliberationView>>, Problem> {
    let known = service.store().deliberations().await.map_err(ServiceError::from)?;
    let views = known.into_iter().filter_map(|named| {
        let statements = named.state.statements.into_iter().filter(|one| one.showing == Showing::Shown).collect();
        Some(DeliberationView {
            id: named.id,
            question: named.state.question?,
            statements,
            conclusion: named.state.conclusion,
        })
    });
    Ok(Json(views.collect()))
}

/// Tells what a deliberation came to.
#[utoipa::path(
    get,
    path = "/api/v1/plan/deliberations/{id}/opinions",
    tag = "plan",
    operation_id = "plan_opinions",
    summary = "Groups of opinion and what all share",
    description = "Found in the votes as Polis publishes it. Groups of fewer than five are not shown.",
    params(("id" = String, Path, description = "The deliberation.")),
    responses((status = 200, description = "What it came to.", body = Opinions), ReadProblems)
)]
pub(super) async fn opinions(
    State(service): State<PlanService>,
    Path(id): Path<String>,
) -> Result<Json<Opinions>, Problem> {
    Ok(Json((*service.opinions(&id).await?).clone()))
}

/// Votes on statements.
#[utoipa::path(
    post,
    path = "/api/v1/plan/deliberations/{id}/votes",
    tag = "plan",
    operation_id = "plan_vote_on_statements",
    summary = "Agree or disagree with statements",
    description = "Within the period. Votes can be changed; each person counts once where one must sign in.",
    params(("id" = String, Path, description = "The deliberation.")),
    request_body = StancesRequest,
    responses((status = 200, description = "They are taken.", body = StancesTakenView), WriteProblems)
)]
pub(super) async fn vote(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<StancesRequest>,
) -> Result<Json<StancesTakenView>, Problem> {
    let voter = service.vote_on_statements(&caller, &id, request.voter, request.votes).await?;
    Ok(Json(StancesTakenView { voter }))
}

/// Adds a statement.
#[utoipa::path(
    post,
    path = "/api/v1/plan/deliberations/{id}/statements",
    tag = "plan",
    operation_id = "plan_propose_statement",
    summary = "Add a statement",
    description = "It is shown after the committee looked at it; personal data are masked.",
    params(("id" = String, Path, description = "The deliberation.")),
    request_body = StatementRequest,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn propose(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<StatementRequest>,
) -> Result<axum::http::StatusCode, Problem> {
    service.propose_statement(&caller, &id, &request.text).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
