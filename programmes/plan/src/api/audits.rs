//! Accessibility audits of services.

use std::collections::BTreeMap;

use axum::{extract::State, http::StatusCode};
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Caller, PlanService, ServiceError,
    domain::for_all::{Audit, Audited, Repair},
    store::Named,
};

/// An audit with what became of what failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AuditView {
    /// Its name.
    id: String,
    /// As it was made.
    audit: Audited,
    /// What became of what failed, by the numbers of the criteria.
    repairs: BTreeMap<String, Repair>,
    /// The criteria that failed and are not right yet.
    open: Vec<String>,
    /// The share of the criteria that were looked at and have an object which the service keeps, then or by now.
    share: Option<f64>,
}

fn view(Named { id, state, .. }: Named<Audit>) -> Option<AuditView> {
    let open = state.open().map(|(number, _)| number.to_owned()).collect();
    let share = state.share();
    Some(AuditView { id, audit: state.audited?, repairs: state.repairs, open, share })
}

/// Lists audits.
#[utoipa::path(
    get,
    path = "/api/v1/plan/ai-for-all/audits",
    tag = "plan",
    operation_id = "plan_audits",
    summary = "Accessibility audits of services",
    description = "By the 33 criteria of the Korean web content accessibility guidelines 2.2, with what became of what failed.",
    responses((status = 200, description = "The audits.", body = Vec<AuditView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<AuditView>>, Problem> {
    let known = service.store().audits().await.map_err(ServiceError::from)?;
    Ok(Json(known.into_iter().filter_map(view).collect()))
}

/// Reads an audit.
#[utoipa::path(
    get,
    path = "/api/v1/plan/ai-for-all/audits/{id}",
    tag = "plan",
    operation_id = "plan_audit",
    summary = "Read an accessibility audit",
    description = "As it was made, with what became of what failed.",
    params(("id" = String, Path, description = "The audit.")),
    responses((status = 200, description = "The audit.", body = AuditView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    Path(id): Path<String>,
) -> Result<Json<AuditView>, Problem> {
    view(service.audit(&id).await?).map(Json).ok_or_else(Problem::not_found)
}

/// The name of what was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AuditMade {
    /// The name.
    id: String,
}

/// Records an audit.
#[utoipa::path(
    post,
    path = "/api/v1/plan/ai-for-all/audits",
    tag = "plan",
    operation_id = "plan_record_audit",
    summary = "Record an accessibility audit",
    description = "For the committee, also from the tools of who looks at services. Criteria that are left out were not looked at.",
    request_body = Audited,
    responses((status = 201, description = "It is recorded.", body = AuditMade), WriteProblems)
)]
pub(super) async fn record(
    State(service): State<PlanService>,
    caller: Caller,
    Json(audited): Json<Audited>,
) -> Result<(StatusCode, Json<AuditMade>), Problem> {
    let id = service.record_audit(&caller, audited).await?;
    Ok((StatusCode::CREATED, Json(AuditMade { id })))
}

/// What the body that runs the service did.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RepairRequest {
    /// The number of the criterion.
    #[schema(example = "5.1.1")]
    criterion: String,
    /// What was done.
    #[schema(min_length = 1, max_length = 4000)]
    done: String,
}

async fn seen(service: &PlanService, id: &str) -> Result<Json<AuditView>, Problem> {
    view(service.audit(id).await?).map(Json).ok_or_else(Problem::not_found)
}

/// Reports a repair.
#[utoipa::path(
    post,
    path = "/api/v1/plan/ai-for-all/audits/{id}/repairs",
    tag = "plan",
    operation_id = "plan_repair_audit",
    summary = "Put right what an audit found",
    description = "For the body that runs the service.",
    params(("id" = String, Path, description = "The audit.")),
    request_body = RepairRequest,
    responses((status = 200, description = "It is reported.", body = AuditView), WriteProblems)
)]
pub(super) async fn repair(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(RepairRequest { criterion, done }): Json<RepairRequest>,
) -> Result<Json<AuditView>, Problem> {
    service.repair_audit(&caller, &id, (criterion, done)).await?;
    seen(&service, &id).await
}

/// What a second look said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondLook {
    /// The number of the criterion.
    #[schema(example = "5.1.1")]
    criterion: String,
    /// Why it is not right; left out where it is.
    #[serde(default)]
    not_right: Option<String>,
}

/// Says what a second look saw.
#[utoipa::path(
    post,
    path = "/api/v1/plan/ai-for-all/audits/{id}/looks",
    tag = "plan",
    operation_id = "plan_look_again",
    summary = "Say whether what an audit found is right now",
    description = "For the committee, once the body put it right.",
    params(("id" = String, Path, description = "The audit.")),
    request_body = SecondLook,
    responses((status = 200, description = "It is written down.", body = AuditView), WriteProblems)
)]
pub(super) async fn look(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(SecondLook { criterion, not_right }): Json<SecondLook>,
) -> Result<Json<AuditView>, Problem> {
    service.look_again(&caller, &id, (criterion, not_right)).await?;
    seen(&service, &id).await
}
