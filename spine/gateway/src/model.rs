//! What Maru itself asks of a model: one trait, whatever stands behind it.

use std::future::Future;
use std::pin::Pin;

/// Who says a message of a conversation, in the words of the chat-completions API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions of the deployment.
    System,
    /// The question, with the passages that may be used.
    User,
    /// An earlier answer of the model.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said; already masked.
    pub content: String,
}

impl Message {
    /// Instructions of the deployment.
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    /// The question, with the passages that may be used.
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }
}

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// The longest answer allowed, in tokens of the model.
    pub max_tokens: u32,
}

/// What a model answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text of the first choice.
    pub text: String,
    /// The name that the server gives its model: it stands on the label of every draft.
    pub model: String,
}

/// A model that could not answer. None of these carries the text of the request.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No answer, or not in time.
    #[error("the model {model} did not answer ({reason}); drafts are written without a model until it is back")]
    Unreachable {
        /// Its name.
        model: String,
        /// Why, as the gateway's error codes say it.
        reason: String,
    },
    /// The gateway or the model's server refused.
    #[error(
        "the model {model} was not asked or refused: {reason} (status {status}); the registry of the gateway says what may be asked of it"
    )]
    Refused {
        /// Its name.
        model: String,
        /// HTTP status of the answer.
        status: u16,
        /// Why, as the gateway's error codes say it.
        reason: String,
    },
    /// An answer that is not a chat completion.
    #[error("the model {model} sent no chat completion with a text")]
    Unreadable {
        /// Its name.
        model: String,
    },
}

/// The future of a completion: boxed, so that [`Model`] can be a trait object.
pub type CompletionFuture<'a> = Pin<Box<dyn Future<Output = Result<Completion, ModelError>> + Send + 'a>>;

/// A language model.
pub trait Model: Send + Sync {
    /// Asks for one completion.
    ///
    /// # Errors
    /// [`ModelError`]: the caller goes on without a model and says so.
    fn complete(&self, request: CompletionRequest) -> CompletionFuture<'_>;

    /// The model's name as configured, for labels and records.
    fn name(&self) -> &str;
}
