//! Labels in the words of the public matters that their names speak of.

use crate::Document;
use crate::bytes::{Reader, Writer};
use crate::collection::{read_sparse, write_sparse};
use crate::evidence::Words;
use crate::features::{Analysis, Sparse, Vocabulary, inner_product, unit, weightiest};
use crate::matters::matters;
use crate::random::in_parallel;

/// Matters that describe a label.
const NEAREST_MATTERS: usize = 20;
/// Features that describe a label.
const MOST_FEATURES: usize = 1_000;

/// What the lexicon of public matters tells about each label.
#[derive(Debug, Clone)]
pub(super) struct Trades {
    vocabulary: Vocabulary,
    labels: Vec<Sparse>,
    /// How near each label is to any question, so that a label that is near to all is not near to one.
    usual: Vec<f32>,
}

impl Trades {
    /// Describes labels, given by what their names are about.
    pub(super) fn describe(trades: &[String], threads: usize) -> Self {
        let labels = in_parallel(threads, trades.len(), |place| describe(&trades[place]));
        Self { vocabulary: matters().vocabulary().clone(), usual: vec![0.0; labels.len()], labels }
    }

    /// Takes the nearness to questions as usual.
    pub(super) fn learn_what_is_usual(&mut self, questions: &[Analysis], threads: usize) {
        let all = in_parallel(threads, questions.len(), |place| self.likeness(&questions[place]));
        for (label, usual) in self.usual.iter_mut().enumerate() {
            *usual = all.iter().map(|likeness| likeness[label]).sum::<f32>() / all.len().max(1) as f32;
        }
    }

    /// How much nearer than usual each label is, to a text of which so much is known: of which nothing is known, is near to none.
    pub(super) fn likeness(&self, analysis: &Analysis) -> Vec<f32> {
        let vector = self.vocabulary.vector(analysis);
        let near: Vec<f32> = self.labels.iter().map(|label| inner_product(&vector, label)).collect();
        let usual = self.usual.iter().sum::<f32>();
        let known = if usual > 0.0 { near.iter().sum::<f32>() / usual } else { 0.0 };
        near.iter().zip(&self.usual).map(|(near, usual)| near - usual * known).collect()
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

/// The matters nearest to a trade, added up by how near they are: the features that tell most.
fn describe(trade: &str) -> Sparse {
    let text = matters().vocabulary().vector(&Analysis::of(Document { title: "", text: trade }));
    let mut nearness = matters().nearness(&text);
    let mut sorted = nearness.clone();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let threshold = sorted.get(NEAREST_MATTERS).copied().unwrap_or(0.0);
    for near in &mut nearness {
        *near = (*near - threshold).max(0.0);
    }
    let sum = matters().sum(&nearness);
    let held = (0..).zip(sum).filter(|entry| entry.1 != 0.0).collect();
    weightiest(unit(held), MOST_FEATURES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_described_in_the_words_of_its_matters() {
        let trades = Trades::describe(&["도로".to_owned(), "동물".to_owned()], 1);
        let likeness = |text| trades.likeness(&Analysis::of(Document { title: "", text }));
        let road = likeness("보도블록이 깨졌어요");
        assert!(road[0] > road[1], "{road:?}");
        let animal = likeness("강아지 목줄을 안 하고 다녀요");
        assert!(animal[1] > animal[0], "{animal:?}");
        let nothing = likeness("");
        assert!(nothing.iter().all(|near| *near == 0.0), "{nothing:?}");
    }
}
