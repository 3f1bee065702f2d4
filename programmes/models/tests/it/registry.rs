//! Changes take two people, and stand on the record.

use axum::http::StatusCode;
use maru_gateway::ModelState;
use maru_identity::Role;
use maru_web::Language;
use serde_json::{Value, json};

use crate::support::{Deployment, ask, deployment, evaluate, person};

const FORM: &str = "maker=LG+AI+Research&sovereign=yes&state=approved&class=S&context=131%2C072&won_in=300&won_out=1200&high_impact=yes\
     &supervisor=Kim%2C+02-000-0000&routes=embedded+-+100+trial&reason=Licence+read\
     &capabilities=chat&capabilities=images&answer_tokens=512&affinity=yes&hedge=800&queue=3&shadow=maru-extractive&shadow_share=50";

async fn post(
    deployment: &Deployment,
    account: &str,
    role: Role,
    path: &str,
    body: &str,
) -> (StatusCode, String, String) {
    ask(deployment, person(account, role), Language::English, ("POST", path, body)).await
}

async fn state_of(deployment: &Deployment, model: &str) -> ModelState {
    deployment.gateway.registry().await.unwrap().registry.model(model).unwrap().state
}

#[tokio::test]
async fn a_model_is_proposed_by_one_and_approved_by_another() {
    let deployment = deployment().await;
    let address = "/models/registry/exaone-4.0-32b/change";
    let (status, ..) = post(&deployment, "official", Role::Official, address, FORM).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _, change) = post(&deployment, "admin-1", Role::Administrator, address, FORM).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(state_of(&deployment, "exaone-4.0-32b").await, ModelState::Trial);
    let (_, page, _) =
        ask(&deployment, person("admin-2", Role::Administrator), Language::English, ("GET", &change, "")).await;
    assert!(page.contains("131072") || page.contains("won_per_million_in"), "the difference is shown");
    assert!(page.contains("Approve") && page.contains("Licence read"));
    let (_, own, _) =
        ask(&deployment, person("admin-1", Role::Administrator), Language::English, ("GET", &change, "")).await;
    assert!(own.contains("Another person must approve it") && !own.contains(">Approve<"), "{own}");
    let approve = format!("{change}/approve");
    assert_eq!(post(&deployment, "admin-1", Role::Administrator, &approve, "note=").await.0, StatusCode::CONFLICT);
    assert_eq!(post(&deployment, "auditor", Role::Auditor, &approve, "note=").await.0, StatusCode::FORBIDDEN);
    let unknown = post(&deployment, "head", Role::Supervisor, &approve, "note=checked").await.0;
    assert_eq!(unknown, StatusCode::CONFLICT, "nobody knows how it does");
    evaluate(&deployment, "exaone-4.0-32b").await;
    let (_, page, _) =
        ask(&deployment, person("head", Role::Supervisor), Language::English, ("GET", &change, "")).await;
    assert!(page.contains("suite.jsonl") && page.contains("Not surely worse"), "{page}");
    assert_eq!(post(&deployment, "head", Role::Supervisor, &approve, "note=checked").await.0, StatusCode::SEE_OTHER);
    assert_eq!(state_of(&deployment, "exaone-4.0-32b").await, ModelState::Approved);
    let registry = deployment.gateway.registry().await.unwrap().registry;
    let model = registry.model("exaone-4.0-32b").unwrap();
    assert_eq!((model.context, model.routes[0].version.as_str()), (131_072, "trial"));
    assert_eq!((model.answer_tokens, model.capabilities.len()), (512, 2));
    let routing = &model.routing;
    assert_eq!((routing.prefix_affinity, routing.hedge_after_ms, routing.queue_seconds), (true, Some(800), 3));
    assert_eq!(routing.shadow.as_ref().unwrap().per_mille, 50);
    assert!(!model.facts.is_empty(), "what the form does not ask stays");
    assert_eq!(post(&deployment, "head", Role::Supervisor, &approve, "note=").await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn one_person_stops_a_model_and_must_say_why() {
    let deployment = deployment().await;
    let address = "/models/registry/maru-extractive/suspend";
    assert_eq!(post(&deployment, "official", Role::Official, address, "reason=x").await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(&deployment, "head", Role::Supervisor, address, "reason=").await.0, StatusCode::CONFLICT);
    assert_eq!(post(&deployment, "head", Role::Supervisor, address, "reason=danger").await.0, StatusCode::SEE_OTHER);
    assert_eq!(state_of(&deployment, "maru-extractive").await, ModelState::Suspended);
}

#[tokio::test]
async fn what_cannot_be_proposed_comes_back_with_its_errors() {
    let deployment = deployment().await;
    let bad = "id=bad+name&maker=&context=many&high_impact=yes&supervisor=&routes=nowhere&reason=";
    let (status, page, _) = post(&deployment, "admin", Role::Administrator, "/models/registry/new", bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "letters, digits",
        "who made it",
        "whole number",
        "High-impact AI",
        "not registered: nowhere",
        "Write a reason",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let known = format!("id=exaone-4.0-32b&{FORM}");
    let (_, page, _) = post(&deployment, "admin", Role::Administrator, "/models/registry/new", &known).await;
    assert!(page.contains("There is a model of this name"), "{page}");
}

#[tokio::test]
async fn programs_do_the_same_over_the_api() {
    let deployment = deployment().await;
    let change = json!({ "change": { "change": "put-backend", "value": { "id": "npu-1", "url": "http://10.0.0.5:8000/v1", "zone": "work" } },
        "reason": "installed" });
    let path = "/api/v1/models/changes";
    let (status, ..) = post(&deployment, "official", Role::Official, path, &change.to_string()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, text, _) = post(&deployment, "admin", Role::Administrator, path, &change.to_string()).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
    let id = serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned();
    let nonsense = json!({ "change": { "change": "grow" }, "reason": "x" }).to_string();
    assert_eq!(
        post(&deployment, "admin", Role::Administrator, path, &nonsense).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let approval = format!("{path}/{id}/approval");
    assert_eq!(post(&deployment, "admin", Role::Administrator, &approval, "{}").await.0, StatusCode::CONFLICT);
    let (status, text, _) = post(&deployment, "head", Role::Supervisor, &approval, r#"{"note": "seen"}"#).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["state"], "approved");
    let get = async |role, path: &str| ask(&deployment, person("x", role), Language::Korean, ("GET", path, "")).await;
    let (_, registry, _) = get(Role::Official, "/api/v1/models/registry").await;
    let registry: Value = serde_json::from_str(&registry).unwrap();
    assert!(registry["backends"].as_array().unwrap().iter().any(|backend| backend["id"] == "npu-1"));
    assert_eq!(get(Role::Official, "/api/v1/models/traffic").await.0, StatusCode::FORBIDDEN);
    let (status, traffic, _) = get(Role::Auditor, "/api/v1/models/traffic?period=week").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(serde_json::from_str::<Value>(&traffic).unwrap()["slots"].as_array().unwrap().len(), 28);
    assert_eq!(get(Role::Auditor, &format!("{path}/nothing")).await.0, StatusCode::NOT_FOUND);
    let (_, list, _) = get(Role::Auditor, path).await;
    assert_eq!(serde_json::from_str::<Value>(&list).unwrap()[0]["decided_by"], "head");
}
