//! `/accessibility`: what is done so that everybody can use the site, and whom to tell where it fails.

use askama::Template;
use axum::{Router, routing::get};

use crate::{
    html::Html,
    page::{Page, PageKind},
    problem::Problem,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Statement<'a> {
    visitor: &'a Visitor,
}

/// The page.
pub(crate) fn page(visitor: &Visitor) -> Result<Page, Problem> {
    let body = Html::render(&Statement { visitor })?;
    Ok(Page::new(visitor, visitor.say("웹 접근성", "Accessibility"), PageKind::Citizen).body(body))
}

/// The route of the statement.
pub(crate) fn routes() -> Router {
    Router::new().route("/accessibility", get(async |visitor: Visitor| page(&visitor)))
}
