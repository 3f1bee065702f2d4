//! Every page renders in both languages, and turns strangers and wrong roles away where it must.

mod desks;
mod field;
mod heard;
mod public;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use maru_identity::Principal;
use maru_plan::{api, pages::Pages};
use maru_web::{Language, Problem, Visitor};
use tower::ServiceExt as _;

use crate::support::{Deployment, committee};

pub(super) fn router(deployment: &Deployment, who: Option<Principal>, language: Language) -> Router {
    router_at(deployment, who, language, committee("2026-11-25T10:00").now)
}

pub(super) fn router_at(
    deployment: &Deployment,
    who: Option<Principal>,
    language: Language,
    now: jiff::Timestamp,
) -> Router {
    let visitor = Visitor { principal: who, now, ..maru_web::testing::visitor(language) };
    Pages::new(deployment.service.clone(), "https://maru.example.go.kr")
        .router()
        .merge(api::router(deployment.service.clone()))
        .layer(Extension(visitor))
}

pub(super) async fn ask(router: Router, method: &str, path: &str, body: &str) -> (StatusCode, String) {
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.map_or(response.status(), |problem| problem.status);
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}
