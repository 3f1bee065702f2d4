//! `maru ledger …`

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use maru_ledger::{Audit, Depth, LedgerKeys, SystemEntropy, audit, verify_stream_proof};

use crate::{
    configuration::Configuration,
    deployment::{DeploymentArguments, keys, open_existing_ledger},
    fetch::Fetcher,
    files,
};

/// Verify the log, derive projections again, check a citizen's proof, rotate keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check every event, tile and checkpoint; name what was changed.
    #[command(after_help = "\
From the database (everything, with the place of every change):
  maru ledger verify --data maru-data
From outside, over HTTP, as any third party can:
  maru ledger verify --url http://127.0.0.1:8420 --key 'maru.local/log+1a2b3c4d+…' --save checkpoint.txt
  maru ledger verify --url http://127.0.0.1:8420 --key '…' --saved checkpoint.txt --save checkpoint.txt
The key stands on the page /log and at /log/key. Exit code 1: something is wrong.")]
    Verify(VerifyArguments),
    /// Derive projections again from the events; the rows must come out the same.
    #[command(after_help = "\
Examples:
  maru ledger rebuild --data maru-data
  maru ledger rebuild --data maru-data --projection inquiry-cases
Exit code 1: rows came out differently, so the tables had been changed by other hands.")]
    Rebuild {
        #[command(flatten)]
        deployment: DeploymentArguments,
        /// Only this one.
        #[arg(long)]
        projection: Option<String>,
    },
    /// Check the proof that a citizen downloaded, without the server.
    #[command(after_help = "\
Example:
  maru ledger proof 2026-000123.proof.json --key 'maru.local/log+1a2b3c4d+…'
Without --key it is only checked that the document is whole.")]
    Proof {
        /// The downloaded document.
        document: PathBuf,
        /// The key that the log is known by.
        #[arg(long)]
        key: Option<String>,
    },
    /// Print the public key of the log.
    #[command(after_help = "Example:\n  maru ledger key --data maru-data")]
    Key {
        #[command(flatten)]
        deployment: DeploymentArguments,
    },
    /// Replace the master key under which the keys of persons are wrapped.
    #[command(after_help = "\
Two steps, with a restart of all servers between them:
  maru ledger rotate-key --data maru-data            a new key is put before the old one
  maru ledger rotate-key --data maru-data --finish   everything is wrapped anew, the old key is dropped
Keys in the environment are rotated there: the new one in MARU_MASTER_KEY, the old one in MARU_MASTER_KEY_PREVIOUS;
then --finish.")]
    RotateKey {
        #[command(flatten)]
        deployment: DeploymentArguments,
        /// Wrap everything anew and drop the old keys.
        #[arg(long)]
        finish: bool,
    },
}

/// What to verify.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Verify over HTTP instead: the address of the server.
    #[arg(long, conflicts_with_all = ["data", "database", "config"], requires = "key")]
    url: Option<String>,
    /// The key that the log is known by.
    #[arg(long, requires = "url")]
    key: Option<String>,
    /// A checkpoint that was saved earlier: today's log must be its continuation.
    #[arg(long, requires = "url", value_name = "FILE")]
    saved: Option<PathBuf>,
    /// Where to save the newest checkpoint.
    #[arg(long, requires = "url", value_name = "FILE")]
    save: Option<PathBuf>,
    /// Only prove that the log is the continuation of the saved checkpoint, instead of fetching everything.
    #[arg(long, requires = "saved")]
    consistency_only: bool,
}

/// Runs the command.
///
/// # Errors
/// Where something cannot be read; what is found wrong in the log is printed and gives exit code 1.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify(arguments) => verify(&arguments),
        Command::Rebuild { deployment, projection } => rebuild(&deployment.configuration()?, projection.as_deref()),
        Command::Proof { document, key } => proof(&document, key.as_deref()),
        Command::Key { deployment } => key(&deployment.configuration()?),
        Command::RotateKey { deployment, finish } => rotate_key(&deployment.configuration()?, finish),
    }
}

fn verify(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    match (&arguments.url, &arguments.key) {
        (Some(url), Some(key)) => verify_from_outside(url, key, arguments),
        _ => verify_database(&arguments.deployment.configuration()?),
    }
}

fn verify_database(configuration: &Configuration) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let bar = files::counting_bar("verifying");
        let ledger = open_existing_ledger(configuration, &bar).await?;
        let verification = ledger.verify().await?;
        bar.finish_and_clear();
        // What the log commits to and does not hold itself.
        let lots_are_whole = super::welfare::verify_lots(&ledger).await?;
        if verification.is_whole() {
            super::print(&format!("the log is whole: {} events, root {}", verification.size, verification.root))?;
            return Ok(if lots_are_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        for finding in &verification.findings {
            super::print(&finding.to_string())?;
        }
        super::print(&format!("{} findings in a log of {} events", verification.findings.len(), verification.size))?;
        Ok(ExitCode::FAILURE)
    })
}

fn verify_from_outside(url: &str, key: &str, arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let saved = match &arguments.saved {
        Some(path) => {
            Some(std::fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))?)
        }
        None => None,
    };
    let fetcher = Fetcher::new(url)?;
    let depth = if arguments.consistency_only { Depth::Consistency } else { Depth::Everything };
    match audit(&mut |path| fetcher.get(path), key, saved.as_deref(), depth) {
        Ok(audited) => report(&audited, arguments),
        Err(error) => {
            super::print(&format!("the log is not to be trusted, or could not be read: {error}"))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn report(audited: &Audit, arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    if let Some(path) = &arguments.save {
        std::fs::write(path, &audited.note).with_context(|| format!("{} could not be written", path.display()))?;
    }
    let size = audited.checkpoint.size;
    let growth = match audited.grown_from {
        Some(before) => format!("; it continues the saved one of {before}"),
        None => String::new(),
    };
    super::print(&format!("the log verifies: {size} entries{growth} ({} resources fetched)", audited.fetched))?;
    Ok(ExitCode::SUCCESS)
}

fn rebuild(configuration: &Configuration, projection: Option<&str>) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let bar = files::counting_bar("deriving");
        let ledger = open_existing_ledger(configuration, &bar).await?;
        let rebuilt = ledger.rebuild(projection).await?;
        bar.finish_and_clear();
        let mut identical = true;
        for one in &rebuilt {
            let verdict = if one.is_identical() { "identical" } else { "DIFFERENT" };
            identical &= one.is_identical();
            super::print(&format!(
                "{}: {} events, {} rows before, {} now, {verdict}",
                one.projection, one.events, one.rows.0, one.rows.1
            ))?;
        }
        Ok(if identical { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

fn proof(document: &std::path::Path, key: Option<&str>) -> anyhow::Result<ExitCode> {
    let text =
        std::fs::read_to_string(document).with_context(|| format!("{} could not be read", document.display()))?;
    let verified = match verify_stream_proof(&text, key) {
        Ok(verified) => verified,
        Err(error) => {
            super::print(&format!("the proof does not hold: {error}"))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    for event in &verified.events {
        super::print(&format!("{:>4}  {}  {}  {}", event.version, event.at, event.kind, event.actor.role))?;
    }
    let known = if key.is_some() { "signed by the key you gave" } else { "signed by the key in the document itself" };
    super::print(&format!(
        "the proof holds: {} records of {} in a log of {} entries, {known} ({})",
        verified.events.len(),
        verified.stream,
        verified.checkpoint.size,
        verified.public_key
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn key(configuration: &Configuration) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let ledger = open_existing_ledger(configuration, &files::counting_bar("opening")).await?;
        super::print(&ledger.verifier_key())?;
        Ok(ExitCode::SUCCESS)
    })
}

fn rotate_key(configuration: &Configuration, finish: bool) -> anyhow::Result<ExitCode> {
    let data = &configuration.server.data;
    keys(data)?;
    let in_environment = std::env::var(maru_ledger::keys::MASTER_KEY_VARIABLE).is_ok();
    if !finish {
        if in_environment {
            bail!(
                "the master key comes from the environment: put the new one into MARU_MASTER_KEY and the old one into MARU_MASTER_KEY_PREVIOUS, restart all servers, then run this command with --finish"
            );
        }
        LedgerKeys::add_master_to_file(data, &SystemEntropy)?;
        super::print(
            "a new master key stands before the old one; restart all servers, then run this command with --finish",
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    super::block_on(async {
        let ledger = open_existing_ledger(configuration, &files::counting_bar("opening")).await?;
        let wrapped = ledger.rewrap_subject_keys().await?;
        if !in_environment {
            LedgerKeys::drop_previous_masters(data, &SystemEntropy)?;
        }
        super::print(&format!(
            "{wrapped} keys of persons are wrapped under the new master key; the old one is no longer needed"
        ))?;
        Ok(ExitCode::SUCCESS)
    })
}
