//! OpenFisca's Web API below the path of a law.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use maru_laws::web_api::routes;
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::support::shelf;

async fn ask(method: &str, path: &str, kind: &str, body: Vec<u8>) -> (StatusCode, Json) {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
    let router = routes(&shelf(), "https://maru.example.go.kr/");
    let response = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 26).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Json::Null))
}

#[tokio::test]
async fn a_situation_is_calculated_along_axes_too() {
    let situation = json!({
        "persons": { "a": { "birth": { "ETERNITY": "1955-05-05" } } },
        "households": { "h": { "head": ["a"] } },
    });
    let mut asked = situation.clone();
    asked["persons"]["a"]["basic_pension"] = json!({ "2026-03": null });
    let body = |json: &Json| json.to_string().into_bytes();
    let (status, one) = ask("POST", "/laws/korea/api/calculate", "application/json", body(&asked)).await;
    assert_eq!(status, StatusCode::OK, "{one}");
    assert_eq!(one["persons"]["a"]["basic_pension"]["2026-03"], 349_700.0);
    asked["axes"] = json!([[{ "name": "earned_income", "period": "2026-03", "min": 0, "max": 9_000_000, "count": 3 }]]);
    let (status, many) = ask("POST", "/laws/korea/api/calculate", "application/json", body(&asked)).await;
    assert_eq!(status, StatusCode::OK, "{many}");
    let along = many["persons"]["a"]["basic_pension"]["2026-03"].as_array().unwrap().clone();
    assert_eq!((along.len(), &along[0], &along[2]), (3, &json!(349_700.0), &json!(0.0)), "{along:?}");
}

#[tokio::test]
async fn links_lead_below_the_law() {
    let (status, variables) = ask("GET", "/laws/korea/api/variables", "", Vec::new()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(variables["basic_pension"]["href"], "https://maru.example.go.kr/laws/korea/api/variable/basic_pension");
    assert_eq!(ask("GET", "/laws/korea/api/nothing", "", Vec::new()).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_population_that_cannot_be_calculated_is_told_why() {
    let path = "/laws/korea/api/batch?period=2026-03&variables=";
    let said = async |variables: &str, kind: &str, body: &str| {
        let (status, json) = ask("POST", &format!("{path}{variables}"), kind, body.as_bytes().to_vec()).await;
        (status, json["error"].as_str().unwrap_or_default().to_owned())
    };
    let (status, error) = said("nothing", "application/json", "{}").await;
    assert!(status == StatusCode::BAD_REQUEST && error.contains("«nothing»"), "{error}");
    let (status, error) = said("basic_pension,monthly_benefits", "application/json", "{}").await;
    assert!(status == StatusCode::BAD_REQUEST && error.contains("ask once for each"), "{error}");
    let (status, error) = said("basic_pension", "application/json", "{}").await;
    assert!(status == StatusCode::BAD_REQUEST && error.contains("multipart/form-data"), "{error}");
    let kind = "multipart/form-data; boundary=x";
    let part = |name: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\nPAR?\r\n--x--\r\n")
    };
    let (status, error) = said("basic_pension", kind, &part("village")).await;
    assert!(status == StatusCode::BAD_REQUEST && error.contains("«village»"), "{error}");
    let (status, error) = said("basic_pension", kind, &part("person")).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && error.contains("person.parquet"), "{error}");
}
