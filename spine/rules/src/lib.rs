//! Law as code: compile, calculate, explain.
#![allow(dead_code)]
pub mod command;
pub mod diagnostic;
pub mod entity;
mod evaluate;
pub mod graph;
pub mod number;
pub mod parameter;
mod parse;
pub mod period;
pub mod run;
pub mod session;
pub mod simulation;
pub mod situation;
mod syntax;
pub mod system;
mod value;
pub mod variable;
pub mod yaml;
pub mod yaml_tests;
