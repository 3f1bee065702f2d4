//! The rules over a nation: Parquet in, Parquet out, in chunks of whole households, so that memory stays the same whatever the
//! population.
//!
//! The folder given holds `person.parquet` and one file for each kind of group (`household.parquet`, …), by the entity's key:
//!
//! | file | columns |
//! |---|---|
//! | `person.parquet` | `person_id`; for each group `household_id` …; `role` in the first group, `couple_role` … in the others; facts |
//! | `household.parquet` | `household_id`; facts |
//!
//! Facts are named as the package's variables; `name@2026-01` says the period, else it is the one asked for in the variable's own
//! length. Members of a household stand together, and groups come in the order of their members. A group's file may be missing
//! where it has no facts, a role where the first one is meant. A null stands for the variable's default value, where the
//! variable has no formula.
//!
//! The answer is one file for each kind of entity with an output: the keys as given, then one column for each variable asked
//! for. Amounts are `DOUBLE`, the number nearest to the exact one (whole won up to nine quadrillion are exact).
//!
//! Where the row groups of the files go together (the same whole households, as `benches/population` writes them), every core
//! takes row groups of its own.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "places within a chunk fit"
)]

pub mod arrow;
mod chunk;
mod error;
mod facts;
mod in_order;
mod phases;
mod plan;
mod run;
mod segment;
mod study;
mod table;
mod write;
mod write_table;

pub use error::ColumnsError;
pub use in_order::{in_order, shared};
pub use phases::Phases;
pub use run::{Question, Report, Written, persons_in, run_parquet};
pub use study::{Reforming, parts};
pub use write_table::{table_bytes, write_table};
