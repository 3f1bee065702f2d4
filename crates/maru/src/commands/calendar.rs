//! `maru calendar …`

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::{Timestamp, civil::DateTime};
use maru_calendar::{Clock, Period, PetitionKind, WorkingCalendar, explain, seoul};
use serde_json::json;

/// Working time and statutory periods.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// When an answer is due, with the reasoning step by step.
    #[command(after_help = "\
Examples:
  maru calendar due --kind legal-question --received 2026-02-13T16:30+09:00
  maru calendar due --days 5 --received 2026-02-13T16:30 --json
  maru calendar due --hours 3 --received 2026-10-02T17:00 --language en

A time without an offset is Korean time. The rules are those of the Civil Petitions Treatment Act (민원 처리에 관한 법률)
and its decree; holidays are known for 2020 to 2030.")]
    Due(DueArguments),
    /// The holidays of the civil service in a year.
    #[command(after_help = "Example:\n  maru calendar holidays --year 2026")]
    Holidays {
        /// The year.
        #[arg(long)]
        year: i16,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What is asked.
#[derive(Debug, Args)]
pub(crate) struct DueArguments {
    /// The kind of petition.
    #[arg(long, value_parser = kind_of, required_unless_present_any = ["days", "hours"], conflicts_with_all = ["days", "hours"],
        value_name = "immediate|legal-question|question|suggestion|grievance")]
    kind: Option<PetitionKind>,
    /// A period in days, such as the table of petitions (민원처리기준표) sets it.
    #[arg(long, conflicts_with = "hours", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
    /// A period in working hours.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    hours: Option<u32>,
    /// When the petition was received: 2026-02-13T16:30+09:00, or without offset in Korean time.
    #[arg(long, value_parser = received_at)]
    received: DateTime,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Language of the reasoning.
    #[arg(long, default_value = "ko")]
    language: ReasoningLanguage,
}

/// Language of the reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReasoningLanguage {
    /// Korean.
    Ko,
    /// English.
    En,
}

fn kind_of(name: &str) -> Result<PetitionKind, String> {
    PetitionKind::from_identifier(name).ok_or_else(|| {
        let known: Vec<_> = PetitionKind::ALL.iter().map(|kind| kind.identifier()).collect();
        format!("there is no such kind; use one of: {}", known.join(", "))
    })
}

fn received_at(text: &str) -> Result<DateTime, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(seoul(instant));
    }
    text.parse::<DateTime>().map_err(|_| "write it as 2026-02-13T16:30+09:00 or 2026-02-13T16:30".to_owned())
}

/// Runs the command.
///
/// # Errors
/// Where the period reaches beyond the years whose holidays are known.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Due(arguments) => due(&arguments)?,
        Command::Holidays { year, json } => holidays(year, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn due(arguments: &DueArguments) -> anyhow::Result<()> {
    let calendar = WorkingCalendar::korea()?;
    let clock = match (arguments.kind, arguments.days, arguments.hours) {
        (Some(kind), _, _) => Clock::new(kind.period(), kind.article(), arguments.received),
        (_, Some(days), _) => Clock::new(Period::Days(days), "민원처리기준표", arguments.received),
        (_, _, Some(hours)) => Clock::new(Period::Hours(hours), "민원처리기준표", arguments.received),
        _ => bail!("name a kind (--kind), days (--days) or working hours (--hours)"),
    };
    let reckoning = clock.reckon(&calendar)?;
    let due = reckoning.due.context("the clock stands still")?;
    let instant = format!("{}+09:00", due.strftime("%Y-%m-%dT%H:%M"));
    if arguments.json {
        let document = json!({
            "due": instant,
            "kind": arguments.kind,
            "period": clock.period,
            "received": format!("{}+09:00", arguments.received.strftime("%Y-%m-%dT%H:%M:%S")),
            "steps": reckoning.steps,
        });
        return super::print(&serde_json::to_string_pretty(&document)?);
    }
    let reasoning = explain::explanation(&clock, &calendar, arguments.language == ReasoningLanguage::Ko)?;
    super::print(&format!("{instant}\n\n{reasoning}"))
}

fn holidays(year: i16, as_json: bool) -> anyhow::Result<()> {
    let calendar = WorkingCalendar::korea()?;
    let first_day = jiff::civil::Date::new(year, 1, 1).context("there is no such year")?;
    calendar.holidays().on(first_day)?;
    let days: Vec<_> = calendar.holidays().all().filter(|holiday| holiday.date.year() == year).collect();
    if as_json {
        return super::print(&serde_json::to_string_pretty(&days)?);
    }
    let lines: Vec<String> = days
        .iter()
        .map(|day| format!("{}  {} ({})  [{}]", day.date, day.name_ko, day.name_en, day.reference))
        .collect();
    super::print(&lines.join("\n"))
}
