//! Values of a situation: from JSON to a variable's column, and back.

use crate::graph::Constant;
use crate::number::Rational;
use crate::period::Instant;
use crate::run::Column;
use crate::syntax::{Arithmetic, Expression, ExpressionKind, Prefix, StatementKind};
use crate::variable::{ValueType, Variable};
use serde_json::Value as Json;
use std::path::Path;
use std::sync::Arc;

/// One value of a situation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Number(Rational),
    Text(Arc<str>),
}

/// A column of values, the variable's default where nothing was said.
pub(super) fn column(variable: &Variable, cells: &[Option<Cell>]) -> Column {
    if matches!(variable.value_type, ValueType::Text) {
        let default = match &variable.default {
            Constant::Text(text) => Arc::clone(text),
            _ => Arc::from(""),
        };
        return Column::Text(
            cells
                .iter()
                .map(|cell| match cell {
                    Some(Cell::Text(text)) => Arc::clone(text),
                    Some(Cell::Number(number)) => Arc::from(number.to_string()),
                    None => Arc::clone(&default),
                })
                .collect(),
        );
    }
    let default = variable.default.number().and_then(|number| number.exact).unwrap_or(Rational::ZERO);
    let numbers: Vec<Rational> = cells
        .iter()
        .map(|cell| match cell {
            Some(Cell::Number(number)) => *number,
            _ => default,
        })
        .collect();
    match variable.value_type {
        ValueType::Bool => Column::Bool(numbers.iter().map(|number| number.numerator() != 0).collect()),
        ValueType::Float => Column::from_exact(numbers),
        _ => Column::Int(numbers.iter().map(|number| number.truncate() as i64).collect()),
    }
}

pub(super) fn json_number(number: &serde_json::Number) -> Option<Rational> {
    match (number.as_i64(), number.as_u64()) {
        (Some(value), _) => Some(Rational::integer(i128::from(value))),
        (_, Some(value)) => Some(Rational::integer(i128::from(value))),
        _ => Rational::from_float(number.as_f64()?),
    }
}

/// One value as the variable has them, or what is wrong with it.
pub(super) fn cell(variable: &Variable, value: &Json) -> Result<Cell, String> {
    let shown = || match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let wrong =
        || format!("Can't deal with value: expected type {}, received '{}'.", variable.value_type.json_name(), shown());
    let too_large = || {
        format!("Can't deal with value: '{}', it's too large for type '{}'.", shown(), variable.value_type.json_name())
    };
    match (&variable.value_type, value) {
        (ValueType::Enum(enumeration), Json::String(name)) => {
            if let Some(index) = enumeration.index(name) {
                Ok(Cell::Number(Rational::integer(index as i128)))
            } else {
                let names: Vec<&str> = enumeration.members.iter().map(|(name, _)| &**name).collect();
                Err(format!(
                    "'{name}' is not a known value for '{}'. Possible values are ['{}'].",
                    variable.name,
                    names.join("', '")
                ))
            }
        }
        (ValueType::Enum(enumeration), Json::Number(number)) => {
            let index = number.as_u64().filter(|index| (*index as usize) < enumeration.members.len());
            index.map(|index| Cell::Number(Rational::integer(i128::from(index)))).ok_or_else(wrong)
        }
        (ValueType::Float | ValueType::Int, Json::Number(number)) => {
            let number = json_number(number).ok_or_else(wrong)?;
            if matches!(variable.value_type, ValueType::Int) && i64::try_from(number.truncate()).is_err() {
                return Err(too_large());
            }
            Ok(Cell::Number(number))
        }
        (ValueType::Float | ValueType::Int, Json::Bool(truth)) => {
            Ok(Cell::Number(Rational::integer(i128::from(*truth))))
        }
        (ValueType::Float | ValueType::Int, Json::String(text)) => {
            evaluate_expression(text).map(Cell::Number).ok_or_else(wrong)
        }
        (ValueType::Bool, Json::Bool(truth)) => Ok(Cell::Number(Rational::integer(i128::from(*truth)))),
        (ValueType::Bool, Json::Number(number)) => {
            Ok(Cell::Number(Rational::integer(i128::from(number.as_f64() != Some(0.0)))))
        }
        (ValueType::Date, Json::String(text)) => match Instant::parse(text) {
            Some((instant, _)) => Ok(Cell::Number(Rational::integer(i128::from(instant.days())))),
            None => Err(format!("Can't deal with date: '{text}'.")),
        },
        (ValueType::Date, _) => Err(format!("Can't deal with date: '{}'.", shown())),
        (ValueType::Text, Json::String(text)) => Ok(Cell::Text(Arc::from(text.as_str()))),
        (ValueType::Text, Json::Number(number)) => Ok(Cell::Text(Arc::from(number.to_string()))),
        _ => Err(wrong()),
    }
}

/// The value of an arithmetic expression such as `600 - 200 / 12`, as tests and situations may write numbers.
pub fn evaluate_expression(text: &str) -> Option<Rational> {
    if text.len() > 1_000 {
        return None;
    }
    let statements = crate::parse::parse(text.trim(), Path::new("an expression")).ok()?;
    match statements.as_slice() {
        [statement] => match &statement.kind {
            StatementKind::Expression(expression) => number_of(expression),
            _ => None,
        },
        _ => None,
    }
}

fn number_of(expression: &Expression) -> Option<Rational> {
    match &expression.kind {
        ExpressionKind::Int(value) => Some(Rational::integer(i128::from(*value))),
        ExpressionKind::Float(value) => Rational::from_float(*value),
        ExpressionKind::Bool(value) => Some(Rational::integer(i128::from(*value))),
        ExpressionKind::Prefix(Prefix::Minus, inner) => number_of(inner)?.negate(),
        ExpressionKind::Prefix(Prefix::Plus, inner) => number_of(inner),
        ExpressionKind::Arithmetic(left, operator, right) => {
            let (left, right) = (number_of(left)?, number_of(right)?);
            match operator {
                Arithmetic::Add => left.plus(right),
                Arithmetic::Subtract => left.subtract(right),
                Arithmetic::Multiply => left.multiply(right),
                Arithmetic::Divide => left.divide(right),
                Arithmetic::Power if right.denominator() == 1 => left.power(i64::try_from(right.numerator()).ok()?),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A value of a variable as JSON has it.
pub fn json_value(variable: &Variable, column: &Column, row: usize) -> Json {
    match (&variable.value_type, column) {
        (_, Column::Text(values)) => values.get(row).map_or(Json::Null, |text| Json::String(text.to_string())),
        (ValueType::Bool, column) => column.float(row).map_or(Json::Null, |value| Json::Bool(value != 0.0)),
        (ValueType::Int, column) => {
            column.exact(row).and_then(|value| i64::try_from(value.truncate()).ok()).map_or(Json::Null, Json::from)
        }
        (ValueType::Date, column) => column
            .exact(row)
            .and_then(|value| i32::try_from(value.truncate()).ok())
            .map_or(Json::Null, |days| Json::String(Instant::from_days(days).to_string())),
        (ValueType::Enum(enumeration), column) => column
            .exact(row)
            .and_then(|value| usize::try_from(value.truncate()).ok())
            .and_then(|index| enumeration.members.get(index))
            .map_or(Json::Null, |(name, _)| Json::String(name.to_string())),
        // Core writes the shortest decimal of the single-precision value.
        (_, Column::Single(values)) => values
            .get(row)
            .and_then(|value| value.to_string().parse::<f64>().ok())
            .and_then(serde_json::Number::from_f64)
            .map_or(Json::Null, Json::Number),
        (_, column) => column.float(row).and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number),
    }
}
