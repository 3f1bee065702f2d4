//! Calculation as OpenFisca Core and NumPy do it: `int32` that wraps, `float32` that rounds.

use super::exact::{marginal_float, places, text_test};
use super::structure::{Members, choose, in_order, project, row, without_values, zip};
use super::{Column, Context, Data, Slot, gather};
use crate::diagnostic::Diagnostic;
use crate::graph::{Aggregation, Binary, Constant, Kind, Node, NodeId, Operation, Shape, Unary, convert_moment};
use crate::number::Rational;
use crate::parameter::{Scale, ScaleKind};
use std::rc::Rc;
use std::sync::Arc;

fn plain(data: Data) -> Slot {
    Slot { data, bounds: (0, 0) }
}

/// A constant in the type of a node.
fn constant(value: &Constant, kind: Kind) -> Data {
    match (kind, value) {
        (Kind::Text, Constant::Text(text)) => Data::Text(vec![Arc::clone(text)]),
        (Kind::Text, _) => Data::Text(vec![Arc::from("")]),
        (Kind::Bool, value) => Data::Bool(vec![u8::from(value.number().is_some_and(|number| number.float != 0.0))]),
        (Kind::Float32, value) => Data::Single(vec![value.number().map_or(f32::NAN, |number| number.float as f32)]),
        (Kind::Float64, value) => Data::Float(vec![value.number().map_or(f64::NAN, |number| number.float)]),
        (_, Constant::Int(value)) => Data::Int(vec![*value]),
        (_, value) => Data::Int(vec![value.number().map_or(0, |number| number.float as i64)]),
    }
}

fn floats(data: &Data) -> Vec<f64> {
    match data {
        Data::Bool(values) => values.iter().map(|value| f64::from(*value)).collect(),
        Data::Int(values) => values.iter().map(|value| *value as f64).collect(),
        Data::Single(values) => values.iter().map(|value| f64::from(*value)).collect(),
        Data::Float(values) => values.clone(),
        _ => Vec::new(),
    }
}

fn wholes(data: &Data) -> Vec<i64> {
    match data {
        Data::Bool(values) => values.iter().map(|value| i64::from(*value)).collect(),
        Data::Int(values) => values.clone(),
        Data::Single(values) => values.iter().map(|value| *value as i64).collect(),
        Data::Float(values) => values.iter().map(|value| *value as i64).collect(),
        _ => Vec::new(),
    }
}

/// Values brought to the type of a node.
fn to_kind(data: Data, kind: Kind) -> Data {
    match (kind, &data) {
        (Kind::Bool, Data::Bool(_))
        | (Kind::Float32, Data::Single(_))
        | (Kind::Float64, Data::Float(_))
        | (Kind::Text, Data::Text(_)) => data,
        (Kind::Bool, Data::Int(values)) => Data::Bool(values.iter().map(|value| u8::from(*value != 0)).collect()),
        (Kind::Bool, _) => Data::Bool(floats(&data).iter().map(|value| u8::from(*value != 0.0)).collect()),
        (Kind::Float32, Data::Int(values)) => Data::Single(values.iter().map(|value| *value as f32).collect()),
        (Kind::Float32, _) => Data::Single(floats(&data).iter().map(|value| *value as f32).collect()),
        (Kind::Float64, _) => Data::Float(floats(&data)),
        (Kind::Text, Data::Int(values)) => {
            Data::Text(values.iter().map(|value| Arc::from(value.to_string())).collect())
        }
        (Kind::Int32, _) => Data::Int(wholes(&data).into_iter().map(|value| i64::from(value as i32)).collect()),
        (_, Data::Int(_)) => data,
        _ => Data::Int(wholes(&data)),
    }
}

/// Calculates one node of a block.
pub(crate) fn evaluate(context: &Context, id: NodeId, slots: &[Option<Rc<Slot>>]) -> Result<Slot, Diagnostic> {
    if let Some(slot) = without_values(context, id) {
        return Ok(slot);
    }
    let node = context.graph.node(id);
    let missing = || Diagnostic::limit("an argument was not calculated", "report this with the package");
    let data = |id: NodeId| slots[id as usize].as_ref().map(|slot| &slot.data).ok_or_else(missing);
    Ok(plain(match &node.operation {
        Operation::Constant(value) | Operation::Fill(value) => constant(value, node.kind),
        Operation::Input(place) => input(context, *place as usize, node)?,
        Operation::Unary(operation, a) => unary(*operation, data(*a)?, node.kind),
        Operation::Binary(operation, a, b) => binary(*operation, data(*a)?, data(*b)?, node.kind)?,
        Operation::Choose(condition, a, b) => {
            let Data::Bool(condition) = data(*condition)? else { return Err(missing()) };
            chosen(condition, data(*a)?, data(*b)?)?
        }
        Operation::Convert(a) => convert(data(*a)?, context.graph.kind(*a), node.kind)?,
        Operation::Test(test, a, pattern) => Data::Bool(text_test(*test, data(*a)?, pattern)),
        Operation::Project(a) => project(context, *a, data(*a)?),
        Operation::Aggregate(aggregation, a, mask) => {
            aggregate(&Members::of(context, context.group(id)), *aggregation, data(*a)?, *mask)
        }
        Operation::Nth(n, a, default) => {
            let members = Members::of(context, context.group(id));
            pick(&members, data(*a)?, &constant(default, node.kind), |person| members.position[person] == *n)?
        }
        Operation::OfRole(mask, a, default) => {
            let members = Members::of(context, context.group(id));
            pick(&members, data(*a)?, &constant(default, node.kind), |person| members.has_role(person, Some(*mask)))?
        }
        Operation::Rank(group, criteria, condition) => {
            let Data::Bool(condition) = data(*condition)? else { return Err(missing()) };
            Data::Int(Members::of(context, *group).rank(&floats(data(*criteria)?), condition, |a, b| in_order(*a, *b)))
        }
        Operation::Scale { scale, base, right } => scale_data(scale, &floats(data(*base)?), *right, node.kind),
        Operation::Lookup(table, key) => {
            let places = places(table, data(*key)?)?;
            let values: Vec<Data> = table
                .entries
                .iter()
                .map(|(_, value)| constant(value.as_ref().unwrap_or(&Constant::Int(0)), node.kind))
                .collect();
            from_table(&values, &places, node.kind)
        }
        Operation::MemberName(names, a) => Data::Text(
            wholes(data(*a)?)
                .iter()
                .map(|index| names.get(*index as usize).cloned().unwrap_or_else(|| Arc::from("")))
                .collect(),
        ),
        Operation::Members | Operation::HasRole(..) | Operation::Position(_) | Operation::Everybody(..) => {
            return Err(missing());
        }
    }))
}

fn input(context: &Context, place: usize, node: &Node) -> Result<Data, Diagnostic> {
    let column = context
        .inputs
        .get(place)
        .copied()
        .flatten()
        .ok_or_else(|| Diagnostic::raised("KeyError", "an input is missing"))?;
    let Shape::Entity(entity) = node.shape else {
        return Err(Diagnostic::raised("KeyError", "an input without entity"));
    };
    let range = context.block.ranges[entity].clone();
    let rows: Vec<usize> = match &context.layout.order[entity] {
        None => range.collect(),
        Some(order) => order.get(range).unwrap_or_default().iter().map(|place| *place as usize).collect(),
    };
    Ok(match (node.kind, column) {
        (Kind::Text, Column::Text(values)) => Data::Text(rows.iter().map(|row| Arc::clone(&values[*row])).collect()),
        (Kind::Bool, Column::Bool(values)) => Data::Bool(rows.iter().map(|row| u8::from(values[*row])).collect()),
        (Kind::Float32, column) => {
            Data::Single(rows.iter().map(|row| column.float(*row).unwrap_or(f64::NAN) as f32).collect())
        }
        (Kind::Int32, Column::Int(values)) => {
            Data::Int(rows.iter().map(|row| i64::from(values[*row] as i32)).collect())
        }
        (_, Column::Int(values)) => Data::Int(rows.iter().map(|row| values[*row]).collect()),
        (kind, Column::Small { values, denominator: 1 }) if !kind.is_float() => {
            to_kind(Data::Int(rows.iter().map(|row| values.get(*row).unwrap_or_default()).collect()), kind)
        }
        (kind, column) => {
            to_kind(Data::Float(rows.iter().map(|row| column.float(*row).unwrap_or(f64::NAN)).collect()), kind)
        }
    })
}

fn round_single(value: f32, digits: i32) -> f32 {
    let power = 10_f32.powi(digits.abs());
    if digits >= 0 { (value * power).round_ties_even() / power } else { (value / power).round_ties_even() * power }
}

fn round_double(value: f64, digits: i32) -> f64 {
    let power = 10_f64.powi(digits.abs());
    if digits >= 0 { (value * power).round_ties_even() / power } else { (value / power).round_ties_even() * power }
}

fn unary(operation: Unary, data: &Data, kind: Kind) -> Data {
    let wrap = |value: i64| if kind == Kind::Int32 { i64::from(value as i32) } else { value };
    match (operation, data) {
        (Unary::Not, Data::Bool(values)) => Data::Bool(values.iter().map(|value| value ^ 1).collect()),
        (Unary::IsNotANumber, data) => Data::Bool(floats(data).iter().map(|value| u8::from(value.is_nan())).collect()),
        (Unary::IsInfinite, data) => {
            Data::Bool(floats(data).iter().map(|value| u8::from(value.is_infinite())).collect())
        }
        (operation, Data::Single(values)) => Data::Single(
            values
                .iter()
                .map(|value| match operation {
                    Unary::Negate => -value,
                    Unary::Absolute => value.abs(),
                    Unary::Floor => value.floor(),
                    Unary::Ceiling => value.ceil(),
                    Unary::Truncate => value.trunc(),
                    Unary::Round(digits) => round_single(*value, digits),
                    Unary::Exponential => value.exp(),
                    Unary::Logarithm => value.ln(),
                    Unary::SquareRoot => value.sqrt(),
                    _ => {
                        if *value == 0.0 {
                            0.0
                        } else {
                            value.signum()
                        }
                    }
                })
                .collect(),
        ),
        (operation, Data::Float(values)) => Data::Float(
            values
                .iter()
                .map(|value| match operation {
                    Unary::Negate => -value,
                    Unary::Absolute => value.abs(),
                    Unary::Floor => value.floor(),
                    Unary::Ceiling => value.ceil(),
                    Unary::Truncate => value.trunc(),
                    Unary::Round(digits) => round_double(*value, digits),
                    Unary::Exponential => value.exp(),
                    Unary::Logarithm => value.ln(),
                    Unary::SquareRoot => value.sqrt(),
                    _ => {
                        if *value == 0.0 {
                            0.0
                        } else {
                            value.signum()
                        }
                    }
                })
                .collect(),
        ),
        (operation, data) => Data::Int(
            wholes(data)
                .into_iter()
                .map(|value| {
                    wrap(match operation {
                        Unary::Negate => value.wrapping_neg(),
                        Unary::Absolute => value.wrapping_abs(),
                        Unary::Sign => value.signum(),
                        Unary::Round(digits) => round_double(value as f64, digits) as i64,
                        _ => value,
                    })
                })
                .collect(),
        ),
    }
}

fn compared<T: Copy + PartialOrd>(operation: Binary, a: &[T], b: &[T]) -> Data {
    Data::Bool(match operation {
        Binary::Equal => zip(a, b, |x, y| u8::from(x == y)),
        Binary::NotEqual => zip(a, b, |x, y| u8::from(x != y)),
        Binary::Less => zip(a, b, |x, y| u8::from(x < y)),
        _ => zip(a, b, |x, y| u8::from(x <= y)),
    })
}

fn double(operation: Binary, x: f64, y: f64) -> f64 {
    match operation {
        Binary::Add => x + y,
        Binary::Subtract => x - y,
        Binary::Multiply => x * y,
        Binary::Divide => x / y,
        Binary::FloorDivide => (x / y).floor(),
        Binary::Modulo => x - y * (x / y).floor(),
        Binary::Power => x.powf(y),
        Binary::Maximum => {
            if x.is_nan() || x >= y {
                x
            } else {
                y
            }
        }
        _ => {
            if x.is_nan() || x <= y {
                x
            } else {
                y
            }
        }
    }
}

fn single(operation: Binary, x: f32, y: f32) -> f32 {
    match operation {
        Binary::Add => x + y,
        Binary::Subtract => x - y,
        Binary::Multiply => x * y,
        Binary::Divide => x / y,
        Binary::FloorDivide => (x / y).floor(),
        Binary::Modulo => x - y * (x / y).floor(),
        Binary::Power => x.powf(y),
        Binary::Maximum => {
            if x.is_nan() || x >= y {
                x
            } else {
                y
            }
        }
        _ => {
            if x.is_nan() || x <= y {
                x
            } else {
                y
            }
        }
    }
}

fn whole(operation: Binary, x: i64, y: i64) -> i64 {
    match operation {
        Binary::Add => x.wrapping_add(y),
        Binary::Subtract => x.wrapping_sub(y),
        Binary::Multiply => x.wrapping_mul(y),
        Binary::FloorDivide => crate::graph::floor_divide(x, y).unwrap_or(0),
        Binary::Modulo => {
            crate::graph::floor_divide(x, y).map_or(0, |quotient| x.wrapping_sub(quotient.wrapping_mul(y)))
        }
        Binary::Power => u32::try_from(y).map_or(0, |exponent| x.wrapping_pow(exponent)),
        Binary::Maximum => x.max(y),
        Binary::Minimum => x.min(y),
        Binary::And => x & y,
        Binary::Or => x | y,
        _ => x ^ y,
    }
}

fn binary(operation: Binary, left: &Data, right: &Data, kind: Kind) -> Result<Data, Diagnostic> {
    let comparison = matches!(operation, Binary::Equal | Binary::NotEqual | Binary::Less | Binary::LessOrEqual);
    Ok(match (left, right) {
        (Data::Text(a), Data::Text(b)) => {
            let rows = a.len().max(b.len());
            if operation == Binary::Add {
                return Ok(Data::Text(
                    (0..rows).map(|place| Arc::from(format!("{}{}", row(a, place), row(b, place)))).collect(),
                ));
            }
            Data::Bool(
                (0..rows)
                    .map(|place| u8::from((row(a, place) == row(b, place)) == (operation == Binary::Equal)))
                    .collect(),
            )
        }
        (Data::Bool(a), Data::Bool(b)) if comparison => compared(operation, a, b),
        (Data::Bool(a), Data::Bool(b)) => Data::Bool(match operation {
            Binary::And => zip(a, b, |x, y| x & y),
            Binary::Or => zip(a, b, |x, y| x | y),
            _ => zip(a, b, |x, y| x ^ y),
        }),
        (Data::Int(a), Data::Int(b)) if comparison => compared(operation, a, b),
        (Data::Int(a), Data::Int(b)) if operation == Binary::Divide => {
            Data::Float(zip(a, b, |x, y| x as f64 / y as f64))
        }
        (Data::Int(a), Data::Int(b)) if kind == Kind::Int32 => {
            Data::Int(zip(a, b, |x, y| i64::from(whole(operation, x, y) as i32)))
        }
        (Data::Int(a), Data::Int(b)) => Data::Int(zip(a, b, |x, y| whole(operation, x, y))),
        (Data::Single(a), Data::Single(b)) if comparison => compared(operation, a, b),
        (Data::Single(a), Data::Single(b)) => Data::Single(zip(a, b, |x, y| single(operation, x, y))),
        (Data::Text(_), _) | (_, Data::Text(_)) => {
            return Err(Diagnostic::raised("TypeError", "texts and numbers do not go together"));
        }
        (a, b) if comparison => compared(operation, &floats(a), &floats(b)),
        (a, b) => Data::Float(zip(&floats(a), &floats(b), |x, y| double(operation, x, y))),
    })
}

fn chosen(condition: &[u8], then: &Data, otherwise: &Data) -> Result<Data, Diagnostic> {
    Ok(match (then, otherwise) {
        (Data::Bool(a), Data::Bool(b)) => Data::Bool(choose(condition, a, b)),
        (Data::Int(a), Data::Int(b)) => Data::Int(choose(condition, a, b)),
        (Data::Single(a), Data::Single(b)) => Data::Single(choose(condition, a, b)),
        (Data::Float(a), Data::Float(b)) => Data::Float(choose(condition, a, b)),
        (Data::Text(a), Data::Text(b)) => Data::Text(choose(condition, a, b)),
        _ => return Err(Diagnostic::raised("TypeError", "where(…) between values of different kinds")),
    })
}

fn convert(data: &Data, from: Kind, to: Kind) -> Result<Data, Diagnostic> {
    if let Data::Text(values) = data {
        let bad =
            |text: &str| Diagnostic::raised("ValueError", format!("could not convert string to number: '{text}'"));
        let numbers = values
            .iter()
            .map(|text| Rational::parse(text.trim()).map(Rational::to_float).ok_or_else(|| bad(text)))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(to_kind(Data::Float(numbers), to));
    }
    if let Data::Int(values) = data
        && !from.is_numeric()
        && !to.is_numeric()
        && !matches!(from, Kind::Enum(_))
    {
        return Ok(Data::Int(values.iter().map(|value| convert_moment(*value, from, to)).collect()));
    }
    Ok(to_kind(data.clone(), to))
}

fn aggregate(members: &Members, aggregation: Aggregation, data: &Data, mask: Option<u64>) -> Data {
    if let (Aggregation::All, Data::Bool(values)) = (aggregation, data) {
        return Data::Bool(members.fold(values, 1_u8, mask, |all, value| all & value));
    }
    let values = floats(data);
    match aggregation {
        Aggregation::Sum => Data::Float(members.fold(&values, 0.0, mask, |sum, value| sum + value)),
        Aggregation::Any => {
            let sum = members.fold(&values, 0.0, mask, |sum, value| sum + value);
            Data::Bool(sum.iter().map(|value| u8::from(*value > 0.0)).collect())
        }
        Aggregation::All => Data::Bool(members.fold(&values, 1_u8, mask, |all, value| all & u8::from(value != 0.0))),
        Aggregation::Largest => Data::Float(members.fold(&values, f64::NEG_INFINITY, mask, f64::max)),
        Aggregation::Smallest => Data::Float(members.fold(&values, f64::INFINITY, mask, f64::min)),
    }
}

fn pick(
    members: &Members,
    values: &Data,
    default: &Data,
    qualifies: impl Fn(usize) -> bool,
) -> Result<Data, Diagnostic> {
    Ok(match (values, default) {
        (Data::Bool(values), Data::Bool(default)) => Data::Bool(members.pick(values, &default[0], qualifies)),
        (Data::Int(values), Data::Int(default)) => Data::Int(members.pick(values, &default[0], qualifies)),
        (Data::Single(values), Data::Single(default)) => Data::Single(members.pick(values, &default[0], qualifies)),
        (Data::Float(values), Data::Float(default)) => Data::Float(members.pick(values, &default[0], qualifies)),
        (Data::Text(values), Data::Text(default)) => Data::Text(members.pick(values, &default[0], qualifies)),
        _ => return Err(Diagnostic::raised("TypeError", "the default is of another kind than the values")),
    })
}

fn scale_data(scale: &Scale, base: &[f64], right: bool, kind: Kind) -> Data {
    // Core widens the thresholds of marginal rates by one part in 2⁵².
    let values: Vec<f64> = if scale.kind == ScaleKind::MarginalRate {
        let mut widened = scale.clone();
        for threshold in &mut widened.thresholds {
            threshold.float *= 1.0 + f64::EPSILON;
        }
        base.iter().map(|base| marginal_float(&widened, *base)).collect()
    } else {
        let strict = right || scale.kind == ScaleKind::MarginalAmount;
        base.iter()
            .map(|base| {
                let reached = scale
                    .thresholds
                    .iter()
                    .filter(|threshold| if strict { *base > threshold.float } else { *base >= threshold.float })
                    .count();
                match scale.kind {
                    ScaleKind::MarginalAmount => scale.values.iter().take(reached).map(|value| value.float).sum(),
                    _ => reached
                        .checked_sub(1)
                        .and_then(|place| scale.values.get(place))
                        .map_or(0.0, |value| value.float),
                }
            })
            .collect()
    };
    to_kind(Data::Float(values), kind)
}

fn from_table(table: &[Data], places: &[usize], kind: Kind) -> Data {
    match kind {
        Kind::Text => {
            let values: Vec<Arc<str>> = table
                .iter()
                .map(|data| match data {
                    Data::Text(values) => values.first().cloned().unwrap_or_else(|| Arc::from("")),
                    _ => Arc::from(""),
                })
                .collect();
            Data::Text(places.iter().map(|place| Arc::clone(&values[*place])).collect())
        }
        kind if kind.is_float() || kind == Kind::Bool => {
            let values: Vec<f64> = table.iter().map(|data| floats(data).first().copied().unwrap_or(0.0)).collect();
            to_kind(Data::Float(places.iter().map(|place| values[*place]).collect()), kind)
        }
        _ => {
            let values: Vec<i64> = table.iter().map(|data| wholes(data).first().copied().unwrap_or(0)).collect();
            Data::Int(places.iter().map(|place| values[*place]).collect())
        }
    }
}

/// The blocks of a column of numbers joined.
pub(crate) fn assemble(
    kind: Kind,
    slots: &[Slot],
    lengths: &[usize],
    count: usize,
    order: Option<&[u32]>,
) -> Result<Column, Diagnostic> {
    match kind {
        Kind::Float32 => gather(slots, lengths, count, order, |data| match data {
            Data::Single(values) => Some(values.clone()),
            _ => None,
        })
        .map(Column::Single),
        Kind::Float64 => gather(slots, lengths, count, order, |data| Some(floats(data))).map(Column::Float),
        _ => gather(slots, lengths, count, order, |data| Some(wholes(data))).map(Column::Int),
    }
}
