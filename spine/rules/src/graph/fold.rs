//! Operations on values known while compiling.

use super::{Binary, Constant, Kind, Unary};
use crate::number::{Number, Rational};
use std::sync::Arc;

pub(crate) fn fold_unary(operation: Unary, constant: &Constant) -> Option<Constant> {
    if let (Unary::Negate, Constant::Int(value)) = (operation, constant) {
        return value.checked_neg().map(Constant::Int);
    }
    if let (Unary::Absolute, Constant::Int(value)) = (operation, constant) {
        return value.checked_abs().map(Constant::Int);
    }
    let number = constant.number()?;
    let exact = |operation: &dyn Fn(Rational) -> Option<Rational>| {
        number.exact.filter(|exact| exact.is_finite()).and_then(operation)
    };
    let whole = |value: i128| Some(Rational::integer(value));
    let (float, exact) = match operation {
        Unary::Negate => (-number.float, number.exact.and_then(Rational::negate)),
        Unary::Absolute => {
            (number.float.abs(), exact(&|value| if value.numerator() < 0 { value.negate() } else { Some(value) }))
        }
        Unary::Floor => (number.float.floor(), exact(&|value| whole(value.floor()))),
        Unary::Ceiling => (number.float.ceil(), exact(&|value| whole(value.ceiling()))),
        Unary::Truncate => (number.float.trunc(), exact(&|value| whole(value.truncate()))),
        Unary::Round(digits) => {
            let exact = exact(&|value| value.round_half_even(digits));
            (exact.map_or(number.float, Rational::to_float), exact)
        }
        Unary::Exponential => (number.float.exp(), None),
        Unary::Logarithm => (number.float.ln(), None),
        Unary::SquareRoot => (number.float.sqrt(), None),
        Unary::Sign => (
            if number.float == 0.0 { 0.0 } else { number.float.signum() },
            exact(&|value| whole(value.numerator().signum())),
        ),
        Unary::IsNotANumber => return Some(Constant::Bool(number.float.is_nan())),
        Unary::IsInfinite => return Some(Constant::Bool(number.float.is_infinite())),
        Unary::Not => return None,
    };
    Some(Constant::Float(Number { float, exact }))
}

/// Two constants made one; `None` leaves it to the back end (an overflow, a division by zero).
pub(crate) fn fold_binary(operation: Binary, left: &Constant, right: &Constant, kind: Kind) -> Option<Constant> {
    if let (Constant::Bool(a), Constant::Bool(b)) = (left, right) {
        return Some(Constant::Bool(match operation {
            Binary::And => a & b,
            Binary::Or => a | b,
            Binary::Xor | Binary::NotEqual => a ^ b,
            Binary::Equal => a == b,
            Binary::Less => !a & b,
            Binary::LessOrEqual => a <= b,
            _ => return None,
        }));
    }
    if let (Constant::Text(a), Constant::Text(b)) = (left, right) {
        return match operation {
            Binary::Equal => Some(Constant::Bool(a == b)),
            Binary::NotEqual => Some(Constant::Bool(a != b)),
            Binary::Add => Some(Constant::Text(Arc::from(format!("{a}{b}")))),
            _ => None,
        };
    }
    if let (Constant::Int(a), Constant::Int(b)) = (left, right) {
        return fold_integers(operation, *a, *b);
    }
    let (a, b) = (left.number()?, right.number()?);
    if operation.is_comparison() {
        let order = a.compare(b)?;
        return Some(Constant::Bool(match operation {
            Binary::Equal => order.is_eq(),
            Binary::NotEqual => order.is_ne(),
            Binary::Less => order.is_lt(),
            _ => order.is_le(),
        }));
    }
    if !kind.is_float() {
        return None;
    }
    let folded = match operation {
        Binary::Add => a.combine(b, |x, y| x + y, Rational::plus),
        Binary::Subtract => a.combine(b, |x, y| x - y, Rational::subtract),
        Binary::Multiply => a.combine(b, |x, y| x * y, Rational::multiply),
        Binary::Divide => a.combine(b, |x, y| x / y, Rational::divide),
        Binary::Maximum => {
            if a.compare(b)?.is_ge() {
                a
            } else {
                b
            }
        }
        Binary::Minimum => {
            if a.compare(b)?.is_le() {
                a
            } else {
                b
            }
        }
        Binary::FloorDivide if b.float != 0.0 => {
            a.combine(b, |x, y| (x / y).floor(), |x, y| Some(Rational::integer(x.divide(y)?.floor())))
        }
        _ => return None,
    };
    Some(Constant::Float(folded))
}

fn fold_integers(operation: Binary, a: i64, b: i64) -> Option<Constant> {
    Some(match operation {
        Binary::Add => Constant::Int(a.checked_add(b)?),
        Binary::Subtract => Constant::Int(a.checked_sub(b)?),
        Binary::Multiply => Constant::Int(a.checked_mul(b)?),
        Binary::FloorDivide if b != 0 => Constant::Int(floor_divide(a, b)?),
        Binary::Modulo if b != 0 => Constant::Int(a.checked_sub(floor_divide(a, b)?.checked_mul(b)?)?),
        Binary::Maximum => Constant::Int(a.max(b)),
        Binary::Minimum => Constant::Int(a.min(b)),
        Binary::And => Constant::Int(a & b),
        Binary::Or => Constant::Int(a | b),
        Binary::Xor => Constant::Int(a ^ b),
        Binary::Equal => Constant::Bool(a == b),
        Binary::NotEqual => Constant::Bool(a != b),
        Binary::Less => Constant::Bool(a < b),
        Binary::LessOrEqual => Constant::Bool(a <= b),
        Binary::Power if b >= 0 => Constant::Int(a.checked_pow(u32::try_from(b).ok()?)?),
        _ => return None,
    })
}

/// Division towards minus infinity, as Python has it.
pub(crate) fn floor_divide(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}
