//! Where words of a question stand in a passage, and which part of it answers best.

use std::ops::Range;

use super::query::Excerpt;
use crate::words::{Word, fold};

/// About as much of a passage as an excerpt shows, in bytes.
const EXCERPT_BYTES: usize = 480;
/// Words of a question that are marked.
const MARKED_WORDS: usize = 24;
/// Words of a question up to which compounds are also looked for in parts.
const WORDS_IN_PARTS: usize = 12;
/// More marks than this help nobody.
const MOST_MARKS: usize = 200;

/// Places of the words in a text, in bytes, in order, not overlapping.
pub(crate) fn highlights(text: &str, words: &[Word]) -> Vec<Range<usize>> {
    let folded = Folded::new(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    // Of a long letter the longest words are marked: they say most.
    let mut marked: Vec<&Word> = words.iter().collect();
    marked.sort_by_key(|word| std::cmp::Reverse(word.stem.len()));
    let is_short = words.len() <= WORDS_IN_PARTS;
    for word in marked.into_iter().take(MARKED_WORDS) {
        if word.stem.chars().count() < 2 && !word.stem.chars().all(|character| character.is_ascii_digit()) {
            continue;
        }
        let before = found.len();
        folded.find(&word.stem, &mut found);
        if found.len() == before && is_short {
            for part in parts(&word.stem, &folded.text) {
                folded.find(part, &mut found);
            }
        }
        if found.len() > MOST_MARKS {
            break;
        }
    }
    merge(found)
}

/// The two parts of a compound word that stand apart in the text: «대형폐기물수수료» finds «대형폐기물 수수료».
fn parts<'a>(word: &'a str, text: &str) -> Vec<&'a str> {
    let cuts: Vec<usize> = word.char_indices().map(|(offset, _)| offset).collect();
    if cuts.len() < 4 {
        return Vec::new();
    }
    // The longest beginning and the longest end that stand in the text.
    let beginning = cuts[2..].iter().rev().map(|cut| &word[..*cut]).find(|part| text.contains(part));
    let end = cuts[1..cuts.len() - 1].iter().map(|cut| &word[*cut..]).find(|part| text.contains(part));
    beginning.into_iter().chain(end).collect()
}

fn merge(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A folded text with the way back to the original's bytes.
struct Folded {
    text: String,
    /// For each byte of the folded text where a character begins, and its end: the original's byte. Empty where both are the same.
    origins: Vec<(usize, usize)>,
}

impl Folded {
    fn new(text: &str) -> Self {
        let folded = fold(text);
        if folded.len() == text.len() {
            return Self { text: folded, origins: Vec::new() };
        }
        let originals = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
        let foldeds = folded.char_indices().map(|(offset, _)| offset).chain([folded.len()]);
        let origins = foldeds.zip(originals).collect();
        Self { text: folded, origins }
    }

    fn origin(&self, offset: usize) -> usize {
        match self.origins.binary_search_by_key(&offset, |pair| pair.0) {
            Ok(place) => self.origins[place].1,
            Err(_) => offset,
        }
    }

    fn find(&self, word: &str, found: &mut Vec<Range<usize>>) {
        let whole_words = word.is_ascii();
        for (start, _) in self.text.match_indices(word).take(MOST_MARKS) {
            let end = start + word.len();
            if whole_words && self.is_inside_word(start, end) {
                continue;
            }
            found.push(self.origin(start)..self.origin(end));
        }
    }

    /// «art» is not highlighted in «article», «lamp» is in «lamps».
    fn is_inside_word(&self, start: usize, end: usize) -> bool {
        let before = self.text[..start].chars().next_back();
        let rest = self.text[end..].strip_prefix('s').unwrap_or(&self.text[end..]);
        let after = rest.chars().next();
        [before, after].into_iter().flatten().any(|character| character.is_ascii_alphanumeric())
    }
}

/// The part of a text that holds most of the highlighted words, cut at sentences.
pub(crate) fn excerpt(text: &str, marks: &[Range<usize>]) -> Excerpt {
    let sentences = sentence_places(text);
    let worth = |place: &Range<usize>| {
        let inside = marks.iter().filter(|mark| mark.start >= place.start && mark.end <= place.end);
        let mut words: Vec<&str> = inside.filter_map(|mark| text.get(mark.clone())).collect();
        words.sort_unstable();
        words.dedup();
        words.iter().map(|word| word.chars().count()).sum::<usize>()
    };
    let mut best = (0, 0);
    for (number, sentence) in sentences.iter().enumerate() {
        let worth = worth(sentence);
        if worth > best.0 {
            best = (worth, number);
        }
    }
    let Some(middle) = sentences.get(best.1) else { return Excerpt::default() };
    let mut place = middle.clone();
    // What follows explains more often than what precedes.
    for next in sentences.iter().skip(best.1 + 1) {
        if next.end - place.start > EXCERPT_BYTES {
            break;
        }
        place.end = next.end;
    }
    for before in sentences.iter().take(best.1).rev() {
        if place.end - before.start > EXCERPT_BYTES {
            break;
        }
        place.start = before.start;
    }
    if place.len() > EXCERPT_BYTES {
        place = cut_around(text, &place, marks);
    }
    let shown = text.get(place.clone()).unwrap_or_default().to_owned();
    let inside = marks.iter().filter(|mark| mark.start >= place.start && mark.end <= place.end);
    let highlights = inside.map(|mark| mark.start - place.start..mark.end - place.start).collect();
    Excerpt { place, text: shown, highlights }
}

fn sentence_places(text: &str) -> Vec<Range<usize>> {
    let begin = text.as_ptr() as usize;
    maru_korean::sentences(text)
        .into_iter()
        .map(|sentence| {
            let start = sentence.as_ptr() as usize - begin;
            start..start + sentence.len()
        })
        .collect()
}

/// A window in a sentence that is too long, beginning a little before its first mark.
fn cut_around(text: &str, sentence: &Range<usize>, marks: &[Range<usize>]) -> Range<usize> {
    let first = marks.iter().find(|mark| mark.start >= sentence.start && mark.end <= sentence.end);
    let wished = first.map_or(sentence.start, |mark| mark.start.saturating_sub(EXCERPT_BYTES / 4));
    let boundary =
        |offset: usize| (offset..=text.len()).find(|offset| text.is_char_boundary(*offset)).unwrap_or(text.len());
    let start = boundary(wished.clamp(sentence.start, sentence.end));
    let end = boundary((start + EXCERPT_BYTES).min(sentence.end));
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::question_words;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_with_and_without_spaces() {
        let text = "대형폐기물 수수료는 조례로 정한다. CCTV는 ＣＣＴＶ이다.";
        let marks = highlights(text, &question_words("대형폐기물수수료와 cctv"));
        let marked: Vec<&str> = marks.into_iter().map(|mark| &text[mark]).collect();
        assert_eq!(marked, ["대형폐기물", "수수료", "CCTV", "ＣＣＴＶ"]);
    }

    #[test]
    fn the_excerpt_is_where_the_words_are() {
        let text = format!("{}신고 수수료는 천 원이다. {}", "앞말이 길다. ".repeat(60), "뒷말도 길다. ".repeat(60));
        let marks = highlights(&text, &question_words("수수료"));
        let excerpt = excerpt(&text, &marks);
        assert!(excerpt.text.contains("수수료") && excerpt.text.len() <= EXCERPT_BYTES);
        assert_eq!(&excerpt.text[excerpt.highlights[0].clone()], "수수료");
    }

    proptest! {
        #[test]
        fn marks_are_in_order_and_at_characters(text in "[가-힣a-zA-Z０-９ .\\n]{0,80}", question in "[가-힣a-z０-９ ]{0,30}") {
            let marks = highlights(&text, &question_words(&question));
            prop_assert!(marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(marks.iter().all(|mark| text.get(mark.clone()).is_some()));
            let excerpt = excerpt(&text, &marks);
            prop_assert_eq!(text.get(excerpt.place.clone()), Some(excerpt.text.as_str()));
            prop_assert!(excerpt.highlights.iter().all(|mark| excerpt.text.get(mark.clone()).is_some()));
        }
    }
}
