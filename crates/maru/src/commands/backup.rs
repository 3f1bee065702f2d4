//! `maru backup` and `maru restore`.

use std::{
    fs::File,
    io::{BufReader, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;

use crate::{
    deployment::{DeploymentArguments, ledger_configuration, open_existing_ledger},
    files,
};

/// What to back up, and where to.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru backup --config maru.toml --output maru-2026-11-24.backup
  maru backup --data maru-data --output - | ssh vault 'cat > maru.backup'

The file holds everything as of one moment, in a form that does not depend on the database. Personal data in it stays
sealed: without the master key, which is not in it, nobody can read it. Keep the keys (master.key, signing.key) apart.")]
pub(crate) struct BackupArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// The file to write; `-` is standard output.
    #[arg(long)]
    output: PathBuf,
}

/// Where from, and where to.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru restore --input maru-2026-11-24.backup --data restored          (the keys lie in the folder or the environment)
  maru restore --input maru.backup --database postgres://maru@127.0.0.1/maru --config maru.toml

The database must be empty. The log is verified before anything is kept. Persons who were erased after the backup was
made must be erased again.")]
pub(crate) struct RestoreArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// The backup.
    #[arg(long)]
    input: PathBuf,
}

/// Writes a backup.
///
/// # Errors
/// Where the database cannot be read or the file cannot be written.
pub(crate) fn back_up(arguments: BackupArguments) -> anyhow::Result<ExitCode> {
    super::block_on(async move {
        let configuration = arguments.deployment.configuration()?;
        let bar = files::counting_bar("opening");
        let ledger = open_existing_ledger(&configuration, &bar).await?;
        let summary = if arguments.output.as_os_str() == "-" {
            ledger.backup(std::io::stdout()).await?
        } else {
            let mut name = arguments.output.clone().into_os_string();
            name.push(".part");
            let unfinished = PathBuf::from(name);
            let file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&unfinished);
            let file = file.with_context(|| format!("{} could not be written", arguments.output.display()))?;
            let kept = file.try_clone()?;
            let summary = ledger.backup(file).await?;
            kept.sync_all()?;
            std::fs::rename(&unfinished, &arguments.output)?;
            summary
        };
        bar.finish_and_clear();
        let said = format!("backed up {} events, {} rows; SHA-256 {}\n", summary.events, summary.rows, summary.sha256);
        // Standard output may be the backup itself.
        std::io::stderr().write_all(said.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Restores a backup.
///
/// # Errors
/// Where the file is damaged, the database is not empty, or the log does not verify; then nothing is kept.
pub(crate) fn restore(arguments: RestoreArguments) -> anyhow::Result<ExitCode> {
    super::block_on(async move {
        let configuration = arguments.deployment.configuration()?;
        let bar = files::counting_bar("verifying");
        let file = File::open(&arguments.input)
            .with_context(|| format!("{} could not be opened", arguments.input.display()))?;
        let config = ledger_configuration(&configuration, &bar)?;
        let (summary, verification) = maru_ledger::restore(&config, BufReader::new(file)).await?;
        bar.finish_and_clear();
        super::print(&format!(
            "restored {} events, {} rows; the log of {} entries verifies, root {}",
            summary.events, summary.rows, verification.size, verification.root
        ))?;
        Ok(ExitCode::SUCCESS)
    })
}
