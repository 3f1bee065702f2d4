//! By what a comment that comes later is told to belong to a group: the signature of a campaign's first text, the words of a topic.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{Group, campaigns, matrix::Sparse, words};

/// Words by which a topic is known, those of the greatest weight.
const WORDS: usize = 200;

/// By what a later comment is told to belong to a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// The signature of a campaign's first text; empty for topics.
    signature: Vec<u32>,
    /// The words of a topic with their weights, together of length one; empty for campaigns.
    weights: BTreeMap<String, f32>,
}

impl Likeness {
    /// Of a campaign, by its first text.
    pub(super) fn of_copies(text: &str) -> Self {
        Self { signature: campaigns::signature(text).unwrap_or_default(), weights: BTreeMap::new() }
    }

    /// Of a topic, by the mean of its comments.
    pub(super) fn of_topic(matrix: &Sparse, members: &[(usize, f32)], vocabulary: &[String]) -> Self {
        let mean = matrix.mean(members.iter().map(|(row, _)| *row));
        let mut weighed: Vec<(f32, usize)> = mean.into_iter().zip(0..).filter(|(weight, _)| *weight > 0.0).collect();
        weighed.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        weighed.truncate(WORDS);
        let length = weighed.iter().map(|(weight, _)| weight * weight).sum::<f32>().sqrt();
        let named =
            weighed.into_iter().filter_map(|(weight, term)| Some((vocabulary.get(term)?.clone(), weight / length)));
        Self { signature: Vec::new(), weights: named.collect() }
    }
}

/// The groups as later comments are held against them.
pub(super) struct Places {
    campaigns: Vec<(usize, Vec<u32>)>,
    /// In which topics a word stands, with its weight there.
    topics: HashMap<String, Vec<(usize, f32)>>,
}

impl Places {
    pub(super) fn of(groups: &[Group]) -> Self {
        let mut places = Self { campaigns: Vec::new(), topics: HashMap::new() };
        for (at, group) in groups.iter().enumerate() {
            if !group.likeness.signature.is_empty() {
                places.campaigns.push((at, group.likeness.signature.clone()));
            }
            for (word, weight) in &group.likeness.weights {
                places.topics.entry(word.clone()).or_default().push((at, *weight));
            }
        }
        places
    }

    /// The group that a text is like; nothing where it is like none.
    pub(super) fn of_text(&self, text: &str) -> Option<usize> {
        let signature = campaigns::signature(text);
        let copied = signature.and_then(|own| {
            let found = self.campaigns.iter().find(|(_, known)| campaigns::are_copies(known, &own));
            found.map(|(group, _)| *group)
        });
        copied.or_else(|| self.topic_of(text))
    }

    fn topic_of(&self, text: &str) -> Option<usize> {
        let mut scores: BTreeMap<usize, f32> = BTreeMap::new();
        for (word, count) in words::count(text) {
            for (group, weight) in self.topics.get(word).into_iter().flatten() {
                *scores.entry(*group).or_default() += (1.0 + (count as f32).ln()) * weight;
            }
        }
        let best = scores.into_iter().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
        best.map(|(group, _)| group)
    }
}
