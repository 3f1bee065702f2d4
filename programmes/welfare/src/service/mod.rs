//! What people and programs can ask of welfare: who asks, may they, then the pure decision, then one transaction. Pages and
//! the API stand on this and decide nothing themselves.

mod ages;
mod applications;
mod asked;
mod beside;
mod citizen;
mod crisis;
mod error;
mod households;
mod jobs;
mod laboratory;
mod life;
mod lots;
mod official;
mod payments;
mod recoveries;
mod represented;
mod retention;
mod screenings;
mod supervision;
mod watching;

use std::{path::PathBuf, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date};
use maru_calendar::{CalendarError, seoul};
use maru_holidays::{Holidays, OfficialCalendar};
use maru_identity::{Policies, Principal, Resource};
use maru_ledger::{Actor, Aggregate, CommandContext, Entropy, Executed, Ledger, StreamId};

pub use ages::Ages;
pub use applications::Representing;
pub use asked::{Answered, GivenFact, Question};
pub use citizen::{Mine, ProofOf, Situation};
pub use crisis::{CrisisErrors, CrisisList, CrisisLook};
pub(crate) use error::unknown_fact;
pub use households::HouseholdChange;
pub use jobs::Stop;
pub use laboratory::Studying;
pub(crate) use life::GONE;
pub use life::Lived;
pub use maru_web::ServiceError;
pub use official::{Confirming, Prepared};
pub use payments::{Booking, PaymentSettings};
pub use represented::{ActsFor, Represented, code_until};
pub use retention::Forgotten;
pub use screenings::{ORIGIN, Watched};
pub use watching::{Decided, Missed, Watching};

use crate::{
    domain::{CrisisModel, Proposal, Refusal, proposal::Official},
    evaluation::LawBook,
    store::{Home, Named, Store},
};

/// Days within which one may object (사회보장급여법 제17조제1항).
const OBJECTION_DAYS: i64 = 90;
/// Days within which an objection is decided, and by which that may be put off once (제17조제2항).
const DECISION_DAYS: i64 = 10;
/// Days within which a person answers about what a program prepared (개인정보 보호법 시행령 제44조의3제5항).
pub const REVIEW_DAYS: i64 = 30;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who signed in; nobody for a stranger.
    pub principal: Option<Principal>,
    /// The present instant.
    pub now: Timestamp,
    /// A key by which a repeated command is recognised.
    pub idempotency_key: Option<String>,
    /// A register's feed or a command of the deployment, not a person: no page or API makes one.
    by_system: bool,
}

impl Caller {
    /// Somebody (or a stranger) at `now`.
    pub fn new(principal: Option<Principal>, now: Timestamp) -> Self {
        Self { principal, now, idempotency_key: None, by_system: false }
    }

    /// The deployment itself: a feed of the registers, a screening.
    pub fn system(now: Timestamp) -> Self {
        Self { principal: None, now, idempotency_key: None, by_system: true }
    }

    /// The same, with a key by which a repetition is recognised.
    #[must_use]
    pub fn idempotent(mut self, key: Option<String>) -> Self {
        self.idempotency_key = key;
        self
    }

    /// The present day in Korea.
    pub fn today(&self) -> Date {
        seoul(self.now).date()
    }

    /// The account; nothing for a stranger.
    pub fn account(&self) -> Option<&str> {
        self.principal.as_ref().map(|principal| principal.account.as_str())
    }

    fn actor(&self) -> Actor {
        if self.by_system {
            return Actor::system();
        }
        self.principal.as_ref().map_or_else(|| Actor::new("stranger", "stranger"), Principal::actor)
    }

    /// The caller as events name who ordered what decides nothing: an official, or whoever may run commands of the deployment.
    fn official_or_command(&self) -> Result<Official, ServiceError> {
        if self.by_system {
            return Ok(Official { account: "system".to_owned(), name: "maru welfare screen".to_owned() });
        }
        self.official()
    }

    /// The caller as events and notices name an official.
    fn official(&self) -> Result<Official, ServiceError> {
        let principal = self.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        Ok(Official { account: principal.account.clone(), name: principal.name.clone() })
    }
}

/// What the programme stands on.
pub struct Dependencies {
    /// The ledger, opened with [`crate::projections`].
    pub ledger: Ledger,
    /// Who may do what.
    pub policies: Arc<Policies>,
    /// Where random numbers come from.
    pub entropy: Arc<dyn Entropy>,
    /// The law.
    pub law: LawBook,
    /// Whose department decides.
    pub settings: Settings,
}

/// Settings of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The department that decides on benefits.
    pub department: String,
    /// The name of the agency, as payments and duplicates name it.
    pub agency: String,
    /// Who supervises, and how to reach them: named in public (인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 시행령 제27조),
    /// in Korean and English.
    pub supervision: (String, String),
    /// How it pays.
    pub payment: PaymentSettings,
    /// Who is studied and screened; nobody where none is named.
    pub nation: Option<NationSettings>,
    /// The folder for what screenings write.
    pub work: PathBuf,
    /// The points of crisis signals (TOML); those that ship with the program where none is named.
    pub crisis_model: Option<PathBuf>,
}

/// The population that reforms are studied over and that is screened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NationSettings {
    /// Its folder: Parquet, or folders `part-…` of it.
    pub folder: PathBuf,
    /// How many persons it stands for, where its folder does not say.
    pub represents: Option<u64>,
    /// Where the folder is empty, a synthetic sample of so many persons is made at the first use.
    pub make: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            department: "welfare".to_owned(),
            agency: "보장기관".to_owned(),
            supervision: ("복지 담당 부서의 책임자".to_owned(), "the supervisor of the welfare department".to_owned()),
            payment: PaymentSettings::default(),
            nation: None,
            work: PathBuf::from("welfare"),
            crisis_model: None,
        }
    }
}

/// The programme of welfare. Clone it freely.
#[derive(Clone)]
pub struct WelfareService {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    policies: Arc<Policies>,
    entropy: Arc<dyn Entropy>,
    holidays: Holidays,
    law: LawBook,
    crisis: CrisisModel,
    settings: Settings,
}

impl std::fmt::Debug for WelfareService {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WelfareService").field("law", &self.inner.law).finish_non_exhaustive()
    }
}

impl From<CalendarError> for Refusal {
    fn from(error: CalendarError) -> Self {
        Self::Calendar { reason: error.to_string() }
    }
}

/// The points that the settings name, or those that ship.
fn crisis_model(settings: &Settings) -> Result<CrisisModel, ServiceError> {
    let model = match &settings.crisis_model {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| ServiceError::Internal(format!("{}: {error}", path.display())))?;
            CrisisModel::parse(&text)
        }
        None => CrisisModel::shipped(),
    };
    model.map_err(|error| ServiceError::Internal(error.to_string()))
}

impl WelfareService {
    /// The programme.
    ///
    /// # Errors
    /// Where the holidays of this program, or the model of crisis signals, cannot be read.
    pub fn new(dependencies: Dependencies) -> Result<Self, ServiceError> {
        let Dependencies { ledger, policies, entropy, law, settings } = dependencies;
        let holidays = Holidays::new(ledger.clone(), &[]).map_err(|error| ServiceError::Internal(error.to_string()))?;
        let crisis = crisis_model(&settings)?;
        let inner = Inner { store: Store::new(ledger), policies, entropy, holidays, law, crisis, settings };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The questions asked of welfare, without any check of who asks.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The law.
    pub fn law(&self) -> &LawBook {
        &self.inner.law
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// All that concerns nobody in particular, as policies know it.
    pub fn everything(&self) -> Resource {
        Resource::new("welfare", "")
    }

    /// Whether the caller may do `action` with `resource`.
    pub fn may(&self, caller: &Caller, action: &str, resource: &Resource) -> bool {
        self.inner.policies.decide(caller.principal.as_ref(), action, resource).allowed
    }

    fn permit(&self, caller: &Caller, action: &str, resource: &Resource) -> Result<(), ServiceError> {
        if caller.by_system {
            return Ok(());
        }
        let decision = self.inner.policies.decide(caller.principal.as_ref(), action, resource);
        if decision.allowed {
            return Ok(());
        }
        let Some(principal) = &caller.principal else { return Err(ServiceError::SignInRequired) };
        // To a citizen whose it is not, it does not exist.
        if !principal.role.is_staff() && resource.owner.as_deref() != Some(&principal.account) {
            return Err(ServiceError::NotFound);
        }
        Err(ServiceError::forbidden(&*decision.reason_ko, &*decision.reason_en))
    }

    /// A proposal as policies know it.
    pub fn resource_of(&self, proposal: &Named<Proposal>) -> Resource {
        let resource = Resource::new("welfare-proposal", &proposal.id).in_department(&self.inner.settings.department);
        match proposal.state.finding.as_ref().and_then(|finding| finding.account.as_ref()) {
            Some(account) => resource.owned_by(account),
            None => resource,
        }
    }

    /// The department that decides on benefits.
    pub fn department(&self) -> &str {
        &self.inner.settings.department
    }

    /// All proposals of the department, as policies know them.
    pub fn desk(&self) -> Resource {
        Resource::new("welfare-proposal", "").in_department(&self.inner.settings.department)
    }

    /// The payments of the department, as policies know them.
    pub fn payments_desk(&self) -> Resource {
        Resource::new("payment-run", "").in_department(&self.inner.settings.department)
    }

    fn record_of(&self, home: &Home) -> Resource {
        let resource = Resource::new("household-record", &home.id).in_department(&self.inner.settings.department);
        match &home.record.account {
            Some(account) => resource.owned_by(account),
            None => resource,
        }
    }

    async fn known(&self, caller: &Caller, action: &str, id: &str) -> Result<Named<Proposal>, ServiceError> {
        let Some(proposal) = self.inner.store.proposal(id).await? else {
            // Strangers learn nothing about which numbers exist.
            return Err(if caller.principal.is_some() { ServiceError::NotFound } else { ServiceError::SignInRequired });
        };
        self.permit(caller, action, &self.resource_of(&proposal))?;
        if let Some(finding) = proposal.state.finding.as_ref().filter(|finding| finding.lot.is_some()) {
            // Who may act on it touches its household: it is a case of its own from now on.
            self.touch(caller.now, &finding.household).await?;
        }
        Ok(proposal)
    }

    /// The last day of a period of days: the first is not counted, a last one that is no working day moves on
    /// (민법 제157조, 제161조).
    async fn after(&self, now: Timestamp, day: Date, days: i64) -> Result<Date, ServiceError> {
        let calendar = self.calendar(now).await?;
        Ok(calendar.working.working_day_from(day.saturating_add(days.days())).map_err(Refusal::from)?)
    }

    /// The last day of a period of days that begins today.
    async fn days_from_now(&self, caller: &Caller, days: i64) -> Result<Date, ServiceError> {
        self.after(caller.now, caller.today(), days).await
    }

    /// Working time with the holidays that are known now.
    async fn calendar(&self, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        self.inner.holidays.calendar(now).await
    }

    fn draw(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.inner.entropy.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    async fn order<A: Aggregate<Refusal = Refusal>>(
        &self,
        caller: &Caller,
        id: &str,
        command: A::Command,
    ) -> Result<A, ServiceError> {
        let stream = StreamId::new(A::KIND, id).map_err(|_| ServiceError::NotFound)?;
        let mut context = CommandContext::new(caller.actor(), caller.now);
        if let Some(key) = &caller.idempotency_key {
            context = context.idempotent(format!("{stream}/{key}"), stream.as_str());
        }
        let executed: Executed<A> = self.inner.store.ledger().execute::<A>(&stream, command, context).await?;
        Ok(executed.state)
    }
}
