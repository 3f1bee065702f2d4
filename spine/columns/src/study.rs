//! A reform over a nation: both rules in one pass, folded into households as the chunks come.

use crate::error::ColumnsError;
use crate::plan::{Given, Prepared, open};
use crate::run::{Calculated, Run, Source};
use crate::segment::segments;
use crate::table::Table;
use maru_rules::period::Period;
use maru_rules::reform::{Asked, Both, Homes, Reform};
use maru_rules::simulation::{Options, Simulation};
use maru_rules::system::{Package, System};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The folders of a population: itself, or the folders in it that hold `person.parquet`, in order of their names; none where
/// there is no Parquet.
pub fn parts(population: &Path) -> Vec<PathBuf> {
    if population.join("person.parquet").is_file() {
        return vec![population.to_path_buf()];
    }
    let entries = std::fs::read_dir(population).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.join("person.parquet").is_file()).collect();
    found.sort();
    found
}

/// What was given when a question was compiled, and what came of it.
type Known = (HashSet<(Arc<str>, Period)>, Arc<Both>);

/// A reform that is studied.
#[derive(Debug)]
pub struct Reforming<'run> {
    package: &'run Package,
    reform: &'run Reform,
    reformed: Arc<System>,
    period: Period,
    options: Options,
    /// The question as it was compiled last, and what was given then: parts of a nation mostly give the same.
    compiled: Mutex<Option<Known>>,
}

impl<'run> Reforming<'run> {
    /// Applies the reform.
    ///
    /// # Errors
    /// [`ColumnsError::Rules`] where it changes what is not there.
    pub fn new(
        package: &'run Package,
        reform: &'run Reform,
        period: Period,
        options: Options,
    ) -> Result<Self, ColumnsError> {
        let reformed = reform.apply(package)?;
        Ok(Self { package, reform, reformed, period, options, compiled: Mutex::new(None) })
    }

    fn compile(&self, simulation: &Simulation, asked: &Asked) -> Result<Arc<Both>, ColumnsError> {
        let inputs: HashSet<(Arc<str>, Period)> = simulation.inputs.keys().cloned().collect();
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, both)) = &*compiled
            && *known == inputs
        {
            return Ok(Arc::clone(both));
        }
        let both = Arc::new(Both::compile(simulation, &self.reformed, asked.questions())?);
        both.plan.divisible(&self.package.system)?;
        *compiled = Some((inputs, Arc::clone(&both)));
        Ok(both)
    }

    /// What the households of a folder come to under both rules.
    ///
    /// # Errors
    /// [`ColumnsError`] says what to change.
    pub fn part(&self, input: &Path) -> Result<Homes, ColumnsError> {
        let system = &self.package.system;
        let source = Source { input, period: self.period, options: self.options, done: None };
        let tables = open(system, input)?;
        let given = Given::read(self.package, system, &source, &tables)?;
        let asked = Asked::new(system, self.reform, self.period)?;
        let both = self.compile(&given.simulation, &asked)?;
        let prepared = given.prepared(Arc::clone(&both.plan), Vec::new());
        let person = tables
            .get(system.person)
            .and_then(Option::as_ref)
            .ok_or_else(|| ColumnsError::content(input, "person.parquet is missing"))?;
        if asked.draws() && person.column("person_id").is_none() {
            return Err(ColumnsError::content(
                &person.path,
                "there is no column person_id: who takes up what is due is drawn by it",
            ));
        }
        let groups: Vec<Option<&Table>> =
            prepared.keys.groups.iter().map(|group| tables[group.entity].as_ref()).collect();
        let segments = segments(person, &groups, &prepared.keys.identifiers());
        let fold = |calculated: Calculated| folded(&prepared, &asked, &both, calculated);
        let mut all = Homes::default();
        let mut take = |homes: Homes| {
            all.extend(homes);
            Ok(())
        };
        let run = Run::new(self.package, system, source, (&prepared, &both.nodes, &segments), fold, &mut take);
        run.all()?;
        drop(run);
        all.operations = both.operations;
        Ok(all)
    }
}

fn folded(prepared: &Prepared, asked: &Asked, both: &Both, mut calculated: Calculated) -> Result<Homes, ColumnsError> {
    if asked.draws() {
        // A group's first key is its own identifier, a person's too where the file has one.
        let names = |entity: usize| match calculated.keys.get(entity).and_then(|keys| keys.first()) {
            Some(raw) => (0..raw.len()).map(|row| raw.show(row)).collect(),
            None => Vec::new(),
        };
        calculated.simulation.identifiers = (0..prepared.keys.entities).map(names).collect();
    }
    Ok(Homes::fold(&calculated.simulation, asked, &both.columns(&calculated.columns))?)
}
