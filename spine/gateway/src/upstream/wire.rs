//! One connection to a server, driven by the call that uses it: no task of its own, no queue between. HTTP/1.1, one request at a time.

use std::{
    io,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::framing::{Framing, Head, Malformed, take_head};

/// Room that is made for what the server sends next: it grows with servers that fill it.
const LEAST_ROOM: usize = 4 << 10;
const MOST_ROOM: usize = 64 << 10;
/// Head and body of a request up to this size go out in one piece.
const ONE_PIECE: usize = 64 << 10;

/// Why nothing more comes out of a connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("{}", .0.kind())]
    Io(#[from] io::Error),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The server closed before it had said anything: it had given the connection up.
    #[error("the server had closed it")]
    Closed,
    /// The server closed in the middle of its answer.
    #[error("the answer broke off")]
    BrokeOff,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection. After an answer whose body was read to its end it can be used again.
pub(super) struct Connection {
    stream: Stream,
    read: BytesMut,
    room: usize,
}

impl Connection {
    pub(super) async fn open(host: &str, port: u16, tls: bool) -> io::Result<Self> {
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((name, port)).await?;
        stream.set_nodelay(true)?;
        let stream = if tls { encrypted(name, stream).await? } else { Stream::Plain(stream) };
        Ok(Self { stream, read: BytesMut::new(), room: LEAST_ROOM })
    }

    /// Nothing came meanwhile: neither the end nor an answer that nobody asked for.
    pub(super) fn is_quiet(&self) -> bool {
        let socket = match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream.get_ref().0,
        };
        let is_silent = matches!(socket.try_read(&mut [0; 1]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        is_silent && self.read.is_empty()
    }

    pub(super) async fn send(&mut self, head: &[u8], body: &Bytes) -> Result<(), WireError> {
        if head.len() + body.len() <= ONE_PIECE {
            let mut whole = Vec::with_capacity(head.len() + body.len());
            whole.extend_from_slice(head);
            whole.extend_from_slice(body);
            self.write(&whole).await?;
        } else {
            self.write(head).await?;
            self.write(body).await?;
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes).await,
            Stream::Tls(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    pub(super) async fn head(&mut self) -> Result<Head, WireError> {
        loop {
            if let Some(head) = take_head(&mut self.read)? {
                return Ok(head);
            }
            let came_before = !self.read.is_empty();
            if std::future::poll_fn(|context| self.poll_more(context)).await? == 0 {
                return Err(if came_before { WireError::BrokeOff } else { WireError::Closed });
            }
        }
    }

    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let before = self.read.len();
        self.read.resize(before + self.room, 0);
        let mut room = ReadBuf::new(&mut self.read[before..]);
        let polled = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, &mut room),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_read(context, &mut room),
        };
        let came = room.filled().len();
        self.read.truncate(before + came);
        if came == self.room {
            self.room = (2 * came).min(MOST_ROOM);
        }
        polled.map_ok(|()| came)
    }

    /// The next bytes of a body, as many as have come; `None` at its end.
    pub(super) fn poll_body(
        &mut self,
        framing: &mut Framing,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, WireError>>> {
        loop {
            let mut body = BytesMut::new();
            if let Err(error) = framing.decode(&mut self.read, &mut body) {
                return Poll::Ready(Some(Err(error.into())));
            }
            if !body.is_empty() {
                return Poll::Ready(Some(Ok(body.freeze())));
            }
            if framing.is_done() {
                return Poll::Ready(None);
            }
            match ready!(self.poll_more(context)) {
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
                Ok(0) if framing.may_end_with_connection() => return Poll::Ready(None),
                Ok(0) => return Poll::Ready(Some(Err(WireError::BrokeOff))),
                Ok(_) => {}
            }
        }
    }
}

async fn encrypted(name: &str, stream: TcpStream) -> io::Result<Stream> {
    let connector = TLS.clone().ok_or_else(|| io::Error::other("no certificates of the platform"))?;
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| io::Error::other("the host's name cannot be in a certificate"))?;
    Ok(Stream::Tls(Box::new(connector.connect(name, stream).await?)))
}

/// Certificates as the platform trusts them.
static TLS: LazyLock<Option<TlsConnector>> = LazyLock::new(|| {
    use rustls_platform_verifier::ConfigVerifierExt as _;
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut config = rustls::ClientConfig::with_platform_verifier().ok()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(TlsConnector::from(Arc::new(config)))
});
