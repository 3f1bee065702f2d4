//! The REST interface under `/api/v1`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from the web, everything
//! else from [`crate::service`]. One's own sessions are ended on the page alone: they are a matter of browsers.
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

use axum::{Router, extract::State, http::StatusCode};
use jiff::Timestamp;
use maru_identity::{AccessQuery, AccessRecord, AccountQuery, AccountView, Role, SessionView};
use maru_ledger::JobView;
use maru_web::{
    Json, Path, Problem, Query, ServiceError, Visitor,
    api::{ReadProblems, WriteProblems},
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{AdministrationService, Caller, service::Work};

#[derive(OpenApi)]
#[openapi(
    info(title = "Maru: administration", version = "1.0.0"),
    paths(accounts, account, assign, suspend, resume, close, sign_out, access_records, own_access_records, jobs, try_again, give_up),
    tags((name = "system", description = "Accounts, records of access, jobs: for administrators and auditors."))
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: AdministrationService) -> Router {
    Router::new()
        .route("/api/v1/accounts", get(accounts))
        .route("/api/v1/accounts/{account}", get(account).merge(delete(close)))
        .route("/api/v1/accounts/{account}/assignment", put(assign))
        .route("/api/v1/accounts/{account}/suspension", post(suspend).merge(delete(resume)))
        .route("/api/v1/accounts/{account}/sessions", delete(sign_out))
        .route("/api/v1/access-records", get(access_records))
        .route("/api/v1/own-access-records", get(own_access_records))
        .route("/api/v1/jobs", get(jobs))
        .route("/api/v1/jobs/{job}", delete(give_up))
        .route("/api/v1/jobs/{job}/retry", post(try_again))
        .with_state(service)
}

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RoleName {
    /// A petitioner with an account.
    Citizen,
    /// Handles the inquiries of a department.
    Official,
    /// Heads a department.
    Supervisor,
    /// Runs the system.
    Administrator,
    /// Looks at everything, changes nothing.
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Citizen => Self::Citizen,
            RoleName::Official => Self::Official,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Administrator => Self::Administrator,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

/// Which accounts are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AccountParameters {
    /// Those in this role.
    #[param(inline)]
    role: Option<RoleName>,
    /// Those of this department.
    #[param(max_length = 100)]
    department: Option<String>,
    /// Those after this account, for the next page.
    #[param(max_length = 200)]
    after: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// The account of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct AccountParameter {
    /// The account.
    #[param(min_length = 1, max_length = 200, example = "moon-gaon")]
    account: String,
}

/// The job of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct JobParameter {
    /// The number of the job.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    job: u64,
}

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct AccountEntry {
    /// The account.
    account: String,
    /// What its owner is called; left out once that was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `active`, `suspended` or `closed`.
    status: &'static str,
    /// The role.
    role: &'static str,
    /// The department.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// How its owner signs in.
    method: &'static str,
    /// Since when there is one.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

impl From<AccountView> for AccountEntry {
    fn from(view: AccountView) -> Self {
        Self {
            account: view.account,
            name: view.name,
            status: view.status.as_str(),
            role: view.role.as_str(),
            department: view.department,
            method: view.method.as_str(),
            opened_at: view.opened_at,
            changed_at: view.changed_at,
        }
    }
}

/// Where an account is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct SessionEntry {
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    signed_in_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
}

impl From<SessionView> for SessionEntry {
    fn from(view: SessionView) -> Self {
        Self { signed_in_at: view.signed_in_at, last_seen_at: view.last_seen_at }
    }
}

/// An account in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct AccountDetail {
    /// The account.
    account: AccountEntry,
    /// Where it is signed in.
    sessions: Vec<SessionEntry>,
}

/// What an account is given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountAssignment {
    /// The role.
    role: RoleName,
    /// The department, for officials and supervisors alone.
    #[serde(default)]
    #[schema(max_length = 100)]
    department: Option<String>,
}

/// Why an account is barred.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuspensionReason {
    /// Why. It stays on record; name nobody in it.
    #[schema(min_length = 1, max_length = 500, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    reason: String,
}

/// Which records of access are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AccessParameters {
    /// Those of this account.
    #[param(max_length = 200)]
    account: Option<String>,
    /// Those of this kind: `signed-in`, `signed-out`, `personal-original-read`, `access-refused`.
    #[param(max_length = 100)]
    kind: Option<String>,
    /// Those before this position in the log, for the next page.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    before: Option<u64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// A record of access.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct AccessEntry {
    /// Its position in the log.
    position: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who: an account.
    account: String,
    /// In what role.
    role: String,
    /// What happened.
    kind: String,
    /// What was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// The kind of resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_kind: Option<String>,
    /// Which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    /// The stated reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How often.
    times: u64,
}

impl From<AccessRecord> for AccessEntry {
    fn from(record: AccessRecord) -> Self {
        Self {
            position: record.position,
            at: record.at,
            account: record.account,
            role: record.role,
            kind: record.kind,
            action: record.action,
            resource_kind: record.resource_kind,
            resource: record.resource,
            reason: record.reason,
            times: record.times,
        }
    }
}

/// A job that was put aside.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct JobEntry {
    /// Its number.
    job: u64,
    /// What was to be done.
    kind: String,
    /// Attempts so far.
    attempts: u32,
    /// When it was due last.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// Why it failed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

impl From<JobView> for JobEntry {
    fn from(job: JobView) -> Self {
        Self { job: job.id, kind: job.kind, attempts: job.attempts, run_at: job.run_at, last_error: job.last_error }
    }
}

/// How the servers' work stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct WorkState {
    /// Waiting, of which some are due only later.
    waiting: u64,
    /// Under way.
    leased: u64,
    /// Put aside for a person.
    dead: u64,
    /// Those that were put aside, oldest first, at most 200.
    put_aside: Vec<JobEntry>,
}

impl From<Work> for WorkState {
    fn from(work: Work) -> Self {
        let Work { counts, put_aside } = work;
        let put_aside = put_aside.into_iter().map(Into::into).collect();
        Self { waiting: counts.waiting, leased: counts.leased, dead: counts.dead, put_aside }
    }
}

/// Control characters name nothing, and one of them ends texts in some databases.
fn tidy(text: &str) -> String {
    text.replace(|letter: char| letter.is_control(), "")
}

fn within(limit: Option<u32>) -> Result<u32, Problem> {
    match limit {
        None => Ok(100),
        Some(limit @ 1..=1000) => Ok(limit),
        Some(_) => Err(ServiceError::field("limit", "1에서 1000까지입니다.", "It must be 1 to 1000.").into()),
    }
}

/// Lists accounts.
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    tag = "system",
    operation_id = "accounts",
    summary = "List accounts",
    description = "In the order of the alphabet. For administrators.",
    params(AccountParameters),
    responses((status = 200, description = "The accounts.", body = Vec<AccountEntry>), ReadProblems)
)]
async fn accounts(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Query(parameters): Query<AccountParameters>,
) -> Result<Json<Vec<AccountEntry>>, Problem> {
    let query = AccountQuery {
        role: parameters.role.map(Role::from),
        department: parameters.department.as_deref().map(tidy),
        after: parameters.after.as_deref().map(tidy),
        limit: within(parameters.limit)?,
    };
    let accounts = service.accounts(&Caller::from(&visitor), query).await?;
    Ok(Json(accounts.into_iter().map(Into::into).collect()))
}

/// Reads an account.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{account}",
    tag = "system",
    operation_id = "account",
    summary = "Read an account",
    description = "With where it is signed in. For administrators.",
    params(AccountParameter),
    responses((status = 200, description = "The account.", body = AccountDetail), ReadProblems)
)]
async fn account(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<Json<AccountDetail>, Problem> {
    let (view, sessions) = service.account(&Caller::from(&visitor), &account).await?;
    let sessions = sessions.into_iter().map(Into::into).collect();
    Ok(Json(AccountDetail { account: view.into(), sessions }))
}

/// Assigns an account.
#[utoipa::path(
    put,
    path = "/api/v1/accounts/{account}/assignment",
    tag = "system",
    operation_id = "assign_account",
    summary = "Give an account a role and a department",
    description = "Its sessions go on with it. Nobody changes their own account.",
    params(AccountParameter),
    request_body = AccountAssignment,
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn assign(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(account): Path<String>,
    Json(request): Json<AccountAssignment>,
) -> Result<StatusCode, Problem> {
    service.assign(&Caller::from(&visitor), &account, request.role.into(), request.department).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bars an account.
#[utoipa::path(
    post,
    path = "/api/v1/accounts/{account}/suspension",
    tag = "system",
    operation_id = "suspend_account",
    summary = "Suspend an account",
    description = "It is signed out everywhere, and cannot sign in until it is resumed.",
    params(AccountParameter),
    request_body = SuspensionReason,
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn suspend(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(account): Path<String>,
    Json(request): Json<SuspensionReason>,
) -> Result<StatusCode, Problem> {
    service.suspend(&Caller::from(&visitor), &account, &request.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts the bar.
#[utoipa::path(
    delete,
    path = "/api/v1/accounts/{account}/suspension",
    tag = "system",
    operation_id = "resume_account",
    summary = "Resume an account",
    description = "Its owner can sign in again.",
    params(AccountParameter),
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn resume(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    service.resume(&Caller::from(&visitor), &account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends an account.
#[utoipa::path(
    delete,
    path = "/api/v1/accounts/{account}",
    tag = "system",
    operation_id = "close_account",
    summary = "Close an account",
    description = "For good. What it did stays on record.",
    params(AccountParameter),
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn close(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    service.close(&Caller::from(&visitor), &account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs an account out.
#[utoipa::path(
    delete,
    path = "/api/v1/accounts/{account}/sessions",
    tag = "system",
    operation_id = "sign_out_account",
    summary = "Sign an account out everywhere",
    description = "After a device was lost. Its owner can sign in again.",
    params(AccountParameter),
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn sign_out(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    service.sign_out_everywhere(&Caller::from(&visitor), &account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists records of access.
#[utoipa::path(
    get,
    path = "/api/v1/access-records",
    tag = "system",
    operation_id = "access_records",
    summary = "List records of access",
    description = "Sign-ins of staff, looks at personal originals with their reasons, refusals; the newest first. For auditors.",
    params(AccessParameters),
    responses((status = 200, description = "The records.", body = Vec<AccessEntry>), ReadProblems)
)]
async fn access_records(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Query(parameters): Query<AccessParameters>,
) -> Result<Json<Vec<AccessEntry>>, Problem> {
    let query = AccessQuery {
        account: parameters.account.as_deref().map(tidy),
        kind: parameters.kind.as_deref().map(tidy),
        before: parameters.before.map(|before| before.min(LATEST)),
        limit: within(parameters.limit)?,
        ..AccessQuery::default()
    };
    let records = service.access_records(&Caller::from(&visitor), query).await?;
    Ok(Json(records.into_iter().map(Into::into).collect()))
}

/// No position of the log is later: databases keep whole numbers of 63 bits.
const LATEST: u64 = 9_007_199_254_740_991;

/// Lists who looked at one's own data.
#[utoipa::path(
    get,
    path = "/api/v1/own-access-records",
    tag = "system",
    operation_id = "own_access_records",
    summary = "See who looked at your personal data",
    description = "Who, when and why, the newest first (Personal Information Protection Act, article 35).",
    params(),
    responses((status = 200, description = "The records.", body = Vec<AccessEntry>), ReadProblems)
)]
async fn own_access_records(
    State(service): State<AdministrationService>,
    visitor: Visitor,
) -> Result<Json<Vec<AccessEntry>>, Problem> {
    let records = service.looks_at_me(&Caller::from(&visitor)).await?;
    Ok(Json(records.into_iter().map(Into::into).collect()))
}

/// Says how the work stands.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "system",
    operation_id = "jobs",
    summary = "See how the servers' work stands",
    description = "How many jobs wait and are under way, and those that failed too often. For administrators.",
    params(),
    responses((status = 200, description = "The work.", body = WorkState), ReadProblems)
)]
async fn jobs(State(service): State<AdministrationService>, visitor: Visitor) -> Result<Json<WorkState>, Problem> {
    Ok(Json(service.work(&Caller::from(&visitor)).await?.into()))
}

/// Has a job tried again.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{job}/retry",
    tag = "system",
    operation_id = "retry_job",
    summary = "Try a job again",
    description = "One that was put aside, with all its attempts before it.",
    params(JobParameter),
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn try_again(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(job): Path<u64>,
) -> Result<StatusCode, Problem> {
    service.try_again(&Caller::from(&visitor), job).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a job up.
#[utoipa::path(
    delete,
    path = "/api/v1/jobs/{job}",
    tag = "system",
    operation_id = "give_up_job",
    summary = "Give a job up",
    description = "One that was put aside and is not to be done. Who decided so is on record.",
    params(JobParameter),
    responses((status = 204, description = "It is done."), WriteProblems)
)]
async fn give_up(
    State(service): State<AdministrationService>,
    visitor: Visitor,
    Path(job): Path<u64>,
) -> Result<StatusCode, Problem> {
    service.give_up(&Caller::from(&visitor), job).await?;
    Ok(StatusCode::NO_CONTENT)
}
