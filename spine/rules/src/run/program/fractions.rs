//! Fractions: columns divided by columns, and amounts of which some are unknown.
//!
//! One number over another in each row, not in lowest terms, as long as both fit in 64 bits. Which rows are not a number (a figure that
//! the law's sources leave open) is kept beside it; what the numbers are there does not matter. Over zero a row is infinite, or not a
//! number: such a column is only chosen from, and the first step that needs ordinary numbers checks the block.

use super::build::{Builder, Value};
use super::range::{Part, Range};
use super::step::{Arithmetic, Comparison, Logic, Rounding, Source};
use crate::graph::{Binary, NodeId, Unary};
use crate::number::greatest_common_divisor;
use crate::run::exact::{Form, exact_constant};

/// `above / below`, and where it is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    pub(super) above: Part,
    /// Never below zero.
    pub(super) below: Part,
    pub(super) unknown: Source,
}

impl Fraction {
    const NOT_A_NUMBER: Self =
        Self { above: Part::constant(0), below: Part::constant(1), unknown: Source::Constant(1) };

    fn known(above: Part, below: Part) -> Self {
        Self { above, below, unknown: Source::Constant(0) }
    }

    /// The constant of a numerator and a denominator; infinity is left to the general way.
    pub(super) fn constant(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return (numerator == 0).then_some(Self::NOT_A_NUMBER);
        }
        let (above, below) = (i64::try_from(numerator).ok()?, i64::try_from(denominator).ok()?);
        Some(Self::known(Part::constant(above), Part::constant(below)))
    }
}

impl Builder<'_> {
    /// A node's values as fractions.
    pub(super) fn fraction(&mut self, id: NodeId) -> Option<Fraction> {
        if let Value::Fraction(fraction) = self.value(id) {
            return Some(fraction);
        }
        let denominator = i64::try_from(self.denominator(id)).ok()?;
        Some(Fraction::known(self.number(id)?, Part::constant(denominator)))
    }

    /// Fractions of which none is over zero.
    fn finite(&mut self, fraction: Fraction) -> Option<Fraction> {
        Some(Fraction { below: self.guard(fraction.below)?, ..fraction })
    }

    fn multiply(&mut self, a: Part, b: Part) -> Option<Part> {
        self.arithmetic(Arithmetic::Multiply, a, b)
    }

    /// Numerators of both over one denominator, where that needs no products of columns.
    fn aligned(&mut self, a: Fraction, b: Fraction) -> Option<(Part, Part, Part)> {
        if a.below.source == b.below.source {
            return Some((a.above, b.above, a.below));
        }
        let over = |part: Part| part.value().filter(|value| *value > 0);
        let (x, y) = (over(a.below)?, over(b.below)?);
        let divisor = greatest_common_divisor(x.into(), y.into()).max(1) as i64;
        let left = self.raise(a.above, (y / divisor).into())?;
        let right = self.raise(b.above, (x / divisor).into())?;
        Some((left, right, Part::constant((x / divisor).checked_mul(y)?)))
    }

    /// Numerators of both over a common denominator.
    fn together(&mut self, a: Fraction, b: Fraction) -> Option<(Part, Part, Part)> {
        if let Some(aligned) = self.aligned(a, b) {
            return Some(aligned);
        }
        let (left, right) = (self.multiply(a.above, b.below)?, self.multiply(b.above, a.below)?);
        Some((left, right, self.multiply(a.below, b.below)?))
    }

    fn unknown(&mut self, a: Fraction, b: Fraction) -> Source {
        if a.unknown == b.unknown { a.unknown } else { self.logic(Logic::Or, a.unknown, b.unknown) }
    }

    /// What is not a number differs from everything, and is neither less nor equal.
    pub(super) fn fraction_comparison(&mut self, comparison: Comparison, a: Fraction, b: Fraction) -> Option<Source> {
        let (a, b) = (self.finite(a)?, self.finite(b)?);
        let (left, right, _) = match self.aligned(a, b) {
            Some(aligned) => aligned,
            None => (self.multiply(a.above, b.below)?, self.multiply(b.above, a.below)?, a.below),
        };
        let (holds, unknown) = (self.compared(comparison, left, right), self.unknown(a, b));
        let logic = if comparison == Comparison::NotEqual { Logic::Or } else { Logic::AndNot };
        Some(self.logic(logic, holds, unknown))
    }

    pub(super) fn fraction_choice(&mut self, condition: Source, a: Fraction, b: Fraction) -> Option<Fraction> {
        if let Source::Constant(truth) = condition {
            return Some(if truth == 0 { b } else { a });
        }
        let unknown = self.chosen_truth(condition, a.unknown, b.unknown);
        // What is not a number has any denominator.
        let (a, b) = match (a.unknown, b.unknown) {
            (Source::Constant(1), _) => (Fraction { above: b.above, below: b.below, ..a }, b),
            (_, Source::Constant(1)) => (a, Fraction { above: a.above, below: a.below, ..b }),
            _ => (a, b),
        };
        if let Some((left, right, below)) = self.aligned(a, b) {
            return Some(Fraction { above: self.chosen(condition, left, right)?, below, unknown });
        }
        let above = self.chosen(condition, a.above, b.above)?;
        Some(Fraction { above, below: self.chosen(condition, a.below, b.below)?, unknown })
    }

    pub(super) fn fraction_unary(&mut self, operation: Unary, a: NodeId) -> Option<Value> {
        let fraction = self.fraction(a)?;
        let Fraction { above, below, .. } = fraction;
        match operation {
            Unary::Negate => {
                let above = self.arithmetic(Arithmetic::Subtract, Part::constant(0), above)?;
                Some(Value::Fraction(Fraction { above, ..fraction }))
            }
            Unary::Absolute if above.range.low >= 0 => Some(Value::Fraction(fraction)),
            Unary::Floor => {
                let below = self.guard(below)?;
                let above = self.quotient(above, below)?;
                Some(Value::Fraction(Fraction { above, below: Part::constant(1), ..fraction }))
            }
            Unary::Ceiling => {
                let below = self.guard(below)?;
                let raised = self.arithmetic(Arithmetic::Add, above, below)?;
                let raised = self.arithmetic(Arithmetic::Subtract, raised, Part::constant(1))?;
                let above = self.quotient(raised, below)?;
                Some(Value::Fraction(Fraction { above, below: Part::constant(1), ..fraction }))
            }
            Unary::Truncate => {
                let above = self.toward_zero(above, below)?;
                Some(Value::Fraction(Fraction { above, below: Part::constant(1), ..fraction }))
            }
            Unary::IsNotANumber => {
                self.guard(below)?;
                Some(Value::Truth(fraction.unknown))
            }
            Unary::IsInfinite => {
                self.guard(below)?;
                Some(Value::Truth(Source::Constant(0)))
            }
            _ => None,
        }
    }

    fn toward_zero(&mut self, above: Part, below: Part) -> Option<Part> {
        if let Some(divisor) = below.value() {
            return self.divided(Rounding::Truncate, above, divisor.into());
        }
        if above.range.low < 0 {
            return None;
        }
        let below = self.guard(below)?;
        self.quotient(above, below)
    }

    /// The whole number towards zero; zero for what is not a number, as the general way casts it.
    pub(super) fn truncated(&mut self, fraction: Fraction) -> Option<Part> {
        let whole = self.toward_zero(fraction.above, fraction.below)?;
        let known = self.not(fraction.unknown);
        self.kept(known, whole)
    }

    /// Whether it is other than zero, as what is not a number is.
    pub(super) fn fraction_truth(&mut self, fraction: Fraction) -> Option<Source> {
        self.guard(fraction.below)?;
        let truth = self.compared(Comparison::NotEqual, fraction.above, Part::constant(0));
        Some(self.logic(Logic::Or, truth, fraction.unknown))
    }

    pub(super) fn fraction_binary(&mut self, operation: Binary, a: NodeId, b: NodeId) -> Option<Value> {
        if operation == Binary::Divide && self.form(a) != Form::Ratio && self.form(b) != Form::Ratio {
            return self.divide_scaled(a, b);
        }
        let (x, y) = (self.fraction(a)?, self.fraction(b)?);
        let unknown = self.unknown(x, y);
        let fraction = match operation {
            Binary::Add | Binary::Subtract => {
                let (x, y) = (self.finite(x)?, self.finite(y)?);
                let (left, right, below) = self.together(x, y)?;
                let simple = if operation == Binary::Add { Arithmetic::Add } else { Arithmetic::Subtract };
                Fraction { above: self.arithmetic(simple, left, right)?, below, unknown }
            }
            Binary::Multiply => {
                if let Some(constant) = exact_constant(self.graph, b) {
                    return self.by_fraction(x, constant.numerator(), constant.denominator());
                }
                if let Some(constant) = exact_constant(self.graph, a) {
                    return self.by_fraction(y, constant.numerator(), constant.denominator());
                }
                self.fraction_product((a, x), (b, y), unknown)?
            }
            Binary::Divide => {
                let constant = exact_constant(self.graph, b).filter(|constant| constant.numerator() > 0);
                if let Some(constant) = constant {
                    return self.by_fraction(x, constant.denominator(), constant.numerator());
                }
                let (x, y) = (self.finite(x)?, self.finite(y)?);
                // A negative divisor would turn the sign below the line.
                if y.above.range.low < 0 || y.above.range == Range::exactly(0) {
                    return None;
                }
                // Where the divisor is not a number, what stands in its place may be zero.
                let divisor = self.chosen(y.unknown, Part::constant(1), y.above)?;
                Fraction { above: self.multiply(x.above, y.below)?, below: self.multiply(x.below, divisor)?, unknown }
            }
            Binary::Maximum | Binary::Minimum => {
                let (x, y) = (self.finite(x)?, self.finite(y)?);
                let simple = if operation == Binary::Maximum { Arithmetic::Maximum } else { Arithmetic::Minimum };
                if let Some((left, right, below)) = self.aligned(x, y) {
                    Fraction { above: self.arithmetic(simple, left, right)?, below, unknown }
                } else {
                    let (low, high) = if operation == Binary::Maximum { (y, x) } else { (x, y) };
                    let condition = self.fraction_comparison(Comparison::LessOrEqual, low, high)?;
                    Fraction { unknown, ..self.fraction_choice(condition, x, y)? }
                }
            }
            _ => return None,
        };
        Some(Value::Fraction(fraction))
    }

    fn fraction_product(
        &mut self,
        (a, x): (NodeId, Fraction),
        (b, y): (NodeId, Fraction),
        unknown: Source,
    ) -> Option<Fraction> {
        // A truth only switches; zero times what is not a number is none either.
        Some(match (self.value(a), self.value(b)) {
            (Value::Truth(truth), _) => Fraction { above: self.kept(truth, y.above)?, below: y.below, unknown },
            (_, Value::Truth(truth)) => Fraction { above: self.kept(truth, x.above)?, below: x.below, unknown },
            _ => Fraction { above: self.multiply(x.above, y.above)?, below: self.multiply(x.below, y.below)?, unknown },
        })
    }

    /// A fraction times `above / below`.
    fn by_fraction(&mut self, fraction: Fraction, above: i128, below: i128) -> Option<Value> {
        let mut fraction = fraction;
        let (mut factor, mut divisor) = (above, below);
        // What is over a constant is kept in lowest terms.
        if let Some(known) = fraction.below.value().filter(|known| *known > 0) {
            let common = greatest_common_divisor(factor, known.into()).max(1);
            fraction.below = Part::constant((i128::from(known) / common) as i64);
            factor /= common;
        }
        if let Some(known) = fraction.above.value() {
            let common = greatest_common_divisor(known.into(), divisor).max(1);
            fraction.above = Part::constant((i128::from(known) / common) as i64);
            divisor /= common;
        }
        let (above, below) = (self.raise(fraction.above, factor)?, self.raise(fraction.below, divisor)?);
        Some(Value::Fraction(Fraction { above, below, ..fraction }))
    }

    /// `a / x` over `b / y` as `a·y / b·x`.
    fn divide_scaled(&mut self, a: NodeId, b: NodeId) -> Option<Value> {
        let (x, y) = (self.denominator(a), self.denominator(b));
        let divisor = greatest_common_divisor(x, y).max(1);
        let (above, below) = (self.number(a)?, self.number(b)?);
        if below.range.low < 0 || below.range == Range::exactly(0) {
            return None;
        }
        let (above, below) = (self.raise(above, y / divisor)?, self.raise(below, x / divisor)?);
        Some(Value::Fraction(Fraction::known(above, below)))
    }
}
