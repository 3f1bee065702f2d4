//! Outputs, written where they stay while blocks are calculated: a number leaves the cache once.

use super::exact::Form;
use super::layout::{Block, Layout};
use super::pieces::{Fault, Piece, Store, keep_slot, lost};
use super::program::{self, Assumed, Worker};
use super::structure::scatter;
use super::{Bits, Column, Context, Mode, Numbers, Population, Runner};
use crate::diagnostic::Diagnostic;
use crate::graph::{Kind, NodeId, Shape};
use std::sync::Mutex;

/// Blocks in a row, with the places of their outputs.
struct Span<'run, 'store> {
    blocks: &'run [Block],
    pieces: Vec<Piece<'store>>,
}

/// How wide the numbers of outputs are kept: as narrow as the ranges of the first blocks allow, and wider only if a number of a later
/// block does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    Narrow,
    Small,
    Whole,
    Any,
}

/// A program is worth making for so many persons.
pub(crate) const WORTHWHILE: usize = 256;

/// How many blocks are looked at together for the ranges of their inputs, which then still are in the cache.
const STRETCH: usize = 16;

/// How many parts each thread has to begin with.
const PARTS: usize = 8;

/// The next part that nobody has taken, from a place on: threads stay apart from each other, so that no two of them ask the system for
/// the same large page.
fn next_from<T>(parts: &mut [Option<T>], place: usize) -> Option<T> {
    let (before, after) = parts.split_at_mut(place.min(parts.len()));
    after.iter_mut().chain(before).find_map(Option::take)
}

impl Runner<'_> {
    /// Calculates all blocks and gives the outputs as columns.
    pub(super) fn answer(
        &self,
        population: &Population,
        layout: &Layout,
        given: &[Option<&Column>],
        threads: usize,
        mut before: Vec<Column>,
    ) -> Result<Vec<Column>, Diagnostic> {
        let small = self.small(layout, given);
        let first = if small.iter().any(Option::is_some) { Width::Narrow } else { Width::Whole };
        for width in [Width::Narrow, Width::Small, Width::Whole, Width::Any].into_iter().filter(|width| *width >= first)
        {
            let mut stores = self.stores(population, layout, (&small, width), &mut before);
            match self.fill(layout, given, threads, &mut stores) {
                Ok(()) => {
                    return self
                        .outputs
                        .iter()
                        .zip(stores)
                        .map(|(id, store)| self.column(*id, store, layout, population))
                        .collect();
                }
                Err(Fault::Widened) if width != Width::Any => {}
                Err(Fault::Widened) => return Err(super::too_large()),
                Err(Fault::Trouble(diagnostic)) => return Err(diagnostic),
            }
        }
        Err(lost())
    }

    fn entity(&self, id: NodeId) -> usize {
        match self.graph.shape(id) {
            Shape::Entity(entity) => entity,
            Shape::Scalar => self.person,
        }
    }

    /// Whether a program stands before the general way.
    fn is_fast(&self, layout: &Layout) -> bool {
        self.mode == Mode::Exact && layout.persons() >= WORTHWHILE
    }

    /// For each output how few bits hold it, going by the first blocks; none where 32 do not.
    fn small(&self, layout: &Layout, given: &[Option<&Column>]) -> Vec<Option<Bits>> {
        let mut worker = None;
        if self.is_fast(layout) {
            self.prepare(layout, given, &layout.blocks[..STRETCH.min(layout.blocks.len())], &mut worker);
        }
        (0..self.outputs.len()).map(|place| worker.as_ref()?.program().bits(place)).collect()
    }

    /// Places for the outputs, where it fits in the memory of columns calculated before.
    fn stores(
        &self,
        population: &Population,
        layout: &Layout,
        (small, width): (&[Option<Bits>], Width),
        before: &mut Vec<Column>,
    ) -> Vec<Store> {
        let mut before = std::mem::take(before).into_iter();
        self.outputs
            .iter()
            .zip(small)
            .map(|(id, small)| {
                let small = match width {
                    Width::Narrow => *small,
                    Width::Small => small.map(|_| Bits::ThirtyTwo),
                    Width::Whole | Width::Any => None,
                };
                let count = population.counts[self.entity(*id)];
                let scaled = self.mode == Mode::Exact
                    && matches!(self.forms[*id as usize], Form::Scaled(denominator) if i64::try_from(denominator).is_ok());
                match (self.graph.kind(*id), before.next(), small.filter(|_| scaled)) {
                    _ if width == Width::Any => Store::Slots(vec![None; layout.blocks.len()]),
                    (Kind::Bool, Some(Column::Bool(values)), _) if values.len() == count => Store::Truth(values),
                    (Kind::Bool, ..) => Store::Truth(vec![false; count]),
                    (_, Some(Column::Small { values, .. }), Some(bits))
                        if values.len() == count && values.bits() == bits =>
                    {
                        Store::Small(values)
                    }
                    (_, _, Some(bits)) => Store::Small(Numbers::to_be_written(count, bits)),
                    (_, Some(Column::Int(values) | Column::Scaled { values, .. }), None)
                        if scaled && values.len() == count =>
                    {
                        Store::Whole(values)
                    }
                    _ if scaled => Store::Whole(vec![0; count]),
                    _ => Store::Slots(vec![None; layout.blocks.len()]),
                }
            })
            .collect()
    }

    fn fill(
        &self,
        layout: &Layout,
        given: &[Option<&Column>],
        threads: usize,
        stores: &mut [Store],
    ) -> Result<(), Fault> {
        let spans = self.spans(layout, stores, if threads == 1 { 1 } else { threads * PARTS });
        if threads == 1 {
            let mut worker = None;
            return spans.into_iter().try_for_each(|span| self.span(layout, given, span, &mut worker));
        }
        let spans: Mutex<Vec<Option<Span>>> = Mutex::new(spans.into_iter().map(Some).collect());
        let fault: Mutex<Option<Fault>> = Mutex::new(None);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (spans, fault) = (&spans, &fault);
                scope.spawn(move || {
                    let mut worker = None;
                    while crate::value::lock(fault).is_none() {
                        let Some(span) = next_from(&mut crate::value::lock(spans), thread * PARTS) else { break };
                        if let Err(met) = self.span(layout, given, span, &mut worker) {
                            crate::value::lock(fault).get_or_insert(met);
                        }
                    }
                });
            }
        });
        match fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// Cuts the blocks into so many parts, about, each with its own places of the outputs.
    fn spans<'run, 'store>(
        &self,
        layout: &'run Layout,
        stores: &'store mut [Store],
        parts: usize,
    ) -> Vec<Span<'run, 'store>> {
        let mut rest: Vec<Piece<'store>> = stores.iter_mut().map(Store::piece).collect();
        layout
            .blocks
            .chunks(layout.blocks.len().div_ceil(parts).max(1))
            .map(|blocks| {
                let pieces = rest
                    .iter_mut()
                    .zip(self.outputs)
                    .map(|(piece, id)| {
                        let entity = self.entity(*id);
                        piece.part(blocks.len(), blocks.iter().map(|block| block.ranges[entity].len()).sum())
                    })
                    .collect();
                Span { blocks, pieces }
            })
            .collect()
    }

    fn span(
        &self,
        layout: &Layout,
        given: &[Option<&Column>],
        mut span: Span,
        worker: &mut Option<Worker>,
    ) -> Result<(), Fault> {
        let fast = self.is_fast(layout);
        for stretch in span.blocks.chunks(STRETCH) {
            if fast {
                self.prepare(layout, given, stretch, worker);
            }
            for block in stretch {
                let context = Context { graph: self.graph, layout, block, person: self.person, inputs: given };
                let ran = worker.as_mut().is_some_and(|worker| worker.run(&context, &self.forms));
                match worker {
                    Some(worker) if ran => self.keep(worker, block, &mut span.pieces)?,
                    _ => self.general(&context, &mut span.pieces)?,
                }
            }
        }
        Ok(())
    }

    /// Makes a program for what the inputs of some blocks are, unless the one at hand was made for it.
    fn prepare(&self, layout: &Layout, given: &[Option<&Column>], blocks: &[Block], worker: &mut Option<Worker>) {
        let found = Assumed::found(given, &self.entities, layout, blocks);
        if worker.as_ref().is_some_and(|worker| worker.covers(&found)) {
            return;
        }
        let program = self.graph.programs.find(self.outputs, &self.forms, found, |assumed| {
            let ground = (self.graph, self.forms.as_slice(), self.person, layout.persons());
            program::build(ground, &self.needed, &self.same, self.outputs, assumed)
        });
        *worker = Some(Worker::new(program, self.graph.nodes.len(), layout.order.len()));
    }

    /// Keeps the outputs of a block that a program calculated.
    fn keep(&self, worker: &Worker, block: &Block, pieces: &mut [Piece]) -> Result<(), Fault> {
        for (place, (piece, id)) in pieces.iter_mut().zip(self.outputs).enumerate() {
            let rows = block.ranges[self.entity(*id)].len();
            let kept = match piece {
                Piece::Truth(into) => worker.write_truths(place, &mut into[..rows]),
                Piece::Eight(into) => worker.write_narrow(place, &mut into[..rows]),
                Piece::Sixteen(into) => worker.write_narrow(place, &mut into[..rows]),
                Piece::ThirtyTwo(into) => worker.write_narrow(place, &mut into[..rows]),
                Piece::Whole(into) => worker.write_numbers(place, &mut into[..rows]),
                Piece::Slots(_) => false,
            };
            if kept {
                piece.part(1, rows);
            } else {
                keep_slot(piece, worker.output(place, *id, rows).ok_or_else(lost)?, rows)?;
            }
        }
        Ok(())
    }

    /// Calculates a block the general way.
    fn general(&self, context: &Context, pieces: &mut [Piece]) -> Result<(), Fault> {
        let slots = self.block(context)?;
        for (piece, id) in pieces.iter_mut().zip(self.outputs) {
            let slot = slots[*id as usize].as_deref().ok_or_else(lost)?;
            keep_slot(piece, slot.clone(), context.block.ranges[self.entity(*id)].len())?;
        }
        Ok(())
    }

    /// The denominator of an output of whole numbers.
    fn over(&self, id: NodeId) -> Result<i64, Diagnostic> {
        match self.forms[id as usize] {
            Form::Scaled(denominator) => i64::try_from(denominator).map_err(|_| super::too_large()),
            _ => Ok(1),
        }
    }

    fn column(&self, id: NodeId, store: Store, layout: &Layout, population: &Population) -> Result<Column, Diagnostic> {
        let order = layout.order[self.entity(id)].as_deref();
        match store {
            Store::Truth(values) => Ok(Column::Bool(restored(values, order))),
            Store::Small(values) => {
                let values = match order {
                    Some(order) => values.scattered(order),
                    None => values,
                };
                Ok(Column::Small { values, denominator: self.over(id)? })
            }
            Store::Whole(values) => {
                let values = restored(values, order);
                let denominator = self.over(id)?;
                if denominator == 1 && !self.graph.kind(id).is_float() {
                    Ok(Column::Int(values))
                } else {
                    Ok(Column::Scaled { values, denominator })
                }
            }
            Store::Slots(slots) => {
                let slots = slots.into_iter().collect::<Option<Vec<_>>>().ok_or_else(lost)?;
                self.assemble(id, &slots, layout, population)
            }
        }
    }
}

/// Rows back in the order in which the population was given.
fn restored<T: Copy>(values: Vec<T>, order: Option<&[u32]>) -> Vec<T> {
    let Some(order) = order else { return values };
    let mut restored = values.clone();
    scatter(&values, order, &mut restored);
    restored
}
