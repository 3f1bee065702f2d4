//! Servers behind the gateway: kept connections, health, and who is asked next.

mod balance;
mod connection;
mod framing;
mod line;
mod retries;
mod seat;
mod wire;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

pub(crate) use balance::{Balance, Nobody};
pub(crate) use connection::{Answer, Upstream, UpstreamError};
pub(crate) use line::{Asking, ComeBack, Line};
pub(crate) use retries::Retries;
pub(crate) use seat::Seat;

use crate::{
    local::LocalServer,
    registry::{Backend, Zone},
};

/// Where a back end is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// The model in this program.
    Embedded,
    /// A model whose weights this program holds, by the name that it was loaded under.
    Local(String),
    /// A server.
    Http { tls: bool, host: String, port: u16, path: String },
}

impl Address {
    /// Reads `http://HOST:PORT/v1`, `https://…`, `local:NAME` or `embedded:`.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        if url == "embedded:" {
            return Ok(Self::Embedded);
        }
        if let Some(name) = url.strip_prefix("local:") {
            return if name.is_empty() {
                Err("local: needs the name of a model in this program; write local:NAME".into())
            } else {
                Ok(Self::Local(name.to_owned()))
            };
        }
        let uri: axum::http::Uri =
            url.parse().map_err(|_| format!("{url:?} is not an address; write http://HOST:PORT/v1"))?;
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(format!("{url:?} must begin with http://, https:// or local:, or be embedded:")),
        };
        let authority = uri.authority().ok_or_else(|| format!("{url:?} names no host"))?;
        if authority.as_str().contains('@') {
            return Err(
                "an address must not carry credentials; name the variable that holds the key in key_variable".into()
            );
        }
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self::Http { tls, host: authority.host().to_owned(), port, path })
    }
}

/// Whether a back end answers. It rests after failures, twice as long each time, and is tried again then.
#[derive(Debug)]
pub(crate) struct Health {
    began: Instant,
    failures: AtomicU32,
    /// Milliseconds after `began` until which it rests.
    rests_until: AtomicU64,
}

impl Health {
    fn new(began: Instant) -> Self {
        Self { began, failures: AtomicU32::new(0), rests_until: AtomicU64::new(0) }
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn is_resting(&self, now: Instant) -> bool {
        self.rests_until.load(Ordering::Relaxed) > self.millis(now)
    }

    pub(crate) fn failed(&self, now: Instant) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).min(6);
        let rest = 500_u64 << failures;
        self.rests_until.store(self.millis(now) + rest, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
            self.rests_until.store(0, Ordering::Relaxed);
        }
    }
}

/// Makes a server of a back end of the registry; its key comes from the environment, and `local` has the models in this program. Who waits
/// for a seat at it stands in `line`.
pub(crate) fn upstream_of(
    backend: &Backend,
    key: Option<&str>,
    local: impl FnOnce(&str) -> Option<LocalServer>,
    began: Instant,
    line: Arc<Line>,
) -> Result<Upstream, String> {
    let address = Address::parse(&backend.url)?;
    let local = if let Address::Local(name) = &address { local(name) } else { None };
    // A model in this program takes no more than it can, whatever the registry says of it: each of its calls holds a thread.
    let most = local.as_ref().map_or(u32::MAX, |local| local.model.at_once());
    let heads = connection::Heads::new(&address, key)?;
    Ok(Upstream {
        id: backend.id.clone(),
        zone: backend.zone,
        capacity: backend.capacity.min(most).max(1),
        address,
        local,
        heads,
        connect: Duration::from_secs(backend.connect_seconds.max(1)),
        first_byte: Duration::from_secs(backend.first_byte_seconds.max(1)),
        idle: Duration::from_secs(backend.idle_seconds.max(1)),
        kept: Mutex::default(),
        in_flight: AtomicU32::new(0),
        line,
        health: Health::new(began),
    })
}

/// A place that a call may go to: the server, the model's name and version there.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) upstream: Arc<Upstream>,
    /// The model's name there; empty means the name that the caller used.
    pub(crate) model: String,
    pub(crate) version: String,
    pub(crate) weight: u32,
}

pub(crate) fn zone_suffices(zone: Zone, class: crate::policy::DataClass) -> bool {
    class <= zone.highest_class()
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_refused_with_what_to_do() {
        let read = Address::parse("http://10.0.0.5:8000/v1/").unwrap();
        assert_eq!(read, Address::Http { tls: false, host: "10.0.0.5".into(), port: 8000, path: "/v1".into() });
        assert_eq!(Address::parse("embedded:").unwrap(), Address::Embedded);
        assert_eq!(Address::parse("local:small").unwrap(), Address::Local("small".into()));
        for wrong in ["", "local:", "ftp://x/v1", "http://user:pw@host/v1", "/v1", "http:///v1"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_server_that_fails_rests_longer_each_time_and_is_forgiven_when_it_answers() {
        let began = Instant::now();
        let health = Health::new(began);
        health.failed(began);
        assert!(health.is_resting(began + Duration::from_millis(400)));
        assert!(!health.is_resting(began + Duration::from_millis(600)));
        health.failed(began);
        assert!(health.is_resting(began + Duration::from_millis(900)));
        health.answered();
        assert!(!health.is_resting(began));
    }
}
