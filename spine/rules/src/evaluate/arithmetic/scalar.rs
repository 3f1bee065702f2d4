//! Arithmetic on single values.

use super::super::bounded;
use super::{binary_of, overflow, symbol, unfit};
use crate::diagnostic::Diagnostic;
use crate::graph::{Constant, Kind, fold_binary};
use crate::number::{Number, Rational};
use crate::period::Instant;
use crate::syntax::Arithmetic;
use crate::value::{Outcome, Value};

pub(super) fn add_days(date: i32, days: i64) -> Outcome<Value> {
    i64::from(date)
        .checked_add(days)
        .and_then(|sum| i32::try_from(sum).ok())
        .filter(|sum| (1..=9999).contains(&Instant::from_days(*sum).year))
        .map(Value::Date)
        .ok_or_else(|| Diagnostic::raised("OverflowError", "date value out of range"))
}

pub(super) fn scalar_arithmetic(operator: Arithmetic, left: &Value, right: &Value) -> Outcome<Value> {
    if let Value::Poison(diagnostic) = left {
        return Err((**diagnostic).clone());
    }
    if let Value::Poison(diagnostic) = right {
        return Err((**diagnostic).clone());
    }
    let Some(operation) = binary_of(operator) else { return Err(unfit(symbol(operator), left, right)) };
    if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
        match operator {
            Arithmetic::And => return Ok(Value::Bool(a & b)),
            Arithmetic::Or => return Ok(Value::Bool(a | b)),
            Arithmetic::Xor => return Ok(Value::Bool(a ^ b)),
            _ => {}
        }
    }
    let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
        return Err(unfit(symbol(operator), left, right));
    };
    if matches!(operator, Arithmetic::Divide | Arithmetic::FloorDivide | Arithmetic::Modulo) && b.float == 0.0 {
        return Err(Diagnostic::raised("ZeroDivisionError", "division by zero"));
    }
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int())
        && operator != Arithmetic::Divide
        && !(operator == Arithmetic::Power && b < 0)
    {
        return match fold_binary(operation, &Constant::Int(a), &Constant::Int(b), Kind::Int64) {
            Some(Constant::Int(value)) => Ok(Value::Int(value)),
            _ => Err(overflow()),
        };
    }
    let exact_floor = |x: Rational, y: Rational| Some(Rational::integer(x.divide(y)?.floor()));
    Ok(Value::Float(match operator {
        Arithmetic::Add => a.combine(b, |x, y| x + y, Rational::plus),
        Arithmetic::Subtract => a.combine(b, |x, y| x - y, Rational::subtract),
        Arithmetic::Multiply => a.combine(b, |x, y| x * y, Rational::multiply),
        Arithmetic::Divide => a.combine(b, |x, y| x / y, Rational::divide),
        Arithmetic::FloorDivide => a.combine(b, |x, y| (x / y).floor(), exact_floor),
        Arithmetic::Modulo => {
            a.combine(b, |x, y| x - y * (x / y).floor(), |x, y| x.subtract(y.multiply(exact_floor(x, y)?)?))
        }
        Arithmetic::Power => power(a, b),
        _ => return Err(unfit(symbol(operator), left, right)),
    }))
}

/// A power; exact for whole exponents.
pub(crate) fn power(base: Number, exponent: Number) -> Number {
    let exact = match (base.exact, exponent.exact) {
        (Some(base), Some(exponent)) if exponent.denominator() == 1 => {
            i64::try_from(exponent.numerator()).ok().and_then(|exponent| base.power(exponent))
        }
        _ => None,
    };
    Number { float: base.float.powf(exponent.float), exact }
}

/// `"…%s…" % values`
pub(super) fn percent_format(text: &str, values: &Value) -> Outcome<Value> {
    let values = match values {
        Value::Tuple(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    let mut values = values.into_iter();
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('%') => result.push('%'),
            Some('s' | 'd' | 'r') => {
                let value = values
                    .next()
                    .ok_or_else(|| Diagnostic::raised("TypeError", "not enough arguments for format string"))?;
                result.push_str(&value.display());
                bounded(result.len())?;
            }
            _ => return Err(Diagnostic::unsupported("this «%» format", "write an f-string")),
        }
    }
    Ok(Value::text(result))
}
