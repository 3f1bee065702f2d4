//! Missing answers, with a small package and with the Korean one.

use crate::package::package;
use maru_rules::period::Period;
use maru_rules::system::Package;
use maru_rules::unknown::ask;
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::path::Path;

const VARIABLES: &str = r#"
class income(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    unit = "currency-KRW"

class owns_home(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH

class birth(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY

class is_old(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return (period.start - person("birth", period)) >= np.timedelta64(24000, "D")

class pension(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period, parameters):
        p = parameters(period).pension
        income = person("income", period)
        amount = np.select([income <= p.limit, income > p.limit], [p.amount, 0], default=np.nan)
        return np.where(person("is_old", period) & np.logical_not(person("owns_home", period)), amount, 0)

class gift(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period, parameters):
        return family.sum(family.members("pension", period)) * 0 + parameters(period).pension.gift
"#;

const PENSION: &str = "
limit:
  2026-01-01: 1000000
  2027-01-01:
    value: .nan
    metadata: {status: unknown, note: not yet}
amount:
  2026-01-01: 300000
gift:
  2026-01-01: 5
";

fn answer(package: &Package, person: &Json, variable: &str, period: &str) -> Json {
    let situation = json!({ "persons": { "a": person }, "families": { "f": { "parents": ["a"] } } });
    let answer = ask(package, &situation, variable, Period::parse(period).unwrap(), &HashSet::new()).unwrap();
    answer["results"].as_object().unwrap().values().next().unwrap().clone()
}

fn names(answer: &Json) -> Vec<&str> {
    answer["needs"].as_array().unwrap().iter().map(|need| need["variable"].as_str().unwrap()).collect()
}

#[test]
fn what_decides_most_is_asked_first() {
    let (_folder, package) = package(VARIABLES, &[("pension", PENSION)]);
    let nothing_known = answer(&package, &json!({}), "pension", "2026-01");
    assert_eq!(nothing_known["unknown"]["least"], 0.0);
    assert_eq!(nothing_known["unknown"]["greatest"], 300_000.0);
    let asked = names(&nothing_known);
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0], "birth", "most ages settle it: {asked:?}");
}

#[test]
fn one_answer_may_settle_all() {
    let (_folder, package) = package(VARIABLES, &[("pension", PENSION)]);
    let young = json!({ "birth": { "ETERNITY": "2000-01-01" } });
    assert_eq!(answer(&package, &young, "pension", "2026-01")["value"], 0.0);
    let owner = json!({ "owns_home": { "2026-01": true } });
    assert_eq!(answer(&package, &owner, "pension", "2026-01")["value"], 0.0);
    let rich = json!({ "income": { "2026-01": 1_000_001 } });
    assert_eq!(answer(&package, &rich, "pension", "2026-01")["value"], 0.0);
    let old = json!({ "birth": { "ETERNITY": "1940-01-01" }, "income": { "2026-01": 1_000_000 } });
    assert_eq!(names(&answer(&package, &old, "pension", "2026-01")), ["owns_home"]);
}

#[test]
fn nothing_times_anything_needs_no_answer() {
    let (_folder, package) = package(VARIABLES, &[("pension", PENSION)]);
    assert_eq!(answer(&package, &json!({}), "gift", "2026-01")["value"], 5.0);
}

#[test]
fn a_figure_that_the_law_leaves_open_is_named_and_not_asked() {
    let (_folder, package) = package(VARIABLES, &[("pension", PENSION)]);
    let old =
        json!({ "birth": { "ETERNITY": "1940-01-01" }, "income": { "2027-01": 5 }, "owns_home": { "2027-01": false } });
    let open = answer(&package, &old, "pension", "2027-01");
    assert_eq!(open["needs"], json!([]));
    assert_eq!(open["open_figures"][0]["parameter"], "pension.limit");
    assert_eq!(open["open_figures"][0]["note"], "not yet");
    let young = json!({ "birth": { "ETERNITY": "2000-01-01" } });
    assert_eq!(answer(&package, &young, "pension", "2027-01")["value"], 0.0);
}

pub(crate) fn korea() -> Package {
    Package::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea")).unwrap()
}

#[test]
fn a_citizen_is_asked_little() {
    let package = korea();
    let situation = json!({
        "persons": { "p": { "birth": { "ETERNITY": "1990-05-01" } } },
        "households": { "h": { "head": ["p"] } },
        "couples": { "c": { "partners": ["p"] } },
    });
    let period = Period::parse("2026-03").unwrap();
    let answer = ask(&package, &situation, "basic_pension", period, &HashSet::new()).unwrap();
    assert_eq!(answer["results"]["p"]["value"], 0.0, "a person of 35 is asked nothing: {answer}");

    let mut old = situation;
    old["persons"]["p"]["birth"]["ETERNITY"] = json!("1950-05-01");
    let answer = ask(&package, &old, "basic_pension", period, &HashSet::new()).unwrap();
    let needs = answer["results"]["p"]["needs"].as_array().unwrap();
    assert!(!needs.is_empty());
    println!("{}", maru_rules::unknown::ask_text(&answer, true));
}

/// Homes of one to four persons with incomes and ages, the same every time.
fn homes(package: &Package, month: Period) -> maru_rules::simulation::Simulation {
    use maru_rules::run::{Column, Membership, Population};
    let persons = 240_usize;
    let group: Vec<u32> = (0..persons as u32).map(|place| place / 4 + u32::from(place % 4 == 3)).collect();
    let groups = *group.last().unwrap() as usize + 1;
    let random =
        |place: usize, salt: u64| ((place as u64 + 1).wrapping_mul(0x5851_F42D_4C95_7F2D ^ (salt << 17)) >> 33) as i64;
    let mut counts = Vec::new();
    let mut memberships = Vec::new();
    for entity in &package.system.entities {
        match &*entity.key {
            "person" => (counts.push(persons), memberships.push(Membership::default())),
            "couple" => (
                counts.push(persons),
                memberships.push(Membership { group: (0..persons as u32).collect(), role: vec![0; persons] }),
            ),
            _ => (
                counts.push(groups),
                memberships.push(Membership {
                    group: group.clone(),
                    role: (0..persons).map(|place| (place % 4) as u8).collect(),
                }),
            ),
        };
    }
    let names = counts.iter().map(|count| vec![String::new(); *count]).collect();
    let mut simulation =
        maru_rules::simulation::Simulation::new(package, &package.system, Population { counts, memberships }, names);
    let column = |salt: u64, below: i64| Column::Int((0..persons).map(|place| random(place, salt) % below).collect());
    let births = (0..persons).map(|place| random(place, 9) % 33_000 - 13_500).collect();
    simulation.set_input("birth", Period::ETERNITY, Column::Int(births)).unwrap();
    for (salt, (name, below)) in
        [("earned_income", 4_000_000), ("financial_property", 90_000_000), ("national_pension_old_age", 900_000)]
            .iter()
            .enumerate()
    {
        simulation.set_input(name, month, column(salt as u64, *below)).unwrap();
    }
    simulation
}

#[test]
fn what_is_called_known_is_known_whatever_the_answers() {
    use maru_rules::unknown::{Inquiry, Known, Possible};
    let package = korea();
    let month = Period::parse("2026-03").unwrap();
    let names = [
        "basic_pension",
        "disability_pension",
        "child_allowance",
        "livelihood_benefit",
        "protection_class",
        "monthly_benefits",
    ];
    let questions: Vec<(String, Period)> = names.iter().map(|name| ((*name).to_owned(), month)).collect();
    let mut inquiry = Inquiry::new(homes(&package, month), Known::new(), &questions, &HashSet::new()).unwrap();
    let nodes: Vec<u32> = inquiry.plan.outputs.iter().map(|output| output.clone().unwrap()).collect();
    let missing = std::mem::take(&mut inquiry.known);
    let whole = inquiry.evaluate(&nodes).unwrap();
    let row_of =
        |values: &[Possible], row: usize| if values.len() == 1 { values[0].clone() } else { values[row].clone() };
    let keys: Vec<_> = inquiry.simulation.inputs.keys().cloned().collect();
    let mut settled = 0;
    for round in 0..12_usize {
        let mut known = if round % 3 == 0 { missing.clone() } else { Known::new() };
        for (place, key) in keys.iter().enumerate() {
            let rows = inquiry.simulation.inputs[key].len();
            known
                .entry(key.clone())
                .or_insert_with(|| (0..rows).map(|row| (row * 31 + place * 17 + round * 7) % 5 != 0).collect());
        }
        inquiry.known = known;
        for (some, all) in inquiry.evaluate(&nodes).unwrap().iter().zip(&whole) {
            for row in 0..some.len().max(all.len()) {
                let (some, all) = (row_of(some, row), row_of(all, row));
                settled += usize::from(some.is_known());
                let joined = some.or(&all);
                if all.is_known() {
                    assert!(
                        joined == some,
                        "round {round}, row {row}: {all:?} is none of what was thought possible, {some:?}"
                    );
                }
            }
        }
    }
    assert!(settled > 1_000, "many results are known without every answer: {settled}");
}
