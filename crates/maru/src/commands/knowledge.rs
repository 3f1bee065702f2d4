//! `maru knowledge …`

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::ProgressBar;
use jiff::civil::Date;
use maru_knowledge::{
    Citation, CitationStatus, Hit, ImportContent, ImportListener, ImportSource, ImportStage, Knowledge, Query,
    SourceKind,
};
use maru_ledger::{Clock, SystemClock};
use serde::{Deserialize, Serialize};

use crate::{
    bulk, composition,
    deployment::{DeploymentArguments, open_ledger},
    files,
};

/// What the state has said: import statutes and answers, search them, check citations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take over statutes, answers and services.
    #[command(after_help = "\
Statutes: one article a line (law, kind, ministry[], effective, article, heading, text, url), or a folder with one
Markdown file per act and YAML front matter, as public mirrors of the law have it.
Answers:  one a line (id, title, text; category, department, cites[] if there are), CSV with those columns, or a folder
of Markdown files. Services: one a line (id, title, who, what, how, period, documents[]).

Examples:
  maru knowledge import --data maru-data --statutes statutes.jsonl.xz
  maru knowledge import --data maru-data --statutes laws/ --answers faq.csv --services services.jsonl

Only what changed is taken over. Searches see all of an import or nothing of it; one that was interrupted goes on where
it was. Exit code 2: some lines could not be read (they are named on standard error), the rest was taken over.")]
    Import(ImportArguments),
    /// Take published answers or services away: from then on nothing is found in them or drafted from them.
    #[command(after_help = "\
The identifiers are those of the files that were imported; drafts and answers that rest on them stay as they are.

Examples:
  maru knowledge remove --data maru-data --answers faq-17 faq-18
  maru knowledge remove --data maru-data --services bulky-waste

Exit code 2: some of them were not there (they are named on standard error), the rest was taken away.")]
    Remove(RemoveArguments),
    /// Search for every question of a file.
    #[command(after_help = "\
Input, one JSON object a line:   {\"id\": 1, \"question\": \"전세 보증금을 돌려받지 못하면?\"}
Output, in the same order:       {\"id\": 1, \"results\": [{\"source\": \"statute\", \"law\": \"주택임대차보호법\",
                                  \"article\": \"제3조의3\", \"answer_id\": null, \"score\": 12.3, \"passage\": \"…\"}]}

Example:
  maru knowledge search --data maru-data --input questions.jsonl --top 10 --output results.jsonl")]
    Search(SearchArguments),
    /// Find every reference to law in the texts of a file and check that it exists.
    #[command(after_help = "\
Input, one JSON object a line:   {\"id\": 1, \"text\": \"「도로법」 제46조에 따라 …\"}
Output, in the same order:       {\"id\": 1, \"citations\": [{\"start\": 0, \"end\": 10, \"law\": \"도로법\",
                                  \"article\": \"제46조\", \"status\": \"in-force\"}]}
Status: in-force, repealed, renamed, unknown. Places are counted in characters.

Example:
  maru knowledge cite --data maru-data --input drafts.jsonl --output citations.jsonl")]
    Cite(CiteArguments),
}

/// What to import.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Statutes: a file, or a folder of Markdown files.
    #[arg(long, value_name = "FILE")]
    statutes: Vec<PathBuf>,
    /// Answers: a file (JSON lines or CSV), or a folder of Markdown files.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["statutes", "services"])]
    answers: Vec<PathBuf>,
    /// Services: a file of JSON lines.
    #[arg(long, value_name = "FILE")]
    services: Vec<PathBuf>,
}

/// What to take away.
#[derive(Debug, Args)]
pub(crate) struct RemoveArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Answers, by their identifiers.
    #[arg(long, value_name = "ID", num_args = 1..)]
    answers: Vec<String>,
    /// Services, by their identifiers.
    #[arg(long, value_name = "ID", num_args = 1.., required_unless_present = "answers")]
    services: Vec<String>,
}

/// What to search for.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Questions; `-` is standard input.
    #[arg(long)]
    input: PathBuf,
    /// Where to write; `-` is standard output.
    #[arg(long)]
    output: PathBuf,
    /// How many results for each.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    top: u16,
    /// Only passages of this kind.
    #[arg(long)]
    kind: Vec<KindFilter>,
    /// Only acts of this ministry.
    #[arg(long)]
    ministry: Option<String>,
    /// The law as in force on this day: 2026-11-24.
    #[arg(long)]
    on: Option<Date>,
}

/// A kind of passage.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KindFilter {
    /// Articles of law.
    Statute,
    /// Published answers.
    Answer,
    /// Descriptions of services.
    Service,
}

impl From<KindFilter> for SourceKind {
    fn from(filter: KindFilter) -> Self {
        match filter {
            KindFilter::Statute => Self::Statute,
            KindFilter::Answer => Self::Answer,
            KindFilter::Service => Self::Service,
        }
    }
}

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct CiteArguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Texts; `-` is standard input.
    #[arg(long)]
    input: PathBuf,
    /// Where to write; `-` is standard output.
    #[arg(long)]
    output: PathBuf,
    /// The law as in force on this day; today unless said otherwise.
    #[arg(long)]
    on: Option<Date>,
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read or written, or the deployment cannot be opened.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(arguments) => import(&arguments),
        Command::Remove(arguments) => remove(&arguments),
        Command::Search(arguments) => search(&arguments),
        Command::Cite(arguments) => cite(&arguments),
    }
}

fn import(arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let configuration = arguments.deployment.configuration()?;
    let bytes = files::bytes_bar("reading");
    let sources = sources(arguments, &bytes)?;
    let report = super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let knowledge = composition::open_knowledge(&configuration, ledger).await?;
        Ok(knowledge.import(sources, Some(listener(&bytes))).await?)
    })?;
    bytes.finish_and_clear();
    let mut errors = std::io::stderr().lock();
    for bad in &report.bad {
        writeln!(errors, "{bad}")?;
    }
    super::print(&format!(
        "{} articles, answers and services read; acts, answers and services: {} new, {} changed, {} unchanged; {} bad lines; revision {}",
        report.read,
        report.added,
        report.changed,
        report.unchanged,
        report.bad.len(),
        report.revision
    ))?;
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn remove(arguments: &RemoveArguments) -> anyhow::Result<ExitCode> {
    let configuration = arguments.deployment.configuration()?;
    let answers = arguments.answers.iter().map(|id| format!("answer:{id}"));
    let services = arguments.services.iter().map(|id| format!("service:{id}"));
    let wanted: Vec<String> = answers.chain(services).collect();
    super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let knowledge = composition::open_knowledge(&configuration, ledger).await?;
        let mut there = Vec::new();
        let mut missing = 0;
        for id in wanted {
            if knowledge.passage(&id)?.is_some() {
                there.push(id);
            } else {
                missing += 1;
                writeln!(std::io::stderr(), "{id}: there is no such answer or service")?;
            }
        }
        let counts = knowledge.remove(&there).await?;
        super::print(&format!(
            "{} taken away; {} answers and {} services are left; revision {}",
            there.len(),
            counts.answers,
            counts.services,
            knowledge.revision()
        ))?;
        Ok(if missing == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
    })
}

fn sources(arguments: &ImportArguments, bar: &ProgressBar) -> anyhow::Result<Vec<ImportSource>> {
    let mut sources = Vec::new();
    for path in &arguments.statutes {
        let content = if path.is_dir() {
            ImportContent::StatuteFolder(path.clone())
        } else {
            ImportContent::StatuteLines(files::open(path, bar)?)
        };
        sources.push(ImportSource::new(path.display().to_string(), content));
    }
    for path in &arguments.answers {
        let content = if path.is_dir() {
            ImportContent::AnswerFolder(path.clone())
        } else if is_table(path) {
            ImportContent::AnswerTable(files::open(path, bar)?)
        } else {
            ImportContent::AnswerLines(files::open(path, bar)?)
        };
        sources.push(ImportSource::new(path.display().to_string(), content));
    }
    for path in &arguments.services {
        let content = ImportContent::ServiceLines(files::open(path, bar)?);
        sources.push(ImportSource::new(path.display().to_string(), content));
    }
    Ok(sources)
}

/// `faq.csv`, `faq.csv.gz`.
fn is_table(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.split('.').any(|part| part == "csv")
}

/// Shows the stages after the reading, which moves by the bytes of its files.
fn listener(bar: &ProgressBar) -> ImportListener {
    let bar = bar.clone();
    Arc::new(move |progress| {
        let message = match progress.stage {
            ImportStage::Reading => return,
            ImportStage::TakingOver => "taking over",
            ImportStage::Indexing => "indexing",
        };
        bar.set_message(message);
        if let Some(total) = progress.total {
            bar.set_length(total);
        }
        bar.set_position(progress.done);
    })
}

#[derive(Deserialize)]
struct Question {
    id: serde_json::Value,
    question: String,
}

#[derive(Serialize)]
struct Results {
    id: serde_json::Value,
    results: Vec<ResultLine>,
}

#[derive(Serialize)]
struct ResultLine {
    source: &'static str,
    law: Option<String>,
    article: Option<String>,
    answer_id: Option<String>,
    score: f64,
    passage: String,
}

impl From<Hit> for ResultLine {
    fn from(hit: Hit) -> Self {
        let passage = hit.passage;
        let is_statute = passage.source == SourceKind::Statute;
        let answer_id = passage.id.split_once(':').map(|(_, id)| id.to_owned()).filter(|_| !is_statute);
        Self {
            source: passage.source.as_str(),
            law: is_statute.then_some(passage.law),
            article: is_statute.then_some(passage.article),
            answer_id,
            score: hit.score,
            passage: passage.text,
        }
    }
}

fn search(arguments: &SearchArguments) -> anyhow::Result<ExitCode> {
    let knowledge = opened(&arguments.deployment)?;
    let query = Query {
        limit: usize::from(arguments.top),
        kinds: arguments.kind.iter().map(|kind| (*kind).into()).collect(),
        ministry: arguments.ministry.clone(),
        in_force_on: arguments.on,
        ..Query::default()
    };
    answer_lines(&arguments.input, &arguments.output, "searching", |line: Question| {
        let hits = knowledge.search(&Query { text: line.question, ..query.clone() })?;
        Ok(Results { id: line.id, results: hits.into_iter().map(Into::into).collect() })
    })
}

#[derive(Deserialize)]
struct Text {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct Citations {
    id: serde_json::Value,
    citations: Vec<CitationLine>,
}

#[derive(Serialize)]
struct CitationLine {
    start: usize,
    end: usize,
    law: String,
    article: String,
    status: CitationStatus,
}

impl From<Citation> for CitationLine {
    fn from(citation: Citation) -> Self {
        let Citation { start, end, law, article, status, .. } = citation;
        Self { start, end, law, article, status }
    }
}

fn cite(arguments: &CiteArguments) -> anyhow::Result<ExitCode> {
    let knowledge = opened(&arguments.deployment)?;
    let on = arguments.on.unwrap_or_else(|| maru_calendar::seoul(SystemClock.now()).date());
    answer_lines(&arguments.input, &arguments.output, "checking", |line: Text| {
        let citations = knowledge.resolve(&line.text, on);
        Ok(Citations { id: line.id, citations: citations.into_iter().map(Into::into).collect() })
    })
}

/// The knowledge of a deployment, for commands that only read it.
fn opened(deployment: &DeploymentArguments) -> anyhow::Result<Knowledge> {
    let configuration = deployment.configuration()?;
    super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let knowledge = composition::open_knowledge(&configuration, ledger).await?;
        let counts = knowledge.counts();
        if counts.articles + counts.answers + counts.services == 0 {
            anyhow::bail!("there is no knowledge in this deployment yet; first run: maru knowledge import --help");
        }
        Ok(knowledge)
    })
}

fn answer_lines<In, Out>(
    input: &Path,
    output: &Path,
    what: &'static str,
    work: impl Fn(In) -> anyhow::Result<Out> + Sync,
) -> anyhow::Result<ExitCode>
where
    In: serde::de::DeserializeOwned + Send,
    Out: Serialize + Send,
{
    let bar = files::bytes_bar(what);
    let mut out = files::Output::create(output)?;
    let tally =
        bulk::map_lines(files::open(input, &bar)?, &mut out, work).context("the file could not be worked through")?;
    out.finish()?;
    bar.finish_and_clear();
    Ok(tally.exit_code())
}
