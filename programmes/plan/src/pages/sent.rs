//! What happens when a form is sent: the service is asked; then the page is shown again, or the form with its errors.

use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use maru_web::{FieldError, Form, Page, Path, Problem, SentFile, SentParts};
use serde::Deserialize;

use super::{Here, answer, consultation, entry, sent_meetings::evidence_of, words::in_form, work};
use crate::{
    Caller, PlanService, ServiceError,
    digest::sha256,
    domain::{
        Number, Quarter, Report,
        advice::Given,
        consultation::{Answered, Outcome, Voice},
        file::{Withdrawer, readable_name},
    },
    service::{Files, NewComment, NewFile},
};

/// The page of one recommendation for who works on it.
pub(super) async fn recommendation_page(
    here: &Here,
    number: Number,
    written: Option<&work::Written>,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let service = &here.pages.service;
    let seen = service.recommendation(&here.caller, number).await?;
    // What was left out of the plan can be read, not written.
    let in_plan = seen.recommendation.left_out.is_none();
    let resource = PlanService::resource_of(&seen.recommendation);
    let may_report = in_plan && service.may(&here.caller, "report-progress", &resource);
    let may_confirm = in_plan && here.may("confirm-progress");
    let may_amend = in_plan && here.may(entry::AMEND);
    let withdraws = service.withdraws(&here.caller, &seen.recommendation);
    let is_body = matches!(withdraws, Some(Withdrawer::Body(_)));
    let may_withdraw = withdraws.is_some() && !(is_body && seen.recommendation.confirmed);
    let rights = (may_report, may_confirm, may_amend, may_withdraw);
    let mut written = written.cloned().unwrap_or_default();
    if written.key.is_empty() {
        written.key = service.draw();
    }
    work::recommendation(&here.visitor, &here.caller, &seen, rights, &written, errors).ok_or_else(Problem::not_found)
}

fn task_of(number: Number) -> String {
    format!("/plan/tasks/{}#r{number}", number.task)
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
        Ok(Report {
            quarter,
            summary: self.summary.trim().to_owned(),
            done,
            complete: self.complete == "yes",
            obstacle: self.obstacle.trim().to_owned(),
            evidence: evidence.flat_map(|(title, address)| evidence_of(title, address)).collect(),
            files: Vec::new(),
        })
    }

    /// The files that were sent with it, and those that stay. What is shown again are their names.
    fn files(&mut self, sent: Vec<SentFile>) -> Files {
        let only_names = std::mem::take(&mut self.file).into_iter().filter(|name| !name.is_empty());
        let mut new: Vec<NewFile> = only_names.map(|name| NewFile { name, size: 0, content: None }).collect();
        new.extend(sent.into_iter().filter(|file| file.field == "file").map(NewFile::from));
        self.file = new.iter().map(|file| readable_name(&file.name)).collect();
        Files { new, keep: self.keep.clone() }
    }

    /// The caller with a key that the same form has when it is sent twice, and another when something in it was changed in between.
    fn recognised(&self, caller: &Caller, contents: &[String]) -> Caller {
        let is_ours = self.key.len() == 36 && self.key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if !is_ours {
            return caller.clone();
        }
        let said = format!("{self:?}{contents:?}");
        caller.clone().idempotent(Some(format!("{}-{}", self.key, sha256(said.as_bytes()))))
    }
}

/// Files with the digests of what came in them. Hashing many megabytes takes its time: nobody else waits for that.
async fn with_digests(files: Files) -> Result<(Files, Vec<String>), Problem> {
    let hashing = tokio::task::spawn_blocking(move || {
        let contents = files.new.iter().map(|file| sha256(file.content.as_deref().unwrap_or_default())).collect();
        (files, contents)
    });
    hashing.await.map_err(|error| ServiceError::Internal(error.to_string()).into())
}

pub(super) async fn report(here: Here, Path(number): Path<Number>, sent: SentParts) -> Result<Response, Problem> {
    let mut written: work::Written = sent.form()?;
    let files = written.files(sent.files);
    let (files, contents) = with_digests(files).await?;
    let caller = written.recognised(&here.caller, &contents);
    let result = here.pages.service.report_with_files(&caller, number, written.report()?, files).await;
    let again = async |errors: Vec<FieldError>| recommendation_page(&here, number, Some(&written), &errors).await;
    answer(result, ("summary", &task_of(number)), again).await
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
    here: Here,
    Path(number): Path<Number>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let result = here.pages.service.confirm(&here.caller, number, words.note).await;
    let again = async |errors: Vec<FieldError>| recommendation_page(&here, number, None, &errors).await;
    answer(result, ("note", &task_of(number)), again).await
}

pub(super) async fn send_back(
    here: Here,
    Path(number): Path<Number>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let result = here.pages.service.send_back(&here.caller, number, words.reason).await;
    let again = async |errors: Vec<FieldError>| recommendation_page(&here, number, None, &errors).await;
    answer(result, ("reason", &task_of(number)), again).await
}

fn to_desk() -> Response {
    Redirect::to("/plan/work").into_response()
}

pub(super) async fn freeze(here: Here, Form(words): Form<Words>) -> Result<Response, Problem> {
    let quarter: Quarter = words.quarter.parse().map_err(|_| Problem::bad_request())?;
    here.pages.service.freeze(&here.caller, quarter).await?;
    Ok(Redirect::to(&format!("/plan/quarters/{quarter}")).into_response())
}

pub(super) async fn advise(here: Here, Form(words): Form<Words>) -> Result<Response, Problem> {
    let given = Given {
        body: words.body,
        title: words.title,
        text: words.text,
        meeting: words.meeting,
        received: words.received.unwrap_or_else(|| here.caller.today()),
    };
    here.pages.service.advise(&here.caller, given).await?;
    Ok(to_desk())
}

pub(super) async fn answer_advice(
    here: Here,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    here.pages.service.answer_advice(&here.caller, &id, words.improvement, words.action).await?;
    Ok(to_desk())
}

pub(super) async fn ask_extension(
    here: Here,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let until = words.until.ok_or_else(Problem::bad_request)?;
    here.pages.service.ask_extension(&here.caller, &id, until, words.reason).await?;
    Ok(to_desk())
}

pub(super) async fn decide_extension(
    here: Here,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    here.pages.service.decide_extension(&here.caller, &id, words.granted == "yes").await?;
    Ok(to_desk())
}

pub(super) async fn comment(
    here: Here,
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
    match here.pages.service.comment(&here.caller, &id, new).await {
        Ok(comment) => Ok(consultation::received(&here.visitor, &id, &comment).into_response()),
        Err(error) => {
            let errors = in_form(error, "text")?;
            let report = here.pages.service.consultation_report(&id).await?;
            Ok(consultation::draft(&here.visitor, &report, (&written, here.may("consult")), &errors).into_response())
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
    here: Here,
    Path(id): Path<String>,
    Form(answer): Form<GroupAnswer>,
) -> Result<Response, Problem> {
    let report = here.pages.service.consultation_report(&id).await?;
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
    here.pages.service.answer_comments(&here.caller, &group.comments, &answered).await?;
    Ok(Redirect::to(&format!("/plan/consultations/{id}/report")).into_response())
}
