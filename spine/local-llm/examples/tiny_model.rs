//! Writes the tiny model of the tests to a file, to look at a server that runs one: `cargo run -p maru-local-llm --features gguf --example
//! tiny_model -- tiny.gguf`. Its weights are random, and so is what it says.

#![allow(missing_docs, reason = "a program")]

#[path = "../tests/making/mod.rs"]
mod making;

use std::{env, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(path) = env::args_os().nth(1) else {
        eprintln!("name the file that is to be written");
        return ExitCode::FAILURE;
    };
    making::write(Path::new(&path), "llama", &making::metadata("llama", "llama-bpe"));
    ExitCode::SUCCESS
}
