//! The REST interface under `/api/v1/models`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from the web,
//! everything else from [`crate::service`].
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod operations;
mod problems;
mod schemas;

use axum::Router;
use maru_web::routing::{get, post};
use utoipa::OpenApi;

pub(crate) use problems::{action_words, evaluation_words, problem, prompt_words, words as refusal_words};

use crate::ModelService;

#[derive(OpenApi)]
#[openapi(
    info(title = "Maru: AI gateway", version = "1.0.0"),
    paths(
        operations::registry,
        operations::traffic,
        operations::changes,
        operations::change,
        operations::propose,
        operations::approve,
        operations::reject,
    ),
    tags((name = "models", description = "The common AI infrastructure: which models may be used, who decided it, how they are used."))
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: ModelService) -> Router {
    Router::new()
        .route("/api/v1/models/registry", get(operations::registry))
        .route("/api/v1/models/traffic", get(operations::traffic))
        .route("/api/v1/models/changes", get(operations::changes).merge(post(operations::propose)))
        .route("/api/v1/models/changes/{id}", get(operations::change))
        .route("/api/v1/models/changes/{id}/approval", post(operations::approve))
        .route("/api/v1/models/changes/{id}/rejection", post(operations::reject))
        .with_state(service)
}
