//! Linear models: support vector machines by dual coordinate descent, and complement naive Bayes.

use crate::features::Sparse;
use crate::random::Random;

/// What the machine is to separate: examples of one label from the rest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem<'a> {
    /// All documents.
    pub vectors: &'a [Sparse],
    /// The label of each.
    pub labels: &'a [usize],
    /// Which of them to learn from.
    pub chosen: &'a [usize],
    /// How many features there are.
    pub feature_count: usize,
}

impl Problem<'_> {
    fn count_of(&self, label: usize) -> usize {
        self.chosen.iter().filter(|place| self.labels[**place] == label).count()
    }
}

/// A weight for each feature, and one for nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub of_features: Vec<f32>,
    pub of_nothing: f32,
}

impl Weights {
    pub(crate) fn score(&self, vector: &[(u32, f32)]) -> f32 {
        vector.iter().map(|&(place, value)| self.of_features[place as usize] * value).sum::<f32>() + self.of_nothing
    }
}

/// How a support vector machine is trained.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MachineOptions {
    /// Cost of an error.
    pub cost: f32,
    /// From 0, every example counts the same, to 1, every label counts the same.
    pub balance: f32,
}

/// Rounds through the examples at most.
const MOST_ROUNDS: usize = 30;
/// Largest violation of optimality at which the machine is good enough.
const TOLERANCE: f32 = 0.1;

/// One label against the rest, squared hinge loss, in the dual (Hsieh et al., ICML 2008).
pub(crate) fn machine(problem: Problem<'_>, label: usize, options: MachineOptions, seed: u64) -> Weights {
    let total = problem.chosen.len() as f32;
    let own = problem.count_of(label).max(1) as f32;
    let balanced = |count: f32| (total / (2.0 * count)).powf(options.balance);
    let soft_own = 0.5 / (options.cost * balanced(own));
    let soft_rest = 0.5 / (options.cost * balanced((total - own).max(1.0)));
    let mut weights = Weights { of_features: vec![0.0; problem.feature_count], of_nothing: 0.0 };
    let mut duals = vec![0.0_f32; problem.chosen.len()];
    let squares: Vec<f32> = problem
        .chosen
        .iter()
        .map(|place| 1.0 + problem.vectors[*place].iter().map(|entry| entry.1 * entry.1).sum::<f32>())
        .collect();
    let mut order: Vec<usize> = (0..problem.chosen.len()).collect();
    let mut random = Random::new(seed);
    for _ in 0..MOST_ROUNDS {
        random.shuffle(&mut order);
        let (mut highest, mut lowest) = (f32::MIN, f32::MAX);
        for &turn in &order {
            let vector = &problem.vectors[problem.chosen[turn]];
            let (side, soft) =
                if problem.labels[problem.chosen[turn]] == label { (1.0, soft_own) } else { (-1.0, soft_rest) };
            let gradient = side * weights.score(vector) - 1.0 + soft * duals[turn];
            let projected = if duals[turn] == 0.0 { gradient.min(0.0) } else { gradient };
            highest = highest.max(projected);
            lowest = lowest.min(projected);
            if projected.abs() < 1e-6 {
                continue;
            }
            let before = duals[turn];
            duals[turn] = (before - gradient / (squares[turn] + soft)).max(0.0);
            let change = (duals[turn] - before) * side;
            for &(place, value) in vector {
                weights.of_features[place as usize] += change * value;
            }
            weights.of_nothing += change;
        }
        if highest - lowest < TOLERANCE {
            break;
        }
    }
    weights
}

/// How much of every feature each label is given beforehand.
const SMOOTHING: f64 = 0.1;

/// Complement naive Bayes (Rennie et al., ICML 2003): what a document would weigh if it were of any other label.
pub(crate) fn complement(problem: Problem<'_>, label: usize) -> Weights {
    let mut others = vec![SMOOTHING; problem.feature_count];
    for place in problem.chosen.iter().filter(|place| problem.labels[**place] != label) {
        for &(feature, value) in &problem.vectors[*place] {
            others[feature as usize] += f64::from(value);
        }
    }
    let sum = others.iter().sum::<f64>().ln();
    let of_features = others.iter().map(|value| narrow(sum - value.ln())).collect();
    Weights { of_features, of_nothing: 0.0 }
}

/// To single precision.
#[expect(clippy::cast_possible_truncation, reason = "weights and scores need no more than single precision")]
pub(crate) fn narrow(value: f64) -> f32 {
    value as f32
}
