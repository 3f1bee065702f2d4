//! Numbers that are written so that whoever compares letters does not see them: in words («공일공 일이삼사 오육칠팔»), or figure by figure
//! («0 1 0 1 2 3 4 5 6 7 8»). They become what they would be if they were written as usual.

use maru_korean::{Normal, is_syllable};

/// So many figures in words are a number; fewer are ordinary words («일이», «구이»).
const SPOKEN: usize = 10;
/// So many figures, of which some are in words, are a number where something else says so too.
const MIXED: usize = 9;
/// So many figures have a mobile number, a resident number, a card.
const MOBILE: usize = 11;
const RESIDENT: usize = 13;
const CARD: usize = 16;
/// So many have a passport's number behind its letters, and what stands before the stars in «900101-1******».
const LETTERED: usize = 6;
/// So many words for figures in a row, among figures, are no chance.
const BLOCK: usize = 4;
/// So many stars in a row hide figures.
const STARS: usize = 4;
/// So many figures and letters apart from each other are one number, if so many of them are figures.
const APART: usize = 8;
const FIGURES_APART: usize = 6;
/// What may stand between two of them.
const GAP: usize = 5;

/// Writes hidden numbers as usual; says for each character that is left whether it belonged to one that was written figure by figure.
pub(crate) fn reveal(normal: &mut Normal) -> Vec<bool> {
    let mut place = 0;
    for character in &mut normal.characters {
        // The vowel ㅡ and the horizontal bar stand for dashes: 010ㅡ1234ㅡ5678.
        if matches!(*character, '\u{1173}' | 'ㅡ' | '―') {
            *character = '-';
        }
    }
    while place < normal.characters.len() {
        place = match Run::at(&normal.characters, place) {
            Some(run) => run.write(&mut normal.characters),
            None => place + 1,
        };
    }
    put_together(normal)
}

/// Figures, words for figures, stars, and what stands between them.
struct Run {
    start: usize,
    /// Where the last figure or word ends.
    end: usize,
}

impl Run {
    fn at(characters: &[char], start: usize) -> Option<Self> {
        figure(*characters.get(start)?)?;
        let mut run = Self { start, end: start };
        let mut place = start;
        while let Some(character) = characters.get(place) {
            let stars = stars(&characters[place..]);
            if figure(*character).is_some() {
                place += 1;
                run.end = place;
            } else if stars >= STARS {
                place += stars;
                run.end = place;
            } else if let Some(length) = gap(&characters[place..]) {
                place += length;
            } else if is_letter_of_passport(characters, place) {
                place += 1;
            } else {
                break;
            }
        }
        Some(run)
    }

    /// Writes what is a number in figures; gives where to go on.
    fn write(&self, characters: &mut [char]) -> usize {
        if let Some((start, end)) = self.number(characters) {
            for character in &mut characters[start..end] {
                if let Some(figure) = figure(*character) {
                    *character = figure;
                }
            }
        }
        self.end
    }

    /// Where a number stands in it that is at least partly in words.
    fn number(&self, characters: &[char]) -> Option<(usize, usize)> {
        if spoken_in(&characters[self.start..self.end]) < 2 {
            return None;
        }
        let start = self.telephone(characters).unwrap_or(self.start);
        let end = without_particle(characters, start, self.end);
        let part = &characters[start..end];
        let (words, figures) = (spoken_in(part), figures_in(part));
        let begins_with_nought = start > self.start || self.begins_with_nought(characters);
        let is_number = if words < figures {
            figures >= MIXED && (begins_with_nought || has_block(part))
        } else {
            let behind_letter = start.checked_sub(1).is_some_and(|place| characters[place].is_ascii_uppercase());
            let is_lettered = behind_letter || part.iter().any(char::is_ascii_uppercase);
            let has_stars = part.ends_with(&['*'; STARS]);
            figures >= SPOKEN
                || (figures >= MIXED && (begins_with_nought || names_passport(&characters[..start])))
                || (figures >= LETTERED && (is_lettered || has_stars))
        };
        is_number.then_some((start, end))
    }

    fn begins_word(&self, characters: &[char]) -> bool {
        self.start.checked_sub(1).is_none_or(|place| !is_syllable(characters[place]))
    }

    fn begins_with_nought(&self, characters: &[char]) -> bool {
        self.begins_word(characters) && matches!(characters[self.start], '공' | '영')
    }

    /// Where a telephone number begins in it, behind a word that only sounds like figures: «내일 공일공 …», «번호가 이 공일공 …».
    fn telephone(&self, characters: &[char]) -> Option<usize> {
        let begins_word = self.begins_word(characters);
        let spaced = is_spaced(&characters[self.start..self.end]);
        let begins = |place: &usize| {
            let before = &characters[self.start..*place];
            let stands_apart = !begins_word || matches!(characters[place - 1], ' ' | '(');
            let rest = &characters[*place..self.end];
            matches!(characters[*place], '공' | '영')
                && stands_apart
                && figures_in(before) <= BEFORE_TELEPHONE
                && if spaced { is_mobile(rest) } else { is_telephone(rest) }
        };
        // Thirteen figures are a resident number.
        let is_resident = figures_in(&characters[self.start..self.end]) == RESIDENT;
        if is_resident || self.begins_with_nought(characters) {
            return None;
        }
        // Far behind the start there are too many figures before it.
        (self.start + 1..self.end).take(BEFORE_TELEPHONE * (GAP + 1) + 1).find(begins)
    }
}

/// So many words that only sound like figures may stand before a telephone number.
const BEFORE_TELEPHONE: usize = 2;

fn figures_in(part: &[char]) -> usize {
    part.iter().filter(|one| figure(**one).is_some()).count()
}

fn spoken_in(part: &[char]) -> usize {
    part.iter().filter(|one| spoken(**one).is_some()).count()
}

/// The first figures of a part.
fn first_figures(part: &[char], count: usize) -> String {
    part.iter().filter_map(|one| figure(*one)).take(count).collect()
}

/// 010, and a fourth figure that mobile numbers have.
fn is_mobile(part: &[char]) -> bool {
    let first = first_figures(part, 4);
    let is_given = first.starts_with("010") && !first.ends_with(['0', '1']);
    is_given && (MOBILE..=MOBILE + 1).contains(&figures_in(part))
}

fn is_telephone(part: &[char]) -> bool {
    let first = first_figures(part, 3);
    let is_area = first.starts_with("02")
        || matches!(first.as_bytes(), [b'0', b'1', b'0' | b'1' | b'6'..=b'9'] | [b'0', b'3'..=b'6', b'1'..=b'5'])
        || matches!(first.as_str(), "070" | "050" | "080");
    is_area && (MIXED..=MOBILE + 1).contains(&figures_in(part))
}

/// Whether each figure stands alone; the last may have a particle: «공 일 공 … 삼 팔이고».
fn is_spaced(part: &[char]) -> bool {
    let is_figure = |one: &char| figure(*one).is_some();
    let touching = part.windows(2).filter(|pair| pair.iter().all(is_figure)).count();
    touching <= 1 && figures_in(part) >= LETTERED
}

/// How many stars a text begins with.
fn stars(text: &[char]) -> usize {
    text.iter().take_while(|one| **one == '*').count()
}

/// The length of what stands between two parts of a number; « / » stands between two numbers.
fn gap(text: &[char]) -> Option<usize> {
    let length = text.iter().take(GAP + 1).take_while(|one| is_separator(**one)).count();
    let gap = &text[..length.min(text.len())];
    let divides = gap.contains(&'/') && gap.contains(&' ');
    ((1..=GAP).contains(&length) && !divides).then_some(length)
}

/// Whether a passport is spoken of shortly before.
fn names_passport(before: &[char]) -> bool {
    let near: String = before[before.len().saturating_sub(20)..].iter().collect();
    near.contains("여권") || near.contains("assport")
}

/// Whether a capital letter stands among words for figures, as in a passport's number: M일이삼A사오육칠.
fn is_letter_of_passport(characters: &[char], place: usize) -> bool {
    let is_spoken = |one: Option<&char>| one.is_some_and(|one| spoken(*one).is_some());
    let before = characters[..place].iter().rev().find(|one| **one != ' ');
    characters[place].is_ascii_uppercase() && is_spoken(before) && is_spoken(characters.get(place + 1))
}

/// Where a number ends that a particle follows: «… 오육칠팔이에요», «… 5678이 제 번호». Mobile numbers have eleven figures, resident numbers thirteen,
/// cards sixteen.
fn without_particle(characters: &[char], start: usize, end: usize) -> usize {
    let part = &characters[start..end];
    let count = figures_in(part);
    let is_known =
        |count: usize| matches!(count, RESIDENT | CARD) || (count == MOBILE && first_figures(part, 3) == "010");
    let follows = characters.get(end).copied().unwrap_or(' ');
    // «…칠칠이오.» is old-fashioned for «…칠칠이에요.».
    let is_known_or_firm = |count: usize| is_known(count) || count == SPOKEN;
    if part.ends_with(&['이', '오']) && !is_syllable(follows) && count >= 2 && is_known_or_firm(count - 2) {
        return end - 2;
    }
    if !part.ends_with(&['이']) || part.len() < 2 {
        return end;
    }
    let touches = figure(part[part.len() - 2]).is_some();
    let is_one_too_many = is_known(count - 1) || (touches && is_spaced(part)) || is_firm_and_one(part);
    let is_particle = "에예고라야며지었죠요거니".contains(follows) || part[part.len() - 2].is_ascii_digit();
    // Where figures stand alone, a particle does not.
    let is_figure = is_known(count) || (!touches && is_spaced(part));
    if is_one_too_many || (is_particle && !is_figure) { end - 1 } else { end }
}

/// A firm's number and a particle: groups of three, two, and six instead of five.
fn is_firm_and_one(part: &[char]) -> bool {
    let groups = part.split(|one| figure(*one).is_none()).map(<[char]>::len).filter(|length| *length > 0);
    groups.eq([3, 2, 6])
}

/// Whether four words for figures stand in a row.
fn has_block(characters: &[char]) -> bool {
    characters.split(|one| spoken(*one).is_none()).any(|block| block.len() >= BLOCK)
}

/// Puts figures together that stand apart from each other, with the letters and stars among them.
fn put_together(normal: &mut Normal) -> Vec<bool> {
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
    if parts.iter().filter(|place| characters[**place].is_ascii_digit()).count() >= SPOKEN {
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
    let next = place + 1 + gap(&characters[place + 1..])?;
    let character = *characters.get(next)?;
    // A letter is close to its figures: «… 5 3. I leave» is the end of a sentence.
    let is_close = next == place + 2 || !(this.is_ascii_uppercase() || character.is_ascii_uppercase());
    (is_part(character) && is_close).then_some(next)
}

fn figure(character: char) -> Option<char> {
    if character.is_ascii_digit() { Some(character) } else { spoken(character) }
}

fn spoken(character: char) -> Option<char> {
    Some(match character {
        '공' | '영' => '0',
        '일' => '1',
        '이' => '2',
        '삼' => '3',
        '사' => '4',
        '오' => '5',
        '육' | '륙' => '6',
        '칠' => '7',
        '팔' => '8',
        '구' => '9',
        _ => return None,
    })
}

fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '-' | '.' | '~' | '·' | '_' | '/' | '(' | ')' | '•' | '∙' | '‐' | '‑' | '‒' | '–' | '—' | '−' | 'ー'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revealed(text: &str) -> String {
        let mut normal = maru_korean::normalise(text);
        let hidden = reveal(&mut normal);
        assert_eq!((hidden.len(), normal.origin.len()), (normal.characters.len(), normal.characters.len()));
        normal.text()
    }

    #[test]
    fn words_become_figures_where_they_are_a_number() {
        for (text, number) in [
            ("공일공 일이삼사 오육칠팔이에요", "010 1234 5678이에요"),
            ("내일 공일공-1234-5678로", "내일 010-1234-5678로"),
            ("010-일이삼사-오육칠팔입니다", "010-1234-5678입니다"),
            ("공일공1234 오육칠팔이 제 번호", "0101234 5678이 제 번호"),
            ("구공공일공일 일이삼사오육칠이고", "900101 1234567이고"),
            ("여권 M일이삼사오육칠팔", "여권 M12345678"),
        ] {
            assert_eq!(revealed(text), number, "{text}");
        }
        for text in [
            "일이 있어서 이사를 오일에 합니다",
            "구이동 오팔 육교",
            "제3조 이 5000원",
            "010-1234-5678이 일이 있어",
            "삼사일 오육일 칠팔일",
        ] {
            assert_eq!(revealed(text), text);
        }
    }

    #[test]
    fn figures_apart_are_put_together_and_lists_are_not() {
        for (text, number) in [
            ("0 1 0 1 2 3 4 5 6 7 8 로", "01012345678 로"),
            ("0.1.0-1.2.3.4-5.6.7.8", "01012345678"),
            ("공 일 공 일 이 삼 사 오 육 칠 팔", "01012345678"),
            ("M 1 2 3 A 4 5 6 7 8", "M123A45678"),
            ("9 0 0 1 0 1 - 1 2 * * * * * *", "90010112******"),
        ] {
            assert_eq!(revealed(text), number, "{text}");
        }
        for text in [
            "1, 2, 3, 4, 5, 6, 7, 8, 9",
            "1 2 3 4",
            "10 20 30 40 50 60 70 80 90",
            "A B C D E F G H I J",
            "2026-02-13 14:30",
        ] {
            assert_eq!(revealed(text), text);
        }
    }
}
