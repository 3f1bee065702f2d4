//! Who asks, may they, and then what. Pages and API stand on this and decide nothing themselves.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use maru_identity::{
    AccessQuery, AccessRecord, AccountQuery, AccountView, Identity, Policies, Principal, Resource, Role, SessionView,
};
use maru_ledger::{
    Append, CommandContext, ExpectedVersion, JobCounts, JobError, JobState, JobView, Ledger, NewEvent, StreamId,
};
use maru_web::{Bilingual, Explained, ServiceError, Visitor};
use serde_json::json;

/// The longest reason of a suspension, in characters.
pub const LONGEST_REASON: usize = 500;
/// Most jobs that are shown at once.
const MOST_JOBS: u32 = 200;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who signed in; nobody for a stranger.
    pub principal: Option<Principal>,
    /// The present instant.
    pub now: Timestamp,
}

impl From<&Visitor> for Caller {
    fn from(visitor: &Visitor) -> Self {
        Self { principal: visitor.principal.clone(), now: visitor.now }
    }
}

/// How the work of the servers stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// How many jobs stand where.
    pub counts: JobCounts,
    /// Those that failed too often and wait for a person, oldest first.
    pub put_aside: Vec<JobView>,
}

/// The programme. Clone it freely.
#[derive(Clone)]
pub struct AdministrationService {
    identity: Identity,
    ledger: Ledger,
    policies: Arc<Policies>,
    departments: Arc<BTreeMap<String, Bilingual>>,
}

impl std::fmt::Debug for AdministrationService {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AdministrationService").finish_non_exhaustive()
    }
}

impl AdministrationService {
    /// The programme; `departments` are those that an account may be given, with their names.
    pub fn new(
        identity: Identity,
        ledger: Ledger,
        policies: Arc<Policies>,
        departments: impl IntoIterator<Item = (String, Bilingual)>,
    ) -> Self {
        Self { identity, ledger, policies, departments: Arc::new(departments.into_iter().collect()) }
    }

    /// The departments that an account may be given, with their names.
    pub fn departments(&self) -> &BTreeMap<String, Bilingual> {
        &self.departments
    }

    fn permit<'a>(&self, caller: &'a Caller, action: &str) -> Result<&'a Principal, ServiceError> {
        let decision = self.policies.decide(caller.principal.as_ref(), action, &Resource::new("system", ""));
        let Some(principal) = &caller.principal else { return Err(ServiceError::SignInRequired) };
        if decision.allowed {
            return Ok(principal);
        }
        Err(ServiceError::forbidden(&*decision.reason_ko, &*decision.reason_en))
    }

    /// Whoever changes an account changes somebody else's: nobody locks themselves out, or makes themselves more.
    fn permit_change<'a>(&self, caller: &'a Caller, account: &str) -> Result<&'a Principal, ServiceError> {
        let principal = self.permit(caller, "manage-accounts")?;
        if principal.account == account {
            return Err(ServiceError::Refused(Box::new(own_account())));
        }
        Ok(principal)
    }

    async fn known(&self, account: &str) -> Result<AccountView, ServiceError> {
        if account.chars().any(char::is_control) {
            return Err(ServiceError::NotFound);
        }
        self.identity.account(account).await?.ok_or(ServiceError::NotFound)
    }

    /// Accounts in the order of the alphabet.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not.
    pub async fn accounts(&self, caller: &Caller, query: AccountQuery) -> Result<Vec<AccountView>, ServiceError> {
        self.permit(caller, "manage-accounts")?;
        Ok(self.identity.accounts(query).await?)
    }

    /// One account, with where it is signed in.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not, [`ServiceError::NotFound`] where there is none.
    pub async fn account(
        &self,
        caller: &Caller,
        account: &str,
    ) -> Result<(AccountView, Vec<SessionView>), ServiceError> {
        self.permit(caller, "manage-accounts")?;
        let view = self.known(account).await?;
        let sessions = self.identity.sessions_of(account, caller.now).await?;
        Ok((view, sessions))
    }

    /// Gives an account another role or department; its sessions go on with it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not, a refusal for one's own account and where role and department do not fit.
    pub async fn assign(
        &self,
        caller: &Caller,
        account: &str,
        role: Role,
        department: Option<String>,
    ) -> Result<(), ServiceError> {
        let actor = self.permit_change(caller, account)?.actor();
        if let Some(department) = &department
            && !self.departments.contains_key(department)
        {
            return Err(ServiceError::field("department", "없는 부서입니다.", "There is no such department."));
        }
        Ok(self.identity.assign(account, role, department, actor, caller.now).await?)
    }

    /// Bars an account and ends its sessions. The reason is on record in the clear; personal data in it are masked.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn suspend(&self, caller: &Caller, account: &str, reason: &str) -> Result<(), ServiceError> {
        let actor = self.permit_change(caller, account)?.actor();
        let reason: String = reason.chars().filter(|letter| !letter.is_control()).collect();
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::Refused(Box::new(Explained::empty("정지 사유", "reason"))));
        }
        if reason.chars().count() > LONGEST_REASON {
            return Err(ServiceError::Refused(Box::new(Explained::too_long(LONGEST_REASON))));
        }
        let reason = maru_privacy::mask(reason).masked;
        Ok(self.identity.suspend(account, reason, actor, caller.now).await?)
    }

    /// Lifts the bar from an account.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn resume(&self, caller: &Caller, account: &str) -> Result<(), ServiceError> {
        let actor = self.permit_change(caller, account)?.actor();
        Ok(self.identity.resume(account, actor, caller.now).await?)
    }

    /// Ends an account for good, with its sessions.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn close(&self, caller: &Caller, account: &str) -> Result<(), ServiceError> {
        let actor = self.permit_change(caller, account)?.actor();
        Ok(self.identity.close(account, actor, caller.now).await?)
    }

    /// Signs an account out everywhere: after a device was lost.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub async fn sign_out_everywhere(&self, caller: &Caller, account: &str) -> Result<u64, ServiceError> {
        let actor = self.permit_change(caller, account)?.actor();
        self.known(account).await?;
        Ok(self.identity.end_sessions(account, actor, caller.now).await?)
    }

    /// Records of access, the newest first: for auditors.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not.
    pub async fn access_records(&self, caller: &Caller, query: AccessQuery) -> Result<Vec<AccessRecord>, ServiceError> {
        self.permit(caller, "read-log")?;
        Ok(self.identity.access_records(query).await?)
    }

    /// How the servers' work stands, and what waits for a person.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not.
    pub async fn work(&self, caller: &Caller) -> Result<Work, ServiceError> {
        self.permit(caller, "manage-jobs")?;
        let counts = self.ledger.job_counts().await?;
        Ok(Work { counts, put_aside: self.ledger.dead_jobs(MOST_JOBS).await? })
    }

    /// Has a job that was put aside tried again, with all its attempts before it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who may not, [`ServiceError::NotFound`] where no such job was put aside.
    pub async fn try_again(&self, caller: &Caller, job: u64) -> Result<(), ServiceError> {
        self.note_decision(caller, job, "job-revived").await?;
        self.ledger.revive_job(job, caller.now).await.map_err(of_job)
    }

    /// Gives a job up that was put aside: somebody decided that it is not to be done.
    ///
    /// # Errors
    /// As [`Self::try_again`].
    pub async fn give_up(&self, caller: &Caller, job: u64) -> Result<(), ServiceError> {
        self.note_decision(caller, job, "job-discarded").await?;
        self.ledger.discard_job(job).await.map_err(of_job)
    }

    /// Who decided on which job stands in the log before anything happens to it.
    async fn note_decision(&self, caller: &Caller, job: u64, decision: &str) -> Result<(), ServiceError> {
        let principal = self.permit(caller, "manage-jobs")?;
        let put_aside = self.ledger.jobs_in(JobState::Dead, u32::MAX).await?;
        let job = put_aside.into_iter().find(|one| one.id == job).ok_or(ServiceError::NotFound)?;
        let payload =
            json!({ "job": job.id, "job_kind": job.kind, "job_payload": job.payload, "attempts": job.attempts });
        let stream = StreamId::new("system", "jobs").map_err(|error| ServiceError::Internal(error.to_string()))?;
        let append = Append {
            stream,
            expected: ExpectedVersion::Any,
            events: vec![NewEvent { kind: decision.to_owned(), payload }],
            jobs: Vec::new(),
            context: CommandContext::new(principal.actor(), caller.now),
        };
        self.ledger.append(append).await?;
        Ok(())
    }

    /// Where the caller is signed in.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for a stranger.
    pub async fn own_sessions(&self, caller: &Caller) -> Result<Vec<SessionView>, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        Ok(self.identity.sessions_of(&principal.account, caller.now).await?)
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it ended already.
    pub async fn end_own_session(&self, caller: &Caller, handle: &str) -> Result<(), ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        let ended = self.identity.end_session(principal, handle, caller.now).await?;
        if ended { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    /// Who looked at the caller's own personal data, when and why, the newest first (Personal Information Protection Act,
    /// article 35).
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for a stranger.
    pub async fn looks_at_me(&self, caller: &Caller) -> Result<Vec<AccessRecord>, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        let query = AccessQuery { subject: Some(principal.account.clone()), ..AccessQuery::default() };
        Ok(self.identity.access_records(query).await?)
    }

    /// What those who did what is on record are called; who is not known or was erased is left out.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn names(&self, records: &[AccessRecord]) -> Result<BTreeMap<String, String>, ServiceError> {
        let mut names = BTreeMap::new();
        for record in records {
            if !names.contains_key(&record.account)
                && let Some(name) = self.identity.account(&record.account).await?.and_then(|known| known.name)
            {
                names.insert(record.account.clone(), name);
            }
        }
        Ok(names)
    }
}

fn own_account() -> Explained {
    Explained::new(
        "own-account",
        ("자기 계정은 스스로 바꿀 수 없습니다.", "Nobody changes their own account."),
        "개인정보 보호법 시행령 제30조",
        ("다른 시스템 관리자에게 요청하십시오.", "Ask another administrator."),
    )
}

fn of_job(error: JobError) -> ServiceError {
    match error {
        JobError::Database(error) => error.into(),
        JobError::LeaseLost { .. } | JobError::NotDead { .. } => ServiceError::NotFound,
    }
}
