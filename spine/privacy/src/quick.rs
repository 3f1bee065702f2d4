//! A quick look: whether the rules have anything to look at. Most texts hold no figure, no @ and no cue of a name.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

/// Every rule that needs no figure and no @ needs one of these, in the text's normal form.
#[rustfmt::skip]
const CUES: &[&str] = &[
    "성명", "성 명", "성함", "성 함", "이름", "이 름", "영문명", "신청인", "신청자", "민원인", "신고인", "신고자", "청구인", "청구자", "고소인", "고발인", "예금주", "계좌주", "명의", "대표", "보호자", "세대주", "세대원", "진정인", "제보자", "작성자", "제출자", "제안자", "건의자", "담당", "대상", "환자", "수급자", "아동", "증인", "대리인", "위임인", "위임자", "수임인", "수임자", "인계자", "인수자", "건축주", "소유자", "소유주", "차주", "운전자", "경작자", "체납자", "납세자", "납세의무자", "양도인", "양수인", "매도인", "매수인", "임대인", "임차인", "본인", "훈련생", "수강생", "수령자", "수령인", "수신인", "수신자", "수 신", "발신인", "받는", "받을", "보내는", "이용자", "의뢰인", "선주", "사망자", "망인", "고인", "기부자", "영업자", "승계자", "관계인", "경영주", "농가주", "책임자", "입금자", "송금인", "현장대리인", "위원", "피해자", "가해자", "집주인", "건물주", "고용주", "사업주", "초청인", "초청자", "통역", "참고인", "피의자", "원고", "피고", "채무자", "채권자", "상속인", "유족", "후견인", "구매자", "주문자", "예약자", "응시자", "합격자", "당첨자", "가입자", "계약자", "피보험자", "근로자", "배우자", "자녀", "점주", "주무관", "담임", "저는", "나는", "저희는", "사는 ", "다니는 ", "라고 합", "라고 해", "라고 하", "라고 불", "라고 부", "씨", "님", " 군", " 양", "귀하", "드림", "올림", "배상", "여사", "어르신", "번지", "|", " 된 ", "서 온 ", "당사자", "상대", "수진자", "수취인", "점포주", "회원", "고객", "요청자", "접수자", "발명자", "탑승", "총무", "신부", "신랑", "부모", "의무자", "학생", "원아", "장애인", "지원사", "어머니", "아버지", "할머니", "할아버지", "엄마", "아빠", "딸", "아들", "아이", "언니", "오빠", "누나", "동생", "조카", "손자", "손녀", "남편", "아내", "장남", "장녀", "모친", "부친", "저 ", "앞으로", "이름으로", "팀장", "과장", "대리", "반장", "선생", "교수", "원장", "기사", "간호사", "여권", "승객", "항공", "안녕하", "passport", "passenger", "_name", "name of", "name", "i am called", "signed", "applicant", "landlord", "landlady", "tenant", "recipient", "sponsor", "insured person", "spouse", "husband", "wife", "inviter", "invitee", "student", "holder", "contact", "owner", "guarantor", "employer", "employee", "worker", "driver", "patient", "guardian", "interpreter", "witness",
];
/// Titles before English names.
const TITLES: [&str; 6] = ["mr", "mrs", "ms", "miss", "dr", "nm"];
/// Spelled-out figures in a row that make a number.
const SPOKEN: u32 = 7;

/// Whether anything personal may stand in a text. Where this says no, [`crate::find`] finds nothing; where it says yes, it may still find
/// nothing. Some hundred times quicker.
pub fn may_hold(text: &str) -> bool {
    static FINDER: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasickBuilder::new().ascii_case_insensitive(true).build(CUES.iter().chain(&TITLES)).ok());
    if has_figures(text) {
        return true;
    }
    FINDER.as_ref().is_none_or(|finder| finder.is_match(text))
}

fn has_figures(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    }
    let mut spoken = 0;
    for character in text.chars() {
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
            "[공영일이삼사오육칠팔구 ~.-]{0,24}",
        ]) {
            if !may_hold(&text) {
                prop_assert_eq!(crate::find_without_quick_look(&text), vec![]);
            }
        }
    }
}
