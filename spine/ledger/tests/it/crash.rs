//! The program is killed at random moments under load: nothing that was acknowledged is lost, the log verifies.
//!
//! `MARU_CRASH_ROUNDS` says how often (10 by default): `MARU_CRASH_ROUNDS=200 cargo test -p maru-ledger --release crash`.

use maru_test_database::on_both_databases;
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use maru_ledger::{Entropy as _, Ledger, Personal, SystemEntropy};

use crate::support::{Case, CaseCommand, Cases, Deployment, context, note, stream};

on_both_databases!(what_was_acknowledged_survives_a_kill);

const DATABASE: &str = "MARU_CRASH_DATABASE";
const ROUND: &str = "MARU_CRASH_ROUND";

/// Streams of one round.
const STREAMS: u64 = 1_000_000;

/// The program that is killed: it says on its standard output what was acknowledged to it.
#[test]
#[ignore = "this is the program that the test beside it starts and kills"]
fn the_program_that_is_killed() {
    let database = std::env::var(DATABASE).expect("started by the test beside it");
    let round: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let deployment = Deployment::at(database);
        let ledger = deployment.open().await;
        let workers: Vec<_> = (0..48).map(|worker| tokio::spawn(work(ledger.clone(), round, worker))).collect();
        for worker in workers {
            worker.await.unwrap();
        }
    });
}

async fn work(ledger: Ledger, round: u64, worker: u64) {
    for number in 0.. {
        let case = round * STREAMS + worker * 10_000 + number;
        let name = Personal::new(format!("person-{case}"), "홍길동");
        let command = CaseCommand::Open { title: "여권".repeat(100), name };
        let done = ledger.execute::<Case>(&stream(case), command, context(0)).await.unwrap();
        acknowledge(case, done.version, done.events[0].position);
        note(&ledger, case, "first").await;
        let done = ledger.execute::<Case>(&stream(case), CaseCommand::Close, context(2)).await.unwrap();
        acknowledge(case, done.version, done.events[1].position);
    }
}

fn acknowledge(case: u64, version: u64, position: u64) {
    // One write, so that a line is there wholly or not at all.
    let line = format!("ack {case} {version} {position}\n");
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
}

/// Runs the program until some moment; gives what was acknowledged: the position of each case's version.
fn run_and_kill(database: &str, round: u64) -> BTreeMap<(u64, u64), u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::the_program_that_is_killed", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(DATABASE, database)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let (first, started) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut acknowledged = BTreeMap::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let Some(rest) = line.strip_prefix("ack ") else { continue };
            let numbers: Vec<u64> = rest.split(' ').map(|number| number.parse().unwrap()).collect();
            acknowledged.insert((numbers[0], numbers[1]), numbers[2]);
            let _ = first.send(());
        }
        acknowledged
    });
    started.recv_timeout(Duration::from_mins(1)).expect("the program acknowledges something");
    let mut chance = [0_u8; 2];
    SystemEntropy.fill(&mut chance);
    std::thread::sleep(Duration::from_micros(u64::from(u16::from_be_bytes(chance)) * 6));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

async fn check(ledger: &Ledger, acknowledged: BTreeMap<(u64, u64), u64>) {
    let lost = ledger.read(move |sql| {
        let mut lost = Vec::new();
        for ((case, version), position) in acknowledged {
            let statement = "SELECT stream, version FROM events WHERE position = $1";
            let rows = sql.query(statement, &[position.into()])?;
            let is_there = rows.first().is_some_and(|row| {
                row.text(0).is_ok_and(|name| name == stream(case).as_str())
                    && row.unsigned(1).is_ok_and(|found| found == version)
            });
            let row = sql.query("SELECT closed_at FROM cases WHERE stream = $1", &[stream(case).as_str().into()])?;
            let is_derived = row.first().is_some_and(|row| version < 4 || row.integer(0).is_ok());
            if !is_there || !is_derived {
                lost.push((case, version, position));
            }
        }
        Ok(lost)
    });
    assert_eq!(lost.await.unwrap(), []);
}

async fn what_was_acknowledged_survives_a_kill(deployment: Deployment) {
    let rounds = std::env::var("MARU_CRASH_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
    let begun = Instant::now();
    let mut all = BTreeMap::new();
    let mut events = 0;
    for round in 0..rounds {
        let database = deployment.database.clone();
        let acknowledged = tokio::task::spawn_blocking(move || run_and_kill(&database, round)).await.unwrap();
        let ledger = deployment.open().await;
        let verification = ledger.verify().await.unwrap();
        assert!(verification.is_whole(), "round {round}: {:?}", verification.findings);
        events = verification.size;
        all.extend(acknowledged.clone());
        check(&ledger, acknowledged).await;
        ledger.close().await;
    }
    let ledger = Ledger::open(deployment.config(), vec![Arc::new(Cases)]).await.unwrap();
    let acknowledged = all.len();
    check(&ledger, all).await;
    assert!(ledger.rebuild(None).await.unwrap()[0].is_identical());
    println!(
        "killed {rounds} times in {:.0} s: {acknowledged} commands acknowledged, none lost; {events} events, the log whole each time",
        begun.elapsed().as_secs_f64()
    );
}
