//! Addresses of field visits, and what happens when one of their forms is sent.

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_identity::Resource;
use maru_web::{
    FieldError, Form, Page, Path, Problem,
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, field, sent_meetings::evidence_of, to_visit, visits, words::in_form};
use crate::{
    Caller, ServiceError,
    domain::{
        Number, Visit,
        felt::Said,
        visit::{Answer, NewFinding, Record, Verdict},
    },
    service::NewVisit,
};

/// What it takes to plan visits and to record them.
const RUN: &str = "run-visits";
const SCRIPT: &str = include_str!("../../assets/field.js");
const LIST_SCRIPT: &str = include_str!("../../assets/visits.js");
const WORKER: &str = include_str!("../../assets/worker.js");

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    let finding = Router::new()
        .route("/follow-up", post(follow_up))
        .route("/close", post(close))
        .route("/send-back", post(send_back));
    Router::new()
        .route("/plan/visits", get(list).merge(post(plan)))
        .route("/plan/visits/field.js", get(|| async { script(SCRIPT) }))
        .route("/plan/visits/visits.js", get(|| async { script(LIST_SCRIPT) }))
        .route("/plan/visits/field", get(to_visit))
        .route("/plan/visits/worker.js", get(|| async { script(WORKER) }))
        .route("/plan/visits/{id}", get(show))
        .route("/plan/visits/{id}/field", get(checklist))
        .route("/plan/visits/{id}/record", post(record))
        .route("/plan/visits/{id}/cancel", post(cancel))
        .route("/plan/visits/{id}/photos/{digest}", get(photo))
        .nest("/plan/visits/{id}/findings/{finding}", finding)
        .route("/plan/tasks/{task}/felt", post(felt))
}

/// A script of ours. A worker must not be kept beside the program that it belongs to.
fn script(text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, text).into_response()
}

async fn list_page(here: &Here, errors: &[FieldError]) -> Result<Page, Problem> {
    let found = here.pages.service.visits(&here.caller).await?;
    let whole = if here.may(RUN) { Some(here.pages.service.whole(&here.caller).await?) } else { None };
    Ok(visits::list(&here.visitor, &found, whole.as_ref(), errors))
}

async fn list(here: Here) -> Result<Page, Problem> {
    list_page(&here, &[]).await
}

/// What is to be visited, for the phone: it opens without a network, and so does each of its checklists.
async fn to_visit(here: Here) -> Result<Page, Problem> {
    here.permit(RUN)?;
    let found = here.pages.service.visits(&here.caller).await?;
    Ok(to_visit::page(&here.visitor, &found))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlanPart {
    number: String,
    place: String,
    on: String,
}

async fn plan(here: Here, Form(part): Form<PlanPart>) -> Result<Response, Problem> {
    let (number, on): (Option<Number>, Option<Date>) = (part.number.trim().parse().ok(), part.on.parse().ok());
    let result = match (number, on) {
        (Some(recommendation), Some(on)) => {
            let new = NewVisit { recommendation, body: String::new(), place: part.place, on };
            here.pages.service.plan_visit(&here.caller, new).await
        }
        (None, _) => {
            Err(ServiceError::field("number", "권고 번호를 58-1처럼 적어 주십시오.", "Write the number as 58-1."))
        }
        _ => Err(ServiceError::field("on", "언제 가는지 골라 주십시오.", "Choose the day.")),
    };
    match result {
        Ok(id) => Ok(Redirect::to(&format!("/plan/visits/{id}")).into_response()),
        Err(error) => {
            let errors = in_form(error, "place")?;
            // Who may not plan is told so, whatever else is wrong.
            here.permit(RUN)?;
            Ok(list_page(&here, &errors).await?.into_response())
        }
    }
}

fn rights(here: &Here, visit: &Visit) -> visits::Rights {
    let body = visit.planned.as_ref().map(|planned| planned.body.clone()).unwrap_or_default();
    visits::Rights {
        runs: here.may(RUN),
        follows: here.pages.service.may(&here.caller, "follow-finding", &Resource::new("plan", "").in_department(body)),
        photos: here.pages.service.may_see_photos(&here.caller, visit),
    }
}

async fn visit_page(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let named = here.pages.service.visit(&here.caller, id).await?;
    let rights = rights(here, &named.state);
    let photos = if rights.photos {
        here.pages.service.store().photos(id).await.map_err(ServiceError::from)?
    } else {
        Vec::new()
    };
    visits::page(&here.visitor, &named, &photos, rights, errors).ok_or_else(Problem::not_found)
}

async fn show(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    visit_page(&here, &id, &[]).await
}

async fn checklist_page(
    here: &Here,
    id: &str,
    written: &field::Written,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    here.permit(RUN)?;
    let named = here.pages.service.visit(&here.caller, id).await?;
    let known = written.iter().find(|(name, _)| name == "record").map(|(_, value)| value.clone());
    let record = known.unwrap_or_else(|| here.pages.service.draw());
    field::page(&here.visitor, &named, &record, written, errors).ok_or_else(Problem::not_found)
}

async fn checklist(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    checklist_page(&here, &id, &Vec::new(), &[]).await
}

fn record_of(fields: &field::Written, caller: &Caller) -> Result<Record, ServiceError> {
    let value = |name: &str| field::value(fields, name).trim();
    let mut findings = Vec::new();
    for row in 1..=field::FINDINGS {
        let (text, due) = (value(&format!("finding-{row}")), value(&format!("due-{row}")));
        if text.is_empty() {
            continue;
        }
        let Ok(due) = due.parse() else {
            return Err(ServiceError::field(&format!("due-{row}"), "조치 기한을 골라 주십시오.", "Choose until when."));
        };
        findings.push(NewFinding { text: text.to_owned(), due });
    }
    let answers = fields.iter().filter_map(|(name, verdict)| {
        let question = name.strip_prefix("answer-")?;
        let note = value(&format!("note-{question}")).to_owned();
        Some((question.to_owned(), Answer { verdict: Verdict::from_identifier(verdict)?, note }))
    });
    Ok(Record {
        id: value("record").to_owned(),
        at: maru_calendar::seoul(caller.now),
        answers: answers.collect(),
        summary: value("summary").to_owned(),
        findings,
    })
}

async fn record(here: Here, Path(id): Path<String>, Form(fields): Form<field::Written>) -> Result<Response, Problem> {
    let result = match record_of(&fields, &here.caller) {
        Ok(record) => here.pages.service.record_visit(&here.caller, &id, record).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(_) => Ok(Redirect::to(&format!("/plan/visits/{id}")).into_response()),
        Err(error) => {
            let errors = in_form(error, "summary")?;
            Ok(checklist_page(&here, &id, &fields, &errors).await?.into_response())
        }
    }
}

async fn photo(here: Here, Path((id, digest)): Path<(String, String)>) -> Result<Response, Problem> {
    let picture = here.pages.service.photo(&here.caller, &id, &digest).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "no-store")], picture).into_response())
}

/// The fields of a finding carry its number in their names, since a page shows several.
fn numbered<'f>(fields: &'f field::Written, name: &str, number: usize) -> &'f str {
    field::value(fields, &format!("{name}-{number}")).trim()
}

async fn shown_again(
    result: Result<Visit, ServiceError>,
    field: &str,
    here: &Here,
    id: &str,
) -> Result<Response, Problem> {
    let on = format!("/plan/visits/{id}");
    super::answer(result, (field, &on), async |errors| visit_page(here, id, &errors).await).await
}

async fn follow_up(
    here: Here,
    Path((id, finding)): Path<(String, usize)>,
    Form(fields): Form<field::Written>,
) -> Result<Response, Problem> {
    let evidence =
        evidence_of(numbered(&fields, "evidence_title", finding), numbered(&fields, "evidence_address", finding));
    let text = numbered(&fields, "text", finding).to_owned();
    let result = here.pages.service.follow_finding(&here.caller, &id, finding, text, evidence).await;
    shown_again(result, &format!("text-{finding}"), &here, &id).await
}

async fn close(
    here: Here,
    Path((id, finding)): Path<(String, usize)>,
    Form(fields): Form<field::Written>,
) -> Result<Response, Problem> {
    let note = numbered(&fields, "note", finding).to_owned();
    let result = here.pages.service.close_finding(&here.caller, &id, finding, note).await;
    shown_again(result, &format!("note-{finding}"), &here, &id).await
}

async fn send_back(
    here: Here,
    Path((id, finding)): Path<(String, usize)>,
    Form(fields): Form<field::Written>,
) -> Result<Response, Problem> {
    let reason = numbered(&fields, "reason", finding).to_owned();
    let result = here.pages.service.send_back_finding(&here.caller, &id, finding, reason).await;
    shown_again(result, &format!("reason-{finding}"), &here, &id).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    cancel_reason: String,
}

async fn cancel(here: Here, Path(id): Path<String>, Form(words): Form<Words>) -> Result<Response, Problem> {
    let result = here.pages.service.cancel_visit(&here.caller, &id, words.cancel_reason.trim().to_owned()).await;
    shown_again(result, "cancel_reason", &here, &id).await
}

async fn felt(here: Here, Path(task): Path<u16>, Form(fields): Form<field::Written>) -> Result<Response, Problem> {
    let value = |name: &str| field::value(&fields, name).trim();
    let recommendation: Number = value("number").parse().map_err(|_| Problem::bad_request())?;
    let verdict = Verdict::from_identifier(value(&format!("verdict-{recommendation}"))).ok_or_else(|| {
        Problem::bad_request().what_to_do("세 가지 가운데 하나를 골라 주세요.", "Choose one of the three.")
    })?;
    let text = value(&format!("text-{recommendation}")).to_owned();
    here.pages.service.say_felt(&here.caller, Said { recommendation, verdict, text }).await?;
    Ok(Redirect::to(&format!("/plan/tasks/{task}#r{recommendation}")).into_response())
}
