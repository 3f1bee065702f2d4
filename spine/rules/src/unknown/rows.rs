//! From a row of a value to the rows of what it was calculated from: the same person or group, its members, its group.

use super::evaluate::{Ground, Values, at};
use super::possible::Possible;
use crate::graph::{NodeId, Operation, Shape};

/// The value of a row; what was not evaluated is nothing.
pub(crate) fn value(values: &[Option<Values>], id: NodeId, row: usize) -> &Possible {
    values[id as usize].as_deref().map_or(&Possible::Nothing, |values| at(values, row))
}

/// The rows of its arguments that a row of a node is calculated from. In a ranking, who cannot be ranked has no say: of
/// them only the condition counts.
pub(crate) fn argument_rows(
    ground: &Ground,
    values: &[Option<Values>],
    (id, row): (NodeId, usize),
) -> Vec<(NodeId, usize)> {
    let node = ground.graph.node(id);
    match &node.operation {
        Operation::Aggregate(_, of, mask) => members(ground, node.shape, *of, row, *mask),
        Operation::Everybody(_, of) => (0..ground.rows(ground.graph.shape(*of))).map(|row| (*of, row)).collect(),
        Operation::OfRole(mask, of, _) => members(ground, node.shape, *of, row, Some(*mask)),
        Operation::Nth(place, of, _) => {
            let Shape::Entity(group) = node.shape else { return Vec::new() };
            let person = ground.members[group].get(row).and_then(|list| list.get(*place as usize));
            person.map(|person| (*of, *person as usize)).into_iter().collect()
        }
        Operation::Project(of) => match ground.graph.shape(*of) {
            Shape::Scalar => vec![(*of, 0)],
            Shape::Entity(group) => vec![(*of, group_of(ground, group, row))],
        },
        Operation::Rank(group, criteria, condition) => {
            let mut rows = Vec::new();
            for person in ground.members[*group].get(group_of(ground, *group, row)).into_iter().flatten() {
                let person = *person as usize;
                rows.push((*condition, person));
                if value(values, *condition, person).truths().1 {
                    rows.push((*criteria, person));
                }
            }
            rows
        }
        operation => operation.arguments().iter().map(|argument| (*argument, row)).collect(),
    }
}

fn group_of(ground: &Ground, group: usize, person: usize) -> usize {
    ground.population.memberships[group].group.get(person).copied().unwrap_or(0) as usize
}

fn members(ground: &Ground, shape: Shape, of: NodeId, row: usize, mask: Option<u64>) -> Vec<(NodeId, usize)> {
    let Shape::Entity(group) = shape else { return Vec::new() };
    ground.of_role(group, row, mask).map(|person| (of, person)).collect()
}
