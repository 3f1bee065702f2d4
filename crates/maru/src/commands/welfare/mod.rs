//! `maru welfare …`

mod lots;
mod proposals;
mod registers;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use maru_welfare::{
    domain::Month,
    evaluation::LawBook,
    population::{self, Nation},
    screening::{self, Screening, receipts},
};

use crate::{composition, configuration::Configuration, deployment::DeploymentArguments, files};

pub(crate) use lots::verify_lots;

/// Benefits: registers, screening, synthetic receipts.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Registers: from the files of their keepers to households, personal numbers replaced at the door.
    #[command(subcommand)]
    Registers(RegistersCommand),
    /// Screen every household against every benefit: due, received, missed, paid too much, near a line.
    #[command(after_help = "\
Examples:
  maru welfare screen --population nation --period 2026-03 --output screening
  maru welfare screen --population nation --period 2026-04 --output april --previous screening
  maru welfare screen --population nation --period 2026-03 --proposals maru-data --every-benefit

The population is a folder with person.parquet, household.parquet, couple.parquet and received.parquet, or a folder of such
folders named part-… Each part's outcome is written when it is whole: the same command again goes on where it broke off.
What was found stands in OUTPUT/part-…/findings.parquet, the counts in OUTPUT/summary.json. With --proposals the screening is one
of the deployment: compared with its last one, and what its rules ask for comes into lots of proposals; each phase is told with
its time.")]
    Screen(ScreenArguments),
    /// A synthetic nation: make it, and see how it compares with published margins.
    #[command(subcommand)]
    Population(PopulationCommand),
    /// Lots of proposals: verify them against the log, prove one proposal.
    #[command(subcommand)]
    Lots(lots::Command),
    /// Draw who receives what in a synthetic population, with invented take-up, so that a screening finds something.
    #[command(after_help = "\
Example:
  maru welfare receipts --population nation --period 2026-03 --seed 1

Writes received.parquet into each part. The take-up shares are invented.")]
    Receipts(ReceiptsArguments),
}

/// What is done with a synthetic nation.
#[derive(Debug, Subcommand)]
pub(crate) enum PopulationCommand {
    /// Make a synthetic nation whose margins hold within 2 %; nobody in it is real.
    #[command(after_help = "\
Examples:
  maru welfare population generate --output nation
  maru welfare population generate --persons 1000000 --seed 7 --output sample

The same seed makes the same nation on every machine. OUTPUT holds folders part-…, each with whole households, which
maru welfare screen reads. Exit code 2: a margin is missed by more than 2 % (small samples leave that to chance).")]
    Generate(GenerateArguments),
}

/// What to make.
#[derive(Debug, Args)]
pub(crate) struct GenerateArguments {
    /// About how many persons; the whole nation at most.
    #[arg(long, default_value_t = 51_217_221)]
    persons: u64,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// On how many threads; as many as there are processors if not given.
    #[arg(long)]
    threads: Option<usize>,
}

/// What is done with registers.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistersCommand {
    /// Load CSV or Parquet by a mapping, check it, and write the households as Parquet.
    #[command(after_help = "\
Examples:
  maru welfare registers load --mapping registers.toml --key pseudonyms.key --output registers-2026-03
  maru welfare registers load --mapping registers.toml --key pseudonyms.key --output registers-2026-04 --previous registers-2026-03
  maru welfare registers load --mapping registers.toml --key pseudonyms.key --output registers-2026-04 --previous registers-2026-03 --into maru-data
  maru welfare registers load --feed --mapping feed.toml --key pseudonyms.key --output registers-2026-03-05 --previous registers-2026-03-04 --into maru-data

What cannot be taken is set aside in OUTPUT/set-aside.csv with file, line, column and reason. With --previous, what differs
from the load before stands in OUTPUT/changes.csv; with --into, the households that differ are taken into a deployment,
reckoned, and their proposals opened, changed or closed; where a household is gone, its proposals close and its awards are to be
looked at. With --feed the files hold only the rows that were added, changed or ended since (a column mapped as change says which):
whom they touch is laid over the load before, and nobody else is reckoned. With --parts the files are read once for each part, and OUTPUT holds
folders part-…, as maru welfare screen reads them; name as many parts as for the load before.

Exit code 2: something was set aside.")]
    Load(LoadArguments),
    /// Write a population as the CSV files of registers, with the mapping that loads them: to try a load of any size.
    #[command(after_help = "\
Examples:
  maru welfare population generate --persons 200000 --output sample
  maru welfare receipts --population sample --period 2026-03
  maru welfare registers export --population sample --output registers
  head -c 32 /dev/urandom > pseudonyms.key
  maru welfare registers load --mapping registers/mapping.toml --key pseudonyms.key --output loaded --parts 8")]
    Export(ExportArguments),
    /// Link an account to a household, so that its citizen sees what the household is entitled to.
    #[command(after_help = "\
Example:
  maru welfare registers link --data maru-data --household 4e1f…  --account citizen-7

Who is who is said by the register of residents: link what it says. A household that stands in a lot leaves it with that.")]
    Link(LinkArguments),
}

/// What to export.
#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The population.
    #[arg(long, value_name = "DIR")]
    population: PathBuf,
    /// The folder for the files.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    law: LawArguments,
}

/// What to link.
#[derive(Debug, Args)]
pub(crate) struct LinkArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// The household, by its pseudonym.
    #[arg(long)]
    household: String,
    /// The account.
    #[arg(long)]
    account: String,
}

/// Registers to load.
#[derive(Debug, Args)]
pub(crate) struct LoadArguments {
    /// The mapping (TOML); files are named relative to it.
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// The key of the pseudonyms: 32 bytes.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The folder for the households.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The folder of the load before.
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,
    /// The data folder of a deployment that takes the households in.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// The files hold only what was added, changed or ended since the load before.
    #[arg(long, requires = "previous")]
    feed: bool,
    /// Load the households in so many parts, one after the other: a nation's do not fit into memory at once.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    parts: u16,
    #[command(flatten)]
    law: LawArguments,
}

/// What to screen.
#[derive(Debug, Args)]
pub(crate) struct ScreenArguments {
    /// The population.
    #[arg(long, value_name = "DIR")]
    population: PathBuf,
    /// The month, such as 2026-03.
    #[arg(long)]
    period: Month,
    /// The folder for the outcome.
    #[arg(long, value_name = "DIR", required_unless_present = "proposals")]
    output: Option<PathBuf>,
    /// The outcome of the last screening, to compare with.
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,
    /// Screen for the deployment with this data folder, and open proposals by its rules.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "previous", "threads"])]
    proposals: Option<PathBuf>,
    /// The deployment's database, where it is not the one in its folder: `postgres://USER@HOST/NAME`.
    #[arg(long, value_name = "ADDRESS", requires = "proposals")]
    database: Option<String>,
    /// Set a rule for every benefit first: whatever is missed is proposed.
    #[arg(long, requires = "proposals")]
    every_benefit: bool,
    /// On how many threads; as many as there are processors if not given.
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    law: LawArguments,
}

/// What to draw.
#[derive(Debug, Args)]
pub(crate) struct ReceiptsArguments {
    /// The population.
    #[arg(long, value_name = "DIR")]
    population: PathBuf,
    /// The month, such as 2026-03.
    #[arg(long)]
    period: Month,
    /// The seed: the same seed draws the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// On how many threads; as many as there are processors if not given.
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    law: LawArguments,
}

/// Which law.
#[derive(Debug, Args)]
pub(crate) struct LawArguments {
    /// The folder of an OpenFisca package; the Korean law that ships within this program if not given.
    #[arg(long, value_name = "DIR")]
    law: Option<PathBuf>,
}

impl LawArguments {
    /// The law; `kept` is the folder in which the shipped one stays while it is used.
    fn load(&self, kept: &Path) -> anyhow::Result<LawBook> {
        let mut configuration = Configuration::default();
        kept.clone_into(&mut configuration.server.data);
        configuration.law.clone_from(&self.law);
        composition::open_law(&configuration)
    }
}

/// Runs the command.
///
/// # Errors
/// Where files or the law cannot be used; the message says what to change.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Registers(RegistersCommand::Load(arguments)) => registers::load(&arguments),
        Command::Registers(RegistersCommand::Export(arguments)) => registers::export(&arguments),
        Command::Registers(RegistersCommand::Link(arguments)) => registers::link(&arguments),
        Command::Lots(command) => lots::run(command),
        Command::Screen(arguments) => screen(&arguments),
        Command::Population(PopulationCommand::Generate(arguments)) => make(&arguments),
        Command::Receipts(arguments) => draw(&arguments),
    }
}

fn processors(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn screen(arguments: &ScreenArguments) -> anyhow::Result<ExitCode> {
    if let Some(data) = &arguments.proposals {
        return proposals::screen(arguments, data);
    }
    let output = arguments.output.as_deref().context("name the folder for the outcome with --output")?;
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    if arguments.previous.as_deref() == Some(output) {
        bail!("the last screening would be overwritten: choose another --output");
    }
    let question = Screening {
        population: &arguments.population,
        output,
        month: arguments.period,
        previous: arguments.previous.as_deref(),
        threads: processors(arguments.threads),
    };
    let bar = files::counting_bar("screening");
    let summary = screening::screen(&law, &question, |place, all, done| {
        bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(place).unwrap_or(u64::MAX));
        if done {
            bar.set_message("done before");
        }
        true
    })?;
    bar.finish_and_clear();
    super::print(summary.to_text().trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn make(arguments: &GenerateArguments) -> anyhow::Result<ExitCode> {
    let nation = Nation {
        persons: arguments.persons,
        seed: arguments.seed,
        output: &arguments.output,
        threads: processors(arguments.threads),
    };
    let bar = files::counting_bar("parts");
    let report = population::generate(&nation, |done, all| {
        bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    })?;
    bar.finish_and_clear();
    super::print(report.to_text().trim_end())?;
    Ok(if report.missed().is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn draw(arguments: &ReceiptsArguments) -> anyhow::Result<ExitCode> {
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    let threads = processors(arguments.threads);
    let mut all = 0;
    for part in screening::parts(&arguments.population)? {
        all += receipts::draw_part(&law, &part, arguments.period, arguments.seed, threads)?;
    }
    super::print(&format!("{all} receipts drawn"))?;
    Ok(ExitCode::SUCCESS)
}
