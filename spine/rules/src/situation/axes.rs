//! Axes: one situation repeated along one or more ranges of values, as OpenFisca's `axes` has it.
//!
//! `"axes": [[{"name": "salary", "min": 0, "max": 3000000, "count": 4, "period": "2026-01", "index": 0}]]`. Axes in one
//! list move together; each further list is a direction of its own. Along two directions the first moves fastest, along
//! more the order is that of NumPy's `meshgrid`.

use super::{Buffer, Cell, SituationError};
use crate::number::Rational;
use crate::period::Period;
use crate::run::{Membership, Population};
use crate::system::System;
use crate::variable::{ValueType, Variable};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// The most rows that a situation may have along its axes: more would be a population, not a situation.
const MOST_ROWS: usize = 1_000_000;

/// One variable along a range, for one person or group of the situation.
struct Axis {
    variable: Arc<Variable>,
    period: Period,
    /// Whose value, by place among the variable's persons or groups.
    index: usize,
    min: Rational,
    max: Rational,
}

/// Axes that move together.
struct Direction {
    count: usize,
    axes: Vec<Axis>,
}

/// The axes of a situation.
pub(super) struct Axes {
    directions: Vec<Direction>,
    points: usize,
}

fn wrong(message: impl Into<String>) -> SituationError {
    SituationError::new(&["axes"], message)
}

impl Axes {
    /// Reads what a situation says of axes.
    pub(super) fn read(system: &System, written: &Json, default: Option<Period>) -> Result<Self, SituationError> {
        let lists = written.as_array().filter(|lists| !lists.is_empty()).ok_or_else(|| {
            wrong("Axes are a list of lists, such as [[{\"name\": \"salary\", \"min\": 0, \"max\": 3000, \"count\": 4, \"period\": \"2026-01\"}]].")
        })?;
        let mut directions = Vec::new();
        for list in lists {
            // A single list of axes, without the outer one, is what older situations have.
            let axes: Vec<&Json> = match list {
                Json::Array(axes) => axes.iter().collect(),
                single => vec![single],
            };
            directions.push(Direction::read(system, &axes, default)?);
        }
        let points = directions.iter().fold(1_usize, |points, direction| points.saturating_mul(direction.count));
        Ok(Self { directions, points })
    }

    /// The population once for each point, one after the other; names get the number of their row.
    pub(super) fn spread(
        &self,
        population: &Population,
        identifiers: &[Vec<String>],
    ) -> Result<(Population, Vec<Vec<String>>), SituationError> {
        let counts: Vec<usize> = population.counts.iter().map(|count| count.saturating_mul(self.points)).collect();
        if counts.iter().any(|count| *count > MOST_ROWS) {
            return Err(wrong(format!(
                "Along these axes there are more than {MOST_ROWS} rows. Lower their «count», or calculate a population."
            )));
        }
        let memberships = population.memberships.iter().zip(&population.counts).map(|(membership, groups)| {
            let group = (0..self.points)
                .flat_map(|point| membership.group.iter().map(move |group| group + (point * groups) as u32));
            Membership { group: group.collect(), role: membership.role.repeat(self.points) }
        });
        let names = identifiers.iter().map(|names| {
            let rows = (0..names.len() * self.points).zip(names.iter().cycle());
            rows.map(|(row, name)| format!("{name}{row}")).collect()
        });
        Ok((Population { counts, memberships: memberships.collect() }, names.collect()))
    }

    /// Repeats what the situation gives for each point, and lays the ranges over it.
    pub(super) fn fill(
        &self,
        system: &System,
        population: &Population,
        buffer: &mut Buffer,
    ) -> Result<(), SituationError> {
        for ((name, _), cells) in buffer.iter_mut() {
            let Some(variable) = system.variables.get(name) else { continue };
            cells.resize(population.counts[variable.entity], None);
            *cells = (0..self.points).flat_map(|_| cells.iter().cloned()).collect();
        }
        for (place, direction) in self.directions.iter().enumerate() {
            for axis in &direction.axes {
                let count = population.counts[axis.variable.entity];
                if axis.index >= count {
                    let entity = &system.entities[axis.variable.entity];
                    return Err(wrong(format!(
                        "The axis of «{}» has index {}, but there are {count} {}; the first has index 0.",
                        axis.variable.name, axis.index, entity.plural
                    )));
                }
                let key = (Arc::clone(&axis.variable.name), axis.period);
                let cells = buffer.entry(key).or_insert_with(|| vec![None; count * self.points]);
                for point in 0..self.points {
                    let step = self.step(place, point);
                    cells[point * count + axis.index] = Some(Cell::Number(axis.value(step, direction.count)?));
                }
            }
        }
        Ok(())
    }

    /// How far along a direction a point lies: NumPy's `meshgrid` swaps the first two directions.
    fn step(&self, direction: usize, point: usize) -> usize {
        let mut order: Vec<usize> = (0..self.directions.len()).collect();
        if order.len() > 1 {
            order.swap(0, 1);
        }
        let faster = order.iter().skip_while(|place| **place != direction).skip(1);
        let stride: usize = faster.map(|place| self.directions[*place].count).product();
        point / stride % self.directions[direction].count
    }
}

impl Direction {
    fn read(system: &System, written: &[&Json], default: Option<Period>) -> Result<Self, SituationError> {
        let mut count = None;
        let mut axes = Vec::new();
        for axis in written {
            let entries =
                axis.as_object().ok_or_else(|| wrong("An axis is an object with name, min, max and count."))?;
            // Axes that move together have as many points as the first.
            if count.is_none() {
                let points = entries.get("count").and_then(Json::as_u64).filter(|points| *points > 0);
                count = Some(points.ok_or_else(|| wrong("The first axis of a list needs «count»: how many points."))?);
            }
            axes.push(Axis::read(system, entries, default)?);
        }
        let count =
            count.and_then(|count| usize::try_from(count).ok()).ok_or_else(|| wrong("A list of axes is empty."))?;
        Ok(Self { count, axes })
    }
}

impl Axis {
    fn read(system: &System, entries: &Map<String, Json>, default: Option<Period>) -> Result<Self, SituationError> {
        let name =
            entries.get("name").and_then(Json::as_str).ok_or_else(|| wrong("An axis needs «name»: a variable."))?;
        let variable = system.variables.get(name).ok_or_else(|| wrong(format!("There is no variable «{name}».")))?;
        if matches!(variable.value_type, ValueType::Text | ValueType::Enum(_) | ValueType::Date) {
            return Err(wrong(format!("«{name}» has no numbers; an axis needs a variable with numbers.")));
        }
        let number = |key: &str| {
            let number = entries.get(key).and_then(Json::as_number).and_then(super::cell::json_number);
            number.ok_or_else(|| wrong(format!("The axis of «{name}» needs a number as «{key}».")))
        };
        let period = match entries.get("period").filter(|period| !period.is_null()) {
            Some(written) => {
                let text = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
                Some(Period::parse(&text).ok_or_else(|| wrong(crate::evaluate::period_error(&text).message))?)
            }
            None => default,
        };
        let period =
            period.ok_or_else(|| wrong(format!("The axis of «{name}» needs «period», such as \"2026-01\".")))?;
        let index = match entries.get("index").filter(|index| !index.is_null()) {
            None => Some(0),
            Some(index) => index.as_u64().and_then(|index| usize::try_from(index).ok()),
        };
        let index = index.ok_or_else(|| wrong(format!("«index» in the axis of «{name}» is 0, 1, 2 …")))?;
        Ok(Self { variable: Arc::clone(variable), period, index, min: number("min")?, max: number("max")? })
    }

    /// The value at a step: the range in equal parts, both ends included.
    fn value(&self, step: usize, count: usize) -> Result<Rational, SituationError> {
        if count < 2 {
            return Ok(self.min);
        }
        let share = Rational::integer(step as i128).divide(Rational::integer(count as i128 - 1));
        let along = self.max.subtract(self.min).zip(share).and_then(|(width, share)| width.multiply(share));
        along
            .and_then(|along| self.min.plus(along))
            .ok_or_else(|| wrong(format!("The numbers of the axis of «{}» are too large.", self.variable.name)))
    }
}

/// How many points the axes of a situation have together; one without axes.
pub(crate) fn points(situation: &Json) -> usize {
    let lists = situation.get("axes").and_then(Json::as_array);
    let count = |list: &Json| {
        let first = list.as_array().and_then(|axes| axes.first()).unwrap_or(list);
        first.get("count").and_then(Json::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or(1)
    };
    lists.into_iter().flatten().map(count).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn axes(counts: &[usize]) -> Axes {
        let directions = counts.iter().map(|count| Direction { count: *count, axes: Vec::new() }).collect();
        Axes { directions, points: counts.iter().product() }
    }

    #[test]
    fn one_direction_goes_up_point_by_point() {
        let steps: Vec<usize> = (0..3).map(|point| axes(&[3]).step(0, point)).collect();
        assert_eq!(steps, [0, 1, 2]);
    }

    #[test]
    fn two_directions_lie_as_in_a_mesh_of_numpy() {
        // numpy.meshgrid([0, 1, 2], [0, 1]) flattened.
        let axes = axes(&[3, 2]);
        let of = |direction: usize| (0..6).map(|point| axes.step(direction, point)).collect::<Vec<_>>();
        assert_eq!(of(0), [0, 1, 2, 0, 1, 2]);
        assert_eq!(of(1), [0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn points_are_counted_over_all_directions() {
        let situation = json!({ "axes": [[{ "count": 3 }, { "count": 9 }], [{ "count": 4 }]] });
        assert_eq!(points(&situation), 12);
        assert_eq!(points(&json!({ "persons": {} })), 1);
    }
}
