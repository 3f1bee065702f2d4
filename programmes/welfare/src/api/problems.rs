//! What goes wrong, as RFC 9457 documents, and how the API's description tells of it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use maru_web::{PROBLEM_MEDIA_TYPE, Problem};
use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::ServiceError;

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

/// Responses of operations that only read.
pub(super) struct ReadProblems;

/// Responses of operations that change something.
pub(super) struct WriteProblems;

const READ: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "A parameter cannot be read."),
    (StatusCode::NOT_FOUND, "There is no such thing."),
    (StatusCode::TOO_MANY_REQUESTS, "Asked too often; wait as Retry-After says."),
    (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be used now."),
];

const WRITE: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "The document cannot be parsed."),
    (StatusCode::UNAUTHORIZED, "Nobody signed in."),
    (StatusCode::FORBIDDEN, "This is not for you to do; the policy says why. Or the form token is missing."),
    (StatusCode::NOT_FOUND, "There is no such thing."),
    (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time."),
    (StatusCode::CONFLICT, "The law or the state forbids it: reason, article and what to do."),
    (StatusCode::PAYLOAD_TOO_LARGE, "The document is too large."),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The document must be JSON."),
    (StatusCode::UNPROCESSABLE_ENTITY, "A field cannot be taken as it is."),
    (StatusCode::TOO_MANY_REQUESTS, "Asked too often; wait as Retry-After says."),
    (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be used now; nothing was stored."),
];

fn described(problems: &[(StatusCode, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let described = problems.iter().map(|(status, description)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build();
        let response = ResponseBuilder::new().description(*description).content(PROBLEM_MEDIA_TYPE, content).build();
        (status.as_u16().to_string(), RefOr::T(response))
    });
    described.collect()
}

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        described(READ)
    }
}

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        described(WRITE)
    }
}
