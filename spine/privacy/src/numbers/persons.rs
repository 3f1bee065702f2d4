//! Numbers of persons: 주민등록번호 and 외국인등록번호.

use regex::Captures;

use super::{Accepted, figures, is_bare};
use crate::{
    Kind,
    accept::standing_alone,
    context::View,
    cues::{CORPORATE, NONE, NOT_RESIDENT, ONLY_RESIDENT, PARTS, RESIDENT, THINGS, Word, word, word_or_noun},
};

/// Six figures of a date of birth, and seven of which the first is the century and sex (1–4) or, for foreigners, 5–8.
pub(super) fn resident_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let [y1, y2, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let year = y1 * 10 + y2;
    if !is_day(m1 * 10 + m2, d1 * 10 + d2) {
        return None;
    }
    // Numbers of corporations look alike: 110111-4829013.
    if word_or_noun(view, place, 60, (&ONLY_RESIDENT, &[&CORPORATE]), &NONE) == Word::Against {
        return None;
    }
    let against = [&THINGS, &NOT_RESIDENT];
    let said = word(view, place, 30, &RESIDENT, &against);
    // «접수번호 250314-1000231» counts the papers of a day.
    let counts_papers = said == Word::Against && matches!(century, 1 | 2) && (20..=40).contains(&year);
    let is_accepted = if has_checksum(&digits) || said == Word::For {
        true
    } else if !is_bare(text) || view.was_apart(start) {
        !counts_papers
    } else {
        // A bare run of 13 figures may be anything; one that begins with a birth is hardly by chance.
        said != Word::Against
            && (is_birth(year, century) || born_without_checksum(&digits) || follows_name(view, start))
            && !is_bar_code(&digits)
    };
    is_accepted.then_some((kind_of(century), start, end))
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// The figure of century and sex is 5 or more in numbers of foreigners.
fn kind_of(century: u32) -> Kind {
    if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber }
}

/// A birth that no other number is likely to begin with: milliseconds since 1970 begin with 13 to 18, days of this century with 20.
fn is_birth(year: u32, century: u32) -> bool {
    match century {
        1 | 2 | 5 | 6 => year >= 24,
        _ => year <= 12 || matches!(year, 19 | 20),
    }
}

/// «홍길동 0411223071855», «Kim Do-yun, 0411223071855».
fn follows_name(view: &View, start: usize) -> bool {
    let before = view.preceding(start, 24).trim_end_matches([' ', ',', '(', ':', '/', '|', '-', '\t']);
    let mut words = before.rsplit([' ', ',', '\n', '/', '|', '(', '\t', ':']);
    let (last, next) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_korean = last.chars().count() == 3
        && last.chars().all(maru_korean::is_syllable)
        && last.starts_with(|first| FAMILY_NAMES.contains(first));
    let is_capital = |word: &str| word.len() > 1 && word.starts_with(|one: char| one.is_ascii_uppercase());
    is_korean || (is_capital(last) && is_capital(next))
}

/// The commonest family names.
const FAMILY_NAMES: &str = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길";

/// «앞자리 900101 뒷자리 1234567», «900101, 1234567».
pub(super) fn resident_number_in_parts(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let [_, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let is_date = is_day(m1 * 10 + m2, d1 * 10 + d2);
    if !is_date || is_bare(text) {
        return None;
    }
    let against = [&THINGS, &NOT_RESIDENT, &CORPORATE];
    let said = word(view, place, 30, &PARTS, &against);
    let is_accepted = text.contains('뒤') || text.contains('뒷') || has_checksum(&digits) || said == Word::For;
    (is_accepted && said != Word::Against).then_some((kind_of(century), start, end))
}

/// 90.01.01-1234567.
pub(super) fn resident_number_of_parts(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let [_, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let is_date = is_day(m1 * 10 + m2, d1 * 10 + d2);
    is_date.then_some((kind_of(century), start, end))
}

/// 19900101-1234567.
pub(super) fn resident_number_with_year(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    let [c1, _, _, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let is_date = is_day(m1 * 10 + m2, d1 * 10 + d2);
    let is_of_century = matches!(century, 1 | 2 | 5 | 6) == (c1 == 1);
    (is_date && is_of_century).then_some((kind_of(century), start, end))
}

/// ******-1234567.
pub(super) fn half_hidden_resident_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let century = figures(&view.text[start..end]).first().copied()?;
    Some((kind_of(century), start, end))
}

/// The checksum of numbers given before October 2020 (주민등록법 시행규칙 제2조, as then in force).
fn has_checksum(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let [head @ .., check] = digits else { return false };
    if head.len() != WEIGHTS.len() {
        return false;
    }
    let sum: u32 = head.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let expected = (11 - sum % 11) % 10;
    // Foreigner numbers add two.
    *check == if head[6] >= 5 { (expected + 2) % 10 } else { expected }
}

/// Born since October 2020: the last six figures are random, without a checksum.
fn born_without_checksum(digits: &[u32]) -> bool {
    let [y1, y2, m1, m2, .., century] = digits[..7.min(digits.len())] else { return false };
    let year = y1 * 10 + y2;
    matches!(century, 3 | 4 | 7 | 8) && (year > 20 || (year == 20 && m1 * 10 + m2 >= 10)) && year <= 40
}

/// An EAN-13 of Korea: 880…, with its checksum.
fn is_bar_code(digits: &[u32]) -> bool {
    let sum: u32 = digits.iter().zip([1, 3].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    digits.starts_with(&[8, 8, 0]) && sum.is_multiple_of(10)
}
