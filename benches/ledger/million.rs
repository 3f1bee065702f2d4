//! Time and memory of verifying and of deriving projections again over many events.

use std::time::Instant;

use maru_ledger::{
    Actor, Append, Clock as _, CommandContext, ExpectedVersion, Ledger, NewEvent, Personal, StreamId, SystemClock,
};
use serde_json::json;

use crate::{field::text, open};

/// Events of one stream.
const STREAM: u64 = 10;

pub(crate) async fn measure(database: &str, events: u64) {
    let ledger = open(database).await;
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for number in events_so_far(&ledger).await / STREAM..events / STREAM {
        let ledger = ledger.clone();
        tasks.push(tokio::spawn(async move { drop(ledger.append(history(number)).await.unwrap()) }));
        if tasks.len() == 128 {
            for task in tasks.drain(..) {
                task.await.unwrap();
            }
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    println!("filled in {:.1} s; memory {}", begun.elapsed().as_secs_f64(), memory());
    let begun = Instant::now();
    let verification = ledger.verify().await.unwrap();
    assert!(verification.is_whole(), "{:?}", verification.findings);
    println!("verified {} events in {:.1} s; memory {}", verification.size, begun.elapsed().as_secs_f64(), memory());
    let begun = Instant::now();
    for rebuilt in ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "derived {} rows from {} events in {seconds:.1} s; memory {}",
            rebuilt.rows.1,
            rebuilt.events,
            memory()
        );
    }
    ledger.close().await;
}

async fn events_so_far(ledger: &Ledger) -> u64 {
    let note = ledger.checkpoint().await.unwrap();
    note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap()
}

/// An inquiry with nine notes, as an official's day gives them.
fn history(number: u64) -> Append {
    let person = format!("person-{}", number % 20_000);
    let received = json!({
        "type": "inquiry-received",
        "title": Personal::new(&person, text(number, 60)),
        "text": Personal::new(&person, text(number, 600)),
        "facts": { "department": "교통과" },
    });
    let noted = json!({ "type": "inquiry-noted", "text": text(number, 200) });
    let mut events = vec![NewEvent { kind: "inquiry-received".to_owned(), payload: received }];
    events.extend((1..STREAM).map(|_| NewEvent { kind: "inquiry-noted".to_owned(), payload: noted.clone() }));
    Append {
        stream: StreamId::new("inquiry", number).unwrap(),
        expected: ExpectedVersion::Exactly(0),
        events,
        jobs: Vec::new(),
        context: CommandContext::new(Actor::new("account-7", "official"), SystemClock.now()),
    }
}

/// Memory of this process now and at most so far.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or("not known").to_owned();
    format!("{}, {}", line("VmRSS"), line("VmHWM")).replace(['\t', ' '], "")
}
