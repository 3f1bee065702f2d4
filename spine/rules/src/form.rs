//! In what form a node's values are kept, known before anything is calculated: the same walk for the exact back end and for SQL, which
//! differ in how large a denominator may grow and in what stands for values beyond it.

use crate::diagnostic::Diagnostic;
use crate::graph::{Aggregation, Binary, Constant, Graph, Kind, Node, NodeId, Operation, Unary, Whole};
use crate::number::{Number, Rational, greatest_common_divisor, power_of_ten};
use crate::parameter::{Scale, ScaleKind};

/// In what form a node's values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Truth values.
    Bool,
    /// Whole numbers over this denominator.
    Scaled(i128),
    /// A fraction in each row.
    Ratio,
    /// Double precision.
    Float,
    /// Texts.
    Text,
}

impl Form {
    /// A truth counts as zero or one.
    pub(crate) fn number(self) -> Self {
        if self == Self::Bool { Self::Scaled(1) } else { self }
    }
}

/// What differs between those who keep values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// The greatest denominator that all rows of a column may share.
    pub(crate) largest: i128,
    /// The form of what has no such denominator.
    pub(crate) beyond: Form,
    /// Whether whole powers are whole numbers over a denominator.
    pub(crate) powers: bool,
}

/// The least common multiple, where it fits.
pub(crate) fn least_common_multiple(a: i128, b: i128) -> Option<i128> {
    (a / greatest_common_divisor(a, b).max(1)).checked_mul(b)
}

/// The value, where it is one number for all rows.
pub(crate) fn exact_constant(graph: &Graph, id: NodeId) -> Option<Rational> {
    graph.constant(id).and_then(Constant::number).and_then(|number| number.exact).filter(|exact| exact.is_finite())
}

/// What numerators over a denominator are multiplied by, and the denominator after, for a constant factor.
pub(crate) fn multiplied(denominator: i128, constant: Rational) -> Option<(i128, i128)> {
    let divisor = greatest_common_divisor(constant.numerator(), denominator).max(1);
    Some((constant.numerator() / divisor, (denominator / divisor).checked_mul(constant.denominator())?))
}

impl Manner {
    pub(crate) fn scaled(&self, denominator: Option<i128>) -> Form {
        match denominator {
            Some(denominator) if (1..=self.largest).contains(&denominator) => Form::Scaled(denominator),
            _ => self.beyond,
        }
    }

    /// The form in which two meet.
    pub(crate) fn meet(&self, a: Form, b: Form) -> Form {
        match (a, b) {
            (Form::Text, _) | (_, Form::Text) => Form::Text,
            (Form::Float, _) | (_, Form::Float) => Form::Float,
            (Form::Ratio, _) | (_, Form::Ratio) => Form::Ratio,
            (Form::Bool, Form::Bool) => Form::Bool,
            (Form::Bool, other) | (other, Form::Bool) => other,
            (Form::Scaled(a), Form::Scaled(b)) => self.scaled(least_common_multiple(a, b)),
        }
    }

    fn of_number(&self, number: &Number) -> Form {
        match number.exact {
            Some(exact) if exact.is_finite() => self.scaled(Some(exact.denominator())),
            Some(_) => self.beyond,
            None => Form::Float,
        }
    }

    /// The form in which all of some numbers meet.
    pub(crate) fn of_numbers(&self, numbers: &[Number]) -> Form {
        let forms = numbers.iter().map(|number| self.of_number(number));
        forms.reduce(|a, b| self.meet(a, b)).unwrap_or(Form::Scaled(1))
    }

    pub(crate) fn of_constant(&self, constant: &Constant) -> Form {
        match constant {
            Constant::Bool(_) => Form::Bool,
            Constant::Int(_) => Form::Scaled(1),
            Constant::Float(number) => self.of_number(number),
            Constant::Text(_) => Form::Text,
        }
    }

    /// The form of a node whose arguments have theirs. `input` tells that of an input by its place; `extreme` that of a greatest or smallest
    /// member, from whether only members with a role count and from the form of their values.
    pub(crate) fn of_node(
        &self,
        graph: &Graph,
        node: &Node,
        forms: &[Form],
        input: impl FnOnce(usize) -> Result<Form, Diagnostic>,
        extreme: impl FnOnce(bool, Form) -> Form,
    ) -> Result<Form, Diagnostic> {
        let of = |id: NodeId| forms[id as usize];
        Ok(match &node.operation {
            Operation::Constant(constant) | Operation::Fill(constant) => self.of_constant(constant),
            Operation::Input(place) => input(*place as usize)?,
            Operation::Unary(operation, a) => self.of_unary(*operation, of(*a).number()),
            Operation::Binary(operation, a, b) => self.of_binary(graph, *operation, (*a, *b), (of(*a), of(*b))),
            Operation::Choose(_, a, b) => self.meet(of(*a), of(*b)),
            Operation::Convert(a) => match (node.kind, of(*a)) {
                (Kind::Bool, _) => Form::Bool,
                (Kind::Text, _) => Form::Text,
                (kind, _) if !kind.is_float() => Form::Scaled(1),
                (_, Form::Text) => self.beyond,
                (_, form) => form.number(),
            },
            Operation::Test(..) | Operation::HasRole(..) => Form::Bool,
            Operation::Project(a) => of(*a),
            Operation::Aggregate(aggregation, a, mask) => match aggregation {
                Aggregation::Any | Aggregation::All => Form::Bool,
                Aggregation::Sum => of(*a).number(),
                Aggregation::Largest | Aggregation::Smallest => extreme(mask.is_some(), of(*a).number()),
            },
            Operation::Everybody(Whole::Any | Whole::All, _) => Form::Bool,
            Operation::Everybody(_, a) => of(*a).number(),
            Operation::Members | Operation::Position(_) | Operation::Rank(..) => Form::Scaled(1),
            Operation::Nth(_, a, default) | Operation::OfRole(_, a, default) => {
                self.meet(of(*a), self.of_constant(default))
            }
            Operation::Scale { scale, base, .. } => self.of_scale(scale, of(*base).number()),
            Operation::Lookup(table, _) => {
                let values = table.entries.iter().filter_map(|(_, value)| value.as_ref());
                let forms = values.map(|value| self.of_constant(value));
                forms.reduce(|a, b| self.meet(a, b)).unwrap_or(Form::Scaled(1))
            }
            Operation::MemberName(..) => Form::Text,
        })
    }

    fn of_unary(&self, operation: Unary, a: Form) -> Form {
        match (operation, a) {
            (Unary::Not | Unary::IsNotANumber | Unary::IsInfinite, _) => Form::Bool,
            (Unary::Exponential | Unary::Logarithm | Unary::SquareRoot, _) => Form::Float,
            (Unary::Floor | Unary::Ceiling | Unary::Truncate | Unary::Sign, Form::Scaled(_)) => Form::Scaled(1),
            (Unary::Round(digits), Form::Scaled(_)) if digits < 0 => Form::Scaled(1),
            (Unary::Round(digits), Form::Scaled(_)) => self.scaled(power_of_ten(digits.unsigned_abs())),
            (_, form) => form,
        }
    }

    fn of_binary(&self, graph: &Graph, operation: Binary, (a, b): (NodeId, NodeId), own: (Form, Form)) -> Form {
        let (left, right) = (own.0.number(), own.1.number());
        let over = |denominator: i128, factor: Rational| {
            self.scaled(multiplied(denominator, factor).map(|(_, denominator)| denominator))
        };
        let constant = |id: NodeId| exact_constant(graph, id);
        match operation {
            Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => Form::Bool,
            Binary::And | Binary::Or | Binary::Xor => self.meet(own.0, own.1),
            Binary::Add | Binary::Subtract | Binary::Maximum | Binary::Minimum | Binary::Modulo => {
                self.meet(left, right)
            }
            Binary::Multiply => match (left, right) {
                (Form::Scaled(x), Form::Scaled(y)) => match (constant(a), constant(b)) {
                    (_, Some(factor)) => over(x, factor),
                    (Some(factor), _) => over(y, factor),
                    _ => self.scaled(x.checked_mul(y)),
                },
                (left, right) => self.meet(left, right),
            },
            Binary::Divide => match (left, right) {
                (Form::Scaled(x), Form::Scaled(_)) => {
                    let inverse = constant(b).filter(|divisor| divisor.numerator() != 0);
                    let inverse = inverse.and_then(|divisor| Rational::ONE.divide(divisor));
                    inverse.map_or(self.beyond, |inverse| over(x, inverse))
                }
                (Form::Float, _) | (_, Form::Float) => Form::Float,
                _ => self.beyond,
            },
            Binary::FloorDivide => match (left, right) {
                (Form::Scaled(_), Form::Scaled(_)) => Form::Scaled(1),
                (left, right) => self.meet(left, right),
            },
            Binary::Power => match (left, constant(b)) {
                (Form::Scaled(x), Some(exponent))
                    if self.powers && exponent.denominator() == 1 && (0..=64).contains(&exponent.numerator()) =>
                {
                    self.scaled(x.checked_pow(exponent.numerator() as u32))
                }
                _ => Form::Float,
            },
        }
    }

    fn of_scale(&self, scale: &Scale, base: Form) -> Form {
        let (values, thresholds) = (self.of_numbers(&scale.values), self.of_numbers(&scale.thresholds));
        if scale.kind != ScaleKind::MarginalRate {
            return values;
        }
        match (self.meet(base, thresholds), values) {
            (Form::Scaled(unit), Form::Scaled(rates)) => self.scaled(unit.checked_mul(rates)),
            (Form::Float, _) | (_, Form::Float) => Form::Float,
            _ => self.beyond,
        }
    }
}
