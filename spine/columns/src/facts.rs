//! Values of a file as columns of the rules.

use crate::error::ColumnsError;
use crate::plan::Fact;
use crate::table::{Raw, Values, is_missing};
use maru_rules::entity::EnumType;
use maru_rules::graph::Constant;
use maru_rules::number::Rational;
use maru_rules::period::Instant;
use maru_rules::run::Column;
use maru_rules::variable::{ValueType, Variable};
use parquet::data_type::ByteArray;
use std::path::Path;
use std::sync::Arc;

/// No values, in the variable's type.
pub(crate) fn none(variable: &Variable) -> Column {
    match variable.value_type {
        ValueType::Bool => Column::Bool(Vec::new()),
        ValueType::Text => Column::Text(Vec::new()),
        _ => Column::Int(Vec::new()),
    }
}

/// The column of a fact.
pub(crate) fn column(fact: &Fact, values: Values, path: &Path) -> Result<Column, ColumnsError> {
    let wrong = |found: &str, wanted: &str| {
        ColumnsError::content(path, format!("column {}: {found} where {wanted} is needed", fact.column))
    };
    let variable = &fact.variable;
    if values.missing.contains(&true) && !variable.formulas.is_empty() {
        return Err(wrong(
            "an empty cell of a variable that has a formula",
            "a value in every row, or no such column at all,",
        ));
    }
    let column = match (&variable.value_type, values.raw) {
        (ValueType::Bool, Raw::Bool(values)) => Column::Bool(values),
        (ValueType::Bool, Raw::Int(values)) => Column::Bool(values.into_iter().map(|value| value != 0).collect()),
        (ValueType::Int | ValueType::Float, Raw::Bool(values)) => {
            Column::Int(values.into_iter().map(i64::from).collect())
        }
        (ValueType::Int | ValueType::Float, Raw::Int(values)) => scaled(values, fact, path)?,
        (ValueType::Int | ValueType::Float, Raw::Float(values)) => Column::from_floats(&values),
        (ValueType::Int | ValueType::Float, Raw::Single(values)) => Column::from_exact(
            values.into_iter().map(|value| Rational::from_single(value).unwrap_or(Rational::NOT_A_NUMBER)).collect(),
        ),
        (ValueType::Date, Raw::Int(values)) => {
            if let Some(value) = values.iter().find(|value| i32::try_from(**value).is_err()) {
                return Err(wrong(&format!("{value}"), "a date (days, not a moment)"));
            }
            Column::Int(values)
        }
        (ValueType::Date, Raw::Text(texts)) => Column::Int(
            texts
                .iter()
                .enumerate()
                .map(|(row, text)| {
                    if is_missing(&values.missing, row) {
                        return Ok(0);
                    }
                    date(text).ok_or_else(|| {
                        wrong(&format!("'{}'", String::from_utf8_lossy(text.data())), "a date such as 1980-01-31")
                    })
                })
                .collect::<Result<_, _>>()?,
        ),
        (ValueType::Enum(enumeration), raw) => members(enumeration, raw, &values.missing)
            .map_err(|found| wrong(&found, &format!("one of {}", names(enumeration))))?,
        (ValueType::Text, Raw::Text(values)) => {
            Column::Text(values.iter().map(|text| Arc::from(String::from_utf8_lossy(text.data()))).collect())
        }
        (ValueType::Text, Raw::Int(values)) => {
            Column::Text(values.iter().map(|value| Arc::from(value.to_string())).collect())
        }
        (kind, _) => return Err(wrong("another type of column", kind.web_name())),
    };
    with_defaults(column, &values.missing, variable)
        .ok_or_else(|| wrong("an empty cell whose default does not fit", "a value"))
}

/// Whole numbers with decimals behind them, as the file's type says.
fn scaled(values: Vec<i64>, fact: &Fact, path: &Path) -> Result<Column, ColumnsError> {
    if fact.decimals == 0 {
        return Ok(Column::Int(values));
    }
    let denominator = 10_i64.checked_pow(fact.decimals).ok_or_else(|| {
        ColumnsError::content(path, format!("column {} has more than eighteen decimals", fact.column))
    })?;
    Ok(Column::Scaled { values, denominator })
}

fn date(text: &ByteArray) -> Option<i64> {
    let text = std::str::from_utf8(text.data()).ok()?;
    let mut parts = text.splitn(3, '-').map(str::parse::<i32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Instant::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?).map(|instant| i64::from(instant.days()))
}

fn names(enumeration: &EnumType) -> String {
    let names: Vec<&str> = enumeration.members.iter().map(|(name, _)| &**name).collect();
    names.join(", ")
}

/// Names or places of members as places; what is none of them otherwise.
fn members(enumeration: &EnumType, raw: Raw, missing: &[bool]) -> Result<Column, String> {
    match raw {
        Raw::Int(values) => {
            let count = enumeration.members.len() as i64;
            match values.iter().find(|value| !(0..count).contains(*value)) {
                Some(value) => Err(value.to_string()),
                None => Ok(Column::Int(values)),
            }
        }
        Raw::Text(values) => {
            // Neighbours often have the member that was found last.
            let mut known: Option<(&[u8], i64)> = None;
            let mut places = Vec::with_capacity(values.len());
            for (row, value) in values.iter().enumerate() {
                if is_missing(missing, row) {
                    places.push(0);
                    continue;
                }
                let text = value.data();
                let place = match known {
                    Some((before, place)) if before == text => place,
                    _ => enumeration
                        .members
                        .iter()
                        .position(|(name, _)| name.as_bytes() == text)
                        .ok_or_else(|| format!("'{}'", String::from_utf8_lossy(text)))? as i64,
                };
                known = Some((text, place));
                places.push(place);
            }
            Ok(Column::Int(places))
        }
        _ => Err("another type of column".to_owned()),
    }
}

/// Empty cells take the default.
fn with_defaults(column: Column, missing: &[bool], variable: &Variable) -> Option<Column> {
    if !missing.contains(&true) {
        return Some(column);
    }
    let default = || variable.default.number().and_then(|number| number.exact);
    Some(match column {
        Column::Bool(mut values) => {
            fill(&mut values, missing, &default().is_some_and(|value| value != Rational::ZERO));
            Column::Bool(values)
        }
        Column::Int(mut values) => {
            let default = default().filter(|value| value.denominator() == 1)?;
            fill(&mut values, missing, &i64::try_from(default.numerator()).ok()?);
            Column::Int(values)
        }
        Column::Scaled { mut values, denominator } => {
            let default = default()?.multiply(Rational::integer(i128::from(denominator)))?;
            if default.denominator() != 1 {
                return None;
            }
            fill(&mut values, missing, &i64::try_from(default.numerator()).ok()?);
            Column::Scaled { values, denominator }
        }
        Column::Ratio(mut values) => {
            fill(&mut values, missing, &default()?);
            Column::Ratio(values)
        }
        Column::Text(mut values) => {
            let Constant::Text(default) = &variable.default else { return None };
            fill(&mut values, missing, default);
            Column::Text(values)
        }
        Column::Small { .. } | Column::Single(_) | Column::Float(_) => return None,
    })
}

fn fill<T: Clone>(values: &mut [T], missing: &[bool], default: &T) {
    for (value, missing) in values.iter_mut().zip(missing) {
        if *missing {
            value.clone_from(default);
        }
    }
}
