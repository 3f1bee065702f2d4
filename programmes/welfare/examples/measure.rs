//! Measures a deployment: taking households in, life events, what a citizen's page asks. `measure HOUSEHOLDS`

mod deployment;

use std::time::{Duration, Instant};

use deployment::{Failure, open, pensioner, person};
use jiff::Timestamp;
use maru_identity::Role;
use maru_welfare::{Caller, domain::LifeEvent};

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied();
    let sum: Duration = times.iter().sum();
    let rate = times.len() as f64 / sum.as_secs_f64();
    println!(
        "{what}: {} times, {rate:.0} a second one after the other; median {:?}, 95 % {:?}, 99 % {:?}",
        times.len(),
        at(50).unwrap_or_default(),
        at(95).unwrap_or_default(),
        at(99).unwrap_or_default()
    );
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let households: usize = std::env::args().nth(1).map_or(Ok(2_000), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("maru-welfare-{}", std::process::id()));
    let (ledger, service) = open(&folder).await?;
    let now: Timestamp = "2026-03-10T00:00:00Z".parse()?;
    let system = Caller::system(now);
    // The month's question is compiled once, at the first household.
    service.register(&system, "home-first", pensioner(0), None, "registers").await?;
    let mut times = Vec::new();
    for place in 0..households {
        let (id, account) = (format!("home-{place:06}"), Some(format!("account-{place:06}")));
        let begin = Instant::now();
        service.register(&system, &id, pensioner(place), account, "registers").await?;
        times.push(begin.elapsed());
    }
    told("taken in, with its proposals opened", times);
    let official = person("official", Role::Official, now);
    let mut times = Vec::new();
    for place in 0..households {
        let id = format!("home-{place:06}");
        let mut household = pensioner(place);
        // The rent falls away: rent support is withdrawn, nothing else changes.
        household.facts.insert("monthly_rent".to_owned(), 0.into());
        for member in &mut household.members {
            member.facts.insert("lease_deposit".to_owned(), 0.into());
        }
        let day = jiff::civil::date(2026, 3, 9);
        let begin = Instant::now();
        service.live(&official, &id, LifeEvent::Move, day, household).await?;
        times.push(begin.elapsed());
    }
    told("life event, reckoned and stored", times);
    let month = "2026-03".parse()?;
    let mut times = Vec::new();
    for place in 0..households {
        let household = pensioner(place);
        let begin = Instant::now();
        service.law().assess(&household, month)?;
        times.push(begin.elapsed());
    }
    told("one household reckoned, nothing stored", times);
    let mut times = Vec::new();
    for place in 0..households {
        let citizen = person(&format!("account-{place:06}"), Role::Citizen, now);
        let begin = Instant::now();
        service.mine(&citizen).await?.ok_or("no household")?;
        times.push(begin.elapsed());
    }
    told("what the citizen's page asks", times);
    let mut times = Vec::new();
    for place in 0..households.min(200) {
        let begin = Instant::now();
        service.prepare(&official, &format!("home-{place:06}.basic_pension.p1")).await?;
        times.push(begin.elapsed());
    }
    told("what the official's page asks, with explanation and open facts", times);
    let mut times = Vec::new();
    for place in 0..households.min(50) {
        let citizen = person(&format!("account-{place:06}"), Role::Citizen, now);
        let begin = Instant::now();
        service.why(&citizen, "basic_pension", Some("p1")).await?;
        times.push(begin.elapsed());
    }
    told("why, with what would change it", times);
    ledger.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
