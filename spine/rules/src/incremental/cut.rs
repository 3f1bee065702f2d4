//! A part of a graph: what is wanted, down to columns that are there already, which stand in it as inputs.

use super::inconsistent;
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, NodeId, Operation};
use crate::merge::remap;
use crate::period::Period;
use crate::run::Column;
use crate::simulation::{Plan, Simulation};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The part, and where its edges are.
pub(super) struct Cut {
    plan: Plan,
    /// The wanted nodes, as the part numbers them.
    wanted: Vec<NodeId>,
    /// The columns below, by their number in the whole graph, and the names under which the part reads them.
    pub(super) below: Vec<(NodeId, (Arc<str>, Period))>,
}

impl Cut {
    /// The part above the nodes that `is_there`.
    pub(super) fn new(graph: &Graph, wanted: &[NodeId], is_there: impl Fn(NodeId) -> bool) -> Result<Self, Diagnostic> {
        let mut cut = Graph::default();
        let mut at: HashMap<NodeId, NodeId> = HashMap::new();
        let mut below = Vec::new();
        for id in nodes_above(graph, wanted, &is_there) {
            let node = graph.node(id);
            let place = if is_there(id) {
                let name: Arc<str> = Arc::from(format!("#{id}"));
                below.push((id, (Arc::clone(&name), Period::ETERNITY)));
                cut.input(&name, Period::ETERNITY, node.kind, node.shape)?
            } else if let Operation::Input(input) = node.operation {
                let (name, period) = graph.inputs.get(input as usize).ok_or_else(inconsistent)?;
                cut.input(name, *period, node.kind, node.shape)?
            } else {
                let operation = remap(&node.operation, |id| at.get(&id).copied().unwrap_or(0));
                cut.add(operation, node.kind, node.shape)?
            };
            at.insert(id, place);
        }
        let wanted = wanted.iter().map(|id| at.get(id).copied().ok_or_else(inconsistent)).collect::<Result<_, _>>()?;
        Ok(Self { plan: Plan { graph: cut, calculations: Vec::new(), outputs: Vec::new() }, wanted, below })
    }

    /// How many operations run: inputs and constants are only there.
    pub(super) fn operations(&self) -> usize {
        let runs = |operation: &Operation| !matches!(operation, Operation::Input(_) | Operation::Constant(_));
        self.plan.graph.nodes.iter().filter(|node| runs(&node.operation)).count()
    }

    /// The inputs that it reads, those for columns below among them.
    pub(super) fn inputs(&self) -> &[(Arc<str>, Period)] {
        &self.plan.graph.inputs
    }

    /// The wanted columns, for a population whose inputs hold the columns below.
    pub(super) fn run(&self, simulation: &Simulation) -> Result<Vec<Column>, Diagnostic> {
        simulation.run(&self.plan, &self.wanted)
    }
}

/// The nodes down to those that are there, arguments first.
fn nodes_above(graph: &Graph, wanted: &[NodeId], is_there: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
    let mut seen: HashSet<NodeId> = HashSet::new();
    let mut open: Vec<NodeId> = wanted.to_vec();
    while let Some(id) = open.pop() {
        if seen.insert(id) && !is_there(id) {
            open.extend(graph.node(id).operation.arguments());
        }
    }
    let mut order: Vec<NodeId> = seen.into_iter().collect();
    order.sort_unstable();
    order
}
