//! What goes wrong, as RFC 9457 documents, and how the API's description tells of it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use maru_web::{FieldError, PROBLEM_MEDIA_TYPE, Problem};
use serde_json::json;
use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::ServiceError;

/// The error as a problem document.
pub(super) fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::SignInRequired => Problem::sign_in_required(),
        ServiceError::NotFound => Problem::not_found(),
        ServiceError::Forbidden { ko, en } => Problem::forbidden().detail(ko, en),
        ServiceError::Refused(explained) => Problem::conflict()
            .detail(explained.reason_ko, explained.reason_en)
            .what_to_do(explained.remedy_ko, explained.remedy_en)
            .with("code", explained.code.into())
            .with("article", explained.article.into()),
        ServiceError::Invalid(faults) => {
            let fields = faults.into_iter().map(|fault| FieldError::new(fault.field, fault.ko, fault.en));
            Problem::invalid(fields.collect())
        }
        ServiceError::KeyReused => Problem::invalid(Vec::new()).detail(
            "같은 Idempotency-Key가 다른 내용으로 이미 쓰였어요.",
            "This Idempotency-Key was used for another request already.",
        ),
        ServiceError::DoubtfulCitations(citations) => Problem::conflict()
            .detail(
                "답변이 인용한 법령 가운데 시행 중인 조문이 아닌 것이 있습니다.",
                "The answer cites law that does not exist or is not in force.",
            )
            .what_to_do(
                "고치거나, 확인했다면 confirm_citations를 true로 보내 주세요.",
                "Correct it, or send confirm_citations as true if you looked at it.",
            )
            .with("code", "doubtful-citations".into())
            .with("citations", json!(citations)),
        ServiceError::Unavailable(error) => {
            tracing::error!(%error, "the database cannot be used");
            Problem::unavailable()
        }
        ServiceError::Internal(reason) => {
            tracing::error!(%reason, "the inquiry service failed");
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
    (StatusCode::UNAUTHORIZED, "Nobody signed in, and no code was presented."),
    (StatusCode::FORBIDDEN, "This is not for you to see; the policy says why."),
    (StatusCode::NOT_FOUND, "There is no such inquiry, or the code does not fit."),
    (StatusCode::UNPROCESSABLE_ENTITY, "A parameter cannot be taken as it is."),
    (StatusCode::TOO_MANY_REQUESTS, "Asked too often; wait as Retry-After says."),
    (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be used now."),
];

const WRITE: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "The document cannot be parsed."),
    (StatusCode::UNAUTHORIZED, "Nobody signed in, and no code was presented."),
    (StatusCode::FORBIDDEN, "This is not for you to do; the policy says why. Or the form token is missing."),
    (StatusCode::NOT_FOUND, "There is no such inquiry, or the code does not fit."),
    (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time."),
    (StatusCode::CONFLICT, "The law or the state of the case forbids it: reason, article and what to do."),
    (StatusCode::PAYLOAD_TOO_LARGE, "The document is too large."),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The document must be JSON."),
    (StatusCode::UNPROCESSABLE_ENTITY, "A field cannot be taken as it is."),
    (StatusCode::TOO_MANY_REQUESTS, "Asked too often; wait as Retry-After says."),
    (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be used now; nothing was stored."),
];

fn described(problems: &[(StatusCode, &str)]) -> BTreeMap<String, RefOr<Response>> {
    problems
        .iter()
        .map(|(status, description)| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build();
            let response =
                ResponseBuilder::new().description(*description).content(PROBLEM_MEDIA_TYPE, content).build();
            (status.as_u16().to_string(), RefOr::T(response))
        })
        .collect()
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
