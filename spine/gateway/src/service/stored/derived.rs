//! What is made of a conversation without going on with it: how many tokens it has, and a shorter one in its place. Both ask the model itself,
//! so that they pass every rule, budget and record as any call does.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use base64::Engine as _;
use http_body_util::BodyExt as _;
use maru_ledger::Personal;
use serde_json::{Value, json};

use super::{conversation, owner_of, store_unavailable};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    policy::DataClass,
    record,
    service::{
        call::{self, Native, read_body},
        header_text, json_response,
        shape::Kind,
    },
};

/// Tokens that a shorter conversation may have.
const SUMMARY_TOKENS: u32 = 2_048;
/// What the model is told.
const SUMMARIZE: &str = "Summarize the conversation up to here so that it can be gone on with: what was asked, what was answered, what was \
     decided, names and figures that matter. Write in the language of the conversation. Answer with the summary alone.";

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum Derived {
    Count,
    Compact,
}

impl Derived {
    pub(in crate::service) fn of_path(path: &str) -> Option<Self> {
        match path {
            "/responses/input_tokens" => Some(Self::Count),
            "/responses/compact" => Some(Self::Compact),
            _ => None,
        }
    }
}

pub(in crate::service) async fn run(
    inner: &Arc<Inner>,
    snapshot: Arc<Snapshot>,
    key: Arc<Key>,
    derived: Derived,
    request: Request<Body>,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let (mut parts, body) = request.into_parts();
    let policy = Arc::clone(snapshot.policy_of(&key.scope.agency));
    let bytes = read_body(body, policy.largest_request).await?;
    let mut body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let name = body["model"].as_str().unwrap_or(&key.scope.default_model);
    let speaks_itself = snapshot.models.get(name).is_some_and(|served| served.tenant.is_some());
    parts.headers.remove(header::CONTENT_LENGTH);
    if speaks_itself || !body.is_object() {
        let native = if derived == Derived::Count { Native::CountInput } else { Native::Compact };
        let request = Request::from_parts(parts, Body::from(bytes));
        return call::run(inner, snapshot, key, Kind::Native(native), request, began).await;
    }
    if derived == Derived::Compact && !policy.may_store() {
        return Err(not_kept());
    }
    let declared = DataClass::from_letter(header_text(&parts.headers, "x-maru-class")).unwrap_or_default();
    body["stream"] = false.into();
    body["store"] = false.into();
    match derived {
        Derived::Count => body["max_output_tokens"] = 1.into(),
        Derived::Compact => {
            body["max_output_tokens"] = SUMMARY_TOKENS.into();
            let mut input = conversation::items_of(body.get("input"));
            input.push(json!({ "type": "message", "role": "developer", "content": SUMMARIZE }));
            body["input"] = input.into();
        }
    }
    let request = Request::from_parts(parts, Body::from(body.to_string()));
    let response = call::run(inner, snapshot, Arc::clone(&key), Kind::Responses, request, began).await?;
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (parts, answer) = response.into_parts();
    let bytes = answer.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let made = match derived {
        Derived::Count => json!({ "object": "response.input_tokens", "input_tokens": answer["usage"]["input_tokens"] }),
        Derived::Compact => compacted(inner, &key, &answer, declared).await?,
    };
    let mut response = json_response(&made);
    for name in ["x-maru-call", "x-maru-class", "ai-generated"] {
        if let Some(value) = parts.headers.get(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    Ok(response)
}

/// The shorter conversation: one item that only this gateway can open, and only for the same key.
async fn compacted(inner: &Inner, key: &Key, answer: &Value, declared: DataClass) -> Result<Value, Refusal> {
    let now = inner.clock.now();
    let owner = owner_of(key);
    let month = record::month_of(jiff::tz::Offset::UTC.to_datetime(now).date());
    let summary = super::super::native::text_of(answer);
    let class = answer["maru"]["class"].as_str().and_then(DataClass::from_letter).unwrap_or(declared);
    let said = json!({ "owner": owner, "class": class, "summary": summary }).to_string();
    let personal = Personal::new(record::subject(&owner.agency, &month), said);
    let sealed = inner.ledger.seal(&personal, now).await.map_err(|error| store_unavailable(&error))?;
    let sealed = base64::engine::general_purpose::STANDARD.encode(sealed);
    let call = answer["maru"]["call"].as_str().unwrap_or_default();
    let item = json!({ "id": format!("cmp_{call}"), "type": "compaction", "encrypted_content": sealed });
    Ok(json!({ "id": format!("resp_{call}"), "object": "response.compaction", "created_at": answer["created_at"],
        "output": [item], "usage": answer["usage"], "maru": answer["maru"] }))
}

/// Puts in place of shorter conversations what they say; gives the highest class that any had.
pub(in crate::service) fn open(inner: &Inner, key: &Key, items: &mut [Value]) -> Result<DataClass, Refusal> {
    let owner = owner_of(key);
    let mut highest = DataClass::default();
    for item in items.iter_mut().filter(|item| item["type"] == "compaction") {
        let (class, summary) = opened(inner, item).filter(|said| said["owner"] == json!(owner)).map_or_else(
            || Err(unreadable()),
            |said| {
                let class = serde_json::from_value(said["class"].clone()).unwrap_or_default();
                Ok((class, said["summary"].clone()))
            },
        )?;
        highest = highest.max(class);
        let text = format!("(Summary of the earlier conversation) {}", summary.as_str().unwrap_or_default());
        *item = json!({ "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }] });
    }
    Ok(highest)
}

fn opened(inner: &Inner, item: &Value) -> Option<Value> {
    let sealed = base64::engine::general_purpose::STANDARD.decode(item["encrypted_content"].as_str()?).ok()?;
    let personal = inner.ledger.unseal(std::str::from_utf8(&sealed).ok()?).ok()?;
    serde_json::from_str(&personal.value?).ok()
}

/// What is sealed must end with the retention of an agency's texts; an agency that keeps none has no such end.
fn not_kept() -> Refusal {
    Refusal::forbidden(
        "storing_not_allowed",
        "이 기관의 규칙은 대화를 보관하지 않아 줄인 대화를 만들 수 없습니다. 대화를 그대로 보내세요.",
        "This agency's rules keep no conversations, so none can be compacted. Send the conversation itself.",
    )
}

fn unreadable() -> Refusal {
    Refusal::bad(
        "compaction_unreadable",
        "input: 줄인 대화를 열 수 없습니다. 다른 키로 만들었거나 보관 기간이 끝났습니다. 대화를 다시 보내세요.",
        "input: a compacted conversation cannot be opened: it was made with another key, or its time is over. Send the conversation itself.",
    )
    .at("input")
}
