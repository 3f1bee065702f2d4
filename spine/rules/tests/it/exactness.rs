//! Numbers are exact here and float32 in parity mode: the difference is shown, and fractions hold.

use crate::package::{package, value};
use maru_rules::number::Rational;
use maru_rules::run::Mode;
use proptest::prelude::*;
use serde_json::json;

const AMOUNTS: &str = r#"
class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class whole(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class plus_one(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person("income", period) + 1

class below_limit(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person("income", period) <= 350_000_000

class yearly(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return person("income", period) * 12

class thirds(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        third = person("income", period) / 3
        return third + third + third == person("income", period)

class share(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return where(person("whole", period) > 0, person("income", period) / person("whole", period), 0)

class rounded(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return round_(person("income", period) * 0.03545, 1)

class charge(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period, parameters):
        return parameters(period).charge.calc(person("income", period))
"#;

const CHARGE: &str = "brackets:\n- threshold: {2000-01-01: 0}\n  rate: {2000-01-01: 0.06}\n- threshold: {2000-01-01: 14000000}\n  rate: {2000-01-01: 0.15}\n- threshold: {2000-01-01: 50000000}\n  rate: {2000-01-01: 0.24}\n";

#[test]
fn won_amounts_survive_where_single_precision_loses_them() {
    let (_folder, package) = package(AMOUNTS, &[]);
    let of = |mode, variable: &str, income: i64| {
        value(&package, mode, &json!({ "income": { "2026-01": income } }), &json!({}), variable, "2026-01")
    };
    assert_eq!(of(Mode::Exact, "plus_one", 16_777_216), json!(16_777_217.0));
    assert_eq!(of(Mode::Parity, "plus_one", 16_777_216), json!(16_777_216.0));
    assert_eq!(of(Mode::Exact, "below_limit", 350_000_008), json!(false));
    assert_eq!(of(Mode::Parity, "below_limit", 350_000_008), json!(true), "Core grants what is not due");
    assert_eq!(of(Mode::Exact, "yearly", 2_345_679), json!(28_148_148.0));
    assert_eq!(of(Mode::Exact, "thirds", 100), json!(true));
}

#[test]
fn whole_numbers_beyond_32_bits_are_kept() {
    let (_folder, package) = package(AMOUNTS, &[]);
    let inputs = json!({ "income": { "2026-01": 6_000_000_000_i64 }, "whole": { "2026-01": 3_000_000_000_i64 } });
    assert_eq!(value(&package, Mode::Exact, &inputs, &json!({}), "share", "2026-01"), json!(2.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every result equals an evaluation of the same formula in fractions.
    #[test]
    fn results_equal_fractions(incomes in proptest::collection::vec((0_i64..2_000_000_000_000, -5_i64..50), 40)) {
        let (_folder, package) = package(AMOUNTS, &[("charge", CHARGE)]);
        let mut persons = serde_json::Map::new();
        for (place, (income, whole)) in incomes.iter().enumerate() {
            persons.insert(place.to_string(), json!({ "income": { "2026-01": income }, "whole": { "2026-01": whole } }));
        }
        let simulation = package.situation(&package.system, &json!({ "persons": persons }), None).unwrap();
        let period = maru_rules::period::Period::parse("2026-01").unwrap();
        let column = |name: &str| simulation.calculate(name, period).unwrap();
        let (share, rounded, charge) = (column("share"), column("rounded"), column("charge"));
        let rational = |numerator: i128, denominator: i128| Rational::new(numerator, denominator).unwrap();
        for (row, (income, whole)) in incomes.iter().enumerate() {
            let income = i128::from(*income);
            let expected = if *whole > 0 { rational(income, i128::from(*whole)) } else { Rational::ZERO };
            prop_assert_eq!(share.exact(row), Some(expected));
            prop_assert_eq!(rounded.exact(row), rational(income * 3_545, 100_000).round_half_even(1));
            let slice = |from: i128, to: i128| (income.min(to) - from).max(0);
            let due = 6 * slice(0, 14_000_000) + 15 * slice(14_000_000, 50_000_000) + 24 * slice(50_000_000, i128::MAX);
            prop_assert_eq!(charge.exact(row), Some(rational(due, 100)));
        }
    }
}
