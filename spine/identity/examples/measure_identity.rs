//! Measures what stands in the way of every request: a decision, a session told from memory and from the database, the
//! token of a form, a rate limit. `cargo run --release -p maru-identity --example measure_identity [REPETITIONS]`

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that runs by hand and prints")]

use std::{hint::black_box, sync::Arc, time::Instant};

use jiff::Timestamp;
use maru_identity::{
    BUILT_IN_KINDS, DemonstrationAccount, Identity, IdentityConfig, Policies, Principal, RateLimit, RateLimiter,
    Resource, Role, SessionRules, Visit, csrf_fits,
};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SystemEntropy};

/// Prints the mean and the slowest of a hundred parts.
fn measure(what: &str, repetitions: u32, mut work: impl FnMut(u32)) {
    for number in 0..repetitions / 10 {
        work(number);
    }
    let part = repetitions / 100;
    let mut parts: Vec<f64> = (0..100)
        .map(|number| {
            let started = Instant::now();
            for repetition in 0..part {
                work(number * part + repetition);
            }
            started.elapsed().as_secs_f64() * 1e6 / f64::from(part)
        })
        .collect();
    parts.sort_by(f64::total_cmp);
    println!("{what:<52} median {:>8.2} µs   slowest hundredth {:>8.2} µs", parts[50], parts[99]);
}

fn decisions(repetitions: u32) {
    let started = Instant::now();
    let policies = Policies::built_in().unwrap();
    println!("{:<52} {:>15.2} ms", "loading and checking the policies", started.elapsed().as_secs_f64() * 1e3);
    let official = Principal {
        account: "oh-minjae".into(),
        name: String::new(),
        role: Role::Official,
        department: Some("civil".into()),
    };
    let citizen = Principal { role: Role::Citizen, department: None, ..official.clone() };
    let inquiry = Resource::new("inquiry", "0198c5f0").owned_by("oh-minjae").in_department("civil");
    let questions: [(&str, Option<&Principal>, &str); 4] = [
        ("decision: a stranger files", None, "submit"),
        ("decision: a citizen reads their own", Some(&citizen), "read"),
        ("decision: an official approves", Some(&official), "approve"),
        ("decision: an official is refused", Some(&official), "decide-objection"),
    ];
    for (what, who, action) in questions {
        measure(what, repetitions, |_| {
            black_box(policies.decide(who, action, &inquiry));
        });
    }
    let actions = BUILT_IN_KINDS[0].actions;
    measure("decision: every action in turn", repetitions, |number| {
        let action = actions[number as usize % actions.len()].action;
        black_box(policies.decide(Some(&official), action, &inquiry));
    });
}

async fn sessions(repetitions: u32) {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("maru.db").display());
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example.go.kr/log");
    let ledger = Ledger::open(config, Identity::projections()).await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let person = DemonstrationAccount {
        account: "oh-minjae".into(),
        name: "오민재".into(),
        name_en: "Oh Minjae".into(),
        role: Role::Official,
        department: Some("civil".into()),
    };
    let config = |sessions| IdentityConfig {
        sessions,
        demonstration: Some(vec![person.clone()]),
        entropy: Arc::new(SystemEntropy),
        ..IdentityConfig::default()
    };
    let identity = Identity::open(ledger.clone(), config(SessionRules::default()), now).await.unwrap();
    let signed_in = identity.sign_in_demonstration("oh-minjae", "/", &Visit::default(), now).await.unwrap();
    let token = signed_in.token.as_str();
    // The first request after the sign-in asks the database; those that follow are told from memory.
    identity.session(token, now).await.unwrap().unwrap();
    measure("session, told from memory", repetitions, |_| {
        black_box(identity.cached_session(token, now)).unwrap();
    });
    measure("token of a form, checked", repetitions, |_| {
        assert!(black_box(csrf_fits(token, &signed_in.session.csrf_token)));
    });
    let forgetful = SessionRules { kept: std::time::Duration::ZERO, ..SessionRules::default() };
    let identity = Identity::open(ledger.clone(), config(forgetful), now).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..5_000 {
        let started = Instant::now();
        identity.session(token, now).await.unwrap().unwrap();
        times.push(started.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{:<52} median {:>8.2} µs   slowest hundredth {:>8.2} µs",
        "session, told from SQLite", times[2_500], times[4_950]
    );
    ledger.close().await;
}

fn rate_limits() {
    let limiter = RateLimiter::new(RateLimit::per_minute(600), 100_000);
    let now = Timestamp::UNIX_EPOCH;
    measure("rate limit, a million different keys", 1_000_000, |number| {
        let _ = black_box(limiter.check(&number, now));
    });
    println!("{:<52} {:>15} keys", "remembered after them", limiter.remembered());
}

fn main() {
    let repetitions = std::env::args().nth(1).map_or(100_000, |number| number.parse().unwrap());
    decisions(repetitions);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(sessions(repetitions));
    rate_limits();
}
