//! The interface asks the same policies as the pages.

use axum::http::StatusCode;
use maru_identity::Role;
use maru_web::Language;

use super::{NOW, PENSION, ask, deployment, router};
use crate::support::{citizen, person, supervisor};

#[tokio::test]
async fn the_api_asks_the_same_policies() {
    let deployment = deployment().await;
    let base = format!("/api/v1/welfare/proposals/{PENSION}");
    let life = r#"{"event": "move", "on": "2026-03-01", "household": {"members": [{"id": "p1", "role": "head", "facts": {"birth": "1948-03-11"}}]}}"#;
    let calls = [
        ("GET", "/api/v1/welfare/proposals".to_owned(), ""),
        ("GET", base.clone(), ""),
        ("GET", format!("{base}/proof"), ""),
        ("POST", format!("{base}/confirmation"), r#"{"note": "x"}"#),
        ("POST", format!("{base}/refusal"), r#"{"reason": "x", "article": "x"}"#),
        ("POST", format!("{base}/facts"), r#"{"facts": []}"#),
        ("POST", format!("{base}/application"), ""),
        ("POST", format!("{base}/consent"), ""),
        ("POST", format!("{base}/decline"), "{}"),
        ("POST", format!("{base}/review"), r#"{"words": "x"}"#),
        ("POST", "/api/v1/welfare/households/home-1/life-events".to_owned(), life),
        ("GET", "/api/v1/welfare/screenings".to_owned(), ""),
        ("GET", "/api/v1/welfare/screenings/none".to_owned(), ""),
        ("POST", "/api/v1/welfare/screenings".to_owned(), r#"{"month": "2026-03"}"#),
        (
            "POST",
            "/api/v1/welfare/screenings/none/proposals".to_owned(),
            r#"{"benefit": "child_allowance", "most": 5}"#,
        ),
    ];
    let roads = || person("roads", Role::Official, Some("roads"), NOW).principal;
    for (method, path, body) in &calls {
        assert_eq!(
            ask(router(&deployment, None, Language::English), method, path, body).await.0,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
        assert_eq!(
            ask(router(&deployment, roads(), Language::English), method, path, body).await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let park = || citizen("park", NOW).principal;
    let (status, text) =
        ask(router(&deployment, park(), Language::English), "POST", &format!("{base}/review"), r#"{"words": "Why?"}"#)
            .await;
    assert!(status == StatusCode::OK && text.contains("\"review_due\""), "{text}");
    let (status, text) =
        ask(router(&deployment, park(), Language::English), "POST", &format!("{base}/consent"), "").await;
    assert!(status == StatusCode::OK && text.contains("\"awarded\""), "{text}");
    let head = supervisor(NOW).principal;
    let (status, text) = ask(
        router(&deployment, head, Language::English),
        "POST",
        "/api/v1/welfare/households/home-1/life-events",
        life,
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{text}");
}
