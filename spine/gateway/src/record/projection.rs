//! Tables derived from the record: each call, and the traffic of each minute for the dashboard.

use std::{collections::BTreeMap, sync::Arc};

use maru_ledger::{DatabaseError, Projection, RecordedEvent, Sql};
use serde::Deserialize as _;

use super::CallRecord;

/// The projections of the gateway.
pub fn projections() -> Vec<Arc<dyn Projection>> {
    vec![Arc::new(Calls)]
}

struct Calls;

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

impl Projection for Calls {
    fn name(&self) -> &'static str {
        "gateway-calls"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE gateway_calls (id TEXT PRIMARY KEY, position BIGINT NOT NULL, at BIGINT NOT NULL, agency TEXT NOT NULL, \
             key_id TEXT NOT NULL, route TEXT NOT NULL, model TEXT NOT NULL, backend TEXT NOT NULL, class TEXT NOT NULL, \
             status BIGINT NOT NULL, code TEXT NOT NULL, tokens BIGINT NOT NULL, first_us BIGINT NOT NULL)",
            "CREATE TABLE gateway_traffic (minute BIGINT NOT NULL, agency TEXT NOT NULL, model TEXT NOT NULL, calls BIGINT NOT NULL, \
             errors BIGINT NOT NULL, blocked BIGINT NOT NULL, tokens_in BIGINT NOT NULL, tokens_out BIGINT NOT NULL, \
             microwon BIGINT NOT NULL, first_us BIGINT NOT NULL, masked BIGINT NOT NULL, PRIMARY KEY (minute, agency, model))",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["gateway_calls", "gateway_traffic"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.kind != "gateway-calls-recorded" {
            return Ok(());
        }
        let mut minutes: BTreeMap<(i64, String, String), Sums> = BTreeMap::new();
        for call in event.payload["calls"].as_array().into_iter().flatten() {
            // What cannot be read stays in the event; the table goes without it.
            let Ok(call) = CallRecord::deserialize(call) else { continue };
            sql.execute(
                "INSERT INTO gateway_calls (id, position, at, agency, key_id, route, model, backend, class, status, code, tokens, first_us) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                &[
                    call.id.as_str().into(), event.position.into(), call.at.into(), call.agency.as_str().into(),
                    call.key.as_str().into(), call.route.as_str().into(), call.model.as_str().into(),
                    call.backend.as_str().into(), call.class.as_str().into(), u32::from(call.status).into(),
                    call.code.as_str().into(), (call.tokens_in + call.tokens_out).into(), call.first_us.into(),
                ],
            )?;
            let minute = call.at.div_euclid(60_000_000);
            let sums = minutes.entry((minute, call.agency, call.model)).or_default();
            sums.calls += 1;
            sums.errors += u64::from(call.status >= 500);
            sums.blocked += u64::from(call.code == "blocked_by_policy");
            sums.tokens_in += call.tokens_in;
            sums.tokens_out += call.tokens_out;
            sums.microwon += call.microwon;
            sums.first_us += call.first_us;
            sums.masked += call.masked as u64;
        }
        for ((minute, agency, model), sums) in minutes {
            add(sql, minute, &agency, &model, &sums)?;
        }
        Ok(())
    }
}

fn add(sql: &mut dyn Sql, minute: i64, agency: &str, model: &str, sums: &Sums) -> Result<(), DatabaseError> {
    sql.execute(
        "INSERT INTO gateway_traffic (minute, agency, model, calls, errors, blocked, tokens_in, tokens_out, microwon, first_us, masked) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (minute, agency, model) DO UPDATE SET \
         calls = gateway_traffic.calls + excluded.calls, errors = gateway_traffic.errors + excluded.errors, \
         blocked = gateway_traffic.blocked + excluded.blocked, tokens_in = gateway_traffic.tokens_in + excluded.tokens_in, \
         tokens_out = gateway_traffic.tokens_out + excluded.tokens_out, microwon = gateway_traffic.microwon + excluded.microwon, \
         first_us = gateway_traffic.first_us + excluded.first_us, masked = gateway_traffic.masked + excluded.masked",
        &[
            minute.into(), agency.into(), model.into(), sums.calls.into(), sums.errors.into(), sums.blocked.into(),
            sums.tokens_in.into(), sums.tokens_out.into(), sums.microwon.into(), sums.first_us.into(), sums.masked.into(),
        ],
    )
    .map(drop)
}
