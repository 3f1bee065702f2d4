//! The Responses API over WebSockets, as Open Responses has it (state of 24 April 2026): a client that goes on with a conversation turn by turn
//! keeps one connection, and what was said last stays in its memory, also where nothing may be stored.
//!
//! A turn is a streamed call like any other: it passes key, rules and budget anew and stands on the record by itself.

mod held;
mod session;
mod turn;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts as _, WebSocketUpgrade},
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header},
};

pub(crate) use held::Sockets;

use self::session::Session;
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Snapshot},
};

/// What a connection has in memory for bytes that came and were not looked at. Thousands may be open, and most wait.
const BUFFER: usize = 8 << 10;
/// What a client says once, when it connects, and what then holds for every turn.
const SAID_ONCE: [HeaderName; 5] = [
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("x-maru-class"),
    HeaderName::from_static("x-maru-confirm"),
];

/// Takes up a connection at `/responses` of whoever holds the key.
pub(super) async fn open(
    inner: &Arc<Inner>,
    snapshot: &Snapshot,
    key: &Key,
    request: Request<Body>,
) -> Result<Response<Body>, Refusal> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.map_err(|_| no_websocket())?;
    let place = inner.sockets.take(&key.scope.id)?;
    let largest = snapshot.policy_of(&key.scope.agency).largest_request;
    let session = Session::new(Arc::clone(inner), said_once(&parts.headers), largest, place);
    let upgrade = upgrade.read_buffer_size(BUFFER).max_message_size(largest).max_frame_size(largest);
    Ok(upgrade.on_upgrade(|socket| session.attend(socket)))
}

fn said_once(headers: &HeaderMap) -> HeaderMap {
    let said = SAID_ONCE.into_iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    said.collect()
}

/// 426: who asks for this address without sending a request wants a WebSocket.
fn no_websocket() -> Refusal {
    let refusal = Refusal::bad(
        "websocket_expected",
        "이 주소에는 POST로 요청을 보내거나 WebSocket(13판)으로 연결하세요.",
        "Send a request to this address with POST, or connect with a WebSocket (version 13).",
    );
    Refusal { status: StatusCode::UPGRADE_REQUIRED, ..refusal }
}

/// The answer to who wants no WebSocket where one is needed says so (RFC 9110, section 15.5.22).
pub(super) fn refused(refusal: &Refusal) -> Response<Body> {
    let mut response = refusal.response();
    if refusal.status == StatusCode::UPGRADE_REQUIRED {
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
    response
}
