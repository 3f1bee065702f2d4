//! Why the service did not do what it was asked.

use maru_ledger::{AppendError, DatabaseError, ExecuteError, LedgerError, SealError};
use maru_rules::{command::CalculationError, explain::certificate::CertificateError};
use maru_web::Problem;

use crate::domain::Refusal;

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody signed in.
    #[error("sign in first")]
    SignInRequired,
    /// There is no such law or certificate.
    #[error("there is no such law")]
    NotFound,
    /// The caller may not do this.
    #[error("{en}")]
    Forbidden {
        /// Why, in Korean.
        ko: String,
        /// Why, in English.
        en: String,
    },
    /// The situation or the question is wrong; the text says where and how to put it right.
    #[error("{0}")]
    Situation(String),
    /// The database cannot be used now.
    #[error("the database cannot be used now: {0}")]
    Unavailable(DatabaseError),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    pub(crate) fn situation(reason: String) -> Self {
        Self::Situation(reason)
    }
}

impl From<CalculationError> for ServiceError {
    fn from(error: CalculationError) -> Self {
        Self::Situation(error.to_string())
    }
}

impl From<CertificateError> for ServiceError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::Unreadable(..) => Self::Internal(error.to_string()),
            other => Self::Situation(other.to_string()),
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
            ExecuteError::Refused(refusal) => match refusal {},
            ExecuteError::Append(AppendError::Database(error)) => error.into(),
            ExecuteError::Append(other) => Self::Internal(other.to_string()),
            ExecuteError::Ledger(error) => error.into(),
        }
    }
}

/// The error as a problem document.
pub(crate) fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::SignInRequired => Problem::sign_in_required(),
        ServiceError::NotFound => Problem::not_found(),
        ServiceError::Forbidden { ko, en } => Problem::forbidden().detail(ko, en),
        ServiceError::Situation(reason) => Problem::invalid(Vec::new())
            .title("계산할 수 없는 내용이에요", "This cannot be calculated")
            .detail(reason.clone(), reason)
            .what_to_do(
                "가리킨 곳을 고쳐 다시 보내 주세요. 사실과 결과의 이름은 법령 페이지에 있어요.",
                "Correct the place that is named and send it again. The law's page lists the names of facts and results.",
            ),
        ServiceError::Unavailable(error) => {
            tracing::error!(%error, "the database cannot be used");
            Problem::unavailable()
        }
        ServiceError::Internal(reason) => {
            tracing::error!(%reason, "the programme of laws failed");
            Problem::internal()
        }
    }
}
