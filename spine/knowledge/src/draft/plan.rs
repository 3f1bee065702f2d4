//! Which passages a draft rests on, and how sure we are that they answer.

use std::collections::HashSet;

use super::{
    support::{self, Ground},
    types::{DraftRequest, Language},
};
use crate::{
    Knowledge, KnowledgeError, Query,
    source::{Passage, SourceKind},
};

/// Answers looked at.
const ANSWERS: usize = 8;
/// Articles quoted where no answer is found, and articles that an answer brings along.
const ARTICLES: usize = 3;
/// Below this nobody would call it an answer; see `benches/knowledge/README.md` for how it was set.
const SURE_OF_ANSWER: f64 = 0.5;
/// Articles stand alone only where the search is this sure.
const SURE_OF_ARTICLE: f64 = 0.45;
/// A word of the inquiry stands for so much in the weighing of answers.
const TITLE_TOLD: f64 = 3.0;
const TEXT_TOLD: f64 = 4.0;
const SAME_DEPARTMENT: f64 = 1.2;
const OTHER_DEPARTMENT: f64 = -1.2;
const ANSWERS_TOLD: f64 = 3.0;
const BASE: f64 = -2.6;
/// How much of the search's own estimate counts.
const SEARCH_SHARE: f64 = 0.35;

/// What a draft rests on.
pub(super) struct Plan {
    /// An answer or a service that answers, if one does; then the articles.
    pub(super) sources: Vec<Passage>,
    /// Estimated probability that the first of them answers.
    pub(super) confidence: f64,
}

/// Finds what a draft can rest on; nothing where nothing answers.
pub(super) fn plan(knowledge: &Knowledge, request: &DraftRequest) -> Result<Option<Plan>, KnowledgeError> {
    let told = format!("{}\n{}\n{}", request.question_title, request.question_title, request.question);
    let query = Query {
        text: told.clone(),
        limit: ANSWERS,
        kinds: vec![SourceKind::Answer, SourceKind::Service],
        without: request.without.clone(),
        ..Query::default()
    };
    let mut best: Option<(f64, Passage)> = None;
    let inquiry = Ground::new(std::iter::once(told.as_str()));
    let terms = support::told(&told);
    for (passage, score) in knowledge.find(&query)? {
        let confidence = confidence(&passage, score, &inquiry, &terms, request);
        if best.as_ref().is_none_or(|(known, _)| confidence > *known) {
            best = Some((confidence, passage));
        }
    }
    if let Some((confidence, answer)) = best.filter(|(confidence, _)| *confidence >= SURE_OF_ANSWER) {
        let articles = cited_articles(knowledge, &answer)?;
        let sources = std::iter::once(answer).chain(articles).collect();
        return Ok(Some(Plan { sources, confidence }));
    }
    articles_alone(knowledge, request, told)
}

/// How probable it is that a passage answers the inquiry: what the search says, how much of what the passage is about the inquiry tells, how
/// much of what the inquiry tells the passage holds, and whether the department fits.
fn confidence(passage: &Passage, score: f64, inquiry: &Ground, told: &[String], request: &DraftRequest) -> f64 {
    let (title, text) = match request.language {
        Language::English if !passage.title_en.is_empty() => (&passage.title_en, &passage.text_en),
        _ => (&passage.title, &passage.text),
    };
    let department = match passage.department.as_str() {
        "" => 0.0,
        _ if request.departments.is_empty() => 0.0,
        department if request.departments.iter().any(|one| one == department) => SAME_DEPARTMENT,
        _ => OTHER_DEPARTMENT,
    };
    let answered = Ground::new([title.as_str(), text.as_str()].into_iter()).share_of(told);
    let score = score.clamp(0.001, 0.999);
    let sum = BASE
        + SEARCH_SHARE * (score / (1.0 - score)).ln()
        + TITLE_TOLD * inquiry.share(title)
        + TEXT_TOLD * inquiry.share(text)
        + ANSWERS_TOLD * answered
        + department;
    1.0 / (1.0 + (-sum).exp())
}

/// The articles that an answer names, those whose words stand in it first.
fn cited_articles(knowledge: &Knowledge, answer: &Passage) -> Result<Vec<Passage>, KnowledgeError> {
    let mut seen = HashSet::new();
    let mut articles = Vec::new();
    let ground = Ground::new([answer.title.as_str(), answer.text.as_str()].into_iter());
    for id in &answer.cites {
        if !seen.insert(id) {
            continue;
        }
        if let Some(article) = knowledge.passage(id)?.filter(|article| !article.is_deleted()) {
            let fits = ground.share(&article.heading) + ground.share(&first_part(&article.text));
            articles.push((fits, article));
        }
    }
    articles.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(articles.into_iter().map(|(_, article)| article).take(ARTICLES).collect())
}

fn first_part(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Articles, where no answer is found and the search is sure of them.
fn articles_alone(knowledge: &Knowledge, request: &DraftRequest, told: String) -> Result<Option<Plan>, KnowledgeError> {
    let query = Query {
        text: told,
        limit: ARTICLES,
        kinds: vec![SourceKind::Statute],
        without: request.without.clone(),
        ..Query::default()
    };
    let found = knowledge.find(&query)?;
    let Some(confidence) = found.first().map(|(_, score)| *score).filter(|score| *score >= SURE_OF_ARTICLE) else {
        return Ok(None);
    };
    let sources =
        found.into_iter().filter(|(_, score)| *score >= SURE_OF_ARTICLE).map(|(passage, _)| passage).collect();
    Ok(Some(Plan { sources, confidence }))
}
