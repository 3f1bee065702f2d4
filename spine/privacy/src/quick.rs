//! A quick look: whether the rules have anything to look at. Most texts hold no figure, no @ and no cue of a name.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::words::PLATE;

/// Every rule that needs no figure and no @ needs one of these or a sign of a name, in the text's normal form.
#[rustfmt::skip]
const CUES: &[&str] = &[
    "저는", "나는", "저희는", "본인은", "저 ", "사는 ", "다니는 ", " 된 ", "서 온 ", "라고 합", "라고 해", "라고 하", "라고 불", "라고 부", " 군", " 양", "|", "탑승", "여권",
    "승객", "항공", "passport", "passenger",
];
/// An address of mail in words has one of these, and a flat or lot ends in one: «백이동 천삼호», «이백육 다시 십칠».
#[rustfmt::skip]
const SPOKEN_FLATS: [&str; 64] = [
    "공호", "영호", "일호", "이호", "삼호", "사호", "오호", "육호", "륙호", "칠호", "팔호", "구호", "십호", "백호", "천호", "공 호", "영 호", "일 호", "이 호", "삼 호", "사 호", "오 호", "육 호",
    "륙 호", "칠 호", "팔 호", "구 호", "십 호", "백 호", "천 호", "공다시", "영다시", "일다시", "이다시", "삼다시", "사다시", "오다시", "육다시", "륙다시", "칠다시", "팔다시", "구다시", "십다시",
    "백다시", "천다시", "공 다시", "영 다시", "일 다시", "이 다시", "삼 다시", "사 다시", "오 다시", "육 다시", "륙 다시", "칠 다시", "팔 다시", "구 다시", "십 다시", "백 다시", "천 다시", "번지", "골뱅이", "at)", "at]",
];
/// Syllables of words for figures, and of those that stand for dashes between them.
const FIGURES: &str = "공영일이삼사오육륙칠팔구하나둘셋넷다섯여곱덟아홉";
const LINKS: &str = "에의국시대픈빼기작짝마너스그리고하음쉬띄번바점";
/// Spelled-out figures in a row that make a number.
const SPOKEN: u32 = 6;
/// Words for numbers in a row that may be the number of a house: «도봉로 오백오십이».
const SAID: u32 = 3;

/// What may stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspicion {
    /// Nothing personal.
    Nothing,
    /// A name, beside words that say so; the last of them ends at this byte.
    Name(usize),
    /// Anything.
    Anything,
}

/// Who greets may say then who he is («안녕하세요, 홍길동입니다»); of a greeting alone nothing need be suspected.
const GREETING: &str = "안녕하";

/// What may stand in a text whose beginning is known: see [`may_hold`].
pub fn suspicion(text: &str) -> Suspicion {
    static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let cues = SPOKEN_FLATS.iter().chain(CUES).copied().chain(crate::names::words_of_signs());
        AhoCorasickBuilder::new().ascii_case_insensitive(true).build(cues).ok()
    });
    if has_figures(text) {
        return Suspicion::Anything;
    }
    let Some(finder) = FINDER.as_ref() else { return Suspicion::Anything };
    let mut last = Suspicion::Nothing;
    for cue in finder.find_iter(text) {
        if cue.pattern().as_usize() < SPOKEN_FLATS.len() {
            return Suspicion::Anything;
        }
        last = Suspicion::Name(cue.end());
    }
    last
}

/// Whether anything personal may stand in a text. Where this says no, [`crate::find`] finds nothing; where it says yes, it may still find
/// nothing. Some ten to a hundred times quicker.
pub fn may_hold(text: &str) -> bool {
    suspicion(text) != Suspicion::Nothing || text.contains(GREETING)
}

fn has_figures(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    }
    let (mut spoken, mut said) = (0, 0);
    for character in text.chars() {
        said = if "공영일이삼사오육륙칠팔구십백천".contains(character) { said + 1 } else { 0 };
        if said >= SAID {
            return true;
        }
        if character.is_ascii() {
            if character.is_ascii_digit() || character == '@' {
                return true;
            }
            if !matches!(character, ' ' | '-' | '.' | ',' | '~' | '_' | '/' | '(' | ')' | 'A'..='Z') {
                spoken = 0;
            }
            continue;
        }
        if maru_korean::is_syllable(character) {
            if FIGURES.contains(character) {
                spoken += 1;
            } else if !LINKS.contains(character) && !PLATE.contains(character) {
                spoken = 0;
            }
            if spoken >= SPOKEN {
                return true;
            }
            continue;
        }
        // What changes in normal form (full-width, jamo, invisible characters, odd numerals) is looked at by the rules.
        if !is_plain_sign(character) {
            return true;
        }
    }
    false
}

/// Signs of ordinary texts that stay what they are in normal form and touch no rule.
fn is_plain_sign(character: char) -> bool {
    matches!(
        character,
        '‘' | '’'
            | '“'
            | '”'
            | '「'
            | '」'
            | '『'
            | '』'
            | '《'
            | '》'
            | '〈'
            | '〉'
            | '※'
            | '→'
            | '…'
            | '—'
            | '–'
            | '○'
            | '●'
            | '■'
            | '□'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_texts_are_done_with_at_once() {
        for text in
            ["대형폐기물은 어떻게 버리나요?", "How do I apply for a permit?", "「도로법」에 따라 처리합니다.", ""]
        {
            assert!(!may_hold(text), "{text}");
        }
        for text in ["홍길동 씨", "성명: 홍길동", "０１０", "my NAME IS John", "공일공 일이삼사 오육칠팔", "a@b.kr"]
        {
            assert!(may_hold(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn where_it_says_no_nothing_is_found(text in prop_oneof![
            "[가-힣 .,?~-]{0,40}", "[A-Za-z .,:'-]{0,60}", "\\PC{0,20}",
            "(저는|나는|제 이름은|성명|신청인|Mr\\. |name: )? ?(홍길동|김철수|Kim Haneul)(씨|님|입니다| 드림)?",
            "[공영일이삼사오육칠팔구 ~.-]{0,24}", "[일이육십백천동호 ]{0,12}", "(일|이|십|백|다시|번지|호|동| ){0,12}", "(도봉로|역삼동|집은|가동|에이동)? ?(일|이|공|십|백|천|에|다시|번지|층|호|동| ){0,10}",
        ]) {
            if !may_hold(&text) {
                prop_assert_eq!(crate::find_without_quick_look(&text), vec![]);
            }
        }
    }
}
