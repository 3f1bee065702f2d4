//! Language models in the program itself: for a machine without a model server, on its processors alone.
//!
//! What such a model must be able to do is [`LocalModel`]; the gateway puts OpenAI's API around it, and behind it such a model is a back end
//! like any other. That is all there is in the default build.
//!
//! With the feature `gguf` there are models from GGUF files: `GgufModel::open`. The arithmetic is candle's, the tokens are those of
//! `tokenizers`, the layout of a conversation is the template that the file carries, rendered by `minijinja`; here they are put together. What is not
//! understood is refused when the file is opened, never guessed: another architecture, another way of cutting text into tokens. What a file
//! says of its sizes is held against its own length before anything is made as large as that.
//!
//! Its tests make a model of their own: `cargo test -p maru-local-llm --features gguf`.

mod contract;
#[cfg(feature = "gguf")]
mod gguf;

pub use contract::{Finish, LocalError, LocalModel, LocalModels, LocalPrompt, LocalRequest, Speaker, Written};
#[cfg(feature = "gguf")]
pub use gguf::{GgufModel, OpenError};
