//! Weights of the linear models that order candidates and estimate how probable each is, learned by `benches/knowledge/learn.py` from what
//! `examples/measure_knowledge.rs` writes. They know nothing of any text: each weighs one number.

/// What is known about an article.
pub(crate) const ARTICLE_FEATURES: usize = 11;
/// What is known about an answer or a service.
pub(crate) const NOTE_FEATURES: usize = 8;
/// Among them: whether its title is the question.
const VERY_TITLE: usize = 3;

/// A linear model: the constant, then a weight for each number.
pub(crate) struct Model<const FEATURES: usize> {
    pub(crate) constant: f64,
    pub(crate) weights: [f64; FEATURES],
}

impl<const FEATURES: usize> Model<FEATURES> {
    /// The estimated probability.
    pub(crate) fn probability(&self, features: &[f32; FEATURES]) -> f64 {
        let sum: f64 = self.weights.iter().zip(features).map(|(weight, feature)| weight * f64::from(*feature)).sum();
        1.0 / (1.0 + (-(self.constant + sum)).exp())
    }
}

/// Answers and services: a linear model, and how often the best of several was right where its estimate was sure.
pub(crate) struct NoteModel {
    pub(crate) estimate: Model<NOTE_FEATURES>,
    ceiling: f64,
}

impl NoteModel {
    /// How far the estimate is to be believed beside articles. Above an estimate of about four fifths answers are no more often right the surer it
    /// is: what is like the question in every respect may be its neighbour. But for an answer under the very title that is asked for.
    pub(crate) fn trust(&self, features: &[f32; NOTE_FEATURES]) -> f64 {
        self.ceiling + (1.0 - self.ceiling) * f64::from(features[VERY_TITLE])
    }
}

/// Articles, where the deployment's answers have something to say about the question.
pub(crate) const ARTICLE: Model<ARTICLE_FEATURES> = Model {
    constant: -5.763,
    weights: [1.584, -0.038, 0.057, -0.290, 2.027, 0.127, -0.045, 0.215, 0.630, 1.694, 0.619],
};

/// Articles, where no answer cites anything.
pub(crate) const ARTICLE_ALONE: Model<ARTICLE_FEATURES> =
    Model { constant: -6.022, weights: [1.458, 0.608, -0.593, 0.197, 1.761, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0] };

/// Answers and services, where no titles are like the question. The fourth weight is set by hand: the data has no answers under the very
/// title that is asked for.
pub(crate) const NOTE: NoteModel =
    NoteModel { estimate: Model { constant: -9.5, weights: [4.0, 2.5, -0.7, 5.0, 3.3, 1.6, 1.9, 0.0] }, ceiling: 0.85 };

/// Answers and services, where some titles are like the question.
pub(crate) const NOTE_LIKE: NoteModel =
    NoteModel { estimate: Model { constant: -9.9, weights: [3.6, 2.2, -0.6, 5.0, 2.9, 1.5, 1.7, 6.1] }, ceiling: 0.5 };
