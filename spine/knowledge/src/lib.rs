//! What the state has said: statutes and answers, retrieval, citations, grounded drafts.
//!
//! [`Knowledge`] is opened over a ledger's database, which holds the sources, and a directory, which holds a search index that can be lost
//! at any time. Everything it says comes with the passage that it rests on.
//!
//! | part | does |
//! |---|---|
//! | `import` | reads files and folders, lays rows ready, lets them take the place of the old at once |
//! | `store` | the rows in the ledger's database |
//! | `index` | documents of the search index on this machine, which follows the rows |
//! | `library` | one revision, open: what searches need in memory |
//! | `gists` | the most telling terms of every answer, by which answers are held beside each other |
//! | `readings` | answers and services that were read lately, taken apart |
//! | `ground` | what texts share, term by term |
//! | `search` | scores every passage, weighs the best, marks the words |
//! | `citation` | finds references to law in any text and judges them |
//! | `draft` | writes answers of which every sentence rests on a passage |

pub mod citation;
pub mod draft;
pub mod import;
pub mod search;

mod article;
mod error;
mod gists;
mod ground;
mod index;
mod library;
mod readings;
mod source;
mod store;
mod update;
mod words;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::civil::Date;
use maru_ledger::Ledger;

pub use citation::{Citation, CitationStatus};
pub use error::KnowledgeError;
pub use import::{BadLine, ImportContent, ImportListener, ImportProgress, ImportReport, ImportSource, ImportStage};
pub use search::{Excerpt, Findings, Glance, Hit, Query};
pub use source::{Passage, SourceKind};

use index::SearchIndex;
use library::Library;
use store::SourceKey;

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
    /// Their articles, in the newest versions.
    pub articles: u64,
    /// Answers.
    pub answers: u64,
    /// Services.
    pub services: u64,
}

/// The deployment's knowledge: clone it freely, ask it from any thread. Searches see one revision, whole.
#[derive(Clone)]
pub struct Knowledge {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    index: SearchIndex,
    library: RwLock<Arc<Library>>,
    /// One update of the index at a time in this process.
    updating: tokio::sync::Mutex<()>,
}

impl fmt::Debug for Knowledge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Knowledge").field("revision", &self.revision()).finish_non_exhaustive()
    }
}

impl Knowledge {
    /// Opens the deployment's knowledge; makes or completes the search index where it is behind the database.
    pub async fn open(config: KnowledgeConfig) -> Result<Self, KnowledgeError> {
        store::define(&config.ledger).await?;
        let index = SearchIndex::open(&config.directory)?;
        let library = update::follow(&config.ledger, &index, None).await?;
        let inner = Inner {
            ledger: config.ledger,
            index,
            library: RwLock::new(Arc::new(library)),
            updating: tokio::sync::Mutex::new(()),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Takes over sources as one revision: searches see all of it or nothing. Stopped halfway it changes nothing, and the next run does
    /// not repeat what was laid ready.
    pub async fn import(
        &self,
        sources: Vec<ImportSource>,
        listener: Option<ImportListener>,
    ) -> Result<ImportReport, KnowledgeError> {
        let report = import::import(&self.inner.ledger, sources, listener.clone()).await?;
        self.follow(listener).await?;
        Ok(report)
    }

    /// Takes answers and services away, by the identifiers of their passages. Gives how many passages there are afterwards.
    pub async fn remove(&self, ids: &[String]) -> Result<Counts, KnowledgeError> {
        let keys = ids.iter().filter_map(|id| {
            let (kind, name) = id.split_once(':')?;
            let kind = match SourceKind::from_name(kind)? {
                SourceKind::Answer => store::ANSWER,
                SourceKind::Service => store::SERVICE,
                // Acts are not taken away article by article.
                SourceKind::Statute => return None,
            };
            Some(SourceKey { kind: kind.to_owned(), name: name.to_owned() })
        });
        store::remove(&self.inner.ledger, keys.collect()).await?;
        self.follow(None).await?;
        Ok(self.counts())
    }

    /// Follows what other servers imported. Says whether there was something. Servers call it every few seconds: it asks for one number.
    pub async fn refresh(&self) -> Result<bool, KnowledgeError> {
        if store::revision(&self.inner.ledger).await? == self.revision() {
            return Ok(false);
        }
        self.follow(None).await?;
        Ok(true)
    }

    async fn follow(&self, listener: Option<ImportListener>) -> Result<(), KnowledgeError> {
        let _one_at_a_time = self.inner.updating.lock().await;
        if store::revision(&self.inner.ledger).await? == self.revision() {
            return Ok(());
        }
        let library = update::follow(&self.inner.ledger, &self.inner.index, listener).await?;
        *self.inner.library.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
        Ok(())
    }

    fn library(&self) -> Arc<Library> {
        Arc::clone(&self.inner.library.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Passages that answer a question, best first. Made for many threads at once.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, KnowledgeError> {
        search::search(&self.library(), query)
    }

    /// Looks once, for those who take what was found several times, or want no marks in it. The query's limit is not looked at.
    pub fn look(&self, query: &Query) -> Result<Findings, KnowledgeError> {
        Findings::of(self.library(), query)
    }

    /// Every reference to law in a text, in order, judged by the versions that apply on a day.
    pub fn resolve(&self, text: &str, on: Date) -> Vec<Citation> {
        self.library().resolver.resolve(text, on)
    }

    /// The passage of this identifier.
    pub fn passage(&self, id: &str) -> Result<Option<Passage>, KnowledgeError> {
        self.library().passage(id)
    }

    /// How many passages there are.
    pub fn counts(&self) -> Counts {
        self.library().counts
    }

    /// The revision of the deployment's knowledge that searches see.
    pub fn revision(&self) -> u64 {
        self.library().revision
    }

    /// What the search weighs for a question: for learning its weights and for nothing else.
    #[doc(hidden)]
    pub fn weighed(&self, query: &Query) -> Result<search::WeighedForLearning, KnowledgeError> {
        search::weighed(&self.library(), query)
    }
}
