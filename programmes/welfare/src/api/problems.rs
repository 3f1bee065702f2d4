//! What goes wrong, as RFC 9457 documents.

use maru_web::Problem;

use crate::{Caller, ServiceError};

/// Somebody signed in: told before anything of what was sent is looked at.
pub(super) fn signed_in(caller: &Caller) -> Result<(), Problem> {
    if caller.principal.is_some() { Ok(()) } else { Err(Problem::sign_in_required()) }
}

/// The error as a problem document.
pub(crate) fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::SignInRequired => Problem::sign_in_required(),
        ServiceError::NotFound => Problem::not_found(),
        ServiceError::Forbidden { ko, en } => Problem::forbidden().detail(ko, en),
        ServiceError::Refused(explained) => {
            let article = |text: &str| {
                if explained.article.is_empty() { text.to_owned() } else { format!("{text} ({})", explained.article) }
            };
            Problem::conflict()
                .detail(article(&explained.reason_ko), article(&explained.reason_en))
                .what_to_do(explained.remedy_ko, explained.remedy_en)
                .with("code", explained.code.into())
                .with("article", explained.article.into())
        }
        ServiceError::Fact(reason) => Problem::invalid(Vec::new())
            .detail(format!("적은 사실을 읽을 수 없습니다: {reason}"), format!("A fact cannot be read: {reason}")),
        ServiceError::Document(error) => Problem::invalid(Vec::new()).detail(
            format!("은행 문서를 읽을 수 없습니다: {error}"),
            format!("The bank's document cannot be read: {error}"),
        ),
        ServiceError::KeyReused => Problem::invalid(Vec::new()).detail(
            "같은 Idempotency-Key가 다른 내용으로 이미 쓰였어요.",
            "This Idempotency-Key was used for another request already.",
        ),
        ServiceError::Unavailable(error) => {
            tracing::error!(%error, "the database cannot be used");
            Problem::unavailable()
        }
        ServiceError::Internal(reason) => {
            tracing::error!(%reason, "the programme of welfare failed");
            Problem::internal()
        }
    }
}
