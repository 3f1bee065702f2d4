//! Addresses of councils and their seats, and what happens when one of their forms is sent.

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form, Page, Path, Problem,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Here, Pages, answer, meetings,
    sent_meetings::{RUN, list_page},
    words::in_form,
};
use crate::{
    ServiceError,
    domain::council::{CouncilKind, Seat},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/councils", post(found))
        .route("/plan/councils/{id}", get(council))
        .route("/plan/councils/{id}/seats", post(seat))
        .route("/plan/councils/{id}/vacate", post(vacate))
        .route("/plan/councils/{id}/codes", post(make_code))
        .route("/plan/councils/{id}/seat", get(link_form).merge(post(link)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CouncilPart {
    kind: String,
    id: String,
    name: String,
    name_en: String,
    seat: String,
    title: String,
    title_en: String,
    office: String,
}

async fn found(here: Here, Form(part): Form<CouncilPart>) -> Result<Response, Problem> {
    let kind = match part.kind.as_str() {
        "plenary" => CouncilKind::Plenary,
        "special" => CouncilKind::Special,
        _ => CouncilKind::Subcommittee,
    };
    let fits = !part.id.is_empty()
        && part.id.len() <= 40
        && part.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let result = if fits {
        here.pages.service.found_council(&here.caller, &part.id, kind, (part.name, part.name_en)).await
    } else {
        Err(ServiceError::field(
            "id",
            "영문 소문자, 숫자, 붙임표로 적어 주십시오.",
            "Use small letters, digits and dashes.",
        ))
    };
    match result {
        Ok(_) => Ok(Redirect::to(&format!("/plan/councils/{}", part.id)).into_response()),
        Err(error) => {
            here.permit(RUN)?;
            let errors = in_form(error, "id")?;
            Ok(list_page(&here, &errors).await?.into_response())
        }
    }
}

async fn council_page(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let named =
        here.pages.service.store().council(id).await.map_err(ServiceError::from)?.ok_or_else(Problem::not_found)?;
    let holders = here.pages.service.holders(&here.caller, id).await?;
    Ok(meetings::council(&here.visitor, &named, &holders, here.may(RUN), errors))
}

async fn council(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    council_page(&here, &id, &[]).await
}

async fn seat(here: Here, Path(id): Path<String>, Form(part): Form<CouncilPart>) -> Result<Response, Problem> {
    let seat = Seat {
        id: part.seat.trim().to_owned(),
        title: part.title.trim().to_owned(),
        title_en: part.title_en.trim().to_owned(),
        office: Some(part.office).filter(|office| !office.is_empty()),
    };
    let result = here.pages.service.seat_member(&here.caller, &id, seat, &part.name).await;
    let on = format!("/plan/councils/{id}");
    answer(result, ("seat", &on), async |errors| council_page(&here, &id, &errors).await).await
}

async fn vacate(here: Here, Path(id): Path<String>, Form(part): Form<CouncilPart>) -> Result<Response, Problem> {
    here.pages.service.vacate_seat(&here.caller, &id, part.seat).await?;
    Ok(Redirect::to(&format!("/plan/councils/{id}")).into_response())
}

async fn make_code(here: Here, Path(id): Path<String>, Form(part): Form<CouncilPart>) -> Result<Response, Problem> {
    match here.pages.service.seat_code(&here.caller, &id, part.seat.clone()).await {
        Ok(code) => Ok(meetings::code(&here.visitor, &id, &part.seat, &code).into_response()),
        Err(error) => {
            let errors = in_form(error, "seat")?;
            Ok(council_page(&here, &id, &errors).await?.with_errors().into_response())
        }
    }
}

async fn link_page(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    let named =
        here.pages.service.store().council(id).await.map_err(ServiceError::from)?.ok_or_else(Problem::not_found)?;
    let own = here.pages.service.own_seat(&here.caller, id).await?;
    Ok(meetings::link_form(&here.visitor, &named, own.as_ref(), errors))
}

async fn link_form(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    link_page(&here, &id, &[]).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CodePart {
    code: String,
}

async fn link(here: Here, Path(id): Path<String>, Form(part): Form<CodePart>) -> Result<Response, Problem> {
    let result = here.pages.service.link_seat(&here.caller, &id, &part.code).await;
    let on = format!("/plan/councils/{id}/seat");
    answer(result, ("code", &on), async |errors| link_page(&here, &id, &errors).await).await
}
