//! The record: every call is written down, also one that was refused or broken off. Calls are gathered for a few milliseconds and become one
//! event, so that a call does not wait for the disk. While the record is far behind, new calls wait for it a moment and are then turned
//! away; how many were stands with the next event, since a flood of refusals would otherwise be a flood of records.

mod latency;
mod metrics;
mod packed;
mod projection;
mod recall;
mod retention;
mod spending;
mod traffic;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use maru_ledger::{
    Actor, Append, AppendError, CommandContext, ExpectedVersion, Ledger, Personal, StreamId, WrittenEvent,
};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinSet,
};

pub use latency::Latencies;
pub(crate) use metrics::Metrics;
use packed::Packed;
pub use projection::projections;
pub use recall::{CallQuery, CallRow, RecordedCall};
pub(crate) use recall::{listed as listed_calls, one as recorded_call, since as recorded_since};
pub(crate) use retention::forget_expired;
pub(crate) use spending::spending;
pub use spending::{Forecast, Spending, Spent, end_of_day, end_of_month};
pub(crate) use traffic::traffic;
pub use traffic::{BackendUse, RuleCount, Traffic, TrafficQuery, TrafficSlot, TrafficSums};

use crate::{
    policy::Screened,
    telemetry::{Observed, Telemetry, TraceParent},
};

/// Calls of one event at most: a few tenths of a millisecond of the ledger's writer, so that nobody waits long for its processor.
const CALLS_OF_AN_EVENT: usize = 64;
/// Calls that are recorded together at most, in several events of one transaction.
const CALLS_TOGETHER: usize = 512;
/// How long calls are gathered.
const GATHER: Duration = Duration::from_millis(5);
/// Texts of one event at most, in bytes: sealed and written as text they grow by a third, and an event may have 4 MiB.
const TEXTS_OF_AN_EVENT: usize = 2 << 20;
/// Texts of one call that are kept at most; of larger ones (pictures as data addresses) their digests stand on the record alone.
const TEXTS_OF_A_CALL: usize = 1 << 20;
/// So many calls may wait to be recorded; then no more are taken until there is room.
const MOST_WAITING: usize = 2_048;
/// How long a new call waits for room before it is turned away.
const PATIENCE: Duration = Duration::from_secs(1);
/// The code of a call that was turned away because the record is behind.
pub(crate) const RECORD_BEHIND: &str = "record_behind";

/// One call, as it stands on the record. Nothing in it is personal: texts are apart, sealed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its name, unique among all servers.
    pub id: String,
    /// When it came: microseconds since 1970 UTC.
    pub at: i64,
    /// `chat`, `completions`, `embeddings`, `rerank`, `responses` or `mcp`; `objects` for what is stored; `shadow` for a copy that nobody
    /// waits for.
    pub route: String,
    /// The key that was used.
    pub key: String,
    /// The agency that answers for it.
    pub agency: String,
    /// The system that called.
    pub system: String,
    /// The registered purpose.
    pub purpose: String,
    /// The model that was asked for; empty where it was refused before.
    pub model: String,
    /// The back end that was asked last.
    pub backend: String,
    /// The model's version there.
    pub version: String,
    /// C, S or O.
    pub class: String,
    /// Rules that fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Screened>,
    /// How many data were masked.
    pub masked: usize,
    /// The status of the answer.
    pub status: u16,
    /// Why it was refused or broke, for programs; empty where all went well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Whether the answer was streamed.
    pub stream: bool,
    /// Attempts at back ends.
    pub attempts: u32,
    /// Microseconds that it waited for a place at a back end; 0 where one was free.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub queued_us: u64,
    /// The call of which it is a copy, to see what another model answers; empty for calls of their own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shadow_of: String,
    /// The stored completion or response that it is about, or that it left; empty where it is about none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// The prompt of the library that it named, with its version (`minutes@2`); empty where it named none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    /// How much alike the question is whose answer was given to this one, in hundredths; 0 where it got its own, or that to the same request.
    #[serde(default, skip_serializing_if = "is_none_of_a_hundred")]
    pub likeness: u8,
    /// Tokens sent.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Cost in millionths of a won.
    pub microwon: u64,
    /// Microseconds until the first byte of the answer.
    pub first_us: u64,
    /// Microseconds until its end.
    pub total_us: u64,
    /// SHA-256 of the request as it was sent to the back end (masked), in hexadecimal.
    pub request_sha256: String,
    /// SHA-256 of the answer's text, in hexadecimal.
    pub answer_sha256: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
fn is_none_of_a_hundred(hundredths: &u8) -> bool {
    *hundredths == 0
}

/// A call with its texts.
pub(crate) struct Finished {
    pub(crate) record: CallRecord,
    /// The masked request and the answer before anything was put back; `None` where the agency keeps none.
    pub(crate) contents: Option<(String, String)>,
    /// Where the call stands in its caller's trace.
    pub(crate) parent: Option<TraceParent>,
}

impl Finished {
    /// The size of its texts in bytes.
    fn size(&self) -> usize {
        self.contents.as_ref().map_or(0, |(request, answer)| request.len() + answer.len())
    }
}

#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are calls, and a box for each would be memory for another thread to give back"
)]
enum Message {
    Call(Packed),
    Flush(oneshot::Sender<()>),
}

/// Where calls are handed in.
#[derive(Clone)]
pub(crate) struct Recorder {
    queue: mpsc::UnboundedSender<Message>,
    backlog: Arc<Backlog>,
    pub(crate) metrics: Arc<Metrics>,
}

/// What waits to be recorded.
#[derive(Default)]
struct Backlog {
    calls: AtomicUsize,
    /// Told each time when some were recorded.
    recorded: Notify,
    /// Calls that were turned away since the last event.
    turned_away: AtomicU64,
}

impl Backlog {
    fn has_room(&self) -> bool {
        self.calls.load(Ordering::Relaxed) < MOST_WAITING
    }

    async fn room(&self) {
        loop {
            // Asked for before looking, so that nothing is missed in between.
            let recorded = self.recorded.notified();
            if self.has_room() {
                return;
            }
            recorded.await;
        }
    }
}

impl Recorder {
    /// Starts what records, and tells what it recorded to `telemetry`.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub(crate) fn start(ledger: Ledger, telemetry: Option<Telemetry>) -> std::io::Result<Self> {
        let (queue, received) = mpsc::unbounded_channel();
        let recorder = Self { queue, backlog: Arc::default(), metrics: Arc::default() };
        on_a_thread_of_its_own(record(
            ledger,
            received,
            Arc::clone(&recorder.backlog),
            Arc::clone(&recorder.metrics),
            telemetry,
        ))?;
        Ok(recorder)
    }

    /// Whether the record keeps up, or catches up in a moment.
    pub(crate) async fn keeps_up(&self) -> bool {
        self.backlog.has_room() || tokio::time::timeout(PATIENCE, self.backlog.room()).await.is_ok()
    }

    pub(crate) fn hand_in(&self, mut finished: Finished) {
        if finished.record.code == RECORD_BEHIND {
            self.backlog.turned_away.fetch_add(1, Ordering::Relaxed);
            self.metrics.turned_away();
            return;
        }
        if finished.size() > TEXTS_OF_A_CALL {
            finished.contents = None;
        }
        self.backlog.calls.fetch_add(1, Ordering::Relaxed);
        // The task ends with the program alone.
        drop(self.queue.send(Message::Call(Packed::new(finished))));
    }

    /// Puts calls on the record that were not made here: of a demonstration, whose traffic is invented.
    pub(crate) fn hand_in_invented(&self, calls: impl Iterator<Item = RecordedCall>) {
        for RecordedCall { record, texts } in calls {
            self.hand_in(Finished { record, contents: texts, parent: None });
        }
    }

    /// Waits until everything that was handed in is durable.
    pub(crate) async fn flush(&self) {
        let (reply, done) = oneshot::channel();
        if self.queue.send(Message::Flush(reply)).is_ok() {
            let _ = done.await;
        }
    }
}

/// Writing an event of many calls takes milliseconds, for which the threads that answer calls would stand still.
///
/// # Errors
/// Where the system gives no more threads.
fn on_a_thread_of_its_own(recording: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    // It ends with the last recorder.
    std::thread::Builder::new().name("gateway-record".to_owned()).spawn(move || runtime.block_on(recording)).map(drop)
}

async fn record(
    ledger: Ledger,
    mut received: mpsc::UnboundedReceiver<Message>,
    backlog: Arc<Backlog>,
    metrics: Arc<Metrics>,
    telemetry: Option<Telemetry>,
) {
    while let Some(first) = received.recv().await {
        let mut calls = Vec::new();
        let mut flushes = Vec::new();
        let mut size = 0;
        let mut take = |message, calls: &mut Vec<Finished>| match message {
            Message::Call(call) => {
                let call = call.unpacked();
                let more = call.size();
                calls.push(call);
                more
            }
            Message::Flush(reply) => {
                flushes.push(reply);
                0
            }
        };
        let is_full = received.len() >= CALLS_TOGETHER;
        let in_a_hurry = is_full || matches!(first, Message::Flush(_));
        size += take(first, &mut calls);
        if !in_a_hurry {
            tokio::time::sleep(GATHER).await;
        }
        while calls.len() < CALLS_TOGETHER
            && size + TEXTS_OF_A_CALL <= TEXTS_OF_AN_EVENT
            && let Ok(message) = received.try_recv()
        {
            size += take(message, &mut calls);
        }
        let count = calls.len();
        for call in &calls {
            metrics.count(&call.record);
            if let Some(telemetry) = &telemetry {
                telemetry.hand_in(Observed { record: call.record.clone(), parent: call.parent });
            }
        }
        append_all(&ledger, calls, &backlog, &metrics).await;
        backlog.calls.fetch_sub(count, Ordering::Relaxed);
        backlog.recorded.notify_waiters();
        for reply in flushes {
            let _ = reply.send(());
        }
    }
}

/// Appends events of so many calls each, handed to the ledger at once.
async fn append_all(ledger: &Ledger, mut calls: Vec<Finished>, backlog: &Arc<Backlog>, metrics: &Arc<Metrics>) {
    let mut events = JoinSet::new();
    while !calls.is_empty() {
        let rest = calls.split_off(calls.len().min(CALLS_OF_AN_EVENT));
        let calls = std::mem::replace(&mut calls, rest);
        let (ledger, backlog, metrics) = (ledger.clone(), Arc::clone(backlog), Arc::clone(metrics));
        events.spawn(async move { append(&ledger, calls, &backlog, &metrics).await });
    }
    events.join_all().await;
}

/// Appends one event; tries again until the database takes it. What the ledger itself refuses is tried once more without texts.
async fn append(ledger: &Ledger, calls: Vec<Finished>, backlog: &Backlog, metrics: &Metrics) {
    let Some(last) = calls.last().and_then(|call| Timestamp::from_microsecond(call.record.at).ok()) else { return };
    let date = jiff::tz::Offset::UTC.to_datetime(last).date();
    let Ok(stream) = StreamId::new("gateway.calls", date) else { return };
    let mut together = Together::new(calls, backlog.turned_away.swap(0, Ordering::Relaxed), date);
    let mut pause = Duration::from_millis(100);
    loop {
        let append = Append {
            stream: stream.clone(),
            expected: ExpectedVersion::Any,
            events: vec![together.event()],
            jobs: Vec::new(),
            context: CommandContext::new(Actor::new("gateway", "system"), last),
        };
        match ledger.append_written(append).await {
            Ok(_) => return,
            Err(AppendError::Database(error)) => {
                metrics.record_failed();
                tracing::error!(%error, "calls of the gateway could not be recorded; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(10));
            }
            Err(error) if together.has_texts() => {
                metrics.record_failed();
                tracing::error!(%error, "texts of calls could not be kept; the calls are recorded without them");
                together.forget_texts();
            }
            Err(error) => {
                metrics.record_failed();
                tracing::error!(%error, calls = together.made.calls.len(), "calls of the gateway cannot be recorded");
                return;
            }
        }
    }
}

/// Under whose key an agency's texts of a month are sealed.
pub(crate) fn subject(agency: &str, month: &str) -> String {
    format!("gateway-{agency}-{month}")
}

/// The month in whose key texts of this moment are sealed.
pub(crate) fn month_of(date: jiff::civil::Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Under which key an agency's texts of a month are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Kept {
    agency: String,
    month: String,
    subject: String,
}

/// What one event is about: what projections are given of it when it is appended.
#[derive(Debug)]
struct RecordedTogether {
    calls: Arc<[CallRecord]>,
    kept: Vec<Kept>,
}

/// Calls of one event, ready to be written.
struct Together {
    made: Arc<RecordedTogether>,
    /// The texts of each agency as JSON, in the order in which their keys are named.
    texts: Vec<String>,
    /// Calls that were turned away since the last event.
    turned_away: u64,
}

impl Together {
    fn new(calls: Vec<Finished>, turned_away: u64, date: jiff::civil::Date) -> Self {
        let (records, contents): (Vec<CallRecord>, Vec<_>) =
            calls.into_iter().map(|call| (call.record, call.contents)).unzip();
        let mut texts: BTreeMap<&str, Vec<(&str, &str, &str)>> = BTreeMap::new();
        for (record, contents) in records.iter().zip(&contents) {
            if let Some((request, answer)) = contents {
                texts.entry(&record.agency).or_default().push((&record.id, request, answer));
            }
        }
        let month = month_of(date);
        let kept = |agency: &&str| Kept {
            agency: (*agency).to_owned(),
            month: month.clone(),
            subject: subject(agency, &month),
        };
        let kept = texts.keys().map(kept).collect();
        let texts = texts.into_values().map(|texts| serde_json::to_string(&texts).unwrap_or_default()).collect();
        Self { made: Arc::new(RecordedTogether { calls: records.into(), kept }), texts, turned_away }
    }

    fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    fn forget_texts(&mut self) {
        self.texts.clear();
        self.made = Arc::new(RecordedTogether { calls: Arc::clone(&self.made.calls), kept: Vec::new() });
    }

    /// The event. It is written at once; projections are given what it was written from. Texts are sealed under a key for each agency and month:
    /// destroying it is how retention ends.
    fn event(&self) -> WrittenEvent {
        let made = Arc::clone(&self.made);
        let mut event = WrittenEvent::new("gateway-calls-recorded", made);
        event.field("calls", &*self.made.calls);
        event.field("kept", &self.made.kept);
        let fact = |(kept, text): (&Kept, &String)| Personal::new(kept.subject.clone(), text.clone());
        event.facts("contents", self.made.kept.iter().zip(&self.texts).map(fact));
        if self.turned_away > 0 {
            event.field("turned_away", &self.turned_away);
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_waits_for_room_and_not_for_ever() {
        let (queue, _received) = mpsc::unbounded_channel();
        let recorder = Recorder { queue, backlog: Arc::default(), metrics: Arc::default() };
        assert!(recorder.keeps_up().await);
        recorder.backlog.calls.store(MOST_WAITING, Ordering::Relaxed);
        assert!(!recorder.keeps_up().await, "nothing was recorded");
        let backlog = Arc::clone(&recorder.backlog);
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE / 2).await;
            backlog.calls.fetch_sub(1, Ordering::Relaxed);
            backlog.recorded.notify_waiters();
        });
        assert!(recorder.keeps_up().await, "one was recorded meanwhile");
    }

    #[tokio::test]
    async fn calls_that_were_turned_away_are_a_number_and_no_records() {
        let (queue, mut received) = mpsc::unbounded_channel();
        let recorder = Recorder { queue, backlog: Arc::default(), metrics: Arc::default() };
        let call = |code: &str| Finished {
            record: CallRecord { code: code.to_owned(), ..CallRecord::default() },
            contents: None,
            parent: None,
        };
        recorder.hand_in(call(RECORD_BEHIND));
        recorder.hand_in(call("blocked_by_policy"));
        let Ok(Message::Call(one)) = received.try_recv() else { panic!("a call that was refused is a record") };
        assert_eq!(one.unpacked().record.code, "blocked_by_policy");
        assert!(received.try_recv().is_err());
        assert!(recorder.metrics.text(0).contains("maru_gateway_turned_away_total 1"));
        let turned_away = recorder.backlog.turned_away.swap(0, Ordering::Relaxed);
        let day = jiff::civil::date(2026, 11, 27);
        let payload = |turned_away| Together::new(vec![call("")], turned_away, day).event().unsealed();
        assert_eq!(payload(turned_away)["turned_away"], 1);
        assert!(payload(0).get("turned_away").is_none());
    }
}
