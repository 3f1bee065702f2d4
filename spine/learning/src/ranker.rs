//! Many labels with few examples each.

use crate::bytes::{Reader, Writer};
use crate::calibration::{Confidence, highest, probabilities};
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary, inner_product};
use crate::linear::narrow;
use crate::random::{Random, in_parallel};
use crate::{Candidate, Classification, Document, Evidence, LearningError, TrainingOptions};
use std::collections::BTreeMap;

/// A document with its label and, where there is one, the answer that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RankedExample<'a> {
    /// What was asked.
    pub document: Document<'a>,
    /// Who answered, or what else is to be proposed.
    pub label: &'a str,
    /// What was answered; tells what the label is about in its own words. May be empty.
    pub answer: &'a str,
}

/// What is known about a label beside its examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelDescription<'a> {
    /// The label.
    pub label: &'a str,
    /// Its name as people write it, such as 「보행자전거과」.
    pub name: &'a str,
    /// What it is in charge of. May be empty.
    pub duties: &'a str,
}

/// Kinds of likeness between a document and a label.
const KINDS: usize = 6;
/// What each kind counts before anything is learned: nearest question, nearest questions together, nearest answer, nearest
/// answers together, name and duties, and parts of the name found in the document.
const BEFOREHAND: [f64; KINDS] = [6.0, 6.0, 5.0, 5.0, 2.0, 2.0];
/// How strongly what was thought beforehand holds against what is learned.
const HOLD: f64 = 2e-4;
/// Title and text count the same; words help little where examples are few.
const BLOCKS: BlockWeights = [1.0, 0.8, 0.4];
/// Examples on which the mixture is learned; more would not make it better, only slower.
const MOST_LESSONS: usize = 400;
/// Further examples of a label count by this factor less each.
const DECAY: f32 = 0.5;
/// Nearest examples of a label that count.
const NEAREST: usize = 4;
/// Words that are shown as evidence at most.
const MOST_EVIDENCE: usize = 8;
/// The mark of the bytes of a ranker.
const NAME: [u8; 8] = *b"marurank";

/// Ranks many labels for a document: the department that should answer. Cheap to ask, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Ranker {
    labels: Vec<Label>,
    names: Vec<String>,
    vocabulary: Vocabulary,
    questions: Collection,
    answers: Collection,
    /// What each kind of likeness counts.
    scales: [f64; KINDS],
    confidence: Confidence,
    abstain_below: f64,
}

/// What is known of a label itself.
#[derive(Debug, Clone, Default)]
struct Label {
    description: Sparse,
    /// Pairs of neighbouring characters of its name.
    pairs: Vec<(char, char)>,
}

/// Vectors with the label of each, found through the features that they hold.
#[derive(Debug, Clone, Default)]
struct Collection {
    vectors: Vec<Sparse>,
    labels: Vec<u32>,
    /// For each feature the vectors that hold it.
    holders: Vec<Vec<(u32, f32)>>,
}

impl Collection {
    fn new(vectors: Vec<Sparse>, labels: Vec<u32>, feature_count: usize) -> Self {
        let mut holders = vec![Vec::new(); feature_count];
        for (vector, place) in vectors.iter().zip(0..) {
            for &(feature, value) in vector {
                holders[feature as usize].push((place, value));
            }
        }
        Self { vectors, labels, holders }
    }

    /// For each label the likeness of its nearest vector, and of its nearest ones together. One vector may be left out.
    fn likeness(&self, query: &[(u32, f32)], label_count: usize, without: Option<usize>) -> Vec<(f32, f32)> {
        let mut products = vec![0.0_f32; self.vectors.len()];
        for &(feature, value) in query {
            for &(place, other) in &self.holders[feature as usize] {
                products[place as usize] += value * other;
            }
        }
        let mut of_labels = vec![[0.0_f32; NEAREST]; label_count];
        for (place, product) in products.into_iter().enumerate().filter(|(place, _)| Some(*place) != without) {
            let nearest = &mut of_labels[self.labels[place] as usize];
            let rank = nearest.partition_point(|other| *other >= product);
            if rank < NEAREST {
                nearest[rank..].rotate_right(1);
                nearest[rank] = product;
            }
        }
        let together = |nearest: [f32; NEAREST]| nearest.iter().rev().fold(0.0, |sum, product| sum * DECAY + product);
        of_labels.into_iter().map(|nearest| (nearest[0], together(nearest))).collect()
    }
}

impl Ranker {
    /// Learns from examples and from the descriptions of labels. A label need not have both. The order of neither matters.
    pub fn train(
        examples: &[RankedExample<'_>],
        labels: &[LabelDescription<'_>],
        options: &TrainingOptions,
    ) -> Result<Self, LearningError> {
        let mut examples = examples.to_vec();
        examples.sort_unstable();
        let described = labels.iter().map(|label| label.label);
        let places = crate::classifier::number_labels(examples.iter().map(|example| example.label).chain(described))?;
        let answers = examples.iter().map(|example| Document { title: "", text: example.answer });
        let descriptions = labels.iter().map(|label| Document { title: label.name, text: label.duties });
        let questions = examples.iter().map(|example| example.document);
        let vocabulary = Vocabulary::build(questions.chain(answers).chain(descriptions), BLOCKS);
        if vocabulary.len() == 0 {
            return Err(LearningError::NoWords);
        }
        let vector = |document: Document<'_>| unit(vocabulary.vector(&Analysis::of(document)));
        let label_of = |place: usize| u32::try_from(places[examples[place].label]).unwrap_or(u32::MAX);
        let of_examples: Vec<u32> = (0..examples.len()).map(label_of).collect();
        let asked = in_parallel(options.threads, examples.len(), |place| vector(examples[place].document));
        let answered = in_parallel(options.threads, examples.len(), |place| {
            vector(Document { title: "", text: examples[place].answer })
        });
        let mut known: Vec<Label> =
            places.keys().map(|name| Label { description: Sparse::new(), pairs: pairs_of(name) }).collect();
        for label in labels {
            known[places[label.label]] = Label {
                description: vector(Document { title: label.name, text: label.duties }),
                pairs: pairs_of(label.name),
            };
        }
        let mut ranker = Self {
            labels: known,
            names: places.keys().map(|name| (*name).to_owned()).collect(),
            questions: Collection::new(asked, of_examples.clone(), vocabulary.len()),
            answers: Collection::new(answered, of_examples, vocabulary.len()),
            vocabulary,
            scales: BEFOREHAND,
            confidence: Confidence::default(),
            abstain_below: options.abstain_below,
        };
        ranker.learn(&examples, options);
        Ok(ranker)
    }

    /// Learns what each kind of likeness counts, and what a confidence is worth, by leaving one example out at a time.
    ///
    /// Only examples whose label has others teach, and among labels with examples only: that a label is left without
    /// examples would tell that it is the one left out.
    fn learn(&mut self, examples: &[RankedExample<'_>], options: &TrainingOptions) {
        let mut counts = vec![0_usize; self.labels.len()];
        for label in &self.questions.labels {
            counts[*label as usize] += 1;
        }
        let mut chosen: Vec<usize> =
            (0..examples.len()).filter(|place| counts[self.questions.labels[*place] as usize] > 1).collect();
        Random::new(options.seed).shuffle(&mut chosen);
        chosen.truncate(MOST_LESSONS);
        let candidates: Vec<usize> = (0..counts.len()).filter(|label| counts[*label] > 0).collect();
        let lessons: Vec<Lesson> = in_parallel(options.threads, chosen.len(), |turn| {
            let place = chosen[turn];
            let analysis = Analysis::of(examples[place].document);
            let all = self.likeness(&analysis, &self.questions.vectors[place], Some(place));
            let truth = self.questions.labels[place] as usize;
            Lesson {
                likeness: candidates.iter().map(|label| all[*label]).collect(),
                truth: candidates.iter().position(|label| *label == truth).unwrap_or(0),
            }
        });
        if lessons.is_empty() {
            return;
        }
        self.scales = fit(&lessons);
        let said = lessons.iter().map(|lesson| {
            let scores = lesson.scores(&self.scales);
            let first = highest(&scores);
            (probabilities(&scores)[first], first == lesson.truth)
        });
        self.confidence = Confidence::fit(said.collect());
    }

    fn likeness(&self, analysis: &Analysis, vector: &[(u32, f32)], without: Option<usize>) -> Vec<[f64; KINDS]> {
        let asked = self.questions.likeness(vector, self.labels.len(), without);
        let answered = self.answers.likeness(vector, self.labels.len(), without);
        let own: std::collections::HashSet<(char, char)> =
            analysis.words.iter().flat_map(|word| pairs_of(word)).collect();
        let of_label = |place: usize| {
            let label = &self.labels[place];
            let found = label.pairs.iter().filter(|pair| own.contains(pair)).count() as f64;
            [
                f64::from(asked[place].0),
                f64::from(asked[place].1),
                f64::from(answered[place].0),
                f64::from(answered[place].1),
                f64::from(inner_product(vector, &label.description)),
                found / label.pairs.len().max(1) as f64,
            ]
        };
        (0..self.labels.len()).map(of_label).collect()
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.names
    }

    /// The likeliest labels of a document, at most `limit`.
    pub fn rank(&self, document: Document<'_>, limit: usize) -> Classification {
        let analysis = Analysis::of(document);
        let vector = unit(self.vocabulary.vector(&analysis));
        let likeness = self.likeness(&analysis, &vector, None);
        let scores: Vec<f64> = likeness.iter().map(|kinds| dot(kinds, &self.scales)).collect();
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
        let mut shares = probabilities(&scores);
        let first = order[0];
        let sure = self.confidence.of(shares[first]);
        let rest = (1.0 - shares[first]).max(f64::MIN_POSITIVE);
        for (place, share) in shares.iter_mut().enumerate() {
            *share = if place == first { sure } else { (*share / rest * (1.0 - sure)).min(sure) };
        }
        let abstains = vector.is_empty() || sure < self.abstain_below;
        let evidence = self.evidence(&analysis, &vector, first);
        order.truncate(limit);
        let candidate = |place: usize| Candidate { label: self.names[place].clone(), confidence: shares[place] };
        Classification { ranked: order.into_iter().map(candidate).collect(), abstains, evidence }
    }

    /// The words that the document has in common with the questions, answers and description of the label.
    fn evidence(&self, analysis: &Analysis, vector: &[(u32, f32)], label: usize) -> Vec<Evidence> {
        let mut shared: BTreeMap<u32, f32> = vector.iter().map(|entry| (entry.0, 0.0)).collect();
        let of_label = [&self.questions, &self.answers].into_iter().flat_map(|collection| {
            let own = collection.vectors.iter().zip(&collection.labels);
            own.filter(move |(_, other)| **other as usize == label).map(|(vector, _)| vector)
        });
        for (feature, value) in of_label.chain([&self.labels[label].description]).flatten() {
            shared.entry(*feature).and_modify(|sum| *sum += value);
        }
        let values: BTreeMap<u32, f32> = vector.iter().copied().collect();
        let mut words: BTreeMap<u32, f32> = BTreeMap::new();
        for occurrence in &analysis.occurrences {
            if let Some(place) = self.vocabulary.place(*occurrence)
                && let (Some(sum), Some(value)) = (shared.get(&place), values.get(&place))
            {
                *words.entry(occurrence.word).or_default() += sum * value;
            }
        }
        let sum: f32 = words.values().sum();
        let mut found: Vec<(u32, f32)> = words.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        found.truncate(MOST_EVIDENCE);
        let evidence = |(word, weight): (u32, f32)| Evidence {
            word: analysis.words[word as usize].clone(),
            weight: f64::from(weight / sum),
        };
        found.into_iter().map(evidence).collect()
    }

    /// The model as bytes with version and checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(NAME);
        self.vocabulary.write(&mut writer);
        writer.length(self.labels.len());
        for (label, name) in self.labels.iter().zip(&self.names) {
            writer.text(name);
            writer.text(&label.pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect::<String>());
            write_sparse(&mut writer, &label.description);
        }
        for collection in [&self.questions, &self.answers] {
            writer.length(collection.vectors.len());
            for (vector, label) in collection.vectors.iter().zip(&collection.labels) {
                writer.place(*label);
                write_sparse(&mut writer, vector);
            }
        }
        for scale in self.scales {
            writer.double(scale);
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
        let vocabulary = Vocabulary::read(reader)?;
        let (mut labels, mut names) = (Vec::new(), Vec::new());
        for _ in 0..reader.length(24)? {
            names.push(reader.text()?);
            let characters: Vec<char> = reader.text()?.chars().collect();
            let pairs = characters.as_chunks::<2>().0.iter().map(|pair| (pair[0], pair[1])).collect();
            labels.push(Label { description: read_sparse(reader, vocabulary.len())?, pairs });
        }
        let questions = read_collection(reader, vocabulary.len(), labels.len())?;
        let answers = read_collection(reader, vocabulary.len(), labels.len())?;
        let mut scales = [0.0; KINDS];
        for scale in &mut scales {
            *scale = reader.double()?;
        }
        let confidence = Confidence::read(reader)?;
        let abstain_below = reader.double()?;
        (labels.len() >= 2).then_some(Self {
            labels,
            names,
            vocabulary,
            questions,
            answers,
            scales,
            confidence,
            abstain_below,
        })
    }
}

fn write_sparse(writer: &mut Writer, vector: &Sparse) {
    writer.length(vector.len());
    for &(feature, value) in vector {
        writer.place(feature);
        writer.float(value);
    }
}

fn read_sparse(reader: &mut Reader<'_>, feature_count: usize) -> Option<Sparse> {
    let mut vector = Sparse::new();
    for _ in 0..reader.length(8)? {
        let feature = reader.place().filter(|feature| (*feature as usize) < feature_count)?;
        vector.push((feature, reader.float()?));
    }
    Some(vector)
}

fn read_collection(reader: &mut Reader<'_>, feature_count: usize, label_count: usize) -> Option<Collection> {
    let (mut vectors, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..reader.length(12)? {
        labels.push(reader.place().filter(|label| (*label as usize) < label_count)?);
        vectors.push(read_sparse(reader, feature_count)?);
    }
    Some(Collection::new(vectors, labels, feature_count))
}

/// What was like the labels when an example was left out, and which of them was the true one.
struct Lesson {
    likeness: Vec<[f64; KINDS]>,
    truth: usize,
}

impl Lesson {
    fn scores(&self, scales: &[f64; KINDS]) -> Vec<f64> {
        self.likeness.iter().map(|kinds| dot(kinds, scales)).collect()
    }
}

/// The scales under which the true labels are likeliest (conditional logit, by gradient with a step for each kind); none is
/// negative, since likeness never speaks against a label.
fn fit(lessons: &[Lesson]) -> [f64; KINDS] {
    let mut scales = BEFOREHAND;
    let mut squares = [0.0_f64; KINDS];
    for _ in 0..200 {
        let mut slope = [0.0; KINDS];
        for lesson in lessons {
            let mut errors = probabilities(&lesson.scores(&scales));
            errors[lesson.truth] -= 1.0;
            for (kinds, error) in lesson.likeness.iter().zip(errors) {
                for (sum, kind) in slope.iter_mut().zip(kinds) {
                    *sum += error * kind / lessons.len() as f64;
                }
            }
        }
        for place in 0..KINDS {
            let slope = slope[place] + 2.0 * HOLD * (scales[place] - BEFOREHAND[place]);
            squares[place] += slope * slope;
            scales[place] = (scales[place] - slope / (squares[place].sqrt() + 1e-12)).max(0.0);
        }
    }
    scales
}

fn dot(one: &[f64; KINDS], other: &[f64; KINDS]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn unit(mut vector: Sparse) -> Sparse {
    let square: f64 = vector.iter().map(|entry| f64::from(entry.1) * f64::from(entry.1)).sum();
    let inverse = if square > 0.0 { narrow(1.0 / square.sqrt()) } else { 0.0 };
    for entry in &mut vector {
        entry.1 *= inverse;
    }
    vector
}

fn pairs_of(name: &str) -> Vec<(char, char)> {
    let characters: Vec<char> = name.chars().filter(|character| character.is_alphanumeric()).collect();
    characters.windows(2).map(|pair| (pair[0], pair[1])).collect()
}
