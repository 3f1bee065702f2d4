//! Members' values for their group.

use super::super::structure::Members;
use super::super::{Data, Slot, too_large};
use super::form::Form;
use super::values::{bool_slot, floats, fractions, plain, truths};
use super::whole::{fits, narrow, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::Aggregation;
use crate::number::Rational;
use std::cmp::Ordering;

pub(super) fn aggregate(
    members: &Members,
    aggregation: Aggregation,
    slot: &Slot,
    from: Form,
    mask: Option<u64>,
    form: Form,
) -> Result<Slot, Diagnostic> {
    match aggregation {
        Aggregation::All => {
            return Ok(bool_slot(members.fold(truths(&slot.data), 1_u8, mask, |all, value| all & value)));
        }
        Aggregation::Any => {
            if let Data::Bool(values) = &slot.data {
                return Ok(bool_slot(members.fold(values, 0_u8, mask, |any, value| any | value)));
            }
            let sum = aggregate(members, Aggregation::Sum, slot, from, mask, from.number())?;
            return Ok(bool_slot(match &sum.data {
                Data::Int(values) => values.iter().map(|value| u8::from(*value > 0)).collect(),
                Data::Wide(values) => values.iter().map(|value| u8::from(*value > 0)).collect(),
                Data::Ratio(values) => values.iter().map(|value| u8::from(value.numerator() > 0)).collect(),
                Data::Float(values) => values.iter().map(|value| u8::from(*value > 0.0)).collect(),
                _ => Vec::new(),
            }));
        }
        _ => {}
    }
    let sum = aggregation == Aggregation::Sum;
    let largest = aggregation == Aggregation::Largest;
    match form {
        Form::Float => {
            let values = floats(slot, from);
            let neutral = if sum {
                0.0
            } else if largest {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            Ok(plain(Data::Float(members.fold(&values, neutral, mask, |known: f64, value| {
                if sum {
                    known + value
                } else if largest {
                    known.max(value)
                } else {
                    known.min(value)
                }
            }))))
        }
        Form::Ratio => {
            let values = fractions(slot, from);
            let negative = Rational::INFINITY.negate().ok_or_else(too_large)?;
            let neutral = if sum {
                Rational::ZERO
            } else if largest {
                negative
            } else {
                Rational::INFINITY
            };
            let folded = members.fold(&values, Some(neutral), mask, |known: Option<Rational>, value: Rational| {
                let known = known?;
                if sum {
                    return known.plus(value);
                }
                let Some(order) = value.compare(known) else { return Some(Rational::NOT_A_NUMBER) };
                Some(if order == (if largest { Ordering::Greater } else { Ordering::Less }) { value } else { known })
            });
            folded
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map(|values| plain(Data::Ratio(values)))
                .ok_or_else(too_large)
        }
        _ if sum => {
            let count = members.group.len() as i128;
            let (low, high) = slot.bounds;
            let bounds = (
                low.min(0).checked_mul(count).ok_or_else(too_large)?,
                high.max(0).checked_mul(count).ok_or_else(too_large)?,
            );
            let data = match &slot.data {
                Data::Bool(values) => Data::Int(members.fold(values, 0_i64, mask, |sum, value| sum + i64::from(value))),
                Data::Int(values) if fits(bounds) => Data::Int(members.fold(values, 0_i64, mask, i64::wrapping_add)),
                data => Data::Wide(members.fold(&wide(data), 0_i128, mask, i128::wrapping_add)),
            };
            Ok(Slot { data, bounds })
        }
        _ => {
            let data = match &slot.data {
                Data::Wide(values) if largest => Data::Wide(members.fold(values, i128::MIN, mask, Ord::max)),
                Data::Wide(values) => Data::Wide(members.fold(values, i128::MAX, mask, Ord::min)),
                data if largest => Data::Int(members.fold(&narrow(data), i64::MIN, mask, Ord::max)),
                data => Data::Int(members.fold(&narrow(data), i64::MAX, mask, Ord::min)),
            };
            Ok(Slot { data, bounds: slot.bounds })
        }
    }
}

pub(super) fn pick(
    members: &Members,
    values: &Slot,
    default: &Slot,
    qualifies: impl Fn(usize) -> bool,
) -> Result<Slot, Diagnostic> {
    let bounds = (values.bounds.0.min(default.bounds.0), values.bounds.1.max(default.bounds.1));
    let data = match (&values.data, &default.data) {
        (Data::Bool(values), Data::Bool(default)) => Data::Bool(members.pick(values, &default[0], qualifies)),
        (Data::Int(values), Data::Int(default)) => Data::Int(members.pick(values, &default[0], qualifies)),
        (Data::Ratio(values), Data::Ratio(default)) => Data::Ratio(members.pick(values, &default[0], qualifies)),
        (Data::Float(values), Data::Float(default)) => Data::Float(members.pick(values, &default[0], qualifies)),
        (Data::Text(values), Data::Text(default)) => Data::Text(members.pick(values, &default[0], qualifies)),
        (values, default) => Data::Wide(members.pick(&wide(values), &wide(default)[0], qualifies)),
    };
    Ok(Slot { data, bounds })
}
