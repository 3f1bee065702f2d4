//! What people see.
//!
//! The other modules hold the pages, as functions from what is known to markup; this one holds the addresses and what happens when a form
//! is sent. Nothing is decided here: everything goes through the service.

mod access;
mod accounts;
mod jobs;
mod own;
mod words;

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_identity::{AccessQuery, AccountQuery, Role};
use maru_web::{
    FieldError, Form, Page, Path, Problem, Query, ServiceError, Visitor,
    routing::{get, post},
};
use serde::Deserialize;

use crate::{AdministrationService, Caller};

/// How many accounts or records a page shows.
const PAGE: u32 = 50;

/// What pages stand on. Clone it freely.
#[derive(Debug, Clone)]
pub struct Pages {
    service: AdministrationService,
}

impl Pages {
    /// Pages over `service`.
    pub fn new(service: AdministrationService) -> Self {
        Self { service }
    }

    /// All addresses. Put it into [`maru_web::router`].
    pub fn router(self) -> Router {
        Router::new()
            .route("/system/accounts", get(account_list))
            .route("/system/accounts/{account}", get(account))
            .route("/system/accounts/{account}/{step}", post(change_account))
            .route("/system/jobs", get(job_list))
            .route("/system/jobs/{job}/{step}", post(decide_job))
            .route("/system/access", get(access_list))
            .route("/account", get(own_account))
            .route("/account/sessions/{handle}", post(end_session))
            .with_state(self)
    }
}

/// Which accounts an address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct AccountFilter {
    role: String,
    department: String,
    after: String,
}

fn filled(text: &str) -> Option<String> {
    // Control characters name nothing, and one of them ends texts in some databases.
    let text = text.replace(|letter: char| letter.is_control(), "");
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

async fn account_list(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(filter): Query<AccountFilter>,
) -> Result<Page, Problem> {
    let query = AccountQuery {
        role: Role::parse(&filter.role),
        department: filled(&filter.department),
        after: filled(&filter.after),
        limit: PAGE,
    };
    let accounts = pages.service.accounts(&Caller::from(&visitor), query).await?;
    let more = accounts.len() == PAGE as usize;
    Ok(accounts::list(&visitor, &filter, &accounts, more, pages.service.departments()))
}

async fn account(Of(pages): Of<Pages>, visitor: Visitor, Path(account): Path<String>) -> Result<Page, Problem> {
    account_page(&pages, &visitor, &account, &accounts::Written::default(), &[]).await
}

async fn account_page(
    pages: &Pages,
    visitor: &Visitor,
    account: &str,
    written: &accounts::Written,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let (view, sessions) = pages.service.account(&Caller::from(visitor), account).await?;
    Ok(accounts::one(visitor, &view, &sessions, pages.service.departments(), written, errors))
}

async fn change_account(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path((account, step)): Path<(String, String)>,
    Form(written): Form<accounts::Written>,
) -> Result<Response, Problem> {
    let caller = Caller::from(&visitor);
    let service = &pages.service;
    let (outcome, field) = match step.as_str() {
        "assignment" => (assign(service, &caller, &account, &written).await, "role"),
        "suspension" => (service.suspend(&caller, &account, &written.reason).await, "reason"),
        "resumption" => (service.resume(&caller, &account).await, "reason"),
        "closure" => (service.close(&caller, &account).await, "reason"),
        "sign-out" => (service.sign_out_everywhere(&caller, &account).await.map(drop), "reason"),
        _ => return Err(Problem::not_found()),
    };
    let Err(error) = outcome else {
        return Ok(Redirect::to(&format!("/system/accounts/{}", words::encoded(&account))).into_response());
    };
    let errors = error.in_form(field)?;
    Ok(account_page(&pages, &visitor, &account, &written, &errors).await?.into_response())
}

async fn assign(
    service: &AdministrationService,
    caller: &Caller,
    account: &str,
    written: &accounts::Written,
) -> Result<(), ServiceError> {
    let Some(role) = Role::parse(&written.role) else {
        return Err(ServiceError::field("role", "역할을 고르십시오.", "Choose a role."));
    };
    service.assign(caller, account, role, filled(&written.department)).await
}

async fn job_list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let work = pages.service.work(&Caller::from(&visitor)).await?;
    Ok(jobs::page(&visitor, &work))
}

async fn decide_job(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path((job, step)): Path<(u64, String)>,
) -> Result<Response, Problem> {
    let caller = Caller::from(&visitor);
    match step.as_str() {
        "again" => pages.service.try_again(&caller, job).await?,
        "give-up" => pages.service.give_up(&caller, job).await?,
        _ => return Err(Problem::not_found()),
    }
    Ok(Redirect::to("/system/jobs").into_response())
}

/// Which records an address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct AccessFilter {
    account: String,
    kind: String,
    before: String,
}

async fn access_list(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(filter): Query<AccessFilter>,
) -> Result<Page, Problem> {
    let query = AccessQuery {
        account: filled(&filter.account),
        kind: filled(&filter.kind),
        before: filter.before.trim().parse().ok(),
        limit: PAGE,
        ..AccessQuery::default()
    };
    let records = pages.service.access_records(&Caller::from(&visitor), query).await?;
    let names = pages.service.names(&records).await?;
    let more = records.len() == PAGE as usize;
    Ok(access::page(&visitor, &filter, &records, &names, more))
}

async fn own_account(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let sessions = pages.service.own_sessions(&caller).await?;
    let looks = pages.service.looks_at_me(&caller).await?;
    let names = pages.service.names(&looks).await?;
    Ok(own::page(&visitor, &sessions, &looks, &names, pages.service.departments()))
}

async fn end_session(Of(pages): Of<Pages>, visitor: Visitor, Path(handle): Path<String>) -> Result<Response, Problem> {
    pages.service.end_own_session(&Caller::from(&visitor), &handle).await?;
    Ok(Redirect::to("/account").into_response())
}
