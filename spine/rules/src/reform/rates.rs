//! What is left of a further won: the same household again and again, with more and more of one income.

use super::asked::factor;
use super::measure::rounded;
use super::{Reform, compare};
use crate::diagnostic::Diagnostic;
use crate::number::Rational;
use crate::period::Period;
use crate::run::{Column, Membership, Population};
use crate::simulation::Simulation;
use crate::system::System;
use std::sync::Arc;

/// A curve: what a household has at each amount of one income.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Curve {
    /// The amounts tried.
    pub amounts: Vec<f64>,
    /// The household's income under the rules in force.
    pub before: Vec<f64>,
    /// Under the reform.
    pub after: Vec<f64>,
}

impl Curve {
    /// What of each step does not stay, between two amounts: the effective marginal rate.
    pub fn marginal(&self, after: bool) -> Vec<f64> {
        let side = if after { &self.after } else { &self.before };
        self.amounts
            .windows(2)
            .zip(side.windows(2))
            .map(|(amounts, income)| 1.0 - (income[1] - income[0]) / (amounts[1] - amounts[0]))
            .collect()
    }
}

fn repeated(column: &Column, times: usize) -> Column {
    match column {
        Column::Bool(values) => Column::Bool(values.repeat(times)),
        Column::Int(values) => Column::Int(values.repeat(times)),
        Column::Scaled { values, denominator } => {
            Column::Scaled { values: values.repeat(times), denominator: *denominator }
        }
        Column::Small { values, denominator } => {
            Column::Scaled { values: values.to_wide().repeat(times), denominator: *denominator }.narrowed()
        }
        Column::Ratio(values) => Column::Ratio(values.repeat(times)),
        Column::Single(values) => Column::Single(values.repeat(times)),
        Column::Float(values) => Column::Float(values.repeat(times)),
        Column::Text(values) => Column::Text((0..times).flat_map(|_| values.iter().cloned()).collect()),
    }
}

/// What to vary, and what to measure.
#[derive(Clone, Copy, Debug)]
pub struct Axis<'axis> {
    /// The income that is varied.
    pub variable: &'axis str,
    /// Of which person, by row.
    pub row: usize,
    /// The step between amounts.
    pub step: i64,
    /// How many steps.
    pub steps: usize,
}

/// The curve of a household: a variable of one person in steps, the income measured as the sum of the reform's variables over
/// everybody. What is due counts as taken up.
pub fn rates(
    simulation: &Simulation,
    reformed: &Arc<System>,
    axis: Axis,
    reform: &Reform,
    period: Period,
) -> Result<Curve, Diagnostic> {
    let income = &reform.look.income;
    let times = axis.steps + 1;
    let of = Arc::clone(simulation.system.variable(axis.variable)?);
    let mut wide = simulation.clone();
    let counts = &simulation.population.counts;
    wide.population = Population {
        counts: counts.iter().map(|count| count * times).collect(),
        memberships: simulation
            .population
            .memberships
            .iter()
            .enumerate()
            .map(|(entity, membership)| Membership {
                group: (0..times as u32)
                    .flat_map(|copy| membership.group.iter().map(move |group| group + copy * counts[entity] as u32))
                    .collect(),
                role: membership.role.repeat(times),
            })
            .collect(),
    };
    wide.identifiers = simulation
        .identifiers
        .iter()
        .map(|names| (0..times).flat_map(|copy| names.iter().map(move |name| format!("{name}#{copy}"))).collect())
        .collect();
    wide.inputs = simulation.inputs.iter().map(|(key, column)| (key.clone(), repeated(column, times))).collect();
    let own = super::population::own_period(&of, period);
    let count = counts[of.entity];
    let known = simulation.inputs.get(&(Arc::clone(&of.name), own));
    let values: Vec<Rational> = (0..count * times)
        .map(|place| {
            if place % count == axis.row {
                Rational::integer(i128::from(axis.step) * (place / count) as i128)
            } else {
                known.and_then(|column| column.exact(place % count)).unwrap_or(Rational::ZERO)
            }
        })
        .collect();
    wide.inputs.remove(&(Arc::clone(&of.name), own));
    wide.set_input(axis.variable, own, Column::from_exact(values))?;
    let (mut questions, mut factors) = (Vec::new(), Vec::new());
    for name in income {
        let variable = wide.system.variable(name)?;
        questions.push((name.clone(), super::population::own_period(variable, period)));
        factors.push(factor(reform, variable, period));
    }
    let compared = compare(&wide, reformed, &questions)?;
    let sums = |columns: &[Column]| -> Vec<f64> {
        (0..times)
            .map(|copy| {
                columns
                    .iter()
                    .zip(&factors)
                    .map(|(column, factor)| {
                        let rows = column.len() / times;
                        factor * (copy * rows..(copy + 1) * rows).filter_map(|row| column.float(row)).sum::<f64>()
                    })
                    .sum::<f64>()
            })
            .map(rounded)
            .collect()
    };
    Ok(Curve {
        amounts: (0..times).map(|copy| (axis.step * copy as i64) as f64).collect(),
        before: sums(&compared.before),
        after: sums(&compared.after),
    })
}
