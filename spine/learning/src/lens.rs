//! Descriptions through which texts are seen: what a text shares with each of many descriptions tells what it is about, also where it
//! shares no word with what was learned from.

use crate::Document;
use crate::collection::Collection;
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary};
use crate::random::in_parallel;

/// Character n-grams of everything, and nothing else.
const BLOCKS: BlockWeights = [1.0, 0.0, 0.0];

/// Descriptions in groups, ready to be compared with texts. Made once, used for many models.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lens {
    vocabulary: Vocabulary,
    /// Each description, labelled with the number of its group.
    descriptions: Collection,
    /// What a description counts in its group: one by the root of how many there are.
    shares: Vec<f32>,
}

impl Lens {
    /// Takes up descriptions, each with the number of its group, and keeps the features of at least so many of them. None where there
    /// is nothing to see through.
    pub(crate) fn new(descriptions: &[(Document<'_>, u32)], least_descriptions: u32, threads: usize) -> Option<Self> {
        let document = |place: usize| descriptions[place].0;
        let vocabulary = Vocabulary::build((0..descriptions.len()).map(document), BLOCKS, least_descriptions);
        if vocabulary.len() == 0 {
            return None;
        }
        let vectors =
            in_parallel(threads, descriptions.len(), |place| vocabulary.vector(&Analysis::of(document(place))));
        let groups: Vec<u32> = descriptions.iter().map(|description| description.1).collect();
        let mut sizes = vec![0.0_f32; groups.iter().max().map_or(0, |last| *last as usize + 1)];
        for group in &groups {
            sizes[*group as usize] += 1.0;
        }
        let shares = sizes.iter().map(|size| 1.0 / size.max(1.0).sqrt()).collect();
        Some(Self { descriptions: Collection::new(vectors, groups, vocabulary.len()), vocabulary, shares })
    }

    /// How many groups there are.
    pub(crate) fn groups(&self) -> usize {
        self.shares.len()
    }

    /// The features of the descriptions.
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// How near a text is to each description.
    pub(crate) fn nearness(&self, analysis: &Analysis) -> Vec<f32> {
        self.descriptions.products(&self.vocabulary.vector(analysis))
    }

    /// How near a text is to each group.
    pub(crate) fn nearness_of_groups(&self, analysis: &Analysis) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.groups()];
        for (near, group) in self.nearness(analysis).into_iter().zip(&self.descriptions.labels) {
            sums[*group as usize] += near * self.shares[*group as usize];
        }
        sums
    }

    /// What a feature adds to the nearness of groups: the group, and how much.
    pub(crate) fn groups_of(&self, feature: u32) -> impl Iterator<Item = (usize, f32)> {
        let group = |description: u32| self.descriptions.labels[description as usize] as usize;
        let holders = self.descriptions.holders(feature).iter();
        holders.map(move |(description, value)| (group(*description), value * self.shares[group(*description)]))
    }

    /// Descriptions added up, each as often as it is said: a weight for each feature.
    pub(crate) fn sum(&self, times: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.vocabulary.len()];
        for (vector, times) in self.descriptions.vectors.iter().zip(times).filter(|entry| *entry.1 != 0.0) {
            for (feature, value) in vector {
                sums[*feature as usize] += times * value;
            }
        }
        sums
    }
}

/// The entries that are not nought.
pub(crate) fn sparse(values: &[f32]) -> Sparse {
    (0..).zip(values.iter().copied()).filter(|entry| entry.1 != 0.0).collect()
}
