//! What the name of an office is about.

use crate::features::Vocabulary;
use std::collections::HashSet;

/// Endings that say that a name is that of an office, and words that offices of any trade have in their names; the longer
/// before those that they end in.
const OFFICE_WORDS: [&str; 24] = [
    "담당관",
    "사업소",
    "사무소",
    "센터",
    "본부",
    "공단",
    "공사",
    "정책",
    "행정",
    "관리",
    "사업",
    "지원",
    "운영",
    "기획",
    "총괄",
    "개선",
    "담당",
    "업무",
    "과",
    "부",
    "국",
    "실",
    "단",
    "팀",
];

/// What the name of an office is about: 「공원녹지정책과」 is about 「공원녹지」.
pub(super) fn trade_of(name: &str) -> &str {
    let mut trade = name.trim();
    while let Some(shorter) = OFFICE_WORDS.iter().find_map(|word| trade.strip_suffix(word)) {
        let shorter = shorter.trim_end();
        if shorter.chars().count() < 2 {
            break;
        }
        trade = shorter;
    }
    trade
}

/// Pairs of neighbouring characters of what a name is about, each with how rare it is.
pub(super) fn pieces_of(name: &str, vocabulary: &Vocabulary) -> Vec<([char; 2], f32)> {
    let characters: Vec<char> = trade_of(name).chars().filter(|character| character.is_alphanumeric()).collect();
    let rarest = vocabulary.rarest();
    characters.windows(2).map(|pair| ([pair[0], pair[1]], vocabulary.rarity_of(pair).unwrap_or(rarest))).collect()
}

/// How much of a name stands in a document, by the rarity of its pieces.
pub(super) fn found(pieces: &[([char; 2], f32)], own: &HashSet<[char; 2]>) -> f64 {
    let sum: f64 = pieces.iter().map(|piece| f64::from(piece.1)).sum();
    let found: f64 = pieces.iter().filter(|piece| own.contains(&piece.0)).map(|piece| f64::from(piece.1)).sum();
    found / (sum + 1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_about_a_trade() {
        for (name, trade) in [
            ("공원녹지정책과", "공원녹지"),
            ("도로관리과", "도로"),
            ("교통행정과", "교통"),
            ("공간정보담당관", "공간정보"),
            ("한강사업본부", "한강"),
            ("총무과", "총무"),
            ("Parks", "Parks"),
        ] {
            assert_eq!(trade_of(name), trade);
        }
    }
}
