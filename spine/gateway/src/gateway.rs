//! The gateway as a whole: opened, changed, served.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    future::Future,
    pin::pin,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::State, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use maru_ledger::{
    Actor, Clock, CommandContext, DatabaseError, Entropy, ExecuteError, Ledger, LedgerError, StreamId, SystemClock,
    SystemEntropy,
};
use thiserror::Error;
use tokio::net::TcpListener;

use crate::{
    budget::{Budgets, Burst},
    embedded::KnowledgeSource,
    keys::{KeyScope, parse_hash},
    policy::PolicySettings,
    record::Recorder,
    registry::{ChangeRefusal, ModelEntry, Registry, RegistryCommand, RegistryError, RegistryState},
    service,
    upstream::{Balance, Place, Upstream, upstream_of},
};

/// How often a server looks for changes that another server's people made.
const FOLLOW: Duration = Duration::from_secs(5);
/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests that have begun may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);

/// Reads variables of the environment, where back ends' keys are.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a gateway is made of.
#[derive(Clone)]
pub struct GatewayOptions {
    /// Where calls are recorded, budgets counted and the registry kept.
    pub ledger: Ledger,
    /// The registry that an empty deployment begins with.
    pub registry: Registry,
    /// What the embedded model looks into.
    pub knowledge: Option<Arc<dyn KnowledgeSource>>,
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
            knowledge: None,
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
    /// The registry cannot be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A change was refused or could not be recorded.
    #[error(transparent)]
    Change(#[from] ExecuteError<ChangeRefusal>),
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
}

/// A model with the places where it runs.
pub(crate) struct Served {
    pub(crate) entry: ModelEntry,
    pub(crate) balance: Balance,
}

/// The registry as calls use it: replaced whole when it changes, so that a call sees one state of it.
pub(crate) struct Snapshot {
    pub(crate) policy: Arc<PolicySettings>,
    pub(crate) models: HashMap<String, Arc<Served>>,
    pub(crate) order: Vec<String>,
    pub(crate) keys: HashMap<[u8; 32], Arc<Key>>,
    upstreams: HashMap<String, (crate::Backend, Arc<Upstream>)>,
    version: u64,
}

pub(crate) struct Inner {
    snapshot: RwLock<Arc<Snapshot>>,
    pub(crate) budgets: Budgets,
    pub(crate) recorder: Recorder,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) knowledge: Option<Arc<dyn KnowledgeSource>>,
    environment: Environment,
    ledger: Ledger,
    stream: StreamId,
    prefix: String,
    counter: AtomicU64,
}

/// The door to every model. Clone it freely.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
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
        let snapshot = snapshot(registry, version, Some(&before), &self.environment)?;
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
        if ledger.state::<RegistryState>(&stream).await?.is_none() {
            let context = CommandContext::new(Actor::system(), options.clock.now());
            let adopt = RegistryCommand::Adopt(Box::new(options.registry));
            match ledger.execute::<RegistryState>(&stream, adopt, context).await {
                // Another server of this database may have been first.
                Ok(_) | Err(ExecuteError::Refused(ChangeRefusal::Adopted)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let (registry, version) = load(&ledger, &stream).await?;
        let snapshot = snapshot(registry, version, None, &options.environment)?;
        let budgets = Budgets::open(ledger.clone()).await?;
        let mut bytes = [0_u8; 8];
        options.entropy.fill(&mut bytes);
        let prefix = format!("maru-{:016x}-", u64::from_be_bytes(bytes));
        let inner = Arc::new(Inner {
            snapshot: RwLock::new(Arc::new(snapshot)),
            budgets,
            recorder: Recorder::start(ledger.clone()),
            clock: options.clock,
            knowledge: options.knowledge,
            environment: options.environment,
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

    /// Ends in order: the record is complete, budgets that were leased and not used go back.
    ///
    /// # Errors
    /// [`GatewayError::Database`] where the database is gone.
    pub async fn close(&self) -> Result<(), GatewayError> {
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
    environment: &Environment,
) -> Result<Snapshot, GatewayError> {
    let now = Instant::now();
    let mut upstreams = HashMap::new();
    for backend in registry.backends {
        // A back end that did not change keeps its connections and its health.
        let kept = before.and_then(|before| before.upstreams.get(&backend.id)).filter(|(old, _)| *old == backend);
        let upstream = if let Some((_, upstream)) = kept {
            Arc::clone(upstream)
        } else {
            let key = if backend.key_variable.is_empty() { None } else { environment(&backend.key_variable) };
            let made = upstream_of(&backend, key, now);
            Arc::new(made.map_err(|reason| GatewayError::Backend { backend: backend.id.clone(), reason })?)
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
        models.insert(entry.id.clone(), Arc::new(Served { entry, balance }));
    }
    let keys = registry.keys.into_iter().filter_map(|scope| {
        let digest = parse_hash(&scope.hash)?;
        let burst = scope.calls_per_second.map(|rate| Burst::new(rate, now));
        let owner = format!("key:{}", scope.id);
        Some((digest, Arc::new(Key { scope, burst, owner })))
    });
    Ok(Snapshot { policy: Arc::new(registry.policy), models, order, keys: keys.collect(), upstreams, version })
}

/// Serves the gateway alone until `until` is done; calls that have begun are finished, for half a minute at most.
pub async fn serve(listener: TcpListener, gateway: Gateway, until: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let mut until = pin!(until);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut until => break,
        };
        let Ok((stream, _)) = accepted else {
            // No file descriptor is left: some will be soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let gateway = gateway.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let gateway = gateway.clone();
            async move { Ok::<_, Infallible>(gateway.answer(request.map(Body::new)).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // What ends a connection early is the other side's business.
            drop(connection.await);
        });
    }
    drop(listener);
    drop(tokio::time::timeout(FAREWELL, connections.shutdown()).await);
    if let Err(error) = gateway.close().await {
        tracing::warn!(%error, "budgets that were not used could not be given back");
    }
}
