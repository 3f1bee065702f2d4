//! `maru rules ask|explain|certificate|reform|sql`: what is unknown, why, what a reform does, and the rules as SQL.

use std::fmt::Write as _;
use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use maru_columns::{Reforming, in_order, shared};
use maru_rules::{
    explain::{self, certificate, change},
    period::Period,
    reform::{self, Axis, Homes, Reform, Study},
    simulation::Options,
    sql::{Dialect, SqlOptions, sql, to_text},
    system::Package,
    unknown,
};

use super::{ExplainArguments, PackageArguments, period_of, situation};
use crate::commands::print;

/// Say what is still needed.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  maru rules ask laws/korea/openfisca_korea --input situation.json --variable basic_pension --period 2026-03 --korean

What the situation does not give is unknown, not a usual value. The answer is the result where it is known whatever the
missing answers are; else the questions, those that settle most first, and figures that the law leaves open.")]
pub(crate) struct AskArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The situation as JSON; - reads standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// The variable.
    #[arg(long)]
    variable: String,
    /// The period, such as 2026-03 or 2026.
    #[arg(long, value_parser = period_of)]
    period: Period,
    /// Variables that have their usual value where nothing is said.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    assume: Vec<String>,
    /// In Korean.
    #[arg(long)]
    korean: bool,
    /// As JSON.
    #[arg(long, conflicts_with = "korean")]
    json: bool,
}

/// Certificates of calculations.
#[derive(Debug, Subcommand)]
pub(crate) enum CertificateCommand {
    /// Calculate again what a certificate says, and compare.
    Verify(VerifyArguments),
}

/// Check a certificate.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maru rules certificate verify laws/korea/openfisca_korea certificate.json")]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The certificate, from `maru rules explain --certificate FILE`.
    file: PathBuf,
}

/// Study a reform.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules reform laws/korea/openfisca_korea --reform reform.yaml --input population --period 2026-03 --output study
  maru rules reform … --situation household.json --vary earned_income --step 100000 --steps 60

The reform's file:
  name: a higher basic pension
  parameters:
    basic_pension.amount.standard: {2026-01-01: 400000}
  cost: [basic_pension]
  income: [earned_income, basic_pension]
  groups: [province, age/10]
  once_a_year: [energy_voucher]
  take_up: {basic_pension: [0.8, 0.9]}

Groups are variables of the household or of its first member, age/10 by bands of ten; household size and composition come
always. A year's amount counts by the months asked for. Take-up is the share of those entitled who receive it, under the rules
in force and under the reform; who they are is drawn by their identifier, the same each time.

The population is CSV, a file for each kind of entity named by its plural (persons.csv with person_id, household_id, role); or
Parquet as maru rules run reads it, a folder or folders part-… in it. With --represents every household stands for as many
as make up so many persons.")]
pub(crate) struct ReformArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The reform as YAML.
    #[arg(long, value_name = "FILE")]
    reform: PathBuf,
    /// The folder of the population.
    #[arg(long, value_name = "DIR")]
    input: PathBuf,
    /// How many persons the population stands for, where it is a sample.
    #[arg(long, value_name = "PERSONS")]
    represents: Option<u64>,
    /// The period, such as 2026-03.
    #[arg(long, value_parser = period_of)]
    period: Period,
    /// Where page, tables and JSON are written; without it the JSON is printed.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// A household for the curve of effective marginal rates.
    #[arg(long, value_name = "FILE", requires = "vary")]
    situation: Option<PathBuf>,
    /// The income of its first person that is varied.
    #[arg(long, value_name = "VARIABLE", requires = "situation")]
    vary: Option<String>,
    /// The step between two amounts.
    #[arg(long, default_value = "100000", value_parser = clap::value_parser!(i64).range(1..))]
    step: i64,
    /// How many steps.
    #[arg(long, default_value = "60", value_parser = clap::value_parser!(u16).range(1..))]
    steps: u16,
}

/// Whose SQL.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DialectName {
    /// Spark 3.5 and later, ANSI mode on.
    Spark,
    /// DuckDB.
    Duckdb,
}

/// Write SQL.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  maru rules sql laws/korea/openfisca_korea --variables basic_pension --period 2026-03 --dialect duckdb

One statement for each kind of entity; the comment above it names the tables and columns that it reads.")]
pub(crate) struct SqlArguments {
    #[command(flatten)]
    package: PackageArguments,
    /// The variables.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    variables: Vec<String>,
    /// The period, such as 2026-03.
    #[arg(long, value_parser = period_of)]
    period: Period,
    /// Whose SQL.
    #[arg(long, value_enum, default_value = "spark")]
    dialect: DialectName,
    /// How many decimals inputs have that are not whole numbers.
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u32).range(0..=6))]
    decimals: u32,
}

pub(super) fn ask(arguments: &AskArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let assumed: HashSet<String> = arguments.assume.iter().cloned().collect();
    let given = situation(&arguments.input)?;
    let answer = unknown::ask(&package, &given, &arguments.variable, arguments.period, &assumed)?;
    let shown = if arguments.json {
        serde_json::to_string_pretty(&answer)?
    } else {
        unknown::ask_text(&answer, arguments.korean).trim_end().to_owned()
    };
    print(&shown)?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

pub(super) fn explain(arguments: &ExplainArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let given = situation(&arguments.input)?;
    let (variable, period, of) = (&arguments.variable, arguments.period, arguments.of.as_deref());
    let account = explain::explain(&package, &given, variable, period, of)?;
    let changes = if arguments.changes || arguments.html.is_some() {
        change::changes(&package, &given, variable, period, of)?
    } else {
        Vec::new()
    };
    let certificate = if arguments.certificate.is_some() || arguments.html.is_some() {
        Some(certificate::certificate(&package, &given, variable, period, of)?)
    } else {
        None
    };
    if let (Some(path), Some(certificate)) = (&arguments.certificate, &certificate) {
        write(path, &certificate::canonical(certificate))?;
    }
    let hash = certificate.as_ref().and_then(|certificate| certificate["sha256"].as_str());
    if let Some(path) = &arguments.html {
        let name = format!("{} {}", package.name, package.version);
        write(path, &explain::page(&account, &changes, &name, hash))?;
    }
    let shown = if arguments.json {
        let mut tree = account.to_json();
        if arguments.changes {
            tree["changes"] = changes.iter().map(change::Change::to_json).collect();
        }
        serde_json::to_string_pretty(&tree)?
    } else {
        let mut text = account.to_text(arguments.korean);
        if arguments.changes {
            text.push_str(if arguments.korean {
                "\n결과가 달라지는 경우\n"
            } else {
                "\nWhat would change it\n"
            });
            for change in &changes {
                let _ = writeln!(text, "  {}", change.to_text(arguments.korean));
            }
        }
        text.trim_end().to_owned()
    };
    print(&shown)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn certificate(command: &CertificateCommand) -> anyhow::Result<ExitCode> {
    let CertificateCommand::Verify(arguments) = command;
    let package = arguments.package.load()?;
    let hash = certificate::verify(&package, &situation(&arguments.file)?)?;
    print(&format!("the certificate holds: calculated again with the same result, {hash}"))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn reform(arguments: &ReformArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let text = std::fs::read_to_string(&arguments.reform)
        .with_context(|| format!("{} cannot be read", arguments.reform.display()))?;
    let reform = Reform::parse(&text, &arguments.reform)?;
    let study = studied(&package, &reform, arguments)?;
    let curve = curve(&package, &reform, arguments)?;
    let json = serde_json::to_string_pretty(&study.to_json())?;
    let Some(folder) = &arguments.output else {
        print(&json)?;
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = format!("{} {}", package.name, package.version);
    write(&folder.join("study.html"), &reform::page(&study, curve.as_ref(), &name))?;
    write(&folder.join("study.json"), &json)?;
    for table in reform::tables(&study, curve.as_ref()) {
        write(&folder.join(format!("{}.csv", table.name)), &table.to_csv())?;
        maru_columns::write_table(&table, &folder.join(format!("{}.parquet", table.name)))?;
    }
    print(&format!("written to {}: study.html, study.json and tables as CSV and Parquet", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The study over CSV files, or over folders of Parquet files, part by part.
fn studied(package: &Package, reform: &Reform, arguments: &ReformArguments) -> anyhow::Result<Study> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let weight = |persons: usize| arguments.represents.map_or(1.0, |all| all as f64 / (persons as f64).max(1.0));
    let parts = maru_columns::parts(&arguments.input);
    if parts.is_empty() {
        let mut simulation = reform::read_csv(package, &arguments.input, arguments.period)?;
        simulation.options.threads = threads;
        let persons = simulation.population.counts.get(package.system.person).copied().unwrap_or(0);
        return Ok(reform::study(package, &simulation, reform, arguments.period, weight(persons))?);
    }
    let (workers, within) = shared(threads, parts.len());
    let options = Options { threads: within, ..Options::default() };
    let reforming = Reforming::new(package, reform, arguments.period, options)?;
    let bar = crate::files::counting_bar("parts");
    bar.set_length(parts.len() as u64);
    let mut homes = Homes::default();
    in_order(
        parts.len(),
        workers,
        |place| reforming.part(&parts[place]),
        |_, of_part| {
            homes.extend(of_part);
            bar.inc(1);
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    Ok(homes.study(&reform.name, arguments.period, weight(homes.persons())))
}

fn curve(package: &Package, reform: &Reform, arguments: &ReformArguments) -> anyhow::Result<Option<reform::Curve>> {
    let (Some(file), Some(variable)) = (&arguments.situation, &arguments.vary) else { return Ok(None) };
    if reform.look.income.is_empty() {
        bail!("name the household's income in the reform's file: «income: [disposable_income]»");
    }
    let household = package.situation(&package.system, &situation(file)?, None)?;
    let axis = Axis { variable, row: 0, step: arguments.step, steps: usize::from(arguments.steps) };
    let reformed = reform.apply(package)?;
    Ok(Some(reform::rates(&household, &reformed, axis, reform, arguments.period)?))
}

pub(super) fn write_sql(arguments: &SqlArguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let dialect = match arguments.dialect {
        DialectName::Spark => Dialect::Spark,
        DialectName::Duckdb => Dialect::DuckDb,
    };
    let options = SqlOptions { dialect, decimals: arguments.decimals };
    let statements = sql(&package, &arguments.variables, arguments.period, &options)?;
    print(to_text(&statements).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Figures of the law that are open on a day, one a line.
pub(super) fn open_figures(package: &Package, day: &str) -> Vec<String> {
    unknown::open_figures(&package.system, day)
        .into_iter()
        .map(|figure| {
            format!(
                "open since {}: {}\n       what: {}\n       note: {}",
                figure.from,
                figure.name,
                figure.description.unwrap_or_default(),
                figure.note.unwrap_or_default()
            )
        })
        .collect()
}
