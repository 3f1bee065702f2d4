//! The back end: a plan evaluated over a population, block by block, so that what one operation writes the next still finds
//! in the cache. A block holds whole groups: no household is cut.

mod answer;
mod column;
mod everybody;
mod exact;
mod layout;
mod memory;
mod numbers;
mod parity;
mod pieces;
mod program;
mod structure;
mod way;

use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Kind, NodeId, Shape};
use crate::number::Rational;
use crate::period::Period;
use layout::{Block, Layout};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

pub(crate) use answer::WORTHWHILE;
pub use column::Column;
pub(crate) use everybody::settled;
pub use layout::{Membership, Population};
pub use memory::{Bits, Narrow, Room, give_back};
pub use numbers::Numbers;
pub(crate) use numbers::{Cells, each_width};
pub(crate) use program::Programs;
use way::Way;
pub(crate) use way::Ways;

/// How numbers are calculated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Whole numbers of 64 bits and exact fractions; nothing is rounded but where the formula says so.
    #[default]
    Exact,
    /// As OpenFisca Core: `float32`, `int32`, wrap-around and all.
    Parity,
}

/// What is given, by variable and period.
pub type Inputs = HashMap<(Arc<str>, Period), Column>;

/// Values of a block while it is calculated. One value stands for the same in every row.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Bool(Vec<u8>),
    Int(Vec<i64>),
    Wide(Vec<i128>),
    Ratio(Vec<Rational>),
    Single(Vec<f32>),
    Float(Vec<f64>),
    Text(Vec<Arc<str>>),
}

/// Values with the bounds that they are known to keep.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    data: Data,
    /// Lowest and highest numerator, for whole numbers.
    bounds: (i128, i128),
}

/// What the rows of a block need to know.
pub(crate) struct Context<'run> {
    graph: &'run Graph,
    layout: &'run Layout<'run>,
    block: &'run Block,
    person: usize,
    inputs: &'run [Option<&'run Column>],
}

impl Context<'_> {
    /// The group that a node of persons is gathered for.
    fn group(&self, id: NodeId) -> usize {
        match self.graph.shape(id) {
            Shape::Entity(entity) => entity,
            Shape::Scalar => self.person,
        }
    }
}

pub(crate) fn too_large() -> Diagnostic {
    Diagnostic::raised(
        "OverflowError",
        "a number grows beyond 127 bits: look for a product of many amounts, and round in between",
    )
}

/// A plan made ready for a population of a kind.
pub(crate) struct Runner<'run> {
    graph: &'run Graph,
    mode: Mode,
    person: usize,
    outputs: &'run [NodeId],
    way: Arc<Way>,
}

impl std::ops::Deref for Runner<'_> {
    type Target = Way;

    fn deref(&self) -> &Way {
        &self.way
    }
}

impl<'run> Runner<'run> {
    pub(crate) fn new(
        graph: &'run Graph,
        outputs: &'run [NodeId],
        mode: Mode,
        person: usize,
        population: &Population,
        inputs: &Inputs,
    ) -> Result<Self, Diagnostic> {
        let way = graph.ways.find(graph, outputs, mode, population, inputs)?;
        Ok(Self { graph, mode, person, outputs, way })
    }

    /// Calculates the outputs, where it fits in the memory of columns that were calculated before.
    pub(crate) fn run(
        &self,
        population: &Population,
        inputs: &Inputs,
        threads: usize,
        before: Vec<Column>,
    ) -> Result<Vec<Column>, Diagnostic> {
        let layout = Layout::new(population, self.person, self.needs);
        let given: Vec<Option<&Column>> = self.graph.inputs.iter().map(|key| inputs.get(key)).collect();
        let threads = threads.clamp(1, layout.blocks.len().max(1));
        self.answer(population, &layout, &given, threads, before)
    }

    /// Calculates the nodes needed of a block; the outputs' are left.
    fn block(&self, context: &Context) -> Result<Vec<Option<Rc<Slot>>>, Diagnostic> {
        let mut slots: Vec<Option<Rc<Slot>>> = vec![None; self.graph.nodes.len()];
        for (place, id) in self.needed.iter().enumerate() {
            let slot = match (self.mode, self.same[place]) {
                (_, Some(same)) => slots[same as usize].clone(),
                (Mode::Exact, None) => Some(Rc::new(exact::evaluate(context, *id, &slots, &self.forms)?)),
                (Mode::Parity, None) => Some(Rc::new(parity::evaluate(context, *id, &slots)?)),
            };
            slots[*id as usize] = slot;
            for id in &self.done[place] {
                slots[*id as usize] = None;
            }
        }
        Ok(slots)
    }

    /// The blocks of a column joined, in the order in which the population was given.
    fn assemble(
        &self,
        id: NodeId,
        slots: &[Slot],
        layout: &Layout,
        population: &Population,
    ) -> Result<Column, Diagnostic> {
        let node = self.graph.node(id);
        let entity = match node.shape {
            Shape::Entity(entity) => entity,
            Shape::Scalar => self.person,
        };
        let lengths: Vec<usize> = layout.blocks.iter().map(|block| block.ranges[entity].len()).collect();
        let count = population.counts[entity];
        let order = layout.order[entity].as_deref();
        match node.kind {
            Kind::Bool => gather(slots, &lengths, count, order, |data| match data {
                Data::Bool(values) => Some(values.iter().map(|value| *value != 0).collect()),
                _ => None,
            })
            .map(Column::Bool),
            Kind::Text => gather(slots, &lengths, count, order, |data| match data {
                Data::Text(values) => Some(values.clone()),
                _ => None,
            })
            .map(Column::Text),
            _ if self.mode == Mode::Parity => parity::assemble(node.kind, slots, &lengths, count, order),
            kind => exact::assemble(kind, self.forms[id as usize], slots, &lengths, count, order),
        }
    }
}

/// Joins the blocks of a column, spreads single values, and undoes the order of the layout.
pub(crate) fn gather<T: Clone>(
    slots: &[Slot],
    lengths: &[usize],
    count: usize,
    order: Option<&[u32]>,
    part: impl Fn(&Data) -> Option<Vec<T>>,
) -> Result<Vec<T>, Diagnostic> {
    let wrong = || Diagnostic::limit("a column has another form than was planned", "report this with the package");
    let mut joined: Vec<T> = Vec::with_capacity(count);
    for (slot, length) in slots.iter().zip(lengths) {
        let values = part(&slot.data).ok_or_else(wrong)?;
        if values.len() == *length {
            joined.extend(values);
        } else {
            let only = values.first().cloned().ok_or_else(wrong)?;
            joined.extend(std::iter::repeat_n(only, *length));
        }
    }
    let Some(order) = order else { return Ok(joined) };
    let mut restored = joined.clone();
    for (value, place) in joined.into_iter().zip(order) {
        restored[*place as usize] = value;
    }
    Ok(restored)
}
