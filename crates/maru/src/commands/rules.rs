//! `maru rules …`

mod meaning;
mod nation;
mod serve;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use maru_rules::{
    command::{self, Coverage},
    period::{Instant, Period},
    run::Mode,
    simulation::Options,
    system::Package,
    yaml_tests::{TestOptions, TestResult, Verdict},
};

/// How often `--watch` looks whether a file was saved.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// Endings of the files that a package is made of.
const SOURCES: &[&str] = &["py", "yaml", "yml", "csv", "json", "toml"];

/// Law as code: check, test, calculate, explain, serve an OpenFisca country package.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say how much of a package compiles, and for all that does not: why, where, and what to write instead.
    Check(CheckArguments),
    /// Run the YAML tests of a package.
    Test(TestArguments),
    /// Calculate what a situation asks for with null.
    Calculate(CalculateArguments),
    /// Show what a value rests on: values, parameters with date and reference, formulas, inputs.
    Explain(ExplainArguments),
    /// Say what is still needed to know a result, what settles most first.
    Ask(meaning::AskArguments),
    /// Check the certificate of a calculation.
    #[command(subcommand)]
    Certificate(meaning::CertificateCommand),
    /// Compare a reform with the rules in force: cost, winners and losers, poverty, inequality.
    Reform(meaning::ReformArguments),
    /// Write the rules as SQL for Spark or DuckDB.
    Sql(meaning::SqlArguments),
    /// List what is missing: constructs that do not compile, and figures that the law leaves open.
    Gaps(GapsArguments),
    /// Calculate a nation from Parquet to Parquet, in bounded memory.
    Run(nation::Arguments),
    /// Answer as OpenFisca's Web API does.
    Serve(serve::Arguments),
}

/// Which package.
#[derive(Debug, Args)]
struct PackageArguments {
    /// The folder of the Python module: the one that holds __init__.py, entities.py, variables/ and parameters/.
    package: PathBuf,
}

impl PackageArguments {
    fn load(&self) -> anyhow::Result<Package> {
        Ok(Package::load(&self.package)?)
    }
}

/// How numbers are calculated.
#[derive(Debug, Args)]
struct ModeArguments {
    /// With the numbers of OpenFisca Core (float32, int32) instead of exact ones.
    #[arg(long)]
    parity: bool,
}

impl ModeArguments {
    fn options(&self) -> Options {
        Options { mode: self.mode(), ..Options::default() }
    }

    const fn mode(&self) -> Mode {
        if self.parity { Mode::Parity } else { Mode::Exact }
    }
}

/// Check a package.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules check laws/korea/openfisca_korea
  maru rules check openfisca_france --at-least 85

Formulas are tried on the day given, those not in force then on their own first day. «Raises» are formulas that would
raise an error in Python as well, mostly because a parameter has no value on that day.")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The day on which formulas are tried.
    #[arg(long, default_value = "2026-01-01", value_parser = day_of)]
    on: Instant,
    /// Fail where less than this share of the variables with a formula compiles, in per cent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    at_least: Option<u8>,
}

/// Count what is missing.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maru rules gaps openfisca_france")]
pub(crate) struct GapsArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The day on which formulas are tried.
    #[arg(long, default_value = "2026-01-01", value_parser = day_of)]
    on: Instant,
}

/// Test a package.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules test laws/korea/openfisca_korea
  maru rules test openfisca_tunisia openfisca-tunisia/tests --name-filter irpp
  maru rules test laws/korea/openfisca_korea --watch

All keys of OpenFisca's tests are known: input, output, period, absolute_error_margin, relative_error_margin, keywords,
reforms, extensions, parameters, max_spiral_loops, only_variables, ignore_variables.")]
pub(crate) struct TestArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// Files and folders of tests; without them, tests/ in the package or beside it.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    mode: ModeArguments,
    /// Run again whenever a file is saved.
    #[arg(long)]
    watch: bool,
    /// Only tests whose file, name or keywords contain this.
    #[arg(short, long, value_name = "TEXT")]
    name_filter: Option<String>,
    /// Compare only these variables.
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    only_variables: Vec<String>,
    /// Do not compare these variables.
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    ignore_variables: Vec<String>,
    /// Reforms applied to every test, such as package.reforms.module.name.
    #[arg(short, long, value_name = "PATHS", value_delimiter = ',')]
    reforms: Vec<String>,
    /// Extensions loaded for every test: packages beside this one.
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    extensions: Vec<String>,
}

/// Calculate a situation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules calculate laws/korea/openfisca_korea --input situation.json
  cat situation.json | maru rules calculate laws/korea/openfisca_korea --input -

The situation is OpenFisca's: {\"persons\": {\"a\": {\"salary\": {\"2026-01\": 3000000}, \"income_tax\": {\"2026-01\": null}}}}.
It comes back with every null filled.")]
pub(crate) struct CalculateArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The situation as JSON; - reads standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    #[command(flatten)]
    mode: ModeArguments,
}

/// Explain a value.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules explain laws/korea/openfisca_korea --input situation.json --variable basic_pension --period 2026-01
  maru rules explain laws/korea/openfisca_korea --input situation.json --variable basic_pension --period 2026-01 --korean
  maru rules explain laws/korea/openfisca_korea --input situation.json --variable basic_pension --period 2026-01 --json")]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The situation as JSON; - reads standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// The variable.
    #[arg(long)]
    variable: String,
    /// The period, such as 2026-01 or 2026.
    #[arg(long, value_parser = period_of)]
    period: Period,
    /// In Korean.
    #[arg(long)]
    korean: bool,
    /// As JSON.
    #[arg(long, conflicts_with = "korean")]
    json: bool,
    /// Whose value; the first where none is named.
    #[arg(long, value_name = "NAME", conflicts_with = "parity")]
    of: Option<String>,
    /// What would change it, fact by fact.
    #[arg(long, conflicts_with = "parity")]
    changes: bool,
    /// Write one page that unfolds.
    #[arg(long, value_name = "FILE", conflicts_with = "parity")]
    html: Option<PathBuf>,
    /// Write the certificate of the calculation.
    #[arg(long, value_name = "FILE", conflicts_with = "parity")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    mode: ModeArguments,
}

fn day_of(text: &str) -> Result<Instant, String> {
    Instant::parse(text).map(|(instant, _)| instant).ok_or_else(|| "write a day as 2026-01-01".to_owned())
}

fn period_of(text: &str) -> Result<Period, String> {
    Period::parse(text)
        .ok_or_else(|| "write a period as 2026, 2026-01, 2026-01-15, 2026-W03 or month:2026-01:3".to_owned())
}

/// Runs the command.
///
/// # Errors
/// Where the package, a file or the situation cannot be used.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(arguments) => check(&arguments),
        Command::Test(arguments) => test(&arguments),
        Command::Calculate(arguments) => calculate(&arguments),
        Command::Explain(arguments) => explain(&arguments),
        Command::Ask(arguments) => meaning::ask(&arguments),
        Command::Certificate(command) => meaning::certificate(&command),
        Command::Reform(arguments) => meaning::reform(&arguments),
        Command::Sql(arguments) => meaning::write_sql(&arguments),
        Command::Gaps(arguments) => gaps(&arguments),
        Command::Run(arguments) => nation::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
    }
}

fn check(arguments: &CheckArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let coverage = command::check(&package, arguments.on)?;
    for (title, troubles) in [("not compiled", &coverage.unsupported), ("raises", &coverage.raised)] {
        for trouble in troubles {
            super::print(&format!(
                "{title}: {} (formula from {}, tried for {})\n{}\n",
                trouble.variable, trouble.from, trouble.period, trouble.diagnostic
            ))?;
        }
    }
    for diagnostic in &coverage.reading {
        super::print(&format!("while reading:\n{diagnostic}\n"))?;
    }
    super::print(&summary(&package, &coverage))?;
    let enough = arguments.at_least.is_none_or(|percent| share(&coverage) >= f64::from(percent));
    Ok(if enough { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn share(coverage: &Coverage) -> f64 {
    percent(coverage.compiled, coverage.with_formula)
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer variables than a float counts")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

fn summary(package: &Package, coverage: &Coverage) -> String {
    format!(
        "{} {}: {} variables, {} with a formula\n\
         compiled: {} of {} ({:.1} %); {} ({:.1} %) together with everything they rest on\n\
         formulas: {}, of which {} are not compiled and {} raise; {} findings while reading",
        package.name,
        package.version,
        coverage.variables,
        coverage.with_formula,
        coverage.compiled,
        coverage.with_formula,
        share(coverage),
        coverage.compiled_whole,
        percent(coverage.compiled_whole, coverage.with_formula),
        coverage.formulas,
        coverage.unsupported.len(),
        coverage.raised.len(),
        coverage.reading.len(),
    )
}

fn gaps(arguments: &GapsArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let coverage = command::check(&package, arguments.on)?;
    for gap in command::gaps(&coverage) {
        super::print(&format!(
            "{:5}  {}\n       instead: {}\n       such as: {}",
            gap.formulas, gap.construct, gap.help, gap.example
        ))?;
    }
    for figure in meaning::open_figures(&package, &arguments.on.to_string()) {
        super::print(&figure)?;
    }
    super::print(&summary(&package, &coverage))?;
    Ok(ExitCode::SUCCESS)
}

fn test(arguments: &TestArguments) -> anyhow::Result<ExitCode> {
    if !arguments.watch {
        return test_once(arguments);
    }
    loop {
        let seen = saved(arguments);
        if let Err(error) = test_once(arguments) {
            super::print(&format!("maru: {error:#}"))?;
        }
        super::print("watching; Ctrl-C ends")?;
        while saved(arguments) == seen {
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

fn test_once(arguments: &TestArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let paths = test_paths(&package, &arguments.paths)?;
    let options = TestOptions {
        mode: arguments.mode.mode(),
        name_filter: arguments.name_filter.clone(),
        only_variables: arguments.only_variables.clone(),
        ignore_variables: arguments.ignore_variables.clone(),
        reforms: arguments.reforms.clone(),
        extensions: arguments.extensions.clone(),
    };
    let results = package.test(&paths, &options);
    if results.is_empty() {
        bail!("no test was found; name files that end in .yaml, or check --name-filter");
    }
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for result in &results {
        match &result.verdict {
            Verdict::Passed => passed += 1,
            Verdict::Skipped(why) => {
                skipped += 1;
                super::print(&format!("skipped {}: {why}", place(result)))?;
            }
            Verdict::Failed(why) => {
                failed += 1;
                super::print(&format!("FAILED {}\n{}\n", place(result), indented(why)))?;
            }
        }
    }
    super::print(&format!("{passed} passed, {failed} failed, {skipped} skipped"))?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn place(result: &TestResult) -> String {
    format!("{}:{} {}", result.file.display(), result.line, result.name)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The paths named, or `tests/` in the package or beside it.
fn test_paths(package: &Package, named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if let Some(missing) = named.iter().find(|path| !path.exists()) {
        bail!("{} is not there; name a file or folder of YAML tests", missing.display());
    }
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let beside = package.root.parent().map(|above| above.join("tests"));
    let found = std::iter::once(package.root.join("tests")).chain(beside).find(|path| path.is_dir());
    found.map(|path| vec![path]).with_context(|| {
        format!("{} has no folder tests; name files or folders after the package", package.root.display())
    })
}

/// When each file that the tests depend on was saved.
fn saved(arguments: &TestArguments) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    collect(&arguments.package.package, 0, &mut times);
    if let Some(beside) = arguments.package.package.parent() {
        collect(&beside.join("tests"), 0, &mut times);
    }
    for path in &arguments.paths {
        collect(path, 0, &mut times);
    }
    times
}

fn collect(path: &Path, depth: usize, times: &mut BTreeMap<PathBuf, SystemTime>) {
    if path.is_dir() && depth < 40 {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), depth + 1, times);
        }
    } else if path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| SOURCES.contains(&ending))
        && let Ok(time) = path.metadata().and_then(|about| about.modified())
    {
        times.insert(path.to_path_buf(), time);
    }
}

fn situation(path: &Path) -> anyhow::Result<serde_json::Value> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).context("standard input cannot be read")?
    } else {
        std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?
    };
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

fn calculate(arguments: &CalculateArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let answer = command::calculate(&package, &situation(&arguments.input)?, arguments.mode.options())?;
    super::print(&serde_json::to_string_pretty(&answer)?)?;
    Ok(ExitCode::SUCCESS)
}

fn explain(arguments: &ExplainArguments) -> anyhow::Result<ExitCode> {
    // With Core's numbers the tree of the calculation itself is shown, for every row.
    if !arguments.mode.parity {
        return meaning::explain(arguments);
    }
    let package = arguments.package.load()?;
    let explanation = command::explain(
        &package,
        &situation(&arguments.input)?,
        &arguments.variable,
        arguments.period,
        arguments.mode.options(),
    )?;
    let shown = if arguments.json {
        serde_json::to_string_pretty(&explanation.to_json())?
    } else {
        explanation.to_text(arguments.korean).trim_end().to_owned()
    };
    super::print(&shown)?;
    Ok(ExitCode::SUCCESS)
}
