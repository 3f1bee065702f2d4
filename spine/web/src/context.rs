//! What the router finds out about a request before a handler sees it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
};
use jiff::Timestamp;
use maru_identity::Principal;

use crate::{
    cookies::cookie,
    language::Language,
    problem::Problem,
    secret::VisitorIdentifier,
    state::WebState,
    visitor::{Place, Theme, Visitor},
};

const LANGUAGE_COOKIE: &str = "maru-language";
const THEME_COOKIE: &str = "maru-theme";

/// The number of a request, a UUID.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The address that the request came from, for handlers that record it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(
    /// The address.
    pub IpAddr,
);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(Problem::internal)
    }
}

/// What the router knows about a request.
pub(crate) struct Context {
    pub(crate) visitor: Visitor,
    pub(crate) browser: VisitorIdentifier,
    /// The secret of the session, if the request showed one.
    pub(crate) session_token: Option<String>,
    /// Cookies that the answer sets.
    pub(crate) cookies: Vec<HeaderValue>,
    /// The visitor reads HTML.
    pub(crate) wants_html: bool,
    /// The request asks only to read.
    pub(crate) safe: bool,
    /// Where the request came from.
    pub(crate) client: ClientAddress,
}

impl Context {
    /// Reads a request. Beside the context: the problem, if it could not be told who signed in.
    pub(crate) async fn read(web: &WebState, parts: &Parts) -> (Self, Option<Problem>) {
        let inner = &web.inner;
        let now = inner.clock.now();
        let query = parts.uri.query().unwrap_or("");
        let mut cookies = Vec::new();
        let language = language_of(web, parts, query, &mut cookies);
        let theme = theme_of(web, parts, query, &mut cookies);
        let wants_html = accepts_html(&parts.headers);
        let browser = browser_of(web, &parts.headers, wants_html, &mut cookies);
        let session_token = cookie(&parts.headers, &inner.cookies.session_name()).map(str::to_owned);
        let (principal, problem) = principal_of(web, session_token.as_deref(), now).await;
        let account = principal.as_ref().map(|principal| principal.account.as_str());
        let called = account.and_then(|account| name_in(web, language, account));
        let csrf = inner.options.secret.token(browser, account, &*inner.entropy);
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let visitor = Visitor {
            language,
            principal,
            called,
            csrf,
            theme,
            request_id,
            now,
            place: place_of(parts),
            site: inner.site.clone(),
        };
        let context = Self {
            visitor,
            browser,
            session_token,
            cookies,
            wants_html,
            safe: matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE),
            client: ClientAddress(address_of(parts, inner.options.proxies)),
        };
        (context, problem)
    }
}

/// The name of somebody of the demonstration where the page is not Korean: elsewhere one name is known of a person.
fn name_in(web: &WebState, language: Language, account: &str) -> Option<String> {
    let people = web.inner.identity.demonstration_accounts();
    let person = people.iter().find(|person| language == Language::English && person.account == account)?;
    Some(person.name_en.clone()).filter(|name| !name.is_empty())
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn language_of(web: &WebState, parts: &Parts, query: &str, cookies: &mut Vec<HeaderValue>) -> Language {
    if let Some(asked) = parameter(query, "lang").and_then(Language::from_tag) {
        cookies.extend(web.inner.cookies.preference(LANGUAGE_COOKIE, asked.code()));
        return asked;
    }
    let kept = cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Language::from_tag);
    kept.or_else(|| {
        let header = parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::from_accept_language(header)
    })
    .unwrap_or_default()
}

fn theme_of(web: &WebState, parts: &Parts, query: &str, cookies: &mut Vec<HeaderValue>) -> Theme {
    if let Some(asked) = parameter(query, "theme").and_then(Theme::parse) {
        cookies.extend(web.inner.cookies.preference(THEME_COOKIE, asked.as_str()));
        return asked;
    }
    cookie(&parts.headers, THEME_COOKIE).and_then(Theme::parse).unwrap_or_default()
}

/// The browser of the request; a new one is given a cookie. Programs have no use for one.
fn browser_of(
    web: &WebState,
    headers: &HeaderMap,
    is_browser: bool,
    cookies: &mut Vec<HeaderValue>,
) -> VisitorIdentifier {
    let inner = &web.inner;
    let name = inner.cookies.visitor_name();
    if let Some(known) = cookie(headers, &name).and_then(|value| inner.options.secret.read_visitor_cookie(value)) {
        return known;
    }
    let browser = VisitorIdentifier::new(&*inner.entropy);
    if is_browser {
        cookies.extend(inner.cookies.secret(&name, &inner.options.secret.visitor_cookie(browser), None));
    }
    browser
}

/// Who signed in. Beside it: the problem, if that cannot be told now.
async fn principal_of(web: &WebState, token: Option<&str>, now: Timestamp) -> (Option<Principal>, Option<Problem>) {
    let Some(token) = token else { return (None, None) };
    match web.inner.identity.session(token, now).await {
        Ok(session) => (session.map(|session| session.principal.clone()), None),
        Err(error) => {
            tracing::error!(%error, "the session could not be read");
            (None, Some(Problem::unavailable()))
        }
    }
}

/// Where links to this page in another language lead: the page itself, or for the answer to a sent form the page that
/// it was sent from.
fn place_of(parts: &Parts) -> Place {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Place::new(parts.uri.path(), parts.uri.query().unwrap_or(""));
    }
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let host = header(header::HOST).unwrap_or("");
    let referer = header(header::REFERER).unwrap_or("");
    let path = referer.split_once("://").and_then(|(_, rest)| rest.strip_prefix(host));
    match path {
        Some(path) if path.starts_with('/') && maru_identity::is_local_path(path) => {
            let path = path.split('#').next().unwrap_or("/");
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            Place::new(path, query)
        }
        _ => Place::new("/", ""),
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|accept| {
        let mut ranges = accept.split(',').filter_map(|range| range.split(';').next());
        ranges.any(|range| matches!(range.trim(), "text/html" | "application/xhtml+xml"))
    })
}

/// The address that the request came from: of the connection, or behind proxies what the outermost of them saw.
fn address_of(parts: &Parts, proxies: usize) -> IpAddr {
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let connection = connection.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let Some(from_the_end) = proxies.checked_sub(1) else { return connection };
    let lines = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    hops.iter().rev().nth(from_the_end).and_then(|hop| hop.parse().ok()).unwrap_or(connection)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn after_a_form_the_place_is_where_it_was_sent_from() {
        let sent = parts("POST", "/inquiries", &[("host", "a.kr"), ("referer", "https://a.kr/ask?x=1&lang=en#form")]);
        assert_eq!(place_of(&sent), Place::new("/ask", "x=1"));
        for referer in ["https://evil.kr/ask", "https://a.kr.evil/ask", "https://a.kr//evil", "nonsense"] {
            let sent = parts("POST", "/inquiries", &[("host", "a.kr"), ("referer", referer)]);
            assert_eq!(place_of(&sent), Place::new("/", ""), "{referer}");
        }
    }

    #[test]
    fn only_proxies_that_are_ours_are_believed() {
        let forged = parts("GET", "/", &[("x-forwarded-for", "1.1.1.1, 2.2.2.2"), ("x-forwarded-for", "3.3.3.3")]);
        assert_eq!(address_of(&forged, 0), IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        assert_eq!(address_of(&forged, 1).to_string(), "3.3.3.3");
        assert_eq!(address_of(&forged, 2).to_string(), "2.2.2.2");
        assert_eq!(address_of(&forged, 9), IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    }

    #[test]
    fn html_is_for_who_asks_for_it() {
        let accepts = |value| accepts_html(&parts("GET", "/", &[("accept", value)]).headers);
        assert!(accepts("text/html,application/xhtml+xml,*/*;q=0.8") && accepts("application/json, text/html;q=0.1"));
        assert!(!accepts("*/*") && !accepts("application/json"));
    }
}
