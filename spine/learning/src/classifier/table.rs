//! What every feature weighs for every label, packed: a sum of linear models is one linear model.

use crate::bytes::{Reader, Writer};
use crate::features::Sparse;
use crate::linear::narrow;

/// Weights in two bytes each, in units of the label.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    weights: Vec<i16>,
    units: Vec<f32>,
}

impl Table {
    /// Packs the weights of each label.
    pub(super) fn pack(of_labels: &[Vec<f32>], feature_count: usize) -> Self {
        let mut weights = vec![0_i16; feature_count * of_labels.len()];
        let mut units = Vec::new();
        for (label, of_features) in of_labels.iter().enumerate() {
            let largest = of_features.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
            let unit = largest / f32::from(i16::MAX);
            units.push(unit);
            for (feature, weight) in of_features.iter().enumerate() {
                weights[feature * of_labels.len() + label] = round(weight / unit);
            }
        }
        Self { weights, units }
    }

    /// Adds what a vector weighs for each label.
    pub(super) fn add(&self, vector: &Sparse, scores: &mut [f64]) {
        let mut sums = vec![0.0_f32; self.units.len()];
        for &(place, value) in vector {
            for (sum, weight) in sums.iter_mut().zip(self.row(place)) {
                *sum += value * f32::from(*weight);
            }
        }
        for ((score, sum), unit) in scores.iter_mut().zip(sums).zip(&self.units) {
            *score += f64::from(sum * unit);
        }
    }

    /// What a feature weighs for a label beyond what it weighs for all labels on average.
    pub(super) fn beyond_average(&self, feature: u32, label: usize) -> f32 {
        let row = self.row(feature);
        let weighed = |label: usize| f32::from(row[label]) * self.units[label];
        weighed(label) - (0..row.len()).map(weighed).sum::<f32>() / row.len() as f32
    }

    fn row(&self, feature: u32) -> &[i16] {
        let count = self.units.len();
        &self.weights[feature as usize * count..][..count]
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for unit in &self.units {
            writer.float(*unit);
        }
        for weight in &self.weights {
            writer.short(*weight);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, feature_count: usize, label_count: usize) -> Option<Self> {
        let units = (0..label_count).map(|_| reader.float()).collect::<Option<Vec<f32>>>()?;
        let count = feature_count.checked_mul(label_count)?;
        let mut weights = Vec::with_capacity(count.min(1 << 28));
        for _ in 0..count {
            weights.push(reader.short()?);
        }
        Some(Self { weights, units })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
fn round(value: f32) -> i16 {
    value.round() as i16
}

/// Adds weights, each as often as it counts.
pub(super) fn add_scaled(sums: &mut [f32], weights: &[f32], scale: f64) {
    let scale = narrow(scale);
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += scale * weight;
    }
}
