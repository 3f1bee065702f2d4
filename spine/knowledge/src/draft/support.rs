//! Whether a passage says what a sentence says, as far as words can tell.

use std::collections::HashSet;

use crate::words::{each_term, fold, index_form, question_words};

/// The terms and numbers of a text.
pub(super) struct Ground {
    terms: HashSet<String>,
    numbers: HashSet<String>,
}

impl Ground {
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut ground = Self { terms: HashSet::new(), numbers: HashSet::new() };
        for text in texts {
            let folded = fold(&maru_korean::normalise(text).text());
            each_term(&folded, |start, end| {
                if let Some(term) = folded.get(start..end) {
                    ground.terms.insert(index_form(term).to_owned());
                }
            });
            ground.numbers.extend(numbers(&folded));
        }
        ground
    }

    /// The share of a text's terms that stand here; 0 for a text without any.
    pub(super) fn share(&self, text: &str) -> f64 {
        self.share_of(&told(text))
    }

    /// The share of terms that stand here; 0 where there are none.
    pub(super) fn share_of(&self, terms: &[String]) -> f64 {
        let found = terms.iter().filter(|term| self.terms.contains(term.as_str())).count();
        if terms.is_empty() { 0.0 } else { found as f64 / terms.len() as f64 }
    }

    /// The first number of a text that does not stand here: an amount, a period, a date that the sources do not know.
    pub(super) fn missing_number(&self, text: &str) -> Option<String> {
        let folded = fold(&maru_korean::normalise(text).text());
        numbers(&folded).find(|number| !self.numbers.contains(number))
    }
}

/// The terms of a text without what only asks.
pub(super) fn told(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for word in question_words(text) {
        each_term(&word.stem, |start, end| {
            terms.extend(word.stem.get(start..end).map(|term| index_form(term).to_owned()));
        });
    }
    terms
}

/// The numbers of a text, without the commas between thousands.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .map(|number| number.replace(',', ""))
        .filter(|number| !number.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_compared() {
        let ground =
            Ground::new(["대형폐기물은 신고하고 내놓습니다. 100만 원 이하의 과태료를 물 수 있습니다."].into_iter());
        assert!(ground.share("대형폐기물을 신고하고 내놓으면 됩니다.") > 0.7);
        assert!(ground.share("여권은 구청에서 발급합니다.") < 0.2);
        assert_eq!(ground.missing_number("과태료는 200만 원입니다."), Some("200".to_owned()));
        assert_eq!(ground.missing_number("과태료는 100만 원입니다."), None);
    }
}
