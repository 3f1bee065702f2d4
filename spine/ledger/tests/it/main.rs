//! The ledger's conformance suite: everything runs on SQLite and on PostgreSQL.
//!
//! PostgreSQL is looked for at `MARU_TEST_POSTGRES` (default `postgres://postgres@127.0.0.1:5432/postgres`). Where there is
//! none, its half is skipped and says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod support;

mod appending;
mod backups;
mod crash;
mod databases;
mod failures;
mod jobs;
mod projections;
mod proofs;
mod sealing;
mod tampering;
mod written;
