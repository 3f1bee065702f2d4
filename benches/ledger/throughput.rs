//! How many commands a second become durable, and how long each waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use maru_ledger::{Actor, Clock as _, CommandContext, Ledger, StreamId, SystemClock};

use crate::{
    field::{Inquiry, receive},
    open,
};

/// What comes when.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    /// Commands that wait for their answer at the same time, at most.
    pub(crate) at_once: u64,
    /// For how long it is measured, after a second that is not.
    pub(crate) length: Duration,
    /// Commands a second that come from outside, whether or not the former ones are answered: the wait is counted from the
    /// moment at which each should have been given. If none, each answer is followed by the next command.
    pub(crate) rate: Option<u32>,
}

pub(crate) async fn measure(database: &str, load: Load) {
    let ledger = open(database).await;
    let before = ledger.verify().await.unwrap().size;
    // Each run uses streams, persons and idempotency keys of its own.
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let workers: Vec<_> =
        (0..load.at_once).map(|_| tokio::spawn(work(ledger.clone(), next.clone(), before, begun, load))).collect();
    let mut waits = Vec::new();
    for worker in workers {
        waits.extend(worker.await.unwrap());
    }
    waits.sort_unstable();
    let verification = ledger.verify().await.unwrap();
    assert!(verification.is_whole(), "{:?}", verification.findings);
    let part = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index within the list")]
        let index = ((waits.len() - 1) as f64 * share) as usize;
        waits[index].as_secs_f64() * 1_000.0
    };
    let given = load.rate.map_or_else(|| "as fast as it goes".to_owned(), |rate| format!("{rate}/s given"));
    println!(
        "{:>4} at once, {given}: {:>5.0} commands/s, p50 {:>5.1} ms, p99 {:>5.1} ms, longest {:>5.1} ms ({} events, log whole)",
        load.at_once,
        waits.len() as f64 / load.length.as_secs_f64(),
        part(0.50),
        part(0.99),
        part(1.0),
        verification.size,
    );
    ledger.close().await;
}

/// Gives one command after another; says how long those took that began after the first second.
async fn work(ledger: Ledger, next: Arc<AtomicU64>, before: u64, begun: Instant, load: Load) -> Vec<Duration> {
    let warm = begun + Duration::from_secs(1);
    let end = warm + load.length;
    let mut waits = Vec::new();
    loop {
        let ticket = next.fetch_add(1, Ordering::Relaxed);
        let due = match load.rate {
            Some(rate) => begun + Duration::from_secs_f64(ticket as f64 / f64::from(rate)),
            None => Instant::now(),
        };
        if due >= end {
            return waits;
        }
        tokio::time::sleep_until(due.into()).await;
        let number = before + ticket;
        let stream = StreamId::new("inquiry", number).unwrap();
        let context =
            CommandContext::new(Actor::new(format!("account-{}", number % 500), "citizen"), SystemClock.now())
                .idempotent(format!("key-{number}"), format!("print-{number}"));
        ledger.execute::<Inquiry>(&stream, receive(number), context).await.unwrap();
        if due >= warm {
            waits.push(due.elapsed());
        }
    }
}
