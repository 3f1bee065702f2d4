//! Exact calculation: whole numbers over a denominator that is known beforehand, in 64 bits where the bounds of the block's
//! values allow it and 128 where not; fractions row by row where a column divides; floating point for what no fraction is.

mod assemble;
mod binary;
mod compare;
mod convert;
mod form;
mod group;
mod scale;
mod table;
mod unary;
mod values;
mod whole;

use super::structure::{Members, in_order, project, without_values};
use super::{Column, Context, Data, Slot, each_width, too_large};
use crate::diagnostic::Diagnostic;
use crate::graph::{Constant, Graph, Kind, Node, NodeId, Operation, Shape, Unary};
use crate::number::Rational;
use binary::{Operands, binary, choose_slots};
use convert::convert;
use group::{aggregate, pick};
use scale::scale_slot;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;
use table::lookup;
use unary::unary;
use values::{bool_slot, plain, reformed, truths};
use whole::{narrow, whole_slot};

pub(crate) use assemble::assemble;
pub(in crate::run) use convert::{first_of_month, text_test, year_and_month};
pub(crate) use form::{Form, Ground, forms};
pub(in crate::run) use form::{exact_constant, meet, multiplied};
pub(in crate::run) use scale::{Slices, amounts_reached, cuts, marginal_float, slices};
pub(in crate::run) use table::places;

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
                Data::Ratio(keys) => members.rank(keys, condition, fractions_in_order),
                Data::Float(keys) => members.rank(keys, condition, |a, b| in_order(*a, *b)),
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
        Operation::Members | Operation::HasRole(..) | Operation::Position(_) | Operation::Everybody(..) => {
            Err(missing())
        }
    }
}

pub(in crate::run) fn constant(value: &Constant, form: Form) -> Result<Slot, Diagnostic> {
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

/// What is not a number comes last.
fn fractions_in_order(a: &Rational, b: &Rational) -> Ordering {
    let unknown = |value: &Rational| *value == Rational::NOT_A_NUMBER;
    unknown(a).cmp(&unknown(b)).then_with(|| a.compare(*b).unwrap_or(Ordering::Equal))
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
        Column::Small { values, .. } if form == Form::Bool => {
            each_width!(values.cells(), values => {
                bool_slot(rows(context, node, values).into_iter().map(|value| u8::from(value != 0)).collect())
            })
        }
        Column::Small { values, .. } => each_width!(values.cells(), values => {
            whole_slot(rows(context, node, values).into_iter().map(i64::from).collect())
        }),
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
