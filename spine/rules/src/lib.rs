//! Law as code: compile, calculate, explain.
