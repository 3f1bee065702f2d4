//! A gateway on a database of its own, in front of mocks of model servers (no real model can be had here).

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, http::Request, response::IntoResponse as _, routing::post as on_post};
use http_body_util::BodyExt as _;
use maru_gateway::{Gateway, GatewayOptions, Registry, hash_key, projections};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use serde_json::{Value, json};

pub(crate) const KEY: &str = "maru_sk_test";

pub(crate) struct House {
    pub(crate) gateway: Gateway,
    pub(crate) ledger: Ledger,
    _folder: tempfile::TempDir,
}

pub(crate) async fn open_ledger(database: String) -> Ledger {
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "test.example/log");
    Ledger::open(config, projections()).await.unwrap()
}

/// A gateway with what `toml` registers.
pub(crate) async fn house(toml: &str) -> House {
    house_on(|ledger| options_on(ledger, toml, 1)).await
}

/// A gateway with these options.
pub(crate) async fn house_on(options: impl FnOnce(Ledger) -> GatewayOptions) -> House {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_ledger(format!("sqlite:{}", folder.path().join("maru.db").display())).await;
    let gateway = Gateway::open(options(ledger.clone())).await.unwrap();
    House { gateway, ledger, _folder: folder }
}

pub(crate) async fn gateway_on(ledger: &Ledger, toml: &str, seed: u64) -> Gateway {
    Gateway::open(options_on(ledger.clone(), toml, seed)).await.unwrap()
}

fn options_on(ledger: Ledger, toml: &str, seed: u64) -> GatewayOptions {
    let mut options = GatewayOptions::new(ledger, Registry::from_toml(toml).unwrap());
    options.entropy = Arc::new(SeededEntropy::new(seed));
    options
}

/// A key for everything, and a model `m` on the servers at `urls`.
pub(crate) fn registry(urls: &[String], key: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let mut routes = Vec::new();
    for (place, url) in urls.iter().enumerate() {
        let _ = writeln!(
            text,
            "[[backends]]\nid = \"b{place}\"\nurl = \"{url}\"\nzone = \"work\"\nidle_seconds = 2\nfirst_byte_seconds = 2"
        );
        routes.push(format!("{{ backend = \"b{place}\", version = \"v{place}\" }}"));
    }
    let routes = routes.join(", ");
    let _ = writeln!(
        text,
        "[[models]]\nid = \"m\"\nmaker = \"mock\"\nstate = \"approved\"\nwon_per_million_in = 1000000\nwon_per_million_out = 2000000\nroutes = [{routes}]"
    );
    let _ = writeln!(
        text,
        "[[keys]]\nid = \"k\"\nhash = \"{}\"\nagency = \"a\"\n system = \"s\"\npurpose = \"p\"\n{key}",
        hash_key(KEY)
    );
    text
}

pub(crate) async fn mock(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn content(&self) -> String {
        self.json()["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned()
    }

    /// What a client reads out of a stream.
    pub(crate) fn streamed(&self) -> String {
        let events =
            self.text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).filter(|event| *event != "[DONE]");
        let text = |event: &str| {
            let event: Value = serde_json::from_str(event).unwrap();
            event.pointer("/choices/0/delta/content").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        events.map(text).collect()
    }
}

pub(crate) fn request(path: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post(path).header("authorization", format!("Bearer {KEY}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub(crate) async fn send(gateway: &Gateway, request: Request<Body>) -> Answer {
    let (parts, body) = gateway.answer(request).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

pub(crate) async fn post(gateway: &Gateway, path: &str, body: Value) -> Answer {
    send(gateway, request(path, body.to_string(), &[])).await
}

/// A call of any method, with any key.
pub(crate) async fn ask(gateway: &Gateway, key: &str, method: &str, path: &str, body: Value) -> Answer {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {key}"));
    send(gateway, request.body(body).unwrap()).await
}

/// A second key, of another system of the same agency.
pub(crate) fn other_key(id: &str, agency: &str) -> String {
    let hash = hash_key(&format!("maru_sk_{id}"));
    format!("[[keys]]\nid = \"{id}\"\nhash = \"{hash}\"\nagency = \"{agency}\"\nsystem = \"s\"\npurpose = \"p\"\n")
}

pub(crate) fn chat(model: &str, text: &str) -> Value {
    json!({ "model": model, "messages": [{ "role": "user", "content": text }] })
}

/// What a mock says: the last message, echoed.
pub(crate) fn echo(request: &Value) -> Value {
    let content =
        request["messages"].as_array().and_then(|messages| messages.last()).map(|last| last["content"].clone());
    json!({ "id": "x", "object": "chat.completion", "created": 1, "model": request["model"],
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 } })
}

/// What a mock was sent.
pub(crate) type Seen = Arc<Mutex<Vec<Value>>>;

/// A mock that remembers what it was sent, and echoes it, streamed where that is wanted.
pub(crate) async fn remembering() -> (String, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let answer = move |axum::Json(body): axum::Json<Value>| {
        kept.lock().unwrap().push(body.clone());
        async move {
            let mut whole = echo(&body);
            // Who is told to sum up does.
            if body["messages"]
                .as_array()
                .and_then(|messages| messages.last())
                .is_some_and(|last| last["role"] == "system")
            {
                whole["choices"][0]["message"]["content"] = "전화번호를 물었다.".into();
            }
            if body["stream"] != true {
                return axum::response::IntoResponse::into_response(axum::Json(whole));
            }
            let text = whole["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned();
            let mut stream = String::new();
            let mut event = |delta: Value, finish: Value| {
                let chunk = json!({ "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
                    "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] });
                stream.extend(["data: ", &chunk.to_string(), "\n\n"]);
            };
            for character in text.chars() {
                event(json!({ "content": character.to_string() }), Value::Null);
            }
            event(json!({}), json!("stop"));
            stream.push_str(
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
            );
            axum::response::IntoResponse::into_response(([("content-type", "text/event-stream")], stream))
        }
    };
    (mock(Router::new().route("/v1/chat/completions", axum::routing::post(answer))).await, seen)
}

/// The records of all calls so far.
pub(crate) async fn records(house: &House) -> Vec<Value> {
    house.gateway.flush().await;
    let events = house.ledger.events_from(0, 1_000).await.unwrap();
    let calls = events.into_iter().filter(|event| event.kind == "gateway-calls-recorded");
    calls.flat_map(|event| event.payload["calls"].as_array().unwrap().clone()).collect()
}

/// Waits two seconds at most for what other tasks do; says whether they did it.
pub(crate) async fn comes_true(is_so: impl Fn() -> bool) -> bool {
    for _ in 0..100 {
        if is_so() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    is_so()
}

/// A mock whose stream has no end, a word at every `pace`; `gone` becomes true when nobody listens any more.
pub(crate) async fn endless(gone: Arc<AtomicBool>, pace: Duration) -> String {
    let answer = move || {
        let body = Body::new(Endless(tokio::time::interval(pace), Noticing(Arc::clone(&gone))));
        async move { ([("content-type", "text/event-stream")], body).into_response() }
    };
    mock(Router::new().route("/v1/chat/completions", on_post(answer))).await
}

struct Noticing(Arc<AtomicBool>);

impl Drop for Noticing {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Endless(tokio::time::Interval, #[expect(dead_code, reason = "is dropped")] Noticing);

impl http_body::Body for Endless {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        self.0.poll_tick(context).map(|_| {
            let chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"가\"}}]}\n\n";
            Some(Ok(http_body::Frame::data(bytes::Bytes::from_static(chunk.as_bytes()))))
        })
    }
}
