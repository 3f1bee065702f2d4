//! Operations on what the state has said: search, a passage, the references to law in a text.

use axum::extract::State;
use jiff::civil::Date;
use maru_knowledge::{Citation, Hit, Knowledge, Passage, Query as KnowledgeQuery, SourceKind};
use maru_web::{
    Json, Problem, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Caller, InquiryService, ServiceError,
    domain::{clean, day_of},
};

/// The longest question, and the longest text whose references are looked up, in characters.
const LONGEST_QUESTION: usize = 400;
const LONGEST_CITED: usize = 20_000;

/// A kind of passage.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PassageKind {
    /// An article of law.
    Statute,
    /// A published answer.
    Answer,
    /// A description of a service.
    Service,
}

impl From<PassageKind> for SourceKind {
    fn from(kind: PassageKind) -> Self {
        match kind {
            PassageKind::Statute => Self::Statute,
            PassageKind::Answer => Self::Answer,
            PassageKind::Service => Self::Service,
        }
    }
}

/// What is searched for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchParameters {
    /// The question, in own words. Personal data in it are masked first.
    #[param(min_length = 1, max_length = 400)]
    q: String,
    /// Only passages of this kind.
    #[param(inline)]
    kind: Option<PassageKind>,
    /// Only acts that this ministry is in charge of, such as 국토교통부.
    #[param(max_length = 100)]
    ministry: Option<String>,
    /// The law as in force on this day; today where it is left out.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Date>,
    /// At most so many.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// A passage that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FoundPassage {
    /// Its identifier: `/sources?id=…` shows it.
    id: String,
    /// `statute`, `answer` or `service`.
    source: &'static str,
    /// The act, for an article of law.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    law: String,
    /// The article.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    article: String,
    /// The title.
    title: String,
    /// The ministries in charge.
    ministry: Vec<String>,
    /// Since when it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    effective: Option<Date>,
    /// Where it is published.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    url: String,
    /// The whole passage.
    text: String,
    /// The part of it that answers best.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<String>,
    /// How well it answers; larger is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

impl From<Passage> for FoundPassage {
    fn from(passage: Passage) -> Self {
        let is_statute = passage.source == SourceKind::Statute;
        let title = passage.reference();
        Self {
            id: passage.id,
            source: passage.source.as_str(),
            law: if is_statute { passage.law } else { String::new() },
            article: if is_statute { passage.article } else { String::new() },
            title,
            ministry: passage.ministry,
            effective: passage.effective,
            url: passage.url,
            text: passage.text,
            excerpt: None,
            score: None,
        }
    }
}

impl From<Hit> for FoundPassage {
    fn from(hit: Hit) -> Self {
        Self { excerpt: Some(hit.excerpt.text), score: Some(hit.score), ..hit.passage.into() }
    }
}

/// Which passage.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PassageParameters {
    /// The identifier of a passage that was found.
    #[param(min_length = 1, max_length = 300, example = "statute:도로법/제61조")]
    id: String,
}

/// A text whose references to law are looked up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CitedText {
    /// The text.
    #[schema(min_length = 1, max_length = 20000, example = "「도로법」 제61조에 따라 점용허가를 받아야 합니다.")]
    text: String,
    /// The law as in force on this day; today where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Date>,
}

/// A reference to law in a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FoundCitation {
    /// Where it begins, in characters.
    start: usize,
    /// Where it ends, in characters.
    end: usize,
    /// The act.
    law: String,
    /// The article; empty where the act alone is named.
    article: String,
    /// `in-force`, `repealed`, `renamed` or `unknown`.
    status: &'static str,
}

impl From<Citation> for FoundCitation {
    fn from(citation: Citation) -> Self {
        let status = citation.status.as_str();
        Self { start: citation.start, end: citation.end, law: citation.law, article: citation.article, status }
    }
}

fn knowledge_of(service: &InquiryService) -> Result<Knowledge, Problem> {
    service.understanding().knowledge().cloned().ok_or_else(Problem::not_found)
}

/// Searches.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/search",
    tag = "knowledge",
    operation_id = "search_knowledge",
    summary = "Search statutes, answers and services",
    description = "Anybody may. Best first, each with its article, ministry, date and public address.",
    params(SearchParameters),
    responses((status = 200, description = "What was found.", body = Vec<FoundPassage>), ReadProblems)
)]
pub(super) async fn search(
    State(service): State<InquiryService>,
    caller: Caller,
    Query(asked): Query<SearchParameters>,
) -> Result<Json<Vec<FoundPassage>>, Problem> {
    let words = maru_privacy::mask(asked.q.trim()).masked;
    if words.is_empty() || words.chars().count() > LONGEST_QUESTION {
        return Err(ServiceError::field("q", "1자에서 400자까지입니다.", "It must be 1 to 400 characters.").into());
    }
    let limit = asked.limit.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(ServiceError::field("limit", "1에서 100까지입니다.", "It must be 1 to 100.").into());
    }
    let mut query = KnowledgeQuery::new(words, usize::from(limit));
    query.kinds.extend(asked.kind.map(SourceKind::from));
    query.ministry = asked.ministry.filter(|ministry| !ministry.trim().is_empty());
    query.in_force_on = Some(asked.on.unwrap_or_else(|| day_of(caller.now)));
    let knowledge = knowledge_of(&service)?;
    let hits = tokio::task::spawn_blocking(move || knowledge.search(&query)).await;
    let hits = hits.map_err(|_| Problem::internal())?.map_err(|error| {
        tracing::error!(%error, "a search failed");
        Problem::unavailable()
    })?;
    Ok(Json(hits.into_iter().map(Into::into).collect()))
}

/// Reads a passage.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/passage",
    tag = "knowledge",
    operation_id = "read_passage",
    summary = "Read a passage",
    description = "Anybody may.",
    params(PassageParameters),
    responses((status = 200, description = "The passage.", body = FoundPassage), ReadProblems)
)]
pub(super) async fn passage(
    State(service): State<InquiryService>,
    Query(asked): Query<PassageParameters>,
) -> Result<Json<FoundPassage>, Problem> {
    let found = knowledge_of(&service)?.passage(&clean(&asked.id)).map_err(|error| {
        tracing::error!(%error, "a passage could not be read");
        Problem::unavailable()
    })?;
    Ok(Json(found.ok_or_else(Problem::not_found)?.into()))
}

/// Finds references to law.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/citations",
    tag = "knowledge",
    operation_id = "find_citations",
    summary = "Find every reference to law in a text",
    description = "Each with whether it exists in the version in force on the day. Nothing is kept.",
    request_body = CitedText,
    responses((status = 200, description = "The references, in order.", body = Vec<FoundCitation>), WriteProblems)
)]
pub(super) async fn citations(
    State(service): State<InquiryService>,
    caller: Caller,
    Json(request): Json<CitedText>,
) -> Result<Json<Vec<FoundCitation>>, Problem> {
    let length = request.text.chars().count();
    if request.text.trim().is_empty() || length > LONGEST_CITED {
        let wrong = ServiceError::field("text", "1자에서 20,000자까지입니다.", "It must be 1 to 20,000 characters.");
        return Err(wrong.into());
    }
    let on = request.on.unwrap_or_else(|| day_of(caller.now));
    let knowledge = knowledge_of(&service)?;
    let found = tokio::task::spawn_blocking(move || knowledge.resolve(&request.text, on)).await;
    let found = found.map_err(|_| Problem::internal())?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}
