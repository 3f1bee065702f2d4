//! A deployment with people in every role, and requests.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use jiff::Timestamp;
use maru_administration::{AdministrationService, Caller, api, pages::Pages};
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, Policies, Principal, Role, SignedIn, Visit};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use maru_test_database::{TestDatabase, next_number};
use maru_web::{Bilingual, Language, Problem, Visitor};
use tower::ServiceExt as _;

pub(crate) struct Deployment {
    pub(crate) ledger: Ledger,
    pub(crate) identity: Identity,
    pub(crate) service: AdministrationService,
    _database: TestDatabase,
}

pub(crate) async fn open(database: TestDatabase) -> Deployment {
    let mut config = LedgerConfig::new(database.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    config.readers = 2;
    config.entropy = Arc::new(SeededEntropy::new(next_number() + 1_000));
    let ledger = Ledger::open(config, Identity::projections()).await.unwrap();
    let config = IdentityConfig { demonstration: Some(people()), ..IdentityConfig::default() };
    let identity = Identity::open(ledger.clone(), config, at(0)).await.unwrap();
    let policies = Arc::new(Policies::built_in().unwrap());
    let departments = [("civil", "민원봉사과", "Civil Services"), ("roads", "도로관리과", "Roads")];
    let departments = departments.map(|(id, korean, english)| (id.to_owned(), Bilingual::new(korean, english)));
    let service = AdministrationService::new(identity.clone(), ledger.clone(), policies, departments);
    Deployment { ledger, identity, service, _database: database }
}

fn people() -> Vec<DemonstrationAccount> {
    let person = |account: &str, name: &str, role: Role, department: Option<&str>| DemonstrationAccount {
        account: account.to_owned(),
        name: name.to_owned(),
        name_en: account.to_owned(),
        role,
        department: department.map(str::to_owned),
    };
    vec![
        person("gil-dong", "홍길동", Role::Citizen, None),
        person("oh-minjae", "오민재", Role::Official, Some("civil")),
        person("han-seoyun", "한서윤", Role::Supervisor, Some("civil")),
        person("seo-jiho", "서지호", Role::Administrator, None),
        person("bae-taemin", "배태민", Role::Auditor, None),
    ]
}

/// So many seconds after the beginning of the test.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_793_000_000 + second).unwrap()
}

pub(crate) async fn sign_in(deployment: &Deployment, account: &str, second: i64) -> SignedIn {
    deployment.identity.sign_in_demonstration(account, "/", &Visit::default(), at(second)).await.unwrap()
}

/// Somebody of the demonstration, as the pages see them.
pub(crate) fn who(account: &str) -> Option<Principal> {
    people().into_iter().find(|person| person.account == account).map(|person| Principal {
        account: person.account,
        name: person.name,
        role: person.role,
        department: person.department,
    })
}

pub(crate) fn caller(account: &str, second: i64) -> Caller {
    Caller { principal: who(account), now: at(second) }
}

pub(crate) async fn ask(
    deployment: &Deployment,
    principal: Option<Principal>,
    language: Language,
    (method, path, body): (&str, &str, &str),
) -> (StatusCode, String) {
    let visitor = Visitor { principal, now: at(100), ..maru_web::testing::visitor(language) };
    let router: Router = Pages::new(deployment.service.clone())
        .router()
        .merge(api::router(deployment.service.clone()))
        .layer(Extension(visitor));
    let kind = if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let problem = response.extensions().get::<Problem>().cloned();
    let status = problem.map_or(response.status(), |problem| problem.status);
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}
