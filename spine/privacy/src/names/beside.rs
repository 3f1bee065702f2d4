//! Names right before or behind other personal data: «홍길동, 010-…», «Jane Doe (passport M12345678)», «110-123-456789 홍길동».

use super::{
    begins_word, latin_before,
    signs::ends_with_label,
    word::{has_shape, has_title, is_common, is_latin_name, is_no_name, looks_like_name},
};
use crate::{Kind, context::View};

/// What only names the datum between a name and a datum: «홍길동 (전화 010-…».
const NAMES_OF_DATA: [&str; 27] = [
    "주민등록번호",
    "외국인등록번호",
    "외국인등록증",
    "주민번호",
    "등록번호",
    "휴대전화",
    "휴대폰",
    "핸드폰",
    "연락처",
    "전화번호",
    "전화",
    "여권번호",
    "passport",
    "phone",
    "tel",
    "H.P",
    "HP",
    "관용여권",
    "일반여권",
    "여권",
    "등록증",
    "계좌",
    "☎",
    "남",
    "여",
    "(남",
    "(여",
];
/// Bytes between a name and a datum.
const MOST_BETWEEN: usize = 40;

/// Names beside what was found at these bytes.
pub(crate) fn beside(view: &View, found: &[(Kind, usize, usize)], report: &mut impl FnMut(usize, usize)) {
    for (kind, start, end) in found {
        if matches!(kind, Kind::Name | Kind::Address | Kind::NumberPlate) {
            continue;
        }
        if let Some((from, until)) = name_before(view, *start) {
            report(from, until);
        }
        if matches!(kind, Kind::BankAccount | Kind::ResidentNumber | Kind::ForeignerNumber | Kind::Passport)
            && let Some((from, until)) = name_behind(view, *end)
        {
            report(from, until);
        }
    }
}

fn name_before(view: &View, datum: usize) -> Option<(usize, usize)> {
    let before = &view.text[..datum];
    let mut rest = before.trim_end_matches(is_mark);
    if let Some(shorter) = NAMES_OF_DATA.iter().find_map(|name| rest.strip_suffix(name)) {
        rest = shorter.trim_end_matches(is_mark);
    }
    let end = rest.len();
    if end == datum || datum - end > MOST_BETWEEN {
        return None;
    }
    let word = super::korean_run(rest, 5);
    if !word.is_empty() {
        return korean_before(view, word, end, datum);
    }
    let (start, name) = latin_before(view, end)?;
    let is_name = begins_word(view, start) && name.contains(' ') && name.split(' ').all(is_word) && is_latin_name(name);
    is_name.then_some((start, start + name.len()))
}

/// The Korean name that ends with a word, a datum not far behind it.
fn korean_before(view: &View, word: &str, end: usize, datum: usize) -> Option<(usize, usize)> {
    let start = end - word.len();
    begins_word(view, start).then_some(())?;
    // At the beginning of a line, right before a number, also what is a word elsewhere: «배수지 010-…».
    let stands_first =
        datum - end <= 2 && view.before(start).is_none_or(|one| one == '\n') && has_shape(word) && !is_no_name(word);
    // «신청인 금보라미 (…», «수진자 피터 한 / …»: a label before it and a number behind it.
    let before = view.text[..start].trim_end();
    if ends_with_label(before) && may_be_long_name(word) && !is_no_name(word) {
        return Some((start, end));
    }
    let first = super::korean_run(before, 4);
    if word.chars().count() < 3 && !first.is_empty() && before.len() < start {
        let first_start = before.len() - first.len();
        let is_labelled = ends_with_label(view.text[..first_start].trim_end()) && begins_word(view, first_start);
        return (is_labelled && is_no_word(first) && is_no_word(word)).then_some((first_start, end));
    }
    ((stands_first || looks_like_name(word)) && !has_title(word)).then_some((start, end))
}

/// A word of three syllables or four that is no datum's name and ends with no particle: «이메일은», «면허번호».
fn may_be_long_name(word: &str) -> bool {
    (3..=4).contains(&word.chars().count()) && !names_datum(word)
}

fn is_no_word(word: &str) -> bool {
    !is_common(word) && !names_datum(word)
}

/// Whether a word names a datum, or ends with a particle as such words do.
fn names_datum(word: &str) -> bool {
    const DATA: [&str; 15] = [
        "번호",
        "면허",
        "카드",
        "메일",
        "전화",
        "계좌",
        "여권",
        "주소",
        "등록",
        "통장",
        "차량",
        "사업자",
        "하나",
        "은행",
        "연락",
    ];
    word.ends_with(['은', '는', '이', '가', '을', '를', '의', '로']) || DATA.iter().any(|name| word.contains(name))
}

fn is_word(part: &str) -> bool {
    part.chars().count() > 1
}

fn name_behind(view: &View, datum: usize) -> Option<(usize, usize)> {
    let rest = view.following(datum, 40);
    let start = datum + rest.len() - rest.trim_start_matches(is_mark).len();
    let rest = &view.text[start..datum + rest.len()];
    let word: String = rest.chars().take_while(|one| maru_korean::is_syllable(*one)).collect();
    if start > datum && word.chars().count() == 3 && looks_like_name(&word) {
        return Some((start, start + word.len()));
    }
    let latin: Vec<&str> = rest
        .split([' ', '\n', ','])
        .take_while(|part| part.starts_with(|one: char| one.is_ascii_uppercase()))
        .collect();
    let name = latin.iter().take(3).copied().collect::<Vec<_>>().join(" ");
    let is_name = start > datum
        && (2..=3).contains(&latin.len())
        && latin.iter().all(|part| part.chars().all(char::is_alphabetic));
    (is_name && is_latin_name(&name)).then_some((start, start + name.len()))
}

fn is_mark(one: char) -> bool {
    matches!(one, ' ' | ',' | '(' | ')' | '|' | '/' | '·' | '–' | '—' | '-' | ':' | '<' | '"' | '\'' | '\n' | ';' | '=')
}
