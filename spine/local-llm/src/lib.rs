//! Language models from GGUF files, in the program itself: for a machine without a model server, on its processors alone.
//!
//! One call: [`GgufModel::open`]. What comes out is a [`LocalModel`](maru_gateway::LocalModel), and behind the gateway it is a back end like
//! any other. The arithmetic is candle's, the tokens are those of `tokenizers`, the layout of a conversation is the template that the
//! file carries, rendered by `minijinja`; here they are put together. Everything is behind the feature `gguf`, which the default build does
//! not have.
//!
//! Its tests make a model of their own: `cargo test -p maru-local-llm --features gguf`. `./test` does not run them, because everybody would wait for the
//! arithmetic to compile.
//!
//! What is not understood is refused when the file is opened, never guessed: another architecture, another way of cutting text into tokens.

#[cfg(feature = "gguf")]
mod layout;
#[cfg(feature = "gguf")]
mod letters;
#[cfg(feature = "gguf")]
mod model;
#[cfg(feature = "gguf")]
mod stops;
#[cfg(feature = "gguf")]
mod tokens;
#[cfg(feature = "gguf")]
mod weights;

#[cfg(feature = "gguf")]
pub use model::{GgufModel, OpenError};
