//! Blocks of a column joined.

use super::super::{Column, Data, Slot, gather, too_large};
use super::form::Form;
use super::whole::{narrow, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::Kind;
use crate::number::Rational;

/// The blocks of a column of numbers joined.
pub(crate) fn assemble(
    kind: Kind,
    form: Form,
    slots: &[Slot],
    lengths: &[usize],
    count: usize,
    order: Option<&[u32]>,
) -> Result<Column, Diagnostic> {
    match form {
        Form::Scaled(denominator) => {
            let small = i64::try_from(denominator);
            let narrow_enough = slots.iter().all(|slot| matches!(slot.data, Data::Int(_) | Data::Bool(_)));
            if let (true, Ok(denominator)) = (narrow_enough, small) {
                let values = gather(slots, lengths, count, order, |data| Some(narrow(data).into_owned()))?;
                return Ok(if denominator == 1 && !kind.is_float() {
                    Column::Int(values)
                } else {
                    Column::Scaled { values, denominator }
                });
            }
            let values = gather(slots, lengths, count, order, |data| {
                Some(
                    wide(data)
                        .iter()
                        .map(|value| Rational::new(*value, denominator).unwrap_or(Rational::NOT_A_NUMBER))
                        .collect(),
                )
            })?;
            if kind.is_float() { Ok(Column::Ratio(values)) } else { whole_column(&values) }
        }
        Form::Ratio => gather(slots, lengths, count, order, |data| match data {
            Data::Ratio(values) => Some(values.clone()),
            _ => None,
        })
        .map(Column::Ratio),
        Form::Bool => gather(slots, lengths, count, order, |data| Some(narrow(data).into_owned())).map(Column::Int),
        _ => gather(slots, lengths, count, order, |data| match data {
            Data::Float(values) => Some(values.clone()),
            _ => None,
        })
        .map(Column::Float),
    }
}

pub(super) fn whole_column(values: &[Rational]) -> Result<Column, Diagnostic> {
    values
        .iter()
        .map(|value| i64::try_from(value.numerator()).map_err(|_| too_large()))
        .collect::<Result<Vec<_>, _>>()
        .map(Column::Int)
}
