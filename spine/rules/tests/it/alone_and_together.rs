//! A family's results do not depend on how many others are calculated with it: a nation goes through programs of vector steps,
//! a handful of persons through the general way, and both must say the same to the last unit.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers drawn are small"
)]

use crate::package::package;
use maru_rules::period::Period;
use maru_rules::run::{Column, Membership, Population};
use maru_rules::simulation::{Options, Simulation};
use maru_rules::system::Package;
use std::fmt::Write;

const INPUTS: &str = "
class Status(Enum):
    single = 'single'
    couple = 'couple'
    widowed = 'widowed'

class income(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

class whole(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

class flag(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH

class birth(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY

class born(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY

def years(born, at):
    month = born.astype('datetime64[M]').astype(int) % 12 + 1
    day = (born - born.astype('datetime64[M]') + 1).astype(int)
    past = (month < at.month) + (month == at.month) * (day <= at.day)
    return at.year - (born.astype('datetime64[Y]').astype(int) + 1970) - where(past, 0, 1)

class status(Variable):
    value_type = Enum
    possible_values = Status
    default_value = Status.single
    entity = Person
    definition_period = MONTH

class rent(Variable):
    value_type = float
    entity = Family
    definition_period = MONTH
";

/// Formulas of persons: type, expression.
const OF_PERSONS: [(&str, &str); 68] = [
    ("float", "income + whole"),
    ("float", "income * 0.035 - whole * 1000"),
    ("float", "income * whole"),
    ("float", "income * income"),
    ("float", "max_(income, whole * 1.5)"),
    ("float", "min_(income, 250.25)"),
    ("float", "abs(whole - 100)"),
    ("int", "whole // 7"),
    ("int", "whole % 7"),
    ("int", "whole // person('whole', period.last_month)"),
    ("int", "whole % person('whole', period.last_month)"),
    ("float", "income / 3"),
    ("float", "income / whole"),
    ("float", "where(whole > 0, income / whole, 0)"),
    ("float", "where(whole > 0, np.floor(income / whole), 0)"),
    ("float", "where(whole > 0, income / whole, 0) * 0.3 + 1"),
    ("float", "max_(where(whole > 0, income / whole, 0), where(whole > 3, rent / whole, 1))"),
    ("float", "where(whole > 0, income / whole, 1) / where(whole > 2, rent / whole, 2)"),
    ("bool", "where(whole > 0, income / whole, 0) >= where(flag, 0.5, 2)"),
    ("int", "where(whole > 0, income / whole, 0).astype(int)"),
    ("float", "np.ceil(where(whole > 0, income / whole, 0))"),
    ("float", "np.floor(income * 0.07)"),
    ("float", "np.ceil(income * 0.07)"),
    ("float", "np.trunc((income - 5000) * 0.07)"),
    ("float", "round_(income * 0.035)"),
    ("float", "round_(income * 0.0353, 1)"),
    ("float", "np.floor(income / 10) * 10"),
    ("int", "np.sign(whole - 5)"),
    ("bool", "(income > 1000) * (whole <= 3)"),
    ("bool", "(income > 1000) + not_(flag)"),
    ("bool", "flag == (whole > 3)"),
    ("bool", "flag ^ (whole != 3)"),
    ("float", "flag * income"),
    ("float", "where(flag, income, whole)"),
    ("float", "select([whole > 100, whole > 10], [income, 5], default=1.25)"),
    ("int", "birth.astype('datetime64[Y]').astype(int) + 1970"),
    ("int", "birth.astype('datetime64[M]').astype(int) % 12 + 1"),
    ("int", "(birth - birth.astype('datetime64[M]') + 1).astype(int)"),
    ("float", "parameters(period).charge.calc(income)"),
    ("float", "parameters(period).steps.calc(income)"),
    ("float", "parameters(period).by_status[person('status', period)]"),
    ("float", "rent * person.has_role(Family.PARENT)"),
    ("float", "person.family.sum(person.family.members('income', period)) - income"),
    ("int", "person.get_rank(person.family, -income)"),
    ("float", "where(flag, np.nan, income) + whole"),
    ("float", "where(flag, np.nan, income / 3) * where(whole > 2, whole, np.nan)"),
    ("bool", "where(flag, np.nan, income) >= 100"),
    ("bool", "where(flag, np.nan, income) != 100"),
    ("float", "max_(where(flag, np.nan, income), 100) * flag"),
    ("float", "min_(where(flag, np.nan, income), where(whole > 0, income / whole, 3))"),
    ("float", "np.floor(where(flag, np.nan, income) / 10) * 10"),
    ("float", "where(flag, np.nan, income) * 2 / where(0 < where(flag, np.nan, whole), where(flag, np.nan, whole), 1)"),
    ("float", "np.floor(income / where(flag, np.nan, where(whole > 0, whole, 7)) / 10) * 10"),
    ("int", "where(whole < 0, np.nan, income).astype(int)"),
    ("bool", "np.isnan(where(flag, where(whole > 0, np.nan, 2), income))"),
    // What depends on a birthday alone, or on one small number.
    ("int", "years(born, period.start)"),
    ("bool", "years(born, period.start) >= 55"),
    ("bool", "not_(years(born, period.start) >= 55)"),
    ("bool", "(years(born, period.start) >= 54) * (years(born, period.start) < 56)"),
    ("bool", "(years(born, period.start) < 54) + (years(born, period.start) >= 56)"),
    ("int", "where(years(born, period.start) >= 55, 7, 0)"),
    ("float", "where(years(born, period.start) >= 55, 0, 2.5)"),
    ("int", "select([years(born, period.start) > 56, years(born, period.start) > 54], [3, 1], default=2)"),
    ("float", "years(born, period.start) * income"),
    ("float", "parameters(period).charge.calc(whole * 1000)"),
    ("int", "(years(born, period.start) * 7 + 3) % 5 * 1000000"),
    ("float", "income * 3 + whole * 3"),
    // A divisor that is always zero, behind a condition that never holds.
    (
        "float",
        "where(np.isnan(whole) * whole > 0, where(whole > 0, income / whole, 1) / (np.isnan(whole) * whole), income - 12.5)",
    ),
];

/// Formulas of families.
const OF_FAMILIES: [(&str, &str); 32] = [
    ("float", "family.sum(income)"),
    ("float", "family.sum(income, role=Family.CHILD)"),
    ("float", "family.sum(income * 0.3) - rent"),
    ("int", "family.nb_persons()"),
    ("int", "family.nb_persons(Family.CHILD)"),
    ("bool", "family.any(income > 9000)"),
    ("bool", "family.any(income > 9000, role=Family.CHILD)"),
    ("bool", "family.all(whole > 0)"),
    ("bool", "family.all(whole > 0, role=Family.PARENT)"),
    ("float", "family.max(whole)"),
    ("float", "family.min(income)"),
    ("float", "family.max(whole, role=Family.CHILD)"),
    ("float", "family.first_parent('income', period)"),
    ("float", "family.value_from_first_person(income)"),
    ("float", "family.sum(where(whole > 0, income / whole, 0))"),
    ("float", "rent / family.nb_persons()"),
    ("float", "where(family.nb_persons(Family.CHILD) > 0, rent / family.nb_persons(Family.CHILD), 0) * 12"),
    ("float", "family.sum(where(whole < 0, np.nan, income))"),
    ("float", "family.sum(where(whole < 0, np.nan, income), role=Family.CHILD)"),
    ("float", "family.max(where(whole < -2, np.nan, income))"),
    ("bool", "family.any(where(flag, np.nan, income) > 9000)"),
    // Sums that can be added before they are summed, and questions that the eldest or the youngest answers.
    ("float", "family.sum(income) + family.sum(whole) + family.sum(income * 2)"),
    ("int", "family.sum(years(born, period.start))"),
    ("bool", "family.any(years(born, period.start) < 54)"),
    ("bool", "family.any(years(born, period.start) < 53)"),
    ("bool", "family.any(years(born, period.start) > 55)"),
    ("bool", "family.any(years(born, period.start) >= 57)"),
    ("bool", "family.any(whole > 6)"),
    ("bool", "family.any(whole > 7, role=Family.CHILD)"),
    ("bool", "family.any(whole >= 8)"),
    ("bool", "family.any(income <= 100)"),
    // What is the same in every row is of nobody's rows.
    ("float", "max_(parameters(period).charge.calc(21), rent)"),
];

const CHARGE: &str = "brackets:\n- threshold: {2000-01-01: 0}\n  rate: {2000-01-01: 0.06}\n- threshold: {2000-01-01: 1400.5}\n  rate: {2000-01-01: 0.15}\n- threshold: {2000-01-01: 5000}\n  rate: {2000-01-01: 0.24}\n";
const STEPS: &str = "metadata:\n  type: single_amount\nbrackets:\n- threshold: {2000-01-01: 0}\n  amount: {2000-01-01: 10}\n- threshold: {2000-01-01: 1400.5}\n  amount: {2000-01-01: 20.25}\n- threshold: {2000-01-01: 5000}\n  amount: {2000-01-01: 0}\n";
const BY_STATUS: &str =
    "single:\n  values: {2000-01-01: 1.5}\ncouple:\n  values: {2000-01-01: 2}\nwidowed:\n  values: {2000-01-01: -3}\n";

fn variables() -> String {
    let mut text = INPUTS.to_owned();
    for (kind, place, (value, expression)) in OF_PERSONS
        .iter()
        .enumerate()
        .map(|(place, formula)| ("person", place, formula))
        .chain(OF_FAMILIES.iter().enumerate().map(|(place, formula)| ("family", place, formula)))
    {
        let (entity, of, members) =
            if kind == "person" { ("Person", "person", "person") } else { ("Family", "family", "family.members") };
        let rent = if kind == "person" { "person.family" } else { "family" };
        write!(
            text,
            "
class {kind}_{place}(Variable):
    value_type = {value}
    entity = {entity}
    definition_period = MONTH
    def formula({of}, period, parameters):
        income = {members}('income', period)
        whole = {members}('whole', period)
        flag = {members}('flag', period)
        birth = {members}('birth', period)
        born = {members}('born', period)
        rent = {rent}('rent', period)
        return {expression}
"
        )
        .unwrap();
    }
    text
}

fn outputs() -> Vec<String> {
    let persons = (0..OF_PERSONS.len()).map(|place| format!("person_{place}"));
    persons.chain((0..OF_FAMILIES.len()).map(|place| format!("family_{place}"))).collect()
}

/// Numbers in an order that is the same on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % below) as i64
    }
}

/// Families of one to seven, with what is known of them.
struct Nation {
    /// Where each family's members begin, and where the last one's end.
    starts: Vec<usize>,
    role: Vec<u8>,
    persons: Vec<(&'static str, &'static str, Vec<i64>)>,
    rent: Vec<i64>,
}

impl Nation {
    fn random(families: usize, greatest: u64, random: &mut Draw) -> Self {
        let mut starts = vec![0];
        let mut role = Vec::new();
        for _ in 0..families {
            let size = random.next(7) as usize + 1;
            let parents = if size == 1 { 1 } else { 1 + random.next(2) as usize };
            role.extend((0..size).map(|place| if place < parents { place as u8 } else { 2 }));
            starts.push(role.len());
        }
        let mut column = |low: i64, below: u64| (0..role.len()).map(|_| low + random.next(below)).collect::<Vec<_>>();
        let persons = vec![
            ("income", "2026-03", column(0, greatest)),
            ("whole", "2026-03", column(-3, 12)),
            ("whole", "2026-02", column(0, 4)),
            ("flag", "2026-03", column(0, 2)),
            ("birth", "ETERNITY", column(-20_000, 40_000)),
            ("born", "ETERNITY", column(-800, 2_000)),
            ("status", "2026-03", column(0, 3)),
        ];
        let rent = (0..families).map(|_| random.next(greatest)).collect();
        Self { starts, role, persons, rent }
    }

    /// Some families, calculated by themselves.
    fn calculate(&self, package: &Package, families: std::ops::Range<usize>, threads: usize) -> Vec<Column> {
        let rows = self.starts[families.start]..self.starts[families.end];
        let group = families
            .clone()
            .flat_map(|family| {
                let size = self.starts[family + 1] - self.starts[family];
                std::iter::repeat_n((family - families.start) as u32, size)
            })
            .collect();
        let population = Population {
            counts: vec![rows.len(), families.len()],
            memberships: vec![Membership::default(), Membership { group, role: self.role[rows.clone()].to_vec() }],
        };
        let mut simulation = Simulation::new(package, &package.system, population, vec![Vec::new(); 2]);
        simulation.options = Options { threads, ..Options::default() };
        for (name, period, values) in &self.persons {
            let values = values[rows.clone()].to_vec();
            let column = match *name {
                "income" => Column::Scaled { values, denominator: 100 },
                "flag" => Column::Bool(values.into_iter().map(|value| value != 0).collect()),
                _ => Column::Int(values),
            };
            simulation.set_input(name, Period::parse(period).unwrap(), column).unwrap();
        }
        let march = Period::parse("2026-03").unwrap();
        simulation.set_input("rent", march, Column::Int(self.rent[families].to_vec())).unwrap();
        let questions: Vec<_> = outputs().into_iter().map(|name| (name, march)).collect();
        let plan = simulation.plan(&questions).unwrap();
        let nodes: Vec<_> = plan.outputs.iter().map(|output| output.clone().unwrap()).collect();
        simulation.run(&plan, &nodes).unwrap()
    }
}

/// A value however it is kept: exact, or that it is infinite.
fn shown(column: &Column, row: usize) -> String {
    column.exact(row).map_or_else(|| format!("{:?}", column.float(row)), |value| value.to_string())
}

fn same_alone_and_together(greatest: u64, families: usize) {
    let parameters = [("charge", CHARGE), ("steps", STEPS), ("by_status", BY_STATUS)];
    let (_folder, package) = package(&variables(), &parameters);
    assert!(package.diagnostics.is_empty(), "{:?}", package.diagnostics);
    let nation = Nation::random(families, greatest, &mut Draw(20_260_301));
    let together = nation.calculate(&package, 0..families, 2);
    for from in (0..families).step_by(30) {
        let some = from..(from + 30).min(families);
        let alone = nation.calculate(&package, some.clone(), 1);
        for ((name, together), alone) in outputs().iter().zip(&together).zip(&alone) {
            let first = if name.starts_with("person") { nation.starts[from] } else { from };
            for row in 0..alone.len() {
                assert_eq!(shown(together, first + row), shown(alone, row), "{name}, row {}", first + row);
            }
        }
    }
}

#[test]
fn a_family_alone_has_what_it_has_in_a_nation() {
    same_alone_and_together(1_200_000, 1_500);
}

/// Amounts that need 64 bits, and products that need 128.
#[test]
fn great_amounts_are_the_same_too() {
    same_alone_and_together(2_000_000_000, 300);
    same_alone_and_together(1 << 31, 300);
}
