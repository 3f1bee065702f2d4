//! Listening: one task for each connection, with a limit on how long a request's head may take, and an end that lets
//! requests finish.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request, response::Response};
use hyper::{
    body::Incoming,
    server::conn::http1::{self, UpgradeableConnection},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use maru_connections::{Connections, Held};
use tokio::net::{TcpListener, TcpStream};
use tower::Service as _;

use crate::linger::{Lingering, Pace};

/// How long the head of a request may take to arrive: slow clients must not hold connections for ever.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests that have begun may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);

/// What is waited for before a server stops.
pub type Until = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves until `until` is done; requests that have begun are finished, for half a minute at most.
pub fn serve(listener: TcpListener, router: Router, until: Until) -> Until {
    // In a box, so that all of it is compiled here, as fast as this crate is, and not in each crate that serves.
    Box::pin(serve_with(listener, router, Manner { head: HEAD, lingers: false }, until))
}

/// The same for questions that take microseconds, on a runtime of one thread: after an answer the thread looks for the next request
/// of the same connection for a tenth of a millisecond before it sleeps, if requests follow each other that fast.
pub fn serve_promptly(listener: TcpListener, router: Router, until: Until) -> Until {
    Box::pin(serve_with(listener, router, Manner { head: HEAD, lingers: true }, until))
}

/// How connections are served.
#[derive(Clone, Copy, Debug)]
struct Manner {
    /// How long the head of a request may take to arrive.
    head: Duration,
    /// Whether the next request is looked for before the thread sleeps.
    lingers: bool,
}

async fn serve_with(listener: TcpListener, router: Router, manner: Manner, until: Until) {
    let attend = |stream: TcpStream, address, held: Held| attend(stream, address, router.clone(), manner, held);
    if !Connections::default().serve(listener, until, FAREWELL, attend).await {
        tracing::warn!("requests that took too long were cut off");
    }
}

/// Answers what comes over one connection, in a task of its own.
fn attend(stream: TcpStream, address: SocketAddr, router: Router, manner: Manner, held: Held) {
    let _ = stream.set_nodelay(true);
    let pace = manner.lingers.then(Pace::new);
    let kept = pace.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        answer(router.clone(), request, kept.clone())
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(manner.head)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let connection = held.run(connection, UpgradeableConnection::graceful_shutdown);
    let connection = Lingering::new(connection, pace);
    tokio::spawn(async move {
        // What ends a connection early is the other side's business: it hung up, or was too slow.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    pace: Option<Arc<Pace>>,
) -> Result<Response, Infallible> {
    if let Some(pace) = &pace {
        pace.begins();
    }
    let answered = router.call(request.map(Body::new)).await;
    if let Some(pace) = &pace {
        pace.ends();
    }
    answered
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
    };

    use super::*;

    async fn slow() -> &'static str {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "finished"
    }

    #[tokio::test]
    async fn slow_heads_are_cut_off_and_begun_requests_finished() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", get(slow));
        let server = tokio::spawn(serve_with(
            listener,
            router,
            Manner { head: Duration::from_millis(200), lingers: true },
            Box::pin(async {
                let _ = stopped.await;
            }),
        ));
        let mut dawdler = TcpStream::connect(address).await.unwrap();
        dawdler.write_all(b"GET / HTTP/1.1\r\nHost: a").await.unwrap();
        let mut answer = Vec::new();
        let cut_off = tokio::time::timeout(Duration::from_secs(5), dawdler.read_to_end(&mut answer)).await;
        assert!(cut_off.is_ok(), "the connection is closed");
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("finished"), "{answer}");
        server.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
