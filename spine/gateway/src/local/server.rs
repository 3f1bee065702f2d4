//! A model in this program asked as a server would be: bytes in OpenAI's form come in, bytes go out, streamed or not.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::http::StatusCode;
use bytes::Bytes;
use maru_ledger::{Clock, Entropy, hexadecimal};
use maru_local_llm::{Finish, LocalError, LocalModel, Written};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::request::{Asked, Shape, read};
use crate::error::Refusal;

/// Pieces of an answer that wait for whoever reads; then the model waits.
const MOST_WAITING: usize = 64;

/// A model with what stands around it.
#[derive(Clone)]
pub(crate) struct LocalServer {
    pub(crate) model: Arc<dyn LocalModel>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// An answer that has begun.
pub(crate) struct Begun {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) pieces: Pieces,
}

/// Its bytes. Dropped before their end, the model stops at its next token.
pub(crate) enum Pieces {
    /// There already.
    Whole(Option<Bytes>),
    /// Events as the model writes.
    Events(Box<Events>),
}

/// What the thread that computes says.
enum Said {
    Piece(String),
    End(Result<Written, LocalError>),
}

impl LocalServer {
    /// Asks the model. `patience`: how long it may take until the first piece, and between two of them.
    ///
    /// # Errors
    /// Why nobody answers, in words.
    pub(crate) async fn post(&self, path: &str, body: &[u8], patience: Duration) -> Result<Begun, String> {
        let mut chance = [0_u8; 20];
        self.entropy.fill(&mut chance);
        let (seed, name) = chance.split_at(8);
        let seed = seed.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        let asked = match read(path, body, seed) {
            Ok(asked) => asked,
            Err(refusal) => return Ok(Begun::refused(&refusal)),
        };
        let frame = Frame {
            id: format!("chatcmpl-{}", hexadecimal(name)),
            created: self.clock.now().as_second(),
            model: asked.model.clone(),
            fingerprint: self.model.fingerprint().to_owned(),
            shape: asked.shape,
        };
        let stream = asked.stream;
        let mut said = self.begin(asked);
        let first = tokio::time::timeout(patience, said.recv()).await.map_err(|_| "no first token in time")?;
        match first {
            Some(Said::End(Err(error))) => refused(error).map(|refusal| Begun::refused(&refusal)),
            None => Err("the model broke off".to_owned()),
            Some(first) if stream => Ok(Begun {
                status: StatusCode::OK,
                content_type: "text/event-stream",
                pieces: Pieces::Events(Box::new(Events { frame, said, first: Some(first), opened: false })),
            }),
            Some(first) => {
                let (text, written) = whole(first, said, patience).await?;
                Ok(Begun::of(StatusCode::OK, &frame.whole(&text, written)))
            }
        }
    }

    /// Sets a thread to write.
    fn begin(&self, asked: Asked) -> mpsc::Receiver<Said> {
        let (hand_out, said) = mpsc::channel(MOST_WAITING);
        let model = Arc::clone(&self.model);
        // Dropped, the receiver tells the thread to stop.
        drop(tokio::task::spawn_blocking(move || {
            let mut say = |piece: &str| {
                if piece.is_empty() {
                    return !hand_out.is_closed();
                }
                hand_out.blocking_send(Said::Piece(piece.to_owned())).is_ok()
            };
            let written = model.write(&asked.request, &mut say);
            drop(hand_out.blocking_send(Said::End(written)));
        }));
        said
    }
}

/// A request that the model refuses; what is no fault of the request is an error.
fn refused(error: LocalError) -> Result<Refusal, String> {
    match error {
        LocalError::TooLong { tokens, context } => Ok(Refusal::bad(
            "context_length_exceeded",
            format!("대화가 {tokens}토큰으로, 이 모델이 받는 {context}토큰보다 깁니다. 내용을 줄여 다시 보내세요."),
            format!("The conversation has {tokens} tokens, this model takes {context}. Shorten it."),
        )),
        LocalError::Unable(what) => Ok(Refusal::bad(
            "unsupported_by_model",
            format!("이 모델로는 할 수 없습니다: {what}. 다른 모델을 고르세요."),
            format!("This model cannot do it: {what}. Choose another model."),
        )),
        LocalError::Failed(reason) => Err(reason),
    }
}

async fn whole(first: Said, mut said: mpsc::Receiver<Said>, patience: Duration) -> Result<(String, Written), String> {
    let mut text = String::new();
    let mut next = Some(first);
    loop {
        match next {
            Some(Said::Piece(piece)) => text.push_str(&piece),
            Some(Said::End(Ok(written))) => return Ok((text, written)),
            Some(Said::End(Err(error))) => return Err(error.to_string()),
            None => return Err("the model broke off".to_owned()),
        }
        next = tokio::time::timeout(patience, said.recv()).await.map_err(|_| "no next token in time")?;
    }
}

impl Begun {
    fn of(status: StatusCode, answer: &Value) -> Self {
        let bytes = Bytes::from(answer.to_string());
        Self { status, content_type: "application/json", pieces: Pieces::Whole(Some(bytes)) }
    }

    fn refused(refusal: &Refusal) -> Self {
        Self::of(refusal.status, &refusal.json())
    }
}

impl Pieces {
    /// The next bytes; `None` at the end. A model that fails on the way just ends, without the mark of an end.
    pub(crate) fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match self {
            Self::Whole(bytes) => Poll::Ready(bytes.take()),
            Self::Events(events) => events.poll_bytes(context),
        }
    }
}

/// An answer as a stream of OpenAI's events.
pub(crate) struct Events {
    frame: Frame,
    said: mpsc::Receiver<Said>,
    /// What was waited for before anybody could be told that there is an answer.
    first: Option<Said>,
    opened: bool,
}

impl Events {
    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if !self.opened {
            self.opened = true;
            if let Some(event) = self.frame.opening() {
                return Poll::Ready(Some(event));
            }
        }
        let said = match self.first.take() {
            Some(first) => Some(first),
            None => std::task::ready!(self.said.poll_recv(context)),
        };
        Poll::Ready(match said {
            Some(Said::Piece(piece)) => Some(self.frame.piece(&piece)),
            Some(Said::End(Ok(written))) => Some(self.frame.closing(written)),
            Some(Said::End(Err(error))) => {
                tracing::warn!(%error, "a model in this program broke off");
                None
            }
            None => None,
        })
    }
}

/// What stands around the text of an answer.
struct Frame {
    id: String,
    created: i64,
    model: String,
    fingerprint: String,
    shape: Shape,
}

impl Frame {
    fn object(&self, object: &str, choices: &Value, usage: &Value) -> Value {
        json!({ "id": self.id, "object": object, "created": self.created, "model": self.model,
            "system_fingerprint": self.fingerprint, "choices": choices, "usage": usage })
    }

    fn whole(&self, text: &str, written: Written) -> Value {
        let finish = word(written.finish);
        let (object, choice) = match self.shape {
            Shape::Chat => (
                "chat.completion",
                json!({ "index": 0, "finish_reason": finish, "logprobs": null,
                    "message": { "role": "assistant", "content": text, "refusal": null } }),
            ),
            Shape::Completion => {
                ("text_completion", json!({ "index": 0, "finish_reason": finish, "logprobs": null, "text": text }))
            }
        };
        self.object(object, &json!([choice]), &usage(written))
    }

    fn event(&self, delta: &Value, text: &str, finish: Option<Finish>) -> Bytes {
        let finish = finish.map(word);
        let (object, choice) = match self.shape {
            Shape::Chat => ("chat.completion.chunk", json!({ "index": 0, "delta": delta, "finish_reason": finish })),
            Shape::Completion => ("text_completion", json!({ "index": 0, "text": text, "finish_reason": finish })),
        };
        Bytes::from(format!("data: {}\n\n", self.object(object, &json!([choice]), &Value::Null)))
    }

    /// Who speaks; completions have no roles.
    fn opening(&self) -> Option<Bytes> {
        (self.shape == Shape::Chat).then(|| self.event(&json!({ "role": "assistant", "content": "" }), "", None))
    }

    fn piece(&self, text: &str) -> Bytes {
        self.event(&json!({ "content": text }), text, None)
    }

    /// The end, what it took, and the mark of the end.
    fn closing(&self, written: Written) -> Bytes {
        let last = self.event(&json!({}), "", Some(written.finish));
        let object = if self.shape == Shape::Chat { "chat.completion.chunk" } else { "text_completion" };
        let counted = self.object(object, &json!([]), &usage(written));
        let end = format!("data: {counted}\n\ndata: [DONE]\n\n");
        Bytes::from([&last[..], end.as_bytes()].concat())
    }
}

/// Why an answer ended, in the word of OpenAI's API.
fn word(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
    }
}

fn usage(written: Written) -> Value {
    let Written { tokens_in, tokens_out, .. } = written;
    json!({ "prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out })
}
