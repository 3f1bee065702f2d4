//! Tables derived from the record: each call, and sums of calls for the dashboard.

use std::{collections::BTreeMap, sync::Arc};

use maru_ledger::{DatabaseError, Projection, RecordedEvent, Sql, Value};
use serde::Deserialize as _;

use super::{CallRecord, latency, spending};
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
#[derive(Default)]
struct Sums {
    calls: u64,
    errors: u64,
    blocked: u64,
    tokens_in: u64,
    tokens_out: u64,
    microwon: u64,
    first_us: u64,
    masked: u64,
}

/// Sums of one hour and back end.
#[derive(Default)]
struct Use {
    calls: u64,
    errors: u64,
    busy_us: u64,
    tokens_out: u64,
}

/// Sums of one day in Korea and of one key with its agency, system and purpose.
#[derive(Default)]
struct Spent {
    calls: u64,
    errors: u64,
    tokens: u64,
    microwon: u64,
}

/// What one event adds to the tables of sums: summed here first, so that a row is written once for many calls.
#[derive(Default)]
struct Added {
    traffic: BTreeMap<(i64, String, String), Sums>,
    latency: BTreeMap<(i64, String, String, u32), u64>,
    rules: BTreeMap<(i64, String, String, String, &'static str), u64>,
    backends: BTreeMap<(i64, String), Use>,
    uses: BTreeMap<(i64, [String; 4]), Spent>,
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
        for kept in event.payload["kept"].as_array().into_iter().flatten() {
            let text = |name: &str| Value::from(kept[name].as_str().unwrap_or_default());
            let insert = "INSERT INTO gateway_contents (subject, agency, month) VALUES ($1, $2, $3) ON CONFLICT (subject) DO NOTHING";
            sql.execute(insert, &[text("subject"), text("agency"), text("month")])?;
        }
        let mut added = Added::default();
        for call in event.payload["calls"].as_array().into_iter().flatten() {
            // What cannot be read stays in the event; the tables go without it.
            let Ok(call) = CallRecord::deserialize(call) else { continue };
            insert(sql, event.position, &call)?;
            added.add(call);
        }
        added.write(sql)
    }
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

impl Added {
    fn add(&mut self, call: CallRecord) {
        let (minute, hour) = (call.at.div_euclid(60_000_000), call.at.div_euclid(3_600_000_000));
        let is_error = u64::from(call.status >= 500);
        let names = [call.key, call.agency.clone(), call.system, call.purpose];
        let spent = self.uses.entry((spending::day_of(call.at), names)).or_default();
        spent.calls += 1;
        spent.errors += is_error;
        spent.tokens += call.tokens_in + call.tokens_out;
        spent.microwon += call.microwon;
        let (agency, model) = (call.agency, call.model);
        if call.first_us > 0 {
            let bucket = latency::bucket(call.first_us);
            *self.latency.entry((hour, agency.clone(), model.clone(), bucket)).or_default() += 1;
        }
        for fired in call.rules {
            let row = (hour, agency.clone(), model.clone(), fired.rule, fired.action.as_str());
            *self.rules.entry(row).or_default() += 1;
        }
        if !call.backend.is_empty() {
            let used = self.backends.entry((hour, call.backend)).or_default();
            used.calls += 1;
            used.errors += is_error;
            used.busy_us += call.total_us;
            used.tokens_out += call.tokens_out;
        }
        let sums = self.traffic.entry((minute, agency, model)).or_default();
        sums.calls += 1;
        sums.errors += is_error;
        sums.blocked += u64::from(call.code == "blocked_by_policy");
        sums.tokens_in += call.tokens_in;
        sums.tokens_out += call.tokens_out;
        sums.microwon += call.microwon;
        sums.first_us += call.first_us;
        sums.masked += call.masked as u64;
    }

    fn write(self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        for ((minute, agency, model), sums) in self.traffic {
            let Sums { calls, errors, blocked, tokens_in, tokens_out, microwon, first_us, masked } = sums;
            let names = [minute.into(), agency.into(), model.into()];
            let figures = [
                ("calls", calls),
                ("errors", errors),
                ("blocked", blocked),
                ("tokens_in", tokens_in),
                ("tokens_out", tokens_out),
                ("microwon", microwon),
                ("first_us", first_us),
                ("masked", masked),
            ];
            add_row(sql, "gateway_traffic", &["minute", "agency", "model"], names, &figures)?;
        }
        for ((hour, agency, model, bucket), calls) in self.latency {
            let names = [hour.into(), agency.into(), model.into(), bucket.into()];
            add_row(sql, "gateway_latency", &["hour", "agency", "model", "bucket"], names, &[("calls", calls)])?;
        }
        for ((hour, agency, model, rule, action), calls) in self.rules {
            let names = [hour.into(), agency.into(), model.into(), rule.into(), action.into()];
            add_row(sql, "gateway_rules", &["hour", "agency", "model", "rule", "action"], names, &[("calls", calls)])?;
        }
        for ((hour, backend), used) in self.backends {
            let Use { calls, errors, busy_us, tokens_out } = used;
            let figures = [("calls", calls), ("errors", errors), ("busy_us", busy_us), ("tokens_out", tokens_out)];
            add_row(sql, "gateway_backends", &["hour", "backend"], [hour.into(), backend.into()], &figures)?;
        }
        for ((day, names), spent) in self.uses {
            let Spent { calls, errors, tokens, microwon } = spent;
            let figures = [("calls", calls), ("errors", errors), ("tokens", tokens), ("microwon", microwon)];
            let names = std::iter::once(Value::from(day)).chain(names.map(Value::from));
            add_row(sql, "gateway_uses", &["day", "key_id", "agency", "system", "purpose"], names, &figures)?;
        }
        Ok(())
    }
}

/// Adds figures to a row, or makes it.
fn add_row(
    sql: &mut dyn Sql,
    table: &str,
    keys: &[&str],
    names: impl IntoIterator<Item = Value>,
    figures: &[(&str, u64)],
) -> Result<(), DatabaseError> {
    let columns: Vec<&str> = keys.iter().copied().chain(figures.iter().map(|(name, _)| *name)).collect();
    let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
    let sums: Vec<String> =
        figures.iter().map(|(name, _)| format!("{name} = {table}.{name} + excluded.{name}")).collect();
    let statement = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
        columns.join(", "),
        places.join(", "),
        keys.join(", "),
        sums.join(", ")
    );
    let values: Vec<Value> = names.into_iter().chain(figures.iter().map(|(_, figure)| (*figure).into())).collect();
    sql.execute(&statement, &values).map(drop)
}
