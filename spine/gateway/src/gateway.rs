//! The gateway as a whole: opened, changed, mounted.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::State, http::Request, response::Response};
use jiff::Timestamp;
use maru_ledger::{
    Actor, AppendError, Clock, CommandContext, DatabaseError, Entropy, ExecuteError, Ledger, LedgerError, StreamId,
    SystemClock, SystemEntropy,
};
use maru_local_llm::LocalModels;
use thiserror::Error;

use crate::{
    actions::ActionRefusal,
    budget::{Budgets, Burst},
    cache::Cache,
    client::Client,
    dry_run::{DryRun, dry_run},
    embedded::KnowledgeSource,
    evaluate::EvaluationRefusal,
    keys::{KeyScope, parse_hash},
    local::LocalServer,
    policy::{self, DataClass, Inspected, PolicySettings},
    prompts::PromptRefusal,
    record::{self, CallQuery, CallRow, RecordedCall, Recorder, Spending, Traffic, TrafficQuery},
    registry::{
        Backend, ChangeRefusal, ModelEntry, Purpose, Registry, RegistryCommand, RegistryError, RegistryState,
        purpose_of,
    },
    service::{self, OwnTools, ServedTools, Sockets},
    telemetry::Telemetry,
    upstream::{Balance, Line, Place, Retries, Upstream, upstream_of},
    uses::{Decided, UsePolicy},
};

/// The variable that names the collector of telemetry, such as `http://127.0.0.1:4318`.
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// How often a server looks for changes that another server's people made.
const FOLLOW: Duration = Duration::from_secs(5);
/// Reads variables of the environment, where back ends' keys are.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a gateway is made of.
#[derive(Clone)]
pub struct GatewayOptions {
    /// Where calls are recorded, budgets counted and the registry kept.
    pub ledger: Ledger,
    /// The registry that an empty deployment begins with.
    pub registry: Registry,
    /// A server and a model that the configuration file of the deployment names: they are put into the registry whenever they are not
    /// there as they stand here.
    pub configured: Option<(Backend, ModelEntry)>,
    /// What the embedded model looks into.
    pub knowledge: Option<Arc<dyn KnowledgeSource>>,
    /// Services of this program that are offered as tools, at the server of tools `maru`.
    pub own_tools: Option<Arc<dyn OwnTools>>,
    /// Who decides which key may use which model for its purpose; without one, keys alone say what they may use.
    pub use_policy: Option<Arc<dyn UsePolicy>>,
    /// Models whose weights this program holds, by the names that back ends' addresses give them (`local:NAME`).
    pub local_models: LocalModels,
    /// How long a WebSocket may last: an hour, as Open Responses has it.
    pub socket_lasts: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Variables that hold back ends' keys.
    pub environment: Environment,
}

impl GatewayOptions {
    /// The system's clock, randomness and environment; no knowledge.
    pub fn new(ledger: Ledger, registry: Registry) -> Self {
        Self {
            ledger,
            registry,
            configured: None,
            knowledge: None,
            own_tools: None,
            use_policy: None,
            local_models: LocalModels::new(),
            socket_lasts: Duration::from_hours(1),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            environment: Arc::new(|name| std::env::var(name).ok()),
        }
    }
}

/// Why a gateway could not be opened or changed.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The system gives no more threads.
    #[error("calls cannot be recorded, since the system gives no more threads: {0}")]
    Threads(std::io::Error),
    /// The registry cannot be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// What was to be forgotten could not be.
    #[error("texts that are to be forgotten could not be: {0}")]
    Forget(#[from] AppendError),
    /// A change was refused or could not be recorded.
    #[error(transparent)]
    Change(#[from] ExecuteError<ChangeRefusal>),
    /// What a machine asked for cannot be decided so.
    #[error(transparent)]
    Action(#[from] ExecuteError<ActionRefusal>),
    /// An evaluation cannot be made so.
    #[error(transparent)]
    Evaluation(#[from] ExecuteError<EvaluationRefusal>),
    /// The library of prompts refuses.
    #[error(transparent)]
    Prompt(#[from] ExecuteError<PromptRefusal>),
    /// A back end cannot be used.
    #[error("back end {backend:?} cannot be used: {reason}")]
    Backend {
        /// Its name.
        backend: String,
        /// What is wrong.
        reason: String,
    },
}

/// A key with what it needs at run time.
pub(crate) struct Key {
    pub(crate) scope: KeyScope,
    pub(crate) burst: Option<Burst>,
    pub(crate) owner: String,
    /// What was decided of its use of models. The registry makes keys anew when it changes.
    pub(crate) decided: Decided,
}

impl Key {
    fn new(scope: KeyScope, now: Instant) -> Self {
        let burst = scope.calls_per_second.map(|rate| Burst::new(rate, now));
        let owner = format!("key:{}", scope.id);
        Self { scope, burst, owner, decided: Decided::default() }
    }
}

impl Snapshot {
    /// The purpose of a key as it was approved.
    pub(crate) fn purpose_of(&self, key: &KeyScope) -> Option<&Purpose> {
        purpose_of(&self.purposes, &key.agency, &key.purpose)
    }

    /// The rules of an agency.
    pub(crate) fn policy_of(&self, agency: &str) -> &Arc<PolicySettings> {
        self.agency_policies.get(agency).unwrap_or(&self.policy)
    }
}

/// A model with the places where it runs.
pub(crate) struct Served {
    pub(crate) entry: ModelEntry,
    pub(crate) balance: Balance,
    pub(crate) retries: Retries,
    /// Calls so far that may be copied to a shadow, and copies that are under way.
    pub(crate) copies: Copies,
    /// The one agency that its servers work for.
    pub(crate) tenant: Option<String>,
}

impl Served {
    /// Whether its servers work for this agency.
    pub(crate) fn works_for(&self, agency: &str) -> bool {
        self.tenant.as_deref().is_none_or(|tenant| tenant == agency)
    }
}

/// What is counted of the copies that go to a shadow.
#[derive(Default)]
pub(crate) struct Copies {
    pub(crate) calls: AtomicU64,
    pub(crate) under_way: AtomicU32,
}

/// The registry as calls use it: replaced whole when it changes, so that a call sees one state of it.
pub(crate) struct Snapshot {
    policy: Arc<PolicySettings>,
    agency_policies: HashMap<String, Arc<PolicySettings>>,
    pub(crate) models: HashMap<String, Arc<Served>>,
    pub(crate) order: Vec<String>,
    pub(crate) tool_servers: HashMap<String, Arc<ServedTools>>,
    pub(crate) keys: HashMap<[u8; 32], Arc<Key>>,
    /// Purposes that were approved.
    purposes: Vec<Purpose>,
    pub(crate) upstreams: HashMap<String, (Backend, Arc<Upstream>)>,
    pub(crate) version: u64,
}

/// What servers are made with, beside what the registry says of them.
struct Makings {
    environment: Environment,
    local_models: LocalModels,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    line: Arc<Line>,
}

impl Makings {
    fn upstream(&self, backend: &Backend, now: Instant) -> Result<Arc<Upstream>, GatewayError> {
        let key = if backend.key_variable.is_empty() { None } else { (self.environment)(&backend.key_variable) };
        let local = |name: &str| {
            let model = Arc::clone(self.local_models.get(name)?);
            Some(LocalServer { model, clock: Arc::clone(&self.clock), entropy: Arc::clone(&self.entropy) })
        };
        let made = upstream_of(backend, key.as_deref(), local, now, Arc::clone(&self.line));
        made.map(Arc::new).map_err(|reason| GatewayError::Backend { backend: backend.id.clone(), reason })
    }
}

pub(crate) struct Inner {
    snapshot: RwLock<Arc<Snapshot>>,
    pub(crate) budgets: Budgets,
    pub(crate) recorder: Recorder,
    pub(crate) cache: Cache,
    /// Who waits for a place at a back end.
    pub(crate) line: Arc<Line>,
    /// WebSockets that are held.
    pub(crate) sockets: Arc<Sockets>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) knowledge: Option<Arc<dyn KnowledgeSource>>,
    pub(crate) own_tools: Option<Arc<dyn OwnTools>>,
    pub(crate) use_policy: Option<Arc<dyn UsePolicy>>,
    makings: Makings,
    pub(crate) ledger: Ledger,
    stream: StreamId,
    prefix: String,
    counter: AtomicU64,
}

/// How a back end is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackendState {
    /// Calls that it is busy with.
    pub at_once: u32,
    /// It failed and is left alone for a moment.
    pub rests: bool,
}

/// The door to every model. Clone it freely.
#[derive(Clone)]
pub struct Gateway {
    pub(crate) inner: Arc<Inner>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let models = self.inner.snapshot().models.len();
        formatter.debug_struct("Gateway").field("models", &models).finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A name for a call, unique among all servers.
    pub(crate) fn call_id(&self) -> String {
        format!("{}{:x}", self.prefix, self.counter.fetch_add(1, Ordering::Relaxed))
    }

    async fn reload(&self) -> Result<(), GatewayError> {
        let (registry, version) = load(&self.ledger, &self.stream).await?;
        let before = self.snapshot();
        if before.version == version {
            return Ok(());
        }
        let snapshot = snapshot(registry, version, Some(&before), &self.makings)?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }
}

impl Gateway {
    /// Opens the gateway of a deployment. An empty one adopts the registry in the options; later ones keep what events made of it.
    ///
    /// # Errors
    /// [`GatewayError`] where the database or the registry cannot be used.
    pub async fn open(options: GatewayOptions) -> Result<Self, GatewayError> {
        options.registry.check()?;
        let stream = StreamId::new("gateway.registry", 1).map_err(|error| RegistryError::Wrong(error.to_string()))?;
        let ledger = options.ledger;
        let context = || CommandContext::new(Actor::system(), options.clock.now());
        if ledger.state::<RegistryState>(&stream).await?.is_none() {
            let adopt = RegistryCommand::Adopt(Box::new(options.registry));
            match ledger.execute::<RegistryState>(&stream, adopt, context()).await {
                // Another server of this database may have been first.
                Ok(_) | Err(ExecuteError::Refused(ChangeRefusal::Adopted)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if let Some((backend, model)) = options.configured {
            let configure = RegistryCommand::Configure { backend: Box::new(backend), model: Box::new(model) };
            ledger.execute::<RegistryState>(&stream, configure, context()).await?;
        }
        let (registry, version) = load(&ledger, &stream).await?;
        let line = Arc::<Line>::default();
        let makings = Makings {
            environment: options.environment,
            local_models: options.local_models,
            clock: Arc::clone(&options.clock),
            entropy: Arc::clone(&options.entropy),
            line: Arc::clone(&line),
        };
        let snapshot = snapshot(registry, version, None, &makings)?;
        let telemetry = (makings.environment)(COLLECTOR).map(|endpoint| Telemetry::start(&endpoint)).transpose();
        let telemetry = telemetry.map_err(|reason| GatewayError::Backend { backend: COLLECTOR.into(), reason })?;
        let budgets = Budgets::open(ledger.clone()).await?;
        let mut bytes = [0_u8; 8];
        options.entropy.fill(&mut bytes);
        let prefix = format!("maru-{:016x}-", u64::from_be_bytes(bytes));
        let inner = Arc::new(Inner {
            snapshot: RwLock::new(Arc::new(snapshot)),
            budgets,
            recorder: Recorder::start(ledger.clone(), telemetry).map_err(GatewayError::Threads)?,
            cache: Cache::default(),
            line,
            sockets: Arc::new(Sockets::new(options.socket_lasts)),
            clock: options.clock,
            knowledge: options.knowledge,
            own_tools: options.own_tools,
            use_policy: options.use_policy,
            makings,
            ledger,
            stream,
            prefix,
            counter: AtomicU64::new(1),
        });
        tokio::spawn(follow(Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// Gives a command to the registry, as `by`; in force on this server when this returns.
    ///
    /// # Errors
    /// [`GatewayError::Change`] where it is refused.
    pub async fn change(&self, command: RegistryCommand, by: &str) -> Result<RegistryState, GatewayError> {
        let context = CommandContext::new(Actor::new(by, "gateway-administrator"), self.inner.clock.now());
        let done = self.inner.ledger.execute::<RegistryState>(&self.inner.stream, command, context).await?;
        self.inner.reload().await?;
        Ok(done.state)
    }

    /// The registry as it stands, with its changes.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where it cannot be read.
    pub async fn registry(&self) -> Result<RegistryState, GatewayError> {
        let state = self.inner.ledger.state::<RegistryState>(&self.inner.stream).await?;
        Ok(state.map(|(state, _)| state).unwrap_or_default())
    }

    /// The traffic of a time.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where it cannot be read.
    pub async fn traffic(&self, query: TrafficQuery) -> Result<Traffic, GatewayError> {
        Ok(record::traffic(&self.inner.ledger, query).await?)
    }

    /// A call on the record, with its texts where they are still kept.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where it cannot be read.
    pub async fn recorded_call(&self, id: &str) -> Result<Option<RecordedCall>, GatewayError> {
        Ok(record::recorded_call(&self.inner.ledger, id).await?)
    }

    /// Calls on the record, the newest first.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where they cannot be read.
    pub async fn calls(&self, query: CallQuery) -> Result<Vec<CallRow>, GatewayError> {
        Ok(record::listed_calls(&self.inner.ledger, query).await?)
    }

    /// What every key spent this month and what it comes to if it goes on so, the dearest first.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where it cannot be read.
    pub async fn spending(&self, now: Timestamp) -> Result<Vec<Spending>, GatewayError> {
        Ok(record::spending(&self.inner.ledger, now).await?)
    }

    /// How the back ends are now, as this server sees them.
    pub fn backend_states(&self) -> BTreeMap<String, BackendState> {
        let now = Instant::now();
        let state =
            |upstream: &Upstream| BackendState { at_once: upstream.load(), rests: upstream.health.is_resting(now) };
        let snapshot = self.inner.snapshot();
        snapshot.upstreams.iter().map(|(id, (_, upstream))| (id.clone(), state(upstream))).collect()
    }

    /// What the tools of a registered server say of themselves now, as MCP lists them; nothing where none of that name is registered.
    ///
    /// # Errors
    /// In words, where it does not answer.
    pub async fn tools_said_by(&self, name: &str) -> Option<Result<Vec<serde_json::Value>, String>> {
        let served = self.inner.snapshot().tool_servers.get(name).cloned()?;
        Some(served.said().await)
    }

    /// The newest calls since then, at most so many, the oldest first.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where they cannot be read.
    pub async fn recorded_since(&self, from: Timestamp, most: u32) -> Result<Vec<RecordedCall>, GatewayError> {
        Ok(record::recorded_since(&self.inner.ledger, from.as_microsecond(), most).await?)
    }

    /// What other rules would have done with the newest calls of an agency since then, at most so many; of every agency where none is named.
    ///
    /// # Errors
    /// [`GatewayError::Ledger`] where they cannot be read.
    pub async fn would_have_done(
        &self,
        rules: &PolicySettings,
        agency: Option<&str>,
        (from, most): (Timestamp, u32),
    ) -> Result<DryRun, GatewayError> {
        let mut calls = self.recorded_since(from, most).await?;
        calls.retain(|call| agency.is_none_or(|agency| call.record.agency == agency));
        Ok(dry_run(&calls, rules))
    }

    /// What the rules of an agency make of a text, before anything is sent.
    pub fn inspect(&self, text: &str, declared: DataClass) -> Inspected {
        policy::inspect(text, self.inner.snapshot().policy_of(""), declared)
    }

    /// Destroys the keys of texts that agencies' rules keep no longer; says of how many agencies and months.
    ///
    /// # Errors
    /// [`GatewayError`] where the database is gone.
    pub async fn forget_expired(&self) -> Result<usize, GatewayError> {
        let registry = self.registry().await?.registry;
        let now = self.inner.clock.now();
        let months_of =
            |agency: &str| registry.agency_policies.get(agency).unwrap_or(&registry.policy).retention_months;
        Ok(record::forget_expired(&self.inner.ledger, months_of, now).await?)
    }

    /// A caller inside this program. Where the registry has a key of the same name, its limits hold instead of those given.
    pub fn client(&self, scope: KeyScope) -> Client {
        let snapshot = self.inner.snapshot();
        let registered = snapshot.keys.values().find(|key| key.scope.id == scope.id).cloned();
        let key = registered.unwrap_or_else(|| Arc::new(Key::new(scope, Instant::now())));
        Client::new(Arc::clone(&self.inner), key)
    }

    /// Puts invented calls on the record: for demonstrations, which say so on their pages.
    pub fn record_invented(&self, calls: impl IntoIterator<Item: Into<RecordedCall>>) {
        self.inner.recorder.hand_in_invented(calls.into_iter().map(Into::into));
    }

    /// Answers one request, whatever stands before `/v1` in its address.
    pub async fn answer(&self, request: Request<Body>) -> Response {
        service::answer(&self.inner, request).await
    }

    /// Routes to be mounted where the API shall be, for instance under `/ai/v1`.
    pub fn router(&self) -> Router {
        let answer = |State(gateway): State<Self>, request: Request<Body>| async move { gateway.answer(request).await };
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Waits until every call so far is durably on the record.
    pub async fn flush(&self) {
        self.inner.recorder.flush().await;
    }

    /// Ends in order: WebSockets are closed after their turn, the record is complete, budgets that were leased and not used go back.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where the database is gone.
    pub async fn close(&self) -> Result<(), GatewayError> {
        self.inner.sockets.close().await;
        self.flush().await;
        Ok(self.inner.budgets.give_back().await?)
    }
}

async fn load(ledger: &Ledger, stream: &StreamId) -> Result<(Registry, u64), GatewayError> {
    let state = ledger.state::<RegistryState>(stream).await?;
    Ok(state.map(|(state, version)| (state.registry, version)).unwrap_or_default())
}

/// Takes up what other servers of the database changed.
async fn follow(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(FOLLOW).await;
        let Some(inner) = inner.upgrade() else { return };
        if let Err(error) = inner.reload().await {
            tracing::warn!(%error, "the registry of the gateway could not be taken up");
        }
    }
}

fn snapshot(
    registry: Registry,
    version: u64,
    before: Option<&Snapshot>,
    makings: &Makings,
) -> Result<Snapshot, GatewayError> {
    let now = Instant::now();
    let mut upstreams = HashMap::new();
    let tool_servers = registry.tool_servers.into_iter().map(|entry| {
        let known = before.and_then(|before| before.tool_servers.get(&entry.id)).filter(|known| known.entry == entry);
        if let Some(known) = known {
            return Ok((entry.id, Arc::clone(known)));
        }
        let mut backend = Backend::new(&entry.id, &entry.url, entry.zone);
        backend.key_variable.clone_from(&entry.key_variable);
        (backend.first_byte_seconds, backend.idle_seconds) = (entry.idle_seconds, entry.idle_seconds);
        let upstream = makings.upstream(&backend, now)?;
        Ok((entry.id.clone(), Arc::new(ServedTools::new(entry, upstream))))
    });
    let tool_servers = tool_servers.collect::<Result<HashMap<_, _>, GatewayError>>()?;
    for backend in registry.backends {
        // A back end that did not change keeps its connections and its health.
        let kept = before.and_then(|before| before.upstreams.get(&backend.id)).filter(|(old, _)| *old == backend);
        let upstream = match kept {
            Some((_, upstream)) => Arc::clone(upstream),
            None => makings.upstream(&backend, now)?,
        };
        upstreams.insert(backend.id.clone(), (backend, upstream));
    }
    let mut models = HashMap::new();
    let mut order = Vec::new();
    for entry in registry.models {
        let places = entry.routes.iter().filter_map(|route| {
            let (_, upstream) = upstreams.get(&route.backend)?;
            let upstream = Arc::clone(upstream);
            Some(Place { upstream, model: route.model.clone(), version: route.version.clone(), weight: route.weight })
        });
        let balance = Balance::new(places.collect());
        order.push(entry.id.clone());
        let tenant = entry.routes.iter().find_map(|route| upstreams.get(&route.backend));
        let tenant = tenant.map(|(backend, _)| backend.tenant.clone()).filter(|tenant| !tenant.is_empty());
        let served = Served { entry, balance, retries: Retries::default(), copies: Copies::default(), tenant };
        models.insert(served.entry.id.clone(), Arc::new(served));
    }
    let keys = registry.keys.into_iter().flat_map(|scope| {
        let former = scope.former.as_ref().map(|former| former.hash.clone());
        let hashes = [Some(scope.hash.clone()), former];
        let key = Arc::new(Key::new(scope, now));
        // A key and the one that it replaced share budgets and burst.
        hashes.into_iter().flatten().filter_map(move |hash| Some((parse_hash(&hash)?, Arc::clone(&key))))
    });
    let purposes = registry.purposes;
    let agency_policies = registry.agency_policies.into_iter().map(|(agency, policy)| (agency, Arc::new(policy)));
    let (policy, agency_policies) = (Arc::new(registry.policy), agency_policies.collect());
    let keys = keys.collect();
    Ok(Snapshot { policy, agency_policies, models, order, tool_servers, keys, purposes, upstreams, version })
}
