//! Whole numbers of 64 and of 128 bits, and the bounds that say which are enough.

use super::super::{Data, Slot, too_large};
use crate::diagnostic::Diagnostic;
use std::borrow::Cow;

/// Whole numbers of either width.
pub(super) trait Whole: Copy + Ord {
    fn of(value: i128) -> Self;
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    fn floor_divide(self, other: Self) -> Self;
    const ZERO: Self;
}

macro_rules! whole {
    ($type:ty) => {
        impl Whole for $type {
            const ZERO: Self = 0;
            #[inline]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::unnecessary_cast,
                reason = "bounds were proven to fit before the narrow type was chosen"
            )]
            fn of(value: i128) -> Self {
                value as Self
            }
            // The bounds of the operands were proven to fit: wrapping never happens, and checks would forbid vector instructions.
            #[inline]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline]
            fn subtract(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline]
            fn multiply(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline]
            fn floor_divide(self, other: Self) -> Self {
                if other == 0 {
                    0
                } else {
                    let quotient = self.wrapping_div(other);
                    if self.wrapping_rem(other) != 0 && (self < 0) != (other < 0) { quotient - 1 } else { quotient }
                }
            }
        }
    };
}
whole!(i64);
whole!(i128);

pub(super) fn fits(bounds: (i128, i128)) -> bool {
    bounds.0 >= i128::from(i64::MIN) && bounds.1 <= i128::from(i64::MAX)
}

/// Bounds after multiplying by a factor.
pub(super) fn times(bounds: (i128, i128), factor: i128) -> Result<(i128, i128), Diagnostic> {
    let (a, b) =
        (bounds.0.checked_mul(factor).ok_or_else(too_large)?, bounds.1.checked_mul(factor).ok_or_else(too_large)?);
    Ok((a.min(b), a.max(b)))
}

pub(super) fn product(a: (i128, i128), b: (i128, i128)) -> Result<(i128, i128), Diagnostic> {
    let mut low = i128::MAX;
    let mut high = i128::MIN;
    for x in [a.0, a.1] {
        for y in [b.0, b.1] {
            let corner = x.checked_mul(y).ok_or_else(too_large)?;
            low = low.min(corner);
            high = high.max(corner);
        }
    }
    Ok((low, high))
}

/// The numerators as 64-bit numbers; truth values count as one and zero.
pub(super) fn narrow(data: &Data) -> Cow<'_, [i64]> {
    match data {
        Data::Int(values) => Cow::Borrowed(values),
        Data::Bool(values) => Cow::Owned(values.iter().map(|value| i64::from(*value)).collect()),
        Data::Wide(values) => Cow::Owned(values.iter().map(|value| *value as i64).collect()),
        _ => Cow::Owned(Vec::new()),
    }
}

pub(super) fn wide(data: &Data) -> Cow<'_, [i128]> {
    match data {
        Data::Wide(values) => Cow::Borrowed(values),
        Data::Int(values) => Cow::Owned(values.iter().map(|value| i128::from(*value)).collect()),
        Data::Bool(values) => Cow::Owned(values.iter().map(|value| i128::from(*value)).collect()),
        _ => Cow::Owned(Vec::new()),
    }
}

pub(super) fn whole_slot(values: Vec<i64>) -> Slot {
    let (mut low, mut high) = (0_i64, 0_i64);
    for value in &values {
        low = low.min(*value);
        high = high.max(*value);
    }
    Slot { data: Data::Int(values), bounds: (i128::from(low), i128::from(high)) }
}

pub(super) fn map_whole(
    slot: &Slot,
    bounds: (i128, i128),
    narrow_operation: impl Fn(i64) -> i64,
    wide_operation: impl Fn(i128) -> i128,
) -> Slot {
    let data = if fits(bounds) && fits(slot.bounds) && !matches!(slot.data, Data::Wide(_)) {
        Data::Int(narrow(&slot.data).iter().map(|value| narrow_operation(*value)).collect())
    } else {
        Data::Wide(wide(&slot.data).iter().map(|value| wide_operation(*value)).collect())
    };
    Slot { data, bounds }
}

/// The same where the divisor itself is wide.
pub(super) fn map_whole_wide(slot: &Slot, bounds: (i128, i128), operation: impl Fn(i128) -> i128) -> Slot {
    let values = wide(&slot.data);
    let data = if fits(bounds) {
        Data::Int(values.iter().map(|value| operation(*value) as i64).collect())
    } else {
        Data::Wide(values.iter().map(|value| operation(*value)).collect())
    };
    Slot { data, bounds }
}
