//! Words without their particles, weighted by how much they tell.

use std::collections::HashMap;

use super::matrix::Sparse;

/// Words that stand in fewer texts say nothing of a group.
const RAREST: u32 = 3;
/// Words that stand in more than this share of the texts tell nothing apart.
const MOST_COMMON: f64 = 0.15;
/// Most words that are kept, the most frequent ones.
const VOCABULARY: usize = 30_000;

/// Words that every petition uses.
const EMPTY_WORDS: [&str; 40] = [
    "합니다",
    "있습니다",
    "입니다",
    "주십시오",
    "주세요",
    "바랍니다",
    "생각",
    "때문",
    "경우",
    "대한",
    "위한",
    "그리고",
    "하지만",
    "그러나",
    "이런",
    "그런",
    "저는",
    "우리",
    "정말",
    "너무",
    "모든",
    "많은",
    "다른",
    "같은",
    "하는",
    "있는",
    "없는",
    "되는",
    "하여",
    "통해",
    "위해",
    "대해",
    "따라",
    "지금",
    "현재",
    "안녕하세요",
    "청원",
    "국민",
    "대통령",
    "감사합니다",
];

/// The words of a text, without particles and without those that tell nothing.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let words = maru_korean::words(text).map(maru_korean::strip_particle);
    words.filter(|word| word.chars().count() >= 2 && !EMPTY_WORDS.contains(word))
}

/// The most frequent words of some texts.
pub(super) fn frequent(texts: &[&str], most: usize) -> Vec<String> {
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for (at, word) in texts.iter().flat_map(|text| words_of(text)).enumerate() {
        counts.entry(word).or_insert((0, at)).0 += 1;
    }
    let mut counts: Vec<(&str, (usize, usize))> = counts.into_iter().collect();
    counts.sort_by_key(|(_, (count, at))| (std::cmp::Reverse(*count), *at));
    counts.into_iter().take(most).map(|(word, _)| word.to_owned()).collect()
}

/// The texts as rows of weighted words, each of length one, and the words.
pub(super) fn weigh(texts: &[&str]) -> (Sparse, Vec<String>) {
    let counted: Vec<HashMap<&str, u32>> = texts.iter().map(|text| count(text)).collect();
    let mut spread: HashMap<&str, u32> = HashMap::new();
    for word in counted.iter().flat_map(HashMap::keys) {
        *spread.entry(word).or_default() += 1;
    }
    // Few texts have no rare words: then all are kept.
    let least = if texts.len() < 100 { 1 } else { RAREST };
    let common = (texts.len() as f64 * MOST_COMMON).max(20.0);
    let mut kept: Vec<(&str, u32)> = spread.into_iter().collect();
    kept.retain(|(_, texts)| *texts >= least && f64::from(*texts) <= common);
    kept.sort_by_key(|(word, texts)| (std::cmp::Reverse(*texts), *word));
    kept.truncate(VOCABULARY);
    let places: HashMap<&str, (u32, f32)> =
        kept.iter().zip(0_u32..).map(|((word, spread), at)| (*word, (at, idf(texts.len(), *spread)))).collect();
    let mut matrix = Sparse::new(kept.len());
    for counts in &counted {
        let mut row: Vec<(u32, f32)> = counts
            .iter()
            .filter_map(|(word, count)| places.get(word).map(|(at, idf)| (*at, (1.0 + (*count as f32).ln()) * idf)))
            .collect();
        row.sort_unstable_by_key(|(at, _)| *at);
        matrix.push(&row);
    }
    (matrix, kept.into_iter().map(|(word, _)| word.to_owned()).collect())
}

/// How often a text says each of its words.
pub(super) fn count(text: &str) -> HashMap<&str, u32> {
    let mut counts = HashMap::new();
    for word in words_of(text) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

#[expect(clippy::cast_possible_truncation, reason = "a weight need not be exact")]
fn idf(texts: usize, spread: u32) -> f32 {
    ((texts as f64 + 1.0) / (f64::from(spread) + 1.0)).ln() as f32 + 1.0
}
