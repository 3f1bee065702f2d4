//! What people and programs can ask of inquiries. Each question and command goes the same way: who asks, may they, then
//! the pure decision, then one transaction. Pages and the API stand on this and decide nothing themselves.

mod citizen;
mod error;
mod intake;
mod office;
mod official;
mod pairs;
mod staff;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use maru_gateway::Model;
use maru_holidays::Holidays;
use maru_identity::{Identity, Policies, Principal, Resource};
use maru_knowledge::Knowledge;
use maru_ledger::{Actor, CommandContext, Entropy, Executed, Ledger};

pub use maru_web::ServiceError;

pub use intake::{Preview, Submission, Submitted};
pub use maru_holidays::Announcement;
pub use office::TrainingReport;
pub use official::{AnswerRequest, Decision};

use crate::{
    agency::Agency,
    domain::{
        AccessCode, Channel, Command, Inquiry, NamedOfficial, OfficialCalendar, Order, Receipt, State,
        petitioner_subject,
    },
    store::{Case, CaseHead, Store, stream_of},
    understanding::{Models, SimilarTexts, Understanding},
};

/// The kind of resource that policies know cases as.
pub(crate) const RESOURCE: &str = "inquiry";

/// What an inquiry service stands on.
pub struct Dependencies {
    /// The ledger, opened with [`crate::projections`].
    pub ledger: Ledger,
    /// What can be looked up; nothing in tests and before the first import.
    pub knowledge: Option<Knowledge>,
    /// Holidays, which this programme enters for all; their announcement queues the job [`crate::domain::job::RECKON_ALL`].
    pub holidays: Holidays,
    /// Who may do what.
    pub policies: Arc<Policies>,
    /// The accounts of those who work here; nothing where nobody signs in, as in commands.
    pub identity: Option<Identity>,
    /// The agency with its departments and categories.
    pub agency: Agency,
    /// The model that drafts; nothing means the extractive composer.
    pub model: Option<Arc<dyn Model>>,
    /// Where random numbers come from.
    pub entropy: Arc<dyn Entropy>,
    /// Settings.
    pub settings: Settings,
}

/// Settings of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long an approval can be taken back before the answer is served; nothing serves it at once.
    pub grace: SignedDuration,
}

impl Default for Settings {
    /// Ten seconds: long enough to see one's own mistake.
    fn default() -> Self {
        Self { grace: SignedDuration::from_secs(10) }
    }
}

/// Who asks, when, and with what in the hand.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who signed in; nobody for a stranger.
    pub principal: Option<Principal>,
    /// The code of the case, where it was presented.
    pub code: Option<AccessCode>,
    /// The present instant.
    pub now: Timestamp,
    /// A key by which a repeated command is recognised.
    pub idempotency_key: Option<String>,
    /// How the command came in.
    pub channel: Channel,
}

impl Caller {
    /// Somebody (or a stranger) at `now`, through the web page.
    pub fn new(principal: Option<Principal>, now: Timestamp) -> Self {
        Self { principal, code: None, now, idempotency_key: None, channel: Channel::Web }
    }

    /// The same, with the code of a case.
    #[must_use]
    pub fn with_code(mut self, code: Option<AccessCode>) -> Self {
        self.code = code;
        self
    }

    /// The same, with a key by which a repetition is recognised.
    #[must_use]
    pub fn idempotent(mut self, key: Option<String>) -> Self {
        self.idempotency_key = key;
        self
    }

    /// The same, through another channel.
    #[must_use]
    pub fn through(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// As whom the ledger records the caller. Strangers are recorded as such.
    pub(crate) fn actor(&self) -> Actor {
        self.principal.as_ref().map_or_else(|| Actor::new("stranger", "citizen"), Principal::actor)
    }
}

/// What a command did.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The case.
    pub receipt: Receipt,
    /// The state after it.
    pub inquiry: Inquiry,
    /// How often the case changed by now.
    pub version: u64,
}

impl Done {
    /// Where the case stands now.
    pub fn state(&self) -> State {
        self.inquiry.state
    }
}

struct Inner {
    store: Store,
    policies: Arc<Policies>,
    identity: Option<Identity>,
    agency: Arc<Agency>,
    model: Option<Arc<dyn Model>>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    code_secret: [u8; 32],
    holidays: Holidays,
    understanding: Understanding,
    similar: SimilarTexts,
    models_read_at: std::sync::Mutex<Option<Timestamp>>,
}

/// The service. Clone it freely.
#[derive(Clone)]
pub struct InquiryService {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for InquiryService {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("InquiryService").field("agency", &self.inner.agency.name).finish_non_exhaustive()
    }
}

impl InquiryService {
    /// Opens the service: its tables, the secret of its codes, the newest models and holidays.
    ///
    /// # Errors
    /// [`ServiceError`] where the database cannot be used.
    pub async fn open(dependencies: Dependencies, now: Timestamp) -> Result<Self, ServiceError> {
        let Dependencies { ledger, knowledge, holidays, policies, identity, agency, model, entropy, settings } =
            dependencies;
        let store = Store::new(ledger);
        store.define().await?;
        let agency = Arc::new(agency);
        let code_secret = store.code_secret(&*entropy, now).await?;
        let (revision, stored) = store.models().await?;
        let models = Models::read(revision, &stored, &agency);
        holidays.refresh(now).await?;
        let understanding = Understanding::new(Arc::clone(&agency), knowledge, models);
        let inner = Inner {
            store,
            policies,
            identity,
            agency,
            model,
            entropy,
            settings,
            code_secret,
            holidays,
            understanding,
            similar: SimilarTexts::default(),
            models_read_at: std::sync::Mutex::new(Some(now)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The questions asked of inquiries, without any check of who asks: for the worker and measurements.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The agency.
    pub fn agency(&self) -> &Agency {
        &self.inner.agency
    }

    /// What understands inquiries.
    pub fn understanding(&self) -> &Understanding {
        &self.inner.understanding
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        self.inner.store.ledger()
    }

    pub(crate) fn similar(&self) -> &SimilarTexts {
        &self.inner.similar
    }

    pub(crate) fn model(&self) -> Option<&Arc<dyn Model>> {
        self.inner.model.as_ref()
    }

    /// Working time with the holidays that are known now.
    ///
    /// # Errors
    /// Where the announced holidays cannot be read.
    pub async fn calendar(&self, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        self.inner.holidays.calendar(now).await
    }

    pub(crate) async fn fresh_calendar(&self, now: Timestamp) -> Result<Arc<OfficialCalendar>, ServiceError> {
        self.inner.holidays.refresh(now).await
    }

    /// The case, if the caller may do `action` with it. To who may not even know of it, it does not exist.
    async fn permit(&self, caller: &Caller, action: &str, receipt: &Receipt) -> Result<CaseHead, ServiceError> {
        self.permit_with(caller, action, receipt, false).await
    }

    async fn permit_with(
        &self,
        caller: &Caller,
        action: &str,
        receipt: &Receipt,
        reason_stated: bool,
    ) -> Result<CaseHead, ServiceError> {
        let Some(head) = self.inner.store.head(receipt).await? else { return Err(Self::unknown(caller)) };
        let mut resource = Self::resource_of(&head);
        // Digests are compared, not codes: how far they agree tells nothing about the code.
        resource.code_presented = caller.code.as_ref().is_some_and(|code| code.digest(receipt) == head.code_digest);
        resource.reason_stated = reason_stated;
        let decision = self.inner.policies.decide(caller.principal.as_ref(), action, &resource);
        if decision.allowed {
            return Ok(head);
        }
        if caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff()) {
            self.note_refusal(caller, action, &resource).await?;
            return Err(ServiceError::forbidden(&*decision.reason_ko, &*decision.reason_en));
        }
        // Who opened the case by code or account hears that this is not theirs to do; all others that it is not there.
        let reads = self.inner.policies.decide(caller.principal.as_ref(), "read", &resource);
        if reads.allowed {
            return Err(ServiceError::forbidden(&*decision.reason_ko, &*decision.reason_en));
        }
        Err(Self::unknown(caller))
    }

    fn unknown(caller: &Caller) -> ServiceError {
        if caller.principal.is_none() && caller.code.is_none() {
            return ServiceError::SignInRequired;
        }
        ServiceError::NotFound
    }

    fn resource_of(head: &CaseHead) -> Resource {
        let resource = Resource::new(RESOURCE, head.receipt.as_str()).in_department(&head.department);
        let resource = resource.involving(head.involved.iter().cloned());
        match &head.account {
            Some(account) => resource.owned_by(account),
            None => resource,
        }
    }

    /// Whether the caller may do `action` with `resource`.
    fn permit_general(&self, caller: &Caller, action: &str, resource: &Resource) -> Result<(), ServiceError> {
        let decision = self.inner.policies.decide(caller.principal.as_ref(), action, resource);
        if decision.allowed {
            return Ok(());
        }
        if caller.principal.is_none() {
            return Err(ServiceError::SignInRequired);
        }
        Err(ServiceError::forbidden(&*decision.reason_ko, &*decision.reason_en))
    }

    async fn case(&self, receipt: &Receipt) -> Result<Case, ServiceError> {
        self.inner.store.case(receipt).await?.ok_or(ServiceError::NotFound)
    }

    /// Gives an order as the caller.
    async fn order(&self, caller: &Caller, receipt: &Receipt, order: Order) -> Result<Done, ServiceError> {
        let mut context = CommandContext::new(caller.actor(), caller.now);
        if let Some(key) = &caller.idempotency_key {
            // The same key may stand for one order on one case only.
            let name = format!("{receipt}/{:?}", std::mem::discriminant(&order));
            context = context.idempotent(format!("{receipt}/{key}"), name);
        }
        self.order_in(context, receipt, order).await
    }

    /// Gives an order in a context of its own: that of a job.
    pub(crate) async fn order_in(
        &self,
        context: CommandContext,
        receipt: &Receipt,
        order: Order,
    ) -> Result<Done, ServiceError> {
        let calendar = self.calendar(context.now).await?;
        let stream = stream_of(receipt).map_err(|_| ServiceError::NotFound)?;
        let executed: Executed<Inquiry> =
            self.ledger().execute::<Inquiry>(&stream, Command { order, calendar }, context).await?;
        Ok(Done { receipt: receipt.clone(), inquiry: executed.state, version: executed.version })
    }

    /// The caller as the official who is named in notices.
    fn named(&self, caller: &Caller) -> Result<NamedOfficial, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        let agency = &self.inner.agency;
        let department = principal.department.clone().unwrap_or_else(|| agency.reception_department.clone());
        Ok(NamedOfficial {
            account: principal.account.clone(),
            name: principal.name.clone(),
            department_name: agency.department_names(&department).0,
            telephone: agency.telephone_of(&department),
            department,
        })
    }

    fn account(caller: &Caller) -> Result<String, ServiceError> {
        caller.principal.as_ref().map(|principal| principal.account.clone()).ok_or(ServiceError::SignInRequired)
    }

    /// Whose key seals the petitioner's words of a case.
    fn subject(receipt: &Receipt) -> String {
        petitioner_subject(receipt)
    }
}
