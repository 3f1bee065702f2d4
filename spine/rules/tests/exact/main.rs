//! Every result equals an evaluation of the same formula in fractions of unlimited size: random formulas, over random persons and
//! persons at the boundaries. What does not fit is an error, never another number.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    reason = "the numbers drawn are small; a, b and c are the sides of an operation"
)]

use maru_rules::period::Period;
use maru_rules::run::{Column, Membership, Population};
use maru_rules::simulation::{Options, Simulation};
use maru_rules::system::Package;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::fmt::Write;

const FORMULAS: usize = 120;
const PERSONS: usize = 2_000;

/// Numbers in an order that is the same on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// A formula as a tree.
enum Formula {
    Income,
    Children,
    Assets,
    Constant(i64, i64),
    Add(Box<Formula>, Box<Formula>),
    Subtract(Box<Formula>, Box<Formula>),
    Multiply(Box<Formula>, Box<Formula>),
    Largest(Box<Formula>, Box<Formula>),
    Smallest(Box<Formula>, Box<Formula>),
    Share(Box<Formula>, Box<Formula>),
    DivideBy(Box<Formula>, i64),
    Floor(Box<Formula>),
    Where(Box<Formula>, Box<Formula>, Box<Formula>),
    Truth(Box<Formula>, Box<Formula>, Box<Formula>),
}

fn draw(random: &mut Draw, depth: u32) -> Formula {
    if depth == 0 || random.next(8) == 0 {
        return match random.next(4) {
            0 => Formula::Income,
            1 => Formula::Children,
            2 => Formula::Assets,
            _ => {
                let places = [1, 10, 100, 10_000][random.next(4) as usize];
                Formula::Constant(random.next(200_000) as i64 - 100_000, places)
            }
        };
    }
    let mut part = || Box::new(draw(random, depth - 1));
    let (mut a, mut b, c) = (part(), part(), part());
    let operation = random.next(10);
    // Python itself calculates what is constant: each operation has a column.
    if matches!(*a, Formula::Constant(..)) {
        a = Box::new(Formula::Income);
    }
    if operation == 5 && matches!(*b, Formula::Constant(..)) {
        b = Box::new(Formula::Children);
    }
    match operation {
        0 => Formula::Add(a, b),
        1 => Formula::Subtract(a, b),
        2 => Formula::Multiply(a, b),
        3 => Formula::Largest(a, b),
        4 => Formula::Smallest(a, b),
        5 => Formula::Share(a, b),
        6 => Formula::DivideBy(a, random.next(30) as i64 + 1),
        7 => Formula::Floor(a),
        8 => Formula::Where(a, b, c),
        _ => Formula::Truth(a, b, c),
    }
}

impl Formula {
    fn python(&self) -> String {
        match self {
            Self::Income => "person('income', period)".into(),
            Self::Children => "person('children', period)".into(),
            Self::Assets => "person('assets', period)".into(),
            Self::Constant(value, places) => {
                let (sign, size) = (if *value < 0 { "-" } else { "" }, value.abs());
                let width = places.ilog10() as usize;
                if width == 0 {
                    format!("({sign}{size})")
                } else {
                    format!("({sign}{}.{:0width$})", size / places, size % places)
                }
            }
            Self::Add(a, b) => format!("({} + {})", a.python(), b.python()),
            Self::Subtract(a, b) => format!("({} - {})", a.python(), b.python()),
            Self::Multiply(a, b) => format!("({} * {})", a.python(), b.python()),
            Self::Largest(a, b) => format!("max_({}, {})", a.python(), b.python()),
            Self::Smallest(a, b) => format!("min_({}, {})", a.python(), b.python()),
            Self::Share(a, b) => format!("where({} > 0, {} / {}, 0)", b.python(), a.python(), b.python()),
            Self::DivideBy(a, divisor) => format!("({} / {divisor})", a.python()),
            Self::Floor(a) => format!("numpy.floor({})", a.python()),
            Self::Where(a, b, c) => format!("where({} > {}, {}, {})", a.python(), b.python(), a.python(), c.python()),
            Self::Truth(a, b, c) => format!("(({} <= {}) * {})", a.python(), b.python(), c.python()),
        }
    }

    /// The value, in fractions that never overflow.
    fn value(&self, person: &Person) -> BigRational {
        match self {
            Self::Income => BigRational::new(person.cents.into(), 100.into()),
            Self::Children => BigRational::from_integer(person.children.into()),
            Self::Assets => BigRational::from_integer(person.assets.into()),
            Self::Constant(value, places) => BigRational::new((*value).into(), (*places).into()),
            Self::Add(a, b) => a.value(person) + b.value(person),
            Self::Subtract(a, b) => a.value(person) - b.value(person),
            Self::Multiply(a, b) => a.value(person) * b.value(person),
            Self::Largest(a, b) => a.value(person).max(b.value(person)),
            Self::Smallest(a, b) => a.value(person).min(b.value(person)),
            Self::Share(a, b) => {
                let divisor = b.value(person);
                if divisor.is_positive() { a.value(person) / divisor } else { BigRational::zero() }
            }
            Self::DivideBy(a, divisor) => a.value(person) / BigRational::from_integer((*divisor).into()),
            Self::Floor(a) => a.value(person).floor(),
            Self::Where(a, b, c) => {
                let (a, b) = (a.value(person), b.value(person));
                if a > b { a } else { c.value(person) }
            }
            Self::Truth(a, b, c) => {
                if a.value(person) <= b.value(person) {
                    c.value(person)
                } else {
                    BigRational::zero()
                }
            }
        }
    }
}

struct Person {
    cents: i64,
    children: i64,
    assets: i64,
}

/// Ordinary persons, and those at the edges: nothing, one, where single precision ends, where 32 bits end, a debt.
fn people(random: &mut Draw) -> Vec<Person> {
    const EDGES: [i64; 9] =
        [0, 1, -1, 16_777_216, 16_777_217, 2_147_483_647, 2_147_483_648, 3_000_000_000, -4_294_967_297];
    (0..PERSONS)
        .map(|row| {
            if row % 4 == 0 {
                let (cents, assets) = (EDGES[random.next(9) as usize], EDGES[random.next(9) as usize]);
                Person { cents, children: random.next(3) as i64, assets }
            } else {
                Person {
                    cents: random.next(1_000_000_000) as i64,
                    children: random.next(9) as i64,
                    assets: random.next(2_000_000_000) as i64 - 1_000_000,
                }
            }
        })
        .collect()
}

fn package(formulas: &[Formula]) -> (tempfile::TempDir, Package) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("nation");
    std::fs::create_dir_all(root.join("variables")).unwrap();
    let mut variables =
        "import numpy\nfrom openfisca_core.model_api import *\nfrom nation.entities import Person\n".to_owned();
    for (name, kind) in [("income", "float"), ("children", "int"), ("assets", "float")] {
        write!(
            variables,
            "\nclass {name}(Variable):\n    value_type = {kind}\n    entity = Person\n    definition_period = MONTH\n"
        )
        .unwrap();
    }
    for (place, formula) in formulas.iter().enumerate() {
        write!(
            variables,
            "\nclass result_{place}(Variable):\n    value_type = float\n    entity = Person\n    definition_period = MONTH\n    def formula(person, period):\n        return {}\n",
            formula.python()
        )
        .unwrap();
    }
    std::fs::write(root.join("variables/all.py"), variables).unwrap();
    std::fs::write(
        root.join("entities.py"),
        "from openfisca_core.entities import build_entity\nPerson = build_entity(key='person', plural='persons', label='Person', is_person=True)\nentities = [Person]\n",
    )
    .unwrap();
    std::fs::write(
        root.join("__init__.py"),
        "import os\nfrom openfisca_core.taxbenefitsystems import TaxBenefitSystem\nfrom nation import entities\n\nclass CountryTaxBenefitSystem(TaxBenefitSystem):\n    def __init__(self):\n        super().__init__(entities.entities)\n        self.add_variables_from_directory(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'variables'))\n",
    )
    .unwrap();
    let package = Package::load(&root).unwrap();
    (folder, package)
}

#[test]
fn every_result_is_the_fraction_that_the_formula_means() {
    let mut random = Draw(20_260_126);
    let formulas: Vec<Formula> = (0..FORMULAS).map(|_| draw(&mut random, 4)).collect();
    let people = people(&mut random);
    let (_folder, package) = package(&formulas);
    let population = Population { counts: vec![PERSONS], memberships: vec![Membership::default()] };
    let mut simulation = Simulation::new(&package, &package.system, population, vec![Vec::new()]);
    simulation.options = Options { threads: 2, ..Options::default() };
    let period = Period::parse("2026-01").unwrap();
    let cents = people.iter().map(|person| person.cents).collect();
    simulation.set_input("income", period, Column::Scaled { values: cents, denominator: 100 }).unwrap();
    simulation
        .set_input("children", period, Column::Int(people.iter().map(|person| person.children).collect()))
        .unwrap();
    simulation.set_input("assets", period, Column::Int(people.iter().map(|person| person.assets).collect())).unwrap();
    let mut refused = 0;
    for (place, formula) in formulas.iter().enumerate() {
        match simulation.calculate(&format!("result_{place}"), period) {
            Ok(column) => {
                for (row, person) in people.iter().enumerate() {
                    let actual = column.exact(row).unwrap();
                    let actual = BigRational::new(BigInt::from(actual.numerator()), BigInt::from(actual.denominator()));
                    assert_eq!(actual, formula.value(person), "person {row} of {}", formula.python());
                }
            }
            Err(fault) => {
                assert!(fault.to_string().contains("OverflowError"), "{fault}\n{}", formula.python());
                refused += 1;
            }
        }
    }
    assert!(refused * 10 <= FORMULAS, "{refused} of {FORMULAS} were refused");
}
