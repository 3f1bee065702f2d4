//! What people see.
//!
//! The other modules hold the pages, as functions from what is known to markup; this one holds the addresses and what happens when a form
//! is sent. Nothing is decided here: everything goes through the service.

mod actions;
mod calls;
mod changes;
mod dashboard;
mod documents;
mod evaluations;
mod keys;
mod parts;
mod prompts;
mod proposal;
mod purposes;
mod registry;
mod rules;
mod sandbox;
mod servers;
mod tools;
mod words;

use axum::{
    Router,
    extract::State as Of,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use maru_gateway::{Change, DataClass, TrafficQuery};
use maru_web::{
    Form, Page, PageKind, Path, Problem, Query, Visitor,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Caller, ModelService, ServiceError, api::problem, service::LONGEST_QUESTION};

/// A time that the dashboard shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// 24 hours by the hour.
    #[default]
    Day,
    /// 7 days by six hours.
    Week,
    /// 30 days by the day.
    Month,
}

impl Period {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Hours of a slot, and how many slots.
    fn slots(self) -> (u32, u32) {
        match self {
            Self::Day => (1, 24),
            Self::Week => (6, 28),
            Self::Month => (24, 30),
        }
    }

    /// The question for this time until `now`.
    pub fn query(self, now: Timestamp, agency: Option<String>, model: Option<String>) -> TrafficQuery {
        let (slot_hours, slots) = self.slots();
        TrafficQuery { now, slot_hours, slots, agency, model }
    }
}

/// What pages stand on. Clone it freely.
#[derive(Debug, Clone)]
pub struct Pages {
    service: ModelService,
}

impl Pages {
    /// Pages over `service`.
    pub fn new(service: ModelService) -> Self {
        Self { service }
    }

    /// All addresses. Put it into [`maru_web::router`].
    pub fn router(self) -> Router {
        Router::new()
            .route("/models", get(entrance))
            .route("/models/traffic", get(dashboard))
            .route("/models/traffic.csv", get(csv))
            .route("/models/registry", get(registry))
            .route("/models/registry/new", get(new_model).merge(post(propose)))
            .route("/models/registry/{id}", get(model))
            .route("/models/registry/{id}/change", get(change_model).merge(post(propose_for)))
            .route("/models/registry/{id}/suspend", post(suspend))
            .route("/models/registry/{id}/documents", get(documents))
            .route("/models/changes/{id}", get(change))
            .route("/models/changes/{id}/approve", post(approve))
            .route("/models/changes/{id}/reject", post(reject))
            .route("/models/sandbox", get(sandbox).merge(post(compare)))
            .merge(actions::router())
            .merge(calls::router())
            .merge(evaluations::router())
            .merge(keys::router())
            .merge(prompts::router())
            .merge(purposes::router())
            .merge(rules::router())
            .merge(servers::router())
            .merge(tools::router())
            .with_state(self)
    }
}

/// A page below the gateway's first.
fn under_gateway(visitor: &Visitor, title: impl Into<String>, kind: PageKind) -> Page {
    Page::new(visitor, title, kind).breadcrumb(visitor.say("AI 공통기반", "AI gateway"), "/models")
}

/// A page below the registry.
fn under_registry(visitor: &Visitor, title: impl Into<String>, kind: PageKind) -> Page {
    under_gateway(visitor, title, kind).breadcrumb(visitor.say("모델 등록부", "Registry"), "/models/registry")
}

/// Who may see the traffic begins there, everybody else at the registry.
async fn entrance(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let may_see = pages.service.may(&Caller::from(&visitor), "read-traffic");
    Ok(Redirect::to(if may_see { "/models/traffic" } else { "/models/registry" }).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DashboardAddress {
    period: Period,
    agency: String,
    model: String,
}

impl DashboardAddress {
    fn query(&self, now: Timestamp) -> TrafficQuery {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        self.period.query(now, filled(&self.agency), filled(&self.model))
    }
}

async fn dashboard(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(address): Query<DashboardAddress>,
) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let query = address.query(visitor.now);
    // The choices are those of the whole time, whatever was chosen.
    let all = address.period.query(visitor.now, None, None);
    let whole = pages.service.traffic(&caller, all).await.map_err(problem)?;
    let traffic = pages.service.traffic(&caller, query.clone()).await.map_err(problem)?;
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    Ok(dashboard::page(&visitor, address.period, &query, &whole, &traffic, &state.registry))
}

async fn csv(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(address): Query<DashboardAddress>,
) -> Result<Response, Problem> {
    let traffic = pages.service.traffic(&Caller::from(&visitor), address.query(visitor.now)).await.map_err(problem)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"traffic.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, dashboard::csv(&traffic)).into_response())
}

async fn registry(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let may = |action: &str| pages.service.may(&caller, action);
    let doors = registry::Doors { actions: may("decide-action"), prompts: may("try-models") };
    Ok(registry::page(&visitor, &state, may("propose-change"), doors))
}

async fn model(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let may = registry::May {
        propose: pages.service.may(&caller, "propose-change"),
        suspend: pages.service.may(&caller, "suspend-model"),
        try_it: pages.service.may(&caller, "try-models"),
    };
    let may_read_documents = pages.service.may(&caller, "read-traffic");
    registry::model(&visitor, &state, &id, may, may_read_documents).ok_or_else(Problem::not_found)
}

/// What is to be published of a model, with its traffic of the last thirty days where the visitor may see that.
async fn documents(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let query = Period::Month.query(visitor.now, None, Some(id.clone()));
    let traffic = pages.service.traffic(&caller, query).await.map_err(problem)?;
    documents::page(&visitor, &state, &id, &traffic).ok_or_else(Problem::not_found)
}

/// Only who may propose sees the form.
fn permit_proposal(pages: &Pages, visitor: &Visitor) -> Result<Caller, Problem> {
    visitor.signed_in()?;
    let caller = Caller::from(visitor);
    if pages.service.may(&caller, "propose-change") { Ok(caller) } else { Err(Problem::forbidden()) }
}

async fn new_model(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = permit_proposal(&pages, &visitor)?;
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    Ok(proposal::page(&visitor, None, &proposal::Written::default(), &state.registry, &[]))
}

async fn change_model(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let caller = permit_proposal(&pages, &visitor)?;
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let model = state.registry.model(&id).ok_or_else(Problem::not_found)?;
    Ok(proposal::page(&visitor, Some(&id), &proposal::Written::of(model), &state.registry, &[]))
}

async fn propose(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Form(written): Form<proposal::Written>,
) -> Result<Response, Problem> {
    proposed(&pages, &visitor, None, &written).await
}

async fn propose_for(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<proposal::Written>,
) -> Result<Response, Problem> {
    proposed(&pages, &visitor, Some(&id), &written).await
}

async fn proposed(
    pages: &Pages,
    visitor: &Visitor,
    id: Option<&str>,
    written: &proposal::Written,
) -> Result<Response, Problem> {
    let caller = permit_proposal(pages, visitor)?;
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let before = match id {
        Some(id) => Some(state.registry.model(id).ok_or_else(Problem::not_found)?),
        None => None,
    };
    let errors = match written.model(before, &state.registry) {
        Ok(model) => match pages.service.propose(&caller, Change::PutModel(model), &written.reason).await {
            Ok(change) => return Ok(Redirect::to(&format!("/models/changes/{change}")).into_response()),
            Err(ServiceError::Refused(refusal)) => vec![words::in_form(&refusal, "reason")],
            Err(error) => return Err(problem(error)),
        },
        Err(errors) => errors,
    };
    Ok(proposal::page(visitor, id, written, &state.registry, &errors).with_errors().into_response())
}

/// A few words with a decision.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    reason: String,
    note: String,
}

async fn suspend(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    let caller = Caller::from(&visitor);
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    state.registry.model(&id).ok_or_else(Problem::not_found)?;
    let change = pages.service.propose(&caller, Change::SuspendModel(id), &words.reason).await.map_err(problem)?;
    Ok(Redirect::to(&format!("/models/changes/{change}")).into_response())
}

async fn change(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let may_decide = pages.service.may(&caller, "decide-change");
    changes::page(&visitor, &state, &id, may_decide).ok_or_else(Problem::not_found)
}

async fn approve(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    pages.service.approve(&Caller::from(&visitor), &id, &words.note).await.map_err(problem)?;
    Ok(Redirect::to(&format!("/models/changes/{id}")).into_response())
}

async fn reject(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Result<Response, Problem> {
    pages.service.reject(&Caller::from(&visitor), &id, &words.note).await.map_err(problem)?;
    Ok(Redirect::to(&format!("/models/changes/{id}")).into_response())
}

/// Only who may try models sees the sandbox.
fn permit_trial(pages: &Pages, visitor: &Visitor) -> Result<Caller, Problem> {
    visitor.signed_in()?;
    let caller = Caller::from(visitor);
    if pages.service.may(&caller, "try-models") { Ok(caller) } else { Err(Problem::forbidden()) }
}

async fn sandbox(Of(pages): Of<Pages>, visitor: Visitor, Query(asked): Query<sandbox::Asked>) -> Result<Page, Problem> {
    let caller = permit_trial(&pages, &visitor)?;
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let library = pages.service.prompts(&caller).await.map_err(problem)?;
    Ok(sandbox::page(&visitor, (&state.registry, &library), &asked, None, &[]))
}

async fn compare(Of(pages): Of<Pages>, visitor: Visitor, Form(asked): Form<sandbox::Asked>) -> Result<Page, Problem> {
    let caller = permit_trial(&pages, &visitor)?;
    let state = pages.service.registry(&caller).await.map_err(problem)?;
    let library = pages.service.prompts(&caller).await.map_err(problem)?;
    let known = (&state.registry, &library);
    let errors = asked.errors(&state.registry, LONGEST_QUESTION);
    if !errors.is_empty() {
        return Ok(sandbox::page(&visitor, known, &asked, None, &errors).with_errors());
    }
    let class = DataClass::from_letter(&asked.class).unwrap_or_default();
    let question = (asked.instructions(&library), asked.question.trim());
    let compared = pages.service.compare(&caller, question, class, &asked.models()).await.map_err(problem)?;
    let may_see_calls = pages.service.may(&caller, "read-traffic");
    Ok(sandbox::page(&visitor, known, &asked, Some((&compared, may_see_calls)), &[]))
}
