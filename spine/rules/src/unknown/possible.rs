//! What a value may still be: a range of numbers, some members of an enumeration, a text or any text; and arithmetic on it.
//!
//! Every operation gives at least all that could come out, never less: what is called known is known whatever the answer.

use crate::graph::{Binary, Constant, Unary};
use crate::number::{Number, Rational};
use std::cmp::Ordering;
use std::sync::Arc;

/// What a value may be, given what is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Possible {
    /// A number between two, both included; truth values are 0 and 1, dates days since 1970.
    Range {
        /// The least, perhaps minus infinity.
        low: Rational,
        /// The greatest, perhaps infinity.
        high: Rational,
        /// Whether it may also be no number at all: a formula says `nan` where a figure is missing.
        hole: bool,
    },
    /// Members of an enumeration, a bit for each.
    Members(u128),
    /// A text, where it is known.
    Text(Option<Arc<str>>),
    /// Certainly no number.
    Nothing,
}

/// Minus infinity.
pub(crate) fn least() -> Rational {
    Rational::new(-1, 0).unwrap_or(Rational::ZERO)
}

fn smaller(a: Rational, b: Rational) -> Rational {
    if a.compare(b) == Some(Ordering::Greater) { b } else { a }
}

fn greater(a: Rational, b: Rational) -> Rational {
    if a.compare(b) == Some(Ordering::Less) { b } else { a }
}

fn is_not_a_number(value: Rational) -> bool {
    value == Rational::NOT_A_NUMBER
}

fn of_float(value: f64) -> Rational {
    Rational::from_float(value).unwrap_or(Rational::NOT_A_NUMBER)
}

impl Possible {
    /// One number.
    pub fn number(value: Rational) -> Self {
        if is_not_a_number(value) { Self::Nothing } else { Self::Range { low: value, high: value, hole: false } }
    }

    /// One truth value.
    pub fn truth(value: bool) -> Self {
        Self::number(Rational::integer(i128::from(value)))
    }

    /// Any number at all.
    pub fn anything() -> Self {
        Self::Range { low: least(), high: Rational::INFINITY, hole: false }
    }

    /// True or false.
    pub fn either() -> Self {
        Self::between(Rational::ZERO, Rational::ONE)
    }

    /// A number between two.
    pub fn between(low: Rational, high: Rational) -> Self {
        if is_not_a_number(low) || is_not_a_number(high) {
            return Self::anything();
        }
        Self::Range { low, high, hole: false }
    }

    pub(crate) fn constant(value: &Constant) -> Self {
        match value {
            Constant::Text(text) => Self::Text(Some(Arc::clone(text))),
            Constant::Bool(value) => Self::truth(*value),
            Constant::Int(value) => Self::number(Rational::integer(i128::from(*value))),
            Constant::Float(Number { float, exact }) => Self::number(exact.unwrap_or_else(|| of_float(*float))),
        }
    }

    /// Whether only one value is left.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Range { low, high, hole } => !hole && low == high,
            Self::Members(set) => set.is_power_of_two(),
            Self::Text(text) => text.is_some(),
            Self::Nothing => false,
        }
    }

    /// The number, where it is known; of a member its place.
    pub fn known_number(&self) -> Option<Rational> {
        match self {
            Self::Range { low, high, hole: false } if low == high => Some(*low),
            Self::Members(set) if set.is_power_of_two() => Some(Rational::integer(i128::from(set.trailing_zeros()))),
            _ => None,
        }
    }

    /// Whether it may be false, and whether it may be true.
    pub fn truths(&self) -> (bool, bool) {
        match self {
            Self::Range { low, high, hole } => {
                let zero = Rational::ZERO;
                let holds_zero =
                    low.compare(zero) != Some(Ordering::Greater) && high.compare(zero) != Some(Ordering::Less);
                (holds_zero, *hole || *low != zero || *high != zero)
            }
            Self::Members(set) => (set & 1 == 1, set & !1 != 0),
            Self::Text(_) | Self::Nothing => (true, true),
        }
    }

    /// The range of numbers it may be, `None` where it is none for certain.
    pub fn range(&self) -> Option<(Rational, Rational, bool)> {
        match self {
            Self::Range { low, high, hole } => Some((*low, *high, *hole)),
            Self::Members(0) | Self::Nothing => None,
            Self::Members(set) => Some((
                Rational::integer(i128::from(set.trailing_zeros())),
                Rational::integer(i128::from(127 - set.leading_zeros())),
                false,
            )),
            Self::Text(_) => Some((least(), Rational::INFINITY, false)),
        }
    }

    /// What it may be if it may be either of two.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Members(a), Self::Members(b)) => Self::Members(a | b),
            (Self::Text(a), Self::Text(b)) => Self::Text(if a == b { a.clone() } else { None }),
            (Self::Nothing, Self::Nothing) => Self::Nothing,
            (a, b) => match (a.range(), b.range()) {
                (Some((a, b, hole)), Some((c, d, other))) => {
                    Self::Range { low: smaller(a, c), high: greater(b, d), hole: hole || other }
                }
                (Some((low, high, _)), None) | (None, Some((low, high, _))) => Self::Range { low, high, hole: true },
                (None, None) => Self::Nothing,
            },
        }
    }

    /// The same function on both ends, where a greater argument never gives less.
    pub(crate) fn rising(&self, operation: impl Fn(Rational) -> Option<Rational>) -> Self {
        let Some((low, high, hole)) = self.range() else { return Self::Nothing };
        let apply = |value: Rational, beyond: Rational| {
            if value.is_finite() { operation(value).unwrap_or(beyond) } else { value }
        };
        let (low, high) = (apply(low, least()), apply(high, Rational::INFINITY));
        if is_not_a_number(low) && is_not_a_number(high) {
            return Self::Nothing;
        }
        if is_not_a_number(low) || is_not_a_number(high) {
            return Self::Range { low: least(), high: Rational::INFINITY, hole: true };
        }
        Self::Range { low, high, hole }
    }

    pub(crate) fn unary(&self, operation: Unary) -> Self {
        let whole = |value: i128| Some(Rational::integer(value));
        let float = |operation: fn(f64) -> f64| move |value: Rational| Some(of_float(operation(value.to_float())));
        match operation {
            Unary::Not => {
                let (may_be_false, may_be_true) = self.truths();
                decided(may_be_true, may_be_false)
            }
            Unary::Negate => match self.range() {
                Some((low, high, hole)) => match (high.negate(), low.negate()) {
                    (Some(low), Some(high)) => Self::Range { low, high, hole },
                    _ => Self::anything(),
                },
                None => Self::Nothing,
            },
            Unary::Absolute => match self.range() {
                None => Self::Nothing,
                Some((low, high, hole)) => {
                    let (a, b) = (magnitude(low), magnitude(high));
                    let crosses = low.numerator() < 0 && high.numerator() > 0;
                    let low = if crosses { Rational::ZERO } else { smaller(a, b) };
                    Self::Range { low, high: greater(a, b), hole }
                }
            },
            Unary::Floor => self.rising(|value| whole(value.floor())),
            Unary::Ceiling => self.rising(|value| whole(value.ceiling())),
            Unary::Truncate => self.rising(|value| whole(value.truncate())),
            Unary::Round(digits) => self.rising(|value| value.round_half_even(digits)),
            Unary::Exponential => self.rising(float(f64::exp)),
            Unary::Logarithm => self.rising(float(f64::ln)),
            Unary::SquareRoot => self.rising(float(f64::sqrt)),
            Unary::Sign => match self.range() {
                None => Self::Nothing,
                Some((low, high, hole)) => Self::Range {
                    low: Rational::integer(low.numerator().signum()),
                    high: Rational::integer(high.numerator().signum()),
                    hole,
                },
            },
            Unary::IsNotANumber => match self {
                Self::Nothing => Self::truth(true),
                Self::Range { hole: true, .. } => Self::either(),
                _ => Self::truth(false),
            },
            Unary::IsInfinite => match self.range() {
                Some((low, high, _)) if low == high => Self::truth(!low.is_finite()),
                _ => Self::truth(false),
            },
        }
    }

    pub(crate) fn binary(&self, operation: Binary, other: &Self) -> Self {
        match operation {
            Binary::And | Binary::Or | Binary::Xor => return self.logic(operation, other),
            Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => {
                return self.compared(operation, other);
            }
            _ => {}
        }
        if let (Self::Text(a), Self::Text(b)) = (self, other) {
            return Self::Text(match (a, b) {
                (Some(a), Some(b)) => Some(Arc::from(format!("{a}{b}"))),
                _ => None,
            });
        }
        let (Some((a, b, hole)), Some((c, d, more))) = (self.range(), other.range()) else { return Self::Nothing };
        let hole = hole || more;
        let (low, high) = match operation {
            Binary::Add => (sum(a, c, least()), sum(b, d, Rational::INFINITY)),
            Binary::Subtract => {
                let (Some(c), Some(d)) = (c.negate(), d.negate()) else { return Self::anything() };
                (sum(a, d, least()), sum(b, c, Rational::INFINITY))
            }
            Binary::Multiply => corners([(a, c), (a, d), (b, c), (b, d)], product),
            Binary::Divide => return divided((a, b), (c, d), hole),
            Binary::FloorDivide => {
                return divided((a, b), (c, d), hole).rising(|value| Some(Rational::integer(value.floor())));
            }
            Binary::Modulo => return remainder((a, b), (c, d), hole),
            Binary::Power => return power((a, b), (c, d), hole),
            Binary::Maximum => (greater(a, c), greater(b, d)),
            _ => (smaller(a, c), smaller(b, d)),
        };
        Self::Range { low, high, hole }
    }

    fn logic(&self, operation: Binary, other: &Self) -> Self {
        let is_truth = |value: &Self| {
            value.range().is_some_and(|(low, high, _)| {
                low.numerator() >= 0 && high.compare(Rational::ONE) != Some(Ordering::Greater)
            })
        };
        if !is_truth(self) || !is_truth(other) {
            return match (self.known_number(), other.known_number()) {
                (Some(a), Some(b)) => {
                    let (a, b) = (a.truncate(), b.truncate());
                    Self::number(Rational::integer(match operation {
                        Binary::And => a & b,
                        Binary::Or => a | b,
                        _ => a ^ b,
                    }))
                }
                _ => Self::anything(),
            };
        }
        let ((no, yes), (other_no, other_yes)) = (self.truths(), other.truths());
        match operation {
            Binary::And => decided(no || other_no, yes && other_yes),
            Binary::Or => decided(no && other_no, yes || other_yes),
            _ => decided((no && other_no) || (yes && other_yes), (no && other_yes) || (yes && other_no)),
        }
    }

    fn compared(&self, operation: Binary, other: &Self) -> Self {
        let equality = |may_be_equal: bool, may_differ: bool| match operation {
            Binary::Equal => decided(may_differ, may_be_equal),
            _ => decided(may_be_equal, may_differ),
        };
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => {
                return match (a, b) {
                    (Some(a), Some(b)) => equality(a == b, a != b),
                    _ => Self::either(),
                };
            }
            (Self::Members(a), Self::Members(b)) => {
                return equality(a & b != 0, a != b || !a.is_power_of_two());
            }
            // What no figure stands for compares neither way: it is open.
            (Self::Nothing, _) | (_, Self::Nothing) => return Self::either(),
            _ => {}
        }
        let (Some((a, b, hole)), Some((c, d, more))) = (self.range(), other.range()) else { return Self::either() };
        if hole || more {
            return Self::either();
        }
        let less = |x: Rational, y: Rational| x.compare(y) == Some(Ordering::Less);
        let less_or_equal = |x: Rational, y: Rational| x.compare(y).is_some_and(Ordering::is_le);
        match operation {
            Binary::Less => decided(!less(b, c), less(a, d)),
            Binary::LessOrEqual => decided(!less_or_equal(b, c), less_or_equal(a, d)),
            _ => equality(!less(b, c) && !less(d, a), !(a == b && c == d && a == c)),
        }
    }
}

/// A truth value from what it may be.
pub(crate) fn decided(may_be_false: bool, may_be_true: bool) -> Possible {
    match (may_be_false, may_be_true) {
        (true, false) => Possible::truth(false),
        (false, true) => Possible::truth(true),
        _ => Possible::either(),
    }
}

fn magnitude(value: Rational) -> Rational {
    if value.numerator() < 0 { value.negate().unwrap_or(Rational::INFINITY) } else { value }
}

fn sum(a: Rational, b: Rational, beyond: Rational) -> Rational {
    a.plus(b).filter(|sum| !is_not_a_number(*sum)).unwrap_or(beyond)
}

/// Nothing times however much is nothing.
fn product(a: Rational, b: Rational) -> Rational {
    if (a.numerator() == 0) || (b.numerator() == 0) {
        return Rational::ZERO;
    }
    let beyond = if (a.numerator() < 0) == (b.numerator() < 0) { Rational::INFINITY } else { least() };
    a.multiply(b).unwrap_or(beyond)
}

fn corners(
    pairs: [(Rational, Rational); 4],
    operation: impl Fn(Rational, Rational) -> Rational,
) -> (Rational, Rational) {
    let mut bounds = (Rational::INFINITY, least());
    for (a, b) in pairs {
        let corner = operation(a, b);
        bounds = (smaller(bounds.0, corner), greater(bounds.1, corner));
    }
    bounds
}

fn divided((a, b): (Rational, Rational), (c, d): (Rational, Rational), hole: bool) -> Possible {
    if a == b && c == d {
        return match a.divide(c) {
            Some(quotient) => Possible::number(quotient),
            None => Possible::anything(),
        };
    }
    if c.numerator() <= 0 && d.numerator() >= 0 {
        // The divisor may be zero: then anything may come out, of one sign where both have one.
        let low = if a.numerator() >= 0 && c.numerator() == 0 { Rational::ZERO } else { least() };
        return Possible::Range { low, high: Rational::INFINITY, hole };
    }
    let quotient = |x: Rational, y: Rational| {
        if x.numerator() == 0 || !y.is_finite() {
            return Rational::ZERO;
        }
        let beyond = if (x.numerator() < 0) == (y.numerator() < 0) { Rational::INFINITY } else { least() };
        x.divide(y).filter(|value| !is_not_a_number(*value)).unwrap_or(beyond)
    };
    let (low, high) = corners([(a, c), (a, d), (b, c), (b, d)], quotient);
    Possible::Range { low, high, hole }
}

fn remainder((a, b): (Rational, Rational), (c, d): (Rational, Rational), hole: bool) -> Possible {
    if a == b && c == d && a.is_finite() && c.is_finite() && c.numerator() != 0 {
        let rest = a.divide(c).and_then(|quotient| a.subtract(c.multiply(Rational::integer(quotient.floor()))?));
        return rest.map_or_else(Possible::anything, Possible::number);
    }
    if c.numerator() > 0 {
        return Possible::Range { low: Rational::ZERO, high: d, hole };
    }
    Possible::Range { low: least(), high: Rational::INFINITY, hole }
}

fn power((a, b): (Rational, Rational), (c, d): (Rational, Rational), hole: bool) -> Possible {
    if a == b && c == d && a.is_finite() && c.is_finite() {
        let whole = (c.denominator() == 1).then(|| i64::try_from(c.numerator()).ok()).flatten();
        let exact = whole.and_then(|exponent| a.power(exponent));
        return Possible::number(exact.unwrap_or_else(|| of_float(a.to_float().powf(c.to_float()))));
    }
    let low = if a.numerator() >= 0 { Rational::ZERO } else { least() };
    Possible::Range { low, high: Rational::INFINITY, hole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: i128, high: i128) -> Possible {
        Possible::between(Rational::integer(low), Rational::integer(high))
    }

    #[test]
    fn what_does_not_matter_is_known() {
        let unknown = Possible::either();
        assert_eq!(Possible::truth(false).binary(Binary::And, &unknown), Possible::truth(false));
        assert_eq!(Possible::truth(true).binary(Binary::Or, &unknown), Possible::truth(true));
        assert!(!Possible::truth(true).binary(Binary::And, &unknown).is_known());
        let nothing = range(0, 0).binary(Binary::Multiply, &Possible::anything());
        assert_eq!(nothing, range(0, 0));
    }

    #[test]
    fn bounds_decide_comparisons() {
        assert_eq!(range(0, 5).binary(Binary::Less, &range(6, 9)), Possible::truth(true));
        assert_eq!(range(6, 9).binary(Binary::LessOrEqual, &range(0, 5)), Possible::truth(false));
        assert_eq!(range(0, 5).binary(Binary::LessOrEqual, &range(5, 9)), Possible::truth(true));
        assert!(!range(0, 6).binary(Binary::LessOrEqual, &range(5, 9)).is_known());
        assert_eq!(range(0, 3).binary(Binary::Equal, &range(4, 4)), Possible::truth(false));
        assert_eq!(Possible::Members(0b110).binary(Binary::Equal, &Possible::Members(0b1)), Possible::truth(false));
    }

    #[test]
    fn arithmetic_keeps_every_outcome() {
        assert_eq!(range(-2, 3).binary(Binary::Multiply, &range(-5, 7)), range(-15, 21));
        assert_eq!(range(1, 2).binary(Binary::Subtract, &range(0, 5)), range(-4, 2));
        assert_eq!(range(-4, 3).unary(Unary::Absolute), range(0, 4));
        let floor = Possible::anything().binary(Binary::Maximum, &range(0, 0));
        assert_eq!(floor, Possible::Range { low: Rational::ZERO, high: Rational::INFINITY, hole: false });
        assert!(!range(0, 1).binary(Binary::Divide, &range(0, 1)).is_known());
    }

    #[test]
    fn a_missing_figure_leaves_a_hole() {
        assert_eq!(
            range(0, 0).or(&Possible::Nothing),
            Possible::Range { low: Rational::ZERO, high: Rational::ZERO, hole: true }
        );
        assert!(!range(0, 0).or(&Possible::Nothing).is_known());
        assert_eq!(Possible::Nothing.binary(Binary::Add, &range(0, 1)), Possible::Nothing);
    }
}
