//! What a text rests on: passages that matter, marks in the text, and the sources they lead to.

use std::ops::Range;

use askama::Template;

use super::{Icon, safe_in_pages};
use crate::{html::Html, language::Language};

/// A text in which the passages at `ranges` (in bytes) are marked. Ranges that overlap are one; what is no range of the
/// text is left out.
pub fn highlighted(text: &str, ranges: &[Range<usize>]) -> Html {
    let mut ranges: Vec<&Range<usize>> = ranges.iter().filter(|range| text.get((*range).clone()).is_some()).collect();
    ranges.sort_by_key(|range| range.start);
    let mut html = Html::empty();
    let mut written = 0;
    for range in ranges {
        let (start, end) = (range.start.max(written), range.end);
        if start >= end {
            continue;
        }
        html = html.and(Html::text(text.get(written..start).unwrap_or("")));
        html = html.and(Html::trusted("<mark>")).and(Html::text(text.get(start..end).unwrap_or("")));
        html = html.and(Html::trusted("</mark>"));
        written = end;
    }
    html.and(Html::text(text.get(written..).unwrap_or("")))
}

/// The mark in a text that leads to a source of the list below it.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r##"<a class="citation" href="#source-{{ number }}"><span class="visually-hidden">{{ language.say("근거", "Source") }} </span>{{ number }}</a>"##
)]
pub struct CitationMark {
    language: Language,
    number: usize,
}

impl CitationMark {
    /// Leads to the source with this number, counted from 1.
    pub fn new(language: Language, number: usize) -> Self {
        Self { language, number }
    }
}

/// A source: an article of law, an earlier answer, a description of a service.
#[derive(Debug, Clone)]
struct Source {
    title: String,
    address: Option<String>,
    detail: String,
    passage: Html,
}

/// The sources of a text, numbered as its marks say.
#[derive(Debug, Clone, Template)]
#[template(path = "components/sources.html")]
pub struct Sources {
    language: Language,
    sources: Vec<Source>,
}

impl Sources {
    /// No source yet.
    pub fn new(language: Language) -> Self {
        Self { language, sources: Vec::new() }
    }

    /// A source: its title, its public address, a line about it (ministry, in force since), and the passage.
    #[must_use]
    pub fn source(
        mut self,
        title: impl Into<String>,
        address: Option<String>,
        detail: impl Into<String>,
        passage: Html,
    ) -> Self {
        let address = address.filter(|address| is_web_address(address));
        self.sources.push(Source { title: title.into(), address, detail: detail.into(), passage });
        self
    }
}

/// Sources come from imported files: an address that is no web address must not become a link.
fn is_web_address(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://") || maru_identity::is_local_path(address)
}

safe_in_pages!(CitationMark, Sources);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_marked_whatever_the_ranges() {
        let text = "가나<다라>";
        let mark = |ranges: &[Range<usize>]| highlighted(text, ranges).into_string();
        assert_eq!(mark(&[3..6, 3..6]), "가<mark>나</mark>&lt;다라&gt;");
        assert_eq!(mark(&[6..10, 0..6]), "<mark>가나</mark><mark>&lt;다</mark>라&gt;");
        assert_eq!(mark(&[0..6, 3..10]), "<mark>가나</mark><mark>&lt;다</mark>라&gt;");
        assert_eq!(mark(&[1..4, 0..99, Range { start: 6, end: 3 }]), "가나&lt;다라&gt;");
    }

    #[test]
    fn a_source_leads_nowhere_but_to_the_web() {
        let shown = |address: &str| {
            let sources = Sources::new(Language::Korean);
            sources.source("법", Some(address.to_owned()), "", Html::empty()).to_string()
        };
        assert!(!shown("javascript:alert(1)").contains("href"));
        assert!(shown("https://www.law.go.kr/법령/민법").contains("href"));
        assert!(shown("/knowledge/1").contains("href"));
    }
}
