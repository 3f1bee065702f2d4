//! The language of packages: what is evaluated while compiling, what becomes columns, what is refused and how.

use crate::package::{package, shown, value};
use maru_rules::command;
use maru_rules::diagnostic::Trouble;
use maru_rules::period::Instant;
use maru_rules::run::Mode;
use maru_rules::simulation::Options;
use serde_json::{Value as Json, json};

const PARTIAL: &str = r#"
BENEFITS = ["rent_help", "child_help"]

def total(person, period, names):
    return sum(person(f"{name}", period) for name in names)

class rent_help(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class child_help(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class help(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula_2020(person, period, parameters):
        if period.start.year >= 2026:
            return total(person, period, BENEFITS) * parameters(period).factor
        return total(person, period, BENEFITS[:1])

class 소득(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class 기초급여(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        소득 = person("소득", period)
        return max_(700_000 - 소득, 0)

class half_year(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    def formula(person, period):
        return sum(person("rent_help", period.first_month.offset(month)) for month in range(6))

class year_total(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    def formula(person, period):
        return person("rent_help", period, options=[ADD])

class spiral(Variable):
    value_type = int
    entity = Person
    definition_period = YEAR
    default_value = 7
    def formula(person, period):
        return person("spiral", period.last_year) + 1

class circle(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person("circle", period) + 1
"#;

fn one(variable: &str, inputs: &Json, period: &str) -> Json {
    let (_folder, package) = package(PARTIAL, &[("factor", "values: {2000-01-01: 1.5}\n")]);
    value(&package, Mode::Exact, inputs, &json!({}), variable, period)
}

#[test]
fn helpers_loops_and_conditions_on_periods_are_gone_once_compiled() {
    let inputs =
        json!({ "rent_help": { "2026-01": 100, "2025-12": 100 }, "child_help": { "2026-01": 20, "2025-12": 20 } });
    assert_eq!(one("help", &inputs, "2026-01"), json!(180.0));
    assert_eq!(one("help", &inputs, "2025-12"), json!(100.0));
    assert_eq!(one("help", &inputs, "2019-12"), json!(0.0));
}

#[test]
fn identifiers_may_be_korean() {
    assert_eq!(one("기초급여", &json!({ "소득": { "2026-01": 250_000 } }), "2026-01"), json!(450_000));
}

#[test]
fn months_add_up() {
    let months: serde_json::Map<String, Json> =
        (1..=12).map(|month| (format!("2026-{month:02}"), json!(month))).collect();
    let inputs = json!({ "rent_help": months });
    assert_eq!(one("half_year", &inputs, "2026"), json!(21.0));
    assert_eq!(one("year_total", &inputs, "2026"), json!(78.0));
}

#[test]
fn a_spiral_ends_in_the_default_and_a_circle_in_an_error() {
    assert_eq!(one("spiral", &json!({}), "2026"), json!(8));
    let (_folder, package) = package(PARTIAL, &[("factor", "values: {2000-01-01: 1.5}\n")]);
    let situation = json!({ "persons": { "a": { "circle": { "2026-01": null } } } });
    let error = command::calculate(&package, &situation, Options::default()).unwrap_err().to_string();
    assert!(error.contains("Circular definition detected on formula circle@2026-01"), "{error}");
}

const GROUPS: &str = r#"
class age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class children(Variable):
    value_type = int
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return family.sum(family.members("age", period) < 18, role=Family.CHILD)

class eldest(Variable):
    value_type = int
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return family.max(family.members("age", period))

class first_income(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        return family.first_parent("income", period) - family.value_from_person(family.members("income", period), Family.SECOND_PARENT)

class rank(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person.get_rank(person.family, person("age", period), condition=person.has_role(Family.CHILD))

class family_children(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person.family("children", period) * person.has_role(Family.PARENT)
"#;

#[test]
fn members_are_gathered_by_role_whatever_their_order() {
    let (_folder, package) = package(GROUPS, &[]);
    let at = |value: i64| json!({ "2026-01": value });
    let ask = json!({ "2026-01": null });
    let person =
        |age: i64, income: i64| json!({ "age": at(age), "income": at(income), "rank": ask, "family_children": ask });
    // The members of the two families stand in between each other.
    let mut situation = json!({
        "persons": { "a": person(40, 10), "x": person(30, 5), "b": person(38, 4), "k1": person(3, 0), "y": person(2, 0), "k2": person(9, 0) },
        "families": {
            "first": { "parents": ["a", "b"], "children": ["k1", "k2"] },
            "second": { "parents": ["x"], "children": ["y"] },
        },
    });
    for family in ["first", "second"] {
        for variable in ["eldest", "first_income"] {
            situation["families"][family][variable] = ask.clone();
        }
    }
    for mode in [Mode::Exact, Mode::Parity] {
        let answer = command::calculate(&package, &situation, Options { mode, ..Options::default() }).unwrap();
        let of = |plural: &str, name: &str, variable: &str| answer[plural][name][variable]["2026-01"].clone();
        assert_eq!(of("families", "first", "eldest"), json!(40));
        assert_eq!(of("families", "second", "eldest"), json!(30));
        assert_eq!(of("families", "first", "first_income"), json!(6.0));
        assert_eq!(of("families", "second", "first_income"), json!(5.0));
        assert_eq!(
            (of("persons", "k1", "rank"), of("persons", "k2", "rank"), of("persons", "a", "rank")),
            (json!(0), json!(1), json!(-1))
        );
        assert_eq!(
            (of("persons", "b", "family_children"), of("persons", "k1", "family_children")),
            (json!(2), json!(0))
        );
    }
}

const REFUSED: &str = r#"
class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class branch(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        income = person("income", period)
        if income > 100:
            return income
        return 0

class fine(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person("income", period) * 2
"#;

#[test]
fn what_is_not_compiled_says_where_and_what_to_write_and_the_rest_works() {
    let (folder, package) = package(REFUSED, &[]);
    let coverage = command::check(&package, Instant::new(2026, 1, 1).unwrap()).unwrap();
    assert_eq!((coverage.with_formula, coverage.compiled), (2, 1));
    let trouble = &coverage.unsupported[0];
    assert_eq!(trouble.variable, "branch");
    assert_eq!(trouble.diagnostic.trouble, Trouble::Unsupported);
    let place = trouble.diagnostic.location.as_ref().unwrap();
    assert!(shown(&place.file).starts_with(&shown(&folder.path().canonicalize().unwrap())));
    assert_eq!(place.snippet.trim(), "if income > 100:");
    assert!(trouble.diagnostic.help.as_ref().unwrap().contains("where("));
    assert_eq!(
        value(&package, Mode::Exact, &json!({ "income": { "2026-01": 4 } }), &json!({}), "fine", "2026-01"),
        json!(8.0)
    );
}

#[test]
fn an_explanation_names_values_parameters_and_formulas() {
    let (_folder, package) =
        package(PARTIAL, &[("factor", "metadata: {reference: art. 3}\nvalues: {2000-01-01: 1.5}\n")]);
    let situation = json!({ "persons": { "a": { "rent_help": { "2026-01": 100 } } } });
    let period = maru_rules::period::Period::parse("2026-01").unwrap();
    let explanation = command::explain(&package, &situation, "help", period, Options::default()).unwrap();
    assert_eq!(explanation.value, json!({ "a": 150.0 }));
    assert_eq!(explanation.parameters.len(), 1);
    assert_eq!(explanation.parameters[0].reference, Some(json!("art. 3")));
    let children: Vec<&str> = explanation.children.iter().map(|child| child.variable.as_str()).collect();
    assert_eq!(children, ["rent_help", "child_help"]);
    assert!(explanation.to_text(true).contains("[입력값]"));
}

#[test]
fn random_bytes_and_deep_nesting_are_refused_without_harm() {
    for text in [
        "def f(:\n",
        &"(".repeat(5_000),
        "class x(Variable):\n    value_type = float\n    entity = Nobody\n",
        "x = [x for x in x]\n",
        "import nowhere.at.all\nnowhere.f()\n",
    ] {
        let (_folder, package) = package(text, &[("broken", "values: [1, 2\n")]);
        assert!(!package.diagnostics.is_empty(), "{text:.40}");
    }
}
