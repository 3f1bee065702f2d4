//! Headers, languages, assets, health: what holds for every request.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::server::Server;

#[tokio::test]
async fn the_language_is_asked_for_kept_and_told() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let korean = browser.get("/").await;
    assert_eq!(korean.header("content-language"), "ko");
    assert_eq!(korean.header("vary"), "Accept, Accept-Language, Cookie");
    let english = browser.get("/?lang=en").await;
    assert!(english.body.contains(r#"<html lang="en""#));
    assert!(english.body.contains(r#"href="/?lang=ko""#), "the way back");
    let still = browser.get("/").await;
    assert!(still.body.contains(r#"<html lang="en""#), "the cookie is stronger than Accept-Language");
    assert!(browser.get("/?theme=dark").await.body.contains(r#"data-theme="dark""#));
    assert!(browser.get("/").await.body.contains(r#"data-theme="dark""#));
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let server = Server::start().await;
    for path in ["/", "/nowhere", "/explode", "/health/live", "/favicon.ico", "/assets/nothing.css"] {
        let answer = server.browser().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert_eq!(answer.header("strict-transport-security"), "", "not without https");
    }
}

#[tokio::test]
async fn pages_hold_no_script_or_style_of_their_own() {
    let server = Server::start().await;
    let mut browser = server.browser();
    for path in
        ["/", "/sign-in", "/design", "/design?view=errors", "/design?view=work", "/accessibility", "/api", "/nowhere"]
    {
        let page = browser.get(path).await.body;
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onclick="), "{path}");
        assert_eq!(page.matches("<script").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_compressed() {
    let server = Server::start().await;
    let page = server.browser().get("/").await.body;
    let stylesheet = page.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let request = Request::builder().uri(stylesheet).header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    let answer = server.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test]
async fn what_is_personal_is_neither_kept_nor_compressed() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    let cookie = format!("maru-session={}", browser.cookies["maru-session"]);
    let request = |cookie: &str| {
        let request = Request::builder().uri("/").header("accept-encoding", "gzip").header("accept", "text/html");
        request.header("cookie", cookie).body(Body::empty()).unwrap()
    };
    let mine = server.send(request(&cookie)).await;
    assert_eq!((mine.header("cache-control"), mine.header("content-encoding")), ("no-store", ""));
    let public = server.send(request("")).await;
    assert_eq!((public.header("cache-control"), public.header("content-encoding")), ("private, no-cache", "gzip"));
}

#[tokio::test]
async fn health_is_told_in_words() {
    let server = Server::start().await;
    assert_eq!(server.browser().get("/health/live").await.json()["status"], "live");
    let ready = server.browser().get("/health/ready").await;
    assert_eq!((ready.status, ready.json()["parts"]["ledger"].as_str()), (StatusCode::OK, Some("ready")));
}

#[tokio::test]
async fn the_interface_is_told_to_people_and_programs() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let document = browser.get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let page = browser.get("/api").await.body;
    assert!(page.contains("/api/inquiries/{department}") && page.contains("가로등이 꺼져 있어요"), "{page}");
}

#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_the_route_and_nothing_of_the_person() {
    let server = Server::start().await;
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || written.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    browser.get("/problems/not-found?name=hong-gildong").await;
    browser.post("/notes", &[("text", "a secret matter of mine")]).await;
    browser.get("/hong-gildong").await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("method=GET") && log.contains("/problems/{kind}") && log.contains("status=200"), "{log}");
    for private in ["hong-gildong", "secret matter", "kim-haneul", "김하늘", "maru-session"] {
        assert!(!log.contains(private), "{private} in {log}");
    }
}
