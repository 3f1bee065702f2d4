//! Normal form with a way back to the original places.

use unicode_normalization::UnicodeNormalization;

/// A text in normal form, and where each of its characters came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normal {
    /// The characters in normal form.
    pub characters: Vec<char>,
    /// For each of them, the index (in characters) of the original character it came from.
    pub origin: Vec<usize>,
}

impl Normal {
    /// The normal form as a string.
    pub fn text(&self) -> String {
        self.characters.iter().collect()
    }
}

/// Compatibility-composes (NFKC) character by character, so that places can be traced back: full-width digits and letters
/// become ASCII, composed jamo become syllables, zero-width characters vanish, every space becomes a plain one, every
/// middle dot (ㆍ, ・ …) the one of Latin-1.
pub fn normalise(text: &str) -> Normal {
    let original: Vec<char> = text.chars().collect();
    let mut normal = Normal::default();
    let mut place = 0;
    while place < original.len() {
        let mut end = place + 1;
        // A syllable typed as separate jamo (macOS file names, some phones) is composed as one.
        while end < original.len() && is_following_jamo(original[end]) && is_jamo(original[place]) {
            end += 1;
        }
        if end == place + 1 {
            push(&mut normal, original[place], place);
        } else {
            for character in original[place..end].iter().collect::<String>().nfc() {
                push(&mut normal, character, place);
            }
        }
        place = end;
    }
    normal
}

fn push(normal: &mut Normal, character: char, origin: usize) {
    if is_invisible(character) {
        return;
    }
    if character.is_ascii() || ('가'..='힣').contains(&character) {
        let character = if character == '\t' { ' ' } else { character };
        normal.characters.push(character);
        normal.origin.push(origin);
        return;
    }
    if character.is_whitespace() {
        normal.characters.push(if character == '\u{2028}' || character == '\u{2029}' { '\n' } else { ' ' });
        normal.origin.push(origin);
        return;
    }
    if is_middle_dot(character) {
        normal.characters.push('·');
        normal.origin.push(origin);
        return;
    }
    for composed in std::iter::once(character).nfkc() {
        normal.characters.push(composed);
        normal.origin.push(origin);
    }
}

/// The dots that Korean texts put between words of a row; statutes use the letter ㆍ (U+318D), people what their keyboard has.
fn is_middle_dot(character: char) -> bool {
    matches!(character, 'ㆍ' | '\u{119e}' | '・' | '･' | '‧' | '∙' | '⋅')
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{00ad}' | '\u{180e}' | '\u{fe0e}' | '\u{fe0f}')
}

fn is_jamo(character: char) -> bool {
    ('\u{1100}'..='\u{11ff}').contains(&character)
}

fn is_following_jamo(character: char) -> bool {
    ('\u{1160}'..='\u{11ff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_width_invisible_and_decomposed_become_plain() {
        assert_eq!(normalise("도로ㆍ교통").text(), "도로·교통");
        let normal = normalise("０１０\u{200b}－１２\u{3000}\u{1112}\u{1161}\u{11ab}");
        assert_eq!(normal.text(), "010-12 한");
        assert_eq!(normal.origin, [0, 1, 2, 4, 5, 6, 7, 8]);
    }

    proptest! {
        #[test]
        fn origins_are_places_of_the_original_in_order(text in "\\PC*") {
            let normal = normalise(&text);
            let length = text.chars().count();
            prop_assert_eq!(normal.characters.len(), normal.origin.len());
            prop_assert!(normal.origin.is_sorted());
            prop_assert!(normal.origin.iter().all(|place| *place < length));
        }
    }
}
