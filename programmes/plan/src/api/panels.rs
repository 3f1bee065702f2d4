//! Citizens' panels.

use axum::extract::State;
use maru_web::{Json, Path, Problem, api::ReadProblems};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    PlanService, ServiceError,
    domain::{
        Panel,
        panel::{Made, Notice, digest},
    },
    store::Named,
};

/// A panel with everything that it takes to draw it again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PanelView {
    /// Its name.
    id: String,
    /// What was announced.
    notice: Notice,
    /// The pool as it was published; empty before it is fixed.
    pool: String,
    /// SHA-256 of it, in hexadecimal; empty before.
    pool_digest: String,
    /// The draws, the first first.
    draws: Vec<Made>,
    /// The codes of those who are members now.
    members: Vec<String>,
    /// Who withdrew.
    withdrawn: Vec<String>,
}

fn view(named: Named<Panel>) -> Option<PanelView> {
    let members = named.state.members();
    let Panel { notice, pool, draws, withdrawn } = named.state;
    let pool_digest = if pool.is_empty() { String::new() } else { digest(&pool) };
    Some(PanelView { id: named.id, notice: notice?, pool, pool_digest, draws, members, withdrawn })
}

/// Lists panels.
#[utoipa::path(
    get,
    path = "/api/v1/plan/panels",
    tag = "plan",
    operation_id = "plan_panels",
    summary = "List citizens' panels",
    description = "What was announced, the pool without names, and the draws.",
    responses((status = 200, description = "The panels.", body = Vec<PanelView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<PanelView>>, Problem> {
    let known = service.store().panels().await.map_err(ServiceError::from)?;
    Ok(Json(known.into_iter().filter_map(view).collect()))
}

/// Reads a panel.
#[utoipa::path(
    get,
    path = "/api/v1/plan/panels/{id}",
    tag = "plan",
    operation_id = "plan_panel",
    summary = "Read a citizens' panel",
    description = "Everything that it takes to draw it again.",
    params(("id" = String, Path, description = "The panel.")),
    responses((status = 200, description = "The panel.", body = PanelView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    Path(id): Path<String>,
) -> Result<Json<PanelView>, Problem> {
    view(service.panel(&id).await?).map(Json).ok_or_else(Problem::not_found)
}
