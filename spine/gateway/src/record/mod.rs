//! The record: every call is written down, also one that was refused or broken off. Calls are gathered for a few milliseconds and become one
//! event, so that a call does not wait for the disk; no call is taken while the record is far behind.

mod metrics;
mod projection;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use maru_ledger::{Actor, Append, CommandContext, ExpectedVersion, Ledger, NewEvent, Personal, StreamId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

pub(crate) use metrics::Metrics;
pub use projection::projections;

use crate::policy::Screened;

/// Calls of one event at most.
const CALLS_OF_AN_EVENT: usize = 512;
/// How long calls are gathered.
const GATHER: Duration = Duration::from_millis(20);
/// So many calls may wait to be recorded; then no more are taken.
const MOST_WAITING: usize = 20_000;

/// One call, as it stands on the record. Nothing in it is personal: texts are apart, sealed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CallRecord {
    pub(crate) id: String,
    /// Microseconds since 1970 UTC.
    pub(crate) at: i64,
    pub(crate) route: String,
    pub(crate) key: String,
    pub(crate) agency: String,
    pub(crate) system: String,
    pub(crate) purpose: String,
    pub(crate) model: String,
    pub(crate) backend: String,
    pub(crate) version: String,
    pub(crate) class: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<Screened>,
    pub(crate) masked: usize,
    pub(crate) status: u16,
    /// Why it was refused or broke, for programs; empty where all went well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) code: String,
    pub(crate) stream: bool,
    /// Attempts at back ends.
    pub(crate) attempts: u32,
    pub(crate) tokens_in: u64,
    pub(crate) tokens_out: u64,
    pub(crate) microwon: u64,
    /// Microseconds until the first byte of the answer.
    pub(crate) first_us: u64,
    /// Microseconds until its end.
    pub(crate) total_us: u64,
    /// SHA-256 of the request as it was sent to the back end (masked), and of the answer's text, in hexadecimal.
    pub(crate) request_sha256: String,
    pub(crate) answer_sha256: String,
}

/// A call with its texts.
pub(crate) struct Finished {
    pub(crate) record: CallRecord,
    /// The masked request and the answer before anything was put back; `None` where the agency keeps none.
    pub(crate) contents: Option<(String, String)>,
}

enum Message {
    Call(Box<Finished>),
    Flush(oneshot::Sender<()>),
}

/// Where calls are handed in.
#[derive(Clone)]
pub(crate) struct Recorder {
    queue: mpsc::UnboundedSender<Message>,
    waiting: Arc<AtomicUsize>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Recorder {
    /// Starts the task that records.
    pub(crate) fn start(ledger: Ledger) -> Self {
        let (queue, received) = mpsc::unbounded_channel();
        let recorder = Self { queue, waiting: Arc::default(), metrics: Arc::default() };
        tokio::spawn(record(ledger, received, Arc::clone(&recorder.waiting), Arc::clone(&recorder.metrics)));
        recorder
    }

    /// Whether the record keeps up.
    pub(crate) fn keeps_up(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) < MOST_WAITING
    }

    pub(crate) fn hand_in(&self, finished: Finished) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The task ends with the program alone.
        drop(self.queue.send(Message::Call(Box::new(finished))));
    }

    /// Waits until everything that was handed in is durable.
    pub(crate) async fn flush(&self) {
        let (reply, done) = oneshot::channel();
        if self.queue.send(Message::Flush(reply)).is_ok() {
            let _ = done.await;
        }
    }
}

async fn record(
    ledger: Ledger,
    mut received: mpsc::UnboundedReceiver<Message>,
    waiting: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
) {
    while let Some(first) = received.recv().await {
        let mut calls = Vec::new();
        let mut flushes = Vec::new();
        let mut take = |message, calls: &mut Vec<Finished>| match message {
            Message::Call(call) => calls.push(*call),
            Message::Flush(reply) => flushes.push(reply),
        };
        let in_a_hurry = matches!(first, Message::Flush(_));
        take(first, &mut calls);
        if !in_a_hurry {
            tokio::time::sleep(GATHER).await;
        }
        while calls.len() < CALLS_OF_AN_EVENT
            && let Ok(message) = received.try_recv()
        {
            take(message, &mut calls);
        }
        let count = calls.len();
        for call in &calls {
            metrics.count(&call.record);
        }
        if count > 0 {
            append(&ledger, calls, &metrics).await;
        }
        waiting.fetch_sub(count, Ordering::Relaxed);
        for reply in flushes {
            let _ = reply.send(());
        }
    }
}

/// Appends one event; tries again until the database takes it.
async fn append(ledger: &Ledger, calls: Vec<Finished>, metrics: &Metrics) {
    let Some(last) = calls.last().and_then(|call| Timestamp::from_microsecond(call.record.at).ok()) else { return };
    let date = jiff::tz::Offset::UTC.to_datetime(last).date();
    let Ok(stream) = StreamId::new("gateway.calls", date) else { return };
    let events = vec![event(calls, date)];
    let mut pause = Duration::from_millis(100);
    loop {
        let append = Append {
            stream: stream.clone(),
            expected: ExpectedVersion::Any,
            events: events.clone(),
            jobs: Vec::new(),
            context: CommandContext::new(Actor::new("gateway", "system"), last),
        };
        match ledger.append(append).await {
            Ok(_) => return,
            Err(error) => {
                metrics.record_failed();
                tracing::error!(%error, "calls of the gateway could not be recorded; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(10));
            }
        }
    }
}

/// One event of many calls. Texts are sealed under a key for each agency and month: destroying it is how retention ends.
fn event(calls: Vec<Finished>, date: jiff::civil::Date) -> NewEvent {
    let mut records = Vec::with_capacity(calls.len());
    let mut texts: BTreeMap<String, Vec<(String, String, String)>> = BTreeMap::new();
    for Finished { record, contents } in calls {
        if let Some((request, answer)) = contents {
            texts.entry(record.agency.clone()).or_default().push((record.id.clone(), request, answer));
        }
        records.push(record);
    }
    let contents: Vec<Personal> = texts
        .into_iter()
        .map(|(agency, texts)| {
            let subject = format!("gateway-{agency}-{:04}-{:02}", date.year(), date.month());
            Personal::new(subject, json!(texts).to_string())
        })
        .collect();
    let kind = "gateway-calls-recorded";
    NewEvent { kind: kind.to_owned(), payload: json!({ "type": kind, "calls": records, "contents": contents }) }
}
