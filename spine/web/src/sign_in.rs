//! Signing in and out.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use maru_identity::{DemonstrationAccount, Fault, IdentityError, SignedIn, Visit, is_local_path, oidc::OidcCallback};
use serde::Deserialize;

use crate::{
    bilingual::Bilingual,
    components::{Button, EmptyState, Icon},
    context::ClientAddress,
    cookies::cookie,
    form::{Form, Query},
    html::Html,
    page::{Page, PageKind},
    people::RoleGroup,
    problem::Problem,
    state::WebState,
    visitor::Visitor,
};

/// The address of the sign-in page that leads back to `return_to`, a path of this site.
pub(crate) fn address(return_to: &str) -> String {
    let query = serde_html_form::to_string([("return_to", return_to)]).unwrap_or_default();
    if return_to == "/" { "/sign-in".to_owned() } else { format!("/sign-in?{query}") }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReturnTo {
    return_to: String,
}

impl ReturnTo {
    /// The path, if it is one of this site; else the first page.
    fn path(&self) -> &str {
        if is_local_path(&self.return_to) { &self.return_to } else { "/" }
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInBody<'a> {
    visitor: &'a Visitor,
    groups: Vec<RoleGroup<'a>>,
    departments: &'a BTreeMap<String, Bilingual>,
    offers_provider: bool,
    provider: Button,
    return_to: &'a str,
}

impl SignInBody<'_> {
    fn name_of<'p>(&self, person: &'p DemonstrationAccount) -> &'p str {
        self.visitor.say(&person.name, &person.name_en)
    }

    fn role_of(&self, group: &RoleGroup<'_>) -> &'static str {
        self.visitor.say(group.role.korean(), group.role.english())
    }

    fn what_to_try(&self, group: &RoleGroup<'_>) -> &'static str {
        group.what_to_try(self.visitor.language)
    }

    fn department<'d>(&'d self, department: &'d str) -> &'d str {
        self.departments.get(department).map_or(department, |name| name.say(self.visitor.language))
    }
}

async fn sign_in_page(
    State(web): State<WebState>,
    visitor: Visitor,
    Query(asked): Query<ReturnTo>,
) -> Result<Page, Problem> {
    let identity = &web.inner.identity;
    let provider = serde_html_form::to_string([("return_to", asked.path())]).unwrap_or_default();
    let label = visitor.say("로그인 기관에서 로그인", "Sign in with the identity provider");
    let body = Html::render(&SignInBody {
        visitor: &visitor,
        groups: RoleGroup::all(identity.demonstration_accounts()),
        departments: &web.departments,
        offers_provider: identity.offers_oidc(),
        provider: Button::primary(label).large().link(format!("/sign-in/provider?{provider}")),
        return_to: asked.path(),
    })?;
    Ok(Page::new(&visitor, visitor.say("로그인", "Sign in"), PageKind::Citizen).personal().body(body))
}

#[derive(Debug, Deserialize)]
struct DemonstrationForm {
    account: String,
    #[serde(default)]
    return_to: String,
}

async fn sign_in_demonstration(
    State(web): State<WebState>,
    visitor: Visitor,
    client: ClientAddress,
    headers: HeaderMap,
    Form(form): Form<DemonstrationForm>,
) -> Result<Response, Problem> {
    let identity = &web.inner.identity;
    let return_to = ReturnTo { return_to: form.return_to };
    let visit = visit(&web, &headers, client);
    let signed_in = identity.sign_in_demonstration(&form.account, return_to.path(), &visit, visitor.now).await;
    Ok(welcome(&web, &signed_in.map_err(|error| problem_of(&error))?))
}

/// How long the way to the identity provider and back may take, in seconds.
const PROVIDER_SECONDS: u32 = 600;

/// Sends the browser to the identity provider, with a cookie that ties the answer to this browser.
async fn begin_at_provider(
    State(web): State<WebState>,
    visitor: Visitor,
    Query(asked): Query<ReturnTo>,
) -> Result<Response, Problem> {
    let begun = web.inner.identity.begin_oidc(asked.path(), visitor.now).await;
    let begun = begun.map_err(|error| problem_of(&error))?;
    let cookies = web.inner.cookies;
    let mut response = Redirect::to(&begun.address).into_response();
    if let Some(cookie) = cookies.secret(&cookies.oidc_name(), &begun.binding, Some(PROVIDER_SECONDS)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What the provider sends back in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

async fn back_from_provider(
    State(web): State<WebState>,
    visitor: Visitor,
    client: ClientAddress,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    let cookies = web.inner.cookies;
    let binding = cookie(&headers, &cookies.oidc_name()).unwrap_or("");
    let callback = OidcCallback { code: query.code, state: query.state, error: query.error, iss: query.iss };
    let visit = visit(&web, &headers, client);
    let signed_in = web.inner.identity.finish_oidc(binding, &callback, &visit, visitor.now).await;
    let mut response = welcome(&web, &signed_in.map_err(|error| problem_of(&error))?);
    if let Some(cookie) = cookies.removed(&cookies.oidc_name()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The answer that carries the session's cookie and leads on.
fn welcome(web: &WebState, signed_in: &SignedIn) -> Response {
    let asked = Some(signed_in.return_to.as_str()).filter(|path| is_local_path(path) && *path != "/");
    let place = asked.unwrap_or_else(|| web.inner.site.first_place(&signed_in.session.principal));
    let mut response = Redirect::to(place).into_response();
    let cookies = web.inner.cookies;
    if let Some(cookie) = cookies.secret(&cookies.session_name(), &signed_in.token, None) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn visit(web: &WebState, headers: &HeaderMap, client: ClientAddress) -> Visit {
    let former = cookie(headers, &web.inner.cookies.session_name()).map(str::to_owned);
    Visit { former_token: former, source: Some(client.0) }
}

fn problem_of(error: &IdentityError) -> Problem {
    let (korean, english) = error.for_people();
    match error.fault() {
        Fault::Request => Problem::bad_request()
            .title("로그인하지 못했어요", "You could not be signed in")
            .detail(korean, english)
            .what_to_do("로그인 화면에서 다시 해 주세요.", "Try again from the sign-in page."),
        Fault::Provider | Fault::Server => {
            tracing::error!(%error, "a sign-in failed");
            Problem::unavailable().title("로그인하지 못했어요", "You could not be signed in").detail(korean, english)
        }
    }
}

async fn sign_out(State(web): State<WebState>, visitor: Visitor, headers: HeaderMap) -> Result<Response, Problem> {
    let cookies = web.inner.cookies;
    if let Some(token) = cookie(&headers, &cookies.session_name()) {
        web.inner.identity.sign_out(token, visitor.now).await.map_err(|error| problem_of(&error))?;
    }
    let mut response = match provider_sign_out(&web, visitor.now).await {
        Some(address) => signed_out_page(&visitor, address).into_response(),
        None => Redirect::to("/").into_response(),
    };
    for name in [cookies.session_name(), cookies.visitor_name()] {
        if let Some(cookie) = cookies.removed(&name) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// Where people sign out at the identity provider too, if there is one that has such a place.
async fn provider_sign_out(web: &WebState, now: Timestamp) -> Option<String> {
    let address = web.inner.identity.oidc_sign_out_address(&web.inner.options.public_url, now).await;
    address.unwrap_or_else(|error| {
        tracing::warn!(%error, "the identity provider does not say where to sign out");
        None
    })
}

/// A form of ours must not lead to another site (`form-action` in the content security policy), so the way to the
/// provider is a link.
fn signed_out_page(visitor: &Visitor, provider: String) -> Page {
    let stranger = Visitor { principal: None, called: None, ..visitor.clone() };
    let words = visitor.say(
        "이 누리집에서 로그아웃했어요. 함께 쓰는 컴퓨터라면 로그인 기관에서도 로그아웃해 주세요.",
        "You have signed out of this site. On a shared computer, sign out of the identity provider too.",
    );
    let way = Button::primary(visitor.say("로그인 기관에서도 로그아웃", "Sign out of the provider too"))
        .large()
        .link(provider);
    Page::new(&stranger, visitor.say("로그아웃했어요", "You have signed out"), PageKind::Citizen)
        .personal()
        .body(Html::paragraphs(words).and(way))
}

/// After signing in in a second window: go back to the first.
async fn done(visitor: Visitor) -> Page {
    let body = Html::text(visitor.say(
        "이 창을 닫고, 앞 창에서 ‘계속 보내기’를 눌러 주세요.",
        "Close this window, and choose “Send it now” in the first one.",
    ));
    Page::new(&visitor, visitor.say("로그인했어요", "You are signed in"), PageKind::Citizen)
        .personal()
        .body(Html::trusted("<p>").and(body).and(Html::trusted("</p>")))
}

/// The routes of signing in and out.
pub(crate) fn routes(web: WebState) -> Router {
    Router::new()
        .route("/sign-in", get(sign_in_page))
        .route("/sign-in/demonstration", post(sign_in_demonstration))
        .route("/sign-in/provider", get(begin_at_provider))
        .route("/sign-in/callback", get(back_from_provider))
        .route("/sign-in/done", get(done))
        .route("/sign-out", post(sign_out))
        .with_state(web)
}
