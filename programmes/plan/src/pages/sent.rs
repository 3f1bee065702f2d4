//! What happens when a form is sent: the service is asked; then the page is shown again, or the form with its errors.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_web::{FieldError, Form, Page, Path, Problem, Visitor};
use serde::Deserialize;

use super::{Pages, consultation, words::in_form, work};
use crate::{
    Caller, PlanService,
    domain::{
        Evidence, Number, Report,
        advice::Given,
        consultation::{Answered, Draft, Outcome, Voice},
    },
    service::NewComment,
};

/// The page of one recommendation for who works on it.
pub(super) async fn recommendation_page(
    pages: &Pages,
    visitor: &Visitor,
    caller: &Caller,
    number: Number,
    written: Option<&work::Written>,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let seen = pages.service.recommendation(caller, number).await?;
    let may_report = pages.service.may(caller, "report-progress", &PlanService::resource_of(&seen.recommendation));
    let may_confirm = pages.service.may(caller, "confirm-progress", &PlanService::committee());
    work::recommendation(visitor, caller, &seen, (may_report, may_confirm), written, errors)
        .ok_or_else(Problem::not_found)
}

fn to_task(number: Number) -> Response {
    Redirect::to(&format!("/plan/tasks/{}#r{number}", number.task)).into_response()
}

impl work::Written {
    fn report(&self) -> Result<Report, Problem> {
        let quarter = self.quarter.parse().map_err(|_| Problem::bad_request())?;
        let done = self
            .done
            .iter()
            .map(|place| place.parse())
            .collect::<Result<_, _>>()
            .map_err(|_| Problem::bad_request())?;
        let evidence = self.evidence_title.iter().zip(&self.evidence_address);
        let evidence = evidence.filter(|(title, address)| !title.trim().is_empty() || !address.trim().is_empty());
        Ok(Report {
            quarter,
            summary: self.summary.trim().to_owned(),
            done,
            complete: self.complete == "yes",
            obstacle: self.obstacle.trim().to_owned(),
            evidence: evidence
                .map(|(title, address)| Evidence { title: title.trim().to_owned(), address: address.trim().to_owned() })
                .collect(),
        })
    }
}

pub(super) async fn report(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(number): Path<Number>,
    Form(written): Form<work::Written>,
) -> Result<Response, Problem> {
    match pages.service.report(&caller, number, written.report()?).await {
        Ok(_) => Ok(to_task(number)),
        Err(error) => {
            let errors = in_form(error, "summary")?;
            Ok(recommendation_page(&pages, &visitor, &caller, number, Some(&written), &errors).await?.into_response())
        }
    }
}

/// A few words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Words {
    note: String,
    reason: String,
    quarter: String,
    granted: String,
    until: Option<Date>,
    improvement: String,
    action: String,
    body: String,
    title: String,
    text: String,
    meeting: String,
    received: Option<Date>,
}

pub(super) async fn confirm(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(number): Path<Number>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    match pages.service.confirm(&caller, number, words.note).await {
        Ok(_) => Ok(to_task(number)),
        Err(error) => {
            let errors = in_form(error, "note")?;
            Ok(recommendation_page(&pages, &visitor, &caller, number, None, &errors).await?.into_response())
        }
    }
}

pub(super) async fn send_back(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(number): Path<Number>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    match pages.service.send_back(&caller, number, words.reason).await {
        Ok(_) => Ok(to_task(number)),
        Err(error) => {
            let errors = in_form(error, "reason")?;
            Ok(recommendation_page(&pages, &visitor, &caller, number, None, &errors).await?.into_response())
        }
    }
}

fn to_desk() -> Response {
    Redirect::to("/plan/work").into_response()
}

pub(super) async fn freeze(
    Of(pages): Of<Pages>,
    caller: Caller,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let quarter = words.quarter.parse().map_err(|_| Problem::bad_request())?;
    pages.service.freeze(&caller, quarter).await?;
    Ok(to_desk())
}

pub(super) async fn advise(
    Of(pages): Of<Pages>,
    caller: Caller,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let given = Given {
        body: words.body,
        title: words.title,
        text: words.text,
        meeting: words.meeting,
        received: words.received.unwrap_or_else(|| caller.today()),
    };
    pages.service.advise(&caller, given).await?;
    Ok(to_desk())
}

pub(super) async fn answer_advice(
    Of(pages): Of<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    pages.service.answer_advice(&caller, &id, words.improvement, words.action).await?;
    Ok(to_desk())
}

pub(super) async fn ask_extension(
    Of(pages): Of<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let until = words.until.ok_or_else(Problem::bad_request)?;
    pages.service.ask_extension(&caller, &id, until, words.reason).await?;
    Ok(to_desk())
}

pub(super) async fn decide_extension(
    Of(pages): Of<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    pages.service.decide_extension(&caller, &id, words.granted == "yes").await?;
    Ok(to_desk())
}

/// What opens a consultation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Opening {
    title: String,
    summary: String,
    text: String,
    from: Option<Date>,
    until: Option<Date>,
    urgent: String,
}

pub(super) async fn open_consultation(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Form(opening): Form<Opening>,
) -> Result<Response, Problem> {
    let today = caller.today();
    let draft = Draft {
        title: opening.title,
        summary: opening.summary,
        paragraphs: consultation::paragraphs(&opening.text),
        from: opening.from.unwrap_or(today),
        until: opening.until.unwrap_or(today),
        urgent: opening.urgent,
    };
    match pages.service.open_consultation(&caller, draft).await {
        Ok(id) => Ok(Redirect::to(&format!("/plan/consultations/{id}")).into_response()),
        Err(error) => {
            let errors = in_form(error, "title")?;
            Ok(consultation::open_form(&visitor, &errors).with_errors().into_response())
        }
    }
}

pub(super) async fn comment(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(id): Path<String>,
    Form(written): Form<consultation::Written>,
) -> Result<Response, Problem> {
    let paragraph = match written.paragraph.as_str() {
        "" => None,
        place => Some(place.parse().map_err(|_| Problem::bad_request())?),
    };
    let voice = match written.voice.as_str() {
        "organisation" => Voice::Organisation,
        "on-paper" => Voice::OnPaper,
        _ => Voice::Person,
    };
    let new = NewComment { paragraph, text: written.text.clone(), voice, organisation: written.organisation.clone() };
    match pages.service.comment(&caller, &id, new).await {
        Ok(comment) => Ok(consultation::received(&visitor, &id, &comment).into_response()),
        Err(error) => {
            let errors = in_form(error, "text")?;
            let report = pages.service.consultation_report(&id).await?;
            Ok(consultation::draft(&visitor, &report, &written, &errors).into_response())
        }
    }
}

/// One answer to a whole group.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GroupAnswer {
    group: String,
    count: usize,
    outcome: String,
    reason: String,
    change: String,
}

pub(super) async fn answer_group(
    Of(pages): Of<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    Form(answer): Form<GroupAnswer>,
) -> Result<Response, Problem> {
    let report = pages.service.consultation_report(&id).await?;
    let same = |group: &&crate::service::Grouped| {
        group.comments.first() == Some(&answer.group) && group.comments.len() == answer.count
    };
    let group = report.groups.iter().find(same).ok_or_else(|| {
        Problem::conflict()
            .detail(
                "그 사이에 의견이 더 들어와 묶음이 바뀌었습니다.",
                "More comments came meanwhile, and the group changed.",
            )
            .what_to_do("묶음을 다시 읽고 답해 주세요.", "Read the group again, then answer it.")
    })?;
    let outcome = Outcome::from_identifier(&answer.outcome).ok_or_else(Problem::bad_request)?;
    let answered = Answered { outcome, reason: answer.reason, change: answer.change };
    pages.service.answer_comments(&caller, &group.comments, &answered).await?;
    Ok(Redirect::to(&format!("/plan/consultations/{id}/report")).into_response())
}
