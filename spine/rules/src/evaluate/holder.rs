//! Holders: what is known of a variable, and where a package's own `set_input` puts what it is given.

use super::{Arguments, Evaluator, builtin};
use crate::diagnostic::Diagnostic;
use crate::graph::{NodeId, Shape};
use crate::period::Period;
use crate::syntax::{Arithmetic, Name};
use crate::value::{Outcome, Projector, Value};
use crate::variable::Variable;
use std::sync::Arc;

impl Evaluator {
    /// What is known of a variable, as `entity.get_variable("name").entity` asks it.
    pub(crate) fn holder_attribute(&mut self, variable: &Name, name: &Name) -> Outcome<Value> {
        let system = self.system()?;
        let known = system.variable(variable)?;
        Ok(match &**name {
            "name" => Value::Text(Arc::clone(&known.name)),
            "entity" => Value::Entity(Arc::clone(&system.entities[known.entity])),
            "label" => known.label.as_deref().map_or(Value::None, Value::text),
            "definition_period" => Value::Unit(known.definition_period),
            "variable" => Value::Holder(Arc::clone(variable)),
            "population" => Value::Population(Arc::new(Projector { entity: known.entity, transforms: Vec::new() })),
            _ => Value::Method(Arc::new((Value::Holder(Arc::clone(variable)), Arc::clone(name)))),
        })
    }

    /// `population.get_holder("variable")`: what is known of a variable at this point of the calculation.
    pub(crate) fn holder_method(&mut self, variable: &Name, name: &Name, arguments: &Arguments) -> Outcome<Value> {
        let system = self.system()?;
        let variable = Arc::clone(system.variable(variable)?);
        match &**name {
            "get_array" => {
                let period = builtin::period(&arguments.require(0, "period", name)?)?;
                Ok(self.held(&variable, period)?.map_or(Value::None, Value::Column))
            }
            "get_known_periods" => {
                Ok(Value::list(self.session()?.known_periods(&variable.name).into_iter().map(Value::Period).collect()))
            }
            "default_array" => {
                let (default, kind) = (variable.default.clone(), variable.kind());
                self.session()?.graph.fill(default, kind, Shape::Entity(variable.entity)).map(Value::Column)
            }
            "_to_array" => arguments.require(0, "value", name),
            "_set" if self.session()?.setting.is_some() => {
                let period = builtin::period(&arguments.require(0, "period", name)?)?;
                let array = arguments.require(1, "value", name)?;
                self.set(&variable, period, &array)?;
                Ok(Value::None)
            }
            _ => Err(Diagnostic::unsupported(
                format!("{name}() of a holder looks behind the calculation"),
                "ask for the variable: population(\"variable\", period)",
            )),
        }
    }

    /// What is given, calculated or was just set.
    fn held(&mut self, variable: &Variable, period: Period) -> Outcome<Option<NodeId>> {
        let setting = self.session()?.setting.iter().flatten();
        let set = setting.rev().find(|set| set.0 == variable.name && set.1 == period).map(|set| set.2);
        if set.is_some() { Ok(set) } else { self.known_column(variable, period) }
    }

    fn set(&mut self, variable: &Variable, period: Period, array: &Value) -> Outcome<()> {
        let node = self.cast(array, variable, variable.kind(), Shape::Entity(variable.entity))?;
        if let Some(setting) = &mut self.session()?.setting {
            setting.push((Arc::clone(&variable.name), period, node));
        }
        Ok(())
    }

    /// `set_input_dispatch_by_period(holder, period, array)` and `set_input_divide_by_period(…)`, called by a function of the package's own.
    pub(crate) fn set_by_period(&mut self, divide: bool, arguments: &Arguments) -> Outcome<Value> {
        let (Value::Holder(name), mut array) =
            (arguments.require(0, "holder", "set_input")?, arguments.require(2, "array", "set_input")?)
        else {
            return Err(Diagnostic::raised("TypeError", "set_input needs the holder that it was called with"));
        };
        let period = builtin::period(&arguments.require(1, "period", "set_input")?)?;
        let variable = Arc::clone(self.system()?.variable(&name)?);
        let mut open = Vec::new();
        for part in variable.parts(period) {
            match (self.held(&variable, part)?.map(Value::Column), divide) {
                (Some(known), true) => array = self.arithmetic(Arithmetic::Subtract, &array, &known)?,
                // What is known already goes on for what follows: OpenFisca has it so.
                (Some(known), false) => array = known,
                (None, true) => open.push(part),
                (None, false) => self.set(&variable, part, &array)?,
            }
        }
        if !open.is_empty() {
            let share = self.arithmetic(Arithmetic::Divide, &array, &Value::Int(open.len() as i64))?;
            for part in open {
                self.set(&variable, part, &share)?;
            }
        }
        Ok(Value::None)
    }
}
