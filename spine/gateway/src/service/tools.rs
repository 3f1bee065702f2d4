//! Tools (MCP over streamable HTTP): what callers may ask of agencies' servers of tools. A server's answers are read whole and given back as
//! JSON; of its tools only those that the registry allows exist, and only as long as they describe themselves as they did then.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Draft, bytes_response,
    call::read_body,
    header_text,
    own_tools::{OWN_SERVER, OwnExchange, OwnTools},
    tool_approval::may_act,
};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    policy::{Action, DataClass, Inspection, PolicySettings, Screened},
    registry::{ToolGrant, ToolServer, tool_pin},
    upstream::{Upstream, UpstreamError, lock},
};

/// The largest answer of a server.
const LARGEST_ANSWER: usize = 16 << 20;
/// Pages of a list of tools at most.
const MOST_PAGES: usize = 20;
/// How long it is believed what a server said of its tools.
const BELIEVED: Duration = Duration::from_mins(1);
/// Errors of JSON-RPC.
pub(super) const NO_SUCH_METHOD: i64 = -32_601;
pub(super) const WRONG_PARAMETERS: i64 = -32_602;
pub(super) const REFUSED: i64 = -32_000;
const CONFIRM: &str = "x-maru-confirm";
pub(super) const SESSION: &str = "mcp-session-id";
pub(super) const VERSION: &str = "mcp-protocol-version";
pub(super) const LAST_EVENT: &str = "last-event-id";

/// What tools say of themselves, by their names: the pin, and the description.
type Pins = HashMap<String, (String, String)>;

/// A server of tools with what it needs at run time.
pub(crate) struct ServedTools {
    pub(crate) entry: ToolServer,
    pub(crate) upstream: Arc<Upstream>,
    /// When the server last said what its tools are.
    pins: Mutex<Option<(Instant, Pins)>>,
}

impl ServedTools {
    pub(crate) fn new(entry: ToolServer, upstream: Arc<Upstream>) -> Self {
        Self { entry, upstream, pins: Mutex::default() }
    }

    /// Keeps what the server says of its tools; `begins` where this is the first page of it.
    fn believe(&self, tools: &[Value], begins: bool) {
        let pin = |tool: &Value| {
            let description = tool.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
            Some((tool.get("name")?.as_str()?.to_owned(), (tool_pin(tool), description)))
        };
        let mut pins = lock(&self.pins);
        let mut known = pins.take().filter(|_| !begins).map(|(_, known)| known).unwrap_or_default();
        known.extend(tools.iter().filter_map(pin));
        *pins = Some((Instant::now(), known));
    }

    /// What its tools say of themselves now: asked by us, not for a caller.
    pub(crate) async fn said(&self) -> Result<Vec<Value>, String> {
        let ourselves = json!({ "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "maru-gateway", "version": env!("CARGO_PKG_VERSION") } });
        let (_, session) = self.ask("initialize", ourselves, "").await?;
        let begun = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        self.tell(&begun, &session).await?;
        let mut tools = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let (answer, _) = self.ask("tools/list", of_page(cursor.as_ref()), &session).await?;
            tools.extend_from_slice(tools_of(Some(&answer)));
            cursor = next_page(&answer);
            if cursor.is_none() {
                break;
            }
        }
        Ok(tools)
    }

    /// Asks the server itself; gives the answer and the name of the session.
    async fn ask(&self, method: &str, params: Value, session: &str) -> Result<(Value, String), String> {
        let message = json!({ "jsonrpc": "2.0", "id": "maru", "method": method, "params": params });
        let (bytes, given) = self.tell(&message, session).await?;
        let answer = messages(&bytes).into_iter().find(|found| found["id"] == message["id"]);
        let answer = answer.ok_or_else(|| format!("no answer to {method}"))?;
        match answer.pointer("/error/message").and_then(Value::as_str) {
            Some(why) => Err(format!("{method}: {why}")),
            None => Ok((answer, if given.is_empty() { session.to_owned() } else { given })),
        }
    }

    /// It changed its tools: what it said of them before is believed no more.
    pub(super) fn forget(&self) {
        *lock(&self.pins) = None;
    }

    pub(super) async fn tell(&self, message: &Value, session: &str) -> Result<(Bytes, String), String> {
        let mut headers =
            "accept: application/json, text/event-stream\r\nmcp-protocol-version: 2025-06-18\r\n".to_owned();
        // It came out of a header and can hold no line of its own.
        if !session.is_empty() {
            headers.extend([SESSION, ": ", session, "\r\n"]);
        }
        let said = |error: UpstreamError| error.to_string();
        let body = Bytes::from(message.to_string());
        let mut answer = self.upstream.post_with("", &headers, body).await.map_err(said)?;
        let (status, given) = (answer.status, std::mem::take(&mut answer.session));
        let bytes = answer.whole(LARGEST_ANSWER).await.map_err(said)?;
        if status.is_success() { Ok((bytes, given)) } else { Err(format!("status {}", status.as_u16())) }
    }

    /// Whether the server has lately said what its tools are.
    fn is_heard(&self) -> bool {
        lock(&self.pins).as_ref().is_some_and(|(at, _)| at.elapsed() < BELIEVED)
    }

    /// Whether a tool describes itself as it did when it was allowed.
    fn is_as_pinned(&self, grant: &ToolGrant) -> bool {
        lock(&self.pins)
            .as_ref()
            .is_some_and(|(_, pins)| pins.get(&grant.name).is_some_and(|(pin, _)| *pin == grant.pin))
    }

    pub(super) fn description(&self, name: &str) -> String {
        let pins = lock(&self.pins);
        pins.as_ref().and_then(|(_, pins)| pins.get(name)).map(|(_, said)| said.clone()).unwrap_or_default()
    }
}

/// A message that is refused inside the protocol: the call itself went well.
pub(super) struct Refused {
    pub(super) code: i64,
    pub(super) rule: &'static str,
    pub(super) message: String,
    /// What a program needs to go on.
    pub(super) data: Value,
}

pub(super) fn refused<T>(code: i64, rule: &'static str, message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { code, rule, message: message.into(), data: Value::Null })
}

/// The refusal as JSON-RPC has it; the rule stands on the record.
pub(super) fn error_response(message: &Value, refused: &Refused, draft: &mut Draft) -> Response<Body> {
    draft.note(refused.rule, Action::Block);
    let mut error = json!({ "code": refused.code, "message": refused.message });
    if !refused.data.is_null() {
        error["data"] = refused.data.clone();
    }
    super::json_response(&json!({ "jsonrpc": "2.0", "id": message["id"], "error": error }))
}

/// The answer to a notification.
pub(super) fn accepted() -> Response<Body> {
    let mut accepted = Response::new(Body::empty());
    *accepted.status_mut() = StatusCode::ACCEPTED;
    accepted
}

/// One message to a server of tools.
pub(super) async fn run(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    server: &str,
    request: Request<Body>,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let mut draft = Draft::new(inner, key, "mcp", began);
    let answered = answer(inner, snapshot, key, server, request, &mut draft).await;
    if let Err(refusal) = &answered {
        draft.refused(refusal);
    }
    answered
}

async fn answer(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    request: Request<Body>,
    draft: &mut Draft,
) -> Result<Response<Body>, Refusal> {
    let served = server_of(snapshot, key, name);
    let behind = match (served, inner.own_tools.as_ref().filter(|_| name == OWN_SERVER)) {
        (Some(served), _) => Behind::Server(served),
        (None, Some(own)) => Behind::Here(own),
        (None, None) => return Err(no_such_server(name)),
    };
    draft.record.model = format!("mcp:{name}");
    draft.record.attempts = 1;
    let policy = Arc::clone(snapshot.policy_of(&key.scope.agency));
    let (parts, body) = request.into_parts();
    let message = read_message(body, policy.largest_request).await?;
    let answer = match behind {
        Behind::Server(served) => {
            draft.record.backend.clone_from(&served.upstream.id);
            let exchange = Exchange { inner, served, key, policy: &policy, headers: &parts.headers };
            exchange.answer(&message, draft).await?
        }
        Behind::Here(own) => {
            OWN_SERVER.clone_into(&mut draft.record.backend);
            draft.sends(&Bytes::from(message.to_string()), policy.keep_contents);
            let confirmed = header_text(&parts.headers, CONFIRM);
            OwnExchange { own, key, policy: &policy, confirmed }.answer(&message, draft).await
        }
    };
    draft.used(0, 0);
    draft.first_byte();
    draft.ended(200, "");
    Ok(answer)
}

/// The registered server of that name, where the key may use it.
pub(super) fn server_of<'a>(snapshot: &'a Snapshot, key: &Key, name: &str) -> Option<&'a Arc<ServedTools>> {
    snapshot.tool_servers.get(name).filter(|served| {
        let agencies = &served.entry.agencies;
        agencies.is_empty() || agencies.contains(&key.scope.agency)
    })
}

/// A server of tools that does not answer.
pub(super) fn unavailable(reason: &str) -> Refusal {
    Refusal::unavailable(
        "tool_server_unavailable",
        "도구 서버가 응답하지 않습니다. 잠시 뒤 다시 보내세요.",
        format!("The server of tools did not answer ({reason}). Try again in a moment."),
    )
}

/// Who answers for a server of tools.
enum Behind<'a> {
    Server(&'a Arc<ServedTools>),
    Here(&'a Arc<dyn OwnTools>),
}

fn no_such_server(name: &str) -> Refusal {
    Refusal::not_found(
        "tool_server_not_found",
        format!("「{name}」 도구 서버는 등록되어 있지 않거나 이 키로 쓸 수 없습니다."),
        format!("The server of tools {name:?} is not registered, or this key may not use it."),
    )
}

async fn read_message(body: Body, largest: usize) -> Result<Value, Refusal> {
    let bytes = read_body(body, largest).await?;
    let Ok(message) = serde_json::from_slice::<Value>(&bytes) else {
        return Err(Refusal::bad("invalid_json", "요청이 올바른 JSON이 아닙니다.", "The request is no valid JSON."));
    };
    if !message.is_object() {
        return Err(Refusal::bad("invalid_json", "요청은 JSON 객체여야 합니다.", "The request must be a JSON object."));
    }
    Ok(message)
}

/// One message on its way.
pub(super) struct Exchange<'a> {
    pub(super) inner: &'a Arc<Inner>,
    pub(super) served: &'a ServedTools,
    pub(super) key: &'a Key,
    policy: &'a PolicySettings,
    pub(super) headers: &'a HeaderMap,
}

impl Exchange<'_> {
    async fn answer(&self, message: &Value, draft: &mut Draft) -> Result<Response<Body>, Refusal> {
        let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
        let outcome = match method {
            "initialize" | "ping" | "tools/list" => Ok(()),
            method if method.starts_with("notifications/") => Ok(()),
            "tools/call" => self.may_call(message, draft).await?,
            method => refused(NO_SUCH_METHOD, "method", format!("{method} is not offered here")),
        };
        if let Err(refused) = outcome {
            return Ok(error_response(message, &refused, draft));
        }
        let (answer, session) = self.send(message, draft).await?;
        let Some(mut answer) = answer else { return Ok(accepted()) };
        if method == "tools/list" {
            let begins = message.pointer("/params/cursor").is_none_or(Value::is_null);
            self.keep_allowed(&mut answer, begins, draft);
        }
        if method == "tools/call" {
            look_at_result(self.policy, &mut answer, message, draft);
        }
        let mut response = bytes_response(answer.to_string().into());
        if let Ok(session) = HeaderValue::try_from(session)
            && !session.is_empty()
        {
            response.headers_mut().insert(SESSION, session);
        }
        Ok(response)
    }

    /// Sends a message and reads the answer to it; a notification has none.
    async fn send(&self, message: &Value, draft: &mut Draft) -> Result<(Option<Value>, String), Refusal> {
        let body = Bytes::from(message.to_string());
        draft.sends(&body, self.policy.keep_contents);
        let mut headers = "accept: application/json, text/event-stream\r\n".to_owned();
        for name in [SESSION, VERSION] {
            let value = header_text(self.headers, name);
            if !value.is_empty() {
                headers.extend([name, ": ", value, "\r\n"]);
            }
        }
        let said = |error: UpstreamError| unavailable(&error.to_string());
        let mut answer = self.served.upstream.post_with("", &headers, body).await.map_err(said)?;
        let (status, session) = (answer.status, std::mem::take(&mut answer.session));
        let bytes = answer.whole(LARGEST_ANSWER).await.map_err(said)?;
        if !status.is_success() {
            return Err(unavailable(&format!("status {}", status.as_u16())));
        }
        let Some(id) = message.get("id") else { return Ok((None, session)) };
        let found = messages(&bytes).into_iter().find(|found| found.get("id") == Some(id));
        found.map(|found| (Some(found), session)).ok_or_else(|| unavailable("no answer to the message"))
    }

    /// Whether a tool may be called so.
    async fn may_call(&self, message: &Value, draft: &mut Draft) -> Result<Result<(), Refused>, Refusal> {
        let name = message.pointer("/params/name").and_then(Value::as_str).unwrap_or_default();
        let Some(grant) = self.served.entry.grant(name) else {
            return Ok(refused(WRONG_PARAMETERS, "tool-not-allowed", format!("the tool {name:?} is not allowed here")));
        };
        if !self.served.is_heard() {
            self.hear_tools(draft).await?;
        }
        if !self.served.is_as_pinned(grant) {
            let why = format!(
                "the tool {name:?} no longer describes itself as it did when it was allowed; ask your agency's AI officer"
            );
            return Ok(refused(REFUSED, "tool-changed", why));
        }
        let highest = self.served.entry.zone.highest_class().min(self.key.scope.highest_class);
        let confirmed = header_text(self.headers, CONFIRM);
        let looked_at = look_at_arguments(self.policy, self.key, highest, confirmed, message, draft);
        if looked_at.is_err() || !grant.acts {
            return Ok(looked_at);
        }
        may_act(self, name, message, draft).await
    }

    /// Asks for the caller what the tools say of themselves, page by page.
    async fn hear_tools(&self, draft: &mut Draft) -> Result<(), Refusal> {
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let params = of_page(cursor.as_ref());
            let list = json!({ "jsonrpc": "2.0", "id": "maru-list", "method": "tools/list", "params": params });
            let (answer, _) = self.send(&list, draft).await?;
            self.served.believe(tools_of(answer.as_ref()), cursor.is_none());
            cursor = answer.as_ref().and_then(next_page);
            if cursor.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Of the tools that a server has only those that are allowed and describe themselves as they did then.
    fn keep_allowed(&self, answer: &mut Value, begins: bool, draft: &mut Draft) {
        self.served.believe(tools_of(Some(&*answer)), begins);
        let Some(tools) = answer.pointer_mut("/result/tools").and_then(Value::as_array_mut) else { return };
        let mut changed = false;
        tools.retain(|tool| {
            let grant = tool.get("name").and_then(Value::as_str).and_then(|name| self.served.entry.grant(name));
            let holds = grant.is_some_and(|grant| grant.pin == tool_pin(tool));
            changed |= grant.is_some() && !holds;
            holds
        });
        if changed {
            draft.note("tool-changed", Action::Block);
        }
    }
}

/// Tools need the data that they are asked about: nothing is masked, but the class and the rules hold.
pub(super) fn look_at_arguments(
    policy: &PolicySettings,
    key: &Key,
    highest: DataClass,
    confirmed: &str,
    message: &Value,
    draft: &mut Draft,
) -> Result<(), Refused> {
    let mut inspection = Inspection::new(policy, key.scope.class);
    each_text(message.pointer("/params/arguments").unwrap_or(&Value::Null), &mut |text| {
        drop(inspection.look_at(text, false));
    });
    let class = inspection.class;
    class.letter().clone_into(&mut draft.record.class);
    // What would be masked for a model cannot be masked here.
    for fired in inspection.fired.iter_mut().filter(|fired| fired.rule == "secret" && fired.action == Action::Mask) {
        fired.action = Action::Block;
    }
    let verdict = inspection.verdict(confirmed);
    draft.record.rules.append(&mut inspection.fired);
    if class > highest {
        let why = format!("class {} may not be sent to this server with this key (N2SF)", class.letter());
        return refused(REFUSED, "class-not-allowed", why);
    }
    verdict.or_else(|refusal| refused(REFUSED, "arguments", refusal.english.to_string()))
}

/// What a tool brings back may carry instructions for the model: then it does not reach it.
pub(super) fn look_at_result(policy: &PolicySettings, answer: &mut Value, message: &Value, draft: &mut Draft) {
    let looked_at = instructions_in(policy, answer.get("result").unwrap_or(&Value::Null));
    let stops = looked_at.is_err();
    let (Ok(mut fired) | Err(mut fired)) = looked_at;
    if stops {
        let why = "a rule stopped what the tool brought back: it holds instructions for a model";
        *answer = json!({ "jsonrpc": "2.0", "id": message["id"], "error": { "code": REFUSED, "message": why } });
    }
    draft.record.rules.append(&mut fired);
}

/// Rules that fire on what a server of tools says; an error where one of them stops it.
pub(super) fn instructions_in(policy: &PolicySettings, said: &Value) -> Result<Vec<Screened>, Vec<Screened>> {
    let mut inspection = Inspection::new(policy, DataClass::Open);
    each_text(said, &mut |text| drop(inspection.look_at(text, true)));
    // Data are what a tool is asked for; instructions are not.
    inspection.fired.retain(|fired| fired.rule != "personal-data");
    let verdict = inspection.verdict("");
    let fired = std::mem::take(&mut inspection.fired);
    if verdict.is_ok() { Ok(fired) } else { Err(fired) }
}

/// Which page of a list is asked for.
fn of_page(cursor: Option<&Value>) -> Value {
    cursor.map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }))
}

/// Where a list goes on.
fn next_page(answer: &Value) -> Option<Value> {
    answer.pointer("/result/nextCursor").filter(|cursor| cursor.is_string()).cloned()
}

fn tools_of(answer: Option<&Value>) -> &[Value] {
    answer.and_then(|answer| answer.pointer("/result/tools")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Every text in a value.
fn each_text(value: &Value, look: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, look)),
        Value::Object(fields) => fields.values().for_each(|field| each_text(field, look)),
        _ => {}
    }
}

/// The messages of an answer: one as JSON, or several as events.
fn messages(bytes: &[u8]) -> Vec<Value> {
    if let Ok(message) = serde_json::from_slice(bytes) {
        return vec![message];
    }
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let data = |event: &str| {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start);
        serde_json::from_str(&lines.collect::<Vec<_>>().join("\n")).ok()
    };
    text.split("\n\n").filter_map(data).collect()
}
