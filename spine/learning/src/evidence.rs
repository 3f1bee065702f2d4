//! Which words of a document spoke for a label.

use crate::Evidence;
use crate::features::{Analysis, Sparse, Vocabulary};

/// Words that are shown as evidence at most.
const MOST_EVIDENCE: usize = 8;

/// What each distinct word of a document says for a label.
pub(crate) struct Words<'a> {
    analysis: &'a Analysis,
    weights: Vec<f32>,
}

impl<'a> Words<'a> {
    pub(crate) fn of(analysis: &'a Analysis) -> Self {
        Self { analysis, weights: vec![0.0; analysis.words.len()] }
    }

    /// Adds what the features of a vector of the document weigh; words share alike in a feature that stands in several.
    pub(crate) fn hear(&mut self, vocabulary: &Vocabulary, vector: &Sparse, weighed: impl Fn(u32) -> f32) {
        self.hear_part(self.analysis, vocabulary, vector, weighed);
    }

    /// The same for the beginning of the document alone, such as its title: its words bear the same numbers.
    pub(crate) fn hear_part(
        &mut self,
        part: &Analysis,
        vocabulary: &Vocabulary,
        vector: &Sparse,
        weighed: impl Fn(u32) -> f32,
    ) {
        for occurrences in part.features() {
            let Some(feature) = vocabulary.place(occurrences[0]) else { continue };
            let Ok(place) = vector.binary_search_by_key(&feature, |entry| entry.0) else { continue };
            let each = weighed(feature) * vector[place].1 / occurrences.len() as f32;
            for occurrence in occurrences {
                self.weights[occurrence.word as usize] += each;
            }
        }
    }

    /// The words that spoke for the label, the weightiest first.
    pub(crate) fn weightiest(self) -> Vec<Evidence> {
        let sum: f32 = self.weights.iter().filter(|weight| **weight > 0.0).sum();
        let mut found: Vec<(&String, f32)> =
            self.analysis.words.iter().zip(self.weights).filter(|(_, weight)| *weight > 0.0).collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1));
        found.truncate(MOST_EVIDENCE);
        found
            .into_iter()
            .map(|(word, weight)| Evidence { word: word.clone(), weight: f64::from(weight / sum) })
            .collect()
    }
}
