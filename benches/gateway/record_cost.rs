//! What a recorded call costs, without the call: calls as the gateway hands them in, with their texts, become events of the log, rows and sums.
//!
//! `record_cost [--calls 20480] [--together 320] [--data FOLDER] [--database ADDRESS]` prints the microseconds of processor that a call takes, by thread.
//! `record_cost.py` runs it under `perf` and says what they are for.

use maru_gateway::{CallRecord, Gateway, GatewayOptions, RecordedCall, Registry, for_gateway_alone, projections};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};

/// As in the program that is shipped.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// When the first call came: microseconds since 1970 UTC.
const BEGIN: i64 = 1_795_820_000_000_000;

fn argument(name: &str, otherwise: &str) -> String {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).unwrap_or_else(|| otherwise.to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (calls, together): (usize, usize) =
        (argument("--calls", "20480").parse()?, argument("--together", "320").parse()?);
    let folder = argument("--data", "target/bench-record");
    std::fs::create_dir_all(&folder)?;
    let file = format!("{folder}/record-{}.sqlite", std::process::id());
    let database = argument("--database", &format!("sqlite:{file}"));
    let mut config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "bench.example/log");
    for_gateway_alone(&mut config);
    let ledger = Ledger::open(config, projections()).await?;
    let gateway = Gateway::open(GatewayOptions::new(ledger.clone(), Registry::default())).await?;
    let before = threads();
    let mut number = 0;
    while number < calls {
        let some = number..(number + together).min(calls);
        number = some.end;
        gateway.record_invented(some.map(call));
        gateway.flush().await;
    }
    let after = threads();
    println!("calls {calls}, {together} at a time; microseconds of processor for a call:");
    let mut all = 0;
    for (name, nanos) in after {
        let spent = nanos - before.iter().find(|(other, _)| *other == name).map_or(0, |(_, nanos)| *nanos);
        all += spent;
        if spent > 0 {
            println!("  {name:<18} {:>8.2}", spent as f64 / 1e3 / calls as f64);
        }
    }
    println!("  {:<18} {:>8.2}", "all", all as f64 / 1e3 / calls as f64);
    gateway.close().await?;
    ledger.close().await;
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{file}{ending}"));
    }
    Ok(())
}

/// Nanoseconds that the threads of this process were on a processor, by their names.
fn threads() -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = Vec::new();
    for thread in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let read = |file: &str| std::fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        let name = read("comm").trim().to_owned();
        let nanos = read("schedstat").split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0);
        match found.iter_mut().find(|(other, _)| *other == name) {
            Some((_, sum)) => *sum += nanos,
            None => found.push((name, nanos)),
        }
    }
    found.sort();
    found
}

/// A call like those that `run.py` makes: two messages, an answer of some hundred bytes, one in four with a masked number.
fn call(number: usize) -> RecordedCall {
    let request = format!(
        r#"{{"model":"mock","messages":[{{"role":"system","content":"너는 시청 민원 안내를 돕는다. 짧고 정중하게 답한다."}},{{"role":"user","content":"대형폐기물은 어떻게 버리나요? 문의 {number}."}}],"max_tokens":200}}"#
    );
    let answer = "대형폐기물은 주민센터나 누리집에서 신고한 뒤 수수료 필증을 붙여 내놓으시면 됩니다. 신고할 때 품목과 버릴 날짜를 적어 주세요. ".repeat(2);
    let spread = (number as u64).wrapping_mul(2_654_435_761) % 1_000;
    let record = CallRecord {
        id: format!("0198c5f0{:x}-{number:x}", std::process::id()),
        at: BEGIN + i64::try_from(number).unwrap_or(0) * 100,
        route: "chat".into(),
        key: "bench".into(),
        agency: "agency".into(),
        system: "bench".into(),
        purpose: "measurement".into(),
        model: "mock".into(),
        backend: "mock".into(),
        version: "1".into(),
        class: "O".into(),
        masked: usize::from(number.is_multiple_of(4)),
        status: 200,
        attempts: 1,
        tokens_in: 60 + spread % 7,
        tokens_out: 90,
        microwon: 42_000,
        first_us: 300 + spread * 4,
        total_us: 400 + spread * 4,
        request_sha256: format!("{number:064x}"),
        answer_sha256: format!("{spread:064x}"),
        ..CallRecord::default()
    };
    RecordedCall { record, texts: Some((request, answer)) }
}
