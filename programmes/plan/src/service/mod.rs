//! What people and programs can ask of the plan: who asks, may they, then the pure decision, then one transaction. Pages
//! and the API stand on this and decide nothing themselves.

mod briefings;
mod clocks;
mod committee;
mod consultation;
mod deliberation;
mod error;
mod figures;
mod files;
mod followed;
mod for_all;
mod grouping;
mod meetings;
mod ministry;
mod moderation;
mod outlook;
mod overlaps;
mod overview;
mod panels;
mod particulars;
mod quarters;
mod seats;
mod surveys;
mod versions;
mod visits;
mod words;

use std::sync::{Arc, RwLock};

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_holidays::{Holidays, OfficialCalendar};
use maru_identity::{Policies, Principal, Resource};
use maru_ledger::{Actor as Acting, Aggregate, CommandContext, Entropy, Executed, Ledger, StreamId};

pub use maru_web::ServiceError;

pub use committee::{ImportNote, Imported};
pub use consultation::{ConsultationReport, Grouped, NewComment, ParagraphCounts};
pub use files::{Files, NewFile, Opened};
pub use followed::Followed;
pub use grouping::GROUPED_AT_ONCE;
pub use meetings::{Assigned, Convening};
pub use moderation::{BATCH, moderation_of};
pub use outlook::Whole;
pub use overview::{Cell, Filter, Overview, Seen};
pub use quarters::FrozenQuarter;
pub use surveys::{Letter, Surveyed};
pub use versions::{Compared, Differing, VersionAt};
pub use visits::{NewPhoto, NewVisit};

use crate::{
    domain::{Actor, COMMITTEE, Recommendation, Refusal, body},
    figures::FigureSource,
    store::Store,
};

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who signed in; nobody for a stranger.
    pub principal: Option<Principal>,
    /// The present instant.
    pub now: Timestamp,
    /// A key by which a repeated command is recognised.
    pub idempotency_key: Option<String>,
}

impl Caller {
    /// Somebody (or a stranger) at `now`.
    pub fn new(principal: Option<Principal>, now: Timestamp) -> Self {
        Self { principal, now, idempotency_key: None }
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

    /// The body for which the caller acts; empty for who acts for none of the plan's.
    pub fn body(&self) -> &str {
        let department = self.principal.as_ref().and_then(|principal| principal.department.as_deref());
        department.filter(|id| body(id).is_some()).unwrap_or_default()
    }

    /// Whether the caller acts for the committee.
    pub fn is_committee(&self) -> bool {
        self.body() == COMMITTEE
    }

    fn actor(&self) -> Acting {
        self.principal.as_ref().map_or_else(|| Acting::new("stranger", "stranger"), Principal::actor)
    }

    /// The caller as events name who acted.
    fn acting(&self) -> Result<Actor, ServiceError> {
        let principal = self.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        Ok(Actor { account: principal.account.clone(), body: self.body().to_owned() })
    }
}

/// The programme of the plan. Clone it freely.
#[derive(Clone)]
pub struct PlanService {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    policies: Arc<Policies>,
    holidays: Holidays,
    reports: grouping::Reports,
    opinions: deliberation::Found,
    figures: figures::Asked,
    surveyed: surveys::Said,
    source: RwLock<Option<Arc<dyn FigureSource>>>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for PlanService {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PlanService").finish_non_exhaustive()
    }
}

impl PlanService {
    /// The programme over `ledger`, opened with [`crate::projections`].
    ///
    /// # Errors
    /// Where the holidays of this program cannot be read; a test reads them.
    pub fn new(ledger: Ledger, policies: Arc<Policies>, entropy: Arc<dyn Entropy>) -> Result<Self, ServiceError> {
        let holidays = Holidays::new(ledger.clone(), &[]).map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                store: Store::new(ledger),
                policies,
                holidays,
                reports: grouping::Reports::default(),
                opinions: deliberation::Found::default(),
                figures: figures::Asked::default(),
                surveyed: surveys::Said::default(),
                source: RwLock::default(),
                entropy,
            }),
        })
    }

    /// Working time with the holidays that are known now.
    async fn calendar(&self, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        self.inner.holidays.calendar(now).await
    }

    /// The questions asked of the plan, without any check of who asks.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Whether the caller may do `action` with `resource`.
    pub fn may(&self, caller: &Caller, action: &str, resource: &Resource) -> bool {
        self.inner.policies.decide(caller.principal.as_ref(), action, resource).allowed
    }

    fn permit(&self, caller: &Caller, action: &str, resource: &Resource) -> Result<(), ServiceError> {
        let decision = self.inner.policies.decide(caller.principal.as_ref(), action, resource);
        if decision.allowed {
            return Ok(());
        }
        if caller.principal.is_none() {
            return Err(ServiceError::SignInRequired);
        }
        Err(ServiceError::forbidden(&*decision.reason_ko, &*decision.reason_en))
    }

    /// Who acts, where the caller may do `action` for the committee.
    fn deciding(&self, caller: &Caller, action: &str) -> Result<Actor, ServiceError> {
        self.permit(caller, action, &Self::committee())?;
        caller.acting()
    }

    /// The recommendation as policies know it.
    pub fn resource_of(recommendation: &Recommendation) -> Resource {
        let Some(entry) = &recommendation.entry else { return Resource::new("plan", "") };
        let involved = entry.responsible.iter().chain(&entry.cooperating).filter(|id| **id != entry.lead).cloned();
        Resource::new("plan", entry.number.to_string()).in_department(&entry.lead).involving(involved)
    }

    /// The committee's work as policies know it.
    pub fn committee() -> Resource {
        Resource::new("plan-committee", "").in_department(COMMITTEE)
    }

    /// A number by chance, for what is made anew.
    pub(crate) fn draw(&self) -> String {
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

/// A text as it is kept where everybody reads it: without blanks around it, with personal data masked.
fn mask(text: &str) -> String {
    maru_privacy::mask(text.trim()).masked
}
