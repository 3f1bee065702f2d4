//! The client and the gateway against mocks of OpenAI-compatible servers (no real model can be had here).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod budgets;
mod calls;
mod support;

use std::time::Duration;

use axum::{Json, Router, http::StatusCode, routing::post};
use maru_gateway::{CompletionRequest, Message, Model, ModelError, OpenAiCompatible, OpenAiSettings};
use serde_json::{Value, json};

async fn mock_server(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}

fn client(base_url: &str, timeout: Duration) -> Result<OpenAiCompatible, ModelError> {
    OpenAiCompatible::new(OpenAiSettings {
        base_url: base_url.into(),
        model: "mock-ko".into(),
        api_key: Some("key".into()),
        timeout,
    })
}

fn question() -> CompletionRequest {
    CompletionRequest { messages: vec![Message::system("be brief"), Message::user("대형폐기물?")], max_tokens: 64 }
}

#[tokio::test]
async fn a_chat_completion_is_read() {
    async fn answer(headers: axum::http::HeaderMap, Json(request): Json<Value>) -> Json<Value> {
        assert_eq!(headers["authorization"], "Bearer key");
        assert_eq!(request["messages"][1], json!({"role": "user", "content": "대형폐기물?"}));
        assert_eq!(request["temperature"], 0.0);
        Json(
            json!({"model": "mock-ko-7b", "choices": [{"message": {"role": "assistant", "content": "스티커를 붙입니다 [1]."}}]}),
        )
    }
    let base = mock_server(Router::new().route("/v1/chat/completions", post(answer))).await;
    let completion = client(&base, Duration::from_secs(5)).unwrap().complete(question()).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.model.as_str()), ("스티커를 붙입니다 [1].", "mock-ko-7b"));
}

#[tokio::test]
async fn refusals_silence_and_nonsense_are_told_apart() {
    async fn slow() -> &'static str {
        tokio::time::sleep(Duration::from_secs(30)).await;
        ""
    }
    let refusing =
        mock_server(Router::new().route("/v1/chat/completions", post(|| async { StatusCode::UNAUTHORIZED }))).await;
    let nonsense = mock_server(Router::new().route("/v1/chat/completions", post(|| async { "<html>" }))).await;
    let silent = mock_server(Router::new().route("/v1/chat/completions", post(slow))).await;
    let ask =
        async |base: &str| client(base, Duration::from_millis(300)).unwrap().complete(question()).await.unwrap_err();
    assert!(matches!(ask(&refusing).await, ModelError::Refused { status: 401, .. }));
    assert!(matches!(ask(&nonsense).await, ModelError::Unreadable { .. }));
    assert!(matches!(ask(&silent).await, ModelError::Unreachable { .. }));
    assert!(matches!(ask("http://127.0.0.1:9/v1").await, ModelError::Unreachable { .. }));
}

#[test]
fn settings_that_cannot_work_are_refused_before_any_call() {
    for bad in ["", "ftp://model/v1", "not a url", "http://user:secret@model/v1"] {
        let error = client(bad, Duration::from_secs(1)).err().expect(bad);
        assert!(matches!(error, ModelError::Settings(_)), "{bad}: {error}");
        assert!(!error.to_string().contains("secret"));
    }
}
