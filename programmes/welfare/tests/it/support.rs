//! Deployments on both databases, people, households.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use jiff::{Timestamp, civil::DateTime};
use maru_identity::{Policies, Principal, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use maru_test_database::{TestDatabase, next_number};
use maru_welfare::{
    Caller, Dependencies, ServiceError, Settings, WelfareService, domain::Household, evaluation::LawBook,
};
use serde_json::{Value as Json, json};

static LAW: OnceLock<LawBook> = OnceLock::new();

/// The Korean law, read once.
pub(crate) fn law() -> LawBook {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea");
    LAW.get_or_init(|| LawBook::load(&folder).unwrap()).clone()
}

/// A deployment on a database of its own.
pub(crate) struct Deployment {
    pub(crate) service: WelfareService,
    pub(crate) ledger: Ledger,
    pub(crate) database: TestDatabase,
}

/// Opens a deployment over a database that may hold something already.
pub(crate) async fn open(database: &str) -> (Ledger, WelfareService) {
    open_with(database, Settings::default()).await
}

/// The same with other settings; the agency is the city of the tests.
pub(crate) async fn open_with(database: &str, settings: Settings) -> (Ledger, WelfareService) {
    let mut config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    config.readers = 2;
    let ledger = Ledger::open(config, maru_welfare::projections()).await.unwrap();
    let entropy = Arc::new(SeededEntropy::new(next_number() + 1_000));
    let dependencies = Dependencies {
        ledger: ledger.clone(),
        policies: Arc::new(Policies::built_in().unwrap()),
        entropy,
        law: law(),
        settings: Settings { agency: "마루시".to_owned(), ..settings },
    };
    (ledger, WelfareService::new(dependencies).unwrap())
}

async fn deployment(database: TestDatabase) -> Deployment {
    let (ledger, service) = open(database.address()).await;
    Deployment { service, ledger, database }
}

pub(crate) async fn sqlite() -> Deployment {
    deployment(TestDatabase::sqlite()).await
}

/// The same on PostgreSQL; nothing where there is none.
pub(crate) async fn postgres() -> Option<Deployment> {
    match TestDatabase::postgres() {
        Some(database) => Some(deployment(database).await),
        None => None,
    }
}

pub(crate) async fn both() -> Vec<Deployment> {
    [Some(sqlite().await), postgres().await].into_iter().flatten().collect()
}

pub(crate) fn at(civil: &str) -> Timestamp {
    maru_calendar::instant(civil.parse::<DateTime>().unwrap())
}

pub(crate) fn person(account: &str, role: Role, department: Option<&str>, civil: &str) -> Caller {
    let principal = Principal {
        account: account.to_owned(),
        name: account.to_owned(),
        role,
        department: department.map(str::to_owned),
    };
    Caller::new(Some(principal), at(civil))
}

pub(crate) fn official(civil: &str) -> Caller {
    person("official", Role::Official, Some("welfare"), civil)
}

pub(crate) fn supervisor(civil: &str) -> Caller {
    person("supervisor", Role::Supervisor, Some("welfare"), civil)
}

pub(crate) fn citizen(account: &str, civil: &str) -> Caller {
    person(account, Role::Citizen, None, civil)
}

pub(crate) fn stranger(civil: &str) -> Caller {
    Caller::new(None, at(civil))
}

pub(crate) fn household(json: Json) -> Household {
    serde_json::from_value(json).unwrap()
}

/// A pensioner alone who rents a room: livelihood benefit, rent, medical aid and the basic pension are due.
pub(crate) fn pensioner() -> Household {
    household(json!({
        "members": [{"id": "p1", "role": "head", "name": "박순자", "facts": {
            "birth": "1948-03-11", "national_pension_old_age": 230_000, "lease_deposit": 8_000_000
        }}],
        "facts": {"province": "gyeonggi", "municipality_kind": "city", "tenure": "tenant", "monthly_rent": 260_000},
        "pay_to": {"bank": "MARUKRSE", "number": "110-000-000001", "holder": "박순자"}
    }))
}

/// Two parents above 34 who earn (below, the law leaves a figure open), and a child of four.
pub(crate) fn family() -> Household {
    household(json!({
        "members": [
            {"id": "p1", "role": "head", "facts": {"birth": "1990-01-30", "earned_income": 4_900_000}},
            {"id": "p2", "role": "spouse", "facts": {"birth": "1988-06-11", "earned_income": 3_100_000}},
            {"id": "c1", "role": "child", "facts": {"birth": "2021-05-02", "birth_order": 1}}
        ],
        "couples": [{"partners": ["p1", "p2"]}],
        "facts": {"province": "gyeonggi", "municipality_kind": "city", "tenure": "tenant"},
        "pay_to": {"bank": "MARUKRSE", "number": "110-000-000002", "holder": "이보람"}
    }))
}

/// The name of a refusal.
pub(crate) fn code(error: &ServiceError) -> &str {
    match error {
        ServiceError::Refused(explained) => explained.code,
        ServiceError::Forbidden(_) => "forbidden",
        ServiceError::SignInRequired => "sign-in",
        ServiceError::NotFound => "not-found",
        ServiceError::Invalid(_) => "fact",
        _ => "other",
    }
}

/// Takes the pensioner in as `home-1` of the account `park`.
pub(crate) async fn with_pensioner(deployment: &Deployment, civil: &str) {
    let caller = Caller::system(at(civil));
    let account = Some("park".to_owned());
    deployment.service.register(&caller, "home-1", pensioner(), account, "registers").await.unwrap();
}
