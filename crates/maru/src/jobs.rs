//! Taking jobs from the ledger and giving back those that failed, whoever does them.

use std::fmt::Display;

use maru_ledger::{Clock, JobRequest, LeasedJob, Ledger, SystemClock};

/// Jobs that are due; none where they cannot be taken now, which is told in the log.
pub(crate) async fn take(ledger: &Ledger, request: JobRequest) -> Vec<LeasedJob> {
    ledger.lease_jobs(request).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "no jobs could be taken");
        Vec::new()
    })
}

/// Gives a job back that failed: it is tried again later.
pub(crate) async fn give_back(ledger: &Ledger, job: &LeasedJob, error: &impl Display) {
    tracing::warn!(job = job.kind, attempt = job.attempt, %error, "a job failed; it is tried again");
    if let Err(error) = ledger.fail_job(job, &error.to_string(), SystemClock.now()).await {
        tracing::warn!(job = job.kind, %error, "a job could not be given back");
    }
}
