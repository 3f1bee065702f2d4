//! `maru plan …`

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use maru_ledger::{Clock, SystemClock};
use maru_plan::{
    domain::{Basis, panel, survey},
    import,
    service::ImportNote,
    store::messages::line_of,
};

use crate::{
    composition,
    deployment::{DeploymentArguments, open_ledger},
    files,
};

/// The national AI action plan: read it in from a table.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a plan in: structure, bodies, every deadline in the texts. The same plan again changes nothing.
    #[command(after_help = "\
Input: a table with tabs, names of columns in the first line
       task_no axis area_no area title rec_seq ministry content      (needed)
       deadlines responsible cooperating checked                     (what a person checked; else found in the text)

Examples:
  maru plan import action-plan.tsv --label 2026-02-25 --decided 2026-02-25
  maru plan import amended.tsv --label 2026-11 --decided 2026-11-20 --basis resolution --reference \"8th plenary, item 2\" --reason \"…\"
  maru plan import newer.tsv --whole --label 2027 --decided 2027-01-15 --basis resolution --reference \"9th plenary, item 1\" --reason \"…\"

A newer version is compared with the one before; what differs must rest on a ground of the AI Basic Act's decree, article
3(1), or on a vote of the committee. What the table lacks stays in the plan; with --whole it is left out, unless a line could not be
read.

Exit code 2: some lines could not be taken (they are named on standard error), the rest was done.")]
    Import(ImportArguments),
    /// Print messages to people who commented, one JSON document a line, for a mail gateway.
    #[command(after_help = "\
Each line holds position, at, account, what, subject and text in Korean and English, and the address to open. The account is the
one of the provider of sign-in, which knows where its mail goes. Remember the last position and give it as --after the next time;
the same call gives the same lines.

Example:
  maru plan messages --after 0 --site https://maru.example.go.kr")]
    Messages(MessagesArguments),
    /// Draw a citizens' panel again: the same pool, quotas and seed give the same people.
    #[command(after_help = "\
Input: tables with tabs, as the page of a panel gives them
       pool    code and traits, named in the first line
       quotas  trait, value, at least, at most

Examples:
  maru plan draw --pool pool.tsv --quotas quotas.tsv --size 30 --seed '6 11 19 23 40 44'
  maru plan draw --pool pool.tsv --quotas quotas.tsv --size 30 --seed '6 11 19 23 40 44' --round 2 --withdrawn P0017,P0203 --members P0001,P0002

The codes stand on standard output in the order in which they are drawn; the digest of the pool and the attempt on standard error.")]
    Draw(DrawArguments),
    /// Draw the sample of a survey again: the same frame and seed give the same people.
    #[command(after_help = "\
Input: a table with tabs, as the page of a survey gives it: code and traits, named in the first line

Example:
  maru plan sample --frame frame.tsv --size 400 --seed '6 11 19 23 40 44'

Each line on standard output is the code of somebody who was drawn and the stratum; the digest of the frame stands on standard error.")]
    Sample(SampleArguments),
}

/// Which messages.
#[derive(Debug, Args)]
pub(crate) struct MessagesArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// The last position that was read.
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// About how many at most: those of one position are never parted.
    #[arg(long, default_value_t = 1_000)]
    limit: u32,
    /// Where people reach the server.
    #[arg(long)]
    site: String,
}

/// What is drawn.
#[derive(Debug, Args)]
pub(crate) struct DrawArguments {
    /// Who may be drawn.
    #[arg(long)]
    pool: PathBuf,
    /// How many of whom; left out, everybody alike.
    #[arg(long)]
    quotas: Option<PathBuf>,
    /// How many in all.
    #[arg(long)]
    size: usize,
    /// The text that became public after the pool was fixed.
    #[arg(long)]
    seed: String,
    /// Which draw it is; the second and later ones fill the places of those who withdrew.
    #[arg(long, default_value_t = 1)]
    round: usize,
    /// Codes of those who stay, with commas.
    #[arg(long, value_delimiter = ',')]
    members: Vec<String>,
    /// Codes of those who withdrew, with commas.
    #[arg(long, value_delimiter = ',')]
    withdrawn: Vec<String>,
}

/// Of whom a sample is drawn.
#[derive(Debug, Args)]
pub(crate) struct SampleArguments {
    /// Who may be drawn.
    #[arg(long)]
    frame: PathBuf,
    /// How many in all.
    #[arg(long)]
    size: usize,
    /// The text that became public after the frame was fixed.
    #[arg(long)]
    seed: String,
}

/// What to read in.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// The table; `-` is standard input.
    file: PathBuf,
    /// The name of this version.
    #[arg(long)]
    label: String,
    /// The day on which it was decided.
    #[arg(long)]
    decided: Date,
    /// On what differences from the version before rest.
    #[arg(long, value_enum, default_value = "arrangement")]
    basis: Ground,
    /// The meeting and item that decided it, with --basis resolution.
    #[arg(long, default_value = "")]
    reference: String,
    /// Why it differs from the version before.
    #[arg(long, default_value = "새 판을 들여옴")]
    reason: String,
    /// The table holds the whole plan: what it lacks is left out of it, with its record kept. Needs a basis other than arrangement.
    #[arg(long)]
    whole: bool,
}

/// Grounds of a change.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Ground {
    /// Who and until when, aims unchanged (decree 3(1)1).
    Arrangement,
    /// To agree with another plan (decree 3(1)2).
    Consistency,
    /// A plain mistake (decree 3(1)3).
    Correction,
    /// A law changed (decree 3(1)4).
    Law,
    /// Decided by the committee (Act 6(1)).
    Resolution,
}

/// Runs the command.
///
/// # Errors
/// Where the file cannot be read or the deployment cannot be opened.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(arguments) => import_plan(&arguments),
        Command::Messages(arguments) => print_messages(&arguments),
        Command::Draw(arguments) => draw_panel(&arguments),
        Command::Sample(arguments) => draw_sample(&arguments),
    }
}

fn print_messages(arguments: &MessagesArguments) -> anyhow::Result<ExitCode> {
    let configuration = arguments.deployment.configuration()?;
    super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let plan = composition::open_plan(ledger.clone())?;
        let messages = plan.store().messages(arguments.after, arguments.limit).await?;
        for message in &messages {
            super::print(&line_of(message, arguments.site.trim_end_matches('/')).to_string())?;
        }
        ledger.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn read_table(path: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))
}

fn draw_sample(arguments: &SampleArguments) -> anyhow::Result<ExitCode> {
    let name = arguments.frame.display().to_string();
    let frame = panel::read_pool(&read_table(&arguments.frame)?).with_context(|| name)?;
    let strata = survey::sample(&frame, arguments.size, &arguments.seed).map_err(|refusal| {
        let why = refusal.explain();
        anyhow::anyhow!("{} {}", why.reason.english, why.remedy.english)
    })?;
    eprintln!("frame {} (SHA-256)", panel::digest(&panel::write_pool(&frame)));
    let lines = strata.iter().flat_map(|one| one.drawn.iter().map(|code| format!("{code}\t{}", one.name)));
    super::print(&lines.collect::<Vec<_>>().join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn draw_panel(arguments: &DrawArguments) -> anyhow::Result<ExitCode> {
    let pool = panel::read_pool(&read_table(&arguments.pool)?).with_context(|| arguments.pool.display().to_string())?;
    let quotas = match &arguments.quotas {
        Some(path) => panel::read_quotas(&read_table(path)?).with_context(|| path.display().to_string())?,
        None => Vec::new(),
    };
    let lot = panel::Lot {
        pool: &pool,
        quotas: &quotas,
        size: arguments.size,
        seed: &arguments.seed,
        round: arguments.round,
    };
    let drawn = panel::draw(&lot, &arguments.members, &arguments.withdrawn).map_err(|refusal| {
        let why = refusal.explain();
        anyhow::anyhow!("{} {}", why.reason.english, why.remedy.english)
    })?;
    eprintln!("pool {} (SHA-256), attempt {}", panel::digest(&panel::write_pool(&pool)), drawn.attempt);
    super::print(&drawn.codes.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn import_plan(arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let table = if arguments.file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin()).context("standard input could not be read")?
    } else {
        std::fs::read_to_string(&arguments.file)
            .with_context(|| format!("{} could not be read", arguments.file.display()))?
    };
    let read = import::read(&table);
    for bad in &read.bad {
        eprintln!("{bad}");
    }
    if read.entries.is_empty() {
        bail!("nothing could be taken from {}", arguments.file.display());
    }
    if arguments.whole && !read.bad.is_empty() {
        bail!("with --whole every line must be readable: what a bad line says would be left out of the plan");
    }
    let basis = match arguments.basis {
        Ground::Arrangement => Basis::Arrangement,
        Ground::Consistency => Basis::Consistency,
        Ground::Correction => Basis::Correction,
        Ground::Law => Basis::Law,
        Ground::Resolution => Basis::Resolution { reference: arguments.reference.clone() },
    };
    let note = ImportNote {
        label: arguments.label.clone(),
        decided: arguments.decided,
        basis,
        reason: arguments.reason.clone(),
        whole: arguments.whole,
    };
    let configuration = arguments.deployment.configuration()?;
    super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let plan = composition::open_plan(ledger.clone())?;
        let imported = plan.import(read.entries, &note, SystemClock.now()).await?;
        for (number, why) in &imported.refused {
            eprintln!("{number}: {why}");
        }
        let report = format!(
            "{} new, {} changed, {} unchanged, {} left out, {} not in the table and kept, {} refused, {} bad lines",
            imported.entered,
            imported.amended,
            imported.unchanged,
            imported.left_out,
            imported.kept,
            imported.refused.len(),
            read.bad.len()
        );
        super::print(&report)?;
        ledger.close().await;
        let all_taken = imported.refused.is_empty() && read.bad.is_empty();
        Ok(if all_taken { ExitCode::SUCCESS } else { ExitCode::from(2) })
    })
}
