//! What can go wrong, in words for people.

use maru_ledger::DatabaseError;
use thiserror::Error;

/// Why knowledge could not be opened, imported or searched.
#[derive(Debug, Error)]
pub enum KnowledgeError {
    /// The database that holds the sources did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The search index could not be read or written.
    #[error(
        "the search index in {directory} cannot be used ({reason}); delete that directory: it is made again from the database"
    )]
    Index {
        /// Where it is.
        directory: String,
        /// What the index said.
        reason: String,
    },
    /// A file could not be read to its end.
    #[error("{name} cannot be read ({reason}); nothing of this import was taken over")]
    Unreadable {
        /// Name of the file or folder.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// A stored row is not what was stored.
    #[error("the source {key} in the database is damaged ({reason}); import it again")]
    Damaged {
        /// Which source.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The program itself failed.
    #[error("the import stopped unexpectedly ({reason}); nothing of it was taken over: run it again")]
    Stopped {
        /// What happened.
        reason: String,
    },
}
