//! Addresses of what lies ahead, and what happens when somebody decides on a dependency.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maru_web::{FieldError, Form, Page, Problem, Visitor};
use serde::Deserialize;

use super::{Pages, outlook, words::in_form};
use crate::{Caller, PlanService, ServiceError, domain::Number};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/outlook", get(show))
        .route("/plan/dependencies", get(dependencies).post(decide))
        .route("/plan/dependencies/proposals", post(find))
}

async fn show(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    Ok(outlook::page(&visitor, &pages.service.whole(&caller).await?))
}

async fn dependencies_page(
    pages: &Pages,
    visitor: &Visitor,
    caller: &Caller,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let whole = pages.service.whole(caller).await?;
    let edits = pages.service.may(caller, "edit-dependencies", &PlanService::committee());
    Ok(outlook::dependencies_page(visitor, &whole, edits, errors))
}

async fn dependencies(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    dependencies_page(&pages, &visitor, &caller, &[]).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decision {
    dependent: String,
    prerequisite: String,
    state: String,
    reason: String,
}

async fn decide(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Form(decision): Form<Decision>,
) -> Result<Response, Problem> {
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
                "accepted" => pages.service.decide_link(&caller, pair, true).await,
                "rejected" => pages.service.decide_link(&caller, pair, false).await,
                _ => pages.service.add_link(&caller, pair, decision.reason.trim().to_owned()).await,
            }
        }
    };
    match result {
        Ok(_) => Ok(Redirect::to("/plan/dependencies").into_response()),
        Err(error) => {
            let errors = in_form(error, "reason")?;
            Ok(dependencies_page(&pages, &visitor, &caller, &errors).await?.into_response())
        }
    }
}

async fn find(Of(pages): Of<Pages>, caller: Caller) -> Result<Response, Problem> {
    pages.service.propose_links(&caller).await?;
    Ok(Redirect::to("/plan/dependencies").into_response())
}
