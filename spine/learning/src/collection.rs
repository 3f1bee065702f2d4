//! Vectors that are found through the features that they hold.

use crate::bytes::{Reader, Writer};
use crate::features::Sparse;

/// Vectors with the label of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collection {
    pub(crate) vectors: Vec<Sparse>,
    pub(crate) labels: Vec<u32>,
    /// For each feature the vectors that hold it.
    holders: Vec<Vec<(u32, f32)>>,
}

impl Collection {
    pub(crate) fn new(vectors: Vec<Sparse>, labels: Vec<u32>, feature_count: usize) -> Self {
        let mut holders = vec![Vec::new(); feature_count];
        for (vector, place) in vectors.iter().zip(0..) {
            for &(feature, value) in vector {
                holders[feature as usize].push((place, value));
            }
        }
        Self { vectors, labels, holders }
    }

    pub(crate) fn len(&self) -> usize {
        self.vectors.len()
    }

    /// The inner product of a vector with each of the collection.
    pub(crate) fn products(&self, query: &[(u32, f32)]) -> Vec<f32> {
        let mut products = vec![0.0_f32; self.vectors.len()];
        for &(feature, value) in query {
            for &(place, other) in self.holders(feature) {
                products[place as usize] += value * other;
            }
        }
        products
    }

    /// The vectors that hold a feature, with how much of it.
    pub(crate) fn holders(&self, feature: u32) -> &[(u32, f32)] {
        &self.holders[feature as usize]
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.length(self.vectors.len());
        for (vector, label) in self.vectors.iter().zip(&self.labels) {
            writer.place(*label);
            write_sparse(writer, vector);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>, feature_count: usize, label_count: usize) -> Option<Self> {
        let (mut vectors, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..reader.length(12)? {
            labels.push(reader.place().filter(|label| (*label as usize) < label_count)?);
            vectors.push(read_sparse(reader, feature_count)?);
        }
        Some(Self::new(vectors, labels, feature_count))
    }
}

pub(crate) fn write_sparse(writer: &mut Writer, vector: &Sparse) {
    writer.length(vector.len());
    for &(feature, value) in vector {
        writer.place(feature);
        writer.float(value);
    }
}

pub(crate) fn read_sparse(reader: &mut Reader<'_>, feature_count: usize) -> Option<Sparse> {
    let mut vector = Sparse::new();
    for _ in 0..reader.length(8)? {
        let feature = reader.place().filter(|feature| (*feature as usize) < feature_count)?;
        vector.push((feature, reader.float()?));
    }
    Some(vector)
}
