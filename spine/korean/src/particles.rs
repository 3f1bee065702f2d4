//! Stripping of particles (조사) and common endings (어미) from the end of a word, for search and classification.

use std::{collections::BTreeMap, sync::LazyLock};

/// Longest first within a length; all are tried from the longest on.
const ENDINGS: [&str; 62] = [
    "으로부터는",
    "에서부터",
    "으로부터",
    "이라도",
    "입니다만",
    "하였습니다",
    "했습니다",
    "하겠습니다",
    "합니다",
    "됩니다",
    "입니다",
    "습니다",
    "에게서",
    "에서는",
    "에서도",
    "으로는",
    "으로도",
    "으로써",
    "으로서",
    "이라고",
    "이라는",
    "까지는",
    "부터는",
    "에게는",
    "하려면",
    "하는데",
    "인가요",
    "하나요",
    "되나요",
    "할까요",
    "에서",
    "에게",
    "께서",
    "으로",
    "로서",
    "로써",
    "까지",
    "부터",
    "처럼",
    "보다",
    "마다",
    "조차",
    "이나",
    "이란",
    "이라",
    "라고",
    "라는",
    "에는",
    "에도",
    "와의",
    "과의",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "와",
    "과",
    "도",
];

/// Endings by their last syllable, in ascending order of it, each group in the order of [`ENDINGS`].
static BY_LAST: LazyLock<Vec<(char, Vec<&str>)>> = LazyLock::new(|| {
    let mut groups: BTreeMap<char, Vec<&str>> = BTreeMap::new();
    for ending in ENDINGS {
        if let Some(last) = ending.chars().next_back() {
            groups.entry(last).or_default().push(ending);
        }
    }
    groups.into_iter().collect()
});

/// The word without one particle or ending at its end, if at least two syllables remain; else the word itself. Words that do
/// not end in Hangul are left as they are.
pub fn strip_particle(word: &str) -> &str {
    let Some(last) = word.chars().next_back() else { return word };
    let Ok(group) = BY_LAST.binary_search_by_key(&last, |group| group.0) else { return word };
    let mut stems = BY_LAST[group].1.iter().filter_map(|ending| word.strip_suffix(*ending));
    stems.find(|stem| stem.chars().nth(1).is_some()).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_go_and_short_words_stay() {
        for (word, stem) in [
            ("쓰레기를", "쓰레기"),
            ("주민센터에서는", "주민센터"),
            ("아이", "아이"),
            ("신청하려면", "신청"),
            ("제3조의", "제3조"),
            ("세금은", "세금"),
            ("도로", "도로"),
            ("KTX", "KTX"),
        ] {
            assert_eq!(strip_particle(word), stem);
        }
    }

    #[test]
    fn endings_are_tried_longest_first_where_one_ends_another() {
        for (place, ending) in ENDINGS.iter().enumerate() {
            for later in &ENDINGS[place + 1..] {
                assert!(!later.ends_with(ending) || later == ending, "{later} is hidden by {ending}");
            }
        }
    }
}
