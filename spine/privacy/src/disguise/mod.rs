//! Numbers that are written so that whoever compares letters does not see them: in words («공일공 일이삼사 오육칠팔»), or figure by figure
//! («0 1 0 1 2 3 4 5 6 7 8»). They become what they would be if they were written as usual.

mod apart;
mod endings;

use maru_korean::{Normal, is_syllable};

use self::{
    apart::put_together,
    endings::{without_particle, without_word},
};
use crate::words;

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
/// So many figures in words are most of a number.
const MOSTLY: usize = 8;
/// So many words for figures in a row, among figures, are no chance.
const BLOCK: usize = 4;
/// So many stars in a row hide figures.
const STARS: usize = 4;
/// So many words may stand for dashes in a number.
const LINKS: usize = 6;
/// What may stand between two of them.
const GAP: usize = 5;

/// What is left of a word that became a figure or a dash; no text in normal form has it.
pub(crate) const NOTHING: char = '\u{200b}';

/// Writes hidden numbers as usual; says for each character that is left whether it belonged to one that was written figure by figure.
pub(crate) fn reveal(normal: &mut Normal) -> Vec<bool> {
    words::write_figures(normal);
    let mut place = 0;
    while place < normal.characters.len() {
        place = match Run::at(&normal.characters, place) {
            Some(run) => run.without_idle_links(&normal.characters).write(&mut normal.characters),
            None => place + 1,
        };
    }
    words::drop_nothing(normal);
    put_together(normal)
}

/// Figures, words for figures, stars, and what stands between them.
struct Run {
    start: usize,
    /// Where the last figure or word ends.
    end: usize,
    /// Where words stand for a dash in it.
    links: Vec<(usize, usize)>,
}

impl Run {
    fn at(characters: &[char], start: usize) -> Option<Self> {
        figure(*characters.get(start)?)?;
        let mut run = Self { start, end: start, links: Vec::new() };
        let (mut place, mut figures) = (start, 0);
        while let Some(character) = characters.get(place) {
            let hides = stars(&characters[place..]);
            if figure(*character).is_some() {
                (place, figures) = (place + 1, figures + 1);
                run.end = place;
            } else if hides >= STARS {
                place += hides;
                run.end = place;
            } else if let Some(length) = link(&characters[place..])
                && run.links.len() < LINKS
                && (figures < MIXED || !run.links.is_empty() || is_dash(&characters[place..place + length]))
            {
                run.links.push((place, place + length));
                place += length;
            } else if let Some(length) = gap(&characters[place..])
                && !closes(figures, &characters[place..place + length])
            {
                place += length;
            } else if is_letter_of_passport(characters, place) {
                place += 1;
            } else {
                break;
            }
        }
        Some(run)
    }

    /// Up to the first word that would stand for a dash, if what they join is no number.
    fn without_idle_links(mut self, characters: &[char]) -> Self {
        if let Some((first, _)) = self.links.first().copied()
            && self.number_with_links(characters).is_none()
        {
            let figures = characters[self.start..first].iter().rposition(|one| figure(*one).is_some() || *one == '*');
            self.end = figures.map_or(first, |place| self.start + place + 1);
            self.links.clear();
        }
        self
    }

    /// Writes what is a number in figures; gives where to go on.
    fn write(&self, characters: &mut [char]) -> usize {
        if let Some((start, end)) = self.number(characters) {
            narrow_gaps(&mut characters[start..end]);
            for (from, to) in self.links.iter().filter(|(from, to)| start < *from && *to < end) {
                characters[*from..*to].fill(NOTHING);
                characters[*from] = '-';
            }
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
        let links = self.links.iter().filter(|(_, to)| *to < self.end).count();
        if links > 0 {
            return self.number_with_links(characters);
        }
        let all = &characters[self.start..self.end];
        if spoken_in(all) < 2 && !(spoken_in(all) == 1 && self.begins_with_nought(characters) && is_telephone(all)) {
            return None;
        }
        let start = self.telephone(characters).unwrap_or(self.start);
        // Behind the stars that hide the rest nothing belongs to it.
        let last_star = characters[start..self.end].iter().rposition(|one| *one == '*');
        let end = if let Some(place) = last_star {
            start + place + 1
        } else {
            let end = without_word(characters, start, self.end);
            without_particle(characters, start, without_word(characters, start, end))
        };
        let part = &characters[start..end];
        let (words, figures) = (spoken_in(part), figures_in(part));
        let begins_with_nought = start > self.start || self.begins_with_nought(characters);
        let is_number = if words < figures {
            let is_one_word = !part.contains(&' ') || has_inner_word(part);
            (figures >= MIXED && (begins_with_nought || has_block(part)))
                || (figures >= SPOKEN && is_one_word)
                || is_telephone(part)
        } else {
            let behind_letter = start.checked_sub(1).is_some_and(|place| characters[place].is_ascii_uppercase());
            let is_lettered = behind_letter || part.iter().any(char::is_ascii_uppercase);
            let has_stars = part.ends_with(&['*'; STARS]);
            figures >= SPOKEN
                || (figures >= MIXED && begins_with_nought)
                || (figures >= LETTERED && (is_lettered || has_stars))
                || (figures > LETTERED && names_passport(&characters[..start]))
        };
        is_number.then_some((start, end))
    }

    /// «공일공에 일이삼사에 오육칠팔», «900101 다시 1234567»: with words between its groups only what has the form of a number is one.
    fn number_with_links(&self, characters: &[char]) -> Option<(usize, usize)> {
        let start = self.telephone(characters).unwrap_or(self.start);
        let end = without_particle(characters, start, without_word(characters, start, self.end));
        let part = &characters[start..end];
        let count = figures_in(part);
        // «300,000, 316,666» is a row of sums: with commas most of it must be in words.
        let has_commas = self.links.iter().any(|(from, to)| characters[*from..*to].contains(&','));
        let is_said = !has_commas || 2 * spoken_in(part) > count;
        let is_long = (SPOKEN..=CARD).contains(&count) && self.says_dashes(characters, part);
        let is_number = is_telephone(part) || (is_said && (is_long || (is_known(part, count) && count != MOBILE)));
        is_number.then_some((start, end))
    }

    /// Whether what stands between its groups says that they belong together: «다시»; twice a particle; or most of it is in words.
    fn says_dashes(&self, characters: &[char], part: &[char]) -> bool {
        let mut links = self.links.iter().map(|(from, to)| &characters[*from..*to]);
        let particles = self.links.len() >= 2 && links.clone().all(|link| !link.contains(&','));
        particles || links.any(is_dash) || spoken_in(part) >= MOSTLY
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
    let divides = gap.windows(3).any(|three| three == [' ', '/', ' ']);
    ((1..=GAP).contains(&length) && !divides).then_some(length)
}

/// Leaves at most two signs between figures: «공일공... 일이삼사».
fn narrow_gaps(part: &mut [char]) {
    let mut signs = 0;
    for character in part {
        signs = if is_separator(*character) { signs + 1 } else { 0 };
        if signs > 2 {
            *character = NOTHING;
        }
    }
}

/// The length of a word that is said for a dash, with the space before it: «공일공에 …», «110 다시 234 다시 …».
fn link(text: &[char]) -> Option<usize> {
    const LINKS: &[&str] = &[
        "다시",
        "대시",
        "하이픈",
        "마이너스",
        "빼기",
        "짝대기",
        "작대기",
        "그리고",
        "하고",
        "다음에",
        "다음",
        "쉬고",
        "띄고",
        "국에",
        "국의",
        "국",
        "번에",
        "에",
        "의",
        "바",
        "점",
        ",",
    ];
    let space = usize::from(text.first() == Some(&' '));
    let begins = |word: &&&str| word.chars().eq(text[space..].iter().copied().take(word.chars().count()));
    let length = space + LINKS.iter().find(|word| begins(word))?.chars().count();
    let rest = &text[length..];
    let rest = &rest[usize::from(rest.first() == Some(&' '))..];
    let group = rest.iter().take_while(|one| figure(**one).is_some()).count();
    // «…, 일» is another word.
    let needed = if is_dash(&text[..length]) { 1 } else { GROUP };
    (group >= needed).then_some(length)
}

/// So many figures are at least a group of a number.
const GROUP: usize = 2;

/// Whether a word says that it is a dash; «에» and «의» are particles.
fn is_dash(link: &[char]) -> bool {
    link.iter().filter(|one| **one != ' ').count() > 1
}

/// «(063) 271-4508» has its brackets; a bracket further behind ends what stood in it: «(… 2345)이랑».
fn closes(figures: usize, gap: &[char]) -> bool {
    figures > BLOCK && gap.contains(&')')
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

/// Whether a resident number, a card or a mobile number has so many figures.
fn is_known(part: &[char], count: usize) -> bool {
    let first = first_figures(part, 4);
    let month: usize = first.get(2..4).and_then(|month| month.parse().ok()).unwrap_or(0);
    match count {
        RESIDENT => (1..=12).contains(&month),
        CARD => true,
        MOBILE => first.starts_with("010"),
        _ => false,
    }
}

/// The lengths of the groups of figures.
fn lengths(part: &[char]) -> Vec<usize> {
    part.split(|one| figure(*one).is_none()).map(<[char]>::len).filter(|length| *length > 0).collect()
}

/// Whether four words for figures stand in a row, or more of them apart.
fn has_block(characters: &[char]) -> bool {
    let in_row = characters.split(|one| spoken(*one).is_none()).any(|block| block.len() >= BLOCK);
    // «삼공이 1234 5678 91»: a group of three that stands alone.
    let alone = characters.split(|one| is_separator(*one)).any(|group| group.len() == 3 && spoken_in(group) == 3);
    let is_group = alone && figures_in(characters) > SPOKEN;
    let mut apart = characters.split(char::is_ascii_digit);
    in_row || is_group || apart.any(|block| spoken_in(block) > LETTERED)
}

/// «3333 공일 1234567»: words alone between two groups of figures.
fn has_inner_word(part: &[char]) -> bool {
    let groups: Vec<&[char]> = part.split(|one| is_separator(*one)).filter(|group| !group.is_empty()).collect();
    let is_figures = |group: &[char]| group.len() >= 3 && group.iter().all(char::is_ascii_digit);
    groups.windows(3).any(|three| {
        is_figures(three[0]) && is_figures(three[2]) && three[1].len() >= 2 && spoken_in(three[1]) == three[1].len()
    })
}

pub(crate) fn figure(character: char) -> Option<char> {
    if character.is_ascii_digit() { Some(character) } else { spoken(character) }
}

fn spoken(character: char) -> Option<char> {
    Some(match character {
        '공' | '영' | '〇' | '零' => '0',
        '일' | '一' => '1',
        '이' | '二' => '2',
        '삼' | '三' => '3',
        '사' | '四' => '4',
        '오' | '五' => '5',
        '육' | '륙' | '六' => '6',
        '칠' | '七' => '7',
        '팔' | '八' => '8',
        '구' | '九' => '9',
        _ => return None,
    })
}

pub(crate) fn is_separator(character: char) -> bool {
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
