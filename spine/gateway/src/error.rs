//! Refusals, in the shape that OpenAI's clients understand, with the reason in Korean and English.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde_json::json;

/// A call that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// OpenAI's family of errors: clients choose their exception by status, people read this.
    pub(crate) kind: &'static str,
    /// What exactly, for programs.
    pub(crate) code: &'static str,
    pub(crate) korean: Box<str>,
    pub(crate) english: Box<str>,
    /// The field of the request that is wrong.
    pub(crate) parameter: Option<Box<str>>,
    /// Seconds after which another attempt makes sense.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    fn new(
        status: StatusCode,
        kind: &'static str,
        code: &'static str,
        korean: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        let (korean, english) = (korean.into().into_boxed_str(), english.into().into_boxed_str());
        Self { status, kind, code, korean, english, parameter: None, retry_after: None }
    }

    /// 400: the request is not what the API takes.
    pub(crate) fn bad(code: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", code, korean, english)
    }

    /// 401: no key, or none that holds.
    pub(crate) fn unauthorized(code: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authentication_error", code, korean, english)
    }

    /// 403: the key or a rule does not allow it.
    pub(crate) fn forbidden(code: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_error", code, korean, english)
    }

    /// 404: no such model or address.
    pub(crate) fn not_found(code: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", code, korean, english)
    }

    /// 405: this address takes POST alone.
    pub(crate) fn no_such_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request_error",
            "method_not_allowed",
            "이 주소는 POST만 받습니다.",
            "This address takes POST alone.",
        )
    }

    /// 413: too large.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request_error",
            "request_too_large",
            format!("요청이 너무 큽니다. {limit}바이트까지 보낼 수 있습니다."),
            format!("The request is too large: at most {limit} bytes are taken. Send less at once."),
        )
    }

    /// 408: the body came too slowly.
    pub(crate) fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "invalid_request_error",
            "request_too_slow",
            "요청 내용이 제시간에 도착하지 않았습니다. 다시 보내 주세요.",
            "The request's body did not arrive in time. Send it again.",
        )
    }

    /// 429: over a limit.
    pub(crate) fn exhausted(
        code: &'static str,
        retry_after: u64,
        korean: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "insufficient_quota", code, korean, english);
        Self { retry_after: Some(retry_after), ..refusal }
    }

    /// 502 or 503: nobody behind the gateway answers.
    pub(crate) fn unavailable(code: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "server_error", code, korean, english);
        Self { retry_after: Some(5), ..refusal }
    }

    /// No server that may be asked gave an answer; `reason` is the last one's.
    pub(crate) fn no_backend_answered(reason: &str) -> Self {
        Self::unavailable(
            "no_backend_answered",
            "모델 서버가 응답하지 않습니다. 잠시 뒤 다시 보내세요.",
            format!("No model server answered ({reason}). Try again in a moment."),
        )
    }

    /// Every server that may be asked is busy; a place is expected in so many seconds.
    pub(crate) fn all_backends_busy(seconds: u64) -> Self {
        Self::exhausted(
            "all_backends_busy",
            seconds,
            format!("모델 서버가 모두 바쁩니다. {seconds}초 뒤 다시 보내세요."),
            format!("All model servers are busy. Try again in {seconds} seconds."),
        )
    }

    #[must_use]
    pub(crate) fn at(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into().into_boxed_str());
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        json!({ "error": {
            "message": format!("{} / {}", self.english, self.korean),
            "message_ko": self.korean,
            "message_en": self.english,
            "type": self.kind,
            "param": self.parameter,
            "code": self.code,
        } })
    }

    pub(crate) fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.json().to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
