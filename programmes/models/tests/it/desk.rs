//! What machines want to do, prompts, and the documents of a model.

use axum::http::StatusCode;
use maru_gateway::WantedAction;
use maru_identity::Role;
use maru_ledger::Personal;
use maru_web::Language;

use crate::support::{Deployment, ask, deployment, evaluate, person, with_traffic};

async fn wanted(deployment: &Deployment, id: &str) {
    let arguments = r#"{"case":"7","to":"도로과"}"#;
    let action = WantedAction {
        id: id.into(),
        server: "cases".into(),
        tool: "transfer".into(),
        description: "Moves a case.".into(),
        arguments: Personal::new("gateway-city-2026-11", arguments),
        arguments_sha256: maru_gateway::hash_key(arguments),
        key: "portal".into(),
        agency: "city".into(),
        system: "portal".into(),
        purpose: "drafts".into(),
        month: "2026-11".into(),
    };
    deployment.gateway.ask_invented(action).await.unwrap();
}

async fn get(deployment: &Deployment, role: Role, path: &str) -> (StatusCode, String) {
    let (status, page, _) = ask(deployment, person("official", role), Language::English, ("GET", path, "")).await;
    (status, page)
}

async fn post(deployment: &Deployment, role: Role, path: &str, body: &str) -> (StatusCode, String) {
    let (status, page, _) = ask(deployment, person("official", role), Language::English, ("POST", path, body)).await;
    (status, page)
}

#[tokio::test]
async fn an_official_sees_what_a_machine_wants_and_decides() {
    let deployment = deployment().await;
    let (_, empty) = get(&deployment, Role::Official, "/models/actions").await;
    assert!(empty.contains("Nothing waits for a decision"), "{empty}");
    wanted(&deployment, "a-1").await;
    wanted(&deployment, "a-2").await;
    for role in [Role::Administrator, Role::Auditor, Role::Citizen] {
        assert_eq!(get(&deployment, role, "/models/actions/a-1").await.0, StatusCode::FORBIDDEN, "{role:?}");
        assert_eq!(post(&deployment, role, "/models/actions/a-1/approve", "note=").await.0, StatusCode::FORBIDDEN);
    }
    let (_, list) = get(&deployment, Role::Official, "/models/actions").await;
    assert!(list.contains("/models/actions/a-1") && list.contains("cases · transfer"), "{list}");
    let (status, page) = get(&deployment, Role::Official, "/models/actions/a-1").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("Moves a case.") && page.contains("도로과") && page.contains("Approve, for one time"),
        "{page}"
    );
    let approve = "/models/actions/a-1/approve";
    assert_eq!(post(&deployment, Role::Official, approve, "note=right+department").await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(&deployment, Role::Official, approve, "note=").await.0, StatusCode::CONFLICT);
    let (_, page) = get(&deployment, Role::Official, "/models/actions/a-1").await;
    assert!(page.contains("right department") && !page.contains("Approve, for one time"), "{page}");
    let (status, page) = post(&deployment, Role::Supervisor, "/models/actions/a-2/refuse", "note=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Write why"), "{page}");
    let refuse = "/models/actions/a-2/refuse";
    assert_eq!(post(&deployment, Role::Supervisor, refuse, "note=wrong").await.0, StatusCode::SEE_OTHER);
    assert_eq!(get(&deployment, Role::Official, "/models/actions/none").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        post(&deployment, Role::Official, "/models/actions/none/approve", "note=").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn prompts_are_written_changed_tried_and_withdrawn() {
    let deployment = deployment().await;
    let (_, empty) = get(&deployment, Role::Official, "/models/prompts").await;
    assert!(empty.contains("There are no prompts yet"), "{empty}");
    let first = "id=minutes&title=Minutes&text=Five+lines.&reason=first";
    assert_eq!(post(&deployment, Role::Auditor, "/models/prompts/new", first).await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(&deployment, Role::Official, "/models/prompts/new", first).await.0, StatusCode::SEE_OTHER);
    let (status, page) = post(&deployment, Role::Official, "/models/prompts/new", first).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("There is a prompt of this name"), "{page}");
    let (status, page) =
        post(&deployment, Role::Official, "/models/prompts/minutes", "title=Minutes&text=Call+010-1234-5678&reason=x")
            .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("personal data"), "{page}");
    let second = "title=Minutes&text=Three+lines.&reason=too+long";
    assert_eq!(post(&deployment, Role::Official, "/models/prompts/minutes", second).await.0, StatusCode::SEE_OTHER);
    let (_, page) = get(&deployment, Role::Official, "/models/prompts/minutes").await;
    for words in ["Version 2", "Three lines.", "too long", "Five lines.", "/models/sandbox?prompt=minutes"] {
        assert!(page.contains(words), "{words}");
    }
    let (_, sandbox) = get(&deployment, Role::Official, "/models/sandbox?prompt=minutes").await;
    assert!(sandbox.contains("Minutes (version 2)"), "{sandbox}");
    let asked = "question=Where%3F&first=maru-extractive&prompt=minutes";
    assert_eq!(post(&deployment, Role::Official, "/models/sandbox", asked).await.0, StatusCode::OK);
    deployment.gateway.flush().await;
    let calls = deployment.gateway.recorded_since("2026-11-01T00:00:00Z".parse().unwrap(), 10).await.unwrap();
    assert!(calls[0].texts.as_ref().unwrap().0.contains("Three lines."), "{calls:?}");
    let withdraw = "/models/prompts/minutes/withdraw";
    assert_eq!(post(&deployment, Role::Official, withdraw, "why=").await.0, StatusCode::CONFLICT);
    assert_eq!(post(&deployment, Role::Official, withdraw, "why=old").await.0, StatusCode::SEE_OTHER);
    let (_, sandbox) = get(&deployment, Role::Official, "/models/sandbox").await;
    assert!(!sandbox.contains("Minutes (version 2)"));
    assert_eq!(get(&deployment, Role::Official, "/models/prompts/none").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn documents_say_what_is_known_and_what_people_have_to_fill_in() {
    let deployment = deployment().await;
    with_traffic(&deployment).await;
    let path = "/models/registry/maru-extractive/documents";
    assert_eq!(get(&deployment, Role::Official, path).await.0, StatusCode::FORBIDDEN);
    let (status, page) = get(&deployment, Role::Supervisor, path).await;
    assert_eq!(status, StatusCode::OK);
    for words in [
        "article 27",
        "article 35",
        "name and contact of the supervising person",
        "No evaluation is on the record",
        "Personal data",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(">40<") || page.contains("40</dd>"), "the calls of thirty days: {page}");
    evaluate(&deployment, "maru-extractive").await;
    let (_, page) = get(&deployment, Role::Supervisor, path).await;
    assert!(page.contains("suite.jsonl") && !page.contains("none is on the record"), "{page}");
    assert_eq!(get(&deployment, Role::Supervisor, "/models/registry/none/documents").await.0, StatusCode::NOT_FOUND);
}
