//! Everything that is promised of welfare, on both databases where one is involved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod ages;
mod applications;
mod crisis;
mod households;
mod laboratory;
mod lives;
mod lots;
mod pages;
mod payments;
mod population;
mod properties;
mod proposals;
mod registers;
mod screening;
mod screenings;
mod support;
