//! Errors as people and programs read them: what happened, why, and what to do (RFC 9457).

use std::ops::{Deref, DerefMut};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use crate::{bilingual::Bilingual, language::Language};

/// The media type of RFC 9457.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A field of a request that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the field in the form or the JSON document.
    pub field: String,
    /// What is wrong and how to put it right.
    pub message: Bilingual,
}

impl FieldError {
    /// An error of `field`.
    pub fn new(field: impl Into<String>, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self { field: field.into(), message: Bilingual::new(korean, english) }
    }
}

/// Why a request was not answered as asked. Return it from a handler: the router shows it as a page to who accepts
/// HTML, and as `application/problem+json` to everybody else, in the visitor's language.
///
/// What it says stands in [`ProblemWords`], which can be read and changed through it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem(Box<ProblemWords>);

/// What a [`Problem`] says.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemWords {
    /// The status of the response.
    pub status: StatusCode,
    /// The last part of the problem's type, such as `not-found`; `/problems/not-found` explains it.
    pub kind: &'static str,
    /// What happened, in a few words; the same for every problem of the kind.
    pub title: Bilingual,
    /// Why it happened here.
    pub detail: Bilingual,
    /// What the reader can do now.
    pub what_to_do: Bilingual,
    /// The fields that are at fault.
    pub fields: Vec<FieldError>,
    /// After how many seconds it may work again.
    pub retry_after: Option<u64>,
    /// Further members of the JSON document.
    pub more: Map<String, Value>,
    /// The methods that the address knows, for 405.
    pub(crate) allow: Option<HeaderValue>,
}

impl Deref for Problem {
    type Target = ProblemWords;

    fn deref(&self) -> &ProblemWords {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut ProblemWords {
        &mut self.0
    }
}

/// One kind of problem: its name, status and words.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) status: StatusCode,
    title: [&'static str; 2],
    detail: [&'static str; 2],
    what_to_do: [&'static str; 2],
}

const fn kind(
    name: &'static str,
    status: StatusCode,
    title: [&'static str; 2],
    detail: [&'static str; 2],
    what_to_do: [&'static str; 2],
) -> Kind {
    Kind { name, status, title, detail, what_to_do }
}

/// Our own fault: what is said where nothing better is known.
const INTERNAL: Kind = kind(
    "internal",
    StatusCode::INTERNAL_SERVER_ERROR,
    ["저희 쪽에 문제가 생겼어요", "Sorry, there is a problem with the service"],
    [
        "요청을 처리하다가 오류가 났어요. 오류는 기록되었어요.",
        "Something failed while we worked on it. The error was recorded.",
    ],
    [
        "잠시 뒤에 다시 해 주세요. 계속되면 아래 요청 번호를 알려 주세요.",
        "Try again later. If it goes on, tell us the request number below.",
    ],
);

/// Every kind of problem that the web tells of. The first of a status is the one for responses that say no more.
pub(crate) const KINDS: &[Kind] = &[
    kind(
        "bad-request",
        StatusCode::BAD_REQUEST,
        ["요청을 읽을 수 없어요", "The request cannot be read"],
        ["보내신 내용의 형식이 맞지 않아요.", "What was sent is not in the expected form."],
        ["내용을 확인하고 다시 보내 주세요.", "Check it and send it again."],
    ),
    kind(
        "sign-in-required",
        StatusCode::UNAUTHORIZED,
        ["로그인이 필요해요", "You need to sign in"],
        [
            "이 화면은 로그인한 분만 볼 수 있어요. 오래 쉬셨다면 로그인이 풀렸을 수 있어요.",
            "Only people who have signed in can see this. If you have been away, your session may have ended.",
        ],
        ["로그인한 뒤 다시 해 주세요.", "Sign in, then try again."],
    ),
    kind(
        "forbidden",
        StatusCode::FORBIDDEN,
        ["볼 수 있는 권한이 없어요", "You do not have permission"],
        ["지금 로그인한 계정으로는 할 수 없는 일이에요.", "The account that you are signed in with may not do this."],
        [
            "다른 계정이 있다면 그 계정으로 로그인해 주세요. 권한이 있어야 한다고 생각하시면 아래 연락처로 알려 주세요.",
            "If you have another account, sign in with that one. If you think that you should have permission, contact us.",
        ],
    ),
    kind(
        "foreign-form",
        StatusCode::FORBIDDEN,
        ["다른 누리집에서 보낸 요청이라 받지 않았어요", "The request came from another site and was not accepted"],
        [
            "본인 모르게 다른 누리집이 대신 보내는 것을 막기 위해서예요. 바뀐 것은 없어요.",
            "This keeps other sites from acting in your name. Nothing was changed.",
        ],
        ["이 누리집의 화면에서 다시 해 주세요.", "Do it again from a page of this site."],
    ),
    kind(
        "stale-form",
        StatusCode::FORBIDDEN,
        ["보낸 곳을 확인할 수 없어요", "We could not check where this was sent from"],
        [
            "화면을 연 지 오래되었거나 브라우저가 쿠키를 막고 있어요. 바뀐 것은 없어요.",
            "The page was open for a long time, or your browser blocks cookies. Nothing was changed.",
        ],
        [
            "프로그램에서 보낸 요청이라면 쿠키 없이 보내거나 X-CSRF-Token 머리글을 함께 보내 주세요.",
            "If a program sent this, send it without cookies or with the header X-CSRF-Token.",
        ],
    ),
    kind(
        "not-found",
        StatusCode::NOT_FOUND,
        ["찾으시는 화면이 없어요", "Page not found"],
        [
            "주소가 잘못되었거나, 화면이 옮겨졌거나 없어졌어요.",
            "The address is wrong, or the page was moved or removed.",
        ],
        ["주소를 확인하거나 첫 화면에서 다시 찾아 주세요.", "Check the address, or start from the home page."],
    ),
    kind(
        "method-not-allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        ["이 주소에서는 할 수 없는 요청이에요", "This address does not take this kind of request"],
        ["주소는 있지만 이런 방식으로는 쓸 수 없어요.", "The address exists but does not know this method."],
        ["앞 화면으로 돌아가 단추를 눌러 주세요.", "Go back and use the button on the page."],
    ),
    kind(
        "not-acceptable",
        StatusCode::NOT_ACCEPTABLE,
        ["바라시는 형식으로 드릴 수 없어요", "Not available in this format"],
        ["요청하신 형식을 만들 수 없어요.", "The format that was asked for cannot be made."],
        ["다른 형식으로 요청해 주세요.", "Ask for another format."],
    ),
    kind(
        "request-timeout",
        StatusCode::REQUEST_TIMEOUT,
        ["보내는 데 시간이 너무 오래 걸렸어요", "Sending took too long"],
        ["연결이 느려서 내용을 끝까지 받지 못했어요.", "The connection was too slow for all of it to arrive."],
        ["연결을 확인하고 다시 보내 주세요.", "Check your connection and send it again."],
    ),
    kind(
        "conflict",
        StatusCode::CONFLICT,
        ["그사이 내용이 바뀌었어요", "It has changed in the meantime"],
        [
            "다른 사람이 먼저 바꾸었어요. 보내신 변경은 반영하지 않았어요.",
            "Somebody else changed it first. Your change was not made.",
        ],
        ["지금 내용을 다시 보고 필요하면 다시 해 주세요.", "Look at it as it is now, and do it again if needed."],
    ),
    kind(
        "refused",
        StatusCode::CONFLICT,
        ["지금은 할 수 없는 일이에요", "This cannot be done now"],
        [
            "법령이나 지금의 처리 상태 때문에 할 수 없어요. 바뀐 것은 없어요.",
            "The law or the present state forbids it. Nothing was changed.",
        ],
        ["이유를 확인하고 다른 방법을 찾아 주세요.", "See the reason, and choose another way."],
    ),
    kind(
        "gone",
        StatusCode::GONE,
        ["더 이상 없는 화면이에요", "No longer here"],
        ["보관 기간이 지나 없어졌어요.", "It was removed after its time."],
        ["첫 화면에서 다시 찾아 주세요.", "Start from the home page."],
    ),
    kind(
        "too-large",
        StatusCode::PAYLOAD_TOO_LARGE,
        ["보내신 내용이 너무 커요", "Too large"],
        ["한 번에 받을 수 있는 크기를 넘었어요.", "It is more than can be taken at once."],
        ["내용을 줄이거나 나누어 보내 주세요.", "Make it shorter, or send it in parts."],
    ),
    kind(
        "unsupported-media-type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ["받을 수 없는 형식이에요", "This format is not taken"],
        ["Content-Type이 이 주소에서 받는 형식이 아니에요.", "The Content-Type is not one that this address takes."],
        ["JSON은 application/json으로 보내 주세요.", "Send JSON as application/json."],
    ),
    kind(
        "invalid",
        StatusCode::UNPROCESSABLE_ENTITY,
        ["고쳐야 할 곳이 있어요", "There is a problem with what was sent"],
        ["형식은 맞지만 받을 수 없는 값이 있어요.", "The form is right, but a value in it cannot be taken."],
        ["표시된 곳을 고쳐서 다시 보내 주세요.", "Put right what is marked and send it again."],
    ),
    kind(
        "too-many-requests",
        StatusCode::TOO_MANY_REQUESTS,
        ["짧은 시간에 너무 많이 요청하셨어요", "Too many requests"],
        [
            "모든 분이 쓸 수 있도록 한 곳에서 보내는 횟수를 제한하고 있어요.",
            "So that everybody can be served, the number of requests from one place is limited.",
        ],
        ["잠시 뒤에 다시 해 주세요.", "Wait a little and try again."],
    ),
    INTERNAL,
    kind(
        "unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        ["지금은 이용할 수 없어요", "Sorry, the service is unavailable"],
        ["점검 중이거나 이용하는 분이 많아요.", "It is being maintained, or many people are using it."],
        [
            "잠시 뒤에 다시 해 주세요. 접수된 것은 그대로 있어요.",
            "Try again in a little while. What was received is safe.",
        ],
    ),
];

impl Kind {
    pub(crate) fn problem(&self) -> Problem {
        let both = |[korean, english]: [&'static str; 2]| Bilingual::new(korean, english);
        Problem(Box::new(ProblemWords {
            status: self.status,
            kind: self.name,
            title: both(self.title),
            detail: both(self.detail),
            what_to_do: both(self.what_to_do),
            fields: Vec::new(),
            retry_after: None,
            more: Map::new(),
            allow: None,
        }))
    }
}

impl Problem {
    fn of_kind(name: &str) -> Self {
        KINDS.iter().find(|kind| kind.name == name).map_or_else(|| INTERNAL.problem(), Kind::problem)
    }

    /// The problem that a bare status tells of.
    pub fn of_status(status: StatusCode) -> Self {
        if let Some(kind) = KINDS.iter().find(|kind| kind.status == status) {
            return kind.problem();
        }
        let nearest = if status.is_server_error() { "internal" } else { "bad-request" };
        Self::of_kind(nearest).with_status(status)
    }

    /// 400: it cannot be read.
    pub fn bad_request() -> Self {
        Self::of_kind("bad-request")
    }

    /// 401: only for people who signed in. A page is answered with the way to sign in, a form is kept meanwhile.
    pub fn sign_in_required() -> Self {
        Self::of_kind("sign-in-required")
    }

    /// 403: this account may not.
    pub fn forbidden() -> Self {
        Self::of_kind("forbidden")
    }

    /// 403: another site sent it.
    pub(crate) fn foreign_form() -> Self {
        Self::of_kind("foreign-form")
    }

    /// 403: the token of the form is missing or no longer fits.
    pub(crate) fn stale_form() -> Self {
        Self::of_kind("stale-form")
    }

    /// 404: it is not there.
    pub fn not_found() -> Self {
        Self::of_kind("not-found")
    }

    /// 409: somebody else was first.
    pub fn conflict() -> Self {
        Self::of_kind("conflict")
    }

    /// 409: the law or the state of a thing forbids it.
    pub fn refused() -> Self {
        Self::of_kind("refused")
    }

    /// 413: too much at once.
    pub fn too_large() -> Self {
        Self::of_kind("too-large")
    }

    /// 415: not the format that is taken.
    pub fn unsupported_media_type() -> Self {
        Self::of_kind("unsupported-media-type")
    }

    /// 422: these fields cannot be taken as they are.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let mut problem = Self::of_kind("invalid");
        problem.fields = fields;
        problem
    }

    /// 429: wait for `seconds`.
    pub fn too_many_requests(seconds: u64) -> Self {
        let mut problem = Self::of_kind("too-many-requests");
        problem.retry_after = Some(seconds);
        problem
    }

    /// 500: our fault. Nothing of the cause is told; log it where it is known.
    pub fn internal() -> Self {
        Self::of_kind("internal")
    }

    /// 503: not now.
    pub fn unavailable() -> Self {
        let mut problem = Self::of_kind("unavailable");
        problem.retry_after = Some(30);
        problem
    }

    /// Says what happened in other words.
    #[must_use]
    pub fn title(mut self, korean: impl Into<String>, english: impl Into<String>) -> Self {
        self.title = Bilingual::new(korean, english);
        self
    }

    /// Says why it happened here.
    #[must_use]
    pub fn detail(mut self, korean: impl Into<String>, english: impl Into<String>) -> Self {
        self.detail = Bilingual::new(korean, english);
        self
    }

    /// Says what the reader can do now.
    #[must_use]
    pub fn what_to_do(mut self, korean: impl Into<String>, english: impl Into<String>) -> Self {
        self.what_to_do = Bilingual::new(korean, english);
        self
    }

    /// Another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A further member of the JSON document.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.more.insert(member.to_owned(), value);
        self
    }

    /// The document of RFC 9457.
    pub fn document(&self, language: Language, request_id: &str) -> Value {
        let mut document = json!({
            "type": format!("/problems/{}", self.kind),
            "title": self.title.say(language),
            "status": self.status.as_u16(),
            "detail": self.detail.say(language),
            "instance": format!("urn:uuid:{request_id}"),
            "what_to_do": self.what_to_do.say(language),
        });
        let Some(members) = document.as_object_mut() else { return document };
        if !self.fields.is_empty() {
            let fields = self.fields.iter();
            let fields = fields.map(|error| json!({ "field": error.field, "message": error.message.say(language) }));
            members.insert("fields".to_owned(), fields.collect());
        }
        for (member, value) in &self.more {
            members.entry(member.as_str()).or_insert_with(|| value.clone());
        }
        document
    }

    /// The response as JSON.
    pub(crate) fn json_response(&self, language: Language, request_id: &str) -> Response {
        let body = self.document(language, request_id).to_string();
        let mut response = (self.status, [(header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE)], body).into_response();
        self.put_headers(&mut response);
        response
    }

    /// The headers that belong to the status.
    pub(crate) fn put_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = &self.allow {
            headers.insert(header::ALLOW, allow.clone());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Session realm=\"maru\""));
        }
    }
}

impl IntoResponse for Problem {
    /// JSON in Korean, with the problem itself beside it: the router renders it anew for the visitor.
    fn into_response(self) -> Response {
        let mut response = self.json_response(Language::Korean, "00000000-0000-0000-0000-000000000000");
        response.extensions_mut().insert(self);
        response
    }
}
