//! Pages and API of the AI gateway, on a deployment with the embedded model.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod api;
mod calls;
mod desk;
mod evaluations;
mod pages;
mod parts;
mod purposes;
mod registry;
mod support;
