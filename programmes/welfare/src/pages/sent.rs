//! What happens when a form is sent: the service is asked; then the next page, or the form again with its errors.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{FieldError, Form, Path, Problem, Visitor};
use serde::Deserialize;

use super::{
    Pages, QueueAddress, caller_of, citizen_page, data::Disputing, data_page, desk_page, disputes_page, run_page,
    runs_page,
};
use crate::{
    ServiceError,
    domain::{Month, proposal::Means},
    service::Confirming,
};

/// What people write in the forms of a proposal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    words: String,
    review: String,
    objection: String,
    note: String,
    reason: String,
    article: String,
    answer: String,
    means: String,
    together: String,
    facts: Vec<String>,
    until: String,
    upheld: String,
    decision: String,
    month: String,
    digest: String,
    document: String,
    item: String,
    household: String,
    place: usize,
    corrected: String,
    representative: String,
}

impl Sent {
    fn means(&self) -> Means {
        match self.means.as_str() {
            "letter" => Means::Letter,
            "counter" => Means::Counter,
            _ => Means::Message,
        }
    }

    /// The place of who acts for the person; nothing where they act themselves.
    fn representative(&self) -> Option<usize> {
        self.representative.parse().ok()
    }
}

/// After a citizen's form: their page again, or the form with its errors.
async fn citizen<T>(
    pages: &Pages,
    visitor: &Visitor,
    id: &str,
    field: &str,
    outcome: Result<T, ServiceError>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/welfare/proposals/{id}")).into_response()),
        Err(error) => {
            let errors = error.in_form(field)?;
            Ok(citizen_page(pages, visitor, id, &errors).await?.into_response())
        }
    }
}

/// After an official's form: the desk, or the form with its errors.
pub(super) async fn desk<T>(
    pages: &Pages,
    visitor: &Visitor,
    id: &str,
    field: &str,
    outcome: Result<T, ServiceError>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to("/welfare/work").into_response()),
        Err(error) => {
            let errors = error.in_form(field)?;
            Ok(desk_page(pages, visitor, id, &QueueAddress::default(), &errors).await?.into_response())
        }
    }
}

pub(super) async fn consent(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let outcome = pages.service.consent(&caller_of(&visitor), &id).await;
    citizen(&pages, &visitor, &id, "words", outcome).await
}

pub(super) async fn decline(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.decline(&caller_of(&visitor), &id, written.words).await;
    citizen(&pages, &visitor, &id, "words", outcome).await
}

pub(super) async fn ask_review(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.ask_review(&caller_of(&visitor), &id, &written.review).await;
    citizen(&pages, &visitor, &id, "review", outcome).await
}

pub(super) async fn object(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.object(&caller_of(&visitor), &id, &written.objection).await;
    citizen(&pages, &visitor, &id, "objection", outcome).await
}

pub(super) async fn dispute(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let (member, item) = written.item.split_once('.').ok_or_else(Problem::bad_request)?;
    let whose = Some(member.to_owned()).filter(|member| member != "all");
    match pages.service.dispute(&caller_of(&visitor), whose, item, &written.words).await {
        Ok(_) => Ok(Redirect::to("/welfare/mine/data").into_response()),
        Err(error) => {
            let errors = error.in_form("words")?;
            let disputing = Disputing { item: &written.item, words: &written.words, errors: &errors };
            Ok(data_page(&pages, &visitor, Some(&disputing)).await?.into_response())
        }
    }
}

pub(super) async fn confirm(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let caller = caller_of(&visitor);
    let how = Confirming { note: written.note.clone(), means: written.means() };
    if written.together != "yes" {
        let outcome = pages.service.confirm(&caller, &id, &how).await;
        return desk(&pages, &visitor, &id, "note", outcome).await;
    }
    let alike = pages.service.prepare(&caller, &id).await?.alike;
    let batch: Vec<String> = std::iter::once(id.clone()).chain(alike).collect();
    let outcome = match pages.service.confirm_batch(&caller, &batch, &how).await {
        // The one that is open says what is wrong with it; the others wait in the list.
        Ok(outcomes) => outcomes.into_iter().find(|(one, _)| *one == id).map_or(Ok(()), |(_, outcome)| outcome),
        Err(error) => Err(error),
    };
    desk(&pages, &visitor, &id, "note", outcome).await
}

pub(super) async fn ask(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.ask_facts(&caller_of(&visitor), &id, written.facts).await;
    desk(&pages, &visitor, &id, "facts", outcome).await
}

pub(super) async fn deny(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let field = if written.reason.trim().is_empty() { "reason" } else { "article" };
    let outcome = pages.service.deny(&caller_of(&visitor), &id, written.reason, written.article).await;
    desk(&pages, &visitor, &id, field, outcome).await
}

pub(super) async fn take_down_consent(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let (means, representative) = (written.means(), written.representative());
    let outcome = pages.service.take_down_consent_of(&caller_of(&visitor), &id, means, representative).await;
    desk(&pages, &visitor, &id, "means", outcome).await
}

pub(super) async fn apply(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let outcome = pages.service.apply(&caller_of(&visitor), &id).await;
    citizen(&pages, &visitor, &id, "words", outcome).await
}

pub(super) async fn renew(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let outcome = pages.service.renew(&caller_of(&visitor), &id).await;
    desk(&pages, &visitor, &id, "note", outcome).await
}

pub(super) async fn end(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let Ok(until) = written.until.parse::<Month>() else {
        let error =
            FieldError::new("until", "마지막 달을 2026-12처럼 적어 주세요.", "Write the last month as 2026-12.");
        return Ok(desk_page(&pages, &visitor, &id, &QueueAddress::default(), &[error]).await?.into_response());
    };
    let outcome = pages.service.end(&caller_of(&visitor), &id, until, written.reason).await;
    desk(&pages, &visitor, &id, "reason", outcome).await
}

pub(super) async fn answer_review(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.answer_review(&caller_of(&visitor), &id, written.answer).await;
    desk(&pages, &visitor, &id, "answer", outcome).await
}

pub(super) async fn decide_objection(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let upheld = written.upheld == "yes";
    let outcome = pages.service.decide_objection(&caller_of(&visitor), &id, upheld, written.decision).await;
    desk(&pages, &visitor, &id, "decision", outcome).await
}

pub(super) async fn prepare_run(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let Ok(month) = written.month.parse::<Month>() else {
        let error = FieldError::new("month", "달을 2026-12처럼 적어 주세요.", "Write the month as 2026-12.");
        return Ok(runs_page(&pages, &visitor, &[error]).await?.into_response());
    };
    match pages.service.prepare_next_run(&caller_of(&visitor), month).await {
        Ok(id) => Ok(Redirect::to(&format!("/welfare/work/payments/{id}")).into_response()),
        Err(error) => {
            let errors = error.in_form("month")?;
            Ok(runs_page(&pages, &visitor, &errors).await?.into_response())
        }
    }
}

/// After a form of a payment run: the run again, or its page with the errors.
async fn of_run<T>(
    pages: &Pages,
    visitor: &Visitor,
    id: &str,
    field: &str,
    outcome: Result<T, ServiceError>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/welfare/work/payments/{id}")).into_response()),
        Err(error) => {
            let errors = error.in_form(field)?;
            Ok(run_page(pages, visitor, id, &errors).await?.into_response())
        }
    }
}

pub(super) async fn release(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.release_payments(&caller_of(&visitor), &id, &written.digest).await;
    of_run(&pages, &visitor, &id, "digest", outcome).await
}

pub(super) async fn book(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let outcome = pages.service.book_payments(&caller_of(&visitor), &id, &written.document).await;
    of_run(&pages, &visitor, &id, "document", outcome).await
}

pub(super) async fn answer_dispute(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Form(written): Form<Sent>,
) -> Result<Response, Problem> {
    let corrected = written.corrected == "yes";
    let caller = caller_of(&visitor);
    let outcome = pages
        .service
        .answer_dispute(&caller, &written.household, written.place, corrected, written.answer.clone())
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to("/welfare/work/disputes").into_response()),
        Err(error) => {
            let errors = error.in_form("answer")?;
            let open = (written.household.as_str(), written.place);
            Ok(disputes_page(&pages, &visitor, open, &errors).await?.into_response())
        }
    }
}
