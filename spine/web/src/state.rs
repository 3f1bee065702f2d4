//! What the web server is given: configuration, identity, time and randomness.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use axum::Router;
use maru_identity::{Identity, RateLimit, RateLimiter};
use maru_ledger::{Clock, Entropy};

use crate::{bilingual::Bilingual, cookies::CookieRules, secret::WebSecret, site::Site, uploads::TakesFiles};

/// How often one address or account may ask, by kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Reading pages.
    pub read: RateLimit,
    /// Whatever changes something.
    pub write: RateLimit,
    /// Signing in.
    pub sign_in: RateLimit,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { read: RateLimit::per_minute(600), write: RateLimit::per_minute(120), sign_in: RateLimit::per_minute(20) }
    }
}

/// How a deployment's web server is set up.
#[derive(Debug, Clone)]
pub struct WebOptions {
    /// The address under which people reach it, such as `https://maru.example.go.kr`. With https, cookies are bound to
    /// the host and browsers are told to stay on https.
    pub public_url: String,
    /// The secret under form tokens and strangers' cookies.
    pub secret: WebSecret,
    /// Whose site it is.
    pub site: Site,
    /// The largest body that is taken, in bytes.
    pub body_limit: usize,
    /// After what time a request that is not answered is given up.
    pub time_limit: Duration,
    /// How often one may ask; nothing for no limit (behind a gateway that limits, and in measurements).
    pub rate_limits: Option<RateLimits>,
    /// How many reverse proxies stand in front and add to `X-Forwarded-For`; 0 means that the header is not believed.
    pub proxies: usize,
}

impl WebOptions {
    /// The usual limits: 1 MiB, 30 seconds, [`RateLimits::default`], no proxy.
    pub fn new(public_url: impl Into<String>, secret: WebSecret, site: Site) -> Self {
        Self {
            public_url: public_url.into(),
            secret,
            site,
            body_limit: 1 << 20,
            time_limit: Duration::from_secs(30),
            rate_limits: Some(RateLimits::default()),
            proxies: 0,
        }
    }
}

/// The result of asking whether a part of the system can work: nothing, or what is wrong.
pub type Health = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// A part of the system that must work for the server to take requests.
#[derive(Clone)]
pub(crate) struct HealthCheck {
    pub(crate) name: &'static str,
    pub(crate) check: Arc<dyn Fn() -> Health + Send + Sync>,
}

/// How many addresses and accounts each limiter remembers.
const REMEMBERED: usize = 100_000;

pub(crate) struct Limiters {
    pub(crate) read: RateLimiter,
    pub(crate) write: RateLimiter,
    pub(crate) sign_in: RateLimiter,
}

pub(crate) struct Inner {
    pub(crate) options: WebOptions,
    pub(crate) site: Arc<Site>,
    pub(crate) cookies: CookieRules,
    pub(crate) limiters: Option<Limiters>,
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// What the web server is given. Clone it freely: each request does, several times, so that whatever may be large is shared.
#[derive(Clone)]
pub struct WebState {
    pub(crate) inner: Arc<Inner>,
    pub(crate) checks: Arc<Vec<HealthCheck>>,
    pub(crate) departments: Arc<BTreeMap<String, Bilingual>>,
    pub(crate) files: Router,
    pub(crate) takes_files: Arc<Vec<TakesFiles>>,
}

impl WebState {
    /// The state of a server.
    pub fn new(options: WebOptions, identity: Identity, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let limiters = options.rate_limits.map(|limits| Limiters {
            read: RateLimiter::new(limits.read, REMEMBERED),
            write: RateLimiter::new(limits.write, REMEMBERED),
            sign_in: RateLimiter::new(limits.sign_in, REMEMBERED),
        });
        let cookies = CookieRules { secure: options.public_url.starts_with("https://") };
        let site = Arc::new(options.site.clone());
        Self {
            inner: Arc::new(Inner { options, site, cookies, limiters, identity, clock, entropy }),
            checks: Arc::default(),
            departments: Arc::default(),
            files: Router::new(),
            takes_files: Arc::default(),
        }
    }

    /// Adds a part that must work for `/health/ready` to say so. `check` is asked at each request of that address.
    #[must_use]
    pub fn with_health_check(mut self, name: &'static str, check: impl Fn() -> Health + Send + Sync + 'static) -> Self {
        Arc::make_mut(&mut self.checks).push(HealthCheck { name, check: Arc::new(check) });
        self
    }

    /// What departments are called, by their identifiers: for the people of the demonstration.
    #[must_use]
    pub fn with_department_names(mut self, names: impl IntoIterator<Item = (String, Bilingual)>) -> Self {
        Arc::make_mut(&mut self.departments).extend(names);
        self
    }

    /// Addresses that take files with a form; all others take as much as [`WebOptions::body_limit`] says.
    #[must_use]
    pub fn with_uploads(mut self, addresses: impl IntoIterator<Item = TakesFiles>) -> Self {
        Arc::make_mut(&mut self.takes_files).extend(addresses);
        self
    }

    /// Routes that answer everybody the same, such as the public log: no visitor, no cookie, no limit, but the log of
    /// requests and the headers of the rest.
    #[must_use]
    pub fn with_files(mut self, files: Router) -> Self {
        self.files = self.files.merge(files);
        self
    }
}
