//! Operations row by row: arithmetic, comparisons, choices.

use super::build::{Builder, Value};
use super::divide::{FLOAT_REACH, divider};
use super::range::{Part, Range};
use super::step::{Action, Arithmetic, Comparison, Lane, Logic, Rounding, Source};
use crate::graph::{Binary, NodeId, Unary};
use crate::number::{Rational, greatest_common_divisor, power_of_ten};
use crate::run::exact::{Form, exact_constant, meet, multiplied};

impl Builder<'_> {
    /// Two columns of numbers over the same denominator, or a product.
    pub(super) fn arithmetic(&mut self, operation: Arithmetic, a: Part, b: Part) -> Option<Part> {
        let range = match operation {
            Arithmetic::Add => a.range.plus(b.range)?,
            Arithmetic::Subtract => a.range.minus(b.range)?,
            Arithmetic::Multiply => a.range.times(b.range)?,
            Arithmetic::Maximum => Range::new(a.range.low.max(b.range.low), a.range.high.max(b.range.high)),
            Arithmetic::Minimum => Range::new(a.range.low.min(b.range.low), a.range.high.min(b.range.high)),
        };
        let own = range.lane()?;
        if range.low == range.high {
            return Some(Part::constant(i64::try_from(range.low).ok()?));
        }
        let same = match (operation, a.value(), b.value()) {
            (Arithmetic::Add, Some(0), _) | (Arithmetic::Multiply, Some(1), _) => Some(b),
            (Arithmetic::Add | Arithmetic::Subtract, _, Some(0)) | (Arithmetic::Multiply, _, Some(1)) => Some(a),
            (Arithmetic::Maximum, ..) if a.range.low >= b.range.high => Some(a),
            (Arithmetic::Maximum, ..) if b.range.low >= a.range.high => Some(b),
            (Arithmetic::Minimum, ..) if a.range.high <= b.range.low => Some(a),
            (Arithmetic::Minimum, ..) if b.range.high <= a.range.low => Some(b),
            _ => None,
        };
        if same.is_some() {
            return same;
        }
        let lane = own.max(a.lane()).max(b.lane());
        let (a, b) = (self.at(a, lane), self.at(b, lane));
        let entity = self.owner_of(&[a, b]);
        Some(Part { source: Source::Register(self.emit(entity, lane, Action::Arithmetic(operation, a, b))), range })
    }

    /// The value where the truth holds, else zero.
    pub(super) fn kept(&mut self, truth: Source, value: Part) -> Option<Part> {
        let truth = match truth {
            Source::Constant(0) => return Some(Part::constant(0)),
            Source::Constant(_) => return Some(value),
            Source::Register(register) => register,
        };
        let range = value.range.around(Range::exactly(0));
        let entity = self.owner_of(&[Source::Register(truth)]);
        let register = self.emit(entity, value.lane(), Action::Keep(truth, value.source));
        Some(Part { source: Source::Register(register), range })
    }

    /// A whole number of a quotient by a constant.
    pub(super) fn divided(&mut self, rounding: Rounding, part: Part, divisor: i128) -> Option<Part> {
        if divisor == 1 {
            return Some(part);
        }
        let divisor = i64::try_from(divisor).ok().filter(|divisor| *divisor > 1)?;
        let by = i128::from(divisor);
        let Range { low, high } = part.range;
        let (rounding, range) = match rounding {
            Rounding::Truncate if low >= 0 => (Rounding::Floor, Range::new(low / by, high / by)),
            Rounding::Truncate => (rounding, Range::new(low / by, high / by)),
            Rounding::Floor => (rounding, Range::new(low.div_euclid(by), high.div_euclid(by))),
            Rounding::HalfEven => (rounding, Range::new(low.div_euclid(by), high.div_euclid(by) + 1)),
        };
        let Source::Register(register) = part.source else { return None };
        let small = register.lane == Lane::Small && divisor <= i64::from(i32::MAX);
        // A divisor beyond 32 bits leaves nothing of numbers within them: too rare for a loop of its own.
        if register.lane == Lane::Small && !small {
            return None;
        }
        let mut way = divider(part.range, divisor, small);
        if rounding == Rounding::Truncate && matches!(way, super::step::Divider::Multiply { .. }) {
            way = super::step::Divider::Float;
        }
        let entity = self.owner_of(&[part.source]);
        let into = self.emit(entity, register.lane, Action::Divide(rounding, register, divisor, way));
        Some(Part { source: Source::Register(into), range })
    }

    fn ceiling(&mut self, part: Part, divisor: i128) -> Option<Part> {
        let raised = self.arithmetic(Arithmetic::Add, part, Part::constant(i64::try_from(divisor - 1).ok()?))?;
        self.divided(Rounding::Floor, raised, divisor)
    }

    /// The floor of a column over a column; zero where the lower one is.
    pub(super) fn quotient(&mut self, above: Part, below: Part) -> Option<Part> {
        if let Some(divisor) = below.value().filter(|divisor| *divisor > 0) {
            return self.divided(Rounding::Floor, above, divisor.into());
        }
        if above.value().is_some() && below.value().is_some() {
            return None;
        }
        let reach = i128::try_from(above.range.reach()).ok()?;
        let range = match (above.range.low >= 0, below.range.low >= 0) {
            (true, true) => Range::new(0, reach),
            (false, true) => Range::new(above.range.low, above.range.high.max(0)),
            _ => Range::new(-reach, reach),
        };
        let lane = above.lane().max(below.lane()).max(range.lane()?);
        let float = lane == Lane::Small || above.range.reach() <= FLOAT_REACH && below.range.reach() <= FLOAT_REACH;
        let (above, below) = (self.at(above, lane), self.at(below, lane));
        let entity = self.owner_of(&[above, below]);
        let into = self.emit(entity, lane, Action::Quotient { above, below, float });
        Some(Part { source: Source::Register(into), range })
    }

    /// What the floor leaves.
    fn modulo(&mut self, above: Part, below: Part) -> Option<Part> {
        let quotient = self.quotient(above, below)?;
        let product = self.arithmetic(Arithmetic::Multiply, quotient, below)?;
        let rest = self.arithmetic(Arithmetic::Subtract, above, product)?;
        let most = below.range.high.max(1) - 1;
        let range = if below.range.low > 0 { Range::new(0, most) } else { rest.range };
        // By zero the quotient is zero and leaves the number itself, where whole numbers of NumPy leave nothing.
        if below.range.low <= 0 && below.range.high >= 0 {
            let zero = self.compared(Comparison::NotEqual, below, Part::constant(0));
            return self.kept(zero, Part { range, ..rest });
        }
        Some(Part { range, ..rest })
    }

    pub(super) fn unary(&mut self, operation: Unary, a: NodeId, form: Form) -> Option<Value> {
        if operation == Unary::Not {
            return self.truth(a).map(|truth| Value::Truth(self.not(truth)));
        }
        if form == Form::Ratio || self.form(a) == Form::Ratio {
            return self.fraction_unary(operation, a);
        }
        if !matches!(self.form(a), Form::Bool | Form::Scaled(_)) {
            return None;
        }
        let (part, denominator) = (self.number(a)?, self.denominator(a));
        let range = part.range;
        Some(Value::Number(match operation {
            Unary::Negate => self.arithmetic(Arithmetic::Subtract, Part::constant(0), part)?,
            Unary::Absolute if range.low >= 0 => part,
            Unary::Absolute => {
                self.changed(part, Range::new(0, i128::try_from(range.reach()).ok()?), Action::Absolute)?
            }
            Unary::Sign => self.changed(part, Range::new(-1, 1), Action::Sign)?,
            Unary::Floor => self.divided(Rounding::Floor, part, denominator)?,
            Unary::Ceiling => self.ceiling(part, denominator)?,
            Unary::Truncate => self.divided(Rounding::Truncate, part, denominator)?,
            Unary::Round(digits) => self.rounded(part, denominator, digits, form)?,
            Unary::IsNotANumber | Unary::IsInfinite => return Some(Value::Truth(Source::Constant(0))),
            Unary::Not | Unary::Exponential | Unary::Logarithm | Unary::SquareRoot => return None,
        }))
    }

    pub(super) fn changed(
        &mut self,
        part: Part,
        range: Range,
        action: impl Fn(super::step::Register) -> Action,
    ) -> Option<Part> {
        let Source::Register(register) = part.source else { return None };
        let entity = self.owner_of(&[part.source]);
        Some(Part { source: Source::Register(self.emit(entity, register.lane, action(register))), range })
    }

    pub(super) fn not(&mut self, truth: Source) -> Source {
        match truth {
            Source::Constant(value) => Source::Constant(1 - value),
            Source::Register(register) => {
                let entity = self.owner_of(&[truth]);
                Source::Register(self.emit(entity, Lane::Truth, Action::Not(register)))
            }
        }
    }

    /// Rounds to decimals, halves to the even neighbour.
    fn rounded(&mut self, part: Part, denominator: i128, digits: i32, form: Form) -> Option<Part> {
        let Form::Scaled(target) = form else { return None };
        let power = power_of_ten(digits.unsigned_abs())?;
        let (up, down) = if digits >= 0 { (power, denominator) } else { (1, denominator.checked_mul(power)?) };
        let divisor = greatest_common_divisor(up, down).max(1);
        let back = if digits >= 0 { target / power } else { power };
        let raised = self.raise(part, up / divisor)?;
        let whole = self.divided(Rounding::HalfEven, raised, down / divisor)?;
        self.raise(whole, back)
    }

    pub(super) fn logic(&mut self, operation: Logic, a: Source, b: Source) -> Source {
        match (operation, a, b) {
            (Logic::And, Source::Constant(0), _) | (Logic::And | Logic::AndNot, _, Source::Constant(0))
                if !matches!((operation, b), (Logic::AndNot, Source::Constant(0))) =>
            {
                Source::Constant(0)
            }
            (Logic::And, Source::Constant(_), other) | (Logic::And, other, Source::Constant(_)) => other,
            (Logic::AndNot, other, Source::Constant(0)) => other,
            (Logic::AndNot, _, Source::Constant(_)) | (Logic::AndNot, Source::Constant(0), _) => Source::Constant(0),
            (Logic::AndNot, Source::Constant(_), other) => self.not(other),
            (Logic::Or, Source::Constant(0), other) | (Logic::Or, other, Source::Constant(0)) => other,
            (Logic::Or, Source::Constant(_), _) | (Logic::Or, _, Source::Constant(_)) => Source::Constant(1),
            (Logic::Xor, Source::Constant(0), other) | (Logic::Xor, other, Source::Constant(0)) => other,
            (Logic::Xor, Source::Constant(_), other) | (Logic::Xor, other, Source::Constant(_)) => self.not(other),
            (_, Source::Register(a), Source::Register(b)) => {
                let entity = self.owner_of(&[Source::Register(a)]);
                Source::Register(self.emit(entity, Lane::Truth, Action::Logic(operation, a, b)))
            }
        }
    }

    pub(super) fn binary(&mut self, operation: Binary, a: NodeId, b: NodeId, form: Form) -> Option<Value> {
        match operation {
            Binary::And | Binary::Or | Binary::Xor => {
                let (a, b) = (self.truth(a)?, self.truth(b)?);
                let logic = match operation {
                    Binary::And => Logic::And,
                    Binary::Or => Logic::Or,
                    _ => Logic::Xor,
                };
                return Some(Value::Truth(self.logic(logic, a, b)));
            }
            Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => {
                return self.comparison(operation, a, b).map(Value::Truth);
            }
            _ => {}
        }
        match form {
            Form::Ratio => self.fraction_binary(operation, a, b),
            Form::Scaled(denominator) => self.scaled_binary(operation, a, b, denominator).map(Value::Number),
            _ => None,
        }
    }

    fn scaled_binary(&mut self, operation: Binary, a: NodeId, b: NodeId, denominator: i128) -> Option<Part> {
        let simple = match operation {
            Binary::Add => Some(Arithmetic::Add),
            Binary::Subtract => Some(Arithmetic::Subtract),
            Binary::Maximum => Some(Arithmetic::Maximum),
            Binary::Minimum => Some(Arithmetic::Minimum),
            _ => None,
        };
        if let Some(simple) = simple {
            let (a, b) = (self.number_over(a, denominator)?, self.number_over(b, denominator)?);
            return self.arithmetic(simple, a, b);
        }
        match operation {
            Binary::Multiply => self.product(a, b),
            Binary::Divide => {
                let inverse = Rational::ONE.divide(exact_constant(self.graph, b)?)?;
                self.by_constant(a, inverse)
            }
            Binary::FloorDivide => {
                let (down, up) = (self.denominator(a), self.denominator(b));
                let (above, below) = (self.number(a)?, self.number(b)?);
                let (above, below) = (self.raise(above, up)?, self.raise(below, down)?);
                self.quotient(above, below)
            }
            Binary::Modulo => {
                let (above, below) = (self.number_over(a, denominator)?, self.number_over(b, denominator)?);
                self.modulo(above, below)
            }
            Binary::Power => {
                let exponent = exact_constant(self.graph, b)?.numerator();
                let base = self.number(a)?;
                (0..exponent).try_fold(Part::constant(1), |power, _| self.arithmetic(Arithmetic::Multiply, power, base))
            }
            _ => None,
        }
    }

    fn product(&mut self, a: NodeId, b: NodeId) -> Option<Part> {
        if let Some(constant) = exact_constant(self.graph, b) {
            return self.by_constant(a, constant);
        }
        if let Some(constant) = exact_constant(self.graph, a) {
            return self.by_constant(b, constant);
        }
        // A truth value only switches.
        match (self.value(a), self.value(b)) {
            (Value::Truth(truth), _) => {
                let value = self.number(b)?;
                self.kept(truth, value)
            }
            (_, Value::Truth(truth)) => {
                let value = self.number(a)?;
                self.kept(truth, value)
            }
            _ => {
                let (a, b) = (self.number(a)?, self.number(b)?);
                self.arithmetic(Arithmetic::Multiply, a, b)
            }
        }
    }

    fn by_constant(&mut self, a: NodeId, constant: Rational) -> Option<Part> {
        let (factor, _) = multiplied(self.denominator(a), constant)?;
        if let Value::Truth(truth) = self.value(a) {
            return self.kept(truth, Part::constant(i64::try_from(factor).ok()?));
        }
        let part = self.number(a)?;
        self.raise(part, factor)
    }

    fn comparison(&mut self, operation: Binary, a: NodeId, b: NodeId) -> Option<Source> {
        let comparison = match operation {
            Binary::Equal => Comparison::Equal,
            Binary::NotEqual => Comparison::NotEqual,
            Binary::Less => Comparison::Less,
            _ => Comparison::LessOrEqual,
        };
        if let (Form::Bool, Form::Bool) = (self.form(a), self.form(b)) {
            let (a, b) = (self.truth(a)?, self.truth(b)?);
            return Some(match comparison {
                Comparison::NotEqual => self.logic(Logic::Xor, a, b),
                Comparison::Equal => {
                    let differ = self.logic(Logic::Xor, a, b);
                    self.not(differ)
                }
                Comparison::Less => self.logic(Logic::AndNot, b, a),
                Comparison::LessOrEqual => {
                    let greater = self.logic(Logic::AndNot, a, b);
                    self.not(greater)
                }
            });
        }
        match meet(self.form(a), self.form(b)) {
            Form::Scaled(denominator) => {
                let (a, b) = (self.number_over(a, denominator)?, self.number_over(b, denominator)?);
                Some(self.compared(comparison, a, b))
            }
            Form::Ratio => {
                let (a, b) = (self.fraction(a)?, self.fraction(b)?);
                self.fraction_comparison(comparison, a, b)
            }
            _ => None,
        }
    }

    pub(super) fn choose(&mut self, condition: NodeId, a: NodeId, b: NodeId, form: Form) -> Option<Value> {
        let condition = self.truth(condition)?;
        match form {
            Form::Bool => {
                let (a, b) = (self.truth(a)?, self.truth(b)?);
                Some(Value::Truth(self.chosen_truth(condition, a, b)))
            }
            Form::Scaled(denominator) => {
                let (a, b) = (self.number_over(a, denominator)?, self.number_over(b, denominator)?);
                self.chosen(condition, a, b).map(Value::Number)
            }
            Form::Ratio => {
                let (a, b) = (self.fraction(a)?, self.fraction(b)?);
                self.fraction_choice(condition, a, b).map(Value::Fraction)
            }
            _ => None,
        }
    }

    pub(super) fn chosen_truth(&mut self, condition: Source, a: Source, b: Source) -> Source {
        match (condition, a, b) {
            (Source::Constant(0), _, other) | (Source::Constant(_), other, _) => other,
            (_, a, b) if a == b => a,
            (_, Source::Constant(0), _) => self.logic(Logic::AndNot, b, condition),
            (_, Source::Constant(_), _) => self.logic(Logic::Or, condition, b),
            (_, _, Source::Constant(0)) => self.logic(Logic::And, condition, a),
            (Source::Register(register), ..) => {
                let entity = self.owner_of(&[condition]);
                Source::Register(self.emit(entity, Lane::Truth, Action::Choose(register, a, b)))
            }
        }
    }

    pub(super) fn chosen(&mut self, condition: Source, a: Part, b: Part) -> Option<Part> {
        let register = match condition {
            Source::Constant(0) => return Some(b),
            Source::Constant(_) => return Some(a),
            Source::Register(register) => register,
        };
        if a == b {
            return Some(a);
        }
        if b.value() == Some(0) {
            return self.kept(condition, a);
        }
        let range = a.range.around(b.range);
        let lane = range.lane()?.max(a.lane()).max(b.lane());
        let (a, b) = (self.at(a, lane), self.at(b, lane));
        let entity = self.owner_of(&[condition]);
        Some(Part { source: Source::Register(self.emit(entity, lane, Action::Choose(register, a, b))), range })
    }
}
