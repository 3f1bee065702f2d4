//! One revision of the deployment's knowledge, open for searching: a view of the index with what searches need in memory.

use std::{collections::HashMap, sync::Arc};

use jiff::civil::Date;
use tantivy::{
    DocAddress, DocSet as _, Searcher, TantivyDocument, Term,
    schema::{Field, IndexRecordOption, Value as _},
};

use crate::{
    Counts,
    article::ArticleNumber,
    citation::Resolver,
    error::KnowledgeError,
    gists::Gists,
    index::{Fields, KIND_ANSWER, KIND_BRIDGE, KIND_DELETED, KIND_SERVICE, KIND_STATUTE, SearchIndex},
    readings::{Reading, Readings},
    search::titles::TitleIndex,
    source::{Passage, SourceKind},
    store::ActHeader,
};

/// Bits of an article's code in its key.
const CODE_BITS: u32 = 20;
/// The bits of a key that say which article of the act it is.
const ARTICLE_CODES: u64 = (1 << CODE_BITS) - 1;

/// A hash that stays the same: it stands in the index.
pub(crate) fn stable_hash(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The finisher of SplitMix64: FNV's upper bits are poor for short texts.
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Act and article in one number.
pub(crate) fn article_key(law: &str, article: &str) -> Option<u64> {
    let code = ArticleNumber::parse(article)?.code();
    Some((stable_hash(law) << CODE_BITS) | u64::from(code))
}

/// A number for an answer or a service.
pub(crate) fn origin_number(source: SourceKind, id: &str) -> u64 {
    stable_hash(&format!("{}:{id}", source.as_str()))
}

/// Days since 1970, shifted by a million to be positive.
pub(crate) fn day_number(date: Date) -> u64 {
    let days = (date - jiff::civil::date(1970, 1, 1)).get_days();
    u64::try_from(i64::from(days) + 1_000_000).unwrap_or(0)
}

/// Stands for «no act» in [`Library::act_of`].
pub(crate) const NO_ACT: u32 = u32::MAX;

/// An act in all its versions.
#[derive(Debug, Clone)]
pub(crate) struct ActEntry {
    pub(crate) law: String,
    /// Ministries in charge of its newest version.
    pub(crate) ministry: Vec<String>,
}

/// Fields whose terms are scored, in the order of [`Statistics`].
pub(crate) const SCORED: usize = 5;
/// Fields by which only candidates are scored.
pub(crate) const FINER: usize = 3;

/// How a term is spread: in how many documents of each scored field it stands.
pub(crate) type Spread = [u32; SCORED];

/// Numbers for BM25 of each scored field.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Statistics {
    pub(crate) documents: f32,
    pub(crate) average_length: f32,
}

/// What searches ask of each document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Its kind; 0 for documents taken out.
    kind: u8,
    /// Which of [`Library::acts`] it belongs to, or [`NO_ACT`].
    pub(crate) act: u32,
    /// The code of the article; means nothing where there is no act.
    article: u32,
    /// Day from which it applies.
    pub(crate) from: u32,
    /// Day from which it applies no more; `u32::MAX` for the newest version.
    pub(crate) until: u32,
}

impl Place {
    pub(crate) fn kind(self) -> u64 {
        u64::from(self.kind)
    }

    /// Whether it applies on a day; without a day, whether it is the newest version.
    pub(crate) fn applies(self, day: Option<u32>) -> bool {
        day.map_or(self.until == u32::MAX, |day| self.from <= day && day < self.until)
    }
}

/// One revision, open.
pub(crate) struct Library {
    pub(crate) revision: u64,
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    /// The place of the first document of each segment; a document's place is that plus its number.
    pub(crate) bases: Vec<u32>,
    pub(crate) places: Vec<Place>,
    /// Which answer or service each place belongs to.
    pub(crate) origins: HashMap<u32, u64>,
    /// The places that answers, services and bridges cite.
    pub(crate) cites: HashMap<u32, Vec<u32>>,
    /// How many answers and services cite each place.
    pub(crate) cited: HashMap<u32, u32>,
    pub(crate) acts: Vec<ActEntry>,
    pub(crate) titles: TitleIndex,
    pub(crate) vocabulary: HashMap<Box<str>, Spread>,
    pub(crate) statistics: [Statistics; SCORED],
    /// Of [`Library::finer_fields`].
    pub(crate) finer: [Statistics; FINER],
    pub(crate) resolver: Arc<Resolver>,
    pub(crate) counts: Counts,
    pub(crate) gists: Gists,
    readings: Readings,
}

impl Library {
    /// Opens the newest commit of the index.
    pub(crate) fn open(
        index: &SearchIndex,
        headers: &[ActHeader],
        resolver: Arc<Resolver>,
        revision: u64,
    ) -> Result<Self, KnowledgeError> {
        let searcher = index.searcher()?;
        let acts = acts_of(headers);
        let titles = TitleIndex::new(acts.iter().map(|act| act.law.as_str()));
        let mut library = Self {
            revision,
            fields: index.fields,
            bases: Vec::new(),
            places: Vec::new(),
            origins: HashMap::new(),
            cites: HashMap::new(),
            cited: HashMap::new(),
            counts: Counts { laws: acts.len() as u64, ..Counts::default() },
            acts,
            titles,
            vocabulary: HashMap::new(),
            statistics: [Statistics::default(); SCORED],
            finer: [Statistics::default(); FINER],
            resolver,
            searcher,
            gists: Gists::default(),
            readings: Readings::default(),
        };
        library.load_columns().map_err(|error| index.failed(&error))?;
        library.load_vocabulary().map_err(|error| index.failed(&error))?;
        library.gists = Gists::of(&library).map_err(|error| index.failed(&error))?;
        Ok(library)
    }

    /// The fields that are scored.
    pub(crate) fn scored_fields(&self) -> [Field; SCORED] {
        let fields = &self.fields;
        [fields.article_text, fields.article_heading, fields.note_text, fields.note_title, fields.bridge_text]
    }

    /// Fields of answers by which only the best of them are scored.
    pub(crate) fn finer_fields(&self) -> [Field; FINER] {
        [self.fields.note_syllables, self.fields.note_words, self.fields.note_beginning]
    }

    fn load_columns(&mut self) -> tantivy::Result<()> {
        let ordinals: HashMap<u64, u32> =
            (0..).zip(&self.acts).map(|(ordinal, act)| (stable_hash(&act.law) << CODE_BITS, ordinal)).collect();
        let mut places: HashMap<u64, u32> = HashMap::new();
        let mut citing: Vec<(u32, Vec<u64>)> = Vec::new();
        for segment in self.searcher.segment_readers() {
            let base = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            self.bases.push(base);
            let columns = segment.fast_fields();
            let kind = columns.u64("kind")?.first_or_default_col(0);
            let article = columns.u64("article")?.first_or_default_col(0);
            let from = columns.u64("from")?.first_or_default_col(0);
            let until = columns.u64("until")?.first_or_default_col(u64::MAX);
            let origin = columns.u64("origin")?.first_or_default_col(0);
            let cites = columns.u64("cites")?;
            for document in 0..segment.max_doc() {
                let alive = !segment.is_deleted(document);
                let kind = if alive { kind.get_val(document) } else { 0 };
                let key = article.get_val(document);
                let until = until.get_val(document);
                let place = base + document;
                let day = |day: u64| u32::try_from(day).unwrap_or(u32::MAX);
                self.places.push(Place {
                    kind: u8::try_from(kind).unwrap_or(0),
                    act: ordinals.get(&(key & !ARTICLE_CODES)).copied().unwrap_or(NO_ACT),
                    article: u32::try_from(key & ARTICLE_CODES).unwrap_or(0),
                    from: day(from.get_val(document)),
                    until: day(until),
                });
                match kind {
                    KIND_STATUTE if until == u64::MAX => drop(places.insert(key, place)),
                    KIND_ANSWER | KIND_SERVICE | KIND_BRIDGE => {
                        self.origins.insert(place, origin.get_val(document));
                        citing.push((place, cites.values_for_doc(document).collect()));
                    }
                    _ => {}
                }
                match kind {
                    KIND_STATUTE | KIND_DELETED if until == u64::MAX => self.counts.articles += 1,
                    KIND_ANSWER => self.counts.answers += 1,
                    KIND_SERVICE => self.counts.services += 1,
                    _ => {}
                }
            }
        }
        for (place, keys) in citing {
            let cited: Vec<u32> = keys.iter().filter_map(|key| places.get(key).copied()).collect();
            if self.places[place as usize].kind() != KIND_BRIDGE {
                for one in &cited {
                    *self.cited.entry(*one).or_default() += 1;
                }
            }
            if !cited.is_empty() {
                self.cites.insert(place, cited);
            }
        }
        Ok(())
    }

    fn load_vocabulary(&mut self) -> tantivy::Result<()> {
        let mut of_kind = [0_u32; 8];
        for place in &self.places {
            if let Some(count) = of_kind.get_mut(usize::from(place.kind)) {
                *count += 1;
            }
        }
        let of_kind =
            |kinds: &[u64]| kinds.iter().map(|kind| of_kind[usize::try_from(*kind).unwrap_or(0)]).sum::<u32>();
        let (articles, notes) = (of_kind(&[KIND_STATUTE]), of_kind(&[KIND_ANSWER, KIND_SERVICE]));
        let documents = [articles, articles, notes, notes, of_kind(&[KIND_BRIDGE])];
        for (place, field) in self.scored_fields().into_iter().enumerate() {
            let mut tokens = 0;
            for segment in self.searcher.segment_readers() {
                let inverted = segment.inverted_index(field)?;
                tokens += inverted.total_num_tokens();
                let mut terms = inverted.terms().stream()?;
                while let Some((term, info)) = terms.next() {
                    let Ok(term) = std::str::from_utf8(term) else { continue };
                    if let Some(spread) = self.vocabulary.get_mut(term) {
                        spread[place] += info.doc_freq;
                    } else {
                        let mut spread = Spread::default();
                        spread[place] = info.doc_freq;
                        self.vocabulary.insert(term.into(), spread);
                    }
                }
            }
            let documents = documents[place].max(1) as f32;
            self.statistics[place] = Statistics { documents, average_length: (tokens as f32 / documents).max(1.0) };
        }
        for (place, field) in self.finer_fields().into_iter().enumerate() {
            let mut tokens = 0;
            for segment in self.searcher.segment_readers() {
                tokens += segment.inverted_index(field)?.total_num_tokens();
            }
            let documents = notes.max(1) as f32;
            self.finer[place] = Statistics { documents, average_length: (tokens as f32 / documents).max(1.0) };
        }
        Ok(())
    }

    /// Of which kind the passage at a place is; nothing for what is no passage of its own.
    pub(crate) fn kind_at(&self, place: u32) -> Option<SourceKind> {
        match self.places.get(place as usize)?.kind() {
            KIND_STATUTE | KIND_DELETED => Some(SourceKind::Statute),
            KIND_ANSWER => Some(SourceKind::Answer),
            KIND_SERVICE => Some(SourceKind::Service),
            _ => None,
        }
    }

    /// Act and article at a place; nothing where no article stands.
    pub(crate) fn article_at(&self, place: u32) -> Option<(&ActEntry, ArticleNumber)> {
        let place = self.places.get(place as usize)?;
        Some((self.acts.get(place.act as usize)?, ArticleNumber::of_code(place.article)))
    }

    /// The answer or service at a place, taken apart.
    pub(crate) fn reading_at(&self, place: u32) -> Result<Arc<Reading>, KnowledgeError> {
        self.readings.at(self, place)
    }

    /// The passage at a place.
    pub(crate) fn passage_at(&self, place: u32) -> Result<Passage, KnowledgeError> {
        let segment = self.bases.partition_point(|base| *base <= place).saturating_sub(1);
        let address =
            DocAddress::new(u32::try_from(segment).unwrap_or(0), place - self.bases.get(segment).copied().unwrap_or(0));
        self.passage_of(address)
    }

    fn passage_of(&self, address: DocAddress) -> Result<Passage, KnowledgeError> {
        let damaged = |reason: String| KnowledgeError::Index { directory: "the search index".to_owned(), reason };
        let document: TantivyDocument = self.searcher.doc(address).map_err(|error| damaged(error.to_string()))?;
        let bytes = document.get_first(self.fields.passage).and_then(|value| value.as_bytes());
        let bytes = bytes.ok_or_else(|| damaged("a document has no passage".to_owned()))?;
        serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))
    }

    /// The passage of an identifier.
    pub(crate) fn passage(&self, id: &str) -> Result<Option<Passage>, KnowledgeError> {
        let term = Term::from_field_text(self.fields.id, id);
        let failed = |error: &dyn std::fmt::Display| KnowledgeError::Index {
            directory: "the search index".to_owned(),
            reason: error.to_string(),
        };
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            let inverted = segment.inverted_index(self.fields.id).map_err(|error| failed(&error))?;
            let postings = inverted.read_postings(&term, IndexRecordOption::Basic).map_err(|error| failed(&error))?;
            let Some(mut postings) = postings else { continue };
            let mut document = postings.doc();
            while document != tantivy::TERMINATED {
                if !segment.is_deleted(document) {
                    return self.passage_of(DocAddress::new(ordinal, document)).map(Some);
                }
                document = postings.advance();
            }
        }
        Ok(None)
    }
}

/// Every title once, with what its newest version says.
fn acts_of(headers: &[ActHeader]) -> Vec<ActEntry> {
    let mut newest: HashMap<&str, &ActHeader> = HashMap::new();
    for header in headers {
        let known = newest.entry(&header.law).or_insert(header);
        if known.effective < header.effective {
            *known = header;
        }
    }
    let mut acts: Vec<ActEntry> = newest
        .into_values()
        .map(|header| ActEntry { law: header.law.clone(), ministry: header.ministry.clone() })
        .collect();
    acts.sort_by(|one, other| one.law.cmp(&other.law));
    acts
}
