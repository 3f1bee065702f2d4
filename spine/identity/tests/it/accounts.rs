//! Accounts: opened, assigned, barred, ended, erased.

use maru_identity::{AccountQuery, AccountRefusal, AccountStatus, Identity, IdentityError, Role, Visit};
use maru_ledger::StreamId;
use maru_test_database::on_both_databases;

use crate::support::{Deployment, administrator, at, demonstration, is_signed_in, sign_in};

on_both_databases!(
    a_new_role_holds_in_sessions_that_are_open,
    a_suspended_account_is_shut_out_and_comes_back,
    a_closed_account_stays_closed,
    an_erased_person_is_gone_from_everywhere,
    accounts_are_listed_by_role_and_department,
    opening_again_changes_nothing,
);

async fn a_new_role_holds_in_sessions_that_are_open(deployment: Deployment) {
    let identity = deployment.identity().await;
    let token = sign_in(&identity, "oh-minjae", 0).await.token;
    identity.assign("oh-minjae", Role::Supervisor, Some("roads".into()), administrator(), at(1)).await.unwrap();
    let session = identity.session(&token, at(2)).await.unwrap().unwrap();
    assert_eq!((session.principal.role, session.principal.department.as_deref()), (Role::Supervisor, Some("roads")));
    // What was assigned stays when the person signs in again.
    let again = sign_in(&identity, "oh-minjae", 3).await;
    assert_eq!(again.session.principal.role, Role::Supervisor);
    let missing = identity.assign("oh-minjae", Role::Official, None, administrator(), at(4)).await.unwrap_err();
    assert!(matches!(missing, IdentityError::Account(AccountRefusal::DepartmentMissing { .. })));
    let unfit = identity.assign("gil-dong", Role::Citizen, Some("roads".into()), administrator(), at(4)).await;
    assert!(matches!(unfit.unwrap_err(), IdentityError::Account(AccountRefusal::DepartmentUnfit { .. })));
    let unknown = identity.assign("nobody", Role::Auditor, None, administrator(), at(4)).await.unwrap_err();
    assert!(matches!(unknown, IdentityError::Account(AccountRefusal::Absent)));
}

async fn a_suspended_account_is_shut_out_and_comes_back(deployment: Deployment) {
    let identity = deployment.identity().await;
    let token = sign_in(&identity, "oh-minjae", 0).await.token;
    identity.suspend("oh-minjae", "left the office", administrator(), at(1)).await.unwrap();
    assert!(!is_signed_in(&identity, &token, 1).await);
    let refused = identity.sign_in_demonstration("oh-minjae", "/", &Visit::default(), at(2)).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Account(AccountRefusal::Suspended)));
    identity.resume("oh-minjae", administrator(), at(3)).await.unwrap();
    assert!(!is_signed_in(&identity, &token, 3).await, "the session is gone for good");
    let token = sign_in(&identity, "oh-minjae", 4).await.token;
    assert!(is_signed_in(&identity, &token, 4).await);
}

async fn a_closed_account_stays_closed(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let identity = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    identity.close("gil-dong", administrator(), at(1)).await.unwrap();
    let refused = identity.sign_in_demonstration("gil-dong", "/", &Visit::default(), at(2)).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Account(AccountRefusal::Closed)));
    let resumed = identity.resume("gil-dong", administrator(), at(2)).await.unwrap_err();
    assert!(matches!(resumed, IdentityError::Account(AccountRefusal::Closed)));
    identity.close("gil-dong", administrator(), at(3)).await.unwrap();
    let account = identity.account("gil-dong").await.unwrap().unwrap();
    assert_eq!((account.status, account.name.as_deref()), (AccountStatus::Closed, Some("홍길동")));
    // A closed account of the demonstration does not keep the server from starting.
    Identity::open(ledger, demonstration(), at(4)).await.unwrap();
}

async fn an_erased_person_is_gone_from_everywhere(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let identity = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    let token = sign_in(&identity, "gil-dong", 0).await.token;
    identity.erase("gil-dong", administrator(), at(1)).await.unwrap();
    assert!(!is_signed_in(&identity, &token, 1).await);
    // Keys may be told from memory for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let account = identity.account("gil-dong").await.unwrap().unwrap();
    assert_eq!((account.status, account.name), (AccountStatus::Closed, None));
    let events = ledger.events(&StreamId::parse("account-gil-dong").unwrap()).await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["account-opened", "account-closed"]
    );
    assert!(events[0].payload["name"]["$personal"]["value"].is_null());
    Identity::open(ledger, demonstration(), at(2)).await.unwrap();
}

async fn accounts_are_listed_by_role_and_department(deployment: Deployment) {
    let identity = deployment.identity().await;
    let names = |query: AccountQuery| {
        let identity = identity.clone();
        async move {
            let accounts = identity.accounts(query).await.unwrap();
            accounts.into_iter().map(|account| account.account).collect::<Vec<_>>()
        }
    };
    let all = names(AccountQuery::default()).await;
    assert_eq!(all, ["bae-taemin", "gil-dong", "han-seoyun", "oh-minjae", "seo-jiho"]);
    let civil = AccountQuery { department: Some("civil".into()), ..AccountQuery::default() };
    assert_eq!(names(civil.clone()).await, ["han-seoyun", "oh-minjae"]);
    assert_eq!(names(AccountQuery { role: Some(Role::Official), ..civil }).await, ["oh-minjae"]);
    let page = AccountQuery { after: Some("gil-dong".into()), limit: 2, ..AccountQuery::default() };
    assert_eq!(names(page).await, ["han-seoyun", "oh-minjae"]);
    assert!(identity.account("nobody").await.unwrap().is_none());
}

async fn opening_again_changes_nothing(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let identity = Identity::open(ledger.clone(), demonstration(), at(0)).await.unwrap();
    let before = ledger.events_from(0, 100).await.unwrap();
    sign_in(&identity, "gil-dong", 1).await;
    Identity::open(ledger.clone(), demonstration(), at(2)).await.unwrap();
    assert_eq!(ledger.events_from(0, 100).await.unwrap().len(), before.len(), "citizens' sign-ins are no events");
}
