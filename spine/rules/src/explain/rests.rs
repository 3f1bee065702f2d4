//! What a value of one row rests on: the rows of other values that it was really calculated from. A branch not taken, a
//! factor beside a zero, a condition beside one that already failed: they do not count.

use crate::graph::{Binary, Kind, NodeId, Operation, Shape};
use crate::number::Rational;
use crate::run::arguments;
use crate::unknown::Possible;
use crate::unknown::Values;
use crate::unknown::evaluate::{Ground, at};
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
        self.values[id as usize].as_deref().map_or(&Possible::Nothing, |values| at(values, row))
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
            Operation::Aggregate(_, a, mask) => self.members(id, *a, row, *mask),
            Operation::OfRole(mask, a, _) => self.members(id, *a, row, Some(*mask)),
            Operation::Nth(n, a, _) => {
                if let Shape::Entity(group) = node.shape
                    && let Some(person) = ground.members[group].get(row).and_then(|list| list.get(*n as usize))
                {
                    self.follow(*a, *person as usize);
                }
            }
            Operation::Project(a) => match ground.graph.shape(*a) {
                Shape::Scalar => self.follow(*a, 0),
                Shape::Entity(group) => {
                    let place = ground.population.memberships[group].group.get(row).copied().unwrap_or(0);
                    self.follow(*a, place as usize);
                }
            },
            Operation::Rank(group, criteria, condition) => {
                let place = ground.population.memberships[*group].group.get(row).copied().unwrap_or(0);
                for person in ground.members[*group].get(place as usize).into_iter().flatten() {
                    self.follow(*condition, *person as usize);
                    self.follow(*criteria, *person as usize);
                }
            }
            operation => {
                for argument in arguments(operation) {
                    self.follow(argument, row);
                }
            }
        }
    }

    fn members(&mut self, id: NodeId, of: NodeId, row: usize, mask: Option<u64>) {
        let Shape::Entity(group) = self.ground.graph.shape(id) else { return };
        for person in self.ground.of_role(group, row, mask).collect::<Vec<_>>() {
            self.follow(of, person);
        }
    }
}
