//! Finding passages.

mod query;

pub use query::{Excerpt, Hit, Query};
