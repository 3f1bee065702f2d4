//! Listening: one task for each connection, with a limit on how long a request's head may take, and an end that lets
//! requests finish.

use std::{convert::Infallible, future::Future, pin::pin, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;
use tower::Service as _;

/// How long the head of a request may take to arrive: slow clients must not hold connections for ever.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests that have begun may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);
/// How long to wait when no connection can be accepted, such as where no file descriptor is left.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `until` is done; requests that have begun are finished, for half a minute at most.
pub async fn serve(listener: TcpListener, router: Router, until: impl Future<Output = ()>) {
    serve_with(listener, router, HEAD, until).await;
}

async fn serve_with(listener: TcpListener, router: Router, head: Duration, until: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let mut until = pin!(until);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut until => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            answer(router.clone(), request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // What ends a connection early is the other side's business: it hung up, or was too slow.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, connections.shutdown()).await.is_err() {
        tracing::warn!("requests that took too long were cut off");
    }
}

async fn answer(mut router: Router, request: Request<Incoming>) -> Result<Response, Infallible> {
    router.call(request.map(Body::new)).await
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
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
        let server = tokio::spawn(serve_with(listener, router, Duration::from_millis(200), async {
            let _ = stopped.await;
        }));
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
