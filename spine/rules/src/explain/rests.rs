//! What a value of one row rests on: the rows of other values that it was really calculated from. A branch not taken, a
//! factor beside a zero, a condition beside one that already failed: they do not count.

use crate::graph::{Binary, Kind, NodeId, Operation, Shape};
use crate::number::Rational;
use crate::unknown::evaluate::Ground;
use crate::unknown::rows::{argument_rows, value};
use crate::unknown::{Possible, Values};
use std::collections::{BTreeSet, HashSet};

/// The rows of the nodes in `stops` that a value rests on; the value itself is looked into even if it is one of them.
pub(super) fn rests_on(
    ground: &Ground,
    values: &[Option<Values>],
    (id, row): (NodeId, usize),
    stops: &HashSet<NodeId>,
) -> BTreeSet<(NodeId, usize)> {
    let mut walk = Walk { ground, values, seen: HashSet::new(), open: Vec::new() };
    let mut found = BTreeSet::new();
    walk.step(id, row);
    while let Some((id, row)) = walk.open.pop() {
        if stops.contains(&id) {
            found.insert((id, row));
        } else {
            walk.step(id, row);
        }
    }
    found
}

struct Walk<'walk, 'run> {
    ground: &'walk Ground<'run>,
    values: &'walk [Option<Values>],
    seen: HashSet<(NodeId, usize)>,
    open: Vec<(NodeId, usize)>,
}

impl Walk<'_, '_> {
    fn value(&self, id: NodeId, row: usize) -> &Possible {
        value(self.values, id, row)
    }

    fn follow(&mut self, id: NodeId, row: usize) {
        let row = if self.ground.graph.shape(id) == Shape::Scalar { 0 } else { row };
        if self.seen.insert((id, row)) {
            self.open.push((id, row));
        }
    }

    /// Follows only the sides whose value alone gives the result, both where neither does.
    fn either(&mut self, a: NodeId, b: NodeId, row: usize, settles: impl Fn(&Possible) -> bool) {
        let (left, right) = (settles(self.value(a, row)), settles(self.value(b, row)));
        if left || !right {
            self.follow(a, row);
        }
        if !left {
            self.follow(b, row);
        }
    }

    fn step(&mut self, id: NodeId, row: usize) {
        let ground = self.ground;
        let node = ground.graph.node(id);
        match &node.operation {
            Operation::Choose(..) => {
                let (links, last) = ground.chain(id);
                for (condition, then) in links {
                    self.follow(condition, row);
                    match self.value(condition, row).truths() {
                        (false, true) => return self.follow(then, row),
                        (true, false) => {}
                        _ => self.follow(then, row),
                    }
                }
                self.follow(last, row);
            }
            Operation::Binary(Binary::And, a, b) if node.kind == Kind::Bool => {
                self.either(*a, *b, row, |value| value.truths() == (true, false));
            }
            Operation::Binary(Binary::Or, a, b) if node.kind == Kind::Bool => {
                self.either(*a, *b, row, |value| value.truths() == (false, true));
            }
            Operation::Binary(Binary::Multiply, a, b) => {
                self.either(*a, *b, row, |value| value.known_number() == Some(Rational::ZERO));
            }
            _ => {
                for (argument, row) in argument_rows(ground, self.values, (id, row)) {
                    self.follow(argument, row);
                }
            }
        }
    }
}
