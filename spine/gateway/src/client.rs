//! Calls from inside this program: Maru's own programmes, the sandbox of officials, evaluations. They pass the same policy, budget and
//! record as any other; only the key is not sent over a network.

use std::sync::Arc;

use axum::{body::Body, http::Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::{
    Completion, CompletionFuture, CompletionRequest, Model, ModelError,
    gateway::{Inner, Key},
    service,
};

/// The largest answer that is read.
const LARGEST: usize = 64 << 20;

/// Who calls from inside this program.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    key: Arc<Key>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientAnswer {
    /// The status that a caller from outside would see.
    pub status: u16,
    /// The answer, or the error in OpenAI's shape.
    pub body: Value,
    /// The call's name on the record; empty where it was refused before it had one.
    pub call: String,
    /// The class that held: C, S or O.
    pub class: String,
}

impl ClientAnswer {
    /// The text of the first choice.
    pub fn text(&self) -> Option<&str> {
        self.body.pointer("/choices/0/message/content").and_then(Value::as_str)
    }

    /// Why it was refused: code, in Korean, in English.
    pub fn refusal(&self) -> Option<(&str, &str, &str)> {
        let error = self.body.get("error")?;
        let text = |name: &str| error.get(name).and_then(Value::as_str);
        let english = text("message_en").or(text("message")).unwrap_or_default();
        Some((text("code").unwrap_or_default(), text("message_ko").unwrap_or(english), english))
    }
}

impl Client {
    pub(crate) fn new(inner: Arc<Inner>, key: Arc<Key>) -> Self {
        Self { inner, key }
    }

    /// Posts a request of OpenAI's API, such as `/chat/completions`; streams are read to their end.
    pub async fn post(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> ClientAnswer {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let Ok(request) = request.body(Body::from(body.to_string())) else {
            return broken("a header or the path cannot be sent");
        };
        let (parts, body) = service::answer_as(&self.inner, Arc::clone(&self.key), request).await.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (call, class) = (header("x-maru-call").to_owned(), header("x-maru-class").to_owned());
        let Ok(bytes) = http_body_util::Limited::new(body, LARGEST).collect().await else {
            return broken("the answer broke off");
        };
        let body = serde_json::from_slice(&bytes.to_bytes()).unwrap_or(Value::Null);
        ClientAnswer { status: parts.status.as_u16(), body, call, class }
    }

    /// The model of that name, as Maru's own programmes ask one.
    pub fn model(&self, name: impl Into<String>) -> GatewayModel {
        GatewayModel { client: self.clone(), name: name.into() }
    }
}

fn broken(why: &str) -> ClientAnswer {
    let body = json!({ "error": { "message": why, "type": "server_error", "code": "client_broken", "param": null } });
    ClientAnswer { status: 500, body, call: String::new(), class: String::new() }
}

/// A model behind the gateway.
#[derive(Clone)]
pub struct GatewayModel {
    client: Client,
    name: String,
}

impl GatewayModel {
    async fn ask(&self, request: CompletionRequest) -> Result<Completion, ModelError> {
        // A reply of an agency is not a place for chance.
        let body = json!({ "model": self.name, "messages": request.messages, "max_tokens": request.max_tokens, "temperature": 0.0 });
        let answer = self.client.post("/chat/completions", &body, &[]).await;
        let model = self.name.clone();
        if answer.status != 200 {
            let reason = answer.refusal().map_or("no answer", |(code, ..)| code).to_owned();
            return Err(match answer.status {
                500.. => ModelError::Unreachable { model, reason },
                status => ModelError::Refused { model, status, reason },
            });
        }
        let Some(text) = answer.text().map(str::to_owned) else { return Err(ModelError::Unreadable { model }) };
        let model = answer.body["model"].as_str().filter(|name| !name.is_empty()).unwrap_or(&model).to_owned();
        Ok(Completion { text, model })
    }
}

impl Model for GatewayModel {
    fn complete(&self, request: CompletionRequest) -> CompletionFuture<'_> {
        Box::pin(self.ask(request))
    }

    fn name(&self) -> &str {
        &self.name
    }
}
