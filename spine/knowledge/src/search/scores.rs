//! Scoring every document of the index for a question (BM25), a stretch of neighbouring places after the other: what is counted up
//! stays in the processor's cache, however many documents there are.

use tantivy::{SegmentReader, fieldnorm::FieldNormReader, postings::BlockSegmentPostings, schema::IndexRecordOption};

use super::terms::Question;
use crate::library::{Library, SCORED};

/// How soon repetition stops counting, by field.
const REPETITION: [f32; SCORED] = [1.2, 1.2, 2.0, 1.2, 1.2];
/// How strongly length counts, by field.
const LENGTH: [f32; SCORED] = [0.75, 0.75, 0.9, 0.5, 0.75];
/// Which fields are short ones that say what a document is about: headings and titles.
const IS_TITLE: [bool; SCORED] = [false, true, false, true, false];
/// Fields of articles.
pub(crate) const OF_ARTICLES: &[usize] = &[0, 1];
/// Fields of answers and services.
pub(crate) const OF_NOTES: &[usize] = &[2, 3];
/// Fields of answers and services, and of places in answers that cite law.
pub(crate) const OF_NOTES_AND_BRIDGES: &[usize] = &[2, 3, 4];
/// Places of a stretch: their scores take 128 KiB.
const STRETCH: u32 = 8_192;

/// What the terms say of a place. A place is of one kind, so fields of different kinds never meet in it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
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
    /// What the text says.
    pub(crate) fn by_text(self) -> Self {
        Self { title: 0.0, title_terms: 0, ..self }
    }

    /// Whether some term stands there.
    pub(crate) fn is_something(self) -> bool {
        self.text_terms | self.title_terms != 0
    }
}

/// Scores the places by these fields and shows them stretch by stretch, in order: the first place, and the scores from there on.
/// Stretches in which no term stands are left out.
pub(crate) fn each_stretch(
    library: &Library,
    question: &Question,
    fields: &[usize],
    mut visit: impl FnMut(u32, &[Score]),
) -> tantivy::Result<()> {
    let mut scores = vec![Score::default(); STRETCH as usize];
    for (segment, base) in library.searcher.segment_readers().iter().zip(&library.bases) {
        let mut lists = Vec::new();
        for field in fields {
            open_lists(library, question, segment, *field, &mut lists)?;
        }
        for start in (0..segment.max_doc()).step_by(STRETCH as usize) {
            let end = segment.max_doc().min(start + STRETCH);
            let mut touched = false;
            for list in &mut lists {
                touched |= list.score(start, end, &mut scores);
            }
            if touched {
                visit(base + start, &scores[..(end - start) as usize]);
                scores.fill(Score::default());
            }
        }
    }
    Ok(())
}

/// Where a term stands in a field, read from front to back.
struct List {
    postings: BlockSegmentPostings,
    /// How many of the open block's documents were read.
    read: usize,
    lengths: FieldNormReader,
    norms: [f32; 256],
    mass: f32,
    bit: u32,
    is_title: bool,
}

fn open_lists(
    library: &Library,
    question: &Question,
    segment: &SegmentReader,
    field: usize,
    lists: &mut Vec<List>,
) -> tantivy::Result<()> {
    let handle = library.scored_fields()[field];
    let norms = length_norms(field, library.statistics[field].average_length);
    let inverted = segment.inverted_index(handle)?;
    for (bit, term) in question.terms.iter().enumerate().filter(|(_, term)| term.spread[field] > 0) {
        let key = tantivy::Term::from_field_text(handle, &term.text);
        let Some(postings) = inverted.read_block_postings(&key, IndexRecordOption::WithFreqs)? else { continue };
        lists.push(List {
            postings,
            read: 0,
            lengths: segment.get_fieldnorms_reader(handle)?,
            norms,
            mass: term.mass(field) * (REPETITION[field] + 1.0),
            bit: 1 << bit,
            is_title: IS_TITLE[field],
        });
    }
    Ok(())
}

impl List {
    /// Counts up what the term says of the places from `start` to before `end`. Says whether it stands in any of them.
    fn score(&mut self, start: u32, end: u32, scores: &mut [Score]) -> bool {
        let mut touched = false;
        loop {
            let documents = &self.postings.docs()[self.read..];
            let times = &self.postings.freqs()[self.read..];
            let here = documents.partition_point(|document| *document < end);
            for (document, times) in documents[..here].iter().zip(times) {
                let norm = self.norms[usize::from(self.lengths.fieldnorm_id(*document))];
                let times = *times as f32;
                let said = self.mass * times / (times + norm);
                let score = &mut scores[(document - start) as usize];
                if self.is_title {
                    score.title += said;
                    score.title_terms |= self.bit;
                } else {
                    score.text += said;
                    score.text_terms |= self.bit;
                }
            }
            touched |= here > 0;
            if here < documents.len() || documents.is_empty() {
                self.read += here;
                return touched;
            }
            self.postings.advance();
            self.read = 0;
        }
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
