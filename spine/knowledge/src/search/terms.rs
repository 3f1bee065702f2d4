//! The terms of a question: which of them count, and how much.

use super::titles::rarity;
use crate::{
    library::{Library, SCORED, Spread},
    words::{Word, question_terms, question_words},
};

/// As many terms as a mask has bits.
const MOST_TERMS: usize = 32;
/// A long letter is searched by its rarest terms: those whose lists together are no longer than this. It keeps the slowest questions fast.
const LONGEST_LISTS: u32 = 200_000;
/// So many terms are searched, however common they are.
const FEWEST_TERMS: usize = 6;

/// A term of a question.
#[derive(Debug, Clone)]
pub(crate) struct QueryTerm {
    pub(crate) text: String,
    /// How much it counts beside its rarity.
    pub(crate) weight: f32,
    pub(crate) spread: Spread,
    /// Rarity in each scored field.
    pub(crate) rarity: [f32; SCORED],
}

impl QueryTerm {
    /// How much finding it says: weight and rarity in the field.
    pub(crate) fn mass(&self, field: usize) -> f32 {
        self.weight * self.rarity[field]
    }
}

/// A question as the search sees it.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) words: Vec<Word>,
    pub(crate) terms: Vec<QueryTerm>,
}

impl Question {
    pub(crate) fn new(text: &str, library: &Library) -> Self {
        let words = question_words(text);
        let all = question_terms(&words);
        let terms = all.iter().filter_map(|(term, weight)| query_term(term, *weight, library)).collect();
        Self { words, terms: choose(terms) }
    }
}

/// Nothing for a term that stands nowhere.
fn query_term(term: &str, weight: f32, library: &Library) -> Option<QueryTerm> {
    let spread = *library.vocabulary.get(term)?;
    let mut rarities = [0.0; SCORED];
    for (field, rarity_here) in rarities.iter_mut().enumerate() {
        *rarity_here = rarity(library.statistics[field].documents, spread[field] as f32);
    }
    Some(QueryTerm { text: term.to_owned(), weight, spread, rarity: rarities })
}

fn choose(mut terms: Vec<QueryTerm>) -> Vec<QueryTerm> {
    let worth = |term: &QueryTerm| term.weight * term.rarity[0].min(term.rarity[2]).max(0.1);
    terms.sort_by(|one, other| worth(other).total_cmp(&worth(one)).then_with(|| one.text.cmp(&other.text)));
    let mut length = 0_u32;
    let mut kept = 0;
    for term in terms.iter().take(MOST_TERMS) {
        length = length.saturating_add(term.spread.iter().sum());
        if kept >= FEWEST_TERMS && length > LONGEST_LISTS {
            break;
        }
        kept += 1;
    }
    terms.truncate(kept);
    terms
}
