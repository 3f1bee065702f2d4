//! References to law in any text.

mod types;

pub use types::{Citation, CitationStatus};
