//! What an inquiry is about, in which language, of which kind, for whom, how urgent, and whether it was asked before:
//! each with a confidence and its grounds. Texts are masked before they come here.

mod department;
mod kind;
mod language;
mod models;
mod similar;
mod urgency;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use maru_knowledge::{Findings, Glance, Knowledge, KnowledgeError, SourceKind, draft};
use maru_learning::{Classification, Document};

pub use models::{Example, Models};
pub use similar::SimilarTexts;

use crate::{
    agency::Agency,
    domain::{FoundArticle, Ground, Judged, Kind, NearDuplicate, TextLanguage, Understood, thousandths},
};

/// How many passages are looked for.
const PASSAGES: usize = 8;
/// An article that is less likely to bear on the inquiry is not mentioned.
const WORTH_MENTIONING: f64 = 0.05;
/// A passage of the state's own answers speaks for its category as much as this.
const TRUST_IN_ANSWERS: f64 = 0.5;

/// Understands inquiries. Clone it freely, ask it from any thread.
#[derive(Debug, Clone)]
pub struct Understanding {
    agency: Arc<Agency>,
    knowledge: Option<Knowledge>,
    models: Arc<RwLock<Arc<Models>>>,
}

/// What a quick look sees: fast enough to be taken before a receipt is given.
#[derive(Debug, Clone, PartialEq)]
pub struct QuickLook {
    /// The language.
    pub language: Judged<TextLanguage>,
    /// The kind under the Act.
    pub kind: Judged<Kind>,
}

impl Understanding {
    /// Understanding for an agency; without knowledge nothing is looked up.
    pub fn new(agency: Arc<Agency>, knowledge: Option<Knowledge>, models: Models) -> Self {
        Self { agency, knowledge, models: Arc::new(RwLock::new(Arc::new(models))) }
    }

    /// The agency.
    pub fn agency(&self) -> &Agency {
        &self.agency
    }

    /// What can be looked up.
    pub fn knowledge(&self) -> Option<&Knowledge> {
        self.knowledge.as_ref()
    }

    /// The models in use.
    pub fn models(&self) -> Arc<Models> {
        Arc::clone(&self.models.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up newer models.
    pub fn take_up(&self, models: Models) {
        *self.models.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(models);
    }

    /// Language and kind by their letters and turns of phrase alone: some microseconds.
    pub fn quick_look(title: &str, text: &str) -> QuickLook {
        QuickLook { language: language::detect(title, text), kind: kind::by_phrases(title, text) }
    }

    /// Everything, from masked texts, by the law of the day `on`. Near-duplicates come from who remembers texts.
    pub fn understand(&self, title: &str, text: &str, on: Date, near_duplicates: Vec<NearDuplicate>) -> Understood {
        self.understand_with(title, text, self.look(title, text, on).as_ref(), near_duplicates)
    }

    /// As [`Self::understand`], with what was found already.
    pub(crate) fn understand_with(
        &self,
        title: &str,
        text: &str,
        findings: Option<&Findings>,
        near_duplicates: Vec<NearDuplicate>,
    ) -> Understood {
        let models = self.models();
        let document = Document { title, text };
        let hits = or_nothing(findings.map(|findings| findings.glances(PASSAGES))).unwrap_or_default();
        let category = self.category(models.category.as_ref().map(|model| model.classify(document)), &hits);
        let mut witnesses = department::Witnesses::default();
        if let Some(model) = &models.department {
            witnesses.hear_learned(&self.agency, &model.rank(document, 5));
        }
        witnesses.hear_category(&self.agency, category.as_ref());
        witnesses.hear_duties(&self.agency, &format!("{title}\n{text}"));
        witnesses.hear_found(&self.agency, &hits);
        let learned_kind = models.kind.as_ref().map(|model| model.classify(document));
        Understood {
            language: language::detect(title, text),
            kind: combine_kinds(kind::by_phrases(title, text), learned_kind.as_ref()),
            category,
            department: witnesses.judge(&self.agency),
            urgency: urgency::judge(title, text),
            near_duplicates,
            articles: articles(&hits),
            model: models.revision,
        }
    }

    /// Looks up what bears on an inquiry by the law of the day, to understand it and to answer it.
    pub(crate) fn look(&self, title: &str, text: &str, on: Date) -> Option<Findings> {
        let query = draft::query(title, text, on, &[]);
        or_nothing(self.knowledge.as_ref().map(|knowledge| knowledge.look(&query)))
    }

    /// The classifier's word; where it is unsure or there is none, the category of the answer that was found.
    fn category(&self, learned: Option<Classification>, hits: &[Glance]) -> Option<Judged<String>> {
        let learned = learned.and_then(|learned| {
            let best = learned.ranked.first()?;
            let words = learned.evidence.iter().take(4).map(|evidence| evidence.word.clone()).collect();
            let grounds = vec![Ground::Words { words }];
            let mut judged = Judged::new(best.label.clone(), best.confidence, !learned.abstains, grounds);
            let others = learned.ranked.iter().skip(1).take(3);
            judged.alternatives =
                others.map(|candidate| (candidate.label.clone(), thousandths(candidate.confidence))).collect();
            Some(judged)
        });
        if learned.as_ref().is_some_and(|judged| judged.certain) {
            return learned;
        }
        let found = hits
            .iter()
            .find(|passage| passage.source != SourceKind::Statute && self.agency.category(&passage.category).is_some());
        let found = found.filter(|passage| passage.score >= TRUST_IN_ANSWERS).map(|passage| {
            let ground = Ground::Rule {
                ko: format!("비슷한 안내: {}", passage.title),
                en: format!("Similar guidance: {}", passage.title),
            };
            Judged::new(passage.category.clone(), passage.score, passage.score >= 0.7, vec![ground])
        });
        match (learned, found) {
            (Some(learned), Some(found)) if found.confidence > learned.confidence => Some(found),
            (Some(learned), _) => Some(learned),
            (None, found) => found,
        }
    }
}

/// An inquiry is understood without what cannot be looked up.
fn or_nothing<T>(looked_up: Option<Result<T, KnowledgeError>>) -> Option<T> {
    looked_up?
        .inspect_err(|error| {
            tracing::warn!(%error, "the knowledge could not be searched; the inquiry is understood without it");
        })
        .ok()
}

/// What was learned counts where it is surer than the turns of phrase.
fn combine_kinds(phrases: Judged<Kind>, learned: Option<&Classification>) -> Judged<Kind> {
    let Some(learned) = learned.filter(|learned| !learned.abstains) else { return phrases };
    let Some(best) = learned.ranked.first() else { return phrases };
    let Some(kind) = Kind::from_identifier(&best.label) else { return phrases };
    if best.confidence <= phrases.confidence {
        return phrases;
    }
    let words = learned.evidence.iter().take(4).map(|evidence| evidence.word.clone()).collect();
    Judged::new(kind, best.confidence, true, vec![Ground::Words { words }])
}

fn articles(hits: &[Glance]) -> Vec<FoundArticle> {
    hits.iter()
        .filter(|passage| passage.source == SourceKind::Statute && passage.score >= WORTH_MENTIONING)
        .map(|passage| FoundArticle {
            law: passage.law.clone(),
            article: passage.article.clone(),
            score: thousandths(passage.score),
        })
        .collect()
}
