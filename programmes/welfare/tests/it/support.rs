//! Deployments on both databases, people, households.

use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::{Timestamp, civil::DateTime};
use maru_identity::{Policies, Principal, Role};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use maru_welfare::{
    Caller, Dependencies, ServiceError, Settings, WelfareService, domain::Household, evaluation::LawBook,
};
use serde_json::{Value as Json, json};

static NUMBER: AtomicU64 = AtomicU64::new(0);
static LAW: OnceLock<LawBook> = OnceLock::new();

/// The Korean law, read once.
pub(crate) fn law() -> LawBook {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea");
    LAW.get_or_init(|| LawBook::load(&folder).unwrap()).clone()
}

pub(crate) struct Deployment {
    pub(crate) service: WelfareService,
    pub(crate) ledger: Ledger,
    pub(crate) directory: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            let _ = administer(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn administer(server: &str, statement: &str) -> Result<(), String> {
    let done = std::process::Command::new("psql").args([server, "-qAtc", statement]).output();
    let done = done.map_err(|error| error.to_string())?;
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

/// Opens a deployment over a database that may hold something already.
pub(crate) async fn open(database: &str) -> (Ledger, WelfareService) {
    let mut config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    config.readers = 2;
    let ledger = Ledger::open(config, maru_welfare::projections()).await.unwrap();
    let entropy = Arc::new(SeededEntropy::new(NUMBER.fetch_add(1, Ordering::Relaxed) + 1_000));
    let dependencies = Dependencies {
        ledger: ledger.clone(),
        policies: Arc::new(Policies::built_in().unwrap()),
        entropy,
        law: law(),
        settings: Settings { agency: "마루시".to_owned(), ..Settings::default() },
    };
    (ledger, WelfareService::new(dependencies).unwrap())
}

pub(crate) async fn sqlite() -> Deployment {
    let directory = tempfile::tempdir().unwrap();
    let (ledger, service) = open(&format!("sqlite:{}", directory.path().join("maru.db").display())).await;
    Deployment { service, ledger, directory, postgres: None }
}

/// The same on PostgreSQL; nothing where there is none.
pub(crate) async fn postgres() -> Option<Deployment> {
    let server = std::env::var("MARU_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    let name = format!("maru_welfare_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    if let Err(reason) = administer(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")) {
        eprintln!("SKIPPED on PostgreSQL: no server at MARU_TEST_POSTGRES ({reason})");
        return None;
    }
    let (front, _) = server.rsplit_once('/').unwrap();
    let (ledger, service) = open(&format!("{front}/{name}")).await;
    let directory = tempfile::tempdir().unwrap();
    Some(Deployment { service, ledger, directory, postgres: Some((server, name)) })
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
        ServiceError::Forbidden { .. } => "forbidden",
        ServiceError::SignInRequired => "sign-in",
        ServiceError::NotFound => "not-found",
        ServiceError::Fact(_) => "fact",
        _ => "other",
    }
}

/// Takes the pensioner in as `home-1` of the account `park`.
pub(crate) async fn with_pensioner(deployment: &Deployment, civil: &str) {
    let caller = Caller::system(at(civil));
    let account = Some("park".to_owned());
    deployment.service.register(&caller, "home-1", pensioner(), account, "registers").await.unwrap();
}
