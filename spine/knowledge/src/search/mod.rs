//! Finding passages: terms of the question, scores of every passage, and a linear model that weighs the best of them.

pub(crate) mod highlight;
mod query;
pub(crate) mod rank;
mod scores;
pub(crate) mod terms;
pub(crate) mod titles;
mod weights;

use std::sync::Arc;

pub use query::{Excerpt, Hit, Query};

use crate::{
    error::KnowledgeError,
    library::Library,
    source::{Passage, SourceKind},
};

/// The best passages for a question.
pub(crate) fn search(library: &Library, query: &Query) -> Result<Vec<Hit>, KnowledgeError> {
    let question = terms::Question::new(&query.text, library);
    let ranked = rank::weigh(library, &question, query)?.ranked();
    let hit = |one: rank::Ranked| {
        let passage = library.passage_at(one.place)?;
        let highlights = highlight::highlights(&passage.text, &question.words);
        let excerpt = highlight::excerpt(&passage.text, &highlights);
        Ok(Hit { passage, score: one.probability, highlights, excerpt })
    };
    ranked.into_iter().take(query.limit).map(hit).collect()
}

/// What one look into the knowledge found: the best passages can be taken from it several times, for understanding an inquiry
/// and for answering it.
pub struct Findings {
    library: Arc<Library>,
    /// Best first.
    ranked: Vec<rank::Ranked>,
}

/// A passage with the estimated probability that it is what was looked for.
pub type Found = (Passage, f64);

impl Findings {
    pub(crate) fn of(library: Arc<Library>, query: &Query) -> Result<Self, KnowledgeError> {
        let question = terms::Question::new(&query.text, &library);
        let ranked = rank::weigh(&library, &question, query)?.ranked();
        Ok(Self { library, ranked })
    }

    /// The best passages of these kinds, at most so many; of all kinds where none is named.
    pub fn best(&self, kinds: &[SourceKind], limit: usize) -> Result<Vec<Found>, KnowledgeError> {
        let wanted = |one: &&rank::Ranked| {
            kinds.is_empty() || self.library.kind_at(one.place).is_some_and(|kind| kinds.contains(&kind))
        };
        let best = self.ranked.iter().filter(wanted).take(limit);
        best.map(|one| Ok((self.library.passage_at(one.place)?, one.probability))).collect()
    }
}

/// Passages with what is known about them for a question.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct WeighedForLearning {
    /// Identifier of the article, its features.
    pub articles: Vec<(String, Vec<f32>)>,
    /// Identifier of the answer or service, its features.
    pub notes: Vec<(String, Vec<f32>)>,
}

pub(crate) fn weighed(library: &Library, query: &Query) -> Result<WeighedForLearning, KnowledgeError> {
    let question = terms::Question::new(&query.text, library);
    let weighed = rank::weigh(library, &question, query)?;
    let id = |place: u32| library.passage_at(place).map(|passage| passage.id);
    let articles = weighed.articles.iter().map(|(place, features)| Ok((id(*place)?, features.to_vec())));
    let notes = weighed.notes.iter().map(|(place, features)| Ok((id(*place)?, features.to_vec())));
    Ok(WeighedForLearning {
        articles: articles.collect::<Result<_, KnowledgeError>>()?,
        notes: notes.collect::<Result<_, KnowledgeError>>()?,
    })
}
