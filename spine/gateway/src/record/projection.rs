//! Tables derived from the record: each call, and sums of calls for the dashboard.

use std::{any::Any, collections::BTreeMap, sync::Arc};

use maru_ledger::{DatabaseError, Projection, RecordedEvent, Sql, Sums, Value};
use serde::Deserialize as _;

use super::{CallRecord, Kept, RecordedTogether, latency, spending};
use crate::{actions, evaluate, objects::Objects};

/// The projections of the gateway.
pub fn projections() -> Vec<Arc<dyn Projection>> {
    vec![Arc::new(Calls), Arc::new(Objects), evaluate::projection()]
}

struct Calls;

const CALLS: &str = "CREATE TABLE gateway_calls (id TEXT PRIMARY KEY, position BIGINT NOT NULL, at BIGINT NOT NULL, \
     agency TEXT NOT NULL, key_id TEXT NOT NULL, route TEXT NOT NULL, model TEXT NOT NULL, backend TEXT NOT NULL, \
     class TEXT NOT NULL, status BIGINT NOT NULL, code TEXT NOT NULL, tokens BIGINT NOT NULL, first_us BIGINT NOT NULL)";
const CALLS_BY_TIME: &str = "CREATE INDEX gateway_calls_by_time ON gateway_calls (at)";
const TRAFFIC: &str = "CREATE TABLE gateway_traffic (minute BIGINT NOT NULL, agency TEXT NOT NULL, model TEXT NOT NULL, \
     calls BIGINT NOT NULL, errors BIGINT NOT NULL, blocked BIGINT NOT NULL, tokens_in BIGINT NOT NULL, \
     tokens_out BIGINT NOT NULL, microwon BIGINT NOT NULL, first_us BIGINT NOT NULL, masked BIGINT NOT NULL, \
     PRIMARY KEY (minute, agency, model))";
const LATENCY: &str = "CREATE TABLE gateway_latency (hour BIGINT NOT NULL, agency TEXT NOT NULL, model TEXT NOT NULL, \
     bucket BIGINT NOT NULL, calls BIGINT NOT NULL, PRIMARY KEY (hour, agency, model, bucket))";
const RULES: &str = "CREATE TABLE gateway_rules (hour BIGINT NOT NULL, agency TEXT NOT NULL, model TEXT NOT NULL, \
     rule TEXT NOT NULL, action TEXT NOT NULL, calls BIGINT NOT NULL, PRIMARY KEY (hour, agency, model, rule, action))";
const BACKENDS: &str = "CREATE TABLE gateway_backends (hour BIGINT NOT NULL, backend TEXT NOT NULL, calls BIGINT NOT NULL, \
     errors BIGINT NOT NULL, busy_us BIGINT NOT NULL, tokens_out BIGINT NOT NULL, PRIMARY KEY (hour, backend))";

const USES: &str = "CREATE TABLE gateway_uses (day BIGINT NOT NULL, key_id TEXT NOT NULL, agency TEXT NOT NULL, system TEXT NOT NULL, \
     purpose TEXT NOT NULL, calls BIGINT NOT NULL, errors BIGINT NOT NULL, tokens BIGINT NOT NULL, microwon BIGINT NOT NULL, \
     PRIMARY KEY (day, key_id, agency, system, purpose))";
const CONTENTS: &str =
    "CREATE TABLE gateway_contents (subject TEXT PRIMARY KEY, agency TEXT NOT NULL, month TEXT NOT NULL)";

/// Sums of one minute, agency and model.
const TRAFFIC_SUMS: Sums = Sums {
    table: "gateway_traffic",
    names: &["minute", "agency", "model"],
    figures: &["calls", "errors", "blocked", "tokens_in", "tokens_out", "microwon", "first_us", "masked"],
};
const LATENCY_SUMS: Sums =
    Sums { table: "gateway_latency", names: &["hour", "agency", "model", "bucket"], figures: &["calls"] };
const RULES_SUMS: Sums =
    Sums { table: "gateway_rules", names: &["hour", "agency", "model", "rule", "action"], figures: &["calls"] };
/// Sums of one hour and back end.
const BACKENDS_SUMS: Sums = Sums {
    table: "gateway_backends",
    names: &["hour", "backend"],
    figures: &["calls", "errors", "busy_us", "tokens_out"],
};
/// Sums of one day in Korea and of one key with its agency, system and purpose.
const USES_SUMS: Sums = Sums {
    table: "gateway_uses",
    names: &["day", "key_id", "agency", "system", "purpose"],
    figures: &["calls", "errors", "tokens", "microwon"],
};
/// Names alone: each once.
const CONTENTS_NAMES: Sums = Sums { table: "gateway_contents", names: &["subject", "agency", "month"], figures: &[] };

/// What one event adds to the tables of sums: summed here first, so that a row is touched once for many calls. Figures stand in the order of the
/// tables' columns.
#[derive(Default)]
struct Added<'a> {
    traffic: BTreeMap<(i64, &'a str, &'a str), [u64; 8]>,
    latency: BTreeMap<(i64, &'a str, &'a str, u32), u64>,
    rules: BTreeMap<(i64, &'a str, &'a str, &'a str, &'static str), u64>,
    backends: BTreeMap<(i64, &'a str), [u64; 4]>,
    uses: BTreeMap<(i64, [&'a str; 4]), [u64; 4]>,
}

impl Projection for Calls {
    fn name(&self) -> &'static str {
        "gateway-calls"
    }

    fn version(&self) -> u32 {
        4
    }

    fn schema(&self) -> &[&str] {
        &[CALLS, CALLS_BY_TIME, TRAFFIC, LATENCY, RULES, BACKENDS, USES, CONTENTS, actions::TABLE]
    }

    fn tables(&self) -> &[&str] {
        &[
            "gateway_calls",
            "gateway_traffic",
            "gateway_latency",
            "gateway_rules",
            "gateway_backends",
            "gateway_uses",
            "gateway_contents",
            "gateway_actions",
        ]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.kind == "subject-erased" {
            let subject = event.payload["subject"].as_str().unwrap_or_default();
            return sql.execute("DELETE FROM gateway_contents WHERE subject = $1", &[subject.into()]).map(drop);
        }
        if !matches!(event.kind.as_str(), "gateway-calls-recorded" | "gateway-object-stored") {
            return actions::apply(sql, event);
        }
        let list = |name: &str| event.payload[name].as_array().into_iter().flatten();
        let kept = list("kept").map(|kept| {
            let text = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
            Kept { agency: text("agency"), month: text("month"), subject: text("subject") }
        });
        // What cannot be read stays in the event; the tables go without it.
        let calls = list("calls").filter_map(|call| CallRecord::deserialize(call).ok());
        take(sql, event.position, &calls.collect::<Vec<_>>(), &kept.collect::<Vec<_>>())
    }

    fn concerns(&self, kind: &str) -> bool {
        kind == "subject-erased" || kind.starts_with("gateway-")
    }

    fn apply_made(&self, sql: &mut dyn Sql, position: u64, made: &dyn Any) -> Option<Result<(), DatabaseError>> {
        let RecordedTogether { calls, kept } = made.downcast_ref()?;
        Some(take(sql, position, calls, kept))
    }
}

/// Takes calls of one event into the tables.
fn take(sql: &mut dyn Sql, position: u64, calls: &[CallRecord], kept: &[Kept]) -> Result<(), DatabaseError> {
    for Kept { agency, month, subject } in kept {
        sql.add(&CONTENTS_NAMES, vec![subject.into(), agency.into(), month.into()], &[])?;
    }
    let mut added = Added::default();
    for call in calls {
        insert(sql, position, call)?;
        added.add(call);
    }
    added.write(sql)
}

fn insert(sql: &mut dyn Sql, position: u64, call: &CallRecord) -> Result<(), DatabaseError> {
    let statement = "INSERT INTO gateway_calls (id, position, at, agency, key_id, route, model, backend, class, status, code, \
         tokens, first_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values: [Value; 13] = [
        call.id.as_str().into(),
        position.into(),
        call.at.into(),
        call.agency.as_str().into(),
        call.key.as_str().into(),
        call.route.as_str().into(),
        call.model.as_str().into(),
        call.backend.as_str().into(),
        call.class.as_str().into(),
        u32::from(call.status).into(),
        call.code.as_str().into(),
        (call.tokens_in + call.tokens_out).into(),
        call.first_us.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Adds figure by figure.
fn add_all<const N: usize>(sums: &mut [u64; N], figures: [u64; N]) {
    for (sum, figure) in sums.iter_mut().zip(figures) {
        *sum += figure;
    }
}

impl<'a> Added<'a> {
    fn add(&mut self, call: &'a CallRecord) {
        let (minute, hour) = (call.at.div_euclid(60_000_000), call.at.div_euclid(3_600_000_000));
        let is_error = u64::from(call.status >= 500);
        let names = [&*call.key, &*call.agency, &*call.system, &*call.purpose];
        let spent = self.uses.entry((spending::day_of(call.at), names)).or_default();
        add_all(spent, [1, is_error, call.tokens_in + call.tokens_out, call.microwon]);
        let (agency, model) = (&*call.agency, &*call.model);
        if call.first_us > 0 {
            *self.latency.entry((hour, agency, model, latency::bucket(call.first_us))).or_default() += 1;
        }
        for fired in &call.rules {
            *self.rules.entry((hour, agency, model, &fired.rule, fired.action.as_str())).or_default() += 1;
        }
        if !call.backend.is_empty() {
            let used = self.backends.entry((hour, &call.backend)).or_default();
            add_all(used, [1, is_error, call.total_us, call.tokens_out]);
        }
        let blocked = u64::from(call.code == "blocked_by_policy");
        let CallRecord { tokens_in, tokens_out, microwon, first_us, .. } = *call;
        let traffic = self.traffic.entry((minute, agency, model)).or_default();
        add_all(traffic, [1, is_error, blocked, tokens_in, tokens_out, microwon, first_us, call.masked as u64]);
    }

    fn write(self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        for ((minute, agency, model), sums) in self.traffic {
            sql.add(&TRAFFIC_SUMS, vec![minute.into(), agency.into(), model.into()], &sums)?;
        }
        for ((hour, agency, model, bucket), calls) in self.latency {
            sql.add(&LATENCY_SUMS, vec![hour.into(), agency.into(), model.into(), bucket.into()], &[calls])?;
        }
        for ((hour, agency, model, rule, action), calls) in self.rules {
            let names = vec![hour.into(), agency.into(), model.into(), rule.into(), action.into()];
            sql.add(&RULES_SUMS, names, &[calls])?;
        }
        for ((hour, backend), used) in self.backends {
            sql.add(&BACKENDS_SUMS, vec![hour.into(), backend.into()], &used)?;
        }
        for ((day, names), spent) in self.uses {
            let names = std::iter::once(Value::from(day)).chain(names.map(Value::from)).collect();
            sql.add(&USES_SUMS, names, &spent)?;
        }
        Ok(())
    }
}
