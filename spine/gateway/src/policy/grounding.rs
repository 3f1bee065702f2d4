//! Whether the sentences of an answer rest on the sources that were given with the question. A measure by letters and figures, without a
//! model: it flags for a person, it does not prove.

use std::{collections::HashSet, ops::Range};

/// Share of a sentence's pairs of letters that must stand in the sources.
const SHARE: f64 = 0.6;
/// Sentences with fewer pairs say too little to be judged.
const FEWEST: usize = 8;

/// What the sources hold.
struct Ground {
    pairs: HashSet<(char, char)>,
    figures: HashSet<String>,
}

/// The sentences that rest on nothing, as ranges of bytes. Without sources nothing is judged.
pub(crate) fn ungrounded(answer: &str, sources: &[String]) -> Vec<Range<usize>> {
    if sources.is_empty() {
        return Vec::new();
    }
    let mut ground = Ground { pairs: HashSet::new(), figures: HashSet::new() };
    for source in sources {
        ground.pairs.extend(pairs(source));
        ground.figures.extend(figures(source));
    }
    sentences(answer).into_iter().filter(|range| !ground.carries(&answer[range.clone()])).collect()
}

impl Ground {
    fn carries(&self, sentence: &str) -> bool {
        // A figure that no source has is wrong however well the words fit.
        if figures(sentence).iter().any(|figure| !self.figures.contains(figure)) {
            return false;
        }
        let pairs = pairs(sentence);
        if pairs.len() < FEWEST {
            return true;
        }
        let known = pairs.iter().filter(|pair| self.pairs.contains(pair)).count();
        known as f64 >= SHARE * pairs.len() as f64
    }
}

/// Pairs of letters that follow each other, over spaces and signs.
fn pairs(text: &str) -> Vec<(char, char)> {
    let letters: Vec<char> =
        text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase).collect();
    letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Runs of digits, without the commas of thousands; single digits count things in sentences and say little.
fn figures(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_digit() {
            run.push(letter);
        } else if letter != ',' || run.is_empty() {
            if run.len() > 1 {
                found.push(run.clone());
            }
            run.clear();
        }
    }
    found
}

/// Where sentences stand: to a sign that ends one and a space after it, or to the end of a line.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            '\n' => true,
            '.' | '?' | '!' | '。' => next.is_none_or(char::is_whitespace),
            _ => next.is_none(),
        };
        if ends {
            let end = place + letter.len_utf8();
            if !text[start..end].trim().is_empty() {
                found.push(start..end);
            }
            start = end;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flagged(answer: &str, source: &str) -> Vec<String> {
        ungrounded(answer, &[source.to_owned()]).into_iter().map(|range| answer[range].trim().to_owned()).collect()
    }

    #[test]
    fn what_no_source_says_is_flagged() {
        let source = "대형폐기물은 배출 신고를 하고 수수료 3,000원을 낸 뒤 스티커를 붙여 내놓습니다.";
        assert!(
            flagged("대형폐기물은 배출 신고를 한 뒤 스티커를 붙여 내놓습니다. 수수료는 3000원입니다.", source)
                .is_empty()
        );
        let wrong = "수수료는 5,000원입니다. 반려동물 등록은 가까운 동물병원에서 무료로 할 수 있습니다.";
        assert_eq!(flagged(wrong, source).len(), 2);
        assert!(flagged("네, 그렇습니다.", source).is_empty(), "too short to be judged");
        assert!(ungrounded(wrong, &[]).is_empty(), "without sources nothing is judged");
    }

    proptest! {
        #[test]
        fn what_stands_in_the_source_is_never_flagged(text in "[가-힣a-z0-9 ,.?!\n]{0,200}") {
            prop_assert_eq!(flagged(&text, &text), Vec::<String>::new());
        }
    }
}
