//! Measures the ledger, and writes a log for others to verify. See README.md beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement stops at the first surprise")]

mod export;
mod field;
mod million;
mod throughput;

use std::{sync::Arc, time::Duration};

use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};

const USAGE: &str = "say what to do:
  throughput DATABASE [COMMANDS-AT-ONCE [SECONDS [RATE]]]
  million DATABASE [EVENTS]
  export FOLDER
DATABASE is sqlite:PATH or postgres://USER@HOST/NAME";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let number = |index: usize| arguments.get(index).map(|text| text.parse::<u32>().expect("a number"));
    match (arguments.first().map(String::as_str), arguments.get(1)) {
        (Some("throughput"), Some(database)) => {
            let load = throughput::Load {
                at_once: number(2).unwrap_or(128).into(),
                length: Duration::from_secs(number(3).unwrap_or(10).into()),
                rate: number(4),
            };
            runtime.block_on(throughput::measure(database, load));
        }
        (Some("million"), Some(database)) => {
            runtime.block_on(million::measure(database, number(2).unwrap_or(1_000_000).into()));
        }
        (Some("export"), Some(folder)) => runtime.block_on(export::export(folder.as_ref())),
        _ => eprintln!("{USAGE}"),
    }
}

/// The keys and the name are those of a measurement, never of a deployment.
async fn open(database: &str) -> Ledger {
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "bench.example.go.kr/log");
    Ledger::open(config, vec![Arc::new(field::Inquiries)]).await.expect("a database that can be used")
}
