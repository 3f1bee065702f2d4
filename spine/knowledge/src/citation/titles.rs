//! How acts are called: their titles, official abbreviations, and titles they had before.

use std::collections::HashMap;

/// Facts about titles, one a line: `abbreviation`, `renamed` or `repealed`, the title as written, the title now, the date, the source.
const KNOWN_TITLES: &str = include_str!("../../data/titles.tsv");

/// What may follow the title of an act in the title of its decree or rule.
pub(super) const SUBORDINATE: [&str; 2] = ["시행령", "시행규칙"];

/// What a title stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The act of this number.
    Act(u32),
    /// An abbreviation for the act of this number.
    Abbreviation(u32),
    /// An old title; the act goes by the new one.
    Renamed(String),
    /// An act that is no more.
    Repealed,
}

/// A line of the facts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KnownTitle {
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) now: &'static str,
}

/// The facts about titles that come with the program.
pub(super) fn known_titles() -> impl Iterator<Item = KnownTitle> {
    KNOWN_TITLES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        let (kind, title, now) = (cells.next()?, cells.next()?, cells.next()?);
        Some(KnownTitle { kind, title, now })
    })
}

/// Whether a character is passed over where titles are compared: spaces, dots and commas are written in many ways.
pub(super) fn is_passed_over(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '·' | 'ㆍ' | '\u{119e}' | '‧' | '・' | '･' | '∙' | '•' | '⋅' | ',')
}

/// A title in the form in which titles are compared.
pub(super) fn plain(title: &str) -> String {
    title.chars().filter(|character| !is_passed_over(*character)).collect()
}

/// A title without the small words that people get wrong; used only for titles in quotation marks.
pub(super) fn loose(title: &str) -> String {
    let mut loose = plain(title);
    for small in ["에관한", "에대한", "관한", "을위한", "를위한"] {
        loose = loose.replace(small, "");
    }
    loose.retain(|character| !matches!(character, '의' | '및' | '등' | '과' | '와' | '을' | '를' | '「' | '」' | '"'));
    loose
}

/// All titles, to be found at a place of a text.
#[derive(Debug, Default)]
pub(super) struct Titles {
    /// The node that follows a node by a character.
    next: HashMap<(u32, char), u32>,
    /// What ends at a node.
    ends: Vec<Option<Meaning>>,
    loose: HashMap<String, Option<Meaning>>,
}

impl Titles {
    pub(super) fn new() -> Self {
        Self { next: HashMap::new(), ends: vec![None], loose: HashMap::new() }
    }

    /// Adds a title. What is there already stays: titles of acts come first, then what else is known.
    pub(super) fn add(&mut self, title: &str, meaning: &Meaning) {
        let mut node = 0;
        for character in plain(title).chars() {
            let fresh = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            let next = *self.next.entry((node, character)).or_insert(fresh);
            if next == fresh {
                self.ends.push(None);
            }
            node = next;
        }
        if let Some(end) = self.ends.get_mut(node as usize).filter(|end| node != 0 && end.is_none()) {
            *end = Some(meaning.clone());
            // A loose form of two titles stands for neither.
            self.loose
                .entry(loose(title))
                .and_modify(|known| *known = known.take().filter(|known| known == meaning))
                .or_insert_with(|| Some(meaning.clone()));
        }
    }

    /// What a whole title stands for.
    pub(super) fn find(&self, title: &str) -> Option<&Meaning> {
        let characters: Vec<char> = title.trim().chars().collect();
        let (end, meaning) = self.longest(&characters, 0)?;
        characters[end..].iter().all(|character| is_passed_over(*character)).then_some(meaning)
    }

    /// As [`Self::find`], with small words left out.
    pub(super) fn find_loose(&self, title: &str) -> Option<&Meaning> {
        self.find(title).or_else(|| self.loose.get(&loose(title))?.as_ref())
    }

    /// The longest title that begins at a place, and where it ends.
    pub(super) fn longest(&self, characters: &[char], start: usize) -> Option<(usize, &Meaning)> {
        let mut node = 0;
        let mut found = None;
        for (place, &character) in characters.iter().enumerate().skip(start) {
            if is_passed_over(character) {
                if place == start {
                    return None;
                }
                continue;
            }
            let Some(next) = self.next.get(&(node, character)) else { break };
            node = *next;
            if let Some(meaning) = self.ends.get(node as usize).and_then(Option::as_ref) {
                found = Some((place + 1, meaning));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_however_they_are_spaced() {
        let mut titles = Titles::new();
        titles.add("소음ㆍ진동관리법", &Meaning::Act(1));
        titles.add("소음ㆍ진동관리법 시행령", &Meaning::Act(2));
        assert_eq!(titles.find("소음·진동관리법"), Some(&Meaning::Act(1)));
        assert_eq!(titles.find("소음 진동 관리법시행령"), Some(&Meaning::Act(2)));
        assert_eq!(titles.find("소음 진동 관리법시행규칙"), None);
        let text: Vec<char> = "소음·진동관리법 시행령 제3조".chars().collect();
        assert_eq!(titles.longest(&text, 0).map(|found| found.0), Some(12));
    }

    #[test]
    fn facts_about_titles_are_whole() {
        let mut seen = std::collections::HashSet::new();
        for known in known_titles() {
            assert!(["abbreviation", "renamed", "repealed"].contains(&known.kind), "{known:?}");
            assert!(!known.title.is_empty() && (known.kind == "repealed") == (known.now == "-"), "{known:?}");
            assert!(seen.insert(plain(known.title)), "{known:?} stands there twice");
        }
    }
}
