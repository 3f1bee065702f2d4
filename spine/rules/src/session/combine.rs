//! Variables over other periods than their own: added up, or a part of a longer one.

use crate::diagnostic::Diagnostic;
use crate::evaluate::Evaluator;
use crate::graph::NodeId;
use crate::period::{Period, Unit};
use crate::value::{Outcome, Value};
use std::sync::Arc;

impl Evaluator {
    /// The sum over the variable's own periods.
    pub(crate) fn calculate_add(&mut self, name: &str, period: Period) -> Outcome<NodeId> {
        let system = self.system()?;
        let variable = Arc::clone(system.variable(name)?);
        if variable.definition_period.weight() > period.unit.weight() {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "Unable to compute variable '{name}' for period {period}: '{name}' can only be computed for {}-long periods. You can use the DIVIDE option to get an estimate of {name}.",
                    variable.definition_period.name()
                ),
            ));
        }
        if variable.definition_period == Unit::Eternity {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "Unable to ADD constant variable '{name}' over the period {period}: eternal variables can't be summed over time."
                ),
            ));
        }
        let periods = period.subperiods(variable.definition_period).ok_or_else(|| {
            Diagnostic::raised(
                "ValueError",
                format!("Cannot subdivide {} into {}", period.unit.name(), variable.definition_period.name()),
            )
        })?;
        let mut total = Value::Int(0);
        for period in periods {
            let one = Value::Column(self.calculate(name, period)?);
            total = self.arithmetic(crate::syntax::Arithmetic::Add, &total, &one)?;
        }
        self.node(&total)
    }

    /// An equal part of the variable's longer period.
    pub(crate) fn calculate_divide(&mut self, name: &str, period: Period) -> Outcome<NodeId> {
        let system = self.system()?;
        let variable = Arc::clone(system.variable(name)?);
        let own = variable.definition_period;
        if own.weight() < period.unit.weight() || period.size > 1 {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "Can't calculate variable '{name}' for period {period}: '{name}' can only be computed for {}-long periods. You can use the ADD option to get an estimate of {name}.",
                    own.name()
                ),
            ));
        }
        if own == Unit::Eternity || period.unit == Unit::Eternity {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "Unable to DIVIDE constant variable '{name}' over the period {period}: eternal variables can't be divided over time."
                ),
            ));
        }
        let whole = match own {
            Unit::Day | Unit::Weekday => Period::one(own, period.start),
            _ => period.first(own),
        };
        let parts = whole.size_in(period.unit).ok_or_else(|| {
            Diagnostic::raised(
                "ValueError",
                format!("Can't calculate number of {}s in a {}.", period.unit.name(), own.name()),
            )
        })?;
        let value = Value::Column(self.calculate(name, whole)?);
        let divided = self.arithmetic(crate::syntax::Arithmetic::Divide, &value, &Value::Int(i64::from(parts)))?;
        self.node(&divided)
    }
}
