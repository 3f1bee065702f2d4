//! Which passages a draft rests on, and how sure we are that they answer.

use std::sync::Arc;

use jiff::civil::Date;

use super::types::{DraftRequest, Language};
use crate::{
    Findings, Knowledge, KnowledgeError, Query,
    ground::{Ground, Told},
    readings::{Article, Reading},
    source::Passage,
};

/// Answers looked at.
const ANSWERS: usize = 8;
/// Articles quoted where no answer is found.
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
pub(super) enum Basis {
    /// An answer or a service that answers, and the articles that it brings along.
    Note(Arc<Reading>, Arc<[Article]>),
    /// Articles alone.
    Articles(Vec<Passage>),
}

impl Basis {
    /// All of its passages, what answers first.
    pub(super) fn into_sources(self) -> Vec<Passage> {
        match self {
            Self::Note(reading, articles) => {
                let articles = articles.iter().map(|article| article.passage.clone());
                std::iter::once(reading.passage.clone()).chain(articles).collect()
            }
            Self::Articles(articles) => articles,
        }
    }
}

/// What a draft is made from.
pub(super) struct Plan {
    pub(super) basis: Basis,
    /// Estimated probability that the first passage answers.
    pub(super) confidence: f64,
}

/// Looks for what a draft can rest on.
pub(super) fn look(knowledge: &Knowledge, request: &DraftRequest) -> Result<Findings, KnowledgeError> {
    knowledge.look(&query(&request.question_title, &request.question, request.on, &request.without))
}

/// What a draft can rest on; nothing where nothing answers.
pub(super) fn plan(request: &DraftRequest, findings: &Findings) -> Result<Option<Plan>, KnowledgeError> {
    let told = told(&request.question_title, &request.question);
    let inquiry = Inquiry { ground: Ground::new([told.as_str()]), told: Told::by(&told) };
    let mut best: Option<(f64, Arc<Reading>)> = None;
    for (reading, score) in findings.notes(ANSWERS)? {
        let confidence = inquiry.confidence(&reading, score, request);
        if best.as_ref().is_none_or(|(known, _)| confidence > *known) {
            best = Some((confidence, reading));
        }
    }
    if let Some((confidence, answer)) = best.filter(|(confidence, _)| *confidence >= SURE_OF_ANSWER) {
        let articles = findings.articles_of(&answer)?;
        return Ok(Some(Plan { basis: Basis::Note(answer, articles), confidence }));
    }
    let articles = findings.articles(ARTICLES, SURE_OF_ARTICLE)?;
    let confidence = articles.first().map(|(_, score)| *score);
    let passages = articles.into_iter().map(|(passage, _)| passage).collect();
    Ok(confidence.map(|confidence| Plan { basis: Basis::Articles(passages), confidence }))
}

/// An inquiry as the search is asked: what stands in the title says more.
fn told(title: &str, text: &str) -> String {
    format!("{title}\n{title}\n{text}")
}

/// What is looked for to understand an inquiry or to answer it: everything, by the law of the day.
pub fn query(title: &str, text: &str, on: Date, without: &[String]) -> Query {
    Query { in_force_on: Some(on), without: without.to_vec(), ..Query::new(told(title, text), ANSWERS) }
}

/// An inquiry, to be held beside what may answer it.
struct Inquiry {
    ground: Ground,
    told: Told,
}

impl Inquiry {
    /// How probable it is that a passage answers: what the search says, how much of what the passage is about the inquiry tells, how much of
    /// what the inquiry tells the passage holds, and whether the department fits.
    fn confidence(&self, reading: &Reading, score: f64, request: &DraftRequest) -> f64 {
        let department = match reading.passage.department.as_str() {
            "" => 0.0,
            _ if request.departments.is_empty() => 0.0,
            department if request.departments.iter().any(|one| one == department) => SAME_DEPARTMENT,
            _ => OTHER_DEPARTMENT,
        };
        let words = reading.words(request.language == Language::English);
        let score = score.clamp(0.001, 0.999);
        let sum = BASE
            + SEARCH_SHARE * (score / (1.0 - score)).ln()
            + TITLE_TOLD * self.ground.share_of(&words.title)
            + TEXT_TOLD * self.ground.share_of(&words.text)
            + ANSWERS_TOLD * words.ground.share_of(&self.told)
            + department;
        1.0 / (1.0 + (-sum).exp())
    }
}
