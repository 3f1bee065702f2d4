//! What people see.
//!
//! The other modules hold the pages, as functions from what is known to markup; this one and `sent` hold the addresses and
//! what happens when a form is sent. Nothing is decided here: everything goes through the service.

mod around;
mod changes;
mod consultation;
mod dashboard;
mod data;
mod desk;
mod field;
mod graph;
mod heat_map;
mod lists;
mod meeting;
mod meeting_run;
mod meetings;
mod outlook;
mod overlaps;
mod own;
mod sent;
mod sent_councils;
mod sent_meetings;
mod sent_outlook;
mod sent_visits;
mod task;
mod visits;
mod words;
mod work;

use axum::{
    Router,
    extract::{FromRequestParts, State as Of},
    http::{header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use maru_web::{Language, Page, Path, Problem, Query, Visitor};
use serde::Deserialize;

use crate::{
    Caller, PlanService, ServiceError,
    domain::{Number, Quarter, Status},
    service::Filter,
};

/// What pages stand on. Clone it freely.
#[derive(Debug, Clone)]
pub struct Pages {
    service: PlanService,
    public_url: String,
}

/// Most changes that the dashboard and the list of changes show.
const CHANGES: usize = 200;

impl Pages {
    /// Pages over `service`, which people reach at `public_url`.
    pub fn new(service: PlanService, public_url: impl Into<String>) -> Self {
        let public_url: String = public_url.into();
        Self { service, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// All addresses. Put it into [`maru_web::router`].
    pub fn router(self) -> Router {
        let public = Router::new()
            .route("/plan", get(dashboard))
            .route("/plan/list", get(list))
            .route("/plan/tasks/{task}", get(task_page))
            .route("/plan/bodies", get(bodies))
            .route("/plan/bodies/{id}", get(body))
            .route("/plan/changes", get(changes_page))
            .route("/plan/heat-map.svg", get(picture))
            .route("/plan/data/recommendations.csv", get(csv))
            .route("/plan/data/recommendations.json", get(json))
            .route("/plan/data/catalogue.jsonld", get(catalogue))
            .route("/plan/consultations", get(consultations).post(sent::open_consultation))
            .route("/plan/consultations/new", get(new_consultation))
            .route("/plan/consultations/{id}", get(draft))
            .route("/plan/consultations/{id}/comments", post(sent::comment))
            .route("/plan/consultations/{id}/report", get(report))
            .route("/plan/consultations/{id}/answers", post(sent::answer_group));
        let work = Router::new()
            .route("/plan/work", get(desk))
            .route("/plan/work/freeze", post(sent::freeze))
            .route("/plan/work/advice", post(sent::advise))
            .route("/plan/work/advice/{id}/answer", post(sent::answer_advice))
            .route("/plan/work/advice/{id}/extension", post(sent::ask_extension))
            .route("/plan/work/advice/{id}/decision", post(sent::decide_extension))
            .route("/plan/work/{number}", get(recommendation))
            .route("/plan/work/{number}/report", post(sent::report))
            .route("/plan/work/{number}/confirm", post(sent::confirm))
            .route("/plan/work/{number}/send-back", post(sent::send_back));
        let more = sent_meetings::routes().merge(sent_councils::routes()).merge(sent_visits::routes());
        let more = more.merge(sent_outlook::routes()).merge(overlaps::routes()).merge(own::routes());
        public.merge(work).merge(more).with_state(self)
    }
}

/// Who asks.
impl FromRequestParts<Pages> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, pages).await?;
        Ok(Self::new(visitor.principal, visitor.now))
    }
}

/// Who looks at a page, on what it stands.
struct Here {
    pages: Pages,
    visitor: Visitor,
    /// The visitor as the service knows people.
    caller: Caller,
}

impl FromRequestParts<Pages> for Here {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, pages).await?;
        let caller = Caller::new(visitor.principal.clone(), visitor.now);
        Ok(Self { pages: pages.clone(), visitor, caller })
    }
}

impl Here {
    /// Whether the visitor may do so for the committee.
    fn may(&self, action: &str) -> bool {
        self.pages.service.may(&self.caller, action, &PlanService::committee())
    }

    /// Only for who may.
    fn permit(&self, action: &str) -> Result<(), Problem> {
        self.visitor.signed_in()?;
        if self.may(action) { Ok(()) } else { Err(Problem::forbidden()) }
    }
}

async fn dashboard(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    let overview = pages.service.overview(&caller).await?;
    let recent = pages.service.changes_of_week(caller.today()).await?;
    Ok(dashboard::page(&visitor, &overview, &recent))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListAddress {
    area: String,
    quarter: String,
    status: String,
    body: String,
    words: String,
}

impl ListAddress {
    fn filter(&self) -> Filter {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Filter {
            area: self.area.parse().ok(),
            quarter: self.quarter.parse::<Quarter>().ok(),
            status: Status::from_identifier(&self.status),
            body: filled(&self.body),
            words: filled(&self.words),
        }
    }
}

async fn list(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Query(address): Query<ListAddress>,
) -> Result<Page, Problem> {
    let overview = pages.service.overview(&caller).await?;
    Ok(lists::page(&visitor, &overview, &address.filter()))
}

async fn task_page(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(number): Path<u16>,
) -> Result<Page, Problem> {
    let whole = pages.service.whole(&caller).await?;
    let mut told = Vec::new();
    for seen in whole.overview.seen.iter().filter(|seen| seen.number().task == number) {
        let store = pages.service.store();
        let history = store.history(seen.number()).await.map_err(ServiceError::from)?;
        let said = store.words_of_citizens(seen.number()).await.map_err(ServiceError::from)?;
        let resource = PlanService::resource_of(&seen.recommendation);
        let may_report = pages.service.may(&caller, "report-progress", &resource);
        told.push(task::Told { seen: seen.clone(), history, said, may_report });
    }
    task::page(&visitor, &whole, &told).ok_or_else(Problem::not_found)
}

async fn bodies(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    let overview = pages.service.overview(&caller).await?;
    Ok(dashboard::bodies_page(&visitor, &overview))
}

async fn body(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller, Path(id): Path<String>) -> Result<Page, Problem> {
    let overview = pages.service.overview(&caller).await?;
    lists::body_page(&visitor, &overview, &id).ok_or_else(Problem::not_found)
}

async fn changes_page(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    let mut changes = pages.service.changes_of_week(caller.today()).await?;
    changes.truncate(CHANGES);
    Ok(changes::page(&visitor, &changes))
}

/// A file that anyone may use, also from other sites.
fn file(media_type: &'static str, text: String) -> Response {
    let mut response =
        ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=300")], text).into_response();
    response.extensions_mut().insert(maru_web::Embeddable);
    response
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PictureAddress {
    lang: String,
}

async fn picture(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Query(address): Query<PictureAddress>,
) -> Result<Response, Problem> {
    let overview = pages.service.overview(&caller).await?;
    let language = Language::from_tag(&address.lang).unwrap_or(visitor.language);
    Ok(file("image/svg+xml", heat_map::picture(language, &overview, false)))
}

async fn csv(Of(pages): Of<Pages>, caller: Caller) -> Result<Response, Problem> {
    let overview = pages.service.overview(&caller).await?;
    Ok(file("text/csv; charset=utf-8", data::csv(&overview)))
}

async fn json(Of(pages): Of<Pages>, caller: Caller) -> Result<Response, Problem> {
    let overview = pages.service.overview(&caller).await?;
    Ok(file("application/json", data::json(&overview).to_string()))
}

async fn catalogue(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Response, Problem> {
    let overview = pages.service.overview(&caller).await?;
    let entry = data::catalogue(&overview, &pages.public_url, &visitor.site.agency.korean);
    Ok(file("application/ld+json", entry.to_string()))
}

async fn consultations(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    let store = pages.service.store();
    let mut counted = Vec::new();
    for named in store.consultations().await.map_err(ServiceError::from)? {
        let counts = store.comment_counts(&named.id).await.map_err(ServiceError::from)?;
        counted.push((named, counts));
    }
    let page = consultation::list(&visitor, &counted);
    if pages.service.may(&caller, "consult", &PlanService::committee()) {
        let open = maru_web::components::Button::secondary(visitor.say("의견수렴 열기", "Open a consultation"))
            .link("/plan/consultations/new");
        return Ok(page.actions(maru_web::Html::empty().and(open)));
    }
    if visitor.principal.is_some() && !visitor.is_staff() {
        let own =
            maru_web::components::Button::tertiary(visitor.say("내가 낸 의견", "Your comments")).link("/plan/comments");
        return Ok(page.actions(maru_web::Html::empty().and(own)));
    }
    Ok(page)
}

async fn new_consultation(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    visitor.signed_in()?;
    if !pages.service.may(&caller, "consult", &PlanService::committee()) {
        return Err(Problem::forbidden());
    }
    Ok(consultation::open_form(&visitor, &[]))
}

async fn draft(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<consultation::Written>,
) -> Result<Page, Problem> {
    let report = pages.service.consultation_report(&id).await?;
    Ok(consultation::draft(&visitor, &report, &asked, &[]))
}

async fn report(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Page, Problem> {
    let report = pages.service.consultation_report(&id).await?;
    Ok(consultation::report(&visitor, &caller, &report))
}

async fn desk(Of(pages): Of<Pages>, visitor: Visitor, caller: Caller) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let whole = pages.service.whole(&caller).await?;
    let advices = pages.service.store().advices().await.map_err(ServiceError::from)?;
    let assigned = pages.service.assignments().await?;
    Ok(work::page(&visitor, &caller, &work::Desk { whole, advices, assigned }))
}

async fn recommendation(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    caller: Caller,
    Path(number): Path<Number>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    sent::recommendation_page(&pages, &visitor, &caller, number, None, &[]).await
}
