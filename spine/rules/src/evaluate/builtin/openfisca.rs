//! Calls of what `openfisca_core` gives to formulas.

use super::super::{Arguments, Evaluator};
use super::{instant, period};
use crate::diagnostic::Diagnostic;
use crate::graph::Binary;
use crate::period::{Period, Unit};
use crate::syntax::{Arithmetic, Comparison};
use crate::value::{Outcome, Value, lock};
use std::sync::Arc;

impl Evaluator {
    pub(super) fn call_openfisca(&mut self, function: &str, arguments: &Arguments) -> Outcome<Value> {
        Ok(match function {
            "period" | "helpers.period" => Value::Period(period(&arguments.require(0, "value", function)?)?),
            "instant" | "helpers.instant" => Value::Instant(instant(&arguments.require(0, "instant", function)?)?),
            "Instant" => Value::Instant(instant(&arguments.require(0, "value", function)?)?),
            "Period" => {
                let parts = self.iterate(&arguments.require(0, "value", function)?)?;
                match parts.as_slice() {
                    [unit, start, size] => {
                        let unit = match unit {
                            Value::Unit(unit) => *unit,
                            other => Unit::parse(&other.display()).ok_or_else(|| {
                                Diagnostic::raised("ValueError", format!("Invalid unit: {}", other.display()))
                            })?,
                        };
                        let size = size.as_int().and_then(|size| i32::try_from(size).ok()).unwrap_or(1);
                        Value::Period(Period { unit, start: instant(start)?, size })
                    }
                    _ => return Err(Diagnostic::raised("ValueError", "Period() needs a unit, a start and a size")),
                }
            }
            "Period.eternity" => Value::Period(Period::ETERNITY),
            "instant_date" => match arguments.require(0, "instant", function)? {
                Value::Instant(instant) => Value::Date(instant.days()),
                other => other,
            },
            "DateUnit" => match arguments.require(0, "value", function)? {
                Value::Unit(unit) => Value::Unit(unit),
                other => Unit::parse(&other.display())
                    .map(Value::Unit)
                    .ok_or_else(|| Diagnostic::raised("ValueError", format!("{} is not a unit", other.display())))?,
            },
            "build_entity" => self.build_entity(arguments)?,
            "Entity" | "SingleEntity" => {
                let mut named = arguments.named.clone();
                named.push((Arc::from("is_person"), Value::Bool(true)));
                self.build_entity(&Arguments { positional: arguments.positional.clone(), named })?
            }
            "GroupEntity" => {
                // key, plural, label, doc, roles, containing_entities: as build_entity has them.
                self.build_entity(arguments)?
            }
            "apply_thresholds" => self.apply_thresholds(arguments)?,
            "switch" => self.switch(arguments)?,
            "concat" => {
                let (this, that) = (arguments.require(0, "this", function)?, arguments.require(1, "that", function)?);
                let this = self.convert_value(&this, crate::graph::Kind::Text)?;
                let that = self.convert_value(&that, crate::graph::Kind::Text)?;
                self.arithmetic(Arithmetic::Add, &this, &that)?
            }
            "Parameter" | "ParameterNode" | "ParameterScale" | "ParameterScaleBracket" => {
                self.new_tree(function, arguments)?
            }
            "load_parameter_file" => self.load_parameter_file(arguments)?,
            "MarginalRateTaxScale"
            | "MarginalAmountTaxScale"
            | "SingleAmountTaxScale"
            | "LinearAverageRateTaxScale"
            | "AmountTaxScale" => super::super::numpy::empty_scale(function, arguments),
            "combine_tax_scales" => self.combine_tax_scales(arguments)?,
            "calculate_output_add" | "calculate_output_divide" => Value::None,
            "set_input_dispatch_by_period" => self.set_by_period(false, arguments)?,
            "set_input_divide_by_period" => self.set_by_period(true, arguments)?,
            "eval_expression" => arguments.require(0, "expression", function)?,
            "empty_clone" => arguments.require(0, "original", function)?,
            exception if exception.ends_with("Error") || exception.ends_with("NotFound") => Value::Exception(
                Arc::from(exception),
                Arc::from(arguments.positional.first().map_or_else(String::new, Value::display)),
            ),
            other => {
                return Err(Diagnostic::unsupported(
                    format!("openfisca's {other}() is not compiled"),
                    "ask for variables through the population, and for parameters through parameters(period)",
                ));
            }
        })
    }

    fn apply_thresholds(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let input = arguments.require(0, "input", "apply_thresholds")?;
        let thresholds = self.iterate(&arguments.require(1, "thresholds", "apply_thresholds")?)?;
        let choices = self.iterate(&arguments.require(2, "choices", "apply_thresholds")?)?;
        let mut conditions = Vec::new();
        for threshold in &thresholds {
            conditions.push(self.compare(Comparison::LessOrEqual, &input, threshold)?);
        }
        if conditions.len() + 1 == choices.len() {
            conditions.push(Value::Bool(true));
        }
        if conditions.len() != choices.len() {
            return Err(Diagnostic::raised(
                "AssertionError",
                "'apply_thresholds' must be called with the same number of thresholds than choices, or one more choice.",
            ));
        }
        self.select(&conditions, &choices, &Value::Int(0))
    }

    fn switch(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let key = arguments.require(0, "conditions", "switch")?;
        let Value::Dict(entries) = arguments.require(1, "value_by_condition", "switch")? else {
            return Err(Diagnostic::raised("TypeError", "switch() needs a dictionary of values by condition"));
        };
        let entries = lock(&entries).clone();
        let mut conditions = Vec::new();
        let mut choices = Vec::new();
        for (wanted, value) in entries.values() {
            conditions.push(self.compare(Comparison::Equal, &key, wanted)?);
            choices.push(value.clone());
        }
        self.select(&conditions, &choices, &Value::Int(0))
    }

    /// `select(conditions, choices, default)`: the first condition that holds decides.
    pub(crate) fn select(&mut self, conditions: &[Value], choices: &[Value], default: &Value) -> Outcome<Value> {
        if conditions.len() != choices.len() {
            return Err(Diagnostic::raised("ValueError", "list of cases must be same length as list of conditions"));
        }
        // A default of zero among members of an enumeration or texts is the first member, the empty text.
        let default = match (default, choices.first()) {
            (Value::Int(0), Some(Value::EnumMember(enumeration, _))) => Value::EnumMember(Arc::clone(enumeration), 0),
            (Value::Int(0), Some(Value::Text(_))) => Value::text("0"),
            (Value::Int(0), Some(Value::Column(id)))
                if matches!(self.session()?.graph.kind(*id), crate::graph::Kind::Text) =>
            {
                Value::text("0")
            }
            _ => default.clone(),
        };
        let mut result = default;
        for (condition, choice) in conditions.iter().zip(choices).rev() {
            result = match condition {
                Value::Bool(true) => choice.clone(),
                Value::Bool(false) => result,
                condition => self.choose(condition, choice, &result)?,
            };
        }
        Ok(result)
    }

    /// The sum of logical alternatives.
    pub(crate) fn fold(&mut self, operation: Binary, values: &[Value]) -> Outcome<Value> {
        let mut items = values.iter();
        let mut total = items.next().cloned().unwrap_or(Value::Bool(operation == Binary::And));
        for item in items {
            total = self.logical(operation, &total, item)?;
        }
        Ok(total)
    }
}
