//! Files of reports: taken in with a report, read by everybody, withdrawn where they must go.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use maru_ledger::{Aggregate as _, LeasedJob, Personal};

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    digest::sha256,
    domain::{
        EvidenceFile, Number, Order, Recommendation, Refusal, Report,
        file::{
            FileRefusal, LARGEST_FILE, LARGEST_TOGETHER, MOST_FILES, Withdrawer, Withdrawn, clean_name, is_hash,
            readable_name, recognise, subject, without_metadata,
        },
    },
};

/// How long what was written waits for its report before it is swept away.
const WAITS: SignedDuration = SignedDuration::from_hours(24);

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Its content; nothing where it was too much to be kept in memory, or where only the name came.
    pub content: Option<Vec<u8>>,
}

/// The files of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Those that were sent with it.
    pub new: Vec<NewFile>,
    /// Those of earlier reports that stay, by their hashes.
    pub keep: Vec<String>,
}

/// A file as it is found when somebody opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It is there, and is what the log says.
    Whole(EvidenceFile, Vec<u8>),
    /// It was withdrawn.
    Withdrawn(Withdrawn),
    /// What lies there is not what the log says.
    Damaged,
}

/// A file that may be kept.
struct Taken {
    file: EvidenceFile,
    content: Vec<u8>,
}

impl PlanService {
    /// Reports a quarter with files that show it. Files are durable before the report is; the same again changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for bodies that take no part; [`ServiceError::Refused`] for a report that lacks evidence, and for
    /// files that are too many, too large or of no kind that is taken: nothing is kept then.
    pub async fn report_with_files(
        &self,
        caller: &Caller,
        number: Number,
        mut report: Report,
        files: Files,
    ) -> Result<Recommendation, ServiceError> {
        let known = self.inner.store.recommendation(number).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "report-progress", &Self::resource_of(&known))?;
        if !files.new.is_empty() {
            self.permit(caller, "attach-evidence", &Self::resource_of(&known))?;
        }
        let by = caller.acting()?;
        let kept = kept_of(&known, &files.keep)?;
        let taken = looked_at(number, files.new).await?;
        let new = taken.iter().map(|one| one.file.clone());
        let mut seen = BTreeSet::new();
        report.files = kept.into_iter().chain(new).filter(|file| seen.insert(file.sha256.clone())).collect();
        let order = Order::Report { report, by };
        if !taken.is_empty() {
            // What would be refused is not written.
            known.decide(order.clone(), caller.now).map_err(ServiceError::from)?;
            self.inner.store.sweep_files(&known, caller.now.saturating_sub(WAITS).unwrap_or(caller.now)).await?;
        }
        for Taken { file, content } in &taken {
            self.inner.store.keep_file(number, file, content, caller.now).await?;
        }
        self.order(caller, &number.to_string(), order).await
    }

    /// A file of a report, checked against the hash that the log holds.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where no report has such a file.
    pub async fn open_file(&self, caller: &Caller, number: Number, hash: &str) -> Result<Opened, ServiceError> {
        let known = self.inner.store.recommendation(number).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "read-evidence", &Self::resource_of(&known))?;
        let attached = known.attached(hash).ok_or(ServiceError::NotFound)?;
        if let Some(withdrawn) = &attached.withdrawn {
            return Ok(Opened::Withdrawn(withdrawn.clone()));
        }
        let content = self.inner.store.file_content(number, hash).await?;
        if let Some(content) = content.filter(|content| sha256(content) == hash) {
            return Ok(Opened::Whole(attached.file.clone(), content));
        }
        tracing::error!(%number, hash, "a file of a report is not what the log says");
        Ok(Opened::Damaged)
    }

    /// As whom the caller may withdraw files of a recommendation; nothing where the caller may not.
    pub fn withdraws(&self, caller: &Caller, known: &Recommendation) -> Option<Withdrawer> {
        let by = caller.acting().ok()?;
        if self.may(caller, "withdraw-evidence", &Self::committee()) {
            return Some(Withdrawer::Secretariat(by));
        }
        self.may(caller, "withdraw-evidence", &Self::resource_of(known)).then_some(Withdrawer::Body(by))
    }

    /// Withdraws a file: name and content are erased, its hash and why it went stay. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the reporting bodies and the secretariat; [`ServiceError::Refused`] for the bodies
    /// after the committee has confirmed, and without a reason.
    pub async fn withdraw_file(
        &self,
        caller: &Caller,
        number: Number,
        hash: &str,
        reason: &str,
    ) -> Result<Recommendation, ServiceError> {
        let known = self.inner.store.recommendation(number).await?.ok_or(ServiceError::NotFound)?;
        let Some(by) = self.withdraws(caller, &known) else {
            self.permit(caller, "withdraw-evidence", &Self::resource_of(&known))?;
            return Err(ServiceError::SignInRequired);
        };
        if known.attached(hash).is_none() {
            return Err(ServiceError::NotFound);
        }
        let order = Order::WithdrawFile { sha256: hash.to_owned(), reason: mask(reason), by };
        let after: Recommendation = self.order(caller, &number.to_string(), order).await?;
        self.inner.store.erase_file(number, hash, caller.actor(), caller.now).await?;
        Ok(after)
    }

    /// Finishes erasing a file that was withdrawn, where that was broken off.
    pub(super) async fn erase_withdrawn(&self, job: &LeasedJob, now: jiff::Timestamp) -> Result<(), ServiceError> {
        let of = job.payload["recommendation"].as_str().and_then(|number| number.parse::<Number>().ok());
        let hash = job.payload["sha256"].as_str().filter(|hash| is_hash(hash));
        let (Some(number), Some(hash)) = (of, hash) else { return Ok(()) };
        self.inner.store.erase_file(number, hash, maru_ledger::Actor::system(), now).await
    }
}

/// Files of earlier reports that stay.
fn kept_of(known: &Recommendation, keep: &[String]) -> Result<Vec<EvidenceFile>, ServiceError> {
    let of = |hash: &String| known.attached(hash).map(|attached| attached.file.clone());
    keep.iter().map(|hash| of(hash).ok_or_else(|| Refusal::Unknown.into())).collect()
}

/// The files that were sent, recognised and without metadata.
async fn looked_at(number: Number, sent: Vec<NewFile>) -> Result<Vec<Taken>, ServiceError> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    // Hashing many megabytes takes its time: nobody else waits for that.
    let taken = tokio::task::spawn_blocking(move || take(number, sent));
    let taken = taken.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
    taken.map_err(|refusal| Refusal::from(refusal).into())
}

fn take(number: Number, sent: Vec<NewFile>) -> Result<Vec<Taken>, FileRefusal> {
    if sent.len() > MOST_FILES {
        return Err(FileRefusal::TooMany);
    }
    let together: u64 = sent.iter().map(|one| one.size).fold(0, u64::saturating_add);
    let most = |limit: usize| u64::try_from(limit).unwrap_or(u64::MAX);
    let mut taken = Vec::with_capacity(sent.len());
    for NewFile { name, size, content } in sent {
        // What is said of a file names it as it would be kept, not as it was sent.
        let called = mask(&readable_name(&name));
        if size > most(LARGEST_FILE) {
            return Err(FileRefusal::TooLarge { name: called });
        }
        if together > most(LARGEST_TOGETHER) {
            return Err(FileRefusal::TooLargeTogether);
        }
        let content = content.ok_or_else(|| FileRefusal::OnlyName { name: called.clone() })?;
        let kind = recognise(&called, &content)?;
        let content = without_metadata(&called, kind, content)?;
        let hash = sha256(&content);
        let name = Personal::new(subject(number, &hash), mask(&clean_name(&name, kind)));
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        taken.push(Taken { file: EvidenceFile { name, kind, size, sha256: hash }, content });
    }
    Ok(taken)
}
