//! A server for tests, and a browser that remembers its cookies.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    routing::{get, post},
};
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, RateLimit, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, ManualClock, SeededEntropy};
use maru_web::{
    ApiDocument, Form, Json, Page, PageKind, Problem, RateLimits, Upload, Visitor, WebOptions, WebSecret, WebState,
    testing,
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// A server with its directory, which lives as long as it.
pub(crate) struct Server {
    router: Router,
    pub(crate) clock: Arc<ManualClock>,
    _directory: tempfile::TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    text: String,
}

async fn greeting(visitor: Visitor) -> Page {
    Page::new(&visitor, visitor.say("처음", "Home"), PageKind::Citizen)
}

async fn private(visitor: Visitor) -> Result<String, Problem> {
    Ok(visitor.signed_in()?.account.clone())
}

async fn write(visitor: Visitor, Form(note): Form<Note>) -> Result<String, Problem> {
    visitor.signed_in()?;
    Ok(format!("written: {}", note.text))
}

async fn write_with_files(visitor: Visitor, sent: Upload<Note>) -> Result<String, Problem> {
    visitor.signed_in()?;
    let files: Vec<String> =
        sent.files.iter().map(|file| format!("{} {}: {}", file.field, file.name, file.text().unwrap_or("?"))).collect();
    Ok(format!("written: {}, {}", sent.fields.text, files.join(", ")))
}

async fn write_as_stranger(Form(note): Form<Note>) -> String {
    format!("written: {}", note.text)
}

async fn write_json(Json(note): Json<Note>) -> Json<Note> {
    Json(note)
}

async fn explode() -> Page {
    panic!("a secret of the inside")
}

async fn dawdle() -> &'static str {
    tokio::time::sleep(Duration::from_mins(1)).await;
    "late"
}

fn programme() -> Router {
    Router::new()
        .route("/", get(greeting))
        .route("/private", get(private))
        .route("/notes", post(write))
        .route("/notes-with-files", post(write_with_files))
        .route("/stranger-notes", post(write_as_stranger))
        .route("/api/notes", post(write_json))
        .route("/explode", get(explode))
        .route("/dawdle", get(dawdle))
        .merge(ApiDocument::new(&testing::api_document()).unwrap().routes())
}

fn people() -> Vec<DemonstrationAccount> {
    let person = |account: &str, name: &str, name_en: &str, role: Role| DemonstrationAccount {
        account: account.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        role,
        department: role.needs_department().then(|| "roads".to_owned()),
    };
    vec![
        person("kim-haneul", "김하늘", "Kim Haneul", Role::Citizen),
        person("lee-doyun", "이도윤", "Lee Doyun", Role::Official),
    ]
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut WebOptions)) -> Self {
        Self::with_all(change, |_| {}).await
    }

    pub(crate) async fn with_all(
        change: impl FnOnce(&mut WebOptions),
        change_identity: impl FnOnce(&mut IdentityConfig),
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SeededEntropy::new(1));
        let database = format!("sqlite:{}", directory.path().join("web.db").display());
        let mut configuration = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "test.example/log");
        configuration.entropy = entropy.clone();
        let ledger = Ledger::open(configuration, Identity::projections()).await.unwrap();
        let now = testing::visitor(maru_web::Language::Korean).now;
        let mut identity =
            IdentityConfig { demonstration: Some(people()), entropy: entropy.clone(), ..IdentityConfig::default() };
        change_identity(&mut identity);
        let identity = Identity::open(ledger, identity, now).await.unwrap();
        let mut options = WebOptions::new("http://maru.test", WebSecret::new([3; 32]), testing::site());
        options.body_limit = 4096;
        options.time_limit = Duration::from_millis(500);
        change(&mut options);
        let clock = Arc::new(ManualClock::new(now));
        let web = WebState::new(options, identity, clock.clone(), entropy);
        let web = web.with_health_check("ledger", || Box::pin(async { Ok(()) }));
        Self { router: maru_web::router(&web, programme()), clock, _directory: directory }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// Listens on a port of its own for as long as the test runs.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(maru_web::serve(listener, self.router.clone(), Box::pin(std::future::pending())));
        address
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { server: self, cookies: BTreeMap::new(), language: "ko", token: String::new() }
    }
}

/// So few requests that a test reaches the limit.
pub(crate) fn few() -> RateLimits {
    let few = RateLimit::per_minute(3);
    RateLimits { read: few, write: few, sign_in: few }
}

/// Keeps cookies and the last form token, and sends what browsers send.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) language: &'static str,
    pub(crate) token: String,
}

impl Browser<'_> {
    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path).header(header::HOST, "maru.test");
        let request = request.header(header::ACCEPT, "text/html,*/*;q=0.8").header("sec-fetch-site", "same-origin");
        let request = request.header(header::ACCEPT_LANGUAGE, self.language);
        if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies.join("; ")) }
    }

    async fn send(&mut self, request: Request<Body>) -> Answer {
        let answer = self.server.send(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some((_, rest)) = answer.body.split_once("data-csrf-token=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Sends a form with the token of the last page.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.clone();
        let fields: Vec<(&str, &str)> =
            [("csrf_token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post_bare(path, &fields).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body)).unwrap();
        self.send(request).await
    }

    /// Sends a form with a file in the field `file`, as a page would.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str)) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        let head = format!("content-disposition: form-data; name=\"file\"; filename=\"{}\"", file.0);
        body += &format!("--x\r\n{head}\r\ncontent-type: text/plain\r\n\r\n{}\r\n--x--\r\n", file.1);
        let request = self.request("POST", path).header("sec-fetch-mode", "navigate");
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let request = request.body(Body::from(body)).unwrap();
        self.send(request).await
    }

    /// Sends JSON as a script would.
    pub(crate) async fn post_json(&mut self, path: &str, body: &str, token: Option<&str>) -> Answer {
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "application/json");
        let request = match token {
            Some(token) => request.header("x-csrf-token", token),
            None => request,
        };
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.send(request).await
    }

    pub(crate) async fn sign_in(&mut self, account: &str) {
        self.get("/sign-in").await;
        let answer = self.post("/sign-in/demonstration", &[("account", account), ("return_to", "/")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.get("/").await;
    }
}
