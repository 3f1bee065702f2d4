//! The run: every core reads, calculates, and hands its answers over in order.

use crate::chunk::{Chunk, Feed};
use crate::error::ColumnsError;
use crate::facts;
use crate::plan::{Prepared, open, prepare};
use crate::segment::{Segment, segments};
use crate::table::Table;
use crate::write::{Answer, Writer};
use maru_rules::graph::NodeId;
use maru_rules::period::Period;
use maru_rules::simulation::Options;
use maru_rules::system::{Package, System};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What is asked of a folder.
#[derive(Clone, Copy, Debug)]
pub struct Question<'run> {
    /// The folder with the facts.
    pub input: &'run Path,
    /// The folder for the answer; made if it is not there.
    pub output: &'run Path,
    /// For which period; variables of a longer one answer for the one that it lies in.
    pub period: Period,
    /// What to calculate.
    pub variables: &'run [String],
    /// How, and on how many threads.
    pub options: Options,
}

/// A file of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// How many rows it has.
    pub rows: u64,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many persons were calculated.
    pub persons: u64,
    /// How many columns of facts were read.
    pub facts: usize,
    /// The files written.
    pub written: Vec<Written>,
    /// Columns that are nothing the package knows, as `file: column`.
    pub unknown: Vec<String>,
}

/// Calculates variables for everybody in a folder of Parquet files, in bounded memory.
///
/// # Errors
/// [`ColumnsError`] says what to change.
pub fn run_parquet(package: &Package, question: &Question) -> Result<Report, ColumnsError> {
    let system = &package.system;
    if same_folder(question.input, question.output) {
        return Err(ColumnsError::content(
            question.output,
            "the answer would overwrite the facts: choose another folder",
        ));
    }
    let tables = open(system, question.input)?;
    let prepared = prepare(package, system, question, &tables)?;
    let person = tables
        .get(system.person)
        .and_then(Option::as_ref)
        .ok_or_else(|| ColumnsError::content(question.input, "person.parquet is missing"))?;
    let groups: Vec<Option<&Table>> = prepared.keys.groups.iter().map(|group| tables[group.entity].as_ref()).collect();
    let segments = segments(person, &groups, &prepared.keys.identifiers());
    let persons = person.rows();
    let writer = Writer::new(system, &prepared, question.output)?;
    let run = Run {
        package,
        system,
        question,
        prepared: &prepared,
        nodes: prepared.outputs.iter().map(|output| output.node).collect(),
        names: names(&prepared, system, person),
        segments: &segments,
        next: AtomicUsize::new(0),
        broken: AtomicBool::new(false),
        order: Mutex::new(Order { turn: 0, parked: BTreeMap::new(), writer }),
        moved: Condvar::new(),
    };
    run.all()?;
    let order = run.order.into_inner().unwrap_or_else(PoisonError::into_inner);
    let written = order.writer.close()?.into_iter().map(|(path, rows)| Written { path, rows }).collect();
    Ok(Report { persons, facts: prepared.facts.len(), written, unknown: prepared.unknown })
}

fn same_folder(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The names of the key columns, by kind of entity, in the order in which chunks carry them.
fn names(prepared: &Prepared, system: &System, person: &Table) -> Vec<Vec<String>> {
    let mut names: Vec<Vec<String>> = vec![Vec::new(); system.entities.len()];
    if person.column("person_id").is_some() {
        names[prepared.keys.person].push("person_id".to_owned());
    }
    for group in &prepared.keys.groups {
        names[prepared.keys.person].push(group.identifier.clone());
        names[prepared.keys.person].extend(group.role.clone());
        names[group.entity].push(group.identifier.clone());
    }
    names
}

struct Order {
    /// The segment whose answers are written now.
    turn: usize,
    /// Answers of later segments that are calculated already.
    parked: BTreeMap<usize, Vec<Answer>>,
    writer: Writer,
}

/// How many segments' answers may wait for an earlier one, so that memory stays bounded.
const MOST_PARKED: usize = 4;

struct Run<'run> {
    package: &'run Package,
    system: &'run Arc<System>,
    question: &'run Question<'run>,
    prepared: &'run Prepared,
    nodes: Vec<NodeId>,
    names: Vec<Vec<String>>,
    segments: &'run [Segment],
    next: AtomicUsize,
    /// Somebody met an error: the others stop.
    broken: AtomicBool,
    order: Mutex<Order>,
    moved: Condvar,
}

impl Run<'_> {
    fn lock(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self) -> Result<(), ColumnsError> {
        let threads = self.question.options.threads.max(1);
        let workers = threads.min(self.segments.len()).max(1);
        // Cores that have no segment of their own help within the chunks.
        let within = (threads / workers).max(1);
        let mut outcomes = Vec::new();
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| self.worker(within))).collect();
            for handle in handles {
                outcomes.push(handle.join().unwrap_or_else(|_| {
                    Err(ColumnsError::content(self.question.input, "a thread of the calculation broke off"))
                }));
            }
        });
        outcomes.into_iter().collect()
    }

    fn worker(&self, within: usize) -> Result<(), ColumnsError> {
        let outcome = self.work(within);
        if outcome.is_err() {
            self.broken.store(true, Ordering::Relaxed);
            // Held for a moment, so that nobody is about to wait without having seen it.
            drop(self.lock());
            self.moved.notify_all();
        }
        outcome
    }

    fn work(&self, within: usize) -> Result<(), ColumnsError> {
        // Its own handles: clones of one would share their place in the file.
        let tables = open(self.system, self.question.input)?;
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(segment) = self.segments.get(number) else { return Ok(()) };
            let mut feed = Feed::new(self.prepared, &tables, segment)?;
            let mut waiting: Vec<Answer> = Vec::new();
            while let Some(chunk) = feed.next()? {
                if self.broken.load(Ordering::Relaxed) {
                    return Ok(());
                }
                waiting.push(self.calculate(chunk, within)?);
                // Whoever writes now goes on alone: this one has more to calculate.
                if let Ok(mut order) = self.order.try_lock()
                    && order.turn == number
                {
                    self.hand_over(&mut order, &mut waiting)?;
                }
            }
            if !self.finish(number, waiting)? {
                return Ok(());
            }
        }
    }

    /// Writes a segment's last answers and those that waited for it, or lets them wait; false where somebody met an error.
    fn finish(&self, number: usize, mut waiting: Vec<Answer>) -> Result<bool, ColumnsError> {
        let mut order = self.lock();
        while order.turn != number && order.parked.len() >= MOST_PARKED {
            if self.broken.load(Ordering::Relaxed) {
                return Ok(false);
            }
            order = self.moved.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        if order.turn != number {
            order.parked.insert(number, waiting);
            return Ok(true);
        }
        loop {
            self.hand_over(&mut order, &mut waiting)?;
            order.turn += 1;
            let turn = order.turn;
            match order.parked.remove(&turn) {
                Some(parked) => waiting = parked,
                None => break,
            }
        }
        drop(order);
        self.moved.notify_all();
        Ok(true)
    }

    fn hand_over(&self, order: &mut Order, waiting: &mut Vec<Answer>) -> Result<(), ColumnsError> {
        for answer in waiting.drain(..) {
            order.writer.write(self.prepared, &self.names, &answer)?;
        }
        Ok(())
    }

    fn calculate(&self, chunk: Chunk, threads: usize) -> Result<Answer, ColumnsError> {
        let mut columns = Vec::with_capacity(chunk.facts.len());
        for (fact, values) in self.prepared.facts.iter().zip(chunk.facts) {
            columns.push(facts::column(fact, values, self.question.input)?);
        }
        let mut simulation = self.prepared.simulation(self.package, self.system, chunk.population, columns)?;
        simulation.options = Options { threads, ..self.question.options };
        let columns = simulation.run(&self.prepared.plan, &self.nodes)?;
        Ok(Answer { keys: chunk.keys, columns })
    }
}
