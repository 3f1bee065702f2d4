//! Addresses of meetings, and what happens when one of their forms is sent.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::{Date, Time};
use maru_web::{
    FieldError, Form, Page, Path, Problem, Query,
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, field, meeting, meeting_run, meetings, words::in_form};
use crate::{
    ServiceError,
    domain::{
        Evidence,
        meeting::{Agenda, Ballot, Proposal, Recusal, RecusalGround},
    },
    import::given_deadline,
    service::Convening,
};

/// What it takes to convene meetings and to lead them.
pub(super) const RUN: &str = "run-meetings";

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    let item = Router::new()
        .route("/remove", post(remove_item))
        .route("/opening", post(open_vote))
        .route("/vote", post(vote))
        .route("/recusals", post(recuse))
        .route("/defer", post(defer))
        .route("/carry-out", post(carry_out))
        .route("/report", post(report_assignment))
        .route("/done", post(close_assignment));
    Router::new()
        .route("/plan/meetings", get(list).merge(post(convene)))
        .route("/plan/meetings/{id}", get(show))
        .route("/plan/meetings/{id}/run", get(run))
        .route("/plan/meetings/{id}/items", post(add_item))
        .route("/plan/meetings/{id}/invitation", post(invite))
        .route("/plan/meetings/{id}/attendance", post(attend))
        .route("/plan/meetings/{id}/close", post(close))
        .route("/plan/meetings/{id}/approval", post(approve))
        .nest("/plan/meetings/{id}/items/{item}", item)
}

pub(super) async fn list_page(here: &Here, errors: &[FieldError]) -> Result<Page, Problem> {
    let councils = here.pages.service.store().councils().await.map_err(ServiceError::from)?;
    let found = here.pages.service.meetings(&here.caller).await?;
    Ok(meetings::list(&here.visitor, &councils, &found, here.may(RUN), errors))
}

async fn list(here: Here) -> Result<Page, Problem> {
    list_page(&here, &[]).await
}

async fn show(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    let named = here.pages.service.meeting(&here.caller, &id).await?;
    let council = named.state.convened.as_ref().map(|convened| convened.council.clone()).unwrap_or_default();
    let votes = here.pages.service.own_seat(&here.caller, &council).await?.is_some();
    meeting::page(&here.visitor, &named, here.may(RUN), votes).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RunAddress {
    item: usize,
}

async fn run_page(here: &Here, id: &str, chosen: usize, errors: &[FieldError]) -> Result<Page, Problem> {
    run_page_with(here, id, (chosen, ItemPart::default()), errors).await
}

/// The page with an item that was written and not taken.
async fn run_page_with(
    here: &Here,
    id: &str,
    (chosen, written): (usize, ItemPart),
    errors: &[FieldError],
) -> Result<Page, Problem> {
    here.permit(RUN)?;
    let named = here.pages.service.meeting(&here.caller, id).await?;
    let advices = here.pages.service.store().advices().await.map_err(ServiceError::from)?;
    let asked = advices.into_iter().filter(|advice| advice.state.asked.is_some());
    let requests = asked.filter_map(|advice| Some((advice.id, advice.state.given?.title))).collect();
    // Without a choice the first item that waits for its vote.
    let open = named.state.items.iter().position(crate::domain::meeting::Item::is_open).map_or(1, |at| at + 1);
    let around = meeting_run::Around { requests, chosen: if chosen == 0 { open } else { chosen }, written };
    meeting_run::page(&here.visitor, &named, &around, errors).ok_or_else(Problem::not_found)
}

async fn run(here: Here, Path(id): Path<String>, Query(address): Query<RunAddress>) -> Result<Page, Problem> {
    run_page(&here, &id, address.item, &[]).await
}

fn to_run(id: &str, item: usize) -> Response {
    let item = if item == 0 { String::new() } else { format!("?item={item}#item") };
    Redirect::to(&format!("/plan/meetings/{id}/run{item}")).into_response()
}

/// The page again where it was refused; where it was done, the page as it is now.
async fn done<T>(
    result: Result<T, ServiceError>,
    field: &str,
    here: &Here,
    (id, item): (&str, usize),
) -> Result<Response, Problem> {
    match result {
        Ok(_) => Ok(to_run(id, item)),
        Err(error) => {
            let errors = in_form(error, field)?;
            Ok(run_page(here, id, item, &errors).await?.into_response())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ConvenePart {
    council: String,
    title: String,
    date: String,
    time: String,
    place: String,
}

async fn convene(here: Here, Form(part): Form<ConvenePart>) -> Result<Response, Problem> {
    let date: Option<Date> = part.date.parse().ok();
    let time: Option<Time> = format!("{}:00", part.time.trim()).parse().ok();
    let result = match (date, time) {
        (Some(date), Some(time)) => {
            let at = date.to_datetime(time);
            here.pages
                .service
                .convene(&here.caller, Convening { council: part.council, title: part.title, at, place: part.place })
                .await
        }
        (None, _) => Err(ServiceError::field("date", "날짜를 골라 주십시오.", "Choose the date.")),
        _ => Err(ServiceError::field("time", "시각을 14:00처럼 적어 주십시오.", "Write the time as 14:00.")),
    };
    match result {
        Ok(id) => Ok(to_run(&id, 0)),
        Err(error) => {
            let errors = in_form(error, "title")?;
            // Who may not convene is told so, whatever else is wrong.
            here.permit(RUN)?;
            Ok(list_page(&here, &errors).await?.into_response())
        }
    }
}

/// An item of an agenda as it was written.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct ItemPart {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) kind: String,
    pub(super) body: String,
    pub(super) due: String,
    pub(super) number: String,
    pub(super) new_text: String,
    pub(super) deadlines: String,
    pub(super) label: String,
    pub(super) leaves_out: String,
    pub(super) advice: String,
    pub(super) parties: String,
    pub(super) evidence_address: String,
}

impl ItemPart {
    fn agenda(&self) -> Result<Agenda, ServiceError> {
        let proposal = self.proposal()?;
        let parties = self.parties.split(',').map(str::trim).filter(|party| !party.is_empty());
        Ok(Agenda {
            parties: parties.map(str::to_owned).collect(),
            title: self.title.trim().to_owned(),
            text: self.text.trim().to_owned(),
            papers: papers_of(&self.evidence_address),
            proposal,
        })
    }

    fn proposal(&self) -> Result<Proposal, ServiceError> {
        let wrong = |field: &str, ko: &str, en: &str| Err(ServiceError::field(field, ko, en));
        Ok(match self.kind.as_str() {
            "report" => Proposal::Report,
            "assign" => match self.due.parse() {
                Ok(due) => Proposal::Assign { body: self.body.clone(), due },
                Err(_) => return wrong("due", "언제까지인지 골라 주십시오.", "Choose until when."),
            },
            "advise" => Proposal::Advise { body: self.body.clone() },
            "amend" => {
                let Ok(number) = self.number.trim().parse() else {
                    return wrong("number", "권고 번호를 58-1처럼 적어 주십시오.", "Write the number as 58-1.");
                };
                let deadlines = self.deadlines.split_whitespace().map(given_deadline).collect::<Result<_, _>>();
                match deadlines {
                    Ok(deadlines) => Proposal::Amend { number, text: self.new_text.trim().to_owned(), deadlines },
                    Err(error) => return wrong("deadlines", "기한을 by26Q4처럼 적어 주십시오.", &error),
                }
            }
            "version" => {
                let numbers = self.leaves_out.split(|one: char| one.is_whitespace() || one == ',');
                let numbers = numbers.filter(|one| !one.is_empty()).map(str::parse).collect::<Result<Vec<_>, _>>();
                match numbers {
                    Ok(leaves_out) => Proposal::Version { label: self.label.trim().to_owned(), leaves_out },
                    Err(_) => {
                        return wrong(
                            "leaves_out",
                            "권고 번호를 58-1처럼 적어 주십시오.",
                            "Write the numbers as 58-1.",
                        );
                    }
                }
            }
            "extend" => Proposal::Extend { advice: self.advice.clone() },
            _ => Proposal::Resolve,
        })
    }
}

async fn add_item(here: Here, Path(id): Path<String>, Form(part): Form<ItemPart>) -> Result<Response, Problem> {
    let result = match part.agenda() {
        Ok(agenda) => here.pages.service.add_item(&here.caller, &id, agenda).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(_) => Ok(to_run(&id, 0)),
        Err(error) => {
            let errors = in_form(error, "title")?;
            Ok(run_page_with(&here, &id, (0, part), &errors).await?.into_response())
        }
    }
}

async fn remove_item(here: Here, Path((id, item)): Path<(String, usize)>) -> Result<Response, Problem> {
    let result = here.pages.service.remove_item(&here.caller, &id, item).await;
    done(result, "title", &here, (&id, 0)).await
}

async fn invite(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    let result = here.pages.service.invite(&here.caller, &id).await;
    done(result, "title", &here, (&id, 0)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AttendancePart {
    present: BTreeSet<String>,
}

async fn attend(here: Here, Path(id): Path<String>, Form(part): Form<AttendancePart>) -> Result<Response, Problem> {
    let result = here.pages.service.attend(&here.caller, &id, part.present).await;
    done(result, "present", &here, (&id, 0)).await
}

async fn open_vote(here: Here, Path((id, item)): Path<(String, usize)>) -> Result<Response, Problem> {
    let result = here.pages.service.open_vote(&here.caller, &id, item).await;
    done(result, "item", &here, (&id, item)).await
}

async fn vote(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let unanimous = fields.iter().any(|(name, _)| name == "unanimous");
    let ballots: BTreeMap<String, Ballot> = if unanimous {
        let meeting = here.pages.service.meeting(&here.caller, &id).await?.state;
        let known = meeting.item(item).ok_or_else(Problem::not_found)?;
        let own = meeting.own_ballots(known);
        let others = meeting.voters(known).into_iter().filter(|seat| !own.contains_key(&seat.id));
        others.map(|seat| (seat.id.clone(), Ballot::For)).collect()
    } else {
        let cast = fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("ballot-")?, value)));
        cast.filter_map(|(seat, value)| Some((seat.to_owned(), Ballot::from_identifier(value)?))).collect()
    };
    let result = here.pages.service.vote(&here.caller, &id, item, ballots).await;
    done(result, "item", &here, (&id, item)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ItemWords {
    seat: String,
    ground: String,
    in_favour: String,
    recusal_reason: String,
    defer_reason: String,
    text: String,
    note: String,
    evidence_title: String,
    evidence_address: String,
}

async fn recuse(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Form(words): Form<ItemWords>,
) -> Result<Response, Problem> {
    let recusal = Recusal {
        seat: words.seat,
        ground: RecusalGround::from_identifier(&words.ground).ok_or_else(Problem::bad_request)?,
        reason: words.recusal_reason.trim().to_owned(),
        in_favour: words.in_favour.trim().parse().unwrap_or(0),
    };
    let result = here.pages.service.recuse(&here.caller, &id, item, recusal).await;
    done(result, "recusal_reason", &here, (&id, item)).await
}

async fn defer(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Form(words): Form<ItemWords>,
) -> Result<Response, Problem> {
    let result = here.pages.service.defer(&here.caller, &id, item, words.defer_reason.trim().to_owned()).await;
    done(result, "defer_reason", &here, (&id, item)).await
}

async fn carry_out(here: Here, Path((id, item)): Path<(String, usize)>) -> Result<Response, Problem> {
    let result = here.pages.service.carry_out(&here.caller, &id, item).await;
    done(result, "item", &here, (&id, item)).await
}

async fn close(
    here: Here,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let meeting = here.pages.service.meeting(&here.caller, &id).await?.state;
    let remark = |number: usize| field::value(&fields, &format!("remark-{number}")).trim().to_owned();
    let remarks = (1..=meeting.items.len()).map(remark).collect();
    let result = here.pages.service.close_meeting(&here.caller, &id, remarks).await;
    done(result, "item", &here, (&id, 0)).await
}

async fn approve(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    match here.pages.service.approve_minutes(&here.caller, &id).await {
        Ok(_) => Ok(Redirect::to(&format!("/plan/meetings/{id}")).into_response()),
        Err(error) => done::<()>(Err(error), "item", &here, (&id, 0)).await,
    }
}

/// Papers as a form has them: one a line, the name and behind it the address.
fn papers_of(text: &str) -> Vec<Evidence> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let parted = lines.map(|line| line.rsplit_once(char::is_whitespace).unwrap_or((line, "")));
    parted.map(|(title, address)| Evidence { title: title.trim().to_owned(), address: address.to_owned() }).collect()
}

/// Evidence that was written into a form; nothing where both fields are empty.
pub(super) fn evidence_of(title: &str, address: &str) -> Vec<Evidence> {
    let one = Evidence { title: title.trim().to_owned(), address: address.trim().to_owned() };
    let written = !one.title.is_empty() || !one.address.is_empty();
    Some(one).filter(|_| written).into_iter().collect()
}

async fn report_assignment(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Form(words): Form<ItemWords>,
) -> Result<Response, Problem> {
    let evidence = evidence_of(&words.evidence_title, &words.evidence_address);
    here.pages.service.report_assignment(&here.caller, &id, item, words.text.trim().to_owned(), evidence).await?;
    Ok(Redirect::to("/plan/work").into_response())
}

async fn close_assignment(
    here: Here,
    Path((id, item)): Path<(String, usize)>,
    Form(words): Form<ItemWords>,
) -> Result<Response, Problem> {
    here.pages.service.close_assignment(&here.caller, &id, item, words.note.trim().to_owned()).await?;
    Ok(Redirect::to("/plan/work").into_response())
}

#[cfg(test)]
mod tests {
    use super::papers_of;

    #[test]
    fn papers_are_written_one_a_line() {
        let papers = papers_of("검토 보고 https://example.go.kr/1\r\n\r\n 비용  https://example.go.kr/2 \n주소 없음");
        let found: Vec<(&str, &str)> = papers.iter().map(|one| (one.title.as_str(), one.address.as_str())).collect();
        let expected =
            [("검토 보고", "https://example.go.kr/1"), ("비용", "https://example.go.kr/2"), ("주소", "없음")];
        assert_eq!(found, expected, "what is no address is refused where evidence is checked");
    }
}
