//! `sum(column)` and its like: one value of everybody in the simulation, and what becomes of it where the population is in parts.
#![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "the numbers are small and whole")]

use crate::package::package;
use maru_rules::diagnostic::Trouble;
use maru_rules::incremental::Standing;
use maru_rules::period::Period;
use maru_rules::run::{Column, Membership, Mode, Population};
use maru_rules::simulation::{Options, Simulation};
use maru_rules::sql::{SqlOptions, sql};
use maru_rules::system::Package;
use maru_rules::unknown::{Inquiry, Known, Possible};
use std::collections::HashSet;

const VARIABLES: &str = "
class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class whole(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class share(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        income = person('income', period)
        return income / sum(income)

class above(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        share = person('share', period)
        return share * 2 >= share.max() + np.min(share)

class taxed(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
    def formula(family, period):
        above = family.sum(family.members('above', period))
        return above + above.sum() * 1000 + np.any(above > 3) * 0.5

class together(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return sum(person('whole', period))

class together_by_numpy(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        return np.sum(person('whole', period))

class checked(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    def formula(person, period):
        income = person('income', period)
        assert (income >= 0).all()
        if (income > 10).any():
            log.warning('somebody is rich')
        return income
";

fn month() -> Period {
    Period::parse("2026-01").unwrap()
}

/// Families of three, each person with other inputs.
fn nation(package: &Package, families: usize, mode: Mode) -> Simulation {
    let persons = families * 3;
    let group: Vec<u32> = (0..persons).map(|person| u32::try_from(person / 3).unwrap()).collect();
    let memberships = vec![Membership::default(), Membership { group, role: vec![2; persons] }];
    let population = Population { counts: vec![persons, families], memberships };
    let mut simulation = Simulation::new(package, &package.system, population, vec![Vec::new(); 2]);
    simulation.options = Options { mode, threads: 2, ..Options::default() };
    let incomes: Vec<i64> = (0..i64::try_from(persons).unwrap()).map(|person| person * 7_919 % 997 * 25).collect();
    simulation.set_input("income", month(), Column::Scaled { values: incomes, denominator: 100 }).unwrap();
    simulation.set_input("whole", month(), Column::Int(vec![2_000_000_000; persons])).unwrap();
    simulation
}

fn floats(column: &Column) -> Vec<f64> {
    (0..column.len()).map(|row| column.float(row).unwrap()).collect()
}

#[test]
fn a_value_of_everybody_is_the_same_for_few_and_for_a_nation() {
    let (_folder, package) = package(VARIABLES, &[]);
    for families in [2, 2_000] {
        for mode in [Mode::Exact, Mode::Parity] {
            let simulation = nation(&package, families, mode);
            let incomes = floats(&simulation.inputs[&("income".into(), month())]);
            let total: f64 = incomes.iter().sum();
            let shares = floats(&simulation.calculate("share", month()).unwrap());
            for (income, share) in incomes.iter().zip(&shares) {
                assert!((income / total - share).abs() < 1e-6, "{mode:?} {families}");
            }
            let (least, most) =
                shares.iter().fold((1.0, 0.0), |(a, b): (f64, f64), share| (a.min(*share), b.max(*share)));
            let Column::Bool(above) = simulation.calculate("above", month()).unwrap() else { panic!("truths") };
            let expected: Vec<bool> = shares.iter().map(|share| share * 2.0 >= most + least).collect();
            assert_eq!(above, expected, "{mode:?} {families}");
            let all = expected.iter().filter(|is_above| **is_above).count() as f64;
            let taxed = floats(&simulation.calculate("taxed", month()).unwrap());
            for (family, taxed) in taxed.iter().enumerate() {
                let own = expected[family * 3..family * 3 + 3].iter().filter(|is_above| **is_above).count() as f64;
                assert!((own + all * 1_000.0 - taxed).abs() < 1.0, "{mode:?} {families} {own} {taxed}");
            }
        }
    }
}

#[test]
fn sums_of_everybody_are_exact_and_wrap_only_as_core_does() {
    let (_folder, package) = package(VARIABLES, &[]);
    let one =
        |mode: Mode, variable: &str| nation(&package, 1, mode).calculate(variable, month()).unwrap().float(0).unwrap();
    assert_eq!(one(Mode::Exact, "together"), 6e9);
    assert_eq!(one(Mode::Exact, "together_by_numpy"), 6e9);
    // Python adds int32 to int32; NumPy's sum is of 64 bits.
    assert_eq!(one(Mode::Parity, "together"), 1_705_032_704.0);
    assert_eq!(one(Mode::Parity, "together_by_numpy"), 6e9);
}

#[test]
fn nobody_has_no_greatest() {
    let (_folder, package) = package(VARIABLES, &[]);
    let nobody = nation(&package, 0, Mode::Exact);
    assert!(nobody.calculate("share", month()).unwrap().is_empty());
    let fault = nobody.calculate("above", month()).unwrap_err();
    assert_eq!(fault.trouble, Trouble::Raised("ValueError".to_owned()), "{fault}");
}

#[test]
fn what_checks_everybody_bears_on_no_result() {
    let (_folder, package) = package(VARIABLES, &[]);
    let simulation = nation(&package, 1, Mode::Exact);
    assert_eq!(simulation.calculate("checked", month()).unwrap(), simulation.inputs[&("income".into(), month())]);
    let plan = simulation.plan(&[("checked".to_owned(), month())]).unwrap();
    assert!(plan.divisible(&package.system).is_ok());
}

#[test]
fn a_population_in_parts_has_no_value_of_everybody() {
    let (_folder, package) = package(VARIABLES, &[]);
    let simulation = nation(&package, 2, Mode::Exact);
    let questions = [("taxed".to_owned(), month())];
    let plan = simulation.plan(&questions).unwrap();
    let fault = plan.divisible(&package.system).unwrap_err();
    let place = fault.location.as_ref().unwrap();
    assert!(place.file.ends_with("variables/all.py") && place.snippet.contains("formula"), "{fault}");
    assert_eq!(fault.within, ["share@2026-01"], "the formula that takes everybody together");
    assert!(fault.help.as_ref().unwrap().contains("group.sum"), "{fault}");
    assert_eq!(Standing::new(simulation, &questions).err().unwrap().message, fault.message);
    let asked = sql(&package, &["share".to_owned()], month(), &SqlOptions::default());
    assert_eq!(asked.unwrap_err().message, fault.message);
}

#[test]
fn what_is_unknown_of_one_is_unknown_of_everybody() {
    let (_folder, package) = package(VARIABLES, &[]);
    let simulation = nation(&package, 1, Mode::Exact);
    let asked = |known: Known| {
        let mut simulation = simulation.clone();
        simulation.identifiers = vec![vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], vec!["f".to_owned()]];
        let questions = [("together".to_owned(), month())];
        let inquiry = Inquiry::new(simulation, known, &questions, &HashSet::new()).unwrap();
        inquiry.answers(0).unwrap()
    };
    let known = asked(Known::new());
    assert_eq!(known[0].possible, Possible::number(maru_rules::number::Rational::integer(6_000_000_000)));
    let unknown = asked([(("whole".into(), month()), vec![true, false, true])].into());
    assert!(!unknown[0].possible.is_known());
    let needed: Vec<&str> = unknown[0].questions.iter().map(|question| question.instance.as_str()).collect();
    assert_eq!(needed, ["b"], "the one who has not said");
}
