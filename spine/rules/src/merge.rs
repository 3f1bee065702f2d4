//! Two graphs made one: what both calculate is calculated once.

use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, NodeId, Operation};

/// The same operation on other nodes.
pub(crate) fn remap(operation: &Operation, at: impl Fn(NodeId) -> NodeId) -> Operation {
    match operation.clone() {
        Operation::Unary(what, a) => Operation::Unary(what, at(a)),
        Operation::Binary(what, a, b) => Operation::Binary(what, at(a), at(b)),
        Operation::Choose(a, b, c) => Operation::Choose(at(a), at(b), at(c)),
        Operation::Convert(a) => Operation::Convert(at(a)),
        Operation::Test(test, a, pattern) => Operation::Test(test, at(a), pattern),
        Operation::Project(a) => Operation::Project(at(a)),
        Operation::Aggregate(what, a, mask) => Operation::Aggregate(what, at(a), mask),
        Operation::Everybody(whole, a) => Operation::Everybody(whole, at(a)),
        Operation::Nth(n, a, default) => Operation::Nth(n, at(a), default),
        Operation::OfRole(mask, a, default) => Operation::OfRole(mask, at(a), default),
        Operation::Rank(group, a, b) => Operation::Rank(group, at(a), at(b)),
        Operation::Scale { scale, base, right } => Operation::Scale { scale, base: at(base), right },
        Operation::Lookup(table, a) => Operation::Lookup(table, at(a)),
        Operation::MemberName(names, a) => Operation::MemberName(names, at(a)),
        same @ (Operation::Constant(_)
        | Operation::Fill(_)
        | Operation::Input(_)
        | Operation::Members
        | Operation::HasRole(..)
        | Operation::Position(_)) => same,
    }
}

/// Adds a graph's nodes to another, each once; gives their places there.
pub(crate) fn merge(into: &mut Graph, from: &Graph) -> Result<Vec<NodeId>, Diagnostic> {
    let mut places: Vec<NodeId> = Vec::with_capacity(from.nodes.len());
    for node in &from.nodes {
        let place = if let Operation::Input(input) = node.operation {
            let (variable, period) = from
                .inputs
                .get(input as usize)
                .ok_or_else(|| Diagnostic::limit("an input has no name", "report this with the package"))?;
            into.input(variable, *period, node.kind, node.shape)?
        } else {
            let operation = remap(&node.operation, |id| places[id as usize]);
            into.add(operation, node.kind, node.shape)?
        };
        places.push(place);
    }
    Ok(places)
}
