//! The web server as browsers and programs see it: over a ledger in a temporary directory, at a time that stands still.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod errors;
mod forgery;
mod pages;
mod provider;
mod requests;
mod server;
mod sign_in;
mod uploads;
