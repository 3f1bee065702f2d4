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
