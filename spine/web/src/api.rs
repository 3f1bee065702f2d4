//! What the interfaces of all programmes share: the key by which a repeated request is recognised, and how an OpenAPI
//! document tells what can go wrong.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::problem::{PROBLEM_MEDIA_TYPE, Problem};

/// The header by which a repeated request is recognised.
const IDEMPOTENCY_HEADER: &str = "idempotency-key";
/// The longest key by which a repeated request is recognised.
const LONGEST_KEY: usize = 200;

/// The key by which a repeated request is recognised, if there is one.
///
/// # Errors
/// The [`Problem`] of a key that cannot be one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_HEADER) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::bad_request().detail(
            "Idempotency-Key는 1자에서 200자까지의 ASCII 글자여야 해요.",
            "Idempotency-Key must be 1 to 200 characters of ASCII.",
        ));
    }
    Ok(Some(key.to_owned()))
}

/// [`idempotency_key`] as OpenAPI describes it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it only describes")]
pub struct IdempotencyParameter {
    /// A key of your choice: the same request with the same key is done once.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    key: Option<String>,
}

/// What is said of a request that was not done (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// The kind of problem, as an address that explains it.
    r#type: String,
    /// What happened.
    title: String,
    /// The status of the response.
    status: u16,
    /// Why it happened here.
    detail: String,
    /// The number of the request.
    instance: String,
    /// What you can do now.
    what_to_do: String,
    /// The fields that are at fault.
    #[schema(required = false)]
    fields: Vec<ProblemField>,
    /// The name of the refusal, where the law or the state of the case forbids it.
    code: Option<String>,
    /// The article that it rests on.
    article: Option<String>,
    /// Single places that are at fault, such as citations.
    #[schema(required = false, value_type = Vec<Object>)]
    findings: Vec<serde_json::Value>,
}

/// A field that is at fault.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field.
    field: String,
    /// What is wrong, and how to put it right.
    message: String,
}

/// The problems of operations that only read. The document must hold [`ProblemDocument`] among its schemas.
#[derive(Debug)]
pub struct ReadProblems;

/// The problems of operations that change something. The document must hold [`ProblemDocument`] among its schemas.
#[derive(Debug)]
pub struct WriteProblems;

const READ: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "A parameter cannot be read."),
    (StatusCode::UNAUTHORIZED, "Nobody signed in, and nothing was presented that would open it."),
    (StatusCode::FORBIDDEN, "This is not for you to see; the policy says why."),
    (StatusCode::NOT_FOUND, "There is no such thing, or it does not open for you."),
    (StatusCode::UNPROCESSABLE_ENTITY, "A parameter cannot be taken as it is."),
    (StatusCode::TOO_MANY_REQUESTS, "Asked too often; wait as Retry-After says."),
    (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be used now."),
];

const WRITE: &[(StatusCode, &str)] = &[
    (StatusCode::BAD_REQUEST, "The document cannot be parsed."),
    (StatusCode::UNAUTHORIZED, "Nobody signed in, and nothing was presented that would open it."),
    (StatusCode::FORBIDDEN, "This is not for you to do; the policy says why. Or the form token is missing."),
    (StatusCode::NOT_FOUND, "There is no such thing, or it does not open for you."),
    (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time."),
    (StatusCode::CONFLICT, "The law or the state of the thing forbids it: reason, article and what to do."),
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
