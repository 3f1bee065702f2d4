//! Calls about what lies on a server that works for one agency alone: they go through to it, after policy, and its answers come back after
//! policy. What lies there was masked on its way, and stays so.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, Response, StatusCode},
};
use bytes::Bytes;
use serde_json::Value;

use super::{About, Act, Draft};
use crate::{
    error::Refusal,
    gateway::{Key, Snapshot},
    policy::{Checks, Inspection, PolicySettings, leaks},
    service::{
        after::stream_response,
        call::{class_refused, read_body},
        header_text, json_response, native,
    },
    stream::{FilterOptions, NativeFilter, Relay, Source},
    upstream::{Answer, Upstream, zone_suffices},
};

/// The largest answer that is not a stream.
const LARGEST_ANSWER: usize = 64 << 20;

/// What came back.
pub(super) enum Outcome {
    Whole(Response<Body>),
    Stream(Box<Passing>),
}

/// A stream that has begun.
pub(super) struct Passing {
    answer: Answer,
    policy: Arc<PolicySettings>,
}

impl Passing {
    pub(super) fn response(self, draft: Draft) -> Response<Body> {
        let Self { answer, policy } = self;
        let checks = Checks::default();
        let options = FilterOptions { policy, masker: None, strip_usage: false, tells_verdict: false, checks };
        let filter = Box::new(NativeFilter::new(options));
        stream_response(Relay::new(Source::Server(Box::new(answer)), None, filter, draft), None)
    }
}

pub(super) async fn run(
    snapshot: &Snapshot,
    key: &Key,
    server: &Arc<Upstream>,
    about: &About,
    request: Request<Body>,
    draft: &mut Draft,
) -> Result<Outcome, Refusal> {
    let policy = Arc::clone(snapshot.policy_of(&key.scope.agency));
    let method = method_of(about.act);
    let address = address_of(&request)?;
    let confirmed = header_text(request.headers(), "x-maru-confirm").to_owned();
    let mut inspection = Inspection::new(&policy, key.scope.class);
    let bytes = read_body(request.into_body(), policy.largest_request).await?;
    let body = inspected(&bytes, &mut inspection)?;
    let verdict = inspection.verdict(&confirmed);
    let class = inspection.class;
    class.letter().clone_into(&mut draft.record.class);
    draft.record.masked = inspection.masker.len();
    draft.record.rules = std::mem::take(&mut inspection.fired);
    drop(inspection);
    verdict?;
    if class > key.scope.highest_class || !zone_suffices(server.zone, class) {
        return Err(class_refused(class));
    }
    draft.record.backend.clone_from(&server.id);
    draft.record.attempts = 1;
    let seat = server.take_seat().ok_or_else(|| Refusal::all_backends_busy(1))?;
    let mut answer = seat.send(method, &address, body).await.map_err(|error| unreached(&error))?;
    let status = answer.status;
    if status.is_success() && answer.content_type.starts_with("text/event-stream") {
        return Ok(Outcome::Stream(Box::new(Passing { answer, policy })));
    }
    let whole = answer.whole(LARGEST_ANSWER).await.map_err(|error| unreached(&error))?;
    looked_at(status, &whole, &policy, draft).map(Outcome::Whole)
}

fn method_of(act: Act) -> &'static str {
    match act {
        Act::ListCompletions | Act::GetCompletion | Act::ListMessages | Act::GetResponse | Act::ListInputItems => "GET",
        Act::UpdateCompletion | Act::CancelResponse => "POST",
        Act::DeleteCompletion | Act::DeleteResponse | Act::DeleteModel => "DELETE",
    }
}

/// What stands behind `/v1` in the address, with the question.
fn address_of(request: &Request<Body>) -> Result<String, Refusal> {
    let path = super::super::path_of(request);
    let question = request.uri().query().map_or_else(String::new, |question| format!("?{question}"));
    // Texts in a question are no place for personal data; nothing in it can be masked.
    if maru_privacy::find(&question).is_empty() {
        return Ok(path + &question);
    }
    Err(Refusal::bad(
        "personal_data_in_address",
        "주소에 개인정보가 있어 보내지 않았습니다. 조건에서 빼고 다시 보내세요.",
        "The address holds personal data and was not sent. Leave them out of the conditions.",
    ))
}

/// The body as it may leave.
fn inspected(bytes: &Bytes, inspection: &mut Inspection<'_>) -> Result<Bytes, Refusal> {
    if bytes.is_empty() {
        return Ok(Bytes::new());
    }
    let mut body: Value = serde_json::from_slice(bytes).map_err(|error| {
        Refusal::bad(
            "invalid_json",
            "요청이 올바른 JSON이 아닙니다. 고쳐서 다시 보내세요.",
            format!("The request is no valid JSON ({error}). Correct it and send it again."),
        )
    })?;
    native::inspect_all(&mut body, inspection);
    Ok(body.to_string().into())
}

fn unreached(error: &dyn std::fmt::Display) -> Refusal {
    tracing::warn!(%error, "the server of one agency did not answer");
    Refusal::no_backend_answered(&error.to_string())
}

/// An answer as it may go out, with the status that the server gave.
fn looked_at(
    status: StatusCode,
    bytes: &[u8],
    policy: &PolicySettings,
    draft: &mut Draft,
) -> Result<Response<Body>, Refusal> {
    if bytes.is_empty() {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        return Ok(response);
    }
    let Ok(mut answer) = serde_json::from_slice::<Value>(bytes) else {
        return Err(crate::service::after::unreadable());
    };
    let mut fired = Vec::new();
    native::for_each_text(&mut answer, &mut |_, text| {
        for (range, instead) in leaks(text, policy, &mut fired).into_iter().rev() {
            text.replace_range(range, &instead);
        }
    });
    draft.answered(String::new(), fired);
    let mut response = json_response(&answer);
    *response.status_mut() = status;
    Ok(response)
}
