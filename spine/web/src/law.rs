//! References to law as pages show them: in Korean as the law is cited, in English by the names of its translations.

use crate::language::Language;

/// Acts that refusals, periods and timelines rest on, with their English names; where one name begins another, the
/// longer stands first.
const ACTS: &[(&str, &str)] = &[
    ("민원 처리에 관한 법률 시행령", "Enforcement Decree of the Civil Petitions Treatment Act"),
    ("민원 처리에 관한 법률", "Civil Petitions Treatment Act"),
    ("개인정보 보호법 시행령", "Enforcement Decree of the Personal Information Protection Act"),
    ("개인정보 보호법", "Personal Information Protection Act"),
    ("인공지능기본법 시행령", "Enforcement Decree of the AI Framework Act"),
    ("인공지능기본법", "AI Framework Act"),
    ("행정절차법 시행령", "Enforcement Decree of the Administrative Procedures Act"),
    ("행정절차법", "Administrative Procedures Act"),
    ("행정기본법", "General Act on Public Administration"),
    (
        "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 시행령",
        "Enforcement Decree of the Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries",
    ),
    (
        "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률",
        "Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries",
    ),
    ("국민기초생활 보장법", "National Basic Living Security Act"),
    ("같은 법 시행령", "its Enforcement Decree"),
    ("별표", "Annex"),
    ("민법", "Civil Act"),
    ("민원처리기준표", "Table of Petitions"),
];

impl Language {
    /// A reference to law as it reads in this language. Acts whose English name is not known keep their Korean one.
    pub fn law(self, korean: &str) -> String {
        if self == Self::Korean {
            return korean.to_owned();
        }
        let named = ACTS.iter().fold(korean.to_owned(), |text, (korean, english)| text.replace(korean, english));
        articles(&named).replace('·', ", ")
    }
}

/// `제19조제2항` as `Article 19(2)`, `제3조의2` as `Article 3-2`.
fn articles(text: &str) -> String {
    let mut english = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let Some((number, unit, after)) = numbered(rest) else {
            english.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = after;
        let (before, after) = match unit {
            '조' => ("Article ", ""),
            '항' => ("(", ")"),
            _ => (" item ", ""),
        };
        if unit == '조' && english.ends_with(' ') {
            english.truncate(english.trim_end_matches([' ', ',']).len());
            english.push_str(", ");
        }
        english.extend([before, number, after]);
        let branch =
            rest.strip_prefix('의').filter(|branch| branch.starts_with(|letter: char| letter.is_ascii_digit()));
        if let Some(branch) = branch.filter(|_| unit == '조') {
            english.push('-');
            rest = branch;
        }
    }
    english
}

/// `제` with a number and its unit at the beginning of a text, and what follows.
fn numbered(text: &str) -> Option<(&str, char, &str)> {
    let text = text.strip_prefix('제')?;
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).filter(|digits| *digits > 0)?;
    let unit = text[digits..].chars().next().filter(|unit| matches!(unit, '조' | '항' | '호'))?;
    Some((&text[..digits], unit, &text[digits + unit.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_read_in_english() {
        for (korean, english) in [
            ("민원 처리에 관한 법률 제9조", "Civil Petitions Treatment Act, Article 9"),
            (
                "민원 처리에 관한 법률 시행령 제14조제2호; 민원 처리에 관한 법률 제19조제2항",
                "Enforcement Decree of the Civil Petitions Treatment Act, Article 14 item 2; Civil Petitions Treatment Act, Article 19(2)",
            ),
            ("개인정보 보호법 제36조, 제37조", "Personal Information Protection Act, Article 36, Article 37"),
            ("민법 제3조의2", "Civil Act, Article 3-2"),
            ("도로법 제61조", "도로법, Article 61"),
            (
                "국민기초생활 보장법 제26조제4항, 같은 법 시행령 제8조·별표 2",
                "National Basic Living Security Act, Article 26(4), its Enforcement Decree, Article 8, Annex 2",
            ),
            ("", ""),
        ] {
            assert_eq!(Language::English.law(korean), english);
            assert_eq!(Language::Korean.law(korean), korean);
        }
    }
}
