//! Projections: derived in the transaction of the event, and again at any time.

use maru_test_database::on_both_databases;
use std::sync::Arc;

use maru_ledger::{
    AppendError, DatabaseError, ExpectedVersion, Ledger, LedgerError, NewJob, Personal, Projection, RecordedEvent, Sql,
};
use serde_json::json;

use crate::support::{Case, CaseCommand, Cases, Deployment, append, check_log, context, note, open_case, stream};

on_both_databases!(
    deriving_again_gives_the_same_rows,
    rows_that_were_tampered_with_are_found_and_mended,
    a_new_version_is_derived_when_the_ledger_opens,
    tables_that_changed_without_a_version_are_refused,
    an_error_takes_everything_back,
    an_error_that_a_projection_passes_over_still_counts,
);

async fn fill(ledger: &Ledger) {
    for number in 0..20 {
        open_case(ledger, number).await;
        for text in 0..number % 5 {
            note(ledger, number, &format!("note {text}")).await;
        }
    }
    ledger.execute::<Case>(&stream(3), CaseCommand::Close, context(9)).await.unwrap();
}

async fn titles(ledger: &Ledger) -> Vec<String> {
    let rows = ledger.read(|sql| sql.query("SELECT title FROM cases ORDER BY stream", &[])).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).collect()
}

async fn deriving_again_gives_the_same_rows(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    let before = titles(&ledger).await;
    for name in [None, Some("cases")] {
        let rebuilt = ledger.rebuild(name).await.unwrap();
        assert_eq!(rebuilt.len(), 1);
        assert!(rebuilt[0].is_identical(), "{rebuilt:?}");
        assert_eq!((rebuilt[0].events, rebuilt[0].rows.1), (62, 20 + 41));
    }
    assert_eq!(titles(&ledger).await, before);
    let unknown = ledger.rebuild(Some("houses")).await.unwrap_err().to_string();
    assert_eq!(unknown, "there is no projection houses; there are: cases");
    // Life goes on.
    note(&ledger, 4, "after").await;
    assert!(ledger.rebuild(None).await.unwrap()[0].is_identical());
    check_log(&ledger, 63).await;
}

async fn rows_that_were_tampered_with_are_found_and_mended(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    let before = titles(&ledger).await;
    for tampering in [
        "UPDATE cases SET title = 'another' WHERE stream = 'case-7'",
        "DELETE FROM notes WHERE position = (SELECT MIN(position) FROM notes)",
        "INSERT INTO notes (position, stream, text) VALUES (-1, 'case-1', 'smuggled in')",
        "UPDATE cases SET closed_at = closed_at + 1 WHERE stream = 'case-3'",
    ] {
        deployment.tamper(tampering);
        let rebuilt = ledger.rebuild(None).await.unwrap().remove(0);
        assert!(!rebuilt.is_identical(), "{tampering}");
        assert_ne!(rebuilt.digests.0, rebuilt.digests.1, "{tampering}");
        assert!(ledger.rebuild(None).await.unwrap()[0].is_identical());
        assert_eq!(titles(&ledger).await, before);
    }
}

/// The same tables as [`Cases`] with one more, under a version and a schema of its own.
struct Changed {
    version: u32,
    schema: &'static [&'static str],
}

const MORE: &[&str] = &[
    "CREATE TABLE cases (stream TEXT PRIMARY KEY, title TEXT NOT NULL, name TEXT NOT NULL, notes BIGINT NOT NULL, \
     closed_at BIGINT)",
    "CREATE TABLE remarks (position BIGINT PRIMARY KEY, text TEXT NOT NULL)",
];

impl Projection for Changed {
    fn name(&self) -> &'static str {
        "cases"
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn schema(&self) -> &[&str] {
        self.schema
    }

    fn tables(&self) -> &[&str] {
        &["cases", "remarks"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.kind != "case-noted" {
            return Ok(());
        }
        let text = event.payload["text"].as_str().unwrap_or_default();
        let insert = "INSERT INTO remarks (position, text) VALUES ($1, $2)";
        sql.execute(insert, &[event.position.into(), text.into()]).map(drop)
    }
}

async fn open_changed(deployment: &Deployment, version: u32) -> Result<Ledger, LedgerError> {
    Ledger::open(deployment.config(), vec![Arc::new(Changed { version, schema: MORE })]).await
}

async fn a_new_version_is_derived_when_the_ledger_opens(deployment: Deployment) {
    let before = deployment.open().await;
    fill(&before).await;
    let after = open_changed(&deployment, 2).await.unwrap();
    let remarks = after.read(|sql| sql.query("SELECT text FROM remarks", &[])).await.unwrap();
    assert_eq!(remarks.len(), 41);
    after.read(|sql| sql.query("SELECT text FROM notes", &[])).await.unwrap_err();
    assert!(after.rebuild(None).await.unwrap()[0].is_identical());
    // The server that still runs the former version must not write rows of the former form.
    let refused = before.append(append(1, ExpectedVersion::Any, "x")).await.unwrap_err().to_string();
    assert!(refused.contains("another server changed the tables"), "{refused}");
    after.append(append(1, ExpectedVersion::Any, "x")).await.unwrap();
    let older = Ledger::open(deployment.config(), vec![Arc::new(Cases)]).await.unwrap_err().to_string();
    assert!(older.contains("newer version of the program"), "{older}");
    check_log(&after, 63).await;
}

async fn tables_that_changed_without_a_version_are_refused(deployment: Deployment) {
    fill(&deployment.open().await).await;
    let refused = open_changed(&deployment, 1).await.unwrap_err().to_string();
    assert!(refused.contains("raise its version"), "{refused}");
    let twice: Vec<Arc<dyn Projection>> = vec![Arc::new(Cases), Arc::new(Cases)];
    let refused = Ledger::open(deployment.config(), twice).await.unwrap_err().to_string();
    assert!(refused.contains("two projections are called cases"), "{refused}");
    assert_eq!(titles(&deployment.open().await).await.len(), 20, "nothing was touched");
}

/// A projection with a defect: it fails at some texts, after it has written a row.
struct Fragile;

impl Projection for Fragile {
    fn name(&self) -> &'static str {
        "fragile"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &["CREATE TABLE fragile (position BIGINT PRIMARY KEY)"]
    }

    fn tables(&self) -> &[&str] {
        &["fragile"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let insert = "INSERT INTO fragile (position) VALUES ($1)";
        sql.execute(insert, &[event.position.into()])?;
        match event.payload["text"].as_str() {
            Some("fails") => sql.execute(insert, &[event.position.into()]).map(drop),
            Some("passes over") => {
                let _ = sql.execute(insert, &[event.position.into()]);
                Ok(())
            }
            Some("refuses") => Err(DatabaseError::work("it cannot be taken in")),
            _ => Ok(()),
        }
    }
}

async fn open_fragile(deployment: &Deployment) -> Ledger {
    Ledger::open(deployment.config(), vec![Arc::new(Cases), Arc::new(Fragile)]).await.unwrap()
}

async fn count(ledger: &Ledger, table: &str) -> i64 {
    let statement = format!("SELECT COUNT(*) FROM {table}");
    ledger.read(move |sql| sql.query(&statement, &[])).await.unwrap()[0].integer(0).unwrap()
}

async fn an_error_takes_everything_back(deployment: Deployment) {
    let ledger = open_fragile(&deployment).await;
    open_case(&ledger, 1).await;
    for text in ["fails", "refuses"] {
        let mut append = append(1, ExpectedVersion::Exactly(1), text);
        append.events[0].kind = String::from("case-noted");
        let mut earlier = append.events[0].clone();
        earlier.payload = json!({ "type": "case-noted", "text": "fine", "by": Personal::new("person-new", "김철수") });
        append.events.insert(0, earlier);
        append.jobs = vec![NewJob::new("notify", json!({}))];
        append.context = context(1).idempotent("key", "print");
        let refused = ledger.append(append).await.unwrap_err();
        assert!(
            matches!(&refused, AppendError::Projection { projection, .. } if projection == "fragile"),
            "{refused:?}"
        );
        for (table, rows) in [
            ("events", 1),
            ("cases", 1),
            ("notes", 0),
            ("fragile", 1),
            ("jobs", 0),
            ("idempotency", 0),
            ("subject_keys", 1),
        ] {
            assert_eq!(count(&ledger, table).await, rows, "{table}");
        }
    }
    note(&ledger, 1, "fine").await;
    assert!(ledger.rebuild(None).await.unwrap().iter().all(maru_ledger::Rebuilt::is_identical));
    check_log(&ledger, 2).await;
}

async fn an_error_that_a_projection_passes_over_still_counts(deployment: Deployment) {
    let ledger = open_fragile(&deployment).await;
    let attempts = (0..30).map(|number| {
        let text = if number % 3 == 0 { "passes over" } else { "fine" };
        let (ledger, append) = (ledger.clone(), append(number, ExpectedVersion::Exactly(0), text));
        tokio::spawn(async move { (number, ledger.append(append).await) })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        let (number, outcome) = attempt.await.unwrap();
        assert_eq!(outcome.is_err(), number % 3 == 0, "{outcome:?}");
    }
    assert_eq!(count(&ledger, "fragile").await, 20);
    check_log(&ledger, 20).await;
}
