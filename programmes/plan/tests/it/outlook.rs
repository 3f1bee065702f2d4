//! Dependencies that a person decides, and forecasts that need a history.

use maru_plan::domain::links::{LinkState, propose};

use crate::support::{code, committee, official, sqlite, stranger};

#[tokio::test]
async fn dependencies_are_proposed_by_a_program_and_decided_by_a_person() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let caller = committee("2026-08-10T10:00");
    let pair = |one: &str, other: &str| (one.parse().unwrap(), other.parse().unwrap());
    assert_eq!(service.propose_links(&caller).await.unwrap(), 0, "the small plan speaks of none");
    service.add_link(&caller, pair("2-1", "1-1"), "먼저 있어야 함".to_owned()).await.unwrap();
    let error = service.add_link(&caller, pair("1-1", "2-1"), "거꾸로".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "circle");
    let error = service.add_link(&official("msit", "2026-08-10T10:00"), pair("3-1", "1-1"), "가".to_owned()).await;
    assert_eq!(code(&error.unwrap_err()), "forbidden");
    let error = service.add_link(&caller, pair("3-1", "9-9"), "없는 것".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "not-found");
    let whole = service.whole(&stranger("2026-08-10T10:00")).await.unwrap();
    assert_eq!(whole.graph.affected("1-1".parse().unwrap()).len(), 1);
    // 2-1 is due in the third quarter, and what it waits for in the fourth.
    assert_eq!(whole.clashes().len(), 1);
    let links = service.decide_link(&caller, pair("2-1", "1-1"), false).await.unwrap();
    assert_eq!(links.known.values().map(|link| link.state).collect::<Vec<_>>(), [LinkState::Rejected]);
}

#[tokio::test]
async fn a_short_history_gives_no_forecast() {
    let deployment = sqlite().await;
    let whole = deployment.service.whole(&stranger("2027-02-10T10:00")).await.unwrap();
    assert_eq!(whole.outlook.examples, 3, "deadlines that have passed");
    assert!(whole.outlook.chances.is_empty() && whole.outlook.check.is_none());
    assert!(propose(&[]).is_empty());
}
