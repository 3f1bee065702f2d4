//! Connections that a server accepts and holds, and how they end when it stops: each is told, finishes what it has begun, and is waited for.
//!
//! hyper-util's `GracefulShutdown` does the same for connections of HTTP, but not for those that may become WebSockets, unless HTTP/2 comes with them.

use std::{
    future::Future,
    net::SocketAddr,
    pin::{Pin, pin},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How long to wait when no connection can be accepted, such as where no file descriptor is left: some will be soon.
const BREATH: Duration = Duration::from_millis(100);

/// The connections of a server.
#[derive(Debug, Default)]
pub struct Connections {
    /// Whether the server stops; every connection holds a receiver.
    stops: watch::Sender<bool>,
}

impl Connections {
    /// Hands connections to `attend` until `until` is done; then listens no more, and ends them as [`Self::end`] does.
    pub async fn serve(
        &self,
        listener: TcpListener,
        mut until: impl Future<Output = ()> + Unpin,
        within: Duration,
        attend: impl Fn(TcpStream, SocketAddr, Held),
    ) -> bool {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut until => break,
            };
            match accepted {
                Ok((stream, address)) => attend(stream, address, self.hold()),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop(listener);
        self.end(within).await
    }

    /// One more: waited for until it is dropped.
    pub fn hold(&self) -> Held {
        Held { stops: self.stops.subscribe() }
    }

    /// Tells all that the server stops, and waits until they have ended, for so long at most; says whether they did.
    pub async fn end(&self, within: Duration) -> bool {
        self.stops.send_replace(true);
        tokio::time::timeout(within, self.stops.closed()).await.is_ok()
    }
}

/// A connection that is held.
#[derive(Debug)]
pub struct Held {
    stops: watch::Receiver<bool>,
}

impl Held {
    /// Waits until the server stops.
    pub async fn server_stops(&mut self) {
        // Where nobody is left to say so, it has stopped.
        drop(self.stops.wait_for(|stops| *stops).await);
    }

    /// Runs a connection to its end; `stop` asks it to end once the server stops.
    pub async fn run<C: Future>(mut self, connection: C, stop: impl FnOnce(Pin<&mut C>)) -> C::Output {
        let mut connection = pin!(connection);
        tokio::select! {
            biased;
            ended = &mut connection => return ended,
            () = self.server_stops() => {}
        }
        stop(connection.as_mut());
        connection.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use tokio::sync::Notify;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_connection_is_asked_to_end_and_waited_for() {
        let connections = Connections::default();
        let (asked, finishes) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (told, work) = (Arc::clone(&asked), Arc::clone(&finishes));
        let held = connections.hold();
        let connection =
            tokio::spawn(held.run(async move { work.notified().await }, move |_| told.store(true, Ordering::SeqCst)));
        assert!(!connections.end(SOON).await, "it has not ended");
        assert!(asked.load(Ordering::SeqCst));
        finishes.notify_one();
        assert!(connections.end(Duration::from_secs(5)).await);
        connection.await.unwrap();
    }

    #[tokio::test]
    async fn one_that_ends_by_itself_is_not_asked_and_one_that_comes_late_is() {
        let connections = Connections::default();
        assert_eq!(connections.hold().run(async { 7 }, |_| unreachable!()).await, 7);
        assert!(connections.end(SOON).await, "nobody is held");
        let mut late = connections.hold();
        late.server_stops().await;
    }
}
