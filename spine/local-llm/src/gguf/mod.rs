//! Models from GGUF files.

mod header;
mod layout;
mod letters;
mod model;
mod stops;
mod tokens;
mod weights;

pub use model::{GgufModel, OpenError};

/// What candle says went wrong, in a line: below that it puts its own calls, where the environment asks for them (`RUST_BACKTRACE`), and they are
/// nothing that whoever asks a model is to read.
fn reason(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
