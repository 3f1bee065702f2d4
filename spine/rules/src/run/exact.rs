//! Exact calculation: whole numbers over a denominator that is known beforehand, in 64 bits where the bounds of the block's
//! values allow it and 128 where not; fractions row by row where a column divides; floating point for what no fraction is.

use super::structure::{Members, choose, project, row, without_values, zip};
use super::{Column, Context, Data, Inputs, Population, Slot, gather, too_large};
use crate::diagnostic::Diagnostic;
use crate::graph::{
    Aggregation, Binary, Constant, Graph, Kind, Node, NodeId, Operation, Shape, Table, TextTest, Unary, convert_moment,
};
use crate::number::{Number, Rational, greatest_common_divisor, power_of_ten};
use crate::parameter::{Scale, ScaleKind};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

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

fn least_common_multiple(a: i128, b: i128) -> Option<i128> {
    (a / greatest_common_divisor(a, b).max(1)).checked_mul(b).filter(|multiple| *multiple <= LARGEST_DENOMINATOR)
}

fn scaled(denominator: Option<i128>) -> Form {
    match denominator {
        Some(denominator) if (1..=LARGEST_DENOMINATOR).contains(&denominator) => Form::Scaled(denominator),
        _ => Form::Ratio,
    }
}

/// The form in which two meet.
fn meet(a: Form, b: Form) -> Form {
    match (a, b) {
        (Form::Text, _) | (_, Form::Text) => Form::Text,
        (Form::Float, _) | (_, Form::Float) => Form::Float,
        (Form::Ratio, _) | (_, Form::Ratio) => Form::Ratio,
        (Form::Bool, Form::Bool) => Form::Bool,
        (Form::Bool, other) | (other, Form::Bool) => other,
        (Form::Scaled(a), Form::Scaled(b)) => scaled(least_common_multiple(a, b)),
    }
}

fn number_form(number: &Number) -> Form {
    match number.exact {
        Some(exact) if exact.is_finite() => scaled(Some(exact.denominator())),
        Some(_) => Form::Ratio,
        None => Form::Float,
    }
}

fn constant_form(constant: &Constant) -> Form {
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

fn form(
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
            Some(Column::Int(_)) if node.kind == Kind::Bool => Form::Bool,
            Some(Column::Int(_)) => Form::Scaled(1),
            Some(Column::Scaled { denominator, .. }) => Form::Scaled(i128::from(*denominator)),
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

fn unary_form(operation: Unary, a: Form) -> Form {
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

fn exact_constant(graph: &Graph, id: NodeId) -> Option<Rational> {
    graph.constant(id).and_then(Constant::number).and_then(|number| number.exact).filter(|exact| exact.is_finite())
}

fn binary_form(graph: &Graph, operation: Binary, a: NodeId, b: NodeId, forms: &[Form]) -> Form {
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
fn multiplied(denominator: i128, constant: Rational) -> Option<(i128, i128)> {
    let divisor = greatest_common_divisor(constant.numerator(), denominator).max(1);
    Some((constant.numerator() / divisor, (denominator / divisor).checked_mul(constant.denominator())?))
}

fn scale_form(scale: &Scale, base: Form) -> Form {
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

/// Whole numbers of either width.
trait Whole: Copy + Ord {
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

fn fits(bounds: (i128, i128)) -> bool {
    bounds.0 >= i128::from(i64::MIN) && bounds.1 <= i128::from(i64::MAX)
}

/// Bounds after multiplying by a factor.
fn times(bounds: (i128, i128), factor: i128) -> Result<(i128, i128), Diagnostic> {
    let (a, b) =
        (bounds.0.checked_mul(factor).ok_or_else(too_large)?, bounds.1.checked_mul(factor).ok_or_else(too_large)?);
    Ok((a.min(b), a.max(b)))
}

fn product(a: (i128, i128), b: (i128, i128)) -> Result<(i128, i128), Diagnostic> {
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
fn narrow(data: &Data) -> Cow<'_, [i64]> {
    match data {
        Data::Int(values) => Cow::Borrowed(values),
        Data::Bool(values) => Cow::Owned(values.iter().map(|value| i64::from(*value)).collect()),
        Data::Wide(values) => Cow::Owned(values.iter().map(|value| *value as i64).collect()),
        _ => Cow::Owned(Vec::new()),
    }
}

fn wide(data: &Data) -> Cow<'_, [i128]> {
    match data {
        Data::Wide(values) => Cow::Borrowed(values),
        Data::Int(values) => Cow::Owned(values.iter().map(|value| i128::from(*value)).collect()),
        Data::Bool(values) => Cow::Owned(values.iter().map(|value| i128::from(*value)).collect()),
        _ => Cow::Owned(Vec::new()),
    }
}

/// Values as fractions, whatever their form.
fn fractions(slot: &Slot, form: Form) -> Vec<Rational> {
    let denominator = match form {
        Form::Scaled(denominator) => denominator,
        _ => 1,
    };
    match &slot.data {
        Data::Ratio(values) => values.clone(),
        Data::Float(values) => {
            values.iter().map(|value| Rational::from_float(*value).unwrap_or(Rational::NOT_A_NUMBER)).collect()
        }
        data => wide(data)
            .iter()
            .map(|value| Rational::new(*value, denominator).unwrap_or(Rational::NOT_A_NUMBER))
            .collect(),
    }
}

/// Values as floating point, whatever their form.
fn floats(slot: &Slot, form: Form) -> Vec<f64> {
    match (&slot.data, form) {
        (Data::Float(values), _) => values.clone(),
        _ => fractions(slot, form).into_iter().map(Rational::to_float).collect(),
    }
}

fn truths(data: &Data) -> &[u8] {
    match data {
        Data::Bool(values) => values,
        _ => &[],
    }
}

fn bool_slot(values: Vec<u8>) -> Slot {
    Slot { data: Data::Bool(values), bounds: (0, 1) }
}

fn plain(data: Data) -> Slot {
    Slot { data, bounds: (0, 0) }
}

/// Values brought from one form to another that can hold them.
fn reform(slot: &Slot, from: Form, to: Form) -> Result<Slot, Diagnostic> {
    if from == to {
        return Ok(slot.clone());
    }
    Ok(match to {
        Form::Scaled(denominator) => {
            let own = match from {
                Form::Scaled(own) => own,
                _ => 1,
            };
            let factor = denominator / own;
            let bounds = times(slot.bounds, factor)?;
            let data = if fits(bounds) && !matches!(slot.data, Data::Wide(_)) {
                let factor = factor as i64;
                Data::Int(narrow(&slot.data).iter().map(|value| value.wrapping_mul(factor)).collect())
            } else {
                Data::Wide(wide(&slot.data).iter().map(|value| value.wrapping_mul(factor)).collect())
            };
            Slot { data, bounds }
        }
        Form::Ratio => plain(Data::Ratio(fractions(slot, from))),
        Form::Float => plain(Data::Float(floats(slot, from))),
        Form::Bool | Form::Text => slot.clone(),
    })
}

/// Values in a form that can hold them, shared where they have it already.
fn reformed(slot: &Slot, from: Form, to: Form) -> Result<Cow<'_, Slot>, Diagnostic> {
    if from == to { Ok(Cow::Borrowed(slot)) } else { reform(slot, from, to).map(Cow::Owned) }
}

/// The argument whose values a node only passes on, such as a whole number taken for a float.
pub(crate) fn same_as(graph: &Graph, id: NodeId, forms: &[Form]) -> Option<NodeId> {
    let node = graph.node(id);
    let form = forms[id as usize];
    match &node.operation {
        Operation::Convert(a) if forms[*a as usize] == form => {
            let from = graph.kind(*a);
            let moment =
                from != node.kind && !from.is_numeric() && !node.kind.is_numeric() && !matches!(from, Kind::Enum(_));
            let passes = match (node.kind, form) {
                (Kind::Text, _) | (_, Form::Text) => false,
                (Kind::Bool, form) => form == Form::Bool,
                (kind, form) if kind.is_float() => form != Form::Bool,
                (_, form) => form == Form::Scaled(1) && !moment,
            };
            passes.then_some(*a)
        }
        Operation::Unary(Unary::Floor | Unary::Ceiling | Unary::Truncate, a)
            if form == Form::Scaled(1) && forms[*a as usize] == form =>
        {
            Some(*a)
        }
        Operation::Project(a) if graph.shape(*a) == Shape::Scalar => Some(*a),
        _ => None,
    }
}

/// Calculates one node of a block.
pub(crate) fn evaluate(
    context: &Context,
    id: NodeId,
    slots: &[Option<Rc<Slot>>],
    forms: &[Form],
) -> Result<Slot, Diagnostic> {
    if let Some(slot) = without_values(context, id) {
        return Ok(slot);
    }
    let node = context.graph.node(id);
    let form = forms[id as usize];
    let missing = || Diagnostic::limit("an argument was not calculated", "report this with the package");
    let slot = |id: NodeId| slots[id as usize].as_deref().ok_or_else(missing);
    let of = |id: NodeId| forms[id as usize];
    match &node.operation {
        Operation::Constant(value) | Operation::Fill(value) => constant(value, form),
        Operation::Input(place) => input(context, *place as usize, node, form),
        Operation::Unary(operation, a) => unary(*operation, slot(*a)?, of(*a), form),
        Operation::Binary(operation, a, b) => {
            let operands = Operands { left: slot(*a)?, left_form: of(*a), right: slot(*b)?, right_form: of(*b) };
            binary(context.graph, *operation, (*a, *b), &operands, form)
        }
        Operation::Choose(condition, a, b) => {
            let (then, otherwise) = (reformed(slot(*a)?, of(*a), form)?, reformed(slot(*b)?, of(*b), form)?);
            choose_slots(truths(&slot(*condition)?.data), &then, &otherwise)
        }
        Operation::Convert(a) => convert(slot(*a)?, of(*a), context.graph.kind(*a), node.kind, form),
        Operation::Test(test, a, pattern) => Ok(bool_slot(text_test(*test, &slot(*a)?.data, pattern))),
        Operation::Project(a) => {
            let inner = slot(*a)?;
            Ok(Slot { data: project(context, *a, &inner.data), bounds: inner.bounds })
        }
        Operation::Aggregate(aggregation, a, mask) => {
            aggregate(&Members::of(context, context.group(id)), *aggregation, slot(*a)?, of(*a), *mask, form)
        }
        Operation::Nth(n, a, default) => {
            let members = Members::of(context, context.group(id));
            let (values, default) = (reformed(slot(*a)?, of(*a), form)?, constant(default, form)?);
            pick(&members, &values, &default, |person| members.position[person] == *n)
        }
        Operation::OfRole(mask, a, default) => {
            let members = Members::of(context, context.group(id));
            let (values, default) = (reformed(slot(*a)?, of(*a), form)?, constant(default, form)?);
            pick(&members, &values, &default, |person| members.has_role(person, Some(*mask)))
        }
        Operation::Rank(group, criteria, condition) => {
            let members = Members::of(context, *group);
            let condition = truths(&slot(*condition)?.data);
            let criteria = slot(*criteria)?;
            let ranks = match &criteria.data {
                Data::Int(keys) => members.rank(keys, condition, Ord::cmp),
                Data::Wide(keys) => members.rank(keys, condition, Ord::cmp),
                Data::Ratio(keys) => members.rank(keys, condition, |a, b| a.compare(*b).unwrap_or(Ordering::Equal)),
                Data::Float(keys) => members.rank(keys, condition, f64::total_cmp),
                Data::Bool(keys) => members.rank(keys, condition, Ord::cmp),
                Data::Text(keys) => members.rank(keys, condition, Ord::cmp),
                Data::Single(keys) => members.rank(keys, condition, f32::total_cmp),
            };
            Ok(Slot { bounds: (-1, ranks.len() as i128), data: Data::Int(ranks) })
        }
        Operation::Scale { scale, base, right } => scale_slot(scale, slot(*base)?, of(*base), *right, form),
        Operation::Lookup(table, key) => lookup(table, slot(*key)?, form),
        Operation::MemberName(names, a) => {
            let values = narrow(&slot(*a)?.data)
                .iter()
                .map(|index| names.get(*index as usize).cloned().unwrap_or_else(|| Arc::from("")))
                .collect();
            Ok(plain(Data::Text(values)))
        }
        Operation::Members | Operation::HasRole(..) | Operation::Position(_) => Err(missing()),
    }
}

fn constant(value: &Constant, form: Form) -> Result<Slot, Diagnostic> {
    Ok(match (form, value) {
        (Form::Text, Constant::Text(text)) => plain(Data::Text(vec![Arc::clone(text)])),
        (Form::Text, _) => plain(Data::Text(vec![Arc::from("")])),
        (Form::Bool, value) => {
            let truth = value.number().is_some_and(|number| number.float != 0.0);
            bool_slot(vec![u8::from(truth)])
        }
        (_, Constant::Text(text)) => return Err(Diagnostic::raised("TypeError", format!("'{text}' is not a number"))),
        (Form::Scaled(denominator), value) => {
            let exact = value.number().and_then(|number| number.exact).ok_or_else(too_large)?;
            let numerator =
                exact.numerator().checked_mul(denominator / exact.denominator().max(1)).ok_or_else(too_large)?;
            let data =
                i64::try_from(numerator).map_or_else(|_| Data::Wide(vec![numerator]), |small| Data::Int(vec![small]));
            Slot { data, bounds: (numerator, numerator) }
        }
        (Form::Ratio, value) => {
            plain(Data::Ratio(vec![value.number().and_then(|number| number.exact).unwrap_or(Rational::NOT_A_NUMBER)]))
        }
        (Form::Float, value) => plain(Data::Float(vec![value.number().map_or(f64::NAN, |number| number.float)])),
    })
}

/// The rows of an input that the block holds.
fn rows<T: Clone>(context: &Context, node: &Node, values: &[T]) -> Vec<T> {
    let Shape::Entity(entity) = node.shape else { return values.to_vec() };
    let range = context.block.ranges[entity].clone();
    match &context.layout.order[entity] {
        None => values.get(range).unwrap_or_default().to_vec(),
        Some(order) => {
            order.get(range).unwrap_or_default().iter().map(|place| values[*place as usize].clone()).collect()
        }
    }
}

fn whole_slot(values: Vec<i64>) -> Slot {
    let (mut low, mut high) = (0_i64, 0_i64);
    for value in &values {
        low = low.min(*value);
        high = high.max(*value);
    }
    Slot { data: Data::Int(values), bounds: (i128::from(low), i128::from(high)) }
}

fn input(context: &Context, place: usize, node: &Node, form: Form) -> Result<Slot, Diagnostic> {
    let column = context
        .inputs
        .get(place)
        .copied()
        .flatten()
        .ok_or_else(|| Diagnostic::raised("KeyError", "an input is missing"))?;
    Ok(match column {
        Column::Bool(values) => bool_slot(rows(context, node, values).into_iter().map(u8::from).collect()),
        Column::Int(values) if form == Form::Bool => {
            bool_slot(rows(context, node, values).into_iter().map(|value| u8::from(value != 0)).collect())
        }
        Column::Int(values) | Column::Scaled { values, .. } => whole_slot(rows(context, node, values)),
        Column::Ratio(values) => plain(Data::Ratio(rows(context, node, values))),
        Column::Single(values) => plain(Data::Ratio(
            rows(context, node, values)
                .into_iter()
                .map(|value| Rational::from_single(value).unwrap_or(Rational::NOT_A_NUMBER))
                .collect(),
        )),
        Column::Float(values) => plain(Data::Float(rows(context, node, values))),
        Column::Text(values) => plain(Data::Text(rows(context, node, values))),
    })
}

fn map_whole(
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

fn unary(operation: Unary, a: &Slot, a_form: Form, form: Form) -> Result<Slot, Diagnostic> {
    if operation == Unary::Not {
        return Ok(bool_slot(truths(&a.data).iter().map(|value| value ^ 1).collect()));
    }
    match a_form {
        Form::Float => return float_unary(operation, &floats(a, a_form)),
        _ if form == Form::Float => return float_unary(operation, &floats(a, a_form)),
        Form::Ratio => return ratio_unary(operation, &fractions(a, a_form)),
        Form::Text => return Err(Diagnostic::raised("TypeError", "this is not for texts")),
        Form::Bool | Form::Scaled(_) => {}
    }
    let denominator = match a_form {
        Form::Scaled(denominator) => denominator,
        _ => 1,
    };
    let (low, high) = a.bounds;
    let divided = |value: i128| value.div_euclid(denominator);
    Ok(match operation {
        Unary::Negate => map_whole(
            a,
            (high.checked_neg().ok_or_else(too_large)?, low.checked_neg().ok_or_else(too_large)?),
            i64::wrapping_neg,
            i128::wrapping_neg,
        ),
        Unary::Absolute => {
            let highest = high.checked_abs().ok_or_else(too_large)?.max(low.checked_abs().ok_or_else(too_large)?);
            map_whole(a, (0, highest), i64::wrapping_abs, i128::wrapping_abs)
        }
        Unary::Sign => map_whole(a, (-1, 1), i64::signum, i128::signum),
        Unary::Floor if denominator == 1 => a.clone(),
        Unary::Floor => match i64::try_from(denominator) {
            Ok(small) => map_whole(a, (divided(low), divided(high)), |value| value.div_euclid(small), divided),
            Err(_) => map_whole_wide(a, (divided(low), divided(high)), divided),
        },
        Unary::Ceiling => {
            let ceiling = |value: i128| -((-value).div_euclid(denominator));
            match i64::try_from(denominator) {
                Ok(small) if fits((low.saturating_neg(), high.saturating_neg())) => map_whole(
                    a,
                    (ceiling(low), ceiling(high)),
                    |value| -(value.wrapping_neg().div_euclid(small)),
                    ceiling,
                ),
                _ => map_whole_wide(a, (ceiling(low), ceiling(high)), ceiling),
            }
        }
        Unary::Truncate => match i64::try_from(denominator) {
            Ok(small) => map_whole(
                a,
                (low / denominator, high / denominator),
                |value| value / small,
                |value| value / denominator,
            ),
            Err(_) => map_whole_wide(a, (low / denominator, high / denominator), |value| value / denominator),
        },
        Unary::Round(digits) => round(a, denominator, digits, form)?,
        Unary::IsNotANumber | Unary::IsInfinite => bool_slot(vec![0; wide(&a.data).len()]),
        Unary::Not | Unary::Exponential | Unary::Logarithm | Unary::SquareRoot => {
            return Err(Diagnostic::raised("TypeError", "this is not for whole numbers"));
        }
    })
}

/// The same where the divisor itself is wide.
fn map_whole_wide(slot: &Slot, bounds: (i128, i128), operation: impl Fn(i128) -> i128) -> Slot {
    let values = wide(&slot.data);
    let data = if fits(bounds) {
        Data::Int(values.iter().map(|value| operation(*value) as i64).collect())
    } else {
        Data::Wide(values.iter().map(|value| operation(*value)).collect())
    };
    Slot { data, bounds }
}

/// Rounds to decimals, halves to the even neighbour.
fn round(a: &Slot, denominator: i128, digits: i32, form: Form) -> Result<Slot, Diagnostic> {
    let Form::Scaled(target) = form else { return Err(too_large()) };
    let power = power_of_ten(digits.unsigned_abs()).ok_or_else(too_large)?;
    // value / denominator × 10^digits = value × up / down
    let (up, down) =
        if digits >= 0 { (power, denominator) } else { (1, denominator.checked_mul(power).ok_or_else(too_large)?) };
    let divisor = greatest_common_divisor(up, down).max(1);
    let (up, down) = (up / divisor, down / divisor);
    let back = if digits >= 0 { target / power } else { power };
    let raised = times(a.bounds, up)?;
    let half_even = |value: i128| {
        let scaled = value.wrapping_mul(up);
        let floor = scaled.div_euclid(down);
        let twice = scaled.rem_euclid(down).wrapping_mul(2);
        let rounded = match twice.cmp(&down) {
            Ordering::Less => floor,
            Ordering::Greater => floor + 1,
            Ordering::Equal => floor + (floor & 1),
        };
        rounded.wrapping_mul(back)
    };
    let bounds =
        times((raised.0.div_euclid(down), raised.1.div_euclid(down).checked_add(1).ok_or_else(too_large)?), back)?;
    if let (Ok(up), Ok(down), Ok(back), true) =
        (i64::try_from(up), i64::try_from(down), i64::try_from(back), fits(raised) && fits(bounds) && down < 1 << 62)
    {
        let small = |value: i64| {
            let scaled = value.wrapping_mul(up);
            let floor = scaled.div_euclid(down);
            let twice = scaled.rem_euclid(down).wrapping_mul(2);
            let rounded = match twice.cmp(&down) {
                Ordering::Less => floor,
                Ordering::Greater => floor + 1,
                Ordering::Equal => floor + (floor & 1),
            };
            rounded.wrapping_mul(back)
        };
        return Ok(map_whole(a, bounds, small, half_even));
    }
    Ok(map_whole_wide(a, bounds, half_even))
}

fn float_unary(operation: Unary, values: &[f64]) -> Result<Slot, Diagnostic> {
    let map = |operation: fn(f64) -> f64| plain(Data::Float(values.iter().map(|value| operation(*value)).collect()));
    Ok(match operation {
        Unary::Negate => map(|value| -value),
        Unary::Absolute => map(f64::abs),
        Unary::Floor => map(f64::floor),
        Unary::Ceiling => map(f64::ceil),
        Unary::Truncate => map(f64::trunc),
        Unary::Exponential => map(f64::exp),
        Unary::Logarithm => map(f64::ln),
        Unary::SquareRoot => map(f64::sqrt),
        Unary::Sign => map(|value| if value == 0.0 { 0.0 } else { value.signum() }),
        Unary::Round(digits) => {
            let power = 10_f64.powi(digits);
            plain(Data::Float(values.iter().map(|value| (value * power).round_ties_even() / power).collect()))
        }
        Unary::IsNotANumber => bool_slot(values.iter().map(|value| u8::from(value.is_nan())).collect()),
        Unary::IsInfinite => bool_slot(values.iter().map(|value| u8::from(value.is_infinite())).collect()),
        Unary::Not => return Err(Diagnostic::raised("TypeError", "not_ is not for numbers")),
    })
}

fn ratio_unary(operation: Unary, values: &[Rational]) -> Result<Slot, Diagnostic> {
    let map = |operation: &dyn Fn(Rational) -> Option<Rational>| -> Result<Slot, Diagnostic> {
        let mapped: Option<Vec<Rational>> =
            values.iter().map(|value| if value.is_finite() { operation(*value) } else { Some(*value) }).collect();
        mapped.map(|values| plain(Data::Ratio(values))).ok_or_else(too_large)
    };
    match operation {
        Unary::Negate => Ok(plain(Data::Ratio(
            values.iter().map(|value| value.negate()).collect::<Option<_>>().ok_or_else(too_large)?,
        ))),
        Unary::Absolute => {
            let absolute = |value: &Rational| if value.numerator() < 0 { value.negate() } else { Some(*value) };
            Ok(plain(Data::Ratio(values.iter().map(absolute).collect::<Option<_>>().ok_or_else(too_large)?)))
        }
        Unary::Floor => map(&|value| Some(Rational::integer(value.floor()))),
        Unary::Ceiling => map(&|value| Some(Rational::integer(value.ceiling()))),
        Unary::Truncate => map(&|value| Some(Rational::integer(value.truncate()))),
        Unary::Round(digits) => map(&|value| value.round_half_even(digits)),
        Unary::Sign => map(&|value| Some(Rational::integer(value.numerator().signum()))),
        Unary::IsNotANumber => {
            Ok(bool_slot(values.iter().map(|value| u8::from(*value == Rational::NOT_A_NUMBER)).collect()))
        }
        Unary::IsInfinite => Ok(bool_slot(
            values.iter().map(|value| u8::from(!value.is_finite() && *value != Rational::NOT_A_NUMBER)).collect(),
        )),
        Unary::Exponential | Unary::Logarithm | Unary::SquareRoot | Unary::Not => {
            Err(Diagnostic::raised("TypeError", "this is not for fractions"))
        }
    }
}

struct Operands<'slots> {
    left: &'slots Slot,
    left_form: Form,
    right: &'slots Slot,
    right_form: Form,
}

fn denominator(form: Form) -> i128 {
    match form {
        Form::Scaled(denominator) => denominator,
        _ => 1,
    }
}

fn binary(
    graph: &Graph,
    operation: Binary,
    ids: (NodeId, NodeId),
    operands: &Operands,
    form: Form,
) -> Result<Slot, Diagnostic> {
    let (left, right) = (operands.left, operands.right);
    match operation {
        Binary::And | Binary::Or | Binary::Xor => return logic(operation, left, right),
        Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual => return compare(operation, operands),
        _ => {}
    }
    match form {
        Form::Text => return join(left, right),
        Form::Float => {
            return Ok(plain(Data::Float(zip(
                &floats(left, operands.left_form),
                &floats(right, operands.right_form),
                |a, b| float_binary(operation, a, b),
            ))));
        }
        Form::Ratio => return ratio_binary(operation, operands),
        Form::Bool | Form::Scaled(_) => {}
    }
    let (a, b, d) = (denominator(operands.left_form), denominator(operands.right_form), denominator(form));
    match operation {
        Binary::Add | Binary::Subtract | Binary::Maximum | Binary::Minimum => {
            combine(operation, left, d / a, right, d / b)
        }
        Binary::Multiply => {
            if let Some(constant) = exact_constant(graph, ids.1) {
                return by_constant(left, a, constant);
            }
            if let Some(constant) = exact_constant(graph, ids.0) {
                return by_constant(right, b, constant);
            }
            multiply(left, right)
        }
        Binary::Divide => {
            let inverse = exact_constant(graph, ids.1)
                .and_then(|constant| Rational::ONE.divide(constant))
                .ok_or_else(too_large)?;
            by_constant(left, a, inverse)
        }
        Binary::FloorDivide => floor_divide(left, b, right, a),
        Binary::Modulo => modulo(left, d / a, right, d / b),
        Binary::Power => power(left, exact_constant(graph, ids.1).map_or(1, |exponent| exponent.numerator() as u32)),
        _ => Err(too_large()),
    }
}

fn logic(operation: Binary, left: &Slot, right: &Slot) -> Result<Slot, Diagnostic> {
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

fn compare(operation: Binary, operands: &Operands) -> Result<Slot, Diagnostic> {
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

fn compare_zip<T: Copy + PartialOrd>(operation: Binary, a: &[T], b: &[T]) -> Vec<u8> {
    match operation {
        Binary::Equal => zip(a, b, |x, y| u8::from(x == y)),
        Binary::NotEqual => zip(a, b, |x, y| u8::from(x != y)),
        Binary::Less => zip(a, b, |x, y| u8::from(x < y)),
        _ => zip(a, b, |x, y| u8::from(x <= y)),
    }
}

fn compare_scaled<T: Whole>(operation: Binary, a: &[T], up_a: T, b: &[T], up_b: T) -> Vec<u8> {
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

fn join(left: &Slot, right: &Slot) -> Result<Slot, Diagnostic> {
    let (Data::Text(a), Data::Text(b)) = (&left.data, &right.data) else {
        return Err(Diagnostic::raised("TypeError", "texts are only joined with texts"));
    };
    let rows = a.len().max(b.len());
    Ok(plain(Data::Text((0..rows).map(|place| Arc::from(format!("{}{}", row(a, place), row(b, place)))).collect())))
}

fn float_binary(operation: Binary, a: f64, b: f64) -> f64 {
    match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::FloorDivide => (a / b).floor(),
        Binary::Modulo => a - b * (a / b).floor(),
        Binary::Power => a.powf(b),
        Binary::Maximum => {
            if a.is_nan() || a >= b {
                a
            } else {
                b
            }
        }
        _ => {
            if a.is_nan() || a <= b {
                a
            } else {
                b
            }
        }
    }
}

fn ratio_binary(operation: Binary, operands: &Operands) -> Result<Slot, Diagnostic> {
    let (a, b) = (fractions(operands.left, operands.left_form), fractions(operands.right, operands.right_form));
    let apply = |x: Rational, y: Rational| -> Option<Rational> {
        match operation {
            Binary::Add => x.plus(y),
            Binary::Subtract => x.subtract(y),
            Binary::Multiply => x.multiply(y),
            Binary::Divide => x.divide(y),
            Binary::FloorDivide => x
                .divide(y)
                .map(|quotient| if quotient.is_finite() { Rational::integer(quotient.floor()) } else { quotient }),
            Binary::Modulo => x.divide(y).and_then(|quotient| {
                if quotient.is_finite() {
                    x.subtract(y.multiply(Rational::integer(quotient.floor()))?)
                } else {
                    Some(Rational::NOT_A_NUMBER)
                }
            }),
            Binary::Maximum => Some(match x.compare(y) {
                None => Rational::NOT_A_NUMBER,
                Some(order) => {
                    if order.is_ge() {
                        x
                    } else {
                        y
                    }
                }
            }),
            Binary::Minimum => Some(match x.compare(y) {
                None => Rational::NOT_A_NUMBER,
                Some(order) => {
                    if order.is_le() {
                        x
                    } else {
                        y
                    }
                }
            }),
            _ => None,
        }
    };
    zip(&a, &b, apply)
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(|values| plain(Data::Ratio(values)))
        .ok_or_else(too_large)
}

fn combine(operation: Binary, left: &Slot, up_left: i128, right: &Slot, up_right: i128) -> Result<Slot, Diagnostic> {
    let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
    let bounds = match operation {
        Binary::Add => (a.0.checked_add(b.0).ok_or_else(too_large)?, a.1.checked_add(b.1).ok_or_else(too_large)?),
        Binary::Subtract => (a.0.checked_sub(b.1).ok_or_else(too_large)?, a.1.checked_sub(b.0).ok_or_else(too_large)?),
        Binary::Maximum => (a.0.max(b.0), a.1.max(b.1)),
        _ => (a.0.min(b.0), a.1.min(b.1)),
    };
    let data = if fits(a)
        && fits(b)
        && fits(bounds)
        && !matches!(left.data, Data::Wide(_))
        && !matches!(right.data, Data::Wide(_))
    {
        Data::Int(combine_whole(operation, &narrow(&left.data), up_left as i64, &narrow(&right.data), up_right as i64))
    } else {
        Data::Wide(combine_whole(operation, &wide(&left.data), up_left, &wide(&right.data), up_right))
    };
    Ok(Slot { data, bounds })
}

fn combine_whole<T: Whole>(operation: Binary, a: &[T], up_a: T, b: &[T], up_b: T) -> Vec<T> {
    let one = T::of(1);
    if up_a == one && up_b == one {
        return match operation {
            Binary::Add => zip(a, b, T::add),
            Binary::Subtract => zip(a, b, T::subtract),
            Binary::Maximum => zip(a, b, Ord::max),
            _ => zip(a, b, Ord::min),
        };
    }
    match operation {
        Binary::Add => zip(a, b, |x: T, y: T| x.multiply(up_a).add(y.multiply(up_b))),
        Binary::Subtract => zip(a, b, |x: T, y: T| x.multiply(up_a).subtract(y.multiply(up_b))),
        Binary::Maximum => zip(a, b, |x: T, y: T| x.multiply(up_a).max(y.multiply(up_b))),
        _ => zip(a, b, |x: T, y: T| x.multiply(up_a).min(y.multiply(up_b))),
    }
}

fn by_constant(slot: &Slot, own: i128, constant: Rational) -> Result<Slot, Diagnostic> {
    let (factor, _) = multiplied(own, constant).ok_or_else(too_large)?;
    let bounds = times(slot.bounds, factor)?;
    let small = factor as i64;
    if i128::from(small) == factor {
        if let Data::Bool(mask) = &slot.data {
            let data = mask.iter().map(|mask| i64::from(*mask).wrapping_neg() & small).collect();
            return Ok(Slot { data: Data::Int(data), bounds });
        }
        return Ok(map_whole(slot, bounds, |value| value.wrapping_mul(small), |value| value.wrapping_mul(factor)));
    }
    Ok(map_whole_wide(slot, bounds, |value| value.wrapping_mul(factor)))
}

fn multiply(left: &Slot, right: &Slot) -> Result<Slot, Diagnostic> {
    let bounds = product(left.bounds, right.bounds)?;
    if fits(bounds) && !matches!(left.data, Data::Wide(_)) && !matches!(right.data, Data::Wide(_)) {
        // A truth value only switches: no conversion, no multiplication.
        let data = match (&left.data, &right.data) {
            (Data::Bool(mask), Data::Int(values)) | (Data::Int(values), Data::Bool(mask)) => {
                zip(mask, values, |mask: u8, value: i64| i64::from(mask).wrapping_neg() & value)
            }
            _ => zip(&narrow(&left.data), &narrow(&right.data), i64::wrapping_mul),
        };
        return Ok(Slot { data: Data::Int(data), bounds });
    }
    Ok(Slot { data: Data::Wide(zip(&wide(&left.data), &wide(&right.data), i128::wrapping_mul)), bounds })
}

fn floor_divide(left: &Slot, up_left: i128, right: &Slot, up_right: i128) -> Result<Slot, Diagnostic> {
    let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
    let most = a.0.checked_abs().ok_or_else(too_large)?.max(a.1.checked_abs().ok_or_else(too_large)?);
    let bounds = (-most, most);
    let data = if fits(a)
        && fits(b)
        && fits(bounds)
        && !matches!(left.data, Data::Wide(_))
        && !matches!(right.data, Data::Wide(_))
    {
        let (up_left, up_right) = (up_left as i64, up_right as i64);
        Data::Int(zip(&narrow(&left.data), &narrow(&right.data), |x: i64, y: i64| {
            Whole::floor_divide(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    } else {
        Data::Wide(zip(&wide(&left.data), &wide(&right.data), |x: i128, y: i128| {
            Whole::floor_divide(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    };
    Ok(Slot { data, bounds })
}

/// What a division towards minus infinity leaves; nothing where the divisor is zero, as NumPy has it for whole numbers.
fn rest<T: Whole>(x: T, y: T) -> T {
    if y == T::ZERO { T::ZERO } else { x.subtract(x.floor_divide(y).multiply(y)) }
}

fn modulo(left: &Slot, up_left: i128, right: &Slot, up_right: i128) -> Result<Slot, Diagnostic> {
    let (a, b) = (times(left.bounds, up_left)?, times(right.bounds, up_right)?);
    let most =
        b.0.checked_abs()
            .ok_or_else(too_large)?
            .max(b.1.checked_abs().ok_or_else(too_large)?)
            .max(a.0.checked_abs().ok_or_else(too_large)?)
            .max(a.1.checked_abs().ok_or_else(too_large)?);
    let data = if fits(a)
        && fits(b)
        && fits((-most, most))
        && !matches!(left.data, Data::Wide(_))
        && !matches!(right.data, Data::Wide(_))
    {
        let (up_left, up_right) = (up_left as i64, up_right as i64);
        let half = |bounds: (i128, i128)| bounds.0 > i128::from(i32::MIN) && bounds.1 <= i128::from(i32::MAX);
        if half(a) && half(b) && b.0 > 0 {
            // Division takes half as long in half the width.
            let data = zip(&narrow(&left.data), &narrow(&right.data), |x: i64, y: i64| {
                i64::from((x.wrapping_mul(up_left) as i32).rem_euclid(y.wrapping_mul(up_right) as i32))
            });
            return Ok(Slot { data: Data::Int(data), bounds: (0, b.1) });
        }
        Data::Int(zip(&narrow(&left.data), &narrow(&right.data), |x: i64, y: i64| {
            rest(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    } else {
        Data::Wide(zip(&wide(&left.data), &wide(&right.data), |x: i128, y: i128| {
            rest(x.wrapping_mul(up_left), y.wrapping_mul(up_right))
        }))
    };
    Ok(Slot { data, bounds: (-most, most) })
}

fn power(slot: &Slot, exponent: u32) -> Result<Slot, Diagnostic> {
    let mut result = Slot { data: Data::Int(vec![1]), bounds: (1, 1) };
    for _ in 0..exponent {
        result = multiply(&result, slot)?;
    }
    Ok(result)
}

fn choose_slots(condition: &[u8], then: &Slot, otherwise: &Slot) -> Result<Slot, Diagnostic> {
    let bounds = (then.bounds.0.min(otherwise.bounds.0), then.bounds.1.max(otherwise.bounds.1));
    let data = match (&then.data, &otherwise.data) {
        (Data::Bool(a), Data::Bool(b)) => Data::Bool(choose(condition, a, b)),
        (Data::Int(a), Data::Int(b)) => Data::Int(choose(condition, a, b)),
        (Data::Ratio(a), Data::Ratio(b)) => Data::Ratio(choose(condition, a, b)),
        (Data::Float(a), Data::Float(b)) => Data::Float(choose(condition, a, b)),
        (Data::Text(a), Data::Text(b)) => Data::Text(choose(condition, a, b)),
        (Data::Int(_) | Data::Wide(_), Data::Int(_) | Data::Wide(_)) => {
            Data::Wide(choose(condition, &wide(&then.data), &wide(&otherwise.data)))
        }
        _ => return Err(Diagnostic::raised("TypeError", "where(…) between values of different kinds")),
    };
    Ok(Slot { data, bounds })
}

fn convert(slot: &Slot, from_form: Form, from: Kind, to: Kind, form: Form) -> Result<Slot, Diagnostic> {
    if let Data::Text(values) = &slot.data {
        let bad =
            |text: &str| Diagnostic::raised("ValueError", format!("could not convert string to number: '{text}'"));
        let numbers = values
            .iter()
            .map(|text| Rational::parse(text.trim()).ok_or_else(|| bad(text)))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(match form {
            Form::Scaled(_) => whole_slot(numbers.iter().map(|number| number.truncate() as i64).collect()),
            Form::Bool => bool_slot(numbers.iter().map(|number| u8::from(number.numerator() != 0)).collect()),
            _ => plain(Data::Ratio(numbers)),
        });
    }
    match to {
        Kind::Bool => Ok(bool_slot(match &slot.data {
            Data::Bool(values) => values.clone(),
            Data::Int(values) => values.iter().map(|value| u8::from(*value != 0)).collect(),
            Data::Wide(values) => values.iter().map(|value| u8::from(*value != 0)).collect(),
            Data::Ratio(values) => values.iter().map(|value| u8::from(*value != Rational::ZERO)).collect(),
            Data::Float(values) => values.iter().map(|value| u8::from(*value != 0.0)).collect(),
            _ => Vec::new(),
        })),
        Kind::Text => {
            Ok(plain(Data::Text(fractions(slot, from_form).iter().map(|value| Arc::from(value.to_string())).collect())))
        }
        _ if to.is_float() => reform(slot, from_form, form),
        _ => match &slot.data {
            Data::Ratio(values) => Ok(map_whole_wide(
                &Slot {
                    data: Data::Wide(values.iter().map(|value| value.truncate()).collect()),
                    bounds: extremes(values),
                },
                extremes(values),
                |value| value,
            )),
            Data::Float(values) => Ok(whole_slot(values.iter().map(|value| *value as i64).collect())),
            _ => match from_form {
                Form::Scaled(d) if d > 1 => unary(Unary::Truncate, slot, from_form, Form::Scaled(1)),
                _ if from != to && !from.is_numeric() && !to.is_numeric() && !matches!(from, Kind::Enum(_)) => {
                    Ok(whole_slot(moments(&narrow(&slot.data), slot.bounds, from, to)))
                }
                Form::Bool => Ok(whole_slot(narrow(&slot.data).into_owned())),
                _ => Ok(slot.clone()),
            },
        },
    }
}

/// Dates in other units. Those that a life meets go without the checks that eternity needs.
fn moments(values: &[i64], bounds: (i128, i128), from: Kind, to: Kind) -> Vec<i64> {
    // 1 January 0000 and 31 December 9999.
    if bounds.0 >= -719_528 && bounds.1 <= 2_932_896 {
        match (from, to) {
            (Kind::Date, Kind::Year) => {
                return values.iter().map(|value| i64::from(year_and_month(*value as i32).0) - 1970).collect();
            }
            (Kind::Date, Kind::Month) => {
                return values
                    .iter()
                    .map(|value| {
                        let (year, month) = year_and_month(*value as i32);
                        i64::from(year * 12 + month) - 1970 * 12 - 1
                    })
                    .collect();
            }
            _ => {}
        }
    }
    if (from, to) == (Kind::Month, Kind::Date) && bounds.0 >= -23_640 && bounds.1 <= 96_359 {
        return values.iter().map(|value| i64::from(first_of_month(*value as i32))).collect();
    }
    values.iter().map(|value| convert_moment(*value, from, to)).collect()
}

/// Year and month of a day from the year 0 on, counted from 1970: years begin in March, so that leap days come last.
fn year_and_month(days: i32) -> (i32, i32) {
    // Days since 1 March of the year −400, a whole period of the calendar before the first date.
    let shifted = (days + 719_468 + 146_097).cast_unsigned();
    let quarters = 4 * shifted + 3;
    let century = quarters / 146_097;
    let in_century = 4 * (quarters % 146_097 / 4) + 3;
    let year_of_century = in_century / 1_461;
    let day_of_year = in_century % 1_461 / 4;
    let month = (5 * day_of_year + 2) / 153;
    let next = u32::from(month >= 10);
    ((100 * century + year_of_century + next).cast_signed() - 400, (month + 3 - 12 * next).cast_signed())
}

/// The first day of a month, both counted from January 1970; from the year 0 on.
fn first_of_month(months: i32) -> i32 {
    let months = (months + 1970 * 12 + 400 * 12 - 2).cast_unsigned();
    let (year, month) = (months / 12, months % 12);
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
    days.cast_signed() - 719_468 - 146_097
}

fn extremes(values: &[Rational]) -> (i128, i128) {
    values.iter().map(|value| value.truncate()).fold((0, 0), |(low, high), value| (low.min(value), high.max(value)))
}

pub(super) fn text_test(test: TextTest, data: &Data, pattern: &str) -> Vec<u8> {
    let Data::Text(values) = data else { return Vec::new() };
    values
        .iter()
        .map(|text| {
            u8::from(match test {
                TextTest::StartsWith => text.starts_with(pattern),
                TextTest::EndsWith => text.ends_with(pattern),
                TextTest::Contains => text.contains(pattern),
            })
        })
        .collect()
}

fn aggregate(
    members: &Members,
    aggregation: Aggregation,
    slot: &Slot,
    from: Form,
    mask: Option<u64>,
    form: Form,
) -> Result<Slot, Diagnostic> {
    match aggregation {
        Aggregation::All => {
            return Ok(bool_slot(members.fold(truths(&slot.data), 1_u8, mask, |all, value| all & value)));
        }
        Aggregation::Any => {
            if let Data::Bool(values) = &slot.data {
                return Ok(bool_slot(members.fold(values, 0_u8, mask, |any, value| any | value)));
            }
            let sum = aggregate(
                members,
                Aggregation::Sum,
                slot,
                from,
                mask,
                if from == Form::Bool { Form::Scaled(1) } else { from },
            )?;
            return Ok(bool_slot(match &sum.data {
                Data::Int(values) => values.iter().map(|value| u8::from(*value > 0)).collect(),
                Data::Wide(values) => values.iter().map(|value| u8::from(*value > 0)).collect(),
                Data::Ratio(values) => values.iter().map(|value| u8::from(value.numerator() > 0)).collect(),
                Data::Float(values) => values.iter().map(|value| u8::from(*value > 0.0)).collect(),
                _ => Vec::new(),
            }));
        }
        _ => {}
    }
    let sum = aggregation == Aggregation::Sum;
    let largest = aggregation == Aggregation::Largest;
    match form {
        Form::Float => {
            let values = floats(slot, from);
            let neutral = if sum {
                0.0
            } else if largest {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            Ok(plain(Data::Float(members.fold(&values, neutral, mask, |known: f64, value| {
                if sum {
                    known + value
                } else if largest {
                    known.max(value)
                } else {
                    known.min(value)
                }
            }))))
        }
        Form::Ratio => {
            let values = fractions(slot, from);
            let negative = Rational::INFINITY.negate().ok_or_else(too_large)?;
            let neutral = if sum {
                Rational::ZERO
            } else if largest {
                negative
            } else {
                Rational::INFINITY
            };
            let folded = members.fold(&values, Some(neutral), mask, |known: Option<Rational>, value: Rational| {
                let known = known?;
                if sum {
                    return known.plus(value);
                }
                let Some(order) = value.compare(known) else { return Some(Rational::NOT_A_NUMBER) };
                Some(if order == (if largest { Ordering::Greater } else { Ordering::Less }) { value } else { known })
            });
            folded
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map(|values| plain(Data::Ratio(values)))
                .ok_or_else(too_large)
        }
        _ if sum => {
            let count = members.group.len() as i128;
            let (low, high) = slot.bounds;
            let bounds = (
                low.min(0).checked_mul(count).ok_or_else(too_large)?,
                high.max(0).checked_mul(count).ok_or_else(too_large)?,
            );
            let data = match &slot.data {
                Data::Bool(values) => Data::Int(members.fold(values, 0_i64, mask, |sum, value| sum + i64::from(value))),
                Data::Int(values) if fits(bounds) => Data::Int(members.fold(values, 0_i64, mask, i64::wrapping_add)),
                data => Data::Wide(members.fold(&wide(data), 0_i128, mask, i128::wrapping_add)),
            };
            Ok(Slot { data, bounds })
        }
        _ => {
            let data = match &slot.data {
                Data::Wide(values) if largest => Data::Wide(members.fold(values, i128::MIN, mask, Ord::max)),
                Data::Wide(values) => Data::Wide(members.fold(values, i128::MAX, mask, Ord::min)),
                data if largest => Data::Int(members.fold(&narrow(data), i64::MIN, mask, Ord::max)),
                data => Data::Int(members.fold(&narrow(data), i64::MAX, mask, Ord::min)),
            };
            Ok(Slot { data, bounds: slot.bounds })
        }
    }
}

fn pick(
    members: &Members,
    values: &Slot,
    default: &Slot,
    qualifies: impl Fn(usize) -> bool,
) -> Result<Slot, Diagnostic> {
    let bounds = (values.bounds.0.min(default.bounds.0), values.bounds.1.max(default.bounds.1));
    let data = match (&values.data, &default.data) {
        (Data::Bool(values), Data::Bool(default)) => Data::Bool(members.pick(values, &default[0], qualifies)),
        (Data::Int(values), Data::Int(default)) => Data::Int(members.pick(values, &default[0], qualifies)),
        (Data::Ratio(values), Data::Ratio(default)) => Data::Ratio(members.pick(values, &default[0], qualifies)),
        (Data::Float(values), Data::Float(default)) => Data::Float(members.pick(values, &default[0], qualifies)),
        (Data::Text(values), Data::Text(default)) => Data::Text(members.pick(values, &default[0], qualifies)),
        (values, default) => Data::Wide(members.pick(&wide(values), &wide(default)[0], qualifies)),
    };
    Ok(Slot { data, bounds })
}

fn exact_numbers(numbers: &[Number]) -> Result<Vec<Rational>, Diagnostic> {
    numbers
        .iter()
        .map(|number| number.exact.or_else(|| Rational::from_float(number.float)).ok_or_else(too_large))
        .collect()
}

fn scale_slot(scale: &Scale, base: &Slot, base_form: Form, right: bool, form: Form) -> Result<Slot, Diagnostic> {
    match scale.kind {
        ScaleKind::MarginalRate => marginal_rate(scale, base, base_form, form),
        _ => amounts(scale, base, base_form, right, form),
    }
}

fn marginal_rate(scale: &Scale, base: &Slot, base_form: Form, form: Form) -> Result<Slot, Diagnostic> {
    if form == Form::Float {
        let values = floats(base, base_form);
        return Ok(plain(Data::Float(values.iter().map(|base| marginal_float(scale, *base)).collect())));
    }
    let (thresholds, rates) = (exact_numbers(&scale.thresholds)?, exact_numbers(&scale.values)?);
    let Form::Scaled(result) = form else {
        let values = fractions(base, base_form);
        return values
            .iter()
            .map(|base| marginal_fraction(&thresholds, &rates, *base))
            .collect::<Option<Vec<_>>>()
            .map(|values| plain(Data::Ratio(values)))
            .ok_or_else(too_large);
    };
    let own = denominator(base_form);
    let common = thresholds
        .iter()
        .try_fold(own, |common, threshold| least_common_multiple(common, threshold.denominator()))
        .ok_or_else(too_large)?;
    let unit = result / common;
    let up = common / own;
    let cuts = thresholds
        .iter()
        .map(|threshold| threshold.numerator().checked_mul(common / threshold.denominator()))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(too_large)?;
    let factors = rates
        .iter()
        .map(|rate| rate.numerator().checked_mul(unit / rate.denominator()))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(too_large)?;
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
fn marginal_whole<T: Whole>(base: &[T], up: T, cuts: &[T], factors: &[T]) -> Vec<T> {
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

fn marginal_fraction(thresholds: &[Rational], rates: &[Rational], base: Rational) -> Option<Rational> {
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

pub(super) fn marginal_float(scale: &Scale, base: f64) -> f64 {
    let mut total = 0.0;
    for (index, (threshold, rate)) in scale.thresholds.iter().zip(&scale.values).enumerate() {
        let upper = scale.thresholds.get(index + 1).map_or(base, |next| base.min(next.float));
        total += (upper - threshold.float).max(0.0) * rate.float;
    }
    total
}

/// Single amounts, and marginal amounts, which are the sums of the single ones.
fn amounts(scale: &Scale, base: &Slot, base_form: Form, right: bool, form: Form) -> Result<Slot, Diagnostic> {
    let thresholds = exact_numbers(&scale.thresholds)?;
    // Marginal amounts count brackets whose threshold lies strictly below.
    let strict = right || scale.kind == ScaleKind::MarginalAmount;
    let mut cumulated: Vec<Constant> = vec![Constant::Int(0)];
    let mut sum = Number::from_integer(0);
    for value in &scale.values {
        sum = if scale.kind == ScaleKind::MarginalAmount {
            sum.combine(*value, |a, b| a + b, Rational::plus)
        } else {
            *value
        };
        cumulated.push(Constant::Float(sum));
    }
    if matches!(form, Form::Scaled(_)) {
        let table = cumulated.iter().map(|value| constant(value, form)).collect::<Result<Vec<_>, _>>()?;
        if let Some(slot) = amounts_whole(&thresholds, &table, base, base_form, strict) {
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
fn amounts_whole(thresholds: &[Rational], table: &[Slot], base: &Slot, base_form: Form, strict: bool) -> Option<Slot> {
    let own = denominator(base_form);
    let common = thresholds.iter().try_fold(own, |common, threshold| {
        if threshold.is_finite() { least_common_multiple(common, threshold.denominator()) } else { None }
    })?;
    let up = common / own;
    let raised = times(base.bounds, up).ok()?;
    if !fits(raised) || !matches!(base.data, Data::Int(_)) || table.len() != thresholds.len() + 1 {
        return None;
    }
    let cuts = thresholds
        .iter()
        .map(|cut| cut.numerator().checked_mul(common / cut.denominator()).and_then(|cut| i64::try_from(cut).ok()))
        .collect::<Option<Vec<i64>>>()?;
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

fn from_table(table: &[Slot], places: &[usize], form: Form) -> Result<Slot, Diagnostic> {
    let bounds =
        table.iter().fold((0, 0), |(low, high): (i128, i128), slot| (low.min(slot.bounds.0), high.max(slot.bounds.1)));
    let data = match form {
        Form::Bool => {
            let values: Vec<u8> = table.iter().map(|slot| truths(&slot.data).first().copied().unwrap_or(0)).collect();
            Data::Bool(places.iter().map(|place| values[*place]).collect())
        }
        Form::Scaled(_) if fits(bounds) => {
            let values: Vec<i64> = table.iter().map(|slot| narrow(&slot.data).first().copied().unwrap_or(0)).collect();
            Data::Int(places.iter().map(|place| values[*place]).collect())
        }
        Form::Scaled(_) => {
            let values: Vec<i128> = table.iter().map(|slot| wide(&slot.data).first().copied().unwrap_or(0)).collect();
            Data::Wide(places.iter().map(|place| values[*place]).collect())
        }
        Form::Ratio => {
            let values: Vec<Rational> =
                table.iter().map(|slot| fractions(slot, form).first().copied().unwrap_or(Rational::ZERO)).collect();
            Data::Ratio(places.iter().map(|place| values[*place]).collect())
        }
        Form::Float => {
            let values: Vec<f64> =
                table.iter().map(|slot| floats(slot, form).first().copied().unwrap_or(0.0)).collect();
            Data::Float(places.iter().map(|place| values[*place]).collect())
        }
        Form::Text => {
            let values: Vec<Arc<str>> = table
                .iter()
                .map(|slot| match &slot.data {
                    Data::Text(values) => values.first().cloned().unwrap_or_else(|| Arc::from("")),
                    _ => Arc::from(""),
                })
                .collect();
            Data::Text(places.iter().map(|place| Arc::clone(&values[*place])).collect())
        }
    };
    Ok(Slot { data, bounds })
}

/// For each row, the place of its key in a table.
pub(super) fn places(table: &Table, data: &Data) -> Result<Vec<usize>, Diagnostic> {
    let unknown = |key: &str| {
        Diagnostic::raised("ParameterNotFoundError", format!("The parameter '{}.{key}' was not found.", table.name))
    };
    let otherwise = table.entries.iter().position(|(key, _)| matches!(key, Constant::Bool(_)));
    let found = |place: Option<usize>, key: &dyn Fn() -> String| {
        place.filter(|place| table.entries[*place].1.is_some()).or(otherwise).ok_or_else(|| unknown(&key()))
    };
    match data {
        Data::Text(values) => {
            let index: HashMap<&str, usize> = table
                .entries
                .iter()
                .enumerate()
                .filter_map(|(place, (key, _))| match key {
                    Constant::Text(text) => Some((&**text, place)),
                    _ => None,
                })
                .collect();
            values.iter().map(|text| found(index.get(&**text).copied(), &|| text.to_string())).collect()
        }
        data => {
            let index: HashMap<i64, usize> = table
                .entries
                .iter()
                .enumerate()
                .filter_map(|(place, (key, _))| match key {
                    Constant::Int(number) => Some((*number, place)),
                    _ => None,
                })
                .collect();
            let values = match data {
                Data::Float(values) => values.iter().map(|value| *value as i64).collect(),
                Data::Single(values) => values.iter().map(|value| *value as i64).collect(),
                Data::Ratio(values) => values.iter().map(|value| value.truncate() as i64).collect(),
                data => narrow(data).into_owned(),
            };
            values.iter().map(|key| found(index.get(key).copied(), &|| key.to_string())).collect()
        }
    }
}

fn lookup(table: &Table, key: &Slot, form: Form) -> Result<Slot, Diagnostic> {
    let places = places(table, &key.data)?;
    let missing = match form {
        Form::Text => Constant::Text(Arc::from("")),
        Form::Bool => Constant::Bool(false),
        _ => Constant::Int(0),
    };
    let values = table
        .entries
        .iter()
        .map(|(_, value)| constant(value.as_ref().unwrap_or(&missing), form))
        .collect::<Result<Vec<_>, _>>()?;
    from_table(&values, &places, form)
}

/// The blocks of a column of numbers joined.
pub(crate) fn assemble(
    kind: Kind,
    form: Form,
    slots: &[Slot],
    lengths: &[usize],
    count: usize,
    order: Option<&[u32]>,
) -> Result<Column, Diagnostic> {
    match form {
        Form::Scaled(denominator) => {
            let small = i64::try_from(denominator);
            let narrow_enough = slots.iter().all(|slot| matches!(slot.data, Data::Int(_) | Data::Bool(_)));
            if let (true, Ok(denominator)) = (narrow_enough, small) {
                let values = gather(slots, lengths, count, order, |data| Some(narrow(data).into_owned()))?;
                return Ok(if denominator == 1 && !kind.is_float() {
                    Column::Int(values)
                } else {
                    Column::Scaled { values, denominator }
                });
            }
            let values = gather(slots, lengths, count, order, |data| {
                Some(
                    wide(data)
                        .iter()
                        .map(|value| Rational::new(*value, denominator).unwrap_or(Rational::NOT_A_NUMBER))
                        .collect(),
                )
            })?;
            if kind.is_float() { Ok(Column::Ratio(values)) } else { whole_column(&values) }
        }
        Form::Ratio => gather(slots, lengths, count, order, |data| match data {
            Data::Ratio(values) => Some(values.clone()),
            _ => None,
        })
        .map(Column::Ratio),
        Form::Bool => gather(slots, lengths, count, order, |data| Some(narrow(data).into_owned())).map(Column::Int),
        _ => gather(slots, lengths, count, order, |data| match data {
            Data::Float(values) => Some(values.clone()),
            _ => None,
        })
        .map(Column::Float),
    }
}

fn whole_column(values: &[Rational]) -> Result<Column, Diagnostic> {
    values
        .iter()
        .map(|value| i64::try_from(value.numerator()).map_err(|_| too_large()))
        .collect::<Result<Vec<_>, _>>()
        .map(Column::Int)
}
