//! Accounts are changed by administrators, and never one's own.

use maru_identity::{AccessQuery, AccountStatus, PersonalRead, Resource, Role};
use maru_test_database::{TestDatabase, on_both_databases};
use maru_web::ServiceError;

use crate::support::{at, caller, open, sign_in, who};

on_both_databases!(
    a_suspended_account_is_out_until_it_is_resumed,
    nobody_changes_their_own_account,
    a_lost_device_is_signed_out,
    auditors_see_looks_and_refusals_and_owners_see_looks_at_them,
);

fn refused(error: ServiceError) -> &'static str {
    match error {
        ServiceError::Refused(explained) => explained.code,
        other => panic!("{other:?}"),
    }
}

async fn a_suspended_account_is_out_until_it_is_resumed(database: TestDatabase) {
    let deployment = open(database).await;
    let service = &deployment.service;
    let token = sign_in(&deployment, "oh-minjae", 0).await.token;
    let administrator = caller("seo-jiho", 1);
    assert_eq!(refused(service.suspend(&administrator, "oh-minjae", " \n").await.unwrap_err()), "empty");
    service.suspend(&administrator, "oh-minjae", "번호 010-1234-5678로 확인").await.unwrap();
    assert!(deployment.identity.session(&token, at(2)).await.unwrap().is_none());
    let (view, sessions) = service.account(&administrator, "oh-minjae").await.unwrap();
    assert_eq!((view.status, sessions.len()), (AccountStatus::Suspended, 0));
    let stream = maru_ledger::StreamId::new("account", "oh-minjae").unwrap();
    let events = deployment.ledger.events(&stream).await.unwrap();
    let suspension = events.iter().find(|event| event.kind == "account-suspended").unwrap();
    assert_eq!(suspension.payload["reason"], "번호 [전화번호]로 확인", "no personal data stand in the clear");
    service.resume(&administrator, "oh-minjae").await.unwrap();
    sign_in(&deployment, "oh-minjae", 3).await;
    service.assign(&administrator, "oh-minjae", Role::Supervisor, Some("roads".into())).await.unwrap();
    let missing = service.assign(&administrator, "oh-minjae", Role::Official, None).await.unwrap_err();
    assert_eq!(refused(missing), "department-missing");
    let nowhere = service.assign(&administrator, "oh-minjae", Role::Official, Some("moon".into())).await;
    assert!(matches!(nowhere, Err(ServiceError::Invalid(_))));
    service.close(&administrator, "oh-minjae").await.unwrap();
    assert_eq!(refused(service.resume(&administrator, "oh-minjae").await.unwrap_err()), "account-closed");
    assert!(matches!(service.close(&administrator, "nobody").await, Err(ServiceError::NotFound)));
}

async fn nobody_changes_their_own_account(database: TestDatabase) {
    let deployment = open(database).await;
    let service = &deployment.service;
    let administrator = caller("seo-jiho", 1);
    assert_eq!(refused(service.suspend(&administrator, "seo-jiho", "쉬려고").await.unwrap_err()), "own-account");
    assert_eq!(refused(service.close(&administrator, "seo-jiho").await.unwrap_err()), "own-account");
    let more = service.assign(&administrator, "seo-jiho", Role::Auditor, None).await.unwrap_err();
    assert_eq!(refused(more), "own-account");
    for account in ["gil-dong", "oh-minjae", "han-seoyun", "bae-taemin"] {
        let forbidden = service.suspend(&caller(account, 1), "seo-jiho", "이유").await;
        assert!(matches!(forbidden, Err(ServiceError::Forbidden(_))), "{account}");
    }
}

async fn a_lost_device_is_signed_out(database: TestDatabase) {
    let deployment = open(database).await;
    let service = &deployment.service;
    let (lost, kept) = (sign_in(&deployment, "gil-dong", 0).await, sign_in(&deployment, "gil-dong", 1).await);
    let own = caller("gil-dong", 2);
    let sessions = service.own_sessions(&own).await.unwrap();
    assert_eq!(sessions.len(), 2);
    service.end_own_session(&own, &lost.session.handle).await.unwrap();
    assert!(matches!(service.end_own_session(&own, &lost.session.handle).await, Err(ServiceError::NotFound)));
    let others = service.end_own_session(&caller("oh-minjae", 2), &kept.session.handle).await;
    assert!(matches!(others, Err(ServiceError::NotFound)), "only one's own");
    assert_eq!(service.sign_out_everywhere(&caller("seo-jiho", 3), "gil-dong").await.unwrap(), 1);
    assert!(deployment.identity.session(&kept.token, at(4)).await.unwrap().is_none());
}

async fn auditors_see_looks_and_refusals_and_owners_see_looks_at_them(database: TestDatabase) {
    let deployment = open(database).await;
    let official = who("oh-minjae").unwrap();
    let read = PersonalRead {
        resource_kind: "inquiry".into(),
        resource: "2026-7KQ4-M2XD".into(),
        subject: Some("gil-dong".into()),
        reason: Some("현장 확인".into()),
        source: None,
    };
    deployment.identity.record_personal_read(&official, read, at(1)).await.unwrap();
    let inquiry = Resource::new("inquiry", "2026-7KQ4-M2XD");
    deployment.identity.record_refusal(Some(&official), "approve", &inquiry, at(2)).await.unwrap();
    let service = &deployment.service;
    let all = service.access_records(&caller("bae-taemin", 3), AccessQuery::default()).await.unwrap();
    let kinds: Vec<&str> = all.iter().map(|record| record.kind.as_str()).collect();
    assert_eq!(kinds, ["access-refused", "personal-original-read"]);
    let forbidden = service.access_records(&caller("seo-jiho", 3), AccessQuery::default()).await;
    assert!(matches!(forbidden, Err(ServiceError::Forbidden(_))), "administrators do not look over their own shoulder");
    let looks = service.looks_at_me(&caller("gil-dong", 3)).await.unwrap();
    assert_eq!(looks.len(), 1);
    assert_eq!(looks[0].reason.as_deref(), Some("현장 확인"));
    assert!(service.looks_at_me(&caller("han-seoyun", 3)).await.unwrap().is_empty());
}
