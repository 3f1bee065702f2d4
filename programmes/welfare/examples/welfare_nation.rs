//! Measures pages with a nation loaded: `welfare_nation DIR PERSONS CITIZENS`
//!
//! DIR/nation is made where it is missing, screened in the deployment DIR/deployment, and whatever is missed comes into lots, as
//! `maru welfare screen --proposals` does; then CITIZENS are linked to households all over the nation, and pages are asked for:
//! the citizen's own, the official's list, a proposal opened for the first time and again. At the end the clock of ages strikes for the
//! month after the one that was screened.

mod deployment;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use deployment::{Failure, law, open_with, page, person, told};
use jiff::{SignedDuration, Timestamp};
use maru_identity::Role;
use maru_ledger::{Clock, JobRequest, Ledger, ManualClock, SystemClock};
use maru_welfare::{
    Caller, NationSettings, Settings, Stop, WelfareService,
    domain::{BENEFITS, Month},
    evaluation::LawBook,
    population::{Nation, generate},
    screening::{parts, receipts},
    store::Wanted,
    tables::TableReader,
};

const MONTH: &str = "2026-03";

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn make(nation: &Path, persons: u64) -> Result<(), Failure> {
    if nation.is_dir() {
        return Ok(());
    }
    let begin = Instant::now();
    generate(&Nation { persons, seed: 1, output: nation, threads: threads() }, |_, _| {})?;
    println!("made: {:?}", begin.elapsed());
    let begin = Instant::now();
    let law = LawBook::load(&law())?;
    let month: Month = MONTH.parse()?;
    for part in parts(nation)? {
        receipts::draw_part(&law, &part, month, 1, threads())?;
    }
    println!("receipts drawn: {:?}", begin.elapsed());
    Ok(())
}

/// Screens the nation and makes its lots, unless that was done.
async fn screened(ledger: &Ledger, service: &WelfareService) -> Result<(), Failure> {
    let system = || Caller::system(SystemClock.now());
    if !service.screenings(&system()).await?.is_empty() {
        return Ok(());
    }
    for benefit in &BENEFITS {
        service.set_proposal_rule(&system(), benefit.id.to_owned(), 0).await?;
    }
    service.request_screening(&system(), MONTH.parse()?).await?;
    loop {
        let request = JobRequest {
            kinds: WelfareService::job_kinds(),
            worker: "measurement".to_owned(),
            now: SystemClock.now(),
            hold: SignedDuration::from_secs(30),
            limit: 1,
        };
        let Some(job) = ledger.lease_jobs(request).await?.into_iter().next() else { return Ok(()) };
        let begin = Instant::now();
        service.handle(&job, &SystemClock, &Stop::default()).await?;
        println!("{}: {:?}", job.kind, begin.elapsed());
    }
}

/// Households all over the nation, each with its part.
fn households(nation: &Path, count: usize) -> Result<Vec<(PathBuf, String)>, Failure> {
    let parts = parts(nation)?;
    let of_each = count.div_ceil(parts.len());
    let mut found = Vec::new();
    for part in parts {
        let all = TableReader::open(&part.join("household.parquet"))?.texts("household_id")?;
        let step = (all.len() / of_each).max(1);
        found.extend(all.into_iter().step_by(step).take(of_each).map(|id| (part.clone(), id)));
    }
    found.truncate(count);
    Ok(found)
}

async fn linked(service: &WelfareService, nation: &Path, citizens: usize) -> Result<Vec<Caller>, Failure> {
    let now = SystemClock.now();
    let (mut times, mut linked) = (Vec::new(), Vec::new());
    let law = service.law().clone();
    for (part, id) in households(nation, citizens)? {
        let account = format!("citizen-{id}");
        let system = Caller::system(now);
        let begin = Instant::now();
        if service.link(&system, &id, &account).await.is_err() {
            // Who misses nothing stands in no lot: the registers bring it in.
            let home = maru_welfare::registers::read::household(&part, &id, &law)?.ok_or("it was there")?;
            service.register(&system, &id, home, Some(account.clone()), "registers").await?;
        } else {
            times.push(begin.elapsed());
        }
        linked.push(person(&account, Role::Citizen, now));
    }
    if !times.is_empty() {
        told("a household leaves its lot and is linked", times);
    }
    Ok(linked)
}

async fn pages(service: &WelfareService, citizens: &[Caller], now: Timestamp) -> Result<(), Failure> {
    for round in ["the citizen's page, first time", "the citizen's page"] {
        let mut times: Vec<Duration> = Vec::new();
        for citizen in citizens {
            times.push(page(service, citizen, "/welfare/mine").await?);
        }
        told(round, times);
    }
    let official = person("official", Role::Official, now);
    let mut times = Vec::new();
    for benefit in std::iter::once("").chain(BENEFITS.iter().map(|benefit| benefit.id)) {
        times.push(page(service, &official, &format!("/welfare/work?benefit={benefit}")).await?);
    }
    told("the official's list, by benefit", times);
    let wanted = Wanted { waiting: true, ..Wanted::default() };
    let waiting = service.queue(&official, &wanted).await?;
    for round in ["a proposal opened for the first time: it leaves its lot", "a proposal opened again"] {
        let mut times = Vec::new();
        for proposal in waiting.iter().take(100) {
            times.push(page(service, &official, &format!("/welfare/work/{}", proposal.id)).await?);
        }
        told(round, times);
    }
    let begin = Instant::now();
    let counts = service.store().counts().await?;
    println!("{} proposals counted: {:?}", counts.values().sum::<u64>(), begin.elapsed());
    Ok(())
}

/// Who grew older since the month that was screened.
async fn ages(ledger: &Ledger, service: &WelfareService) -> Result<(), Failure> {
    let month = MONTH.parse::<Month>()?;
    let begin = Instant::now();
    service.law().ages_reached(month, month.plus(1))?;
    println!("ages that make a difference found: {:?}", begin.elapsed());
    let clock = ManualClock::new(maru_calendar::instant(month.plus(1).first_day().at(9, 0, 0, 0)));
    if !service.strike_ages(clock.now()).await? {
        println!("ages were reckoned before");
        return Ok(());
    }
    let request = JobRequest {
        kinds: WelfareService::job_kinds(),
        worker: "measurement".to_owned(),
        now: clock.now(),
        hold: SignedDuration::from_secs(30),
        limit: 1,
    };
    let job =
        ledger.lease_jobs(request).await?.into_iter().next().ok_or("the clock struck, but nothing is to be done")?;
    let begin = Instant::now();
    service.handle(&job, &clock, &Stop::default()).await?;
    let took = begin.elapsed();
    let last = service.store().age_clock().await?.last.ok_or("it was done")?;
    println!("ages reckoned: {took:?}; {:?}; {:?}", last.looked, service.store().ages_told(last.month).await?);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, persons, citizens] = &arguments[..] else { return Err("name a folder, persons and citizens".into()) };
    let folder = Path::new(folder);
    let nation = folder.join("nation");
    make(&nation, persons.parse()?)?;
    let (settings, deployment) = (Settings::default(), folder.join("deployment"));
    let population = NationSettings { folder: nation.clone(), represents: None, make: None };
    let settings = Settings { nation: Some(population), work: deployment.join("welfare"), ..settings };
    let (ledger, service) = open_with(&deployment, settings, &law()).await?;
    screened(&ledger, &service).await?;
    let citizens = linked(&service, &nation, citizens.parse()?).await?;
    pages(&service, &citizens, SystemClock.now()).await?;
    ages(&ledger, &service).await?;
    ledger.close().await;
    Ok(())
}
