//! Finding passages: terms of the question, scores of every passage, and a linear model that weighs the best of them.

mod finer;
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
    readings::{Article, Reading},
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

/// What a passage is and whom it concerns, without what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// Where it comes from.
    pub source: SourceKind,
    /// Title of the act; empty where it is not a statute.
    pub law: String,
    /// «제3조의2»; empty where it is not a statute.
    pub article: String,
    /// Ministries in charge of the act today.
    pub ministry: Vec<String>,
    /// The question that an answer answers, the name of a service; empty for statutes.
    pub title: String,
    /// Category, as the deployment names it; empty for statutes.
    pub category: String,
    /// Department, as the deployment names it; empty for statutes.
    pub department: String,
    /// Estimated probability that it is what was looked for, from 0 to 1.
    pub score: f64,
}

impl Findings {
    pub(crate) fn of(library: Arc<Library>, query: &Query) -> Result<Self, KnowledgeError> {
        let question = terms::Question::new(&query.text, &library);
        let ranked = rank::weigh(&library, &question, query)?.ranked();
        Ok(Self { library, ranked })
    }

    /// The best passages of all kinds, at most so many, best first.
    ///
    /// # Errors
    /// [`KnowledgeError`] where the index cannot be read.
    pub fn glances(&self, limit: usize) -> Result<Vec<Glance>, KnowledgeError> {
        self.ranked.iter().take(limit).map(|one| self.glance(one)).collect()
    }

    fn glance(&self, one: &rank::Ranked) -> Result<Glance, KnowledgeError> {
        let score = one.probability;
        // What an article is stands in memory: it need not be read.
        if let Some((act, article)) = self.library.article_at(one.place) {
            return Ok(Glance {
                source: SourceKind::Statute,
                law: act.law.clone(),
                article: article.to_string(),
                ministry: act.ministry.clone(),
                title: String::new(),
                category: String::new(),
                department: String::new(),
                score,
            });
        }
        let reading = self.library.reading_at(one.place)?;
        let passage = &reading.passage;
        Ok(Glance {
            source: passage.source,
            law: passage.law.clone(),
            article: passage.article.clone(),
            ministry: passage.ministry.clone(),
            title: passage.title.clone(),
            category: passage.category.clone(),
            department: passage.department.clone(),
            score,
        })
    }

    fn of_kinds(&self, kinds: &'static [SourceKind]) -> impl Iterator<Item = &rank::Ranked> {
        let kind_of = |one: &rank::Ranked| self.library.kind_at(one.place);
        self.ranked.iter().filter(move |one| kind_of(one).is_some_and(|kind| kinds.contains(&kind)))
    }

    /// The best answers and services, at most so many, best first.
    pub(crate) fn notes(&self, limit: usize) -> Result<Vec<(Arc<Reading>, f64)>, KnowledgeError> {
        let best = self.of_kinds(&[SourceKind::Answer, SourceKind::Service]).take(limit);
        best.map(|one| Ok((self.library.reading_at(one.place)?, one.probability))).collect()
    }

    /// The best articles that are at least so probable, at most so many, best first.
    pub(crate) fn articles(&self, limit: usize, at_least: f64) -> Result<Vec<(Passage, f64)>, KnowledgeError> {
        let best = self.of_kinds(&[SourceKind::Statute]).take(limit).filter(|one| one.probability >= at_least);
        best.map(|one| Ok((self.library.passage_at(one.place)?, one.probability))).collect()
    }

    /// The articles that an answer brings along.
    pub(crate) fn articles_of(&self, answer: &Reading) -> Result<Arc<[Article]>, KnowledgeError> {
        answer.articles(&self.library)
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
