//! Tools (MCP over streamable HTTP): what callers may ask of agencies' servers of tools. An answer that comes as a stream of events goes on as
//! one where the caller takes it (`tool_stream.rs`); else it is read whole and given back as JSON. Of a server's tools only those that the
//! registry allows exist, and only as long as they describe themselves as they did then.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Draft, bytes_response,
    call::read_body,
    header_text,
    native::is_image,
    own_tools::{OWN_SERVER, OwnExchange, OwnTools},
    served_tools::{
        ALL_ANSWERS, LARGEST_ANSWER, MOST_PAGES, ServedTools, Session, messages, next_page, of_page, tools_of,
    },
    tool_approval::may_act,
    tool_stream::ToolStream,
};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    policy::{Action, DataClass, Inspection, PolicySettings, Screened},
    upstream::{Answer, UpstreamError},
};

/// Errors of JSON-RPC.
pub(super) const NO_SUCH_METHOD: i64 = -32_601;
pub(super) const WRONG_PARAMETERS: i64 = -32_602;
pub(super) const REFUSED: i64 = -32_000;
const CONFIRM: &str = "x-maru-confirm";
pub(super) const SESSION: &str = "mcp-session-id";
pub(super) const VERSION: &str = "mcp-protocol-version";
pub(super) const LAST_EVENT: &str = "last-event-id";
/// The type of a stream of events.
pub(super) const EVENTS: &str = "text/event-stream";

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
    super::json_response(&error_of(message, refused, draft))
}

fn error_of(message: &Value, refused: &Refused, draft: &mut Draft) -> Value {
    draft.note(refused.rule, Action::Block);
    let mut error = json!({ "code": refused.code, "message": refused.message });
    if !refused.data.is_null() {
        error["data"] = refused.data.clone();
    }
    json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })
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
    match answer(inner, snapshot, key, server, request, &mut draft).await {
        Ok(Answered::Whole(response)) => {
            draft.used(0, 0);
            draft.first_byte();
            draft.ended(200, "");
            Ok(response)
        }
        Ok(Answered::Streamed(stream)) => Ok(stream.response(draft)),
        Err(refusal) => {
            draft.refused(&refusal);
            Err(refusal)
        }
    }
}

/// How a message is answered.
enum Answered {
    Whole(Response<Body>),
    /// The server says more before it answers; the call is over when its stream is.
    Streamed(Box<ToolStream>),
}

async fn answer(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    request: Request<Body>,
    draft: &mut Draft,
) -> Result<Answered, Refusal> {
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
    match behind {
        Behind::Server(served) => {
            draft.record.backend.clone_from(&served.upstream.id);
            let exchange = Exchange { inner, served, key, policy: &policy, headers: &parts.headers };
            exchange.answer(&message, draft).await
        }
        Behind::Here(own) => {
            OWN_SERVER.clone_into(&mut draft.record.backend);
            draft.sends(&Bytes::from(message.to_string()), policy.keep_contents);
            let confirmed = header_text(&parts.headers, CONFIRM);
            let exchange = OwnExchange { own, key, policy: &policy, confirmed };
            Ok(Answered::Whole(exchange.answer(&message, draft).await))
        }
    }
}

/// The registered server of that name, where the key may use it.
pub(super) fn server_of<'a>(snapshot: &'a Snapshot, key: &Key, name: &str) -> Option<&'a Arc<ServedTools>> {
    snapshot.tool_servers.get(name).filter(|served| {
        let agencies = &served.entry.agencies;
        agencies.is_empty() || agencies.contains(&key.scope.agency)
    })
}

/// The server knows the caller's session no more; clients begin a new one then.
pub(super) fn session_ended() -> Refusal {
    Refusal::not_found(
        "tool_session_ended",
        "도구 서버가 이 세션을 더 이상 알지 못합니다. initialize로 새로 시작하세요.",
        "The server of tools does not know this session any more. Begin a new one with initialize.",
    )
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
    pub(super) served: &'a Arc<ServedTools>,
    pub(super) key: &'a Key,
    policy: &'a Arc<PolicySettings>,
    pub(super) headers: &'a HeaderMap,
}

impl Exchange<'_> {
    async fn answer(&self, message: &Value, draft: &mut Draft) -> Result<Answered, Refusal> {
        let outcome = match method_of(message) {
            "initialize" | "ping" | "tools/list" => self.may_say(message, draft),
            method if method.starts_with("notifications/") => self.may_say(message, draft),
            "tools/call" => self.may_call(message, draft).await?,
            method => refused(NO_SUCH_METHOD, "method", format!("{method} is not offered here")),
        };
        if let Err(refused) = outcome {
            return Ok(Answered::Whole(error_response(message, &refused, draft)));
        }
        let answer = self.begin(message, draft).await?;
        if message.get("id").is_some() && takes_events(self.headers) && is_stream(&answer) {
            return Ok(Answered::Streamed(Box::new(self.stream(message, answer))));
        }
        let (answer, session) = read(answer, message).await?;
        let Some(mut answer) = answer else { return Ok(Answered::Whole(accepted())) };
        look_at_answer(self.served, self.policy, &mut answer, message, draft);
        let mut response = bytes_response(answer.to_string().into());
        name_session(&mut response, &session);
        Ok(Answered::Whole(response))
    }

    fn stream(&self, message: &Value, answer: Answer) -> ToolStream {
        let (served, policy) = (Arc::clone(self.served), Arc::clone(self.policy));
        ToolStream::of_answer(served, answer, Session::of(self.headers), policy, message.clone())
    }

    /// Sends a message; what comes back has begun.
    async fn begin(&self, message: &Value, draft: &mut Draft) -> Result<Answer, Refusal> {
        let body = Bytes::from(message.to_string());
        draft.sends(&body, self.policy.keep_contents);
        let session = Session::of(self.headers);
        let headers = session.headers(ALL_ANSWERS);
        let answer = self.served.upstream.post_with("", &headers, body).await;
        let answer = answer.map_err(|error| unavailable(&error.to_string()))?;
        match answer.status {
            status if status.is_success() => Ok(answer),
            StatusCode::NOT_FOUND if !session.id.is_empty() => Err(session_ended()),
            status => Err(unavailable(&format!("status {}", status.as_u16()))),
        }
    }

    /// Whether the server may be told what a message holds.
    fn may_say(&self, message: &Value, draft: &mut Draft) -> Result<(), Refused> {
        let highest = self.served.entry.zone.highest_class().min(self.key.scope.highest_class);
        let confirmed = header_text(self.headers, CONFIRM);
        look_at_arguments(self.policy, self.key, highest, confirmed, message, draft)
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
        let looked_at = self.may_say(message, draft);
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
            let (answer, _) = read(self.begin(&list, draft).await?, &list).await?;
            self.served.believe(tools_of(answer.as_ref()), cursor.is_none());
            cursor = answer.as_ref().and_then(next_page);
            if cursor.is_none() {
                break;
            }
        }
        Ok(())
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
    // The whole of it: what stands beside the arguments, such as `_meta`, goes to the server too.
    each_text(message.get("params").unwrap_or(&Value::Null), &mut |text| {
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

/// The method of a message; an answer has none.
pub(super) fn method_of(message: &Value) -> &str {
    message.get("method").and_then(Value::as_str).unwrap_or_default()
}

/// Whether a caller takes a stream of events.
fn takes_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(',')).filter_map(|kind| kind.split(';').next());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case(EVENTS))
}

/// Whether an answer comes as a stream of events.
pub(super) fn is_stream(answer: &Answer) -> bool {
    answer.content_type.get(..EVENTS.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(EVENTS))
}

/// Reads the answer to a message whole; a notification has none.
async fn read(mut answer: Answer, message: &Value) -> Result<(Option<Value>, String), Refusal> {
    let session = std::mem::take(&mut answer.session);
    let said = |error: UpstreamError| unavailable(&error.to_string());
    let bytes = answer.whole(LARGEST_ANSWER).await.map_err(said)?;
    let Some(id) = message.get("id") else { return Ok((None, session)) };
    let found = messages(&bytes).into_iter().find(|found| found.get("id") == Some(id));
    found.map(|found| (Some(found), session)).ok_or_else(|| unavailable("no answer to the message"))
}

/// Tells the caller the session that the server began.
pub(super) fn name_session(response: &mut Response<Body>, session: &str) {
    if let Ok(session) = HeaderValue::try_from(session)
        && !session.is_empty()
    {
        response.headers_mut().insert(SESSION, session);
    }
}

/// What a server answers as it may go to the caller: tools that are allowed, results that hold no instructions.
pub(super) fn look_at_answer(
    served: &ServedTools,
    policy: &PolicySettings,
    answer: &mut Value,
    message: &Value,
    draft: &mut Draft,
) {
    match method_of(message) {
        "tools/list" => {
            let begins = message.pointer("/params/cursor").is_none_or(Value::is_null);
            served.keep_allowed(answer, begins, draft);
        }
        "tools/call" => look_at_result(policy, answer, message, draft),
        _ => look_at_greeting(policy, answer, draft),
    }
}

/// A server may say how a model should use it; what a rule would stop in a text is left out.
fn look_at_greeting(policy: &PolicySettings, answer: &mut Value, draft: &mut Draft) {
    let Some(result) = answer.get_mut("result").and_then(Value::as_object_mut) else { return };
    let looked_at = instructions_in(policy, result.get("instructions").unwrap_or(&Value::Null));
    if looked_at.is_err() {
        result.remove("instructions");
    }
    let (Ok(fired) | Err(fired)) = looked_at;
    draft.record.rules.extend(fired);
}

/// What a tool brings back may carry instructions for the model: then it does not reach it. Nor does what it asks of its caller.
pub(super) fn look_at_result(policy: &PolicySettings, answer: &mut Value, message: &Value, draft: &mut Draft) {
    // An error is read by the model as well.
    if answer.pointer("/result/resultType").is_some_and(|kind| kind == "input_required") {
        let why = "the tool asks for a model or a person: not offered through this gateway";
        let asks = Refused { code: REFUSED, rule: "server-asks", message: why.to_owned(), data: Value::Null };
        *answer = error_of(message, &asks, draft);
        return;
    }
    let looked_at = instructions_in(policy, answer);
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

/// Every text in a value; images in base64 are none.
fn each_text(value: &Value, look: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) if is_image(text) => {}
        Value::String(text) => look(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, look)),
        Value::Object(fields) => fields.values().for_each(|field| each_text(field, look)),
        _ => {}
    }
}
