//! The way of a request through the house, and of its answer back: who asks, may it be taken, in time, and every
//! problem shown as the visitor can read it.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use maru_identity::network;
use uuid::Builder;

use crate::{
    context::{Context, RequestId},
    forgery::{self, SentForm},
    kept_form::{KeptForm, kept_form_page},
    problem::Problem,
    problem_pages::problem_page,
    state::WebState,
};

/// How many times as long as anything else a form with files may take to arrive.
const FILES_TAKE: u32 = 10;

/// Gives the request its number, and logs what became of it: method, route, status and time, never an address, a body
/// or a name.
pub(crate) async fn log(State(web): State<WebState>, mut request: Request, next: Next) -> Response {
    let mut bytes = [0; 16];
    web.inner.entropy.fill(&mut bytes);
    let id = Builder::from_random_bytes(bytes).into_uuid().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let started = Instant::now();
    let mut response = next.run(request).await;
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let (route, status) = (route.as_deref().unwrap_or("-"), response.status().as_u16());
    if status >= 500 {
        tracing::warn!(target: "maru_web::request", %method, route, status, milliseconds, request = %id, "answered");
    } else {
        tracing::info!(target: "maru_web::request", %method, route, status, milliseconds, request = %id, "answered");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Answers a request of a visitor.
pub(crate) async fn answer(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (context, problem) = Context::read(&web, &parts).await;
    let method = parts.method.clone();
    let address = parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let request = Request::from_parts(parts, body);
    if let Some(problem) = problem.or_else(|| too_many(&web, &context, request.uri().path())) {
        return finish(&web, context, problem.into_response(), &address, None);
    }
    let limit = web.inner.options.time_limit;
    // Files take their time on a slow line.
    let arrives = if forgery::takes_files(&web, &context, &request) { limit.saturating_mul(FILES_TAKE) } else { limit };
    let Ok(checked) = tokio::time::timeout(arrives, forgery::check(&web, &context, request)).await else {
        let problem = Problem::of_status(StatusCode::REQUEST_TIMEOUT);
        return finish(&web, context, problem.into_response(), &address, None);
    };
    let mut request = match checked.request {
        Ok(request) => request,
        Err(problem) => return finish(&web, context, problem.into_response(), &address, checked.form),
    };
    request.extensions_mut().insert(context.visitor.clone());
    request.extensions_mut().insert(context.client);
    let response = tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!(%method, request = %context.visitor.request_id, "given up after the time limit");
        Problem::unavailable().into_response()
    });
    finish(&web, context, response, &address, checked.form)
}

/// The problem that this address or account asked too often.
fn too_many(web: &WebState, context: &Context, path: &str) -> Option<Problem> {
    let limiters = web.inner.limiters.as_ref()?;
    let limiter = match (context.safe, path.starts_with("/sign-in")) {
        (true, _) => &limiters.read,
        (false, true) => &limiters.sign_in,
        (false, false) => &limiters.write,
    };
    let now = context.visitor.now;
    let checked = match &context.visitor.principal {
        Some(principal) => limiter.check(&principal.account, now),
        None => limiter.check(&network(context.client.0), now),
    };
    checked.err().map(|too_many| Problem::too_many_requests(too_many.retry_after.as_secs().saturating_add(1)))
}

/// What every answer to a visitor gets: problems in the visitor's language and format, cookies, `Vary`.
fn finish(web: &WebState, context: Context, response: Response, address: &str, form: Option<SentForm>) -> Response {
    let mut response = match problem_in(&response) {
        Some(problem) => show(web, &context, &problem, address, form),
        None => response,
    };
    for cookie in context.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// The problem that a response tells of: one of ours, or what the framework answered without words.
fn problem_in(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if media_type.is_some_and(|media_type| !media_type.starts_with("text/plain")) {
        return None;
    }
    let mut problem = Problem::of_status(status);
    problem.allow = response.headers().get(header::ALLOW).cloned();
    Some(problem)
}

fn show(web: &WebState, context: &Context, problem: &Problem, address: &str, form: Option<SentForm>) -> Response {
    let visitor = &context.visitor;
    if !context.wants_html {
        return problem.json_response(visitor.language, &visitor.request_id);
    }
    let needs_sign_in = problem.status == StatusCode::UNAUTHORIZED;
    let mut response = match form {
        Some(form) if needs_sign_in || problem.kind == Problem::stale_form().kind => {
            let token = web.inner.options.secret.token_of_kept_form(context.browser, &*web.inner.entropy);
            // Whoever still shows the cookie of a session that has ended will have to sign in for what they were doing.
            let session_ended = visitor.principal.is_none() && context.session_token.is_some();
            let kept = KeptForm { address, form: &form, token, needs_sign_in: needs_sign_in || session_ended };
            kept_form_page(visitor, problem.status, kept)
        }
        None if needs_sign_in && context.safe => {
            return Redirect::to(&crate::sign_in::address(&visitor.place.address())).into_response();
        }
        _ => problem_page(visitor, problem),
    };
    problem.put_headers(&mut response);
    response
}

/// The answer to a panic: an internal error that says nothing about the inside. What happened is in the log.
pub(crate) fn after_panic(_cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked; its place and message are on standard error");
    Problem::internal().into_response()
}

/// A request to an address that does not exist.
pub(crate) async fn not_found() -> Problem {
    Problem::not_found()
}
