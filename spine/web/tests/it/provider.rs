//! The way to an identity provider and back, as browsers go it. What the provider's answers must be is tested where
//! they are read.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use maru_identity::oidc::{HttpAnswer, HttpClient, HttpFuture, OidcSettings};
use serde_json::json;

use crate::server::Server;

/// A provider of which only the document is there.
struct Provider;

impl HttpClient for Provider {
    fn get<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> HttpFuture<'a> {
        let document = json!({
            "issuer": "https://provider.example",
            "authorization_endpoint": "https://provider.example/authorize",
            "token_endpoint": "https://provider.example/token",
            "jwks_uri": "https://provider.example/keys",
            "end_session_endpoint": "https://provider.example/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        });
        Box::pin(async move { Ok(HttpAnswer { status: 200, body: document.to_string().into_bytes() }) })
    }

    fn post_form<'a>(
        &'a self,
        _: &'a str,
        _: Option<(&'a str, &'a str)>,
        _: &'a [(&'a str, &'a str)],
    ) -> HttpFuture<'a> {
        Box::pin(async { Ok(HttpAnswer { status: 400, body: b"{\"error\":\"invalid_grant\"}".to_vec() }) })
    }
}

async fn server() -> Server {
    let settings: OidcSettings = serde_json::from_value(json!({
        "issuer": "https://provider.example",
        "client_id": "maru",
        "redirect_url": "https://maru.test/sign-in/callback",
    }))
    .unwrap();
    Server::with_all(
        |options| "https://maru.test".clone_into(&mut options.public_url),
        |identity| {
            identity.oidc = Some(settings);
            identity.http = Some(Arc::new(Provider));
        },
    )
    .await
}

#[tokio::test]
async fn the_way_to_the_provider_is_tied_to_the_browser() {
    let server = server().await;
    let mut browser = server.browser();
    let page = browser.get("/sign-in?return_to=%2Fprivate").await;
    assert!(page.body.contains(r#"href="/sign-in/provider?return_to=%2Fprivate""#), "{}", page.body);
    let away = browser.get("/sign-in/provider?return_to=%2Fprivate").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    let address = away.header("location");
    assert!(address.starts_with("https://provider.example/authorize?"), "{address}");
    assert!(address.contains("code_challenge_method=S256") && address.contains("state="));
    let cookies: Vec<&str> =
        away.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
    let tie = cookies.iter().find(|cookie| cookie.starts_with("__Host-maru-sign-in=")).unwrap();
    assert!(tie.contains("HttpOnly") && tie.contains("SameSite=Lax") && tie.contains("Max-Age=600"), "{tie}");
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_signs_nobody_in() {
    let server = server().await;
    let mut browser = server.browser();
    let invented = browser.get("/sign-in/callback?code=1&state=2").await;
    assert_eq!(invented.status, StatusCode::BAD_REQUEST);
    assert!(invented.body.contains("로그인하지 못했어요"));
    let away = browser.get("/sign-in/provider").await;
    let state = away.header("location").split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mut other = server.browser();
    let stolen = other.get(&format!("/sign-in/callback?code=1&state={state}")).await;
    assert_eq!(stolen.status, StatusCode::BAD_REQUEST, "another browser");
    let refused = browser.get(&format!("/sign-in/callback?code=1&state={state}")).await;
    assert!(
        refused.status.is_client_error() || refused.status.is_server_error(),
        "the provider does not know the code"
    );
    assert!(!browser.cookies.contains_key("__Host-maru-session"));
    assert!(!refused.body.contains("invalid_grant"), "nothing of the inside");
}

#[tokio::test]
async fn who_signs_out_is_shown_the_way_out_of_the_provider() {
    let server = server().await;
    let mut browser = server.browser();
    browser.sign_in("kim-haneul").await;
    let page = browser.post("/sign-out", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("https://provider.example/end"), "{}", page.body);
    assert!(!page.body.contains("김하늘"));
    assert!(!browser.cookies.contains_key("__Host-maru-session"));
}
