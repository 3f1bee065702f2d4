//! What a server of tools says by itself: a stream that a caller listens to (GET, streamable HTTP). Notices go through when they hold no
//! instructions; what a server asks of its caller (to sample a model, to ask a person) is answered here: that is not offered.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use http_body::Frame;
use serde_json::{Value, json};

use super::{
    Draft, header_text,
    tools::{self, LAST_EVENT, NO_SUCH_METHOD, SESSION, ServedTools, VERSION},
};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    policy::{Action, PolicySettings},
    stream::{Payload, end_of_event, payload_of},
    upstream::Answer,
};

/// A caller listens so long at most, then begins anew: a key that was withdrawn hears no more.
const LONGEST: Duration = Duration::from_mins(10);
/// An event may have so many bytes.
const LARGEST_EVENT: usize = 1 << 20;

/// Listens to a server of tools.
pub(super) async fn run(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let mut draft = Draft::new(inner, key, "mcp", began);
    let policy = Arc::clone(snapshot.policy_of(&key.scope.agency));
    match begun(snapshot, key, name, headers, &mut draft).await {
        Ok((served, answer, session)) => Ok(response(Listening::new(served, answer, session, policy, draft))),
        Err(refusal) => {
            draft.refused(&refusal);
            Err(refusal)
        }
    }
}

async fn begun(
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    draft: &mut Draft,
) -> Result<(Arc<ServedTools>, Answer, String), Refusal> {
    // What runs in this program says nothing by itself.
    let served = tools::server_of(snapshot, key, name).ok_or_else(Refusal::no_such_method)?;
    draft.record.model = format!("mcp:{name}");
    draft.record.backend.clone_from(&served.upstream.id);
    draft.record.attempts = 1;
    draft.record.stream = true;
    let mut sent = "accept: text/event-stream\r\n".to_owned();
    for header in [SESSION, VERSION, LAST_EVENT] {
        let value = header_text(headers, header);
        if !value.is_empty() {
            sent.extend([header, ": ", value, "\r\n"]);
        }
    }
    let answer = served.upstream.listen(&sent).await.map_err(|error| tools::unavailable(&error.to_string()))?;
    match answer.status {
        StatusCode::METHOD_NOT_ALLOWED => Err(Refusal::no_such_method()),
        status if status.is_success() && answer.content_type.starts_with("text/event-stream") => {
            Ok((Arc::clone(served), answer, header_text(headers, SESSION).to_owned()))
        }
        status => Err(tools::unavailable(&format!("status {}", status.as_u16()))),
    }
}

fn response(listening: Listening) -> Response<Body> {
    let mut response = Response::new(Body::new(listening));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A caller who listens. Dropped, it closes the connection to the server too.
struct Listening {
    served: Arc<ServedTools>,
    answer: Answer,
    session: String,
    policy: Arc<PolicySettings>,
    draft: Option<Draft>,
    pending: BytesMut,
    out: BytesMut,
    end: Pin<Box<tokio::time::Sleep>>,
    ended: bool,
}

impl Listening {
    fn new(
        served: Arc<ServedTools>,
        answer: Answer,
        session: String,
        policy: Arc<PolicySettings>,
        mut draft: Draft,
    ) -> Self {
        draft.used(0, 0);
        draft.first_byte();
        let end = Box::pin(tokio::time::sleep(LONGEST));
        let (pending, out) = (BytesMut::new(), BytesMut::new());
        Self { served, answer, session, policy, draft: Some(draft), pending, out, end, ended: false }
    }

    fn finish(&mut self, status: u16, code: &str) {
        self.ended = true;
        if let Some(mut draft) = self.draft.take() {
            draft.ended(status, code);
        }
    }

    fn feed(&mut self, data: &Bytes) {
        self.pending.extend_from_slice(data);
        while let Some((length, skip)) = end_of_event(&self.pending) {
            let event = self.pending.split_to(length + skip).freeze();
            if self.may_pass(&event[..length]) {
                self.out.extend_from_slice(&event);
            }
        }
        if self.pending.len() > LARGEST_EVENT {
            self.finish(502, "upstream_unreadable");
        }
    }

    /// Whether an event goes on to the caller. What carries no message keeps the connection open.
    fn may_pass(&mut self, event: &[u8]) -> bool {
        let payload = match payload_of(event) {
            Payload::None => return true,
            Payload::Line(line) => line.to_vec(),
            Payload::Lines(lines) => lines,
        };
        let Ok(message) = serde_json::from_slice::<Value>(&payload) else { return false };
        let method = message["method"].as_str().unwrap_or_default();
        if method == "notifications/tools/list_changed" {
            self.served.forget();
        }
        let is_notice = method.starts_with("notifications/") && message.get("id").is_none();
        if is_notice || method == "ping" {
            return self.holds_no_instructions(&message);
        }
        if message.get("id").is_some() && !method.is_empty() {
            self.decline(&message);
        }
        self.note("server-asks", Action::Block);
        false
    }

    fn holds_no_instructions(&mut self, message: &Value) -> bool {
        let fired = tools::instructions_in(&self.policy, message.get("params").unwrap_or(&Value::Null));
        let stops = fired.is_err();
        let (Ok(fired) | Err(fired)) = fired;
        if let Some(draft) = &mut self.draft {
            draft.record.rules.extend(fired);
        }
        !stops
    }

    fn note(&mut self, rule: &str, action: Action) {
        if let Some(draft) = &mut self.draft {
            draft.note(rule, action);
        }
    }

    /// Tells the server that what it asks is not offered, so that it waits no longer.
    fn decline(&self, message: &Value) {
        let error = json!({ "code": NO_SUCH_METHOD, "message": "not offered through this gateway" });
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
        let (served, session) = (Arc::clone(&self.served), self.session.clone());
        tokio::spawn(async move {
            if let Err(reason) = served.tell(&answer, &session).await {
                tracing::debug!(%reason, "a server of tools could not be told");
            }
        });
    }
}

impl http_body::Body for Listening {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let listening = self.get_mut();
        loop {
            if !listening.out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(listening.out.split().freeze()))));
            }
            if listening.ended {
                return Poll::Ready(None);
            }
            if listening.end.as_mut().poll(context).is_ready() {
                listening.finish(200, "");
                continue;
            }
            match ready!(listening.answer.poll_bytes(context)) {
                Some(Ok(data)) => listening.feed(&data),
                Some(Err(_)) => listening.finish(502, "upstream_ended_early"),
                None => listening.finish(200, ""),
            }
        }
    }
}
