//! The two languages of every page. A text stands in both, side by side, where it is used: there is no other way to
//! write one.

use serde::{Deserialize, Serialize};

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// 한국어: where nothing else is asked for.
    #[default]
    #[serde(rename = "ko")]
    Korean,
    /// English: complete, not a summary.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Both, Korean first.
    pub const ALL: [Self; 2] = [Self::Korean, Self::English];

    /// The text in this language.
    pub fn say<'a>(self, korean: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }

    /// The tag of the language as in `<html lang>` (BCP 47).
    pub fn code(self) -> &'static str {
        self.pick("ko", "en")
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        self.pick(Self::English, Self::Korean)
    }

    /// The name of the language, in itself.
    pub fn own_name(self) -> &'static str {
        self.pick("한국어", "English")
    }

    /// One of two values: for what is not text.
    pub fn pick<T>(self, korean: T, english: T) -> T {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }

    /// The language of a tag such as `ko`, `ko-KR`, `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// The language that an `Accept-Language` header prefers among ours (RFC 9110, section 12.5.4).
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(|tag| Self::from_tag(tag.trim())) else { continue };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |quality| quality.trim().parse().unwrap_or(0.0));
            if quality > best.map_or(0.0, |(_, quality)| quality) {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides_by_quality_then_by_order() {
        assert_eq!(Language::from_accept_language("en-GB,en;q=0.9,ko;q=0.8"), Some(Language::English));
        assert_eq!(Language::from_accept_language("fr, en;q=0.3, ko-KR;q=0.4"), Some(Language::Korean));
        assert_eq!(Language::from_accept_language("ko, en"), Some(Language::Korean));
        assert_eq!(Language::from_accept_language("en;q=0"), None);
        assert_eq!(Language::from_accept_language("fr;q=1, *"), None);
        assert_eq!(Language::from_accept_language("en;q=nonsense"), None);
    }

    #[test]
    fn a_tag_is_known_by_its_first_part() {
        assert_eq!(Language::from_tag("EN-us"), Some(Language::English));
        assert_eq!(Language::from_tag("kok"), None);
        assert_eq!(Language::from_tag(""), None);
    }
}
