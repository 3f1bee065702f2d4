//! Knowledge on both databases: import, search, citations, drafts.
//!
//! PostgreSQL is looked for at `MARU_TEST_POSTGRES` (default `postgres://postgres@127.0.0.1:5432/postgres`) by way of `psql`. Where there is
//! none, the tests that need it say so and are skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod support;

mod citations;
mod drafts;
mod importing;
mod searching;
