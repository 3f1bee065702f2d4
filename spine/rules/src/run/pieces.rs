//! Outputs while they are written: where each block's numbers go, and how wide they are kept.

use super::{Cells, Data, Narrow, Numbers, Slot};
use crate::diagnostic::Diagnostic;

/// A column while it is written.
pub(super) enum Store {
    Truth(Vec<bool>),
    Small(Numbers),
    Whole(Vec<i64>),
    /// What has no fixed width: block by block.
    Slots(Vec<Option<Slot>>),
}

/// The part of a column that belongs to some blocks.
pub(super) enum Piece<'store> {
    Truth(&'store mut [bool]),
    Eight(&'store mut [i8]),
    Sixteen(&'store mut [i16]),
    ThirtyTwo(&'store mut [i32]),
    Whole(&'store mut [i64]),
    Slots(&'store mut [Option<Slot>]),
}

impl Store {
    /// All of it.
    pub(super) fn piece(&mut self) -> Piece<'_> {
        match self {
            Self::Truth(values) => Piece::Truth(values),
            Self::Small(values) => match values.cells_mut() {
                Cells::Eight(values) => Piece::Eight(values),
                Cells::Sixteen(values) => Piece::Sixteen(values),
                Cells::ThirtyTwo(values) => Piece::ThirtyTwo(values),
            },
            Self::Whole(values) => Piece::Whole(values),
            Self::Slots(values) => Piece::Slots(values),
        }
    }
}

impl Piece<'_> {
    /// Takes the part of the first blocks away, which have so many rows.
    pub(super) fn part(&mut self, blocks: usize, rows: usize) -> Self {
        match self {
            Piece::Truth(values) => Piece::Truth(first(values, rows)),
            Piece::Eight(values) => Piece::Eight(first(values, rows)),
            Piece::Sixteen(values) => Piece::Sixteen(first(values, rows)),
            Piece::ThirtyTwo(values) => Piece::ThirtyTwo(first(values, rows)),
            Piece::Whole(values) => Piece::Whole(first(values, rows)),
            Piece::Slots(values) => Piece::Slots(first(values, blocks)),
        }
    }
}

/// Why blocks stopped.
pub(super) enum Fault {
    /// A whole number is too wide for where it is kept: another way of keeping it is needed.
    Widened,
    Trouble(Diagnostic),
}

impl From<Diagnostic> for Fault {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Trouble(diagnostic)
    }
}

pub(super) fn lost() -> Diagnostic {
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

/// Copies a block's whole numbers into few bits, where they fit.
fn put_narrow<T: Narrow>(data: &Data, into: &mut [T]) -> Result<(), Fault> {
    match data {
        Data::Int(values) if values.iter().all(|value| T::cut(*value).into() == *value) => put(values, into, T::cut)?,
        Data::Bool(values) => put(values, into, |value| T::cut(value.into()))?,
        _ => return Err(Fault::Widened),
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

/// Keeps an output of a block.
pub(super) fn keep_slot(piece: &mut Piece, slot: Slot, rows: usize) -> Result<(), Fault> {
    match (piece, &slot.data) {
        (Piece::Slots(places), _) => {
            if let Some(place) = first(places, 1).first_mut() {
                *place = Some(slot);
            }
        }
        (Piece::Truth(into), Data::Bool(values)) => put(values, first(into, rows), |value| value != 0)?,
        (Piece::Eight(into), data) => put_narrow(data, first(into, rows))?,
        (Piece::Sixteen(into), data) => put_narrow(data, first(into, rows))?,
        (Piece::ThirtyTwo(into), data) => put_narrow(data, first(into, rows))?,
        (Piece::Whole(into), Data::Int(values)) => put(values, first(into, rows), |value| value)?,
        (Piece::Whole(into), Data::Bool(values)) => put(values, first(into, rows), i64::from)?,
        _ => return Err(Fault::Widened),
    }
    Ok(())
}
