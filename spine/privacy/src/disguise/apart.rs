//! Figures that stand apart from each other: «0 1 0 1 2 3 4 5 6 7 8».

use maru_korean::Normal;

use super::{BLOCK, SPOKEN, gap};

/// So many figures and letters apart from each other are one number, if so many of them are figures.
const APART: usize = 8;
const FIGURES_APART: usize = 6;

/// Puts figures together that stand apart from each other, with the letters and stars among them.
pub(super) fn put_together(normal: &mut Normal) -> Vec<bool> {
    let mut hidden = vec![false; normal.characters.len()];
    let mut keeps = vec![true; normal.characters.len()];
    let mut place = 0;
    while place < normal.characters.len() {
        let Some(parts) = parts_apart(&normal.characters, place) else {
            place += 1;
            continue;
        };
        let (first, last) = (parts.first().copied().unwrap_or(place), parts.last().copied().unwrap_or(place));
        if is_number_apart(&normal.characters, &parts) {
            keeps[first..=last].fill(false);
            for part in parts {
                (keeps[part], hidden[part]) = (true, true);
            }
        }
        place = last.max(place) + 1;
    }
    let mut kept = keeps.iter();
    normal.characters.retain(|_| *kept.next().unwrap_or(&true));
    let mut kept = keeps.iter();
    normal.origin.retain(|_| *kept.next().unwrap_or(&true));
    let mut kept = keeps.iter();
    hidden.retain(|_| *kept.next().unwrap_or(&true));
    hidden
}

fn is_number_apart(characters: &[char], parts: &[usize]) -> bool {
    let is_apart = parts.windows(2).any(|pair| pair[1] > pair[0] + 1);
    let figures = parts.iter().filter(|part| characters[**part].is_ascii_digit()).count();
    is_apart && parts.len() >= APART && figures >= FIGURES_APART
}

/// The places of figures, capital letters and stars from `start` on that each stand alone, with a gap to the next. The letters of a passport may
/// touch its figures, and stars each other.
fn parts_apart(characters: &[char], start: usize) -> Option<Vec<usize>> {
    let touches = start.checked_sub(1).is_some_and(|before| characters[before].is_ascii_alphanumeric());
    if touches || !characters[start].is_ascii_digit() && !characters[start].is_ascii_uppercase() {
        return None;
    }
    let mut parts = vec![start];
    let mut place = start;
    while let Some(next) = next_part(characters, place, parts.len()) {
        parts.push(next);
        place = next;
    }
    // A figure that touches another belongs to something else.
    let is_other = characters.get(place + 1).is_some_and(char::is_ascii_alphanumeric);
    if is_other {
        parts.pop();
    }
    // What has ten figures and more has no letters: «I 0 1 0 …».
    let is_letter = |place: &usize| characters[*place].is_ascii_uppercase();
    if parts.iter().filter(|place| !is_letter(place)).count() >= SPOKEN {
        let leading = parts.iter().take_while(|place| is_letter(place)).count();
        parts.drain(..leading);
        let trailing = parts.iter().rev().take_while(|place| is_letter(place)).count();
        parts.truncate(parts.len() - trailing);
    }
    (parts.len() > 1).then_some(parts)
}

/// Where the next part stands.
fn next_part(characters: &[char], place: usize, so_many: usize) -> Option<usize> {
    let this = characters[place];
    let is_part = |one: char| one.is_ascii_digit() || one.is_ascii_uppercase() || one == '*';
    let next = *characters.get(place + 1)?;
    if is_part(next) {
        let is_letter = |one: char| one.is_ascii_uppercase();
        let begins = is_letter(this) && is_letter(next) && so_many <= 2;
        let lettered = is_letter(this) != is_letter(next) && this != '*' && next != '*';
        return (begins || lettered || next == '*').then_some(place + 1);
    }
    let length = gap(&characters[place + 1..])?;
    let next = place + 1 + length;
    // «ARC 8 8 0 …», «(6 2 1 0 … 9) 2»: words and brackets do not belong to it.
    let behind_letter = place.checked_sub(1).is_some_and(|before| characters[before].is_ascii_uppercase());
    let ends_word = this.is_ascii_uppercase() && behind_letter;
    if ends_word || (so_many > BLOCK && characters[place + 1..next].contains(&')')) {
        return None;
    }
    let character = *characters.get(next)?;
    // A letter is close to its figures: «… 5 3. I leave» is the end of a sentence.
    let is_close = next == place + 2 || !(this.is_ascii_uppercase() || character.is_ascii_uppercase());
    (is_part(character) && is_close).then_some(next)
}
