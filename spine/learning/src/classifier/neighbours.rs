//! Which labels the most alike documents carry.

use super::postings::Postings;
use super::seen::{BLOCKS, Seen, VIEWS};
use crate::bytes::{Reader, Writer};
use crate::features::{Sparse, unit, weightiest};
use crate::linear::{Dense, Row, narrow};
use crate::matters::{read_dense, write_dense};

/// Most alike documents that vote.
const MOST_VOTES: usize = 40;
/// Votes count by this power of likeness.
const POWER: i32 = 4;
/// What all labels share without any vote, beside all votes.
const WITHOUT_VOTES: f32 = 0.1;
/// Features of a document that are kept: those that say most.
const MOST_FEATURES: usize = 1_500;
/// Documents that are remembered: of more, every second or third.
const MOST_DOCUMENTS: usize = 5_000;

/// What the likeness in each view counts.
pub(super) type Counts = [f32; VIEWS];

/// How alike a document is to each of those that are remembered, in each view.
pub(super) type Likeness = [Vec<f32>; VIEWS];

/// The documents that were learned from, as far as they are needed to say who is alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Neighbours {
    /// The label of each document.
    labels: Vec<u32>,
    /// In each block.
    letters: [Postings; 2],
    matters: [Vec<Dense>; 2],
    /// Each so many-th document is remembered.
    step: usize,
}

impl Neighbours {
    /// Remembers documents, sorted by label so that each label is remembered by its share.
    pub(super) fn remember(seen: &[Seen], labels: &[usize], feature_count: usize) -> Self {
        let step = seen.len().div_ceil(MOST_DOCUMENTS).max(1);
        let chosen = || seen.iter().step_by(step);
        let labels = labels.iter().step_by(step).map(|label| u32::try_from(*label).unwrap_or(u32::MAX)).collect();
        let letters = BLOCKS.map(|block| {
            let vectors: Vec<Sparse> = chosen().map(|seen| shorten(&seen.letters[block as usize])).collect();
            Postings::of(&vectors, feature_count)
        });
        let matters = BLOCKS.map(|block| chosen().map(|seen| seen.matters[block as usize].clone()).collect());
        Self { labels, letters, matters, step }
    }

    /// How alike each of the documents is.
    pub(super) fn likeness(&self, seen: &Seen) -> Likeness {
        let by_letters = |block: usize| self.letters[block].products(&shorten(&seen.letters[block]));
        let by_matters = |block: usize| self.matters[block].iter().map(|row| row.inner(&seen.matters[block])).collect();
        [by_letters(0), by_letters(1), by_matters(0), by_matters(1)]
    }

    /// The logarithm of the share of votes of each label, from documents that may vote; they go by their places among all
    /// documents.
    pub(super) fn votes(
        &self,
        likeness: &Likeness,
        counts: &Counts,
        label_count: usize,
        may_vote: impl Fn(usize) -> bool,
    ) -> Vec<f32> {
        let counted =
            |place: usize| likeness.iter().zip(counts).map(|(view, counts)| counts * view[place]).sum::<f32>();
        let mut nearest: Vec<(f32, usize)> = (0..self.labels.len())
            .filter(|place| may_vote(place * self.step))
            .map(|place| (counted(place), place))
            .filter(|entry| entry.0 > 0.0)
            .collect();
        let by_likeness =
            |one: &(f32, usize), other: &(f32, usize)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
        if nearest.len() > MOST_VOTES {
            nearest.select_nth_unstable_by(MOST_VOTES, by_likeness);
            nearest.truncate(MOST_VOTES);
        }
        nearest.sort_unstable_by(by_likeness);
        let mut votes = vec![0.0_f32; label_count];
        for (likeness, place) in nearest {
            votes[self.labels[place] as usize] += likeness.powi(POWER);
        }
        let all = votes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let least = WITHOUT_VOTES / narrow(label_count as f64);
        votes.into_iter().map(|vote| ((vote / all + least) / (1.0 + WITHOUT_VOTES)).ln()).collect()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.length(self.labels.len());
        for label in &self.labels {
            writer.place(*label);
        }
        for letters in &self.letters {
            letters.write(writer);
        }
        for row in self.matters.iter().flatten() {
            write_dense(writer, row);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, feature_count: usize, label_count: usize) -> Option<Self> {
        let count = reader.length(4)?;
        let mut label = || reader.place().filter(|label| (*label as usize) < label_count);
        let labels = (0..count).map(|_| label()).collect::<Option<Vec<u32>>>()?;
        let mut letters = || Postings::read(reader, feature_count, count);
        let letters = [letters()?, letters()?];
        let mut rows = || (0..count).map(|_| read_dense(reader)).collect::<Option<Vec<Dense>>>();
        let matters = [rows()?, rows()?];
        Some(Self { labels, letters, matters, step: 1 })
    }
}

/// The features that say most, by which documents are compared. What is left out is what most documents have, and costs most to compare.
fn shorten(vector: &Sparse) -> Sparse {
    weightiest(unit(vector.clone()), MOST_FEATURES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(letters: Sparse) -> Seen {
        Seen { letters: [letters, Sparse::new()], matters: [vec![1.0], vec![1.0]], scales: [1.0; 2] }
    }

    #[test]
    fn the_most_alike_say_most() {
        let documents = [vec![(0, 1.0)], vec![(0, 0.6), (1, 0.8)], vec![(1, 1.0)]].map(seen);
        let neighbours = Neighbours::remember(&documents, &[0, 1, 1], 2);
        let likeness = neighbours.likeness(&seen(vec![(0, 1.0), (1, 0.1)]));
        let by_letters = [1.0, 0.0, 0.0, 0.0];
        let votes = neighbours.votes(&likeness, &by_letters, 2, |_| true);
        assert!(votes[0] > votes[1], "{votes:?}");
        let votes = neighbours.votes(&likeness, &by_letters, 2, |place| place != 0);
        assert!(votes[1] > votes[0], "{votes:?}");
        let nobody = neighbours.votes(&likeness, &by_letters, 2, |_| false);
        assert!((nobody[0] - nobody[1]).abs() < 1e-6);
        let all_alike = neighbours.votes(&likeness, &[0.0, 0.0, 1.0, 0.0], 2, |_| true);
        assert!(all_alike[1] > all_alike[0], "two of three carry the second: {all_alike:?}");
    }
}
