//! What an open value still rests on: from the value back to the inputs and figures that could settle it.

use super::evaluate::{Ground, Values};
use super::possible::Possible;
use super::rows::{argument_rows, value};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, NodeId, Operation, Shape};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Inputs (place, row) and figures that could settle a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) inputs: BTreeSet<(u32, usize)>,
    pub(crate) figures: BTreeSet<usize>,
}

/// The nodes among these that rest on some node.
pub(crate) fn dependents(graph: &crate::graph::Graph, needed: &[NodeId], on: &[NodeId]) -> Vec<bool> {
    let mut depends = vec![false; graph.nodes.len()];
    for id in on {
        depends[*id as usize] = true;
    }
    for id in needed {
        if graph.node(*id).operation.arguments().iter().any(|argument| depends[*argument as usize]) {
            depends[*id as usize] = true;
        }
    }
    depends
}

struct Search<'search, 'run> {
    ground: &'search Ground<'run>,
    values: &'search [Option<Values>],
    seen: std::collections::HashSet<(NodeId, usize)>,
    open: Vec<(NodeId, usize)>,
    needs: Needs,
}

impl Search<'_, '_> {
    fn value(&self, id: NodeId, row: usize) -> &Possible {
        value(self.values, id, row)
    }

    /// Follows a value unless it is known.
    fn follow(&mut self, id: NodeId, row: usize) {
        let row = if self.ground.graph.shape(id) == Shape::Scalar { 0 } else { row };
        if !self.value(id, row).is_known() && self.seen.insert((id, row)) {
            self.open.push((id, row));
        }
    }

    fn figure(&mut self, constant: &Constant) {
        if let Some(figure) = self.ground.open_figure(constant) {
            self.needs.figures.insert(figure);
        }
    }

    fn step(&mut self, id: NodeId, row: usize) {
        let ground = self.ground;
        let node = ground.graph.node(id);
        match &node.operation {
            Operation::Constant(constant) | Operation::Fill(constant) => self.figure(constant),
            Operation::Input(place) => {
                self.needs.inputs.insert((*place, row));
            }
            Operation::Choose(..) => {
                let (links, last) = ground.chain(id);
                let mut refused = Vec::new();
                for (condition, then) in links {
                    match ground.under(condition, &refused, self.values, row) {
                        (false, true) => return self.follow(then, row),
                        (true, false) => {}
                        _ => {
                            self.follow(condition, row);
                            self.follow(then, row);
                            refused.push(condition);
                        }
                    }
                }
                self.follow(last, row);
            }
            Operation::Binary(operation @ (Binary::Maximum | Binary::Minimum), a, b) => {
                let (left, right) = (self.value(*a, row).range(), self.value(*b, row).range());
                // What can never be the greater (the smaller) does not matter.
                let matters =
                    |mine: Option<(crate::number::Rational, crate::number::Rational, bool)>,
                     other: Option<(crate::number::Rational, crate::number::Rational, bool)>| {
                        let (Some((low, high, _)), Some((least, most, _))) = (mine, other) else { return true };
                        match operation {
                            Binary::Maximum => high.compare(least) != Some(Ordering::Less),
                            _ => most.compare(low) != Some(Ordering::Less),
                        }
                    };
                if matters(left, right) {
                    self.follow(*a, row);
                }
                if matters(right, left) {
                    self.follow(*b, row);
                }
            }
            Operation::Lookup(table, key) => {
                self.follow(*key, row);
                let key = self.value(*key, row).clone();
                for value in Ground::entries(table, &key).flatten() {
                    self.figure(value);
                }
            }
            Operation::Scale { scale, base, .. } => {
                self.follow(*base, row);
                for number in scale.thresholds.iter().chain(&scale.values) {
                    self.figure(&Constant::Float(*number));
                }
            }
            _ => {
                for (argument, row) in argument_rows(ground, self.values, (id, row)) {
                    self.follow(argument, row);
                }
            }
        }
    }
}

/// What could settle a value; nothing where it is known.
pub(crate) fn needs(ground: &Ground, values: &[Option<Values>], id: NodeId, row: usize) -> Result<Needs, Diagnostic> {
    let mut search =
        Search { ground, values, seen: std::collections::HashSet::new(), open: Vec::new(), needs: Needs::default() };
    search.follow(id, row);
    while let Some((id, row)) = search.open.pop() {
        if search.seen.len() > 50_000_000 {
            return Err(Diagnostic::limit(
                "the question rests on too many values",
                "ask for fewer households at a time",
            ));
        }
        search.step(id, row);
    }
    Ok(search.needs)
}
