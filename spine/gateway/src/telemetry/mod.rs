//! OpenTelemetry: every call as a span and in three histograms, by the semantic conventions for generative AI, to whatever collector the
//! environment names (`OTEL_EXPORTER_OTLP_ENDPOINT`, OTLP over HTTP as JSON). No call waits for it; what the collector does not take is
//! dropped, because the record is the ledger.

mod message;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{
    record::CallRecord,
    registry::{Backend, Zone},
    upstream::{Upstream, upstream_of},
};

/// Calls that may wait for the collector.
const MOST_WAITING: usize = 8_192;
/// Calls of one message, and how long they are gathered.
const CALLS_OF_A_MESSAGE: usize = 1_024;
const GATHER: Duration = Duration::from_secs(2);
/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer of a collector that is read.
const LARGEST_ANSWER: usize = 1 << 20;

/// The place in a caller's trace, as the header `traceparent` has it (W3C Trace Context).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceParent {
    pub(crate) trace: u128,
    pub(crate) span: u64,
}

impl TraceParent {
    /// Reads `00-TRACE-SPAN-FLAGS`; anything else is none.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
        let hexadecimal =
            |text: &str| text.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit));
        if version.len() != 2 || version == "ff" || trace.len() != 32 || span.len() != 16 {
            return None;
        }
        if !hexadecimal(version) || !hexadecimal(trace) || !hexadecimal(span) {
            return None;
        }
        let found = Self { trace: u128::from_str_radix(trace, 16).ok()?, span: u64::from_str_radix(span, 16).ok()? };
        (found.trace != 0 && found.span != 0).then_some(found)
    }
}

/// A call on its way to the collector.
pub(crate) struct Observed {
    pub(crate) record: CallRecord,
    pub(crate) parent: Option<TraceParent>,
}

/// Where calls are handed in.
#[derive(Clone)]
pub(crate) struct Telemetry {
    queue: mpsc::Sender<Observed>,
}

impl Telemetry {
    /// Starts the task that exports to `endpoint`.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub(crate) fn start(endpoint: &str) -> Result<Self, String> {
        let backend = Backend::new("telemetry", endpoint, Zone::Work);
        let collector = Arc::new(upstream_of(&backend, None, |_| None, Instant::now(), Arc::default())?);
        let (queue, received) = mpsc::channel(MOST_WAITING);
        tokio::spawn(export(collector, received));
        Ok(Self { queue })
    }

    pub(crate) fn hand_in(&self, observed: Observed) {
        // Full or gone: it is dropped.
        drop(self.queue.try_send(observed));
    }
}

async fn export(collector: Arc<Upstream>, mut received: mpsc::Receiver<Observed>) {
    let mut is_known_down = false;
    while let Some(first) = received.recv().await {
        let mut calls = vec![first];
        let until = tokio::time::Instant::now() + GATHER;
        while calls.len() < CALLS_OF_A_MESSAGE
            && let Ok(Some(call)) = tokio::time::timeout_at(until, received.recv()).await
        {
            calls.push(call);
        }
        let mut reason = None;
        for (path, body) in [("/v1/traces", message::traces(&calls)), ("/v1/metrics", message::metrics(&calls))] {
            reason = reason.or(send(&collector, path, body.to_string().into()).await.err());
        }
        // Once is enough: a collector may be away for days.
        if let Some(reason) = &reason
            && !is_known_down
        {
            tracing::warn!(%reason, "the collector of telemetry takes nothing; calls go on and stand on the record");
        }
        is_known_down = reason.is_some();
    }
}

async fn send(collector: &Arc<Upstream>, path: &str, body: Bytes) -> Result<(), String> {
    let sent = async {
        let mut answer = collector.post(path, body).await.map_err(|error| error.to_string())?;
        let status = answer.status;
        answer.whole(LARGEST_ANSWER).await.map_err(|error| error.to_string())?;
        if status.is_success() { Ok(()) } else { Err(format!("status {}", status.as_u16())) }
    };
    tokio::time::timeout(PATIENCE, sent).await.map_err(|_| "no answer in time".to_owned())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_taken_up_where_it_is_one() {
        let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parent = TraceParent::parse(header).unwrap();
        assert_eq!((parent.trace, parent.span), (0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c, 0xb7ad_6b71_6920_3331));
        for wrong in [
            "",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71-01",
        ] {
            assert_eq!(TraceParent::parse(wrong), None, "{wrong}");
        }
    }
}
