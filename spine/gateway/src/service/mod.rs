//! The API: what comes in at which address, and who may.

mod after;
mod alike;
mod call;
mod choose;
mod draft;
mod listening;
mod local;
mod named_prompt;
mod native;
mod own_tools;
mod remote;
mod request;
mod responses;
mod served_tools;
mod shadow;
mod shape;
mod socket;
mod stored;
mod tool_approval;
mod tool_stream;
mod tools;

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, Response, header},
};
use serde_json::{Value, json};

pub(crate) use after::answer_stopped;
pub(crate) use draft::Draft;
pub(crate) use native::{for_each_text, forget_tokens};
pub(crate) use own_tools::OWN_SERVER;
pub use own_tools::OwnTools;
pub(crate) use served_tools::ServedTools;
pub(crate) use shape::{Kind, inspect as inspect_request};
pub(crate) use socket::Sockets;

use crate::{
    error::Refusal,
    gateway::{Inner, Key, Served, Snapshot},
    keys::key_digest,
    registry::ModelState,
};

/// Answers one request of whoever holds a key.
pub(crate) async fn answer(inner: &Arc<Inner>, request: Request<Body>) -> Response<Body> {
    let began = Instant::now();
    let path = path_of(&request);
    if request.method() == Method::GET && path == "/health" {
        return json_response(&json!({ "status": "ok" }));
    }
    let snapshot = inner.snapshot();
    match authenticate(inner, &snapshot, request.headers()) {
        Ok(key) if request.method() == Method::GET && path == "/responses" => {
            socket::open(inner, &snapshot, &key, request).await.unwrap_or_else(|refusal| socket::refused(&refusal))
        }
        Ok(key) => respond(inner, snapshot, key, request, &path, began).await,
        Err(refusal) => refusal.response(),
    }
}

/// Answers one request from inside this program: who calls is known.
pub(crate) async fn answer_as(inner: &Arc<Inner>, key: Arc<Key>, request: Request<Body>) -> Response<Body> {
    let path = path_of(&request);
    respond(inner, inner.snapshot(), key, request, &path, Instant::now()).await
}

/// What stands behind `/v1` in an address.
fn path_of(request: &Request<Body>) -> String {
    let path = request.uri().path();
    path.rsplit_once("/v1").map_or(path, |(_, rest)| rest).trim_end_matches('/').to_owned()
}

async fn respond(
    inner: &Arc<Inner>,
    snapshot: Arc<Snapshot>,
    key: Arc<Key>,
    request: Request<Body>,
    path: &str,
    began: Instant,
) -> Response<Body> {
    let answered = if let Some(server) = path.strip_prefix("/mcp/") {
        if request.method() == Method::POST {
            tools::run(inner, &snapshot, &key, server, request, began).await
        } else if request.method() == Method::GET {
            listening::run(inner, &snapshot, &key, server, request.headers(), began).await
        } else if request.method() == Method::DELETE {
            listening::leave(inner, &snapshot, &key, server, request.headers(), began).await
        } else {
            Err(Refusal::no_such_method())
        }
    } else if let Some(about) = stored::About::of(request.method(), path) {
        stored::run(inner, &snapshot, &key, about, request, began).await
    } else if let Some(derived) = stored::Derived::of_path(path).filter(|_| request.method() == Method::POST) {
        stored::run_derived(inner, snapshot, key, derived, request, began).await
    } else if request.method() == Method::GET {
        get(inner, &snapshot, &key, path)
    } else {
        match Kind::of_path(path).filter(|_| request.method() == Method::POST) {
            Some(kind) => call::run(inner, snapshot, key, kind, request, began).await,
            None => Err(no_such_address(path)),
        }
    };
    answered.unwrap_or_else(|refusal| refusal.response())
}

fn get(inner: &Inner, snapshot: &Snapshot, key: &Key, path: &str) -> Result<Response<Body>, Refusal> {
    match path {
        "/models" => Ok(json_response(&models(snapshot, key))),
        "/metrics" => Ok(text_response(inner.recorder.metrics.text(inner.sockets.count()))),
        _ => match path.strip_prefix("/models/") {
            Some(id) => model(snapshot, key, id),
            None => Err(no_such_address(path)),
        },
    }
}

fn no_such_address(path: &str) -> Refusal {
    Refusal::not_found(
        "unknown_url",
        format!(
            "{path} 주소는 없습니다. 쓸 수 있는 주소는 chat/completions, completions, embeddings, rerank, responses, models입니다."
        ),
        format!("There is no {path} here. Use chat/completions, completions, embeddings, rerank, responses or models."),
    )
}

/// Who calls: the bearer key's scope.
fn authenticate(inner: &Inner, snapshot: &Snapshot, headers: &HeaderMap) -> Result<Arc<Key>, Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(given) = given.and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")))
    else {
        return Err(Refusal::unauthorized(
            "missing_api_key",
            "키가 없습니다. Authorization: Bearer 머리글에 기관에서 받은 키를 넣으세요.",
            "There is no key. Put the key that your agency gave you into the header Authorization: Bearer.",
        ));
    };
    // Looked up by the hash of 256 random bits: how long the look-up takes tells nothing about any key.
    let digest = key_digest(given.trim());
    let Some(key) = snapshot.keys.get(&digest) else {
        return Err(Refusal::unauthorized(
            "invalid_api_key",
            "등록되지 않은 키입니다. 키를 다시 확인하거나 기관의 AI 담당자에게 새로 받으세요.",
            "This key is not registered. Check it, or ask your agency's AI officer for a new one.",
        ));
    };
    let now = inner.clock.now();
    if key.scope.has_expired(now) || key.scope.was_replaced(&digest, now) {
        return Err(Refusal::unauthorized(
            "expired_api_key",
            "유효 기간이 지난 키입니다. 기관의 AI 담당자에게 새로 받으세요.",
            "This key has expired. Ask your agency's AI officer for a new one.",
        ));
    }
    Ok(Arc::clone(key))
}

/// Whether a key may use a model now: approved ones, and those under trial that it names.
fn may_use(served: &Served, key: &Key) -> bool {
    let entry = &served.entry;
    if !served.works_for(&key.scope.agency) {
        return false;
    }
    match entry.state {
        ModelState::Suspended => false,
        ModelState::Approved => key.scope.allows(&entry.id),
        ModelState::Trial => !key.scope.models.is_empty() && key.scope.allows(&entry.id),
    }
}

fn described(served: &Served) -> Value {
    let entry = &served.entry;
    json!({
        "id": entry.id, "object": "model", "created": 0, "owned_by": entry.maker,
        "maru": { "sovereign": entry.sovereign, "state": entry.state, "highest_class": entry.highest_class, "context": entry.context,
            "won_per_million_in": entry.won_per_million_in, "won_per_million_out": entry.won_per_million_out,
            "capabilities": entry.capabilities, "high_impact": entry.high_impact, "supervisor": entry.supervisor, "facts": entry.facts },
    })
}

fn models(snapshot: &Snapshot, key: &Key) -> Value {
    let usable = snapshot.order.iter().filter_map(|id| snapshot.models.get(id));
    let usable = usable.filter(|served| may_use(served, key) && !served.entry.routes.is_empty());
    json!({ "object": "list", "data": usable.map(|served| described(served)).collect::<Vec<_>>() })
}

fn model(snapshot: &Snapshot, key: &Key, id: &str) -> Result<Response<Body>, Refusal> {
    Ok(json_response(&described(find_model(snapshot, key, id)?)))
}

/// A model that the key may use.
fn find_model<'a>(snapshot: &'a Snapshot, key: &Key, id: &str) -> Result<&'a Arc<Served>, Refusal> {
    let unknown = || {
        Refusal::not_found(
            "model_not_found",
            format!(
                "「{id}」 모델은 등록되어 있지 않거나 이 키로 쓸 수 없습니다. 쓸 수 있는 모델은 GET /models에 있습니다."
            ),
            format!(
                "The model {id:?} is not registered, or this key may not use it. GET /models lists those it may use."
            ),
        )
        .at("model")
    };
    let served = snapshot.models.get(id).filter(|served| served.works_for(&key.scope.agency)).ok_or_else(unknown)?;
    if served.entry.state == ModelState::Suspended {
        return Err(Refusal::forbidden(
            "model_suspended",
            format!("「{id}」 모델은 사용이 중지되었습니다. 다른 모델을 고르세요."),
            format!("The model {id:?} is suspended. Choose another model."),
        )
        .at("model"));
    }
    if may_use(served, key) { Ok(served) } else { Err(unknown()) }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A body that no cache may keep.
fn json_response(value: &Value) -> Response<Body> {
    bytes_response(value.to_string().into())
}

fn bytes_response(bytes: bytes::Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn text_response(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
