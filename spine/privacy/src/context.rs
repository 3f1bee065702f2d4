//! The text as the rules see it: in normal form, with a way back to the original places.

use crate::{Found, Kind, disguise};

/// A normalised text. Rules work on its bytes; [`View::found`] leads back to characters of the original.
pub(crate) struct View {
    pub(crate) text: String,
    /// For each byte of `text`, the index of the original character it belongs to.
    origin: Vec<usize>,
    original_length: usize,
    /// Bytes of `text` that were written figure by figure.
    hidden_at: Vec<usize>,
}

impl View {
    pub(crate) fn new(original: &str) -> Self {
        let mut normal = maru_korean::normalise(original);
        enumerators_to_spaces(original, &mut normal);
        let hidden = disguise::reveal(&mut normal);
        let mut text = String::with_capacity(original.len());
        let mut origin = Vec::with_capacity(original.len());
        let mut hidden_at = Vec::new();
        for ((character, place), hidden) in normal.characters.iter().zip(&normal.origin).zip(hidden) {
            if hidden {
                hidden_at.push(text.len());
            }
            text.push(*character);
            origin.resize(text.len(), *place);
        }
        Self { text, origin, original_length: original.chars().count(), hidden_at }
    }

    /// Whether what stands at a byte place was written figure by figure.
    pub(crate) fn was_apart(&self, place: usize) -> bool {
        self.hidden_at.binary_search(&place).is_ok()
    }

    /// A place in the normal form as a place in the original.
    pub(crate) fn found(&self, kind: Kind, start: usize, end: usize) -> Found {
        let first = self.origin.get(start).copied().unwrap_or(self.original_length);
        let last = self.origin.get(end.saturating_sub(1)).copied().unwrap_or(first);
        Found { kind, start: first, end: last + 1 }
    }

    /// The character before a byte place.
    pub(crate) fn before(&self, place: usize) -> Option<char> {
        self.text[..place].chars().next_back()
    }

    /// The character at a byte place.
    pub(crate) fn after(&self, place: usize) -> Option<char> {
        self.text[place..].chars().next()
    }

    /// At most `characters` characters before a byte place.
    pub(crate) fn preceding(&self, place: usize, characters: usize) -> &str {
        let start = self.text[..place].char_indices().rev().take(characters).last().map_or(place, |(offset, _)| offset);
        &self.text[start..place]
    }

    /// At most `characters` characters from a byte place on.
    pub(crate) fn following(&self, place: usize, characters: usize) -> &str {
        let end =
            self.text[place..].char_indices().nth(characters).map_or(self.text.len(), |(offset, _)| place + offset);
        &self.text[place..end]
    }
}

/// «①010-…» and «½010-…»: a numeral that stands alone counts something and does not belong to the figures beside it.
/// A run of such numerals is a number that somebody wrote oddly.
fn enumerators_to_spaces(original: &str, normal: &mut maru_korean::Normal) {
    if original.is_ascii() {
        return;
    }
    let original: Vec<char> = original.chars().collect();
    let is_numeral = |place: &usize| original.get(*place).is_some_and(|c| c.is_numeric() && !is_digit(*c));
    for (character, place) in normal.characters.iter_mut().zip(&normal.origin) {
        if !is_numeral(place) {
            continue;
        }
        // Dashes may stand between: ①①⓪-②③④-⑤⑥.
        let is_part = |place: &usize| is_numeral(place) || matches!(original.get(*place), Some('-' | '–'));
        let before = (0..*place).rev().take_while(is_part).take(SHORTEST_RUN).filter(is_numeral).count();
        let after = (place + 1..original.len()).take_while(is_part).take(SHORTEST_RUN).filter(is_numeral).count();
        if before + after + 1 < SHORTEST_RUN {
            *character = ' ';
        }
    }
}

/// So many odd numerals in a row are a number.
const SHORTEST_RUN: usize = 5;

/// Figures that form numbers: ASCII and full-width.
fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || ('０'..='９').contains(&character)
}
