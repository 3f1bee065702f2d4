//! Who listens to a server of tools (GET, streamable HTTP) hears what it says by itself, as `tool_stream.rs` lets it through.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderMap, Response, StatusCode},
};

use super::{
    Draft, header_text,
    served_tools::ServedTools,
    tool_stream::ToolStream,
    tools::{self, LAST_EVENT, SESSION, VERSION, is_stream},
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
        Ok((served, answer, session)) => Ok(ToolStream::of_notices(served, answer, session, policy).response(draft)),
        Err(refusal) => {
            draft.refused(&refusal);
            Err(refusal)
        }
    }
}

async fn begun(
    snapshot: &Snapshot,
    key: &Key,
    name: &str,
    headers: &HeaderMap,
    draft: &mut Draft,
) -> Result<(Arc<ServedTools>, Answer, String), Refusal> {
    // What runs in this program says nothing by itself.
    let served = tools::server_of(snapshot, key, name).ok_or_else(Refusal::no_such_method)?;
    draft.record.model = format!("mcp:{name}");
    draft.record.backend.clone_from(&served.upstream.id);
    draft.record.attempts = 1;
    let mut sent = "accept: text/event-stream\r\n".to_owned();
    for header in [SESSION, VERSION, LAST_EVENT] {
        let value = header_text(headers, header);
        if !value.is_empty() {
            sent.extend([header, ": ", value, "\r\n"]);
        }
    }
    let answer = served.upstream.listen(&sent).await.map_err(|error| tools::unavailable(&error.to_string()))?;
    match answer.status {
        StatusCode::METHOD_NOT_ALLOWED => Err(Refusal::no_such_method()),
        status if status.is_success() && is_stream(&answer) => {
            Ok((Arc::clone(served), answer, header_text(headers, SESSION).to_owned()))
        }
        status => Err(tools::unavailable(&format!("status {}", status.as_u16()))),
    }
}
