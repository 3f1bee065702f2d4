//! Rows of the database as documents of the index.

use std::collections::HashMap;

use jiff::civil::Date;
use tantivy::TantivyDocument;

use super::{Fields, KIND_ANSWER, KIND_BRIDGE, KIND_DELETED, KIND_SERVICE, KIND_STATUTE, source_name};
use crate::{
    citation::Resolver,
    error::KnowledgeError,
    library::{article_key, day_number, origin_number},
    source::{Passage, SourceKind},
    store::{self, Act, ActHeader, Note, Packed},
    words::{beginning, stems_apart, syllables_apart},
};

/// Lines before a reference to law that say what it is about.
const LINES_BEFORE: usize = 2;
/// Terms of the beginning of an answer: what it is about is said there.
const BEGINNING: usize = 40;

/// Which versions of an act there are.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    of: HashMap<String, Vec<Option<Date>>>,
}

impl Versions {
    pub(crate) fn new(headers: &[ActHeader]) -> Self {
        let mut versions = Self::default();
        for header in headers {
            versions.of.entry(header.law.clone()).or_default().push(header.effective);
        }
        for dates in versions.of.values_mut() {
            dates.sort();
        }
        versions
    }

    /// The day from which a newer version replaces this one.
    fn replaced(&self, law: &str, effective: Option<Date>) -> Option<Date> {
        self.of.get(law)?.iter().find(|date| **date > effective).copied().flatten()
    }
}

/// The documents of a row.
pub(crate) fn documents_of(
    fields: &Fields,
    packed: &Packed,
    versions: &Versions,
    resolver: &Resolver,
) -> Result<Vec<TantivyDocument>, KnowledgeError> {
    let key = &packed.key;
    if key.kind == store::ACT {
        let act: Act = store::unpack(&key.kind, &key.name, &packed.body)?;
        return act_documents(fields, &key.name, act, versions);
    }
    let note: Note = store::unpack(&key.kind, &key.name, &packed.body)?;
    let (kind, source) = match key.kind.as_str() {
        store::SERVICE => (KIND_SERVICE, SourceKind::Service),
        _ => (KIND_ANSWER, SourceKind::Answer),
    };
    note_documents(fields, kind, source, &key.kind, note, resolver)
}

fn json(passage: &Passage) -> Result<Vec<u8>, KnowledgeError> {
    serde_json::to_vec(passage)
        .map_err(|error| KnowledgeError::Damaged { key: passage.id.clone(), reason: error.to_string() })
}

fn act_documents(
    fields: &Fields,
    name: &str,
    act: Act,
    versions: &Versions,
) -> Result<Vec<TantivyDocument>, KnowledgeError> {
    let replaced = versions.replaced(&act.law, act.effective);
    // Only the newest version goes by the plain name.
    let version = match (replaced, act.effective) {
        (Some(_), Some(date)) => format!("@{date}"),
        _ => String::new(),
    };
    let source = source_name(store::ACT, name);
    let mut documents = Vec::with_capacity(act.articles.len());
    for article in act.articles {
        let Some(key) = article_key(&act.law, &article.article) else { continue };
        let passage = Passage {
            id: format!("statute:{}{version}/{}", act.law, article.article),
            source: SourceKind::Statute,
            law: act.law.clone(),
            law_kind: act.kind.clone(),
            title: format!("{} {}", act.law, article.article),
            article: article.article,
            heading: article.heading,
            text: article.text,
            ministry: act.ministry.clone(),
            effective: act.effective,
            replaced,
            url: act.url.clone(),
            ..Passage::default()
        };
        let gone = act.repealed || passage.is_deleted();
        let mut document = TantivyDocument::default();
        document.add_text(fields.source, &source);
        document.add_text(fields.id, &passage.id);
        document.add_bytes(fields.passage, &json(&passage)?);
        document.add_u64(fields.kind, if gone { KIND_DELETED } else { KIND_STATUTE });
        document.add_u64(fields.article, key);
        document.add_u64(fields.from, act.effective.map_or(0, day_number));
        document.add_u64(fields.until, replaced.map_or(u64::MAX, day_number));
        if !gone {
            document.add_text(fields.article_heading, &passage.heading);
            document.add_text(fields.article_text, &passage.text);
        }
        documents.push(document);
    }
    Ok(documents)
}

fn note_documents(
    fields: &Fields,
    kind: u64,
    source: SourceKind,
    kind_name: &str,
    note: Note,
    resolver: &Resolver,
) -> Result<Vec<TantivyDocument>, KnowledgeError> {
    let row = source_name(kind_name, &note.id);
    let origin = origin_number(source, &note.id);
    let mut documents = Vec::new();
    let mut cited = Vec::new();
    let mut bridges = Vec::new();
    for place in resolver.bridges(&note.text) {
        cited.extend_from_slice(&place.articles);
        bridges.push(place);
    }
    for reference in &note.cites {
        cited.extend(resolver.articles_of(reference));
    }
    cited.sort();
    cited.dedup();
    let passage = Passage {
        id: format!("{}:{}", source.as_str(), note.id),
        source,
        cites: cited.iter().map(|(law, article)| Passage::statute_id(law, article)).collect(),
        title: note.title,
        text: note.text,
        title_en: note.title_en,
        text_en: note.text_en,
        url: note.url,
        category: note.category,
        department: note.department,
        ..Passage::default()
    };
    let mut document = TantivyDocument::default();
    document.add_text(fields.source, &row);
    document.add_text(fields.id, &passage.id);
    document.add_bytes(fields.passage, &json(&passage)?);
    document.add_u64(fields.kind, kind);
    document.add_u64(fields.origin, origin);
    for (law, article) in &cited {
        document.add_u64(fields.cites, article_key(law, article).unwrap_or_default());
    }
    document.add_text(fields.note_title, format!("{}\n{}", passage.title, passage.title_en));
    let text = format!("{}\n{}", passage.text, passage.text_en);
    document.add_text(fields.note_words, stems_apart(&text));
    document.add_text(fields.note_syllables, syllables_apart(&text));
    document.add_text(fields.note_beginning, beginning(&text, BEGINNING));
    document.add_text(fields.note_text, text);
    documents.push(document);
    for bridge in bridges {
        let mut document = TantivyDocument::default();
        document.add_text(fields.source, &row);
        document.add_u64(fields.kind, KIND_BRIDGE);
        document.add_u64(fields.origin, origin);
        for (law, article) in &bridge.articles {
            document.add_u64(fields.cites, article_key(law, article).unwrap_or_default());
        }
        document.add_text(fields.bridge_text, format!("{}\n{}", passage.title, around(&passage.text, bridge.line)));
        documents.push(document);
    }
    Ok(documents)
}

/// A line of a text with the lines before it.
fn around(text: &str, line: usize) -> String {
    let first = line.saturating_sub(LINES_BEFORE);
    text.lines().skip(first).take(line - first + 1).collect::<Vec<_>>().join("\n")
}
