//! Every page renders in both languages, and turns strangers and wrong roles away where it must.

mod citizen;
mod desk;
mod interface;
mod money;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use maru_identity::Principal;
use maru_web::{Language, Problem, Visitor};
use maru_welfare::{api, pages::Pages, service::Confirming};
use tower::ServiceExt as _;

use crate::support::{Deployment, official, sqlite, stranger, with_pensioner};

const NOW: &str = "2026-03-05T10:00";
const PENSION: &str = "home-1.basic_pension.p1";

fn router(deployment: &Deployment, who: Option<Principal>, language: Language) -> Router {
    let visitor = Visitor { principal: who, now: stranger(NOW).now, ..maru_web::testing::visitor(language) };
    Pages::new(deployment.service.clone())
        .router()
        .merge(api::router(deployment.service.clone()))
        .layer(Extension(visitor))
}

async fn ask(router: Router, method: &str, path: &str, body: &str) -> (StatusCode, String) {
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.map_or(response.status(), |problem| problem.status);
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn deployment() -> Deployment {
    let deployment = sqlite().await;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let how = Confirming { note: "확인".to_owned(), ..Confirming::default() };
    deployment.service.confirm(&official("2026-03-03T09:00"), PENSION, &how).await.unwrap();
    deployment
}
