//! Purposes for which keys may use models: what was approved of them reaches whoever decides, and a refusal reaches the caller.

use std::sync::Arc;

use axum::{Json, Router, routing::post as on_post};
use maru_gateway::{AskedUse, GatewayOptions, Registry, UseDecision, UsePolicy};
use serde_json::Value;

use crate::support::*;

/// Says no with what it was told.
struct Telling;

impl UsePolicy for Telling {
    fn decide(&self, asked: &AskedUse<'_>) -> UseDecision {
        let named =
            asked.purpose.is_some_and(|purpose| purpose.names(&asked.model.id) && asked.class <= purpose.highest_class);
        let allowed = if asked.purpose.is_some() { named && !asked.is_over } else { !asked.must_be_registered };
        UseDecision { allowed, policy: "telling".into(), reason_ko: "용도".into(), reason_en: "purpose".into() }
    }
}

async fn house_for(more: &str) -> House {
    let answer = |Json(body): Json<Value>| async move { Json(echo(&body)) };
    let base = mock(Router::new().route("/v1/chat/completions", on_post(answer))).await;
    let text = format!("{more}{}", registry(&[base], ""));
    house_on(|ledger| {
        let mut options = GatewayOptions::new(ledger, Registry::from_toml(&text).unwrap());
        options.use_policy = Some(Arc::new(Telling));
        options
    })
    .await
}

fn purpose(more: &str) -> String {
    format!("[[purposes]]\nid = \"p\"\nagency = \"a\"\ndescription = \"Drafts.\"\n{more}\n")
}

#[tokio::test]
async fn a_key_uses_what_was_approved_of_its_purpose() {
    let strict = "[policy]\npurposes = \"registered\"\n";
    let ask = async |house: &House, text: &str| {
        let answer = post(&house.gateway, "/v1/chat/completions", chat("m", text)).await;
        if answer.status == 200 { String::new() } else { answer.code() }
    };
    let phone = "010-1234-5678로 전화해 주세요.";
    for (text, question, code) in [
        (String::new(), "안녕하세요", ""),
        (strict.to_owned(), "안녕하세요", "purpose_not_allowed"),
        (format!("{strict}{}", purpose("")), "안녕하세요", ""),
        (purpose("models = [\"other-*\"]"), "안녕하세요", "purpose_not_allowed"),
        (purpose("highest_class = \"O\""), phone, "purpose_not_allowed"),
        (purpose("highest_class = \"S\""), phone, ""),
        (purpose("until = \"2020-01-01\""), "안녕하세요", "purpose_not_allowed"),
    ] {
        let house = house_for(&text).await;
        for _ in 0..2 {
            assert_eq!(ask(&house, question).await, code, "{text}");
        }
        let records = records(&house).await;
        assert!(
            records.iter().all(|record| record["code"].as_str().unwrap_or_default() == code),
            "{text}: {records:?}"
        );
    }
}
