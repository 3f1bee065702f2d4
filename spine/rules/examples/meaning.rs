//! SQL for the referee in `benches/rules`, and measurements of what is unknown, explained, compared and done again:
//! `cargo run -p maru-rules --release --example meaning -- sql|measure …`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to the terminal")]

use maru_rules::explain::change::changes;
use maru_rules::explain::explain;
use maru_rules::incremental::Standing;
use maru_rules::period::Period;
use maru_rules::reform::{Reform, compare};
use maru_rules::run::{Column, Membership, Population};
use maru_rules::simulation::Simulation;
use maru_rules::sql::{Dialect, SqlOptions, sql};
use maru_rules::system::Package;
use maru_rules::unknown::{Inquiry, Known, ask, known_rows};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [command, package, period, dialect, variables @ ..] if command == "sql" => {
            print_sql(package, period, dialect, variables)
        }
        [command, package, persons] if command == "measure" => measure(package, persons.parse()?),
        _ => Err("sql PACKAGE PERIOD spark|duckdb VARIABLE… — or measure laws/korea/openfisca_korea PERSONS".into()),
    }
}

fn print_sql(package: &str, period: &str, dialect: &str, variables: &[String]) -> Outcome<()> {
    let package = Package::load(Path::new(package))?;
    let dialect = if dialect == "duckdb" { Dialect::DuckDb } else { Dialect::Spark };
    let options = SqlOptions { dialect, ..SqlOptions::default() };
    let period = Period::parse(period).ok_or("not a period")?;
    let statements: Vec<Json> = sql(&package, variables, period, &options)?
        .into_iter()
        .map(|statement| json!({ "table": statement.table, "reads": statement.reads, "text": statement.text }))
        .collect();
    println!("{}", Json::Array(statements));
    Ok(())
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = work();
    println!("{what}: {:.3} ms", begin.elapsed().as_secs_f64() * 1e3);
    result
}

/// Couples and their incomes, the same every time.
fn nation(package: &Package, persons: u32) -> Outcome<Simulation> {
    let persons = persons / 2 * 2;
    let group: Vec<u32> = (0..persons).map(|place| place / 2).collect();
    let role: Vec<u8> = (0..persons).map(|place| (place % 2) as u8).collect();
    let mut memberships = Vec::new();
    let mut counts = Vec::new();
    for entity in &package.system.entities {
        counts.push(if entity.is_person { persons as usize } else { persons as usize / 2 });
        let role = if &*entity.key == "couple" { vec![0; persons as usize] } else { role.clone() };
        memberships.push(if entity.is_person {
            Membership::default()
        } else {
            Membership { group: group.clone(), role }
        });
    }
    let identifiers = vec![vec![String::new(); persons as usize]; counts.len()];
    let mut simulation = Simulation::new(package, &package.system, Population { counts, memberships }, identifiers);
    let month = Period::parse("2026-03").ok_or("not a period")?;
    let random = |place: u32, salt: u32| i64::from(place.wrapping_mul(2_654_435_761).wrapping_add(salt) >> 7);
    let births = (0..persons).map(|place| random(place, 1) % 30_000 - 14_000).collect();
    simulation.set_input("birth", Period::ETERNITY, Column::Int(births))?;
    let incomes = (0..persons).map(|place| random(place, 2) % 5_000_000).collect();
    simulation.set_input("earned_income", month, Column::Int(incomes))?;
    let savings = (0..persons).map(|place| random(place, 3) % 200_000_000).collect();
    simulation.set_input("financial_property", month, Column::Int(savings))?;
    Ok(simulation)
}

fn measure(folder: &str, persons: u32) -> Outcome<()> {
    let package = Package::load(Path::new(folder))?;
    let month = Period::parse("2026-03").ok_or("not a period")?;
    let questions = [("basic_pension".to_owned(), month)];
    let situation = json!({
        "persons": { "p": { "birth": { "ETERNITY": "1950-05-01" }, "earned_income": { "2026-03": 500_000 } } },
        "households": { "h": { "head": ["p"] } }, "couples": { "c": { "partners": ["p"] } },
    });
    timed("one person asked, basic pension", || ask(&package, &situation, "basic_pension", month, &HashSet::new()))?;
    timed("one person explained, basic pension", || explain(&package, &situation, "basic_pension", month, None))?;
    let found = timed("what would change it", || changes(&package, &situation, "basic_pension", month, None))?;
    println!("  {} facts would change it", found.len());

    let simulation = nation(&package, persons)?;
    println!("{persons} persons in couples");
    let inquiry = Inquiry::new(simulation.clone(), Known::new(), &questions, &HashSet::new())?;
    let node = inquiry.plan.outputs[0].clone()?;
    let values = timed("three-valued, all rows", || inquiry.evaluate(&[node]))?;
    let known = known_rows(&values[0], persons as usize / 2 * 2).into_iter().filter(|known| *known).count();
    println!("  known whatever the missing answers are: {known} of {persons}");

    let mut standing = timed("calculated and kept", || Standing::new(simulation.clone(), &questions))?;
    let redone = timed("one person's income changed", || {
        standing.change_rows("earned_income", month, &[(17, Column::Int(vec![1_234_567]))])
    })?;
    println!("  {} of {} operations for {} persons", redone.operations, redone.of_operations, redone.persons);
    timed("another person's income changed", || {
        standing.change_rows("earned_income", month, &[(18, Column::Int(vec![1_234_567]))])
    })?;
    let reform =
        Reform::parse("parameters: {basic_pension.amount.standard: {2026-01-01: 400000}}\n", Path::new("reform"))?;
    let system = reform.apply(&package)?;
    let redone = timed("one figure changed", || standing.change_rules(&system))?;
    println!("  {} of {} operations for {} persons", redone.operations, redone.of_operations, redone.persons);
    let compared = timed("baseline and reform in one pass", || compare(&simulation, &system, &questions))?;
    println!("  {:?} operations in force, in the reform, together", compared.operations);
    timed("baseline alone", || compare(&simulation, &package.system, &questions))?;
    Ok(())
}
