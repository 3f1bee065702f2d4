//! A client of servers that speak OpenAI's chat-completions API.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Completion, CompletionFuture, CompletionRequest, Message, Model, ModelError};

/// How to reach an OpenAI-compatible server.
#[derive(Clone)]
pub struct OpenAiSettings {
    /// Base address up to and including the version, for instance `http://10.0.0.5:8000/v1`.
    pub base_url: String,
    /// Name of the model as the server lists it.
    pub model: String,
    /// Bearer key, where the server wants one.
    pub api_key: Option<String>,
    /// How long to wait for a whole answer.
    pub timeout: Duration,
}

/// A model behind an OpenAI-compatible server.
pub struct OpenAiCompatible {
    client: reqwest::Client,
    endpoint: String,
    model: String,
    api_key: Option<String>,
}

#[derive(Serialize)]
struct ChatRequest<'a> {
    model: &'a str,
    messages: &'a [Message],
    max_tokens: u32,
    temperature: f32,
    stream: bool,
}

#[derive(Deserialize)]
struct ChatResponse {
    #[serde(default)]
    model: String,
    choices: Vec<ChatChoice>,
}

#[derive(Deserialize)]
struct ChatChoice {
    message: ChatMessage,
}

#[derive(Deserialize)]
struct ChatMessage {
    content: Option<String>,
}

impl OpenAiCompatible {
    /// Prepares a client; no connection is made yet.
    ///
    /// # Errors
    /// [`ModelError::Settings`] where the address is not an http(s) URL or the platform's certificates cannot be read.
    pub fn new(settings: OpenAiSettings) -> Result<Self, ModelError> {
        let endpoint = format!("{}/chat/completions", settings.base_url.trim_end_matches('/'));
        let url = reqwest::Url::parse(&endpoint).map_err(|error| ModelError::Settings(format!("base_url: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ModelError::Settings("base_url must begin with http:// or https://".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ModelError::Settings("base_url must not carry credentials; use api_key".into()));
        }
        install_crypto_provider();
        let client = reqwest::Client::builder()
            .timeout(settings.timeout)
            .build()
            .map_err(|error| ModelError::Settings(error.to_string()))?;
        Ok(Self { client, endpoint, model: settings.model, api_key: settings.api_key })
    }

    async fn ask(&self, request: CompletionRequest) -> Result<Completion, ModelError> {
        let body = ChatRequest {
            model: &self.model,
            messages: &request.messages,
            max_tokens: request.max_tokens,
            // A reply of an agency is not a place for chance.
            temperature: 0.0,
            stream: false,
        };
        let mut call = self.client.post(&self.endpoint).json(&body);
        if let Some(key) = &self.api_key {
            call = call.bearer_auth(key);
        }
        let response = call.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(ModelError::Refused { endpoint: self.endpoint.clone(), status: status.as_u16() });
        }
        let bytes = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        let answer: ChatResponse =
            serde_json::from_slice(&bytes).map_err(|error| self.unreadable(error.to_string()))?;
        let text = answer.choices.into_iter().next().and_then(|choice| choice.message.content);
        let text = text.ok_or_else(|| self.unreadable("no choice with text".into()))?;
        let model = if answer.model.is_empty() { self.model.clone() } else { answer.model };
        Ok(Completion { text, model })
    }

    fn unreachable(&self, error: &reqwest::Error) -> ModelError {
        let reason = if error.is_timeout() {
            "time limit reached".into()
        } else if error.is_connect() {
            "no connection".into()
        } else {
            // `without_url` is not needed for secrecy (the address carries no credentials) but keeps the sentence short.
            format!("{:?}", error.status())
        };
        ModelError::Unreachable { endpoint: self.endpoint.clone(), reason }
    }

    fn unreadable(&self, reason: String) -> ModelError {
        ModelError::Unreadable { endpoint: self.endpoint.clone(), reason }
    }
}

impl Model for OpenAiCompatible {
    fn complete(&self, request: CompletionRequest) -> CompletionFuture<'_> {
        Box::pin(self.ask(request))
    }

    fn name(&self) -> &str {
        &self.model
    }
}

/// rustls wants its cryptography chosen once a process; a second choice is harmless.
fn install_crypto_provider() {
    let provider = rustls::crypto::ring::default_provider();
    let _: Result<(), Arc<rustls::crypto::CryptoProvider>> = provider.install_default();
}
