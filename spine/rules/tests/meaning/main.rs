#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the populations made here are a few hundred persons"
)]
//! What results mean: what is unknown, why a result is what it is, what would change it, what a reform does.

mod explain;
mod incremental;
#[allow(dead_code, reason = "the helper is shared with the other tests of the engine")]
#[path = "../it/package.rs"]
mod package;
mod reform;
mod sql;
mod unknown;
