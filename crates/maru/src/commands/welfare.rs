//! `maru welfare …`

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use maru_ledger::{Clock, SystemClock};
use maru_welfare::{
    Caller,
    domain::Month,
    evaluation::LawBook,
    population::{self, Nation},
    registers::{self, Loaded, Mapping, PseudonymKey, Shares, feed, feed::Difference, nation},
    screening::{self, Screening, receipts},
};

use crate::{
    composition,
    configuration::Configuration,
    deployment::{DeploymentArguments, open_ledger},
    files,
};

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

The population is a folder with person.parquet, household.parquet, couple.parquet and received.parquet, or a folder of such
folders named part-… Each part's outcome is written when it is whole: the same command again goes on where it broke off.
What was found stands in OUTPUT/part-…/findings.parquet, the counts in OUTPUT/summary.json.")]
    Screen(ScreenArguments),
    /// A synthetic nation: make it, and see how it compares with published margins.
    #[command(subcommand)]
    Population(PopulationCommand),
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

What cannot be taken is set aside in OUTPUT/set-aside.csv with file, line, column and reason. With --previous, what differs
from the load before stands in OUTPUT/changes.csv; with --into, the households that differ are taken into a deployment,
reckoned, and their proposals opened, changed or closed. With --parts the files are read once for each part, and OUTPUT holds
folders part-…, as maru welfare screen reads them; name as many parts as for the load before.

Exit code 2: something was set aside.")]
    Load(LoadArguments),
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
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The outcome of the last screening, to compare with.
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,
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
        Command::Registers(RegistersCommand::Load(arguments)) => load(&arguments),
        Command::Screen(arguments) => screen(&arguments),
        Command::Population(PopulationCommand::Generate(arguments)) => make(&arguments),
        Command::Receipts(arguments) => draw(&arguments),
    }
}

fn processors(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn screen(arguments: &ScreenArguments) -> anyhow::Result<ExitCode> {
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    if arguments.previous.as_ref() == Some(&arguments.output) {
        bail!("the last screening would be overwritten: choose another --output");
    }
    let question = Screening {
        population: &arguments.population,
        output: &arguments.output,
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

fn load(arguments: &LoadArguments) -> anyhow::Result<ExitCode> {
    let kept = tempfile::tempdir().context("a folder for the law could not be made")?;
    let law = arguments.law.load(kept.path())?;
    let mapping = Mapping::read(&arguments.mapping, &law)?;
    let key = PseudonymKey::read(&arguments.key)?;
    let folder = arguments.mapping.parent().unwrap_or(Path::new("."));
    let shares = Shares::read(&mapping, folder, arguments.parts)?;
    let (mut all, mut written) = (Total::default(), Written::new(&arguments.output)?);
    for part in 0..shares.parts() {
        let loaded = registers::load_part(&mapping, folder, (&law, &key), &shares, part)?;
        let of_part = |folder: &Path| {
            if shares.parts() == 1 { folder.to_owned() } else { folder.join(format!("part-{part:05}")) }
        };
        let output = of_part(&arguments.output);
        nation::write(&loaded.households, &law, &output)?;
        feed::write(&loaded.households, &output).context("the digests could not be written")?;
        let changes = match arguments.previous.as_deref().map(of_part) {
            Some(previous) => Some(feed::differences(&loaded.households, &previous).with_context(|| {
                format!("{} holds no load to compare with; name as many --parts as then", previous.display())
            })?),
            None => None,
        };
        written.part(&loaded, changes.as_ref())?;
        if let Some(into) = &arguments.into {
            take_in(into, &loaded, changes.as_ref())?;
        }
        all.add(&loaded, changes.as_ref().map(BTreeMap::len));
    }
    written.close()?;
    super::print(&all.told())?;
    Ok(if all.aside == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// What all parts of a load came to.
#[derive(Default)]
struct Total {
    rows: usize,
    persons: usize,
    households: usize,
    aside: usize,
    checked: (usize, usize),
    doubts: BTreeMap<&'static str, usize>,
    changes: Option<usize>,
}

impl Total {
    fn add(&mut self, loaded: &Loaded, changes: Option<usize>) {
        self.rows += loaded.rows;
        self.persons += loaded.households.values().map(|household| household.members.len()).sum::<usize>();
        self.households += loaded.households.len();
        self.aside += loaded.aside.len();
        self.checked = (self.checked.0 + loaded.checked_numbers.0, self.checked.1 + loaded.checked_numbers.1);
        for (doubt, count) in &loaded.doubts {
            *self.doubts.entry(*doubt).or_default() += count;
        }
        self.changes = changes.map(|count| count + self.changes.unwrap_or(0)).or(self.changes);
    }

    fn told(&self) -> String {
        let (checked, numbers) = self.checked;
        let mut text = format!(
            "{} rows: {} persons in {} households, {} set aside\n{numbers} resident numbers, of which {checked} have a check digit that fits",
            self.rows, self.persons, self.households, self.aside,
        );
        for (doubt, count) in &self.doubts {
            let _ = write!(text, "\ntaken, but odd: {count} {doubt}");
        }
        if let Some(changes) = self.changes {
            let _ = write!(text, "\n{changes} households differ from the load before");
        }
        text
    }
}

/// `set-aside.csv` and `changes.csv`, written part by part.
struct Written {
    folder: PathBuf,
    aside: String,
    changes: Option<String>,
}

impl Written {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), aside: "file,line,column,reason\n".to_owned(), changes: None })
    }

    fn part(&mut self, loaded: &Loaded, changes: Option<&BTreeMap<String, Difference>>) -> anyhow::Result<()> {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        for one in &loaded.aside {
            let (file, column, reason) = (quoted(&one.file), quoted(&one.column), quoted(&one.reason));
            writeln!(self.aside, "{file},{},{column},{reason}", one.line)?;
        }
        if let Some(changes) = changes {
            let text = self.changes.get_or_insert_with(|| "household,change\n".to_owned());
            for (id, one) in changes {
                writeln!(text, "{id},{}", one.identifier())?;
            }
        }
        Ok(())
    }

    fn close(self) -> anyhow::Result<()> {
        let write = |name: &str, text: &str| {
            let path = self.folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))
        };
        write("set-aside.csv", &self.aside)?;
        self.changes.as_ref().map_or(Ok(()), |text| write("changes.csv", text))
    }
}

/// Takes the households that differ, or all of them, into a deployment.
fn take_in(data: &Path, loaded: &Loaded, changes: Option<&BTreeMap<String, Difference>>) -> anyhow::Result<()> {
    let configuration =
        DeploymentArguments { data: Some(data.to_owned()), ..DeploymentArguments::default() }.configuration()?;
    super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let welfare = composition::open_welfare(&configuration, &configuration.agency, ledger.clone())?;
        let wanted = loaded.households.iter().filter(|(id, _)| changes.is_none_or(|changes| changes.contains_key(*id)));
        let (mut taken, mut opened) = (0_u64, 0);
        for (id, household) in wanted {
            let caller = Caller::system(SystemClock.now());
            // Who signs in as whom is not in the registers: an account that is linked already stays linked.
            let account = welfare.store().home(id).await?.and_then(|home| home.record.account);
            let lived = welfare.register(&caller, id, household.clone(), account, "registers").await?;
            taken += 1;
            opened += lived.opened.len();
        }
        ledger.close().await;
        super::print(&format!("{taken} households taken in, {opened} proposals opened"))
    })
}
