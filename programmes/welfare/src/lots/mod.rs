//! Proposals by the thousand: how a lot is made from what a screening found, how it is kept, and how anybody can check it.
//!
//! | module | holds |
//! |---|---|
//! | [`entry`] | a proposal in a lot, and what its leaf in the tree commits to |
//! | [`content`] | a lot as bytes: head, blocks, and what the log commits to |
//! | [`check`] | whether a lot is as it was sealed |
//! | [`merge`] | what a screening changes in a lot |
//! | [`findings`] | what a screening found, divided into shards |
//! | [`proof`] | that one proposal stands in a lot on the log |
//!
//! The decision behind it: `docs/decisions/welfare-proposals-in-lots.md`.

pub mod check;
pub mod content;
pub mod entry;
pub mod findings;
pub mod merge;
pub mod proof;

pub use content::{Block, Content, Fault, Head};
pub use entry::{Entry, Origin, Source};
