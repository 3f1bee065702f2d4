//! Measures a deployment: taking households in, life events, the citizen's page. `measure_welfare HOUSEHOLDS [EVENTS]`
//!
//! HOUSEHOLDS are loaded, many at once as a feed does; then EVENTS of them (2,000 if none are named) are asked and changed.

mod deployment;

use std::time::{Duration, Instant};

use deployment::{Failure, open, page, pensioner, person, told};
use jiff::{SignedDuration, Timestamp};
use maru_identity::Role;
use maru_ledger::{Clock as _, JobRequest, ManualClock};
use maru_welfare::{Caller, Stop, WelfareService, domain::LifeEvent};
use tokio::task::JoinSet;

/// Households that are taken in, and life events that are recorded, at once.
const AT_ONCE: usize = 128;

/// Does the same for many, so many at once, and says how many a second, and how long each waited until it was durable.
async fn at_once<F>(what: &str, count: usize, one: impl Fn(usize) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), maru_welfare::ServiceError>> + Send + 'static,
{
    let begin = Instant::now();
    let mut at_work: JoinSet<Result<Duration, maru_welfare::ServiceError>> = JoinSet::new();
    let mut times = Vec::with_capacity(count);
    for place in 0..count {
        while at_work.len() >= AT_ONCE {
            if let Some(done) = at_work.join_next().await {
                times.push(done??);
            }
        }
        let work = one(place);
        at_work.spawn(async move {
            let begin = Instant::now();
            work.await.map(|()| begin.elapsed())
        });
    }
    while let Some(done) = at_work.join_next().await {
        times.push(done??);
    }
    let rate = count as f64 / begin.elapsed().as_secs_f64();
    println!("{what}: {rate:.0} a second, {AT_ONCE} at once");
    told(&format!("  each of them, {AT_ONCE} at once"), times);
    Ok(())
}

fn name(place: usize) -> String {
    format!("home-{place:08}")
}

/// The rent falls away, or comes back: rent support is withdrawn or proposed, nothing else changes.
fn moved(place: usize, rented: bool) -> maru_welfare::domain::Household {
    let mut household = pensioner(place);
    if !rented {
        household.facts.insert("monthly_rent".to_owned(), 0.into());
        for member in &mut household.members {
            member.facts.insert("lease_deposit".to_owned(), 0.into());
        }
    }
    household
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let number = |place| std::env::args().nth(place).map(|text| text.parse::<usize>()).transpose();
    let households = number(1)?.unwrap_or(2_000);
    let events = number(2)?.unwrap_or(2_000).min(households);
    let folder = std::env::temp_dir().join(format!("maru-welfare-{}", std::process::id()));
    let (ledger, service) = open(&folder).await?;
    let now: Timestamp = "2026-03-10T00:00:00Z".parse()?;
    // The month's question is compiled once, at the first household.
    service.register(&Caller::system(now), "home-first", pensioner(0), None, "registers").await?;
    at_once("taken in, with their proposals opened", households, |place| {
        let service = service.clone();
        async move {
            let account = Some(format!("account-{place:08}"));
            service.register(&Caller::system(now), &name(place), pensioner(place), account, "registers").await.map(drop)
        }
    })
    .await?;
    // Those that are asked lie all over what is loaded.
    let spread = move |place: usize| place * households.max(1) / events.max(1);
    let official = person("official", Role::Official, now);
    let day = jiff::civil::date(2026, 3, 9);
    let mut times = Vec::new();
    for place in (0..events).map(spread) {
        let begin = Instant::now();
        service.live(&official, &name(place), LifeEvent::Move, day, moved(place, false)).await?;
        times.push(begin.elapsed());
    }
    told("life event, reckoned and stored", times);
    at_once("life events, reckoned and stored", events, |place| {
        let (service, official, place) = (service.clone(), official.clone(), spread(place));
        async move { service.live(&official, &name(place), LifeEvent::Move, day, moved(place, true)).await.map(drop) }
    })
    .await?;
    for place in 0..events {
        let id = format!("older-{place:08}");
        let mut older = pensioner(place);
        for member in &mut older.members {
            member.facts.insert("birth".to_owned(), "1961-04-15".into());
        }
        service.register(&Caller::system(now), &id, older, None, "registers").await?;
    }
    let clock = ManualClock::new("2026-04-01T00:00:00Z".parse()?);
    service.strike_ages(clock.now()).await?;
    let request = JobRequest {
        kinds: WelfareService::job_kinds(),
        worker: "measurement".to_owned(),
        now: clock.now(),
        hold: SignedDuration::from_secs(30),
        limit: 1,
    };
    for job in ledger.lease_jobs(request).await? {
        let begin = Instant::now();
        service.handle(&job, &clock, &Stop::default()).await?;
        let took = begin.elapsed();
        let looked = service.store().age_clock().await?.last.ok_or("it was done")?.looked;
        let each = took / u32::try_from(looked.reckoned.max(1))?;
        println!("ages reached in {households} households, {looked:?}: {took:?}, {each:?} for each with a change");
    }
    let month = "2026-03".parse()?;
    let mut times = Vec::new();
    for place in 0..events {
        let household = pensioner(place);
        let begin = Instant::now();
        service.law().assess(&household, month)?;
        times.push(begin.elapsed());
    }
    told("one household reckoned, nothing stored", times);
    let mut times = Vec::new();
    for place in (0..events).map(spread) {
        let citizen = person(&format!("account-{place:08}"), Role::Citizen, now);
        times.push(page(&service, &citizen, "/welfare/mine").await?);
    }
    told("the citizen's page", times);
    let mut times = Vec::new();
    for place in (0..events.min(200)).map(spread) {
        let begin = Instant::now();
        service.prepare(&official, &format!("{}.basic_pension.p1", name(place))).await?;
        times.push(begin.elapsed());
    }
    told("what the official's page asks, with explanation and open facts", times);
    let mut times = Vec::new();
    for place in (0..events.min(50)).map(spread) {
        let citizen = person(&format!("account-{place:08}"), Role::Citizen, now);
        let begin = Instant::now();
        service.why(&citizen, "basic_pension", Some("p1")).await?;
        times.push(begin.elapsed());
    }
    told("why, with what would change it", times);
    ledger.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
