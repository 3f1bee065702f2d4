//! How columns are kept in SQL.

use super::expression::Writer;
use crate::graph::{Binary, Constant, Kind, NodeId, Operation, Unary};
use crate::number::{Number, Rational, greatest_common_divisor, power_of_ten};
use crate::parameter::{Scale, ScaleKind};

/// How a column is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A truth value.
    Bool,
    /// A whole number over this denominator; dates and members too.
    Scaled(i128),
    /// Double precision.
    Double,
    /// A text.
    Text,
}

/// Beyond this denominator a column is double precision: its numerators would soon not fit in 64 bits.
const LARGEST: i128 = 1_000_000_000;

fn scaled(denominator: Option<i128>) -> Form {
    match denominator {
        Some(denominator) if (1..=LARGEST).contains(&denominator) => Form::Scaled(denominator),
        _ => Form::Double,
    }
}

pub(super) fn common(a: i128, b: i128) -> Option<i128> {
    (a / greatest_common_divisor(a, b).max(1)).checked_mul(b)
}

pub(super) fn meet(a: Form, b: Form) -> Form {
    match (a, b) {
        (Form::Text, _) | (_, Form::Text) => Form::Text,
        (Form::Double, _) | (_, Form::Double) => Form::Double,
        (Form::Bool, Form::Bool) => Form::Bool,
        (Form::Bool, other) | (other, Form::Bool) => other,
        (Form::Scaled(a), Form::Scaled(b)) => scaled(common(a, b)),
    }
}

pub(super) fn number_form(number: &Number) -> Form {
    match number.exact {
        Some(exact) if exact.is_finite() => scaled(Some(exact.denominator())),
        _ => Form::Double,
    }
}

pub(super) fn constant_form(constant: &Constant) -> Form {
    match constant {
        Constant::Bool(_) => Form::Bool,
        Constant::Int(_) => Form::Scaled(1),
        Constant::Float(number) => number_form(number),
        Constant::Text(_) => Form::Text,
    }
}

impl Writer<'_> {
    /// The form of an operation's result.
    pub(super) fn form(&self, id: NodeId) -> Form {
        let node = self.graph.node(id);
        let of = |id: NodeId| self.forms[id as usize];
        let number = |form: Form| if form == Form::Bool { Form::Scaled(1) } else { form };
        match &node.operation {
            Operation::Constant(constant) | Operation::Fill(constant) => constant_form(constant),
            Operation::Input(_) => match node.kind {
                Kind::Bool => Form::Bool,
                Kind::Text => Form::Text,
                kind if kind.is_float() => scaled(power_of_ten(self.options.decimals)),
                _ => Form::Scaled(1),
            },
            Operation::Unary(operation, a) => match (operation, number(of(*a))) {
                (Unary::Not | Unary::IsNotANumber | Unary::IsInfinite, _) => Form::Bool,
                (Unary::Exponential | Unary::Logarithm | Unary::SquareRoot, _) => Form::Double,
                (Unary::Floor | Unary::Ceiling | Unary::Truncate | Unary::Sign, Form::Scaled(_)) => Form::Scaled(1),
                (Unary::Round(digits), Form::Scaled(denominator)) => {
                    let power = power_of_ten(digits.unsigned_abs()).unwrap_or(1);
                    if *digits < 0 { Form::Scaled(1) } else { Form::Scaled(power.min(denominator)) }
                }
                (_, form) => form,
            },
            Operation::Binary(operation, a, b) => self.binary_form(*operation, *a, *b),
            Operation::Choose(_, a, b) => meet(of(*a), of(*b)),
            Operation::Convert(a) => match (node.kind, of(*a)) {
                (Kind::Bool, _) => Form::Bool,
                (Kind::Text, _) => Form::Text,
                (kind, _) if !kind.is_float() => Form::Scaled(1),
                (_, Form::Text) => Form::Double,
                (_, form) => number(form),
            },
            Operation::Test(..) | Operation::HasRole(..) => Form::Bool,
            Operation::Project(a) => of(*a),
            Operation::Aggregate(aggregation, a, mask) => match aggregation {
                crate::graph::Aggregation::Any | crate::graph::Aggregation::All => Form::Bool,
                crate::graph::Aggregation::Sum => number(of(*a)),
                _ if mask.is_some() => Form::Double,
                _ => number(of(*a)),
            },
            Operation::Members | Operation::Position(_) | Operation::Rank(..) => Form::Scaled(1),
            Operation::Nth(_, a, default) | Operation::OfRole(_, a, default) => meet(of(*a), constant_form(default)),
            Operation::Scale { scale, base, .. } => scale_form(scale, number(of(*base))),
            Operation::Lookup(table, _) => table
                .entries
                .iter()
                .filter_map(|(_, value)| value.as_ref())
                .map(constant_form)
                .reduce(meet)
                .unwrap_or(Form::Scaled(1)),
            Operation::MemberName(..) => Form::Text,
        }
    }

    fn binary_form(&self, operation: Binary, a: NodeId, b: NodeId) -> Form {
        let number =
            |id: NodeId| if self.forms[id as usize] == Form::Bool { Form::Scaled(1) } else { self.forms[id as usize] };
        let (left, right) = (number(a), number(b));
        match operation {
            Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => Form::Bool,
            Binary::And | Binary::Or | Binary::Xor => meet(self.forms[a as usize], self.forms[b as usize]),
            Binary::Add | Binary::Subtract | Binary::Maximum | Binary::Minimum | Binary::Modulo => meet(left, right),
            Binary::Multiply => match (left, right) {
                (Form::Scaled(x), Form::Scaled(y)) => match (self.exact(a), self.exact(b)) {
                    (_, Some(factor)) => scaled(multiplied(x, factor).map(|(_, denominator)| denominator)),
                    (Some(factor), _) => scaled(multiplied(y, factor).map(|(_, denominator)| denominator)),
                    _ => scaled(x.checked_mul(y)),
                },
                (left, right) => meet(left, right),
            },
            Binary::Divide => match (left, self.exact(b)) {
                (Form::Scaled(x), Some(divisor)) if divisor.numerator() != 0 => scaled(
                    Rational::ONE
                        .divide(divisor)
                        .and_then(|inverse| multiplied(x, inverse))
                        .map(|(_, denominator)| denominator),
                ),
                _ => Form::Double,
            },
            Binary::FloorDivide => match (left, right) {
                (Form::Scaled(_), Form::Scaled(_)) => Form::Scaled(1),
                _ => Form::Double,
            },
            Binary::Power => Form::Double,
        }
    }
}

pub(super) fn multiplied(denominator: i128, factor: Rational) -> Option<(i128, i128)> {
    let divisor = greatest_common_divisor(factor.numerator(), denominator).max(1);
    Some((factor.numerator() / divisor, (denominator / divisor).checked_mul(factor.denominator())?))
}

fn scale_form(scale: &Scale, base: Form) -> Form {
    let all = |numbers: &[Number]| numbers.iter().map(number_form).reduce(meet).unwrap_or(Form::Scaled(1));
    let (values, thresholds) = (all(&scale.values), all(&scale.thresholds));
    if scale.kind != ScaleKind::MarginalRate {
        return values;
    }
    match (meet(base, thresholds), values) {
        (Form::Scaled(unit), Form::Scaled(rates)) => scaled(unit.checked_mul(rates)),
        _ => Form::Double,
    }
}
