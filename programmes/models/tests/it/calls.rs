//! Calls on the record: looked at by those who may, and sent to another model.

use axum::http::StatusCode;
use maru_identity::Role;
use maru_web::Language;

use crate::support::{Deployment, ask, deployment, person, with_traffic};

async fn send(deployment: &Deployment, role: Role, request: (&str, &str, &str)) -> (StatusCode, String) {
    let (status, page, _) = ask(deployment, person("someone", role), Language::English, request).await;
    (status, page)
}

async fn get(deployment: &Deployment, role: Role, path: &str) -> (StatusCode, String) {
    send(deployment, role, ("GET", path, "")).await
}

/// The number of the newest call, as the list links to it.
async fn newest(deployment: &Deployment) -> String {
    deployment.gateway.flush().await;
    let (_, list) = get(deployment, Role::Supervisor, "/models/calls").await;
    let start = list.find("/models/calls/maru-").expect("a call is listed");
    let address = &list[start..];
    address[..address.find('"').unwrap()].to_owned()
}

#[tokio::test]
async fn a_question_of_the_sandbox_is_found_again_and_sent_to_another_model() {
    let deployment = deployment().await;
    let (_, empty) = get(&deployment, Role::Auditor, "/models/calls").await;
    assert!(empty.contains("There are no such calls"), "{empty}");
    let question = "question=Where+is+the+library%3F+010-1234-5678&first=maru-extractive&class=O";
    let (_, answered) = send(&deployment, Role::Supervisor, ("POST", "/models/sandbox", question)).await;
    let address = newest(&deployment).await;
    assert!(answered.contains(&address), "the number leads to the call");
    let (_, seen_by_official) = send(&deployment, Role::Official, ("POST", "/models/sandbox", question)).await;
    assert!(!seen_by_official.contains("/models/calls/"), "no link to where one may not go");
    let (status, page) = get(&deployment, Role::Supervisor, &address).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Where is the library?") && !page.contains("1234-5678"), "masked: {page}");
    assert!(page.contains("Send it again"), "{page}");
    let (_, page) = get(&deployment, Role::Auditor, &address).await;
    assert!(page.contains("Where is the library?") && !page.contains("Send it again"), "auditors try no models");
    let (status, page) = get(&deployment, Role::Administrator, &address).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!page.contains("Where is the library?") && page.contains("heads of departments"), "{page}");
    assert_eq!(get(&deployment, Role::Official, &address).await.0, StatusCode::FORBIDDEN);

    let replay = format!("{address}/replay");
    assert_eq!(
        send(&deployment, Role::Auditor, ("POST", &replay, "model=maru-extractive")).await.0,
        StatusCode::FORBIDDEN
    );
    let (status, page) = send(&deployment, Role::Supervisor, ("POST", &replay, "model=nothing")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Choose a model."), "{page}");
    let (status, page) = send(&deployment, Role::Supervisor, ("POST", &replay, "model=maru-extractive")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Then: maru-extractive") && page.contains("Now: maru-extractive"), "{page}");
    deployment.gateway.flush().await;
    let (_, list) = get(&deployment, Role::Supervisor, "/models/calls?agency=replay").await;
    assert!(list.contains("/models/calls/maru-"), "the new call stands on the record: {list}");
}

#[tokio::test]
async fn the_list_is_narrowed_and_goes_on() {
    let deployment = deployment().await;
    with_traffic(&deployment).await;
    let of = async |question: &str| get(&deployment, Role::Auditor, &format!("/models/calls{question}")).await.1;
    let count = |page: &str| page.matches("href=\"/models/calls/call-").count();
    assert_eq!(count(&of("").await), 40);
    assert_eq!(count(&of("?agency=library").await), 14);
    assert_eq!(count(&of("?only=refused").await), 6);
    assert!(of("?only=refused").await.contains("stopped by a rule"));
    // The tenth call came 4.5 hours before now: those before it are thirty.
    let before = "2026-11-25T22:30:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
    assert_eq!(count(&of(&format!("?before={before}")).await), 30);
    let (status, page) = get(&deployment, Role::Supervisor, "/models/calls/call-7").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("No texts are kept") && page.contains("Personal data"), "{page}");
    let conflict =
        send(&deployment, Role::Supervisor, ("POST", "/models/calls/call-7/replay", "model=maru-extractive"));
    assert_eq!(conflict.await.0, StatusCode::CONFLICT);
}
