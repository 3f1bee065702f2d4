//! Operations on one column.

use super::super::{Data, Slot, too_large};
use super::form::Form;
use super::values::{bool_slot, floats, fractions, plain, truths};
use super::whole::{fits, map_whole, map_whole_wide, times, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::Unary;
use crate::number::{Rational, greatest_common_divisor, power_of_ten};
use std::cmp::Ordering;

pub(super) fn unary(operation: Unary, a: &Slot, a_form: Form, form: Form) -> Result<Slot, Diagnostic> {
    if operation == Unary::Not {
        return Ok(bool_slot(truths(&a.data).iter().map(|value| value ^ 1).collect()));
    }
    match a_form {
        Form::Float => return float_unary(operation, &floats(a, a_form)),
        _ if form == Form::Float => return float_unary(operation, &floats(a, a_form)),
        Form::Ratio => return ratio_unary(operation, &fractions(a, a_form)),
        Form::Text => return Err(Diagnostic::raised("TypeError", "this is not for texts")),
        Form::Bool | Form::Scaled(_) => {}
    }
    let denominator = match a_form {
        Form::Scaled(denominator) => denominator,
        _ => 1,
    };
    let (low, high) = a.bounds;
    let divided = |value: i128| value.div_euclid(denominator);
    Ok(match operation {
        Unary::Negate => map_whole(
            a,
            (high.checked_neg().ok_or_else(too_large)?, low.checked_neg().ok_or_else(too_large)?),
            i64::wrapping_neg,
            i128::wrapping_neg,
        ),
        Unary::Absolute => {
            let highest = high.checked_abs().ok_or_else(too_large)?.max(low.checked_abs().ok_or_else(too_large)?);
            map_whole(a, (0, highest), i64::wrapping_abs, i128::wrapping_abs)
        }
        Unary::Sign => map_whole(a, (-1, 1), i64::signum, i128::signum),
        Unary::Floor if denominator == 1 => a.clone(),
        Unary::Floor => match i64::try_from(denominator) {
            Ok(small) => map_whole(a, (divided(low), divided(high)), |value| value.div_euclid(small), divided),
            Err(_) => map_whole_wide(a, (divided(low), divided(high)), divided),
        },
        Unary::Ceiling => {
            let ceiling = |value: i128| -((-value).div_euclid(denominator));
            match i64::try_from(denominator) {
                Ok(small) if fits((low.saturating_neg(), high.saturating_neg())) => map_whole(
                    a,
                    (ceiling(low), ceiling(high)),
                    |value| -(value.wrapping_neg().div_euclid(small)),
                    ceiling,
                ),
                _ => map_whole_wide(a, (ceiling(low), ceiling(high)), ceiling),
            }
        }
        Unary::Truncate => match i64::try_from(denominator) {
            Ok(small) => map_whole(
                a,
                (low / denominator, high / denominator),
                |value| value / small,
                |value| value / denominator,
            ),
            Err(_) => map_whole_wide(a, (low / denominator, high / denominator), |value| value / denominator),
        },
        Unary::Round(digits) => round(a, denominator, digits, form)?,
        Unary::IsNotANumber | Unary::IsInfinite => bool_slot(vec![0; wide(&a.data).len()]),
        Unary::Not | Unary::Exponential | Unary::Logarithm | Unary::SquareRoot => {
            return Err(Diagnostic::raised("TypeError", "this is not for whole numbers"));
        }
    })
}

/// Rounds to decimals, halves to the even neighbour.
pub(super) fn round(a: &Slot, denominator: i128, digits: i32, form: Form) -> Result<Slot, Diagnostic> {
    let Form::Scaled(target) = form else { return Err(too_large()) };
    let power = power_of_ten(digits.unsigned_abs()).ok_or_else(too_large)?;
    // value / denominator × 10^digits = value × up / down
    let (up, down) =
        if digits >= 0 { (power, denominator) } else { (1, denominator.checked_mul(power).ok_or_else(too_large)?) };
    let divisor = greatest_common_divisor(up, down).max(1);
    let (up, down) = (up / divisor, down / divisor);
    let back = if digits >= 0 { target / power } else { power };
    let raised = times(a.bounds, up)?;
    let half_even = |value: i128| {
        let scaled = value.wrapping_mul(up);
        let floor = scaled.div_euclid(down);
        let twice = scaled.rem_euclid(down).wrapping_mul(2);
        let rounded = match twice.cmp(&down) {
            Ordering::Less => floor,
            Ordering::Greater => floor + 1,
            Ordering::Equal => floor + (floor & 1),
        };
        rounded.wrapping_mul(back)
    };
    let bounds =
        times((raised.0.div_euclid(down), raised.1.div_euclid(down).checked_add(1).ok_or_else(too_large)?), back)?;
    if let (Ok(up), Ok(down), Ok(back), true) =
        (i64::try_from(up), i64::try_from(down), i64::try_from(back), fits(raised) && fits(bounds) && down < 1 << 62)
    {
        let small = |value: i64| {
            let scaled = value.wrapping_mul(up);
            let floor = scaled.div_euclid(down);
            let twice = scaled.rem_euclid(down).wrapping_mul(2);
            let rounded = match twice.cmp(&down) {
                Ordering::Less => floor,
                Ordering::Greater => floor + 1,
                Ordering::Equal => floor + (floor & 1),
            };
            rounded.wrapping_mul(back)
        };
        return Ok(map_whole(a, bounds, small, half_even));
    }
    Ok(map_whole_wide(a, bounds, half_even))
}

pub(super) fn float_unary(operation: Unary, values: &[f64]) -> Result<Slot, Diagnostic> {
    let map = |operation: fn(f64) -> f64| plain(Data::Float(values.iter().map(|value| operation(*value)).collect()));
    Ok(match operation {
        Unary::Negate => map(|value| -value),
        Unary::Absolute => map(f64::abs),
        Unary::Floor => map(f64::floor),
        Unary::Ceiling => map(f64::ceil),
        Unary::Truncate => map(f64::trunc),
        Unary::Exponential => map(f64::exp),
        Unary::Logarithm => map(f64::ln),
        Unary::SquareRoot => map(f64::sqrt),
        Unary::Sign => map(|value| if value == 0.0 { 0.0 } else { value.signum() }),
        Unary::Round(digits) => {
            let power = 10_f64.powi(digits);
            plain(Data::Float(values.iter().map(|value| (value * power).round_ties_even() / power).collect()))
        }
        Unary::IsNotANumber => bool_slot(values.iter().map(|value| u8::from(value.is_nan())).collect()),
        Unary::IsInfinite => bool_slot(values.iter().map(|value| u8::from(value.is_infinite())).collect()),
        Unary::Not => return Err(Diagnostic::raised("TypeError", "not_ is not for numbers")),
    })
}

pub(super) fn ratio_unary(operation: Unary, values: &[Rational]) -> Result<Slot, Diagnostic> {
    let map = |operation: &dyn Fn(Rational) -> Option<Rational>| -> Result<Slot, Diagnostic> {
        let mapped: Option<Vec<Rational>> =
            values.iter().map(|value| if value.is_finite() { operation(*value) } else { Some(*value) }).collect();
        mapped.map(|values| plain(Data::Ratio(values))).ok_or_else(too_large)
    };
    match operation {
        Unary::Negate => Ok(plain(Data::Ratio(
            values.iter().map(|value| value.negate()).collect::<Option<_>>().ok_or_else(too_large)?,
        ))),
        Unary::Absolute => {
            let absolute = |value: &Rational| if value.numerator() < 0 { value.negate() } else { Some(*value) };
            Ok(plain(Data::Ratio(values.iter().map(absolute).collect::<Option<_>>().ok_or_else(too_large)?)))
        }
        Unary::Floor => map(&|value| Some(Rational::integer(value.floor()))),
        Unary::Ceiling => map(&|value| Some(Rational::integer(value.ceiling()))),
        Unary::Truncate => map(&|value| Some(Rational::integer(value.truncate()))),
        Unary::Round(digits) => map(&|value| value.round_half_even(digits)),
        Unary::Sign => map(&|value| Some(Rational::integer(value.numerator().signum()))),
        Unary::IsNotANumber => {
            Ok(bool_slot(values.iter().map(|value| u8::from(*value == Rational::NOT_A_NUMBER)).collect()))
        }
        Unary::IsInfinite => Ok(bool_slot(
            values.iter().map(|value| u8::from(!value.is_finite() && *value != Rational::NOT_A_NUMBER)).collect(),
        )),
        Unary::Exponential | Unary::Logarithm | Unary::SquareRoot | Unary::Not => {
            Err(Diagnostic::raised("TypeError", "this is not for fractions"))
        }
    }
}
