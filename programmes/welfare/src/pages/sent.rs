//! What happens when a form is sent: the service is asked; then the next page, or the form again with its errors.

use axum::{
    extract::{FromRequestParts, State as Of},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form, Path, Problem, Query, Visitor,
    components::{Notice, NoticeKind},
};
use serde::Deserialize;

use super::{
    Pages, QueueAddress, caller_of, citizen_page, data::Disputing, data_page, desk_page, disputes_page, run_page,
    runs_page,
};
use crate::{
    Caller, ServiceError, WelfareService,
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
    extension: String,
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
        place_of(&self.representative)
    }
}

/// The place of who acts for the person, as forms carry it; nothing where they act themselves.
pub(super) fn place_of(representative: &str) -> Option<usize> {
    representative.parse().ok()
}

/// Who sends a form, and the name of the proposal or payment run that it is about.
pub(super) struct Sender {
    pages: Pages,
    visitor: Visitor,
    pub(super) caller: Caller,
    pub(super) id: String,
    /// The list in which it stood.
    list: QueueAddress,
}

impl FromRequestParts<Pages> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, pages).await?;
        let Path(id) = Path::from_request_parts(parts, pages).await?;
        let Query(list) = Query::from_request_parts(parts, pages).await?;
        let caller = caller_of(&visitor);
        Ok(Self { pages: pages.clone(), visitor, caller, id, list })
    }
}

impl Sender {
    pub(super) fn service(&self) -> &WelfareService {
        &self.pages.service
    }

    /// The citizen's page with the errors of their form.
    pub(super) async fn citizen_again(&self, errors: &[FieldError]) -> Result<Response, Problem> {
        Ok(citizen_page(&self.pages, &self.visitor, &self.id, errors).await?.into_response())
    }

    /// After a citizen's form: their page again, or the form with its errors.
    pub(super) async fn citizen<T>(&self, field: &str, outcome: Result<T, ServiceError>) -> Result<Response, Problem> {
        match outcome {
            Ok(_) => Ok(Redirect::to(&format!("/welfare/proposals/{}", self.id)).into_response()),
            Err(error) => self.citizen_again(&error.in_form(field)?).await,
        }
    }

    /// After an official's form: the list in which the proposal stood, with the way to the next, or the form with its errors.
    pub(super) async fn desk<T>(&self, field: &str, outcome: Result<T, ServiceError>) -> Result<Response, Problem> {
        match outcome {
            Ok(_) => Ok(Redirect::to(&self.list.behind(&self.id)).into_response()),
            Err(error) => self.desk_again(&error.in_form(field)?).await,
        }
    }

    /// After a form that concerns the household: the same proposal again, or the form with its errors.
    pub(super) async fn same_desk<T>(
        &self,
        field: &str,
        outcome: Result<T, ServiceError>,
    ) -> Result<Response, Problem> {
        match outcome {
            Ok(_) => Ok(Redirect::to(&format!("/welfare/work/{}", self.id)).into_response()),
            Err(error) => self.desk_again(&error.in_form(field)?).await,
        }
    }

    /// The desk with a code that links the account of who acts for a person.
    pub(super) async fn desk_with_code(&self, code: &str) -> Result<Response, Problem> {
        let language = self.visitor.language;
        let until = language.date(crate::service::code_until(self.caller.today()));
        let text = language.pick(
            format!("연결 번호: {code}. {until}까지 한 번 쓸 수 있습니다. 이 번호는 다시 볼 수 없습니다."),
            format!("Code: {code}. It serves once, until {until}, and cannot be seen again."),
        );
        let page = desk_page(&self.pages, &self.visitor, &self.id, &self.list, &[]).await?;
        Ok(page.message(Notice::new(language, NoticeKind::Success, &text)).into_response())
    }

    /// The official's form with its errors.
    pub(super) async fn desk_again(&self, errors: &[FieldError]) -> Result<Response, Problem> {
        Ok(desk_page(&self.pages, &self.visitor, &self.id, &self.list, errors).await?.into_response())
    }

    /// After a form of a payment run: the run again, or its page with the errors.
    async fn run<T>(&self, field: &str, outcome: Result<T, ServiceError>) -> Result<Response, Problem> {
        match outcome {
            Ok(_) => Ok(Redirect::to(&format!("/welfare/work/payments/{}", self.id)).into_response()),
            Err(error) => {
                let errors = error.in_form(field)?;
                Ok(run_page(&self.pages, &self.visitor, &self.id, &errors).await?.into_response())
            }
        }
    }
}

pub(super) async fn consent(sender: Sender) -> Result<Response, Problem> {
    let outcome = sender.service().consent(&sender.caller, &sender.id).await;
    sender.citizen("words", outcome).await
}

pub(super) async fn decline(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().decline(&sender.caller, &sender.id, written.words).await;
    sender.citizen("words", outcome).await
}

pub(super) async fn ask_review(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().ask_review(&sender.caller, &sender.id, &written.review).await;
    sender.citizen("review", outcome).await
}

pub(super) async fn object(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().object(&sender.caller, &sender.id, &written.objection).await;
    sender.citizen("objection", outcome).await
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

pub(super) async fn confirm(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let how = Confirming { note: written.note.clone(), means: written.means() };
    if written.together != "yes" {
        let outcome = sender.service().confirm(&sender.caller, &sender.id, &how).await;
        return sender.desk("note", outcome).await;
    }
    let alike = sender.service().prepare(&sender.caller, &sender.id).await?.alike;
    let batch: Vec<String> = std::iter::once(sender.id.clone()).chain(alike).collect();
    let outcome = match sender.service().confirm_batch(&sender.caller, &batch, &how).await {
        // The one that is open says what is wrong with it; the others wait in the list.
        Ok(outcomes) => outcomes.into_iter().find(|(one, _)| *one == sender.id).map_or(Ok(()), |(_, outcome)| outcome),
        Err(error) => Err(error),
    };
    sender.desk("note", outcome).await
}

pub(super) async fn ask(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().ask_facts(&sender.caller, &sender.id, written.facts).await;
    sender.desk("facts", outcome).await
}

pub(super) async fn deny(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let field = if written.reason.trim().is_empty() { "reason" } else { "article" };
    let outcome = sender.service().deny(&sender.caller, &sender.id, written.reason, written.article).await;
    sender.desk(field, outcome).await
}

pub(super) async fn take_down_consent(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let (means, representative) = (written.means(), written.representative());
    let outcome = sender.service().take_down_consent_of(&sender.caller, &sender.id, means, representative).await;
    sender.desk("means", outcome).await
}

pub(super) async fn apply(sender: Sender) -> Result<Response, Problem> {
    let outcome = sender.service().apply(&sender.caller, &sender.id).await;
    sender.citizen("words", outcome).await
}

pub(super) async fn renew(sender: Sender) -> Result<Response, Problem> {
    let outcome = sender.service().renew(&sender.caller, &sender.id).await;
    sender.desk("note", outcome).await
}

pub(super) async fn end(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let Ok(until) = written.until.parse::<Month>() else {
        let error =
            FieldError::new("until", "마지막 달을 2026-12처럼 적어 주세요.", "Write the last month as 2026-12.");
        return sender.desk_again(&[error]).await;
    };
    let outcome = sender.service().end(&sender.caller, &sender.id, until, written.reason).await;
    sender.desk("reason", outcome).await
}

pub(super) async fn answer_review(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().answer_review(&sender.caller, &sender.id, written.answer).await;
    sender.desk("answer", outcome).await
}

pub(super) async fn extend_review(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().extend_review(&sender.caller, &sender.id, written.extension).await;
    sender.desk("extension", outcome).await
}

pub(super) async fn decide_objection(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let upheld = written.upheld == "yes";
    let outcome = sender.service().decide_objection(&sender.caller, &sender.id, upheld, written.decision).await;
    sender.desk("decision", outcome).await
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

pub(super) async fn release(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().release_payments(&sender.caller, &sender.id, &written.digest).await;
    sender.run("digest", outcome).await
}

pub(super) async fn hand_over(sender: Sender) -> Result<Response, Problem> {
    let outcome = sender.service().hand_over_payments(&sender.caller, &sender.id).await;
    sender.run("digest", outcome).await
}

pub(super) async fn book(sender: Sender, Form(written): Form<Sent>) -> Result<Response, Problem> {
    let outcome = sender.service().book_payments(&sender.caller, &sender.id, &written.document).await;
    sender.run("document", outcome).await
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
