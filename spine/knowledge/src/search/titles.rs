//! How well a question fits the titles of acts.

use std::collections::HashMap;

use crate::words::{each_term, fold};

/// Bigrams of titles, and the acts whose titles have them.
pub(crate) struct TitleIndex {
    postings: HashMap<Box<str>, Vec<(u32, f32)>>,
    acts: usize,
}

/// How strongly the length of a title counts, and how soon repetition stops counting (BM25).
const LENGTH: f32 = 0.5;
const REPETITION: f32 = 1.2;

impl TitleIndex {
    /// Titles in the order of their numbers.
    pub(crate) fn new<'a>(titles: impl Iterator<Item = &'a str>) -> Self {
        let mut lengths = Vec::new();
        let mut counts: HashMap<Box<str>, Vec<(u32, f32)>> = HashMap::new();
        for (number, title) in (0..).zip(titles) {
            let folded = fold(title);
            let mut length = 0.0;
            each_term(&folded, |start, end| {
                length += 1.0;
                let Some(term) = folded.get(start..end) else { return };
                let acts = counts.entry(term.into()).or_default();
                match acts.last_mut() {
                    Some((act, count)) if *act == number => *count += 1.0,
                    _ => acts.push((number, 1.0)),
                }
            });
            lengths.push(length);
        }
        let total = lengths.len() as f32;
        let average = (lengths.iter().sum::<f32>() / total.max(1.0)).max(1.0);
        for acts in counts.values_mut() {
            let rarity = rarity(total, acts.len() as f32);
            for (act, weight) in acts.iter_mut() {
                let length = lengths.get(*act as usize).copied().unwrap_or(average);
                let norm = REPETITION * (1.0 - LENGTH + LENGTH * length / average);
                *weight = rarity * *weight * (REPETITION + 1.0) / (*weight + norm);
            }
        }
        Self { postings: counts, acts: lengths.len() }
    }

    /// A score for every act.
    pub(crate) fn scores<'a>(&self, terms: impl Iterator<Item = (&'a str, f32)>) -> Vec<f32> {
        let mut scores = vec![0.0; self.acts];
        for (term, weight) in terms {
            for (act, score) in self.postings.get(term).into_iter().flatten() {
                if let Some(total) = scores.get_mut(*act as usize) {
                    *total += weight * score;
                }
            }
        }
        scores
    }
}

/// The inverse document frequency of BM25. Documents that were taken out count among those with a term until the index forgets them.
pub(crate) fn rarity(documents: f32, with_term: f32) -> f32 {
    (1.0 + (documents.max(with_term) - with_term + 0.5) / (with_term + 0.5)).ln()
}
