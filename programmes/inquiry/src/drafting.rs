//! Drafts: what the machine proposes as an answer, recorded as the field's own [`Draft`].

use jiff::civil::Date;
use maru_knowledge::{
    Findings, Knowledge, Passage,
    draft::{self, Composer, DraftRequest, Language, Letter, Remedy},
};

use crate::{
    agency::Agency,
    domain::{Draft, DraftParagraph, DraftSentence, Inquiry, Kind, Order, ParagraphRole, Source, TextLanguage},
    service::{InquiryService, ServiceError},
};

/// How much of a source is kept with a draft, in characters.
const EXCERPT: usize = 600;

/// The order that keeps a draft for the case, or notes that nothing answers it. A model that cannot be asked is no
/// reason to have no draft: the extractive composer writes it then.
pub(crate) async fn draft_order(service: &InquiryService, inquiry: &Inquiry, on: Date) -> Result<Order, ServiceError> {
    let Some(knowledge) = service.understanding().knowledge().cloned() else {
        return Ok(absent(
            "찾아볼 지식이 아직 없어 담당자가 씁니다.",
            "There is nothing to look up yet: a person writes the answer.",
        ));
    };
    let Some(request) = request_for(inquiry, service.agency(), on) else { return Err(ServiceError::NotFound) };
    if let Some(model) = service.model() {
        match draft::generate(&**model, &knowledge, &request).await {
            Ok(Some(draft)) => return Ok(Order::Draft(Box::new(draft_of(&draft)))),
            Ok(None) => return Ok(nothing_found()),
            Err(error) => tracing::warn!(%error, "the model wrote no draft; the extractive composer does"),
        }
    }
    let composed = tokio::task::spawn_blocking(move || draft::compose(&knowledge, &request));
    let composed = composed.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(match composed.map_err(|error| ServiceError::Internal(error.to_string()))? {
        Some(draft) => Order::Draft(Box::new(draft_of(&draft))),
        None => nothing_found(),
    })
}

fn nothing_found() -> Order {
    absent(
        "근거가 될 조문이나 안내를 찾지 못해 담당자가 직접 씁니다.",
        "No article or guidance was found that answers: a person writes the answer.",
    )
}

fn absent(ko: &str, en: &str) -> Order {
    Order::DraftAbsent { ko: ko.to_owned(), en: en.to_owned() }
}

/// What the composer is asked: masked texts alone.
fn request_for(inquiry: &Inquiry, agency: &Agency, on: Date) -> Option<DraftRequest> {
    let filing = inquiry.filing.as_ref()?;
    let language = if inquiry.language == Some(TextLanguage::English) { Language::English } else { Language::Korean };
    let remedy = if inquiry.kind == Some(Kind::Application) { Remedy::RefusedApplication } else { Remedy::Question };
    Some(DraftRequest {
        question_title: filing.title.masked.clone(),
        question: filing.text.masked.clone(),
        language,
        on,
        letter: letter(agency, &inquiry.department, language),
        remedy,
        departments: vec![inquiry.department.clone()],
        without: Vec::new(),
    })
}

/// Who answers, for the letter.
pub(crate) fn letter(agency: &Agency, department: &str, language: Language) -> Letter {
    let (ko, en) = agency.department_names(department);
    let agency_en = if agency.name_en.is_empty() { &agency.name } else { &agency.name_en };
    Letter {
        agency: language.say(&agency.name, agency_en).to_owned(),
        department: language.say(&ko, &en).to_owned(),
        telephone: agency.telephone_of(department),
        official: None,
        addressee: None,
    }
}

/// Drafts a masked inquiry in bulk, with the extractive composer, from what was found for it.
pub(crate) fn compose(knowledge: &Knowledge, request: &DraftRequest, findings: &Findings) -> Option<draft::Draft> {
    draft::compose_from(knowledge, request, findings).unwrap_or_else(|error| {
        tracing::warn!(%error, "a draft could not be composed");
        None
    })
}

fn draft_of(draft: &draft::Draft) -> Draft {
    Draft {
        language: match draft.language {
            Language::Korean => "ko".to_owned(),
            Language::English => "en".to_owned(),
        },
        composer: match &draft.composer {
            Composer::Extractive => "extractive".to_owned(),
            Composer::Model(name) => name.clone(),
        },
        paragraphs: draft.paragraphs.iter().map(paragraph_of).collect(),
        sources: draft.sources.iter().map(source_of).collect(),
        grounded: draft.grounded,
        confidence: draft.confidence,
        text: draft.text(),
    }
}

fn paragraph_of(paragraph: &draft::Paragraph) -> DraftParagraph {
    let sentences = paragraph.sentences.iter().map(|sentence| DraftSentence {
        text: sentence.text.clone(),
        citations: sentence.citations.clone(),
        struck: sentence.struck.clone(),
    });
    DraftParagraph { role: role_of(paragraph.role), sentences: sentences.collect() }
}

fn role_of(role: draft::ParagraphRole) -> ParagraphRole {
    match role {
        draft::ParagraphRole::Greeting => ParagraphRole::Greeting,
        draft::ParagraphRole::Question => ParagraphRole::Question,
        draft::ParagraphRole::Answer => ParagraphRole::Answer,
        draft::ParagraphRole::Remedy => ParagraphRole::Remedy,
        draft::ParagraphRole::Contact => ParagraphRole::Contact,
        draft::ParagraphRole::Label => ParagraphRole::Label,
    }
}

/// A passage as a source that is kept with an answer: what it says may change later, the answer's ground does not.
pub(crate) fn source_of(passage: &Passage) -> Source {
    Source {
        id: passage.id.clone(),
        title: passage.reference(),
        law: passage.law.clone(),
        article: passage.article.clone(),
        excerpt: passage.text.chars().take(EXCERPT).collect(),
        effective: passage.effective.map(|date| date.to_string()),
        url: passage.url.clone(),
    }
}
