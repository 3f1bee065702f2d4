//! The gateway alone with every policy on, in front of the mock of a model server: what `maru gateway serve` runs, without the rest of Maru,
//! so that it compiles in a minute.
//!
//! `gateway_bench [--address 127.0.0.1:9902] [--upstream http://127.0.0.1:9901/v1] [--data FOLDER] [--database ADDRESS] [--registry FILE]
//! [--share-address]`

use maru_gateway::{Gateway, GatewayOptions, Registry, RegistryError, for_gateway_alone, hash_key, projections};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};

/// As in the program that is shipped.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const KEY: &str = "maru_sk_bench";

fn argument(name: &str, otherwise: &str) -> String {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).unwrap_or_else(|| otherwise.to_owned())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    maru_gateway::process::use_small_pages();
    maru_gateway::process::raise_descriptor_limit();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve())
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let upstream = argument("--upstream", "http://127.0.0.1:9901/v1");
    let folder = argument("--data", "target/bench-gateway");
    std::fs::create_dir_all(&folder)?;
    let registry = match argument("--registry", "").as_str() {
        "" => usual(&upstream)?,
        file => Registry::from_toml(&std::fs::read_to_string(file)?)?,
    };
    let alone = format!("sqlite:{folder}/bench-{}.sqlite", std::process::id());
    let database = argument("--database", &alone);
    let mut config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "bench.example/log");
    for_gateway_alone(&mut config);
    let ledger = Ledger::open(config, projections()).await?;
    let gateway = Gateway::open(GatewayOptions::new(ledger.clone(), registry)).await?;
    let address = argument("--address", "127.0.0.1:9902");
    let with_others = std::env::args().any(|argument| argument == "--share-address");
    let listener = maru_gateway::process::listen(&address, with_others).await?;
    maru_gateway::serve(listener, gateway, Box::pin(async { drop(tokio::signal::ctrl_c().await) })).await;
    ledger.close().await;
    Ok(())
}

/// One model on the mock, one key with two budgets.
fn usual(upstream: &str) -> Result<Registry, RegistryError> {
    Registry::from_toml(&format!(
        r#"
        [[backends]]
        id = "mock"
        url = "{upstream}"
        zone = "work"
        capacity = 20000

        [[models]]
        id = "mock"
        maker = "a mock, for measurements"
        state = "approved"
        won_per_million_in = 100
        won_per_million_out = 400
        routes = [{{ backend = "mock" }}]

        [[keys]]
        id = "bench"
        hash = "{}"
        agency = "agency"
        system = "bench"
        purpose = "measurement"
        budgets = [
            {{ unit = "tokens", period = "day", limit = 1000000000000 }},
            {{ unit = "won", period = "month", limit = 1000000000000 }},
        ]
        "#,
        hash_key(KEY)
    ))
}
