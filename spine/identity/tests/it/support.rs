//! Deployments on both databases, and people to sign in.

use std::{
    future::Future,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, Role, SignedIn, Visit};
use maru_ledger::{Actor, Ledger, LedgerConfig, LedgerKeys, SeededEntropy};

/// A database of its own, gone when this is dropped.
pub(crate) struct Deployment {
    database: String,
    directory: Option<tempfile::TempDir>,
    postgres: Option<(String, String)>,
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Deployment {
    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("maru.db").display());
        Self { database, directory: Some(directory), postgres: None }
    }

    pub(crate) fn postgres() -> Option<Self> {
        let server = std::env::var("MARU_TEST_POSTGRES")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let name = format!("maru_identity_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        if let Err(reason) = ask_postgres(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")) {
            eprintln!("SKIPPED on PostgreSQL: no server at MARU_TEST_POSTGRES ({reason})");
            return None;
        }
        let (front, _) = server.rsplit_once('/').unwrap();
        Some(Self { database: format!("{front}/{name}"), directory: None, postgres: Some((server, name)) })
    }

    /// Opens the ledger; again after it was closed.
    pub(crate) async fn ledger(&self) -> Ledger {
        let mut config = LedgerConfig::new(&self.database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        config.entropy = entropy();
        Ledger::open(config, Identity::projections()).await.unwrap()
    }

    pub(crate) async fn identity(&self) -> Identity {
        Identity::open(self.ledger().await, demonstration(), at(0)).await.unwrap()
    }

    /// What anybody who holds the database's files can read.
    pub(crate) fn everything_stored(&self) -> Option<Vec<u8>> {
        let folder = std::fs::read_dir(self.directory.as_ref()?.path()).unwrap();
        Some(folder.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect())
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            let _ = ask_postgres(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn ask_postgres(server: &str, statement: &str) -> Result<(), String> {
    let asked = Command::new("psql").args([server, "--no-psqlrc", "--quiet", "--command", statement]).output();
    let output = asked.map_err(|error| format!("psql: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

pub(crate) fn run<F: Future<Output = ()>>(
    deployment: impl Into<Option<Deployment>>,
    test: impl FnOnce(Deployment) -> F,
) {
    let Some(deployment) = deployment.into() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test(deployment));
}

/// Runs each of the named tests on both databases.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            #[test]
            fn sqlite() {
                crate::support::run(crate::support::Deployment::sqlite(), super::$name);
            }

            #[test]
            fn postgres() {
                crate::support::run(crate::support::Deployment::postgres(), super::$name);
            }
        })*
    };
}

/// Randomness that is different each time, as the test of a secret must have it.
pub(crate) fn entropy() -> Arc<SeededEntropy> {
    Arc::new(SeededEntropy::new(NUMBER.fetch_add(1, Ordering::Relaxed) + 1_000))
}

/// So many seconds after the beginning of the test.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_793_000_000 + second).unwrap()
}

pub(crate) fn administrator() -> Actor {
    Actor::new("seo-jiho", "administrator")
}

pub(crate) fn people() -> Vec<DemonstrationAccount> {
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
        person("seo-jiho", "서지호", Role::Administrator, Some("digital")),
        person("bae-taemin", "배태민", Role::Auditor, None),
    ]
}

pub(crate) fn demonstration() -> IdentityConfig {
    IdentityConfig { demonstration: Some(people()), entropy: entropy(), ..IdentityConfig::default() }
}

pub(crate) async fn sign_in(identity: &Identity, account: &str, second: i64) -> SignedIn {
    identity.sign_in_demonstration(account, "/", &Visit::default(), at(second)).await.unwrap()
}

pub(crate) async fn is_signed_in(identity: &Identity, token: &str, second: i64) -> bool {
    identity.session(token, at(second)).await.unwrap().is_some()
}
