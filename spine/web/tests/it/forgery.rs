//! No other site acts in a visitor's name.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::server::Server;

#[tokio::test]
async fn a_form_needs_the_token_of_its_visitor() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.get("/").await;
    assert_eq!(browser.post("/stranger-notes", &[("text", "a")]).await.body, "written: a");
    let without = browser.post_bare("/stranger-notes", &[("text", "a")]).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    let mut other = server.browser();
    other.get("/").await;
    let stolen = [("csrf_token", browser.token.as_str()), ("text", "a")];
    assert_eq!(other.post_bare("/stranger-notes", &stolen).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_of_another_account_is_asked_about_first() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    let former = browser.token.clone();
    browser.sign_in("lee-doyun").await;
    let answer = browser
        .post_bare("/notes", &[("csrf_token", &former), ("text", "이 글은 앞사람이 쓴 것입니다. 보낼까요?")])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("지금 로그인한 사람") && answer.body.contains("이도윤"), "{}", answer.body);
}

#[tokio::test]
async fn another_site_is_refused_even_with_the_token() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.get("/").await;
    let cookie = format!("maru-visitor={}", browser.cookies["maru-visitor"]);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = Request::builder().method("POST").uri("/stranger-notes").header("host", "maru.test");
        let request = request.header("cookie", &cookie).header(name, value);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let body = format!("csrf_token={}&text=a", browser.token);
        let answer = server.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert_eq!(answer.json()["type"], "/problems/foreign-form");
    }
}

#[tokio::test]
async fn json_with_a_session_needs_the_header() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    let without = browser.post_json("/api/notes", r#"{"text":"a"}"#, None).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    let token = browser.token.clone();
    let with = browser.post_json("/api/notes", r#"{"text":"a"}"#, Some(&token)).await;
    assert_eq!((with.status, with.body.as_str()), (StatusCode::OK, r#"{"text":"a"}"#));
    // A program without cookies borrows nobody's power.
    let request = Request::builder().method("POST").uri("/api/notes").header("content-type", "application/json");
    let answer = server.send(request.body(Body::from(r#"{"text":"b"}"#)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_different_in_every_answer() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.get("/").await;
    let first = browser.token.clone();
    browser.get("/").await;
    assert_ne!(first, browser.token);
    assert_eq!(
        browser.post_bare("/stranger-notes", &[("csrf_token", &first), ("text", "a")]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_form_with_a_file_needs_the_token_too_and_its_texts_are_kept() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    let (path, file) = ("/notes-with-files", ("목록.csv", "가,나"));
    let token = browser.token.clone();
    let sent = browser.upload(path, &[("csrf_token", &token), ("text", "글")], file).await;
    assert_eq!((sent.status, sent.body.as_str()), (StatusCode::OK, "written: 글, file 목록.csv: 가,나"));
    let words = "파일과 함께 보낸 긴 글입니다. 잃어버리면 안 됩니다.";
    let without = browser.upload(path, &[("text", words)], file).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    assert!(without.body.contains(words), "{}", without.body);
    // What was kept is sent again, without the file.
    let token = browser.token.clone();
    let again = browser.post_bare(path, &[("csrf_token", &token), ("text", words)]).await;
    assert_eq!(again.body, format!("written: {words}, "));
    let large = "x".repeat(5_000);
    let sent = browser.upload(path, &[("csrf_token", &token), ("text", "글")], ("a", &large)).await;
    assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut stranger = server.browser();
    stranger.get("/").await;
    let sent = stranger.upload(path, &[("text", words)], file).await;
    assert!(sent.status.is_client_error() && sent.body.contains(words), "{}", sent.body);
}
