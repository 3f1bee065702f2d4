//! Ridge regression in the dual: labels as sums over the documents that were learned from, and what each document would have
//! been given had it not been learned from.

use crate::random::in_parallel;

/// The least that stands on the diagonal of a factor: a document that repeats another one to the last bit is no reason to divide by
/// nothing.
const LEAST: f64 = 1e-9;

/// The lower factor of a symmetric, positive definite matrix (Cholesky), row by row.
#[derive(Debug)]
pub(super) struct Factor {
    rows: Vec<Vec<f64>>,
}

impl Factor {
    /// Of a matrix that is given by the rows of its lower half, each up to the diagonal.
    pub(super) fn of(mut rows: Vec<Vec<f64>>) -> Self {
        for row in 0..rows.len() {
            let (above, below) = rows.split_at_mut(row);
            let current = &mut below[0];
            for (column, other) in above.iter().enumerate() {
                let sum = dot(&current[..column], &other[..column]);
                current[column] = (current[column] - sum) / other[column];
            }
            let square = current[row] - dot(&current[..row], &current[..row]);
            current[row] = square.max(LEAST).sqrt();
        }
        Self { rows }
    }

    /// Solves the equations of the matrix for many right sides at once: `sides` has a row for each row of the matrix.
    pub(super) fn solve(&self, sides: &mut [Vec<f64>]) {
        for (row, factors) in self.rows.iter().enumerate() {
            let (above, below) = sides.split_at_mut(row);
            for (factor, other) in factors.iter().zip(above.iter()) {
                take_away(&mut below[0], *factor, other);
            }
            divide(&mut below[0], factors[row]);
        }
        for (row, factors) in self.rows.iter().enumerate().rev() {
            let (above, below) = sides.split_at_mut(row);
            divide(&mut below[0], factors[row]);
            for (factor, other) in factors.iter().zip(above) {
                take_away(other, *factor, &below[0]);
            }
        }
    }

    /// A column of the factor's inverse; products of two of them are entries of the matrix's inverse.
    fn column(&self, place: usize) -> Vec<f64> {
        let mut column = vec![0.0; self.rows.len()];
        column[place] = 1.0 / self.rows[place][place];
        for row in place + 1..column.len() {
            let factors = &self.rows[row];
            column[row] = -dot(&factors[place..row], &column[place..row]) / factors[row];
        }
        column
    }

    /// What the first of the documents of each group would have been given had its group been left out: what it is said to be
    /// (`said`, one or nought for each label) less the residual that leaving out leaves (Cook and Weisberg 1982, 2.2).
    pub(super) fn left_out(
        &self,
        groups: &[(usize, Option<usize>)],
        shares: &[Vec<f64>],
        said: impl Fn(usize, usize) -> f64 + Sync,
        threads: usize,
    ) -> Vec<Vec<f64>> {
        in_parallel(threads, groups.len(), |turn| {
            let (first, second) = groups[turn];
            let column = self.column(first);
            let own = dot(&column, &column);
            let residual = |label: usize| match second {
                None => shares[first][label] / own,
                Some(second) => {
                    let other = self.column(second);
                    let (both, others) = (dot(&column, &other), dot(&other, &other));
                    (others * shares[first][label] - both * shares[second][label]) / (own * others - both * both)
                }
            };
            (0..shares[first].len()).map(|label| said(first, label) - residual(label)).collect()
        })
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    let (ones, rest) = one.as_chunks::<8>();
    let (others, other_rest) = other.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        for place in 0..8 {
            sums[place] += one[place] * other[place];
        }
    }
    sums.iter().sum::<f64>() + rest.iter().zip(other_rest).map(|(one, other)| one * other).sum::<f64>()
}

fn take_away(from: &mut [f64], times: f64, what: &[f64]) {
    if times != 0.0 {
        for (value, other) in from.iter_mut().zip(what) {
            *value -= times * other;
        }
    }
}

fn divide(values: &mut [f64], by: f64) {
    for value in values {
        *value /= by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 12;

    /// A matrix of likenesses of made-up documents, with something on the diagonal.
    fn entry(row: usize, column: usize) -> f64 {
        let apart = row.abs_diff(column) as f64;
        (-apart.powi(2) / 9.0).exp() + if row == column { 0.5 } else { 0.0 }
    }

    fn matrix(places: &[usize]) -> Vec<Vec<f64>> {
        (0..places.len()).map(|row| (0..=row).map(|column| entry(places[row], places[column])).collect()).collect()
    }

    fn said(place: usize, label: usize) -> f64 {
        f64::from(u8::from(place % 3 == label))
    }

    fn shares(places: &[usize]) -> Vec<Vec<f64>> {
        let mut sides: Vec<Vec<f64>> =
            places.iter().map(|place| (0..3).map(|label| said(*place, label)).collect()).collect();
        Factor::of(matrix(places)).solve(&mut sides);
        sides
    }

    #[test]
    fn equations_are_solved() {
        let everything: Vec<usize> = (0..SIZE).collect();
        let shares = shares(&everything);
        let back = |row: usize, label: usize| -> f64 {
            shares.iter().enumerate().map(|(column, share)| entry(row, column) * share[label]).sum()
        };
        for (row, label) in (0..SIZE).flat_map(|row| (0..3).map(move |label| (row, label))) {
            assert!((back(row, label) - said(row, label)).abs() < 1e-9);
        }
    }

    #[test]
    fn leaving_out_by_formula_is_leaving_out() {
        let everything: Vec<usize> = (0..SIZE).collect();
        let groups = [(4, Some(9)), (7, None)];
        let found = Factor::of(matrix(&everything)).left_out(&groups, &shares(&everything), said, 2);
        for ((first, second), found) in groups.into_iter().zip(found) {
            let rest: Vec<usize> = (0..SIZE).filter(|place| *place != first && Some(*place) != second).collect();
            let shares = shares(&rest);
            for (label, found) in found.into_iter().enumerate() {
                let expected: f64 =
                    rest.iter().zip(&shares).map(|(place, share)| entry(first, *place) * share[label]).sum();
                assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
            }
        }
    }
}
