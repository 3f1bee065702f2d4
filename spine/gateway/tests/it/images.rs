//! Images that models make come through as they are, to the byte: what they say of their origin (C2PA) is signed.

use axum::{Json, Router, response::IntoResponse as _, routing::post as on_post};
use serde_json::{Value, json};

use crate::support::*;

/// A picture in base64. By chance it holds what looks like a key to a cloud; behind it stands a box with a manifest of its origin.
fn picture() -> String {
    format!("iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB{}anVtYmMycGE=", "+AKIAIOSFODNN7EXAMPLE/".repeat(3))
}

async fn painting(path: &str, answer: impl Fn(&Value) -> String + Clone + Send + Sync + 'static) -> String {
    let answer = move |Json(body): Json<Value>| {
        let kind = if body["stream"] == true { "text/event-stream" } else { "application/json" };
        let text = answer(&body);
        async move { ([("content-type", kind)], text).into_response() }
    };
    mock(Router::new().route(path, on_post(answer))).await
}

#[tokio::test]
async fn in_a_chat_whole_and_streamed() {
    let base = painting("/v1/chat/completions", |body| {
        let images =
            json!([{ "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{}", picture()) } }]);
        let said = json!({ "role": "assistant", "content": "그렸습니다. 전화 010-1234-5678", "images": images });
        let mut answer =
            json!({ "id": "x", "created": 1, "model": "m", "choices": [{ "index": 0, "finish_reason": null }] });
        if body["stream"] != true {
            answer["choices"][0] = json!({ "index": 0, "message": said, "finish_reason": "stop" });
            return answer.to_string();
        }
        answer["choices"][0]["delta"] = said;
        let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
        format!("data: {answer}\n\ndata: {end}\n\ndata: [DONE]\n\n")
    })
    .await;
    let house = house(&registry(&[base], "")).await;
    for stream in [false, true] {
        let mut body = chat("m", "그려 주세요.");
        body["stream"] = stream.into();
        let answer = post(&house.gateway, "/v1/chat/completions", body).await;
        assert!(answer.text.contains(&picture()), "{}", answer.text);
        assert!(!answer.text.contains("1234-5678"), "what leaks beside it is still found: {}", answer.text);
    }
}

#[tokio::test]
async fn in_responses_of_a_server_that_speaks_them_whole_and_streamed() {
    let base = painting("/v1/responses", |body| {
        let item = json!({ "id": "ig_1", "type": "image_generation_call", "status": "completed", "result": picture(),
            "revised_prompt": "전화 010-1234-5678" });
        let response = json!({ "id": "resp_1", "object": "response", "status": "completed", "output": [item], "usage": { "input_tokens": 1, "output_tokens": 1 } });
        if body["stream"] != true {
            return response.to_string();
        }
        let partial = json!({ "type": "response.image_generation_call.partial_image", "partial_image_b64": picture() });
        let last = json!({ "type": "response.completed", "response": response });
        format!("data: {partial}\n\ndata: {last}\n\n")
    })
    .await;
    let toml = registry(&[base], "").replacen("zone = \"work\"", "zone = \"work\"\ntenant = \"a\"", 1);
    let house = house(&toml).await;
    for (stream, times) in [(false, 1), (true, 2)] {
        let answer =
            post(&house.gateway, "/v1/responses", json!({ "model": "m", "input": "그려 주세요.", "stream": stream }))
                .await;
        assert_eq!(answer.text.matches(&picture()).count(), times, "{}", answer.text);
        assert!(!answer.text.contains("1234-5678"), "{}", answer.text);
    }
}
