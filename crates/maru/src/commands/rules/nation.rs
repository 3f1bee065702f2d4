//! `maru rules run`: a nation from Parquet to Parquet.

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use clap::Args;
use indicatif::ProgressBar;
use maru_columns::{ColumnsError, Question, Report, persons_in, run_parquet};
use maru_rules::{period::Period, simulation::Options, system::Package};

/// Calculate a nation.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  maru rules run laws/korea/openfisca_korea --input nation --period 2026-03 --variables monthly_benefits --output answer

The input folder holds person.parquet (person_id, household_id, role, facts) and household.parquet (household_id, facts);
other kinds of groups likewise. Facts are named as variables; name@2026-01 says another period. Members of a household
stand together. The answer is one file for each kind of entity with an output. Memory stays the same whatever the size.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    package: super::PackageArguments,
    #[command(flatten)]
    mode: super::ModeArguments,
    /// The folder with the facts.
    #[arg(long)]
    input: PathBuf,
    /// The folder for the answer.
    #[arg(long)]
    output: PathBuf,
    /// The period, such as 2026-03.
    #[arg(long, value_parser = super::period_of)]
    period: Period,
    /// What to calculate, separated by commas.
    #[arg(long, required = true, value_delimiter = ',', value_name = "NAMES")]
    variables: Vec<String>,
    /// On how many threads; as many as there are processors if not given.
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs the command.
///
/// # Errors
/// Where the package or the files cannot be used; the message says what to change.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let package = arguments.package.load()?;
    let threads = arguments.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let question = Question {
        input: &arguments.input,
        output: &arguments.output,
        period: arguments.period,
        variables: &arguments.variables,
        options: Options { threads, ..arguments.mode.options() },
        done: None,
    };
    let report = watched(&package, &question)?;
    for unknown in &report.unknown {
        crate::commands::print(&format!("not read, since no variable has its name: {unknown}"))?;
    }
    for written in &report.written {
        crate::commands::print(&format!("{}: {} rows", written.path.display(), written.rows))?;
    }
    crate::commands::print(&format!("{} persons, {} columns of facts", report.persons, report.facts))?;
    Ok(ExitCode::SUCCESS)
}

/// Calculates, and shows on the terminal how many persons are done.
fn watched(package: &Package, question: &Question) -> Result<Report, ColumnsError> {
    let bar = crate::files::counting_bar("persons");
    bar.set_length(persons_in(question.input)?);
    let done = AtomicU64::new(0);
    let report = std::thread::scope(|scope| {
        let run = scope.spawn(|| run_parquet(package, &Question { done: Some(&done), ..*question }));
        while !run.is_finished() {
            show(&bar, &done);
        }
        run.join()
    });
    bar.finish_and_clear();
    report.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn show(bar: &ProgressBar, done: &AtomicU64) {
    bar.set_position(done.load(Ordering::Relaxed));
    std::thread::sleep(Duration::from_millis(20));
}
