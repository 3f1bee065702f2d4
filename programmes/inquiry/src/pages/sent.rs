//! What happens when a form is sent: the service is asked; then the case is shown again, or the form with its errors.

use axum::{
    extract::State as Of,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::DateTime;
use maru_calendar::{ExclusionReason, Period, seoul};
use maru_knowledge::{Hit, Query as KnowledgeQuery, SourceKind};
use maru_web::{FieldError, Form, Path, Problem, Query, Visitor};

use super::{
    Pages, Shown,
    citizen::{self, check::Written, form::Sent},
    code_cookie, desk_page,
    official::{
        self,
        form::FromDesk,
        holidays::{self, Announced},
        queue::QueueAddress,
    },
};
use crate::{
    Caller, ServiceError,
    domain::{AccessCode, Correction, Deadline, Destination, GivenGround, Kind, Receipt, TextLanguage, Urgency},
    service::{Announcement, AnswerRequest, Decision, Done, Submission},
};

/// Published answers that may already help, beside what was understood.
const ANSWERS: usize = 3;

/// What is much less likely than the best answer only distracts.
const WORTH_SHOWING: f64 = 0.4;

impl Sent {
    fn submission(&self) -> Submission {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Submission {
            title: self.title.clone(),
            text: self.text.clone(),
            name: filled(&self.name),
            contact: filled(&self.contact),
            kind: Kind::from_identifier(&self.kind),
            category: filled(&self.category),
            repeats: Receipt::parse(&self.repeats).ok(),
            ..Submission::default()
        }
    }
}

/// Shows what was understood; keeps nothing.
pub(super) async fn check(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let written = Written { text: sent.text.clone(), key: visitor.request_id.clone(), ..Written::default() };
    match check_page(&pages, &visitor, &caller, &sent, written, Vec::new()).await? {
        Ok(page) => Ok(page.into_response()),
        Err(errors) => Ok(citizen::ask::page(&visitor, &sent.text, &errors).into_response()),
    }
}

async fn check_page(
    pages: &Pages,
    visitor: &Visitor,
    caller: &Caller,
    sent: &Sent,
    mut written: Written,
    errors: Vec<FieldError>,
) -> Result<Result<maru_web::Page, Vec<FieldError>>, Problem> {
    let preview = match pages.service.preview(caller, sent.submission()).await {
        Ok(preview) => preview,
        Err(error) => return error.in_form("text").map(Err),
    };
    if written.title.is_empty() {
        written.title = title_of(&sent.text);
    }
    let answers = answers(pages, format!("{} {}", preview.title, preview.text)).await;
    let check = citizen::check::Check {
        written: &written,
        understood: &preview.understood,
        due: due_sentences(preview.deadline),
        answers: &answers,
        found: &preview.personal_data,
        agency: pages.service.agency(),
        errors: &errors,
    };
    Ok(Ok(citizen::check::page(visitor, &check)))
}

/// The first line, not too long: a beginning for the title.
fn title_of(text: &str) -> String {
    let line = text.trim().split(['\n', '.', '?', '!']).next().unwrap_or_default().trim();
    line.chars().take(60).collect()
}

/// Answers and services near the question. A search that fails leaves the page without them.
async fn answers(pages: &Pages, text: String) -> Vec<Hit> {
    let Some(knowledge) = pages.service.understanding().knowledge().cloned() else { return Vec::new() };
    let query = KnowledgeQuery::new(text, ANSWERS).of(&[SourceKind::Answer, SourceKind::Service]);
    let searched = tokio::task::spawn_blocking(move || knowledge.search(&query)).await;
    let mut hits = searched.ok().and_then(Result::ok).unwrap_or_default();
    let best = hits.first().map_or(0.0, |hit| hit.score);
    hits.retain(|hit| hit.score >= best * WORTH_SHOWING);
    hits
}

fn due_sentences(deadline: Deadline) -> (String, String) {
    let Some(due) = deadline.due.map(seoul) else { return Default::default() };
    let time = due.time().strftime("%H:%M").to_string();
    (
        format!("늦어도 {} {time}까지 답변해 드려요.", maru_calendar::date_ko(due.date())),
        format!("You will have an answer by {time} on {}.", maru_calendar::date_en(due.date())),
    )
}

/// Where an earlier inquiry was named that cannot be one.
fn wrong_repeats(sent: &Sent) -> Option<ServiceError> {
    let written = sent.repeats.trim();
    if written.is_empty() || Receipt::parse(written).is_ok() {
        return None;
    }
    Some(ServiceError::field(
        "repeats",
        "접수번호가 아니에요. 2026-7KQ4-M2XD처럼 생겼어요.",
        "This is not a receipt number. It looks like 2026-7KQ4-M2XD.",
    ))
}

/// Takes the inquiry in and shows its receipt. The second click shows the same receipt.
pub(super) async fn submit(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let key = Some(sent.key.clone()).filter(|key| !key.is_empty());
    let outcome = match wrong_repeats(&sent) {
        Some(error) => Err(error),
        None => pages.service.submit(&caller.clone().idempotent(key), sent.submission()).await,
    };
    let submitted = match outcome {
        Ok(submitted) => submitted,
        Err(error) => {
            let errors = error.in_form("text")?;
            let written = Written {
                title: sent.title.clone(),
                text: sent.text.clone(),
                kind: sent.kind.clone(),
                category: sent.category.clone(),
                name: sent.name.clone(),
                contact: sent.contact.clone(),
                repeats: sent.repeats.clone(),
                key: sent.key.clone(),
            };
            let page = check_page(&pages, &visitor, &caller, &sent, written, errors.clone()).await?;
            let page = page.unwrap_or_else(|more| {
                let errors: Vec<FieldError> = if more.is_empty() { errors } else { more };
                citizen::ask::page(&visitor, &sent.text, &errors)
            });
            return Ok(page.into_response());
        }
    };
    let code = submitted.code.reveal();
    let received = citizen::received::Received {
        receipt: submitted.receipt.as_str(),
        code,
        due: due_sentences(submitted.deadline),
    };
    let page = citizen::received::page(&visitor, &received).into_response();
    Ok(with_code(page, &submitted.receipt, &submitted.code, pages.secure))
}

/// Learns anew, and shows what came of it.
pub(super) async fn learn(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Response, Problem> {
    let lessons = pages.service.learned(&caller).await?;
    match pages.service.retrain(&caller).await {
        Ok(_) => Ok(Redirect::to("/work/learning").into_response()),
        Err(error) => {
            let errors = error.in_form("examples")?;
            Ok(official::learning::page(&visitor, &lessons, &errors).into_response())
        }
    }
}

/// An official registers what a petitioner said or handed over, and gets the receipt to hand back.
pub(super) async fn intake(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    pages.service.may_register(&caller)?;
    let key = Some(sent.key.clone()).filter(|key| !key.is_empty());
    let outcome = match period_of(&sent.kind, &sent.period_days) {
        Err(error) => Err(error),
        Ok(period) => {
            let submission = Submission { period, ..sent.submission() };
            pages.service.submit(&caller.idempotent(key), submission).await
        }
    };
    match outcome {
        Ok(submitted) => {
            let (receipt, code) = (submitted.receipt.as_str(), submitted.code.reveal());
            let due = due_sentences(submitted.deadline);
            Ok(official::intake::registered(&visitor, receipt, code, &due).into_response())
        }
        Err(error) => {
            let errors = error.in_form("text")?;
            Ok(official::intake::page(&visitor, pages.service.agency(), &sent, &errors).into_response())
        }
    }
}

/// The published period of an application; nothing for other kinds.
fn period_of(kind: &str, written: &str) -> Result<Option<Period>, ServiceError> {
    let written = written.trim();
    if written.is_empty() || Kind::from_identifier(kind) != Some(Kind::Application) {
        return Ok(None);
    }
    let days = written.parse::<u32>().ok().filter(|days| (1..=366).contains(days));
    let wrong = || ServiceError::field("period_days", "1일부터 366일까지입니다.", "It must be 1 to 366 days.");
    Ok(Some(Period::Days(days.ok_or_else(wrong)?)))
}

fn with_code(mut response: Response, receipt: &Receipt, code: &AccessCode, secure: bool) -> Response {
    if let Some(cookie) = code_cookie::set(receipt, code, secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Opens a case by its number and code.
pub(super) async fn find(Of(pages): Of<Pages>, visitor: Visitor, Form(sent): Form<Sent>) -> Result<Response, Problem> {
    let mut errors = Vec::new();
    let receipt = Receipt::parse(&sent.receipt);
    if receipt.is_err() {
        errors.push(FieldError::new(
            "receipt",
            "접수번호가 아니에요. 2026-7KQ4-M2XD처럼 생겼어요. 접수증의 글자를 하나씩 확인해 주세요.",
            "This is not a receipt number. It looks like 2026-7KQ4-M2XD; check each letter against your receipt.",
        ));
    }
    let code = AccessCode::parse(&sent.code);
    if code.is_none() {
        errors.push(FieldError::new(
            "code",
            "확인코드가 아니에요. 접수할 때 보여 드린 열여섯 글자를 넣어 주세요.",
            "This is not a code. Enter the sixteen letters shown with your receipt.",
        ));
    }
    let (Ok(receipt), Some(code)) = (receipt, code) else {
        return Ok(citizen::find::page(&visitor, &sent.receipt, &errors).into_response());
    };
    match pages.service.opens(&receipt, &code).await {
        Ok(()) => {
            let response = Redirect::to(&format!("/inquiries/{receipt}")).into_response();
            Ok(with_code(response, &receipt, &code, pages.secure))
        }
        Err(ServiceError::NotFound) => {
            let error = FieldError::new(
                "code",
                "접수번호와 확인코드가 서로 맞지 않아요. 둘 다 다시 확인해 주세요.",
                "Number and code do not fit together. Check both.",
            );
            Ok(citizen::find::page(&visitor, &sent.receipt, &[error]).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows the case again: as it is now, or with what was wrong with the form.
async fn shown_to_citizen(
    pages: &Pages,
    visitor: &Visitor,
    caller: &Caller,
    receipt: &Receipt,
    outcome: Result<Done, ServiceError>,
    (field, sent): (&str, &Sent),
) -> Result<Response, Problem> {
    let errors = match outcome {
        Ok(_) => return Ok(Redirect::to(&format!("/inquiries/{receipt}")).into_response()),
        Err(error) => error.in_form(field)?,
    };
    let view = pages.service.citizen_case(caller, receipt).await?;
    Ok(citizen::case::page(visitor, &view, pages.service.agency(), sent, &errors).into_response())
}

/// A handler for one form of a citizen's case.
macro_rules! citizen_form {
    ($(#[$about:meta])* $name:ident, $field:literal, |$pages:ident, $caller:ident, $receipt:ident, $sent:ident| $ask:expr) => {
        $(#[$about])*
        pub(super) async fn $name(
            Of($pages): Of<Pages>,
            visitor: Visitor,
            $caller: Caller,
            Path($receipt): Path<Receipt>,
            Form($sent): Form<Sent>,
        ) -> Result<Response, Problem> {
            let outcome = $ask.await;
            shown_to_citizen(&$pages, &visitor, &$caller, &$receipt, outcome, ($field, &$sent)).await
        }
    };
}

citizen_form!(
    /// What was missing.
    completion, "completion", |pages, caller, receipt, sent| pages.service.supply_completion(&caller, &receipt, &sent.completion)
);
citizen_form!(
    /// More time to send what is missing.
    more_time, "days", |pages, caller, receipt, sent| pages.service.prolong_completion(&caller, &receipt, sent.days.trim().parse().unwrap_or(0))
);
citizen_form!(
    /// The inquiry is taken back.
    withdrawal, "reason", |pages, caller, receipt, sent| pages.service.withdraw(&caller, &receipt, Some(sent.reason.as_str()))
);
citizen_form!(
    /// An objection to a refusal.
    objection, "objection", |pages, caller, receipt, sent| pages.service.object(&caller, &receipt, &sent.objection)
);
citizen_form!(
    /// A rating of the answer.
    rating, "stars", |pages, caller, receipt, sent| pages.service.rate(&caller, &receipt, sent.stars.parse().unwrap_or(0), Some(sent.comment.as_str()))
);
citizen_form!(
    /// What was understood is put right.
    correction, "kind", |pages, caller, receipt, sent| {
        let correction = Correction {
            kind: Kind::from_identifier(&sent.kind),
            category: Some(sent.category.clone()).filter(|category| !category.is_empty()),
            urgency: Urgency::from_identifier(&sent.urgency),
            language: TextLanguage::from_identifier(&sent.text_language),
            ..Correction::default()
        };
        async { pages.service.correct(&caller, &receipt, correction).await }
    }
);

/// The personal data are erased. Afterwards the case belongs to no account any more, so this page says what became of it.
pub(super) async fn erasure(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Response, Problem> {
    match pages.service.erase(&caller, &receipt).await {
        Ok(_) => Ok(citizen::erased::page(&visitor, &receipt).into_response()),
        refused => shown_to_citizen(&pages, &visitor, &caller, &receipt, refused, ("reason", &Sent::default())).await,
    }
}

/// Enters an announced holiday, and shows it among the others.
pub(super) async fn holiday(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Form(written): Form<Announced>,
) -> Result<Response, Problem> {
    let known = pages.service.holidays_to_manage(&caller).await?;
    let Ok(date) = written.date.trim().parse() else {
        let error = FieldError::new("date", "날짜를 골라 주세요.", "Choose the day.");
        return Ok(holidays::page(&visitor, &known, &written, &[error]).into_response());
    };
    let clean = |text: &str| crate::domain::clean(text).trim().to_owned();
    let announcement = Announcement {
        date,
        name_ko: clean(&written.name_ko),
        name_en: clean(&written.name_en),
        reference: clean(&written.reference),
    };
    if let Err(error) = pages.service.announce_holiday(&caller, announcement).await {
        let errors = error.in_form("date")?;
        return Ok(holidays::page(&visitor, &known, &written, &errors).into_response());
    }
    Ok(Redirect::to("/work/holidays").into_response())
}

/// One step of an official.
pub(super) async fn step(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path((receipt, step)): Path<(Receipt, String)>,
    Query(address): Query<QueueAddress>,
    Form(sent): Form<FromDesk>,
) -> Result<Response, Problem> {
    if step == "personal" {
        return personal(&pages, &visitor, &caller, &receipt, &address, &sent).await;
    }
    let (outcome, field) = take_step(&pages, &caller, &receipt, &step, &sent).await?;
    let errors = match outcome {
        Ok(_) => return Ok(Redirect::to(&format!("/work/{receipt}{}", address.query())).into_response()),
        Err(error) => error.in_form(field)?,
    };
    let shown = Shown { errors, step, sent, ..Shown::default() };
    Ok(desk_page(&pages, &visitor, &caller, &receipt, &address, shown).await?.into_response())
}

async fn personal(
    pages: &Pages,
    visitor: &Visitor,
    caller: &Caller,
    receipt: &Receipt,
    address: &QueueAddress,
    sent: &FromDesk,
) -> Result<Response, Problem> {
    let shown = match pages.service.read_personal_data(caller, receipt, &sent.purpose).await {
        Ok(personal) => Shown { personal: Some(personal), ..Shown::default() },
        Err(error) => {
            Shown { errors: error.in_form("purpose")?, step: "personal".into(), sent: sent.clone(), ..Shown::default() }
        }
    };
    Ok(desk_page(pages, visitor, caller, receipt, address, shown).await?.into_response())
}

/// Asks the service for what the form means; beside the outcome, the field at which a refusal is shown.
async fn take_step(
    pages: &Pages,
    caller: &Caller,
    receipt: &Receipt,
    step: &str,
    sent: &FromDesk,
) -> Result<(Result<Done, ServiceError>, &'static str), Problem> {
    let service = &pages.service;
    Ok(match step {
        "assignment" => (service.assign(caller, receipt, &sent.official).await, "official"),
        "draft" => (service.edit_draft(caller, receipt, &sent.answer, sent.seen).await, "answer"),
        "approval" => (service.approve(caller, receipt, approval(sent)).await, "answer"),
        "refusal" => (service.approve(caller, receipt, refusal(sent)).await, "refusal_reason"),
        "draft-again" => (service.draft_again(caller, receipt).await, "answer"),
        "undo" => (service.undo_approval(caller, receipt).await, "answer"),
        "transfer" => {
            (service.pass_on(caller, receipt, destination(sent), &sent.transfer_reason).await, "transfer_reason")
        }
        "extension" => (extension(pages, caller, receipt, sent).await, "ground"),
        "excluded-time" => (excluded_time(pages, caller, receipt, sent).await, "excluded_from"),
        "completion" => {
            let days = sent.days.trim().parse().unwrap_or(0);
            (service.request_completion(caller, receipt, &sent.missing, days).await, "missing")
        }
        "return" => (service.send_back(caller, receipt, &sent.return_reason).await, "return_reason"),
        "correction" => (correction_by_official(pages, caller, receipt, sent).await, "kind"),
        "pair" => (pair(pages, caller, receipt, sent).await, "other"),
        "closure" => (closure(pages, caller, receipt, sent).await, "earlier"),
        "objection-decision" => (objection_decision(pages, caller, receipt, sent).await, "decision"),
        "objection-extension" => {
            (service.extend_objection(caller, receipt, &sent.objection_reason).await, "objection_reason")
        }
        "note" => (service.note(caller, receipt, &sent.note).await, "note"),
        _ => return Err(Problem::not_found()),
    })
}

fn approval(sent: &FromDesk) -> AnswerRequest {
    AnswerRequest {
        text: sent.answer.clone(),
        decision: Decision::Answer,
        confirm_citations: sent.confirm_citations == "yes",
        at_once: false,
    }
}

fn refusal(sent: &FromDesk) -> AnswerRequest {
    AnswerRequest {
        text: sent.refusal_text.clone(),
        decision: Decision::Refusal {
            reason: sent.refusal_reason.clone(),
            article: sent.article.clone(),
            remedy: sent.remedy.clone(),
        },
        confirm_citations: sent.confirm_citations == "yes",
        at_once: false,
    }
}

fn destination(sent: &FromDesk) -> Destination {
    if sent.department.is_empty() {
        return Destination::Agency { agency: sent.agency.trim().to_owned() };
    }
    Destination::Department { department: sent.department.clone() }
}

async fn extension(pages: &Pages, caller: &Caller, receipt: &Receipt, sent: &FromDesk) -> Result<Done, ServiceError> {
    let Some(ground) = GivenGround::from_identifier(&sent.ground) else {
        return Err(ServiceError::field("ground", "연장 사유를 골라 주세요.", "Choose a ground."));
    };
    pages.service.extend(caller, receipt, ground, &sent.extension_reason, sent.consent == "yes").await
}

async fn excluded_time(
    pages: &Pages,
    caller: &Caller,
    receipt: &Receipt,
    sent: &FromDesk,
) -> Result<Done, ServiceError> {
    let Some(reason) = ExclusionReason::NOTED.into_iter().find(|one| one.identifier() == sent.excluded_reason) else {
        return Err(ServiceError::field("excluded_reason", "이유를 고르십시오.", "Choose a reason."));
    };
    let time = |field: &'static str, written: &str| {
        let moment = written.trim().parse::<DateTime>().map(maru_calendar::instant);
        moment.map_err(|_| ServiceError::field(field, "날짜와 시각을 적으십시오.", "Enter day and time."))
    };
    let from = time("excluded_from", &sent.excluded_from)?;
    let until = time("excluded_until", &sent.excluded_until)?;
    pages.service.exclude_time(caller, receipt, reason, (from, until)).await
}

async fn correction_by_official(
    pages: &Pages,
    caller: &Caller,
    receipt: &Receipt,
    sent: &FromDesk,
) -> Result<Done, ServiceError> {
    let correction = Correction {
        kind: Kind::from_identifier(&sent.kind),
        period: period_of(&sent.kind, &sent.period_days)?,
        category: Some(sent.category.clone()).filter(|category| !category.is_empty()),
        department: None,
        urgency: Urgency::from_identifier(&sent.urgency),
        language: TextLanguage::from_identifier(&sent.text_language),
    };
    pages.service.correct(caller, receipt, correction).await
}

async fn pair(pages: &Pages, caller: &Caller, receipt: &Receipt, sent: &FromDesk) -> Result<Done, ServiceError> {
    let Ok(other) = Receipt::parse(sent.other.trim()) else {
        return Err(ServiceError::field(
            "other",
            "접수번호를 확인해 주십시오. 예: 2026-7KQ4-M2XD",
            "Check the receipt number. For example: 2026-7KQ4-M2XD",
        ));
    };
    let same = match sent.same.as_str() {
        "yes" => true,
        "no" => false,
        _ => {
            return Err(ServiceError::field(
                "other",
                "같은 사안인지 골라 주십시오.",
                "Choose whether it is the same matter.",
            ));
        }
    };
    pages.service.judge_pair(caller, receipt, &other, same).await
}

async fn closure(pages: &Pages, caller: &Caller, receipt: &Receipt, sent: &FromDesk) -> Result<Done, ServiceError> {
    let earlier: Vec<Receipt> = sent.earlier.iter().filter_map(|written| Receipt::parse(written).ok()).collect();
    pages.service.close_as_repeated(caller, receipt, &earlier, &sent.close_reason).await
}

async fn objection_decision(
    pages: &Pages,
    caller: &Caller,
    receipt: &Receipt,
    sent: &FromDesk,
) -> Result<Done, ServiceError> {
    let upheld = match sent.upheld.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(ServiceError::field("upheld", "결정을 골라 주세요.", "Choose a decision.")),
    };
    pages.service.decide_objection(caller, receipt, upheld, &sent.decision).await
}
