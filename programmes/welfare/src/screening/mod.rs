//! Every household against every benefit: what is due, what is received, what is missed, what is paid too much, who is near
//! the line.
//!
//! A population is a folder of Parquet files (`person`, `household`, `couple`, and `received` for what is given already), or
//! a folder of such folders (`part-…`). Each part is calculated by the nation run of [`maru_columns`] and then looked at; its
//! outcome is written last, so that a screening that broke off goes on where it was.

mod classify;
mod outcome;
pub mod reasons;
pub mod receipts;

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use maru_columns::{ColumnsError, Question, run_parquet};
use maru_rules::simulation::Options;

pub use outcome::{BenefitCounts, Compared, PartOutcome, Summary};
pub use reasons::{Difference, Reasons};

use crate::{
    domain::{BENEFITS, Month},
    evaluation::{EvaluationError, LawBook},
    payment::digest,
    tables::TableError,
};

/// Above a line by no more than this share of it counts as near.
pub const NEAR_PER_CENT: f64 = 5.0;

/// Why a screening stopped.
#[derive(Debug, thiserror::Error)]
pub enum ScreeningError {
    /// The nation run failed.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// The law cannot be applied.
    #[error(transparent)]
    Law(#[from] EvaluationError),
    /// A table could not be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The file system refused.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was told to stop: the same call again goes on.
    #[error("told to stop")]
    Stopped,
    /// There is no population.
    #[error("{0} holds neither person.parquet nor folders part-… that hold it")]
    NoPopulation(PathBuf),
}

/// What is screened.
#[derive(Debug, Clone)]
pub struct Screening<'a> {
    /// The population.
    pub population: &'a Path,
    /// The folder for the outcome.
    pub output: &'a Path,
    /// The month.
    pub month: Month,
    /// The outcome of the last screening, to compare with.
    pub previous: Option<&'a Path>,
    /// On how many threads.
    pub threads: usize,
}

/// The parts of a population: itself, or the folders in it, in order.
///
/// # Errors
/// [`ScreeningError::NoPopulation`].
pub fn parts(population: &Path) -> Result<Vec<PathBuf>, ScreeningError> {
    if population.join("person.parquet").is_file() {
        return Ok(vec![population.to_owned()]);
    }
    let fault = |source| ScreeningError::File { path: population.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(population).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.join("person.parquet").is_file() {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() { Err(ScreeningError::NoPopulation(population.to_owned())) } else { Ok(found) }
}

/// Everything that the nation run is asked for: benefits, their lines, and who lines are about.
pub(crate) fn variables() -> Vec<String> {
    let mut names: Vec<&str> = BENEFITS.iter().map(|benefit| benefit.id).collect();
    for line in BENEFITS.iter().filter_map(|benefit| benefit.line) {
        names.extend([line.measure, line.limit]);
        names.extend(line.only);
    }
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}

/// Calculates a part into a folder.
pub(crate) fn calculate(
    law: &LawBook,
    part: &Path,
    answer: &Path,
    month: Month,
    threads: usize,
) -> Result<u64, ScreeningError> {
    let variables = variables();
    let question = Question {
        input: part,
        output: answer,
        period: month.period(),
        variables: &variables,
        options: Options { threads, ..Options::default() },
    };
    Ok(run_parquet(law.package(), &question)?.persons)
}

/// Screens a population; `progress` hears of each part, whether it was done before, and of how many, and says whether to go on.
///
/// # Errors
/// [`ScreeningError`].
pub fn screen(
    law: &LawBook,
    screening: &Screening<'_>,
    mut progress: impl FnMut(usize, usize, bool) -> bool,
) -> Result<Summary, ScreeningError> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |source| ScreeningError::File { path, source }
    };
    fs::create_dir_all(screening.output).map_err(fault(screening.output))?;
    let parts = parts(screening.population)?;
    let mut outcomes = Vec::with_capacity(parts.len());
    let before = Before::of(law, screening)?;
    for (place, part) in parts.iter().enumerate() {
        let folder = screening.output.join(format!("part-{place:05}"));
        let file = folder.join("outcome.json");
        let fingerprint = fingerprint(law, screening, part).map_err(fault(part))?;
        let done = PartOutcome::read(&file).filter(|known| known.fingerprint == fingerprint);
        if !progress(place, parts.len(), done.is_some()) {
            return Err(ScreeningError::Stopped);
        }
        if let Some(done) = done {
            outcomes.push(done);
            continue;
        }
        fs::create_dir_all(&folder).map_err(fault(&folder))?;
        let answer = folder.join("answer");
        let persons = calculate(law, part, &answer, screening.month, screening.threads)?;
        let mut outcome = classify::part(part, &answer, &folder, before.as_ref().map(|before| before.part(place)))?;
        outcome.persons = persons;
        outcome.fingerprint = fingerprint;
        // What was found is kept; the whole answer can be calculated again and is large.
        fs::remove_dir_all(&answer).map_err(fault(&answer))?;
        outcome.write(&file).map_err(fault(&file))?;
        outcomes.push(outcome);
    }
    progress(parts.len(), parts.len(), false);
    let summary = Summary::of(law, screening, &outcomes);
    let path = screening.output.join("summary.json");
    summary.write(&path).map_err(fault(&path))?;
    Ok(summary)
}

/// The last screening, to compare with.
struct Before<'a> {
    /// Its outcome.
    folder: &'a Path,
    /// The parts of its population; none where that is not there any more.
    parts: Vec<PathBuf>,
    /// By benefit, the facts that its amount depends on.
    depends: BTreeMap<String, HashSet<String>>,
}

/// A part of the last screening.
struct PartBefore<'a> {
    outcome: PathBuf,
    population: Option<&'a Path>,
    depends: &'a BTreeMap<String, HashSet<String>>,
}

impl<'a> Before<'a> {
    fn of(law: &LawBook, screening: &Screening<'a>) -> Result<Option<Self>, ScreeningError> {
        let Some(folder) = screening.previous else { return Ok(None) };
        let summary = Summary::read(folder);
        let population = summary.map(|summary| PathBuf::from(summary.population));
        let parts = population.and_then(|folder| parts(&folder).ok()).unwrap_or_default();
        let mut depends = BTreeMap::new();
        for benefit in &BENEFITS {
            depends.insert(benefit.id.to_owned(), law.depends_on(benefit, screening.month)?);
        }
        Ok(Some(Self { folder, parts, depends }))
    }

    fn part(&self, place: usize) -> PartBefore<'_> {
        PartBefore {
            outcome: self.folder.join(format!("part-{place:05}")),
            population: self.parts.get(place).map(PathBuf::as_path),
            depends: &self.depends,
        }
    }
}

/// What an outcome depends on: the month, the rules, and the files of the part.
fn fingerprint(law: &LawBook, screening: &Screening<'_>, part: &Path) -> io::Result<String> {
    let mut text = format!("{} {} {:?}\n", screening.month, law.rules(), screening.previous);
    for name in ["person", "household", "couple", "received"] {
        let path = part.join(format!("{name}.parquet"));
        if let Ok(metadata) = fs::metadata(&path) {
            let changed = metadata.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let _ = writeln!(text, "{name} {} {}", metadata.len(), changed.as_nanos());
        }
    }
    Ok(digest(text.as_bytes()))
}
