//! Which passages a draft rests on, and how sure we are that they answer.

use std::collections::HashSet;

use jiff::civil::Date;

use super::{
    support::{self, Ground},
    types::{DraftRequest, Language},
};
use crate::{
    Findings, Knowledge, KnowledgeError, Query,
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

/// Looks for what a draft can rest on.
pub(super) fn look(knowledge: &Knowledge, request: &DraftRequest) -> Result<Findings, KnowledgeError> {
    knowledge.look(&query(&request.question_title, &request.question, request.on, &request.without))
}

/// What a draft can rest on; nothing where nothing answers.
pub(super) fn plan(
    knowledge: &Knowledge,
    request: &DraftRequest,
    findings: &Findings,
) -> Result<Option<Plan>, KnowledgeError> {
    let told = told(&request.question_title, &request.question);
    let mut best: Option<(f64, Passage)> = None;
    let inquiry = Ground::new(std::iter::once(told.as_str()));
    let terms = support::told(&told);
    for (passage, score) in findings.best(&[SourceKind::Answer, SourceKind::Service], ANSWERS)? {
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
    articles_alone(findings)
}

/// An inquiry as the search is asked: what stands in the title says more.
fn told(title: &str, text: &str) -> String {
    format!("{title}\n{title}\n{text}")
}

/// What is looked for to understand an inquiry or to answer it: everything, by the law of the day.
pub fn query(title: &str, text: &str, on: Date, without: &[String]) -> Query {
    Query { in_force_on: Some(on), without: without.to_vec(), ..Query::new(told(title, text), ANSWERS) }
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
fn articles_alone(findings: &Findings) -> Result<Option<Plan>, KnowledgeError> {
    let mut found = findings.best(&[SourceKind::Statute], ARTICLES)?;
    found.retain(|(_, score)| *score >= SURE_OF_ARTICLE);
    let Some(confidence) = found.first().map(|(_, score)| *score) else { return Ok(None) };
    Ok(Some(Plan { sources: found.into_iter().map(|(passage, _)| passage).collect(), confidence }))
}
