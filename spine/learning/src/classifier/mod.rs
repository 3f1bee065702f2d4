//! Few labels with many examples each.

mod matters;
mod neighbours;
mod postings;
mod school;
mod seen;
mod table;

use crate::bytes::{Form, Reader, Writer};
use crate::calibration::{Confidence, Mixture, highest, moves, probabilities};
use crate::evidence::Words;
use crate::features::{BlockWeights, Vocabulary};
use crate::random::in_parallel;
use crate::{Candidate, Classification, Document, Evidence, LearningError};
use matters::ByMatters;
use neighbours::Neighbours;
use school::{NEIGHBOURS, School, Trained};
use seen::{Known, Parts, Seen};
use std::collections::BTreeMap;
use table::Table;

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

/// Each block is a view of its own, and of length one: the mixture says what it counts.
const BLOCKS: BlockWeights = [1.0, 1.0, 0.0];
/// Features are kept from so many examples on: what a single one has, says little of a label with many.
const LEAST_DOCUMENTS: u32 = 2;
/// Labels that a model holds at most: what every feature weighs for every label is kept.
const MOST_LABELS: usize = 1_000;
/// What the bytes of a classifier begin with.
const FORM: Form = Form { name: *b"maruclas", version: 4 };

/// Says which of few labels a document carries. Cheap to ask, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Classifier {
    labels: Vec<String>,
    vocabulary: Vocabulary,
    letters: Table,
    matters: ByMatters,
    neighbours: Neighbours,
    neighbour_scales: Vec<f64>,
    shifts: Vec<f64>,
    /// What scores are moved by before the first is chosen, so that rare labels are found. A confidence knows nothing of them:
    /// a label that was moved to the front is no likelier for it.
    moves: Vec<f64>,
    confidence: Confidence,
    abstain_below: f64,
}

impl Classifier {
    /// Learns from labelled documents, seen also through the lexicon of public matters. The order of the examples does not matter.
    pub fn train(examples: &[(Document<'_>, &str)], options: &TrainingOptions) -> Result<Self, LearningError> {
        let mut examples = examples.to_vec();
        examples.sort_unstable_by_key(|(document, label)| (*label, document.title, document.text));
        let places = number_labels(examples.iter().map(|example| example.1))?;
        let labels: Vec<usize> = examples.iter().map(|example| places[example.1]).collect();
        let vocabulary = Vocabulary::build(examples.iter().map(|example| example.0), BLOCKS, LEAST_DOCUMENTS);
        if vocabulary.len() == 0 {
            return Err(LearningError::NoWords);
        }
        let parts = in_parallel(options.threads, examples.len(), |place| Parts::of(examples[place].0));
        let school = School::new(&parts, (&labels, places.len()), &vocabulary, options);
        let held_out = school.held_out(&school.divide());
        let mixture = Mixture::fit(&held_out, &labels, places.len());
        let mixed: Vec<Vec<f64>> = (0..labels.len()).map(|place| mixture.mix(&held_out, place)).collect();
        let moves = moves(&mixed, &labels, places.len());
        let said = mixed.iter().zip(&labels).map(|(scores, label)| {
            let first = highest(&moved(scores, &moves));
            (probabilities(scores)[first], first == *label)
        });
        let confidence = Confidence::fit(said.collect());
        let Trained { letters, matters, neighbours, neighbour_scales, shifts } =
            school.train(&mixture.scales, &mixture.shifts);
        Ok(Self {
            labels: places.keys().map(|label| (*label).to_owned()).collect(),
            vocabulary,
            letters,
            matters,
            neighbours,
            neighbour_scales,
            shifts,
            moves,
            confidence,
            abstain_below: options.abstain_below,
        })
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Which label the document carries, how sure that is, and which words decided.
    pub fn classify(&self, document: Document<'_>) -> Classification {
        let parts = Parts::of(document);
        let known = Known::of(&parts, &self.vocabulary);
        let seen = Seen::of(&known, &self.vocabulary, self.matters.outlooks());
        let scores = self.scores(&seen);
        let moved = moved(&scores, &self.moves);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|one, other| moved[*other].total_cmp(&moved[*one]).then(one.cmp(other)));
        let confidences = self.confidences(&scores, order[0]);
        let ranked: Vec<Candidate> = order
            .iter()
            .map(|place| Candidate { label: self.labels[*place].clone(), confidence: confidences[*place] })
            .collect();
        // A document of which not one feature is known says nothing, however frequent a label may be.
        let abstains = seen.is_unknown() || confidences[order[0]] < self.abstain_below;
        let evidence = self.evidence((&parts, &known), seen.scales, order[0]);
        Classification { ranked, abstains, evidence }
    }

    fn scores(&self, seen: &Seen) -> Vec<f64> {
        let mut scores = self.shifts.clone();
        for letters in &seen.letters {
            self.letters.add(letters, &mut scores);
        }
        self.matters.add(seen, &mut scores);
        let likeness = self.neighbours.likeness(seen);
        for (counts, scale) in NEIGHBOURS.iter().zip(&self.neighbour_scales) {
            let votes = self.neighbours.votes(&likeness, counts, self.labels.len(), |_| true);
            for (score, vote) in scores.iter_mut().zip(votes) {
                *score += scale * f64::from(vote);
            }
        }
        scores
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
    fn evidence(&self, (parts, known): (&Parts, &Known), scales: [f32; 2], first: usize) -> Vec<Evidence> {
        let mut words = Words::of(&parts.everything);
        words.hear(&self.vocabulary, &known.own, |feature| self.letters.beyond_average(feature, first));
        self.matters.testify(&mut words, (parts, known), scales, first);
        words.weightiest()
    }

    /// The model as bytes with version and checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(FORM);
        writer.number(lexicon_mark());
        writer.length(self.labels.len());
        for (place, label) in self.labels.iter().enumerate() {
            writer.text(label);
            writer.double(self.shifts[place]);
            writer.double(self.moves[place]);
        }
        self.vocabulary.write(&mut writer);
        self.letters.write(&mut writer);
        self.matters.write(&mut writer);
        self.neighbours.write(&mut writer);
        for scale in &self.neighbour_scales {
            writer.double(*scale);
        }
        self.confidence.write(&mut writer);
        writer.double(self.abstain_below);
        writer.finish()
    }

    /// A model from its bytes. Bytes of another version, cut off or changed are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let mut reader = Reader::open(bytes, FORM)?;
        if reader.number() != Some(lexicon_mark()) {
            return Err(LearningError::Unreadable {
                reason: "they were learned with another lexicon of public matters",
            });
        }
        Self::read(&mut reader)
            .filter(|_| reader.is_at_end())
            .ok_or(LearningError::Unreadable { reason: "their content does not fit together" })
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let count = reader.length(24)?;
        let (mut labels, mut shifts, mut moves) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            labels.push(reader.text()?);
            shifts.push(reader.double()?);
            moves.push(reader.double()?);
        }
        let vocabulary = Vocabulary::read(reader)?;
        let letters = Table::read(reader, vocabulary.len(), count)?;
        let matters = ByMatters::read(reader, count)?;
        let neighbours = Neighbours::read(reader, vocabulary.len(), count)?;
        let neighbour_scales = NEIGHBOURS.iter().map(|_| reader.double()).collect::<Option<Vec<f64>>>()?;
        let confidence = Confidence::read(reader)?;
        let abstain_below = reader.double()?;
        (count >= 2).then_some(Self {
            labels,
            vocabulary,
            letters,
            matters,
            neighbours,
            neighbour_scales,
            shifts,
            moves,
            confidence,
            abstain_below,
        })
    }
}

/// Tells one state of the lexicon from another: a model that learned with one cannot be asked with another.
fn lexicon_mark() -> u64 {
    crate::matters::matters().mark()
}

/// Scores moved by what is added to each.
fn moved(scores: &[f64], moves: &[f64]) -> Vec<f64> {
    scores.iter().zip(moves).map(|(score, by)| score + by).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::checksum;

    /// Sentences of two trades; every word of one trade stands in several of its sentences.
    fn examples() -> Vec<(String, &'static str)> {
        let roads = ["가로등", "포장", "차선", "육교", "신호등"];
        let waste = ["쓰레기", "봉투", "재활용", "청소차", "분리수거"];
        let sentence = |one: &str, other: &str| format!("{one} 때문에 {other} 불편합니다");
        let of = |words: [&'static str; 5], label: &'static str| {
            (0..20).map(move |turn| (sentence(words[turn % 5], words[(turn / 2 + 1) % 5]), label))
        };
        of(roads, "교통").chain(of(waste, "환경")).collect()
    }

    fn train(threads: usize) -> Classifier {
        let examples = examples();
        let documents: Vec<(Document<'_>, &str)> =
            examples.iter().map(|(text, label)| (Document { title: text, text: "" }, *label)).collect();
        Classifier::train(&documents, &TrainingOptions { threads, ..TrainingOptions::default() }).unwrap()
    }

    #[test]
    fn words_that_no_example_has_are_known_from_the_lexicon() {
        let classifier = train(1);
        for (text, label) in [("보도블록이 깨졌어요", "교통"), ("종량제와 음식물 처리기", "환경")]
        {
            let found = classifier.classify(Document { title: "", text });
            assert_eq!(found.ranked[0].label, label, "{found:?}");
        }
    }

    #[test]
    fn a_model_that_learned_with_another_lexicon_is_refused() {
        let mut bytes = train(1).to_bytes();
        let mark = lexicon_mark().to_le_bytes();
        let place = bytes.windows(8).position(|window| window == mark).unwrap();
        let read = |bytes: &mut Vec<u8>| {
            let end = bytes.len() - 8;
            let sum = checksum(&bytes[..end]);
            bytes[end..].copy_from_slice(&sum.to_le_bytes());
            Classifier::from_bytes(bytes)
        };
        assert!(read(&mut bytes).is_ok());
        bytes[place] ^= 1;
        assert!(read(&mut bytes).unwrap_err().to_string().contains("lexicon"));
    }

    #[test]
    fn a_classifier_is_the_same_on_any_number_of_threads_and_from_its_bytes() {
        let classifier = train(1);
        let bytes = classifier.to_bytes();
        assert_eq!(bytes, train(3).to_bytes());
        let read = Classifier::from_bytes(&bytes).unwrap();
        assert_eq!(bytes, read.to_bytes());
        let asked = Document { title: "", text: "가로등 포장이 불편합니다" };
        let found = classifier.classify(asked);
        assert_eq!(found, read.classify(asked));
        assert_eq!(found.ranked[0].label, "교통");
        assert!(found.evidence.iter().any(|evidence| evidence.word == "가로등"), "{found:?}");
        assert!(Classifier::from_bytes(&bytes[1..]).is_err());
    }
}
