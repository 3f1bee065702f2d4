//! Outputs, written where they stay while blocks are calculated: a number leaves the cache once.

use super::exact::Form;
use super::layout::{Block, Layout};
use super::{Column, Context, Data, Mode, Population, Runner, Slot};
use crate::diagnostic::Diagnostic;
use crate::graph::{Kind, NodeId, Shape};
use std::sync::Mutex;

/// A column while it is written.
enum Store {
    Truth(Vec<bool>),
    Whole(Vec<i64>),
    /// What has no fixed width: block by block.
    Slots(Vec<Option<Slot>>),
}

/// The part of a column that belongs to some blocks.
enum Piece<'store> {
    Truth(&'store mut [bool]),
    Whole(&'store mut [i64]),
    Slots(&'store mut [Option<Slot>]),
}

/// Blocks in a row, with the places of their outputs.
struct Span<'run, 'store> {
    blocks: &'run [Block],
    pieces: Vec<Piece<'store>>,
}

/// Why blocks stopped.
enum Fault {
    /// A whole number left 64 bits: another way of keeping it is needed.
    Widened,
    Trouble(Diagnostic),
}

impl From<Diagnostic> for Fault {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Trouble(diagnostic)
    }
}

fn lost() -> Diagnostic {
    Diagnostic::limit("an output was not calculated", "report this with the package")
}

/// Copies a block's values; one value stands for all rows.
fn put<T: Copy, R>(values: &[T], into: &mut [R], convert: impl Fn(T) -> R) -> Result<(), Diagnostic> {
    if values.len() == into.len() {
        for (place, value) in into.iter_mut().zip(values) {
            *place = convert(*value);
        }
        return Ok(());
    }
    let only = *values.first().ok_or_else(lost)?;
    for place in into {
        *place = convert(only);
    }
    Ok(())
}

/// Takes the first places of a piece away.
#[allow(clippy::mut_mut, reason = "the piece itself grows shorter")]
fn first<'store, T>(piece: &mut &'store mut [T], count: usize) -> &'store mut [T] {
    let whole = std::mem::take(piece);
    let (head, tail) = whole.split_at_mut(count.min(whole.len()));
    *piece = tail;
    head
}

impl Runner<'_> {
    /// Calculates all blocks and gives the outputs as columns.
    pub(super) fn answer(
        &self,
        population: &Population,
        layout: &Layout,
        given: &[Option<&Column>],
        threads: usize,
    ) -> Result<Vec<Column>, Diagnostic> {
        for in_place in [true, false] {
            let mut stores = self.stores(population, layout, in_place);
            match self.fill(layout, given, threads, &mut stores) {
                Ok(()) => {
                    return self
                        .outputs
                        .iter()
                        .zip(stores)
                        .map(|(id, store)| self.column(*id, store, layout, population))
                        .collect();
                }
                Err(Fault::Widened) if in_place => {}
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

    fn stores(&self, population: &Population, layout: &Layout, in_place: bool) -> Vec<Store> {
        self.outputs
            .iter()
            .map(|id| {
                let count = population.counts[self.entity(*id)];
                let exact = self.mode == Mode::Exact;
                let small =
                    |form: Form| matches!(form, Form::Scaled(denominator) if i64::try_from(denominator).is_ok());
                match self.graph.kind(*id) {
                    Kind::Bool if in_place => Store::Truth(vec![false; count]),
                    _ if in_place && exact && small(self.forms[*id as usize]) => Store::Whole(vec![0; count]),
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
        let mut spans = self.spans(layout, stores, if threads == 1 { 1 } else { threads * 8 });
        if threads == 1 {
            return spans.into_iter().try_for_each(|span| self.span(layout, given, span));
        }
        spans.reverse();
        let spans = Mutex::new(spans);
        let fault: Mutex<Option<Fault>> = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while crate::value::lock(&fault).is_none() {
                        let Some(span) = crate::value::lock(&spans).pop() else { break };
                        if let Err(met) = self.span(layout, given, span) {
                            crate::value::lock(&fault).get_or_insert(met);
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
        let mut rest: Vec<Piece<'store>> = stores
            .iter_mut()
            .map(|store| match store {
                Store::Truth(values) => Piece::Truth(values),
                Store::Whole(values) => Piece::Whole(values),
                Store::Slots(values) => Piece::Slots(values),
            })
            .collect();
        layout
            .blocks
            .chunks(layout.blocks.len().div_ceil(parts).max(1))
            .map(|blocks| {
                let pieces = rest
                    .iter_mut()
                    .zip(&self.outputs)
                    .map(|(piece, id)| {
                        let entity = self.entity(*id);
                        let count = blocks.iter().map(|block| block.ranges[entity].len()).sum();
                        match piece {
                            Piece::Truth(values) => Piece::Truth(first(values, count)),
                            Piece::Whole(values) => Piece::Whole(first(values, count)),
                            Piece::Slots(values) => Piece::Slots(first(values, blocks.len())),
                        }
                    })
                    .collect();
                Span { blocks, pieces }
            })
            .collect()
    }

    fn span(&self, layout: &Layout, given: &[Option<&Column>], mut span: Span) -> Result<(), Fault> {
        for block in span.blocks {
            let context = Context { graph: self.graph, layout, block, person: self.person, inputs: given };
            let slots = self.block(&context)?;
            for (piece, id) in span.pieces.iter_mut().zip(&self.outputs) {
                let slot = slots[*id as usize].as_deref().ok_or_else(lost)?;
                let rows = block.ranges[self.entity(*id)].len();
                match (piece, &slot.data) {
                    (Piece::Slots(places), _) => {
                        if let Some(place) = first(places, 1).first_mut() {
                            *place = Some(slot.clone());
                        }
                    }
                    (Piece::Truth(into), Data::Bool(values)) => put(values, first(into, rows), |value| value != 0)?,
                    (Piece::Whole(into), Data::Int(values)) => put(values, first(into, rows), |value| value)?,
                    (Piece::Whole(into), Data::Bool(values)) => put(values, first(into, rows), i64::from)?,
                    _ => return Err(Fault::Widened),
                }
            }
        }
        Ok(())
    }

    fn column(&self, id: NodeId, store: Store, layout: &Layout, population: &Population) -> Result<Column, Diagnostic> {
        let order = layout.order[self.entity(id)].as_deref();
        match store {
            Store::Truth(values) => Ok(Column::Bool(restored(values, order))),
            Store::Whole(values) => {
                let values = restored(values, order);
                let denominator = match self.forms[id as usize] {
                    Form::Scaled(denominator) => i64::try_from(denominator).map_err(|_| super::too_large())?,
                    _ => 1,
                };
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
    for (value, place) in values.into_iter().zip(order) {
        restored[*place as usize] = value;
    }
    restored
}
