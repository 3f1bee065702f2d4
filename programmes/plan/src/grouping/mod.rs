//! Groups comments by what they say, so that hundreds of thousands can be read and answered.
//!
//! 1. **Campaigns.** Copies of one text, also with small changes: MinHash over shingles of characters, each band of hashes
//!    compared with the first text that fell into it. Three copies are a campaign; it is one group, counted as such.
//! 2. **Topics.** All other comments: words without their particles, weighted by TF-IDF, laid into a space of few dimensions
//!    by subspace iteration (the space of latent semantic analysis), grouped there by spherical k-means with several
//!    beginnings. Everything is repeatable: chance comes from a fixed seed.
//!
//! The program proposes groups; a person reads and answers them.

mod campaigns;
mod likeness;
mod matrix;
mod means;
mod words;

pub use likeness::Likeness;
use matrix::Sparse;
use serde::{Deserialize, Serialize};

/// A group of comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Whether they are copies of one text.
    pub campaign: bool,
    /// Whether they came after the grouping and wait for the next.
    #[serde(default)]
    pub pending: bool,
    /// The comments by their places, the most typical first.
    pub members: Vec<usize>,
    /// Words that tell it from the others, the most telling first.
    pub words: Vec<String>,
    /// By what later comments are told to belong to it.
    #[serde(default)]
    pub likeness: Likeness,
}

/// All comments in groups: each in exactly one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Grouping {
    /// The groups, the largest first.
    pub groups: Vec<Group>,
    /// How many comments there were when all were grouped together; later ones were put to the groups that they are like.
    #[serde(default)]
    pub whole: usize,
}

/// Words that are shown of a group.
const SHOWN_WORDS: usize = 6;
/// Dimensions of the space in which topics are looked for.
const DIMENSIONS: usize = 40;

/// How many topics `comments` comments are parted into, unless somebody says otherwise.
pub fn topics_for(comments: usize) -> usize {
    let root = (comments as f64 / 2.0).sqrt().round();
    // At most forty, which a person can still overlook.
    (1..=40).rev().find(|topics| (*topics as f64) <= root).unwrap_or(1)
}

/// Groups `texts`, those that belong to no campaign into at most `topics` topics.
pub fn group(texts: &[&str], topics: usize) -> Grouping {
    let mut groups: Vec<Group> = Vec::new();
    let found = campaigns::find(texts);
    let mut alone: Vec<usize> = (0..texts.len()).collect();
    if !found.is_empty() {
        let mut taken = vec![false; texts.len()];
        found.iter().flatten().for_each(|member| taken[*member] = true);
        alone.retain(|place| !taken[*place]);
    }
    for members in found {
        let first: Vec<&str> = members.first().and_then(|member| texts.get(*member)).copied().into_iter().collect();
        let words = words::frequent(&first, SHOWN_WORDS);
        let likeness = first.first().map(|text| Likeness::of_copies(text)).unwrap_or_default();
        groups.push(Group { campaign: true, pending: false, words, members, likeness });
    }
    groups.extend(topic_groups(texts, &alone, topics));
    groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    Grouping { groups, whole: texts.len() }
}

impl Grouping {
    /// Puts texts that came later, the first of them at place `first`, to the groups that they are like: copies to their campaign, others
    /// to the topic whose words they share most, what is like none to a group without words of its own.
    pub fn place(&mut self, first: usize, texts: &[&str]) {
        let likest = likeness::Places::of(&self.groups);
        for (place, text) in (first..).zip(texts) {
            let group = likest.of_text(text).unwrap_or_else(|| {
                let other = self.groups.iter().position(|group| !group.campaign && group.words.is_empty());
                other.unwrap_or_else(|| {
                    self.groups.push(Group {
                        campaign: false,
                        pending: false,
                        members: Vec::new(),
                        words: Vec::new(),
                        likeness: Likeness::default(),
                    });
                    self.groups.len() - 1
                })
            });
            if let Some(group) = self.groups.get_mut(group) {
                group.members.push(place);
            }
        }
        self.groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    }
}

/// The topics of `places` among the texts, as numbers in their order: for measurements.
pub fn topics(texts: &[&str], topics: usize) -> Vec<usize> {
    let (matrix, _) = words::weigh(texts);
    let space = matrix::space(&matrix, DIMENSIONS);
    means::cluster(&space, topics).of
}

fn topic_groups(texts: &[&str], places: &[usize], topics: usize) -> Vec<Group> {
    if places.is_empty() {
        return Vec::new();
    }
    let chosen: Vec<&str> = places.iter().filter_map(|place| texts.get(*place)).copied().collect();
    let (matrix, vocabulary) = words::weigh(&chosen);
    let space = matrix::space(&matrix, DIMENSIONS);
    let clusters = means::cluster(&space, topics.clamp(1, chosen.len()));
    let mut groups = vec![Vec::new(); clusters.count];
    for (row, cluster) in clusters.of.iter().enumerate() {
        groups[*cluster].push((row, clusters.closeness[row]));
    }
    groups.retain(|members| !members.is_empty());
    let overall = matrix.mean(0..matrix.rows());
    groups
        .into_iter()
        .map(|mut members| {
            members.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            Group {
                campaign: false,
                pending: false,
                words: telling(&matrix, &members, &overall, &vocabulary),
                likeness: Likeness::of_topic(&matrix, &members, &vocabulary),
                members: members.iter().map(|(row, _)| places[*row]).collect(),
            }
        })
        .collect()
}

/// The words whose weight in the group is most above their weight in all.
fn telling(matrix: &Sparse, members: &[(usize, f32)], overall: &[f32], vocabulary: &[String]) -> Vec<String> {
    let mean = matrix.mean(members.iter().map(|(row, _)| *row));
    let mut gains: Vec<(f32, usize)> = mean.iter().zip(overall).map(|(one, all)| one - all).zip(0..).collect();
    gains.retain(|(gain, _)| *gain > 0.0);
    gains.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    gains.iter().take(SHOWN_WORDS).filter_map(|(_, term)| vocabulary.get(*term)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMPAIGN: &str =
        "저작권자의 허락 없이 학습 데이터로 쓰는 것을 반대합니다. 창작자의 권리를 먼저 지켜 주십시오.";

    /// A campaign of twenty, then ten texts on buses and ten on care in turns.
    fn comments() -> Vec<String> {
        let mut texts: Vec<String> = (0..20).map(|number| format!("{CAMPAIGN} ({number}번째 서명)")).collect();
        let bus = ["저상버스 배차", "버스 정류장 안내", "마을버스 노선", "버스 요금 할인", "심야버스 노선"];
        let care = ["어린이집 대기", "보육교사 처우", "어린이집 급식", "보육료 지원", "어린이집 야간 보육"];
        for (number, (bus, care)) in bus.iter().zip(&care).cycle().take(10).enumerate() {
            texts.push(format!("{bus} 문제로 버스 이용이 어렵습니다. 버스를 늘려 주세요. 사례 {number}"));
            texts.push(format!("{care} 문제로 보육이 어렵습니다. 어린이집을 늘려 주세요. 사정 {number}"));
        }
        texts
    }

    #[test]
    fn campaigns_are_told_from_topics() {
        let texts = comments();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let grouping = group(&texts, 2);
        assert_eq!(grouping.groups.iter().map(|group| group.members.len()).sum::<usize>(), texts.len());
        let largest = grouping.groups.iter().filter(|group| group.campaign).max_by_key(|group| group.members.len());
        assert_eq!(largest.unwrap().members.len(), 20);
        assert_eq!(grouping, group(&texts, 2), "the same each time");
    }

    #[test]
    fn later_texts_come_to_what_they_are_like() {
        let texts = comments();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut grouping = group(&texts, 2);
        let of = |grouping: &Grouping, place: usize| {
            grouping.groups.iter().find(|group| group.members.contains(&place)).map(|group| group.words.clone())
        };
        let copy = format!("{CAMPAIGN} (99번째 서명)");
        let later = [copy.as_str(), "심야버스 이용이 어렵습니다", "보육교사와 어린이집을 살펴 주세요", "???", ""];
        let kept: Grouping = serde_json::from_str(&serde_json::to_string(&grouping).unwrap()).unwrap();
        assert_eq!(kept, grouping, "it is kept whole");
        grouping.place(40, &later);
        assert_eq!(grouping.groups.iter().map(|group| group.members.len()).sum::<usize>(), 45);
        assert_eq!(of(&grouping, 40), of(&grouping, 0), "a copy comes to its campaign");
        assert_eq!(of(&grouping, 41), of(&grouping, 20), "what speaks of buses to buses");
        assert_eq!(of(&grouping, 42), of(&grouping, 21));
        assert_eq!(of(&grouping, 43), Some(Vec::new()), "what is like none stands apart");
        assert_eq!((grouping.whole, grouping.groups.len()), (40, kept.groups.len() + 1));
    }

    #[test]
    fn few_and_strange_texts_are_grouped_too() {
        assert_eq!(group(&[], 3), Grouping::default());
        for texts in [vec![""], vec!["", "!!", "a"], vec!["같은 말", "같은 말"]] {
            let grouping = group(&texts, 5);
            let members: usize = grouping.groups.iter().map(|group| group.members.len()).sum();
            assert_eq!(members, texts.len());
        }
        assert_eq!(topics_for(0), 1);
        assert_eq!(topics_for(100_000), 40);
    }
}
