//! Figures that are written with native words («공하나공 둘셋넷다섯»), with letters that look like them («O1O-l234-5678»), or in keycaps.

use maru_korean::Normal;

use crate::disguise::{NOTHING, figure, is_separator};

/// So many figures and words in a row are a number.
const TOKENS: usize = 9;
/// So many of them are native words: «하나» alone is a bank.
const NATIVE: usize = 3;
/// What may stand between two of them.
const GAP: usize = 3;

/// Writes them as figures.
pub(crate) fn write_figures(normal: &mut Normal) {
    for character in &mut normal.characters {
        *character = match *character {
            // The vowel ㅡ, bars and lines stand for dashes: 010ㅡ1234ㅡ5678.
            '\u{1173}' | 'ㅡ' | '―' | '─' | '━' | '⸺' | '⁃' | '˗' | '➖' | '⎯' => '-',
            '〜' | '∼' | '∽' => '~',
            '∗' | '✱' | '＊' => '*',
            // The frame of a keycap.
            '\u{20e3}' => NOTHING,
            other => other,
        };
    }
    write_dingbats(&mut normal.characters);
    write_bullets(&mut normal.characters);
    let mut place = 0;
    while place < normal.characters.len() {
        if normal.characters[place] == '엠' && figures_follow(&normal.characters[place + 1..]) {
            normal.characters[place] = 'M';
        }
        plate(&mut normal.characters, place);
        let end = native_run(&mut normal.characters, place);
        place = look_alikes(&mut normal.characters, place).max(end).max(place + 1);
    }
    drop_nothing(normal);
}

/// Numerals in discs that the normal form leaves («❶❷❸»), where several stand together; one alone counts something.
fn write_dingbats(characters: &mut [char]) {
    let value = |one: char| match one {
        '⓿' => Some(0),
        '❶'..='❾' => Some(u32::from(one) - u32::from('❶') + 1),
        '➀'..='➈' => Some(u32::from(one) - u32::from('➀') + 1),
        '➊'..='➒' => Some(u32::from(one) - u32::from('➊') + 1),
        _ => None,
    };
    let mut was = false;
    for place in 0..characters.len() {
        let next = characters.get(place + 1).copied().and_then(value).is_some();
        let this = value(characters[place]);
        if let Some(figure) = this.filter(|_| was || next).and_then(|figure| char::from_digit(figure, 10)) {
            characters[place] = figure;
        }
        was = this.is_some();
    }
}

/// Bullets in a row hide figures: 110-•••-567890.
fn write_bullets(characters: &mut [char]) {
    for place in 1..characters.len() {
        let was = matches!((characters[place - 1], characters[place]), ('•' | '*', '•'));
        if was {
            characters[place - 1..=place].fill('*');
        }
    }
}

/// Drops what is left of words.
pub(crate) fn drop_nothing(normal: &mut Normal) {
    if normal.characters.contains(&NOTHING) {
        let mut keeps = normal.characters.iter().map(|one| *one != NOTHING);
        normal.origin.retain(|_| keeps.next().unwrap_or(true));
        normal.characters.retain(|one| *one != NOTHING);
    }
}

/// Whether so many figures follow as a passport's letter has.
fn figures_follow(text: &[char]) -> bool {
    text.iter()
        .take(2 * PASSPORT)
        .filter(|one| !is_separator(**one))
        .take(PASSPORT)
        .filter(|one| figure(**one).is_some())
        .count()
        == PASSPORT
}

const PASSPORT: usize = 7;

/// Syllables of number plates that are no figures.
pub(crate) const PLATE: &str = "가나다라마거너더러머버서어저고노도로모보소조누두루무부수우주아바자배하허호";

/// Writes a plate in words: «삼칠러 이이구공».
fn plate(characters: &mut [char], start: usize) {
    let is_figure = |one: &char| figure(*one).is_some();
    let touches = start.checked_sub(1).is_some_and(|before| maru_korean::is_syllable(characters[before]));
    let front = characters[start..].iter().take(4).take_while(|one| is_figure(one)).count();
    if touches || !matches!(front, 2 | 3) {
        return;
    }
    let space = |at: usize| usize::from(characters.get(at) == Some(&' '));
    let syllable = start + front + space(start + front);
    if !characters.get(syllable).is_some_and(|one| PLATE.contains(*one)) {
        return;
    }
    let back = syllable + 1 + space(syllable + 1);
    let figures = characters.get(back..).unwrap_or_default().iter().take(5).take_while(|one| is_figure(one)).count();
    let words = |from: usize, to: usize| characters[from..to].iter().filter(|one| !one.is_ascii()).count();
    // A particle may follow: «… 이이구공이에요».
    let is_long = figures == 4 || (figures == 5 && characters[back + 4] == '이');
    if is_long && words(start, start + front) + words(back, back + 4) >= 4 {
        for character in &mut characters[start..start + front] {
            *character = figure(*character).unwrap_or(*character);
        }
        for character in &mut characters[back..back + 4] {
            *character = figure(*character).unwrap_or(*character);
        }
    }
}

/// A native word for a figure at the beginning, and its length.
fn native(text: &[char]) -> Option<(char, usize)> {
    Some(match text {
        ['하', '나', ..] => ('1', 2),
        ['둘', ..] => ('2', 1),
        ['셋', ..] => ('3', 1),
        ['넷', ..] => ('4', 1),
        ['다', '섯', ..] => ('5', 2),
        ['여', '섯', ..] => ('6', 2),
        ['일', '곱', ..] => ('7', 2),
        ['여', '덟', ..] => ('8', 2),
        ['아', '홉', ..] => ('9', 2),
        _ => return None,
    })
}

/// Writes a run of figures and native words from `start` on; gives where it ends.
fn native_run(characters: &mut [char], start: usize) -> usize {
    let token = |place: usize, text: &[char]| {
        native(&text[place..]).or_else(|| figure(*text.get(place)?).map(|figure| (figure, 1)))
    };
    let mut tokens = Vec::new();
    let (mut place, mut end) = (start, start);
    while let Some((figure, length)) = token(place, characters) {
        tokens.push((place, figure, length));
        end = place + length;
        place = end + characters[end..].iter().take(GAP).take_while(|one| is_separator(**one)).count();
    }
    let natives = tokens.iter().filter(|(place, ..)| native(&characters[*place..]).is_some()).count();
    if tokens.len() >= TOKENS && natives >= NATIVE {
        for (place, figure, length) in tokens {
            characters[place..place + length].fill(NOTHING);
            // So that the first begins where it began, and the last ends where it ended.
            characters[if place == start { place } else { place + length - 1 }] = figure;
        }
    }
    end
}

/// Writes a mobile number of which some noughts and ones are letters; gives where it ends.
fn look_alikes(characters: &mut [char], start: usize) -> usize {
    let alike = |one: char| match one {
        'o' | 'O' => Some('0'),
        'l' | 'I' => Some('1'),
        other => other.is_ascii_digit().then_some(other),
    };
    let touches = start.checked_sub(1).is_some_and(|before| characters[before].is_ascii_alphanumeric());
    if touches || !matches!(characters[start], '0' | 'o' | 'O') {
        return start;
    }
    let (mut places, mut place) = (Vec::new(), start);
    while places.len() <= MOBILE
        && let Some(figure) = characters.get(place).copied().and_then(alike)
    {
        places.push((place, figure));
        place += 1;
        place += usize::from(matches!(characters.get(place), Some(' ' | '-' | '.')));
    }
    let letters = places.iter().filter(|(place, _)| characters[*place].is_ascii_alphabetic()).count();
    let begins: String = places.iter().take(3).map(|(_, figure)| *figure).collect();
    if places.len() != MOBILE || begins != "010" || letters == 0 || letters > LETTERS {
        return start;
    }
    for (place, figure) in &places {
        characters[*place] = *figure;
    }
    place
}

const MOBILE: usize = 11;
/// More letters than that are a word.
const LETTERS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_words_and_letters_become_figures() {
        for (text, written) in [
            ("공하나공 둘셋넷다섯 여섯일곱여덟아홉", "010 2345 6789"),
            ("O1O-l234-5678로", "010-1234-5678로"),
            ("0⃣1⃣0⃣", "010"),
            ("010ㅡ1234ㅡ5678", "010-1234-5678"),
            ("하나 391-910273-84607", "하나 391-910273-84607"),
            ("하나 둘 셋", "하나 둘 셋"),
            ("삼칠러 이이구공이에요", "37러 2290이에요"),
            ("이사가 사고로 오일", "이사가 사고로 오일"),
            ("⓿❶⓿-❷❸❹❺", "010-2345"),
            ("❶ 성명", "❶ 성명"),
            ("Oil 0l", "Oil 0l"),
        ] {
            let mut normal = maru_korean::normalise(text);
            write_figures(&mut normal);
            assert_eq!(normal.text(), written);
            assert_eq!(normal.origin.len(), normal.characters.len());
        }
    }
}
