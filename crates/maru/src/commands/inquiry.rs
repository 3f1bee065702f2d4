//! `maru inquiry …`

use std::{io::BufRead, num::NonZero, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use maru_inquiry::{
    InquiryService,
    triage::{TriageInput, TriageRun},
    understanding::Example,
};
use maru_ledger::{Clock, SystemClock};
use serde::Deserialize;

use crate::{
    bulk, composition,
    deployment::{DeploymentArguments, open_ledger},
    files,
};

/// Inquiries in bulk: train the classifier, triage a file.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Learn categories (and departments, where they are named) from labelled inquiries.
    #[command(after_help = "\
Input, one JSON object a line:   {\"title\": \"…\", \"text\": \"…\", \"category\": \"roads\"}
                                 and if there are: \"department\", \"kind\", \"answer\"
What officials corrected or confirmed in this deployment is learned from too. All servers take the models up.

Example:
  maru inquiry train --data maru-data --input labelled.jsonl.xz")]
    Train(BulkInput),
    /// Say of every inquiry in a file what it is about, whose it is, what it repeats, and draft an answer.
    #[command(after_help = "\
Input, one JSON object a line:   {\"id\": 1, \"title\": \"…\", \"text\": \"…\"}
Output, in the same order:       {\"id\", \"language\", \"kind\", \"category\", \"department\", \"confidence\", \"masked_text\",
                                  \"duplicates_of\": [], \"citations\": [{\"law\", \"article\", \"score\"}], \"draft\"}

Example:
  maru inquiry triage --data maru-data --input inquiries.jsonl --output triaged.jsonl

Exit code 2: some lines could not be read (they are named on standard error), the rest was done.")]
    Triage(TriageArguments),
}

/// What to learn from.
#[derive(Debug, Args)]
pub(crate) struct BulkInput {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Labelled inquiries; `-` is standard input.
    #[arg(long)]
    input: PathBuf,
}

/// What to triage.
#[derive(Debug, Args)]
pub(crate) struct TriageArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Inquiries; `-` is standard input.
    #[arg(long)]
    input: PathBuf,
    /// Where to write; `-` is standard output.
    #[arg(long)]
    output: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read or written, or the deployment cannot be opened.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Train(arguments) => train(&arguments),
        Command::Triage(arguments) => triage(&arguments),
    }
}

async fn opened(deployment: &DeploymentArguments) -> anyhow::Result<InquiryService> {
    let configuration = deployment.configuration()?;
    let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
    let knowledge = composition::open_knowledge(&configuration, ledger.clone()).await?;
    let agency = configuration.agency.clone();
    composition::open_inquiries(None, agency, (ledger, knowledge), None, SystemClock.now()).await
}

/// A labelled inquiry.
#[derive(Deserialize)]
struct Labelled {
    #[serde(default)]
    title: String,
    text: String,
    category: String,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    answer: String,
}

impl From<Labelled> for Example {
    /// Only masked text is ever learned from.
    fn from(labelled: Labelled) -> Self {
        let mask = |text: &str| maru_privacy::mask(text).masked;
        Self {
            title: mask(&labelled.title),
            text: mask(&labelled.text),
            category: Some(labelled.category),
            department: labelled.department,
            kind: labelled.kind,
            answer: mask(&labelled.answer),
        }
    }
}

fn train(arguments: &BulkInput) -> anyhow::Result<ExitCode> {
    let bar = files::bytes_bar("reading");
    let (examples, bad) = labelled(files::open(&arguments.input, &bar)?)?;
    bar.set_message("learning");
    if examples.is_empty() {
        bail!("{} holds no labelled inquiry; each line needs text and category", arguments.input.display());
    }
    let report = super::block_on(async {
        let service = opened(&arguments.deployment).await?;
        service.train(examples, SystemClock.now()).await.context("nothing was learned")
    })?;
    bar.finish_and_clear();
    super::print(&format!(
        "learned {} models from {} inquiries; revision {}; {bad} bad lines",
        report.models, report.examples, report.revision
    ))?;
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn labelled(input: impl BufRead) -> anyhow::Result<(Vec<Example>, u64)> {
    let mut examples = Vec::new();
    let tally = bulk::each_line(input, |line: Labelled| {
        examples.push(line.into());
        Ok(())
    })?;
    Ok((examples, tally.bad))
}

fn triage(arguments: &TriageArguments) -> anyhow::Result<ExitCode> {
    let bar = files::bytes_bar("triaging");
    let service = super::block_on(opened(&arguments.deployment))?;
    let on = maru_calendar::seoul(SystemClock.now()).date();
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let mut run = TriageRun::new(service.understanding().clone(), on, threads);
    let mut out = files::Output::create(&arguments.output)?;
    let tally = bulk::map_line_batches(files::open(&arguments.input, &bar)?, &mut out, |batch: Vec<TriageInput>| {
        run.batch(&batch).into_iter().map(Ok).collect()
    })?;
    out.finish()?;
    bar.finish_and_clear();
    Ok(tally.exit_code())
}
