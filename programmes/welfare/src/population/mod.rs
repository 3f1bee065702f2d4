//! A synthetic nation: households drawn at random so that published margins hold. Nobody in it is real.
//!
//! | module | holds |
//! |---|---|
//! | [`margins`] | what the nation must look like, each with its mark of certainty |
//! | [`random`] | the same seed, the same draws, on every machine |
//! | [`people`] | who lives with whom, and how old they are |
//! | [`money`] | what they earn, own and owe; disability, school, who receives basic livelihood |
//! | [`columns`] | the facts as columns of the law's variables |
//! | [`report`] | the nation beside its margins |
//! | [`sample`] | what a folder says of itself; a small sample made where none is there |
//!
//! Each household is drawn from the seed and its own number alone, so that parts can be made in any order, on any number of
//! threads, and come out the same.

mod columns;
pub mod margins;
mod money;
mod people;
mod random;
pub mod report;
pub mod sample;

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

pub use report::Report;

use self::{
    columns::Part,
    money::Scale,
    people::{Code, codes},
    random::Random,
    report::Counts,
};
use crate::tables::TableError;

/// Households that one part holds.
pub const HOUSEHOLDS_IN_A_PART: usize = 100_000;

/// What is to be made.
#[derive(Debug, Clone)]
pub struct Nation<'a> {
    /// About how many persons; the whole nation at most.
    pub persons: u64,
    /// The seed.
    pub seed: u64,
    /// The folder.
    pub output: &'a Path,
    /// On how many threads.
    pub threads: usize,
}

/// Makes a synthetic nation of parts `part-00000` … in a folder; `progress` hears how many parts are done, of how many.
///
/// # Errors
/// [`TableError`] where the folder cannot be written.
pub fn generate(nation: &Nation<'_>, progress: impl Fn(usize, usize) + Sync) -> Result<Report, TableError> {
    let share = (nation.persons as f64 / margins::PERSONS as f64).min(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length is a length")]
    let households = ((margins::HOUSEHOLDS as f64 * share).round() as usize).max(1);
    let codes = codes(nation.seed, households);
    let parts: Vec<&[Code]> = codes.chunks(HOUSEHOLDS_IN_A_PART).collect();
    let first_ids = first_ids(&parts);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let counts = Mutex::new(Counts::default());
    let failure: Mutex<Option<TableError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..nation.threads.clamp(1, parts.len()) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(codes), Some(first)) = (parts.get(number), first_ids.get(number)) else { return };
                    if failure.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                        return;
                    }
                    let folder = nation.output.join(format!("part-{number:05}"));
                    match part(codes, *first, number, nation.seed, money::SCALE, &folder) {
                        Ok(found) => counts.lock().unwrap_or_else(PoisonError::into_inner).add(found),
                        Err(error) => {
                            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                            return;
                        }
                    }
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, parts.len());
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let report = Report::of(counts.into_inner().unwrap_or_else(PoisonError::into_inner));
    let about = sample::About::of_synthetic(report.persons, report.households, nation.seed);
    about.write(nation.output).map_err(|source| TableError::File { path: nation.output.to_owned(), source })?;
    Ok(report)
}

/// The factors of [`money`] found anew on so many households: earnings of working age, property of the elderly.
///
/// The nation uses factors that were found once and stand in the program, so that a sample is a sample of the same nation.
pub fn find_factors(households: usize, seed: u64) -> (f64, f64) {
    let scale = money::find_scale(&codes(seed, households), seed);
    (scale.earnings, scale.property_of_elderly)
}

/// The first person and couple of each part: known before anything is drawn.
fn first_ids(parts: &[&[Code]]) -> Vec<(i64, i64)> {
    let mut next = (0_i64, 0_i64);
    parts
        .iter()
        .map(|codes| {
            let first = next;
            for code in *codes {
                next.0 += code.size();
                next.1 += code.couples();
            }
            first
        })
        .collect()
}

fn part(
    codes: &[Code],
    (first_person, first_couple): (i64, i64),
    number: usize,
    seed: u64,
    scale: Scale,
    folder: &Path,
) -> Result<Counts, TableError> {
    let mut part = Part::new(first_person, first_couple, number * HOUSEHOLDS_IN_A_PART);
    let mut counts = Counts::default();
    for (place, code) in codes.iter().enumerate() {
        let mut random = Random::of(seed, number * HOUSEHOLDS_IN_A_PART + place);
        let people = people::draw(*code, &mut random);
        let home = money::draw(*code, &people, scale, &mut random);
        counts.household(&home);
        part.push(&home);
    }
    part.write(folder)?;
    Ok(counts)
}
