//! A quick look: whether the rules have anything to look at. Most texts hold no figure, no @ and no cue of a name.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

/// Every rule that needs no figure and no @ needs one of these, in the text's normal form.
const CUES: [&str; 26] = [
    "성명",
    "성 명",
    "이름",
    "이 름",
    "신청인",
    "민원인",
    "신고인",
    "고소인",
    "청구인",
    "예금주",
    "대표자",
    "보호자",
    "세대주",
    "진정인",
    "제보자",
    "작성자",
    "저는 ",
    "나는 ",
    "본인은 ",
    "씨",
    "님",
    "my name is ",
    "name",
    "i am called ",
    "signed",
    "번지",
];
/// A flat or lot in words ends in one of these: «백이동 천삼호», «이백육 다시 십칠».
const SPOKEN_FLATS: [&str; 60] = [
    "공호",
    "영호",
    "일호",
    "이호",
    "삼호",
    "사호",
    "오호",
    "육호",
    "륙호",
    "칠호",
    "팔호",
    "구호",
    "십호",
    "백호",
    "천호",
    "공 호",
    "영 호",
    "일 호",
    "이 호",
    "삼 호",
    "사 호",
    "오 호",
    "육 호",
    "륙 호",
    "칠 호",
    "팔 호",
    "구 호",
    "십 호",
    "백 호",
    "천 호",
    "공다시",
    "영다시",
    "일다시",
    "이다시",
    "삼다시",
    "사다시",
    "오다시",
    "육다시",
    "륙다시",
    "칠다시",
    "팔다시",
    "구다시",
    "십다시",
    "백다시",
    "천다시",
    "공 다시",
    "영 다시",
    "일 다시",
    "이 다시",
    "삼 다시",
    "사 다시",
    "오 다시",
    "육 다시",
    "륙 다시",
    "칠 다시",
    "팔 다시",
    "구 다시",
    "십 다시",
    "백 다시",
    "천 다시",
];
/// Titles before English names.
const TITLES: [&str; 3] = ["mr", "mrs", "ms"];
/// Spelled-out figures in a row that make a number.
const SPOKEN: u32 = 7;
/// Words for numbers in a row that may be the number of a house: «도봉로 오백오십이».
const SAID: u32 = 3;

/// Whether anything personal may stand in a text. Where this says no, [`crate::find`] finds nothing; where it says yes, it may still find
/// nothing. Some hundred times quicker.
pub fn may_hold(text: &str) -> bool {
    static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .build(CUES.iter().chain(&SPOKEN_FLATS).chain(&TITLES))
            .ok()
    });
    if has_figures(text) {
        return true;
    }
    FINDER.as_ref().is_none_or(|finder| finder.is_match(text))
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
            if !matches!(character, ' ' | '-' | '.' | '~' | '_' | '/' | '(' | ')' | 'A'..='Z') {
                spoken = 0;
            }
            continue;
        }
        if maru_korean::is_syllable(character) {
            spoken = if "공영일이삼사오육륙칠팔구".contains(character) { spoken + 1 } else { 0 };
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
