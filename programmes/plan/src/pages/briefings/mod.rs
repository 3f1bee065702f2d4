//! Briefings for organisations: what is announced, who comes, what is asked and answered.

mod forms;
mod show;

use std::collections::BTreeMap;

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::{Date, Time};
use maru_web::{
    FieldError, Form as Sent, Page, Path, Problem, Query,
    routing::{get, post},
};
use serde::Deserialize;

pub(super) use show::summary;

use super::{Here, Pages, answer, words::in_form};
use crate::{
    ServiceError,
    domain::{Briefing, briefing::Notice},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/briefings", get(list).merge(post(announce)))
        .route("/plan/briefings/new", get(new))
        .route("/plan/briefings/{id}", get(one))
        .route("/plan/briefings/{id}/organisations", post(register))
        .route("/plan/briefings/{id}/invitations", post(invite))
        .route("/plan/briefings/{id}/questions", post(ask))
        .route("/plan/briefings/{id}/questions/{number}", post(answer_question))
        .route("/plan/briefings/{id}/record", post(record))
        .route("/plan/briefings/{id}/cancel", post(cancel))
}

const RUN: &str = "consult";

async fn list(here: Here) -> Result<Page, Problem> {
    let known = here.pages.service.store().briefings().await.map_err(ServiceError::from)?;
    Ok(show::list(&here.visitor, &known, here.may(RUN)))
}

/// What the forms of a briefing send.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Written {
    title: String,
    text: String,
    consultation: String,
    date: String,
    time: String,
    place: String,
    seats: String,
    organisation: String,
    people: String,
    organisations: String,
    question: String,
    answer: String,
    came: String,
    summary: String,
    reason: String,
}

fn number(field: &str, text: &str) -> Result<u32, ServiceError> {
    let wrong = || ServiceError::field(field, "숫자만 적어 주십시오.", "Write a number alone.");
    text.trim().replace(',', "").parse().map_err(|_| wrong())
}

impl Written {
    fn notice(&self) -> Result<Notice, ServiceError> {
        let wrong = |field, ko, en| ServiceError::field(field, ko, en);
        let day: Date =
            self.date.trim().parse().map_err(|_| wrong("date", "날짜를 골라 주십시오.", "Choose the day."))?;
        let time: Time = self
            .time
            .trim()
            .parse()
            .map_err(|_| wrong("time", "시각을 14:00처럼 적어 주십시오.", "Write the time as 14:00."))?;
        Ok(Notice {
            title: self.title.trim().to_owned(),
            text: self.text.trim().to_owned(),
            consultation: Some(self.consultation.clone()).filter(|id| !id.is_empty()),
            at: day.to_datetime(time),
            place: self.place.trim().to_owned(),
            seats: number("seats", &self.seats)?,
        })
    }

    /// Who came: on each line an organisation, a tab or comma, and how many.
    fn attendance(&self) -> Result<BTreeMap<String, u32>, ServiceError> {
        let mut came = BTreeMap::new();
        for (at, line) in (1..).zip(self.came.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let parted = line.rsplit_once(['\t', ',']);
            let read = parted.and_then(|(name, people)| Some((name.trim(), people.trim().parse().ok()?)));
            let Some((name, people)) = read.filter(|(name, _)| !name.is_empty()) else {
                return Err(ServiceError::field(
                    "came",
                    format!("{at}째 줄: 단체 이름, 쉼표, 사람 수를 적어 주십시오."),
                    format!("Line {at}: write the organisation, a comma, and how many."),
                ));
            };
            came.insert(name.to_owned(), people);
        }
        Ok(came)
    }
}

/// Of which consultation a briefing is announced.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    consultation: String,
}

async fn new(here: Here, Query(Wanted { consultation }): Query<Wanted>) -> Result<Page, Problem> {
    here.permit(RUN)?;
    let written = Written { consultation, ..Written::default() };
    announce_page(&here, &written, &[]).await
}

async fn announce_page(here: &Here, written: &Written, errors: &[FieldError]) -> Result<Page, Problem> {
    let consultations = here.pages.service.store().consultations().await.map_err(ServiceError::from)?;
    Ok(forms::announce(&here.visitor, &consultations, written, errors))
}

async fn announce(here: Here, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    here.permit(RUN)?;
    let result = match written.notice() {
        Ok(notice) => here.pages.service.announce_briefing(&here.caller, notice).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(id) => Ok(Redirect::to(&format!("/plan/briefings/{id}")).into_response()),
        Err(error) => Ok(announce_page(&here, &written, &in_form(error, "title")?).await?.into_response()),
    }
}

async fn shown(here: &Here, id: &str, written: &Written, errors: &[FieldError]) -> Result<Page, Problem> {
    let known = here.pages.service.briefing(id).await?;
    show::page(&here.visitor, &known, here.may(RUN), (written, errors)).ok_or_else(Problem::not_found)
}

async fn one(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &Written::default(), &[]).await
}

async fn after(
    here: &Here,
    id: &str,
    field: &str,
    written: &Written,
    result: Result<Briefing, ServiceError>,
) -> Result<Response, Problem> {
    let on = format!("/plan/briefings/{id}");
    answer(result, (field, &on), async |errors| shown(here, id, written, &errors).await).await
}

async fn register(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = match number("people", &written.people) {
        Ok(people) => {
            let said = (written.organisation.clone(), people);
            here.pages.service.register_organisation(&here.caller, &id, said).await
        }
        Err(error) => Err(error),
    };
    after(&here, &id, "organisation", &written, result).await
}

async fn invite(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let lines = written.organisations.lines().map(str::trim).filter(|line| !line.is_empty());
    let names = lines.map(str::to_owned).collect();
    let result = here.pages.service.invite_organisations(&here.caller, &id, names).await;
    after(&here, &id, "organisations", &written, result).await
}

async fn ask(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let asked = (written.organisation.as_str(), written.question.as_str());
    let result = here.pages.service.ask_briefing(&here.caller, &id, asked).await;
    after(&here, &id, "question", &written, result).await
}

async fn answer_question(
    here: Here,
    Path((id, number)): Path<(String, usize)>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let answered = (number, written.answer.trim().to_owned());
    let result = here.pages.service.answer_briefing(&here.caller, &id, answered).await;
    after(&here, &id, "main", &Written::default(), result).await
}

async fn record(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = match written.attendance() {
        Ok(came) => here.pages.service.record_briefing(&here.caller, &id, (came, &written.summary)).await,
        Err(error) => Err(error),
    };
    after(&here, &id, "summary", &written, result).await
}

async fn cancel(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.cancel_briefing(&here.caller, &id, written.reason.clone()).await;
    after(&here, &id, "reason", &written, result).await
}
