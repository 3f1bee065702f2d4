//! Maru: the floor on which a government's services stand.

mod background;
mod bulk;
mod cli;
mod commands;
mod composition;
mod configuration;
mod crowd;
mod deployment;
mod fetch;
mod figures;
mod files;
mod jobs;
mod law;
mod log_page;
mod logging;
mod long_work;
mod own_tools;
mod recognition;
mod server;
mod use_policy;
mod world;

use std::{io::Write, process::ExitCode};

use clap::Parser;

/// A request makes some hundreds of small texts and JSON values on one thread and drops them on another; this allocator is
/// made for that. What it brings is measured in `docs/benchmarks/intake.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run(cli::Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "maru: {error:#}");
            ExitCode::FAILURE
        }
    }
}
