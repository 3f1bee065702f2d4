//! A population at random for any package, and every question to it answered in several ways: all together, by programs of vector
//! steps on one thread or several, the persons in order or not; and a few groups at a time, which is too few for a program.

use crate::chance::Chance;
use maru_rules::command;
use maru_rules::diagnostic::{Diagnostic, Trouble};
use maru_rules::period::{Instant, Period, Unit};
use maru_rules::run::{Column, Membership, Mode, Population};
use maru_rules::simulation::{Options, Simulation};
use maru_rules::system::Package;
use maru_rules::variable::{ValueType, Variable};
use serde_json::{Value as Json, json};
use std::ops::Range;
use std::sync::Arc;

/// How many groups are calculated by themselves: fewer persons than make a program worth its while.
const ALONE: usize = 20;
/// The most questions at once.
const MOST_QUESTIONS: usize = 150;
/// Numbers below this are the same in single precision.
pub(crate) const SMALL: usize = 50;

/// What is known of each person or group.
#[derive(Clone)]
enum Values {
    Truths(Vec<bool>),
    Whole(Vec<i64>),
    Decimals(Vec<i64>, i64),
    Texts(Vec<Arc<str>>),
}

fn some<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| values[*row].clone()).collect()
}

impl Values {
    fn random(variable: &Variable, count: usize, small: bool, chance: &mut Chance) -> Self {
        let scale = [2, 12, 100, 5_000, 1 << 20, 1 << 31, 1 << 40][chance.below(7).min(chance.below(7))];
        let negative = if chance.below(3) == 0 { scale / 2 } else { 0 };
        let (scale, negative) = if small { (SMALL, 0) } else { (scale, negative) };
        let mut numbers =
            |low: i64, below: usize| (0..count).map(|_| low + chance.below(below) as i64).collect::<Vec<_>>();
        match &variable.value_type {
            ValueType::Bool => Self::Truths(numbers(0, 2).into_iter().map(|value| value != 0).collect()),
            ValueType::Int => Self::Whole(numbers(-(negative as i64), scale)),
            ValueType::Float if small || scale % 3 == 0 => Self::Whole(numbers(-(negative as i64), scale)),
            ValueType::Float => Self::Decimals(numbers(-(negative as i64), scale), 100),
            ValueType::Date => Self::Whole(numbers(-20_000, 45_000)),
            ValueType::Enum(members) => Self::Whole(numbers(0, members.members.len())),
            ValueType::Text => {
                let texts = ["none", "kim", "가나다", ""].map(Arc::<str>::from);
                Self::Texts(numbers(0, 4).into_iter().map(|place| Arc::clone(&texts[place as usize])).collect())
            }
        }
    }

    fn column(&self, rows: &[usize]) -> Column {
        match self {
            Self::Truths(values) => Column::Bool(some(values, rows)),
            Self::Whole(values) => Column::Int(some(values, rows)),
            Self::Decimals(values, denominator) => {
                Column::Scaled { values: some(values, rows), denominator: *denominator }
            }
            Self::Texts(values) => Column::Text(some(values, rows)),
        }
    }
}

/// Who is there. Every kind of group joins the same persons, so that any groups can be calculated by themselves.
struct Nation {
    /// Each person's group.
    group: Vec<usize>,
    groups: usize,
    /// Each person's role, by kind of entity.
    roles: Vec<Vec<u8>>,
    /// The order in which persons are given when all are calculated.
    order: Vec<usize>,
    inputs: Vec<(Arc<Variable>, Values)>,
}

/// The period that a variable is asked for.
fn at(variable: &Variable) -> Period {
    match variable.definition_period {
        Unit::Eternity => Period::ETERNITY,
        unit => Period::one(unit, Instant::new(2026, 1, 1).unwrap()),
    }
}

/// An order in which members of a group keep theirs.
fn mixed(group: &[usize], groups: usize, chance: &mut Chance) -> Vec<usize> {
    let mut places: Vec<usize> = (0..group.len()).collect();
    for place in (1..places.len()).rev() {
        places.swap(place, chance.below(place + 1));
    }
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); groups];
    for (person, place) in places.iter().enumerate() {
        own[group[person]].push(*place);
    }
    let mut order = vec![0; group.len()];
    let mut person = 0;
    for mut places in own {
        places.sort_unstable();
        for place in places {
            order[place] = person;
            person += 1;
        }
    }
    order
}

impl Nation {
    fn random(package: &Package, chance: &mut Chance, small: bool) -> Self {
        let system = &package.system;
        let groups = 120 + chance.below(300);
        let group: Vec<usize> = (0..groups).flat_map(|group| std::iter::repeat_n(group, 1 + chance.below(6))).collect();
        let mut roles = Vec::new();
        for entity in &system.entities {
            let count = entity.flattened_roles().len();
            let mut before = None;
            let mut place = 0;
            roles.push(
                group
                    .iter()
                    .map(|group| {
                        place = if before == Some(*group) { place + 1 } else { 0 };
                        before = Some(*group);
                        // The first roles once each, as sub-roles are; then any.
                        if place + 1 < count { place as u8 } else { chance.below(count) as u8 }
                    })
                    .collect(),
            );
        }
        let order = if chance.below(3) == 0 { mixed(&group, groups, chance) } else { (0..group.len()).collect() };
        let mut inputs = Vec::new();
        for variable in system.variables.values().filter(|variable| variable.formulas.is_empty()).take(200) {
            if chance.below(5) > 0 {
                let count = if system.entities[variable.entity].is_person { group.len() } else { groups };
                inputs.push((Arc::clone(variable), Values::random(variable, count, small, chance)));
            }
        }
        Self { group, groups, roles, order, inputs }
    }

    /// Persons in an order, and the groups that they are of.
    fn simulation(&self, package: &Package, persons: &[usize], groups: &Range<usize>, options: Options) -> Simulation {
        let system = &package.system;
        let (mut counts, mut memberships) = (Vec::new(), Vec::new());
        for (index, entity) in system.entities.iter().enumerate() {
            counts.push(if entity.is_person { persons.len() } else { groups.len() });
            memberships.push(if entity.is_person {
                Membership::default()
            } else {
                Membership {
                    group: persons.iter().map(|person| (self.group[*person] - groups.start) as u32).collect(),
                    role: some(&self.roles[index], persons),
                }
            });
        }
        let names = vec![Vec::new(); counts.len()];
        let mut simulation = Simulation::new(package, system, Population { counts, memberships }, names);
        simulation.options = options;
        let rows: Vec<usize> = groups.clone().collect();
        for (variable, values) in &self.inputs {
            let rows = if system.entities[variable.entity].is_person { persons } else { &rows };
            // What a damaged package refuses is not given, to anybody.
            let _ = simulation.set_input(&variable.name, at(variable), values.column(rows));
        }
        simulation
    }
}

/// The questions' answers; where one of them fails, each by itself.
fn answers(simulation: &Simulation, questions: &[(String, Period)]) -> Vec<Result<Column, Diagnostic>> {
    let plan = simulation.plan(questions).unwrap();
    let nodes: Vec<_> = plan.outputs.iter().filter_map(|output| output.clone().ok()).collect();
    let together = simulation.run(&plan, &nodes).map(Vec::into_iter);
    let mut together = together.ok();
    plan.outputs
        .iter()
        .map(|output| {
            let node = output.clone()?;
            match &mut together {
                Some(columns) => Ok(columns.next().unwrap()),
                None => simulation.run(&plan, &[node]).map(|mut columns| columns.remove(0)),
            }
        })
        .collect()
}

/// A value however it is kept.
fn shown(column: &Column, row: usize) -> String {
    match column {
        Column::Text(values) => values[row].to_string(),
        column => column.exact(row).map_or_else(|| format!("{:?}", column.float(row)), |value| value.to_string()),
    }
}

/// Bounds of a larger block may be wider: then one way may refuse what the other calculates.
fn may_differ(fault: &Diagnostic) -> bool {
    assert!(!format!("{fault}").contains("report this"), "{fault}");
    matches!(&fault.trouble, Trouble::Raised(kind) if kind == "OverflowError") || fault.trouble == Trouble::Limit
}

/// Asks everything in every way; `is_small` names what has the same whole numbers in both modes.
pub(crate) fn agree(package: &Package, chance: &mut Chance, small: bool, is_small: &dyn Fn(&str) -> bool) {
    let questions: Vec<(String, Period)> = package
        .system
        .variables
        .values()
        .filter(|variable| !variable.formulas.is_empty())
        .take(MOST_QUESTIONS)
        .map(|variable| (variable.name.to_string(), at(variable)))
        .collect();
    let nation = Nation::random(package, chance, small);
    let mut both = Vec::new();
    for mode in [Mode::Exact, Mode::Parity] {
        let options = Options { mode, threads: 1 + chance.below(3), ..Options::default() };
        let all = nation.simulation(package, &nation.order, &(0..nation.groups), options);
        let together = answers(&all, &questions);
        let (apart, expected): (Vec<_>, Vec<_>) =
            questions.iter().cloned().zip(together.iter().cloned()).filter(|(one, _)| is_divisible(&all, one)).unzip();
        compare_parts(package, &nation, &apart, &expected, options);
        both.push(together);
    }
    for (place, (name, _)) in questions.iter().enumerate().filter(|(_, (name, _))| is_small(name)) {
        if let (Ok(exact), Ok(parity)) = (&both[0][place], &both[1][place]) {
            for row in 0..exact.len() {
                assert_eq!(exact.float(row), parity.float(row), "{name}, row {row}: exact and parity");
            }
        }
    }
}

/// Whether a question may be asked of a few groups at a time: what takes everybody together has another answer there.
fn is_divisible(all: &Simulation, question: &(String, Period)) -> bool {
    let plan = all.plan(std::slice::from_ref(question));
    plan.is_ok_and(|plan| plan.divisible(&all.system).is_ok())
}

/// A few groups at a time must have what they have together.
fn compare_parts(
    package: &Package,
    nation: &Nation,
    questions: &[(String, Period)],
    together: &[Result<Column, Diagnostic>],
    options: Options,
) {
    let system = &package.system;
    let mut place_of = vec![0; nation.order.len()];
    for (place, person) in nation.order.iter().enumerate() {
        place_of[*person] = place;
    }
    let mut failed = vec![false; questions.len()];
    for start in (0..nation.groups).step_by(ALONE) {
        let groups = start..(start + ALONE).min(nation.groups);
        let persons: Vec<usize> =
            (0..nation.group.len()).filter(|person| groups.contains(&nation.group[*person])).collect();
        let few = nation.simulation(package, &persons, &groups, Options { threads: 1, ..options });
        for (place, alone) in answers(&few, questions).iter().enumerate() {
            let name = &questions[place].0;
            let is_person = system.entities[system.variables[name.as_str()].entity].is_person;
            match (&together[place], alone) {
                (Ok(together), Ok(alone)) => {
                    for row in 0..alone.len() {
                        let there = if is_person { place_of[persons[row]] } else { start + row };
                        let mode = options.mode;
                        assert_eq!(shown(together, there), shown(alone, row), "{name}, row {there}, {mode:?}");
                    }
                }
                (_, Err(fault)) => {
                    failed[place] = true;
                    assert!(together[place].is_err() || may_differ(fault), "{name} alone: {fault}");
                }
                (Err(_), Ok(_)) => {}
            }
        }
    }
    for ((together, failed), (name, _)) in together.iter().zip(failed).zip(questions) {
        if let Err(fault) = together {
            assert!(may_differ(fault) || failed, "{name} together: {fault}");
        }
    }
}

/// Tries every formula, and asks for everything about a few persons.
pub(crate) fn ask_a_few(package: &Package, chance: &mut Chance) {
    let _ = command::check(package, Instant::new(2026, 1, 1).unwrap());
    let _ = command::calculate(package, &situation(package, chance), Options::default());
}

/// A few persons in groups of every kind, who ask for everything.
fn situation(package: &Package, chance: &mut Chance) -> Json {
    let system = &package.system;
    let names: Vec<String> = (0..=chance.below(4)).map(|place| format!("p{place}")).collect();
    let mut all = json!({});
    for (index, entity) in system.entities.iter().enumerate() {
        let mut one = json!({});
        for variable in system.variables.values().filter(|variable| variable.entity == index).take(400) {
            one[&*variable.name] = json!({ "2026-01": null });
        }
        let plural = &*entity.plural;
        all[plural] = json!({});
        if entity.is_person {
            for name in &names {
                all[plural][name] = one.clone();
            }
        } else if let Some(role) = entity.roles.iter().find(|role| role.max.is_none()) {
            one[role.situation_key()] = json!(names);
            all[plural]["g"] = one;
        }
    }
    all
}
