//! A text in both languages, for what is kept before it is known who reads it.

use crate::language::Language;

/// A text in Korean and in English.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// In Korean.
    pub korean: String,
    /// In English.
    pub english: String,
}

impl Bilingual {
    /// The two texts.
    pub fn new(korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self { korean: korean.into(), english: english.into() }
    }

    /// The text in `language`.
    pub fn say(&self, language: Language) -> &str {
        language.say(&self.korean, &self.english)
    }
}
