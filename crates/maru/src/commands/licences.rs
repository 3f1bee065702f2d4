//! `maru licences`

use std::process::ExitCode;

use clap::Args;

/// No arguments.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maru licences | grep MPL\n\nThe list is made from Cargo.lock by scripts/licences.")]
pub(crate) struct Arguments {}

/// Prints the list.
///
/// # Errors
/// Where standard output cannot be written.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    super::print(include_str!("../../../../docs/licences.txt").trim_end())?;
    Ok(ExitCode::SUCCESS)
}
