//! The members of the ensemble, and how they are trained and measured on documents that they did not learn from.

use super::matters::ByMatters;
use super::neighbours::{Counts, Neighbours};
use super::seen::{BLOCKS, Known, Parts, Seen, View};
use super::table::{Table, add_scaled};
use crate::TrainingOptions;
use crate::calibration::HeldOut;
use crate::features::{Block, Sparse, Vocabulary};
use crate::linear::{Dense, Problem, RegressionOptions, Weights, regression};
use crate::matters::{Outlook, matters};
use crate::random::{Random, in_parallel};

/// Parts into which examples are divided to measure on documents that were not learned from: the more, the nearer to what is
/// learned from everything.
const PARTS: usize = 8;
/// From so many examples on a quarter may be missing.
const MANY_EXAMPLES: usize = 5_000;

const BY_LETTERS: RegressionOptions = RegressionOptions { hold: 0.1, balance: 0.8 };
const BY_MATTERS: RegressionOptions = RegressionOptions { hold: 1.0, balance: 0.8 };

/// The members that draw lines. What is seldom in the title drowns in the text, and the lexicon of public matters knows words that
/// no example has: they err differently. The settings of all members were chosen once, for all deployments, on two sets of very
/// different texts.
const REGRESSIONS: [(View, RegressionOptions); 4] = [
    (View::Letters(Block::Everything), BY_LETTERS),
    (View::Letters(Block::Title), BY_LETTERS),
    (View::Matters(Block::Everything), BY_MATTERS),
    (View::Matters(Block::Title), BY_MATTERS),
];

/// The members that ask the nearest documents, which know exceptions that no line divides: what the likeness in each view counts.
pub(super) const NEIGHBOURS: [Counts; 3] = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [1.0, 0.5, 0.5, 0.25]];

/// Everything that members are trained on.
pub(super) struct School<'a> {
    labels: &'a [usize],
    label_count: usize,
    feature_count: usize,
    options: &'a TrainingOptions,
    outlooks: [Outlook; 2],
    /// What is seen of each document.
    seen: Vec<Seen>,
    neighbours: Neighbours,
}

/// What a trained ensemble comes to.
pub(super) struct Trained {
    pub(super) letters: Table,
    pub(super) matters: ByMatters,
    pub(super) neighbours: Neighbours,
    pub(super) neighbour_scales: Vec<f64>,
    pub(super) shifts: Vec<f64>,
}

impl<'a> School<'a> {
    pub(super) fn new(
        parts: &[Parts],
        (labels, label_count): (&'a [usize], usize),
        vocabulary: &'a Vocabulary,
        options: &'a TrainingOptions,
    ) -> Self {
        let threads = options.threads;
        let known = in_parallel(threads, parts.len(), |place| Known::of(&parts[place], vocabulary));
        let outlooks = BLOCKS.map(|block| {
            let of_block: Vec<&Sparse> = known.iter().map(|known| &known.of_matters[block as usize]).collect();
            Outlook::learn(&of_block, threads)
        });
        let seen = in_parallel(threads, known.len(), |place| Seen::of(&known[place], vocabulary, &outlooks));
        let neighbours = Neighbours::remember(&seen, labels, vocabulary.len());
        Self { labels, label_count, feature_count: vocabulary.len(), options, outlooks, seen, neighbours }
    }

    fn regression(&self, view: View, label: usize, chosen: &[usize], options: RegressionOptions) -> Weights {
        let seed = self.options.seed + label as u64;
        let labels = self.labels;
        match view {
            View::Letters(block) => {
                let vectors: Vec<&Sparse> = self.seen.iter().map(|seen| &seen.letters[block as usize]).collect();
                let problem = Problem { vectors: &vectors, labels, chosen, feature_count: self.feature_count };
                regression(&problem, label, options, seed)
            }
            View::Matters(block) => {
                let vectors: Vec<&Dense> = self.seen.iter().map(|seen| &seen.matters[block as usize]).collect();
                let problem = Problem { vectors: &vectors, labels, chosen, feature_count: matters().len() };
                regression(&problem, label, options, seed)
            }
        }
    }

    fn score(&self, view: View, weights: &Weights, place: usize) -> f32 {
        match view {
            View::Letters(block) => weights.score(&self.seen[place].letters[block as usize]),
            View::Matters(block) => weights.score(&self.seen[place].matters[block as usize]),
        }
    }

    fn part_count(&self) -> usize {
        if self.labels.len() > MANY_EXAMPLES { PARTS / 2 } else { PARTS }
    }

    /// The part of each example; labels are spread evenly over parts.
    pub(super) fn divide(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        Random::new(self.options.seed).shuffle(&mut order);
        order.sort_by_key(|place| self.labels[*place]);
        let mut parts = vec![0; order.len()];
        for (turn, place) in order.into_iter().enumerate() {
            parts[place] = turn % self.part_count();
        }
        parts
    }

    /// What each member says about each example when it has learned from the other parts: regressions first, then neighbours.
    pub(super) fn held_out(&self, parts: &[usize]) -> HeldOut {
        let by_regression =
            |(view, options): &(View, RegressionOptions)| self.held_out_by_regression(*view, *options, parts);
        REGRESSIONS.iter().map(by_regression).chain(self.held_out_by_neighbours(parts)).collect()
    }

    fn held_out_by_regression(&self, view: View, options: RegressionOptions, parts: &[usize]) -> Vec<Vec<f32>> {
        let chosen = |part: usize, inside: bool| -> Vec<usize> {
            (0..parts.len()).filter(|place| (parts[*place] == part) == inside).collect()
        };
        let found = in_parallel(self.options.threads, self.part_count() * self.label_count, |piece| {
            let (part, label) = (piece / self.label_count, piece % self.label_count);
            let weights = self.regression(view, label, &chosen(part, false), options);
            let score = |place: usize| (place, self.score(view, &weights, place));
            (label, chosen(part, true).into_iter().map(score).collect::<Vec<_>>())
        });
        let mut held_out = vec![vec![0.0; self.label_count]; parts.len()];
        for (label, scores) in found {
            for (place, score) in scores {
                held_out[place][label] = score;
            }
        }
        held_out
    }

    fn held_out_by_neighbours(&self, parts: &[usize]) -> [Vec<Vec<f32>>; NEIGHBOURS.len()] {
        let of_documents = in_parallel(self.options.threads, parts.len(), |place| {
            let likeness = self.neighbours.likeness(&self.seen[place]);
            let may_vote = |other: usize| parts[other] != parts[place];
            NEIGHBOURS.map(|counts| self.neighbours.votes(&likeness, &counts, self.label_count, may_vote))
        });
        let mut of_members = NEIGHBOURS.map(|_| Vec::with_capacity(parts.len()));
        for votes in of_documents {
            for (member, votes) in of_members.iter_mut().zip(votes) {
                member.push(votes);
            }
        }
        of_members
    }

    /// Members trained on everything, and added up as the mixture says.
    pub(super) fn train(self, scales: &[f64], shifts: &[f64]) -> Trained {
        let everything: Vec<usize> = (0..self.labels.len()).collect();
        let of_labels = in_parallel(self.options.threads, self.label_count, |label| {
            let mut by_letters = vec![0.0; self.feature_count];
            let mut by_matters = BLOCKS.map(|_| vec![0.0; matters().len()]);
            let mut shift = shifts[label];
            for ((view, options), scale) in REGRESSIONS.into_iter().zip(scales) {
                let weights = self.regression(view, label, &everything, options);
                shift += scale * f64::from(weights.of_nothing);
                match view {
                    View::Letters(_) => add_scaled(&mut by_letters, &weights.of_features, *scale),
                    View::Matters(block) => {
                        add_scaled(&mut by_matters[block as usize], &weights.of_features, *scale);
                    }
                }
            }
            (by_letters, by_matters, shift)
        });
        let (mut letters, mut by_matters, mut moved) = (Vec::new(), BLOCKS.map(|_| Vec::new()), Vec::new());
        for (of_letters, of_matters, shift) in of_labels {
            letters.push(of_letters);
            for (of_block, weights) in by_matters.iter_mut().zip(of_matters) {
                of_block.push(weights);
            }
            moved.push(shift);
        }
        Trained {
            letters: Table::pack(&letters, self.feature_count),
            matters: ByMatters::new(self.outlooks, by_matters),
            neighbours: self.neighbours,
            neighbour_scales: scales[REGRESSIONS.len()..].to_vec(),
            shifts: moved,
        }
    }
}
