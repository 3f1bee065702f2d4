//! Groups of comments: few comments are grouped when somebody looks, many by a job, so that a hundred thousand that keep coming
//! keep nobody waiting. The job puts new comments to the groups that they are like, and groups all anew only when a quarter has come
//! since: however many come, all that grouping takes a few times as long as grouping them once. What came after the job is shown as
//! not grouped yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::SignedDuration;
use maru_ledger::{Clock, LeasedJob};

use super::{ConsultationReport, PlanService, ServiceError, consultation::report_of};
use crate::{
    domain::{Comment, advice::RECKON_JOB, consultation::GROUPING_JOB, file::ERASE_JOB},
    grouping::{self, Group, Grouping, Likeness},
    store::{CommentsMarker, Named},
};

/// Up to so many comments are grouped when somebody looks: that takes less than a second.
pub const GROUPED_AT_ONCE: usize = 3_000;
/// How long the job may take before another server may have it: a hundred thousand comments take about ten seconds.
const HOLD: SignedDuration = SignedDuration::from_mins(10);
/// All are grouped anew when this part of those that were grouped together has come since: a quarter.
const GROWTH: usize = 4;
/// Reports that are kept in memory.
const KEPT: usize = 4;

/// Reports that were made: by consultation, with what its comments looked like.
pub(super) type Reports = Mutex<HashMap<String, (CommentsMarker, Arc<ConsultationReport>)>>;

impl PlanService {
    /// Everything that is known of a consultation.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such consultation.
    pub async fn consultation_report(&self, id: &str) -> Result<Arc<ConsultationReport>, ServiceError> {
        let draft = self.draft(id).await?;
        let marker = self.inner.store.comments_marker(id).await?;
        let known = self.inner.reports.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some((at, report)) = known
            && at == marker
            && report.draft == draft
        {
            return Ok(report);
        }
        let comments = self.inner.store.comments(id).await?;
        let grouping = self.grouping(id, &comments).await?;
        let report = Arc::new(report_of(id, draft, comments, &grouping));
        let mut reports = self.inner.reports.lock().unwrap_or_else(PoisonError::into_inner);
        if reports.len() >= KEPT && !reports.contains_key(id) {
            reports.clear();
        }
        reports.insert(id.to_owned(), (marker, Arc::clone(&report)));
        Ok(report)
    }

    async fn grouping(&self, id: &str, comments: &[Named<Comment>]) -> Result<Grouping, ServiceError> {
        if comments.len() <= GROUPED_AT_ONCE {
            return group(comments).await;
        }
        let stored = self.inner.store.stored_grouping(id).await?;
        let (count, mut grouping) = stored.unwrap_or((0, Grouping::default()));
        if count < comments.len() {
            let members = (count..comments.len()).collect();
            let (words, likeness) = (Vec::new(), Likeness::default());
            grouping.groups.push(Group { campaign: false, pending: true, words, members, likeness });
        }
        Ok(grouping)
    }

    /// The kinds of jobs that [`Self::handle`] does.
    pub fn job_kinds() -> Vec<String> {
        vec![GROUPING_JOB.to_owned(), RECKON_JOB.to_owned(), ERASE_JOB.to_owned()]
    }

    /// Does a job.
    ///
    /// # Errors
    /// Where the database cannot be used; the job is then tried again.
    pub async fn handle(&self, job: &LeasedJob, clock: &dyn Clock) -> Result<(), ServiceError> {
        let internal = |error: maru_ledger::JobError| ServiceError::Internal(error.to_string());
        let ledger = self.inner.store.ledger();
        if job.kind == RECKON_JOB {
            self.reckon_advice(clock.now()).await?;
            return ledger.complete_job(job).await.map_err(internal);
        }
        if job.kind == ERASE_JOB {
            self.erase_withdrawn(job, clock.now()).await?;
            return ledger.complete_job(job).await.map_err(internal);
        }
        let id = job.payload["consultation"].as_str().unwrap_or_default();
        let marker = self.inner.store.comments_marker(id).await?;
        let mut job = job.clone();
        if marker.all > GROUPED_AT_ONCE as u64 {
            let until = clock.now().saturating_add(HOLD).unwrap_or_else(|_| clock.now());
            job = ledger.renew_job(&job, until).await.map_err(internal)?;
            self.group_on(id, marker.all).await?;
        }
        ledger.complete_job(&job).await.map_err(internal)
    }
}

impl PlanService {
    /// Groups what came since the last time, or all anew where that is much.
    async fn group_on(&self, id: &str, all: u64) -> Result<(), ServiceError> {
        let store = &self.inner.store;
        let stored = store.stored_grouping(id).await?;
        let all = usize::try_from(all).unwrap_or(usize::MAX);
        let grown = |grouping: &Grouping| all.saturating_sub(grouping.whole) * GROWTH > grouping.whole;
        if let Some((count, mut grouping)) = stored
            && !grown(&grouping)
        {
            let new = store.comments_from(id, count).await?;
            let placed = count + new.len();
            let grouping = tokio::task::spawn_blocking(move || {
                let texts: Vec<&str> = new.iter().map(|named| named.state.shown_text()).collect();
                grouping.place(count, &texts);
                grouping
            });
            let grouping = grouping.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
            return Ok(store.keep_grouping(id, placed, &grouping).await?);
        }
        let comments = store.comments(id).await?;
        let grouping = group(&comments).await?;
        Ok(store.keep_grouping(id, comments.len(), &grouping).await?)
    }
}

async fn group(comments: &[Named<Comment>]) -> Result<Grouping, ServiceError> {
    let texts: Vec<String> = comments.iter().map(|named| named.state.shown_text().to_owned()).collect();
    let made = tokio::task::spawn_blocking(move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        grouping::group(&texts, grouping::topics_for(texts.len()))
    });
    made.await.map_err(|error| ServiceError::Internal(error.to_string()))
}
