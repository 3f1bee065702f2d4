//! Deployments on both databases, and sources to import.

use std::{
    future::Future,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use maru_knowledge::{ImportContent, ImportReport, ImportSource, Knowledge, KnowledgeConfig};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};
use serde_json::{Value, json};

/// A database of its own and a folder for indexes, gone when this is dropped.
pub(crate) struct Deployment {
    database: String,
    pub(crate) directory: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Deployment {
    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("maru.db").display());
        Self { database, directory, postgres: None }
    }

    pub(crate) fn postgres() -> Option<Self> {
        let server = std::env::var("MARU_TEST_POSTGRES")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let name = format!("maru_knowledge_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        if let Err(reason) = psql(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")) {
            eprintln!("SKIPPED on PostgreSQL: no server at MARU_TEST_POSTGRES ({reason})");
            return None;
        }
        let (front, _) = server.rsplit_once('/').unwrap();
        let directory = tempfile::tempdir().unwrap();
        Some(Self { database: format!("{front}/{name}"), directory, postgres: Some((server, name)) })
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        let mut config = LedgerConfig::new(&self.database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        Ledger::open(config, Vec::new()).await.unwrap()
    }

    /// A server of the deployment, with an index directory of that name.
    pub(crate) async fn knowledge(&self, machine: &str) -> Knowledge {
        let directory = self.directory.path().join(machine);
        Knowledge::open(KnowledgeConfig { directory, ledger: self.ledger().await }).await.unwrap()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            let _ = psql(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn psql(server: &str, statement: &str) -> Result<(), String> {
    let output = Command::new("psql").args([server, "-v", "ON_ERROR_STOP=1", "-q", "-c", statement]).output();
    let output = output.map_err(|error| error.to_string())?;
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

pub(crate) fn article(law: &str, effective: &str, article: &str, heading: &str, text: &str) -> Value {
    json!({"law": law, "kind": "법률", "ministry": ["시험부"], "effective": effective, "article": article, "heading": heading,
           "text": text, "url": format!("https://www.law.go.kr/법령/{law}")})
}

pub(crate) fn statutes(rows: &[Value]) -> ImportSource {
    ImportSource::new("statutes.jsonl", ImportContent::StatuteLines(reader(rows)))
}

pub(crate) fn answers(rows: &[Value]) -> ImportSource {
    ImportSource::new("answers.jsonl", ImportContent::AnswerLines(reader(rows)))
}

/// One object a line.
pub(crate) fn lines(rows: &[Value]) -> String {
    rows.iter().flat_map(|row| [row.to_string(), "\n".to_owned()]).collect()
}

fn reader(rows: &[Value]) -> Box<dyn std::io::BufRead + Send> {
    Box::new(std::io::Cursor::new(lines(rows)))
}

pub(crate) async fn import(knowledge: &Knowledge, sources: Vec<ImportSource>) -> ImportReport {
    knowledge.import(sources, None).await.unwrap()
}

/// The demonstration city's own files.
pub(crate) fn world(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../crates/maru/world").join(file)
}

pub(crate) fn open_file(file: &str) -> Box<dyn std::io::BufRead + Send> {
    Box::new(std::io::BufReader::new(std::fs::File::open(world(file)).unwrap()))
}

pub(crate) async fn import_world(knowledge: &Knowledge) -> ImportReport {
    let sources = vec![
        ImportSource::new("statutes", ImportContent::StatuteLines(open_file("statutes.jsonl"))),
        ImportSource::new("answers", ImportContent::AnswerLines(open_file("answers.jsonl"))),
        ImportSource::new("services", ImportContent::ServiceLines(open_file("services.jsonl"))),
    ];
    import(knowledge, sources).await
}

pub(crate) fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}
