//! What rests on one value of everybody needs a pass of its own: first the column is calculated for all, its values become one, and that
//! value then stands in the graph as if the law had written it. So the back ends calculate blocks that know nothing of each other.

use super::{Column, Inputs, Mode, Population, Runner, too_large};
use crate::diagnostic::Diagnostic;
use crate::graph::{Constant, Graph, Kind, NodeId, Operation, Whole};
use crate::number::{Number, Rational};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

/// How often a value of everybody may rest on another.
const DEEPEST: usize = 64;

/// The graph with every value of everybody that the outputs need in its place; the graph itself where they need none.
pub(crate) fn settled<'graph>(
    graph: &'graph Graph,
    outputs: &[NodeId],
    (mode, person, threads): (Mode, usize, usize),
    population: &Population,
    inputs: &Inputs,
) -> Result<Cow<'graph, Graph>, Diagnostic> {
    let mut graph = Cow::Borrowed(graph);
    // Most graphs have none: that is seen without a walk from the outputs.
    if !graph.nodes.iter().any(|node| matches!(node.operation, Operation::Everybody(..))) {
        return Ok(graph);
    }
    for _ in 0..DEEPEST {
        let ready = ready(&graph, outputs);
        if ready.is_empty() {
            return Ok(graph);
        }
        let columns: Vec<NodeId> = ready.iter().map(|(.., of)| *of).collect();
        let runner = Runner::new(&graph, &columns, mode, person, population, inputs)?;
        let columns = runner.run(population, inputs, threads, Vec::new())?;
        let mut values = HashMap::new();
        for ((id, whole, _), column) in ready.iter().zip(&columns) {
            values.insert(*id, reduced(*whole, column, (graph.kind(*id), mode))?);
        }
        graph = Cow::Owned(graph.with_values(&values));
    }
    Err(Diagnostic::limit(
        "totals of everybody rest on each other more than sixty-four deep",
        "look for a formula that adds up over everybody for every period",
    ))
}

/// The values of everybody that can be found next: those that rest on no other.
fn ready(graph: &Graph, outputs: &[NodeId]) -> Vec<(NodeId, Whole, NodeId)> {
    let needed = graph.needed(outputs);
    let mut waits = vec![false; graph.nodes.len()];
    let mut ready = Vec::new();
    for id in needed {
        let operation = &graph.node(id).operation;
        let waiting = operation.arguments().iter().any(|argument| waits[*argument as usize]);
        waits[id as usize] = waiting || matches!(operation, Operation::Everybody(..));
        if let (Operation::Everybody(whole, of), false) = (operation, waiting) {
            ready.push((id, *whole, *of));
        }
    }
    ready
}

/// A column's values as one.
fn reduced(whole: Whole, column: &Column, (kind, mode): (Kind, Mode)) -> Result<Constant, Diagnostic> {
    match (whole, column) {
        (Whole::Any, Column::Bool(values)) => Ok(Constant::Bool(values.contains(&true))),
        (Whole::All, Column::Bool(values)) => Ok(Constant::Bool(!values.contains(&false))),
        (Whole::Sum, Column::Single(values)) => Ok(inexact(f64::from(in_pairs(values)))),
        (Whole::SumInTurn, Column::Single(values)) => Ok(inexact(f64::from(in_turn(values)))),
        (Whole::Sum, Column::Float(values)) => Ok(inexact(in_pairs(values))),
        (Whole::SumInTurn, Column::Float(values)) => Ok(inexact(in_turn(values))),
        (Whole::Sum | Whole::SumInTurn, column) => constant(total(column)?, (kind, mode)),
        (Whole::Largest, column) => extreme(column, Ordering::Greater, (kind, mode)),
        (Whole::Smallest, column) => extreme(column, Ordering::Less, (kind, mode)),
        (Whole::Any | Whole::All, _) => {
            Err(Diagnostic::limit("a truth has another form than was planned", "report this with the package"))
        }
    }
}

/// A number that no fraction stands for.
fn inexact(value: f64) -> Constant {
    Constant::Float(Number::inexact(value))
}

/// An exact value in the type of its node; Core's whole numbers wrap.
fn constant(value: Rational, (kind, mode): (Kind, Mode)) -> Result<Constant, Diagnostic> {
    if kind.is_float() {
        return Ok(Constant::Float(Number::from_exact(value)));
    }
    Ok(match (kind, mode) {
        (Kind::Bool, _) => Constant::Bool(value.numerator() != 0),
        (Kind::Int32, Mode::Parity) => Constant::Int(i64::from(value.numerator() as i32)),
        (_, Mode::Parity) => Constant::Int(value.numerator() as i64),
        (_, Mode::Exact) => Constant::Int(i64::try_from(value.numerator()).map_err(|_| too_large())?),
    })
}

/// The sum, exactly.
fn total(column: &Column) -> Result<Rational, Diagnostic> {
    if let Some(denominator) = column.denominator() {
        // 2⁶³ rows of 64 bits fit in 127.
        let sum = (0..column.len()).filter_map(|row| column.numerator(row)).map(i128::from).sum();
        return Rational::new(sum, i128::from(denominator)).ok_or_else(too_large);
    }
    let rows = (0..column.len()).map(|row| column.exact(row).ok_or_else(too_large));
    rows.into_iter().try_fold(Rational::ZERO, |sum, value| sum.plus(value?).ok_or_else(too_large))
}

/// The greatest or the smallest value; what is not a number makes it none, as NumPy has it.
fn extreme(column: &Column, wanted: Ordering, (kind, mode): (Kind, Mode)) -> Result<Constant, Diagnostic> {
    let nobody = || {
        let name = if wanted == Ordering::Greater { "maximum" } else { "minimum" };
        Diagnostic::raised("ValueError", format!("zero-size array to reduction operation {name} which has no identity"))
    };
    if matches!(column, Column::Single(_) | Column::Float(_)) {
        let values = (0..column.len()).filter_map(|row| column.float(row));
        let better = |best: f64, value: f64| {
            let keeps = best.is_nan() || best.partial_cmp(&value) == Some(wanted);
            if keeps { best } else { value }
        };
        return values.reduce(better).map(inexact).ok_or_else(nobody);
    }
    let mut values = (0..column.len()).filter_map(|row| column.exact(row));
    let first = values.next().ok_or_else(nobody)?;
    let best = values.fold(first, |best, value| match best.compare(value) {
        None => Rational::NOT_A_NUMBER,
        Some(order) if order == wanted => best,
        Some(_) => value,
    });
    constant(best, (kind, mode))
}

/// A floating-point type.
trait Floating: Copy + Default + std::ops::Add<Output = Self> {}
impl Floating for f32 {}
impl Floating for f64 {}

/// One value after the other.
fn in_turn<T: Floating>(values: &[T]) -> T {
    values.iter().fold(T::default(), |sum, value| sum + *value)
}

/// As NumPy adds: eight sums beside each other over up to 128 values, and halves of what is longer.
fn in_pairs<T: Floating>(values: &[T]) -> T {
    const BLOCK: usize = 128;
    if values.len() < 8 {
        return in_turn(values);
    }
    if values.len() > BLOCK {
        let half = values.len() / 2;
        let (left, right) = values.split_at(half - half % 8);
        return in_pairs(left) + in_pairs(right);
    }
    let mut parts = values.chunks_exact(8);
    let mut sums = [T::default(); 8];
    for (place, part) in parts.by_ref().enumerate() {
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum = if place == 0 { *value } else { *sum + *value };
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    parts.remainder().iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_in_pairs_are_those_of_numpy() {
        // What numpy.sum(values[:n]) and sum(values[:n]) give in NumPy 2.4.
        let values: Vec<f32> = (0..2_000_u32).map(|place| (place * 7_919 % 10_007) as f32 / 7.0).collect();
        for (count, pairs, turn) in [
            (5, 2_735.428_5, 2_735.428_5),
            (100, 71_711.57, 71_711.57),
            (128, 91_579.43, 91_579.42),
            (129, 91_997.28, 91_997.28),
            (300, 214_250.84, 214_250.86),
            (2_000, 1_430_671.4, 1_430_672.1),
        ] {
            let found: (f32, f32) = (in_pairs(&values[..count]), in_turn(&values[..count]));
            assert_eq!(found, (pairs, turn), "{count}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_the_extreme() {
        let column = Column::Ratio(vec![Rational::ONE, Rational::NOT_A_NUMBER, Rational::ZERO]);
        let found = extreme(&column, Ordering::Greater, (Kind::Float64, Mode::Exact)).unwrap();
        assert!(found.number().unwrap().float.is_nan());
        let found = extreme(&Column::Int(Vec::new()), Ordering::Less, (Kind::Int64, Mode::Exact));
        assert!(found.unwrap_err().message.contains("minimum"));
    }
}
