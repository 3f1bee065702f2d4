//! Everything that is promised of the plan, on both databases where one is involved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod consulting;
mod extraction;
mod meetings;
mod outlook;
mod pages;
mod progress;
mod support;
mod visits;
