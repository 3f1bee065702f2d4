//! Checks, tests, runs and measures a package, for developers and for the referee in `benches/rules`:
//! `cargo run -p maru-rules --release --example rules -- check|test|gaps|explain|run|calculate PACKAGE …`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to the terminal")]
#![allow(clippy::cast_possible_truncation, reason = "files of a referee are small")]

use maru_rules::command;
use maru_rules::period::{Instant, Period};
use maru_rules::run::{self, Column, Membership, Mode, Numbers, Population, Room};
use maru_rules::simulation::{Options, Simulation};
use maru_rules::system::Package;
use maru_rules::yaml_tests::{TestOptions, Verdict};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Stopwatch;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().ok_or("name a command: check, test, gaps, explain, run, calculate")?;
    let folder = PathBuf::from(arguments.next().ok_or("name the package's folder")?);
    let rest: Vec<String> = arguments.collect();
    let begin = Stopwatch::now();
    let package = Package::load(&folder)?;
    eprintln!(
        "{} {}: {} variables, read in {:?}",
        package.name,
        package.version,
        package.system.variables.len(),
        begin.elapsed()
    );
    match command.as_str() {
        "check" => check(&package, false),
        "gaps" => check(&package, true),
        "test" => {
            test(&package, &rest);
            Ok(())
        }
        "explain" => explain(&package, &rest),
        "run" => run(&package, &rest),
        "calculate" => calculate(&package, &rest),
        other => Err(format!("there is no command {other}").into()),
    }
}

fn mode(rest: &[String]) -> Mode {
    if rest.iter().any(|argument| argument == "--parity") { Mode::Parity } else { Mode::Exact }
}

fn check(package: &Package, gaps: bool) -> Outcome<()> {
    let coverage = command::check(package, Instant::new(2026, 1, 1).ok_or("no date")?)?;
    if gaps {
        for gap in command::gaps(&coverage) {
            println!("{:4}  {}  ({})", gap.formulas, gap.construct, gap.example);
        }
    } else {
        for trouble in coverage.unsupported.iter().chain(&coverage.raised) {
            println!("{} {} at {}\n{}\n", trouble.variable, trouble.from, trouble.period, trouble.diagnostic);
        }
        for diagnostic in &coverage.reading {
            println!("while reading: {diagnostic}\n");
        }
    }
    println!(
        "{} variables, {} with formula, {} compile ({:.1} %), {} with all they rest on; {} formulas, {} not compiled, {} raise at the date tried",
        coverage.variables,
        coverage.with_formula,
        coverage.compiled,
        100.0 * coverage.compiled as f64 / coverage.with_formula.max(1) as f64,
        coverage.compiled_whole,
        coverage.formulas,
        coverage.unsupported.len(),
        coverage.raised.len()
    );
    Ok(())
}

fn test(package: &Package, rest: &[String]) {
    let options = TestOptions { mode: mode(rest), ..TestOptions::default() };
    let mut paths: Vec<PathBuf> =
        rest.iter().filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(package.root.join("tests"));
    }
    let begin = Stopwatch::now();
    let results = package.test(&paths, &options);
    let mut counts = [0_usize; 3];
    for result in &results {
        match &result.verdict {
            Verdict::Passed => counts[0] += 1,
            Verdict::Failed(message) => {
                counts[1] += 1;
                println!("{}:{} {}\n{message}\n", result.file.display(), result.line, result.name);
            }
            Verdict::Skipped(_) => counts[2] += 1,
        }
    }
    println!("{} passed, {} failed, {} skipped in {:?}", counts[0], counts[1], counts[2], begin.elapsed());
}

fn read_json(path: &str) -> Outcome<Json> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

fn explain(package: &Package, rest: &[String]) -> Outcome<()> {
    let [situation, variable, period, ..] = rest else {
        return Err("explain PACKAGE SITUATION VARIABLE PERIOD [--korean]".into());
    };
    let period = Period::parse(period).ok_or("not a period")?;
    let explanation = command::explain(
        package,
        &read_json(situation)?,
        variable,
        period,
        Options { mode: mode(rest), ..Options::default() },
    )?;
    println!("{}", explanation.to_text(rest.iter().any(|argument| argument == "--korean")));
    Ok(())
}

fn calculate(package: &Package, rest: &[String]) -> Outcome<()> {
    let situation = read_json(rest.first().ok_or("calculate PACKAGE SITUATION")?)?;
    let options = Options { mode: mode(rest), ..Options::default() };
    println!("{}", serde_json::to_string_pretty(&command::calculate(package, &situation, options)?)?);
    let mut times: Vec<u128> = Vec::new();
    for _ in 0..200 {
        let begin = Stopwatch::now();
        command::calculate(package, &situation, options)?;
        times.push(begin.elapsed().as_micros());
    }
    times.sort_unstable();
    eprintln!("p50 {} µs, p95 {} µs of 200", times[100], times[190]);
    Ok(())
}

/// Reads a folder that `benches/rules/referee.py` wrote, calculates, writes the results beside it.
fn run(package: &Package, rest: &[String]) -> Outcome<()> {
    let folder = PathBuf::from(
        rest.first().ok_or("run PACKAGE FOLDER [--parity] [--totals] [--threads N] [--repeat N] [--once]")?,
    );
    let number = |name: &str| {
        rest.iter()
            .position(|argument| argument == name)
            .and_then(|place| rest.get(place + 1))
            .and_then(|value| value.parse::<usize>().ok())
    };
    let manifest: Json = serde_json::from_str(&std::fs::read_to_string(folder.join("manifest.json"))?)?;
    let mut simulation = population(package, &folder, &manifest)?;
    simulation.options = Options { mode: mode(rest), threads: number("--threads").unwrap_or(1), ..Options::default() };
    let mut questions = Vec::new();
    for output in manifest["outputs"].as_array().ok_or("no outputs")? {
        let period = Period::parse(output["period"].as_str().unwrap_or_default()).ok_or("not a period")?;
        questions.push((output["variable"].as_str().unwrap_or_default().to_owned(), period));
    }
    let begin = Stopwatch::now();
    let totals = rest.iter().any(|argument| argument == "--totals");
    let plan = if totals { Arc::new(simulation.plan_totals(&questions)?) } else { simulation.plan(&questions)? };
    eprintln!("compiled in {:?}: {} operations", begin.elapsed(), plan.graph.nodes.len());
    let nodes = plan.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
    let mut columns = Vec::new();
    let once = rest.iter().any(|argument| argument == "--once");
    for (again, said) in [(false, ""), (true, " in the same memory")].into_iter().take(if once { 1 } else { 2 }) {
        let (mut best, mut best_wall) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..number("--repeat").unwrap_or(1) {
            let before = std::mem::take(&mut columns);
            let before = if again { before } else { released(before) };
            let (begin, busy) = (Stopwatch::now(), processor_seconds());
            columns = simulation.run_over(&plan, &nodes, before)?;
            best = best.min(processor_seconds() - busy);
            best_wall = best_wall.min(begin.elapsed().as_secs_f64());
        }
        println!("calculated{said} in {best:.6} CPU s, {best_wall:.6} s (best)");
    }
    if rest.iter().any(|argument| argument == "--quiet") {
        return Ok(());
    }
    for ((variable, period), column) in questions.iter().zip(&columns) {
        let mut bytes = Vec::with_capacity(column.len() * 8);
        for row in 0..column.len() {
            bytes.extend_from_slice(&column.float(row).unwrap_or(f64::NAN).to_le_bytes());
        }
        std::fs::write(folder.join(format!("{variable}@{period}.result")), bytes)?;
    }
    Ok(())
}

/// Gives the memory of columns back to the system.
fn released(columns: Vec<Column>) -> Vec<Column> {
    drop(columns);
    run::give_back();
    Vec::new()
}

/// How long all threads have been on a processor, where the system says so.
fn processor_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds: u64 = tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|line| line.split(' ').next()?.parse::<u64>().ok())
        .sum();
    nanoseconds as f64 / 1e9
}

fn population(package: &Package, folder: &Path, manifest: &Json) -> Outcome<Simulation> {
    let system = &package.system;
    let mut counts = Vec::new();
    let mut memberships = Vec::new();
    for entity in &system.entities {
        counts.push(manifest["counts"][&*entity.key].as_u64().ok_or("a count is missing")? as usize);
        let mut membership = Membership::default();
        if !entity.is_person {
            let group = std::fs::read(folder.join(format!("{}.group", entity.key)))?;
            membership.group = group.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
            membership.role = std::fs::read(folder.join(format!("{}.role", entity.key)))?;
        }
        memberships.push(membership);
    }
    let identifiers = vec![Vec::new(); counts.len()];
    let mut simulation = Simulation::new(package, system, Population { counts, memberships }, identifiers);
    // A file that stands for several months is read once.
    let mut read: HashMap<&str, Column> = HashMap::new();
    for input in manifest["inputs"].as_array().ok_or("no inputs")? {
        let text = |key: &str| input[key].as_str().unwrap_or_default();
        let period = Period::parse(text("period")).ok_or("not a period")?;
        let column = match read.entry(text("file")) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => place.insert(column(&folder.join(text("file")), text("type"))?).clone(),
        };
        simulation.set_input(text("variable"), period, column)?;
    }
    Ok(simulation)
}

/// A file of words of eight bytes as a column.
fn column(path: &Path, kind: &str) -> Outcome<Column> {
    if kind == "int"
        && let Some(small) = small(path)?
    {
        return Ok(small);
    }
    let bytes = std::fs::read(path)?;
    let words = bytes.as_chunks::<8>().0;
    let whole = || words.iter().map(|word| i64::from_le_bytes(*word));
    Ok(match kind {
        "float" => Column::from_floats(&words.iter().map(|word| f64::from_le_bytes(*word)).collect::<Vec<_>>()),
        "bool" => Column::Bool(whole().map(|word| word != 0).collect()),
        _ => Column::Int(whole().collect()),
    })
}

/// A file of whole numbers that 32 bits hold, without its own room in memory.
fn small(path: &Path) -> Outcome<Option<Column>> {
    let mut file = std::fs::File::open(path)?;
    let mut values = Room::<i32>::to_be_written(file.metadata()?.len() as usize / 8);
    let mut part = vec![0_u8; 1 << 16];
    for values in values.chunks_mut(part.len() / 8) {
        let part = &mut part[..values.len() * 8];
        file.read_exact(part)?;
        for (value, word) in values.iter_mut().zip(part.as_chunks::<8>().0) {
            let Ok(fits) = i32::try_from(i64::from_le_bytes(*word)) else { return Ok(None) };
            *value = fits;
        }
    }
    Ok(Some(Column::Small { values: Numbers::of_words(values), denominator: 1 }))
}
