//! What people see.
//!
//! `citizen` and `official` hold the pages, as functions from what is known to markup; this module and `sent` hold the
//! addresses and what happens when a form is sent. Nothing is decided here: everything goes through the service.

mod citizen;
mod code_cookie;
mod limits;
mod official;
mod sent;
mod sources;
mod words;

use axum::{
    Router,
    extract::{FromRequestParts, State as Of},
    http::{header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{ToSpan, civil::Date};
use maru_knowledge::{Query as KnowledgeQuery, SourceKind};
use maru_web::{
    Page, Path, Problem, Query, Visitor,
    routing::{get, post},
};
use serde::Deserialize;

use self::official::queue::{Desk, QueueAddress};
use crate::{
    Caller, InquiryService, ServiceError,
    domain::{Receipt, State, day_of},
    store::{Cursor, QueueFilter},
};

/// What pages stand on. Clone it freely.
#[derive(Debug, Clone)]
pub struct Pages {
    service: InquiryService,
    /// Whether cookies must travel over https only.
    secure: bool,
}

/// How many passages a search shows.
const RESULTS: usize = 20;

impl Pages {
    /// Pages over `service`; `secure` where people reach them over https.
    pub fn new(service: InquiryService, secure: bool) -> Self {
        Self { service, secure }
    }

    /// All addresses. Put it into [`maru_web::router`].
    pub fn router(self) -> Router {
        let citizen = Router::new()
            .route("/", get(ask))
            .route("/search", get(search))
            .route("/sources", get(passage))
            .route("/inquiries", get(mine).merge(post(sent::submit)))
            .route("/inquiries/check", post(sent::check))
            .route("/inquiries/find", get(find).merge(post(sent::find)))
            .route("/inquiries/{receipt}", get(case))
            .route("/inquiries/{receipt}/proof", get(proof))
            .route("/inquiries/{receipt}/everything", get(everything))
            .route("/inquiries/{receipt}/completion", post(sent::completion))
            .route("/inquiries/{receipt}/more-time", post(sent::more_time))
            .route("/inquiries/{receipt}/correction", post(sent::correction))
            .route("/inquiries/{receipt}/withdrawal", post(sent::withdrawal))
            .route("/inquiries/{receipt}/objection", post(sent::objection))
            .route("/inquiries/{receipt}/rating", post(sent::rating))
            .route("/inquiries/{receipt}/erasure", post(sent::erasure));
        let official = Router::new()
            .route("/work", get(queue))
            .route("/work/statistics", get(statistics))
            .route("/work/holidays", get(holidays).merge(post(sent::holiday)))
            .route("/work/learning", get(learning).merge(post(sent::learn)))
            .route("/work/new", get(intake).merge(post(sent::intake)))
            .route("/work/{receipt}", get(desk))
            .route("/work/{receipt}/{step}", post(sent::step));
        citizen.merge(official).with_state(self)
    }
}

/// The person who asks, with the code of the case where the browser keeps it.
impl FromRequestParts<Pages> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, pages).await?;
        Ok(Self::new(visitor.principal, visitor.now).with_code(code_cookie::read(&parts.headers)))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Begun {
    text: String,
}

async fn ask(visitor: Visitor, Query(begun): Query<Begun>) -> Page {
    citizen::ask::page(&visitor, &begun.text, &[])
}

async fn find(visitor: Visitor) -> Page {
    citizen::find::page(&visitor, "", &[])
}

async fn mine(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Response, Problem> {
    if visitor.is_staff() {
        return Ok(Redirect::to("/work").into_response());
    }
    let filter = QueueFilter { limit: 200, ..QueueFilter::default() };
    let page = pages.service.my_cases(&caller, filter).await?;
    let rows: Vec<_> = page.rows.into_iter().map(|row| (row.clone(), row.title)).collect();
    Ok(citizen::mine::page(&visitor, &rows).into_response())
}

async fn case(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Response, Problem> {
    if visitor.is_staff() {
        return Ok(Redirect::to(&format!("/work/{receipt}")).into_response());
    }
    match pages.service.citizen_case(&caller, &receipt).await {
        Ok(view) => {
            Ok(citizen::case::page(&visitor, &view, pages.service.agency(), &citizen::form::Sent::default(), &[])
                .into_response())
        }
        // A stranger with a receipt number in hand is asked for the code rather than to sign in.
        Err(ServiceError::SignInRequired) => Ok(citizen::find::page(&visitor, receipt.as_str(), &[]).into_response()),
        Err(error) => Err(error.into()),
    }
}

async fn proof(Of(pages): Of<Pages>, caller: Caller, Path(receipt): Path<Receipt>) -> Result<Response, Problem> {
    let document = pages.service.proof(&caller, &receipt).await?;
    Ok(download(&format!("{receipt}.proof.json"), document))
}

async fn everything(Of(pages): Of<Pages>, caller: Caller, Path(receipt): Path<Receipt>) -> Result<Response, Problem> {
    let document = pages.service.download(&caller, &receipt).await?;
    Ok(download(&format!("{receipt}.json"), document.to_string()))
}

fn download(name: &str, document: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, document).into_response()
}

async fn search(Of(pages): Of<Pages>, visitor: Visitor, Query(asked): Query<sources::Search>) -> Result<Page, Problem> {
    let Some(knowledge) = pages.service.understanding().knowledge().cloned() else {
        return Ok(sources::search_page(&visitor, &asked, &[], maru_knowledge::Counts::default()));
    };
    let words: String = maru_privacy::mask(asked.q.trim()).masked.chars().take(400).collect();
    let counts = knowledge.counts();
    if words.is_empty() {
        return Ok(sources::search_page(&visitor, &asked, &[], counts));
    }
    let mut query = KnowledgeQuery::new(words, RESULTS);
    query.kinds.extend(SourceKind::from_name(&asked.kind));
    query.ministry = Some(asked.ministry.trim().to_owned()).filter(|ministry| !ministry.is_empty());
    query.in_force_on = Some(asked.on.trim().parse().unwrap_or_else(|_| day_of(visitor.now)));
    let hits = tokio::task::spawn_blocking(move || knowledge.search(&query)).await;
    let hits = hits.map_err(|_| Problem::internal())?.map_err(|error| {
        tracing::error!(%error, "a search failed");
        Problem::unavailable()
    })?;
    Ok(sources::search_page(&visitor, &asked, &hits, counts))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PassageAddress {
    id: String,
}

async fn passage(Of(pages): Of<Pages>, visitor: Visitor, Query(asked): Query<PassageAddress>) -> Result<Page, Problem> {
    let knowledge = pages.service.understanding().knowledge().ok_or_else(Problem::not_found)?;
    let found = knowledge.passage(&asked.id).map_err(|error| {
        tracing::error!(%error, "a passage could not be read");
        Problem::unavailable()
    })?;
    found.map(|passage| sources::passage_page(&visitor, &passage)).ok_or_else(Problem::not_found)
}

/// The filter that an address means.
fn filter_of(address: &QueueAddress, caller: &Caller) -> QueueFilter {
    let mut filter = QueueFilter {
        department: Some(address.department.clone()).filter(|id| !id.is_empty()),
        search: Some(address.search.trim().to_owned()).filter(|words| !words.is_empty()),
        after: Cursor::parse(&address.after),
        ..QueueFilter::default()
    };
    match address.view.as_str() {
        "overdue" => filter.overdue_at = Some(caller.now),
        "mine" => filter.official = caller.principal.as_ref().map(|principal| principal.account.clone()),
        "finished" => filter.states = State::ALL.iter().copied().filter(|state| !state.is_open()).collect(),
        state => filter.states.extend(State::from_identifier(state)),
    }
    filter
}

fn sees_all(visitor: &Visitor) -> bool {
    visitor.principal.as_ref().is_some_and(|principal| principal.role == maru_identity::Role::Auditor)
}

async fn queue(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Query(address): Query<QueueAddress>,
) -> Result<Page, Problem> {
    let queue = pages.service.queue(&caller, filter_of(&address, &caller)).await?;
    let desk = Desk {
        address: &address,
        queue: &queue,
        agency: pages.service.agency(),
        sees_all: sees_all(&visitor),
        open: None,
    };
    Ok(official::queue::page(&visitor, &desk))
}

async fn learning(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    let lessons = pages.service.learned(&caller).await?;
    Ok(official::learning::page(&visitor, &lessons, &[]))
}

async fn intake(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    pages.service.may_register(&caller)?;
    Ok(official::intake::page(&visitor, pages.service.agency(), &citizen::form::Sent::default(), &[]))
}

async fn desk(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Query(address): Query<QueueAddress>,
) -> Result<Page, Problem> {
    desk_page(&pages, &visitor, &caller, &receipt, &address, Shown::default()).await
}

/// What a sent form adds to the page of a case.
#[derive(Default)]
struct Shown {
    errors: Vec<maru_web::FieldError>,
    personal: Option<crate::store::PersonalData>,
    /// The form that was sent, and what stood in it: shown again after an error.
    step: String,
    sent: official::form::FromDesk,
    messages: Vec<maru_web::components::Notice>,
}

async fn desk_page(
    pages: &Pages,
    visitor: &Visitor,
    caller: &Caller,
    receipt: &Receipt,
    address: &QueueAddress,
    shown: Shown,
) -> Result<Page, Problem> {
    let view = pages.service.official_case(caller, receipt).await?;
    let queue = pages.service.queue(caller, filter_of(address, caller)).await?;
    let case = official::case::OnDesk {
        desk: Desk {
            address,
            queue: &queue,
            agency: pages.service.agency(),
            sees_all: sees_all(visitor),
            open: Some(receipt),
        },
        view: &view,
        personal: shown.personal.as_ref(),
        errors: &shown.errors,
        step: &shown.step,
        sent: &shown.sent,
    };
    let page = official::case::page(visitor, &case);
    Ok(shown.messages.into_iter().fold(page, Page::message))
}

async fn holidays(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    let known = pages.service.holidays_to_manage(&caller).await?;
    Ok(official::holidays::page(&visitor, &known, &official::holidays::Announced::default(), &[]))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stretch {
    from: Option<Date>,
    to: Option<Date>,
}

/// How many days the figures go back unless said otherwise.
const DAYS_BACK: i64 = 30;

async fn statistics(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Query(stretch): Query<Stretch>,
) -> Result<Page, Problem> {
    let last = stretch.to.unwrap_or_else(|| day_of(visitor.now));
    let first = stretch.from.unwrap_or_else(|| last.saturating_sub(DAYS_BACK.days()));
    let rows = pages.service.statistics(&caller, first, last).await?;
    Ok(official::statistics::page(&visitor, &rows, pages.service.agency(), first, last))
}
