//! Stores an answer on its way back, as the caller sees it. Whoever reads that it was stored finds it: the end of an answer waits for that.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::Body,
    http::{Response, StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use http_body::Frame;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::{assemble::Assembled, conversation::named_items};
use crate::{
    gateway::Inner,
    objects::{self, Content, ObjectKind, Owner, Storable},
    policy::DataClass,
    stream::{Payload, end_of_event, payload_of},
};

/// What may be stored of one call, in bytes: sealed and written as text it grows by a third, and an event may have 4 MiB.
pub(super) const LARGEST: usize = 2 << 20;

/// What is to be stored once the answer is there.
pub(in crate::service) struct Storing {
    pub(in crate::service) kind: ObjectKind,
    pub(in crate::service) owner: Owner,
    pub(in crate::service) model: String,
    pub(in crate::service) class: DataClass,
    pub(in crate::service) previous: String,
    /// Messages, or items, as the caller sent them.
    pub(in crate::service) input: Vec<Value>,
    pub(in crate::service) metadata: Value,
    /// The call's name on the record.
    pub(in crate::service) call: String,
}

impl Storing {
    pub(in crate::service) fn id(&self) -> String {
        self.kind.id_of_call(&self.call)
    }

    /// Stores an object; says whether it is there now.
    async fn store(self, inner: Arc<Inner>, mut object: Value) -> bool {
        if !self.metadata.is_null() {
            object["metadata"].clone_from(&self.metadata);
        }
        let id = self.id();
        let input = match self.kind {
            ObjectKind::Completion => self.input,
            ObjectKind::Response => named_items(self.input, &self.call),
        };
        let content = Content { input, object };
        if serde_json::to_string(&content).map_or(0, |text| text.len()) > LARGEST {
            tracing::warn!(call = self.call, "an answer is too large to be stored");
            return false;
        }
        let Self { kind, owner, model, class, previous, .. } = self;
        let storable = Storable { id, kind, owner, model, class, previous, content };
        match objects::store(&inner.ledger, storable, inner.clock.now()).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "an answer could not be stored");
                false
            }
        }
    }
}

/// Stores what an answer brings, and says in it whether that went well.
pub(in crate::service) async fn keep(inner: &Arc<Inner>, storing: Storing, response: Response<Body>) -> Response<Body> {
    if response.status() != StatusCode::OK {
        return response;
    }
    let is_stream = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind != "application/json");
    let (mut parts, body) = response.into_parts();
    if is_stream {
        return Response::from_parts(parts, Body::new(KeepingBody::new(Arc::clone(inner), storing, body)));
    }
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let Ok(mut object) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    object["id"] = storing.id().into();
    say_stored(&mut object, true);
    let is_stored = storing.store(Arc::clone(inner), object.clone()).await;
    say_stored(&mut object, is_stored);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(object.to_string()))
}

fn say_stored(object: &mut Value, is_stored: bool) {
    if object["object"] == "response" {
        object["store"] = is_stored.into();
    }
    object["maru"]["stored"] = is_stored.into();
}

/// A streamed answer that is stored when it has come to its end.
struct KeepingBody {
    inner: Arc<Inner>,
    body: Body,
    storing: Option<Storing>,
    id: String,
    kind: ObjectKind,
    pending: BytesMut,
    out: BytesMut,
    assembled: Assembled,
    /// The last event, which waits until the object is stored.
    last: Option<Last>,
    closing: Option<Pin<Box<dyn Future<Output = bool> + Send>>>,
}

/// How a stream ends.
enum Last {
    /// The mark of the end of a chat completion.
    Done,
    /// The last event of a response.
    Event(Value),
}

impl KeepingBody {
    fn new(inner: Arc<Inner>, storing: Storing, body: Body) -> Self {
        Self {
            inner,
            body,
            id: storing.id(),
            kind: storing.kind,
            storing: Some(storing),
            pending: BytesMut::new(),
            out: BytesMut::new(),
            assembled: Assembled::default(),
            last: None,
            closing: None,
        }
    }

    fn take(&mut self, data: &[u8]) {
        self.pending.extend_from_slice(data);
        while let Some((length, skip)) = end_of_event(&self.pending) {
            let event = self.pending.split_to(length + skip).freeze();
            self.event(&event, length);
        }
    }

    fn event(&mut self, raw: &[u8], length: usize) {
        let payload = match payload_of(&raw[..length]) {
            Payload::Line(line) => line.to_vec(),
            Payload::Lines(lines) => lines,
            Payload::None => {
                self.out.extend_from_slice(raw);
                return;
            }
        };
        if payload == b"[DONE]" {
            self.ends(Last::Done);
            return;
        }
        match serde_json::from_slice::<Value>(&payload) {
            Ok(chunk) if self.kind == ObjectKind::Completion && chunk.get("error").is_none() => self.chunk(chunk),
            Ok(event) if matches!(event["type"].as_str(), Some("response.completed" | "response.incomplete")) => {
                self.ends(Last::Event(event));
            }
            _ => self.out.extend_from_slice(raw),
        }
    }

    /// A chunk of a chat completion, which has the name under which it will be found.
    fn chunk(&mut self, mut chunk: Value) {
        chunk["id"] = self.id.as_str().into();
        self.assembled.take(&chunk);
        self.say(&chunk);
    }

    fn say(&mut self, chunk: &Value) {
        self.out.extend_from_slice(b"data: ");
        self.out.extend_from_slice(chunk.to_string().as_bytes());
        self.out.extend_from_slice(b"\n\n");
    }

    fn ends(&mut self, last: Last) {
        let Some(storing) = self.storing.take() else { return };
        let object = match &last {
            Last::Done => std::mem::take(&mut self.assembled).completion(),
            Last::Event(event) => Some(event["response"].clone()),
        };
        self.last = Some(last);
        let inner = Arc::clone(&self.inner);
        self.closing = Some(Box::pin(async move {
            let Some(mut object) = object else { return false };
            say_stored(&mut object, true);
            storing.store(inner, object).await
        }));
    }

    /// The end goes out, and says whether the object is stored.
    fn closed(&mut self, is_stored: bool) {
        match self.last.take() {
            Some(Last::Done) => {
                if !is_stored {
                    let chunk = json!({ "id": self.id, "object": "chat.completion.chunk", "choices": [], "maru": { "stored": false } });
                    self.say(&chunk);
                }
                self.out.extend_from_slice(b"data: [DONE]\n\n");
            }
            Some(Last::Event(mut event)) => {
                say_stored(&mut event["response"], is_stored);
                let kind = event["type"].as_str().unwrap_or_default().to_owned();
                self.out.extend_from_slice(format!("event: {kind}\n").as_bytes());
                self.say(&event);
            }
            None => {}
        }
    }
}

impl http_body::Body for KeepingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let body = self.get_mut();
        loop {
            if !body.out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(body.out.split().freeze()))));
            }
            if let Some(closing) = &mut body.closing {
                let is_stored = ready!(closing.as_mut().poll(context));
                body.closing = None;
                body.closed(is_stored);
                continue;
            }
            match ready!(Pin::new(&mut body.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        body.take(&data);
                    }
                }
                // What stands behind it never fails: a break is an event of its own.
                Some(Err(_)) | None if body.pending.is_empty() => return Poll::Ready(None),
                Some(Err(_)) | None => body.out = body.pending.split(),
            }
        }
    }
}
