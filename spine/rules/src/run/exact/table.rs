//! Parameters by a column's value.

use super::super::{Data, Slot};
use super::constant;
use super::form::Form;
use super::values::{floats, fractions, truths};
use super::whole::{fits, narrow, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::{Constant, Table};
use crate::number::Rational;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn from_table(table: &[Slot], places: &[usize], form: Form) -> Result<Slot, Diagnostic> {
    let bounds =
        table.iter().fold((0, 0), |(low, high): (i128, i128), slot| (low.min(slot.bounds.0), high.max(slot.bounds.1)));
    let data = match form {
        Form::Bool => {
            let values: Vec<u8> = table.iter().map(|slot| truths(&slot.data).first().copied().unwrap_or(0)).collect();
            Data::Bool(places.iter().map(|place| values[*place]).collect())
        }
        Form::Scaled(_) if fits(bounds) => {
            let values: Vec<i64> = table.iter().map(|slot| narrow(&slot.data).first().copied().unwrap_or(0)).collect();
            Data::Int(places.iter().map(|place| values[*place]).collect())
        }
        Form::Scaled(_) => {
            let values: Vec<i128> = table.iter().map(|slot| wide(&slot.data).first().copied().unwrap_or(0)).collect();
            Data::Wide(places.iter().map(|place| values[*place]).collect())
        }
        Form::Ratio => {
            let values: Vec<Rational> =
                table.iter().map(|slot| fractions(slot, form).first().copied().unwrap_or(Rational::ZERO)).collect();
            Data::Ratio(places.iter().map(|place| values[*place]).collect())
        }
        Form::Float => {
            let values: Vec<f64> =
                table.iter().map(|slot| floats(slot, form).first().copied().unwrap_or(0.0)).collect();
            Data::Float(places.iter().map(|place| values[*place]).collect())
        }
        Form::Text => {
            let values: Vec<Arc<str>> = table
                .iter()
                .map(|slot| match &slot.data {
                    Data::Text(values) => values.first().cloned().unwrap_or_else(|| Arc::from("")),
                    _ => Arc::from(""),
                })
                .collect();
            Data::Text(places.iter().map(|place| Arc::clone(&values[*place])).collect())
        }
    };
    Ok(Slot { data, bounds })
}

/// For each row, the place of its key in a table.
pub(in crate::run) fn places(table: &Table, data: &Data) -> Result<Vec<usize>, Diagnostic> {
    let unknown = |key: &str| {
        Diagnostic::raised("ParameterNotFoundError", format!("The parameter '{}.{key}' was not found.", table.name))
    };
    let otherwise = table.entries.iter().position(|(key, _)| matches!(key, Constant::Bool(_)));
    let found = |place: Option<usize>, key: &dyn Fn() -> String| {
        place.filter(|place| table.entries[*place].1.is_some()).or(otherwise).ok_or_else(|| unknown(&key()))
    };
    match data {
        Data::Text(values) => {
            let index: HashMap<&str, usize> = table
                .entries
                .iter()
                .enumerate()
                .filter_map(|(place, (key, _))| match key {
                    Constant::Text(text) => Some((&**text, place)),
                    _ => None,
                })
                .collect();
            values.iter().map(|text| found(index.get(&**text).copied(), &|| text.to_string())).collect()
        }
        data => {
            let index: HashMap<i64, usize> = table
                .entries
                .iter()
                .enumerate()
                .filter_map(|(place, (key, _))| match key {
                    Constant::Int(number) => Some((*number, place)),
                    _ => None,
                })
                .collect();
            let values = match data {
                Data::Float(values) => values.iter().map(|value| *value as i64).collect(),
                Data::Single(values) => values.iter().map(|value| *value as i64).collect(),
                Data::Ratio(values) => values.iter().map(|value| value.truncate() as i64).collect(),
                data => narrow(data).into_owned(),
            };
            values.iter().map(|key| found(index.get(key).copied(), &|| key.to_string())).collect()
        }
    }
}

pub(super) fn lookup(table: &Table, key: &Slot, form: Form) -> Result<Slot, Diagnostic> {
    let places = places(table, &key.data)?;
    let missing = match form {
        Form::Text => Constant::Text(Arc::from("")),
        Form::Bool => Constant::Bool(false),
        _ => Constant::Int(0),
    };
    let values = table
        .entries
        .iter()
        .map(|(_, value)| constant(value.as_ref().unwrap_or(&missing), form))
        .collect::<Result<Vec<_>, _>>()?;
    from_table(&values, &places, form)
}
