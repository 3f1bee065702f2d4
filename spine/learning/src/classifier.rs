//! Few labels with many examples each.

use crate::features::{hash, vector, words};
use crate::{Candidate, Classification, Document, Evidence, LearningError};
use std::collections::{BTreeMap, HashMap};

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrainingOptions {
    /// Decides how examples are shuffled and divided; the same seed gives the same model.
    pub seed: u64,
    /// How many threads may work; the model is the same for any number.
    pub threads: usize,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self { seed: 1, threads: 2 }
    }
}

/// Says which of few labels a document carries. Cheap to ask, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Classifier {
    labels: Vec<String>,
    weights: HashMap<u64, Vec<f64>>,
}

impl Classifier {
    /// Learns from labelled documents. The order of the examples does not matter.
    pub fn train(examples: &[(Document<'_>, &str)], options: &TrainingOptions) -> Result<Self, LearningError> {
        let _ = options;
        let mut places: BTreeMap<&str, usize> = examples.iter().map(|example| (example.1, 0)).collect();
        if places.len() < 2 {
            return Err(LearningError::TooFewLabels { examples: examples.len(), labels: places.len() });
        }
        for (place, value) in places.values_mut().enumerate() {
            *value = place;
        }
        let mut weights: HashMap<u64, Vec<f64>> = HashMap::new();
        let mut lengths = vec![0.0; places.len()];
        for (document, label) in examples {
            let label = places[label];
            lengths[label] += 1.0;
            for (feature, value) in vector(*document) {
                weights.entry(feature).or_insert_with(|| vec![0.0; places.len()])[label] += value;
            }
        }
        if weights.is_empty() {
            return Err(LearningError::NoWords);
        }
        for row in weights.values_mut() {
            let inverse = 1.0 / row.iter().sum::<f64>().sqrt();
            for (value, length) in row.iter_mut().zip(&lengths) {
                *value *= inverse / length;
            }
        }
        Ok(Self { labels: places.keys().map(|label| (*label).to_owned()).collect(), weights })
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Which label the document carries, how sure that is, and which words decided.
    pub fn classify(&self, document: Document<'_>) -> Classification {
        let mut scores = vec![0.0; self.labels.len()];
        for (feature, value) in vector(document) {
            if let Some(row) = self.weights.get(&feature) {
                scores.iter_mut().zip(row).for_each(|(score, weight)| *score += value * weight);
            }
        }
        let sum = scores.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let mut ranked: Vec<Candidate> = self
            .labels
            .iter()
            .zip(&scores)
            .map(|(label, score)| Candidate { label: label.clone(), confidence: score / sum })
            .collect();
        ranked.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        let abstains = ranked.first().is_none_or(|best| best.confidence < 0.5);
        let evidence = self.evidence(document, &ranked);
        Classification { ranked, abstains, evidence }
    }

    fn evidence(&self, document: Document<'_>, ranked: &[Candidate]) -> Vec<Evidence> {
        let Some(best) = ranked.first() else { return Vec::new() };
        let Some(place) = self.labels.iter().position(|label| *label == best.label) else { return Vec::new() };
        let mut found: BTreeMap<String, f64> = BTreeMap::new();
        for word in words(document.title).into_iter().chain(words(document.text)) {
            let grams = maru_korean::character_grams(&word, 2);
            let weight: f64 = grams.iter().filter_map(|gram| self.weights.get(&hash(gram))).map(|row| row[place]).sum();
            found.insert(word, weight);
        }
        let sum = found.values().sum::<f64>().max(f64::MIN_POSITIVE);
        let mut found: Vec<Evidence> =
            found.into_iter().map(|(word, weight)| Evidence { word, weight: weight / sum }).collect();
        found.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        found.truncate(8);
        found
    }

    /// The model as bytes with version and checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = b"maru-classifier-0".to_vec();
        bytes.extend((self.labels.len() as u64).to_le_bytes());
        for label in &self.labels {
            bytes.extend((label.len() as u64).to_le_bytes());
            bytes.extend(label.as_bytes());
        }
        let mut rows: Vec<_> = self.weights.iter().collect();
        rows.sort_by_key(|row| row.0);
        for (feature, row) in rows {
            bytes.extend(feature.to_le_bytes());
            for weight in row {
                bytes.extend(weight.to_le_bytes());
            }
        }
        bytes
    }

    /// A model from its bytes. Bytes of another version, cut off or changed are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let unreadable = LearningError::Unreadable { reason: "they are cut off or of another version" };
        Self::parse(bytes).ok_or(unreadable)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"maru-classifier-0")?;
        let number = |rest: &mut &[u8]| -> Option<u64> {
            let (head, tail) = rest.split_first_chunk::<8>()?;
            *rest = tail;
            Some(u64::from_le_bytes(*head))
        };
        let mut labels = Vec::new();
        for _ in 0..number(&mut rest)? {
            let length = usize::try_from(number(&mut rest)?).ok()?;
            let (head, tail) = rest.split_at_checked(length)?;
            labels.push(std::str::from_utf8(head).ok()?.to_owned());
            rest = tail;
        }
        let mut weights = HashMap::new();
        while !rest.is_empty() {
            let feature = number(&mut rest)?;
            let row = labels.iter().map(|_| number(&mut rest).map(f64::from_bits)).collect::<Option<Vec<f64>>>()?;
            weights.insert(feature, row);
        }
        Some(Self { labels, weights })
    }
}
