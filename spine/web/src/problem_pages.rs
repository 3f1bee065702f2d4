//! Problems as pages: the page that answers a request, and the pages that explain each kind.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    components::Button,
    form::Path,
    html::Html,
    page::{Page, PageKind},
    problem::{KINDS, Problem},
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemBody<'a> {
    visitor: &'a Visitor,
    problem: &'a Problem,
    /// The number to tell when asking for help; not on pages that only explain.
    request: Option<&'a str>,
    home: Button,
}

fn body(visitor: &Visitor, problem: &Problem, request: Option<&str>) -> Result<Html, Problem> {
    let home = Button::primary(visitor.say("첫 화면으로", "Go to the home page")).link("/");
    Html::render(&ProblemBody { visitor, problem, request, home })
}

/// The page that tells of a problem.
pub(crate) fn problem_page(visitor: &Visitor, problem: &Problem) -> Response {
    let body = match body(visitor, problem, Some(&visitor.request_id)) {
        Ok(body) => body,
        // The template itself fails: JSON is what is left.
        Err(internal) => return internal.json_response(visitor.language, &visitor.request_id),
    };
    let page = Page::new(visitor, problem.title.say(visitor.language), PageKind::Citizen);
    page.status(problem.status).personal().body(body).into_response()
}

/// `/problems/{kind}`: what the type of a problem refers to (RFC 9457, section 3.1.1).
async fn explain(visitor: Visitor, Path(name): Path<String>) -> Result<Page, Problem> {
    let problem = KINDS.iter().find(|kind| kind.name == name).ok_or_else(Problem::not_found)?.problem();
    let page = Page::new(&visitor, problem.title.say(visitor.language), PageKind::Citizen);
    Ok(page.body(body(&visitor, &problem, None)?))
}

/// The routes of the pages that explain problems.
pub(crate) fn routes() -> Router {
    Router::new().route("/problems/{kind}", get(explain))
}
