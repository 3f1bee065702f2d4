//! `sum(column)`, `column.max()`, `np.any(column)`: one value of everybody in the simulation, as Python and NumPy have it.

use super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::graph::Whole;
use crate::syntax::Arithmetic;
use crate::value::{Outcome, Value};

/// What a function of NumPy, or a method of its arrays, makes of a column.
fn of_numpy(name: &str) -> Option<Whole> {
    Some(match name {
        "sum" | "add.reduce" => Whole::Sum,
        "any" | "logical_or.reduce" => Whole::Any,
        "all" | "logical_and.reduce" => Whole::All,
        "max" | "amax" | "maximum.reduce" => Whole::Largest,
        "min" | "amin" | "minimum.reduce" => Whole::Smallest,
        _ => return None,
    })
}

/// What a function of Python's makes of a column.
fn of_python(name: &str) -> Option<Whole> {
    if name == "sum" { Some(Whole::SumInTurn) } else { of_numpy(name) }
}

impl Evaluator {
    /// `numpy.sum(column)` and `column.sum()`.
    pub(crate) fn numpy_of_everybody(&mut self, name: &str, column: &Value, rest: &Arguments) -> Outcome<Value> {
        let along = |axis: &Value| axis.is_none() || matches!(axis.as_int(), Some(0 | -1));
        let plain = rest.positional.iter().all(along)
            && rest.named.iter().all(|(name, value)| &**name == "axis" && along(value));
        if !plain {
            return Err(Diagnostic::unsupported(
                format!("{name}() of a column with more arguments"),
                "choose the rows before: where(condition, column, 0)",
            ));
        }
        let id = self.node(column)?;
        let graph = &mut self.session()?.graph;
        match of_numpy(name) {
            Some(whole) => graph.everybody(whole, id).map(Value::Column),
            None if name == "mean" => graph.mean(id).map(Value::Column),
            None => Err(Diagnostic::unsupported(
                format!("{name}() over the whole population"),
                "aggregate within a group: group.sum(…), group.any(…), group.max(…)",
            )),
        }
    }

    /// Python's `sum(column)`; none where it is given something else.
    pub(crate) fn python_of_everybody(&mut self, name: &str, arguments: &Arguments) -> Outcome<Option<Value>> {
        let (Some(whole), [column @ Value::Column(_), rest @ ..]) = (of_python(name), arguments.positional.as_slice())
        else {
            return Ok(None);
        };
        let compares = matches!(whole, Whole::Largest | Whole::Smallest);
        let has_key = arguments.named("key").is_some_and(|key| !key.is_none());
        if compares && (has_key || !rest.is_empty()) {
            return Ok(None);
        }
        let id = self.node(column)?;
        let found = self.session()?.graph.everybody(whole, id).map(Value::Column)?;
        match arguments.take(1, "start").filter(|_| whole == Whole::SumInTurn) {
            Some(start) => self.arithmetic(Arithmetic::Add, &start, &found).map(Some),
            None => Ok(Some(found)),
        }
    }
}
