//! Logistic regression with a ridge, by Newton's method: the same rows give the same model.

use super::{FEATURES, Feature, Row};

/// One weight more than features: the first is the constant.
const SIZE: usize = FEATURES.len() + 1;
/// How strongly weights are drawn to nothing.
const RIDGE: f64 = 2.0;
/// Newton's method settles in a few steps.
const STEPS: usize = 25;

/// A model that was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    weights: [f64; SIZE],
    means: Row,
}

impl Model {
    /// Learns from rows and whether each was missed. Without rows it says one half.
    pub fn fit(examples: &[(Row, bool)]) -> Self {
        let means = means(examples);
        let mut model = Self { weights: [0.0; SIZE], means };
        for _ in 0..STEPS {
            let (gradient, curvature) = model.slope(examples);
            let Some(step) = solve(curvature, gradient) else { break };
            let length = step.iter().map(|part| part.abs()).fold(0.0, f64::max);
            for (weight, part) in model.weights.iter_mut().zip(step) {
                *weight += part;
            }
            if length < 1e-9 {
                break;
            }
        }
        model
    }

    /// How likely the row is one that is missed.
    pub fn probability(&self, row: &Row) -> f64 {
        sigmoid(self.extended(row).iter().zip(&self.weights).map(|(value, weight)| value * weight).sum())
    }

    /// What raises and lowers it against the average, the strongest first; what hardly counts is left out.
    pub fn because(&self, row: &Row) -> Vec<(Feature, f64)> {
        let parts = self.extended(row).into_iter().zip(self.weights).skip(1).map(|(value, weight)| value * weight);
        let mut because: Vec<(Feature, f64)> =
            FEATURES.into_iter().zip(parts).filter(|(_, part)| part.abs() >= 0.15).collect();
        because.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        because
    }

    /// The weights of the features, each against the average.
    pub fn weights(&self) -> impl Iterator<Item = (Feature, f64)> {
        FEATURES.into_iter().zip(self.weights.into_iter().skip(1))
    }

    /// The row about its mean, behind the constant.
    fn extended(&self, row: &Row) -> [f64; SIZE] {
        let mut extended = [1.0; SIZE];
        for (place, (value, mean)) in extended.iter_mut().skip(1).zip(row.iter().zip(&self.means)) {
            *place = value - mean;
        }
        extended
    }

    /// Slope and curvature of the likelihood with its ridge.
    fn slope(&self, examples: &[(Row, bool)]) -> ([f64; SIZE], [[f64; SIZE]; SIZE]) {
        let mut gradient = [0.0; SIZE];
        let mut curvature = [[0.0; SIZE]; SIZE];
        for (row, missed) in examples {
            let row_extended = self.extended(row);
            let chance = self.probability(row);
            let error = f64::from(u8::from(*missed)) - chance;
            let spread = (chance * (1.0 - chance)).max(1e-6);
            for one in 0..SIZE {
                gradient[one] += error * row_extended[one];
                for other in 0..SIZE {
                    curvature[one][other] += spread * row_extended[one] * row_extended[other];
                }
            }
        }
        for one in 0..SIZE {
            let ridge = if one == 0 { 1e-3 } else { RIDGE };
            gradient[one] -= ridge * self.weights[one];
            curvature[one][one] += ridge;
        }
        (gradient, curvature)
    }
}

fn means(examples: &[(Row, bool)]) -> Row {
    let mut means = [0.0; FEATURES.len()];
    for (row, _) in examples {
        for (mean, value) in means.iter_mut().zip(row) {
            *mean += value / examples.len() as f64;
        }
    }
    means
}

fn sigmoid(value: f64) -> f64 {
    1.0 / (1.0 + (-value).exp())
}

/// Solves by elimination with the largest pivot; nothing where there is no one solution.
fn solve(mut matrix: [[f64; SIZE]; SIZE], mut right: [f64; SIZE]) -> Option<[f64; SIZE]> {
    for column in 0..SIZE {
        let pivot =
            (column..SIZE).max_by(|one, other| matrix[*one][column].abs().total_cmp(&matrix[*other][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-12 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for below in column + 1..SIZE {
            let factor = matrix[below][column] / matrix[column][column];
            let row = matrix[column];
            for (value, above) in matrix[below].iter_mut().zip(row).skip(column) {
                *value -= factor * above;
            }
            right[below] -= factor * right[column];
        }
    }
    let mut solution = [0.0; SIZE];
    for row in (0..SIZE).rev() {
        let known: f64 = (row + 1..SIZE).map(|column| matrix[row][column] * solution[column]).sum();
        solution[row] = (right[row] - known) / matrix[row][row];
    }
    Some(solution)
}

/// Mean of the squared errors of forecasts: 0 is perfect, 0.25 is what «one half» scores.
pub fn brier(pairs: impl Iterator<Item = (f64, bool)>) -> f64 {
    let mut count = 0.0;
    let mut sum = 0.0;
    for (chance, missed) in pairs {
        let error = chance - f64::from(u8::from(missed));
        sum += error * error;
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of which those with an obstacle are missed more often, and nothing else matters.
    fn examples() -> Vec<(Row, bool)> {
        (0..400)
            .map(|at| {
                let mut row = [0.0; FEATURES.len()];
                let obstacle = at % 4 == 0;
                row[3] = f64::from(u8::from(obstacle));
                row[4] = f64::from(at % 3);
                // Three of four with an obstacle, one of five without.
                let missed = if obstacle { (at / 4) % 4 != 0 } else { at % 5 == 0 };
                (row, missed)
            })
            .collect()
    }

    #[test]
    fn what_matters_is_found_and_probabilities_are_shares() {
        let examples = examples();
        let model = Model::fit(&examples);
        let (feature, weight) = model.weights().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs())).unwrap();
        assert_eq!(feature, Feature::Obstacle);
        assert!(weight > 1.5, "{weight}");
        let mut row = [0.0; FEATURES.len()];
        let without = model.probability(&row);
        row[3] = 1.0;
        let with = model.probability(&row);
        assert!((with - 0.75).abs() < 0.05, "{with}");
        assert!((without - 0.2).abs() < 0.05, "{without}");
        assert_eq!(model.because(&row).first().map(|(feature, _)| *feature), Some(Feature::Obstacle));
        let share = examples.iter().filter(|(_, missed)| *missed).count() as f64 / examples.len() as f64;
        let ours = brier(examples.iter().map(|(row, missed)| (model.probability(row), *missed)));
        let base = brier(examples.iter().map(|(_, missed)| (share, *missed)));
        assert!(ours < base * 0.85, "{ours} against {base}");
    }

    #[test]
    fn little_and_one_sided_history_gives_no_nonsense() {
        let row = [0.0; FEATURES.len()];
        assert!((Model::fit(&[]).probability(&row) - 0.5).abs() < 1e-9);
        let never: Vec<(Row, bool)> = (0..50).map(|_| (row, false)).collect();
        let chance = Model::fit(&never).probability(&row);
        assert!(chance.is_finite() && chance < 0.05, "{chance}");
    }
}
