//! Whether a request that changes something was sent by the visitor, and not by another site in the visitor's browser.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, header},
};

use crate::{
    context::Context,
    form::{CSRF_FIELD, CSRF_HEADER, FORM_MEDIA_TYPE, media_type},
    problem::Problem,
    state::WebState,
    uploads::{ReadParts, SentParts, is_too_much, read_parts},
};

/// A form that was sent, read before it was answered, so that nothing of it is lost if it cannot be taken now.
#[derive(Debug, Clone, Default)]
pub(crate) struct SentForm {
    /// Its fields in order, without the token.
    pub(crate) fields: Vec<(String, String)>,
}

/// A checked request.
pub(crate) struct Checked {
    /// The request for the handler, or why there will be none.
    pub(crate) request: Result<Request, Problem>,
    /// The form in it.
    pub(crate) form: Option<SentForm>,
}

impl Checked {
    fn refused(problem: Problem) -> Self {
        Self { request: Err(problem), form: None }
    }
}

/// Checks a request: its size, where it comes from, and its token.
pub(crate) async fn check(web: &WebState, context: &Context, request: Request) -> Checked {
    if takes_files(web, context, &request) {
        return check_parts(web, context, request).await;
    }
    let limit = web.inner.options.body_limit;
    if declared_length(request.headers()).is_some_and(|length| length > limit as u64) {
        return Checked::refused(Problem::too_large());
    }
    if context.safe {
        return Checked { request: Ok(request), form: None };
    }
    if !comes_from_here(request.headers(), &web.inner.options.public_url) {
        return Checked::refused(Problem::foreign_form());
    }
    if media_type(request.headers()) == FORM_MEDIA_TYPE {
        return check_form(web, context, request, limit).await;
    }
    // Without a session's cookie the request has no power that another site could borrow.
    if context.session_token.is_none() {
        return Checked { request: Ok(request), form: None };
    }
    let token = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or("");
    if fits(web, context, token) {
        Checked { request: Ok(request), form: None }
    } else {
        Checked::refused(Problem::stale_form())
    }
}

async fn check_form(web: &WebState, context: &Context, request: Request, limit: usize) -> Checked {
    let (parts, body) = request.into_parts();
    let body = match read(body, limit).await {
        Ok(body) => body,
        Err(problem) => return Checked::refused(problem),
    };
    let Ok(mut fields) = serde_html_form::from_bytes::<Vec<(String, String)>>(&body) else {
        return Checked::refused(Problem::bad_request());
    };
    let token = fields.iter().find(|(name, _)| name == CSRF_FIELD).map(|(_, value)| value.clone()).unwrap_or_default();
    fields.retain(|(name, _)| name != CSRF_FIELD);
    let form = Some(SentForm { fields });
    if fits(web, context, &token) {
        Checked { request: Ok(Request::from_parts(parts, Body::from(body))), form }
    } else {
        Checked { request: Err(Problem::stale_form()), form }
    }
}

/// Whether the request may bring files.
pub(crate) fn takes_files(web: &WebState, context: &Context, request: &Request) -> bool {
    let path = request.uri().path();
    !context.safe && SentParts::are_in(request) && web.takes_files.iter().any(|takes| takes.holds(path))
}

/// A form with files: browsers send one from any site without asking, so it needs the token as every form does.
async fn check_parts(web: &WebState, context: &Context, request: Request) -> Checked {
    if is_too_much(declared_length(request.headers())) {
        return Checked::refused(Problem::too_large());
    }
    if !comes_from_here(request.headers(), &web.inner.options.public_url) {
        return Checked::refused(Problem::foreign_form());
    }
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts.clone(), body);
    // Files of who did not sign in are not kept in memory: nobody takes them.
    let sent = match read_parts(head, context.visitor.principal.is_some()).await {
        Ok(sent) => sent,
        Err(problem) => return Checked::refused(problem),
    };
    let in_head = parts.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    let token = in_head.or_else(|| sent.field(CSRF_FIELD)).unwrap_or_default().to_owned();
    let form = Some(SentForm { fields: sent.written(CSRF_FIELD) });
    // A program without a cookie borrows nobody's power.
    let is_program = context.session_token.is_none() && token.is_empty() && !context.wants_html;
    if !is_program && !fits(web, context, &token) {
        return Checked { request: Err(Problem::stale_form()), form };
    }
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(ReadParts::new(sent));
    Checked { request: Ok(request), form }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    to_bytes(body, limit).await.map_err(|error| {
        let too_large = std::error::Error::source(&error).is_some_and(|cause| cause.to_string().contains("limit"));
        if too_large { Problem::too_large() } else { Problem::bad_request() }
    })
}

fn fits(web: &WebState, context: &Context, token: &str) -> bool {
    let account = context.visitor.principal.as_ref().map(|principal| principal.account.as_str());
    web.inner.options.secret.token_fits(context.browser, account, token)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Browsers say with every such request where it comes from (Fetch Metadata; Origin). What says nothing is no browser
/// of today, and has to have the token in any case.
fn comes_from_here(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return true };
    if origin == public_url.trim_end_matches('/') {
        return true;
    }
    let host = text("host").unwrap_or("");
    !host.is_empty() && origin.split_once("://").is_some_and(|(_, of_origin)| of_origin == host)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn here(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter();
        let headers =
            headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        comes_from_here(&headers, "https://a.kr/")
    }

    #[test]
    fn only_our_own_pages_may_send() {
        assert!(here(&[]));
        assert!(here(&[("sec-fetch-site", "same-origin")]));
        assert!(here(&[("sec-fetch-site", "none")]));
        assert!(!here(&[("sec-fetch-site", "cross-site")]));
        assert!(!here(&[("sec-fetch-site", "same-site")]), "a sister site is another site");
        assert!(here(&[("origin", "https://a.kr")]));
        assert!(here(&[("origin", "http://127.0.0.1:8420"), ("host", "127.0.0.1:8420")]));
        assert!(!here(&[("origin", "null"), ("host", "127.0.0.1:8420")]));
        assert!(!here(&[("origin", "https://evil.kr"), ("host", "a.kr")]));
        assert!(!here(&[("origin", "https://a.kr.evil.kr"), ("host", "a.kr")]));
    }
}
