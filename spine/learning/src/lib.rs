//! Learning from the deployment's own cases, on the deployment's own machine: which category an inquiry belongs to, which
//! department answers it, and whether it has been asked before.
//!
//! Pure: no files, no clock, no network; the seed is an argument, and the same cases give the same model on any number of
//! threads. Texts are expected to be masked already (`maru-privacy`): words of the training texts are kept in the model as
//! hashes, but what decided is shown in the words of the text that is being classified.
//!
//! - [`Classifier`]: few labels with many examples each, such as the category of an inquiry. Linear models and the nearest
//!   examples, with calibrated confidence; abstains when it is not sure; names the words that decided.
//! - [`Ranker`]: many labels with few examples each, such as the department that answers. Also learns from the name and the
//!   duties of a label and from the answers it has given, so that a label without any example can be proposed.
//!
//!   Both see a text also through the lexicon of public matters (`matters/`): what people in Korea bring before ministries, cities and
//!   districts, in the words in which they speak of it.
//! - [`Screener`]: yes or no about a text in microseconds, such as whether it tries to smuggle instructions into a conversation, by its
//!   letters and by the [`Concepts`] that it speaks of.
//! - [`NearDuplicates`]: the same thing sent again, perhaps with some words changed; [`Boundary`]: how alike texts must be for
//!   that, as people judged pairs of them.

mod boundary;
mod bytes;
mod calibration;
mod classifier;
mod collection;
mod duplicates;
mod evidence;
mod features;
mod linear;
mod matters;
mod random;
mod ranker;
mod screener;

pub use boundary::Boundary;
pub use classifier::{Classifier, TrainingOptions};
pub use duplicates::{NearDuplicates, Signature, Similar};
pub use ranker::{LabelDescription, RankedExample, Ranker};
pub use screener::{Concept, Concepts, ScreenedExample, ScreenedText, Screener};

/// A text as it came: what stands in its title and what stands below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document<'a> {
    /// The title; may be empty.
    pub title: &'a str,
    /// The text; may be empty.
    pub text: &'a str,
}

/// What a model says about a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Labels with the likeliest first. Confidences are calibrated probabilities between 0 and 1 and sum to at most 1.
    pub ranked: Vec<Candidate>,
    /// Whether the model is too unsure to be followed without a person looking.
    pub abstains: bool,
    /// The words of the document that spoke for the first label, the weightiest first. Weights are positive and sum to at
    /// most 1: the share of what spoke for the label.
    pub evidence: Vec<Evidence>,
}

impl Classification {
    /// The likeliest label, whether or not the model abstains.
    pub fn best(&self) -> Option<&Candidate> {
        self.ranked.first()
    }
}

/// A label and how likely it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The label as it was in training.
    pub label: String,
    /// Calibrated probability between 0 and 1.
    pub confidence: f64,
}

/// A word that spoke for the first label.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The word as it stands in the document, without its particle.
    pub word: String,
    /// Its share of all that spoke for the label, between 0 and 1.
    pub weight: f64,
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LearningError {
    /// Training needs examples of at least two labels.
    #[error(
        "training needs examples of at least two labels, but found {labels} label(s) in {examples} example(s); add labelled inquiries"
    )]
    TooFewLabels {
        /// How many examples there were.
        examples: usize,
        /// How many different labels they carried.
        labels: usize,
    },
    /// More labels than a model can hold.
    #[error(
        "a model holds at most {limit} labels, but the examples carry {labels}; check that the label field is not free text"
    )]
    TooManyLabels {
        /// How many different labels there were.
        labels: usize,
        /// The limit.
        limit: usize,
    },
    /// No word of any example can be learned from.
    #[error("the examples hold no words; check that the fields `title` and `text` are filled")]
    NoWords,
    /// Bytes that are not a model of this version.
    #[error("these bytes are not a usable model: {reason}; train it again from the labelled inquiries")]
    Unreadable {
        /// What is wrong with them.
        reason: &'static str,
    },
}
