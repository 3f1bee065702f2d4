//! Rows of weights, and the space of few dimensions that keeps most of them.

use std::thread;

use crate::chance::Chance;

/// Rows of which most weights are zero, each of length one (or empty).
#[derive(Debug, Clone)]
pub(super) struct Sparse {
    ends: Vec<usize>,
    columns: Vec<u32>,
    weights: Vec<f32>,
    width: usize,
}

impl Sparse {
    pub(super) fn new(width: usize) -> Self {
        Self { ends: Vec::new(), columns: Vec::new(), weights: Vec::new(), width }
    }

    /// Adds a row, made as long as one.
    pub(super) fn push(&mut self, row: &[(u32, f32)]) {
        let length = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        for (column, weight) in row {
            self.columns.push(*column);
            self.weights.push(weight / length);
        }
        self.ends.push(self.columns.len());
    }

    pub(super) fn rows(&self) -> usize {
        self.ends.len()
    }

    fn row(&self, row: usize) -> impl Iterator<Item = (usize, f32)> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let range = start..self.ends[row];
        let columns = self.columns[range.clone()].iter().map(|column| *column as usize);
        columns.zip(self.weights[range].iter().copied())
    }

    /// The mean of some rows.
    pub(super) fn mean(&self, rows: impl IntoIterator<Item = usize>) -> Vec<f32> {
        let mut sum = vec![0.0; self.width];
        let mut count = 0.0_f32;
        for row in rows {
            self.row(row).for_each(|(column, weight)| sum[column] += weight);
            count += 1.0;
        }
        for value in &mut sum {
            *value /= count.max(1.0);
        }
        sum
    }
}

/// Rows of a few numbers, one behind the other.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    pub(super) numbers: Vec<f32>,
    pub(super) width: usize,
}

impl Dense {
    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.numbers[row * self.width..(row + 1) * self.width]
    }

    pub(super) fn rows(&self) -> usize {
        self.numbers.len().checked_div(self.width).unwrap_or(0)
    }
}

/// How often the space is made sharper.
const ROUNDS: usize = 6;

/// The rows in the space of `dimensions` dimensions that keeps most of them, each as long as one. It is the space of latent
/// semantic analysis, found by subspace iteration; its axes are turned otherwise, which distances do not see.
pub(super) fn space(matrix: &Sparse, dimensions: usize) -> Dense {
    let width = dimensions.min(matrix.width).min(matrix.rows()).max(1);
    let mut chance = Chance(20_260_225);
    let mut basis: Vec<Vec<f32>> =
        (0..width).map(|_| (0..matrix.width).map(|_| half(chance.share())).collect()).collect();
    orthogonal(&mut basis);
    for _ in 0..ROUNDS {
        let laid = lay(matrix, &rows_of(&basis, matrix.width), width);
        basis = back(matrix, &laid);
        orthogonal(&mut basis);
    }
    let mut laid = lay(matrix, &rows_of(&basis, matrix.width), width);
    for row in laid.numbers.chunks_mut(width) {
        let length = row.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            for number in row.iter_mut() {
                *number /= length;
            }
        }
    }
    laid
}

#[expect(clippy::cast_possible_truncation, reason = "chance need not be exact")]
fn half(share: f64) -> f32 {
    share as f32 - 0.5
}

/// The axes as rows of words, so that a word's place in all of them lies together.
fn rows_of(basis: &[Vec<f32>], words: usize) -> Dense {
    let width = basis.len();
    let mut numbers = vec![0.0; words * width];
    for (axis, column) in basis.iter().enumerate() {
        for (word, number) in column.iter().enumerate() {
            numbers[word * width + axis] = *number;
        }
    }
    Dense { numbers, width }
}

/// Two threads: what a small server has.
const THREADS: usize = 2;

/// Every row of the matrix in the space.
fn lay(matrix: &Sparse, basis: &Dense, width: usize) -> Dense {
    let rows = matrix.rows();
    let mut numbers = vec![0.0_f32; rows * width];
    let share = rows.div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        for (part, chunk) in numbers.chunks_mut(share * width).enumerate() {
            scope.spawn(move || {
                for (at, target) in chunk.chunks_mut(width).enumerate() {
                    for (word, weight) in matrix.row(part * share + at) {
                        target.iter_mut().zip(basis.row(word)).for_each(|(sum, number)| *sum += weight * number);
                    }
                }
            });
        }
    });
    Dense { numbers, width }
}

/// The words as the rows that hold them lie in the space: one list of words for each axis.
fn back(matrix: &Sparse, laid: &Dense) -> Vec<Vec<f32>> {
    let width = laid.width;
    let mut numbers = vec![0.0_f32; matrix.width * width];
    for row in 0..matrix.rows() {
        let place = laid.row(row);
        for (word, weight) in matrix.row(row) {
            let target = &mut numbers[word * width..(word + 1) * width];
            target.iter_mut().zip(place).for_each(|(sum, number)| *sum += weight * number);
        }
    }
    (0..width).map(|axis| (0..matrix.width).map(|word| numbers[word * width + axis]).collect()).collect()
}

/// Makes the axes as long as one and at right angles (Gram–Schmidt, one axis after the other).
fn orthogonal(basis: &mut [Vec<f32>]) {
    for axis in 0..basis.len() {
        let (before, rest) = basis.split_at_mut(axis);
        let Some(current) = rest.first_mut() else { continue };
        for other in before {
            let share = dot(current, other);
            current.iter_mut().zip(other.iter()).for_each(|(number, along)| *number -= share * along);
        }
        let length = dot(current, current).sqrt();
        // An axis that holds nothing new stays empty.
        let scale = if length > 1e-6 { 1.0 / length } else { 0.0 };
        for number in current.iter_mut() {
            *number *= scale;
        }
    }
}

pub(super) fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
