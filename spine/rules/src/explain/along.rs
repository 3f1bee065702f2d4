//! A result along one fact: the same household again and again, with more and more of one income or property.

use super::Words;
use crate::command::CalculationError;
use crate::diagnostic::Diagnostic;
use crate::period::Period;
use crate::system::Package;
use serde_json::{Value as Json, json};

/// A fact of somebody that is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The variable.
    pub variable: String,
    /// Whose, by name in the situation.
    pub instance: String,
    /// For which period it is given.
    pub period: Period,
}

/// The values tried, from the first to the last, in equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first value, in the fact's unit.
    pub from: i64,
    /// The last.
    pub to: i64,
    /// How many; at least two.
    pub points: usize,
}

/// A result along a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// What is varied.
    pub fact: Fact,
    /// Its label.
    pub label: Words,
    /// Values of the fact with the result there; nothing where the law leaves a needed figure open.
    pub points: Vec<(f64, Option<f64>)>,
}

/// Calculates a result of one person or group (the first where none is named) at every value of a fact.
///
/// # Errors
/// Where the situation, the variable or the names in it are wrong.
pub fn along(
    package: &Package,
    situation: &Json,
    (variable, period): (&str, Period),
    instance: Option<&str>,
    fact: &Fact,
    range: Range,
) -> Result<Along, CalculationError> {
    let system = &package.system;
    let once = package.situation(system, situation, None)?;
    let place = |entity: usize, name: Option<&str>| -> Result<usize, Diagnostic> {
        let names = &once.identifiers[entity];
        let Some(name) = name else { return Ok(0) };
        let place = names.iter().position(|known| known == name);
        place.ok_or_else(|| {
            Diagnostic::raised("ValueError", format!("there is no «{name}»; there are: {}", names.join(", ")))
        })
    };
    let (asked, varied) = (system.variable(variable)?, system.variable(&fact.variable)?);
    let (row, index) = (place(asked.entity, instance)?, place(varied.entity, Some(&fact.instance))?);
    let points = range.points.max(2);
    let mut wide = situation.clone();
    wide["axes"] = json!([[{
        "name": fact.variable, "period": fact.period.to_string(), "index": index,
        "min": range.from, "max": range.to, "count": points,
    }]]);
    let column = package.situation(system, &wide, None)?.calculate(variable, period)?;
    let rows = once.identifiers[asked.entity].len();
    let step = (range.to - range.from) as f64 / (points - 1) as f64;
    let value = |point: usize| column.float(point * rows + row).filter(|value| value.is_finite());
    let points = (0..points).map(|point| (range.from as f64 + point as f64 * step, value(point))).collect();
    let label = varied.label.as_deref().map_or_else(|| Words::of_label(&varied.name), Words::of_label);
    Ok(Along { fact: fact.clone(), label, points })
}
