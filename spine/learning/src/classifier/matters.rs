//! What the lexicon of public matters says for each label.

use super::seen::{BLOCKS, Known, Parts, Seen};
use crate::bytes::{Reader, Writer};
use crate::evidence::Words;
use crate::linear::{Dense, Row};
use crate::matters::{Outlook, matters, read_dense, write_dense};

/// A weight for each matter and label, in each block.
#[derive(Debug, Clone)]
pub(super) struct ByMatters {
    outlooks: [Outlook; 2],
    /// For each block, for each label.
    weights: [Vec<Dense>; 2],
    /// What the labels weigh on average.
    average: [Dense; 2],
}

impl ByMatters {
    pub(super) fn new(outlooks: [Outlook; 2], weights: [Vec<Dense>; 2]) -> Self {
        let average = |weights: &Vec<Dense>| {
            let mut average = vec![0.0; matters().len()];
            for of_label in weights {
                of_label.add_to(&mut average, 1.0 / weights.len() as f32);
            }
            average
        };
        let average = [average(&weights[0]), average(&weights[1])];
        Self { outlooks, weights, average }
    }

    pub(super) fn outlooks(&self) -> &[Outlook; 2] {
        &self.outlooks
    }

    /// Adds what a document weighs for each label.
    pub(super) fn add(&self, seen: &Seen, scores: &mut [f64]) {
        for (weights, row) in self.weights.iter().zip(&seen.matters) {
            for (score, of_label) in scores.iter_mut().zip(weights) {
                *score += f64::from(row.inner(of_label));
            }
        }
    }

    /// Tells what each word of a document added to a label beyond what it added to all labels on average.
    pub(super) fn testify(
        &self,
        words: &mut Words<'_>,
        (parts, known): (&Parts, &Known),
        scales: [f32; 2],
        label: usize,
    ) {
        for block in BLOCKS {
            let (own, average) = (&self.weights[block as usize][label], &self.average[block as usize]);
            let (part, vector) = (parts.of_block(block), &known.of_matters[block as usize]);
            words.hear_part(part, matters().vocabulary(), vector, |feature| {
                let beyond = |matter: u32| own[matter as usize] - average[matter as usize];
                let weighed = matters().holders(feature).iter().map(|(matter, value)| beyond(*matter) * value);
                weighed.sum::<f32>() * scales[block as usize]
            });
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for (outlook, weights) in self.outlooks.iter().zip(&self.weights) {
            outlook.write(writer);
            for of_label in weights {
                write_dense(writer, of_label);
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, label_count: usize) -> Option<Self> {
        let mut of_block = || {
            let outlook = Outlook::read(reader)?;
            let weights = (0..label_count).map(|_| read_dense(reader)).collect::<Option<Vec<Dense>>>()?;
            Some((outlook, weights))
        };
        let ((everything, of_everything), (title, of_title)) = (of_block()?, of_block()?);
        Some(Self::new([everything, title], [of_everything, of_title]))
    }
}
