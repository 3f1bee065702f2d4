//! Values known while compiling.

use super::{Kind, type_error};
use crate::diagnostic::Diagnostic;
use crate::number::{Number, Rational};
use crate::period::Instant;
use std::sync::Arc;

/// A value known while compiling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// A truth value.
    Bool(bool),
    /// A whole number, a date in days, months or years since 1970, a duration, or the index of an enumeration's member.
    Int(i64),
    /// A number with decimals.
    Float(Number),
    /// A text.
    Text(Arc<str>),
}

impl Constant {
    /// As a number.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Bool(value) => Some(Number::from_integer(i64::from(*value))),
            Self::Int(value) => Some(Number::from_integer(*value)),
            Self::Float(value) => Some(*value),
            Self::Text(_) => None,
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Float(value) => value.float == 0.0,
            Self::Text(_) => false,
        }
    }

    pub(super) fn is_one(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Int(value) => *value == 1,
            Self::Float(value) => value.exact == Some(Rational::ONE),
            Self::Text(_) => false,
        }
    }
}

/// A constant in another type, as `astype` would.
pub fn convert_constant(constant: &Constant, kind: Kind) -> Result<Constant, Diagnostic> {
    Ok(match (constant, kind) {
        (Constant::Text(text), Kind::Int32 | Kind::Int64) => Constant::Int(
            text.trim()
                .parse()
                .map_err(|_| Diagnostic::raised("ValueError", format!("could not convert string to int: '{text}'")))?,
        ),
        (Constant::Text(text), Kind::Float32 | Kind::Float64) => {
            Constant::Float(Rational::parse(text).map(Number::from_exact).ok_or_else(|| {
                Diagnostic::raised("ValueError", format!("could not convert string to float: '{text}'"))
            })?)
        }
        (Constant::Text(text), Kind::Date) => Constant::Int(i64::from(
            Instant::parse(text)
                .ok_or_else(|| Diagnostic::raised("ValueError", format!("«{text}» is not a date")))?
                .0
                .days(),
        )),
        (Constant::Text(_), Kind::Text) => constant.clone(),
        (Constant::Text(text), _) => return Err(type_error(format!("'{text}' cannot become {}", kind.describe()))),
        (value, Kind::Bool) => Constant::Bool(!value.is_zero()),
        (Constant::Bool(value), Kind::Float32 | Kind::Float64) => {
            Constant::Float(Number::from_integer(i64::from(*value)))
        }
        (Constant::Int(value), Kind::Float32 | Kind::Float64) => Constant::Float(Number::from_integer(*value)),
        (Constant::Bool(value), Kind::Text) => Constant::Text(Arc::from(if *value { "True" } else { "False" })),
        (Constant::Int(value), Kind::Text) => Constant::Text(Arc::from(value.to_string())),
        (Constant::Float(value), Kind::Text) => Constant::Text(Arc::from(value.to_string())),
        (Constant::Float(value), Kind::Float32 | Kind::Float64) => Constant::Float(*value),
        (Constant::Bool(value), _) => Constant::Int(i64::from(*value)),
        (Constant::Int(value), _) => Constant::Int(*value),
        (Constant::Float(value), _) => match value.exact {
            Some(exact) if exact.is_finite() => Constant::Int(
                i64::try_from(exact.truncate())
                    .map_err(|_| Diagnostic::raised("OverflowError", format!("{exact} is too large")))?,
            ),
            Some(_) => return Err(Diagnostic::raised("OverflowError", "cannot convert float infinity to integer")),
            None => Constant::Int(value.float as i64),
        },
    })
}
