//! What follows a number in words and sounds like one more figure: words and particles.

use maru_korean::is_syllable;

use super::{MIXED, figure, figures_in, is_known, is_separator, is_spaced, lengths};

/// Words that begin like figures: «… 0 1 2 0 일시불», «… 5678 이 카드».
const WORDS: &[&str] = &[
    "일시",
    "일단",
    "일반",
    "일요",
    "일부",
    "일정",
    "이사",
    "이번",
    "이체",
    "이름",
    "이메",
    "이쪽",
    "이거",
    "이게",
    "이건",
    "이걸",
    "이후",
    "이전",
    "이상",
    "이하",
    "이내",
    "이용",
    "이미",
    "이 사람",
    "이 분",
    "이 번",
    "이 카드",
    "이 계좌",
    "이 여권",
    "이 차",
    "이 면허",
    "이 전화",
    "이 회사",
    "이 업체",
    "이 통장",
    "오늘",
    "오전",
    "오후",
    "오시",
    "오면",
    "사람",
    "사용",
    "사장",
    "사업",
    "사유",
    "사진",
    "삼성",
    "구청",
    "구매",
    "구입",
    "구민",
    "공사",
    "공동",
    "공용",
    "육아",
    "영수",
    "영업",
    "영문",
];

/// Where a number ends that such a word follows.
pub(super) fn without_word(characters: &[char], start: usize, end: usize) -> usize {
    let last = end - 1;
    let before = characters[start..last].iter().rev().find(|one| !is_separator(**one));
    let apart = last > start && is_separator(characters[last - 1]);
    let begins = |word: &&&str| {
        word.chars().zip(characters[last..].iter()).filter(|(a, b)| a == *b).count() == word.chars().count()
    };
    if !apart || before.is_none() || !WORDS.iter().any(|word| begins(&word)) {
        return end;
    }
    let kept = characters[start..last].iter().rposition(|one| figure(*one).is_some());
    kept.map_or(end, |place| start + place + 1)
}

/// Where a number ends that a particle follows: «… 오육칠팔이에요», «… 5678이 제 번호». Mobile numbers have eleven figures, resident numbers thirteen,
/// cards sixteen.
pub(super) fn without_particle(characters: &[char], start: usize, end: usize) -> usize {
    let part = &characters[start..end];
    let count = figures_in(part);
    let follows = characters.get(end).copied().unwrap_or(' ');
    // «…칠칠이오.» is old-fashioned for «…칠칠이에요.».
    let is_alone = matches!(&lengths(part)[..], [others @ .., 3] if others.iter().all(|length| *length == 1));
    let is_firm = is_alone || matches!(lengths(part)[..], [12] | [3, 2, 7]);
    if part.ends_with(&['이', '오']) && !is_syllable(follows) && (is_firm || (count > 2 && is_known(part, count - 2)))
    {
        return end - 2;
    }
    if !part.ends_with(&['이']) || part.len() < 2 {
        return end;
    }
    let touches = figure(part[part.len() - 2]).is_some();
    let behind_letter = start.checked_sub(1).is_some_and(|place| characters[place].is_ascii_uppercase());
    let is_one_too_many = is_known(part, count - 1)
        || (touches && is_spaced(part))
        || matches!(lengths(part)[..], [3, 2, 6] | [2, 2, 6, 3] | [3, 4, 5] | [4, 4, 4, 5])
        || (behind_letter && count == MIXED);
    let is_particle = "에예고라야며지었죠요거니".contains(follows) || part[part.len() - 2].is_ascii_digit();
    // Where figures stand alone, a particle does not.
    let is_figure = is_known(part, count) || (!touches && is_spaced(part));
    if is_one_too_many || (is_particle && !is_figure) { end - 1 } else { end }
}
