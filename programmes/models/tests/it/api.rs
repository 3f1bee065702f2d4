//! What programs do over the API beside changes of the registry.

use axum::http::StatusCode;
use maru_gateway::WantedAction;
use maru_identity::Role;
use maru_ledger::Personal;
use maru_web::Language;
use serde_json::{Value, json};

use crate::support::{Deployment, ask, deployment, person, with_traffic};

async fn send(deployment: &Deployment, role: Role, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let path = format!("/api/v1/models/{path}");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, text, _) = ask(deployment, person("someone", role), Language::English, (method, &path, &body)).await;
    (status, serde_json::from_str(&text).unwrap_or_default())
}

async fn get(deployment: &Deployment, role: Role, path: &str) -> (StatusCode, Value) {
    send(deployment, role, "GET", path, &Value::Null).await
}

async fn post(deployment: &Deployment, role: Role, path: &str, body: Value) -> (StatusCode, Value) {
    send(deployment, role, "POST", path, &body).await
}

#[tokio::test]
async fn evaluations_are_begun_and_read() {
    let deployment = deployment().await;
    let wanted = json!({ "suite": "red-team", "models": ["maru-extractive"] });
    assert_eq!(post(&deployment, Role::Official, "evaluations", wanted.clone()).await.0, StatusCode::FORBIDDEN);
    let wrong = json!({ "suite": "mine", "text": "x", "models": ["maru-extractive"] });
    assert_eq!(post(&deployment, Role::Administrator, "evaluations", wrong).await.0, StatusCode::CONFLICT);
    let (status, begun) = post(&deployment, Role::Administrator, "evaluations", wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{begun}");
    let path = format!("evaluations/{}", begun["id"].as_str().unwrap());
    let mut last = begun;
    for _ in 0..500 {
        if last["state"] == "ended" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        last = get(&deployment, Role::Auditor, &path).await.1;
    }
    assert_eq!((&last["state"], &last["answered"]), (&json!("ended"), &last["of"]));
    assert_eq!(last["results"][0]["right"].as_array().unwrap().len(), 80);
    assert!(last["results"][0]["by_measure"]["refuses"]["low"].is_number(), "{last}");
    let resumption = format!("{path}/resumption");
    assert_eq!(post(&deployment, Role::Administrator, &resumption, Value::Null).await.0, StatusCode::CONFLICT);
    let (_, all) = get(&deployment, Role::Official, "evaluations").await;
    assert_eq!((all[0]["suite"].as_str(), all[0]["begun_by"].as_str()), (Some("red-team"), Some("someone")));
    assert_eq!(get(&deployment, Role::Official, "evaluations/none").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn prompts_and_actions_are_read_and_decided() {
    let deployment = deployment().await;
    let version = json!({ "title": "Minutes", "text": "Five lines.", "reason": "first" });
    assert_eq!(
        post(&deployment, Role::Auditor, "prompts/minutes/versions", version.clone()).await.0,
        StatusCode::FORBIDDEN
    );
    let (status, prompt) = post(&deployment, Role::Official, "prompts/minutes/versions", version.clone()).await;
    assert_eq!((status, prompt["versions"][0]["version"].as_u64()), (StatusCode::CREATED, Some(1)));
    assert_eq!(post(&deployment, Role::Official, "prompts/minutes/versions", version).await.0, StatusCode::CONFLICT);
    let withdrawn = post(&deployment, Role::Official, "prompts/minutes/withdrawal", json!({ "reason": "old" })).await;
    assert_eq!(withdrawn.1["is_withdrawn"], true);
    assert_eq!(get(&deployment, Role::Official, "prompts").await.1[0]["id"], "minutes");
    assert_eq!(get(&deployment, Role::Official, "prompts/none").await.0, StatusCode::NOT_FOUND);

    for id in ["a-1", "a-2"] {
        let action = WantedAction {
            id: id.into(),
            server: "cases".into(),
            tool: "transfer".into(),
            description: "Moves a case.".into(),
            arguments: Personal::new("gateway-city-2026-11", r#"{"case":"7"}"#),
            arguments_sha256: id.into(),
            key: "portal".into(),
            agency: "city".into(),
            system: "portal".into(),
            purpose: "drafts".into(),
            month: "2026-11".into(),
        };
        deployment.gateway.ask_invented(action).await.unwrap();
    }
    assert_eq!(get(&deployment, Role::Administrator, "actions").await.0, StatusCode::FORBIDDEN);
    let (_, list) = get(&deployment, Role::Official, "actions").await;
    assert_eq!(list["waiting"].as_array().unwrap().len(), 2);
    let (_, action) = get(&deployment, Role::Official, "actions/a-1").await;
    assert_eq!((action["state"].as_str(), &action["arguments"]["case"]), (Some("waiting"), &json!("7")));
    let (_, approved) = post(&deployment, Role::Official, "actions/a-1/approval", json!({ "note": "right" })).await;
    assert_eq!((approved["state"].as_str(), approved["decided_by"].as_str()), (Some("approved"), Some("someone")));
    assert_eq!(post(&deployment, Role::Official, "actions/a-2/refusal", json!({})).await.0, StatusCode::CONFLICT);
    let (_, refused) = post(&deployment, Role::Official, "actions/a-2/refusal", json!({ "note": "wrong" })).await;
    assert_eq!(refused["state"], "refused");
    assert_eq!(get(&deployment, Role::Official, "actions/none").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn calls_spending_servers_and_rules_are_read() {
    let deployment = deployment().await;
    with_traffic(&deployment).await;
    assert_eq!(get(&deployment, Role::Official, "calls").await.0, StatusCode::FORBIDDEN);
    let (_, calls) = get(&deployment, Role::Auditor, "calls?agency=library&refused=true&limit=3").await;
    assert!(
        calls.as_array().unwrap().iter().all(|call| call["agency"] == "library" && call["status"] == 403),
        "{calls}"
    );
    let (_, call) = get(&deployment, Role::Auditor, "calls/call-7").await;
    assert_eq!((call["record"]["code"].as_str(), &call["request"]), (Some("blocked_by_policy"), &Value::Null));
    assert_eq!(get(&deployment, Role::Auditor, "calls/none").await.0, StatusCode::NOT_FOUND);
    let replay = post(&deployment, Role::Supervisor, "calls/call-7/replay", json!({ "model": "maru-extractive" }));
    assert_eq!(replay.await.0, StatusCode::CONFLICT, "its texts are not kept");
    let (_, spending) = get(&deployment, Role::Supervisor, "spending").await;
    assert!(spending[0]["forecast"]["tokens"].as_u64() > spending[0]["month"]["tokens"].as_u64(), "{spending}");
    let (_, servers) = get(&deployment, Role::Official, "servers").await;
    assert_eq!((servers[0]["backend"].as_str(), &servers[0]["rests"]), (Some("embedded"), &json!(false)));
    let topics = json!({ "topics": [{ "id": "pools", "words": ["pool"], "action": "block" }] });
    let trial = async |role, policy: Value| post(&deployment, role, "rules/trial", json!({ "policy": policy })).await;
    assert_eq!(trial(Role::Auditor, topics.clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(trial(Role::Administrator, json!({ "nothing": 1 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, report) = trial(Role::Administrator, topics).await;
    assert_eq!((status, report["without_texts"].as_u64()), (StatusCode::OK, Some(40)));
    assert_eq!(get(&deployment, Role::Administrator, "tool-servers/none/tools").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_is_proposed_and_replaced() {
    let deployment = deployment().await;
    let key = json!({ "key": { "id": "portal", "agency": "city", "system": "portal", "purpose": "drafts" }, "reason": "new" });
    assert_eq!(post(&deployment, Role::Supervisor, "keys", key.clone()).await.0, StatusCode::FORBIDDEN);
    let (status, made) = post(&deployment, Role::Administrator, "keys", key.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert!(made["key"].as_str().unwrap().starts_with("maru_sk_"));
    let approval = format!("changes/{}/approval", made["change"].as_str().unwrap());
    let (status, _, _) = ask(
        &deployment,
        person("head", Role::Supervisor),
        Language::English,
        ("POST", &format!("/api/v1/models/{approval}"), "{}"),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(post(&deployment, Role::Administrator, "keys", key).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let replace = async |id: &str, body: Value| {
        post(&deployment, Role::Administrator, &format!("keys/{id}/replacement"), body).await
    };
    assert_eq!(replace("none", json!({ "reason": "x" })).await.0, StatusCode::NOT_FOUND);
    assert_eq!(replace("portal", json!({ "days": 91, "reason": "x" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, newer) = replace("portal", json!({ "reason": "yearly" })).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_ne!(newer["key"], made["key"]);
    let (_, registry) = get(&deployment, Role::Auditor, "registry").await;
    assert!(registry["keys"][0].get("hash").is_none() && registry["policy"]["personal_data"] == "mask", "{registry}");
}
