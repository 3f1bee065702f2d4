//! How urgent an inquiry is: danger to life and health first, then time limits that the writer names.

use std::{collections::BTreeSet, sync::LazyLock};

use aho_corasick::AhoCorasick;

use crate::domain::{Ground, Judged, Urgency};

const DANGER: &[&str] = &[
    "죽고 싶",
    "자살",
    "살려",
    "숨을 안",
    "숨을 못",
    "의식이 없",
    "의식을 잃",
    "쓰러져",
    "쓰러졌",
    "불이 났",
    "화재",
    "가스 냄새",
    "가스가 새",
    "가스냄새",
    "무너질",
    "무너지",
    "붕괴",
    "감전",
    "전깃줄이 끊",
    "전선이 늘어",
    "침수",
    "물에 잠",
    "폭행",
    "학대",
    "때리고",
    "때려요",
    "흉기",
    "굶고",
    "굶어",
    "며칠째 안보",
    "며칠째 안 보",
    "사흘째 안 보",
    "사흘째 안보",
    "대답이 없",
    "인기척이 없",
    "넘어져 다쳤",
    "크게 다쳤",
    "피가 ",
    "on fire",
    "gas leak",
    "smell of gas",
    "suicide",
    "kill myself",
    "unconscious",
    "collapse",
    "being beaten",
    "abuse",
    "no food",
    "live wire",
];
const SOON: &[&str] = &[
    "오늘까지",
    "내일까지",
    "모레까지",
    "오늘 안",
    "내일 안",
    "이번 주까지",
    "이번주까지",
    "다음 주까지",
    "다음주까지",
    "기한이 ",
    "마감",
    "급합니다",
    "급해요",
    "급히",
    "시급",
    "빨리 답",
    "쫓겨",
    "단전",
    "단수",
    "월세 두달",
    "월세가 밀",
    "urgent",
    "as soon as possible",
    "by tomorrow",
    "by friday",
    "deadline",
    "evicted",
];

/// Phrases of danger, then those of time limits: all are looked for at once.
static PHRASES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(DANGER.iter().chain(SOON)).ok());

/// How urgent a text is.
pub(super) fn judge(title: &str, text: &str) -> Judged<Urgency> {
    let whole = format!("{title}\n{text}").to_lowercase();
    let said = PHRASES.iter().flat_map(|phrases| phrases.find_overlapping_iter(&whole));
    let heard: BTreeSet<usize> = said.map(|phrase| phrase.pattern().as_usize()).collect();
    for (urgency, phrases, before) in [(Urgency::Danger, DANGER, 0), (Urgency::Soon, SOON, DANGER.len())] {
        let of_these = heard.iter().filter_map(|phrase| phrases.get(phrase.checked_sub(before)?));
        let words: Vec<String> = of_these.map(|phrase| phrase.trim().to_owned()).collect();
        if !words.is_empty() {
            let confidence = if words.len() > 1 { 0.9 } else { 0.75 };
            return Judged::new(urgency, confidence, true, vec![Ground::Words { words }]);
        }
    }
    let (ko, en) = ("위험이나 기한을 알리는 말이 없습니다.", "Nothing speaks of danger or of a time limit.");
    Judged::new(Urgency::Normal, 0.9, true, vec![Ground::Rule { ko: ko.into(), en: en.into() }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danger_comes_before_time_limits() {
        for (text, urgency) in [
            ("옆집 할아버지가 사흘째 안 보이고 대답이 없습니다. 급합니다", Urgency::Danger),
            ("내일까지 서류를 내야 합니다", Urgency::Soon),
            ("There is a smell of gas in the hallway", Urgency::Danger),
            ("등본 발급 수수료가 얼마인가요", Urgency::Normal),
        ] {
            assert_eq!(judge("", text).value, urgency, "{text}");
        }
    }

    #[test]
    fn every_phrase_is_found_with_its_words() {
        for (urgency, phrases) in [(Urgency::Danger, DANGER), (Urgency::Soon, SOON)] {
            for phrase in phrases {
                let found = judge("", &format!("가{phrase}나"));
                assert_eq!(found.value, urgency, "{phrase}");
                let Ground::Words { words } = &found.grounds[0] else { panic!("{found:?}") };
                assert!(words.iter().any(|word| word == phrase.trim()), "{found:?}");
            }
        }
    }
}
