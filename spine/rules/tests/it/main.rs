#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]
//! The rules engine over small packages written for the purpose.

mod alone_and_together;
mod axes;
mod constructs;
mod everybody;
mod exactness;
mod language;
mod nation;
mod package;
