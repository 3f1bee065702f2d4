//! One server: connections that are kept, and one request at a time on each.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};

use super::{
    Address, Health, Line, Seat,
    framing::Framing,
    lock,
    wire::{Connection, WireError},
};
use crate::{
    local::{LocalServer, Pieces},
    registry::Zone,
};

/// Connections that are kept when nobody uses them.
const KEPT: usize = 512;

/// A server behind the gateway.
pub(crate) struct Upstream {
    pub(crate) id: String,
    pub(crate) zone: Zone,
    pub(crate) capacity: u32,
    pub(crate) address: Address,
    /// The model in this program that the address names, where it was loaded.
    pub(super) local: Option<LocalServer>,
    /// The heads of requests to it, but for path and length.
    pub(super) heads: Heads,
    pub(crate) connect: Duration,
    pub(crate) first_byte: Duration,
    pub(crate) idle: Duration,
    pub(super) kept: Mutex<Vec<Connection>>,
    pub(super) in_flight: AtomicU32,
    pub(super) line: Arc<Line>,
    pub(crate) health: Health,
}

/// What stands in every request to a server.
pub(super) struct Heads {
    base: String,
    /// Host, key and the rest; it holds the key and is never shown.
    headers: String,
}

impl Heads {
    pub(super) fn new(address: &Address, key: Option<&str>) -> Result<Self, String> {
        let Address::Http { tls, host, port, path } = address else {
            return Ok(Self { base: String::new(), headers: String::new() });
        };
        let usual = *port == if *tls { 443 } else { 80 };
        let host = if usual { host.clone() } else { format!("{host}:{port}") };
        let mut headers = format!("host: {host}\r\ncontent-type: application/json\r\nuser-agent: maru-gateway\r\n");
        if let Some(key) = key {
            if !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
                return Err("the key holds characters that no header takes".to_owned());
            }
            headers.push_str("authorization: Bearer ");
            headers.push_str(key);
            headers.push_str("\r\n");
        }
        Ok(Self { base: path.clone(), headers })
    }

    fn head(&self, method: &str, path: &str, extra: &str, length: usize) -> String {
        let Self { base, headers } = self;
        format!("{method} {base}{path} HTTP/1.1\r\n{headers}{extra}content-length: {length}\r\n\r\n")
    }
}

/// Why a server gave no answer. None carries anything of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("no connection ({0})")]
    Connect(String),
    #[error("no answer in time")]
    Late,
    #[error("the connection broke ({0})")]
    Broke(String),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

impl From<WireError> for UpstreamError {
    fn from(error: WireError) -> Self {
        Self::Broke(error.to_string())
    }
}

/// An answer that has begun. Dropped before its end it closes the connection, and the server stops computing.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    /// The session that a server of tools began.
    pub(crate) session: String,
    body: Body,
    seat: Seat,
}

/// Where an answer's bytes come from.
enum Body {
    /// A connection; nothing once it was read to its end.
    Wire { connection: Option<Connection>, framing: Framing, keeps: bool },
    /// A model in this program.
    Local(Pieces),
}

impl Answer {
    /// The next bytes, as many as have come; `None` at the end, after which the connection serves the next request.
    pub(crate) fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, UpstreamError>>> {
        let (connection, framing) = match &mut self.body {
            Body::Local(pieces) => return pieces.poll_bytes(context).map(|next| next.map(Ok)),
            Body::Wire { connection: None, .. } => return Poll::Ready(None),
            Body::Wire { connection: Some(connection), framing, .. } => (connection, framing),
        };
        let polled = connection.poll_body(framing, context);
        if matches!(polled, Poll::Ready(None)) {
            self.give_back();
        }
        polled.map(|next| next.map(|bytes| bytes.map_err(UpstreamError::from)))
    }

    /// The next bytes, waited for.
    pub(crate) async fn bytes(&mut self) -> Option<Result<Bytes, UpstreamError>> {
        std::future::poll_fn(|context| self.poll_bytes(context)).await
    }

    /// The whole body.
    pub(crate) async fn whole(&mut self, limit: usize) -> Result<Bytes, UpstreamError> {
        let idle = self.seat.upstream.idle.max(self.seat.upstream.first_byte);
        let mut first = Bytes::new();
        let mut more = BytesMut::new();
        while let Some(bytes) = tokio::time::timeout(idle, self.bytes()).await.map_err(|_| UpstreamError::Late)? {
            let bytes = bytes?;
            if first.len() + more.len() + bytes.len() > limit {
                return Err(UpstreamError::TooLarge(limit));
            }
            // Most answers come in one piece: then nothing is copied.
            if first.is_empty() {
                first = bytes;
            } else {
                more.extend_from_slice(&bytes);
            }
        }
        if more.is_empty() {
            return Ok(first);
        }
        Ok([&first[..], &more[..]].concat().into())
    }

    fn give_back(&mut self) {
        let Body::Wire { connection, keeps, .. } = &mut self.body else { return };
        let Some(connection) = connection.take().filter(|_| *keeps) else { return };
        let mut kept = lock(&self.seat.upstream.kept);
        if kept.len() < KEPT {
            kept.push(connection);
        }
    }

    pub(crate) fn idle(&self) -> Duration {
        self.seat.upstream.idle
    }
}

impl Upstream {
    /// Calls that it is busy with.
    pub(crate) fn load(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Posts a body to `path` behind the base address, whether a seat is free or not.
    pub(crate) async fn post(self: &Arc<Self>, path: &str, body: Bytes) -> Result<Answer, UpstreamError> {
        self.squeeze_in().post(path, body).await
    }

    /// The same with further headers, whose values came out of headers.
    pub(crate) async fn post_with(
        self: &Arc<Self>,
        path: &str,
        headers: &str,
        body: Bytes,
    ) -> Result<Answer, UpstreamError> {
        self.squeeze_in().post_with(path, headers, body).await
    }

    /// Asks without a body, such as for a stream to listen to, with further headers.
    pub(crate) async fn ask_bare(self: &Arc<Self>, method: &str, headers: &str) -> Result<Answer, UpstreamError> {
        self.squeeze_in().send_with(method, "", headers, Bytes::new()).await
    }

    fn note(&self, error: UpstreamError) -> UpstreamError {
        self.health.failed(Instant::now());
        error
    }

    fn take_kept(&self) -> Option<Connection> {
        loop {
            let connection = lock(&self.kept).pop()?;
            if connection.is_quiet() {
                return Some(connection);
            }
        }
    }

    async fn ask(
        &self,
        mut connection: Connection,
        head: &str,
        body: &Bytes,
    ) -> Result<(super::framing::Head, Connection), Asked> {
        let asked = async {
            connection.send(head.as_bytes(), body).await.map_err(|_| Asked::Unheard)?;
            connection.head().await.map_err(|error| match error {
                WireError::Closed | WireError::Io(_) => Asked::Unheard,
                error => Asked::Failed(error.into()),
            })
        };
        match tokio::time::timeout(self.first_byte, asked).await {
            Err(_) => Err(Asked::Failed(UpstreamError::Late)),
            Ok(Err(error)) => Err(error),
            Ok(Ok(head)) => Ok((head, connection)),
        }
    }

    async fn new_connection(&self) -> Result<Connection, UpstreamError> {
        let Address::Http { tls, host, port, .. } = &self.address else {
            return Err(UpstreamError::Connect("a model in this program has no address".into()));
        };
        Connection::open(host, *port, *tls).await.map_err(|error| UpstreamError::Connect(error.kind().to_string()))
    }
}

/// How asking on one connection failed.
enum Asked {
    /// The server said nothing at all: another connection may be tried.
    Unheard,
    Failed(UpstreamError),
}

impl Seat {
    /// Posts a body to `path` behind the base address.
    pub(crate) async fn post(self, path: &str, body: Bytes) -> Result<Answer, UpstreamError> {
        self.post_with(path, "accept: */*\r\n", body).await
    }

    /// Sends a request of any method; `path` came out of an address.
    pub(crate) async fn send(self, method: &str, path: &str, body: Bytes) -> Result<Answer, UpstreamError> {
        self.send_with(method, path, "accept: */*\r\n", body).await
    }

    /// Posts a body with further headers.
    async fn post_with(self, path: &str, headers: &str, body: Bytes) -> Result<Answer, UpstreamError> {
        self.send_with("POST", path, headers, body).await
    }

    /// A kept connection that the server had given up is replaced.
    async fn send_with(self, method: &str, path: &str, headers: &str, body: Bytes) -> Result<Answer, UpstreamError> {
        let upstream = &self.upstream;
        if let Address::Local(name) = &upstream.address {
            let Some(local) = upstream.local.clone() else {
                return Err(UpstreamError::Connect(format!(
                    "no model {name:?} was loaded into this program; name its file under [[local_models]] in the configuration"
                )));
            };
            return self.ask_local(&local, path, &body).await;
        }
        let head = upstream.heads.head(method, path, headers, body.len());
        while let Some(connection) = upstream.take_kept() {
            match upstream.ask(connection, &head, &body).await {
                // Nothing came of it: the next, or a new one.
                Err(Asked::Unheard) => {}
                asked => return self.answered(asked),
            }
        }
        let connected = tokio::time::timeout(upstream.connect, upstream.new_connection()).await;
        let connection = match connected {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(upstream.note(error)),
            Err(_) => return Err(upstream.note(UpstreamError::Connect("time limit reached".into()))),
        };
        let asked = upstream.ask(connection, &head, &body).await;
        self.answered(asked)
    }

    /// Asks a model in this program.
    async fn ask_local(self, local: &LocalServer, path: &str, body: &[u8]) -> Result<Answer, UpstreamError> {
        let begun = local.post(path, body, self.upstream.first_byte).await;
        let begun = begun.map_err(|reason| self.upstream.note(UpstreamError::Broke(reason)))?;
        let (content_type, session) = (begun.content_type.to_owned(), String::new());
        Ok(Answer { status: begun.status, content_type, session, body: Body::Local(begun.pieces), seat: self })
    }

    fn answered(self, asked: Result<(super::framing::Head, Connection), Asked>) -> Result<Answer, UpstreamError> {
        let (head, connection) = match asked {
            Ok(answered) => answered,
            Err(Asked::Unheard) => return Err(self.upstream.note(WireError::Closed.into())),
            Err(Asked::Failed(error)) => return Err(self.upstream.note(error)),
        };
        let super::framing::Head { status, content_type, session, framing, keeps } = head;
        let body = Body::Wire { connection: Some(connection), framing, keeps };
        Ok(Answer { status, content_type, session, body, seat: self })
    }
}
