//! Budgets under a flood, on both databases, from two servers.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{Json, Router, routing::post as on_post};
use serde_json::{Value, json};

use crate::support::*;

/// A mock that uses all it is allowed, and counts it.
async fn greedy(used: Arc<AtomicU64>) -> String {
    let answer = move |Json(body): Json<Value>| {
        let out = body["max_tokens"].as_u64().unwrap_or(0);
        used.fetch_add(out + 300, Ordering::SeqCst);
        async move {
            let mut answer = echo(&body);
            answer["usage"] = json!({ "prompt_tokens": 300, "completion_tokens": out, "total_tokens": out + 300 });
            Json(answer)
        }
    };
    mock(Router::new().route("/v1/chat/completions", on_post(answer))).await
}

async fn flood(gateways: &[maru_gateway::Gateway], used: &AtomicU64, limit: u64) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..300_usize {
        let gateway = gateways[number % gateways.len()].clone();
        tasks.spawn(async move {
            let mut body = chat("m", "질문");
            body["max_tokens"] = json!(100);
            post(&gateway, "/v1/chat/completions", body).await.status
        });
    }
    let statuses = tasks.join_all().await;
    let through = statuses.iter().filter(|status| **status == 200).count();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    let used = used.load(Ordering::SeqCst);
    assert!(used <= limit, "{used} of {limit}: overshoot");
    assert!(used > limit / 2 && through > 10, "{used} of {limit} in {through} calls: the budget can be used");
}

const LIMIT: u64 = 20_000;

fn limited(base: String) -> String {
    registry(&[base], &format!("budgets = [{{ unit = \"tokens\", period = \"month\", limit = {LIMIT} }}]"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_never_overshoots_on_sqlite() {
    let used = Arc::new(AtomicU64::new(0));
    let text = limited(greedy(Arc::clone(&used)).await);
    let house = house(&text).await;
    let second = gateway_on(&house.ledger, &text, 2).await;
    flood(&[house.gateway.clone(), second], &used, LIMIT).await;
    let refused = post(&house.gateway, "/v1/chat/completions", chat("m", "질문")).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "insufficient_quota"));
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_on_two_servers_never_overshoots_on_postgresql() {
    let server = std::env::var("MARU_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    let name = format!("maru_gateway_test_{}", std::process::id());
    let administer = |statement: String| {
        std::process::Command::new("psql")
            .args([&server, "-qAtc", &statement])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !administer(format!("CREATE DATABASE {name} TEMPLATE template0")) {
        eprintln!("SKIPPED on PostgreSQL: no server at MARU_TEST_POSTGRES, or no psql");
        return;
    }
    let database = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    let used = Arc::new(AtomicU64::new(0));
    let text = limited(greedy(Arc::clone(&used)).await);
    let (first, second) = (open_ledger(database.clone()).await, open_ledger(database).await);
    let gateways = [gateway_on(&first, &text, 1).await, gateway_on(&second, &text, 2).await];
    flood(&gateways, &used, LIMIT).await;
    for gateway in &gateways {
        gateway.close().await.unwrap();
    }
    first.close().await;
    second.close().await;
    administer(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

#[tokio::test]
async fn bursts_are_limited_and_won_are_counted() {
    let used = Arc::new(AtomicU64::new(0));
    let base = greedy(used).await;
    let house_of_bursts = house(&registry(std::slice::from_ref(&base), "calls_per_second = 2")).await;
    let mut refused = 0;
    for _ in 0..10 {
        refused += u32::from(
            post(&house_of_bursts.gateway, "/v1/chat/completions", chat("m", "x")).await.code()
                == "rate_limit_exceeded",
        );
    }
    assert!(refused >= 5, "{refused}");
    // 300 in at 1 won and 100 out at 2 won are 500 won; the bound of a call is higher.
    let house_of_won =
        house(&registry(&[base], "budgets = [{ unit = \"won\", period = \"day\", limit = 1500 }]")).await;
    let mut body = chat("m", "x");
    body["max_tokens"] = json!(100);
    let mut through = 0;
    for _ in 0..10 {
        through += u32::from(post(&house_of_won.gateway, "/v1/chat/completions", body.clone()).await.status == 200);
    }
    assert_eq!(through, 2, "the third may need more than is left");
}
