//! Deployments on both databases, and people to sign in.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use maru_identity::{DemonstrationAccount, Identity, IdentityConfig, Role, SignedIn, Visit};
use maru_ledger::{Actor, Ledger, LedgerConfig, LedgerKeys, SeededEntropy};
use maru_test_database::{TestDatabase, next_number};

/// A database with people in it.
pub(crate) struct Deployment(TestDatabase);

impl From<TestDatabase> for Deployment {
    fn from(database: TestDatabase) -> Self {
        Self(database)
    }
}

impl Deployment {
    /// Opens the ledger; again after it was closed.
    pub(crate) async fn ledger(&self) -> Ledger {
        let mut config =
            LedgerConfig::new(self.0.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        config.entropy = entropy();
        Ledger::open(config, Identity::projections()).await.unwrap()
    }

    pub(crate) async fn identity(&self) -> Identity {
        Identity::open(self.ledger().await, demonstration(), at(0)).await.unwrap()
    }

    /// What anybody who holds the files of a database on SQLite can read.
    pub(crate) fn everything_stored(&self) -> Option<Vec<u8>> {
        if self.0.is_postgres() {
            return None;
        }
        loop {
            match contents(self.0.directory()) {
                Ok(stored) => return Some(stored),
                // SQLite takes its log away with the last connection, and readers let go a moment after the writer. What
                // stood in the log stands in the database then: all is read again.
                Err(gone) if gone.kind() == ErrorKind::NotFound => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn contents(folder: &Path) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(folder)? {
        all.append(&mut std::fs::read(file?.path())?);
    }
    Ok(all)
}

/// Randomness that is different each time, as the test of a secret must have it.
pub(crate) fn entropy() -> Arc<SeededEntropy> {
    Arc::new(SeededEntropy::new(next_number() + 1_000))
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
