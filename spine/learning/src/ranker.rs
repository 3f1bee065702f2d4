//! Many labels with few examples each.

use crate::{Classification, Classifier, Document, LearningError, TrainingOptions};

/// A document with its label and, where there is one, the answer that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Ranks many labels for a document: the department that should answer. Cheap to ask, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Ranker {
    linear: Classifier,
}

impl Ranker {
    /// Learns from examples and from the descriptions of labels. A label need not have both. The order of neither matters.
    pub fn train(
        examples: &[RankedExample<'_>],
        labels: &[LabelDescription<'_>],
        options: &TrainingOptions,
    ) -> Result<Self, LearningError> {
        let asked = examples.iter().map(|example| (example.document, example.label));
        let answered = examples.iter().map(|example| (Document { title: "", text: example.answer }, example.label));
        let described = labels.iter().map(|label| (Document { title: label.name, text: label.duties }, label.label));
        let all: Vec<(Document<'_>, &str)> = asked.chain(answered).chain(described).collect();
        Ok(Self { linear: Classifier::train(&all, options)? })
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        self.linear.labels()
    }

    /// The likeliest labels of a document, at most `limit`.
    pub fn rank(&self, document: Document<'_>, limit: usize) -> Classification {
        let mut found = self.linear.classify(document);
        found.ranked.truncate(limit);
        found
    }

    /// The model as bytes with version and checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.linear.to_bytes()
    }

    /// A model from its bytes. Bytes of another version, cut off or changed are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        Ok(Self { linear: Classifier::from_bytes(bytes)? })
    }
}
