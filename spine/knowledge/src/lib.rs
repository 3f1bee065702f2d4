//! What the state has said: statutes and answers, retrieval, citations, grounded drafts.
//!
//! [`Knowledge`] is opened over a ledger's database, which holds the sources, and a directory, which holds a search index that can be lost
//! at any time. Everything it says comes with the passage that it rests on.

pub mod citation;
pub mod draft;
pub mod import;
pub mod search;

mod error;
mod source;

use std::path::PathBuf;

use jiff::civil::Date;
use maru_ledger::Ledger;

pub use citation::{Citation, CitationStatus};
pub use error::KnowledgeError;
pub use import::{BadLine, ImportContent, ImportListener, ImportProgress, ImportReport, ImportSource, ImportStage};
pub use search::{Excerpt, Hit, Query};
pub use source::{Passage, SourceKind};

/// Where knowledge lives.
#[derive(Debug, Clone)]
pub struct KnowledgeConfig {
    /// A directory of this machine for the search index; made where it is missing. Processes of one machine may share it.
    pub directory: PathBuf,
    /// The ledger whose database holds the sources, shared by all servers.
    pub ledger: Ledger,
}

/// How many passages there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Acts, decrees and rules, each once however many versions of it there are.
    pub laws: u64,
    /// Their articles.
    pub articles: u64,
    /// Answers.
    pub answers: u64,
    /// Services.
    pub services: u64,
}

/// The deployment's knowledge: clone it freely, ask it from any thread.
#[derive(Debug, Clone)]
pub struct Knowledge {
    config: KnowledgeConfig,
}

impl Knowledge {
    /// Opens the deployment's knowledge; makes or completes the search index where it is behind the database.
    pub async fn open(config: KnowledgeConfig) -> Result<Self, KnowledgeError> {
        Ok(Self { config })
    }

    /// Takes over sources as one revision: searches see all of it or nothing. Stopped halfway it changes nothing, and the next run does
    /// not repeat what was laid ready.
    pub async fn import(
        &self,
        _sources: Vec<ImportSource>,
        _listener: Option<ImportListener>,
    ) -> Result<ImportReport, KnowledgeError> {
        let _ = &self.config;
        Ok(ImportReport::default())
    }

    /// Follows what other servers imported. Says whether there was something. Servers call it every few seconds: it asks for one number.
    pub async fn refresh(&self) -> Result<bool, KnowledgeError> {
        Ok(false)
    }

    /// Passages that answer a question, best first. Made for many threads at once.
    pub fn search(&self, _query: &Query) -> Result<Vec<Hit>, KnowledgeError> {
        Ok(Vec::new())
    }

    /// Every reference to law in a text, in order, judged by the versions that apply on a day.
    pub fn resolve(&self, _text: &str, _on: Date) -> Vec<Citation> {
        Vec::new()
    }

    /// The passage of this identifier.
    pub fn passage(&self, _id: &str) -> Result<Option<Passage>, KnowledgeError> {
        Ok(None)
    }

    /// How many passages there are.
    pub fn counts(&self) -> Counts {
        Counts::default()
    }

    /// The revision of the deployment's knowledge that searches see.
    pub fn revision(&self) -> u64 {
        0
    }

    /// Ministries in charge of an act, by its full or abbreviated title: helps to route an inquiry.
    pub fn ministries_of(&self, _law: &str) -> Vec<String> {
        Vec::new()
    }
}
