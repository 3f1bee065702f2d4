//! The operations.

use axum::{extract::State, http::StatusCode};
use maru_gateway::Change;
use maru_web::{
    FieldError, Json, Path, Problem, Query, Visitor,
    api::{ReadProblems, WriteProblems},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    problems::problem,
    schemas::{ChangeView, DecisionRequest, ProposalRequest, RegistryView, TrafficView},
};
use crate::{Caller, ModelService, ServiceError, pages::Period};

/// Reads the registry.
#[utoipa::path(
    get,
    path = "/api/v1/models/registry",
    tag = "models",
    operation_id = "models_registry",
    summary = "Read the registry",
    description = "Models with their facts and how sure each is, the servers on which they run, keys without their hashes. For staff.",
    responses((status = 200, description = "The registry.", body = RegistryView), ReadProblems)
)]
pub(super) async fn registry(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<RegistryView>, Problem> {
    let state = service.registry(&Caller::from(&visitor)).await.map_err(problem)?;
    Ok(Json((&state).into()))
}

/// Which traffic is asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The last 24 hours by the hour, 7 days by six hours, or 30 days by the day; left out, `day`.
    #[serde(default)]
    #[param(inline)]
    period: Period,
    /// Of this agency alone.
    agency: Option<String>,
    /// To this model alone.
    model: Option<String>,
}

/// Reads the traffic.
#[utoipa::path(
    get,
    path = "/api/v1/models/traffic",
    tag = "models",
    operation_id = "models_traffic",
    summary = "Read the traffic",
    description = "Calls, errors, what rules stopped, tokens, cost and times to the first byte. For heads of departments, administrators and auditors.",
    params(Wanted),
    responses((status = 200, description = "The traffic.", body = TrafficView), ReadProblems)
)]
pub(super) async fn traffic(
    State(service): State<ModelService>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Json<TrafficView>, Problem> {
    let query = wanted.period.query(visitor.now, wanted.agency, wanted.model);
    let traffic = service.traffic(&Caller::from(&visitor), query).await.map_err(problem)?;
    Ok(Json((&traffic).into()))
}

/// Lists changes.
#[utoipa::path(
    get,
    path = "/api/v1/models/changes",
    tag = "models",
    operation_id = "models_changes",
    summary = "List changes of the registry",
    description = "Those that wait for a second person and those that were decided, the newest first.",
    responses((status = 200, description = "The changes.", body = Vec<ChangeView>), ReadProblems)
)]
pub(super) async fn changes(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<Vec<ChangeView>>, Problem> {
    let state = service.registry(&Caller::from(&visitor)).await.map_err(problem)?;
    let mut changes: Vec<_> = state.changes.iter().collect();
    changes.sort_by_key(|(_, change)| std::cmp::Reverse(change.at));
    Ok(Json(changes.into_iter().map(|(id, change)| ChangeView::of(id, change)).collect()))
}

async fn view(service: &ModelService, caller: &Caller, id: &str) -> Result<ChangeView, Problem> {
    let state = service.registry(caller).await.map_err(problem)?;
    let known = state.changes.get(id).ok_or(ServiceError::NotFound).map_err(problem)?;
    Ok(ChangeView::of(id, known))
}

/// Reads a change.
#[utoipa::path(
    get,
    path = "/api/v1/models/changes/{id}",
    tag = "models",
    operation_id = "models_change",
    summary = "Read a change",
    description = "What is to change, why, who proposed it and who decided.",
    params(("id" = String, Path, description = "Its number.")),
    responses((status = 200, description = "The change.", body = ChangeView), ReadProblems)
)]
pub(super) async fn change(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<ChangeView>, Problem> {
    Ok(Json(view(&service, &Caller::from(&visitor), &id).await?))
}

/// Proposes a change.
#[utoipa::path(
    post,
    path = "/api/v1/models/changes",
    tag = "models",
    operation_id = "models_propose",
    summary = "Propose a change",
    description = "It waits until another person approves it. What only takes away (suspend-model, withdraw-key) holds at once.",
    request_body = ProposalRequest,
    responses((status = 201, description = "It is proposed.", body = ChangeView), WriteProblems)
)]
pub(super) async fn propose(
    State(service): State<ModelService>,
    visitor: Visitor,
    Json(request): Json<ProposalRequest>,
) -> Result<(StatusCode, Json<ChangeView>), Problem> {
    let caller = Caller::from(&visitor);
    let change: Change = serde_json::from_value(request.change).map_err(|error| {
        let english = format!("This is no change of the registry: {error}");
        Problem::invalid(vec![FieldError::new("change", format!("등록부의 변경이 아니에요: {error}"), english)])
    })?;
    let id = service.propose(&caller, change, &request.reason).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(view(&service, &caller, &id).await?)))
}

/// Approves a change.
#[utoipa::path(
    post,
    path = "/api/v1/models/changes/{id}/approval",
    tag = "models",
    operation_id = "models_approve",
    summary = "Approve a change",
    description = "By another person than the one who proposed it. It holds at once on this server and within seconds on the others.",
    params(("id" = String, Path, description = "Its number.")),
    request_body = DecisionRequest,
    responses((status = 200, description = "It holds.", body = ChangeView), WriteProblems)
)]
pub(super) async fn approve(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<DecisionRequest>,
) -> Result<Json<ChangeView>, Problem> {
    let caller = Caller::from(&visitor);
    service.approve(&caller, &id, &request.note).await.map_err(problem)?;
    Ok(Json(view(&service, &caller, &id).await?))
}

/// Rejects a change.
#[utoipa::path(
    post,
    path = "/api/v1/models/changes/{id}/rejection",
    tag = "models",
    operation_id = "models_reject",
    summary = "Reject a change",
    description = "Whoever proposed it takes it back so.",
    params(("id" = String, Path, description = "Its number.")),
    request_body = DecisionRequest,
    responses((status = 200, description = "It is rejected.", body = ChangeView), WriteProblems)
)]
pub(super) async fn reject(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<DecisionRequest>,
) -> Result<Json<ChangeView>, Problem> {
    let caller = Caller::from(&visitor);
    service.reject(&caller, &id, &request.note).await.map_err(problem)?;
    Ok(Json(view(&service, &caller, &id).await?))
}
