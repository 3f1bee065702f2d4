//! The members of the ensemble, and how they are trained and measured on documents that they did not learn from.

use super::neighbours::Neighbours;
use super::table::{Table, add_scaled};
use crate::TrainingOptions;
use crate::calibration::HeldOut;
use crate::features::{Analysis, Block, Sparse, Vocabulary};
use crate::linear::{Dense, Problem, RegressionOptions, Row, Weights, regression};
use crate::offices::KnownOffices;
use crate::random::{Random, in_parallel};

/// Parts into which examples are divided to measure on documents that were not learned from: the more, the nearer to what is
/// learned from everything.
const PARTS: usize = 8;
/// From so many examples on a quarter may be missing.
const MANY_EXAMPLES: usize = 5_000;

/// What a member looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// A block of the document's own features.
    Own(Block),
    /// The nearness to known offices.
    Offices,
}

/// A member of the ensemble. They err differently: what is seldom in the title drowns in the text, the nearest documents know
/// exceptions that no line divides, and the words of the law know words that no example has.
#[derive(Debug, Clone, Copy)]
enum Member {
    Regression(View, RegressionOptions),
    Neighbours(Block),
}

/// In the order of their scores. The settings were chosen once, for all deployments, on two sets of very different texts.
const MEMBERS: [Member; 5] = [
    Member::Regression(View::Own(Block::Everything), RegressionOptions { hold: 0.1, balance: 0.8 }),
    Member::Regression(View::Own(Block::Title), RegressionOptions { hold: 0.1, balance: 0.8 }),
    Member::Neighbours(Block::Everything),
    Member::Neighbours(Block::Title),
    Member::Regression(View::Offices, RegressionOptions { hold: 0.3, balance: 0.8 }),
];
/// How many of them look at the document alone; the rest need known offices.
const OWN_MEMBERS: usize = 4;

/// The blocks of which neighbours are remembered, in the order of their members.
pub(super) const REMEMBERED: [Block; 2] = [Block::Everything, Block::Title];

/// Everything that members are trained on.
pub(super) struct School<'a> {
    labels: &'a [usize],
    label_count: usize,
    vocabulary: &'a Vocabulary,
    known: Option<&'a KnownOffices>,
    options: &'a TrainingOptions,
    /// The vectors of each block.
    own: Vec<Vec<Sparse>>,
    offices: ByOffices,
}

/// Documents by their nearness to the bodies of known offices: less what is usual, and of length one on average.
#[derive(Default)]
struct ByOffices {
    rows: Vec<Dense>,
    usual: Dense,
    scale: f32,
}

/// What a trained ensemble comes to.
pub(super) struct Trained {
    pub(super) own: Table,
    pub(super) offices: Option<Table>,
    pub(super) neighbours: Vec<Neighbours>,
    pub(super) neighbour_scales: Vec<f64>,
    pub(super) shifts: Vec<f64>,
}

impl<'a> School<'a> {
    pub(super) fn new(
        analyses: &[Analysis],
        (labels, label_count): (&'a [usize], usize),
        vocabulary: &'a Vocabulary,
        known: Option<&'a KnownOffices>,
        options: &'a TrainingOptions,
    ) -> Self {
        let vectors = in_parallel(options.threads, analyses.len(), |place| vocabulary.vector(&analyses[place]));
        let of_block = |block: Block| vectors.iter().map(|vector| vocabulary.of_block(vector, block)).collect();
        let own = [Block::Everything, Block::Title].into_iter().map(of_block).collect();
        let offices = known.map(|known| ByOffices::see(known, analyses, options.threads)).unwrap_or_default();
        Self { labels, label_count, vocabulary, known, options, own, offices }
    }

    fn members(&self) -> &'static [Member] {
        if self.known.is_some() { &MEMBERS } else { &MEMBERS[..OWN_MEMBERS] }
    }

    fn regression(&self, view: View, label: usize, chosen: &[usize], options: RegressionOptions) -> Weights {
        let seed = self.options.seed + label as u64;
        let labels = self.labels;
        match view {
            View::Own(block) => {
                let vectors = self.own[block as usize].as_slice();
                let problem = Problem { vectors, labels, chosen, feature_count: self.vocabulary.len() };
                regression(&problem, label, options, seed)
            }
            View::Offices => {
                let vectors = self.offices.rows.as_slice();
                let problem = Problem { vectors, labels, chosen, feature_count: self.offices.usual.len() };
                regression(&problem, label, options, seed)
            }
        }
    }

    fn score(&self, view: View, weights: &Weights, place: usize) -> f32 {
        match view {
            View::Own(block) => weights.score(&self.own[block as usize][place]),
            View::Offices => weights.score(&self.offices.rows[place]),
        }
    }

    fn neighbours(&self, block: Block) -> Neighbours {
        Neighbours::remember(&self.own[block as usize], self.labels, self.vocabulary.len())
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

    /// What each member says about each example when it has learned from the other parts.
    pub(super) fn held_out(&self, parts: &[usize]) -> HeldOut {
        let of_member = |member: &Member| match *member {
            Member::Regression(view, options) => self.held_out_by_regression(view, options, parts),
            Member::Neighbours(block) => self.held_out_by_neighbours(block, parts),
        };
        self.members().iter().map(of_member).collect()
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

    fn held_out_by_neighbours(&self, block: Block, parts: &[usize]) -> Vec<Vec<f32>> {
        let neighbours = self.neighbours(block);
        in_parallel(self.options.threads, parts.len(), |place| {
            let likeness = neighbours.likeness(&self.own[block as usize][place]);
            neighbours.votes(&likeness, self.label_count, |other| parts[other] != parts[place])
        })
    }

    /// Members trained on everything, and added up as the mixture says.
    pub(super) fn train(&self, scales: &[f64], shifts: &[f64]) -> Trained {
        let everything: Vec<usize> = (0..self.labels.len()).collect();
        let of_labels = in_parallel(self.options.threads, self.label_count, |label| {
            let (mut own, mut office_times) = (vec![0.0; self.vocabulary.len()], Vec::new());
            let mut shift = shifts[label];
            for (member, scale) in self.members().iter().zip(scales) {
                let Member::Regression(view, options) = *member else { continue };
                let weights = self.regression(view, label, &everything, options);
                shift += scale * f64::from(weights.of_nothing);
                match view {
                    View::Own(_) => add_scaled(&mut own, &weights.of_features, *scale),
                    View::Offices => {
                        let scale = scale * f64::from(self.offices.scale);
                        office_times = vec![0.0; weights.of_features.len()];
                        add_scaled(&mut office_times, &weights.of_features, scale);
                        shift -= scale * f64::from(self.offices.usual.inner(&weights.of_features));
                    }
                }
            }
            // A sum over offices of what they share with a document is what the sum of the offices shares with it.
            (own, self.known.map(|known| known.sum_of_bodies(&office_times)), shift)
        });
        let own: Vec<Vec<f32>> = of_labels.iter().map(|(own, _, _)| own.clone()).collect();
        let offices: Option<Vec<Vec<f32>>> = of_labels.iter().map(|(_, offices, _)| offices.clone()).collect();
        let is_neighbours = |entry: &(&Member, &f64)| matches!(entry.0, Member::Neighbours(_));
        Trained {
            own: Table::pack(&own, self.vocabulary.len()),
            offices: self.known.zip(offices).map(|(known, offices)| Table::pack(&offices, known.vocabulary().len())),
            neighbours: REMEMBERED.into_iter().map(|block| self.neighbours(block)).collect(),
            neighbour_scales: self.members().iter().zip(scales).filter(is_neighbours).map(|entry| *entry.1).collect(),
            shifts: of_labels.iter().map(|(_, _, shift)| *shift).collect(),
        }
    }
}

impl ByOffices {
    fn see(known: &KnownOffices, analyses: &[Analysis], threads: usize) -> Self {
        let mut rows: Vec<Dense> =
            in_parallel(threads, analyses.len(), |place| known.nearness_of_bodies(&analyses[place]));
        let each = 1.0 / rows.len().max(1) as f32;
        let mut usual = vec![0.0; known.bodies()];
        for row in &rows {
            row.add_to(&mut usual, each);
        }
        for row in &mut rows {
            usual.add_to(row, -1.0);
        }
        let square = rows.iter().map(Row::square).sum::<f32>() * each;
        let scale = 1.0 / square.sqrt().max(f32::MIN_POSITIVE);
        for value in rows.iter_mut().flatten() {
            *value *= scale;
        }
        Self { rows, usual, scale }
    }
}
