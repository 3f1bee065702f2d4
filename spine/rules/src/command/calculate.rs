//! One situation, from JSON to JSON.

use crate::diagnostic::Diagnostic;
use crate::period::Period;
use crate::run::Column;
use crate::simulation::{Options, Plan, Simulation};
use crate::situation::{SituationError, json_value, points};
use crate::system::Package;
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

/// A value asked for by `null`: entity, instance, variable, period as written.
struct Question {
    entity: usize,
    instance: String,
    variable: String,
    period: String,
}

fn questions(simulation: &Simulation, situation: &Json) -> Vec<Question> {
    let mut asked = Vec::new();
    for (plural, instances) in situation.as_object().into_iter().flatten() {
        let Some(entity) = simulation.system.entity_of_plural(plural) else { continue };
        for (instance, values) in instances.as_object().into_iter().flatten() {
            for (variable, dated) in values.as_object().into_iter().flatten() {
                for (period, _) in dated.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()) {
                    asked.push(Question {
                        entity,
                        instance: instance.clone(),
                        variable: variable.clone(),
                        period: period.clone(),
                    });
                }
            }
        }
    }
    asked
}

/// Calculates what a situation asks for with `null`, and gives it back filled, as OpenFisca's `/calculate` does.
pub fn calculate(package: &Package, situation: &Json, options: Options) -> Result<Json, CalculationError> {
    let (simulation, asked, keys) = read(package, situation, options)?;
    let plan = simulation.plan(&keys)?;
    filled(&simulation, &plan, &asked, situation.clone())
}

/// The same, where it takes some microseconds and goes well: for a situation of a shape that was compiled before, without axes.
pub fn calculate_known(package: &Package, situation: Json, options: Options) -> Option<Json> {
    if situation.get("axes").is_some() {
        return None;
    }
    let (simulation, asked, keys) = read(package, &situation, options).ok()?;
    let plan = simulation.known_plan(&keys)?;
    filled(&simulation, &plan, &asked, situation).ok()
}

/// A simulation, what is asked of it, and the same as keys of a plan.
type Read = (Simulation, Vec<Question>, Vec<(String, Period)>);

/// A situation with what it asks for.
fn read(package: &Package, situation: &Json, options: Options) -> Result<Read, CalculationError> {
    let mut simulation = package.situation(&package.system, situation, None)?;
    simulation.options = options;
    let asked = questions(&simulation, situation);
    let mut keys = Vec::with_capacity(asked.len());
    for question in &asked {
        let period = Period::parse(&question.period).ok_or_else(|| crate::evaluate::period_error(&question.period))?;
        keys.push((question.variable.clone(), period));
    }
    Ok((simulation, asked, keys))
}

/// The situation with the values asked for.
fn filled(
    simulation: &Simulation,
    plan: &Plan,
    asked: &[Question],
    mut situation: Json,
) -> Result<Json, CalculationError> {
    let nodes = plan.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
    let columns = simulation.run(plan, &nodes)?;
    let points = points(&situation);
    for (question, column) in asked.iter().zip(&columns) {
        let variable = simulation.system.variable(&question.variable)?;
        let plural = &*simulation.system.entities[question.entity].plural;
        if let Some(value) = answered(simulation, question, variable, column, points) {
            situation[plural][&question.instance][&question.variable][&question.period] = value;
        }
    }
    Ok(situation)
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
