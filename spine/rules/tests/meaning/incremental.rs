//! After a change the columns are those of a calculation from the start.

use crate::package::package;
use maru_rules::incremental::Standing;
use maru_rules::period::Period;
use maru_rules::reform::Reform;
use maru_rules::run::{Column, Membership, Population};
use maru_rules::simulation::Simulation;
use std::path::Path;

const VARIABLES: &str = r#"
class salary(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class tax(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period, parameters):
        return person("salary", period) * parameters(period).rates.tax

class grant(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period, parameters):
        p = parameters(period).rates
        return np.maximum(p.floor - family.sum(family.members("tax", period)), 0) / family.nb_persons()

class rent(Variable):
    value_type = int
    entity = Family
    definition_period = MONTH

class help(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return np.maximum(family("rent", period) - family("grant", period), 0)

class share(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person.family("grant", period) + 1
"#;

const RATES: &str = "
tax:
  2026-01-01: 0.1
floor:
  2026-01-01: 100
";

fn simulation(package: &maru_rules::system::Package, persons: usize) -> Simulation {
    let group: Vec<u32> = (0..persons as u32).map(|place| (place * 7) % (persons as u32 / 3)).collect();
    let population = Population {
        counts: vec![persons, persons / 3],
        memberships: vec![Membership::default(), Membership { group, role: vec![0; persons] }],
    };
    let names = vec![vec![String::new(); persons], vec![String::new(); persons / 3]];
    let mut simulation = Simulation::new(package, &package.system, population, names);
    let salaries = (0..persons as i64).map(|place| place * 13 % 900).collect();
    simulation.set_input("salary", Period::parse("2026-01").unwrap(), Column::Int(salaries)).unwrap();
    simulation
}

fn same(left: &Column, right: &Column) {
    assert_eq!(left.len(), right.len());
    for row in 0..left.len() {
        assert_eq!(left.exact(row), right.exact(row), "row {row}");
    }
}

#[test]
fn one_row_runs_again_for_its_family_alone() {
    let (_folder, package) = package(VARIABLES, &[("rates", RATES)]);
    let period = Period::parse("2026-01").unwrap();
    let questions = [("share".to_owned(), period), ("tax".to_owned(), period)];
    let mut standing = Standing::new(simulation(&package, 3_000), &questions).unwrap();
    let redone = standing.change_rows("salary", period, &[(17, Column::Int(vec![5_000]))]).unwrap();
    assert!(redone.persons < 10, "{redone:?}");
    let fresh = Standing::new(standing.simulation.clone(), &questions).unwrap();
    for place in 0..2 {
        same(&standing.output(place).unwrap(), &fresh.output(place).unwrap());
    }
    assert_eq!(standing.output(1).unwrap().float(17), Some(500.0));
}

#[test]
fn only_what_depends_on_the_changed_fact_runs_again() {
    let (_folder, package) = package(VARIABLES, &[("rates", RATES)]);
    let period = Period::parse("2026-01").unwrap();
    let questions = [("share".to_owned(), period), ("help".to_owned(), period)];
    let mut before = simulation(&package, 300);
    before.set_input("rent", period, Column::Int(vec![70; 100])).unwrap();
    let mut standing = Standing::new(before, &questions).unwrap();
    for (row, rent) in [(7, 90), (8, 1), (7, 200)] {
        let redone = standing.change_rows("rent", period, &[(row, Column::Int(vec![rent]))]).unwrap();
        // The help alone: the tax, the grant and the share below and beside it stay as they are.
        assert!(redone.operations <= 5 && redone.of_operations > 20, "{redone:?}");
        let fresh = Standing::new(standing.simulation.clone(), &questions).unwrap();
        for place in 0..2 {
            same(&standing.output(place).unwrap(), &fresh.output(place).unwrap());
        }
    }
}

#[test]
fn one_figure_leaves_what_does_not_depend_on_it() {
    let (_folder, package) = package(VARIABLES, &[("rates", RATES)]);
    let period = Period::parse("2026-01").unwrap();
    let questions = [("share".to_owned(), period), ("tax".to_owned(), period)];
    let mut standing = Standing::new(simulation(&package, 300), &questions).unwrap();
    let reform = Reform::parse("parameters: {rates.floor: {2026-01-01: 250}}\n", Path::new("r.yaml")).unwrap();
    let system = reform.apply(&package).unwrap();
    let redone = standing.change_rules(&system).unwrap();
    assert!(redone.operations < redone.of_operations, "{redone:?}");
    let mut after = simulation(&package, 300);
    after.system = system;
    let fresh = Standing::new(after, &questions).unwrap();
    for place in 0..2 {
        same(&standing.output(place).unwrap(), &fresh.output(place).unwrap());
    }
    standing.change_rows("salary", period, &[(3, Column::Int(vec![1]))]).unwrap();
    let fresh = Standing::new(standing.simulation.clone(), &questions).unwrap();
    same(&standing.output(0).unwrap(), &fresh.output(0).unwrap());
}
