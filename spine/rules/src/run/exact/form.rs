//! In what form a node's values are kept: known before the calculation, from constants and inputs.

use super::super::{Column, Inputs, Population};
use crate::diagnostic::Diagnostic;
use crate::graph::{Aggregation, Binary, Constant, Graph, Kind, Node, NodeId, Operation, Shape, Unary};
use crate::number::{Number, Rational, greatest_common_divisor, power_of_ten};
use crate::parameter::{Scale, ScaleKind};
use std::collections::HashMap;

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

/// Beyond this denominator, fractions are kept row by row, in lowest terms.
const LARGEST_DENOMINATOR: i128 = 1_000_000_000_000_000_000_000;

pub(super) fn least_common_multiple(a: i128, b: i128) -> Option<i128> {
    (a / greatest_common_divisor(a, b).max(1)).checked_mul(b).filter(|multiple| *multiple <= LARGEST_DENOMINATOR)
}

pub(super) fn scaled(denominator: Option<i128>) -> Form {
    match denominator {
        Some(denominator) if (1..=LARGEST_DENOMINATOR).contains(&denominator) => Form::Scaled(denominator),
        _ => Form::Ratio,
    }
}

/// The form in which two meet.
pub(in crate::run) fn meet(a: Form, b: Form) -> Form {
    match (a, b) {
        (Form::Text, _) | (_, Form::Text) => Form::Text,
        (Form::Float, _) | (_, Form::Float) => Form::Float,
        (Form::Ratio, _) | (_, Form::Ratio) => Form::Ratio,
        (Form::Bool, Form::Bool) => Form::Bool,
        (Form::Bool, other) | (other, Form::Bool) => other,
        (Form::Scaled(a), Form::Scaled(b)) => scaled(least_common_multiple(a, b)),
    }
}

pub(super) fn number_form(number: &Number) -> Form {
    match number.exact {
        Some(exact) if exact.is_finite() => scaled(Some(exact.denominator())),
        Some(_) => Form::Ratio,
        None => Form::Float,
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

/// The forms of the nodes needed, in order.
pub(crate) fn forms(
    graph: &Graph,
    needed: &[NodeId],
    population: &Population,
    inputs: &Inputs,
) -> Result<Vec<Form>, Diagnostic> {
    let mut memberless: HashMap<usize, bool> = HashMap::new();
    // Only an extreme asks whether a group is empty.
    let asked = needed.iter().any(|id| {
        matches!(graph.node(*id).operation, Operation::Aggregate(Aggregation::Largest | Aggregation::Smallest, ..))
    });
    for (entity, membership) in population.memberships.iter().enumerate().filter(|_| asked) {
        let mut has_member = vec![false; population.counts[entity]];
        for group in &membership.group {
            has_member[*group as usize] = true;
        }
        memberless.insert(entity, has_member.contains(&false));
    }
    let mut forms = vec![Form::Bool; graph.nodes.len()];
    for id in needed {
        forms[*id as usize] = form(graph, graph.node(*id), &forms, &memberless, inputs)?;
    }
    Ok(forms)
}

pub(super) fn form(
    graph: &Graph,
    node: &Node,
    forms: &[Form],
    memberless: &HashMap<usize, bool>,
    inputs: &Inputs,
) -> Result<Form, Diagnostic> {
    let of = |id: NodeId| forms[id as usize];
    let number = |form: Form| if form == Form::Bool { Form::Scaled(1) } else { form };
    Ok(match &node.operation {
        Operation::Constant(constant) | Operation::Fill(constant) => constant_form(constant),
        Operation::Input(place) => match graph.inputs.get(*place as usize).and_then(|key| inputs.get(key)) {
            Some(Column::Bool(_)) => Form::Bool,
            Some(Column::Int(_) | Column::Small { .. }) if node.kind == Kind::Bool => Form::Bool,
            Some(Column::Int(_)) => Form::Scaled(1),
            Some(Column::Scaled { denominator, .. } | Column::Small { denominator, .. }) => {
                Form::Scaled(i128::from(*denominator))
            }
            Some(Column::Ratio(_) | Column::Single(_)) => Form::Ratio,
            Some(Column::Float(_)) => Form::Float,
            Some(Column::Text(_)) => Form::Text,
            None => return Err(Diagnostic::raised("KeyError", "an input that the plan was made for is missing")),
        },
        Operation::Unary(operation, a) => unary_form(*operation, of(*a)),
        Operation::Binary(operation, a, b) => binary_form(graph, *operation, *a, *b, forms),
        Operation::Choose(_, a, b) => meet(of(*a), of(*b)),
        Operation::Convert(a) => match (node.kind, of(*a)) {
            (Kind::Bool, _) => Form::Bool,
            (Kind::Text, _) => Form::Text,
            (kind, _) if !kind.is_float() => Form::Scaled(1),
            (_, Form::Text) => Form::Ratio,
            (_, form) => number(form),
        },
        Operation::Test(..) | Operation::HasRole(..) => Form::Bool,
        Operation::Project(a) => of(*a),
        Operation::Aggregate(aggregation, a, mask) => match aggregation {
            Aggregation::Any | Aggregation::All => Form::Bool,
            Aggregation::Sum => number(of(*a)),
            // A group without such a member has an infinite extreme.
            Aggregation::Largest | Aggregation::Smallest => {
                let empty = match node.shape {
                    Shape::Entity(entity) => memberless.get(&entity).copied().unwrap_or(true),
                    Shape::Scalar => true,
                };
                match number(of(*a)) {
                    Form::Scaled(denominator) if mask.is_none() && !empty => Form::Scaled(denominator),
                    Form::Scaled(_) => Form::Ratio,
                    other => other,
                }
            }
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
    })
}

pub(super) fn unary_form(operation: Unary, a: Form) -> Form {
    let number = if a == Form::Bool { Form::Scaled(1) } else { a };
    match (operation, number) {
        (Unary::Not | Unary::IsNotANumber | Unary::IsInfinite, _) => Form::Bool,
        (Unary::Exponential | Unary::Logarithm | Unary::SquareRoot, _) => Form::Float,
        (Unary::Floor | Unary::Ceiling | Unary::Truncate | Unary::Sign, Form::Scaled(_)) => Form::Scaled(1),
        (Unary::Round(digits), Form::Scaled(denominator)) => {
            let power = power_of_ten(digits.unsigned_abs()).unwrap_or(1);
            if digits >= 0 { scaled(Some(power.min(denominator.max(power)))) } else { Form::Scaled(1) }
        }
        (_, form) => form,
    }
}

pub(in crate::run) fn exact_constant(graph: &Graph, id: NodeId) -> Option<Rational> {
    graph.constant(id).and_then(Constant::number).and_then(|number| number.exact).filter(|exact| exact.is_finite())
}

pub(super) fn binary_form(graph: &Graph, operation: Binary, a: NodeId, b: NodeId, forms: &[Form]) -> Form {
    let number = |id: NodeId| if forms[id as usize] == Form::Bool { Form::Scaled(1) } else { forms[id as usize] };
    let (left, right) = (number(a), number(b));
    match operation {
        Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => Form::Bool,
        Binary::And | Binary::Or | Binary::Xor => meet(forms[a as usize], forms[b as usize]),
        Binary::Add | Binary::Subtract | Binary::Maximum | Binary::Minimum => meet(left, right),
        Binary::Multiply => match (left, right) {
            (Form::Scaled(x), Form::Scaled(y)) => match (exact_constant(graph, a), exact_constant(graph, b)) {
                (_, Some(constant)) => {
                    multiplied(x, constant).map_or(Form::Ratio, |(_, denominator)| scaled(Some(denominator)))
                }
                (Some(constant), _) => {
                    multiplied(y, constant).map_or(Form::Ratio, |(_, denominator)| scaled(Some(denominator)))
                }
                _ => scaled(x.checked_mul(y)),
            },
            (left, right) => meet(left, right),
        },
        Binary::Divide => match (left, right) {
            (Form::Scaled(x), Form::Scaled(_)) => {
                match exact_constant(graph, b).filter(|constant| constant.numerator() != 0) {
                    Some(constant) => Rational::ONE
                        .divide(constant)
                        .and_then(|inverse| multiplied(x, inverse))
                        .map_or(Form::Ratio, |(_, denominator)| scaled(Some(denominator))),
                    None => Form::Ratio,
                }
            }
            (Form::Float, _) | (_, Form::Float) => Form::Float,
            _ => Form::Ratio,
        },
        Binary::FloorDivide => match (left, right) {
            (Form::Scaled(_), Form::Scaled(_)) => Form::Scaled(1),
            (left, right) => meet(left, right),
        },
        Binary::Modulo => meet(left, right),
        Binary::Power => match (left, exact_constant(graph, b)) {
            (Form::Scaled(x), Some(exponent))
                if exponent.denominator() == 1 && (0..=64).contains(&exponent.numerator()) =>
            {
                scaled(x.checked_pow(exponent.numerator() as u32))
            }
            _ => Form::Float,
        },
    }
}

/// What numerators over a denominator are multiplied by, and the denominator after, for a constant factor.
pub(in crate::run) fn multiplied(denominator: i128, constant: Rational) -> Option<(i128, i128)> {
    let divisor = greatest_common_divisor(constant.numerator(), denominator).max(1);
    Some((constant.numerator() / divisor, (denominator / divisor).checked_mul(constant.denominator())?))
}

pub(super) fn scale_form(scale: &Scale, base: Form) -> Form {
    let exact = |numbers: &[Number]| numbers.iter().map(number_form).reduce(meet).unwrap_or(Form::Scaled(1));
    let (values, thresholds) = (exact(&scale.values), exact(&scale.thresholds));
    match scale.kind {
        ScaleKind::MarginalRate => match (base, values, thresholds) {
            (Form::Scaled(base), Form::Scaled(rates), Form::Scaled(thresholds)) => {
                scaled(least_common_multiple(base, thresholds).and_then(|common| common.checked_mul(rates)))
            }
            (Form::Float, _, _) | (_, Form::Float, _) | (_, _, Form::Float) => Form::Float,
            _ => Form::Ratio,
        },
        _ => values,
    }
}
