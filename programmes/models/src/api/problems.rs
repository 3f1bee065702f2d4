//! What goes wrong, as RFC 9457 documents, and how the API's description tells of it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use maru_gateway::ChangeRefusal;
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
        ServiceError::Refused(refusal) => {
            let (korean, english) = words(&refusal);
            Problem::conflict().detail(korean, english)
        }
        ServiceError::Unavailable(error) => {
            tracing::error!(%error, "the database cannot be used");
            Problem::unavailable()
        }
        ServiceError::Internal(reason) => {
            tracing::error!(%reason, "the programme of models failed");
            Problem::internal()
        }
    }
}

/// A refusal in Korean and in English.
pub(crate) fn words(refusal: &ChangeRefusal) -> (String, String) {
    let korean = match refusal {
        ChangeRefusal::Adopted => "등록부가 이미 있어 파일을 다시 들여올 수 없습니다. 변경을 제안해 주세요.".to_owned(),
        ChangeRefusal::Known(id) => format!("{id} 변경은 이미 있습니다."),
        ChangeRefusal::NotWaiting(_) => "결정을 기다리는 변경이 아닙니다. 목록을 다시 확인해 주세요.".to_owned(),
        ChangeRefusal::NoReason => "두 번째 사람이 판단할 수 있게 바꾸려는 까닭을 써 주세요.".to_owned(),
        ChangeRefusal::SamePerson(_) => {
            "제안한 사람은 스스로 승인할 수 없습니다. 다른 사람이 승인해야 합니다(네 눈 원칙).".to_owned()
        }
        ChangeRefusal::Wrong(what) => {
            format!("이대로 바꾸면 등록부가 서로 맞지 않습니다. 고쳐서 다시 제안해 주세요: {what}")
        }
    };
    (korean, refusal.to_string())
}

/// Responses of operations that only read.
pub(super) struct ReadProblems;

/// Responses of operations that change something.
pub(super) struct WriteProblems;

const READ: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "A parameter cannot be read."),
    (StatusCode::UNAUTHORIZED, "Nobody signed in."),
    (StatusCode::FORBIDDEN, "This is not for you to see; the policy says why."),
    (StatusCode::NOT_FOUND, "There is no such change."),
    (StatusCode::TOO_MANY_REQUESTS, "Asked too often; wait as Retry-After says."),
    (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be used now."),
];

const WRITE: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "The document cannot be parsed."),
    (StatusCode::UNAUTHORIZED, "Nobody signed in."),
    (StatusCode::FORBIDDEN, "This is not for you to do; the policy says why. Or the form token is missing."),
    (StatusCode::NOT_FOUND, "There is no such change."),
    (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time."),
    (StatusCode::CONFLICT, "The registry refuses: the same person, nothing that waits, or it would not fit together."),
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
