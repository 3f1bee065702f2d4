//! Numbers that are written so that whoever compares letters does not see them: in words («공일공 일이삼사 오육칠팔»), or figure by figure
//! («0 1 0 1 2 3 4 5 6 7 8»). They become what they would be if they were written as usual.

use maru_korean::{Normal, is_syllable};

/// So many figures in words are a number; fewer are ordinary words («일이», «구이»).
const SPOKEN: usize = 10;
/// So many figures, of which some are in words, are a number where something else says so too.
const MIXED: usize = 9;
/// So many figures have a mobile number, a resident number, and at least a passport's.
const MOBILE: usize = 11;
const RESIDENT: usize = 13;
const PASSPORT: usize = 7;
/// So many words for figures in a row, among figures, are no chance.
const BLOCK: usize = 4;
/// So many figures apart from each other are one number.
const APART: usize = 8;
/// What may stand between two of them.
const GAP: usize = 3;

/// Writes hidden numbers as usual; says for each character that is left whether it belonged to one that was written figure by figure.
pub(crate) fn reveal(normal: &mut Normal) -> Vec<bool> {
    let mut place = 0;
    while place < normal.characters.len() {
        place = match Run::at(&normal.characters, place) {
            Some(run) => run.write(&mut normal.characters),
            None => place + 1,
        };
    }
    put_together(normal)
}

/// Figures, words for figures, and what stands between them.
struct Run {
    start: usize,
    /// Where the last figure or word ends.
    end: usize,
}

impl Run {
    fn at(characters: &[char], start: usize) -> Option<Self> {
        let is_part = |character: char| figure(character).is_some();
        is_part(*characters.get(start)?).then_some(())?;
        let mut run = Self { start, end: start };
        let mut gap = 0;
        for (place, character) in characters.iter().enumerate().skip(start) {
            if is_part(*character) {
                (run.end, gap) = (place + 1, 0);
            } else if (is_separator(*character) || matches!(character, '(' | ')')) && gap < GAP {
                gap += 1;
            } else if !is_letter_of_passport(characters, place) {
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
        let words =
            |start: usize, end: usize| characters[start..end].iter().filter(|one| spoken(**one).is_some()).count();
        if words(self.start, self.end) < 2 {
            return None;
        }
        let start = self.telephone(characters).unwrap_or(self.start);
        let end = without_particle(characters, start, self.end);
        let figures = characters[start..end].iter().filter(|one| figure(**one).is_some()).count();
        let begins_with_nought = start > self.start || self.begins_with_nought(characters);
        let is_number = if words(start, end) < figures {
            figures >= MIXED && (begins_with_nought || has_block(&characters[start..end]))
        } else {
            let behind_letter = start.checked_sub(1).is_some_and(|place| characters[place].is_ascii_alphabetic());
            figures >= SPOKEN || (figures >= MIXED && begins_with_nought) || (figures >= PASSPORT && behind_letter)
        };
        is_number.then_some((start, end))
    }

    fn begins_with_nought(&self, characters: &[char]) -> bool {
        let begins_word = self.start.checked_sub(1).is_none_or(|place| !is_syllable(characters[place]));
        begins_word && matches!(characters[self.start], '공' | '영')
    }

    /// Where a telephone number begins in it, behind words that only sound like figures: «내일 공일공 …», «번호가 이 공일공 …».
    fn telephone(&self, characters: &[char]) -> Option<usize> {
        let begins_word = self.start.checked_sub(1).is_none_or(|place| !is_syllable(characters[place]));
        let count = |start: usize| characters[start..self.end].iter().filter(|one| figure(**one).is_some()).count();
        let begins = |place: &usize| {
            let next = characters[place + 1..self.end].iter().find_map(|one| figure(*one));
            let stands_apart = !begins_word || is_separator(characters[place - 1]);
            matches!(characters[*place], '공' | '영') && stands_apart && matches!(next, Some('1'..='7'))
        };
        // Thirteen figures are a resident number.
        if count(self.start) == RESIDENT || self.begins_with_nought(characters) {
            return None;
        }
        (self.start + 1..self.end).find(begins).filter(|place| (MIXED..=MOBILE + 1).contains(&count(*place)))
    }
}

/// Whether a capital letter stands among words for figures, as in a passport's number: M일이삼A사오육칠.
fn is_letter_of_passport(characters: &[char], place: usize) -> bool {
    let is_spoken = |one: Option<&char>| one.is_some_and(|one| spoken(*one).is_some());
    let before = place.checked_sub(1).and_then(|place| characters.get(place));
    characters[place].is_ascii_uppercase() && is_spoken(before) && is_spoken(characters.get(place + 1))
}

/// Where a number ends that a particle follows: «… 오육칠팔이에요», «… 5678이 제 번호». Mobile numbers have eleven figures, resident numbers thirteen.
fn without_particle(characters: &[char], start: usize, end: usize) -> usize {
    let last = end - 1;
    if characters[last] != '이' || last == start {
        return end;
    }
    let follows = characters.get(end).copied().unwrap_or(' ');
    let figures: Vec<char> = characters[start..end].iter().filter_map(|one| figure(*one)).collect();
    let is_one_too_many =
        figures.len() == RESIDENT + 1 || (figures.len() == MOBILE + 1 && figures.starts_with(&['0', '1', '0']));
    let is_particle = "에예고라야며지었죠요거니".contains(follows) || characters[last - 1].is_ascii_digit();
    if is_one_too_many || is_particle { last } else { end }
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
        let last = *parts.last().unwrap_or(&place);
        if parts.iter().filter(|part| normal.characters[**part].is_ascii_digit()).count() >= APART {
            keeps[place..=last].fill(false);
            for part in parts {
                (keeps[part], hidden[part]) = (true, true);
            }
        }
        place = last + 1;
    }
    let mut kept = keeps.iter();
    normal.characters.retain(|_| *kept.next().unwrap_or(&true));
    let mut kept = keeps.iter();
    normal.origin.retain(|_| *kept.next().unwrap_or(&true));
    let mut kept = keeps.iter();
    hidden.retain(|_| *kept.next().unwrap_or(&true));
    hidden
}

/// The places of figures, capital letters and stars from `start` on that each stand alone, with a gap to the next.
fn parts_apart(characters: &[char], start: usize) -> Option<Vec<usize>> {
    let is_part = |place: usize| {
        characters.get(place).is_some_and(|one| one.is_ascii_digit() || one.is_ascii_uppercase() || *one == '*')
    };
    let touches = start.checked_sub(1).is_some_and(|before| characters[before].is_ascii_alphanumeric());
    if !is_part(start) || touches {
        return None;
    }
    let mut parts = Vec::new();
    let mut place = start;
    loop {
        // A figure that touches another belongs to something else.
        if characters.get(place + 1).is_some_and(char::is_ascii_alphanumeric) {
            break;
        }
        parts.push(place);
        let gap = characters[place + 1..].iter().take(GAP).take_while(|one| is_separator(**one)).count();
        if gap == 0 || !is_part(place + 1 + gap) {
            break;
        }
        place += 1 + gap;
    }
    (parts.len() > 1).then_some(parts)
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
    matches!(character, ' ' | '-' | '.' | '~' | '·' | '_' | '/')
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
