//! Milestones, indicators, budgets and bills: of one recommendation with the forms of who writes and confirms them, and of the
//! whole plan.

mod actions;
mod form;
mod show;
mod tracking;
mod written;

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form, Page, Path, Problem, Query,
    routing::{get, post},
};
use serde::Deserialize;

pub(super) use show::summary;
pub(super) use tracking::{bill_table, budget_table, indicator_table, live_value};

use super::{Here, Pages, words::in_form};
use crate::{
    PlanService, ServiceError,
    domain::{Number, particulars::Measure},
    service::Seen,
};
use written::Written;

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    let one = Router::new()
        .route("/", get(edit).merge(post(rewrite)))
        .route("/measure", post(measure))
        .route("/live", post(measure_live))
        .route("/confirm", post(confirm))
        .route("/send-back", post(send_back))
        .route("/remove", post(remove));
    Router::new()
        .route("/plan/tracking", get(tracking::bills))
        .route("/plan/tracking/indicators", get(tracking::indicators))
        .route("/plan/tracking/budgets", get(tracking::budgets))
        .route("/plan/tracking/milestones", get(tracking::milestones))
        .route("/plan/figures", get(tracking::live))
        .route("/plan/particulars/{number}", get(list).merge(post(enter)))
        .route("/plan/particulars/{number}/new", get(new))
        .nest("/plan/particulars/{number}/{id}", one)
}

/// What the visitor may do with what a recommendation is held to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rights {
    /// Enter, measure, write anew.
    pub(super) writes: bool,
    /// Confirm, send back.
    pub(super) confirms: bool,
}

fn rights(here: &Here, seen: &Seen) -> Rights {
    let resource = PlanService::resource_of(&seen.recommendation);
    // What was left out of the plan can be read, not written.
    let in_plan = seen.recommendation.left_out.is_none();
    Rights {
        writes: in_plan && here.pages.service.may(&here.caller, "report-progress", &resource),
        confirms: in_plan && here.may("confirm-progress"),
    }
}

async fn shown(here: &Here, number: Number, errors: &[FieldError]) -> Result<Page, Problem> {
    let seen = here.pages.service.recommendation(&here.caller, number).await?;
    let particulars = here.pages.service.particulars(number).await?;
    let rights = rights(here, &seen);
    let figures = here.pages.service.figures(here.caller.now).await?;
    Ok(show::page(&here.visitor, &seen, (&particulars, &figures), rights, errors))
}

async fn list(here: Here, Path(number): Path<Number>) -> Result<Page, Problem> {
    shown(&here, number, &[]).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    kind: String,
    law: String,
}

/// Only for who may write.
async fn writing(here: &Here, number: Number) -> Result<(), Problem> {
    here.visitor.signed_in()?;
    let seen = here.pages.service.recommendation(&here.caller, number).await?;
    if rights(here, &seen).writes { Ok(()) } else { Err(Problem::forbidden()) }
}

async fn new(here: Here, Path(number): Path<Number>, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    writing(&here, number).await?;
    let written = Written { kind: wanted.kind, title: wanted.law, ..Written::default() };
    form::page(&here.visitor, number, None, &written, &[]).ok_or_else(Problem::not_found)
}

async fn edit(here: Here, Path((number, id)): Path<(Number, String)>) -> Result<Page, Problem> {
    writing(&here, number).await?;
    let particulars = here.pages.service.particulars(number).await?;
    let kept = particulars.of(&id).ok_or_else(Problem::not_found)?;
    form::page(&here.visitor, number, Some(kept), &Written::of(&kept.item), &[]).ok_or_else(Problem::not_found)
}

fn list_of(number: Number) -> String {
    format!("/plan/particulars/{number}")
}

async fn enter(here: Here, Path(number): Path<Number>, Form(written): Form<Written>) -> Result<Response, Problem> {
    put(&here, number, None, &written).await
}

async fn rewrite(
    here: Here,
    Path((number, id)): Path<(Number, String)>,
    Form(written): Form<Written>,
) -> Result<Response, Problem> {
    put(&here, number, Some(id), &written).await
}

async fn put(here: &Here, number: Number, id: Option<String>, written: &Written) -> Result<Response, Problem> {
    let particulars = here.pages.service.particulars(number).await?;
    let kept = id.as_ref().and_then(|id| particulars.of(id));
    let result = match written.item(kept.map(|kept| &kept.item)) {
        Ok(item) => here.pages.service.put_item(&here.caller, number, id.clone(), item).await,
        Err(errors) => Err(ServiceError::Invalid(errors)),
    };
    match result {
        Ok(_) => Ok(Redirect::to(&list_of(number)).into_response()),
        Err(error) => {
            // Who may not write is told so before what is wrong with the fields.
            writing(here, number).await?;
            let errors = in_form(error, written::field_of(&written.kind))?;
            let page = form::page(&here.visitor, number, kept, written, &errors).ok_or_else(Problem::not_found)?;
            Ok(page.into_response())
        }
    }
}

/// A few words on a thing. Several forms stand on a page: fields carry the thing's name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    note: String,
    reason: String,
    quarter: String,
    value: String,
}

/// Shows the page again with an error, or goes back to it.
async fn answer<T>(here: &Here, number: Number, result: Result<T, ServiceError>) -> Result<Response, Problem> {
    super::answer(result, ("main", &list_of(number)), async |errors| shown(here, number, &errors).await).await
}

async fn measure(
    here: Here,
    Path((number, id)): Path<(Number, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let quarter = said.quarter.parse().map_err(|_| Problem::bad_request())?;
    let result = match written::number(&said.value) {
        Some(value) => here.pages.service.measure_item(&here.caller, number, id, Measure { quarter, value }).await,
        None => Err(ServiceError::field("main", "값을 숫자로 적어 주십시오.", "Give the value as a number.")),
    };
    answer(&here, number, result).await
}

async fn measure_live(here: Here, Path((number, id)): Path<(Number, String)>) -> Result<Response, Problem> {
    let result = here.pages.service.measure_live(&here.caller, number, id).await;
    answer(&here, number, result).await
}

async fn confirm(
    here: Here,
    Path((number, id)): Path<(Number, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let result = here.pages.service.confirm_item(&here.caller, number, id, said.note).await;
    answer(&here, number, result).await
}

async fn send_back(
    here: Here,
    Path((number, id)): Path<(Number, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let result = here.pages.service.send_back_item(&here.caller, number, id, said.reason).await;
    answer(&here, number, result).await
}

async fn remove(
    here: Here,
    Path((number, id)): Path<(Number, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let result = here.pages.service.take_out_item(&here.caller, number, id, said.reason).await;
    answer(&here, number, result).await
}
