//! The REST interface under `/api/v1/models`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from the web,
//! everything else from [`crate::service`].
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod desk;
mod operations;
mod problems;
mod record;
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
        desk::evaluations,
        desk::evaluate,
        desk::evaluation,
        desk::resume_evaluation,
        desk::actions,
        desk::action,
        desk::approve_action,
        desk::refuse_action,
        desk::prompts,
        desk::prompt,
        desk::write_prompt,
        desk::withdraw_prompt,
        record::calls,
        record::call,
        record::replay,
        record::spending,
        record::try_rules,
        record::new_key,
        record::replace_key,
        record::servers,
        record::tools,
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
        .route("/api/v1/models/evaluations", get(desk::evaluations).merge(post(desk::evaluate)))
        .route("/api/v1/models/evaluations/{id}", get(desk::evaluation))
        .route("/api/v1/models/evaluations/{id}/resumption", post(desk::resume_evaluation))
        .route("/api/v1/models/actions", get(desk::actions))
        .route("/api/v1/models/actions/{id}", get(desk::action))
        .route("/api/v1/models/actions/{id}/approval", post(desk::approve_action))
        .route("/api/v1/models/actions/{id}/refusal", post(desk::refuse_action))
        .route("/api/v1/models/prompts", get(desk::prompts))
        .route("/api/v1/models/prompts/{id}", get(desk::prompt))
        .route("/api/v1/models/prompts/{id}/versions", post(desk::write_prompt))
        .route("/api/v1/models/prompts/{id}/withdrawal", post(desk::withdraw_prompt))
        .route("/api/v1/models/calls", get(record::calls))
        .route("/api/v1/models/calls/{id}", get(record::call))
        .route("/api/v1/models/calls/{id}/replay", post(record::replay))
        .route("/api/v1/models/spending", get(record::spending))
        .route("/api/v1/models/rules/trial", post(record::try_rules))
        .route("/api/v1/models/keys", post(record::new_key))
        .route("/api/v1/models/keys/{id}/replacement", post(record::replace_key))
        .route("/api/v1/models/servers", get(record::servers))
        .route("/api/v1/models/tool-servers/{id}/tools", get(record::tools))
        .with_state(service)
}
