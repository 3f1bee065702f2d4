//! Between which whole numbers the values of a column lie, whatever the row: what decides how wide its numbers are kept.

use super::step::{Lane, Source};

/// Lowest and highest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Range {
    pub(super) const TRUTH: Self = Self { low: 0, high: 1 };

    pub(super) const fn new(low: i128, high: i128) -> Self {
        Self { low, high }
    }

    pub(super) const fn exactly(value: i128) -> Self {
        Self { low: value, high: value }
    }

    /// The smallest range around both.
    pub(super) fn around(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    pub(super) const fn covers(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }

    /// The range of another pair of ends.
    fn of(ends: impl IntoIterator<Item = Option<i128>>) -> Option<Self> {
        let mut range: Option<Self> = None;
        for end in ends {
            let end = Self::exactly(end?);
            range = Some(range.map_or(end, |range| range.around(end)));
        }
        range
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        Self::of([self.low.checked_add(other.low), self.high.checked_add(other.high)])
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        Self::of([self.low.checked_sub(other.high), self.high.checked_sub(other.low)])
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        Self::of([
            self.low.checked_mul(other.low),
            self.low.checked_mul(other.high),
            self.high.checked_mul(other.low),
            self.high.checked_mul(other.high),
        ])
    }

    /// The range with the next powers of two as ends, so that other rows of the same kind lie in it too.
    pub(super) fn rounded(self) -> Self {
        let up = |value: i128| (value.unsigned_abs() + 1).next_power_of_two() as i128;
        Self { low: if self.low < 0 { -up(self.low) } else { 0 }, high: if self.high > 0 { up(self.high) } else { 0 } }
    }

    /// The greatest distance from zero.
    pub(super) fn reach(self) -> u128 {
        self.low.unsigned_abs().max(self.high.unsigned_abs())
    }

    /// The narrowest numbers that hold the range and its negative; none where 64 bits do not.
    pub(super) fn lane(self) -> Option<Lane> {
        if self.reach() <= i32::MAX.unsigned_abs().into() {
            Some(Lane::Small)
        } else if self.reach() <= i64::MAX.unsigned_abs().into() {
            Some(Lane::Whole)
        } else {
            None
        }
    }
}

/// A column of whole numbers, or one number for all rows, with its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) source: Source,
    pub(super) range: Range,
}

impl Part {
    pub(super) const fn constant(value: i64) -> Self {
        Self { source: Source::Constant(value), range: Range::exactly(value as i128) }
    }

    /// How wide its numbers are kept; a constant is as wide as it must be.
    pub(super) fn lane(self) -> Lane {
        match self.source {
            Source::Register(register) => register.lane,
            Source::Constant(_) => self.range.lane().unwrap_or(Lane::Whole),
        }
    }

    pub(super) const fn value(self) -> Option<i64> {
        match self.source {
            Source::Constant(value) => Some(value),
            Source::Register(_) => None,
        }
    }
}
