//! The REST interface under `/api/v1/welfare`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from
//! the web, everything else from [`crate::service`].
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod ages;
mod laboratory;
mod operations;
mod problems;
mod schemas;
mod screenings;

use axum::{
    Router,
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use maru_web::{
    Json, Problem, Visitor,
    api::idempotency_key,
    routing::{get, post},
};
use serde::Serialize;
use utoipa::OpenApi;

use crate::{Caller, WelfareService};

#[derive(OpenApi)]
#[openapi(
    info(title = "Maru: welfare", version = "1.0.0"),
    paths(
        operations::calculate,
        operations::proposals,
        operations::proposal,
        operations::proof,
        operations::confirm,
        operations::give_facts,
        operations::deny,
        operations::apply,
        operations::consent,
        operations::decline,
        operations::ask_review,
        operations::life_event,
        laboratory::figures,
        laboratory::study,
        laboratory::studies,
        laboratory::one_study,
        screenings::screen,
        screenings::screenings,
        screenings::one_screening,
        screenings::propose,
        ages::ages,
    ),
    tags((name = "welfare", description = "Benefits: calculation, proposals, decisions, life events, screenings, studies of reforms."))
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: WelfareService) -> Router {
    let one = Router::new()
        .route("/", get(operations::proposal))
        .route("/proof", get(operations::proof))
        .route("/confirmation", post(operations::confirm))
        .route("/facts", post(operations::give_facts))
        .route("/refusal", post(operations::deny))
        .route("/application", post(operations::apply))
        .route("/consent", post(operations::consent))
        .route("/decline", post(operations::decline))
        .route("/review", post(operations::ask_review));
    Router::new()
        .route("/api/v1/welfare/calculations", post(operations::calculate))
        .route("/api/v1/welfare/proposals", get(operations::proposals))
        .nest("/api/v1/welfare/proposals/{id}", one)
        .route("/api/v1/welfare/households/{id}/life-events", post(operations::life_event))
        .route("/api/v1/welfare/figures", get(laboratory::figures))
        .route("/api/v1/welfare/reforms", get(laboratory::studies).merge(post(laboratory::study)))
        .route("/api/v1/welfare/reforms/{id}", get(laboratory::one_study))
        .route("/api/v1/welfare/screenings", get(screenings::screenings).merge(post(screenings::screen)))
        .route("/api/v1/welfare/screenings/{id}", get(screenings::one_screening))
        .route("/api/v1/welfare/screenings/{id}/proposals", post(screenings::propose))
        .route("/api/v1/welfare/ages", get(ages::ages))
        .with_state(service)
}

/// Work that will be done: 202, with the address at which it is asked for again.
fn accepted(address: &str, view: impl Serialize) -> Response {
    (StatusCode::ACCEPTED, [(header::LOCATION, address.to_owned())], Json(view)).into_response()
}

/// Who asks.
impl FromRequestParts<WelfareService> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &WelfareService) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, service).await?;
        Ok(Self::new(visitor.principal, visitor.now).idempotent(idempotency_key(&parts.headers)?))
    }
}
