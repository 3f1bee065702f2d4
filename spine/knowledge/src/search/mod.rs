//! Finding passages: terms of the question, scores of every passage, and a linear model that weighs the best of them.

pub(crate) mod highlight;
mod query;
pub(crate) mod rank;
mod scores;
pub(crate) mod terms;
pub(crate) mod titles;
mod weights;

pub use query::{Excerpt, Hit, Query};

use crate::{error::KnowledgeError, library::Library, source::Passage};

/// The best passages for a question.
pub(crate) fn search(library: &Library, query: &Query) -> Result<Vec<Hit>, KnowledgeError> {
    let question = terms::Question::new(&query.text, library);
    let ranked = rank::rank(library, &question, query)?;
    let hit = |one: rank::Ranked| {
        let passage = library.passage_at(one.place)?;
        let highlights = highlight::highlights(&passage.text, &question.words);
        let excerpt = highlight::excerpt(&passage.text, &highlights);
        Ok(Hit { passage, score: one.probability, highlights, excerpt })
    };
    ranked.into_iter().map(hit).collect()
}

/// As [`search`], without marks: for those who read on themselves.
pub(crate) fn find(library: &Library, query: &Query) -> Result<Vec<(Passage, f64)>, KnowledgeError> {
    let question = terms::Question::new(&query.text, library);
    let ranked = rank::rank(library, &question, query)?;
    ranked.into_iter().map(|one| Ok((library.passage_at(one.place)?, one.probability))).collect()
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
