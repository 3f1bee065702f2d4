//! The REST interface: what it gives, and how it turns strangers and wrong roles away.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use jiff::Timestamp;
use maru_identity::{Principal, Role};
use maru_inquiry::{InquiryService, Settings, api, domain::Receipt};
use maru_web::{Language, Problem, Visitor};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::support::{Deployment, at, principal, service_on, work};

pub(crate) fn interface(service: &InquiryService, who: Option<Principal>, now: Timestamp) -> Router {
    let visitor = Visitor { principal: who, now, ..maru_web::testing::visitor(Language::English) };
    api::router(service.clone()).layer(Extension(visitor))
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Json,
    problem: Option<Problem>,
}

pub(crate) async fn ask(
    router: Router,
    method: &str,
    path: &str,
    body: Option<Json>,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let response = router.oneshot(request.body(body).unwrap()).await.unwrap();
    let (status, problem) = (response.status(), response.extensions().get::<Problem>().cloned());
    let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Json::Null), problem }
}

/// A receipt number that no case has.
fn unknown() -> Receipt {
    Receipt::draw(2026, [9; 7])
}

/// Every operation on a case, with a body that is well-formed.
fn operations() -> Vec<(&'static str, &'static str, Option<Json>, &'static [Role])> {
    const PETITIONER: &[Role] = &[Role::Citizen];
    const OFFICIAL: &[Role] = &[Role::Official, Role::Supervisor];
    const READER: &[Role] = &[Role::Official, Role::Supervisor, Role::Auditor];
    const SUPERVISOR: &[Role] = &[Role::Supervisor];
    let words = || Some(json!({ "text": "글" }));
    vec![
        ("GET", "", None, PETITIONER),
        ("GET", "/timeline", None, PETITIONER),
        ("GET", "/download", None, PETITIONER),
        ("POST", "/completion", words(), PETITIONER),
        ("POST", "/completion/extension", Some(json!({ "days": 3 })), PETITIONER),
        ("POST", "/withdrawal", Some(json!({})), PETITIONER),
        ("POST", "/objection", words(), PETITIONER),
        ("POST", "/rating", Some(json!({ "stars": 5 })), PETITIONER),
        ("DELETE", "", None, PETITIONER),
        ("GET", "/case", None, READER),
        ("POST", "/personal-data", Some(json!({ "reason": "확인" })), READER),
        ("POST", "/pairs", Some(json!({ "other": unknown(), "same": true })), OFFICIAL),
        ("POST", "/assignment", Some(json!({})), OFFICIAL),
        ("POST", "/transfer", Some(json!({ "department": "water", "reason": "수도 일" })), OFFICIAL),
        ("PUT", "/draft", words(), OFFICIAL),
        ("POST", "/draft", None, OFFICIAL),
        ("POST", "/note", words(), OFFICIAL),
        ("POST", "/completion-request", Some(json!({ "what": "사진", "days": 3 })), OFFICIAL),
        ("POST", "/return", words(), OFFICIAL),
        ("POST", "/extension", Some(json!({ "ground": "fact-check", "reason": "현장" })), OFFICIAL),
        (
            "POST",
            "/excluded-time",
            Some(json!({ "reason": "outage", "from": "2026-11-02T01:10:00Z", "until": "2026-11-02T01:20:00Z" })),
            OFFICIAL,
        ),
        ("POST", "/approval", words(), OFFICIAL),
        ("DELETE", "/approval", None, OFFICIAL),
        ("POST", "/closing", Some(json!({ "earlier": [], "reason": "반복" })), OFFICIAL),
        ("POST", "/objection/extension", words(), SUPERVISOR),
        ("POST", "/objection/decision", Some(json!({ "upheld": true, "text": "결정" })), SUPERVISOR),
    ]
}

/// Operations that several sides may do.
fn shared_operations() -> Vec<(&'static str, &'static str, Option<Json>)> {
    vec![("GET", "/proof", None), ("POST", "/correction", Some(json!({ "category": "roads" })))]
}

async fn filed() -> (Deployment, InquiryService, String, String) {
    let deployment = Deployment::sqlite();
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let mine = interface(&service, Some(principal("kim", Role::Citizen, None)), now);
    let body = json!({ "text": "도로 가로등이 꺼졌습니다. 언제 고치나요?", "kind": "question" });
    let answer = ask(mine, "POST", "/api/v1/inquiries", Some(body), &[]).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    work(&service, &ledger, now).await;
    let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
    (deployment, service, text("receipt"), text("code"))
}

#[tokio::test]
async fn every_operation_turns_strangers_and_wrong_roles_away() {
    let (_deployment, service, receipt, _) = filed().await;
    let now = at("2026-11-02T10:30");
    let described = serde_json::to_value(api::document()).unwrap();
    let paths = described["paths"].as_object().unwrap();
    let mut covered = 0;
    let shared = shared_operations().into_iter().map(|(method, path, body)| (method, path, body, &[][..]));
    for (method, path, body, roles) in operations().into_iter().chain(shared) {
        let template = format!("/api/v1/inquiries/{{receipt}}{path}");
        assert!(
            paths.get(&template).and_then(|known| known.get(method.to_lowercase())).is_some(),
            "{method} {template} is not described"
        );
        covered += 1;
        let address = format!("/api/v1/inquiries/{receipt}{path}");
        let stranger = ask(interface(&service, None, now), method, &address, body.clone(), &[]).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{method} {path} by a stranger");
        let wrong_code = [("x-access-code", "0000-0000-0000-0000")];
        let guesser = ask(interface(&service, None, now), method, &address, body.clone(), &wrong_code).await;
        assert!(
            matches!(guesser.status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED),
            "{method} {path} with a guess: {}",
            guesser.status
        );
        for role in Role::ALL {
            if role == Role::Auditor && roles.contains(&role) {
                continue;
            }
            // Even in the right role: of another department, or with somebody else's account.
            let who = principal("other", role, role.needs_department().then_some("water"));
            let answer = ask(interface(&service, Some(who), now), method, &address, body.clone(), &[]).await;
            let turned_away = matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
            let may_read = role == Role::Auditor && path == "/proof";
            assert!(turned_away || may_read, "{method} {path} by {role}: {} {}", answer.status, answer.body);
        }
    }
    let of_cases: usize = paths
        .iter()
        .filter(|(path, _)| path.contains("{receipt}"))
        .map(|(_, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .filter(|key| ["get", "post", "put", "delete"].contains(&key.as_str()))
                .count()
        })
        .sum();
    assert_eq!(covered, of_cases, "every described operation has its test for a stranger and a wrong role");
}

#[tokio::test]
async fn operations_on_all_cases_turn_away_too() {
    let (_deployment, service, _, _) = filed().await;
    let now = at("2026-11-02T10:30");
    let holiday =
        json!({ "date": "2026-12-31", "name_ko": "임시공휴일", "name_en": "Special", "reference": "국무회의" });
    for (method, path, body, wrong) in [
        ("GET", "/api/v1/inquiries", None, Role::Administrator),
        ("GET", "/api/v1/statistics?from=2026-11-01&until=2026-11-30", None, Role::Citizen),
        ("POST", "/api/v1/holidays", Some(holiday), Role::Official),
        ("POST", "/api/v1/models", None, Role::Official),
    ] {
        let stranger = ask(interface(&service, None, now), method, path, body.clone(), &[]).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        let who = principal("other", wrong, wrong.needs_department().then_some("water"));
        let answer = ask(interface(&service, Some(who), now), method, path, body, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    // Filing and looking at what would be understood are open to all petitioners, not to auditors.
    for path in ["/api/v1/inquiries", "/api/v1/understand"] {
        let who = principal("auditor", Role::Auditor, None);
        let answer = ask(interface(&service, Some(who), now), "POST", path, Some(json!({ "text": "글" })), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let answer = ask(interface(&service, None, now), "POST", path, Some(json!({ "text": "글" })), &[]).await;
        assert!(answer.status.is_success(), "{path}");
    }
}

#[tokio::test]
async fn a_petitioner_without_an_account_follows_the_case_by_code() {
    let (_deployment, service, receipt, code) = filed().await;
    let now = at("2026-11-02T11:00");
    let address = format!("/api/v1/inquiries/{receipt}");
    let headers = [("x-access-code", code.as_str())];
    let answer = ask(interface(&service, None, now), "GET", &address, None, &headers).await;
    assert_eq!((answer.status, answer.body["department"].as_str()), (StatusCode::OK, Some("roads")));
    let proof = ask(interface(&service, None, now), "GET", &format!("{address}/proof"), None, &headers).await;
    assert_eq!(proof.body["format"], "maru-stream-proof-v1");
    let answer =
        ask(interface(&service, None, now), "POST", &format!("{address}/withdrawal"), Some(json!({})), &headers).await;
    assert_eq!(answer.body["state"], "withdrawn");
}

#[tokio::test]
async fn refusals_carry_code_article_and_remedy() {
    let (_deployment, service, receipt, _) = filed().await;
    let now = at("2026-11-02T11:00");
    let who = || Some(principal("moon", Role::Official, Some("roads")));
    let address = format!("/api/v1/inquiries/{receipt}/extension");
    let body = json!({ "ground": "workload", "reason": "바빠서" });
    let answer = ask(interface(&service, who(), now), "POST", &address, Some(body), &[]).await;
    let problem = answer.problem.unwrap();
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(problem.more["code"], "unlawful-ground");
    assert_eq!(problem.more["article"], "민원 처리에 관한 법률 시행령 제21조제2항");
    assert!(problem.what_to_do.say(Language::English).contains("Answer within the period"));
    let lawful = json!({ "ground": "fact-check", "reason": "현장 확인" });
    let answer = ask(interface(&service, who(), now), "POST", &address, Some(lawful), &[]).await;
    assert_eq!((answer.status, answer.body["due"].as_str()), (StatusCode::OK, Some("2026-11-19T09:00:00Z")));
}

#[tokio::test]
async fn nonsense_is_answered_clearly() {
    let (_deployment, service, receipt, _) = filed().await;
    let now = at("2026-11-02T11:00");
    let official = || Some(principal("moon", Role::Official, Some("roads")));
    for (method, path, body, status) in [
        ("POST", "/api/v1/inquiries".to_owned(), Some(json!({})), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "/api/v1/inquiries".to_owned(), Some(json!({ "text": " \u{0} " })), StatusCode::UNPROCESSABLE_ENTITY),
        (
            "POST",
            "/api/v1/inquiries".to_owned(),
            Some(json!({ "text": "글", "surprise": 1 })),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "POST",
            "/api/v1/inquiries".to_owned(),
            Some(json!({ "text": "가".repeat(20_001) })),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "POST",
            "/api/v1/inquiries".to_owned(),
            Some(json!({ "text": "글", "category": "nothing" })),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("GET", "/api/v1/inquiries?limit=0".to_owned(), None, StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", "/api/v1/inquiries?limit=many".to_owned(), None, StatusCode::BAD_REQUEST),
        ("GET", "/api/v1/inquiries?after=nonsense".to_owned(), None, StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", "/api/v1/inquiries/2026-0000-0000/case".to_owned(), None, StatusCode::NOT_FOUND),
        (
            "POST",
            format!("/api/v1/inquiries/{receipt}/pairs"),
            Some(json!({ "other": unknown(), "same": true })),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "POST",
            format!("/api/v1/inquiries/{receipt}/pairs"),
            Some(json!({ "other": "nonsense", "same": true })),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "POST",
            format!("/api/v1/inquiries/{receipt}/pairs"),
            Some(json!({ "other": receipt, "same": true })),
            StatusCode::CONFLICT,
        ),
        ("GET", "/api/v1/inquiries/%ff/case".to_owned(), None, StatusCode::NOT_FOUND),
        (
            "POST",
            format!("/api/v1/inquiries/{receipt}/transfer"),
            Some(json!({ "reason": "글" })),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "GET",
            "/api/v1/statistics?from=2026-11-30&until=2026-11-01".to_owned(),
            None,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "GET",
            "/api/v1/statistics?from=0001-01-01&until=9999-12-31".to_owned(),
            None,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let answer = ask(interface(&service, official(), now), method, &path, body.clone(), &[]).await;
        assert_eq!(answer.status, status, "{method} {path} {body:?}");
    }
    let long = "k".repeat(201);
    let keyed = [("idempotency-key", long.as_str())];
    let answer =
        ask(interface(&service, None, now), "POST", "/api/v1/inquiries", Some(json!({ "text": "글" })), &keyed).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[test]
fn the_description_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document = serde_json::to_value(api::document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is not described");
    }
}
