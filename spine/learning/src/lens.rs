//! Descriptions through which texts are seen: what a text shares with each of many descriptions tells what it is about, also where it
//! shares no word with what was learned from.

use crate::Document;
use crate::collection::Collection;
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary};

/// Character n-grams of everything, and nothing else.
const BLOCKS: BlockWeights = [1.0, 0.0, 0.0];
/// The words of a description are its own: features of a single one are kept.
const LEAST_DESCRIPTIONS: u32 = 1;

/// Descriptions, ready to be compared with texts. Made once, used for many models.
#[derive(Debug)]
pub(crate) struct Lens {
    vocabulary: Vocabulary,
    descriptions: Collection,
}

impl Lens {
    pub(crate) fn new(descriptions: &[Document<'_>]) -> Self {
        let vocabulary = Vocabulary::build(descriptions.iter().copied(), BLOCKS, LEAST_DESCRIPTIONS);
        let vectors = descriptions.iter().map(|description| vocabulary.vector(&Analysis::of(*description))).collect();
        let numbers = (0..).take(descriptions.len()).collect();
        Self { descriptions: Collection::new(vectors, numbers, vocabulary.len()), vocabulary }
    }

    /// How many descriptions there are.
    pub(crate) fn len(&self) -> usize {
        self.descriptions.len()
    }

    /// The features of the descriptions.
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// How near a text is to each description, by its features that they know.
    pub(crate) fn nearness(&self, text: &Sparse) -> Vec<f32> {
        self.descriptions.products(text)
    }

    /// The descriptions that hold a feature, with how much of it.
    pub(crate) fn holders(&self, feature: u32) -> &[(u32, f32)] {
        self.descriptions.holders(feature)
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
