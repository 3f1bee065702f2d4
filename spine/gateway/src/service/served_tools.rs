//! Servers of tools at run time: what they last said of their tools, and what the gateway itself asks and tells them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Draft, header_text,
    tools::{SESSION, VERSION},
};
use crate::{
    policy::Action,
    registry::{ToolGrant, ToolServer, tool_pin},
    upstream::{Upstream, UpstreamError, lock},
};

/// The largest answer of a server, in bytes.
pub(super) const LARGEST_ANSWER: usize = 16 << 20;
/// Pages of a list of tools at most.
pub(super) const MOST_PAGES: usize = 20;
/// What is taken as the answer to a message.
pub(super) const ALL_ANSWERS: &str = "application/json, text/event-stream";
/// The version of the protocol that the gateway speaks where it asks by itself.
const OUR_VERSION: &str = "2025-06-18";
/// How long it is believed what a server said of its tools.
const BELIEVED: Duration = Duration::from_mins(1);

/// What tools say of themselves, by their names: the pin, and the description.
type Pins = HashMap<String, (String, String)>;

/// The session in which a server is spoken to, and the version of the protocol; empty where none was agreed upon.
#[derive(Clone, Default)]
pub(super) struct Session {
    pub(super) id: String,
    version: String,
}

impl Session {
    /// As a caller's headers name it.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self { id: header_text(headers, SESSION).to_owned(), version: header_text(headers, VERSION).to_owned() }
    }

    /// Headers of a message in it, behind what the sender takes. They came out of headers and can hold no line of their own.
    pub(super) fn headers(&self, accepts: &str) -> String {
        let mut headers = format!("accept: {accepts}\r\n");
        for (name, value) in [(SESSION, &self.id), (VERSION, &self.version)] {
            if !value.is_empty() {
                headers.extend([name, ": ", value, "\r\n"]);
            }
        }
        headers
    }
}

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
    pub(super) fn believe(&self, tools: &[Value], begins: bool) {
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
        let ourselves = json!({ "protocolVersion": OUR_VERSION, "capabilities": {},
            "clientInfo": { "name": "maru-gateway", "version": env!("CARGO_PKG_VERSION") } });
        let mut session = Session { id: String::new(), version: OUR_VERSION.to_owned() };
        (_, session.id) = self.ask("initialize", ourselves, &session).await?;
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
    async fn ask(&self, method: &str, params: Value, session: &Session) -> Result<(Value, String), String> {
        let message = json!({ "jsonrpc": "2.0", "id": "maru", "method": method, "params": params });
        let (bytes, given) = self.tell(&message, session).await?;
        let answer = messages(&bytes).into_iter().find(|found| found["id"] == message["id"]);
        let answer = answer.ok_or_else(|| format!("no answer to {method}"))?;
        match answer.pointer("/error/message").and_then(Value::as_str) {
            Some(why) => Err(format!("{method}: {why}")),
            None => Ok((answer, if given.is_empty() { session.id.clone() } else { given })),
        }
    }

    /// It changed its tools: what it said of them before is believed no more.
    pub(super) fn forget(&self) {
        *lock(&self.pins) = None;
    }

    /// Sends a message of our own; gives what comes back, and the name of a session that begins.
    pub(super) async fn tell(&self, message: &Value, session: &Session) -> Result<(Bytes, String), String> {
        let headers = session.headers(ALL_ANSWERS);
        let said = |error: UpstreamError| error.to_string();
        let body = Bytes::from(message.to_string());
        let mut answer = self.upstream.post_with("", &headers, body).await.map_err(said)?;
        let (status, given) = (answer.status, std::mem::take(&mut answer.session));
        let bytes = answer.whole(LARGEST_ANSWER).await.map_err(said)?;
        if status.is_success() { Ok((bytes, given)) } else { Err(format!("status {}", status.as_u16())) }
    }

    /// Whether the server has lately said what its tools are.
    pub(super) fn is_heard(&self) -> bool {
        lock(&self.pins).as_ref().is_some_and(|(at, _)| at.elapsed() < BELIEVED)
    }

    /// Whether a tool describes itself as it did when it was allowed.
    pub(super) fn is_as_pinned(&self, grant: &ToolGrant) -> bool {
        lock(&self.pins)
            .as_ref()
            .is_some_and(|(_, pins)| pins.get(&grant.name).is_some_and(|(pin, _)| *pin == grant.pin))
    }

    pub(super) fn description(&self, name: &str) -> String {
        let pins = lock(&self.pins);
        pins.as_ref().and_then(|(_, pins)| pins.get(name)).map(|(_, said)| said.clone()).unwrap_or_default()
    }

    /// Of the tools that a server has only those that are allowed and describe themselves as they did then.
    pub(super) fn keep_allowed(&self, answer: &mut Value, begins: bool, draft: &mut Draft) {
        self.believe(tools_of(Some(&*answer)), begins);
        let Some(tools) = answer.pointer_mut("/result/tools").and_then(Value::as_array_mut) else { return };
        let mut changed = false;
        tools.retain(|tool| {
            let grant = tool.get("name").and_then(Value::as_str).and_then(|name| self.entry.grant(name));
            let holds = grant.is_some_and(|grant| grant.pin == tool_pin(tool));
            changed |= grant.is_some() && !holds;
            holds
        });
        if changed {
            draft.note("tool-changed", Action::Block);
        }
    }
}

/// Which page of a list is asked for.
pub(super) fn of_page(cursor: Option<&Value>) -> Value {
    cursor.map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }))
}

/// Where a list goes on.
pub(super) fn next_page(answer: &Value) -> Option<Value> {
    answer.pointer("/result/nextCursor").filter(|cursor| cursor.is_string()).cloned()
}

pub(super) fn tools_of(answer: Option<&Value>) -> &[Value] {
    answer.and_then(|answer| answer.pointer("/result/tools")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The messages of an answer: one as JSON, or several as events.
pub(super) fn messages(bytes: &[u8]) -> Vec<Value> {
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
