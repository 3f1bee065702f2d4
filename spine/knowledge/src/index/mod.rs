//! The search index of this machine: made from the database's rows, lost at no cost.
//!
//! One document per article, answer and service, and one per place in an answer that cites law (a *bridge*: the words with which people
//! ask for that article). The index carries the revision of the database that it shows, in the same commit.

mod documents;
mod tokens;

use std::path::Path;

use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Term,
    schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
};

pub(crate) use documents::{Versions, documents_of};

use crate::error::KnowledgeError;

/// Counted up when documents are made differently: an index of another form is made anew.
const FORM: u32 = 3;
/// Memory of the writer's threads together, in bytes.
const WRITER_MEMORY: usize = 160 << 20;
/// Threads that build the index.
const WRITER_THREADS: usize = 2;
/// Cuts at spaces and nowhere else.
const APART: &str = "whitespace";
/// Unpacked blocks of passages kept in memory by each open index.
const CACHED_BLOCKS: usize = 256;

/// What a document is; the number stands in its column `kind`.
pub(crate) const KIND_STATUTE: u64 = 1;
/// See [`KIND_STATUTE`].
pub(crate) const KIND_ANSWER: u64 = 2;
/// See [`KIND_STATUTE`].
pub(crate) const KIND_SERVICE: u64 = 3;
/// See [`KIND_STATUTE`].
pub(crate) const KIND_BRIDGE: u64 = 4;
/// An article whose text is gone: it can be looked up, not found.
pub(crate) const KIND_DELETED: u64 = 5;

/// The fields of documents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Kind and name of the row that the document was made from: what changes is taken out by it.
    pub(crate) source: Field,
    /// Identifier of the passage.
    pub(crate) id: Field,
    /// The passage as JSON.
    pub(crate) passage: Field,
    pub(crate) kind: Field,
    /// Act and article in one number, see [`crate::library::article_key`].
    pub(crate) article: Field,
    /// Articles that an answer, a service or a bridge cites, as such numbers.
    pub(crate) cites: Field,
    /// A number for the source, so that bridges can be told to belong to their answer.
    pub(crate) origin: Field,
    /// Days since 1970, shifted to be positive, from when and until when the version applies.
    pub(crate) from: Field,
    pub(crate) until: Field,
    pub(crate) article_heading: Field,
    pub(crate) article_text: Field,
    pub(crate) note_title: Field,
    pub(crate) note_text: Field,
    pub(crate) bridge_text: Field,
    /// The words of an answer without their particles, whole.
    pub(crate) note_words: Field,
    /// The single syllables of an answer.
    pub(crate) note_syllables: Field,
    /// The beginning of an answer.
    pub(crate) note_beginning: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing =
        TextFieldIndexing::default().set_tokenizer(tokens::NAME).set_index_option(IndexRecordOption::WithFreqs);
    let words = TextOptions::default().set_indexing_options(indexing.clone().set_tokenizer(APART));
    let text = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        source: builder.add_text_field("source", STRING),
        id: builder.add_text_field("id", STRING),
        passage: builder.add_bytes_field("passage", STORED),
        kind: builder.add_u64_field("kind", FAST),
        article: builder.add_u64_field("article", FAST),
        cites: builder.add_u64_field("cites", FAST),
        origin: builder.add_u64_field("origin", FAST),
        from: builder.add_u64_field("from", FAST),
        until: builder.add_u64_field("until", FAST),
        article_heading: builder.add_text_field("article_heading", text.clone()),
        article_text: builder.add_text_field("article_text", text.clone()),
        note_title: builder.add_text_field("note_title", text.clone()),
        note_text: builder.add_text_field("note_text", text.clone()),
        bridge_text: builder.add_text_field("bridge_text", text.clone()),
        note_words: builder.add_text_field("note_words", words),
        note_syllables: builder.add_text_field("note_syllables", text.clone()),
        note_beginning: builder.add_text_field("note_beginning", text),
    };
    (builder.build(), fields)
}

/// An open index.
#[derive(Clone)]
pub(crate) struct SearchIndex {
    index: Index,
    reader: IndexReader,
    pub(crate) fields: Fields,
    directory: String,
}

impl SearchIndex {
    /// Opens the index below `directory`; makes an empty one where there is none, or one of another form or a damaged one.
    pub(crate) fn open(directory: &Path) -> Result<Self, KnowledgeError> {
        let place = directory.join(format!("index-{FORM}"));
        match Self::open_in(&place) {
            Ok(index) => Ok(index),
            Err(_) if place.exists() => {
                // It can be made again from the database, so a damaged one is not worth an error.
                std::fs::remove_dir_all(&place).map_err(|error| unusable(&place, &error))?;
                Self::open_in(&place)
            }
            Err(error) => Err(error),
        }
    }

    fn open_in(place: &Path) -> Result<Self, KnowledgeError> {
        std::fs::create_dir_all(place).map_err(|error| unusable(place, &error))?;
        let (schema, fields) = schema();
        let failed = |error: tantivy::TantivyError| unusable(place, &error);
        let directory = tantivy::directory::MmapDirectory::open(place).map_err(|error| unusable(place, &error))?;
        let index = Index::builder()
            .schema(schema)
            .settings(IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() })
            .open_or_create(directory)
            .map_err(failed)?;
        index.tokenizers().register(tokens::NAME, tokens::TermTokenizer::default());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(CACHED_BLOCKS)
            .try_into()
            .map_err(failed)?;
        Ok(Self { index, reader, fields, directory: place.display().to_string() })
    }

    /// The revision of the database that the newest commit shows, whichever process made it; 0 for an empty index.
    pub(crate) fn revision(&self) -> Result<u64, KnowledgeError> {
        let meta = self.index.load_metas().map_err(|error| self.failed(&error))?;
        Ok(meta.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0))
    }

    /// A view of the newest commit.
    pub(crate) fn searcher(&self) -> Result<tantivy::Searcher, KnowledgeError> {
        self.reader.reload().map_err(|error| self.failed(&error))?;
        Ok(self.reader.searcher())
    }

    /// The writer; nothing while another process writes.
    pub(crate) fn writer(&self) -> Result<Option<IndexWriter>, KnowledgeError> {
        match self.index.writer_with_num_threads(WRITER_THREADS, WRITER_MEMORY) {
            Ok(writer) => Ok(Some(writer)),
            Err(tantivy::TantivyError::LockFailure(..)) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Commits what was written as the state of a revision. An index that was made from nothing becomes one segment: a search then looks
    /// every term up once.
    pub(crate) fn commit(&self, mut writer: IndexWriter, revision: u64, is_new: bool) -> Result<(), KnowledgeError> {
        let mut commit = writer.prepare_commit().map_err(|error| self.failed(&error))?;
        commit.set_payload(&revision.to_string());
        commit.commit().map_err(|error| self.failed(&error))?;
        let segments = self.index.searchable_segment_ids().map_err(|error| self.failed(&error))?;
        if is_new && segments.len() > 1 {
            writer.merge(&segments).wait().map_err(|error| self.failed(&error))?;
        }
        writer.wait_merging_threads().map_err(|error| self.failed(&error))
    }

    pub(crate) fn failed(&self, error: &dyn std::fmt::Display) -> KnowledgeError {
        KnowledgeError::Index { directory: self.directory.clone(), reason: error.to_string() }
    }

    /// The term that all documents of a row carry.
    pub(crate) fn source_term(&self, kind: &str, name: &str) -> Term {
        Term::from_field_text(self.fields.source, &source_name(kind, name))
    }
}

/// Kind and name of a row in one word.
pub(crate) fn source_name(kind: &str, name: &str) -> String {
    format!("{kind}/{name}")
}

fn unusable(place: &Path, error: &dyn std::fmt::Display) -> KnowledgeError {
    KnowledgeError::Index { directory: place.display().to_string(), reason: error.to_string() }
}
