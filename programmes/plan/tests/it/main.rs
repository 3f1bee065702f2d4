//! Everything that is promised of the plan, on both databases where one is involved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

mod briefing;
mod consulting;
mod deliberating;
mod extraction;
mod file_pages;
mod files;
mod for_all;
mod meetings;
mod moderating;
mod outlook;
mod pages;
mod particulars;
mod progress;
mod support;
mod surveying;
mod versions;
mod visits;
mod words;
