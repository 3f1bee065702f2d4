//! One server: connections that are kept, and one request at a time on each.

use std::{
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{Address, Health, lock};
use crate::registry::Zone;

/// Connections that are kept when nobody uses them.
const KEPT: usize = 512;

type Sender = SendRequest<Full<Bytes>>;

/// A server behind the gateway.
pub(crate) struct Upstream {
    pub(crate) id: String,
    pub(crate) zone: Zone,
    pub(crate) capacity: u32,
    pub(crate) address: Address,
    pub(crate) key: Option<HeaderValue>,
    pub(crate) connect: Duration,
    pub(crate) first_byte: Duration,
    pub(crate) idle: Duration,
    pub(crate) kept: Mutex<Vec<Sender>>,
    pub(crate) in_flight: AtomicU32,
    pub(crate) health: Health,
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

/// An answer that has begun. Dropped before its end it closes the connection, and the server stops computing.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Incoming,
    sender: Option<Sender>,
    upstream: Arc<Upstream>,
}

impl Answer {
    /// The whole body.
    pub(crate) async fn whole(&mut self, limit: usize) -> Result<Bytes, UpstreamError> {
        let idle = self.upstream.idle.max(self.upstream.first_byte);
        let mut first = Bytes::new();
        let mut more = BytesMut::new();
        loop {
            let frame = tokio::time::timeout(idle, self.body.frame()).await.map_err(|_| UpstreamError::Late)?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|error| UpstreamError::Broke(error.to_string()))?;
            let Ok(data) = frame.into_data() else { continue };
            if first.len() + more.len() + data.len() > limit {
                return Err(UpstreamError::TooLarge(limit));
            }
            // Most answers come in one piece: then nothing is copied.
            if first.is_empty() && more.is_empty() {
                first = data;
            } else {
                if more.is_empty() {
                    more.extend_from_slice(&first);
                    first = Bytes::new();
                }
                more.extend_from_slice(&data);
            }
        }
        self.ended();
        Ok(if more.is_empty() { first } else { more.freeze() })
    }

    /// The body has come to its end: the connection can be used again.
    pub(crate) fn ended(&mut self) {
        if let Some(sender) = self.sender.take() {
            let mut kept = lock(&self.upstream.kept);
            if kept.len() < KEPT && !sender.is_closed() {
                kept.push(sender);
            }
        }
    }

    pub(crate) fn idle(&self) -> Duration {
        self.upstream.idle
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.upstream.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts a request until an [`Answer`] takes over.
struct InFlight<'a>(&'a Upstream);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Upstream {
    pub(crate) fn has_room(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) < self.capacity
    }

    pub(crate) fn load(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Posts a body to `path` behind the base address. A kept connection that turns out closed is replaced once.
    pub(crate) async fn post(self: &Arc<Self>, path: &str, body: Bytes) -> Result<Answer, UpstreamError> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let counted = InFlight(self);
        while let Some(mut sender) = self.take_kept().await {
            match self.send(&mut sender, path, body.clone()).await {
                Ok(response) => return Ok(self.answer(response, sender, counted)),
                // The server had closed it meanwhile: the next, or a new one.
                Err(UpstreamError::Broke(_)) => {}
                Err(error) => return Err(self.note(error)),
            }
        }
        let connected = tokio::time::timeout(self.connect, self.new_connection()).await;
        let mut sender = match connected {
            Ok(Ok(sender)) => sender,
            Ok(Err(error)) => return Err(self.note(error)),
            Err(_) => return Err(self.note(UpstreamError::Connect("time limit reached".into()))),
        };
        match self.send(&mut sender, path, body).await {
            Ok(response) => Ok(self.answer(response, sender, counted)),
            Err(error) => Err(self.note(error)),
        }
    }

    fn note(&self, error: UpstreamError) -> UpstreamError {
        self.health.failed(Instant::now());
        error
    }

    fn answer(self: &Arc<Self>, response: hyper::Response<Incoming>, sender: Sender, counted: InFlight<'_>) -> Answer {
        std::mem::forget(counted);
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body, sender: Some(sender), upstream: Arc::clone(self) }
    }

    async fn take_kept(&self) -> Option<Sender> {
        loop {
            let mut sender = lock(&self.kept).pop()?;
            if sender.is_ready() {
                return Some(sender);
            }
            // Its last answer has only just ended.
            if !sender.is_closed() && sender.ready().await.is_ok() {
                return Some(sender);
            }
        }
    }

    async fn send(
        &self,
        sender: &mut Sender,
        path: &str,
        body: Bytes,
    ) -> Result<hyper::Response<Incoming>, UpstreamError> {
        let request = self.request(path, body)?;
        match tokio::time::timeout(self.first_byte, sender.send_request(request)).await {
            Err(_) => Err(UpstreamError::Late),
            Ok(Err(error)) => Err(UpstreamError::Broke(error.to_string())),
            Ok(Ok(response)) => Ok(response),
        }
    }

    fn request(&self, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, UpstreamError> {
        let Address::Http { tls, host, port, path: base } = &self.address else {
            return Err(UpstreamError::Connect("the embedded model has no address".into()));
        };
        let wrong = |_| UpstreamError::Connect("the address cannot be used".into());
        let uri = Uri::try_from(format!("{base}{path}"))
            .map_err(|_| UpstreamError::Connect("the path cannot be used".into()))?;
        let usual = *port == if *tls { 443 } else { 80 };
        let host = if usual { HeaderValue::from_str(host) } else { HeaderValue::from_str(&format!("{host}:{port}")) };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(header::HOST, host.map_err(wrong)?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = &self.key {
            headers.insert(header::AUTHORIZATION, key.clone());
        }
        Ok(request)
    }

    async fn new_connection(&self) -> Result<Sender, UpstreamError> {
        let Address::Http { tls, host, port, .. } = &self.address else {
            return Err(UpstreamError::Connect("the embedded model has no address".into()));
        };
        let failed = |error: std::io::Error| UpstreamError::Connect(error.kind().to_string());
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((name, *port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        if !tls {
            return shake_hands(TokioIo::new(stream)).await;
        }
        let connector = TLS.clone().ok_or_else(|| UpstreamError::Connect("no certificates of the platform".into()))?;
        let name = rustls::pki_types::ServerName::try_from(name.to_owned())
            .map_err(|_| UpstreamError::Connect("the host's name cannot be in a certificate".into()))?;
        let stream = connector.connect(name, stream).await.map_err(failed)?;
        shake_hands(TokioIo::new(stream)).await
    }
}

async fn shake_hands<T>(stream: T) -> Result<Sender, UpstreamError>
where
    T: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let (sender, connection) = handshake(stream).await.map_err(|error| UpstreamError::Connect(error.to_string()))?;
    tokio::spawn(async move {
        // What ends a connection shows in the request that ran on it.
        drop(connection.await);
    });
    Ok(sender)
}

/// Certificates as the platform trusts them.
static TLS: LazyLock<Option<TlsConnector>> = LazyLock::new(|| {
    use rustls_platform_verifier::ConfigVerifierExt as _;
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut config = rustls::ClientConfig::with_platform_verifier().ok()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(TlsConnector::from(Arc::new(config)))
});
