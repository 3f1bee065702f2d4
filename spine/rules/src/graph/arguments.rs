//! What operations read, and what outputs rest on.

use super::{Graph, NodeId, Operation};

/// The nodes that an operation reads: three at most, so that no memory is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Arguments {
    nodes: [NodeId; 3],
    count: usize,
}

impl std::ops::Deref for Arguments {
    type Target = [NodeId];

    fn deref(&self) -> &[NodeId] {
        &self.nodes[..self.count]
    }
}

impl IntoIterator for Arguments {
    type Item = NodeId;
    type IntoIter = std::iter::Take<std::array::IntoIter<NodeId, 3>>;

    fn into_iter(self) -> Self::IntoIter {
        self.nodes.into_iter().take(self.count)
    }
}

impl Operation {
    /// The nodes that it reads.
    pub fn arguments(&self) -> Arguments {
        let (nodes, count) = match self {
            Self::Constant(_)
            | Self::Fill(_)
            | Self::Input(_)
            | Self::Members
            | Self::HasRole(..)
            | Self::Position(_) => ([0; 3], 0),
            Self::Unary(_, a)
            | Self::Convert(a)
            | Self::Test(_, a, _)
            | Self::Project(a)
            | Self::Aggregate(_, a, _)
            | Self::Everybody(_, a)
            | Self::Nth(_, a, _)
            | Self::OfRole(_, a, _)
            | Self::Scale { base: a, .. }
            | Self::Lookup(_, a)
            | Self::MemberName(_, a) => ([*a, 0, 0], 1),
            Self::Binary(_, a, b) | Self::Rank(_, a, b) => ([*a, *b, 0], 2),
            Self::Choose(a, b, c) => ([*a, *b, *c], 3),
        };
        Arguments { nodes, count }
    }
}

impl Graph {
    /// The nodes that outputs rest on, with them, arguments first.
    pub fn needed(&self, outputs: &[NodeId]) -> Vec<NodeId> {
        let mut wanted = vec![false; self.nodes.len()];
        for id in outputs {
            wanted[*id as usize] = true;
        }
        for id in (0..self.nodes.len()).rev() {
            if wanted[id] {
                for argument in self.nodes[id].operation.arguments() {
                    wanted[argument as usize] = true;
                }
            }
        }
        (0..self.nodes.len()).filter(|id| wanted[*id]).map(|id| id as NodeId).collect()
    }
}
