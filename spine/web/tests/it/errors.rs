//! Every error says what happened and what to do, to people and to programs, and tells nothing of the inside.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::server::{Answer, Server, few};

async fn program(server: &Server, method: &str, path: &str, content_type: &str, body: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("accept-language", "en");
    let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
    server.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn programs_get_problem_details() {
    let server = Server::start().await;
    let json = "application/json";
    let long = format!(r#"{{"text":"{}"}}"#, "a".repeat(5000));
    let cases = [
        ("GET", "/nowhere", "", "", 404, "not-found"),
        ("DELETE", "/", "", "", 405, "method-not-allowed"),
        ("POST", "/api/notes", json, long.as_str(), 413, "too-large"),
        ("POST", "/api/notes", "text/plain", "a", 415, "unsupported-media-type"),
        ("POST", "/api/notes", json, "{", 400, "bad-request"),
        ("POST", "/api/notes", json, r#"{"text":1}"#, 422, "invalid"),
        ("GET", "/private", "", "", 401, "sign-in-required"),
        ("GET", "/explode", "", "", 500, "internal"),
        ("GET", "/dawdle", "", "", 503, "unavailable"),
        ("POST", "/stranger-notes", "application/x-www-form-urlencoded", "text=a", 403, "stale-form"),
    ];
    for (method, path, content_type, body, status, kind) in cases {
        let answer = program(&server, method, path, content_type, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["type"], format!("/problems/{kind}"));
        assert_eq!(problem["status"], status);
        assert_eq!(problem["instance"], format!("urn:uuid:{}", answer.header("x-request-id")));
        for member in ["title", "detail", "what_to_do"] {
            let words = problem[member].as_str().unwrap();
            assert!(!words.is_empty() && words.is_ascii(), "{member} in English: {words}");
        }
        assert!(!answer.body.contains("secret of the inside"));
    }
    assert_eq!(program(&server, "DELETE", "/", "", "").await.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn people_get_pages_in_their_language() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let korean = browser.get("/nowhere").await;
    assert_eq!(korean.status, StatusCode::NOT_FOUND);
    assert!(korean.body.contains(r#"<html lang="ko""#) && korean.body.contains("찾으시는 화면이 없어요"));
    browser.language = "en";
    let english = browser.get("/explode").await;
    assert_eq!(english.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(english.body.contains("Sorry, there is a problem with the service"));
    assert!(english.body.contains(english.header("x-request-id")));
    assert!(!english.body.contains("secret of the inside"));
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let server = Server::with(|options| options.rate_limits = Some(few())).await;
    for _ in 0..3 {
        assert_eq!(program(&server, "GET", "/", "", "").await.status, StatusCode::OK);
    }
    let refused = program(&server, "GET", "/", "", "").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "21");
    assert_eq!(program(&server, "GET", "/health/live", "", "").await.status, StatusCode::OK, "health is never limited");
    let asset = server.browser().get("/favicon.ico").await;
    assert_eq!(asset.status, StatusCode::OK, "assets are never limited");
}

#[tokio::test]
async fn every_kind_of_problem_is_explained() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for kind in ["not-found", "sign-in-required", "too-many-requests", "internal", "stale-form"] {
        assert_eq!(browser.get(&format!("/problems/{kind}")).await.status, StatusCode::OK, "{kind}");
    }
    assert_eq!(browser.get("/problems/unknown").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_sends_too_slowly_is_told_so() {
    let server = Server::start().await;
    let mut connection = TcpStream::connect(server.listen().await).await.unwrap();
    let head = "POST /stranger-notes HTTP/1.1\r\nHost: maru.test\r\nAccept-Language: en\r\nConnection: close\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntext=";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout"), "{answer}");
    assert!(answer.contains("The connection was too slow"), "{answer}");
}

#[tokio::test]
async fn who_hangs_up_harms_nobody() {
    let server = Server::start().await;
    let address = server.listen().await;
    for _ in 0..20 {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(b"POST /stranger-notes HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nte").await.unwrap();
    }
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}
