//! What a model in the program must be able to do, and what it is asked.

use std::{collections::BTreeMap, sync::Arc};

use thiserror::Error;

/// A language model in this program.
pub trait LocalModel: Send + Sync {
    /// Writes an answer and hands it out piece by piece; ends early, in order, where `say` gives `false`: nobody listens any more. An empty
    /// piece says nothing and only asks for that. It computes on the thread that calls it, for as long as the answer takes. The same
    /// request, seed included, gives the same answer.
    ///
    /// # Errors
    /// [`LocalError`] says whether the request or the model is at fault.
    fn write(&self, request: &LocalRequest, say: &mut dyn FnMut(&str) -> bool) -> Result<Written, LocalError>;

    /// What exactly answers, for the label of every answer (`system_fingerprint`): the same weights have the same name.
    fn fingerprint(&self) -> &str;

    /// Calls that it takes at once, whatever is told of it elsewhere: each holds a thread, and who comes after them waits outside.
    fn at_once(&self) -> u32 {
        1
    }
}

/// Models in this program by the names that addresses of back ends give them (`local:NAME`).
pub type LocalModels = BTreeMap<String, Arc<dyn LocalModel>>;

/// Who says a turn of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Whoever set the model up: instructions.
    System,
    /// Who asks.
    User,
    /// The model, before.
    Assistant,
}

/// What is to be continued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalPrompt {
    /// A conversation, oldest turn first: the model lays it out as it was taught.
    Turns(Vec<(Speaker, String)>),
    /// A text, as it stands.
    Text(String),
}

/// What a model in this program is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalRequest {
    /// What is to be continued.
    pub prompt: LocalPrompt,
    /// The longest answer in tokens; `None` leaves as much as the context has.
    pub max_tokens: Option<u32>,
    /// 0 takes the likeliest token each time; above, less likely ones come as often as their probabilities to the power of 1/`temperature`.
    pub temperature: f64,
    /// Of all tokens only the likeliest, as many as make up this share of probability.
    pub top_p: f64,
    /// What chance begins with.
    pub seed: u64,
    /// Texts before which the answer ends.
    pub stop: Vec<String>,
}

/// Why an answer came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model had no more to say, or came to a text at which it was to stop.
    Stop,
    /// The longest answer allowed, or the end of the context.
    Length,
}

/// An answer that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Tokens of what was to be continued.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// Why it ended.
    pub finish: Finish,
}

/// Why a model in this program wrote nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LocalError {
    /// The conversation is longer than the model can take.
    #[error("the conversation has {tokens} tokens, the model takes {context}: shorten it")]
    TooLong {
        /// Its tokens.
        tokens: usize,
        /// Those that the model takes, with the answer's.
        context: usize,
    },
    /// The model cannot do what is asked of it.
    #[error("this model cannot do it: {0}")]
    Unable(String),
    /// Computing went wrong; carries nothing of the request.
    #[error("the model failed: {0}")]
    Failed(String),
}
