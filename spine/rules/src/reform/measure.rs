//! What a reform does to a population: cost, who wins and loses, poverty, inequality.
//!
//! Everybody in a household counts with its income over the square root of its members (the OECD's scale). Deciles are of
//! persons by that income under the rules in force; the poverty line is half its median under them, and stays.

use super::Reform;
use super::population::own_period;
use crate::diagnostic::Diagnostic;
use crate::entity::EntityIndex;
use crate::number::Rational;
use crate::period::Period;
use crate::run::Column;
use crate::simulation::Simulation;
use crate::system::System;
use crate::variable::{ValueType, Variable};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One line of a table of winners and losers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Which part of the population.
    pub name: String,
    /// Persons in it.
    pub persons: usize,
    /// Households.
    pub households: usize,
    /// Cost of the reform for it: what is paid more.
    pub cost: f64,
    /// Mean change of a household's income.
    pub mean_change: f64,
    /// Persons in households that win.
    pub winners: usize,
    /// Persons in households that lose.
    pub losers: usize,
}

/// Poverty and inequality under one set of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distribution {
    /// What is paid in all, exact but for division.
    pub paid: f64,
    /// Persons below the line, of all.
    pub poverty_rate: f64,
    /// How far below they are, as a part of the line, on the mean of all persons.
    pub poverty_gap: f64,
    /// The Gini coefficient of persons.
    pub gini: f64,
}

/// A study.
#[derive(Clone, Debug, Default)]
pub struct Study {
    /// The reform's name.
    pub name: String,
    /// The period.
    pub period: String,
    /// Persons and households.
    pub population: (usize, usize),
    /// The poverty line.
    pub line: f64,
    /// The rules in force.
    pub before: Distribution,
    /// The reform.
    pub after: Distribution,
    /// By decile, the poorest first.
    pub deciles: Vec<Line>,
    /// By other traits: household size, then each variable asked for.
    pub groups: Vec<(String, Vec<Line>)>,
    /// Operations of the rules in force, of the reform, and of both together.
    pub operations: (usize, usize, usize),
    /// All together.
    pub total: Line,
}

fn value(column: &Column, row: usize) -> Rational {
    column.exact(row).or_else(|| column.float(row).and_then(Rational::from_float)).unwrap_or(Rational::NOT_A_NUMBER)
}

struct Unit<'study> {
    simulation: &'study Simulation,
    entity: EntityIndex,
}

impl Unit<'_> {
    fn count(&self) -> usize {
        self.simulation.population.counts[self.entity]
    }

    /// Adds a column's values to the households that they belong to.
    fn add(&self, sums: &mut [Rational], variable: &Variable, column: &Column) -> Result<(), Diagnostic> {
        let population = &self.simulation.population;
        let unit = &population.memberships[self.entity].group;
        let person = self.simulation.system.person;
        let own = variable.entity == self.entity;
        let overflow = || Diagnostic::raised("OverflowError", format!("the sum of {} is too large", variable.name));
        // A group that is not the household gives its value to the household of its first member.
        let mut first: Vec<Option<u32>> = vec![None; population.counts[variable.entity]];
        if !own && variable.entity != person {
            for (row, group) in population.memberships[variable.entity].group.iter().enumerate() {
                let slot = &mut first[*group as usize];
                if slot.is_none() {
                    *slot = unit.get(row).copied();
                }
            }
        }
        for row in 0..column.len() {
            let place = if own {
                Some(row as u32)
            } else if variable.entity == person {
                unit.get(row).copied()
            } else {
                first.get(row).copied().flatten()
            };
            let Some(sum) = place.and_then(|place| sums.get_mut(place as usize)) else { continue };
            *sum = sum.plus(value(column, row)).ok_or_else(overflow)?;
        }
        Ok(())
    }

    fn members(&self) -> Vec<usize> {
        let mut members = vec![0; self.count()];
        for group in &self.simulation.population.memberships[self.entity].group {
            members[*group as usize] += 1;
        }
        members
    }
}

fn total(values: &[Rational]) -> f64 {
    let exact = values.iter().try_fold(Rational::ZERO, |sum, value| sum.plus(*value));
    exact.map_or_else(|| values.iter().map(|value| value.to_float()).sum(), Rational::to_float)
}

pub(super) fn study(
    simulation: &Simulation,
    reformed: &Arc<System>,
    reform: &Reform,
    period: Period,
) -> Result<Study, Diagnostic> {
    let system = &simulation.system;
    let entity = match &reform.look.unit {
        Some(key) => system.entity(key)?,
        None => (0..system.entities.len()).find(|index| *index != system.person).ok_or_else(|| {
            Diagnostic::limit("the package has no group that could share an income", "name one with «unit:»")
        })?,
    };
    let unit = Unit { simulation, entity };
    if reform.look.income.is_empty() {
        return Err(Diagnostic::limit(
            "the reform's file says nothing of income",
            "name the variables whose sum is a household's income: «income: [disposable_income]»",
        ));
    }
    let names: Vec<&String> = reform.look.income.iter().chain(&reform.look.cost).chain(&reform.look.groups).collect();
    let mut questions = Vec::new();
    for name in &names {
        questions.push(((*name).clone(), own_period(system.variable(name)?, period)));
    }
    let compared = super::compare(simulation, reformed, &questions)?;
    let (incomes, costs) = (reform.look.income.len(), reform.look.income.len() + reform.look.cost.len());
    let sums = |columns: &[Column], range: std::ops::Range<usize>| -> Result<Vec<Rational>, Diagnostic> {
        let mut sums = vec![Rational::ZERO; unit.count()];
        for place in range {
            unit.add(&mut sums, system.variable(names[place])?, &columns[place])?;
        }
        Ok(sums)
    };
    let income = (sums(&compared.before, 0..incomes)?, sums(&compared.after, 0..incomes)?);
    // Where nothing is named as paid out, the households' income is what the reform moves.
    let paid = if reform.look.cost.is_empty() {
        income.clone()
    } else {
        (sums(&compared.before, incomes..costs)?, sums(&compared.after, incomes..costs)?)
    };
    let mut groups = Vec::new();
    for (place, name) in names.iter().enumerate().skip(costs) {
        groups.push(((*name).clone(), labels(&unit, system.variable(name)?, &compared.before[place])));
    }
    let mut study = measured(&unit.members(), &income, &paid, groups);
    study.name.clone_from(&reform.name);
    study.period = period.to_string();
    study.operations = compared.operations;
    Ok(study)
}

/// A name for each household, from a variable of its own or of its first member.
fn labels(unit: &Unit, variable: &Variable, column: &Column) -> Vec<String> {
    let shown = |row: usize| match (&variable.value_type, column) {
        (_, Column::Text(values)) => values.get(row).map_or_else(String::new, ToString::to_string),
        (ValueType::Enum(enumeration), _) => {
            let index = usize::try_from(value(column, row).truncate()).unwrap_or(usize::MAX);
            enumeration.members.get(index).map_or_else(String::new, |(_, label)| label.clone())
        }
        (ValueType::Bool, _) if value(column, row).numerator() == 0 => "아니요 (no)".to_owned(),
        (ValueType::Bool, _) => "예 (yes)".to_owned(),
        _ => value(column, row).to_string(),
    };
    if variable.entity == unit.entity {
        return (0..column.len()).map(shown).collect();
    }
    let mut names = vec![String::new(); unit.count()];
    let population = &unit.simulation.population;
    let mut named = vec![false; unit.count()];
    for (person, group) in population.memberships[unit.entity].group.iter().enumerate() {
        let place = *group as usize;
        if !std::mem::replace(&mut named[place], true) {
            let row = match population.memberships[variable.entity].group.get(person) {
                Some(row) => *row as usize,
                None => person,
            };
            names[place] = shown(row);
        }
    }
    names
}

type Sides = (Vec<Rational>, Vec<Rational>);

fn measured(members: &[usize], income: &Sides, paid: &Sides, groups: Vec<(String, Vec<String>)>) -> Study {
    let equivalised = |values: &[Rational]| -> Vec<f64> {
        values.iter().zip(members).map(|(value, count)| value.to_float() / (*count as f64).max(1.0).sqrt()).collect()
    };
    let (before, after) = (equivalised(&income.0), equivalised(&income.1));
    let persons: usize = members.iter().sum();
    let mut order: Vec<usize> = (0..members.len()).filter(|place| members[*place] > 0).collect();
    order.sort_by(|a, b| before[*a].total_cmp(&before[*b]));
    let mut decile = vec![0_usize; members.len()];
    let (mut seen, mut median) = (0, 0.0);
    for place in &order {
        // A household lies in the decile in which its middle person does.
        decile[*place] = ((2 * seen + members[*place]) * 5 / persons.max(1)).min(9);
        if 2 * seen <= persons {
            median = before[*place];
        }
        seen += members[*place];
    }
    let line = median / 2.0;
    let by = |labels: &dyn Fn(usize) -> String| -> Vec<Line> {
        let mut lines: BTreeMap<String, Line> = BTreeMap::new();
        for place in &order {
            let name = labels(*place);
            let entry = lines.entry(name.clone()).or_insert_with(|| Line { name, ..Line::default() });
            let change = income.1[*place].subtract(income.0[*place]).unwrap_or(Rational::ZERO);
            entry.persons += members[*place];
            entry.households += 1;
            entry.cost += paid.1[*place].subtract(paid.0[*place]).unwrap_or(Rational::ZERO).to_float();
            entry.mean_change += change.to_float();
            entry.winners += if change.numerator() > 0 { members[*place] } else { 0 };
            entry.losers += if change.numerator() < 0 { members[*place] } else { 0 };
        }
        lines
            .into_values()
            .map(|line| Line { mean_change: line.mean_change / (line.households as f64).max(1.0), ..line })
            .collect()
    };
    let mut result = Study {
        population: (persons, order.len()),
        line,
        before: distribution(&order, members, &before, total(&paid.0), line),
        after: distribution(&order, members, &after, total(&paid.1), line),
        deciles: by(&|place| format!("{:02}", decile[place] + 1)),
        total: by(&|_| "all".to_owned()).pop().unwrap_or_default(),
        ..Study::default()
    };
    result.groups.push((
        "household size".to_owned(),
        by(&|place| match members[place] {
            size @ 1..=5 => size.to_string(),
            _ => "6+".to_owned(),
        }),
    ));
    for (name, labels) in groups {
        let lines = by(&|place| labels.get(place).cloned().unwrap_or_default());
        result.groups.push((name, lines));
    }
    result
}

fn distribution(order: &[usize], members: &[usize], income: &[f64], paid: f64, line: f64) -> Distribution {
    let mut sorted = order.to_vec();
    sorted.sort_by(|a, b| income[*a].total_cmp(&income[*b]));
    let persons: f64 = order.iter().map(|place| members[*place] as f64).sum();
    let (mut poor, mut gap) = (0.0, 0.0);
    let (mut seen, mut held, mut area) = (0.0, 0.0, 0.0);
    for place in sorted {
        let (weight, value) = (members[place] as f64, income[place]);
        if value < line {
            poor += weight;
            gap += weight * (line - value) / line;
        }
        // Twice the area below the Lorenz curve, slice by slice.
        area += weight * (2.0 * held + weight * value);
        held += weight * value;
        seen += weight;
    }
    let gini = if held > 0.0 && seen > 0.0 { 1.0 - area / (held * seen) } else { 0.0 };
    let share = |value: f64| if persons > 0.0 { value / persons } else { 0.0 };
    Distribution { paid, poverty_rate: share(poor), poverty_gap: share(gap), gini }
}

impl Study {
    /// As JSON.
    pub fn to_json(&self) -> Json {
        let lines = |lines: &[Line]| -> Json { lines.iter().map(Line::to_json).collect() };
        let side = |side: &Distribution| json!({ "paid": side.paid, "poverty_rate": side.poverty_rate, "poverty_gap": side.poverty_gap, "gini": side.gini });
        let groups: serde_json::Map<String, Json> =
            self.groups.iter().map(|(name, group)| (name.clone(), lines(group))).collect();
        json!({
            "name": self.name, "period": self.period, "persons": self.population.0, "households": self.population.1,
            "poverty_line": self.line, "before": side(&self.before), "after": side(&self.after),
            "total": self.total.to_json(), "deciles": lines(&self.deciles), "groups": groups,
            "operations": { "in_force": self.operations.0, "reform": self.operations.1, "together": self.operations.2 },
        })
    }
}

impl Line {
    fn to_json(&self) -> Json {
        json!({
            "name": self.name, "persons": self.persons, "households": self.households, "cost": self.cost,
            "mean_change": self.mean_change, "winners": self.winners, "losers": self.losers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(values: &[i128]) -> Vec<Rational> {
        values.iter().map(|value| Rational::integer(*value)).collect()
    }

    #[test]
    fn equal_incomes_have_no_inequality_and_one_owner_nearly_all() {
        let members = vec![1; 10];
        let equal = distribution(&(0..10).collect::<Vec<_>>(), &members, &[5.0; 10], 0.0, 2.5);
        assert!(equal.gini.abs() < 1e-12 && equal.poverty_rate == 0.0);
        let mut one = [0.0; 10];
        one[3] = 100.0;
        let unequal = distribution(&(0..10).collect::<Vec<_>>(), &members, &one, 0.0, 2.5);
        assert!((unequal.gini - 0.9).abs() < 1e-12);
        assert!((unequal.poverty_rate - 0.9).abs() < 1e-12 && (unequal.poverty_gap - 0.9).abs() < 1e-12);
    }

    #[test]
    fn winners_and_losers_are_counted_by_decile() {
        let members: Vec<usize> = vec![1; 20];
        let before: Vec<i128> = (1..=20).map(|value| value * 100).collect();
        let mut after = before.clone();
        after[0] += 50;
        after[19] -= 10;
        let sides = (whole(&before), whole(&after));
        let study = measured(&members, &sides, &sides, Vec::new());
        assert_eq!(study.deciles.len(), 10);
        assert_eq!((study.deciles[0].winners, study.deciles[0].persons), (1, 2));
        assert_eq!(study.deciles[9].losers, 1);
        assert!((study.total.cost - 40.0).abs() < 1e-9);
        assert!((study.line - 550.0).abs() < 1e-9, "{}", study.line);
    }
}
