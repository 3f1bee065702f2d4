//! Why the service did not do what it was asked.

use maru_ledger::{AppendError, DatabaseError, ExecuteError, LedgerError, SealError};

use crate::{
    domain::{Explained, Refusal},
    evaluation::EvaluationError,
    payment::BankDocumentError,
};

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody signed in.
    #[error("sign in first")]
    SignInRequired,
    /// There is no such thing.
    #[error("there is no such thing in welfare")]
    NotFound,
    /// The caller may not do this.
    #[error("{en}")]
    Forbidden {
        /// Why, in Korean.
        ko: String,
        /// Why, in English.
        en: String,
    },
    /// The field refuses: reason, article, remedy.
    #[error("{}", .0.reason_en)]
    Refused(Box<Explained>),
    /// A fact is not what the law knows.
    #[error("{0}")]
    Fact(String),
    /// A document of the bank cannot be read.
    #[error("{0}")]
    Document(#[from] BankDocumentError),
    /// The idempotency key was used for something else.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The database cannot be used now.
    #[error("the database cannot be used now: {0}")]
    Unavailable(DatabaseError),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unknown { Self::NotFound } else { Self::Refused(Box::new(refusal.explain())) }
    }
}

impl From<EvaluationError> for ServiceError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::Fact { .. } => Self::Fact(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<DatabaseError> for ServiceError {
    fn from(error: DatabaseError) -> Self {
        if error.is_passing() { Self::Unavailable(error) } else { Self::Internal(error.to_string()) }
    }
}

impl From<LedgerError> for ServiceError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Database(error) | LedgerError::Seal(SealError::Database(error)) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<ExecuteError<Refusal>> for ServiceError {
    fn from(error: ExecuteError<Refusal>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::Append(AppendError::Database(error)) => error.into(),
            ExecuteError::Append(AppendError::KeyReused { .. }) => Self::KeyReused,
            ExecuteError::Append(other) => Self::Internal(other.to_string()),
            ExecuteError::Ledger(error) => error.into(),
        }
    }
}
