//! Work that takes its time, as jobs: it notes how far it has come, keeps its lease, and goes on after a restart.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use maru_ledger::{Actor, Aggregate, Clock, CommandContext, LeasedJob, StreamId};

use super::{ServiceError, WelfareService};
use crate::{
    domain::{
        Refusal,
        age_clock::AGES_JOB,
        reform::STUDY_JOB,
        screening_run::{PROPOSALS_JOB, SCREENING_JOB},
    },
    store::Progress,
};

/// How often progress is noted.
const TICK: Duration = Duration::from_millis(500);
/// For how long a lease is renewed: after a crash another worker waits no longer.
pub(super) const HOLD: SignedDuration = SignedDuration::from_secs(30);
/// Every how many ticks it is renewed.
const RENEW_EVERY: u32 = 20;

/// Tells work that the server is to stop.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Stop.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was said.
    pub fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far work has come, and whether it is to go on.
#[derive(Debug, Default)]
pub(super) struct Steps {
    done: AtomicU64,
    all: AtomicU64,
    stop: Stop,
    /// Another worker has the job by now.
    lost: AtomicBool,
}

impl Steps {
    /// So many are done, of so many. Whether to go on.
    pub(super) fn are(&self, done: usize, all: usize) -> bool {
        self.done.store(u64::try_from(done).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.all.store(u64::try_from(all).unwrap_or(u64::MAX), Ordering::Relaxed);
        !self.stop.is_told() && !self.lost.load(Ordering::Relaxed)
    }

    fn at(&self, now: Timestamp) -> Progress {
        Progress { done: self.done.load(Ordering::Relaxed), all: self.all.load(Ordering::Relaxed), at: now }
    }
}

/// A job while it is done: whose work it is, what time it is, whether to stop.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) job: &'a LeasedJob,
    /// The study or screening that the job is about.
    pub(super) id: &'a str,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: &'a Stop,
}

/// Why long work came to no outcome.
pub(super) trait Broken: std::error::Error {
    /// It was told to stop: the job is given back, and goes on elsewhere.
    fn was_stopped(&self) -> bool;
}

/// Said where a deployment names nobody to be studied or screened.
pub(super) const NO_POPULATION: &str = "no population is named in the configuration";

impl WelfareService {
    /// The kinds of jobs that [`WelfareService::handle`] does.
    pub fn job_kinds() -> Vec<String> {
        [STUDY_JOB, SCREENING_JOB, PROPOSALS_JOB, AGES_JOB].map(str::to_owned).into()
    }

    /// Does a job. Where it is told to stop, the job is given back at once.
    ///
    /// # Errors
    /// Where the database cannot be used; the job is then tried again.
    pub async fn handle(&self, job: &LeasedJob, clock: &dyn Clock, stop: &Stop) -> Result<(), ServiceError> {
        let id = job.payload["id"].as_str().unwrap_or_default().to_owned();
        let task = Task { job, id: &id, clock, stop };
        match job.kind.as_str() {
            STUDY_JOB => self.do_study(task).await,
            SCREENING_JOB => self.do_screening(task).await,
            PROPOSALS_JOB => self.do_proposals(task).await,
            AGES_JOB => self.do_ages(task).await,
            other => Err(ServiceError::Internal(format!("no job of welfare is called {other}"))),
        }
    }

    /// Does long work to its end: its outcome, or why there is none. Nothing where it was told to stop; the job is given back
    /// then.
    pub(super) async fn ended<T: Send + 'static, E: Broken + Send + 'static>(
        &self,
        task: Task<'_>,
        work: impl FnOnce(&Steps) -> Result<T, E> + Send + 'static,
    ) -> Result<Option<Result<T, String>>, ServiceError> {
        match self.long(task, work).await? {
            Err(broken) if broken.was_stopped() => {
                self.give_back(task.job, task.clock.now()).await;
                Ok(None)
            }
            outcome => Ok(Some(outcome.map_err(|broken| broken.to_string()))),
        }
    }

    /// Runs work on a thread of its own; notes its progress and keeps the lease meanwhile.
    pub(super) async fn long<T: Send + 'static>(
        &self,
        Task { job, id, clock, stop }: Task<'_>,
        work: impl FnOnce(&Steps) -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let steps = Arc::new(Steps { stop: stop.clone(), ..Steps::default() });
        let shared = Arc::clone(&steps);
        let mut working = tokio::task::spawn_blocking(move || work(&shared));
        let mut ticks = tokio::time::interval(TICK);
        let mut count = 0_u32;
        let mut noted = None;
        loop {
            tokio::select! {
                outcome = &mut working => {
                    return outcome.map_err(|error| ServiceError::Internal(format!("long work broke off: {error}")));
                }
                _ = ticks.tick() => {}
            }
            let now = clock.now();
            let progress = steps.at(now);
            if progress.all > 0 && noted != Some((progress.done, progress.all)) {
                self.inner.store.note_progress(id, progress).await?;
                noted = Some((progress.done, progress.all));
            }
            if count.is_multiple_of(RENEW_EVERY) && !self.keep(job, now, HOLD).await {
                steps.lost.store(true, Ordering::Relaxed);
            }
            count = count.wrapping_add(1);
        }
    }

    /// Renews a lease; whether it is still ours.
    pub(super) async fn keep(&self, job: &LeasedJob, now: Timestamp, hold: SignedDuration) -> bool {
        let until = now.checked_add(hold).unwrap_or(now);
        self.inner.store.ledger().renew_job(job, until).await.is_ok()
    }

    /// Gives a job back that was told to stop: who comes next need not wait.
    pub(super) async fn give_back(&self, job: &LeasedJob, now: Timestamp) {
        let long_ago = now.checked_sub(SignedDuration::from_secs(1)).unwrap_or(now);
        // Where the lease was lost already, another worker has it.
        drop(self.inner.store.ledger().renew_job(job, long_ago).await);
    }

    /// The last command of a job: both are done, or neither.
    pub(super) async fn complete<A: Aggregate<Refusal = Refusal>>(
        &self,
        task: Task<'_>,
        command: A::Command,
    ) -> Result<(), ServiceError> {
        let stream = StreamId::new(A::KIND, task.id).map_err(|_| ServiceError::NotFound)?;
        let context = CommandContext::new(Actor::system(), task.clock.now()).completing(task.job.clone());
        self.inner.store.ledger().execute::<A>(&stream, command, context).await?;
        self.inner.store.forget_progress(task.id).await?;
        Ok(())
    }

    /// There is nothing to be done any more.
    pub(super) async fn drop_job(&self, job: &LeasedJob) -> Result<(), ServiceError> {
        let done = self.inner.store.ledger().complete_job(job).await;
        done.map_err(|error| ServiceError::Internal(error.to_string()))
    }
}

/// On how many threads long work runs.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
