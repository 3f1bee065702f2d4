//! The operations.

use axum::{extract::State, response::Response};
use maru_web::{
    Json, Path, Problem, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    problems::signed_in,
    schemas::{
        Calculation, CalculationRequest, CitizenWords, ConfirmProposalRequest, DenialRequest, FactsRequest,
        LifeEventOutcome, LifeEventRequest, ProposalList, ProposalView, household,
    },
};
use crate::{
    Caller, WelfareService,
    domain::{Month, Status},
    pages::proofs,
    service::{Confirming, GivenFact, ProofOf},
    store::Wanted,
};

async fn view(service: &WelfareService, caller: &Caller, id: &str) -> Result<Json<ProposalView>, Problem> {
    let proposal = service.proposal(caller, id).await?;
    ProposalView::of(&proposal).map(Json).ok_or_else(Problem::not_found)
}

/// Calculates.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/calculations",
    tag = "welfare",
    operation_id = "welfare_calculate",
    summary = "Calculate what a household is entitled to",
    description = "Every benefit, for anyone. Nothing is stored.",
    request_body = CalculationRequest,
    responses((status = 200, description = "What is due.", body = Calculation), WriteProblems)
)]
pub(super) async fn calculate(
    State(service): State<WelfareService>,
    caller: Caller,
    Json(request): Json<CalculationRequest>,
) -> Result<Json<Calculation>, Problem> {
    let month: Month = request.month.parse().map_err(|error: crate::domain::month::MonthError| {
        Problem::invalid(Vec::new()).detail("달을 2026-03처럼 적어 주세요.", error.to_string())
    })?;
    let household = household(request.household)?;
    let situation = service.calculate(&caller, household, month)?;
    Ok(Json(Calculation::of(&situation, service.law().rules())))
}

/// Which proposals are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// That stand so.
    #[param(inline)]
    status: Option<Status>,
    /// Of this benefit.
    benefit: Option<String>,
}

/// Lists proposals.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/proposals",
    tag = "welfare",
    operation_id = "welfare_proposals",
    summary = "List proposals",
    description = "For officials of the department and auditors: at most 200, those due first at the top.",
    params(Asked),
    responses((status = 200, description = "The proposals.", body = ProposalList), WriteProblems)
)]
pub(super) async fn proposals(
    State(service): State<WelfareService>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<ProposalList>, Problem> {
    let wanted = Wanted { status: asked.status, benefit: asked.benefit, ..Wanted::default() };
    let found = service.queue(&caller, &wanted).await?;
    Ok(Json(ProposalList { proposals: found.iter().filter_map(ProposalView::of).collect() }))
}

/// Reads a proposal.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/proposals/{id}",
    tag = "welfare",
    operation_id = "welfare_proposal",
    summary = "Read a proposal",
    description = "For its citizen, the officials of the department, and auditors.",
    params(("id" = String, Path, description = "The proposal.")),
    responses((status = 200, description = "The proposal.", body = ProposalView), ReadProblems)
)]
pub(super) async fn proposal(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ProposalView>, Problem> {
    view(&service, &caller, &id).await
}

/// Which proof is asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AskedProof {
    /// `case`: of everything that happened, by default; `lot`: that it stood in a lot when it was found.
    #[param(example = "case")]
    #[serde(default)]
    of: String,
}

/// Downloads a proof.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/proposals/{id}/proof",
    tag = "welfare",
    operation_id = "welfare_proof",
    summary = "Download the proof of a proposal",
    description = "For its citizen, the officials of the department, and auditors: a document that proves to anybody, without us, what happened, and that the log was not changed since.",
    params(("id" = String, Path, description = "The proposal."), AskedProof),
    responses((status = 200, description = "The proof.", body = Object), ReadProblems)
)]
pub(super) async fn proof(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<AskedProof>,
) -> Result<Response, Problem> {
    let of = ProofOf::from_identifier(&asked.of).ok_or_else(Problem::not_found)?;
    let document = service.proposal_proof(&caller, &id, of).await?;
    Ok(proofs::file(&id, of, document))
}

/// Confirms a proposal.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/confirmation",
    tag = "welfare",
    operation_id = "welfare_confirm",
    summary = "Confirm a proposal and tell the citizen",
    description = "For officials of the department. Where a statute makes the benefit automatic, it is given at once.",
    params(("id" = String, Path, description = "The proposal.")),
    request_body = ConfirmProposalRequest,
    responses((status = 200, description = "It is confirmed.", body = ProposalView), WriteProblems)
)]
pub(super) async fn confirm(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<ConfirmProposalRequest>,
) -> Result<Json<ProposalView>, Problem> {
    let how = Confirming { note: request.note, means: request.means };
    service.confirm(&caller, &id, &how).await?;
    view(&service, &caller, &id).await
}

/// Tells facts.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/facts",
    tag = "welfare",
    operation_id = "welfare_give_facts",
    summary = "Tell facts that were asked for",
    description = "For the citizen whose it is, and for officials of the department who take them down. The household is reckoned anew, and the proposal waits for an official again.",
    params(("id" = String, Path, description = "The proposal.")),
    request_body = FactsRequest,
    responses((status = 200, description = "They are told.", body = LifeEventOutcome), WriteProblems)
)]
pub(super) async fn give_facts(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<FactsRequest>,
) -> Result<Json<LifeEventOutcome>, Problem> {
    let given = request.facts.into_iter().map(|one| GivenFact { member: one.member, fact: one.fact, value: one.value });
    let lived = service.give_facts(&caller, &id, given.collect()).await?;
    Ok(Json(lived.into()))
}

/// Refuses a benefit.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/refusal",
    tag = "welfare",
    operation_id = "welfare_deny",
    summary = "Refuse a benefit, with reason and article",
    description = "For officials of the department. The citizen can object within 90 days.",
    params(("id" = String, Path, description = "The proposal.")),
    request_body = DenialRequest,
    responses((status = 200, description = "It is refused.", body = ProposalView), WriteProblems)
)]
pub(super) async fn deny(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<DenialRequest>,
) -> Result<Json<ProposalView>, Problem> {
    service.deny(&caller, &id, request.reason, request.article).await?;
    view(&service, &caller, &id).await
}

/// Consents.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/consent",
    tag = "welfare",
    operation_id = "welfare_consent",
    summary = "Consent to a benefit",
    description = "For the citizen whose it is: with that it counts as applied for, and is given.",
    params(("id" = String, Path, description = "The proposal.")),
    responses((status = 200, description = "It is given.", body = ProposalView), WriteProblems)
)]
pub(super) async fn consent(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ProposalView>, Problem> {
    service.consent(&caller, &id).await?;
    view(&service, &caller, &id).await
}

/// Applies.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/application",
    tag = "welfare",
    operation_id = "welfare_apply",
    summary = "Apply for a benefit that was found",
    description = "For the citizen whose it is, before an official confirmed it. The decision is told within 30 days, or within 60 with the reason.",
    params(("id" = String, Path, description = "The proposal.")),
    responses((status = 200, description = "It is applied for.", body = ProposalView), WriteProblems)
)]
pub(super) async fn apply(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ProposalView>, Problem> {
    service.apply(&caller, &id).await?;
    view(&service, &caller, &id).await
}

/// Declines.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/decline",
    tag = "welfare",
    operation_id = "welfare_decline",
    summary = "Decline a benefit",
    description = "For the citizen whose it is.",
    params(("id" = String, Path, description = "The proposal.")),
    request_body = CitizenWords,
    responses((status = 200, description = "It is declined.", body = ProposalView), WriteProblems)
)]
pub(super) async fn decline(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<CitizenWords>,
) -> Result<Json<ProposalView>, Problem> {
    service.decline(&caller, &id, request.words).await?;
    view(&service, &caller, &id).await
}

/// Asks a person.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/proposals/{id}/review",
    tag = "welfare",
    operation_id = "welfare_ask_review",
    summary = "Ask that a person looks at it and explains it",
    description = "For the citizen whose it is. The answer is due within 30 days.",
    params(("id" = String, Path, description = "The proposal.")),
    request_body = CitizenWords,
    responses((status = 200, description = "A person looks at it.", body = ProposalView), WriteProblems)
)]
pub(super) async fn ask_review(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<CitizenWords>,
) -> Result<Json<ProposalView>, Problem> {
    service.ask_review(&caller, &id, &request.words).await?;
    view(&service, &caller, &id).await
}

/// Records a life event.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/households/{id}/life-events",
    tag = "welfare",
    operation_id = "welfare_life_event",
    summary = "Record what happened in somebody's life",
    description = "For officials of the department. The household is reckoned anew; proposals open, change and close.",
    params(("id" = String, Path, description = "The household, by its pseudonym.")),
    request_body = LifeEventRequest,
    responses((status = 200, description = "What it came to.", body = LifeEventOutcome), WriteProblems)
)]
pub(super) async fn life_event(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(request): Json<LifeEventRequest>,
) -> Result<Json<LifeEventOutcome>, Problem> {
    signed_in(&caller)?;
    let household = household(request.household)?;
    let lived = service.live(&caller, &id, request.event, request.on, household).await?;
    Ok(Json(lived.into()))
}
