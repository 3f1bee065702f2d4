//! One situation, from JSON to JSON.

use crate::diagnostic::Diagnostic;
use crate::period::Period;
use crate::run::Column;
use crate::simulation::{Options, Plan, Simulation};
use crate::situation::{SituationError, json_value, points};
use crate::system::{Package, System};
use crate::variable::Variable;
use serde_json::Value as Json;

/// Why a situation was not calculated.
#[derive(Debug, thiserror::Error)]
pub enum CalculationError {
    /// The situation is wrong.
    #[error(transparent)]
    Situation(#[from] SituationError),
    /// The rules fail for it.
    #[error(transparent)]
    Rules(#[from] Diagnostic),
}

/// A value asked for by `null`.
struct Question<'situation> {
    entity: usize,
    instance: &'situation str,
    variable: &'situation str,
    period: Period,
}

/// What a situation asks for, in the order in which [`filled`] goes through it.
fn questions<'situation>(
    system: &System,
    situation: &'situation Json,
) -> Result<Vec<Question<'situation>>, CalculationError> {
    let mut asked = Vec::new();
    for (plural, instances) in situation.as_object().into_iter().flatten() {
        let Some(entity) = system.entity_of_plural(plural) else { continue };
        for (instance, values) in instances.as_object().into_iter().flatten() {
            for (variable, dated) in values.as_object().into_iter().flatten() {
                for (period, _) in dated.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()) {
                    let period = Period::parse(period).ok_or_else(|| crate::evaluate::period_error(period))?;
                    asked.push(Question { entity, instance, variable, period });
                }
            }
        }
    }
    Ok(asked)
}

/// Calculates what a situation asks for with `null`, and gives it back filled, as OpenFisca's `/calculate` does.
pub fn calculate(package: &Package, situation: &Json, options: Options) -> Result<Json, CalculationError> {
    let simulation = simulation_of(package, situation, options)?;
    let asked = questions(&simulation.system, situation)?;
    let plan = simulation.plan(&keys(&asked))?;
    let answers = answers(&simulation, &plan, &asked, points(situation))?;
    Ok(filled(&simulation.system, situation.clone(), answers))
}

/// The same, where it takes some microseconds and goes well: for a situation of a shape that was compiled before, without axes.
pub fn calculate_known(package: &Package, situation: Json, options: Options) -> Option<Json> {
    if situation.get("axes").is_some() {
        return None;
    }
    let simulation = simulation_of(package, &situation, options).ok()?;
    let asked = questions(&simulation.system, &situation).ok()?;
    let plan = simulation.known_plan(keys(&asked))?;
    let answers = answers(&simulation, &plan, &asked, 1).ok()?;
    Some(filled(&simulation.system, situation, answers))
}

fn simulation_of(package: &Package, situation: &Json, options: Options) -> Result<Simulation, SituationError> {
    let mut simulation = package.situation(&package.system, situation, None)?;
    simulation.options = options;
    Ok(simulation)
}

/// Questions as a plan knows them.
fn keys(asked: &[Question]) -> Vec<(String, Period)> {
    asked.iter().map(|question| (question.variable.to_owned(), question.period)).collect()
}

/// The values asked for, in the order of the questions; none for somebody who is not there.
fn answers(
    simulation: &Simulation,
    plan: &Plan,
    asked: &[Question],
    points: usize,
) -> Result<Vec<Option<Json>>, CalculationError> {
    let nodes = plan.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
    let columns = simulation.run(plan, &nodes)?;
    let mut answers = Vec::with_capacity(asked.len());
    for (question, column) in asked.iter().zip(&columns) {
        let variable = simulation.system.variable(question.variable)?;
        answers.push(answered(simulation, question, variable, column, points));
    }
    Ok(answers)
}

/// The situation with the values asked for in the places of the nulls.
fn filled(system: &System, mut situation: Json, answers: Vec<Option<Json>>) -> Json {
    let mut answers = answers.into_iter();
    for (plural, instances) in situation.as_object_mut().into_iter().flatten() {
        if system.entity_of_plural(plural).is_some() {
            for (_, values) in instances.as_object_mut().into_iter().flatten() {
                fill(values, &mut answers);
            }
        }
    }
    situation
}

/// Puts the next answers into the nulls of one person or group.
fn fill(values: &mut Json, answers: &mut impl Iterator<Item = Option<Json>>) {
    for (_, dated) in values.as_object_mut().into_iter().flatten() {
        for (_, value) in dated.as_object_mut().into_iter().flatten().filter(|(_, value)| value.is_null()) {
            if let Some(answer) = answers.next().flatten() {
                *value = answer;
            }
        }
    }
}

/// The value of the person or group that was asked about; along axes the list of its values, point by point.
fn answered(
    simulation: &Simulation,
    question: &Question,
    variable: &Variable,
    column: &Column,
    points: usize,
) -> Option<Json> {
    let names = &simulation.identifiers[question.entity];
    if points == 1 {
        let row = names.iter().position(|name| *name == question.instance)?;
        return Some(json_value(variable, column, row));
    }
    // Along axes a name carries the number of its row.
    let once = names.len() / points;
    let row = (0..once).find(|row| names[*row] == format!("{}{row}", question.instance))?;
    Some((0..points).map(|point| json_value(variable, column, point * once + row)).collect())
}
