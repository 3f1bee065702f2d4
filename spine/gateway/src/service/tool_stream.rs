//! What a server of tools says, event by event: as the answer to a message (POST), or by itself to who listens (GET). Notices go through
//! when they hold no instructions; what a server asks of its caller (to sample a model, to ask a person) is answered here: that is not offered.
//! Each event is written anew, so that what goes on is what was looked at.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};
use bytes::{Bytes, BytesMut};
use http_body::Frame;
use serde_json::{Value, json};
use tokio::time::{Instant, Sleep, sleep};

use super::{
    Draft,
    served_tools::{LARGEST_ANSWER, ServedTools, Session},
    tools::{NO_SUCH_METHOD, instructions_in, look_at_answer, method_of, name_session},
};
use crate::{
    policy::{Action, PolicySettings},
    stream::{Payload, end_of_event, payload_of},
    upstream::{Answer, UpstreamError},
};

/// A caller listens so long at most, then begins anew: a key that was withdrawn hears no more.
const LONGEST: Duration = Duration::from_mins(10);
/// A notice to who listens may have so many bytes.
const LARGEST_NOTICE: usize = 1 << 20;
/// So many messages of a stream may be for nobody.
const MOST_LEFT_OUT: u32 = 1_000;
/// The error of JSON-RPC where the server's stream ends without an answer.
const INTERNAL: i64 = -32_603;
/// An event without a message: it keeps the connection open.
const ALIVE: &[u8] = b":\n\n";

/// A server of tools that is heard. Dropped, it closes the connection to the server too.
pub(super) struct ToolStream {
    served: Arc<ServedTools>,
    answer: Answer,
    /// The session that the caller named or the server began.
    session: Session,
    policy: Arc<PolicySettings>,
    /// The message whose answer ends the stream; nothing where a caller listens.
    message: Option<Value>,
    /// Handed in when the stream is over.
    draft: Option<Draft>,
    /// What came of an event that is not whole yet.
    pending: BytesMut,
    out: BytesMut,
    /// Bytes that came so far.
    received: usize,
    /// Messages that did not go on to the caller.
    left_out: u32,
    timer: Pin<Box<Sleep>>,
    ended: bool,
}

impl ToolStream {
    /// The stream that answers a message.
    pub(super) fn of_answer(
        served: Arc<ServedTools>,
        answer: Answer,
        session: Session,
        policy: Arc<PolicySettings>,
        message: Value,
    ) -> Self {
        let patience = answer.idle();
        Self::new(served, answer, session, policy, Some(message), patience)
    }

    /// The stream that a caller listens to.
    pub(super) fn of_notices(
        served: Arc<ServedTools>,
        answer: Answer,
        session: Session,
        policy: Arc<PolicySettings>,
    ) -> Self {
        Self::new(served, answer, session, policy, None, LONGEST)
    }

    fn new(
        served: Arc<ServedTools>,
        answer: Answer,
        mut session: Session,
        policy: Arc<PolicySettings>,
        message: Option<Value>,
        patience: Duration,
    ) -> Self {
        if !answer.session.is_empty() {
            session.id.clone_from(&answer.session);
        }
        Self {
            served,
            answer,
            session,
            policy,
            message,
            draft: None,
            pending: BytesMut::new(),
            out: BytesMut::new(),
            received: 0,
            left_out: 0,
            timer: Box::pin(sleep(patience)),
            ended: false,
        }
    }

    /// The response whose body this is; the call is booked when it ends.
    pub(super) fn response(mut self, mut draft: Draft) -> Response<Body> {
        draft.used(0, 0);
        draft.first_byte();
        draft.record.stream = true;
        self.draft = Some(draft);
        let session = std::mem::take(&mut self.answer.session);
        let mut response = Response::new(Body::new(self));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        name_session(&mut response, &session);
        response
    }

    fn finish(&mut self, status: u16, code: &str) {
        self.ended = true;
        if let Some(mut draft) = self.draft.take() {
            draft.ended(status, code);
        }
    }

    /// Ends without an answer: who waits for one is told with an error of the protocol.
    fn break_off(&mut self, code: &'static str, korean: &str, english: &str) {
        if let Some(message) = &self.message {
            let said = format!(
                "The server of tools gave no answer: {english}. What it did is not known. / 도구 서버가 답하지 않았습니다({korean}). 실행되었는지는 알 수 없습니다."
            );
            let error = json!({ "code": INTERNAL, "message": said, "data": { "code": code } });
            let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
            self.put(&answer, None);
            self.withdraw(english);
        }
        self.finish(502, code);
    }

    /// Tells the server that nobody waits for its answer any more: a closed connection alone does not say so.
    fn withdraw(&self, reason: &str) {
        let Some(message) = self.message.as_ref().filter(|message| method_of(message) != "initialize") else { return };
        let about = json!({ "requestId": message["id"], "reason": reason });
        self.reply(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": about }));
    }

    fn feed(&mut self, data: &Bytes) {
        self.received += data.len();
        self.pending.extend_from_slice(data);
        if self.message.is_some() {
            self.timer.as_mut().reset(Instant::now() + self.answer.idle());
        }
        while !self.ended
            && let Some((length, skip)) = end_of_event(&self.pending)
        {
            let event = self.pending.split_to(length + skip);
            self.hear(&event[..length]);
        }
        let is_large =
            if self.message.is_some() { self.received > LARGEST_ANSWER } else { self.pending.len() > LARGEST_NOTICE };
        if is_large && !self.ended {
            self.break_off("upstream_unreadable", "너무 많은 내용을 보냈습니다", "it sent too much");
        }
    }

    /// Looks at an event, and puts out what may go on.
    fn hear(&mut self, event: &[u8]) {
        let joined;
        let payload = match payload_of(event) {
            Payload::None => &[],
            Payload::Line(line) => line,
            Payload::Lines(lines) => {
                joined = lines;
                &joined[..]
            }
        };
        // A stream that answers cannot be taken up again: what it holds is looked at as the answer to its message.
        let id = id_of(event).filter(|_| self.message.is_none());
        if payload.trim_ascii().is_empty() {
            self.name_event(id);
            self.out.extend_from_slice(ALIVE);
        } else if let Ok(message) = serde_json::from_slice::<Value>(payload) {
            self.hear_message(message, id);
        }
    }

    fn hear_message(&mut self, message: Value, id: Option<&str>) {
        let (method, asked) = (method_of(&message), message.get("id"));
        if method == "notifications/tools/list_changed" {
            self.served.forget();
        }
        let is_answer = |wanted: &Value| method.is_empty() && asked.is_some() && asked == wanted.get("id");
        if method.starts_with("notifications/") && asked.is_none() {
            if self.holds_no_instructions(&message) {
                self.put(&message, id);
            } else {
                self.leave_out();
            }
        } else if self.message.as_ref().is_some_and(is_answer) {
            self.answered(message);
        } else if method == "ping" && asked.is_some() {
            self.reply(&json!({ "jsonrpc": "2.0", "id": asked, "result": {} }));
            self.leave_out();
        } else {
            if asked.is_some() && !method.is_empty() {
                let error = json!({ "code": NO_SUCH_METHOD, "message": "not offered through this gateway" });
                self.reply(&json!({ "jsonrpc": "2.0", "id": asked, "error": error }));
            }
            self.note("server-asks", Action::Block);
            self.leave_out();
        }
    }

    /// The answer is there: it goes out as it may, and the call is over.
    fn answered(&mut self, mut answer: Value) {
        if let (Some(message), Some(draft)) = (&self.message, &mut self.draft) {
            look_at_answer(&self.served, &self.policy, &mut answer, message, draft);
        }
        self.put(&answer, None);
        self.finish(200, "");
    }

    fn holds_no_instructions(&mut self, message: &Value) -> bool {
        let fired = instructions_in(&self.policy, message);
        let stops = fired.is_err();
        let (Ok(fired) | Err(fired)) = fired;
        if let Some(draft) = &mut self.draft {
            draft.record.rules.extend(fired);
        }
        !stops
    }

    /// What is left out stands on the record and may be answered: a server that goes on and on with it is heard no more.
    fn leave_out(&mut self) {
        self.left_out += 1;
        if self.left_out > MOST_LEFT_OUT {
            self.break_off(
                "upstream_unreadable",
                "허용되지 않는 것을 계속 보냈습니다",
                "it went on with what is not allowed",
            );
        }
    }

    fn put(&mut self, message: &Value, id: Option<&str>) {
        self.name_event(id);
        self.out.extend_from_slice(format!("data: {message}\n\n").as_bytes());
    }

    /// From its name a caller who listens again says where it was.
    fn name_event(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.out.extend_from_slice(format!("id: {id}\n").as_bytes());
        }
    }

    fn note(&mut self, rule: &str, action: Action) {
        if let Some(draft) = &mut self.draft {
            draft.note(rule, action);
        }
    }

    /// Tells the server something, for which nobody waits.
    fn reply(&self, message: &Value) {
        let (served, session, message) = (Arc::clone(&self.served), self.session.clone(), message.clone());
        // Where the program ends there is nobody left to tell it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if let Err(reason) = served.tell(&message, &session).await {
                tracing::debug!(%reason, "a server of tools could not be told");
            }
        });
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let is_late = self.timer.as_mut().poll(context).is_ready();
        if is_late && self.message.is_some() {
            self.break_off(
                "upstream_stands_still",
                "너무 오래 아무것도 보내지 않았습니다",
                "nothing came for too long",
            );
        } else if is_late {
            self.finish(200, "");
        }
        is_late
    }

    fn take_in(&mut self, next: Option<Result<Bytes, UpstreamError>>) {
        match next {
            Some(Ok(data)) => self.feed(&data),
            Some(Err(_)) => self.break_off("upstream_ended_early", "연결이 끊겼습니다", "the connection broke"),
            None if self.message.is_none() => self.finish(200, ""),
            None => self.came_to_its_end(),
        }
    }

    /// Some servers leave out the empty line after their last event.
    fn came_to_its_end(&mut self) {
        let last = std::mem::take(&mut self.pending);
        self.hear(last.trim_ascii_end());
        if !self.ended {
            self.break_off("upstream_ended_early", "답변 전에 끝났습니다", "its stream ended before the answer");
        }
    }
}

/// The name of an event, where it has one that can be said again.
fn id_of(event: &[u8]) -> Option<&str> {
    let id = event.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"id:"))?;
    let id = std::str::from_utf8(id.trim_ascii()).ok()?;
    (!id.is_empty() && !id.contains(char::is_control)).then_some(id)
}

impl http_body::Body for ToolStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let stream = self.get_mut();
        loop {
            if !stream.out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(stream.out.split().freeze()))));
            }
            if stream.ended {
                return Poll::Ready(None);
            }
            let polled = stream.answer.poll_bytes(context);
            // What has come counts, also where the caller was slow to take it.
            if (polled.is_pending() || stream.message.is_none()) && stream.is_late(context) {
                continue;
            }
            match polled {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(next) => stream.take_in(next),
            }
            if stream.ended {
                // Where the server has ended too, the connection serves the next message.
                drop(stream.answer.poll_bytes(context));
            }
        }
    }
}

impl Drop for ToolStream {
    /// The caller went away.
    fn drop(&mut self) {
        if !self.ended {
            self.withdraw("the caller went away");
        }
    }
}
