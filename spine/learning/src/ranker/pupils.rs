//! The texts that a ranker learns from.

use super::{LabelDescription, RankedExample};
use crate::Document;
use crate::random::Random;
use std::collections::BTreeMap;

/// Texts at most: time to learn grows with their cube. Labels with fewer examples keep theirs.
const MOST_TEXTS: usize = 2_000;
/// How much the description of a label counts beside one question.
const TRUST_IN_DESCRIPTIONS: f64 = 1.0;
/// How much an answer counts beside one question: it is written by those who know what they are in charge of.
const TRUST_IN_ANSWERS: f64 = 2.0;
/// Added to every likeness, so that it counts for something how frequent a label is.
pub(super) const BIAS: f64 = 0.05;

/// A text that bears a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) document: Document<'a>,
    pub(super) label: u32,
    /// How much it counts beside one question.
    pub(super) trust: f64,
}

/// Questions, answers and descriptions.
#[derive(Debug, Default)]
pub(super) struct Pupils<'a> {
    pub(super) texts: Vec<Text<'a>>,
    /// For each example the place of its question, and of its answer where there is one.
    pub(super) examples: Vec<(usize, Option<usize>)>,
}

impl<'a> Pupils<'a> {
    /// Every description, and as many examples as can be learned from, evenly over labels.
    pub(super) fn choose(
        examples: &[RankedExample<'a>],
        labels: &[LabelDescription<'a>],
        places: &BTreeMap<&str, usize>,
        seed: u64,
    ) -> Self {
        let label_of = |label: &str| u32::try_from(places[label]).unwrap_or(u32::MAX);
        let mut pupils = Self::default();
        let mut labels: Vec<&LabelDescription<'a>> = labels.iter().collect();
        labels.sort_unstable_by_key(|label| (label.label, label.name, label.duties));
        for label in labels {
            let document = Document { title: label.name, text: label.duties };
            pupils.add(document, label_of(label.label), TRUST_IN_DESCRIPTIONS);
        }
        for example in evenly(examples, seed, MOST_TEXTS.saturating_sub(pupils.texts.len())) {
            let label = label_of(example.label);
            let question = pupils.add(example.document, label, 1.0);
            // Title and text at once: what a question names in its title, an answer names anywhere.
            let answer = Document { title: example.answer, text: "" };
            let answer = (!example.answer.trim().is_empty()).then(|| pupils.add(answer, label, TRUST_IN_ANSWERS));
            pupils.examples.push((question, answer));
        }
        pupils
    }

    fn add(&mut self, document: Document<'a>, label: u32, trust: f64) -> usize {
        self.texts.push(Text { document, label, trust });
        self.texts.len() - 1
    }

    /// All texts.
    pub(super) fn documents(&self) -> impl Iterator<Item = Document<'a>> {
        self.texts.iter().map(|text| text.document)
    }
}

/// Examples with at most so many texts, first the first of each label, then the second of each, and so on; sorted.
fn evenly<'a>(examples: &[RankedExample<'a>], seed: u64, most_texts: usize) -> Vec<RankedExample<'a>> {
    let mut sorted = examples.to_vec();
    sorted.sort_unstable();
    let mut order: Vec<usize> = (0..sorted.len()).collect();
    Random::new(seed).shuffle(&mut order);
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_turn: Vec<(usize, usize)> = Vec::new();
    for place in order {
        let turn = turns.entry(sorted[place].label).or_default();
        by_turn.push((*turn, place));
        *turn += 1;
    }
    by_turn.sort_by_key(|entry| entry.0);
    let mut texts = 0;
    let mut chosen: Vec<usize> = Vec::new();
    for (_, place) in by_turn {
        texts += if sorted[place].answer.trim().is_empty() { 1 } else { 2 };
        if texts > most_texts {
            break;
        }
        chosen.push(place);
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|place| sorted[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_labels_keep_their_examples() {
        let texts: Vec<String> = (0..20).map(|number| format!("질문 {number}")).collect();
        let label = |place: usize| if place < 3 { "드문" } else { "흔한" };
        let examples: Vec<RankedExample<'_>> = texts
            .iter()
            .enumerate()
            .map(|(place, text)| RankedExample {
                document: Document { title: text, text: "" },
                label: label(place),
                answer: "답",
            })
            .collect();
        let chosen = evenly(&examples, 1, 16);
        assert_eq!(chosen.len(), 8);
        assert_eq!(chosen.iter().filter(|example| example.label == "드문").count(), 3);
    }
}
