//! Which kind of petition a text is (the Act, 제2조), by the turns of phrase that people use.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::domain::{Ground, Judged, Kind};

/// A turn of phrase, the kind that it speaks for, and how much.
struct Cue(&'static str, Kind, f64);

const CUES: &[Cue] = &[
    // 고충민원: something was done wrong, or was not done although it was asked for.
    Cue("소극행정", Kind::Grievance, 3.0),
    Cue("불친절", Kind::Grievance, 2.5),
    Cue("부당", Kind::Grievance, 2.0),
    Cue("억울", Kind::Grievance, 2.5),
    Cue("납득", Kind::Grievance, 2.0),
    Cue("항의", Kind::Grievance, 2.0),
    Cue("아직도", Kind::Grievance, 1.5),
    Cue("그대로", Kind::Grievance, 1.2),
    Cue("몇 번이나", Kind::Grievance, 1.5),
    Cue("몇번이나", Kind::Grievance, 1.5),
    Cue("두번이나", Kind::Grievance, 1.5),
    Cue("또 ", Kind::Grievance, 0.4),
    Cue("번째", Kind::Grievance, 0.6),
    Cue("째 ", Kind::Grievance, 0.4),
    Cue("저번에도", Kind::Grievance, 1.5),
    Cue("신고했", Kind::Grievance, 1.2),
    Cue("재신고", Kind::Grievance, 2.0),
    Cue("왜 안", Kind::Grievance, 1.2),
    Cue("안고치", Kind::Grievance, 1.5),
    Cue("못살겠", Kind::Grievance, 1.5),
    Cue("못 살겠", Kind::Grievance, 1.5),
    Cue("잠을 못", Kind::Grievance, 1.0),
    Cue("시끄러", Kind::Grievance, 1.0),
    Cue("소음", Kind::Grievance, 0.8),
    Cue("악취", Kind::Grievance, 0.8),
    Cue("냄새", Kind::Grievance, 0.6),
    Cue("처벌", Kind::Grievance, 1.2),
    Cue("단속", Kind::Grievance, 0.9),
    Cue("과태료를 냈", Kind::Grievance, 1.0),
    Cue("책임", Kind::Grievance, 0.8),
    Cue("화가", Kind::Grievance, 1.2),
    Cue("너무합니다", Kind::Grievance, 1.5),
    Cue("이의", Kind::Grievance, 0.8),
    Cue("무성의", Kind::Grievance, 2.0),
    Cue("자꾸", Kind::Grievance, 1.0),
    Cue("번이나", Kind::Grievance, 1.0),
    Cue("말만 하", Kind::Grievance, 1.5),
    Cue("공개하라", Kind::Grievance, 1.5),
    Cue("조사해", Kind::Grievance, 1.2),
    Cue("조치해", Kind::Grievance, 1.0),
    Cue("complaint", Kind::Grievance, 2.0),
    Cue("unfair", Kind::Grievance, 2.0),
    Cue("still not", Kind::Grievance, 1.5),
    Cue("nobody came", Kind::Grievance, 1.5),
    Cue("rude", Kind::Grievance, 2.0),
    Cue("every night", Kind::Grievance, 1.2),
    // 기타민원: a breakdown or danger that is reported for the first time, to be seen to at once.
    Cue("고장", Kind::Immediate, 1.2),
    Cue("구멍", Kind::Immediate, 1.5),
    Cue("꺼졌", Kind::Immediate, 1.0),
    Cue("파손", Kind::Immediate, 1.2),
    Cue("부러", Kind::Immediate, 1.2),
    Cue("막혔", Kind::Immediate, 1.2),
    Cue("새고 있", Kind::Immediate, 1.5),
    Cue("쓰러", Kind::Immediate, 1.5),
    Cue("덜컹", Kind::Immediate, 1.5),
    Cue("안보여요", Kind::Immediate, 1.5),
    Cue("안 보여요", Kind::Immediate, 1.5),
    Cue("죽은", Kind::Immediate, 1.2),
    Cue("치워", Kind::Immediate, 1.0),
    Cue("신고합니다", Kind::Immediate, 1.5),
    Cue("제보", Kind::Immediate, 1.2),
    Cue("넘쳐", Kind::Immediate, 1.2),
    Cue("점검", Kind::Immediate, 1.0),
    Cue("안됨", Kind::Immediate, 1.2),
    Cue("안되요", Kind::Immediate, 1.0),
    Cue("안 돼요", Kind::Immediate, 1.0),
    Cue("broken", Kind::Immediate, 1.2),
    Cue("is leaking", Kind::Immediate, 1.5),
    Cue("report a", Kind::Immediate, 1.0),
    // 건의민원: something should be otherwise than it is.
    Cue("제안", Kind::Suggestion, 2.5),
    Cue("건의", Kind::Suggestion, 2.5),
    Cue("좋겠", Kind::Suggestion, 2.0),
    Cue("좋을 것 같", Kind::Suggestion, 2.0),
    Cue("바랍니다", Kind::Suggestion, 0.4),
    Cue("개선", Kind::Suggestion, 1.2),
    Cue("설치해", Kind::Suggestion, 1.5),
    Cue("설치를", Kind::Suggestion, 1.0),
    Cue("만들어 주", Kind::Suggestion, 1.5),
    Cue("만들어주", Kind::Suggestion, 1.5),
    Cue("늘려", Kind::Suggestion, 1.5),
    Cue("확대", Kind::Suggestion, 1.0),
    Cue("도입", Kind::Suggestion, 1.5),
    Cue("놔주", Kind::Suggestion, 1.5),
    Cue("놓아 주", Kind::Suggestion, 1.2),
    Cue("놓아주", Kind::Suggestion, 1.2),
    Cue("suggest", Kind::Suggestion, 2.5),
    Cue("would be good", Kind::Suggestion, 2.0),
    Cue("would be nice", Kind::Suggestion, 2.0),
    Cue("proposal", Kind::Suggestion, 2.0),
    // 질의민원 about law.
    Cue("몇 조", Kind::LegalQuestion, 3.0),
    Cue("몇조", Kind::LegalQuestion, 3.0),
    Cue("법 조항", Kind::LegalQuestion, 3.0),
    Cue("법조항", Kind::LegalQuestion, 3.0),
    Cue("조문", Kind::LegalQuestion, 2.5),
    Cue("유권해석", Kind::LegalQuestion, 3.0),
    Cue("법령", Kind::LegalQuestion, 2.0),
    Cue("법적", Kind::LegalQuestion, 1.5),
    Cue("위법", Kind::LegalQuestion, 1.5),
    Cue("시행령", Kind::LegalQuestion, 2.0),
    Cue("시행규칙", Kind::LegalQuestion, 2.0),
    Cue("법 제", Kind::LegalQuestion, 2.0),
    Cue("해석", Kind::LegalQuestion, 1.2),
    Cue("which law", Kind::LegalQuestion, 2.5),
    Cue("which article", Kind::LegalQuestion, 2.5),
    Cue("legal basis", Kind::LegalQuestion, 2.5),
    // 질의민원 about systems and procedures.
    Cue("?", Kind::Question, 1.0),
    Cue("나요", Kind::Question, 1.2),
    Cue("까요", Kind::Question, 1.0),
    Cue("는지", Kind::Question, 0.8),
    Cue("되는지", Kind::Question, 1.0),
    Cue("되나", Kind::Question, 1.0),
    Cue("어떻게", Kind::Question, 1.2),
    Cue("얼마", Kind::Question, 1.0),
    Cue("어디", Kind::Question, 0.8),
    Cue("언제", Kind::Question, 0.5),
    Cue("문의", Kind::Question, 1.2),
    Cue("궁금", Kind::Question, 1.5),
    Cue("알고 싶", Kind::Question, 1.5),
    Cue("필요한가", Kind::Question, 1.0),
    Cue("방법", Kind::Question, 1.0),
    Cue("how do", Kind::Question, 1.5),
    Cue("how can", Kind::Question, 1.5),
    Cue("how much", Kind::Question, 1.5),
    Cue("can i", Kind::Question, 1.5),
    Cue("do i", Kind::Question, 1.5),
    Cue("what do", Kind::Question, 1.2),
    Cue("where", Kind::Question, 0.8),
    Cue("is it possible", Kind::Question, 1.5),
    // 법정민원: an application in so many words.
    Cue("신청합니다", Kind::Application, 3.0),
    Cue("신청하고 싶습니다", Kind::Application, 2.0),
    Cue("신청하려고 합니다", Kind::Application, 1.5),
    Cue("허가 신청", Kind::Application, 2.5),
    Cue("재검토 요청", Kind::Application, 1.5),
    Cue("대신 떼", Kind::Application, 1.0),
    Cue("발급해 주", Kind::Application, 2.0),
    Cue("발급해주", Kind::Application, 2.0),
    Cue("감면 신청", Kind::Application, 2.0),
    Cue("배상해", Kind::Application, 2.0),
    Cue("첨부했", Kind::Application, 1.0),
    Cue("i hereby apply", Kind::Application, 3.0),
    Cue("apply for a permit", Kind::Application, 2.0),
];

/// Every kind has this much before anything is read: a question is what comes most.
const PRIOR: &[(Kind, f64)] = &[
    (Kind::Question, 1.0),
    (Kind::Grievance, 0.8),
    (Kind::Immediate, 0.3),
    (Kind::Suggestion, 0.2),
    (Kind::LegalQuestion, 0.1),
    (Kind::Application, 0.0),
];
/// A cue counts so often at most: a text full of question marks is not ten times a question.
const MOST: usize = 2;

/// Finds every cue in one walk through a text. Without it (its building cannot fail for phrases as short and few as these) nothing is heard.
static ALL_CUES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(CUES.iter().map(|Cue(phrase, ..)| phrase)).ok());

/// How often each cue stands in a text, [`MOST`] times at most.
fn times_heard(text: &str) -> Vec<usize> {
    let mut times = vec![0; CUES.len()];
    let found = ALL_CUES.as_ref().map(|cues| cues.find_overlapping_iter(text));
    for cue in found.into_iter().flatten() {
        let times = &mut times[cue.pattern().as_usize()];
        *times = MOST.min(*times + 1);
    }
    times
}

/// The kind that the turns of phrase speak for.
pub(super) fn by_phrases(title: &str, text: &str) -> Judged<Kind> {
    let whole = format!("{title}\n{text}").to_lowercase();
    let mut scores: Vec<(Kind, f64)> = PRIOR.to_vec();
    let mut heard: Vec<(f64, Kind, &str)> = Vec::new();
    for (Cue(phrase, kind, weight), times) in CUES.iter().zip(times_heard(&whole)) {
        if times == 0 {
            continue;
        }
        let weight = if times == 1 { *weight } else { weight * 1.4 };
        if let Some(score) = scores.iter_mut().find(|(of, _)| of == kind) {
            score.1 += weight;
        }
        heard.push((weight, *kind, phrase.trim()));
    }
    scores.sort_by(|one, other| other.1.total_cmp(&one.1));
    let sum: f64 = scores.iter().map(|(_, score)| score.exp()).sum();
    let share = |score: f64| score.exp() / sum;
    let Some((kind, score)) = scores.first().copied() else { return Judged::stated(Kind::Question) };
    heard.retain(|(_, of, _)| *of == kind);
    heard.sort_by(|one, other| other.0.total_cmp(&one.0));
    let words: Vec<String> = heard.iter().take(4).map(|(_, _, phrase)| (*phrase).to_owned()).collect();
    let certain = share(score) >= 0.6 && !words.is_empty();
    let grounds = if words.is_empty() {
        let (ko, en) =
            ("뚜렷한 표현이 없어 가장 흔한 종류로 보았습니다.", "No telling phrase: taken for the commonest kind.");
        vec![Ground::Rule { ko: ko.into(), en: en.into() }]
    } else {
        vec![Ground::Words { words }]
    };
    let mut judged = Judged::new(kind, share(score), certain, grounds);
    judged.alternatives =
        scores.iter().skip(1).take(3).map(|(kind, score)| (*kind, crate::domain::thousandths(share(*score)))).collect();
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_walk_hears_what_a_search_for_each_cue_hears() {
        let all: String = CUES.iter().map(|Cue(phrase, ..)| *phrase).collect();
        for text in ["", "아직도 아직도 아직도 안 고치나요?", "법 제3조 법 제4조, how do i apply for a permit?", &all]
        {
            let searched: Vec<usize> =
                CUES.iter().map(|Cue(phrase, ..)| text.matches(phrase).take(MOST).count()).collect();
            assert_eq!(times_heard(text), searched, "{text}");
        }
        assert!(times_heard(&all).iter().all(|times| *times > 0));
    }

    #[test]
    fn kinds_are_heard_from_turns_of_phrase() {
        for (text, kind) in [
            ("여권을 다시 만들려면 어떻게 하나요?", Kind::Question),
            ("횡단보도에 신호등을 놓아 주시면 좋겠습니다. 건의드립니다.", Kind::Suggestion),
            ("전화로 두번이나 신고했는데 아직도 그대로예요", Kind::Grievance),
            ("체육관 앞 도로에 구멍이 났어요. 파손이 심합니다", Kind::Immediate),
            ("동의가 없으면 위법인가요? 주민등록법 몇조인지 알려주세요", Kind::LegalQuestion),
            ("돌출간판 설치 허가 신청합니다. 도면을 첨부했어요", Kind::Application),
            ("How can I register my dog?", Kind::Question),
        ] {
            assert_eq!(by_phrases("", text).value, kind, "{text}");
        }
    }

    #[test]
    fn without_a_telling_phrase_it_is_not_sure() {
        let judged = by_phrases("", "음");
        assert!(!judged.certain);
        assert_eq!(judged.value, Kind::Question);
    }
}
