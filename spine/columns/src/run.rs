//! The run: every core reads, calculates, and hands its answers over in order.

use crate::chunk::{Chunk, Feed};
use crate::error::ColumnsError;
use crate::facts;
use crate::phases::{Phases, bytes_of_answer};
use crate::plan::{Prepared, open, prepare};
use crate::segment::{Segment, segments};
use crate::table::{Raw, Table, Values};
use crate::write::{Answer, Writer};
use maru_rules::graph::NodeId;
use maru_rules::period::Period;
use maru_rules::run::Column;
use maru_rules::simulation::{Options, Simulation};
use maru_rules::system::{Package, System};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

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
    /// Where to count the persons that are calculated already, for somebody who watches.
    pub done: Option<&'run AtomicU64>,
}

/// Where facts come from, for which period they are asked, and how it is calculated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'run> {
    pub(crate) input: &'run Path,
    pub(crate) period: Period,
    pub(crate) options: Options,
    pub(crate) done: Option<&'run AtomicU64>,
}

impl<'run> Question<'run> {
    pub(crate) fn source(&self) -> Source<'run> {
        Source { input: self.input, period: self.period, options: self.options, done: self.done }
    }
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
    /// Where time and memory went.
    pub phases: Phases,
}

/// How many persons a folder holds, without calculating anything.
///
/// # Errors
/// [`ColumnsError`] where there is no readable `person.parquet`.
pub fn persons_in(folder: &Path) -> Result<u64, ColumnsError> {
    Ok(Table::open(&folder.join("person.parquet"))?.rows())
}

/// Calculates variables for everybody in a folder of Parquet files, in bounded memory.
///
/// # Errors
/// [`ColumnsError`] says what to change.
pub fn run_parquet(package: &Package, question: &Question) -> Result<Report, ColumnsError> {
    let begin = Instant::now();
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
    let mut writer = Writer::new(system, &prepared, question.output)?;
    let names = names(&prepared, system, person);
    let nodes: Vec<NodeId> = prepared.outputs.iter().map(|output| output.node).collect();
    let answer = |calculated: Calculated| Ok(Answer { keys: calculated.keys, columns: calculated.columns });
    let mut bytes_written = 0;
    let mut write = |answer: Answer| {
        bytes_written += bytes_of_answer(&answer);
        writer.write(&prepared, &names, &answer)
    };
    let mut phases = Phases { prepare: begin.elapsed(), ..Phases::default() };
    let run = Run::new(package, system, question.source(), (&prepared, &nodes, &segments), answer, &mut write);
    phases += run.all()?;
    drop(run);
    phases.bytes_written = bytes_written;
    let files = Phases::timed(&mut phases.write, || writer.close())?;
    let written = files.into_iter().map(|(path, rows)| Written { path, rows }).collect();
    Ok(Report { persons, facts: prepared.facts.len(), written, unknown: prepared.unknown, phases })
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

/// A chunk that was calculated.
pub(crate) struct Calculated {
    /// Who was in it, with what was given about them.
    pub(crate) simulation: Simulation,
    pub(crate) keys: Vec<Vec<Raw>>,
    /// In the order of the nodes.
    pub(crate) columns: Vec<Column>,
}

/// Takes answers in the order of the file.
type Taker<'run, A> = &'run mut (dyn FnMut(A) -> Result<(), ColumnsError> + Send);

struct Order<'run, A> {
    /// The segment whose answers are taken now.
    turn: usize,
    /// Answers of later segments that are calculated already.
    parked: BTreeMap<usize, Vec<A>>,
    take: Taker<'run, A>,
}

/// How many segments' answers may wait for an earlier one, so that memory stays bounded.
const MOST_PARKED: usize = 4;

/// A calculation over all segments; `answer` makes of each chunk what is then taken in order.
pub(crate) struct Run<'run, A, F> {
    package: &'run Package,
    system: &'run Arc<System>,
    source: Source<'run>,
    prepared: &'run Prepared,
    nodes: &'run [NodeId],
    segments: &'run [Segment],
    answer: F,
    next: AtomicUsize,
    /// Somebody met an error: the others stop.
    broken: AtomicBool,
    order: Mutex<Order<'run, A>>,
    moved: Condvar,
}

impl<'run, A, F> Run<'run, A, F>
where
    A: Send,
    F: Fn(Calculated) -> Result<A, ColumnsError> + Sync,
{
    pub(crate) fn new(
        package: &'run Package,
        system: &'run Arc<System>,
        source: Source<'run>,
        (prepared, nodes, segments): (&'run Prepared, &'run [NodeId], &'run [Segment]),
        answer: F,
        take: Taker<'run, A>,
    ) -> Self {
        Self {
            package,
            system,
            source,
            prepared,
            nodes,
            segments,
            answer,
            next: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
            order: Mutex::new(Order { turn: 0, parked: BTreeMap::new(), take }),
            moved: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Order<'run, A>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calculates all segments; gives the time by phase of all threads.
    pub(crate) fn all(&self) -> Result<Phases, ColumnsError> {
        let threads = self.source.options.threads.max(1);
        let workers = threads.min(self.segments.len()).max(1);
        // Cores that have no segment of their own help within the chunks.
        let within = (threads / workers).max(1);
        let mut outcomes = Vec::new();
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| self.worker(within))).collect();
            for handle in handles {
                outcomes.push(handle.join().unwrap_or_else(|_| {
                    Err(ColumnsError::content(self.source.input, "a thread of the calculation broke off"))
                }));
            }
        });
        let mut all = Phases::default();
        for phases in outcomes {
            all += phases?;
        }
        Ok(all)
    }

    fn worker(&self, within: usize) -> Result<Phases, ColumnsError> {
        let mut phases = Phases::default();
        let outcome = self.work(within, &mut phases);
        if outcome.is_err() {
            self.broken.store(true, Ordering::Relaxed);
            // Held for a moment, so that nobody is about to wait without having seen it.
            drop(self.lock());
            self.moved.notify_all();
        }
        outcome.map(|()| phases)
    }

    fn work(&self, within: usize, phases: &mut Phases) -> Result<(), ColumnsError> {
        // Its own handles: clones of one would share their place in the file.
        let tables = open(self.system, self.source.input)?;
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(segment) = self.segments.get(number) else { return Ok(()) };
            let mut feed = Feed::new(self.prepared, &tables, segment)?;
            let mut waiting: Vec<A> = Vec::new();
            while let Some(chunk) = Phases::timed(&mut phases.read, || feed.next())? {
                if self.broken.load(Ordering::Relaxed) {
                    return Ok(());
                }
                waiting.push(self.calculate(chunk, within, phases)?);
                // Whoever writes now goes on alone: this one has more to calculate.
                if let Ok(mut order) = self.order.try_lock()
                    && order.turn == number
                {
                    Self::hand_over(&mut order, &mut waiting, phases)?;
                }
            }
            if !self.finish(number, waiting, phases)? {
                return Ok(());
            }
        }
    }

    /// Hands over a segment's last answers and those that waited for it, or lets them wait; false where somebody met an error.
    fn finish(&self, number: usize, mut waiting: Vec<A>, phases: &mut Phases) -> Result<bool, ColumnsError> {
        let Some(mut order) = Phases::timed(&mut phases.wait, || self.turn_or_room(number)) else { return Ok(false) };
        if order.turn != number {
            order.parked.insert(number, waiting);
            return Ok(true);
        }
        loop {
            Self::hand_over(&mut order, &mut waiting, phases)?;
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

    /// Waits until it is this segment's turn or its answers may wait; none where somebody met an error.
    fn turn_or_room(&self, number: usize) -> Option<MutexGuard<'_, Order<'run, A>>> {
        let mut order = self.lock();
        while order.turn != number && order.parked.len() >= MOST_PARKED {
            if self.broken.load(Ordering::Relaxed) {
                return None;
            }
            order = self.moved.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        Some(order)
    }

    fn hand_over(order: &mut Order<'run, A>, waiting: &mut Vec<A>, phases: &mut Phases) -> Result<(), ColumnsError> {
        for answer in waiting.drain(..) {
            Phases::timed(&mut phases.write, || (order.take)(answer))?;
        }
        Ok(())
    }

    fn calculate(&self, chunk: Chunk, threads: usize, phases: &mut Phases) -> Result<A, ColumnsError> {
        phases.has_read(&chunk);
        let persons = chunk.population.counts[self.prepared.keys.person];
        let columns = Phases::timed(&mut phases.convert, || self.columns(chunk.facts))?;
        let answer = Phases::timed(&mut phases.calculate, || {
            let mut simulation = self.prepared.simulation(self.package, self.system, chunk.population, columns)?;
            simulation.options = Options { threads, ..self.source.options };
            let columns = simulation.run(&self.prepared.plan, self.nodes)?;
            (self.answer)(Calculated { simulation, keys: chunk.keys, columns })
        })?;
        if let Some(done) = self.source.done {
            done.fetch_add(persons as u64, Ordering::Relaxed);
        }
        Ok(answer)
    }

    fn columns(&self, facts: Vec<Values>) -> Result<Vec<Column>, ColumnsError> {
        let wanted = self.prepared.facts.iter();
        wanted.zip(facts).map(|(fact, values)| facts::column(fact, values, self.source.input)).collect()
    }
}
