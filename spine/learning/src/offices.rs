//! Offices of which the law says what they are in charge of: a lens through which texts are seen. What a text shares with the duties
//! of thousands of offices tells what it is about, also where it shares no word with what was learned from.

use crate::Document;
use crate::collection::Collection;
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary};
use crate::random::in_parallel;
use std::collections::BTreeMap;

/// An office of which the law says what it is in charge of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownOffice<'a> {
    /// Its name, such as 「도로계획과」.
    pub name: &'a str,
    /// What it is in charge of.
    pub duties: &'a str,
    /// The body that it is part of, however that is called: where few examples must do, offices of one body are seen as one.
    pub body: &'a str,
}

/// Character n-grams of everything, and nothing else.
const BLOCKS: BlockWeights = [1.0, 0.0, 0.0];
/// Features are kept from so many offices on: what a single one has, brings texts near to no trade.
const LEAST_OFFICES: u32 = 2;

/// Known offices, ready to be compared with texts. Made once, used for many models.
#[derive(Debug, Clone)]
pub struct KnownOffices {
    vocabulary: Vocabulary,
    /// Each office, labelled with the number of its body.
    offices: Collection,
    /// What an office counts in its body: one by the root of how many there are.
    shares: Vec<f32>,
}

impl KnownOffices {
    /// Takes up offices; their order does not matter. None where there is nothing to take up.
    pub fn new(offices: &[KnownOffice<'_>], threads: usize) -> Option<Self> {
        let mut offices = offices.to_vec();
        offices.sort_unstable();
        offices.dedup();
        let document = |place: usize| Document { title: offices[place].name, text: offices[place].duties };
        let vocabulary = Vocabulary::build((0..offices.len()).map(document), BLOCKS, LEAST_OFFICES);
        if vocabulary.len() == 0 {
            return None;
        }
        let vectors = in_parallel(threads, offices.len(), |place| vocabulary.vector(&Analysis::of(document(place))));
        let mut sizes: BTreeMap<&str, f32> = BTreeMap::new();
        for office in &offices {
            *sizes.entry(office.body).or_default() += 1.0;
        }
        let numbers: BTreeMap<&str, u32> = sizes.keys().copied().zip(0..).collect();
        let bodies = offices.iter().map(|office| numbers[office.body]).collect();
        let shares = sizes.values().map(|size| 1.0 / size.sqrt()).collect();
        Some(Self { offices: Collection::new(vectors, bodies, vocabulary.len()), vocabulary, shares })
    }

    /// How many bodies there are.
    pub(crate) fn bodies(&self) -> usize {
        self.shares.len()
    }

    /// The features of their duties.
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// How near a text is to each of them.
    pub(crate) fn nearness(&self, analysis: &Analysis) -> Vec<f32> {
        self.offices.products(&self.vocabulary.vector(analysis))
    }

    /// How near a text is to each body.
    pub(crate) fn nearness_of_bodies(&self, analysis: &Analysis) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.bodies()];
        for (near, body) in self.nearness(analysis).into_iter().zip(&self.offices.labels) {
            sums[*body as usize] += near * self.shares[*body as usize];
        }
        sums
    }

    /// Bodies added up, each as often as it is said: a weight for each feature.
    pub(crate) fn sum_of_bodies(&self, times: &[f32]) -> Vec<f32> {
        let of_office = |body: &u32| times[*body as usize] * self.shares[*body as usize];
        self.sum(&self.offices.labels.iter().map(of_office).collect::<Vec<f32>>())
    }

    /// Offices added up, each as often as it is said: a weight for each feature.
    pub(crate) fn sum(&self, times: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.vocabulary.len()];
        for (vector, times) in self.offices.vectors.iter().zip(times).filter(|entry| *entry.1 != 0.0) {
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
