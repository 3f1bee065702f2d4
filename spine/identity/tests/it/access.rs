//! Records of access: what is recorded, and what floods nothing.

use maru_identity::{AccessQuery, Identity, PersonalRead, Principal, Resource, Role, Visit};
use maru_test_database::on_both_databases;

use crate::support::{Deployment, at, demonstration, sign_in};

on_both_databases!(sign_ins_of_staff_are_recorded, every_look_at_an_original_is_recorded, refusals_do_not_flood);

fn official() -> Principal {
    Principal {
        account: "oh-minjae".into(),
        name: "오민재".into(),
        role: Role::Official,
        department: Some("civil".into()),
    }
}

async fn kinds(identity: &Identity, account: &str) -> Vec<String> {
    let query = AccessQuery { account: Some(account.to_owned()), ..AccessQuery::default() };
    identity.access_records(query).await.unwrap().into_iter().map(|record| record.kind).collect()
}

async fn sign_ins_of_staff_are_recorded(deployment: Deployment) {
    let identity = deployment.identity().await;
    let visit = Visit { former_token: None, source: Some("203.0.113.9".parse().unwrap()) };
    let signed_in = identity.sign_in_demonstration("oh-minjae", "/", &visit, at(5)).await.unwrap();
    let citizen = sign_in(&identity, "gil-dong", 6).await;
    identity.sign_out(&signed_in.token, at(7)).await.unwrap();
    identity.sign_out(&citizen.token, at(7)).await.unwrap();
    assert_eq!(kinds(&identity, "oh-minjae").await, ["signed-out", "signed-in"]);
    assert!(kinds(&identity, "gil-dong").await.is_empty());
    let query = AccessQuery { kind: Some("signed-in".into()), ..AccessQuery::default() };
    let records = identity.access_records(query).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].at, records[0].source.as_deref()), (at(5), Some("203.0.113.9")));
    assert_eq!(records[0].role, "official");
}

async fn every_look_at_an_original_is_recorded(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let identity = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    for (number, reason) in [(1, None), (1, Some("김철수 님의 전화 문의")), (2, None)] {
        let read = PersonalRead {
            resource_kind: "inquiry".into(),
            resource: format!("{number}"),
            subject: Some("gil-dong".into()),
            reason: reason.map(str::to_owned),
            source: None,
        };
        identity.record_personal_read(&official(), read, at(number)).await.unwrap();
    }
    let about = |resource: &str| AccessQuery {
        resource: Some(("inquiry".to_owned(), resource.to_owned())),
        ..AccessQuery::default()
    };
    let first = identity.access_records(about("1")).await.unwrap();
    assert_eq!(first.iter().map(|it| it.reason.as_deref()).collect::<Vec<_>>(), [Some("김철수 님의 전화 문의"), None]);
    assert_eq!(identity.access_records(about("2")).await.unwrap().len(), 1);
    assert!(identity.access_records(about("3")).await.unwrap().is_empty());
    // A citizen sees who looked at their data, page by page.
    let own = AccessQuery { subject: Some("gil-dong".into()), limit: 2, ..AccessQuery::default() };
    let page = identity.access_records(own.clone()).await.unwrap();
    assert_eq!(page.len(), 2);
    let next = AccessQuery { before: Some(page[1].position), ..own };
    assert_eq!(identity.access_records(next).await.unwrap().len(), 1);
    // The records are derived from the log, and come out of it the same again.
    for rebuilt in ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

async fn refusals_do_not_flood(deployment: Deployment) {
    let identity = deployment.identity().await;
    let inquiry = Resource::new("inquiry", "1");
    let citizen = Principal { account: "gil-dong".into(), role: Role::Citizen, department: None, ..official() };
    for second in 0..1_000 {
        identity.record_refusal(Some(&official()), "approve", &inquiry, at(second % 500)).await.unwrap();
        identity.record_refusal(Some(&citizen), "approve", &inquiry, at(second % 500)).await.unwrap();
        identity.record_refusal(None, "approve", &inquiry, at(second % 500)).await.unwrap();
    }
    identity.record_refusal(Some(&official()), "read", &inquiry, at(500)).await.unwrap();
    identity.record_refusal(Some(&official()), "approve", &inquiry, at(700)).await.unwrap();
    let query = AccessQuery { kind: Some("access-refused".into()), ..AccessQuery::default() };
    let records = identity.access_records(query).await.unwrap();
    let told: Vec<_> = records.iter().rev().map(|it| (it.action.as_deref().unwrap(), it.times)).collect();
    assert_eq!(told, [("approve", 1), ("read", 1), ("approve", 1_000)]);
}
