//! Linear models: regression by dual coordinate descent.

use crate::features::Sparse;
use crate::random::Random;

/// A vector, however it is kept.
pub(crate) trait Row {
    /// The inner product with weights.
    fn inner(&self, weights: &[f32]) -> f32;
    /// Adds the vector to weights, so many times.
    fn add_to(&self, weights: &mut [f32], times: f32);
    /// The square of its length.
    fn square(&self) -> f32;
}

impl Row for Sparse {
    fn inner(&self, weights: &[f32]) -> f32 {
        self.iter().map(|&(place, value)| weights[place as usize] * value).sum()
    }

    fn add_to(&self, weights: &mut [f32], times: f32) {
        for &(place, value) in self {
            weights[place as usize] += times * value;
        }
    }

    fn square(&self) -> f32 {
        self.iter().map(|entry| entry.1 * entry.1).sum()
    }
}

impl<R: Row> Row for &R {
    fn inner(&self, weights: &[f32]) -> f32 {
        (*self).inner(weights)
    }

    fn add_to(&self, weights: &mut [f32], times: f32) {
        (*self).add_to(weights, times);
    }

    fn square(&self) -> f32 {
        (*self).square()
    }
}

/// A vector of which no entry is nought.
pub(crate) type Dense = Vec<f32>;

impl Row for Dense {
    fn inner(&self, weights: &[f32]) -> f32 {
        let (own, rest) = self.as_chunks::<8>();
        let (others, other_rest) = weights.as_chunks::<8>();
        let mut sums = [0.0_f32; 8];
        for (own, other) in own.iter().zip(others) {
            for place in 0..8 {
                sums[place] += own[place] * other[place];
            }
        }
        sums.iter().sum::<f32>() + rest.iter().zip(other_rest).map(|(own, other)| own * other).sum::<f32>()
    }

    fn add_to(&self, weights: &mut [f32], times: f32) {
        for (weight, value) in weights.iter_mut().zip(self) {
            *weight += times * value;
        }
    }

    fn square(&self) -> f32 {
        self.inner(self)
    }
}

/// What a regression is to separate: examples of one label from the rest.
#[derive(Debug)]
pub(crate) struct Problem<'a, R> {
    /// All documents.
    pub vectors: &'a [R],
    /// The label of each.
    pub labels: &'a [usize],
    /// Which of them to learn from.
    pub chosen: &'a [usize],
    /// How many features there are.
    pub feature_count: usize,
}

/// A weight for each feature, and one for nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub of_features: Vec<f32>,
    pub of_nothing: f32,
}

impl Weights {
    pub(crate) fn score(&self, vector: &impl Row) -> f32 {
        vector.inner(&self.of_features) + self.of_nothing
    }
}

/// How a regression is trained.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegressionOptions {
    /// How strongly weights are held back.
    pub hold: f32,
    /// From 0, every example counts the same, to 1, every label counts the same.
    pub balance: f32,
}

/// Rounds through the examples at most.
const MOST_ROUNDS: usize = 40;
/// Largest violation of optimality at which the regression is good enough.
const TOLERANCE: f32 = 0.02;

/// One label against the rest, ridge regression, in the dual by coordinates: what support vector machines do (Hsieh et al.,
/// ICML 2008) with the squared error in place of the hinge.
pub(crate) fn regression<R: Row>(
    problem: &Problem<'_, R>,
    label: usize,
    options: RegressionOptions,
    seed: u64,
) -> Weights {
    let total = problem.chosen.len() as f32;
    let labels = problem.labels.iter().max().map_or(1, |last| last + 1) as f32;
    let mut counts = vec![0.0_f32; problem.labels.len() + 1];
    for place in problem.chosen {
        counts[problem.labels[*place]] += 1.0;
    }
    let hold_of = |label: usize| options.hold / (total / (labels * counts[label].max(1.0))).powf(options.balance);
    let mut weights = Weights { of_features: vec![0.0; problem.feature_count], of_nothing: 0.0 };
    let mut duals = vec![0.0_f32; problem.chosen.len()];
    let squares: Vec<f32> = problem.chosen.iter().map(|place| 1.0 + problem.vectors[*place].square()).collect();
    let holds: Vec<f32> = problem.chosen.iter().map(|place| hold_of(problem.labels[*place])).collect();
    let mut order: Vec<usize> = (0..problem.chosen.len()).collect();
    let mut random = Random::new(seed);
    for _ in 0..MOST_ROUNDS {
        random.shuffle(&mut order);
        let mut worst = 0.0_f32;
        for &turn in &order {
            let place = problem.chosen[turn];
            let vector = &problem.vectors[place];
            let wanted = if problem.labels[place] == label { 1.0 } else { -1.0 };
            let missing = wanted - weights.score(vector) - holds[turn] * duals[turn];
            worst = worst.max(missing.abs());
            let change = missing / (squares[turn] + holds[turn]);
            duals[turn] += change;
            vector.add_to(&mut weights.of_features, change);
            weights.of_nothing += change;
        }
        if worst < TOLERANCE {
            break;
        }
    }
    weights
}

/// To single precision.
#[expect(clippy::cast_possible_truncation, reason = "weights and scores need no more than single precision")]
pub(crate) fn narrow(value: f64) -> f32 {
    value as f32
}
