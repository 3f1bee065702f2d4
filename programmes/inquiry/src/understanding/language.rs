//! In which language a text is written: by its letters, and for Latin letters by the commonest English words.

use crate::domain::{Ground, Judged, TextLanguage};

/// Below this share of all letters a script counts as a few foreign words.
const SHARE: f64 = 0.3;
/// Every eleventh word of English text, and more, is one of these.
const COMMON_ENGLISH: &[&str] = &[
    "the", "a", "an", "is", "are", "was", "to", "of", "and", "in", "on", "for", "my", "i", "it", "we", "you", "not",
    "can", "do", "does", "what", "how", "where", "when", "please", "there", "this", "that", "with", "have", "has",
    "from", "at", "be", "or", "if", "no", "our", "your", "they", "their", "he", "she", "will", "would", "should",
    "who", "which", "by",
];

struct Letters {
    hangul: f64,
    latin: f64,
    other: f64,
}

fn count(text: &str) -> Letters {
    let mut letters = Letters { hangul: 0.0, latin: 0.0, other: 0.0 };
    let mut in_placeholder = false;
    for letter in text.chars() {
        match letter {
            // What masking put there says nothing about the writer's language.
            '[' => in_placeholder = true,
            ']' => in_placeholder = false,
            _ if in_placeholder => {}
            '가'..='힣' | 'ㄱ'..='ㆎ' | '\u{1100}'..='\u{11ff}' => letters.hangul += 1.0,
            // A syllable of Hangul says as much as two or three letters.
            _ if letter.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&letter) => letters.latin += 0.4,
            _ if letter.is_alphabetic() => letters.other += 1.0,
            _ => {}
        }
    }
    letters
}

/// The language of a text.
pub(super) fn detect(title: &str, text: &str) -> Judged<TextLanguage> {
    let whole = format!("{title}\n{text}");
    let letters = count(&whole);
    let sum = letters.hangul + letters.latin + letters.other;
    if sum < 1.0 {
        return rule(TextLanguage::Other, 0.3, "글자가 거의 없습니다.", "There are hardly any letters.");
    }
    let (hangul, latin, other) = (letters.hangul / sum, letters.latin / sum, letters.other / sum);
    if hangul >= SHARE && latin >= SHARE {
        return rule(TextLanguage::Mixed, 0.8, "한글과 로마자가 섞여 있습니다.", "Hangul and Latin letters are mixed.");
    }
    if hangul >= SHARE && hangul >= other {
        return rule(TextLanguage::Korean, 0.5 + hangul / 2.0, "대부분 한글입니다.", "Mostly Hangul.");
    }
    if latin >= SHARE && latin >= other {
        return latin_language(&whole);
    }
    rule(TextLanguage::Other, 0.9, "한글도 로마자도 아닌 글자입니다.", "Neither Hangul nor Latin letters.")
}

fn latin_language(text: &str) -> Judged<TextLanguage> {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphabetic() && letter != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let common = words.iter().filter(|word| COMMON_ENGLISH.contains(&word.as_str())).count();
    let plain = text.chars().filter(|letter| letter.is_alphabetic()).all(|letter| letter.is_ascii());
    if common * 11 >= words.len() || (plain && words.len() < 6) {
        let confidence = if words.len() < 4 { 0.6 } else { 0.95 };
        return rule(TextLanguage::English, confidence, "영어에 흔한 말이 많습니다.", "Many words common in English.");
    }
    rule(TextLanguage::Other, 0.7, "로마자지만 영어가 아닌 듯합니다.", "Latin letters, but probably not English.")
}

fn rule(language: TextLanguage, confidence: f64, ko: &str, en: &str) -> Judged<TextLanguage> {
    Judged::new(language, confidence, confidence >= 0.6, vec![Ground::Rule { ko: ko.into(), en: en.into() }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, language) in [
            ("가로등이 3주째 꺼져 있습니다", TextLanguage::Korean),
            ("등본 PDF 파일 다운로드가 안 됩니다", TextLanguage::Korean),
            ("Where do I throw away an old sofa?", TextLanguage::English),
            ("My landlord keeps the deposit. [이름] [전화번호]", TextLanguage::English),
            (
                "안녕하세요 I would like to ask about my visa 비자 연장 how long does it take 감사합니다",
                TextLanguage::Mixed,
            ),
            ("Tôi muốn hỏi về việc gia hạn thẻ cư trú của tôi tại thành phố", TextLanguage::Other),
            ("請問在哪裡可以申請外國人登錄證", TextLanguage::Other),
            ("Как получить справку", TextLanguage::Other),
            ("?? 123", TextLanguage::Other),
        ] {
            assert_eq!(detect("", text).value, language, "{text}");
        }
    }
}
