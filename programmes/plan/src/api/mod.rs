//! The REST interface under `/api/v1/plan`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from
//! the web, everything else from [`crate::service`].
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod operations;
mod problems;
mod schemas;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa::OpenApi;

pub(crate) use problems::problem;
pub use schemas::RecommendationView;

use crate::PlanService;

/// The header by which a repeated request is recognised.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

#[derive(OpenApi)]
#[openapi(
    info(title = "Maru: action plan", version = "1.0.0"),
    paths(
        operations::list,
        operations::read,
        operations::history,
        operations::report,
        operations::confirm,
        operations::send_back,
        operations::changes,
        operations::consultation,
        operations::comment,
        operations::answer,
    ),
    tags((name = "plan", description = "The national AI action plan: recommendations, progress, changes, consultation."))
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: PlanService) -> Router {
    let one = Router::new()
        .route("/", get(operations::read))
        .route("/history", get(operations::history))
        .route("/reports", post(operations::report))
        .route("/confirmation", post(operations::confirm))
        .route("/return", post(operations::send_back));
    Router::new()
        .route("/api/v1/plan/recommendations", get(operations::list))
        .nest("/api/v1/plan/recommendations/{number}", one)
        .route("/api/v1/plan/changes", get(operations::changes))
        .route("/api/v1/plan/consultations/{id}", get(operations::consultation))
        .route("/api/v1/plan/consultations/{id}/comments", post(operations::comment))
        .route("/api/v1/plan/comments/{id}/answer", post(operations::answer))
        .with_state(service)
}
