//! Whether what a pattern found is a personal datum: addresses and names. Numbers have a file of their own.

use regex::Captures;

use crate::{Kind, context::View};

type Accepted = Option<(Kind, usize, usize)>;

/// The whole match, if no figure or Latin letter touches it.
pub(crate) fn standing_alone(view: &View, captures: &Captures<'_>) -> Option<(usize, usize)> {
    let whole = captures.get(0)?;
    let touches = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    if touches(view.before(whole.start())) || touches(view.after(whole.end())) {
        return None;
    }
    Some((whole.start(), whole.end()))
}

/// From the house number on, with the building, the floor and the flat that follow it.
pub(crate) fn address(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    if view.before(number.start()) == Some('제') {
        return None;
    }
    let rest = &view.text[number.end()..];
    // «종로3가», «3시», «5년»: what follows says that the figure counts something else.
    let counts = rest.trim_start().starts_with([
        '조', '항', '시', '분', '월', '일', '년', '명', '개', '만', '억', '원', '%', '차', '층', '회', '건', '대',
        '가', ',',
    ]) && !rest.starts_with(", ");
    // «1.400만원», «6·25», «500m».
    let goes_on = rest.starts_with(|character: char| character.is_ascii_alphabetic())
        || (rest.starts_with(['.', '·', ',', ':']) && figure_follows(rest));
    if counts || goes_on {
        return None;
    }
    Some((Kind::Address, number.start(), number.end() + detail_length(rest)))
}

/// Whether a figure stands right after the first character.
pub(crate) fn figure_follows(rest: &str) -> bool {
    rest.chars().nth(1).is_some_and(|character| character.is_ascii_digit())
}

/// The length in bytes of «번지 101동 1203호», «, 3층 302호», «(역삼동)» after a house number.
fn detail_length(rest: &str) -> usize {
    let mut end = 0;
    let mut words = 0;
    let mut place = 0;
    for piece in rest.split_inclusive([' ', ',']) {
        let word = piece.trim_end_matches([' ', ',']);
        let is_first = place == 0;
        let detail = if word.is_empty() {
            true
        } else if is_first {
            word == "번지" || word.starts_with("번지")
        } else {
            let figures = word.chars().any(|character| character.is_ascii_digit());
            let unit = ["동", "호", "층"].iter().any(|unit| word.ends_with(unit) || word.contains(unit));
            figures && unit || ["아파트", "빌라", "오피스텔", "빌딩"].iter().any(|building| word.ends_with(building))
        };
        if !detail || words > 4 {
            break;
        }
        if !word.is_empty() {
            end = place + word_part(word);
        }
        words += usize::from(!word.is_empty());
        place += piece.len();
    }
    end
}

/// Of «1203호입니다» the part up to the flat.
fn word_part(word: &str) -> usize {
    for unit in ["호", "층", "동", "번지"] {
        if let Some(place) = word.rfind(unit) {
            return place + unit.len();
        }
    }
    word.len()
}

pub(crate) fn apartment(view: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    if view.before(whole.start()).is_some_and(|character| character.is_ascii_digit()) {
        return None;
    }
    Some((Kind::Address, whole.start(), whole.end()))
}
