//! Which labels the most alike documents carry.

use crate::bytes::{Reader, Writer};
use crate::collection::Collection;
use crate::features::{Sparse, unit};
use crate::linear::narrow;

/// Most alike documents that vote.
const MOST_VOTES: usize = 40;
/// Votes count by this power of likeness.
const POWER: i32 = 4;
/// What all labels share without any vote, beside all votes.
const WITHOUT_VOTES: f32 = 0.1;
/// Features of a document that are kept: those that say most.
const MOST_FEATURES: usize = 400;

/// Documents that are remembered: of more, every second or third.
const MOST_DOCUMENTS: usize = 5_000;

/// The documents that were learned from, as far as they are needed to say who is alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Neighbours {
    documents: Collection,
    /// Each so many-th document is remembered.
    step: usize,
}

impl Neighbours {
    /// Remembers documents, sorted by label so that each label is remembered by its share.
    pub(super) fn remember(vectors: &[Sparse], labels: &[usize], feature_count: usize) -> Self {
        let step = vectors.len().div_ceil(MOST_DOCUMENTS).max(1);
        let labels = labels.iter().step_by(step).map(|label| u32::try_from(*label).unwrap_or(u32::MAX)).collect();
        let vectors = vectors.iter().step_by(step).map(shorten).collect();
        Self { documents: Collection::new(vectors, labels, feature_count), step }
    }

    /// How alike each of the documents is.
    pub(super) fn likeness(&self, vector: &Sparse) -> Vec<f32> {
        self.documents.products(&unit(vector.clone()))
    }

    /// The logarithm of the share of votes of each label, from documents that may vote; they go by their places among all
    /// documents.
    pub(super) fn votes(&self, likeness: &[f32], label_count: usize, may_vote: impl Fn(usize) -> bool) -> Vec<f32> {
        let mut nearest: Vec<(f32, usize)> = likeness
            .iter()
            .enumerate()
            .filter(|(place, likeness)| **likeness > 0.0 && may_vote(place * self.step))
            .map(|(place, likeness)| (*likeness, place))
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
            votes[self.documents.labels[place] as usize] += likeness.powi(POWER);
        }
        let all = votes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let least = WITHOUT_VOTES / narrow(label_count as f64);
        votes.into_iter().map(|vote| ((vote / all + least) / (1.0 + WITHOUT_VOTES)).ln()).collect()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.documents.write(writer);
    }

    pub(super) fn read(reader: &mut Reader<'_>, feature_count: usize, label_count: usize) -> Option<Self> {
        Some(Self { documents: Collection::read(reader, feature_count, label_count)?, step: 1 })
    }
}

/// The features that say most, brought to length one.
fn shorten(vector: &Sparse) -> Sparse {
    let mut shortened = unit(vector.clone());
    shortened.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    shortened.truncate(MOST_FEATURES);
    shortened.sort_unstable_by_key(|entry| entry.0);
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_alike_say_most() {
        let vectors = vec![vec![(0, 1.0)], vec![(0, 0.6), (1, 0.8)], vec![(1, 1.0)]];
        let neighbours = Neighbours::remember(&vectors, &[0, 1, 1], 2);
        let likeness = neighbours.likeness(&vec![(0, 1.0), (1, 0.1)]);
        let votes = neighbours.votes(&likeness, 2, |_| true);
        assert!(votes[0] > votes[1], "{votes:?}");
        let votes = neighbours.votes(&likeness, 2, |place| place != 0);
        assert!(votes[1] > votes[0], "{votes:?}");
        let nobody = neighbours.votes(&likeness, 2, |_| false);
        assert!((nobody[0] - nobody[1]).abs() < 1e-6);
    }
}
