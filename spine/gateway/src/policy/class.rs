//! The classes of N2SF (national network security framework, guideline 1.0 of 30 September 2025): C, S and O.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

/// How sensitive a request is. The highest of what is declared, what the key says and what is found holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DataClass {
    /// O: everything else.
    #[default]
    #[serde(rename = "O")]
    Open,
    /// S: not public, personal data among it (Official Information Disclosure Act Article 9(1)5–8).
    #[serde(rename = "S")]
    Sensitive,
    /// C: secrets, security, defence, diplomacy, investigation (Article 9(1)1–4).
    #[serde(rename = "C")]
    Classified,
}

impl DataClass {
    /// The letter.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Open => "O",
            Self::Sensitive => "S",
            Self::Classified => "C",
        }
    }

    /// The class of that letter.
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter.trim() {
            "O" | "o" => Some(Self::Open),
            "S" | "s" => Some(Self::Sensitive),
            "C" | "c" => Some(Self::Classified),
            _ => None,
        }
    }
}

/// Markings as documents carry them, with the class that follows. A word that people also use in questions about secrecy («비밀») is no
/// marking; a stamp («Ⅱ급 비밀», «대외비») is.
const MARKINGS: [(&str, DataClass); 23] = [
    ("Ⅰ급비밀", DataClass::Classified),
    ("Ⅱ급비밀", DataClass::Classified),
    ("Ⅲ급비밀", DataClass::Classified),
    ("Ⅰ급 비밀", DataClass::Classified),
    ("Ⅱ급 비밀", DataClass::Classified),
    ("Ⅲ급 비밀", DataClass::Classified),
    ("I급비밀", DataClass::Classified),
    ("II급비밀", DataClass::Classified),
    ("III급비밀", DataClass::Classified),
    ("1급 비밀", DataClass::Classified),
    ("2급 비밀", DataClass::Classified),
    ("3급 비밀", DataClass::Classified),
    ("군사기밀", DataClass::Classified),
    ("대외비", DataClass::Classified),
    ("N2SF:C", DataClass::Classified),
    ("[기밀]", DataClass::Classified),
    ("(비공개)", DataClass::Sensitive),
    ("[비공개]", DataClass::Sensitive),
    ("비공개 문서", DataClass::Sensitive),
    ("내부검토", DataClass::Sensitive),
    ("내부 검토용", DataClass::Sensitive),
    ("부분공개", DataClass::Sensitive),
    ("N2SF:S", DataClass::Sensitive),
];

/// The class that markings in a text ask for.
pub(crate) fn marked(text: &str) -> DataClass {
    static FINDER: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(MARKINGS.iter().map(|(marking, _)| marking)).ok());
    let Some(finder) = &*FINDER else { return DataClass::Classified };
    let found = finder.find_overlapping_iter(text).map(|place| MARKINGS[place.pattern().as_usize()].1);
    found.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_marking_holds() {
        assert_eq!(marked("쓰레기는 언제 버리나요?"), DataClass::Open);
        assert_eq!(marked("이 보고서는 (비공개)입니다"), DataClass::Sensitive);
        assert_eq!(marked("[비공개] Ⅱ급 비밀 작전계획"), DataClass::Classified);
        assert_eq!(marked("비밀번호를 잊었어요"), DataClass::Open);
        assert_eq!(DataClass::from_letter("S"), Some(DataClass::Sensitive));
        assert!(DataClass::Classified > DataClass::Sensitive);
    }
}
