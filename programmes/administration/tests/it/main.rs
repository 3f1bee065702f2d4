//! Who may do what to accounts, records and jobs, on pages and over the API.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod accounts;
mod jobs;
mod pages;
mod support;
