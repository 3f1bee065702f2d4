//! Models in this program behind the same door as servers. What stands for one here says back what it was told, word by word.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http_body_util::BodyExt as _;
use maru_gateway::{GatewayOptions, Registry};
use maru_local_llm::{Finish, LocalError, LocalModel, LocalPrompt, LocalRequest, Written};
use serde_json::json;

use crate::support::*;

/// Says the last turn back, and then, where it is told to go on for ever, «more» until nobody listens.
#[derive(Default)]
struct Echo {
    stopped: AtomicBool,
}

impl LocalModel for Echo {
    fn write(&self, request: &LocalRequest, say: &mut dyn FnMut(&str) -> bool) -> Result<Written, LocalError> {
        let text = match &request.prompt {
            LocalPrompt::Turns(turns) => turns.last().map(|(_, text)| text.clone()).unwrap_or_default(),
            LocalPrompt::Text(text) => text.clone(),
        };
        if text == "too long" {
            return Err(LocalError::TooLong { tokens: 9_000, context: 8_192 });
        }
        let most = request.max_tokens.map_or(usize::MAX, |most| most as usize);
        let words: Vec<&str> = text.split_inclusive(' ').collect();
        for word in words.iter().take(most) {
            say(word);
        }
        if text == "break off" {
            return Err(LocalError::Failed("out of memory".into()));
        }
        while text == "for ever" && say(" more") {}
        self.stopped.store(true, Ordering::SeqCst);
        let finish = if words.len() > most { Finish::Length } else { Finish::Stop };
        Ok(Written { tokens_in: words.len() as u64, tokens_out: words.len().min(most) as u64, finish })
    }

    fn fingerprint(&self) -> &'static str {
        "gguf-test"
    }
}

/// A gateway whose model `m` runs in the program, and whose model `n` is registered so and was not loaded.
async fn house_with(echo: &Arc<Echo>) -> House {
    let not_loaded = "[[backends]]\nid = \"nobody\"\nurl = \"local:nobody\"\nzone = \"work\"\n[[models]]\nid = \"n\"\nmaker = \"-\"\nstate = \"approved\"\nroutes = [{ backend = \"nobody\" }]\n";
    let text = registry(&["local:echo".into()], "") + not_loaded;
    house_on(|ledger| {
        let mut options = GatewayOptions::new(ledger, Registry::from_toml(&text).unwrap());
        options.local_models.insert("echo".into(), Arc::clone(echo) as Arc<dyn LocalModel>);
        options
    })
    .await
}

#[tokio::test]
async fn a_model_in_this_program_answers_like_a_server_after_the_same_policy() {
    let house = house_with(&Arc::default()).await;
    let answer = post(&house.gateway, "/v1/chat/completions", chat("m", "call 010-1234-5678 now")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    // It was told a mask; whoever asked gets back what was masked.
    assert_eq!(answer.content(), "call 010-1234-5678 now");
    assert_eq!((&body["system_fingerprint"], &body["model"]), (&json!("gguf-test"), &json!("m")));
    assert_eq!(body["usage"]["total_tokens"], 6);
    assert_eq!(body["maru"]["masked"], 1);
    let call = &records(&house).await[0];
    assert_eq!((&call["backend"], &call["tokens_out"], &call["status"]), (&json!("b0"), &json!(3), &json!(200)));
}

#[tokio::test]
async fn its_answers_stream_and_end_where_they_are_to() {
    let house = house_with(&Arc::default()).await;
    let mut question = chat("m", "one two three four");
    question["stream"] = json!(true);
    question["max_tokens"] = json!(3);
    question["stream_options"] = json!({ "include_usage": true });
    let answer = post(&house.gateway, "/v1/chat/completions", question).await;
    assert_eq!(answer.streamed(), "one two three ");
    assert!(answer.text.contains(r#""finish_reason":"length""#), "{}", answer.text);
    assert!(answer.text.contains(r#""completion_tokens":3"#) && answer.text.ends_with("data: [DONE]\n\n"));
    let continued = json!({ "model": "m", "prompt": "a b", "stream": true });
    let continued = post(&house.gateway, "/v1/completions", continued).await;
    assert!(continued.text.contains(r#""object":"text_completion""#) && continued.text.contains("[DONE]"));
    let response = post(&house.gateway, "/v1/responses", json!({ "model": "m", "input": "한 마디" })).await;
    assert_eq!(response.json()["output"][0]["content"][0]["text"], "한 마디", "{}", response.text);
}

#[tokio::test]
async fn what_goes_wrong_is_told_as_a_server_would() {
    let house = house_with(&Arc::default()).await;
    for (question, status, code) in [
        (chat("m", "too long"), 400, "context_length_exceeded"),
        (json!({ "model": "m", "n": 2, "messages": chat("m", "a")["messages"] }), 400, "unsupported_by_model"),
        (chat("n", "a"), 503, "no_backend_answered"),
        (chat("m", "break off"), 503, "no_backend_answered"),
    ] {
        let answer = post(&house.gateway, "/v1/chat/completions", question).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
    }
    let embeddings = post(&house.gateway, "/v1/embeddings", json!({ "model": "m", "input": "a" })).await;
    assert_eq!((embeddings.status, embeddings.code().as_str()), (400, "unsupported_by_model"));
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_so() {
    let house = house_with(&Arc::default()).await;
    let mut question = chat("m", "break off");
    question["stream"] = json!(true);
    let answer = post(&house.gateway, "/v1/chat/completions", question).await;
    assert!(answer.text.contains("upstream_ended_early"), "{}", answer.text);
    assert_eq!(answer.streamed(), "break off");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_away_stops_the_model() {
    let echo = Arc::<Echo>::default();
    let house = house_with(&echo).await;
    let mut question = chat("m", "for ever");
    question["stream"] = json!(true);
    let asked = request("/v1/chat/completions", question.to_string(), &[]);
    let mut body = house.gateway.answer(asked).await.into_body();
    for _ in 0..5 {
        body.frame().await.unwrap().unwrap();
    }
    drop(body);
    let stops = async {
        while !echo.stopped.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), stops).await.unwrap();
    assert_eq!(records(&house).await[0]["code"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_no_more_calls_than_it_can_whatever_the_registry_says() {
    let echo = Arc::<Echo>::default();
    let text = registry(&["local:echo".into()], "");
    assert!(!text.contains("capacity"), "the usual capacity is a thousand");
    let text = text.replace("[[keys]]", "[models.routing]\nqueue_seconds = 0\n[[keys]]");
    let house = house_on(|ledger| {
        let mut options = GatewayOptions::new(ledger, Registry::from_toml(&text).unwrap());
        options.local_models.insert("echo".into(), Arc::clone(&echo) as Arc<dyn LocalModel>);
        options
    })
    .await;
    let mut question = chat("m", "for ever");
    question["stream"] = json!(true);
    let asked = request("/v1/chat/completions", question.to_string(), &[]);
    let mut body = house.gateway.answer(asked).await.into_body();
    body.frame().await.unwrap().unwrap();
    let busy = post(&house.gateway, "/v1/chat/completions", chat("m", "a")).await;
    assert_eq!((busy.status, busy.code().as_str()), (429, "all_backends_busy"), "{}", busy.text);
    assert!(busy.headers.contains_key("retry-after"));
    drop(body);
    // Whoever comes after is answered: the seat is free once nobody listens, the model at its next word.
    assert_eq!(post(&house.gateway, "/v1/chat/completions", chat("m", "a")).await.status, 200);
}
