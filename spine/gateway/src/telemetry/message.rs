//! Messages of OTLP as JSON: spans and histograms of calls.

use std::collections::BTreeMap;

use maru_ledger::hexadecimal;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Observed;
use crate::record::CallRecord;

const SCOPE: &str = "maru-gateway";
/// Both sums are of what the message holds, not of all since the start.
const DELTA: u32 = 1;
/// A span of a call to another service, and one that failed.
const CLIENT: u32 = 3;
const FAILED: u32 = 2;
/// Bounds that the conventions advise, in seconds and in tokens.
const SECONDS: [f64; 14] = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// The spans of calls.
pub(super) fn traces(calls: &[Observed]) -> Value {
    let spans: Vec<Value> = calls.iter().map(span).collect();
    json!({ "resourceSpans": [{ "resource": resource(), "scopeSpans": [{ "scope": { "name": SCOPE }, "spans": spans }] }] })
}

fn resource() -> Value {
    json!({ "attributes": [text("service.name", SCOPE), text("service.version", env!("CARGO_PKG_VERSION"))] })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// Whole numbers of 64 bits are strings in OTLP's JSON.
fn whole(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

fn begin(record: &CallRecord) -> u64 {
    u64::try_from(record.at).unwrap_or_default().saturating_mul(1_000)
}

fn end(record: &CallRecord) -> u64 {
    begin(record).saturating_add(record.total_us.saturating_mul(1_000))
}

fn operation(record: &CallRecord) -> &str {
    match record.route.as_str() {
        "chat" | "responses" => "chat",
        "completions" => "text_completion",
        other => other,
    }
}

fn span(call: &Observed) -> Value {
    let record = &call.record;
    // Its own numbers follow from its name, so that whoever has the name finds the span.
    let digest = Sha256::digest(record.id.as_bytes());
    let trace = call.parent.map_or_else(|| hexadecimal(&digest[..16]), |parent| format!("{:032x}", parent.trace));
    let mut attributes = vec![
        text("gen_ai.operation.name", operation(record)),
        text("gen_ai.request.model", &record.model),
        whole("gen_ai.usage.input_tokens", record.tokens_in),
        whole("gen_ai.usage.output_tokens", record.tokens_out),
        whole("http.response.status_code", record.status.into()),
        text("maru.call", &record.id),
        text("maru.agency", &record.agency),
        text("maru.system", &record.system),
        text("maru.purpose", &record.purpose),
        text("maru.class", &record.class),
        text("maru.backend", &record.backend),
        text("maru.version", &record.version),
        whole("maru.masked", record.masked as u64),
        whole("maru.microwon", record.microwon),
    ];
    if !record.rules.is_empty() {
        let rules: Vec<&str> = record.rules.iter().map(|fired| fired.rule.as_str()).collect();
        attributes.push(text("maru.rules", &rules.join(",")));
    }
    let mut span = json!({
        "traceId": trace, "spanId": hexadecimal(&digest[16..24]), "name": format!("{} {}", operation(record), record.model),
        "kind": CLIENT, "startTimeUnixNano": begin(record).to_string(), "endTimeUnixNano": end(record).to_string(),
    });
    if let Some(parent) = call.parent {
        span["parentSpanId"] = format!("{:016x}", parent.span).into();
    }
    if !record.code.is_empty() {
        attributes.push(text("error.type", &record.code));
        span["status"] = json!({ "code": FAILED, "message": record.code });
    }
    span["attributes"] = attributes.into();
    span
}

/// Values of one histogram and set of attributes.
struct Histogram {
    counts: Vec<u64>,
    sum: f64,
}

/// A histogram by operation, model, agency and kind of token.
type Histograms<'a> = BTreeMap<(&'a str, &'a str, &'a str, &'static str), Histogram>;

fn add<'a>(all: &mut Histograms<'a>, record: &'a CallRecord, kind: &'static str, bounds: &[f64], value: f64) {
    let name = (operation(record), record.model.as_str(), record.agency.as_str(), kind);
    let histogram = all.entry(name).or_insert_with(|| Histogram { counts: vec![0; bounds.len() + 1], sum: 0.0 });
    let place = bounds.iter().position(|bound| value <= *bound).unwrap_or(bounds.len());
    histogram.counts[place] += 1;
    histogram.sum += value;
}

/// The histograms of calls.
pub(super) fn metrics(calls: &[Observed]) -> Value {
    let (mut tokens, mut durations, mut first) = (Histograms::new(), Histograms::new(), Histograms::new());
    for Observed { record, .. } in calls {
        if record.tokens_in + record.tokens_out > 0 {
            add(&mut tokens, record, "input", &TOKENS, record.tokens_in as f64);
            add(&mut tokens, record, "output", &TOKENS, record.tokens_out as f64);
        }
        add(&mut durations, record, "", &SECONDS, record.total_us as f64 / 1e6);
        if record.first_us > 0 {
            add(&mut first, record, "", &SECONDS, record.first_us as f64 / 1e6);
        }
    }
    let from = calls.iter().map(|call| begin(&call.record)).min().unwrap_or_default();
    let until = calls.iter().map(|call| end(&call.record)).max().unwrap_or_default();
    let metric = |name: &str, unit: &str, bounds: &[f64], all: Histograms<'_>| {
        let points: Vec<Value> =
            all.into_iter().map(|(name, histogram)| point(name, &histogram, bounds, from, until)).collect();
        json!({ "name": name, "unit": unit, "histogram": { "aggregationTemporality": DELTA, "dataPoints": points } })
    };
    let metrics = [
        metric("gen_ai.client.token.usage", "{token}", &TOKENS, tokens),
        metric("gen_ai.client.operation.duration", "s", &SECONDS, durations),
        metric("gen_ai.server.time_to_first_token", "s", &SECONDS, first),
    ];
    json!({ "resourceMetrics": [{ "resource": resource(), "scopeMetrics": [{ "scope": { "name": SCOPE }, "metrics": metrics }] }] })
}

fn point(
    (operation, model, agency, kind): (&str, &str, &str, &str),
    histogram: &Histogram,
    bounds: &[f64],
    from: u64,
    until: u64,
) -> Value {
    let mut attributes = vec![
        text("gen_ai.operation.name", operation),
        text("gen_ai.request.model", model),
        text("maru.agency", agency),
    ];
    if !kind.is_empty() {
        attributes.push(text("gen_ai.token.type", kind));
    }
    let counts: Vec<String> = histogram.counts.iter().map(u64::to_string).collect();
    json!({
        "attributes": attributes, "startTimeUnixNano": from.to_string(), "timeUnixNano": until.to_string(),
        "count": histogram.counts.iter().sum::<u64>().to_string(), "sum": histogram.sum, "bucketCounts": counts, "explicitBounds": bounds,
    })
}
