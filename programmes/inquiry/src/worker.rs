//! Jobs: what is done after a change, once or again, by whichever server takes it.

use std::time::Duration;

use jiff::Timestamp;
use maru_ledger::{Actor, CommandContext, JobError, LeasedJob};

use crate::{
    domain::{DepartmentId, Filing, Ground, Judged, Kind, Order, Receipt, day_of, job},
    drafting,
    service::{InquiryService, ServiceError},
};

/// Cases that are reckoned anew between two looks at the list.
const SWEEP: u32 = 200;
/// How long a sweep may go on between two renewals of its lease.
const LEASE: Duration = Duration::from_mins(2);
/// Near-duplicates that are noted with a case.
const NEAR_DUPLICATES: usize = 5;

impl InquiryService {
    /// The kinds of jobs that [`Self::handle`] does.
    pub fn job_kinds() -> Vec<String> {
        job::ALL.iter().map(|kind| (*kind).to_owned()).collect()
    }

    /// Does a job and completes it, in the same transaction as what it changes. A job that has become pointless (the
    /// case was closed meanwhile) is completed.
    ///
    /// # Errors
    /// [`ServiceError`]: the caller gives the job back to be tried again later.
    pub async fn handle(&self, leased: &LeasedJob, now: Timestamp) -> Result<(), ServiceError> {
        let done = match leased.kind.as_str() {
            job::RECKON_ALL => self.reckon_all(leased, now).await,
            _ => self.handle_case(leased, now).await,
        };
        match done {
            // The field refuses what the job wanted: the case has moved on.
            Err(ServiceError::Refused(refusal)) => {
                tracing::info!(job = leased.kind, code = refusal.code, "a job was no longer needed");
                self.complete(leased).await
            }
            Err(ServiceError::NotFound) => self.complete(leased).await,
            other => other,
        }
    }

    async fn handle_case(&self, leased: &LeasedJob, now: Timestamp) -> Result<(), ServiceError> {
        let receipt = leased.payload["receipt"].as_str().and_then(|text| Receipt::parse(text).ok());
        let Some(receipt) = receipt else { return self.complete(leased).await };
        let number = leased.payload["number"].as_u64().and_then(|number| u32::try_from(number).ok());
        let order = match leased.kind.as_str() {
            job::UNDERSTAND => self.understand_order(&receipt, now).await?,
            job::DRAFT => self.draft_order(&receipt, now).await?,
            job::DUE_SOON => Some(Order::WarnDueSoon),
            job::PROGRESS_NOTICE => Some(Order::NoticeProgress { number: number.unwrap_or(1) }),
            job::SERVE => Some(Order::Serve),
            job::COMPLETION_LAPSES => Some(Order::LapseCompletion),
            job::ERASE => {
                self.destroy_keys(&receipt, Actor::system(), now).await?;
                None
            }
            _ => None,
        };
        let Some(order) = order else { return self.complete(leased).await };
        let context = CommandContext::new(Actor::system(), now).completing(leased.clone());
        self.order_in(context, &receipt, order).await.map(drop)
    }

    async fn complete(&self, leased: &LeasedJob) -> Result<(), ServiceError> {
        match self.ledger().complete_job(leased).await {
            Ok(()) | Err(JobError::LeaseLost { .. } | JobError::NotDead { .. }) => Ok(()),
            Err(JobError::Database(error)) => Err(error.into()),
        }
    }

    async fn understand_order(&self, receipt: &Receipt, now: Timestamp) -> Result<Option<Order>, ServiceError> {
        let Some(case) = self.store().case(receipt).await? else { return Ok(None) };
        let kind = case.inquiry.kind;
        let Some(filing) = case.inquiry.filing.filter(|_| case.inquiry.understood.is_none()) else { return Ok(None) };
        let again = self.grievance_again(&filing, kind).await?;
        self.refresh_models(now, false).await?;
        self.similar().catch_up(self.store()).await?;
        let (understanding, similar) = (self.understanding().clone(), self.similar().clone());
        let (title, text) = (filing.title.masked, filing.text.masked);
        let (receipt, on) = (receipt.clone(), day_of(now));
        let understood = tokio::task::spawn_blocking(move || {
            let boundary = understanding.models().near_duplicate();
            let near = similar.near_duplicates(&receipt, &format!("{title}\n{text}"), boundary, NEAR_DUPLICATES);
            understanding.understand(&title, &text, on, near)
        });
        let mut understood = understood.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        if let Some(audit) = again {
            understood.department = audit;
        }
        Ok(Some(Order::Understand(Box::new(understood))))
    }

    /// The office of audit, for a grievance that its petitioner sends again after it was answered: decree 제17조②.
    async fn grievance_again(
        &self,
        filing: &Filing,
        kind: Option<Kind>,
    ) -> Result<Option<Judged<DepartmentId>>, ServiceError> {
        let (Some(audit), Some(earlier), Some(account)) =
            (&self.agency().audit_department, &filing.repeats, &filing.account)
        else {
            return Ok(None);
        };
        if kind != Some(Kind::Grievance) {
            return Ok(None);
        }
        let Some(before) = self.store().case(earlier).await? else { return Ok(None) };
        let own = before.inquiry.filing.as_ref().and_then(|filing| filing.account.as_ref()) == Some(account);
        let answered = before.inquiry.served && before.inquiry.kind == Some(Kind::Grievance);
        if !own || !answered || before.inquiry.department == *audit {
            return Ok(None);
        }
        let ground = Ground::Rule {
            ko: format!(
                "답변을 받은 고충민원({earlier})을 다시 낸 것이어서 감사 부서가 살펴봅니다 (시행령 제17조제2항)."
            ),
            en: format!(
                "A grievance that was answered ({earlier}) and is sent again: the office of audit examines it (decree, article 17(2))."
            ),
        };
        Ok(Some(Judged::new(audit.clone(), 1.0, true, vec![ground])))
    }

    async fn draft_order(&self, receipt: &Receipt, now: Timestamp) -> Result<Option<Order>, ServiceError> {
        let Some(case) = self.store().case(receipt).await? else { return Ok(None) };
        let inquiry = case.inquiry;
        if inquiry.draft.is_some() || inquiry.edited.is_some() || !inquiry.state.is_open() || inquiry.erased {
            return Ok(None);
        }
        drafting::draft_order(self, &inquiry, day_of(now)).await.map(Some)
    }

    /// Reckons the due times of all running cases anew, page by page. Stopped halfway, the next attempt goes on: cases
    /// that know the newer calendar are not listed any more.
    async fn reckon_all(&self, leased: &LeasedJob, now: Timestamp) -> Result<(), ServiceError> {
        let revision = self.fresh_calendar(now).await?.revision;
        let mut lease = leased.clone();
        loop {
            let receipts = self.store().reckoned_before(revision, SWEEP).await?;
            let mut moved = false;
            for receipt in &receipts {
                let context = CommandContext::new(Actor::system(), now);
                let done = self.order_in(context, receipt, Order::Reckon).await?;
                moved |= done.inquiry.running_deadline().calendar >= revision;
            }
            if receipts.is_empty() || !moved {
                return self.complete(&lease).await;
            }
            let until = lease.until.checked_add(LEASE).unwrap_or(lease.until);
            lease = match self.ledger().renew_job(&lease, until).await {
                Ok(lease) => lease,
                // Another server has taken it over.
                Err(JobError::LeaseLost { .. } | JobError::NotDead { .. }) => return Ok(()),
                Err(JobError::Database(error)) => return Err(error.into()),
            };
        }
    }
}
