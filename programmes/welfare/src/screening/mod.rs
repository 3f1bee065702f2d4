//! Every household against every benefit: what is due, what is received, what is missed, what is paid too much, who is near
//! the line.
//!
//! A population is a folder of Parquet files (`person`, `household`, `couple`, and `received` for what is given already), or
//! a folder of such folders (`part-…`). Each part is calculated by the nation run of [`maru_columns`] and then looked at; its
//! outcome is written last, so that a screening that broke off goes on where it was.

mod classify;
mod deciding;
mod outcome;
pub mod reasons;
pub mod receipts;

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use maru_columns::{ColumnsError, Question, run_parquet, shared};
use maru_rules::simulation::Options;

pub(crate) use classify::{MISSED, OPEN};
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
        done: None,
    };
    Ok(run_parquet(law.package(), &question)?.persons)
}

/// Screens a population, on every thread a part at a time; `progress` hears when a part begins: how many began before it, of how
/// many, and whether this one was done earlier; it says whether to go on.
///
/// # Errors
/// [`ScreeningError`].
pub fn screen(
    law: &LawBook,
    screening: &Screening<'_>,
    progress: impl FnMut(usize, usize, bool) -> bool + Send,
) -> Result<Summary, ScreeningError> {
    let fault = |source| ScreeningError::File { path: screening.output.to_owned(), source };
    fs::create_dir_all(screening.output).map_err(fault)?;
    let parts = parts(screening.population)?;
    let (workers, within) = shared(screening.threads, parts.len());
    let work = Work {
        law,
        screening,
        before: Before::of(law, screening)?,
        within,
        next: AtomicUsize::new(0),
        state: Mutex::new(State { progress, outcomes: vec![None; parts.len()], failure: None }),
        parts,
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work.parts_until_none_is_left());
        }
    });
    let State { mut progress, outcomes, failure } = work.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = failure {
        return Err(failure);
    }
    progress(outcomes.len(), outcomes.len(), false);
    let outcomes: Vec<PartOutcome> = outcomes.into_iter().flatten().collect();
    let summary = Summary::of(law, screening, &outcomes);
    summary.write(&screening.output.join("summary.json")).map_err(fault)?;
    Ok(summary)
}

/// What the threads of a screening share.
struct State<P> {
    progress: P,
    outcomes: Vec<Option<PartOutcome>>,
    failure: Option<ScreeningError>,
}

struct Work<'a, P> {
    law: &'a LawBook,
    screening: &'a Screening<'a>,
    before: Option<Before<'a>>,
    within: usize,
    next: AtomicUsize,
    state: Mutex<State<P>>,
    parts: Vec<PathBuf>,
}

impl<P: FnMut(usize, usize, bool) -> bool + Send> Work<'_, P> {
    fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parts_until_none_is_left(&self) {
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = self.parts.get(place) else { return };
            if self.lock().failure.is_some() {
                return;
            }
            let outcome = self.part(place, part);
            let mut state = self.lock();
            match outcome {
                Ok(outcome) => {
                    if let Some(slot) = state.outcomes.get_mut(place) {
                        *slot = Some(outcome);
                    }
                }
                Err(failure) => {
                    state.failure.get_or_insert(failure);
                    return;
                }
            }
        }
    }

    fn part(&self, place: usize, part: &Path) -> Result<PartOutcome, ScreeningError> {
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |source| ScreeningError::File { path, source }
        };
        let folder = self.screening.output.join(format!("part-{place:05}"));
        let file = folder.join("outcome.json");
        let fingerprint = fingerprint(self.law, self.screening, part).map_err(fault(part))?;
        let done = PartOutcome::read(&file).filter(|known| known.fingerprint == fingerprint);
        if !(self.lock().progress)(place, self.parts.len(), done.is_some()) {
            return Err(ScreeningError::Stopped);
        }
        if let Some(done) = done {
            return Ok(done);
        }
        fs::create_dir_all(&folder).map_err(fault(&folder))?;
        let answer = folder.join("answer");
        let persons = calculate(self.law, part, &answer, self.screening.month, self.within)?;
        let before = self.before.as_ref().map(|before| before.part(place));
        let mut outcome = classify::part(part, &answer, &folder, before.as_ref())?;
        outcome.persons = persons;
        outcome.fingerprint = fingerprint;
        // What was found is kept; the whole answer can be calculated again and is large.
        fs::remove_dir_all(&answer).map_err(fault(&answer))?;
        outcome.write(&file).map_err(fault(&file))?;
        Ok(outcome)
    }
}

/// The last screening, to compare with.
struct Before<'a> {
    /// Its outcome.
    folder: &'a Path,
    /// The parts of its population; none where that is not there any more.
    parts: Vec<PathBuf>,
    /// By benefit, the facts that its amount depends on.
    depends: BTreeMap<String, HashSet<String>>,
    law: &'a LawBook,
    month: Month,
}

/// A part of the last screening.
struct PartBefore<'a> {
    outcome: PathBuf,
    population: Option<&'a Path>,
    depends: &'a BTreeMap<String, HashSet<String>>,
    law: &'a LawBook,
    month: Month,
}

impl<'a> Before<'a> {
    fn of(law: &'a LawBook, screening: &Screening<'a>) -> Result<Option<Self>, ScreeningError> {
        let Some(folder) = screening.previous else { return Ok(None) };
        let summary = Summary::read(folder);
        let population = summary.map(|summary| PathBuf::from(summary.population));
        let parts = population.and_then(|folder| parts(&folder).ok()).unwrap_or_default();
        let mut depends = BTreeMap::new();
        for benefit in &BENEFITS {
            depends.insert(benefit.id.to_owned(), law.depends_on(benefit, screening.month)?);
        }
        Ok(Some(Self { folder, parts, depends, law, month: screening.month }))
    }

    fn part(&self, place: usize) -> PartBefore<'_> {
        PartBefore {
            outcome: self.folder.join(format!("part-{place:05}")),
            population: self.parts.get(place).map(PathBuf::as_path),
            depends: &self.depends,
            law: self.law,
            month: self.month,
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
