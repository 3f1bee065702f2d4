//! How a question is calculated: which nodes are needed, when each is needed last, and in which form. Found once for inputs in the same
//! forms, and kept with the graph, so that a small situation does not spend its time on it.

use super::layout::Needs;
use super::{Inputs, Mode, Population, exact};
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, NodeId, Operation, Shape};
use std::sync::{Arc, Mutex};

/// How a question is calculated.
#[derive(Debug)]
pub(crate) struct Way {
    pub(super) needed: Vec<NodeId>,
    /// For each place in `needed`, the nodes that nobody needs after it.
    pub(super) done: Vec<Vec<NodeId>>,
    /// For each place in `needed`, the node whose values are the same.
    pub(super) same: Vec<Option<NodeId>>,
    pub(super) forms: Vec<exact::Form>,
    pub(super) needs: Needs,
    /// Whose rows each input has, by place; none for what is not needed.
    pub(super) entities: Vec<Option<usize>>,
}

/// What a way depends on.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    outputs: Vec<NodeId>,
    mode: Mode,
    ground: exact::Ground,
}

/// Ways that were found for a graph.
#[derive(Debug, Default)]
pub(crate) struct Ways(Mutex<Vec<(Asked, Arc<Way>)>>);

impl Clone for Ways {
    /// None: a copy of a graph is made to become another one.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Ways {
    /// How many are kept before all are forgotten.
    const MOST: usize = 4;

    pub(super) fn find(
        &self,
        graph: &Graph,
        outputs: &[NodeId],
        mode: Mode,
        population: &Population,
        inputs: &Inputs,
    ) -> Result<Arc<Way>, Diagnostic> {
        let ground = match mode {
            Mode::Exact => exact::Ground::of(graph, population, inputs),
            Mode::Parity => exact::Ground::default(),
        };
        let asked = Asked { outputs: outputs.to_vec(), mode, ground };
        if let Some((_, way)) = crate::value::lock(&self.0).iter().find(|(known, _)| *known == asked) {
            return Ok(Arc::clone(way));
        }
        let way = Arc::new(Way::new(graph, &asked)?);
        let mut known = crate::value::lock(&self.0);
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.push((asked, Arc::clone(&way)));
        Ok(way)
    }
}

impl Way {
    fn new(graph: &Graph, asked: &Asked) -> Result<Self, Diagnostic> {
        let Asked { outputs, mode, ground } = asked;
        let needed = graph.needed(outputs);
        let forms = match mode {
            Mode::Exact => exact::forms(graph, &needed, ground)?,
            Mode::Parity => Vec::new(),
        };
        let same = match mode {
            Mode::Exact => needed.iter().map(|id| exact::same_as(graph, *id, &forms)).collect(),
            Mode::Parity => vec![None; needed.len()],
        };
        let is_needed = |wanted: fn(&Operation) -> bool| needed.iter().any(|id| wanted(&graph.node(*id).operation));
        let needs = Needs {
            positions: is_needed(|operation| matches!(operation, Operation::Position(_) | Operation::Nth(..))),
            members: is_needed(|operation| matches!(operation, Operation::Members)),
        };
        let mut entities = vec![None; graph.inputs.len()];
        for id in &needed {
            if let (Operation::Input(place), Shape::Entity(entity)) = (&graph.node(*id).operation, graph.shape(*id)) {
                entities[*place as usize] = Some(entity);
            }
        }
        let done = done(graph, &needed, outputs);
        Ok(Self { needed, done, same, forms, needs, entities })
    }
}

/// For each place, the nodes that nobody needs after it.
fn done(graph: &Graph, needed: &[NodeId], outputs: &[NodeId]) -> Vec<Vec<NodeId>> {
    let mut last: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    for (place, id) in needed.iter().enumerate() {
        last[*id as usize] = Some(place);
        for argument in graph.node(*id).operation.arguments() {
            last[argument as usize] = Some(place);
        }
    }
    for id in outputs {
        last[*id as usize] = None;
    }
    let mut done = vec![Vec::new(); needed.len()];
    for (id, place) in last.into_iter().enumerate() {
        if let Some(place) = place {
            done[place].push(id as NodeId);
        }
    }
    done
}
