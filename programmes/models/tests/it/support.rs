//! A deployment, people in every role, requests.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use maru_gateway::{CallRecord, Gateway, GatewayOptions, Registry, projections};
use maru_identity::{Policies, Principal, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, ManualClock, SeededEntropy};
use maru_models::{ModelService, api, pages::Pages};
use maru_web::{Language, Problem, Visitor};
use tower::ServiceExt as _;

pub(crate) const NOW: &str = "2026-11-26T03:00:00Z";

pub(crate) struct Deployment {
    pub(crate) gateway: Gateway,
    service: ModelService,
    _folder: tempfile::TempDir,
}

pub(crate) async fn deployment() -> Deployment {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("maru.db").display());
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    let ledger = Ledger::open(config, projections()).await.unwrap();
    let mut options = GatewayOptions::new(ledger, Registry::shipped().unwrap());
    options.clock = Arc::new(ManualClock::new(NOW.parse().unwrap()));
    options.entropy = Arc::new(SeededEntropy::new(1));
    let gateway = Gateway::open(options).await.unwrap();
    let policies = Arc::new(Policies::built_in().unwrap());
    let service = ModelService::new(gateway.clone(), policies, Arc::new(SeededEntropy::new(2)));
    Deployment { gateway, service, _folder: folder }
}

/// A day of invented calls.
pub(crate) async fn with_traffic(deployment: &Deployment) {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let call = |number: i64| CallRecord {
        id: format!("call-{number}"),
        at: now.as_microsecond() - number * 1_800_000_000,
        agency: if number % 3 == 0 { "library" } else { "city" }.into(),
        model: "maru-extractive".into(),
        backend: "embedded".into(),
        class: "O".into(),
        status: if number % 7 == 0 { 403 } else { 200 },
        code: if number % 7 == 0 { "blocked_by_policy" } else { "" }.into(),
        rules: vec![maru_gateway::Screened { rule: "personal-data".into(), action: maru_gateway::Action::Mask }],
        tokens_in: 100,
        tokens_out: 50,
        microwon: 90_000_000,
        first_us: 2_000,
        total_us: 4_000,
        ..CallRecord::default()
    };
    deployment.gateway.record_invented((0..40).map(call));
    deployment.gateway.flush().await;
}

#[expect(clippy::unnecessary_wraps, reason = "who asks may be nobody")]
pub(crate) fn person(account: &str, role: Role) -> Option<Principal> {
    let department = role.needs_department().then(|| "digital".to_owned());
    Some(Principal { account: account.to_owned(), name: String::new(), role, department })
}

pub(crate) async fn ask(
    deployment: &Deployment,
    who: Option<Principal>,
    language: Language,
    request: (&str, &str, &str),
) -> (StatusCode, String, String) {
    let (method, path, body) = request;
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    ask_with(deployment, who, language, (method, path, kind, body.as_bytes().to_vec())).await
}

/// Sends a body of some kind.
pub(crate) async fn ask_with(
    deployment: &Deployment,
    who: Option<Principal>,
    language: Language,
    request: (&str, &str, &str, Vec<u8>),
) -> (StatusCode, String, String) {
    let (method, path, kind, body) = request;
    let visitor = Visitor { principal: who, now: NOW.parse().unwrap(), ..maru_web::testing::visitor(language) };
    let router: Router = Pages::new(deployment.service.clone())
        .router()
        .merge(api::router(deployment.service.clone()))
        .layer(Extension(visitor));
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.map_or(response.status(), |problem| problem.status);
    let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap(), location.unwrap_or_default())
}

/// Puts an evaluation that speaks for a model on the record.
pub(crate) async fn evaluate(deployment: &Deployment, model: &str) {
    let all = maru_gateway::evaluate::Interval::of_share(&[true; 20]);
    let result = maru_gateway::EvaluationResult {
        model: model.into(),
        suite: "suite.jsonl".into(),
        suite_sha256: String::new(),
        all,
        by_measure: [("exact".to_owned(), all)].into(),
        compared_with: String::new(),
        difference: None,
        is_regression: false,
    };
    let command = maru_gateway::RegistryCommand::RecordEvaluation { result: Box::new(result), by: "tester".into() };
    deployment.gateway.change(command, "tester").await.unwrap();
}
