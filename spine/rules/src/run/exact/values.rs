//! Values of a block brought from one form to another.

use super::super::{Data, Slot};
use super::form::Form;
use super::whole::{fits, narrow, times, wide};
use crate::diagnostic::Diagnostic;
use crate::number::Rational;
use std::borrow::Cow;

/// Values as fractions, whatever their form.
pub(super) fn fractions(slot: &Slot, form: Form) -> Vec<Rational> {
    let denominator = match form {
        Form::Scaled(denominator) => denominator,
        _ => 1,
    };
    match &slot.data {
        Data::Ratio(values) => values.clone(),
        Data::Float(values) => {
            values.iter().map(|value| Rational::from_float(*value).unwrap_or(Rational::NOT_A_NUMBER)).collect()
        }
        data => wide(data)
            .iter()
            .map(|value| Rational::new(*value, denominator).unwrap_or(Rational::NOT_A_NUMBER))
            .collect(),
    }
}

/// Values as floating point, whatever their form.
pub(super) fn floats(slot: &Slot, form: Form) -> Vec<f64> {
    match (&slot.data, form) {
        (Data::Float(values), _) => values.clone(),
        _ => fractions(slot, form).into_iter().map(Rational::to_float).collect(),
    }
}

pub(super) fn truths(data: &Data) -> &[u8] {
    match data {
        Data::Bool(values) => values,
        _ => &[],
    }
}

pub(super) fn bool_slot(values: Vec<u8>) -> Slot {
    Slot { data: Data::Bool(values), bounds: (0, 1) }
}

pub(super) fn plain(data: Data) -> Slot {
    Slot { data, bounds: (0, 0) }
}

/// Values brought from one form to another that can hold them.
pub(super) fn reform(slot: &Slot, from: Form, to: Form) -> Result<Slot, Diagnostic> {
    if from == to {
        return Ok(slot.clone());
    }
    Ok(match to {
        Form::Scaled(denominator) => {
            let own = match from {
                Form::Scaled(own) => own,
                _ => 1,
            };
            let factor = denominator / own;
            let bounds = times(slot.bounds, factor)?;
            let data = if fits(bounds) && !matches!(slot.data, Data::Wide(_)) {
                let factor = factor as i64;
                Data::Int(narrow(&slot.data).iter().map(|value| value.wrapping_mul(factor)).collect())
            } else {
                Data::Wide(wide(&slot.data).iter().map(|value| value.wrapping_mul(factor)).collect())
            };
            Slot { data, bounds }
        }
        Form::Ratio => plain(Data::Ratio(fractions(slot, from))),
        Form::Float => plain(Data::Float(floats(slot, from))),
        Form::Bool | Form::Text => slot.clone(),
    })
}

/// Values in a form that can hold them, shared where they have it already.
pub(super) fn reformed(slot: &Slot, from: Form, to: Form) -> Result<Cow<'_, Slot>, Diagnostic> {
    if from == to { Ok(Cow::Borrowed(slot)) } else { reform(slot, from, to).map(Cow::Owned) }
}

pub(super) fn denominator(form: Form) -> i128 {
    match form {
        Form::Scaled(denominator) => denominator,
        _ => 1,
    }
}
