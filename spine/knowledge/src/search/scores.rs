//! Scoring every document of the index for a question, term by term (BM25).

use tantivy::{fieldnorm::FieldNormReader, schema::IndexRecordOption};

use super::terms::Question;
use crate::library::{Library, SCORED};

/// How soon repetition stops counting, by field.
const REPETITION: [f32; SCORED] = [1.2, 1.2, 2.0, 1.2, 1.2];
/// How strongly length counts, by field.
const LENGTH: [f32; SCORED] = [0.75, 0.75, 0.9, 0.5, 0.75];
/// Which fields are short ones that say what a document is about: headings and titles.
const IS_TITLE: [bool; SCORED] = [false, true, false, true, false];

/// What the terms say of a place. A place is of one kind, so fields of different kinds share it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    /// Score by text.
    pub(crate) text: f32,
    /// Score by heading or title.
    pub(crate) title: f32,
    /// Which terms stand in the text: a bit each.
    pub(crate) text_terms: u32,
    /// Which terms stand in the heading or title.
    pub(crate) title_terms: u32,
}

impl Score {
    fn is_untouched(self) -> bool {
        self.text_terms | self.title_terms == 0
    }
}

/// Scores of all places. A question touches few of hundreds of thousands: only those are looked at, and made zero again.
#[derive(Default)]
pub(crate) struct Scores {
    by_place: Vec<Score>,
    touched: Vec<u32>,
}

impl Scores {
    /// The score of a place.
    pub(crate) fn of(&self, place: u32) -> Score {
        self.by_place[place as usize]
    }

    /// Every place at which some term stands.
    pub(crate) fn touched(&self) -> &[u32] {
        &self.touched
    }

    fn clear(&mut self, places: usize) {
        for place in self.touched.drain(..) {
            self.by_place[place as usize] = Score::default();
        }
        self.by_place.resize(places, Score::default());
    }

    /// Scores all places by the fields that are wanted.
    pub(crate) fn fill(
        &mut self,
        library: &Library,
        question: &Question,
        wanted: [bool; SCORED],
    ) -> tantivy::Result<()> {
        self.clear(library.places.len());
        for (field, handle) in library.scored_fields().into_iter().enumerate() {
            if !wanted[field] {
                continue;
            }
            let norms = length_norms(field, library.statistics[field].average_length);
            for (segment, base) in library.searcher.segment_readers().iter().zip(&library.bases) {
                let inverted = segment.inverted_index(handle)?;
                let lengths = segment.get_fieldnorms_reader(handle)?;
                for (bit, term) in question.terms.iter().enumerate() {
                    if term.spread[field] == 0 {
                        continue;
                    }
                    let key = tantivy::Term::from_field_text(handle, &term.text);
                    let Some(mut postings) = inverted.read_block_postings(&key, IndexRecordOption::WithFreqs)? else {
                        continue;
                    };
                    let mass = term.mass(field) * (REPETITION[field] + 1.0);
                    loop {
                        let documents = postings.docs();
                        if documents.is_empty() {
                            break;
                        }
                        for (document, times) in documents.iter().zip(postings.freqs()) {
                            let norm = norms[usize::from(lengths.fieldnorm_id(*document))];
                            let times = *times as f32;
                            let place = base + document;
                            let score = &mut self.by_place[place as usize];
                            if score.is_untouched() {
                                self.touched.push(place);
                            }
                            let said = mass * times / (times + norm);
                            if IS_TITLE[field] {
                                score.title += said;
                                score.title_terms |= 1 << bit;
                            } else {
                                score.text += said;
                                score.text_terms |= 1 << bit;
                            }
                        }
                        postings.advance();
                    }
                }
            }
        }
        Ok(())
    }
}

/// The part of BM25 that depends on a document's length, for each of the lengths that the index tells apart.
fn length_norms(field: usize, average: f32) -> [f32; 256] {
    let mut norms = [0.0; 256];
    for (id, norm) in (0..=u8::MAX).zip(norms.iter_mut()) {
        let length = FieldNormReader::id_to_fieldnorm(id) as f32;
        *norm = REPETITION[field] * (1.0 - LENGTH[field] + LENGTH[field] * length / average);
    }
    norms
}
