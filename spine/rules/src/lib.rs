//! Law as code: compile, calculate, explain.
//!
//! The source of rules is an ordinary OpenFisca country package: Python formulas, YAML parameters, YAML tests, reforms. The
//! Python is evaluated while compiling; what depends on the population becomes a graph of operations on columns, calculated
//! exactly over a situation or a nation. No Python runs, nothing is written, nothing but the package's folder is read.
//!
//! Begin at [`system::Package::load`], then [`command`] for what the commands do.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "columns are cast as NumPy casts them, after bounds were proven; places in memory fit"
)]
#![allow(clippy::too_many_lines, reason = "dispatch over the names of Python, NumPy and OpenFisca: one arm each")]
#![allow(clippy::many_single_char_names, clippy::similar_names, reason = "a and b are the sides of an operation")]
#![allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "methods of the evaluator and kernels of the back end have one form, whether or not this one needs all of it"
)]
#![allow(
    clippy::match_same_arms,
    reason = "dispatch tables list each name of the field on its own line, whether or not two mean the same"
)]
#![allow(clippy::float_cmp, reason = "parity mode compares as NumPy compares")]

pub mod command;
pub mod diagnostic;
pub mod entity;
mod evaluate;
pub mod explain;
mod form;
pub mod graph;
pub mod incremental;
mod merge;
pub mod number;
pub mod parameter;
mod parse;
pub mod period;
pub mod reform;
pub mod run;
pub mod session;
pub mod simulation;
pub mod situation;
pub mod sql;
mod syntax;
pub mod system;
pub mod unknown;
mod value;
pub mod variable;
pub mod web;
pub mod yaml;
pub mod yaml_tests;
