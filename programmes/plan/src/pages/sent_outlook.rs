//! Addresses of what lies ahead, and what happens when somebody decides on a dependency.

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form, Page, Problem,
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, answer, outlook};
use crate::{ServiceError, domain::Number};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/outlook", get(show))
        .route("/plan/dependencies", get(dependencies).merge(post(decide)))
        .route("/plan/dependencies/proposals", post(find))
}

async fn show(here: Here) -> Result<Page, Problem> {
    Ok(outlook::page(&here.visitor, &here.pages.service.whole(&here.caller).await?))
}

async fn dependencies_page(here: &Here, errors: &[FieldError]) -> Result<Page, Problem> {
    let whole = here.pages.service.whole(&here.caller).await?;
    let edits = here.may("edit-dependencies");
    Ok(outlook::dependencies_page(&here.visitor, &whole, edits, errors))
}

async fn dependencies(here: Here) -> Result<Page, Problem> {
    dependencies_page(&here, &[]).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decision {
    dependent: String,
    prerequisite: String,
    state: String,
    reason: String,
}

async fn decide(here: Here, Form(decision): Form<Decision>) -> Result<Response, Problem> {
    let (dependent, prerequisite): (Option<Number>, Option<Number>) =
        (decision.dependent.trim().parse().ok(), decision.prerequisite.trim().parse().ok());
    let wrong = |field: &str| {
        Err(ServiceError::field(field, "권고 번호를 58-1처럼 적어 주십시오.", "Write the number as 58-1."))
    };
    let result = match (dependent, prerequisite) {
        (None, _) => wrong("dependent"),
        (_, None) => wrong("prerequisite"),
        (Some(dependent), Some(prerequisite)) => {
            let pair = (dependent, prerequisite);
            match decision.state.as_str() {
                "accepted" => here.pages.service.decide_link(&here.caller, pair, true).await,
                "rejected" => here.pages.service.decide_link(&here.caller, pair, false).await,
                _ => here.pages.service.add_link(&here.caller, pair, decision.reason.trim().to_owned()).await,
            }
        }
    };
    answer(result, ("reason", "/plan/dependencies"), async |errors| dependencies_page(&here, &errors).await).await
}

async fn find(here: Here) -> Result<Response, Problem> {
    here.pages.service.propose_links(&here.caller).await?;
    Ok(Redirect::to("/plan/dependencies").into_response())
}
