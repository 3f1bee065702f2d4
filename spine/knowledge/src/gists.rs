//! What every answer and service says, in the terms that say most: by them answers are held beside each other in memory.
//!
//! Who asks uses other words than who answers. Titles are like questions: the answers whose titles are most like a question show what words an
//! answer to it has, also where the answer that is looked for shares no telling word with the question.

use std::collections::HashMap;

use tantivy::{SegmentReader, postings::BlockSegmentPostings, schema::IndexRecordOption};

use crate::{
    index::{KIND_ANSWER, KIND_SERVICE},
    library::Library,
    search::titles::rarity,
};

/// Terms kept of each answer.
const TERMS: usize = 64;
/// Terms gathered of an answer before those that say least are dropped.
const GATHERED: usize = 2 * TERMS;
/// Texts in which a term must stand: what stands in one alone likens nothing to it.
const FEWEST_TEXTS: u32 = 2;
/// Place of the answers' texts among the scored fields.
const NOTE_TEXT: usize = 2;
/// Stands for «no answer».
const NONE: u32 = u32::MAX;

/// A term by number, and how much it says.
type Weighed = (u32, f32);

/// The gists of a library's answers and services, by place.
#[derive(Default)]
pub(crate) struct Gists {
    /// As vectors of length one.
    of: HashMap<u32, Box<[Weighed]>>,
}

impl Gists {
    /// Gathers the gists of a library whose columns and vocabulary are loaded, from the index alone.
    pub(crate) fn of(library: &Library) -> tantivy::Result<Self> {
        let mut numbers = Numbers::default();
        let mut of = HashMap::new();
        for (segment, base) in library.searcher.segment_readers().iter().zip(&library.bases) {
            let mut gathering = Gathering::new(library, *base, segment.max_doc());
            gathering.read(library, segment, &mut numbers)?;
            of.extend(gathering.finish());
        }
        Ok(Self { of })
    }

    fn at(&self, place: u32) -> &[Weighed] {
        self.of.get(&place).map_or(&[], |gist| gist)
    }
}

/// Numbers of terms, the same in all segments.
#[derive(Default)]
struct Numbers {
    of: HashMap<Box<str>, u32>,
}

impl Numbers {
    fn number(&mut self, term: &str) -> u32 {
        let next = u32::try_from(self.of.len()).unwrap_or(NONE);
        match self.of.get(term) {
            Some(number) => *number,
            None => *self.of.entry(term.into()).or_insert(next),
        }
    }
}

/// The answers of one segment, and what was read of them so far.
struct Gathering {
    places: Vec<u32>,
    /// Which of the answers each document is, or [`NONE`].
    answers: Vec<u32>,
    terms: Vec<Vec<Weighed>>,
}

impl Gathering {
    fn new(library: &Library, base: u32, documents: u32) -> Self {
        let mut places = Vec::new();
        let number = |place: u32| {
            let kind = library.places.get(place as usize).map(|place| place.kind());
            if !matches!(kind, Some(KIND_ANSWER | KIND_SERVICE)) {
                return NONE;
            }
            places.push(place);
            u32::try_from(places.len() - 1).unwrap_or(NONE)
        };
        let answers = (base..base + documents).map(number).collect();
        let terms = vec![Vec::new(); places.len()];
        Self { places, answers, terms }
    }

    fn read(&mut self, library: &Library, segment: &SegmentReader, numbers: &mut Numbers) -> tantivy::Result<()> {
        let inverted = segment.inverted_index(library.fields.note_text)?;
        let mut terms = inverted.terms().stream()?;
        while let Some((term, info)) = terms.next() {
            let Ok(term) = std::str::from_utf8(term) else { continue };
            let spread = library.vocabulary.get(term).map_or(0, |spread| spread[NOTE_TEXT]);
            if spread < FEWEST_TEXTS {
                continue;
            }
            let rarity = rarity(library.statistics[NOTE_TEXT].documents, spread as f32);
            let postings = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            self.gather(numbers.number(term), rarity, postings);
        }
        Ok(())
    }

    fn gather(&mut self, term: u32, rarity: f32, mut postings: BlockSegmentPostings) {
        while !postings.docs().is_empty() {
            for (document, times) in postings.docs().iter().zip(postings.freqs()) {
                let answer = self.answers.get(*document as usize).copied().unwrap_or(NONE);
                let Some(terms) = self.terms.get_mut(answer as usize) else { continue };
                terms.push((term, (1.0 + (*times as f32).ln()) * rarity));
                if terms.len() >= GATHERED {
                    keep_most_telling(terms);
                }
            }
            postings.advance();
        }
    }

    fn finish(self) -> impl Iterator<Item = (u32, Box<[Weighed]>)> {
        self.places.into_iter().zip(self.terms).map(|(place, mut terms)| {
            keep_most_telling(&mut terms);
            let length = terms.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            (place, terms.into_iter().map(|(term, weight)| (term, weight / length)).collect())
        })
    }
}

fn keep_most_telling(terms: &mut Vec<Weighed>) {
    if terms.len() > TERMS {
        terms.select_nth_unstable_by(TERMS, |one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        terms.truncate(TERMS);
    }
}

/// What an answer is expected to say.
#[derive(Default)]
pub(crate) struct Expected {
    terms: HashMap<u32, f32>,
    /// The answers that it was put together from, with their share.
    from: HashMap<u32, f32>,
}

impl Expected {
    /// Expects what the answer at a place says, too.
    pub(crate) fn add(&mut self, gists: &Gists, place: u32, share: f32) {
        for (term, weight) in gists.at(place) {
            *self.terms.entry(*term).or_default() += share * weight;
        }
        self.from.insert(place, share);
    }

    /// How like to what is expected the answer at a place is. What it brought in itself counts where its own title may speak for it.
    pub(crate) fn likeness(&self, gists: &Gists, place: u32, by_own_title: bool) -> f32 {
        let gist = gists.at(place);
        let all: f32 = gist.iter().map(|(term, weight)| weight * self.terms.get(term).copied().unwrap_or(0.0)).sum();
        if by_own_title || gist.is_empty() {
            return all;
        }
        (all - self.from.get(&place).copied().unwrap_or(0.0)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gists() -> Gists {
        let gist = |terms: &[Weighed]| -> Box<[Weighed]> { terms.into() };
        let of = [(1, gist(&[(0, 0.6), (1, 0.8)])), (2, gist(&[(1, 1.0)])), (3, gist(&[(2, 1.0)])), (4, gist(&[]))];
        Gists { of: of.into_iter().collect() }
    }

    #[test]
    fn what_is_like_what_is_expected_is_found_and_nothing_helps_itself_unasked() {
        let gists = gists();
        let mut expected = Expected::default();
        assert!(expected.likeness(&gists, 1, true).abs() < 1e-6, "nothing is expected");
        expected.add(&gists, 1, 0.5);
        expected.add(&gists, 4, 1.0);
        let like = |place, by_own_title| expected.likeness(&gists, place, by_own_title);
        assert!((like(1, true) - 0.5).abs() < 1e-6 && like(1, false).abs() < 1e-6);
        assert!((like(2, true) - 0.4).abs() < 1e-6 && (like(2, false) - 0.4).abs() < 1e-6);
        for place in [3, 4, 5] {
            assert!(like(place, true).abs() < 1e-6 && like(place, false).abs() < 1e-6);
        }
    }

    #[test]
    fn the_most_telling_terms_are_kept_whatever_their_order() {
        let mut terms: Vec<Weighed> = (0..100).map(|term| (term, (term % 50) as f32)).collect();
        let mut turned: Vec<Weighed> = terms.iter().rev().copied().collect();
        keep_most_telling(&mut terms);
        keep_most_telling(&mut turned);
        terms.sort_unstable_by_key(|(term, _)| *term);
        turned.sort_unstable_by_key(|(term, _)| *term);
        assert!(terms == turned && terms.len() == TERMS);
        assert!(terms.iter().all(|(_, weight)| *weight >= 18.0));
    }
}
