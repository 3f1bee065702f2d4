//! The n-grams of the documents that are remembered: which documents hold each, four bytes for each.

use crate::bytes::{Reader, Writer};
use crate::features::Sparse;

/// What a value is counted in: vectors are of length one, and no n-gram says less than nothing.
const UNIT: f32 = 1.0 / 65_535.0;

/// A document that holds a feature, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Posting {
    document: u16,
    units: u16,
}

/// Vectors of length one, found through the features that they hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Postings {
    document_count: usize,
    /// Where the documents of each feature begin, and where the last ones end.
    starts: Vec<usize>,
    all: Vec<Posting>,
}

impl Postings {
    /// Of documents that two bytes can count.
    pub(super) fn of(documents: &[Sparse], feature_count: usize) -> Self {
        let mut held_by = vec![0; feature_count];
        for (feature, _) in documents.iter().flatten() {
            held_by[*feature as usize] += 1;
        }
        let starts = starts(&held_by);
        let mut all = vec![Posting::default(); starts[feature_count]];
        let mut free = starts.clone();
        for (document, vector) in (0..=u16::MAX).zip(documents) {
            for (feature, value) in vector {
                let place = &mut free[*feature as usize];
                all[*place] = Posting { document, units: units(*value) };
                *place += 1;
            }
        }
        Self { document_count: documents.len(), starts, all }
    }

    /// The inner product of a vector with each of the documents.
    pub(super) fn products(&self, query: &Sparse) -> Vec<f32> {
        let mut products = vec![0.0_f32; self.document_count];
        for &(feature, value) in query {
            let held = self.starts[feature as usize]..self.starts[feature as usize + 1];
            for posting in &self.all[held] {
                products[usize::from(posting.document)] += value * f32::from(posting.units);
            }
        }
        for product in &mut products {
            *product *= UNIT;
        }
        products
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for bounds in self.starts.windows(2) {
            writer.half(u16::try_from(bounds[1] - bounds[0]).unwrap_or(u16::MAX));
        }
        for posting in &self.all {
            writer.half(posting.document);
            writer.half(posting.units);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, feature_count: usize, document_count: usize) -> Option<Self> {
        let held_by = (0..feature_count).map(|_| reader.half().map(usize::from)).collect::<Option<Vec<usize>>>()?;
        let starts = starts(&held_by);
        let mut posting = || {
            let document = reader.half().filter(|document| usize::from(*document) < document_count)?;
            Some(Posting { document, units: reader.half()? })
        };
        let all = (0..starts[feature_count]).map(|_| posting()).collect::<Option<Vec<Posting>>>()?;
        Some(Self { document_count, starts, all })
    }
}

/// Where each begins of as many as are counted, and where the last ends.
fn starts(counts: &[usize]) -> Vec<usize> {
    let ends = counts.iter().scan(0_usize, |end, count| {
        *end = end.saturating_add(*count);
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of floats saturates")]
fn units(value: f32) -> u16 {
    (value / UNIT).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Form;

    const FORM: Form = Form { name: *b"postings", version: 1 };

    #[test]
    fn products_are_those_of_the_vectors() {
        let documents = [vec![(0, 0.6), (2, 0.8)], vec![], vec![(2, 1.0)]];
        let postings = Postings::of(&documents, 3);
        let products = postings.products(&vec![(0, 0.5), (1, 1.0), (2, 0.25)]);
        for (product, expected) in products.iter().zip([0.5, 0.0, 0.25]) {
            assert!((product - expected).abs() < 1e-4, "{products:?}");
        }
    }

    #[test]
    fn what_is_read_is_what_was_written_and_documents_that_are_not_there_are_refused() {
        let postings = Postings::of(&[vec![(1, 1.0)], vec![(0, 0.6), (1, 0.8)]], 2);
        let mut writer = Writer::new(FORM);
        postings.write(&mut writer);
        let bytes = writer.finish();
        let read = |count| Postings::read(&mut Reader::open(&bytes, FORM).unwrap(), 2, count);
        assert_eq!(read(2), Some(postings));
        assert_eq!(read(1), None);
    }
}
