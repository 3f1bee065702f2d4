//! One rule for each kind: a pattern that is quick to search, and a check of what it found.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::{Kind, addresses, context::View, numbers};

/// Whether a match is what it looks like, and which part of it (a range of bytes) is the datum.
pub(crate) type Accept = fn(&View, &Captures<'_>) -> Option<(Kind, usize, usize)>;

pub(crate) struct Rule {
    pattern: Regex,
    /// A match may begin inside a refused one that begins with a figure: search goes on behind its first group.
    accept: Accept,
    /// One of these stands in every match; so a text without them need not be searched.
    needs: &'static [&'static str],
}

impl Rule {
    pub(crate) fn find(&self, view: &View, mut report: impl FnMut(Kind, usize, usize)) {
        if !self.needs.is_empty() && !self.needs.iter().any(|need| view.text.contains(need)) {
            return;
        }
        let mut place = 0;
        while let Some(captures) = self.pattern.captures_at(&view.text, place) {
            let Some(whole) = captures.get(0) else { return };
            place = match (self.accept)(view, &captures) {
                Some((kind, start, end)) => {
                    report(kind, start, end);
                    end.max(whole.start() + 1)
                }
                None => whole.start() + first_word(whole.as_str()),
            };
            while place < view.text.len() && !view.text.is_char_boundary(place) {
                place += 1;
            }
            if place > view.text.len() {
                return;
            }
        }
    }
}

/// How much of a refused match is passed over.
fn first_word(whole: &str) -> usize {
    if !whole.starts_with(|one: char| one.is_ascii_digit()) {
        return whole.len();
    }
    whole.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(whole.len())
}

/// All rules, the strictest first.
pub(crate) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = Vec::new();
        let mut add_if = |pattern: String, accept: Accept, needs: &'static [&'static str]| {
            // The patterns are constants; a test compiles them all.
            if let Ok(pattern) = Regex::new(&pattern) {
                rules.push(Rule { pattern, accept, needs });
            }
        };
        for (pattern, accept, needs) in numbers::rules() {
            add_if(pattern, accept, needs);
        }
        for (pattern, accept) in addresses::rules() {
            add_if(pattern, accept, &[]);
        }
        rules
    });
    &RULES
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        let patterns = super::numbers::rules().len() + super::addresses::rules().len();
        assert_eq!(super::rules().len(), patterns);
    }
}
