//! Law as code: compile, calculate, explain.
#![allow(dead_code)]
pub mod diagnostic;
pub mod entity;
mod evaluate;
pub mod graph;
pub mod number;
pub mod parameter;
mod parse;
pub mod period;
pub mod session;
mod syntax;
pub mod system;
mod value;
pub mod variable;
pub mod yaml;
