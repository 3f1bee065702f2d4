#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]
//! The programme of laws over a real ledger and the Korean package.

mod pages;
mod support;
mod web_api;
