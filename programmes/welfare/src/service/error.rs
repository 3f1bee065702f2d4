//! How the refusals of this field, facts that the law does not know, and damaged documents become the error of a service.

use maru_web::ServiceError;

use crate::{domain::Refusal, evaluation::EvaluationError, payment::BankDocumentError};

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unknown { Self::NotFound } else { Self::Refused(Box::new(refusal.explain())) }
    }
}

/// A fact is not what the law knows.
pub(crate) fn unknown_fact(reason: &str) -> ServiceError {
    ServiceError::field(
        "facts",
        format!("적은 사실을 읽을 수 없습니다: {reason}"),
        format!("A fact cannot be read: {reason}"),
    )
}

impl From<EvaluationError> for ServiceError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::Fact { .. } => unknown_fact(&error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<BankDocumentError> for ServiceError {
    fn from(error: BankDocumentError) -> Self {
        Self::field(
            "document",
            format!("은행 문서를 읽을 수 없습니다: {error}"),
            format!("The bank's document cannot be read: {error}"),
        )
    }
}
