//! From scores to probabilities that mean what they say: how members are mixed, what every label is moved by, and how often
//! a confidence was right on documents that the model had not seen.

use crate::bytes::{Reader, Writer};
use crate::linear::narrow;

/// Scores of held-out documents: for each member of the ensemble, for each document, for each label.
pub(crate) type HeldOut = Vec<Vec<Vec<f32>>>;

/// How the scores of members become one score for each label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mixture {
    /// What each member counts.
    pub scales: Vec<f64>,
    /// What each label is moved by.
    pub shifts: Vec<f64>,
}

/// Steps of the descent.
const STEPS: usize = 250;
/// How quickly it goes.
const RATE: f64 = 0.05;
/// How strongly shifts of labels are held back.
const HOLD: f64 = 1e-3;

impl Mixture {
    /// The mixture under which the true labels of held-out documents are likeliest (multinomial logistic regression with
    /// one parameter for each member and each label, by Adam).
    pub(crate) fn fit(scores: &HeldOut, truth: &[usize], label_count: usize) -> Self {
        let members = scores.len();
        let spread: Vec<f64> = scores.iter().map(|member| spread_of(member)).collect();
        let mut values: Vec<f64> = spread.iter().map(|spread| 2.0 / (spread * members as f64)).collect();
        values.resize(members + label_count, 0.0);
        // Every parameter moves on a scale of its own.
        let unit: Vec<f64> = spread.iter().map(|spread| 1.0 / spread).chain(vec![1.0; label_count]).collect();
        let (mut mean, mut square) = (vec![0.0; values.len()], vec![0.0; values.len()]);
        for turn in 1..=STEPS {
            let gradient = Self::from_values(&values, members).gradient(scores, truth);
            for (place, slope) in gradient.iter().enumerate() {
                let slope = slope * unit[place];
                mean[place] = 0.9 * mean[place] + 0.1 * slope;
                square[place] = 0.99 * square[place] + 0.01 * slope * slope;
                let exponent = i32::try_from(turn).unwrap_or(i32::MAX);
                let step = (mean[place] / (1.0 - 0.9_f64.powi(exponent)))
                    / ((square[place] / (1.0 - 0.99_f64.powi(exponent))).sqrt() + 1e-9);
                values[place] -= RATE * unit[place] * step;
                if place < members {
                    values[place] = values[place].max(0.0);
                }
            }
        }
        Self::from_values(&values, members)
    }

    fn from_values(values: &[f64], members: usize) -> Self {
        Self { scales: values[..members].to_vec(), shifts: values[members..].to_vec() }
    }

    /// Mixed scores of one held-out document.
    pub(crate) fn mix(&self, scores: &HeldOut, document: usize) -> Vec<f64> {
        let mut mixed = self.shifts.clone();
        for (member, scale) in scores.iter().zip(&self.scales) {
            for (sum, score) in mixed.iter_mut().zip(&member[document]) {
                *sum += scale * f64::from(*score);
            }
        }
        mixed
    }

    fn gradient(&self, scores: &HeldOut, truth: &[usize]) -> Vec<f64> {
        let members = self.scales.len();
        let mut gradient = vec![0.0; members + self.shifts.len()];
        for (document, label) in truth.iter().enumerate() {
            let mut error = probabilities(&self.mix(scores, document));
            error[*label] -= 1.0;
            for (place, member) in scores.iter().enumerate() {
                gradient[place] += error.iter().zip(&member[document]).map(|(e, s)| e * f64::from(*s)).sum::<f64>();
            }
            for (sum, error) in gradient[members..].iter_mut().zip(&error) {
                *sum += error;
            }
        }
        let count = truth.len().max(1) as f64;
        for value in &mut gradient {
            *value /= count;
        }
        for (value, shift) in gradient[members..].iter_mut().zip(&self.shifts) {
            *value += HOLD * shift;
        }
        gradient
    }
}

/// How far the scores of a document lie apart, on average.
fn spread_of(member: &[Vec<f32>]) -> f64 {
    let mut sum = 0.0;
    for scores in member {
        let mean = scores.iter().sum::<f32>() / scores.len() as f32;
        sum += scores.iter().map(|score| f64::from((score - mean) * (score - mean))).sum::<f64>() / scores.len() as f64;
    }
    (sum / member.len().max(1) as f64).sqrt().max(1e-9)
}

/// Probabilities from scores (softmax).
pub(crate) fn probabilities(scores: &[f64]) -> Vec<f64> {
    let highest = scores.iter().copied().fold(f64::MIN, f64::max);
    let raised: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|value| value / sum).collect()
}

/// The place of the highest score; of equals the first.
pub(crate) fn highest(scores: &[f64]) -> usize {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = place;
        }
    }
    best
}

/// What scores of each label are moved by so that rare labels are found more often: the moves that do most for the mean of
/// accuracy and macro-F1 on held-out documents, and do enough to be more than luck.
pub(crate) fn moves(mixed: &[Vec<f64>], truth: &[usize], label_count: usize) -> Vec<f64> {
    const TRIED: [f64; 8] = [-0.6, -0.3, 0.3, 0.6, 0.9, 1.2, 1.6, 2.0];
    let credits: Vec<Vec<f64>> = mixed.iter().zip(truth).map(|(scores, label)| credit(scores, *label)).collect();
    let mut moves = vec![0.0; label_count];
    let mut best = worth(mixed, &credits, &moves);
    for _ in 0..3 {
        let before = best;
        for label in 0..label_count {
            let start = moves[label];
            let mut kept = start;
            for tried in TRIED.iter().chain(&[0.0]) {
                moves[label] = *tried;
                let worth = worth(mixed, &credits, &moves) - 0.0005 * tried.abs();
                if worth > best {
                    best = worth;
                    kept = *tried;
                }
            }
            moves[label] = kept;
        }
        if best <= before {
            break;
        }
    }
    moves
}

/// How far each label counts as a document's own: half by the label that it was given, half by how likely the model holds each. A
/// rare label has too few documents for counting them alone: a move that wins one of five is likelier luck than skill.
fn credit(scores: &[f64], given: usize) -> Vec<f64> {
    let mut credit: Vec<f64> = probabilities(scores).into_iter().map(|share| share / 2.0).collect();
    credit[given] += 0.5;
    credit
}

/// The mean of accuracy and macro-F1 to be expected when scores are moved.
fn worth(mixed: &[Vec<f64>], credits: &[Vec<f64>], moves: &[f64]) -> f64 {
    let labels = moves.len();
    let (mut right, mut said, mut wanted) = (vec![0.0; labels], vec![0.0; labels], vec![0.0; labels]);
    let mut shifted = vec![0.0; labels];
    for (scores, credit) in mixed.iter().zip(credits) {
        for (sum, (score, by)) in shifted.iter_mut().zip(scores.iter().zip(moves)) {
            *sum = score + by;
        }
        let first = highest(&shifted);
        right[first] += credit[first];
        said[first] += 1.0;
        for (sum, share) in wanted.iter_mut().zip(credit) {
            *sum += share;
        }
    }
    let f1 = |label: usize| {
        let (right, said, wanted): (f64, f64, f64) = (right[label], said[label], wanted[label]);
        2.0 * right / (said + wanted).max(1.0)
    };
    let macro_f1 = (0..labels).map(f1).sum::<f64>() / labels as f64;
    let accuracy = right.iter().sum::<f64>() / credits.len().max(1) as f64;
    f64::midpoint(macro_f1, accuracy)
}

/// How often the first label was right, by what the model said: isotonic regression on held-out documents, joined by lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Confidence {
    /// What was said and how often it was right, ascending in both.
    pub knots: Vec<(f32, f32)>,
}

impl Confidence {
    /// From pairs of what was said and whether it was right.
    pub(crate) fn fit(mut said: Vec<(f64, bool)>) -> Self {
        said.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        // Groups of at least so many keep a single surprise from making a step.
        let group = (said.len() / 40).clamp(1, 50);
        let mut pools: Vec<(f64, f64, f64)> = Vec::new();
        for chunk in said.chunks(group) {
            let right = chunk.iter().filter(|entry| entry.1).count() as f64;
            pools.push((chunk.iter().map(|entry| entry.0).sum(), right, chunk.len() as f64));
            while let [.., (said, right, count), last] = pools.as_mut_slice()
                && *right * last.2 >= last.1 * *count
            {
                *said += last.0;
                *right += last.1;
                *count += last.2;
                pools.pop();
            }
        }
        // One right and one wrong more, so that nothing is certain.
        let knots =
            pools.iter().map(|&(said, right, count)| (narrow(said / count), narrow((right + 0.5) / (count + 1.0))));
        let mut knots: Vec<(f32, f32)> = knots.collect();
        for place in 1..knots.len() {
            knots[place].1 = knots[place].1.max(knots[place - 1].1);
        }
        Self { knots }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.length(self.knots.len());
        for knot in &self.knots {
            writer.float(knot.0);
            writer.float(knot.1);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut knots = Vec::new();
        for _ in 0..reader.length(8)? {
            knots.push((reader.float()?, reader.float()?));
        }
        Some(Self { knots })
    }

    /// How often it is right when the model says so.
    pub(crate) fn of(&self, said: f64) -> f64 {
        let after = self.knots.partition_point(|knot| f64::from(knot.0) < said);
        let at = |place: usize| (f64::from(self.knots[place].0), f64::from(self.knots[place].1));
        let (left, right) = match after {
            _ if self.knots.is_empty() => return said.clamp(0.0, 1.0),
            0 => ((0.0, 0.0), at(0)),
            after if after == self.knots.len() => (at(after - 1), (1.0, 1.0)),
            after => (at(after - 1), at(after)),
        };
        let width = right.0 - left.0;
        let share = if width > 0.0 { (said - left.0) / width } else { 1.0 };
        (left.1 + share.clamp(0.0, 1.0) * (right.1 - left.1)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_useless_member_counts_little_and_a_good_one_much() {
        let truth: Vec<usize> = (0..300).map(|place| place % 3).collect();
        let good =
            truth.iter().map(|label| (0..3).map(|other| if other == *label { 1.0 } else { 0.0 }).collect()).collect();
        let useless = truth.iter().enumerate().map(|(place, _)| vec![0.0, ((place / 7) % 2) as f32, 0.5]).collect();
        let mixture = Mixture::fit(&vec![good, useless], &truth, 3);
        assert!(mixture.scales[0] > 10.0 * mixture.scales[1], "{mixture:?}");
    }

    #[test]
    fn confidence_is_what_happened() {
        let said = (0..4_000).map(|place| {
            let said = f64::from(place % 100) / 100.0;
            // Overconfident: what is said with p is right with p/2.
            (said, f64::from((place / 100) % 40) / 20.0 < said)
        });
        let confidence = Confidence::fit(said.collect());
        for said in [0.2, 0.5, 0.9] {
            assert!((confidence.of(said) - said / 2.0).abs() < 0.06, "{said}: {}", confidence.of(said));
        }
        assert!(confidence.of(0.3) <= confidence.of(0.31));
    }

    #[test]
    fn moves_help_a_rare_label() {
        let truth: Vec<usize> = (0..100).map(|place| usize::from(place % 10 == 0)).collect();
        let mixed: Vec<Vec<f64>> = truth.iter().map(|label| vec![1.0, if *label == 1 { 0.7 } else { 0.0 }]).collect();
        let moves = moves(&mixed, &truth, 2);
        let chosen = |scores: &[f64]| highest(&[scores[0] + moves[0], scores[1] + moves[1]]);
        assert!(mixed.iter().zip(&truth).all(|(scores, label)| chosen(scores) == *label), "{moves:?}");
    }
}
