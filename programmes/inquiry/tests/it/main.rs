//! Everything that is promised of inquiries, on both databases where one is involved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod support;

mod again;
mod city;
mod decisions;
mod desk;
mod interface;
mod properties;
mod services;
mod storing;
mod world;
