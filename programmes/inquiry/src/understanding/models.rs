//! The models that the deployment learned from its own cases.

use maru_learning::{
    Boundary, Classifier, Document, LabelDescription, LearningError, RankedExample, Ranker, Signature, TrainingOptions,
};

use super::similar::NEARLY_THE_SAME;
use crate::{
    agency::Agency,
    store::{ModelKind, PairExample, StoredModel},
};

/// A labelled inquiry to learn from; title and text are masked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The category.
    pub category: Option<String>,
    /// The department that answered it.
    pub department: Option<String>,
    /// The kind under the Act, as identifier.
    pub kind: Option<String>,
    /// The answer, masked; empty where there is none.
    pub answer: String,
}

/// The models of one revision.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// Which revision; 0 where nothing was learned yet.
    pub revision: u64,
    /// Says the category.
    pub category: Option<Classifier>,
    /// Says the department.
    pub department: Option<Ranker>,
    /// Says the kind.
    pub kind: Option<Classifier>,
    /// Says from which likeness on two inquiries are near-duplicates.
    pub boundary: Option<Boundary>,
}

/// Fewer labelled kinds than this teach nothing beyond the rules.
const ENOUGH_KINDS: usize = 60;

impl Models {
    /// What is known before anything was learned: the duties of the departments, and the lexicon of public matters.
    pub fn untrained(agency: &Agency) -> Self {
        Self { department: department_ranker(agency, &[]).ok(), ..Self::default() }
    }

    /// The models as they are stored; those that cannot be read (of another version of the program) are as if untrained,
    /// with a warning, so that intake goes on.
    pub fn read(revision: u64, stored: &[StoredModel], agency: &Agency) -> Self {
        let mut models = Self { revision, ..Self::untrained(agency) };
        for model in stored {
            let read = match model.kind {
                ModelKind::Category => Classifier::from_bytes(&model.bytes).map(|read| models.category = Some(read)),
                ModelKind::Department => Ranker::from_bytes(&model.bytes).map(|read| models.department = Some(read)),
                ModelKind::Kind => Classifier::from_bytes(&model.bytes).map(|read| models.kind = Some(read)),
                ModelKind::Boundary => Boundary::from_bytes(&model.bytes).map(|read| models.boundary = Some(read)),
            };
            if let Err(error) = read {
                tracing::warn!(%error, model = ?model.kind, "a learned model cannot be used; train it again");
            }
        }
        models
    }

    /// From which likeness on two inquiries are near-duplicates.
    pub fn near_duplicate(&self) -> f64 {
        self.boundary.map_or(NEARLY_THE_SAME, Boundary::similarity)
    }

    /// Learns from examples and from pairs of inquiries that people judged. A model for which there is too little is left out.
    ///
    /// # Errors
    /// [`LearningError`] where no model at all could be learned: that of the categories says why.
    pub fn learn(
        (examples, pairs): (&[Example], &[PairExample]),
        agency: &Agency,
        options: &TrainingOptions,
    ) -> Result<Vec<StoredModel>, LearningError> {
        let mut stored = Vec::new();
        let judged: Vec<(f64, bool)> = pairs.iter().filter_map(|pair| Some((likeness(pair)?, pair.same))).collect();
        if let Some(boundary) = Boundary::learn(&judged, NEARLY_THE_SAME) {
            let bytes = boundary.to_bytes();
            stored.push(StoredModel { kind: ModelKind::Boundary, examples: judged.len() as u64, bytes });
        }
        let count = |labelled: usize| labelled as u64;
        let categories = labelled(examples, |example| example.category.as_deref());
        let category = Classifier::train(&categories, options);
        if let Ok(model) = &category {
            let bytes = model.to_bytes();
            stored.push(StoredModel { kind: ModelKind::Category, examples: count(categories.len()), bytes });
        }
        let answered = examples.iter().filter(|example| example.department.is_some()).count();
        if answered > 0
            && let Ok(model) = department_ranker(agency, examples)
        {
            let bytes = model.to_bytes();
            stored.push(StoredModel { kind: ModelKind::Department, examples: count(answered), bytes });
        }
        let kinds = labelled(examples, |example| example.kind.as_deref());
        if kinds.len() >= ENOUGH_KINDS
            && let Ok(model) = Classifier::train(&kinds, options)
        {
            stored.push(StoredModel { kind: ModelKind::Kind, examples: count(kinds.len()), bytes: model.to_bytes() });
        }
        if stored.is_empty() {
            category?;
        }
        Ok(stored)
    }
}

/// How alike the texts of a pair are; none where one of them has no letters.
fn likeness(pair: &PairExample) -> Option<f64> {
    Some(Signature::of(&pair.one)?.similarity(&Signature::of(&pair.other)?))
}

fn labelled<'a>(
    examples: &'a [Example],
    label: impl Fn(&'a Example) -> Option<&'a str>,
) -> Vec<(Document<'a>, &'a str)> {
    let document = |example: &'a Example| Document { title: &example.title, text: &example.text };
    examples.iter().filter_map(|example| Some((document(example), label(example)?))).collect()
}

fn department_ranker(agency: &Agency, examples: &[Example]) -> Result<Ranker, LearningError> {
    let duties: Vec<String> = agency.departments.iter().map(|department| department.duties.join(" ")).collect();
    let labels: Vec<LabelDescription<'_>> = agency
        .departments
        .iter()
        .zip(&duties)
        .map(|(department, duties)| LabelDescription { label: &department.id, name: &department.name, duties })
        .collect();
    let ranked: Vec<RankedExample<'_>> = examples
        .iter()
        .filter_map(|example| {
            let document = Document { title: &example.title, text: &example.text };
            Some(RankedExample { document, label: example.department.as_deref()?, answer: &example.answer })
        })
        .collect();
    Ranker::train(&ranked, &labels, &TrainingOptions::default())
}
