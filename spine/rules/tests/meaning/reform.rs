//! Reforms over a population, with a small package and with the Korean one.

use crate::package::package;
use crate::unknown::korea;
use maru_rules::period::Period;
use maru_rules::reform::{Axis, Reform, page, rates, read_csv, study, tables};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

const VARIABLES: &str = r#"
class salary(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class allowance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period, parameters):
        p = parameters(period).allowance
        return np.maximum(p.amount - person("salary", period) * p.taper, 0)

class income(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return family.sum(family.members("salary", period)) + family.sum(family.members("allowance", period))
"#;

const ALLOWANCE: &str = "
amount:
  2026-01-01: 1000
taper:
  2026-01-01: 0.5
";

const REFORM: &str = "
name: more for all
parameters:
  allowance.amount:
    2026-01-01: 1200
cost: allowance
income: [income]
";

#[test]
fn a_reform_costs_what_it_pays_more() {
    let (folder, package) = package(VARIABLES, &[("allowance", ALLOWANCE)]);
    let mut persons = "person_id,family_id,role,salary\n".to_owned();
    for place in 0..20 {
        writeln!(
            persons,
            "p{place},f{},{},{}",
            place / 2,
            if place % 2 == 0 { "parent" } else { "child" },
            place * 200
        )
        .unwrap();
    }
    std::fs::write(folder.path().join("persons.csv"), persons).unwrap();
    let period = Period::parse("2026-01").unwrap();
    let simulation = read_csv(&package, folder.path(), period).unwrap();
    let reform = Reform::parse(REFORM, Path::new("reform.yaml")).unwrap();
    let result = study(&package, &simulation, &reform, period, 1.0).unwrap();
    // By hand: before, max(1000 − s/2, 0); after, max(1200 − s/2, 0), for s = 0, 200 … 3800.
    let paid = |amount: i64| (0..20_i64).map(|place| (amount - place * 100).max(0)).sum::<i64>() as f64;
    assert!((result.total.cost - (paid(1200) - paid(1000))).abs() < 1e-9);
    assert!((result.before.paid - paid(1000)).abs() < 1e-9);
    assert_eq!(result.population, (20, 10));
    assert_eq!(result.total.losers, 0);
    assert!(result.after.gini < result.before.gini && result.after.poverty_gap <= result.before.poverty_gap);
    assert!(result.operations.2 < result.operations.0 + result.operations.1, "both share operations");
    let html = page(&result, None, "nation");
    assert_eq!(html.matches("<svg").count(), html.matches("<desc").count());
    assert!(tables(&result, None).iter().any(|table| table.name == "deciles" && table.to_csv().lines().count() == 11));
}

#[test]
fn a_reform_that_changes_nothing_or_what_is_not_there_is_refused() {
    let (_folder, package) = package(VARIABLES, &[("allowance", ALLOWANCE)]);
    assert!(Reform::parse("name: empty\n", Path::new("r.yaml")).is_err());
    let reform = Reform::parse("parameters:\n  allowance.nothing: {2026-01-01: 1}\n", Path::new("r.yaml")).unwrap();
    assert!(reform.apply(&package).unwrap_err().message.contains("allowance.nothing"));
}

#[test]
fn the_marginal_rate_is_the_taper() {
    let (_folder, package) = package(VARIABLES, &[("allowance", ALLOWANCE)]);
    let situation = json!({ "persons": { "a": {} }, "families": { "f": { "parents": ["a"] } } });
    let simulation = package.situation(&package.system, &situation, None).unwrap();
    let reform = Reform::parse(REFORM, Path::new("r.yaml")).unwrap();
    let reformed = reform.apply(&package).unwrap();
    let axis = Axis { variable: "salary", row: 0, step: 100, steps: 30 };
    let curve = rates(&simulation, &reformed, axis, &reform, Period::parse("2026-01").unwrap()).unwrap();
    let (before, after) = (curve.marginal(false), curve.marginal(true));
    assert!((before[0] - 0.5).abs() < 1e-9 && before[25].abs() < 1e-9);
    assert!((after[22] - 0.5).abs() < 1e-9 && after[25].abs() < 1e-9);
}

#[test]
fn a_higher_basic_pension_in_the_korean_package() {
    let package = korea();
    let folder = tempfile::tempdir().unwrap();
    let mut persons = "person_id,household_id,household_role,couple_id,couple_role,birth,earned_income\n".to_owned();
    for place in 0..400_u32 {
        let year = 1930 + (place * 37) % 60;
        writeln!(persons, "p{place},h{place},head,c{place},partner,{year}-03-02,{}", (place * 7_919) % 4_000_000)
            .unwrap();
    }
    std::fs::write(folder.path().join("persons.csv"), persons).unwrap();
    let period = Period::parse("2026-03").unwrap();
    let simulation = read_csv(&package, folder.path(), period).unwrap();
    let reform = Reform::parse(
        "name: 기준연금액 40만 원\nparameters:\n  basic_pension.amount.standard:\n    2026-01-01: 400000\ncost: [basic_pension]\nincome: [earned_income, basic_pension]\ngroups: [province]\n",
        Path::new("r.yaml"),
    )
    .unwrap();
    let result = study(&package, &simulation, &reform, period, 1.0).unwrap();
    assert!(result.total.cost > 0.0 && result.total.losers == 0);
    println!("{}", result.to_json());
}

#[test]
fn what_is_not_taken_up_is_not_paid_and_a_year_counts_by_its_months() {
    let yearly = VARIABLES.replace("class income", "class bonus(Variable):\n    value_type = float\n    entity = Person\n    definition_period = YEAR\n    def formula(person, period, parameters):\n        return person.filled_array(1200)\n\nclass income");
    let (folder, package) = package(&yearly, &[("allowance", ALLOWANCE)]);
    let mut persons = "person_id,family_id,role,salary\n".to_owned();
    for place in 0..400 {
        writeln!(persons, "p{place},f{place},parent,0").unwrap();
    }
    std::fs::write(folder.path().join("persons.csv"), persons).unwrap();
    let period = Period::parse("2026-01").unwrap();
    let simulation = read_csv(&package, folder.path(), period).unwrap();
    let text =
        format!("{REFORM}take_up: {{allowance: [0.5, 1]}}\n").replace("cost: allowance", "cost: [allowance, bonus]");
    let reform = Reform::parse(&text, Path::new("r.yaml")).unwrap();
    let result = study(&package, &simulation, &reform, period, 1.0).unwrap();
    let [allowance, bonus] = &result.benefits[..] else { panic!("two are paid out") };
    // By hand: everybody is entitled to 1,000, later to 1,200; about half take it up before, all of them after.
    assert!((160..240).contains(&allowance.takers[0]) && allowance.takers[1] == 400, "{:?}", allowance.takers);
    assert!((allowance.paid[0] - 1000.0 * allowance.takers[0] as f64).abs() < 1e-9);
    assert!((allowance.paid[1] - 480_000.0).abs() < 1e-9);
    // 1,200 a year are 100 a month for each of 400.
    assert!((bonus.paid[0] - 40_000.0).abs() < 1e-9, "{:?}", bonus.paid);
    let again = study(&package, &simulation, &reform, period, 1.0).unwrap();
    assert_eq!(again, result, "who takes up what is drawn alike each time");
    let doubled = study(&package, &simulation, &reform, period, 2.0).unwrap();
    assert_eq!((doubled.population, doubled.sample), ((800, 800), (400, 400)));
}

#[test]
fn a_reform_written_as_a_file_is_read_as_the_same_reform() {
    let text = "name: 'a: \"name\"'\nparameters:\n  a.b: {2026-01-01: 400000, 2027-01-01..2028-01-01: 0.35}\n  c[1].rate: {2026-01-01: 2.0}\n\
        cost: [x]\nincome: [y, x]\ngroups: [province, age/10]\nonce_a_year: [x]\ntake_up: {x: [0.5, 0.75], y: 0.25}\n";
    let reform = Reform::parse(text, Path::new("r.yaml")).unwrap();
    assert_eq!(reform.look.take_up, [("x".to_owned(), [0.5, 0.75]), ("y".to_owned(), [0.25, 0.25])]);
    assert_eq!(Reform::parse(&reform.to_yaml(), Path::new("r.yaml")).unwrap(), reform);
    assert!(Reform::parse(&text.replace("0.75", "75"), Path::new("r.yaml")).is_err(), "a share is at most one");
}
