//! The terms of [`crate::words`] as the index wants them.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::words::{each_term, fold, index_form};

/// The tokenizer's name in the schema.
pub(super) const NAME: &str = "maru";

/// Pairs of syllables, and whole words of other scripts.
#[derive(Clone, Default)]
pub(super) struct TermTokenizer {
    token: Token,
    folded: String,
    places: Vec<(usize, usize)>,
}

/// The terms of one text.
pub(super) struct TermStream<'a> {
    of: &'a mut TermTokenizer,
    next: usize,
}

impl Tokenizer for TermTokenizer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.folded = fold(text);
        self.places.clear();
        let places = &mut self.places;
        each_term(&self.folded, |start, end| places.push((start, end)));
        self.token.reset();
        TermStream { of: self, next: 0 }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(&(start, end)) = self.of.places.get(self.next) else { return false };
        let token = &mut self.of.token;
        token.text.clear();
        token.text.push_str(index_form(self.of.folded.get(start..end).unwrap_or_default()));
        (token.offset_from, token.offset_to, token.position) = (start, end, self.next);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.of.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.of.token
    }
}
