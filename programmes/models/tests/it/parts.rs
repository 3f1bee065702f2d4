//! Servers, keys, servers of tools and rules: proposed on their pages, approved by another, taken away again.

use axum::http::StatusCode;
use maru_gateway::{Action, DataClass, Registry, Unit};
use maru_identity::Role;
use maru_web::Language;
use serde_json::{Value, json};

use crate::support::{Deployment, ask, deployment, person, with_traffic};

async fn get(deployment: &Deployment, role: Role, path: &str) -> (StatusCode, String) {
    let (status, page, _) = ask(deployment, person("admin", role), Language::English, ("GET", path, "")).await;
    (status, page)
}

async fn post(deployment: &Deployment, path: &str, body: &str) -> (StatusCode, String, String) {
    ask(deployment, person("admin", Role::Administrator), Language::English, ("POST", path, body)).await
}

/// Another person approves what was proposed.
async fn approve(deployment: &Deployment, change: &str) {
    let request = ("POST", &*format!("{change}/approve"), "note=seen");
    let (status, page, _) = ask(deployment, person("head", Role::Supervisor), Language::English, request).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

/// Proposes with a form, and has another person approve.
async fn put(deployment: &Deployment, path: &str, body: &str) {
    let (status, page, change) = post(deployment, path, body).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    approve(deployment, &change).await;
}

async fn registry(deployment: &Deployment) -> Registry {
    deployment.gateway.registry().await.unwrap().registry
}

const SERVER: &str = "id=npu-1&url=http%3A%2F%2F127.0.0.1%3A9%2Fv1&zone=work&accelerator=npu%3Arebellions-atom&capacity=48&reason=installed";

#[tokio::test]
async fn a_server_is_registered_changed_and_taken_away() {
    let deployment = deployment().await;
    let (status, page, _) = post(&deployment, "/models/servers/new", "id=no+name&url=&capacity=x&reason=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["letters, digits", "Write the address", "whole number", "Write a reason"] {
        assert!(page.contains(words), "{words}");
    }
    let (status, page, _) = post(&deployment, "/models/servers/new", &SERVER.replace("http", "ftp")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("must begin with http"), "{page}");
    put(&deployment, "/models/servers/new", SERVER).await;
    let (_, taken, _) = post(&deployment, "/models/servers/new", SERVER).await;
    assert!(taken.contains("There is one of this name"), "{taken}");
    let (_, list) = get(&deployment, Role::Official, "/models/servers").await;
    assert!(list.contains("npu:rebellions-atom") && list.contains("0 / 48") && list.contains("in use"), "{list}");
    assert!(!list.contains("/models/servers/npu-1/change"), "officials propose nothing");
    let change = "/models/servers/npu-1/change";
    let (_, form) = get(&deployment, Role::Administrator, change).await;
    assert!(form.contains("127.0.0.1:9") && form.contains("Withdraw it now"), "{form}");
    put(&deployment, change, &SERVER.replace("capacity=48", "capacity=64&idle=5")).await;
    let backend = registry(&deployment).await.backends.iter().find(|one| one.id == "npu-1").unwrap().clone();
    assert_eq!((backend.capacity, backend.idle_seconds, backend.connect_seconds), (64, 5, 3));
    let withdraw = "/models/servers/npu-1/withdraw";
    assert_eq!(post(&deployment, withdraw, "why=").await.0, StatusCode::CONFLICT);
    assert_eq!(post(&deployment, withdraw, "why=it+sends+nonsense").await.0, StatusCode::SEE_OTHER);
    assert!(registry(&deployment).await.backends.iter().all(|one| one.id != "npu-1"), "at once");
    assert_eq!(post(&deployment, withdraw, "why=again").await.0, StatusCode::CONFLICT);
}

const KEY: &str = "id=portal-2027&agency=city&system=portal&purpose=drafts&models=maru-*&class=O&highest_class=S&restore=yes\
     &expires=2027-03-31&tokens_day=5%2C000&won_month=100000&per_second=20&priority=high&reason=new+portal";

/// The key that a page shows once.
fn shown(page: &str) -> String {
    let start = page.find("maru_sk_").unwrap_or_else(|| panic!("{page}"));
    page[start..].split('<').next().unwrap().to_owned()
}

/// What a call with a key is answered.
async fn call_with(deployment: &Deployment, key: &str) -> u16 {
    let body =
        json!({ "model": "maru-extractive", "messages": [{ "role": "user", "content": "여권은 어디서 신청하나요?" }] });
    let request = axum::http::Request::post("/v1/chat/completions").header("authorization", format!("Bearer {key}"));
    let request = request.body(axum::body::Body::from(body.to_string())).unwrap();
    deployment.gateway.answer(request).await.status().as_u16()
}

#[tokio::test]
async fn a_key_is_given_out_replaced_and_withdrawn() {
    let deployment = deployment().await;
    let (_, empty) = get(&deployment, Role::Administrator, "/models/keys").await;
    assert!(empty.contains("There are no keys yet"), "{empty}");
    let (status, page, _) = post(&deployment, "/models/keys/new", "id=&agency=&expires=soon&won_day=x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["letters, digits", "answers for it", "holds it", "what it is for", "2027-03-31", "whole number"] {
        assert!(page.contains(words), "{words}");
    }
    for (cache, words) in [("&alike=97", "given again too"), ("&cache=60&alike=20", "from 60 to 100")] {
        let (status, page, _) = post(&deployment, "/models/keys/new", &format!("{KEY}{cache}")).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains(words), "{page}");
    }
    let (status, page, _) = post(&deployment, "/models/keys/new", &format!("{KEY}&cache=60&alike=97%25")).await;
    assert_eq!(status, StatusCode::OK);
    let first = shown(&page);
    assert_eq!(call_with(&deployment, &first).await, 401, "nobody has approved it");
    let start = page.find("/models/changes/").unwrap();
    approve(&deployment, page[start..].split('"').next().unwrap()).await;
    assert_eq!(call_with(&deployment, &first).await, 200);
    let key = registry(&deployment).await.keys[0].clone();
    assert_eq!((key.expires.unwrap().to_string().as_str(), key.budgets.len()), ("2027-03-31T15:00:00Z", 2));
    assert_eq!(
        (key.budgets[0].unit, key.budgets[0].limit, key.highest_class),
        (Unit::Tokens, 5_000, DataClass::Sensitive)
    );
    assert_eq!((key.cache_seconds, key.cache_alike), (Some(60), Some(97)));
    let (_, form) = get(&deployment, Role::Administrator, "/models/keys/portal-2027").await;
    assert!(
        form.contains("value=\"97\"")
            && form.contains("value=\"2027-03-31\"")
            && form.contains("maru-*")
            && !form.contains(&key.hash),
        "{form}"
    );

    let replace = "/models/keys/portal-2027/replace";
    let (status, page, _) = post(&deployment, replace, "days=1000&why_replaced=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("from 0 to 90") && page.contains("Write a reason"), "{page}");
    let (_, page, _) = post(&deployment, replace, "days=7&why_replaced=yearly").await;
    let second = shown(&page);
    let start = page.find("/models/changes/").unwrap();
    approve(&deployment, page[start..].split('"').next().unwrap()).await;
    assert_eq!((call_with(&deployment, &first).await, call_with(&deployment, &second).await), (200, 200));
    let (_, form) = get(&deployment, Role::Administrator, "/models/keys/portal-2027").await;
    assert!(form.contains("holds beside it until"), "{form}");
    put(&deployment, "/models/keys/portal-2027", &KEY.replace("5%2C000", "70")).await;
    assert_eq!(call_with(&deployment, &second).await, 429, "a change of limits keeps the key");
    assert_eq!(post(&deployment, "/models/keys/portal-2027/withdraw", "why=lost").await.0, StatusCode::SEE_OTHER);
    assert_eq!((call_with(&deployment, &first).await, call_with(&deployment, &second).await), (401, 401));
}

#[tokio::test]
async fn what_was_spent_and_where_it_is_going_stands_beside_the_keys() {
    let deployment = deployment().await;
    with_traffic(&deployment).await;
    let (_, page, _) = post(&deployment, "/models/keys/new", KEY).await;
    let start = page.find("/models/changes/").unwrap();
    approve(&deployment, page[start..].split('"').next().unwrap()).await;
    let (_, page) = get(&deployment, Role::Auditor, "/models/keys").await;
    assert!(page.contains("Spent this month") && page.contains("Expected by"), "{page}");
    // 40 calls of 90 won and 150 tokens, of two agencies.
    let spending = deployment.gateway.spending(crate::support::NOW.parse().unwrap()).await.unwrap();
    assert_eq!(spending.iter().map(|one| one.month.microwon).sum::<u64>(), 3_600_000_000);
    assert!(spending.iter().all(|one| one.forecast.is_some()), "{spending:?}");
    let (_, page) = get(&deployment, Role::Official, "/models/keys").await;
    assert!(!page.contains("Spent this month"), "officials do not see the traffic");
}

/// A server of tools that says what it has, in two pages.
async fn tool_server() -> String {
    use axum::{Json, Router, http::HeaderMap, response::IntoResponse as _, routing::post};
    let answer = |headers: HeaderMap, Json(message): Json<Value>| async move {
        let result = match message["method"].as_str().unwrap_or_default() {
            "initialize" => json!({ "protocolVersion": "2025-06-18", "capabilities": { "tools": {} } }),
            "tools/list" if message["params"]["cursor"] == "more" => json!({ "tools": [
                { "name": "transfer", "description": "Moves a case.", "inputSchema": { "type": "object" } }] }),
            "tools/list" => {
                assert_eq!(headers["mcp-session-id"], "s-1");
                json!({ "nextCursor": "more", "tools": [{ "name": "find", "description": "Finds a building.",
                    "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } }] })
            }
            _ => return axum::http::StatusCode::ACCEPTED.into_response(),
        };
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }).to_string();
        ([("content-type", "application/json"), ("mcp-session-id", "s-1")], answer).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/mcp", post(answer))).await });
    format!("http://{address}/mcp")
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The value of the box beside a tool, as the page has it.
fn box_of(page: &str, tool: &str) -> String {
    let end = page.find(&format!(" {tool}\"")).unwrap_or_else(|| panic!("{tool}: {page}"));
    let start = page[..end].rfind('"').unwrap() + 1;
    format!("{} {tool}", &page[start..end])
}

#[tokio::test]
async fn tools_are_seen_before_they_are_allowed() {
    let deployment = deployment().await;
    let url = tool_server().await;
    let place = [("id", "buildings"), ("url", &*url), ("zone", "work"), ("reason", "asked for")];
    let own = encoded(&[("id", "maru"), ("url", &url), ("reason", "x")]);
    assert!(post(&deployment, "/models/tools/new", &own).await.1.contains("There is one of this name"));
    for (idle, is_wrong) in [("0", true), ("an hour", true), ("45", false)] {
        let place = encoded(&[&place[..], &[("idle", idle)]].concat());
        if is_wrong {
            let page = post(&deployment, "/models/tools/new", &place).await.1;
            assert!(page.contains("Write a whole number from 1 to 3600."), "{idle}: {page}");
        } else {
            put(&deployment, "/models/tools/new", &place).await;
        }
    }
    assert_eq!(registry(&deployment).await.tool_servers[0].idle_seconds, 45);
    let address = "/models/tools/buildings";
    let (_, page) = get(&deployment, Role::Administrator, address).await;
    for words in ["Finds a building. (not allowed yet)", "Moves a case. (not allowed yet)"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let is_ticked = |tool: &str| page.contains(&format!("name=\"acting\" value=\"{tool}\" checked"));
    assert!(is_ticked("transfer") && !is_ticked("find"), "what does not only read needs a person: {page}");
    let (find, transfer) = (box_of(&page, "find"), box_of(&page, "transfer"));
    let allowed = [("allowed", &*find), ("allowed", &*transfer), ("acting", "transfer")];
    put(&deployment, address, &encoded(&[&place[..], &allowed[..]].concat())).await;
    let server = registry(&deployment).await.tool_servers[0].clone();
    assert!(!server.grant("find").unwrap().acts && server.grant("transfer").unwrap().acts);
    let (_, page) = get(&deployment, Role::Administrator, address).await;
    assert!(page.contains("Finds a building. (allowed)"), "{page}");
    // A pin of another day: it describes itself otherwise now.
    let old = format!("{} find", "0".repeat(64));
    put(&deployment, address, &encoded(&[&place[..], &[("allowed", &*old)]].concat())).await;
    let (_, page) = get(&deployment, Role::Administrator, address).await;
    assert!(page.contains("describes itself otherwise"), "{page}");
    let (_, list) = get(&deployment, Role::Official, "/models/tools").await;
    assert!(list.contains("/ai/v1/mcp/buildings"), "{list}");
    let gone = [("url", "http://127.0.0.1:9/mcp"), ("zone", "work"), ("reason", "moved"), ("allowed", &*find)];
    put(&deployment, address, &encoded(&gone)).await;
    let (_, page) = get(&deployment, Role::Administrator, address).await;
    assert!(page.contains("does not tell its tools now") && page.contains("cannot be checked now"), "{page}");
    assert_eq!(post(&deployment, "/models/tools/buildings/withdraw", "why=gone").await.0, StatusCode::SEE_OTHER);
    assert!(registry(&deployment).await.tool_servers.is_empty());
}

/// The rules as the form sends them.
fn rules(more: &[(&str, &str)]) -> String {
    let usual = [
        ("personal_data", "mask"),
        ("secrets", "mask"),
        ("leaked_personal_data", "mask"),
        ("leaked_secrets", "mask"),
        ("ungrounded", "observe"),
        ("broken_schema", "observe"),
        ("keep", "yes"),
        ("stores", "asked"),
        ("largest_request", "8388608"),
        ("screened_bytes", "65536"),
        ("hold_back", "160"),
        ("hold_millis", "1000"),
    ];
    let untouched = usual.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    encoded(&[more, &untouched.collect::<Vec<_>>()].concat())
}

#[tokio::test]
async fn rules_are_tried_on_past_calls_then_proposed() {
    let deployment = deployment().await;
    let question = "question=Where+is+the+swimming+pool%3F&first=maru-extractive&class=O";
    ask(&deployment, person("o", Role::Official), Language::English, ("POST", "/models/sandbox", question)).await;
    deployment.gateway.flush().await;
    let change = "/models/rules/change";
    let wrong = rules(&[("injection", "nothing block"), ("topics", "pool"), ("reason", "")]);
    let (status, page, _) = post(&deployment, change, &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("nothing block") && page.contains("Write a reason") && page.contains("words with commas"),
        "{page}"
    );
    let wanted =
        [("topics", "pools block swimming, pool"), ("injection", "all ask"), ("months", "12"), ("reason", "asked for")];
    let (status, page, _) = post(&deployment, "/models/rules/try", &rules(&wanted)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Went through, and would be stopped") && page.contains("Topic pools"), "{page}");
    assert!(page.contains("/models/calls/maru-"), "the call that would be stopped is named");
    assert!(registry(&deployment).await.policy.topics.is_empty(), "trying changes nothing");
    put(&deployment, change, &rules(&wanted)).await;
    let policy = registry(&deployment).await.policy;
    assert_eq!((policy.topics[0].action, policy.retention_months), (Action::Block, Some(12)));
    assert_eq!((policy.injection["all"], policy.topics[0].words.len()), (Action::Ask, 2));

    let own = [("new", "yes"), ("agency", "city"), ("personal_data", "block"), ("reason", "stricter")];
    let (_, page, _) = post(&deployment, change, &rules(&[("new", "yes"), ("agency", ""), ("reason", "x")])).await;
    assert!(page.contains("as its keys write it"), "{page}");
    put(&deployment, change, &rules(&own)).await;
    let (_, list) = get(&deployment, Role::Auditor, "/models/rules").await;
    assert!(list.contains("city") && list.contains("Stop it"), "{list}");
    let (_, form) = get(&deployment, Role::Administrator, "/models/rules/change?agency=city").await;
    assert!(form.contains("Give them up"), "{form}");
    put(&deployment, "/models/rules/withdraw", "of=city&why=no+longer").await;
    assert!(registry(&deployment).await.agency_policies.is_empty());
}
