//! Work that takes its time: one job after the other, beside those for which people wait.

use std::time::Duration;

use jiff::SignedDuration;
use maru_ledger::{Clock, JobRequest, Ledger, SystemClock};
use maru_plan::PlanService;
use maru_welfare::{Stop, WelfareService};
use tokio_util::sync::CancellationToken;

use crate::jobs;

/// How long a job is held before the work renews its lease for the first time.
const HOLD: SignedDuration = SignedDuration::from_secs(30);
/// How often a server that found no job looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The programmes that have long jobs.
pub(crate) struct Long {
    pub(crate) welfare: WelfareService,
    pub(crate) plan: PlanService,
}

/// Takes long jobs and does them until it is told to stop; what is in the making is then given back.
pub(crate) async fn long_work(ledger: Ledger, long: Long, worker: String, stop: CancellationToken) {
    let told = Stop::default();
    let telling = tokio::spawn({
        let (told, stop) = (told.clone(), stop.clone());
        async move {
            stop.cancelled().await;
            told.stop();
        }
    });
    while !stop.is_cancelled() {
        let request = JobRequest {
            kinds: [WelfareService::job_kinds(), PlanService::job_kinds()].concat(),
            worker: worker.clone(),
            now: SystemClock.now(),
            hold: HOLD,
            limit: 1,
        };
        let taken = jobs::take(&ledger, request).await;
        let Some(job) = taken.first() else {
            tokio::select! { () = tokio::time::sleep(LOOK_AGAIN) => {}, () = stop.cancelled() => {} }
            continue;
        };
        let done = if PlanService::job_kinds().contains(&job.kind) {
            long.plan.handle(job, &SystemClock).await
        } else {
            long.welfare.handle(job, &SystemClock, &told).await
        };
        if let Err(error) = done {
            jobs::give_back(&ledger, job, &error).await;
        }
    }
    telling.abort();
}
