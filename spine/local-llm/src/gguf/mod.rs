//! Models from GGUF files.

mod header;
mod layout;
mod letters;
mod model;
mod stops;
mod tokens;
mod weights;

pub use model::{GgufModel, OpenError};
