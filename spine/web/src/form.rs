//! What people and programs send: forms and JSON. Whatever cannot be read is a [`Problem`].
//!
//! That a form comes from a page of ours was already checked by the router for every request that changes something,
//! so that no handler can forget it.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::problem::Problem;

/// The name of the field with the token that every form carries.
pub const CSRF_FIELD: &str = "csrf_token";
/// The header with which scripts and programs that use a session's cookie send the token.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// The media type of forms.
pub(crate) const FORM_MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The media type of a request's body, in small letters and without parameters.
pub(crate) fn media_type(headers: &axum::http::HeaderMap) -> String {
    let header = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    header.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

pub(crate) async fn body_of<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::bad_request()
            .detail("보내신 내용이 끝까지 오지 않았어요.", "What was sent did not arrive completely."),
    })
}

/// The fields of a form (`application/x-www-form-urlencoded`). A field that may come several times is a `Vec`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if media_type(request.headers()) != FORM_MEDIA_TYPE {
            return Err(Problem::unsupported_media_type().what_to_do(
                "application/x-www-form-urlencoded 형식으로 보내 주세요.",
                "Send it as application/x-www-form-urlencoded.",
            ));
        }
        let body = body_of(request, state).await?;
        read_fields(&body).map(Self)
    }
}

/// Fields, as `application/x-www-form-urlencoded` has them.
pub(crate) fn read_fields<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_html_form::from_bytes(body).map_err(|error| {
        Problem::bad_request()
            .detail(format!("양식을 읽을 수 없어요: {error}"), format!("The form cannot be read: {error}"))
    })
}

/// The parameters of the address.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        serde_html_form::from_str(parts.uri.query().unwrap_or("")).map(Self).map_err(|error| {
            Problem::bad_request().detail(
                format!("주소의 매개변수를 읽을 수 없어요: {error}"),
                format!("The parameters of the address cannot be read: {error}"),
            )
        })
    }
}

/// The parameters in the path. A value that is not of its type is an address that does not exist.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::not_found())
    }
}

/// A JSON document, in a request or a response.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers());
        if media_type != "application/json" && !media_type.ends_with("+json") {
            return Err(Problem::unsupported_media_type());
        }
        let body = body_of(request, state).await?;
        // As text, like everything that is read elsewhere, so that reading a type is compiled once.
        let text = str::from_utf8(&body)
            .map_err(|_| Problem::bad_request().detail("JSON이 UTF-8이 아니에요.", "The JSON is not UTF-8."))?;
        serde_json::from_str(text).map(Self).map_err(|error| unreadable_json(&error))
    }
}

/// What cannot be parsed is a bad request; what can, but is not the document that is expected, is invalid.
fn unreadable_json(error: &serde_json::Error) -> Problem {
    if error.is_data() {
        return Problem::invalid(Vec::new()).detail(
            format!("JSON의 값이 정해진 모양과 달라요: {error}"),
            format!("The JSON document is not of the shape that is expected: {error}"),
        );
    }
    Problem::bad_request()
        .detail(format!("JSON을 읽을 수 없어요: {error}"), format!("The JSON cannot be parsed: {error}"))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        // Into a list of bytes, like everything that is written elsewhere.
        match serde_json::to_vec(&self.0) {
            Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written as JSON");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
