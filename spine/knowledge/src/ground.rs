//! Whether a text says what another says, as far as words can tell.
//!
//! Terms are compared as numbers in order: two long texts are held side by side in microseconds, and what was read once is kept at
//! little cost.

use std::{cmp::Ordering, collections::HashSet};

use crate::{
    library::stable_hash,
    words::{each_term, fold, index_form, question_words},
};

/// The terms of a text, each once: what another text can rest on.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// Ascending.
    terms: Vec<u64>,
}

/// The terms of a text without what only asks: what it tells. A term that stands in two different words counts twice.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Ascending.
    terms: Vec<u64>,
}

impl Ground {
    /// Of several texts taken together.
    pub(crate) fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut terms = Vec::new();
        for text in texts {
            push_terms(&fold(&maru_korean::normalise(text).text()), &mut terms);
        }
        terms.sort_unstable();
        terms.dedup();
        Self { terms }
    }

    /// The share of a text's terms that stand here; 0 for a text without any.
    pub(crate) fn share(&self, text: &str) -> f64 {
        self.share_of(&Told::by(text))
    }

    /// The share of what is told that stands here; 0 where nothing is told.
    pub(crate) fn share_of(&self, told: &Told) -> f64 {
        let mut rest = self.terms.as_slice();
        let mut found = 0_u32;
        for term in &told.terms {
            while let [first, others @ ..] = rest {
                match first.cmp(term) {
                    Ordering::Less => rest = others,
                    Ordering::Equal => {
                        found += 1;
                        break;
                    }
                    Ordering::Greater => break,
                }
            }
        }
        if told.terms.is_empty() { 0.0 } else { f64::from(found) / told.terms.len() as f64 }
    }
}

impl Told {
    /// By a text.
    pub(crate) fn by(text: &str) -> Self {
        let mut terms = Vec::new();
        for word in question_words(text) {
            push_terms(&word.stem, &mut terms);
        }
        terms.sort_unstable();
        Self { terms }
    }
}

fn push_terms(folded: &str, terms: &mut Vec<u64>) {
    each_term(folded, |start, end| terms.extend(folded.get(start..end).map(|term| stable_hash(index_form(term)))));
}

/// The numbers of several texts: amounts, periods, dates.
pub(crate) struct Numbers {
    known: HashSet<String>,
}

impl Numbers {
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self { known: texts.into_iter().flat_map(numbers).collect() }
    }

    /// The first number of a text that does not stand here: one that the sources do not know.
    pub(crate) fn missing_in(&self, text: &str) -> Option<String> {
        numbers(text).into_iter().find(|number| !self.known.contains(number))
    }
}

/// The numbers of a text, without the commas between thousands.
fn numbers(text: &str) -> Vec<String> {
    fold(&maru_korean::normalise(text).text())
        .split(|character: char| !character.is_ascii_digit() && character != ',')
        .map(|number| number.replace(',', ""))
        .filter(|number| !number.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_compared() {
        let known = ["대형폐기물은 신고하고 내놓습니다. 100만 원 이하의 과태료를 물 수 있습니다."];
        let ground = Ground::new(known);
        assert!(ground.share("대형폐기물을 신고하고 내놓으면 됩니다.") > 0.7);
        assert!(ground.share("여권은 구청에서 발급합니다.") < 0.2);
        assert_eq!(Numbers::of(known).missing_in("과태료는 200만 원입니다."), Some("200".to_owned()));
        assert_eq!(Numbers::of(known).missing_in("과태료는 100만 원입니다."), None);
    }

    #[test]
    fn shares_are_counted_with_repetitions() {
        let ground = Ground::new(["신고 수수료"]);
        // 신고, 수수, 수료 of 신고, 신고, 고서, 수수, 수료.
        assert!((ground.share("신고 신고서 수수료") - 0.8).abs() < 1e-9);
        assert!(ground.share("").abs() < 1e-9);
        assert!(Ground::default().share("신고").abs() < 1e-9);
    }
}
