//! Messages without a body (streamable HTTP): who listens to a server of tools (GET) hears what it says by itself, as `tool_stream.rs` lets
//! it through; who leaves (DELETE) ends the session with it.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderMap, Response, StatusCode},
};

use super::{
    Draft, header_text,
    served_tools::{ServedTools, Session},
    tool_stream::ToolStream,
    tools::{self, EVENTS, LAST_EVENT, is_stream},
};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
    upstream::Answer,
};

/// Listens to a server of tools.
pub(super) async fn run(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let mut draft = Draft::new(inner, key, "mcp", began);
    let policy = Arc::clone(snapshot.policy_of(&key.scope.agency));
    match begun(snapshot, key, name, headers, &mut draft).await {
        Ok((served, answer)) => {
            Ok(ToolStream::of_notices(served, answer, Session::of(headers), policy).response(draft))
        }
        Err(refusal) => {
            draft.refused(&refusal);
            Err(refusal)
        }
    }
}

/// Ends the caller's session with a server of tools.
pub(super) async fn leave(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    began: Instant,
) -> Result<Response<Body>, Refusal> {
    let mut draft = Draft::new(inner, key, "mcp", began);
    let left = match asked("DELETE", snapshot, key, name, headers, &mut draft).await {
        Ok((_, answer)) if answer.status == StatusCode::NOT_FOUND => Err(tools::session_ended()),
        Ok((_, answer)) if answer.status.is_success() => Ok(tools::accepted()),
        Ok((_, answer)) => Err(unwilling(answer.status)),
        Err(refusal) => Err(refusal),
    };
    match &left {
        Ok(_) => {
            draft.used(0, 0);
            draft.ended(200, "");
        }
        Err(refusal) => draft.refused(refusal),
    }
    left
}

async fn begun(
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    draft: &mut Draft,
) -> Result<(Arc<ServedTools>, Answer), Refusal> {
    let (served, answer) = asked("GET", snapshot, key, name, headers, draft).await?;
    if answer.status.is_success() && is_stream(&answer) { Ok((served, answer)) } else { Err(unwilling(answer.status)) }
}

/// Asks a server without a message.
async fn asked(
    method: &str,
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    draft: &mut Draft,
) -> Result<(Arc<ServedTools>, Answer), Refusal> {
    // What runs in this program says nothing by itself, and knows no sessions.
    let served = tools::server_of(snapshot, key, name).ok_or_else(Refusal::no_such_method)?;
    draft.record.model = format!("mcp:{name}");
    draft.record.backend.clone_from(&served.upstream.id);
    draft.record.attempts = 1;
    let mut sent = Session::of(headers).headers(EVENTS);
    let last = header_text(headers, LAST_EVENT);
    if !last.is_empty() {
        sent.extend([LAST_EVENT, ": ", last, "\r\n"]);
    }
    let answer = served.upstream.ask_bare(method, &sent).await;
    Ok((Arc::clone(served), answer.map_err(|error| tools::unavailable(&error.to_string()))?))
}

/// The server does not do that.
fn unwilling(status: StatusCode) -> Refusal {
    if status == StatusCode::METHOD_NOT_ALLOWED {
        Refusal::no_such_method()
    } else {
        tools::unavailable(&format!("status {}", status.as_u16()))
    }
}
