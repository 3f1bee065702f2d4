//! Deployments on both databases, and a small field to test with: cases that are opened, noted and closed.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use maru_ledger::{
    Actor, Aggregate, Append, CommandContext, DatabaseError, Depth, ExpectedVersion, Ledger, LedgerConfig, LedgerKeys,
    NewEvent, NewJob, Personal, Projection, RecordedEvent, SeededEntropy, Sql, StreamId, audit,
};
use maru_test_database::{TestDatabase, next_number};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A ledger's database: one of the test's own, or any at an address.
pub(crate) struct Deployment {
    pub(crate) database: String,
    _own: Option<TestDatabase>,
}

impl From<TestDatabase> for Deployment {
    fn from(own: TestDatabase) -> Self {
        Self { database: own.address().to_owned(), _own: Some(own) }
    }
}

impl Deployment {
    pub(crate) fn sqlite() -> Self {
        TestDatabase::sqlite().into()
    }

    pub(crate) fn postgres() -> Option<Self> {
        TestDatabase::postgres().map(Self::from)
    }

    /// A database on a server of the test's own.
    pub(crate) fn at(database: String) -> Self {
        Self { database, _own: None }
    }

    pub(crate) fn config(&self) -> LedgerConfig {
        let mut config = LedgerConfig::new(&self.database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
        config.readers = 2;
        config.entropy = Arc::new(SeededEntropy::new(next_number() + 1_000));
        config
    }

    pub(crate) async fn open(&self) -> Ledger {
        Ledger::open(self.config(), vec![Arc::new(Cases)]).await.unwrap()
    }

    /// The file of a database on SQLite.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.database.strip_prefix("sqlite:").map(PathBuf::from)
    }

    /// Runs statements behind the ledger's back.
    pub(crate) fn tamper(&self, statements: &str) {
        match self.path() {
            Some(file) => rusqlite::Connection::open(file).unwrap().execute_batch(statements).unwrap(),
            None => maru_test_database::execute(&self.database, statements).unwrap(),
        }
    }
}

pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(1_793_000_000 + second).unwrap()
}

pub(crate) fn official() -> Actor {
    Actor::new("account-7", "official")
}

pub(crate) fn context(second: i64) -> CommandContext {
    CommandContext::new(official(), instant(second))
}

pub(crate) fn stream(number: u64) -> StreamId {
    StreamId::new("case", number).unwrap()
}

#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) name: Option<Personal>,
    pub(crate) notes: Vec<String>,
    pub(crate) closed: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum CaseCommand {
    Open { title: String, name: Personal },
    Note(String),
    Close,
    Nothing,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(clippy::enum_variant_names, reason = "the kind of an event names what it happened to")]
pub(crate) enum CaseEvent {
    CaseOpened { title: String, name: Personal },
    CaseNoted { text: String },
    CaseClosed,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum CaseRefusal {
    #[error("the case is closed")]
    Closed,
    #[error("there is no such case")]
    Unknown,
}

impl Aggregate for Case {
    const KIND: &'static str = "case";
    type Command = CaseCommand;
    type Event = CaseEvent;
    type Refusal = CaseRefusal;

    fn decide(&self, command: CaseCommand, _now: Timestamp) -> Result<Vec<CaseEvent>, CaseRefusal> {
        if self.closed {
            return Err(CaseRefusal::Closed);
        }
        if self.name.is_none() && !matches!(command, CaseCommand::Open { .. }) {
            return Err(CaseRefusal::Unknown);
        }
        Ok(match command {
            CaseCommand::Open { title, name } => vec![CaseEvent::CaseOpened { title, name }],
            CaseCommand::Note(text) => vec![CaseEvent::CaseNoted { text }],
            CaseCommand::Close => vec![CaseEvent::CaseNoted { text: "closing".to_owned() }, CaseEvent::CaseClosed],
            CaseCommand::Nothing => Vec::new(),
        })
    }

    fn evolve(&mut self, event: &CaseEvent) {
        match event {
            CaseEvent::CaseOpened { title, name } => {
                self.title.clone_from(title);
                self.name = Some(name.clone());
            }
            CaseEvent::CaseNoted { text } => self.notes.push(text.clone()),
            CaseEvent::CaseClosed => self.closed = true,
        }
    }

    fn follow_up(&self, event: &CaseEvent) -> Vec<NewJob> {
        match event {
            CaseEvent::CaseClosed => vec![NewJob::new("notify", json!({ "title": self.title }))],
            _ => Vec::new(),
        }
    }
}

pub(crate) async fn open_case(ledger: &Ledger, number: u64) {
    let command = CaseCommand::Open {
        title: format!("여권 {number}"),
        name: Personal::new(format!("person-{number}"), format!("홍길동 {number}")),
    };
    let done = ledger.execute::<Case>(&stream(number), command, context(0)).await.unwrap();
    assert_eq!(done.version, 1);
}

pub(crate) async fn note(ledger: &Ledger, number: u64, text: &str) {
    ledger.execute::<Case>(&stream(number), CaseCommand::Note(text.to_owned()), context(1)).await.unwrap();
}

pub(crate) fn append(number: u64, expected: ExpectedVersion, text: &str) -> Append {
    Append {
        stream: stream(number),
        expected,
        events: vec![NewEvent { kind: "seen".to_owned(), payload: json!({ "type": "seen", "text": text }) }],
        jobs: Vec::new(),
        context: context(1),
    }
}

/// The log holds so many events and is whole, seen from inside and from outside.
pub(crate) async fn check_log(ledger: &Ledger, events: u64) {
    let verification = ledger.verify().await.unwrap();
    assert_eq!(verification.findings, []);
    assert_eq!(verification.size, events);
    let handle = tokio::runtime::Handle::current();
    let (asked, key) = (ledger.clone(), ledger.verifier_key());
    let audited = tokio::task::spawn_blocking(move || {
        let mut fetch = |path: &str| match handle.block_on(asked.log_resource(path)) {
            Ok(Some(resource)) => Ok(resource.bytes),
            other => Err(format!("{other:?}")),
        };
        audit(&mut fetch, &key, None, Depth::Everything)
    });
    assert_eq!(audited.await.unwrap().unwrap().checkpoint.size, events);
}

pub(crate) struct Cases;

impl Projection for Cases {
    fn name(&self) -> &'static str {
        "cases"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE cases (stream TEXT PRIMARY KEY, title TEXT NOT NULL, name TEXT NOT NULL, notes BIGINT NOT NULL, \
             closed_at BIGINT)",
            "CREATE INDEX cases_by_title ON cases (title)",
            "CREATE TABLE notes (position BIGINT PRIMARY KEY, stream TEXT NOT NULL, text TEXT NOT NULL, mark BYTES)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["notes", "cases"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let stream = event.stream.as_str();
        match event.kind.as_str() {
            "case-opened" => {
                let title = event.payload["title"].as_str().unwrap_or_default();
                sql.execute(
                    "INSERT INTO cases (stream, title, name, notes, closed_at) VALUES ($1, $2, $3, 0, NULL)",
                    &[stream.into(), title.into(), event.payload["name"].to_string().into()],
                )?;
            }
            "case-noted" => {
                let text = event.payload["text"].as_str().unwrap_or_default();
                assert!(text != "panic", "this projection has a defect");
                let mark = vec![u8::try_from(text.len() % 256).unwrap_or_default(), 0, 255];
                sql.execute(
                    "INSERT INTO notes (position, stream, text, mark) VALUES ($1, $2, $3, $4)",
                    &[event.position.into(), stream.into(), text.into(), mark.into()],
                )?;
                let notes = sql.query("SELECT COUNT(*) FROM notes WHERE stream = $1", &[stream.into()])?;
                let count = notes[0].integer(0)?;
                sql.execute("UPDATE cases SET notes = $2 WHERE stream = $1", &[stream.into(), count.into()])?;
            }
            "case-closed" => {
                let closed_at = event.at;
                sql.execute("UPDATE cases SET closed_at = $2 WHERE stream = $1", &[stream.into(), closed_at.into()])?;
            }
            _ => {}
        }
        Ok(())
    }
}
