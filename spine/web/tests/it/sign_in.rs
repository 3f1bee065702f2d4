//! Signing in and out, and sessions that end.

use axum::http::StatusCode;
use jiff::SignedDuration;
use maru_ledger::Clock as _;

use crate::server::Server;

#[tokio::test]
async fn a_person_of_the_demonstration_signs_in_and_out() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = browser.get("/sign-in?return_to=%2Fprivate").await;
    assert!(page.body.contains("김하늘") && page.body.contains("김하늘 님으로 로그인"));
    assert_eq!(page.header("cache-control"), "no-store");
    let fields = [("account", "kim-haneul"), ("return_to", "/private")];
    let answer = browser.post("/sign-in/demonstration", &fields).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/private"));
    assert_eq!(browser.get("/private").await.body, "kim-haneul");
    let home = browser.get("/").await;
    assert!(home.body.contains("김하늘") && home.body.contains("로그아웃"));
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    assert_eq!(browser.get("/private").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stranger_is_shown_the_way_and_comes_back() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let answer = browser.get("/private?page=2&lang=en").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/sign-in?return_to=%2Fprivate%3Fpage%3D2");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let server = Server::start().await;
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let mut browser = server.browser();
        browser.get("/sign-in").await;
        let fields = [("account", "kim-haneul"), ("return_to", elsewhere)];
        let answer = browser.post("/sign-in/demonstration", &fields).await;
        assert_eq!(answer.header("location"), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn who_is_not_on_the_list_is_not_let_in() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.get("/sign-in").await;
    let answer = browser.post("/sign-in/demonstration", &[("account", "root")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("시연용 명단에 없는 사람이에요"), "{}", answer.body);
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_to_it() {
    let server = Server::start().await;
    let mut browser = server.browser();
    assert_eq!(browser.get("/sign-in/provider").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get("/sign-in/callback?code=1&state=2").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_session_that_ends_while_somebody_writes_loses_nothing() {
    let server = Server::start().await;
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    let later = server.clock.now().checked_add(SignedDuration::from_hours(13)).unwrap();
    server.clock.set(later);
    let words = "밤이 되어도 가로등이 켜지지 않아요. <확인해> 주세요.";
    let kept = browser.post("/notes", &[("text", words)]).await;
    assert!(kept.status.is_client_error());
    assert!(kept.body.contains("쓰신 내용은 그대로 있어요"), "{}", kept.body);
    assert!(kept.body.contains("새 창에서 로그인"), "the way to sign in");
    assert!(kept.body.contains("&lt;확인해&gt;"), "what was written is shown, escaped");
    let token_of_kept_page = browser.token.clone();
    // In a second window of the same browser:
    browser.sign_in("kim-haneul").await;
    // And back in the first:
    let sent = browser.post_bare("/notes", &[("csrf_token", &token_of_kept_page), ("text", words)]).await;
    assert_eq!(sent.body, format!("written: {words}"));
}

#[tokio::test]
async fn on_https_cookies_are_bound_to_the_host() {
    let server = Server::with(|options| options.public_url = "https://maru.test".to_owned()).await;
    let mut browser = server.browser();
    let answer = browser.get("/").await;
    assert!(answer.header("set-cookie").starts_with("__Host-maru-visitor="));
    assert!(answer.header("set-cookie").contains("; Secure"));
    assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
    browser.sign_in("kim-haneul").await;
    assert!(browser.cookies.contains_key("__Host-maru-session"));
}
