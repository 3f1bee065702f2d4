//! The reform laboratory: figures of the law found by their names, a reform made of new values, studied over a nation.
//!
//! The engine is that of `maru rules reform` ([`maru_rules::reform`], [`maru_columns`]); here stand the figures, the question
//! that every study asks, and the example households of the work incentive. What a page shows, the command gives too.

pub mod design;
pub mod figures;
pub mod households;
mod kept;

use std::path::Path;

pub use kept::Kept;
use maru_columns::{ColumnsError, Reforming, in_order, shared};
use maru_rules::{
    diagnostic::Diagnostic,
    reform::{Axis, Curve, Homes, Reform, Study, rates},
    simulation::Options,
    system::Package,
};
use serde_json::Value as Json;

use crate::domain::{Month, reform::Design};

/// The income that is varied for the work incentive.
pub const VARIED: &str = "earned_income";
/// The step between two amounts, in won a month.
pub const STEP: i64 = 100_000;
/// How many steps.
pub const STEPS: usize = 50;

/// Why a study could not be done.
#[derive(Debug, thiserror::Error)]
pub enum LaboratoryError {
    /// The rules cannot be changed or calculated so.
    #[error("{0}")]
    Rules(Box<Diagnostic>),
    /// The example household is not what the rules know.
    #[error("the example household: {0}")]
    Household(String),
    /// The population cannot be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// The folder holds no population.
    #[error("{0} holds neither person.parquet nor folders that hold it")]
    NoPopulation(String),
    /// It was told to stop: the same study goes on where it stood.
    #[error("told to stop")]
    Stopped,
}

impl From<Diagnostic> for LaboratoryError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Rules(Box::new(diagnostic))
    }
}

/// Studies a reform over the folders of a population. `progress` hears how many are done, of how many, and says whether to
/// go on. `represents` is how many persons the population stands for. Each part's outcome is kept in `kept` until all are
/// there, so that a study that broke off goes on where it stood.
///
/// # Errors
/// [`LaboratoryError`].
pub fn study(
    package: &Package,
    reform: &Reform,
    month: Month,
    (population, represents, kept): (&Path, Option<u64>, &Kept),
    threads: usize,
    mut progress: impl FnMut(usize, usize) -> bool,
) -> Result<Study, LaboratoryError> {
    let parts = maru_columns::parts(population);
    if parts.is_empty() {
        return Err(LaboratoryError::NoPopulation(population.display().to_string()));
    }
    let (workers, within) = shared(threads, parts.len());
    let options = Options { threads: within, ..Options::default() };
    let reforming = Reforming::new(package, reform, month.period(), options)?;
    let calculated = |place: usize| {
        let part = &parts[place];
        if let Some(known) = kept.read(place, part) {
            return Ok(known);
        }
        let calculated = reforming.part(part)?;
        kept.write(place, part, &calculated);
        Ok(calculated)
    };
    let mut homes = Homes::default();
    if !progress(0, parts.len()) {
        return Err(LaboratoryError::Stopped);
    }
    in_order(parts.len(), workers, calculated, |place, of_part| {
        homes.extend(of_part);
        let is_last = place + 1 == parts.len();
        if is_last || progress(place + 1, parts.len()) { Ok(()) } else { Err(LaboratoryError::Stopped) }
    })?;
    progress(parts.len(), parts.len());
    let weight = represents.map_or(1.0, |all| all as f64 / (homes.persons() as f64).max(1.0));
    Ok(homes.study(&reform.name, month.period(), weight))
}

/// The work incentive of an example household; nothing where the law leaves a figure of it open.
///
/// # Errors
/// [`LaboratoryError::Rules`].
pub fn curve(package: &Package, reform: &Reform, design: &Design) -> Result<Option<Curve>, LaboratoryError> {
    let Some(situation) = households::situation(&design.household, design.month) else { return Ok(None) };
    let household = package
        .situation(&package.system, &situation, None)
        .map_err(|error| LaboratoryError::Household(error.to_string()))?;
    let axis = Axis { variable: VARIED, row: 0, step: STEP, steps: STEPS };
    let curve = rates(&household, &reform.apply(package)?, axis, reform, design.month.period())?;
    let is_known = curve.before.iter().chain(&curve.after).all(|value| value.is_finite());
    Ok(is_known.then_some(curve))
}

/// The command that gives every figure of a study again.
pub fn command(law: &Path, population: &str, represents: Option<u64>, month: Month) -> String {
    let represents = represents.map_or_else(String::new, |all| format!(" --represents {all}"));
    format!(
        "maru rules reform {} --reform reform.yaml --input {population}{represents} --period {month} \
         --situation situation.json --vary {VARIED} --step {STEP} --steps {STEPS} --output study",
        law.display()
    )
}

/// The situation of the work incentive as a file.
pub fn situation_file(design: &Design) -> Option<String> {
    let situation: Json = households::situation(&design.household, design.month)?;
    serde_json::to_string_pretty(&situation).ok()
}
