//! The REST interface under `/api/v1/plan`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from
//! the web, everything else from [`crate::service`].
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod operations;
mod schemas;

use axum::{
    Router,
    extract::FromRequestParts,
    http::request::Parts,
    routing::{get, post},
};
use maru_web::{Problem, Visitor, api::idempotency_key};
use utoipa::{IntoParams, OpenApi};

pub use schemas::RecommendationView;

use crate::{Caller, PlanService, domain::Number};

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

/// Who asks.
impl FromRequestParts<PlanService> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &PlanService) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, service).await?;
        Ok(Self::new(visitor.principal, visitor.now).idempotent(idempotency_key(&parts.headers)?))
    }
}

/// The number of a recommendation in the path, as OpenAPI describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct NumberParameter {
    /// Task and place in it.
    #[param(value_type = String, example = "58-1")]
    number: Number,
}
