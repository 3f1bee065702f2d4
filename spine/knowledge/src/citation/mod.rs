//! References to law in any text.
//!
//! [`scan`](scan) reads a text once, keeps in mind which act was named last, and finds acts in quotation marks («「민법」 제3조»), without them,
//! abbreviated, renamed, and by reference («같은 법 시행령», «같은 조»). [`titles`](titles) knows how acts are called and called before.

mod resolver;
mod scan;
mod titles;
mod types;

pub(crate) use resolver::Resolver;
pub use types::{Citation, CitationStatus};
