//! Deliberations: agree or disagree with short statements, add one's own, see where groups agree and where they part.

mod result;
mod show;

use std::collections::BTreeMap;

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_web::{
    FieldError, Form, Page, Path, Problem, Query,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Here, Pages, answer,
    words::{in_form, number_written},
};
use crate::{
    PlanService, ServiceError,
    domain::deliberation::{Question, Stance},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/deliberations", get(list).merge(post(open)))
        .route("/plan/deliberations/new", get(new))
        .route("/plan/deliberations/{id}", get(one))
        .route("/plan/deliberations/{id}/votes", post(vote))
        .route("/plan/deliberations/{id}/statements", post(propose))
        .route("/plan/deliberations/{id}/statements/{number}", post(moderate))
        .route("/plan/deliberations/{id}/conclusion", post(conclude))
        .route("/plan/deliberations/{id}/groups", get(groups))
}

/// What lets the committee open deliberations and look at statements.
const RUN: &str = "consult";

async fn list(here: Here) -> Result<Page, Problem> {
    let store = here.pages.service.store();
    let known = store.deliberations().await.map_err(ServiceError::from)?;
    let people = store.participants().await.map_err(ServiceError::from)?;
    Ok(show::list(&here.visitor, &known, &people, here.may(RUN)))
}

async fn new(here: Here) -> Result<Page, Problem> {
    here.permit(RUN)?;
    Ok(show::open_form(&here.visitor, &Opening::default(), &[]))
}

/// What opens a deliberation.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Opening {
    title: String,
    text: String,
    statements: String,
    from: String,
    until: String,
    signed_in: String,
    recommendation: String,
}

impl Opening {
    fn question(&self, today: Date) -> Result<Question, ServiceError> {
        let day = |text: &str| text.trim().parse().unwrap_or(today);
        Ok(Question {
            title: self.title.trim().to_owned(),
            text: self.text.trim().to_owned(),
            from: day(&self.from),
            until: day(&self.until),
            signed_in: self.signed_in == "yes",
            recommendation: number_written(&self.recommendation, "84-1")?,
        })
    }
}

async fn open(here: Here, Form(opening): Form<Opening>) -> Result<Response, Problem> {
    let statements = opening.statements.lines().map(str::trim).filter(|line| !line.is_empty());
    let statements = statements.map(str::to_owned).collect();
    let result = match opening.question(here.caller.today()) {
        Ok(question) => here.pages.service.open_deliberation(&here.caller, question, statements).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(id) => Ok(Redirect::to(&format!("/plan/deliberations/{id}")).into_response()),
        Err(error) => {
            let errors = in_form(error, "statements")?;
            Ok(show::open_form(&here.visitor, &opening, &errors).into_response())
        }
    }
}

/// Under what name a stranger's votes are kept: only who was given it knows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Me {
    me: String,
}

async fn shown(here: &Here, id: &str, me: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let known = here.pages.service.deliberation(id).await?;
    let voter = PlanService::voter(&here.caller, id).or_else(|| Some(me.to_owned()).filter(|me| !me.is_empty()));
    let own = match &voter {
        Some(voter) => here.pages.service.store().stances(voter).await.map_err(ServiceError::from)?,
        None => None,
    };
    let own = own.filter(|own| own.deliberation == id).map(|own| own.votes).unwrap_or_default();
    let question = known.state.question.as_ref().ok_or_else(Problem::not_found)?;
    let rights =
        show::Rights { takes_part: here.pages.service.takes_part(&here.caller, question).is_ok(), runs: here.may(RUN) };
    Ok(show::page(&here.visitor, &known, (&own, me), rights, errors))
}

async fn one(here: Here, Path(id): Path<String>, Query(Me { me }): Query<Me>) -> Result<Page, Problem> {
    shown(&here, &id, &me, &[]).await
}

async fn vote(
    here: Here,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let votes: BTreeMap<usize, Stance> = fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("vote-")?.parse().ok()?, Stance::from_identifier(value)?)))
        .collect();
    let me = fields.iter().find(|(name, _)| name == "me").map(|(_, value)| value.clone()).unwrap_or_default();
    let before = Some(me.clone()).filter(|me| !me.is_empty());
    match here.pages.service.vote_on_statements(&here.caller, &id, before, votes).await {
        Ok(name) => {
            let me = if here.caller.principal.is_none() { format!("?me={name}") } else { String::new() };
            Ok(Redirect::to(&format!("/plan/deliberations/{id}/groups{me}")).into_response())
        }
        Err(error) => {
            let errors = in_form(error, "main")?;
            Ok(shown(&here, &id, &me, &errors).await?.into_response())
        }
    }
}

/// A few words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    statement: String,
    me: String,
    show: String,
    reason: String,
    conclusion: String,
}

async fn propose(here: Here, Path(id): Path<String>, Form(said): Form<Said>) -> Result<Response, Problem> {
    match here.pages.service.propose_statement(&here.caller, &id, &said.statement).await {
        Ok(_) => Ok(show::received(&here.visitor, &id, &said.me).into_response()),
        Err(error) => {
            let errors = in_form(error, "statement")?;
            Ok(shown(&here, &id, &said.me, &errors).await?.into_response())
        }
    }
}

async fn moderate(
    here: Here,
    Path((id, number)): Path<(String, usize)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let refused = if said.show == "yes" { None } else { Some(said.reason.trim().to_owned()) };
    let result = here.pages.service.moderate_statement(&here.caller, &id, number, refused).await;
    let on = format!("/plan/deliberations/{id}");
    answer(result, ("reason", &on), async |errors| shown(&here, &id, "", &errors).await).await
}

async fn conclude(here: Here, Path(id): Path<String>, Form(said): Form<Said>) -> Result<Response, Problem> {
    let result = here.pages.service.conclude_deliberation(&here.caller, &id, said.conclusion).await;
    let on = format!("/plan/deliberations/{id}");
    answer(result, ("conclusion", &on), async |errors| shown(&here, &id, "", &errors).await).await
}

async fn groups(here: Here, Path(id): Path<String>, Query(Me { me }): Query<Me>) -> Result<Page, Problem> {
    let known = here.pages.service.deliberation(&id).await?;
    let opinions = here.pages.service.opinions(&id).await?;
    result::page(&here.visitor, &known, &opinions, &me).ok_or_else(Problem::not_found)
}
