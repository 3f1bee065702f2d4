//! What is found, what stays, and what always holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod forms;
mod labelled;
mod properties;
