//! Briefings for organisations.

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
    domain::{
        Briefing,
        briefing::{Figures, Guest, Notice, Question},
    },
    store::Named,
};

/// A briefing as everybody sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BriefingView {
    /// Its name.
    id: String,
    /// What was announced.
    notice: Notice,
    /// What it came to.
    figures: Figures,
    /// How many seats are free.
    free: u32,
    /// The organisations that came, by name; empty before that was written down.
    came: BTreeMap<String, Guest>,
    /// The questions that are answered. Others are counted, and public once they are.
    questions: Vec<Question>,
    /// What was said; empty before.
    summary: String,
    /// Why it was called off; empty where it was not.
    cancelled: String,
}

fn view(Named { id, state, .. }: Named<Briefing>) -> Option<BriefingView> {
    let (figures, free) = (state.figures(), state.free());
    let Briefing { notice, mut guests, mut questions, summary, cancelled } = state;
    guests.retain(|_, guest| guest.came.is_some());
    questions.retain(|question| !question.answer.is_empty());
    Some(BriefingView { id, notice: notice?, figures, free, came: guests, questions, summary, cancelled })
}

/// Lists briefings.
#[utoipa::path(
    get,
    path = "/api/v1/plan/briefings",
    tag = "plan",
    operation_id = "plan_briefings",
    summary = "List briefings",
    description = "What was announced, who came, and every question that is answered.",
    responses((status = 200, description = "The briefings.", body = Vec<BriefingView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<BriefingView>>, Problem> {
    let known = service.store().briefings().await.map_err(ServiceError::from)?;
    Ok(Json(known.into_iter().filter_map(view).collect()))
}

/// Reads a briefing.
#[utoipa::path(
    get,
    path = "/api/v1/plan/briefings/{id}",
    tag = "plan",
    operation_id = "plan_briefing",
    summary = "Read a briefing",
    description = "What was announced, who came, and every question that is answered.",
    params(("id" = String, Path, description = "The briefing.")),
    responses((status = 200, description = "The briefing.", body = BriefingView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    Path(id): Path<String>,
) -> Result<Json<BriefingView>, Problem> {
    seen(&service, &id).await
}

/// That an organisation comes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    organisation: String,
    /// How many come; 0 where nobody does.
    people: u32,
}

async fn seen(service: &PlanService, id: &str) -> Result<Json<BriefingView>, Problem> {
    view(service.briefing(id).await?).map(Json).ok_or_else(Problem::not_found)
}

/// Registers an organisation.
#[utoipa::path(
    post,
    path = "/api/v1/plan/briefings/{id}/organisations",
    tag = "plan",
    operation_id = "plan_register_organisation",
    summary = "Say how many come to a briefing",
    description = "For an organisation, until it begins.",
    params(("id" = String, Path, description = "The briefing.")),
    request_body = Registration,
    responses((status = 200, description = "It was received.", body = BriefingView), WriteProblems)
)]
pub(super) async fn register(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(Registration { organisation, people }): Json<Registration>,
) -> Result<Json<BriefingView>, Problem> {
    service.register_organisation(&caller, &id, (organisation, people)).await?;
    seen(&service, &id).await
}

/// Organisations that are invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitations {
    /// Their names.
    #[schema(max_items = 1000)]
    organisations: Vec<String>,
}

/// Invites organisations.
#[utoipa::path(
    post,
    path = "/api/v1/plan/briefings/{id}/invitations",
    tag = "plan",
    operation_id = "plan_invite_organisations",
    summary = "Invite organisations to a briefing",
    description = "For the committee. Those that are invited already stay as they are.",
    params(("id" = String, Path, description = "The briefing.")),
    request_body = Invitations,
    responses((status = 200, description = "They are invited.", body = BriefingView), WriteProblems)
)]
pub(super) async fn invite(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(Invitations { organisations }): Json<Invitations>,
) -> Result<Json<BriefingView>, Problem> {
    service.invite_organisations(&caller, &id, organisations).await?;
    seen(&service, &id).await
}

/// A question to a briefing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BriefingQuestionRequest {
    /// Which organisation asks; left out where a person does.
    #[serde(default)]
    #[schema(max_length = 200)]
    organisation: String,
    /// What is asked.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

/// Asks.
#[utoipa::path(
    post,
    path = "/api/v1/plan/briefings/{id}/questions",
    tag = "plan",
    operation_id = "plan_ask_briefing",
    summary = "Ask a question of a briefing",
    description = "Until fourteen days after it. Personal data are masked; officials put in what was asked in the room.",
    params(("id" = String, Path, description = "The briefing.")),
    request_body = BriefingQuestionRequest,
    responses((status = 200, description = "It was received.", body = BriefingView), WriteProblems)
)]
pub(super) async fn ask(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(BriefingQuestionRequest { organisation, text }): Json<BriefingQuestionRequest>,
) -> Result<Json<BriefingView>, Problem> {
    service.ask_briefing(&caller, &id, (&organisation, &text)).await?;
    seen(&service, &id).await
}
