//! `maru welfare screen --proposals`: the screening of a deployment, done here and now, each phase with its time.

use std::{path::Path, process::ExitCode, time::Duration, time::Instant};

use anyhow::{Context, bail};
use jiff::SignedDuration;
use maru_ledger::{Clock, JobRequest, Ledger, SystemClock};
use maru_welfare::{
    Caller, Stop, WelfareService,
    domain::{BENEFITS, ScreeningRun, Status},
    store::Named,
};

use super::ScreenArguments;
use crate::{
    commands::{block_on, print},
    composition,
    configuration::Nation,
    deployment::{DeploymentArguments, open_ledger},
    files, jobs,
};

/// How long a job is held before the work renews its lease for the first time.
const HOLD: SignedDuration = SignedDuration::from_secs(30);
/// How long to wait before looking again for a job that another process holds.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Screens for the deployment in a data folder.
///
/// # Errors
/// Where the deployment, the law or the population cannot be used.
pub(super) fn screen(arguments: &ScreenArguments, data: &Path) -> anyhow::Result<ExitCode> {
    let deployment = DeploymentArguments {
        data: Some(data.to_owned()),
        database: arguments.database.clone(),
        ..DeploymentArguments::default()
    };
    let mut configuration = deployment.configuration()?;
    let folder = std::path::absolute(&arguments.population)
        .with_context(|| format!("{} is no folder", arguments.population.display()))?;
    configuration.nation = Some(Nation { folder, represents: None, make: None });
    if let Some(law) = &arguments.law.law {
        configuration.law = Some(law.clone());
    }
    block_on(async {
        let mut watch = Watch::new();
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let welfare = composition::open_welfare(&configuration, &configuration.agency, ledger.clone())?;
        if arguments.every_benefit {
            for benefit in &BENEFITS {
                let caller = Caller::system(SystemClock.now());
                welfare.set_proposal_rule(&caller, benefit.id.to_owned(), 0).await?;
            }
        }
        watch.told("deployment and law opened")?;
        let id = begun(&welfare, arguments).await?;
        let run = done(&ledger, &welfare, &id, &mut watch).await?;
        if let Some(reason) = &run.state.failed {
            bail!("the screening could not be done: {reason}");
        }
        print(&told(&welfare, &run).await?)?;
        watch.whole()?;
        ledger.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// A screening of this month that broke off goes on; otherwise a new one begins.
async fn begun(welfare: &WelfareService, arguments: &ScreenArguments) -> anyhow::Result<String> {
    let caller = Caller::system(SystemClock.now());
    let before = welfare.screenings(&caller).await?;
    let is_open = |run: &&Named<ScreeningRun>| run.state.is_open() || run.state.open_batch().is_some();
    match before.iter().find(is_open) {
        Some(run) if run.state.month == Some(arguments.period) => Ok(run.id.clone()),
        Some(run) => bail!(
            "a screening of {} is not done yet: run the same command with that --period first",
            run.state.month.map_or_else(String::new, |month| month.to_string())
        ),
        None => Ok(welfare.request_screening(&caller, arguments.period).await?),
    }
}

/// Does the jobs of a screening until nothing of it is left.
async fn done(
    ledger: &Ledger,
    welfare: &WelfareService,
    id: &str,
    watch: &mut Watch,
) -> anyhow::Result<Named<ScreeningRun>> {
    let mut is_screened = false;
    loop {
        let run = welfare.screening(&Caller::system(SystemClock.now()), id).await?.run;
        if !is_screened && !run.state.is_open() {
            is_screened = true;
            watch.told("screened")?;
        }
        if !run.state.is_open() && run.state.open_batch().is_none() {
            watch.told("proposals opened")?;
            return Ok(run);
        }
        let request = JobRequest {
            kinds: WelfareService::job_kinds(),
            worker: format!("command-{}", std::process::id()),
            now: SystemClock.now(),
            hold: HOLD,
            limit: 1,
        };
        match jobs::take(ledger, request).await.first() {
            Some(job) => {
                if let Err(error) = welfare.handle(job, &SystemClock, &Stop::default()).await {
                    jobs::give_back(ledger, job, &error).await;
                    return Err(error.into());
                }
            }
            // A server has it, or a process that was killed held it: its lease ends within half a minute.
            None => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}

async fn told(welfare: &WelfareService, run: &Named<ScreeningRun>) -> anyhow::Result<String> {
    let summary = run.state.summary.as_ref().map(|summary| summary.to_text().trim_end().to_owned());
    let (households, opened) = run
        .state
        .batches
        .iter()
        .filter_map(|batch| batch.done)
        .fold((0_u64, 0_u64), |(households, opened), (more, proposals)| {
            (households + u64::from(more), opened + u64::from(proposals))
        });
    let counts = welfare.store().counts().await?;
    let waiting: u64 = counts.iter().filter(|((_, status), _)| *status == Status::Found).map(|(_, count)| count).sum();
    Ok(format!(
        "{}\n\n{households} households came in with {opened} proposals; {waiting} proposals wait for an official",
        summary.unwrap_or_default()
    ))
}

/// Tells how long each phase took.
struct Watch {
    begun: (Instant, Option<Duration>),
    phase: (Instant, Option<Duration>),
}

impl Watch {
    fn new() -> Self {
        let now = (Instant::now(), processor_time());
        Self { begun: now, phase: now }
    }

    fn told(&mut self, what: &str) -> anyhow::Result<()> {
        line(what, self.phase)?;
        self.phase = (Instant::now(), processor_time());
        Ok(())
    }

    fn whole(&self) -> anyhow::Result<()> {
        line("from register files to proposals", self.begun)
    }
}

fn line(what: &str, (since, processor): (Instant, Option<Duration>)) -> anyhow::Result<()> {
    let of_processor = processor_time().zip(processor).map(|(now, then)| now.saturating_sub(then));
    let of_processor =
        of_processor.map_or_else(String::new, |time| format!(", {:.1} s of processor time", time.as_secs_f64()));
    print(&format!("{what}: {:.1} s{of_processor}", since.elapsed().as_secs_f64()))
}

/// What this process took of the processors so far; nothing where the system does not say.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    // Linux counts in hundredths of a second for every program.
    Some(Duration::from_millis((user + system) * 10))
}
