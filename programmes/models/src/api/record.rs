//! Calls on the record, what is spent, rules that are tried, keys that are given out, how servers are.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use maru_gateway::{CallQuery, CallRow, Forecast, KeyScope, PolicySettings, RecordedCall, Spending, Spent};
use maru_web::{
    FieldError, Json, Path, Problem, Query, Visitor,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::problems::problem;
use crate::{Caller, ModelService, ServiceError};

/// Calls of one answer at most, and where nobody says how many.
const MOST_CALLS: u32 = 500;
const USUAL_CALLS: u32 = 50;

/// Which calls are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WantedCalls {
    /// Of this agency alone.
    agency: Option<String>,
    /// To this model alone.
    model: Option<String>,
    /// With this key alone.
    key: Option<String>,
    /// Those alone that were refused or failed.
    #[serde(default)]
    refused: bool,
    /// Those alone that came before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<Timestamp>,
    /// So many at most, up to 500; left out, 50.
    limit: Option<u32>,
}

/// A line of the list of calls.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CallRowView {
    /// Its name on the record.
    id: String,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The agency that answers for it.
    agency: String,
    /// The key that was used.
    key: String,
    /// The route.
    #[schema(example = "chat")]
    route: String,
    /// The model; empty where it was refused before.
    model: String,
    /// C, S or O.
    class: String,
    /// The status of the answer.
    status: u16,
    /// Why it was refused or broke; empty where all went well.
    code: String,
    /// Tokens, in and out together.
    tokens: u64,
    /// Microseconds until the first byte.
    first_byte_us: u64,
}

impl From<CallRow> for CallRowView {
    fn from(row: CallRow) -> Self {
        let CallRow { id, at, agency, key, route, model, class, status, code, tokens, first_us } = row;
        Self { id, at, agency, key, route, model, class, status, code, tokens, first_byte_us: first_us }
    }
}

/// A call with what was sent and answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CallView {
    /// What stands on the record of it.
    #[schema(value_type = Object)]
    record: Value,
    /// The request as it left for the model, masked; for those alone who may read it, and while it is kept.
    request: Option<String>,
    /// What came back, before masked data were put in again.
    answer: Option<String>,
}

impl From<RecordedCall> for CallView {
    fn from(call: RecordedCall) -> Self {
        let (request, answer) = call.texts.unzip();
        Self { record: json!(call.record), request, answer }
    }
}

/// Lists calls.
#[utoipa::path(
    get,
    path = "/api/v1/models/calls",
    tag = "models",
    operation_id = "models_calls",
    summary = "List calls",
    description = "The newest first, refused ones included. For heads of departments, administrators and auditors.",
    params(WantedCalls),
    responses((status = 200, description = "The calls.", body = Vec<CallRowView>), ReadProblems)
)]
pub(super) async fn calls(
    State(service): State<ModelService>,
    visitor: Visitor,
    Query(wanted): Query<WantedCalls>,
) -> Result<Json<Vec<CallRowView>>, Problem> {
    let WantedCalls { agency, model, key, refused, before, limit } = wanted;
    let most = limit.unwrap_or(USUAL_CALLS).clamp(1, MOST_CALLS);
    let query = CallQuery { agency, model, key, only_refused: refused, before, most };
    let calls = service.calls(&Caller::from(&visitor), query).await.map_err(problem)?;
    Ok(Json(calls.into_iter().map(Into::into).collect()))
}

/// Reads a call.
#[utoipa::path(
    get,
    path = "/api/v1/models/calls/{id}",
    tag = "models",
    operation_id = "models_call",
    summary = "Read a call",
    description = "With its masked texts for heads of departments and auditors, while they are kept.",
    params(("id" = String, Path, description = "Its name on the record.")),
    responses((status = 200, description = "The call.", body = CallView), ReadProblems)
)]
pub(super) async fn call(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<CallView>, Problem> {
    Ok(Json(service.call(&Caller::from(&visitor), &id).await.map_err(problem)?.into()))
}

/// To which model a call is sent again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct ReplayRequest {
    /// The model.
    #[schema(example = "exaone-4.5-33b")]
    model: String,
}

/// A call and what another model makes of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReplayView {
    /// What was answered then.
    then: String,
    /// The status of the answer now.
    status: u16,
    /// What the other model answers; nothing where it was refused.
    now: Option<String>,
    /// The new call's name on the record.
    call: String,
}

/// Sends a call to another model.
#[utoipa::path(
    post,
    path = "/api/v1/models/calls/{id}/replay",
    tag = "models",
    operation_id = "models_replay",
    summary = "Send a call to another model",
    description = "As it was sent then, masked. The new call stands on the record.",
    params(("id" = String, Path, description = "Its name on the record.")),
    request_body = ReplayRequest,
    responses((status = 200, description = "Both answers.", body = ReplayView), WriteProblems)
)]
pub(super) async fn replay(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<ReplayRequest>,
) -> Result<Json<ReplayView>, Problem> {
    let replayed = service.replay(&Caller::from(&visitor), &id, &request.model).await.map_err(problem)?;
    let then = replayed.recorded.texts.map(|(_, answer)| answer).unwrap_or_default();
    let now = replayed.answer.text().map(str::to_owned);
    Ok(Json(ReplayView { then, status: replayed.answer.status, now, call: replayed.answer.call }))
}

/// Sums of calls of a key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SpentView {
    /// Calls, refused ones included.
    calls: u64,
    /// Calls that a model server or the gateway failed.
    errors: u64,
    /// Tokens, in and out together.
    tokens: u64,
    /// Cost in millionths of a won.
    microwon: u64,
}

impl From<Spent> for SpentView {
    fn from(Spent { calls, errors, tokens, microwon }: Spent) -> Self {
        Self { calls, errors, tokens, microwon }
    }
}

/// What a month comes to if the days that are left go on like the last whole ones.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ForecastView {
    /// How many whole days it goes on like, up to seven.
    days: u32,
    /// Tokens of the whole month.
    tokens: u64,
    /// Cost of the whole month in millionths of a won.
    microwon: u64,
}

impl From<Forecast> for ForecastView {
    fn from(Forecast { days, tokens, microwon }: Forecast) -> Self {
        Self { days, tokens, microwon }
    }
}

/// What one key spent this month, for what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SpendingView {
    /// The key.
    key: String,
    /// The agency.
    agency: String,
    /// The system.
    system: String,
    /// The purpose.
    purpose: String,
    /// Since the first of the month, in Korea.
    month: SpentView,
    /// Today, in Korea.
    today: SpentView,
    /// Where the month is going; nothing where no whole day has passed since the first call.
    forecast: Option<ForecastView>,
}

impl From<Spending> for SpendingView {
    fn from(one: Spending) -> Self {
        let Spending { key, agency, system, purpose, month, today, forecast } = one;
        let (month, today, forecast) = (month.into(), today.into(), forecast.map(Into::into));
        Self { key, agency, system, purpose, month, today, forecast }
    }
}

/// Reads what is spent.
#[utoipa::path(
    get,
    path = "/api/v1/models/spending",
    tag = "models",
    operation_id = "models_spending",
    summary = "Read what is spent",
    description = "This month by key, system and purpose, the dearest first, and what it comes to. For heads of departments, administrators and auditors.",
    responses((status = 200, description = "What was spent.", body = Vec<SpendingView>), ReadProblems)
)]
pub(super) async fn spending(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<Vec<SpendingView>>, Problem> {
    let spending = service.spending(&Caller::from(&visitor)).await.map_err(problem)?;
    Ok(Json(spending.into_iter().map(Into::into).collect()))
}

/// Rules that are tried.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct TrialRequest {
    /// The rules, as `[policy]` of `gateway.toml` writes them; what is left out is as it ships.
    #[schema(value_type = Object, example = json!({ "topics": [{ "id": "elections", "words": ["선거", "전망"], "action": "ask" }] }))]
    policy: Value,
    /// On the calls of this agency alone.
    agency: Option<String>,
}

/// How often a rule would have acted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct TriedRuleView {
    /// The rule.
    rule: String,
    /// `observe`, `mask`, `ask` or `block`.
    action: String,
    /// How many calls.
    calls: u64,
}

/// What rules would have done with the calls of the last seven days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct TrialView {
    /// Calls that could be looked at.
    looked_at: u64,
    /// Calls whose texts are not kept.
    without_texts: u64,
    /// Rules that would have acted.
    rules: Vec<TriedRuleView>,
    /// Calls that went through and would have been stopped.
    newly_stopped: Vec<String>,
    /// Calls of a higher class than then.
    newly_raised: u64,
}

/// Tries rules.
#[utoipa::path(
    post,
    path = "/api/v1/models/rules/trial",
    tag = "models",
    operation_id = "models_try_rules",
    summary = "Try rules on past calls",
    description = "What they would have done with up to 2,000 calls of the last seven days. Nothing changes.",
    request_body = TrialRequest,
    responses((status = 200, description = "What they would have done.", body = TrialView), WriteProblems)
)]
pub(super) async fn try_rules(
    State(service): State<ModelService>,
    visitor: Visitor,
    Json(request): Json<TrialRequest>,
) -> Result<Json<TrialView>, Problem> {
    let policy: PolicySettings = serde_json::from_value(request.policy).map_err(|error| {
        let english = format!("These are no rules: {error}");
        Problem::invalid(vec![FieldError::new("policy", format!("규칙이 아니에요: {error}"), english)])
    })?;
    let caller = Caller::from(&visitor);
    let report = service.try_rules(&caller, &policy, request.agency.as_deref()).await.map_err(problem)?;
    let rules = report.fired.into_iter().map(|((rule, action), calls)| TriedRuleView {
        rule,
        action: action.to_owned(),
        calls,
    });
    Ok(Json(TrialView {
        looked_at: report.looked_at,
        without_texts: report.without_texts,
        rules: rules.collect(),
        newly_stopped: report.newly_stopped,
        newly_raised: report.newly_raised,
    }))
}

/// A key that is proposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct KeyRequest {
    /// The key without its hash, as `[[keys]]` of `gateway.toml` writes it.
    #[schema(value_type = Object, example = json!({ "id": "portal-2027", "agency": "maru-city", "system": "portal", "purpose": "inquiry drafts" }))]
    key: Value,
    /// Why, for the second person.
    reason: String,
}

/// A key that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct NewKeyView {
    /// The change that proposes it.
    change: String,
    /// The key itself: told this once, and kept nowhere. It works as soon as another person approves the change.
    key: String,
}

/// Proposes a key.
#[utoipa::path(
    post,
    path = "/api/v1/models/keys",
    tag = "models",
    operation_id = "models_new_key",
    summary = "Propose a new key",
    description = "The key is told once. It works as soon as another person approves the change.",
    request_body = KeyRequest,
    responses((status = 201, description = "It is proposed.", body = NewKeyView), WriteProblems)
)]
pub(super) async fn new_key(
    State(service): State<ModelService>,
    visitor: Visitor,
    Json(mut request): Json<KeyRequest>,
) -> Result<(StatusCode, Json<NewKeyView>), Problem> {
    if let Some(fields) = request.key.as_object_mut() {
        fields.insert("hash".to_owned(), Value::from(""));
        fields.remove("former");
    }
    let scope: KeyScope = serde_json::from_value(request.key).map_err(|error| {
        let english = format!("This is no key: {error}");
        Problem::invalid(vec![FieldError::new("key", format!("키가 아니에요: {error}"), english)])
    })?;
    let caller = Caller::from(&visitor);
    let registry = service.registry(&caller).await.map_err(problem)?.registry;
    if registry.keys.iter().any(|known| known.id == scope.id) {
        let (korean, english) = ("같은 이름의 키가 있어요.", "There is a key of this name: replace or change it.");
        return Err(Problem::invalid(vec![FieldError::new("key", korean, english)]));
    }
    let (change, key) = service.propose_new_key(&caller, scope, &request.reason).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(NewKeyView { change, key })))
}

/// How a key is replaced.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct ReplacementRequest {
    /// Days for which the present key holds beside the new one, up to 90; left out, 14.
    #[serde(default = "usual_days")]
    #[schema(example = 14)]
    days: u8,
    /// Why, for the second person.
    reason: String,
}

fn usual_days() -> u8 {
    14
}

/// Proposes a newer key.
#[utoipa::path(
    post,
    path = "/api/v1/models/keys/{id}/replacement",
    tag = "models",
    operation_id = "models_replace_key",
    summary = "Propose a newer key in the place of one",
    description = "Of the same name and limits. Once it is approved, the present one holds for the days that are named.",
    params(("id" = String, Path, description = "The key's name.")),
    request_body = ReplacementRequest,
    responses((status = 201, description = "It is proposed.", body = NewKeyView), WriteProblems)
)]
pub(super) async fn replace_key(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(request): Json<ReplacementRequest>,
) -> Result<(StatusCode, Json<NewKeyView>), Problem> {
    if request.days > 90 {
        let error =
            FieldError::new("days", "0부터 90까지의 날수를 보내 주세요.", "Send a number of days from 0 to 90.");
        return Err(Problem::invalid(vec![error]));
    }
    let caller = Caller::from(&visitor);
    let registry = service.registry(&caller).await.map_err(problem)?.registry;
    let present = registry.keys.iter().find(|key| key.id == id).ok_or(ServiceError::NotFound).map_err(problem)?;
    let replaced = service.propose_replacement(&caller, present, request.days.into(), &request.reason).await;
    let (change, key) = replaced.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(NewKeyView { change, key })))
}

/// How a server is now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ServerView {
    /// The server, as `gateway.toml` names it.
    backend: String,
    /// Calls that it is busy with.
    at_once: u32,
    /// It failed and is left alone for a moment.
    rests: bool,
}

/// Reads how servers are.
#[utoipa::path(
    get,
    path = "/api/v1/models/servers",
    tag = "models",
    operation_id = "models_servers",
    summary = "Read how servers are",
    description = "As the server that answers this sees them now.",
    responses((status = 200, description = "The servers.", body = Vec<ServerView>), ReadProblems)
)]
pub(super) async fn servers(
    State(service): State<ModelService>,
    visitor: Visitor,
) -> Result<Json<Vec<ServerView>>, Problem> {
    let states = service.backend_states(&Caller::from(&visitor)).map_err(problem)?;
    let view = |(backend, state): (String, maru_gateway::BackendState)| ServerView {
        backend,
        at_once: state.at_once,
        rests: state.rests,
    };
    Ok(Json(states.into_iter().map(view).collect()))
}

/// A tool as its server describes it now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ToolView {
    /// Its name.
    name: String,
    /// What it says of itself.
    #[schema(value_type = Object)]
    said: Value,
    /// The hash of what it says: what a grant pins.
    pin: String,
    /// It may be used, as it describes itself now.
    is_allowed: bool,
}

/// Reads the tools of a server.
#[utoipa::path(
    get,
    path = "/api/v1/models/tool-servers/{id}/tools",
    tag = "models",
    operation_id = "models_tools",
    summary = "Read the tools of a server",
    description = "What the server says of them now, with the pins with which they are allowed. For administrators.",
    params(("id" = String, Path, description = "The server's name.")),
    responses((status = 200, description = "The tools.", body = Vec<ToolView>), ReadProblems)
)]
pub(super) async fn tools(
    State(service): State<ModelService>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<Vec<ToolView>>, Problem> {
    let caller = Caller::from(&visitor);
    let said = service.tools_said_by(&caller, &id).await.map_err(problem)?;
    let said = said.map_err(|why| {
        let korean = format!("도구 서버가 지금 목록을 알려 주지 않아요: {why}");
        Problem::unavailable().detail(korean, format!("The server does not tell its tools now: {why}"))
    })?;
    let registry = service.registry(&caller).await.map_err(problem)?.registry;
    let server = registry.tool_servers.iter().find(|server| server.id == id);
    let view = |said: Value| {
        let name = said["name"].as_str().unwrap_or_default().to_owned();
        let pin = maru_gateway::tool_pin(&said);
        let is_allowed = server.and_then(|server| server.grant(&name)).is_some_and(|grant| grant.pin == pin);
        ToolView { name, said, pin, is_allowed }
    };
    Ok(Json(said.into_iter().map(view).collect()))
}
