//! `maru welfare lots …`

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::Subcommand;
use maru_ledger::Ledger;
use maru_welfare::{
    lots::{Fault, proof::verify_proposal_proof},
    store::Store,
};

use crate::{
    commands::{block_on, print},
    deployment::{DeploymentArguments, open_existing_ledger},
    files,
};

/// What is done with lots of proposals.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check every proposal of every lot against the log; name what was changed.
    #[command(after_help = "\
Example:
  maru welfare lots verify --data maru-data
Exit code 1: something was changed. maru ledger verify checks the log itself, and the lots with it.")]
    Verify {
        #[command(flatten)]
        deployment: DeploymentArguments,
    },
    /// Print the proof that a proposal stands, or stood, in a lot on the log.
    #[command(after_help = "\
Examples:
  maru welfare lots proof --data maru-data 4e1f….basic_pension.77a0… > proposal.proof.json
  maru welfare lots check proposal.proof.json --key 'maru.local/log+1a2b3c4d+…'")]
    Proof {
        #[command(flatten)]
        deployment: DeploymentArguments,
        /// The proposal.
        proposal: String,
    },
    /// Check such a proof without the server.
    #[command(after_help = "\
Example:
  maru welfare lots check proposal.proof.json --key 'maru.local/log+1a2b3c4d+…'
Without --key it is only checked that the document is whole. Exit code 1: it proves nothing.")]
    Check {
        /// The document.
        document: PathBuf,
        /// The key that the log is known by.
        #[arg(long)]
        key: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// Where something cannot be read; what is found wrong is printed and gives exit code 1.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify { deployment } => verify(&deployment),
        Command::Proof { deployment, proposal } => proof(&deployment, &proposal),
        Command::Check { document, key } => check(&document, key.as_deref()),
    }
}

fn verify(deployment: &DeploymentArguments) -> anyhow::Result<ExitCode> {
    let configuration = deployment.configuration()?;
    block_on(async {
        let ledger = open_existing_ledger(&configuration, &files::counting_bar("opening")).await?;
        let is_whole = verify_lots(&ledger).await?;
        Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// Checks all lots and prints what is wrong; whether nothing is.
///
/// # Errors
/// Where the database cannot be read.
pub(crate) async fn verify_lots(ledger: &Ledger) -> anyhow::Result<bool> {
    let store = Store::new(ledger.clone());
    let lots = store.lots().await?;
    let bar = files::counting_bar("verifying lots");
    bar.set_length(lots.len() as u64);
    let (mut proposals, mut findings) = (0, Vec::new());
    for lot in &lots {
        let faults = store.lot_faults(&lot.lot).await?;
        for fault in faults.unwrap_or_else(|| vec![Fault::Head]) {
            findings.push(format!("lot {} (shard {:02x}, {}): {fault}", lot.lot, lot.shard, lot.month));
        }
        proposals += lot.entries;
        bar.inc(1);
    }
    bar.finish_and_clear();
    for finding in &findings {
        print(finding)?;
    }
    if !lots.is_empty() || !findings.is_empty() {
        let verdict =
            if findings.is_empty() { "are whole".to_owned() } else { format!("have {} faults", findings.len()) };
        print(&format!("{} lots of {proposals} proposals {verdict}", lots.len()))?;
        let forgotten = store.forgotten_lots().await?;
        if forgotten > 0 {
            print(&format!("{forgotten} of them were forgotten five years after they served last, as the log says"))?;
        }
    }
    Ok(findings.is_empty())
}

fn proof(deployment: &DeploymentArguments, proposal: &str) -> anyhow::Result<ExitCode> {
    let configuration = deployment.configuration()?;
    block_on(async {
        let ledger = open_existing_ledger(&configuration, &files::counting_bar("opening")).await?;
        match Store::new(ledger).proposal_proof(proposal).await? {
            Some(document) => print(&document)?,
            None => bail!(
                "{proposal} never stood in a lot, or its lot was forgotten after five years; where it is a case of its own, its page gives the proof"
            ),
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn check(document: &std::path::Path, key: Option<&str>) -> anyhow::Result<ExitCode> {
    let text =
        std::fs::read_to_string(document).with_context(|| format!("{} could not be read", document.display()))?;
    let proven = match verify_proposal_proof(&text, key) {
        Ok(proven) => proven,
        Err(error) => {
            print(&format!("the proof does not hold: {error}"))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let known = if key.is_some() { "signed by the key you gave" } else { "signed by the key in the document itself" };
    let (proposal, lot) = (&proven.proposal, &proven.lot);
    print(&format!(
        "the proof holds: {} of {} won, {} since {}, in the lot {} of {} proposals on a log of {} entries, {known} ({})",
        proposal.benefit,
        proposal.amount,
        proposal.status,
        proposal.changed.month,
        lot.lot,
        lot.entries,
        proven.log.checkpoint.size,
        proven.log.public_key
    ))?;
    Ok(ExitCode::SUCCESS)
}
