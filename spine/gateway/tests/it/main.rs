//! The gateway against mocks of OpenAI-compatible servers (no real model can be had here).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod budgets;
mod calls;
mod images;
mod inside;
mod local;
mod purposes;
mod routing;
mod sockets;
mod stored;
mod support;
mod tenant;
mod tool_streams;
mod tools;
