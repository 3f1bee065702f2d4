//! A payment run to be killed: `payment_run seed DIR N`, `payment_run run DIR`, `payment_run check DIR N`.
//! `benches/welfare/kill_payment_run.py` kills `run` at random and starts it again.

mod deployment;

use std::{collections::HashSet, path::Path};

use deployment::{Failure, law_without_benefits, open, open_with, pensioner, person};
use jiff::Timestamp;
use maru_identity::Role;
use maru_welfare::{
    Caller, Settings,
    domain::{payment::RunStatus, proposal::Means},
    service::Confirming,
};

const RUN: &str = "2026-03-1";
const MONTH: &str = "2026-03";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.get(1).ok_or("name a folder")?);
    let number: usize = arguments.get(2).map_or(Ok(0), |text| text.parse())?;
    match arguments.first().map(String::as_str) {
        Some("seed") => seed(folder, number).await,
        Some("run") => run(folder).await,
        Some("check") => check(folder, number).await,
        _ => Err("say seed, run or check".into()),
    }
}

/// Awards of a basic pension, each agreed to.
async fn seed(folder: &Path, number: usize) -> Result<(), Failure> {
    law_without_benefits(folder)?;
    let (ledger, service) = open(folder).await?;
    let now = at("2026-03-02T00:00:00Z");
    for place in 0..number {
        let id = format!("home-{place:05}");
        service.register(&Caller::system(now), &id, pensioner(place), None, "registers").await?;
        let proposal = format!("{id}.basic_pension.p1");
        let official = person("official", Role::Official, now);
        service.confirm(&official, &proposal, &Confirming { note: "확인".to_owned(), means: Means::Message }).await?;
        service.take_down_consent(&official, &proposal, Means::Counter).await?;
    }
    ledger.close().await;
    Ok(())
}

async fn run(folder: &Path) -> Result<(), Failure> {
    let (ledger, service) = open_with(folder, Settings::default(), &folder.join("entities")).await?;
    let official = person("official", Role::Official, at("2026-03-10T00:00:00Z"));
    let prepared = service.prepare_payments(&official, RUN, MONTH.parse()?).await?;
    let digest = prepared.run.totals.ok_or("the run was not closed")?.digest;
    if prepared.run.status == RunStatus::Closed {
        service.release_payments(&person("head", Role::Supervisor, at("2026-03-11T00:00:00Z")), RUN, &digest).await?;
    }
    service.transmit_payments(&official, RUN, &folder.join("outbox")).await?;
    ledger.close().await;
    println!("handed over");
    Ok(())
}

/// Nothing paid twice, nothing lost, the file is that which was released.
async fn check(folder: &Path, number: usize) -> Result<(), Failure> {
    let (ledger, service) = open_with(folder, Settings::default(), &folder.join("entities")).await?;
    let payments = service.store().payments(RUN).await?;
    let awards: HashSet<&str> = payments.iter().map(|payment| payment.award.as_str()).collect();
    if payments.len() != number || awards.len() != number {
        return Err(format!("{} payments of {} awards; {number} were due", payments.len(), awards.len()).into());
    }
    let file = std::fs::read(folder.join("outbox").join(format!("{RUN}.xml")))?;
    let run = service.store().run(RUN).await?.ok_or("there is no run")?.state;
    let digest = run.totals.ok_or("the run was not closed")?.digest;
    if run.status != RunStatus::Transmitted || maru_welfare::payment::digest(&file) != digest {
        return Err("the file is not the one that was released".into());
    }
    if !ledger.verify().await?.is_whole() {
        return Err("the log is not whole".into());
    }
    println!("{number} awards paid once, the log is whole");
    ledger.close().await;
    Ok(())
}
