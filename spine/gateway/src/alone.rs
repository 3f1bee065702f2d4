//! A gateway that stands alone: its own listener, and a ledger on which nothing else is.

use std::{convert::Infallible, pin::Pin, time::Duration};

use axum::{body::Body, http::Request};
use hyper::{
    body::Incoming,
    server::conn::http1::{self, UpgradeableConnection},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use maru_connections::{Connections, Held};
use maru_ledger::LedgerConfig;
use tokio::net::{TcpListener, TcpStream};

use crate::{gateway::Gateway, unheard::Unheard};

/// KiB of its database that each connection of a gateway alone keeps in memory: it appends, and reads little.
const PAGE_CACHE: u32 = 4 << 10;
/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests that have begun may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);

/// Settles a ledger on which nothing but a gateway stands: it appends and reads little, and its callers do not wait for what is recorded.
pub fn for_gateway_alone(ledger: &mut LedgerConfig) {
    ledger.page_cache = PAGE_CACHE;
    ledger.courteous_writer = true;
}

/// What is waited for before a gateway stops.
pub type Until = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves the gateway alone until `until` is done; calls that have begun are finished, for half a minute at most.
pub fn serve(listener: TcpListener, gateway: Gateway, until: Until) -> Until {
    // In a box, so that all of it is compiled here, as fast as this crate is, and not in each crate that serves.
    Box::pin(serve_alone(listener, gateway, until))
}

async fn serve_alone(listener: TcpListener, gateway: Gateway, until: Until) {
    let attend = |stream: TcpStream, _, held: Held| attend(stream, gateway.clone(), held);
    if !Connections::default().serve(listener, until, FAREWELL, attend).await {
        tracing::warn!("calls that took too long were cut off");
    }
    if let Err(error) = gateway.close().await {
        tracing::warn!(%error, "budgets that were not used could not be given back");
    }
}

/// Answers what comes over one connection, in a task of its own.
fn attend(stream: TcpStream, gateway: Gateway, held: Held) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let gateway = gateway.clone();
        async move { Ok::<_, Infallible>(gateway.answer(request.map(Body::new)).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let connection = held.run(connection, UpgradeableConnection::graceful_shutdown);
    tokio::spawn(Unheard::new(async move {
        // What ends a connection early is the other side's business.
        drop(connection.await);
    }));
}
