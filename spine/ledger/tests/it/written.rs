//! Events that are written by their maker: on the record like any other.

use std::{any::Any, sync::Arc};

use maru_ledger::{
    Append, AppendError, DatabaseError, ExpectedVersion, Ledger, Personal, Projection, RecordedEvent, SealError, Sql,
    Sums, WrittenEvent,
};
use maru_test_database::on_both_databases;
use serde_json::{Value as Json, json};

use crate::support::{Deployment, append, check_log, context, instant, official, stream};

on_both_databases!(
    what_is_written_is_recorded_sealed_and_derived_like_anything_else,
    what_cannot_be_recorded_harms_nobody_else,
);

/// Counts words, each by what its maker has in memory where it has it.
struct Words;

/// What the maker has.
struct Made(Vec<String>);

const COUNTED: Sums = Sums { table: "words", names: &["word"], figures: &["seen", "letters"] };
const PLACES: Sums = Sums { table: "word_places", names: &["word", "place"], figures: &[] };

fn count(sql: &mut dyn Sql, words: &[String]) -> Result<(), DatabaseError> {
    for word in words {
        if word == "defect" {
            return Err(DatabaseError::work("it cannot be taken in"));
        }
        sql.add(&COUNTED, vec![word.into()], &[1, word.len() as u64])?;
        sql.add(&PLACES, vec![word.into(), "everywhere".into()], &[])?;
    }
    Ok(())
}

impl Projection for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE words (word TEXT PRIMARY KEY, seen BIGINT NOT NULL, letters BIGINT NOT NULL)",
            "CREATE TABLE word_places (word TEXT PRIMARY KEY, place TEXT NOT NULL)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["words", "word_places"]
    }

    fn concerns(&self, kind: &str) -> bool {
        kind == "words-said"
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let words = event.payload["words"].as_array().into_iter().flatten().filter_map(Json::as_str);
        count(sql, &words.map(str::to_owned).collect::<Vec<_>>())
    }

    fn apply_made(&self, sql: &mut dyn Sql, _position: u64, made: &dyn Any) -> Option<Result<(), DatabaseError>> {
        made.downcast_ref().map(|Made(words)| count(sql, words))
    }
}

/// Sees every event as it is read.
struct Seen;

impl Projection for Seen {
    fn name(&self) -> &'static str {
        "seen"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &["CREATE TABLE seen (position BIGINT PRIMARY KEY, payload TEXT NOT NULL)"]
    }

    fn tables(&self) -> &[&str] {
        &["seen"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        let insert = "INSERT INTO seen (position, payload) VALUES ($1, $2)";
        sql.execute(insert, &[event.position.into(), event.payload.to_string().into()]).map(drop)
    }
}

async fn open(deployment: &Deployment) -> Ledger {
    Ledger::open(deployment.config(), vec![Arc::new(Words), Arc::new(Seen)]).await.unwrap()
}

fn event(words: &[&str], facts: &[(&str, &str)]) -> WrittenEvent {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut event = WrittenEvent::new("words-said", Arc::new(Made(words.clone())));
    event.field("words", &words);
    event.facts("by", facts.iter().map(|(subject, value)| Personal::new(*subject, *value)));
    event
}

fn said(number: u64, event: WrittenEvent) -> Append<WrittenEvent> {
    let Append { stream, expected, jobs, context, .. } = append(number, ExpectedVersion::Any, "");
    Append { stream, expected, events: vec![event], jobs, context }
}

async fn counted(ledger: &Ledger) -> Vec<(String, i64, i64)> {
    let rows = ledger.read(|sql| sql.query("SELECT word, seen, letters FROM words ORDER BY word", &[])).await.unwrap();
    rows.iter().map(|row| (row.text(0).unwrap(), row.integer(1).unwrap(), row.integer(2).unwrap())).collect()
}

async fn what_is_written_is_recorded_sealed_and_derived_like_anything_else(deployment: Deployment) {
    let ledger = open(&deployment).await;
    let facts = [("person-1", "홍길동 \"1\""), ("person-2", "김철수"), ("person-1", "again")];
    let attempts = (0..6).map(|number| {
        let (ledger, event) = (ledger.clone(), event(&["여권", "a\"b", "여권"], &facts));
        tokio::spawn(async move { ledger.append_written(said(number, event)).await.unwrap() })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        assert_eq!(attempt.await.unwrap().count, 1);
    }
    let by_values = json!({ "type": "words-said", "words": ["여권"], "by": [] });
    let mut other = append(9, ExpectedVersion::Any, "");
    other.events[0].kind = String::from("words-said");
    other.events[0].payload = by_values;
    ledger.append(other).await.unwrap();
    let recorded = ledger.events(&stream(3)).await.unwrap();
    let personal: Vec<Personal> = facts.iter().map(|(subject, value)| Personal::new(*subject, *value)).collect();
    let expected = json!({ "type": "words-said", "words": ["여권", "a\"b", "여권"], "by": personal });
    assert_eq!((recorded[0].payload.to_string(), recorded[0].kind.as_str()), (expected.to_string(), "words-said"));
    let stored = ledger.read(|sql| sql.query("SELECT payload FROM seen ORDER BY position", &[])).await.unwrap();
    assert!(stored.iter().all(|row| !row.text(0).unwrap().contains("김철수")), "projections see what is sealed");
    assert_eq!(counted(&ledger).await, [("a\"b".to_owned(), 6, 18), ("여권".to_owned(), 13, 13 * 6)]);
    assert!(ledger.rebuild(None).await.unwrap().iter().all(maru_ledger::Rebuilt::is_identical));
    ledger.erase_subject("person-1", official(), instant(2)).await.unwrap();
    let by = ledger.events(&stream(3)).await.unwrap()[0].payload["by"].clone();
    assert_eq!(
        (by[0]["$personal"]["value"].clone(), by[1]["$personal"]["value"].clone()),
        (Json::Null, json!("김철수"))
    );
    check_log(&ledger, 8).await;
}

async fn what_cannot_be_recorded_harms_nobody_else(deployment: Deployment) {
    let ledger = open(&deployment).await;
    ledger.erase_subject("person-gone", official(), instant(0)).await.unwrap();
    let mut deep = event(&[], &[]);
    deep.field("deep", &(0..120).fold(json!(1), |inner, _| json!([inner])));
    let mut sealed = event(&[], &[]);
    sealed.field("name", &json!({ "$sealed": {} }));
    let wrong = [
        deep,
        sealed,
        event(&["x"], &[("person-gone", "홍길동")]),
        event(&["x", "defect"], &[("person-new", "홍길동")]),
        event(&[&"긴".repeat(2 << 20)], &[]),
        event(&["x\0"], &[]),
    ];
    let attempts = wrong.into_iter().flat_map(|wrong| [wrong, event(&["fine"], &[("person-2", "김철수")])]);
    let attempts = (0..).zip(attempts).map(|(number, event)| {
        let ledger = ledger.clone();
        tokio::spawn(async move { (number, ledger.append_written(said(number, event)).await) })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        let (number, outcome) = attempt.await.unwrap();
        let is_expected = match (number, &outcome) {
            (0 | 2 | 8, Err(AppendError::Event { kind, .. })) => kind == "words-said",
            (4, Err(AppendError::Seal(SealError::Erased { subject }))) => subject == "person-gone",
            (6 | 10, Err(AppendError::Projection { projection, .. } | AppendError::Event { kind: projection, .. })) => {
                projection == "words" || projection == "seen"
            }
            (number, Ok(_)) => number % 2 == 1,
            _ => false,
        };
        assert!(is_expected, "{number}: {outcome:?}");
    }
    assert_eq!(counted(&ledger).await, [("fine".to_owned(), 6, 24)]);
    let keys = ledger.read(|sql| sql.query("SELECT subject FROM subject_keys ORDER BY subject", &[])).await.unwrap();
    assert_eq!(keys.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>(), ["person-2", "person-gone"]);
    ledger.append(Append { context: context(3), ..append(77, ExpectedVersion::Any, "values") }).await.unwrap();
    assert!(ledger.rebuild(None).await.unwrap().iter().all(maru_ledger::Rebuilt::is_identical));
    check_log(&ledger, 8).await;
}
