//! Figures for Prometheus, counted where calls are recorded: off the path of the calls.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::CallRecord;

/// Upper bounds of the histogram of the time to the first byte, in microseconds.
const BOUNDS: [u64; 12] =
    [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000, 30_000_000];

#[derive(Default)]
struct Series {
    calls: BTreeMap<u16, u64>,
    tokens_in: u64,
    tokens_out: u64,
    microwon: u64,
    masked: u64,
    alike: u64,
    first: [u64; BOUNDS.len()],
    first_sum: u64,
    first_count: u64,
}

/// Reads one figure of a series.
type Counter = fn(&Series) -> u64;

/// Counters since the server began.
#[derive(Default)]
pub(crate) struct Metrics {
    series: Mutex<BTreeMap<(String, String, String), Series>>,
    rules: Mutex<BTreeMap<(String, &'static str), u64>>,
    record_failures: AtomicU64,
    turned_away: AtomicU64,
}

impl Metrics {
    pub(crate) fn record_failed(&self) {
        self.record_failures.fetch_add(1, Ordering::Relaxed);
    }

    /// A call was not taken because the record is behind.
    pub(crate) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, call: &CallRecord) {
        let name = (call.agency.clone(), call.model.clone(), call.backend.clone());
        let mut all = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let series = all.entry(name).or_default();
        *series.calls.entry(call.status).or_default() += 1;
        series.tokens_in += call.tokens_in;
        series.tokens_out += call.tokens_out;
        series.microwon += call.microwon;
        series.masked += call.masked as u64;
        series.alike += u64::from(call.likeness > 0);
        if call.first_us > 0 {
            series.first_sum += call.first_us;
            series.first_count += 1;
            if let Some(place) = BOUNDS.iter().position(|bound| call.first_us <= *bound) {
                series.first[place] += 1;
            }
        }
        drop(all);
        if call.rules.is_empty() {
            return;
        }
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        for rule in &call.rules {
            *rules.entry((rule.rule.clone(), rule.action.as_str())).or_default() += 1;
        }
    }

    /// The figures in Prometheus' text form; `sockets` are held now.
    pub(crate) fn text(&self, sockets: usize) -> String {
        let mut text = String::new();
        let all = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let counters: [(&str, &str, Counter); 5] = [
            ("maru_gateway_tokens_in_total", "Tokens sent to models.", |series| series.tokens_in),
            ("maru_gateway_tokens_out_total", "Tokens that models wrote.", |series| series.tokens_out),
            ("maru_gateway_microwon_total", "Cost in millionths of a won.", |series| series.microwon),
            ("maru_gateway_masked_total", "Data that were masked.", |series| series.masked),
            ("maru_gateway_alike_total", "Calls that got the answer to a question alike.", |series| series.alike),
        ];
        head(&mut text, "maru_gateway_calls_total", "counter", "Calls, by the status of the answer.");
        for (name, series) in &*all {
            for (status, count) in &series.calls {
                let _ = writeln!(text, "maru_gateway_calls_total{{{},status=\"{status}\"}} {count}", labels(name));
            }
        }
        for (metric, help, value) in counters {
            head(&mut text, metric, "counter", help);
            for (name, series) in &*all {
                let _ = writeln!(text, "{metric}{{{}}} {}", labels(name), value(series));
            }
        }
        let metric = "maru_gateway_first_byte_seconds";
        head(&mut text, metric, "histogram", "Time until the first byte of an answer.");
        for (name, series) in &*all {
            let mut sum = 0;
            for (bound, count) in BOUNDS.iter().zip(series.first) {
                sum += count;
                let bound = *bound as f64 / 1e6;
                let _ = writeln!(text, "{metric}_bucket{{{},le=\"{bound}\"}} {sum}", labels(name));
            }
            let _ = writeln!(text, "{metric}_bucket{{{},le=\"+Inf\"}} {}", labels(name), series.first_count);
            let _ = writeln!(text, "{metric}_sum{{{}}} {}", labels(name), series.first_sum as f64 / 1e6);
            let _ = writeln!(text, "{metric}_count{{{}}} {}", labels(name), series.first_count);
        }
        drop(all);
        head(&mut text, "maru_gateway_rules_total", "counter", "Rules that fired, by what they did.");
        for ((rule, action), count) in &*self.rules.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ =
                writeln!(text, "maru_gateway_rules_total{{rule=\"{}\",action=\"{action}\"}} {count}", escaped(rule));
        }
        head(&mut text, "maru_gateway_record_failures_total", "counter", "Attempts to record calls that failed.");
        let _ = writeln!(text, "maru_gateway_record_failures_total {}", self.record_failures.load(Ordering::Relaxed));
        head(&mut text, "maru_gateway_turned_away_total", "counter", "Calls not taken because the record was behind.");
        let _ = writeln!(text, "maru_gateway_turned_away_total {}", self.turned_away.load(Ordering::Relaxed));
        head(&mut text, "maru_gateway_sockets", "gauge", "WebSockets that clients hold.");
        let _ = writeln!(text, "maru_gateway_sockets {sockets}");
        text
    }
}

fn head(text: &mut String, metric: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} {kind}");
}

fn labels((agency, model, backend): &(String, String, String)) -> String {
    format!("agency=\"{}\",model=\"{}\",backend=\"{}\"", escaped(agency), escaped(model), escaped(backend))
}

fn escaped(label: &str) -> String {
    label.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}
