//! One module for each command.

pub(crate) mod backup;
pub(crate) mod calendar;
pub(crate) mod demo;
pub(crate) mod gateway;
pub(crate) mod inquiry;
pub(crate) mod knowledge;
pub(crate) mod ledger;
pub(crate) mod licences;
pub(crate) mod openapi;
pub(crate) mod plan;
pub(crate) mod policies;
pub(crate) mod privacy;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod welfare;

use std::{io::Write, process::ExitCode};

use anyhow::Context;

use crate::cli::Command;

/// Runs a command.
///
/// # Errors
/// What went wrong, in words for the person at the terminal.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Inquiry(command) => inquiry::run(command),
        Command::Gateway(command) => gateway::run(command),
        Command::Knowledge(command) => knowledge::run(command),
        Command::Privacy(command) => privacy::run(command),
        Command::Calendar(command) => calendar::run(command),
        Command::Rules(command) => rules::run(command),
        Command::Ledger(command) => ledger::run(command),
        Command::Backup(arguments) => backup::back_up(arguments),
        Command::Restore(arguments) => backup::restore(arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
        Command::Plan(command) => plan::run(command),
        Command::Welfare(command) => welfare::run(command),
        Command::Policies(arguments) => policies::run(&arguments),
        Command::Licences(arguments) => licences::run(&arguments),
    }
}

/// Prints to standard output; a reader that went away (`| head`) is no error.
fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output could not be written"),
    }
}

/// Runs asynchronous work on all cores.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime could be started")?
        .block_on(work)
}
