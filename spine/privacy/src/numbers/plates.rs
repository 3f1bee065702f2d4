//! Numbers of cars and motorcycles (자동차등록번호).

use regex::Captures;

use super::{Accepted, is_counted};
use crate::{
    Kind,
    accept::{figure_follows, standing_alone},
    context::View,
    cues::{CARS, MOTORCYCLES, Word, word},
};

const CASES: &[&str] = &["선고", "판결", "대법원", "헌재", "법원", "사건", "결정"];

/// What counts behind a figure.
const COUNTERS: [char; 17] =
    ['년', '억', '원', '조', '%', '명', '항', '개', '건', '회', '평', '세', '톤', '㎡', '권', '매', 'm'];
/// What may count, and may be a particle or a word of its own.
const MAYBE_COUNTERS: [char; 9] = ['만', '천', '여', '가', '호', '번', '동', '점', '장'];

pub(super) fn number_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let names_region = !text.starts_with(|one: char| one.is_ascii_digit());
    let own = text.trim_start_matches(|one: char| !one.is_ascii_digit());
    let front = own.chars().take_while(char::is_ascii_digit).count();
    let syllable = own.chars().find(|one| maru_korean::is_syllable(*one))?;
    let apart = own.matches([' ', '-']).count();
    // «14조 2000억», «12호 2020년», «10부 3000», «85조 1234억»; «10 가 1000».
    let counts = matches!(syllable, '조' | '호' | '주' | '도' | '부' | '가' | '로');
    let lists = apart == 2 && "가나다라마바사아자하".contains(syllable);
    let cued = !names_region && word(view, place, 45, &CARS, &[]) == Word::For;
    let is_sure = names_region || cued || (!lists && (apart == 0 || !counts));
    // One figure have only the old plates that name the region: 경북 3나 8842.
    let is_short = front == 1 && !names_region;
    let is_half_hidden = !own.ends_with(|one: char| one.is_ascii_digit()) || own.contains('-');
    if is_short || !is_sure || (is_half_hidden && !cued && !names_region) || !begins_plate(view, start, names_region) {
        return None;
    }
    let follows = view.after(end);
    let is_counted = follows
        .is_some_and(|one| COUNTERS.contains(&one) || (MAYBE_COUNTERS.contains(&one) && (counts || lists) && !cued));
    let dated = follows.is_some_and(|one| matches!(one, '-' | '.')) && figure_follows(&view.text[end..]);
    // «선고 96도2753» is the number of a court's case.
    let case = CASES.iter().any(|cue| view.preceding(start, 12).contains(cue));
    let is_plate = names_region || !(is_counted || dated || case);
    is_plate.then_some((Kind::NumberPlate, start, end))
}

/// «제30조 5000원», «1.25가 5678», «세종로12가 1234»: what stands before says that the figure counts.
fn begins_plate(view: &View, start: usize, names_region: bool) -> bool {
    let before = view.before(start);
    if names_region {
        return before.is_none_or(|one| !maru_korean::is_syllable(one));
    }
    let mut last = view.text[..start].chars().rev();
    let behind_figure = last.next() == Some('.') && last.next().is_some_and(|one| one.is_ascii_digit());
    !matches!(before, Some('제' | '로' | '길' | '약' | '총')) && !behind_figure
}

/// «경기 성남 가 1234»; written otherwise, something must say that it is one.
pub(super) fn motorcycle_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let place @ (start, end) = standing_alone(view, captures)?;
    let is_usual = view.text[start..end].matches(' ').count() >= 2;
    let is_followed = view.after(end).is_some_and(|one| COUNTERS.contains(&one) || MAYBE_COUNTERS.contains(&one));
    let is_accepted = (is_usual && !is_followed) || word(view, place, 30, &MOTORCYCLES, &[]) == Word::For;
    is_accepted.then_some((Kind::NumberPlate, start, end))
}

/// «외교 012-345».
pub(super) fn diplomatic_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let begins_word = view.before(start).is_none_or(|one| !maru_korean::is_syllable(one));
    (begins_word && !is_counted(view, end)).then_some((Kind::NumberPlate, start, end))
}
