//! The question «what is this household entitled to» for a month, compiled once.

use std::{collections::HashSet, sync::Arc};

use maru_rules::{
    graph::{Constant, NodeId},
    number::Rational,
    period::{Instant, Period, Unit},
    run::{Column, Membership, Population},
    simulation::{Plan, Simulation},
    system::Package,
    variable::{ValueType, Variable},
};
use serde_json::Value as Json;

use super::{Assessment, Entitlement, EvaluationError, period_of, variables};
use crate::domain::{Benefit, Household, Month, benefit::Whose};

/// An input that the month's question reads.
#[derive(Debug, Clone)]
pub(super) struct InputRead {
    pub(super) variable: Arc<Variable>,
    pub(super) period: Period,
}

/// The compiled question.
pub(super) struct Compiled {
    pub(super) plan: Arc<Plan>,
    pub(super) nodes: Vec<NodeId>,
    inputs: Vec<InputRead>,
}

/// Where the kinds of entities stand in the package.
struct Entities {
    person: usize,
    household: usize,
    couple: usize,
}

impl Entities {
    fn of(package: &Package) -> Result<Self, EvaluationError> {
        let system = &package.system;
        Ok(Self { person: system.person, household: system.entity("household")?, couple: system.entity("couple")? })
    }
}

impl Compiled {
    pub(super) fn new(package: &Package, month: Month) -> Result<Self, EvaluationError> {
        let everything = everything_given(package, month)?;
        let questions: Vec<(String, Period)> =
            variables().map(|benefit| (benefit.id.to_owned(), period_of(benefit, month))).collect();
        let plan = everything.plan(&questions)?;
        plan.divisible(&package.system)?;
        let nodes = plan.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
        let mut inputs = Vec::with_capacity(plan.graph.inputs.len());
        for (name, period) in &plan.graph.inputs {
            inputs.push(InputRead { variable: Arc::clone(package.system.variable(name)?), period: *period });
        }
        Ok(Self { plan, nodes, inputs })
    }

    /// What the question reads.
    pub(super) fn inputs(&self) -> &[InputRead] {
        &self.inputs
    }

    pub(super) fn assess(&self, package: &Package, household: &Household) -> Result<Assessment, EvaluationError> {
        let entities = Entities::of(package)?;
        check_names(package, &entities, household)?;
        let (population, pairs) = population(package, &entities, household);
        let mut simulation = Simulation::new(package, &package.system, population, Vec::new());
        for input in &self.inputs {
            let column = given(&entities, household, &pairs, input)?;
            simulation.inputs.insert((Arc::clone(&input.variable.name), input.period), column);
        }
        let columns = simulation.run(&self.plan, &self.nodes)?;
        let mut assessment = Assessment::default();
        for (benefit, column) in variables().zip(&columns) {
            match benefit.whose {
                Whose::Household => {
                    assessment.entitlements.push(Entitlement { benefit, member: None, amount: won(column, 0) });
                }
                Whose::Person => {
                    for (row, member) in household.members.iter().enumerate() {
                        let member = Some(member.id.clone());
                        assessment.entitlements.push(Entitlement { benefit, member, amount: won(column, row) });
                    }
                }
            }
        }
        Ok(assessment)
    }
}

/// One household of one person, about which every fact is given.
fn everything_given(package: &Package, month: Month) -> Result<Simulation, EvaluationError> {
    let counts = vec![1; package.system.entities.len()];
    let memberships = vec![Membership { group: vec![0], role: vec![0] }; counts.len()];
    let population = Population { counts, memberships };
    let identifiers = vec![vec!["one".to_owned()]; package.system.entities.len()];
    let mut everything = Simulation::new(package, &package.system, population, identifiers);
    for variable in package.system.variables.values().filter(|variable| variable.formulas.is_empty()) {
        for period in periods(variable, month) {
            everything.set_input(&variable.name, period, usual(variable, 1))?;
        }
    }
    Ok(everything)
}

/// The facts that a benefit's amount depends on.
pub(super) fn inputs_of(
    package: &Package,
    benefit: &Benefit,
    month: Month,
) -> Result<HashSet<String>, EvaluationError> {
    let plan = everything_given(package, month)?.plan(&[(benefit.id.to_owned(), period_of(benefit, month))])?;
    Ok(plan.graph.inputs.iter().map(|(name, _)| name.to_string()).collect())
}

/// A misspelt fact would be taken for one that is not known: it is refused instead.
fn check_names(package: &Package, entities: &Entities, household: &Household) -> Result<(), EvaluationError> {
    let members = household.members.iter().map(|member| (&member.facts, member.id.as_str(), entities.person));
    let couples = household.couples.iter().map(|couple| (&couple.facts, "couple", entities.couple));
    let home = std::iter::once((&household.facts, "household", entities.household));
    for (facts, whose, entity) in members.chain(couples).chain(home) {
        let known = |name: &str| {
            let variable = package.system.variables.get(name);
            variable.is_some_and(|variable| variable.entity == entity && variable.formulas.is_empty())
        };
        if let Some(fact) = facts.keys().find(|name| !known(name)) {
            return Err(EvaluationError::Fact {
                fact: fact.clone(),
                whose: whose.to_owned(),
                reason: "the law knows no such fact there: see the names at /variables of maru rules serve".to_owned(),
            });
        }
    }
    Ok(())
}

/// The column of an input, as the household gives it.
fn given(
    entities: &Entities,
    household: &Household,
    pairs: &[Vec<usize>],
    input: &InputRead,
) -> Result<Column, EvaluationError> {
    let variable = &input.variable;
    let name = &*variable.name;
    let given: Vec<(Option<&Json>, &str)> = if variable.entity == entities.person {
        household.members.iter().map(|member| (member.facts.get(name), member.id.as_str())).collect()
    } else if variable.entity == entities.couple {
        let couples = pairs.iter().map(|pair| couple_fact(household, pair, name));
        couples.map(|fact| (fact, "couple")).collect()
    } else {
        vec![(household.facts.get(name), "household")]
    };
    column(variable, &given)
}

/// The periods for which a fact is given: it holds all the year.
pub(super) fn periods(variable: &Variable, month: Month) -> Vec<Period> {
    let year = i32::from(month.year());
    let first = |unit: Unit, year: i32, number: u8| Period::one(unit, Instant { year, month: number, day: 1 });
    match variable.definition_period {
        Unit::Month => (1..=12).map(|number| first(Unit::Month, year, number)).collect(),
        Unit::Year => vec![first(Unit::Year, year - 1, 1), first(Unit::Year, year, 1)],
        Unit::Eternity => vec![Period::ETERNITY],
        _ => Vec::new(),
    }
}

/// Whole won; what is less than one is not paid. Nothing where the law leaves it open.
fn won(column: &Column, row: usize) -> Option<i64> {
    let value = column.exact(row).or_else(|| column.float(row).and_then(Rational::from_float))?;
    if value.is_finite() { i64::try_from(value.floor()).ok() } else { None }
}

fn population(package: &Package, entities: &Entities, household: &Household) -> (Population, Vec<Vec<usize>>) {
    let persons = household.members.len();
    let described = package.system.entities.get(entities.household);
    let roles = described.map(|entity| entity.flattened_roles()).unwrap_or_default();
    let role = |member: &str| roles.iter().position(|role| **role == *member).unwrap_or(roles.len().saturating_sub(1));
    let mut pairs: Vec<Vec<usize>> = Vec::new();
    let mut couple = vec![0_u32; persons];
    let mut taken = vec![false; persons];
    let place = |id: &String| household.members.iter().position(|member| member.id == *id);
    let named = household.couples.iter().map(|couple| couple.partners.iter().filter_map(place).collect::<Vec<_>>());
    let alone = (0..persons).map(|row| vec![row]);
    for pair in named.chain(alone) {
        let fresh: Vec<usize> = pair.into_iter().filter(|row| !taken.get(*row).copied().unwrap_or(true)).collect();
        if fresh.is_empty() {
            continue;
        }
        for row in &fresh {
            if let (Some(couple), Some(taken)) = (couple.get_mut(*row), taken.get_mut(*row)) {
                *couple = u32::try_from(pairs.len()).unwrap_or(0);
                *taken = true;
            }
        }
        pairs.push(fresh);
    }
    let kinds = package.system.entities.len();
    let mut counts = vec![1; kinds];
    let mut memberships = vec![Membership::default(); kinds];
    for kind in 0..kinds {
        let (count, membership) = if kind == entities.person {
            (persons, Membership::default())
        } else if kind == entities.couple {
            (pairs.len(), Membership { group: couple.clone(), role: vec![0; persons] })
        } else {
            let role = household.members.iter().map(|member| u8::try_from(role(&member.role)).unwrap_or(0)).collect();
            (1, Membership { group: vec![0; persons], role })
        };
        if let (Some(here), Some(there)) = (counts.get_mut(kind), memberships.get_mut(kind)) {
            *here = count;
            *there = membership;
        }
    }
    (Population { counts, memberships }, pairs)
}

/// A fact of the couple that these rows are.
fn couple_fact<'a>(household: &'a Household, pair: &[usize], name: &str) -> Option<&'a Json> {
    let first = household.members.get(*pair.first()?)?;
    let couple = household.couples.iter().find(|couple| couple.partners.contains(&first.id))?;
    couple.facts.get(name)
}

/// The law's usual value.
pub(super) fn usual(variable: &Variable, rows: usize) -> Column {
    match (&variable.value_type, &variable.default) {
        (ValueType::Bool, Constant::Bool(value)) => Column::Bool(vec![*value; rows]),
        (_, Constant::Bool(value)) => Column::Int(vec![i64::from(*value); rows]),
        (_, Constant::Int(value)) => Column::Int(vec![*value; rows]),
        (_, Constant::Float(number)) => Column::from_floats(&vec![number.float; rows]),
        (_, Constant::Text(text)) => Column::Text(vec![Arc::clone(text); rows]),
    }
}

fn column(variable: &Variable, given: &[(Option<&Json>, &str)]) -> Result<Column, EvaluationError> {
    if given.iter().all(|(value, _)| value.is_none_or(Json::is_null)) {
        return Ok(usual(variable, given.len()));
    }
    if let ValueType::Text = variable.value_type {
        let texts = given.iter().map(|(value, _)| Arc::from(value.and_then(Json::as_str).unwrap_or_default()));
        return Ok(Column::Text(texts.collect()));
    }
    let default = usual(variable, 1);
    let mut numbers = Vec::with_capacity(given.len());
    for (value, whose) in given {
        let number = match value.filter(|value| !value.is_null()) {
            None => default.exact(0).unwrap_or(Rational::ZERO),
            Some(value) => number(variable, value).map_err(|reason| EvaluationError::Fact {
                fact: variable.name.to_string(),
                whose: (*whose).to_owned(),
                reason,
            })?,
        };
        numbers.push(number);
    }
    Ok(match variable.value_type {
        ValueType::Bool => Column::Bool(numbers.iter().map(|number| *number != Rational::ZERO).collect()),
        ValueType::Float => Column::from_exact(numbers),
        _ => Column::Int(numbers.iter().map(|number| i64::try_from(number.truncate()).unwrap_or(i64::MAX)).collect()),
    })
}

/// Refuses a fact that the law does not know.
pub(crate) fn checked(variable: &Variable, value: &Json) -> Result<(), String> {
    if let ValueType::Text = variable.value_type {
        return if value.is_string() { Ok(()) } else { Err("write a text".to_owned()) };
    }
    number(variable, value).map(drop)
}

/// A fact as a number: truth values are 0 and 1, dates days since 1970, members of an enumeration their place.
pub(super) fn number(variable: &Variable, value: &Json) -> Result<Rational, String> {
    match (&variable.value_type, value) {
        (ValueType::Bool, Json::Bool(truth)) => Ok(Rational::integer(i128::from(*truth))),
        (ValueType::Bool, _) => Err("write true or false".to_owned()),
        (ValueType::Date, Json::String(text)) => Instant::parse(text)
            .map(|(instant, _)| Rational::integer(i128::from(instant.days())))
            .ok_or_else(|| "write a day such as 1960-05-31".to_owned()),
        (ValueType::Enum(enumeration), Json::String(text)) => {
            let place = enumeration.index(text).and_then(|place| i128::try_from(place).ok());
            place.map(Rational::integer).ok_or_else(|| {
                let names: Vec<&str> = enumeration.members.iter().map(|(name, _)| &**name).collect();
                format!("{text:?} is none of: {}", names.join(", "))
            })
        }
        (ValueType::Int, Json::Number(number)) => number
            .as_i64()
            .filter(|won| won.abs() <= 100_000_000_000_000)
            .map(|won| Rational::integer(i128::from(won)))
            .ok_or_else(|| "write a whole number".to_owned()),
        (ValueType::Float, Json::Number(number)) => {
            number.as_f64().and_then(Rational::from_float).ok_or_else(|| "write a number".to_owned())
        }
        (ValueType::Date, _) => Err("write a day such as 1960-05-31".to_owned()),
        (ValueType::Enum(_), _) => Err("write one of the names that the law knows".to_owned()),
        _ => Err("write a number".to_owned()),
    }
}
