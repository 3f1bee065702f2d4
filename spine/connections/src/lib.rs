//! Connections that a server holds, and how they end when it stops: each is told, finishes what it has begun, and is waited for.
//!
//! hyper-util's `GracefulShutdown` does the same for connections of HTTP, but not for those that may become WebSockets, unless HTTP/2 comes with them.

use std::{
    future::Future,
    pin::{Pin, pin},
    time::Duration,
};

use tokio::sync::watch;

/// The connections of a server.
#[derive(Debug, Default)]
pub struct Connections {
    /// Whether the server stops; every connection holds a receiver.
    stops: watch::Sender<bool>,
}

impl Connections {
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
