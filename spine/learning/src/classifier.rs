//! Few labels with many examples each.

use crate::bytes::{Reader, Writer};
use crate::calibration::{Confidence, HeldOut, Mixture, highest, moves, probabilities};
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary};
use crate::linear::{MachineOptions, Problem, Weights, complement, machine, narrow};
use crate::random::{Random, in_parallel};
use crate::{Candidate, Classification, Document, Evidence, LearningError};
use std::collections::BTreeMap;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrainingOptions {
    /// Decides how examples are shuffled and divided; the same seed gives the same model.
    pub seed: u64,
    /// How many threads may work; the model is the same for any number.
    pub threads: usize,
    /// The model abstains below this confidence. At one half it speaks when it is more likely right than wrong.
    pub abstain_below: f64,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self { seed: 1, threads: 2, abstain_below: 0.5 }
    }
}

/// A learner in the ensemble.
#[derive(Debug, Clone, Copy)]
enum Member {
    Machine(MachineOptions),
    ComplementBayes,
}

/// The ensemble: machines that mind every label alike find rare labels, one that minds every example alike knows how
/// frequent labels are, and naive Bayes errs differently from both.
const MEMBERS: [Member; 2] = [Member::Machine(MachineOptions { cost: 0.3, balance: 0.7 }), Member::ComplementBayes];
/// How much character n-grams of everything, those of the title, and words count.
const BLOCKS: BlockWeights = [1.0, 0.6, 0.4];
/// Parts into which examples are divided to measure on documents that were not learned from.
const PARTS: usize = 4;
/// Labels that a model holds at most: what every feature weighs for every label is kept.
const MOST_LABELS: usize = 1_000;
/// Words that are shown as evidence at most.
const MOST_EVIDENCE: usize = 8;
/// The mark of the bytes of a classifier.
const NAME: [u8; 8] = *b"maruclas";

/// Says which of few labels a document carries. Cheap to ask, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Classifier {
    labels: Vec<String>,
    vocabulary: Vocabulary,
    /// For each feature what it weighs for each label, in units of the label.
    weights: Vec<i16>,
    units: Vec<f32>,
    shifts: Vec<f32>,
    confidence: Confidence,
    abstain_below: f64,
}

impl Classifier {
    /// Learns from labelled documents. The order of the examples does not matter.
    pub fn train(examples: &[(Document<'_>, &str)], options: &TrainingOptions) -> Result<Self, LearningError> {
        let mut examples = examples.to_vec();
        examples.sort_unstable_by_key(|(document, label)| (*label, document.title, document.text));
        let places = number_labels(examples.iter().map(|example| example.1))?;
        let labels: Vec<usize> = examples.iter().map(|example| places[example.1]).collect();
        let vocabulary = Vocabulary::build(examples.iter().map(|example| example.0), BLOCKS);
        if vocabulary.len() == 0 {
            return Err(LearningError::NoWords);
        }
        let vectors: Vec<Sparse> =
            in_parallel(options.threads, examples.len(), |place| vocabulary.vector(&Analysis::of(examples[place].0)));
        let school =
            School { vectors: &vectors, labels: &labels, label_count: places.len(), vocabulary: &vocabulary, options };
        let parts = school.divide();
        let held_out = school.held_out(&parts);
        let mixture = Mixture::fit(&held_out, &labels, places.len());
        let mut mixed: Vec<Vec<f64>> = (0..labels.len()).map(|place| mixture.mix(&held_out, place)).collect();
        let moves = moves(&mixed, &labels, places.len());
        for (score, by) in mixed.iter_mut().flat_map(|scores| scores.iter_mut().zip(&moves)) {
            *score += by;
        }
        let confidence =
            Confidence::fit(mixed.iter().zip(&labels).map(|(scores, label)| said(scores, *label)).collect());
        let shifts: Vec<f64> = mixture.shifts.iter().zip(&moves).map(|(shift, by)| shift + by).collect();
        let (weights, units, shifts) = school.final_weights(&mixture.scales, &shifts);
        let labels = places.keys().map(|label| (*label).to_owned()).collect();
        Ok(Self { labels, vocabulary, weights, units, shifts, confidence, abstain_below: options.abstain_below })
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Which label the document carries, how sure that is, and which words decided.
    pub fn classify(&self, document: Document<'_>) -> Classification {
        let analysis = Analysis::of(document);
        let vector = self.vocabulary.vector(&analysis);
        let scores = self.scores(&vector);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
        let confidences = self.confidences(&scores, order[0]);
        let ranked: Vec<Candidate> = order
            .iter()
            .map(|place| Candidate { label: self.labels[*place].clone(), confidence: confidences[*place] })
            .collect();
        // A document of which not one feature is known says nothing, however frequent a label may be.
        let abstains = vector.is_empty() || confidences[order[0]] < self.abstain_below;
        let evidence = self.evidence(&analysis, &vector, order[0]);
        Classification { ranked, abstains, evidence }
    }

    fn scores(&self, vector: &[(u32, f32)]) -> Vec<f64> {
        let count = self.labels.len();
        let mut sums = vec![0.0_f32; count];
        for &(place, value) in vector {
            let row = &self.weights[place as usize * count..][..count];
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += value * f32::from(*weight);
            }
        }
        (0..count).map(|label| f64::from(sums[label] * self.units[label] + self.shifts[label])).collect()
    }

    /// The first label's confidence as it was measured; the rest share what is left as the scores say.
    fn confidences(&self, scores: &[f64], first: usize) -> Vec<f64> {
        let mut shares = probabilities(scores);
        let sure = self.confidence.of(shares[first]).max(1.0 / shares.len() as f64);
        let rest = (1.0 - shares[first]).max(f64::MIN_POSITIVE);
        for (place, share) in shares.iter_mut().enumerate() {
            *share = if place == first { sure } else { (*share / rest * (1.0 - sure)).min(sure) };
        }
        shares
    }

    /// What each word added to the first label beyond what it added to all labels on average.
    fn evidence(&self, analysis: &Analysis, vector: &[(u32, f32)], first: usize) -> Vec<Evidence> {
        let count = self.labels.len();
        let mut occurrences: Vec<(u32, u32)> = analysis
            .occurrences
            .iter()
            .filter_map(|occurrence| Some((self.vocabulary.place(*occurrence)?, occurrence.word)))
            .collect();
        occurrences.sort_unstable();
        let mut words = vec![0.0_f32; analysis.words.len()];
        for (run, (place, value)) in occurrences.chunk_by(|one, other| one.0 == other.0).zip(vector) {
            let row = &self.weights[*place as usize * count..][..count];
            let weighed = |label: usize| f32::from(row[label]) * self.units[label];
            let average = (0..count).map(weighed).sum::<f32>() / count as f32;
            let each = (weighed(first) - average) * value / run.len() as f32;
            for (_, word) in run {
                words[*word as usize] += each;
            }
        }
        let sum: f32 = words.iter().filter(|weight| **weight > 0.0).sum();
        let mut found: Vec<(&String, f32)> =
            analysis.words.iter().zip(words).filter(|(_, weight)| *weight > 0.0).collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1));
        found.truncate(MOST_EVIDENCE);
        found
            .into_iter()
            .map(|(word, weight)| Evidence { word: word.clone(), weight: f64::from(weight / sum) })
            .collect()
    }

    /// The model as bytes with version and checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(NAME);
        writer.length(self.labels.len());
        for (place, label) in self.labels.iter().enumerate() {
            writer.text(label);
            writer.float(self.units[place]);
            writer.float(self.shifts[place]);
        }
        self.vocabulary.write(&mut writer);
        for weight in &self.weights {
            writer.short(*weight);
        }
        self.confidence.write(&mut writer);
        writer.double(self.abstain_below);
        writer.finish()
    }

    /// A model from its bytes. Bytes of another version, cut off or changed are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let mut reader = Reader::open(bytes, NAME)?;
        Self::read(&mut reader)
            .filter(|_| reader.is_at_end())
            .ok_or(LearningError::Unreadable { reason: "their content does not fit together" })
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let count = reader.length(16)?;
        let (mut labels, mut units, mut shifts) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            labels.push(reader.text()?);
            units.push(reader.float()?);
            shifts.push(reader.float()?);
        }
        let vocabulary = Vocabulary::read(reader)?;
        let mut weights = Vec::with_capacity(vocabulary.len().checked_mul(count)?.min(1 << 28));
        for _ in 0..vocabulary.len().checked_mul(count)? {
            weights.push(reader.short()?);
        }
        let confidence = Confidence::read(reader)?;
        let abstain_below = reader.double()?;
        (count >= 2).then_some(Self { labels, vocabulary, weights, units, shifts, confidence, abstain_below })
    }
}

/// What the scores say with which probability, and whether that is true.
fn said(scores: &[f64], label: usize) -> (f64, bool) {
    let first = highest(scores);
    (probabilities(scores)[first], first == label)
}

/// A number for each label, in the order of labels.
pub(crate) fn number_labels<'a>(
    labels: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<&'a str, usize>, LearningError> {
    let mut examples = 0;
    let mut places = BTreeMap::new();
    for label in labels {
        examples += 1;
        places.insert(label, 0);
    }
    if places.len() < 2 {
        return Err(LearningError::TooFewLabels { examples, labels: places.len() });
    }
    if places.len() > MOST_LABELS {
        return Err(LearningError::TooManyLabels { labels: places.len(), limit: MOST_LABELS });
    }
    for (place, number) in places.values_mut().enumerate() {
        *number = place;
    }
    Ok(places)
}

/// Everything that members are trained on.
struct School<'a> {
    vectors: &'a [Sparse],
    labels: &'a [usize],
    label_count: usize,
    vocabulary: &'a Vocabulary,
    options: &'a TrainingOptions,
}

impl School<'_> {
    fn problem<'b>(&'b self, chosen: &'b [usize]) -> Problem<'b> {
        Problem { vectors: self.vectors, labels: self.labels, chosen, feature_count: self.vocabulary.len() }
    }

    fn train(&self, member: Member, label: usize, chosen: &[usize]) -> Weights {
        match member {
            Member::Machine(options) => machine(self.problem(chosen), label, options, self.options.seed + label as u64),
            Member::ComplementBayes => complement(self.problem(chosen), label),
        }
    }

    /// The part of each example; labels are spread evenly over parts.
    fn divide(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        Random::new(self.options.seed).shuffle(&mut order);
        order.sort_by_key(|place| self.labels[*place]);
        let mut parts = vec![0; order.len()];
        for (turn, place) in order.into_iter().enumerate() {
            parts[place] = turn % PARTS;
        }
        parts
    }

    /// What each member says about each example when it has learned from the other parts.
    fn held_out(&self, parts: &[usize]) -> HeldOut {
        let pieces = MEMBERS.len() * PARTS * self.label_count;
        let members_of_part = |part: usize, inside: bool| -> Vec<usize> {
            (0..parts.len()).filter(|place| (parts[*place] == part) == inside).collect()
        };
        let inside: Vec<Vec<usize>> = (0..PARTS).map(|part| members_of_part(part, true)).collect();
        let outside: Vec<Vec<usize>> = (0..PARTS).map(|part| members_of_part(part, false)).collect();
        let split = |piece: usize| {
            let (rest, label) = (piece / self.label_count, piece % self.label_count);
            (rest / PARTS, rest % PARTS, label)
        };
        let found = in_parallel(self.options.threads, pieces, |piece| {
            let (member, part, label) = split(piece);
            let weights = self.train(MEMBERS[member], label, &outside[part]);
            inside[part].iter().map(|place| weights.score(&self.vectors[*place])).collect::<Vec<f32>>()
        });
        let mut held_out = vec![vec![vec![0.0; self.label_count]; parts.len()]; MEMBERS.len()];
        for (piece, scores) in found.into_iter().enumerate() {
            let (member, part, label) = split(piece);
            for (place, score) in inside[part].iter().zip(scores) {
                held_out[member][*place][label] = score;
            }
        }
        held_out
    }

    /// Members trained on everything and added up as the mixture says: a sum of linear models is one linear model.
    fn final_weights(&self, scales: &[f64], shifts: &[f64]) -> (Vec<i16>, Vec<f32>, Vec<f32>) {
        let everything: Vec<usize> = (0..self.labels.len()).collect();
        let of_labels = in_parallel(self.options.threads, self.label_count, |label| {
            let mut sum = Weights { of_features: vec![0.0; self.vocabulary.len()], of_nothing: narrow(shifts[label]) };
            for (member, scale) in MEMBERS.into_iter().zip(scales) {
                let scale = narrow(*scale);
                let weights = self.train(member, label, &everything);
                sum.of_nothing += scale * weights.of_nothing;
                for (sum, weight) in sum.of_features.iter_mut().zip(&weights.of_features) {
                    *sum += scale * weight;
                }
            }
            sum
        });
        let mut packed = vec![0_i16; self.vocabulary.len() * self.label_count];
        let mut units = Vec::new();
        for (label, weights) in of_labels.iter().enumerate() {
            let largest = weights.of_features.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
            let unit = largest / f32::from(i16::MAX);
            units.push(unit);
            for (feature, weight) in weights.of_features.iter().enumerate() {
                packed[feature * self.label_count + label] = round(weight / unit);
            }
        }
        (packed, units, of_labels.iter().map(|weights| weights.of_nothing).collect())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
fn round(value: f32) -> i16 {
    value.round() as i16
}
