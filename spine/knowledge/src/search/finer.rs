//! Scores of a few answers by what is too fine or too coarse to look for among all: single syllables («신분증» beside «신분 증명»), whole words, and
//! what stands at the beginning (BM25 each).

use tantivy::{DocId, TERMINATED, postings::Postings, schema::IndexRecordOption};

use super::{terms::Question, titles::rarity};
use crate::{
    library::{FINER, Library},
    words::syllables_apart,
};

/// How soon repetition stops counting, by field: syllables, words, beginning.
const REPETITION: [f32; FINER] = [2.0, 2.0, 2.0];
/// How strongly length counts, by field.
const LENGTH: [f32; FINER] = [0.9, 0.9, 0.5];
/// Terms of a question that are looked for in each field.
const MOST_TERMS: usize = 32;

/// The scores of each of these places by each finer field.
pub(crate) fn scores(library: &Library, question: &Question, places: &[u32]) -> tantivy::Result<[Vec<f32>; FINER]> {
    let words = || question.words.iter().map(|word| word.stem.clone());
    let mut syllables: Vec<String> = words()
        .flat_map(|word| syllables_apart(&word).split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    syllables.sort_unstable();
    syllables.dedup();
    let terms = [syllables, words().collect(), question.terms.iter().map(|term| term.text.clone()).collect()];
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_unstable_by_key(|number| places[*number]);
    let candidates = Candidates { library, places, order };
    let mut scores = [const { Vec::new() }; FINER];
    for (field, terms) in terms.iter().enumerate() {
        scores[field] = candidates.scores(field, &terms[..terms.len().min(MOST_TERMS)])?;
    }
    Ok(scores)
}

/// The answers that are scored.
struct Candidates<'a> {
    library: &'a Library,
    places: &'a [u32],
    /// Their numbers in the order of their places.
    order: Vec<usize>,
}

impl Candidates<'_> {
    fn scores(&self, field: usize, terms: &[String]) -> tantivy::Result<Vec<f32>> {
        let library = self.library;
        let handle = library.finer_fields()[field];
        let statistics = library.finer[field];
        if terms.is_empty() {
            // Where nothing is asked for nothing is missing: questions in English have no syllables.
            return Ok(vec![1.0; self.places.len()]);
        }
        let mut scores = vec![0.0; self.places.len()];
        let terms: Vec<tantivy::Term> = terms.iter().map(|term| tantivy::Term::from_field_text(handle, term)).collect();
        let rarities = self.rarities(&terms, statistics.documents)?;
        for (segment, base) in library.searcher.segment_readers().iter().zip(&library.bases) {
            let inside = *base..base + segment.max_doc();
            let here: Vec<usize> =
                self.order.iter().copied().filter(|number| inside.contains(&self.places[*number])).collect();
            if here.is_empty() {
                continue;
            }
            let documents: Vec<DocId> = here.iter().map(|number| self.places[*number] - base).collect();
            let lengths = segment.get_fieldnorms_reader(handle)?;
            let norm = |document: DocId| {
                let length = lengths.fieldnorm(document) as f32 / statistics.average_length;
                REPETITION[field] * (1.0 - LENGTH[field] + LENGTH[field] * length)
            };
            let norms: Vec<f32> = documents.iter().map(|document| norm(*document)).collect();
            let inverted = segment.inverted_index(handle)?;
            for (term, rarity) in terms.iter().zip(&rarities) {
                let Some(mut list) = inverted.read_postings(term, IndexRecordOption::WithFreqs)? else { continue };
                each_among(&mut list, &documents, |number, times| {
                    scores[here[number]] += rarity * times * (REPETITION[field] + 1.0) / (times + norms[number]);
                });
            }
        }
        Ok(scores)
    }

    fn rarities(&self, terms: &[tantivy::Term], documents: f32) -> tantivy::Result<Vec<f32>> {
        let mut spread = vec![0; terms.len()];
        for segment in self.library.searcher.segment_readers() {
            for (term, spread) in terms.iter().zip(&mut spread) {
                *spread += segment.inverted_index(term.field())?.doc_freq(term)?;
            }
        }
        Ok(spread.into_iter().map(|spread| rarity(documents, spread as f32)).collect())
    }
}

/// Calls `found` for those of the documents, in order, that a list names: which of them it is, and how often the term stands there.
fn each_among(list: &mut impl Postings, documents: &[DocId], mut found: impl FnMut(usize, f32)) {
    for (number, document) in documents.iter().enumerate() {
        if list.doc() < *document {
            list.seek(*document);
        }
        if list.doc() == *document {
            found(number, list.term_freq() as f32);
        } else if list.doc() == TERMINATED {
            return;
        }
    }
}
