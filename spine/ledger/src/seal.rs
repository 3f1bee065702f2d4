//! Sealing of personal facts.

use thiserror::Error;

use crate::database::DatabaseError;

/// Why a personal fact could not be sealed or opened.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum SealError {
    /// The person was erased; nothing more may be recorded about them under this subject.
    #[error("the subject {subject} was erased; record new facts under a new subject")]
    Erased {
        /// The subject.
        subject: String,
    },
    /// The name of the subject cannot be used.
    #[error("a subject's name must have 1 to 200 bytes and no control characters")]
    Subject,
    /// There is no key for the subject at all, not even the mark of an erased one.
    #[error("there is no key for the subject {subject}; restore the table subject_keys from a backup")]
    KeyMissing {
        /// The subject.
        subject: String,
    },
    /// The key is wrapped under a master key that this server does not have.
    #[error("the key of {subject} is wrapped under the master key {master}, which is not configured; add it as a previous master key")]
    MasterKeyMissing {
        /// The subject.
        subject: String,
        /// The identifier of the master key.
        master: String,
    },
    /// The sealed value was changed, or is not a sealed value.
    #[error("the sealed value cannot be opened: {reason}")]
    Damaged {
        /// What is wrong.
        reason: String,
    },
    /// The database could not be read.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}
