//! Whether the server lives, and whether it can take requests: for supervisors and load balancers.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, Value, json};

use crate::state::WebState;

const NOT_KEPT: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

async fn live() -> Response {
    (NOT_KEPT, Json(json!({ "status": "live" }))).into_response()
}

/// Every part is asked; what is wrong is logged, and only its name told.
async fn ready(State(web): State<WebState>) -> Response {
    let mut parts = Map::new();
    let mut all_well = true;
    for part in web.checks.iter() {
        let outcome = (part.check)().await;
        if let Err(reason) = &outcome {
            tracing::warn!(part = part.name, %reason, "not ready");
            all_well = false;
        }
        parts.insert(part.name.to_owned(), Value::from(if outcome.is_ok() { "ready" } else { "not ready" }));
    }
    let (status, word) =
        if all_well { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    (status, NOT_KEPT, Json(json!({ "status": word, "parts": parts }))).into_response()
}

/// The routes.
pub(crate) fn routes(web: WebState) -> Router {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).with_state(web)
}
