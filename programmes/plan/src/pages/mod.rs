//! What people see.
//!
//! The other modules hold the pages, as functions from what is known to markup; this one and `sent` hold the addresses and
//! what happens when a form is sent. Nothing is decided here: everything goes through the service.

mod around;
mod briefings;
mod changes;
mod citizen_words;
mod consultation;
mod consultation_report;
mod dashboard;
mod data;
mod deliberation;
mod desk;
mod drafting;
mod drawing;
mod entry;
mod field;
mod files;
mod findings;
mod for_all;
mod for_me;
mod gantt;
mod graph;
mod heat_map;
mod lists;
mod meeting;
mod meeting_run;
mod meetings;
mod moderation;
mod outlook;
mod overlaps;
mod own;
mod own_votes;
mod panels;
mod particulars;
mod pictures;
mod quarters;
mod sent;
mod sent_councils;
mod sent_meetings;
mod sent_outlook;
mod sent_visits;
mod surveys;
mod task;
mod to_visit;
mod versions;
mod visits;
mod ways;
mod white_paper;
mod words;
mod work;

use axum::{
    Router,
    body::Body,
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Language, Page, Path, Problem, Query, Visitor,
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    Caller, PlanService, ServiceError,
    domain::{Number, Quarter, Status, situation::situation},
    service::Filter,
};

/// What pages stand on. Clone it freely.
#[derive(Debug, Clone)]
pub struct Pages {
    service: PlanService,
    public_url: String,
}

/// Most changes that the dashboard and the list of changes show.
const CHANGES: u32 = 200;

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
            .route("/plan/data/recommendations.parquet", get(parquet))
            .route("/plan/data/particulars.json", get(particulars_json))
            .route("/plan/data/catalogue.jsonld", get(catalogue))
            .route("/plan/consultations", get(consultations).merge(post(drafting::open)))
            .route("/plan/consultations/{id}", get(draft))
            .route("/plan/consultations/{id}/comments", post(sent::comment))
            .route("/plan/consultations/{id}/report", get(report))
            .route("/plan/consultations/{id}/report.pdf", get(report_file))
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
        let more = more.merge(particulars::routes()).merge(versions::routes()).merge(gantt::routes());
        let more = more
            .merge(for_me::routes())
            .merge(deliberation::routes())
            .merge(briefings::routes())
            .merge(moderation::routes())
            .merge(panels::routes())
            .merge(surveys::routes())
            .merge(quarters::routes())
            .merge(entry::routes())
            .merge(own_votes::routes())
            .merge(drafting::routes())
            .merge(pictures::routes())
            .merge(white_paper::routes())
            .merge(files::routes())
            .merge(citizen_words::routes())
            .merge(for_all::routes());
        public.merge(work).merge(more).with_state(self)
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

/// Goes on where it was taken; shows the page with its errors where not.
async fn answer<T>(
    result: Result<T, ServiceError>,
    (field, on): (&str, &str),
    again: impl AsyncFnOnce(Vec<FieldError>) -> Result<Page, Problem>,
) -> Result<Response, Problem> {
    match result {
        Ok(_) => Ok(Redirect::to(on).into_response()),
        Err(error) => Ok(again(words::in_form(error, field)?).await?.with_errors().into_response()),
    }
}

async fn dashboard(here: Here) -> Result<Page, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    let recent = here.pages.service.changes_of_week(here.caller.today(), CHANGES).await?;
    Ok(dashboard::page(&here.visitor, &overview, &recent))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListAddress {
    area: String,
    quarter: String,
    status: String,
    body: String,
    lead: String,
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
            lead: filled(&self.lead),
            words: filled(&self.words),
        }
    }
}

async fn list(here: Here, Query(address): Query<ListAddress>) -> Result<Page, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    Ok(lists::page(&here.visitor, &overview, &address.filter()))
}

async fn task_page(here: Here, Path(number): Path<u16>) -> Result<Page, Problem> {
    let whole = here.pages.service.whole(&here.caller).await?;
    let may_amend = here.may(entry::AMEND);
    let mut told = Vec::new();
    for seen in whole.overview.seen.iter().filter(|seen| seen.number().task == number) {
        let store = here.pages.service.store();
        let history = store.history(seen.number()).await.map_err(ServiceError::from)?;
        let said = store.words_of_citizens(seen.number()).await.map_err(ServiceError::from)?;
        let resource = PlanService::resource_of(&seen.recommendation);
        let may_report = here.pages.service.may(&here.caller, "report-progress", &resource);
        let held = store.particulars(seen.number()).await.map_err(ServiceError::from)?;
        told.push(task::Told { seen: seen.clone(), history, said, held, rights: (may_report, may_amend) });
    }
    let mut gone = Vec::new();
    for recommendation in here.pages.service.left_out_of(number).await? {
        let Some(number) = recommendation.entry.as_ref().map(|entry| entry.number) else { continue };
        let history = here.pages.service.store().history(number).await.map_err(ServiceError::from)?;
        gone.push(task::Gone { recommendation, history });
    }
    task::page(&here.visitor, &whole, &told, &gone).ok_or_else(Problem::not_found)
}

async fn bodies(here: Here) -> Result<Page, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    Ok(dashboard::bodies_page(&here.visitor, &overview))
}

async fn body(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    lists::body_page(&here.visitor, &overview, &id).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ChangesAddress {
    situation: String,
}

async fn changes_page(here: Here, Query(address): Query<ChangesAddress>) -> Result<Page, Problem> {
    let (service, today) = (&here.pages.service, here.caller.today());
    let situation = situation(&address.situation);
    let changes = match situation {
        Some(situation) => service.changes_in_situation(situation, (today, 7), CHANGES).await?,
        None => service.changes_of_week(today, CHANGES).await?,
    };
    Ok(changes::page(&here.visitor, &changes, situation))
}

/// A file that anyone may use, also from other sites.
fn file(media_type: &'static str, content: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=300")];
    let mut response = (headers, content.into()).into_response();
    response.extensions_mut().insert(maru_web::Embeddable);
    response
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PictureAddress {
    lang: String,
}

async fn picture(here: Here, Query(address): Query<PictureAddress>) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    let language = Language::from_tag(&address.lang).unwrap_or(here.visitor.language);
    Ok(file("image/svg+xml", heat_map::picture(language, &overview, false)))
}

async fn csv(here: Here) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    Ok(file("text/csv; charset=utf-8", data::csv(&overview, &here.pages.public_url)))
}

async fn json(here: Here) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    Ok(file("application/json", data::json(&overview, &here.pages.public_url).to_string()))
}

async fn parquet(here: Here) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    let bytes =
        data::parquet(&overview, &here.pages.public_url).map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(file("application/vnd.apache.parquet", bytes))
}

async fn particulars_json(here: Here) -> Result<Response, Problem> {
    let known = here.pages.service.store().all_particulars().await.map_err(ServiceError::from)?;
    Ok(file("application/json", data::particulars(known).to_string()))
}

async fn catalogue(here: Here) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    let entry = data::catalogue(&overview, &here.pages.public_url, &here.visitor.site.agency.korean);
    Ok(file("application/ld+json", entry.to_string()))
}

async fn consultations(here: Here) -> Result<Page, Problem> {
    let counted = here.pages.service.store().counted_consultations().await.map_err(ServiceError::from)?;
    let page = consultation::list(&here.visitor, &counted);
    if here.may("consult") {
        let open = maru_web::components::Button::secondary(here.visitor.say("의견수렴 열기", "Open a consultation"))
            .link("/plan/consultations/new");
        return Ok(page.actions(maru_web::Html::empty().and(open)));
    }
    if here.visitor.principal.is_some() && !here.visitor.is_staff() {
        let own = maru_web::components::Button::tertiary(here.visitor.say("내가 낸 의견", "Your comments"))
            .link("/plan/comments");
        return Ok(page.actions(maru_web::Html::empty().and(own)));
    }
    Ok(page)
}

async fn draft(
    here: Here,
    Path(id): Path<String>,
    Query(asked): Query<consultation::Written>,
) -> Result<Page, Problem> {
    let report = here.pages.service.consultation_report(&id).await?;
    Ok(consultation::draft(&here.visitor, &report, (&asked, here.may("consult")), &[]))
}

async fn report(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    report_page(&here, &id).await
}

async fn report_file(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(report_page(&here, &id).await?.document().download("consultation-report.pdf"))
}

async fn report_page(here: &Here, id: &str) -> Result<Page, Problem> {
    let report = here.pages.service.consultation_report(id).await?;
    let open = here.pages.service.store().open_comments(id).await.map_err(ServiceError::from)?;
    let briefings = here.pages.service.store().briefings_of(id).await.map_err(ServiceError::from)?;
    let known = here.pages.service.store().recommendations_ever().await.map_err(ServiceError::from)?;
    let known = known.into_iter().filter_map(|one| Some(one.entry?.number)).collect();
    let around = consultation_report::Around { open, briefings, known };
    Ok(consultation_report::report(&here.visitor, &here.caller, &report, &around))
}

async fn desk(here: Here) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    let whole = here.pages.service.whole(&here.caller).await?;
    let advices = here.pages.service.store().advices().await.map_err(ServiceError::from)?;
    let assigned = here.pages.service.assignments().await?;
    let held = here.pages.service.store().all_particulars().await.map_err(ServiceError::from)?;
    let book = here.pages.service.store().book().await.map_err(ServiceError::from)?;
    Ok(work::page(&here.visitor, &here.caller, &work::Desk { whole, advices, assigned, held, book }))
}

async fn recommendation(here: Here, Path(number): Path<Number>) -> Result<Page, Problem> {
    here.visitor.signed_in()?;
    sent::recommendation_page(&here, number, None, &[]).await
}
