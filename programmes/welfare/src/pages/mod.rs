//! What people see.
//!
//! The other modules hold the pages, as functions from what is known to markup; this one and `sent` hold the addresses and
//! what happens when a form is sent. Nothing is decided here: everything goes through the service.

mod about;
mod account;
mod acting;
mod ages;
mod applications;
mod asked;
mod calculator;
mod crisis;
mod data;
mod disputes;
mod easy;
mod grounds;
mod households;
mod lab;
mod mine;
mod payments;
pub(crate) mod proofs;
mod proposal;
mod proposal_rules;
mod recoveries;
mod screenings;
mod sent;
mod statutes;
mod watch;
mod words;
mod work;

use axum::{
    Router,
    extract::State as Of,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::{ToSpan as _, civil::Date};
use maru_web::{
    FieldError, Form, Page, Path, Problem, Query, Visitor,
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    Caller, ServiceError, WelfareService,
    domain::{Month, Proposal, Status},
    service::Prepared,
    store::{Named, Wanted},
};

/// What pages stand on. Clone it freely.
#[derive(Debug, Clone)]
pub struct Pages {
    service: WelfareService,
}

impl Pages {
    /// Pages over `service`.
    pub fn new(service: WelfareService) -> Self {
        Self { service }
    }

    /// All addresses. Put it into [`maru_web::router`].
    pub fn router(self) -> Router {
        let public = Router::new()
            .route("/welfare", get(calculator_page))
            .route("/welfare/calculator", post(calculate))
            .route("/welfare/about", get(about));
        let citizen = Router::new()
            .route("/welfare/mine", get(mine_page))
            .route("/welfare/mine/why/{benefit}/{member}", get(why))
            .route("/welfare/mine/data", get(data).merge(post(sent::dispute)))
            .route("/welfare/mine/account", get(account::page).merge(post(account::write)))
            .route("/welfare/proposals/{id}", get(proposal_page))
            .route("/welfare/proposals/{id}/easy", get(easy_page))
            .route("/welfare/proposals/{id}/proof", get(proofs::download))
            .route("/welfare/proposals/{id}/letter", get(letter))
            .route("/welfare/proposals/{id}/facts", post(asked::tell))
            .route("/welfare/proposals/{id}/application", post(sent::apply))
            .route("/welfare/proposals/{id}/consent", post(sent::consent))
            .route("/welfare/proposals/{id}/decline", post(sent::decline))
            .route("/welfare/proposals/{id}/review", post(sent::ask_review))
            .route("/welfare/proposals/{id}/objection", post(sent::object));
        let work = Router::new()
            .route("/welfare/work", get(queue))
            .route("/welfare/work/payments", get(runs).merge(post(sent::prepare_run)))
            .route("/welfare/work/payments/{id}", get(run))
            .route("/welfare/work/payments/{id}/file", get(run_file))
            .route("/welfare/work/payments/{id}/release", post(sent::release))
            .route("/welfare/work/payments/{id}/hand-over", post(sent::hand_over))
            .route("/welfare/work/payments/{id}/book", post(sent::book))
            .route("/welfare/work/households/{household}", get(households::page).merge(post(households::write)))
            .route("/welfare/work/recoveries", get(recoveries::list))
            .route("/welfare/work/recoveries/{id}", get(recoveries::one))
            .route("/welfare/work/recoveries/{id}/received", post(recoveries::receive))
            .route("/welfare/work/recoveries/{id}/instalments", post(recoveries::spread))
            .route("/welfare/work/recoveries/{id}/reminder", post(recoveries::remind))
            .route("/welfare/work/recoveries/{id}/waiver", post(recoveries::waive))
            .route("/welfare/work/disputes", get(disputes).merge(post(sent::answer_dispute)))
            .route("/welfare/work/screenings", get(screenings::list).merge(post(screenings::start)))
            .route("/welfare/work/screenings/rules", post(proposal_rules::set))
            .route("/welfare/work/screenings/{id}", get(screenings::one))
            .route("/welfare/work/screenings/{id}/proposals", post(screenings::propose))
            .route("/welfare/work/crisis", get(crisis::list))
            .route("/welfare/work/crisis/{household}", get(crisis::one).merge(post(crisis::record)))
            .route("/welfare/work/statutes", get(statutes::page).merge(post(statutes::set)))
            .route("/welfare/work/statutes/end", post(statutes::end))
            .route("/welfare/work/watch", get(watch::page).merge(post(watch::name)))
            .route("/welfare/work/{id}", get(work_page))
            .route("/welfare/work/{id}/confirm", post(sent::confirm))
            .route("/welfare/work/{id}/account", post(account::take_down))
            .route("/welfare/work/{id}/ask", post(sent::ask))
            .route("/welfare/work/{id}/facts", post(asked::take_down))
            .route("/welfare/work/{id}/deny", post(sent::deny))
            .route("/welfare/work/{id}/consent", post(sent::take_down_consent))
            .route("/welfare/work/{id}/application", post(applications::take_down_application))
            .route("/welfare/work/{id}/extension", post(applications::extend_application))
            .route("/welfare/work/{id}/ex-officio", post(applications::apply_ex_officio))
            .route("/welfare/work/{id}/report", post(applications::see_ex_officio))
            .route("/welfare/work/{id}/representatives", post(applications::represent))
            .route("/welfare/work/{id}/representatives/invitation", post(applications::invite))
            .route("/welfare/work/{id}/representatives/end", post(applications::end_representation))
            .route("/welfare/work/{id}/recovery", post(recoveries::demand))
            .route("/welfare/work/{id}/renew", post(sent::renew))
            .route("/welfare/work/{id}/end", post(sent::end))
            .route("/welfare/work/{id}/review", post(sent::answer_review))
            .route("/welfare/work/{id}/review/extension", post(sent::extend_review))
            .route("/welfare/work/{id}/objection", post(sent::decide_objection))
            .route("/welfare/work/{id}/objection/extension", post(applications::extend_objection));
        let lab = Router::new()
            .route("/welfare/lab", get(lab::studies))
            .route("/welfare/lab/new", get(lab::new).merge(post(lab::write)))
            .route("/welfare/lab/compare", get(lab::compare))
            .route("/welfare/lab/{id}", get(lab::one))
            .route("/welfare/lab/{id}/name", post(lab::rename))
            .route("/welfare/lab/{id}/put-away", post(lab::put_away))
            .route("/welfare/lab/{id}/data/{file}", get(lab::data));
        public.merge(citizen).merge(acting::routes()).merge(work).merge(lab).with_state(self)
    }
}

fn caller_of(visitor: &Visitor) -> Caller {
    Caller::new(visitor.principal.clone(), visitor.now)
}

async fn calculator_page(Of(pages): Of<Pages>, visitor: Visitor) -> Page {
    calculator::page(&visitor, pages.service.law(), &calculator::Written::default(), &[])
}

async fn calculate(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Form(written): Form<calculator::Written>,
) -> Result<Page, Problem> {
    let caller = caller_of(&visitor);
    let month = Month::of(caller.today());
    let errors = match written.household(month.year()) {
        Ok(household) => match pages.service.calculate(&caller, household, month) {
            Ok(situation) => return Ok(calculator::result(&visitor, &situation)),
            Err(error) => error.in_form("birth")?,
        },
        Err(errors) => errors,
    };
    Ok(calculator::page(&visitor, pages.service.law(), &written, &errors))
}

async fn about(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let store = pages.service.store();
    let switches = store.switches().await.map_err(ServiceError::from)?;
    let counts = store.counts().await.map_err(ServiceError::from)?;
    let rules = pages.service.law().rules();
    let supervision = store.supervision().await.map_err(ServiceError::from)?;
    let running = about::Running { rules: &rules, switches: &switches, counts: &counts, supervision: &supervision };
    Ok(about::page(&visitor, &running, pages.service.crisis_model(), pages.service.settings()))
}

async fn mine_page(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let mine = pages.service.mine(&caller_of(&visitor)).await?;
    Ok(mine.map_or_else(|| mine::nothing(&visitor), |mine| mine::page(&visitor, &mine)))
}

async fn why(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path((benefit, member)): Path<(String, String)>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let member = Some(member.as_str()).filter(|member| *member != "all");
    let (mine, grounds, changes) = pages.service.why(&caller_of(&visitor), &benefit, member).await?;
    let one = mine.assessment.of(&benefit, member).cloned().ok_or_else(Problem::not_found)?;
    mine::why(&visitor, &mine, &one, &grounds, &changes).ok_or_else(Problem::not_found)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DataAddress {
    item: String,
}

async fn data(Of(pages): Of<Pages>, visitor: Visitor, Query(address): Query<DataAddress>) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let chosen = data::Disputing { item: &address.item, words: "", errors: &[] };
    data_page(&pages, &visitor, Some(&chosen).filter(|chosen| !chosen.item.is_empty())).await
}

async fn data_page(pages: &Pages, visitor: &Visitor, disputing: Option<&data::Disputing<'_>>) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    let Some(mine) = pages.service.mine(&caller).await? else {
        return Ok(mine::nothing(visitor));
    };
    let looks = pages.service.looks(&caller).await?;
    let representatives = pages.service.representatives(&caller, &mine.home.id).await?;
    let known = (pages.service.law(), pages.service.crisis_model());
    Ok(data::data(visitor, known, &mine, (&looks, &representatives), disputing))
}

async fn proposal_page(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    visitor.signed_in()?;
    citizen_page(&pages, &visitor, &id, &[]).await
}

async fn citizen_page(pages: &Pages, visitor: &Visitor, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let (proposal, household) = pages.service.proposal_with_household(&caller_of(visitor), id).await?;
    let questions = pages.service.questions(&proposal.state, &household);
    let recoveries = pages.service.store().recoveries_of(id).await.map_err(ServiceError::from)?;
    let beside = proposal::Beside { household: &household, questions: &questions, recoveries: &recoveries };
    proposal::page(visitor, &proposal, &beside, errors).ok_or_else(Problem::not_found)
}

/// Whom to ask about a proposal, in both languages.
async fn contact(pages: &Pages, caller: &Caller, proposal: &Named<Proposal>) -> Result<(String, String), ServiceError> {
    let benefit = proposal.state.finding.as_ref().map_or("", |finding| finding.benefit.as_str());
    pages.service.contact(caller, benefit).await
}

async fn easy_page(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let proposal = pages.service.proposal(&caller, &id).await?;
    let (ko, en) = contact(&pages, &caller, &proposal).await?;
    easy::page(&visitor, &proposal, (&ko, &en)).ok_or_else(Problem::not_found)
}

async fn letter(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let proposal = pages.service.proposal(&caller, &id).await?;
    let household = pages.service.addressee(&caller, &proposal).await?;
    let (ko, en) = contact(&pages, &caller, &proposal).await?;
    easy::letter(&visitor, &proposal, &household, (&ko, &en)).ok_or_else(Problem::not_found)
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct QueueAddress {
    status: String,
    benefit: String,
    view: String,
    /// What was just decided.
    done: String,
}

/// Days before its day comes that an award stands among those to be looked at again.
const LOOK_AHEAD_DAYS: i64 = 30;

impl QueueAddress {
    /// The address of the same list, behind a decision about a proposal.
    fn behind(&self, done: &str) -> String {
        let status = Status::from_identifier(&self.status).map(Status::identifier).unwrap_or_default();
        let benefit = crate::domain::benefit(&self.benefit).map_or("", |benefit| benefit.id);
        let view = if self.view == work::REVIEWS { format!("&view={}", work::REVIEWS) } else { String::new() };
        format!("/welfare/work?status={status}&benefit={benefit}{view}&done={done}")
    }

    fn wanted(&self, today: Date) -> Wanted {
        if self.view == work::REVIEWS {
            let (status, due_by) = (Some(Status::Awarded), today.saturating_add(LOOK_AHEAD_DAYS.days()));
            let benefit = Some(self.benefit.clone()).filter(|benefit| !benefit.is_empty());
            return Wanted { status, benefit, due_by: Some(due_by), ..Wanted::default() };
        }
        let status = Status::from_identifier(&self.status);
        let benefit = Some(self.benefit.clone()).filter(|benefit| !benefit.is_empty());
        Wanted { status, benefit, waiting: status.is_none(), ..Wanted::default() }
    }
}

async fn queue(Of(pages): Of<Pages>, visitor: Visitor, Query(address): Query<QueueAddress>) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let wanted = address.wanted(caller.today());
    let found = pages.service.queue(&caller, &wanted).await?;
    let done = Some(address.done.as_str()).filter(|done| !done.is_empty());
    Ok(work::page(&visitor, &work::Desk { wanted: &wanted, found: &found, open: None, done }))
}

async fn work_page(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(address): Query<QueueAddress>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    desk_page(&pages, &visitor, &id, &address, &[]).await
}

async fn desk_page(
    pages: &Pages,
    visitor: &Visitor,
    id: &str,
    address: &QueueAddress,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    let wanted = address.wanted(caller.today());
    let prepared: Prepared = pages.service.prepare(&caller, id).await?;
    let found: Vec<Named<_>> = pages.service.queue(&caller, &wanted).await?;
    let resource = pages.service.resource_of(&prepared.proposal);
    let may = work::May { decide_objection: pages.service.may(&caller, "decide-contest", &resource) };
    let desk = work::Desk { wanted: &wanted, found: &found, open: Some(id), done: None };
    work::one(visitor, &desk, &prepared, may, errors).ok_or_else(Problem::not_found)
}

async fn runs(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    visitor.signed_in()?;
    runs_page(&pages, &visitor, &[]).await
}

async fn runs_page(pages: &Pages, visitor: &Visitor, errors: &[FieldError]) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    let runs = pages.service.payment_runs(&caller).await?;
    Ok(payments::list(visitor, &runs, Month::of(caller.today()).plus(1), errors))
}

async fn run(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    visitor.signed_in()?;
    run_page(&pages, &visitor, &id, &[]).await
}

async fn run_page(pages: &Pages, visitor: &Visitor, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    pages.service.payment_runs(&caller).await?;
    let store = pages.service.store();
    let run = store.run(id).await.map_err(ServiceError::from)?.ok_or_else(Problem::not_found)?;
    let paid = store.payments(id).await.map_err(ServiceError::from)?;
    let may = pages.service.may(&caller, "release-payments", &pages.service.payments_desk());
    Ok(payments::one(visitor, &run, &paid, may, errors))
}

async fn run_file(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let xml = pages.service.payment_file(&caller_of(&visitor), &id).await?;
    let name: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    let headers = [
        (header::CONTENT_TYPE, "application/xml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xml\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, xml).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DisputeAddress {
    household: String,
    place: usize,
}

async fn disputes(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(address): Query<DisputeAddress>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    disputes_page(&pages, &visitor, (&address.household, address.place), &[]).await
}

async fn disputes_page(
    pages: &Pages,
    visitor: &Visitor,
    open: (&str, usize),
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    let found = pages.service.disputed(&caller).await?;
    let (household, place) = open;
    let words = if found.iter().any(|record| record.id == household) {
        pages.service.disputed_words(&caller, household, place).await?
    } else {
        None
    };
    let known = (pages.service.law(), pages.service.crisis_model());
    let open = disputes::Open { household, place, words: words.as_deref() };
    Ok(disputes::page(visitor, known, &found, &open, errors))
}
