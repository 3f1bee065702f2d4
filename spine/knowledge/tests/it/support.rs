//! Deployments on both databases, and sources to import.

use std::path::{Path, PathBuf};

use maru_knowledge::{ImportContent, ImportReport, ImportSource, Knowledge, KnowledgeConfig};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};
use maru_test_database::TestDatabase;
use serde_json::{Value, json};

/// A database, and a folder for indexes.
pub(crate) struct Deployment(TestDatabase);

impl From<TestDatabase> for Deployment {
    fn from(database: TestDatabase) -> Self {
        Self(database)
    }
}

impl Deployment {
    pub(crate) fn directory(&self) -> &Path {
        self.0.directory()
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        let mut config =
            LedgerConfig::new(self.0.address(), LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        Ledger::open(config, Vec::new()).await.unwrap()
    }

    /// A server of the deployment, with an index directory of that name.
    pub(crate) async fn knowledge(&self, machine: &str) -> Knowledge {
        let directory = self.directory().join(machine);
        Knowledge::open(KnowledgeConfig { directory, ledger: self.ledger().await }).await.unwrap()
    }
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
