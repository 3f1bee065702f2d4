//! `astype`: other types, and dates in other units.

use super::super::{Data, Slot};
use super::form::Form;
use super::unary::unary;
use super::values::{bool_slot, fractions, plain, reform};
use super::whole::{map_whole_wide, narrow, whole_slot};
use crate::diagnostic::Diagnostic;
use crate::graph::{Kind, TextTest, Unary, convert_moment};
use crate::number::Rational;
use std::sync::Arc;

pub(super) fn convert(slot: &Slot, from_form: Form, from: Kind, to: Kind, form: Form) -> Result<Slot, Diagnostic> {
    if let Data::Text(values) = &slot.data {
        let bad =
            |text: &str| Diagnostic::raised("ValueError", format!("could not convert string to number: '{text}'"));
        let numbers = values
            .iter()
            .map(|text| Rational::parse(text.trim()).ok_or_else(|| bad(text)))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(match form {
            Form::Scaled(_) => whole_slot(numbers.iter().map(|number| number.truncate() as i64).collect()),
            Form::Bool => bool_slot(numbers.iter().map(|number| u8::from(number.numerator() != 0)).collect()),
            _ => plain(Data::Ratio(numbers)),
        });
    }
    match to {
        Kind::Bool => Ok(bool_slot(match &slot.data {
            Data::Bool(values) => values.clone(),
            Data::Int(values) => values.iter().map(|value| u8::from(*value != 0)).collect(),
            Data::Wide(values) => values.iter().map(|value| u8::from(*value != 0)).collect(),
            Data::Ratio(values) => values.iter().map(|value| u8::from(*value != Rational::ZERO)).collect(),
            Data::Float(values) => values.iter().map(|value| u8::from(*value != 0.0)).collect(),
            _ => Vec::new(),
        })),
        Kind::Text => {
            Ok(plain(Data::Text(fractions(slot, from_form).iter().map(|value| Arc::from(value.to_string())).collect())))
        }
        _ if to.is_float() => reform(slot, from_form, form),
        _ => match &slot.data {
            Data::Ratio(values) => Ok(map_whole_wide(
                &Slot {
                    data: Data::Wide(values.iter().map(|value| value.truncate()).collect()),
                    bounds: extremes(values),
                },
                extremes(values),
                |value| value,
            )),
            Data::Float(values) => Ok(whole_slot(values.iter().map(|value| *value as i64).collect())),
            _ => match from_form {
                Form::Scaled(d) if d > 1 => unary(Unary::Truncate, slot, from_form, Form::Scaled(1)),
                _ if from != to && !from.is_numeric() && !to.is_numeric() && !matches!(from, Kind::Enum(_)) => {
                    Ok(whole_slot(moments(&narrow(&slot.data), slot.bounds, from, to)))
                }
                Form::Bool => Ok(whole_slot(narrow(&slot.data).into_owned())),
                _ => Ok(slot.clone()),
            },
        },
    }
}

/// Dates in other units. Those that a life meets go without the checks that eternity needs.
pub(super) fn moments(values: &[i64], bounds: (i128, i128), from: Kind, to: Kind) -> Vec<i64> {
    // 1 January 0000 and 31 December 9999.
    if bounds.0 >= -719_528 && bounds.1 <= 2_932_896 {
        match (from, to) {
            (Kind::Date, Kind::Year) => {
                return values.iter().map(|value| i64::from(year_and_month(*value as i32).0) - 1970).collect();
            }
            (Kind::Date, Kind::Month) => {
                return values
                    .iter()
                    .map(|value| {
                        let (year, month) = year_and_month(*value as i32);
                        i64::from(year * 12 + month) - 1970 * 12 - 1
                    })
                    .collect();
            }
            _ => {}
        }
    }
    if (from, to) == (Kind::Month, Kind::Date) && bounds.0 >= -23_640 && bounds.1 <= 96_359 {
        return values.iter().map(|value| i64::from(first_of_month(*value as i32))).collect();
    }
    values.iter().map(|value| convert_moment(*value, from, to)).collect()
}

/// Year and month of a day from the year 0 on, counted from 1970: years begin in March, so that leap days come last.
#[inline(always)]
#[allow(clippy::inline_always, reason = "vector loops are compiled for several processors, and this with them")]
pub(in crate::run) fn year_and_month(days: i32) -> (i32, i32) {
    // Days since 1 March of the year −400, a whole period of the calendar before the first date.
    let shifted = (days + 719_468 + 146_097).cast_unsigned();
    let quarters = 4 * shifted + 3;
    let century = quarters / 146_097;
    let in_century = 4 * (quarters % 146_097 / 4) + 3;
    let year_of_century = in_century / 1_461;
    let day_of_year = in_century % 1_461 / 4;
    let month = (5 * day_of_year + 2) / 153;
    let next = u32::from(month >= 10);
    ((100 * century + year_of_century + next).cast_signed() - 400, (month + 3 - 12 * next).cast_signed())
}

/// The first day of a month, both counted from January 1970; from the year 0 on.
#[inline(always)]
#[allow(clippy::inline_always, reason = "vector loops are compiled for several processors, and this with them")]
pub(in crate::run) fn first_of_month(months: i32) -> i32 {
    let months = (months + 1970 * 12 + 400 * 12 - 2).cast_unsigned();
    let (year, month) = (months / 12, months % 12);
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
    days.cast_signed() - 719_468 - 146_097
}

pub(super) fn extremes(values: &[Rational]) -> (i128, i128) {
    values.iter().map(|value| value.truncate()).fold((0, 0), |(low, high), value| (low.min(value), high.max(value)))
}

pub(in crate::run) fn text_test(test: TextTest, data: &Data, pattern: &str) -> Vec<u8> {
    let Data::Text(values) = data else { return Vec::new() };
    values
        .iter()
        .map(|text| {
            u8::from(match test {
                TextTest::StartsWith => text.starts_with(pattern),
                TextTest::EndsWith => text.ends_with(pattern),
                TextTest::Contains => text.contains(pattern),
            })
        })
        .collect()
}
