//! Weights of the linear model that orders candidates, learned by `examples/learn.rs` (see `benches/knowledge/README.md`).

/// What is known about an article.
pub(crate) const ARTICLE_FEATURES: usize = 11;
/// What is known about an answer or a service.
pub(crate) const NOTE_FEATURES: usize = 7;

pub(crate) const ARTICLE_BIAS: f64 = -6.0;
pub(crate) const ARTICLE: [f64; ARTICLE_FEATURES] = [2.5, 0.2, 0.5, 0.5, 0.5, 1.5, 0.5, 0.5, 0.3, 0.5, 0.1];

pub(crate) const NOTE_BIAS: f64 = -6.0;
pub(crate) const NOTE: [f64; NOTE_FEATURES] = [3.0, 1.0, 2.0, 3.0, 0.2, 0.2, 0.0];
