//! Comparisons and logic.

use super::super::Data;
use super::super::Slot;
use super::super::structure::{row, zip};
use super::binary::Operands;
use super::form::{Form, meet};
use super::values::{bool_slot, denominator, floats, fractions};
use super::whole::{Whole, fits, narrow, times, whole_slot, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::Binary;
use crate::number::Rational;
use std::cmp::Ordering;

pub(super) fn logic(operation: Binary, left: &Slot, right: &Slot) -> Result<Slot, Diagnostic> {
    if let (Data::Bool(a), Data::Bool(b)) = (&left.data, &right.data) {
        return Ok(bool_slot(match operation {
            Binary::And => zip(a, b, |x, y| x & y),
            Binary::Or => zip(a, b, |x, y| x | y),
            _ => zip(a, b, |x, y| x ^ y),
        }));
    }
    let (a, b) = (narrow(&left.data), narrow(&right.data));
    Ok(whole_slot(match operation {
        Binary::And => zip(&a, &b, |x, y| x & y),
        Binary::Or => zip(&a, &b, |x, y| x | y),
        _ => zip(&a, &b, |x, y| x ^ y),
    }))
}

pub(super) fn compare(operation: Binary, operands: &Operands) -> Result<Slot, Diagnostic> {
    let (left, right) = (operands.left, operands.right);
    match (&left.data, &right.data) {
        (Data::Text(a), Data::Text(b)) => {
            let rows = a.len().max(b.len());
            let equal = |place: usize| row(a, place) == row(b, place);
            return Ok(bool_slot(
                (0..rows).map(|place| u8::from(equal(place) == (operation == Binary::Equal))).collect(),
            ));
        }
        (Data::Bool(a), Data::Bool(b)) => return Ok(bool_slot(compare_zip(operation, a, b))),
        _ => {}
    }
    match meet(operands.left_form, operands.right_form) {
        Form::Float => {
            let (a, b) = (floats(left, operands.left_form), floats(right, operands.right_form));
            Ok(bool_slot(compare_zip(operation, &a, &b)))
        }
        Form::Scaled(d) => {
            let (up_left, up_right) = (d / denominator(operands.left_form), d / denominator(operands.right_form));
            let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
            if fits(a) && fits(b) && !matches!(left.data, Data::Wide(_)) && !matches!(right.data, Data::Wide(_)) {
                let (x, y) = (narrow(&left.data), narrow(&right.data));
                return Ok(bool_slot(compare_scaled(operation, &x, up_left as i64, &y, up_right as i64)));
            }
            Ok(bool_slot(compare_scaled(operation, &wide(&left.data), up_left, &wide(&right.data), up_right)))
        }
        _ => {
            let (a, b) = (fractions(left, operands.left_form), fractions(right, operands.right_form));
            Ok(bool_slot(zip(&a, &b, |x: Rational, y: Rational| {
                let order = x.compare(y);
                u8::from(match operation {
                    Binary::Equal => order == Some(Ordering::Equal),
                    Binary::NotEqual => order != Some(Ordering::Equal),
                    Binary::Less => order == Some(Ordering::Less),
                    _ => order.is_some_and(Ordering::is_le),
                })
            })))
        }
    }
}

pub(super) fn compare_zip<T: Copy + PartialOrd>(operation: Binary, a: &[T], b: &[T]) -> Vec<u8> {
    match operation {
        Binary::Equal => zip(a, b, |x, y| u8::from(x == y)),
        Binary::NotEqual => zip(a, b, |x, y| u8::from(x != y)),
        Binary::Less => zip(a, b, |x, y| u8::from(x < y)),
        _ => zip(a, b, |x, y| u8::from(x <= y)),
    }
}

pub(super) fn compare_scaled<T: Whole>(operation: Binary, a: &[T], up_a: T, b: &[T], up_b: T) -> Vec<u8> {
    let one = T::of(1);
    if up_a == one && up_b == one {
        return compare_zip(operation, a, b);
    }
    match operation {
        Binary::Equal => zip(a, b, |x, y| u8::from(x.multiply(up_a) == y.multiply(up_b))),
        Binary::NotEqual => zip(a, b, |x, y| u8::from(x.multiply(up_a) != y.multiply(up_b))),
        Binary::Less => zip(a, b, |x, y| u8::from(x.multiply(up_a) < y.multiply(up_b))),
        _ => zip(a, b, |x, y| u8::from(x.multiply(up_a) <= y.multiply(up_b))),
    }
}
