//! Identity, on SQLite and on PostgreSQL, and against a provider of its own.
//!
//! PostgreSQL is looked for at `MARU_TEST_POSTGRES` (default `postgres://postgres@127.0.0.1:5432/postgres`), and asked for
//! databases by way of `psql`. Where there is none, its half is skipped and says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod support;

mod access;
mod accounts;
mod citations;
mod keys;
mod oidc;
mod policies;
mod provider;
mod rate_limits;
mod sessions;
