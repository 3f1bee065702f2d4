//! An answer on its way back: looked at, counted, labelled.

use std::{cell::Cell, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Draft, Kind, bytes_response, native, responses};
use crate::{
    cache::Likeness,
    error::Refusal,
    policy::{Action, Checks, Judged, Masker, PolicySettings, REMOVED, Screened, find_unsafe, leaks},
    stream::Relay,
};

/// What happens to an answer on its way back.
pub(super) struct After {
    pub(super) kind: Kind,
    pub(super) masker: Masker,
    pub(super) restore: bool,
    pub(super) policy: Arc<PolicySettings>,
    pub(super) original: Option<Value>,
    pub(super) checks: Checks,
}

pub(super) fn whole_response(status: StatusCode, bytes: Bytes, after: &After, mut draft: Draft) -> Response<Body> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) else {
        let refusal = unreadable();
        draft.refused(&refusal);
        return refusal.response();
    };
    if !status.is_success() {
        return passed_error(status, answer, draft);
    }
    let usage = answer.get("usage");
    let tokens = |name: &str| usage.and_then(|usage| usage.get(name)).and_then(Value::as_u64);
    let tokens_in = tokens("prompt_tokens").or(tokens("input_tokens"));
    if let Some(tokens_in) = tokens_in.or(tokens("total_tokens")) {
        let tokens_out = tokens("completion_tokens").or(tokens("output_tokens")).unwrap_or(0);
        draft.used(tokens_in, tokens_out);
    } else if draft.record.tokens_in == 0 {
        draft.used_about((bytes.len() as u64).div_ceil(3));
    }
    let mut changed = false;
    let mut judged = Judged::default();
    if after.kind.writes_text() {
        let stopped;
        (changed, stopped) = look_at_answer(&mut answer, after, &mut draft);
        if let Some(rule) = stopped {
            let refusal = answer_stopped(&rule);
            draft.refused(&refusal);
            return refusal.response();
        }
        judged = if after.kind.is_native() {
            after.checks.judge(&native::text_of(&answer), &after.policy)
        } else {
            after.checks.judge(first_text(&answer), &after.policy)
        };
        draft.record.rules.extend(judged.fired.iter().cloned());
        if let Some(stopped) = judged.fired.iter().find(|fired| fired.action == Action::Block) {
            let refusal = answer_stopped(&stopped.rule);
            draft.refused(&refusal);
            return refusal.response();
        }
    }
    draft.first_byte();
    draft.ended(status.as_u16(), "");
    let label = |bytes: &[u8]| Bytes::from(with_label(bytes, after, &judged, &draft));
    let bytes = match &after.original {
        Some(original) => label(
            responses::from_chat(&answer, original, &draft.record.id, draft.clock().now().as_second())
                .to_string()
                .as_bytes(),
        ),
        None if !after.kind.writes_text() => bytes,
        None if changed => label(answer.to_string().as_bytes()),
        None => label(&bytes),
    };
    let mut response = bytes_response(bytes);
    *response.status_mut() = status;
    response
}

/// The text of the first choice. (`Value::pointer` makes two strings of each name on its way.)
fn first_text(answer: &Value) -> &str {
    let first = answer.get("choices").and_then(|choices| choices.get(0));
    let text =
        first.and_then(|first| first.get("message").and_then(|message| message.get("content")).or(first.get("text")));
    text.and_then(Value::as_str).unwrap_or_default()
}

/// The model answered, and a rule holds its answer back.
pub(crate) fn answer_stopped(rule: &str) -> Refusal {
    let refusal = Refusal::unavailable(
        "answer_stopped_by_policy",
        format!(
            "모델의 답변이 규칙 「{rule}」에 걸려 전달하지 않았습니다. 질문이나 자료를 고쳐 다시 보내거나 다른 모델을 고르세요."
        ),
        format!(
            "The rule {rule:?} held the model's answer back. Change the question or its sources, or choose another model."
        ),
    );
    Refusal { status: StatusCode::BAD_GATEWAY, retry_after: None, ..refusal }
}

pub(super) fn unreadable() -> Refusal {
    let refusal = Refusal::unavailable(
        "upstream_unreadable",
        "모델 서버가 읽을 수 없는 답을 보냈습니다. 다시 보내거나 다른 모델을 고르세요.",
        "The model server sent an answer that cannot be read. Try again, or choose another model.",
    );
    Refusal { status: StatusCode::BAD_GATEWAY, retry_after: None, ..refusal }
}

/// An error of the back end about the request: passed on, in OpenAI's form.
fn passed_error(status: StatusCode, answer: Value, mut draft: Draft) -> Response<Body> {
    draft.used(0, 0);
    draft.ended(status.as_u16(), "upstream_refused");
    let answer = if answer.pointer("/error/message").is_some() {
        answer
    } else {
        let message = answer.get("message").or(answer.get("detail")).cloned().unwrap_or(Value::Null);
        let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
        json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": "upstream_refused" } })
    };
    let mut response = super::json_response(&answer);
    *response.status_mut() = status;
    response
}

/// Looks at the texts of an answer; says whether any changed, and which rule holds the answer back.
fn look_at_answer(answer: &mut Value, after: &After, draft: &mut Draft) -> (bool, Option<String>) {
    let mut recorded = String::new();
    let mut fired: Vec<Screened> = Vec::new();
    let mut changed = false;
    // Something was taken out: what lists the same text token by token goes too.
    let removed = Cell::new(false);
    let mut stopped = None;
    let mut look = |text: &mut String, on_record: bool| {
        let found = leaks(text, &after.policy, &mut fired);
        for (range, instead) in found.into_iter().rev() {
            text.replace_range(range, &instead);
            changed = true;
            removed.set(true);
        }
        if on_record {
            let found = find_unsafe(text, &after.policy);
            if found.iter().any(|found| found.action != Action::Observe) {
                REMOVED.clone_into(text);
                changed = true;
                removed.set(true);
            }
            stopped = stopped.take().or_else(|| found.iter().find(|found| found.action == Action::Block).cloned());
            fired.extend(found);
            recorded.push_str(text);
        }
        if after.restore
            && let Some(restored) = after.masker.restore(text)
        {
            *text = restored;
            changed = true;
        }
    };
    if after.kind.is_native() {
        let output = answer.get_mut("output").into_iter();
        output.for_each(|output| {
            native::for_each_text(output, &mut |name, text| look(text, name == "text"));
            if removed.get() {
                native::forget_tokens(output);
            }
        });
    }
    for choice in answer.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
        removed.set(false);
        if let Some(Value::String(text)) = choice.get_mut("text") {
            look(text, true);
        }
        if let Some(message) = choice.get_mut("message") {
            look_at_message(message, &mut look);
        }
        if removed.get() {
            native::forget_tokens(choice);
        }
    }
    draft.answered(recorded, fired);
    (changed, stopped.map(|stopped| stopped.rule))
}

/// The texts of a message that a model wrote; whether each is the answer itself.
fn look_at_message(message: &mut Value, look: &mut dyn FnMut(&mut String, bool)) {
    for (name, on_record) in [("content", true), ("reasoning_content", false), ("reasoning", false), ("refusal", false)]
    {
        if let Some(Value::String(text)) = message.get_mut(name) {
            look(text, on_record);
        }
    }
    for call in message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten() {
        for (name, argument) in [("function", "arguments"), ("custom", "input")] {
            if let Some(Value::String(arguments)) = call.get_mut(name).and_then(|call| call.get_mut(argument)) {
                look(arguments, false);
            }
        }
    }
    if let Some(Value::String(arguments)) = message.get_mut("function_call").and_then(|call| call.get_mut("arguments"))
    {
        look(arguments, false);
    }
}

/// What every text of a machine says of itself, in both languages (AI Basic Act, Article 31).
const NOTICE: &str = r#"{"ko":"인공지능이 작성한 내용입니다.","en":"This text was generated by AI."}"#;

/// The notice that a machine wrote it.
pub(super) fn ai_notice() -> Value {
    serde_json::from_str(NOTICE).unwrap_or_default()
}

/// Puts the label into the answer: an object `maru` before the last brace; the rest of the bytes stays as the back end wrote it.
fn with_label(bytes: &[u8], after: &After, judged: &Judged, draft: &Draft) -> Vec<u8> {
    let mut labelled = Vec::with_capacity(bytes.len() + 320);
    labelled.extend_from_slice(bytes.trim_ascii_end());
    if labelled.pop() != Some(b'}') {
        return bytes.to_vec();
    }
    let record = &draft.record;
    let restored = after.restore && record.masked > 0;
    let mut label = format!(
        r#"{{"ai_generated":true,"notice":{NOTICE},"call":"{}","class":"{}","masked":{},"restored":{restored}"#,
        record.id, record.class, record.masked
    );
    if record.likeness > 0 {
        label.extend([",\"given_again\":{\"likeness\":", &Likeness(record.likeness).to_string(), "}"]);
    }
    if !judged.ungrounded.is_empty() {
        label.extend([",\"ungrounded\":", &json!(judged.ungrounded).to_string()]);
    }
    if let Some(broken) = &judged.broken_schema {
        label.extend([",\"broken_schema\":", &json!(broken).to_string()]);
    }
    label.push('}');
    let is_first = labelled.ends_with(b"{");
    labelled.extend_from_slice(if is_first { b"\"maru\":" } else { b",\"maru\":" });
    labelled.extend_from_slice(label.as_bytes());
    labelled.push(b'}');
    labelled
}

pub(super) fn stream_response(relay: Relay, original: Option<Value>) -> Response<Body> {
    let body = match original {
        Some(original) => Body::new(responses::ResponsesRelay::new(relay, &original)),
        None => Body::new(relay),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
