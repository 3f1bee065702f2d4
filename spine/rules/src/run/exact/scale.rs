//! Scales: brackets over all rows, one after the other.

use super::super::{Data, Slot, too_large};
use super::constant;
use super::form::{Form, least_common_multiple};
use super::table::from_table;
use super::values::{denominator, floats, fractions, plain};
use super::whole::{Whole, fits, narrow, times, wide};
use crate::diagnostic::Diagnostic;
use crate::graph::Constant;
use crate::number::{Number, Rational};
use crate::parameter::{Scale, ScaleKind};
use std::cmp::Ordering;

pub(super) fn exact_numbers(numbers: &[Number]) -> Result<Vec<Rational>, Diagnostic> {
    numbers
        .iter()
        .map(|number| number.exact.or_else(|| Rational::from_float(number.float)).ok_or_else(too_large))
        .collect()
}

pub(super) fn scale_slot(
    scale: &Scale,
    base: &Slot,
    base_form: Form,
    right: bool,
    form: Form,
) -> Result<Slot, Diagnostic> {
    match scale.kind {
        ScaleKind::MarginalRate => marginal_rate(scale, base, base_form, form),
        _ => amounts(scale, base, base_form, right, form),
    }
}

/// Brackets over the units of the base: what the base is multiplied by, the cuts, and the rates over the result's denominator.
pub(in crate::run) struct Slices {
    pub(in crate::run) up: i128,
    pub(in crate::run) cuts: Vec<i128>,
    pub(in crate::run) rates: Vec<i128>,
}

/// Thresholds over a denominator common with the base's, and what the base is multiplied by to get there.
pub(in crate::run) fn cuts(scale: &Scale, own: i128) -> Result<(i128, Vec<i128>), Diagnostic> {
    let thresholds = exact_numbers(&scale.thresholds)?;
    let common = thresholds
        .iter()
        .try_fold(own, |common, threshold| least_common_multiple(common, threshold.denominator()))
        .filter(|common| *common > 0)
        .ok_or_else(too_large)?;
    let cuts = thresholds
        .iter()
        .map(|threshold| threshold.numerator().checked_mul(common / threshold.denominator()))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(too_large)?;
    Ok((common / own, cuts))
}

/// The brackets of marginal rates for a base over `own` and a result of a form.
pub(in crate::run) fn slices(scale: &Scale, own: i128, form: Form) -> Result<Slices, Diagnostic> {
    let Form::Scaled(result) = form else { return Err(too_large()) };
    let (up, cuts) = cuts(scale, own)?;
    let unit = result / (up * own);
    let rates = exact_numbers(&scale.values)?
        .iter()
        .map(|rate| rate.numerator().checked_mul(unit / rate.denominator()))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(too_large)?;
    Ok(Slices { up, cuts, rates })
}

/// What is due when no, one, two … brackets are reached.
pub(in crate::run) fn amounts_reached(scale: &Scale) -> Vec<Constant> {
    let mut reached = vec![Constant::Int(0)];
    let mut sum = Number::from_integer(0);
    for value in &scale.values {
        sum = if scale.kind == ScaleKind::MarginalAmount {
            sum.combine(*value, |a, b| a + b, Rational::plus)
        } else {
            *value
        };
        reached.push(Constant::Float(sum));
    }
    reached
}

pub(super) fn marginal_rate(scale: &Scale, base: &Slot, base_form: Form, form: Form) -> Result<Slot, Diagnostic> {
    if form == Form::Float {
        let values = floats(base, base_form);
        return Ok(plain(Data::Float(values.iter().map(|base| marginal_float(scale, *base)).collect())));
    }
    let (thresholds, rates) = (exact_numbers(&scale.thresholds)?, exact_numbers(&scale.values)?);
    if !matches!(form, Form::Scaled(_)) {
        let values = fractions(base, base_form);
        return values
            .iter()
            .map(|base| marginal_fraction(&thresholds, &rates, *base))
            .collect::<Option<Vec<_>>>()
            .map(|values| plain(Data::Ratio(values)))
            .ok_or_else(too_large);
    }
    let Slices { up, cuts, rates: factors } = slices(scale, denominator(base_form), form)?;
    let raised = times(base.bounds, up)?;
    let reach = cuts
        .iter()
        .map(|cut| cut.unsigned_abs())
        .max()
        .unwrap_or(0)
        .max(raised.0.unsigned_abs())
        .max(raised.1.unsigned_abs());
    let steepest: u128 = factors.iter().map(|factor| factor.unsigned_abs()).max().unwrap_or(0);
    // All slices together are no longer than twice the reach.
    let most = reach
        .checked_mul(2)
        .and_then(|length| length.checked_mul(steepest))
        .and_then(|most| i128::try_from(most).ok())
        .ok_or_else(too_large)?;
    let bounds = (-most, most);
    let data = if fits(bounds) && fits(raised) && reach < 1 << 62 && !matches!(base.data, Data::Wide(_)) {
        let (cuts, factors): (Vec<i64>, Vec<i64>) =
            (cuts.iter().map(|cut| *cut as i64).collect(), factors.iter().map(|factor| *factor as i64).collect());
        Data::Int(marginal_whole(&narrow(&base.data), up as i64, &cuts, &factors))
    } else {
        Data::Wide(marginal_whole(&wide(&base.data), up, &cuts, &factors))
    };
    Ok(Slot { data, bounds })
}

/// Each slice at its rate: bracket by bracket over all rows, so that the loop has no branch.
pub(super) fn marginal_whole<T: Whole>(base: &[T], up: T, cuts: &[T], factors: &[T]) -> Vec<T> {
    let mut total: Vec<T> = vec![T::ZERO; base.len()];
    for (index, (cut, factor)) in cuts.iter().zip(factors).enumerate() {
        match cuts.get(index + 1) {
            Some(next) => {
                let width = next.subtract(*cut);
                for (sum, base) in total.iter_mut().zip(base) {
                    let slice = base.multiply(up).subtract(*cut).min(width).max(T::ZERO);
                    *sum = sum.add(slice.multiply(*factor));
                }
            }
            None => {
                for (sum, base) in total.iter_mut().zip(base) {
                    let slice = base.multiply(up).subtract(*cut).max(T::ZERO);
                    *sum = sum.add(slice.multiply(*factor));
                }
            }
        }
    }
    total
}

pub(super) fn marginal_fraction(thresholds: &[Rational], rates: &[Rational], base: Rational) -> Option<Rational> {
    let mut total = Rational::ZERO;
    for (index, (threshold, rate)) in thresholds.iter().zip(rates).enumerate() {
        let upper = match thresholds.get(index + 1) {
            Some(next) if base.compare(*next).is_some_and(Ordering::is_gt) => *next,
            _ => base,
        };
        if upper.compare(*threshold).is_some_and(Ordering::is_gt) {
            total = total.plus(upper.subtract(*threshold)?.multiply(*rate)?)?;
        }
    }
    Some(total)
}

pub(in crate::run) fn marginal_float(scale: &Scale, base: f64) -> f64 {
    let mut total = 0.0;
    for (index, (threshold, rate)) in scale.thresholds.iter().zip(&scale.values).enumerate() {
        let upper = scale.thresholds.get(index + 1).map_or(base, |next| base.min(next.float));
        total += (upper - threshold.float).max(0.0) * rate.float;
    }
    total
}

/// Single amounts, and marginal amounts, which are the sums of the single ones.
pub(super) fn amounts(
    scale: &Scale,
    base: &Slot,
    base_form: Form,
    right: bool,
    form: Form,
) -> Result<Slot, Diagnostic> {
    let thresholds = exact_numbers(&scale.thresholds)?;
    // Marginal amounts count brackets whose threshold lies strictly below.
    let strict = right || scale.kind == ScaleKind::MarginalAmount;
    let cumulated = amounts_reached(scale);
    if matches!(form, Form::Scaled(_)) {
        let table = cumulated.iter().map(|value| constant(value, form)).collect::<Result<Vec<_>, _>>()?;
        if let Some(slot) = amounts_whole(scale, &table, base, base_form, strict) {
            return Ok(slot);
        }
    }
    let reached: Vec<usize> = if let (Data::Float(values), _) = (&base.data, base_form) {
        values
            .iter()
            .map(|value| {
                scale
                    .thresholds
                    .iter()
                    .filter(|threshold| if strict { *value > threshold.float } else { *value >= threshold.float })
                    .count()
            })
            .collect()
    } else {
        let values = fractions(base, base_form);
        values
            .iter()
            .map(|value| {
                let holds = |order: Ordering| if strict { order.is_gt() } else { order.is_ge() };
                thresholds.iter().filter(|threshold| value.compare(**threshold).is_some_and(holds)).count()
            })
            .collect()
    };
    let table = cumulated.iter().map(|value| constant(value, form)).collect::<Result<Vec<_>, _>>()?;
    from_table(&table, &reached, form)
}

/// The same in 64 bits, bracket by bracket over all rows; none where the numbers do not fit.
pub(super) fn amounts_whole(scale: &Scale, table: &[Slot], base: &Slot, base_form: Form, strict: bool) -> Option<Slot> {
    let (up, cuts) = cuts(scale, denominator(base_form)).ok()?;
    let raised = times(base.bounds, up).ok()?;
    if !fits(raised) || !matches!(base.data, Data::Int(_)) || table.len() != cuts.len() + 1 {
        return None;
    }
    let cuts = cuts.into_iter().map(|cut| i64::try_from(cut).ok()).collect::<Option<Vec<i64>>>()?;
    // A row takes the last bracket reached: brackets must rise.
    if !cuts.is_sorted() {
        return None;
    }
    let values = table
        .iter()
        .map(|slot| match &slot.data {
            Data::Int(values) => values.first().copied(),
            _ => None,
        })
        .collect::<Option<Vec<i64>>>()?;
    let bounds = values
        .iter()
        .fold((0, 0), |(low, high): (i128, i128), value| (low.min(i128::from(*value)), high.max(i128::from(*value))));
    let base = narrow(&base.data);
    let up = up as i64;
    let mut result = vec![values[0]; base.len()];
    for (cut, value) in cuts.iter().zip(&values[1..]) {
        for (result, base) in result.iter_mut().zip(base.iter()) {
            let raised = base.wrapping_mul(up);
            let reached = if strict { raised > *cut } else { raised >= *cut };
            *result = if reached { *value } else { *result };
        }
    }
    Some(Slot { data: Data::Int(result), bounds })
}
