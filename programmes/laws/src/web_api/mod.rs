//! OpenFisca's Web API over HTTP, and beside it whole populations from Parquet to Parquet.
//!
//! The addresses, status codes, headers and error bodies are OpenFisca's: what a package's front end knows, it finds here.

mod batch;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use maru_rules::{
    simulation::Options,
    system::Package,
    web::{self, Request},
};
use tokio::sync::Semaphore;

use crate::shelf::Shelf;

/// The largest situation, in bytes.
const LARGEST_SITUATION: usize = 32 << 20;

/// A package that answers over HTTP. Clone it freely.
#[derive(Clone, Debug)]
pub struct Served {
    package: Arc<Package>,
    options: Options,
    welcome: Option<Arc<str>>,
    /// The part of a path before OpenFisca's own: empty, or such as `/laws/korea/api`.
    prefix: Arc<str>,
    /// The address of the site, where it is not as the request says.
    site: Option<Arc<str>>,
    /// As many calculations at once as there are processors; the others wait.
    room: Arc<Semaphore>,
    /// As many populations at once as are received; the others are told to come again.
    uploads: Arc<Semaphore>,
}

impl Served {
    /// A package at the root of a site, as `openfisca serve` has it.
    pub fn new(package: Arc<Package>, options: Options) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let room = Arc::new(Semaphore::new(processors));
        let uploads = Arc::new(Semaphore::new(batch::AT_ONCE));
        Self { package, options, welcome: None, prefix: Arc::from(""), site: None, room, uploads }
    }

    /// With a greeting instead of OpenFisca's.
    #[must_use]
    pub fn welcome(mut self, greeting: Option<&str>) -> Self {
        self.welcome = greeting.map(Arc::from);
        self
    }

    /// Below a path of a site with a fixed address.
    #[must_use]
    fn below(mut self, prefix: &str, site: &str) -> Self {
        self.prefix = Arc::from(prefix);
        self.site = Some(Arc::from(site.trim_end_matches('/')));
        self
    }

    /// All addresses.
    pub fn router(self) -> Router {
        let addresses = Router::new().fallback(answer).layer(DefaultBodyLimit::max(LARGEST_SITUATION));
        addresses.merge(Router::new().route("/batch", post(batch::answer)).layer(batch::limit())).with_state(self)
    }

    /// What links begin with.
    fn host(&self, headers: &HeaderMap) -> String {
        let asked = || {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            format!("http://{host}")
        };
        let site = self.site.as_deref().map_or_else(asked, str::to_owned);
        format!("{site}{}/", self.prefix)
    }
}

/// The web APIs of all laws on the shelf, each at `/laws/NAME/api`. They take no cookies, so that other sites may ask.
pub fn routes(shelf: &Shelf, site: &str) -> Router {
    shelf.laws().fold(Router::new(), |router, law| {
        let prefix = format!("/laws/{}/api", law.name);
        let served = Served::new(Arc::clone(&law.package), Options::default()).below(&prefix, site);
        let own = Router::new()
            .route(&prefix, any(answer))
            .route(&format!("{prefix}/{{*path}}"), any(answer))
            .layer(DefaultBodyLimit::max(LARGEST_SITUATION));
        let batch = Router::new().route(&format!("{prefix}/batch"), post(batch::answer)).layer(batch::limit());
        router.merge(own.merge(batch).with_state(served))
    })
}

/// Every address: the rules decide what it means. What takes some microseconds is answered at once; the rest is work for a thread of
/// its own.
async fn answer(State(served): State<Served>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let asked = Asked { method, uri, headers, body };
    if let Some(answered) = asked.ask(&served, web::respond_at_once) {
        return into_http(answered);
    }
    let Ok(_place) = Arc::clone(&served.room).acquire_owned().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let answered = tokio::task::spawn_blocking(move || {
        let mut answered = asked.ask(&served, web::respond);
        for (name, value) in &mut answered.headers {
            // Addresses at which something else stands are told as the site has them.
            if *name == "location" {
                *value = format!("{}{value}", served.prefix);
            }
        }
        answered
    })
    .await;
    match answered {
        Ok(answered) => into_http(answered),
        Err(error) => {
            tracing::error!(%error, "a request broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A request as it came.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    /// Asks the rules, in one way or another.
    fn ask<R>(&self, served: &Served, respond: impl Fn(&Package, &Request<'_>, Options) -> R) -> R {
        let text = |name: HeaderName| self.headers.get(name).and_then(|value| value.to_str().ok());
        let path = self.uri.path().strip_prefix(&*served.prefix).unwrap_or_default();
        let request = Request {
            method: self.method.as_str(),
            path: if path.is_empty() { "/" } else { path },
            content_type: text(header::CONTENT_TYPE),
            origin: text(header::ORIGIN),
            wanted_headers: text(header::ACCESS_CONTROL_REQUEST_HEADERS),
            host: &served.host(&self.headers),
            welcome: served.welcome.as_deref(),
            body: &self.body,
        };
        respond(&served.package, &request, served.options)
    }
}

fn into_http(answered: web::Response) -> Response {
    let mut response = match &answered.body {
        web::Body::Json(body) => {
            let mut text = body.to_string();
            text.push('\n');
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        web::Body::Html(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.clone()).into_response(),
    };
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answered.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response.extensions_mut().insert(maru_web::Embeddable);
    response
}
