//! What a program takes for granted of its inputs.

use super::group::largest;
use super::range::Range;
use super::vector::extremes;
use crate::run::Column;
use crate::run::layout::{Block, Layout};

/// Ranges of inputs, and how many members groups have.
#[derive(Clone, Debug, Default)]
pub(in crate::run) struct Assumed {
    /// By place; none for what is no whole number.
    pub(super) inputs: Vec<Option<Range>>,
    /// The most members, by kind of group; none where members do not stand together.
    pub(super) largest: Vec<Option<usize>>,
}

fn covered<T: Copy>(known: &[Option<T>], found: &[Option<T>], covers: impl Fn(T, T) -> bool) -> bool {
    known.len() == found.len()
        && known.iter().zip(found).all(|pair| match pair {
            (Some(known), Some(found)) => covers(*known, *found),
            (None, None) => true,
            _ => false,
        })
}

/// The range of some rows, which stand together or at these places.
fn range(values: &[i64], rows: std::ops::Range<usize>, order: Option<&[u32]>) -> Range {
    let (low, high) = match order {
        None => extremes(values.get(rows).unwrap_or_default()),
        Some(places) => {
            let values = places.iter().filter_map(|place| values.get(*place as usize).copied());
            values.fold((0, 0), |(low, high), value| (low.min(value), high.max(value)))
        }
    };
    Range::new(low.into(), high.into())
}

impl Assumed {
    /// What is so in some blocks in a row. `entities` says whose rows each input has, of those that are needed.
    pub(in crate::run) fn found(
        given: &[Option<&Column>],
        entities: &[Option<usize>],
        layout: &Layout,
        blocks: &[Block],
    ) -> Self {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Self::default() };
        let rows = |entity: usize| first.ranges[entity].start..last.ranges[entity].end;
        let order =
            |entity: usize| layout.order[entity].as_deref().map(|order| order.get(rows(entity)).unwrap_or_default());
        let inputs = given.iter().zip(entities).map(|(column, entity)| match (column, entity) {
            (Some(Column::Int(values) | Column::Scaled { values, .. }), Some(entity)) => {
                Some(range(values, rows(*entity), order(*entity)))
            }
            // Of the whole column, and known since it was given.
            (Some(Column::Small { values, .. }), Some(_)) => {
                let (low, high) = values.extremes();
                Some(Range::new(low.into(), high.into()))
            }
            _ => None,
        });
        let groups = layout.sorted.iter().enumerate().map(|(group, sorted)| {
            let members = layout.group[group].get(rows(layout.person)).unwrap_or_default();
            sorted.then(|| largest(members))
        });
        Self { inputs: inputs.collect(), largest: groups.collect() }
    }

    /// Whether what was found is no more than this.
    pub(super) fn covers(&self, found: &Self) -> bool {
        covered(&self.inputs, &found.inputs, Range::covers)
            && covered(&self.largest, &found.largest, |known, found| found <= known)
    }

    /// Room for this and what was known before, and some more.
    #[must_use]
    pub(super) fn widened(mut self, known: Option<&Self>) -> Self {
        if let Some(known) = known {
            for (range, known) in self.inputs.iter_mut().zip(&known.inputs) {
                *range = range.map(|range| known.map_or(range, |known| range.around(known)));
            }
            for (most, known) in self.largest.iter_mut().zip(&known.largest) {
                *most = most.map(|most| known.map_or(most, |known| most.max(known)));
            }
        }
        for range in self.inputs.iter_mut().flatten() {
            *range = range.rounded();
        }
        self
    }
}
