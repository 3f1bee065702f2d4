//! Which connections are held, and how they are told that the server stops.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use maru_connections::{Connections, Held};

use crate::error::Refusal;

/// Connections that one key may hold.
const MOST_OF_A_KEY: usize = 1_000;
/// How long turns that have begun may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);

/// The connections that are held.
pub(crate) struct Sockets {
    by_key: Mutex<HashMap<String, usize>>,
    connections: Connections,
    /// How long one may last.
    lasting: Duration,
}

impl Sockets {
    pub(crate) fn new(lasting: Duration) -> Self {
        Self { by_key: Mutex::default(), connections: Connections::default(), lasting }
    }

    /// A place for one more connection of a key.
    pub(super) fn take(self: &Arc<Self>, key: &str) -> Result<Place, Refusal> {
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let held = by_key.entry(key.to_owned()).or_default();
        if *held >= MOST_OF_A_KEY {
            return Err(Refusal::exhausted(
                "too_many_connections",
                1,
                format!("이 키로 연 연결이 {MOST_OF_A_KEY}개입니다. 쓰지 않는 연결을 닫고 다시 연결하세요."),
                format!(
                    "This key holds {MOST_OF_A_KEY} connections. Close those that are not used, and connect again."
                ),
            ));
        }
        *held += 1;
        Ok(Place { sockets: Arc::clone(self), key: key.to_owned(), held: self.connections.hold() })
    }

    /// How many are held now.
    pub(crate) fn count(&self) -> usize {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Ends all: those that wait at once, the others after their turn, for half a minute at most.
    pub(crate) async fn close(&self) {
        if !self.connections.end(FAREWELL).await {
            tracing::warn!("turns over WebSockets that took too long were cut off");
        }
    }
}

/// A connection's place, given back when it is dropped.
pub(super) struct Place {
    sockets: Arc<Sockets>,
    key: String,
    held: Held,
}

impl Place {
    /// When it has lasted as long as it may.
    pub(super) fn ends_at(&self) -> Instant {
        Instant::now() + self.sockets.lasting
    }

    /// Waits until the server stops.
    pub(super) async fn server_stops(&mut self) {
        self.held.server_stops().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_key = self.sockets.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = by_key.get_mut(&self.key) {
            *held -= 1;
            if *held == 0 {
                by_key.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_cannot_hold_all_and_what_ended_is_given_back() {
        let sockets = Arc::new(Sockets::new(Duration::from_hours(1)));
        let mut held: Vec<Place> = (0..MOST_OF_A_KEY).map(|_| sockets.take("a").unwrap()).collect();
        assert_eq!(sockets.take("a").err().map(|refusal| refusal.code), Some("too_many_connections"));
        let other = sockets.take("b").unwrap();
        held.pop();
        let again = sockets.take("a");
        assert!(again.is_ok());
        assert_eq!(sockets.count(), MOST_OF_A_KEY + 1);
        drop((held, other, again));
        assert_eq!(sockets.count(), 0);
        assert!(sockets.by_key.lock().unwrap().is_empty());
    }
}
