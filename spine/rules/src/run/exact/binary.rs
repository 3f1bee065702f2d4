//! Arithmetic between two columns.

use super::super::structure::{choose, row, zip};
use super::super::{Data, Slot, too_large};
use super::compare::{compare, logic};
use super::form::{Form, exact_constant, multiplied};
use super::values::{denominator, floats, fractions, plain};
use super::whole::{Whole, fits, map_whole, map_whole_wide, narrow, product, times, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Graph, NodeId};
use crate::number::Rational;
use std::sync::Arc;

pub(super) struct Operands<'slots> {
    pub(super) left: &'slots Slot,
    pub(super) left_form: Form,
    pub(super) right: &'slots Slot,
    pub(super) right_form: Form,
}

pub(super) fn binary(
    graph: &Graph,
    operation: Binary,
    ids: (NodeId, NodeId),
    operands: &Operands,
    form: Form,
) -> Result<Slot, Diagnostic> {
    let (left, right) = (operands.left, operands.right);
    match operation {
        Binary::And | Binary::Or | Binary::Xor => return logic(operation, left, right),
        Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => return compare(operation, operands),
        _ => {}
    }
    match form {
        Form::Text => return join(left, right),
        Form::Float => {
            return Ok(plain(Data::Float(zip(
                &floats(left, operands.left_form),
                &floats(right, operands.right_form),
                |a, b| float_binary(operation, a, b),
            ))));
        }
        Form::Ratio => return ratio_binary(operation, operands),
        Form::Bool | Form::Scaled(_) => {}
    }
    let (a, b, d) = (denominator(operands.left_form), denominator(operands.right_form), denominator(form));
    match operation {
        Binary::Add | Binary::Subtract | Binary::Maximum | Binary::Minimum => {
            combine(operation, left, d / a, right, d / b)
        }
        Binary::Multiply => {
            if let Some(constant) = exact_constant(graph, ids.1) {
                return by_constant(left, a, constant);
            }
            if let Some(constant) = exact_constant(graph, ids.0) {
                return by_constant(right, b, constant);
            }
            multiply(left, right)
        }
        Binary::Divide => {
            let inverse = exact_constant(graph, ids.1)
                .and_then(|constant| Rational::ONE.divide(constant))
                .ok_or_else(too_large)?;
            by_constant(left, a, inverse)
        }
        Binary::FloorDivide => floor_divide(left, b, right, a),
        Binary::Modulo => modulo(left, d / a, right, d / b),
        Binary::Power => power(left, exact_constant(graph, ids.1).map_or(1, |exponent| exponent.numerator() as u32)),
        _ => Err(too_large()),
    }
}

pub(super) fn join(left: &Slot, right: &Slot) -> Result<Slot, Diagnostic> {
    let (Data::Text(a), Data::Text(b)) = (&left.data, &right.data) else {
        return Err(Diagnostic::raised("TypeError", "texts are only joined with texts"));
    };
    let rows = a.len().max(b.len());
    Ok(plain(Data::Text((0..rows).map(|place| Arc::from(format!("{}{}", row(a, place), row(b, place)))).collect())))
}

pub(super) fn float_binary(operation: Binary, a: f64, b: f64) -> f64 {
    match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::FloorDivide => (a / b).floor(),
        Binary::Modulo => a - b * (a / b).floor(),
        Binary::Power => a.powf(b),
        Binary::Maximum => {
            if a.is_nan() || a >= b {
                a
            } else {
                b
            }
        }
        _ => {
            if a.is_nan() || a <= b {
                a
            } else {
                b
            }
        }
    }
}

pub(super) fn ratio_binary(operation: Binary, operands: &Operands) -> Result<Slot, Diagnostic> {
    let (a, b) = (fractions(operands.left, operands.left_form), fractions(operands.right, operands.right_form));
    let apply = |x: Rational, y: Rational| -> Option<Rational> {
        match operation {
            Binary::Add => x.plus(y),
            Binary::Subtract => x.subtract(y),
            Binary::Multiply => x.multiply(y),
            Binary::Divide => x.divide(y),
            Binary::FloorDivide => x
                .divide(y)
                .map(|quotient| if quotient.is_finite() { Rational::integer(quotient.floor()) } else { quotient }),
            Binary::Modulo => x.divide(y).and_then(|quotient| {
                if quotient.is_finite() {
                    x.subtract(y.multiply(Rational::integer(quotient.floor()))?)
                } else {
                    Some(Rational::NOT_A_NUMBER)
                }
            }),
            Binary::Maximum => Some(match x.compare(y) {
                None => Rational::NOT_A_NUMBER,
                Some(order) => {
                    if order.is_ge() {
                        x
                    } else {
                        y
                    }
                }
            }),
            Binary::Minimum => Some(match x.compare(y) {
                None => Rational::NOT_A_NUMBER,
                Some(order) => {
                    if order.is_le() {
                        x
                    } else {
                        y
                    }
                }
            }),
            _ => None,
        }
    };
    zip(&a, &b, apply)
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(|values| plain(Data::Ratio(values)))
        .ok_or_else(too_large)
}

pub(super) fn combine(
    operation: Binary,
    left: &Slot,
    up_left: i128,
    right: &Slot,
    up_right: i128,
) -> Result<Slot, Diagnostic> {
    let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
    let bounds = match operation {
        Binary::Add => (a.0.checked_add(b.0).ok_or_else(too_large)?, a.1.checked_add(b.1).ok_or_else(too_large)?),
        Binary::Subtract => (a.0.checked_sub(b.1).ok_or_else(too_large)?, a.1.checked_sub(b.0).ok_or_else(too_large)?),
        Binary::Maximum => (a.0.max(b.0), a.1.max(b.1)),
        _ => (a.0.min(b.0), a.1.min(b.1)),
    };
    let data = if fits(a)
        && fits(b)
        && fits(bounds)
        && !matches!(left.data, Data::Wide(_))
        && !matches!(right.data, Data::Wide(_))
    {
        Data::Int(combine_whole(operation, &narrow(&left.data), up_left as i64, &narrow(&right.data), up_right as i64))
    } else {
        Data::Wide(combine_whole(operation, &wide(&left.data), up_left, &wide(&right.data), up_right))
    };
    Ok(Slot { data, bounds })
}

pub(super) fn combine_whole<T: Whole>(operation: Binary, a: &[T], up_a: T, b: &[T], up_b: T) -> Vec<T> {
    let one = T::of(1);
    if up_a == one && up_b == one {
        return match operation {
            Binary::Add => zip(a, b, T::add),
            Binary::Subtract => zip(a, b, T::subtract),
            Binary::Maximum => zip(a, b, Ord::max),
            _ => zip(a, b, Ord::min),
        };
    }
    match operation {
        Binary::Add => zip(a, b, |x: T, y: T| x.multiply(up_a).add(y.multiply(up_b))),
        Binary::Subtract => zip(a, b, |x: T, y: T| x.multiply(up_a).subtract(y.multiply(up_b))),
        Binary::Maximum => zip(a, b, |x: T, y: T| x.multiply(up_a).max(y.multiply(up_b))),
        _ => zip(a, b, |x: T, y: T| x.multiply(up_a).min(y.multiply(up_b))),
    }
}

pub(super) fn by_constant(slot: &Slot, own: i128, constant: Rational) -> Result<Slot, Diagnostic> {
    let (factor, _) = multiplied(own, constant).ok_or_else(too_large)?;
    let bounds = times(slot.bounds, factor)?;
    let small = factor as i64;
    if i128::from(small) == factor {
        if let Data::Bool(mask) = &slot.data {
            let data = mask.iter().map(|mask| i64::from(*mask).wrapping_neg() & small).collect();
            return Ok(Slot { data: Data::Int(data), bounds });
        }
        return Ok(map_whole(slot, bounds, |value| value.wrapping_mul(small), |value| value.wrapping_mul(factor)));
    }
    Ok(map_whole_wide(slot, bounds, |value| value.wrapping_mul(factor)))
}

pub(super) fn multiply(left: &Slot, right: &Slot) -> Result<Slot, Diagnostic> {
    let bounds = product(left.bounds, right.bounds)?;
    if fits(bounds) && !matches!(left.data, Data::Wide(_)) && !matches!(right.data, Data::Wide(_)) {
        // A truth value only switches: no conversion, no multiplication.
        let data = match (&left.data, &right.data) {
            (Data::Bool(mask), Data::Int(values)) | (Data::Int(values), Data::Bool(mask)) => {
                zip(mask, values, |mask: u8, value: i64| i64::from(mask).wrapping_neg() & value)
            }
            _ => zip(&narrow(&left.data), &narrow(&right.data), i64::wrapping_mul),
        };
        return Ok(Slot { data: Data::Int(data), bounds });
    }
    Ok(Slot { data: Data::Wide(zip(&wide(&left.data), &wide(&right.data), i128::wrapping_mul)), bounds })
}

pub(super) fn floor_divide(left: &Slot, up_left: i128, right: &Slot, up_right: i128) -> Result<Slot, Diagnostic> {
    let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
    let most = a.0.checked_abs().ok_or_else(too_large)?.max(a.1.checked_abs().ok_or_else(too_large)?);
    let bounds = (-most, most);
    let data = if fits(a)
        && fits(b)
        && fits(bounds)
        && !matches!(left.data, Data::Wide(_))
        && !matches!(right.data, Data::Wide(_))
    {
        let (up_left, up_right) = (up_left as i64, up_right as i64);
        Data::Int(zip(&narrow(&left.data), &narrow(&right.data), |x: i64, y: i64| {
            Whole::floor_divide(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    } else {
        Data::Wide(zip(&wide(&left.data), &wide(&right.data), |x: i128, y: i128| {
            Whole::floor_divide(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    };
    Ok(Slot { data, bounds })
}

/// What a division towards minus infinity leaves; nothing where the divisor is zero, as NumPy has it for whole numbers.
pub(super) fn rest<T: Whole>(x: T, y: T) -> T {
    if y == T::ZERO { T::ZERO } else { x.subtract(x.floor_divide(y).multiply(y)) }
}

pub(super) fn modulo(left: &Slot, up_left: i128, right: &Slot, up_right: i128) -> Result<Slot, Diagnostic> {
    let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
    let most =
        b.0.checked_abs()
            .ok_or_else(too_large)?
            .max(b.1.checked_abs().ok_or_else(too_large)?)
            .max(a.0.checked_abs().ok_or_else(too_large)?)
            .max(a.1.checked_abs().ok_or_else(too_large)?);
    let data = if fits(a)
        && fits(b)
        && fits((-most, most))
        && !matches!(left.data, Data::Wide(_))
        && !matches!(right.data, Data::Wide(_))
    {
        let (up_left, up_right) = (up_left as i64, up_right as i64);
        let half = |bounds: (i128, i128)| bounds.0 > i128::from(i32::MIN) && bounds.1 <= i128::from(i32::MAX);
        if half(a) && half(b) && b.0 > 0 {
            // Division takes half as long in half the width.
            let data = zip(&narrow(&left.data), &narrow(&right.data), |x: i64, y: i64| {
                i64::from((x.wrapping_mul(up_left) as i32).rem_euclid(y.wrapping_mul(up_right) as i32))
            });
            return Ok(Slot { data: Data::Int(data), bounds: (0, b.1) });
        }
        Data::Int(zip(&narrow(&left.data), &narrow(&right.data), |x: i64, y: i64| {
            rest(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    } else {
        Data::Wide(zip(&wide(&left.data), &wide(&right.data), |x: i128, y: i128| {
            rest(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    };
    Ok(Slot { data, bounds: (-most, most) })
}

pub(super) fn power(slot: &Slot, exponent: u32) -> Result<Slot, Diagnostic> {
    let mut result = Slot { data: Data::Int(vec![1]), bounds: (1, 1) };
    for _ in 0..exponent {
        result = multiply(&result, slot)?;
    }
    Ok(result)
}

pub(super) fn choose_slots(condition: &[u8], then: &Slot, otherwise: &Slot) -> Result<Slot, Diagnostic> {
    let bounds = (then.bounds.0.min(otherwise.bounds.0), then.bounds.1.max(otherwise.bounds.1));
    let data = match (&then.data, &otherwise.data) {
        (Data::Bool(a), Data::Bool(b)) => Data::Bool(choose(condition, a, b)),
        (Data::Int(a), Data::Int(b)) => Data::Int(choose(condition, a, b)),
        (Data::Ratio(a), Data::Ratio(b)) => Data::Ratio(choose(condition, a, b)),
        (Data::Float(a), Data::Float(b)) => Data::Float(choose(condition, a, b)),
        (Data::Text(a), Data::Text(b)) => Data::Text(choose(condition, a, b)),
        (Data::Int(_) | Data::Wide(_), Data::Int(_) | Data::Wide(_)) => {
            Data::Wide(choose(condition, &wide(&then.data), &wide(&otherwise.data)))
        }
        _ => return Err(Diagnostic::raised("TypeError", "where(…) between values of different kinds")),
    };
    Ok(Slot { data, bounds })
}
