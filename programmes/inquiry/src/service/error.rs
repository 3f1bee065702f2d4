//! What the refusals of the field mean to who asked.

use maru_web::ServiceError;

use crate::domain::Refusal;

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unknown { Self::NotFound } else { Self::Refused(Box::new(refusal.explain())) }
    }
}
