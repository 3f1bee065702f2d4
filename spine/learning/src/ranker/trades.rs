//! Labels in the words in which the law describes offices that deal with what a label's name says.

use crate::Document;
use crate::bytes::{Reader, Writer};
use crate::collection::{read_sparse, write_sparse};
use crate::evidence::Words;
use crate::features::{Analysis, Sparse, Vocabulary, inner_product, unit};
use crate::offices::{KnownOffices, sparse};
use crate::random::in_parallel;

/// Offices that describe a label.
const NEAREST_OFFICES: usize = 100;
/// Features that describe a label.
const MOST_FEATURES: usize = 1_000;

/// What known offices tell about each label.
#[derive(Debug, Clone)]
pub(super) struct Trades {
    vocabulary: Vocabulary,
    labels: Vec<Sparse>,
    /// How near each label is to any question, so that a label that is near to all is not near to one.
    usual: Vec<f32>,
}

impl Trades {
    /// Describes labels, given by what their names are about.
    pub(super) fn describe(known: &KnownOffices, trades: &[String], threads: usize) -> Self {
        let labels = in_parallel(threads, trades.len(), |place| describe(known, &trades[place]));
        Self { vocabulary: known.vocabulary().clone(), usual: vec![0.0; labels.len()], labels }
    }

    /// Takes the nearness to questions as usual.
    pub(super) fn learn_what_is_usual(&mut self, questions: &[Analysis], threads: usize) {
        let all = in_parallel(threads, questions.len(), |place| self.likeness(&questions[place]));
        for (label, usual) in self.usual.iter_mut().enumerate() {
            *usual = all.iter().map(|likeness| likeness[label]).sum::<f32>() / all.len().max(1) as f32;
        }
    }

    /// How much nearer than usual each label is.
    pub(super) fn likeness(&self, analysis: &Analysis) -> Vec<f32> {
        let vector = self.vocabulary.vector(analysis);
        let of_label = |(label, usual): (&Sparse, &f32)| inner_product(&vector, label) - usual;
        self.labels.iter().zip(&self.usual).map(of_label).collect()
    }

    /// Tells what words a label's description has in common with a document, so many times.
    pub(super) fn testify(&self, words: &mut Words<'_>, analysis: &Analysis, label: usize, times: f32) {
        let described = &self.labels[label];
        words.hear(&self.vocabulary, &self.vocabulary.vector(analysis), |feature| {
            let place = described.binary_search_by_key(&feature, |entry| entry.0);
            place.map_or(0.0, |place| described[place].1 * times)
        });
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.vocabulary.write(writer);
        for (label, usual) in self.labels.iter().zip(&self.usual) {
            write_sparse(writer, label);
            writer.float(*usual);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, label_count: usize) -> Option<Self> {
        let vocabulary = Vocabulary::read(reader)?;
        let (mut labels, mut usual) = (Vec::new(), Vec::new());
        for _ in 0..label_count {
            labels.push(read_sparse(reader, vocabulary.len())?);
            usual.push(reader.float()?);
        }
        Some(Self { vocabulary, labels, usual })
    }
}

/// The offices nearest to a trade, added up by how near they are: the features that tell most.
fn describe(known: &KnownOffices, trade: &str) -> Sparse {
    let mut nearness = known.nearness(&Analysis::of(Document { title: "", text: trade }));
    let mut sorted = nearness.clone();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let threshold = sorted.get(NEAREST_OFFICES).copied().unwrap_or(0.0);
    for near in &mut nearness {
        *near = (*near - threshold).max(0.0);
    }
    let mut described = unit(sparse(&known.sum(&nearness)));
    described.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    described.truncate(MOST_FEATURES);
    described.sort_unstable_by_key(|entry| entry.0);
    described
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KnownOffice;

    #[test]
    fn a_name_is_described_in_the_words_of_the_law() {
        let known = [
            KnownOffice {
                name: "도로계획과장", duties: "도로의 노선 지정 및 포장 도로의 건설 계획", body: "시"
            },
            KnownOffice {
                name: "수의과장", duties: "동물의 질병과 예방접종 및 반려동물 등록", body: "시"
            },
            KnownOffice {
                name: "동물보호과장", duties: "동물의 보호 및 유기된 반려동물 구조", body: "시"
            },
            KnownOffice { name: "도로보수과장", duties: "도로의 보수 및 포장 관리", body: "시" },
        ];
        let labels = ["도로".to_owned(), "동물".to_owned()];
        let trades = Trades::describe(&KnownOffices::new(&known, 1).unwrap(), &labels, 1);
        let likeness = |text| trades.likeness(&Analysis::of(Document { title: "", text }));
        let road = likeness("포장이 깨졌어요");
        assert!(road[0] > road[1], "{road:?}");
        let animal = likeness("반려동물을 등록하려면");
        assert!(animal[1] > animal[0], "{animal:?}");
        assert!(KnownOffices::new(&[], 1).is_none());
    }
}
