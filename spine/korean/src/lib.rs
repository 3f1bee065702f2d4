//! Korean text: normal forms, particles, character n-grams.
//!
//! Pure and small. Measured choice (docs/decisions): character bigrams with particles stripped do as well for search as a
//! morphological dictionary of 80 MB, so there is no dictionary.

mod grams;
mod josa;
mod normal;
mod particles;

pub use grams::{bigrams, character_grams, words};
pub use josa::{Josa, with_josa};
pub use normal::{Normal, normalise};
pub use particles::strip_particle;

/// Whether a character is a composed Hangul syllable (가–힣).
pub fn is_syllable(character: char) -> bool {
    ('가'..='힣').contains(&character)
}

/// The place of the consonant below a syllable (받침) among the 27 that there are, 8 for ㄹ; 0 for none. Nothing for what is no composed syllable.
pub fn consonant_below(character: char) -> Option<u32> {
    is_syllable(character).then(|| (u32::from(character) - u32::from('가')) % 28)
}

/// Sentences of a text as byte ranges: split after `.`, `?`, `!` (with closing quotes) followed by white space, and at
/// line ends. Numbers such as «3.5», dates such as «2026. 5. 6.» and items such as «1. » do not split.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    for (place, &(offset, character)) in characters.iter().enumerate() {
        let after = characters.get(place + 1).map_or(' ', |next| next.1);
        let before = if place == 0 { ' ' } else { characters[place - 1].1 };
        let ends = match character {
            '\n' => true,
            '.' => after.is_whitespace() && !before.is_ascii_digit(),
            '?' | '!' | '。' => after.is_whitespace(),
            _ => false,
        };
        if ends {
            let end = offset + character.len_utf8();
            push_sentence(&mut found, &text[start..end]);
            start = end;
        }
    }
    push_sentence(&mut found, &text[start..]);
    found
}

fn push_sentence<'a>(found: &mut Vec<&'a str>, sentence: &'a str) {
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        found.push(sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "안녕하세요. 2026. 5. 6. 시행된 영 제3조의2에 따라 3.5배입니다! 언제 되나요?\n1. 서류";
        assert_eq!(
            sentences(text),
            ["안녕하세요.", "2026. 5. 6. 시행된 영 제3조의2에 따라 3.5배입니다!", "언제 되나요?", "1. 서류"]
        );
    }
}
