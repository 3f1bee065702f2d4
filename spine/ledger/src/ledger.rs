//! The handle through which everybody uses the ledger: opening, commands, reads and writes. Jobs, the public log and
//! upkeep are in modules beside this one.

use std::{
    collections::HashSet,
    fmt,
    pin::Pin,
    sync::{Arc, mpsc},
    time::Instant,
};

use serde_json::Value as Json;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::{
    aggregate::{Aggregate, CommandContext, ExecuteError, Executed},
    append::{Append, AppendError, Appended, ExpectedVersion, StreamChange},
    courtesy,
    database::{Access, Address, DatabaseError, Row, Sql, USUAL_PAGE_CACHE},
    entropy::{Entropy, SystemEntropy},
    event::{NewEvent, Personal, RecordedEvent, StreamId},
    idempotency::remembered,
    jobs::NewJob,
    keys::LedgerKeys,
    merkle::checkpoint::NoteVerifier,
    open,
    projection::Projection,
    readers::{Readers, answer, spawn},
    record::EventRecord,
    schema,
    seal::{SealError, Sealed, as_sealed, open_payload, seal_value, sealed_json, sealed_values},
    stage::recorded_event,
    vault::{KeyCache, SubjectKey, SubjectKeys, find_keys, find_or_make_key},
    writer::{Also, Job, Work, Writer},
    written::{GivenEvent, WrittenEvent, given},
};

/// Hears how far a long task is: events done, events in all.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What is still to come. In a box, so that it is compiled once for each aggregate: what waits for an `async fn` itself compiles a copy
/// of it, in each unit of each crate.
pub type Coming<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How a ledger is opened.
#[derive(Clone)]
pub struct LedgerConfig {
    /// `sqlite:PATH` or `postgres://user@host/database`.
    pub database: String,
    /// The keys of the deployment.
    pub keys: LedgerKeys,
    /// The log's name in checkpoints: a host and a path without scheme, such as `maru.example.go.kr/log`. It is chosen
    /// once and for all.
    pub origin: String,
    /// How many connections serve reads.
    pub readers: usize,
    /// KiB of an SQLite file that each connection keeps in memory; 32,768 at first. Whoever mostly writes needs few.
    pub page_cache: u32,
    /// In the middle of its work the writer lets threads go first that wait for its processor: for servers whose answers do not wait for commits.
    pub courteous_writer: bool,
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
    /// Hears how far deriving projections again is.
    pub progress: Option<Progress>,
}

impl LedgerConfig {
    /// A configuration with four readers and the system's randomness.
    pub fn new(database: impl Into<String>, keys: LedgerKeys, origin: impl Into<String>) -> Self {
        Self {
            database: database.into(),
            keys,
            origin: origin.into(),
            readers: 4,
            page_cache: USUAL_PAGE_CACHE,
            courteous_writer: false,
            entropy: Arc::new(SystemEntropy),
            progress: None,
        }
    }
}

impl fmt::Debug for LedgerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The database's address may hold a password.
        formatter.debug_struct("LedgerConfig").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Why the ledger could not be opened or read.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum LedgerError {
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A personal fact could not be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An event cannot be understood.
    #[error("the event at position {position} ({kind}) cannot be understood: {reason}")]
    Event {
        /// Its position.
        position: u64,
        /// Its kind.
        kind: String,
        /// What is wrong.
        reason: String,
    },
    /// The log in the database is another's.
    #[error("{reason}")]
    Log {
        /// What does not fit, and what to do.
        reason: String,
    },
}

pub(crate) struct Inner {
    pub(crate) address: Address,
    pub(crate) keys: LedgerKeys,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) projections: Vec<Arc<dyn Projection>>,
    pub(crate) verifier: NoteVerifier,
    pub(crate) progress: Option<Progress>,
    pub(crate) key_cache: KeyCache,
    queue: mpsc::Sender<Work>,
    readers: Readers,
    /// Reads keys while other readers may be waiting for one.
    vault: Readers,
}

/// The ledger: clone it freely, use it from any task.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) inner: Arc<Inner>,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ledger").field("log", &self.inner.verifier.name()).finish_non_exhaustive()
    }
}

impl Inner {
    /// Overwrites what was deleted, as far as the database allows, on a connection of its own.
    pub(crate) async fn forget_deleted(&self) -> Result<(), DatabaseError> {
        let mut connection = self.address.connection(Access::Write)?;
        let (reply, done) = oneshot::channel();
        spawn("forget", move || drop(reply.send(connection.forget_deleted())))?;
        answer(done).await
    }
}

/// How often a command is decided anew when others change its stream in between.
const ATTEMPTS: usize = 32;

impl Ledger {
    /// Opens the ledger, makes its tables where they are missing, and derives projections whose version changed.
    pub async fn open(config: LedgerConfig, projections: Vec<Arc<dyn Projection>>) -> Result<Self, LedgerError> {
        let address = Address::parse(&config.database)?.with_page_cache(config.page_cache);
        let verifier = NoteVerifier::new(&config.origin, config.keys.signing_key().verifying_key());
        let readers = Readers::start(&address, config.readers, "reader")?;
        let vault = Readers::start(&address, 1, "vault")?;
        let connection = address.connection(Access::Write)?;
        let (queue, work) = mpsc::channel();
        let (ready, opened) = oneshot::channel();
        let preparation = open::Preparation {
            keys: config.keys.clone(),
            origin: config.origin,
            entropy: Arc::clone(&config.entropy),
            projections: projections.clone(),
            progress: config.progress.clone(),
        };
        spawn("writer", move || {
            if config.courteous_writer {
                courtesy::begin();
            }
            let mut connection = connection;
            match preparation.run(&mut *connection) {
                Ok(context) => {
                    if ready.send(Ok(())).is_ok() {
                        Writer::new(connection, context).serve(&work);
                    }
                }
                Err(error) => {
                    connection.rollback();
                    let _ = ready.send(Err(error));
                }
            }
        })?;
        opened.await.unwrap_or(Err(DatabaseError::Closed.into()))?;
        let inner = Inner {
            address,
            keys: config.keys,
            entropy: config.entropy,
            projections,
            verifier,
            progress: config.progress,
            key_cache: KeyCache::default(),
            queue,
            readers,
            vault,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Waits until what was queued is durable and the writer has let go of the database.
    pub async fn close(self) {
        let (reply, done) = oneshot::channel();
        if self.inner.queue.send(Work::Stop(reply)).is_ok() {
            let _ = done.await;
        }
    }

    /// Loads the stream, decides, and appends what happened; on a version conflict decides anew.
    pub fn execute<'a, A: Aggregate>(
        &'a self,
        stream: &'a StreamId,
        command: A::Command,
        context: CommandContext,
    ) -> Coming<'a, Result<Executed<A>, ExecuteError<A::Refusal>>> {
        Box::pin(self.load_and_decide(stream, command, context))
    }

    async fn load_and_decide<A: Aggregate>(
        &self,
        stream: &StreamId,
        command: A::Command,
        context: CommandContext,
    ) -> Result<Executed<A>, ExecuteError<A::Refusal>> {
        let mut conflict = None;
        for _ in 0..ATTEMPTS {
            let (before, state, version) = self.load::<A>(stream, &context).await?;
            if let Some(outcome) = before {
                return self.repeat(outcome).await;
            }
            match self.decide_and_append(stream, (state, version), command.clone(), &context).await {
                Err(ExecuteError::Append(error @ AppendError::Conflict { .. })) => conflict = Some(error),
                done => return done,
            }
        }
        Err(conflict.unwrap_or(AppendError::Database(DatabaseError::Closed)).into())
    }

    /// As [`Self::execute`], for a stream that very likely does not exist because its name was drawn by chance: it decides
    /// without reading before, and reads only where that turns out wrong. The writer looks at version and idempotency key
    /// in any case.
    pub fn execute_on_new<'a, A: Aggregate>(
        &'a self,
        stream: &'a StreamId,
        command: A::Command,
        context: CommandContext,
    ) -> Coming<'a, Result<Executed<A>, ExecuteError<A::Refusal>>> {
        Box::pin(self.decide_and_only_then_load(stream, command, context))
    }

    async fn decide_and_only_then_load<A: Aggregate>(
        &self,
        stream: &StreamId,
        command: A::Command,
        context: CommandContext,
    ) -> Result<Executed<A>, ExecuteError<A::Refusal>> {
        match self.decide_and_append(stream, (A::default(), 0), command.clone(), &context).await {
            // The stream exists after all; or the command was taken before, at an instant when it was not refused.
            Err(ExecuteError::Append(AppendError::Conflict { .. }) | ExecuteError::Refused(_)) => {
                self.load_and_decide(stream, command, context).await
            }
            done => done,
        }
    }

    async fn decide_and_append<A: Aggregate>(
        &self,
        stream: &StreamId,
        (mut state, version): (A, u64),
        command: A::Command,
        context: &CommandContext,
    ) -> Result<Executed<A>, ExecuteError<A::Refusal>> {
        check_kind::<A>(stream)?;
        let events = state.decide(command, context.now).map_err(ExecuteError::Refused)?;
        let (new_events, jobs) = evolve_all(&mut state, &events)?;
        if new_events.is_empty() && context.completes.is_none() {
            return Ok(Executed { stream: stream.clone(), state, version, events: Vec::new(), repeated: false });
        }
        let append = Append {
            stream: stream.clone(),
            expected: ExpectedVersion::Exactly(version),
            events: new_events.clone(),
            jobs,
            context: context.clone(),
        };
        let appended = self.append(append).await?;
        if appended.repeated {
            return self.repeat(appended).await;
        }
        let events = as_recorded(new_events, &appended, context);
        Ok(Executed { stream: stream.clone(), state, version: appended.version, events, repeated: false })
    }

    /// The state of a stream and its version; nothing if it does not exist.
    pub fn state<'a, A: Aggregate>(
        &'a self,
        stream: &'a StreamId,
    ) -> Coming<'a, Result<Option<(A, u64)>, LedgerError>> {
        Box::pin(async {
            let events = self.events(stream).await?;
            if events.is_empty() {
                return Ok(None);
            }
            fold(&events).map(Some)
        })
    }

    /// Appends events. When this returns, they are durable.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.append_also(append, Also::Nothing).await
    }

    /// Changes several streams together: all of it or nothing, in one transaction. The context's key and job belong to the
    /// first; if the command was given before, only the outcome of the first is given, marked as repeated.
    pub async fn append_together(
        &self,
        changes: Vec<StreamChange>,
        context: CommandContext,
    ) -> Result<Vec<Appended>, AppendError> {
        let streams: HashSet<&StreamId> = changes.iter().map(|change| &change.stream).collect();
        if streams.len() < changes.len() {
            return Err(DatabaseError::work("changes that go together name a stream twice: join them").into());
        }
        let rest = CommandContext::new(context.actor.clone(), context.now);
        let contexts = std::iter::once(context).chain(std::iter::repeat(rest));
        let given = changes.into_iter().zip(contexts).map(|(change, context)| given(change.given(context)));
        let unit: Vec<Append<GivenEvent>> = given.collect();
        if unit.is_empty() { Ok(Vec::new()) } else { self.append_unit(unit, Also::Nothing).await }
    }

    /// Appends events that are written already. When this returns, they are durable.
    pub async fn append_written(&self, append: Append<WrittenEvent>) -> Result<Appended, AppendError> {
        let outcome = self.append_unit(vec![given(append)], Also::Nothing).await?;
        outcome.into_iter().next().ok_or_else(|| DatabaseError::Closed.into())
    }

    pub(crate) async fn append_also(&self, append: Append, also: Also) -> Result<Appended, AppendError> {
        let outcome = self.append_unit(vec![given(append)], also).await?;
        outcome.into_iter().next().ok_or_else(|| DatabaseError::Closed.into())
    }

    async fn append_unit(&self, unit: Vec<Append<GivenEvent>>, also: Also) -> Result<Vec<Appended>, AppendError> {
        let (reply, outcome) = oneshot::channel();
        if self.inner.queue.send(Work::Append(unit, also, reply)).is_err() {
            return Err(DatabaseError::Closed.into());
        }
        outcome.await.unwrap_or(Err(DatabaseError::Closed.into()))
    }

    /// The events of a stream in their order, with personal facts open.
    pub async fn events(&self, stream: &StreamId) -> Result<Vec<RecordedEvent>, LedgerError> {
        let name = stream.as_str().to_owned();
        let keys = self.inner.keys.clone();
        self.read_opened(move |sql| {
            let rows = sql.query(&format!("{SELECT_RECORD} WHERE stream = $1 ORDER BY version"), &[name.into()])?;
            open_records(sql, &keys, &rows)
        })
        .await
    }

    /// At most `limit` events of the whole log from `position` on, with personal facts open.
    pub async fn events_from(&self, position: u64, limit: u32) -> Result<Vec<RecordedEvent>, LedgerError> {
        let keys = self.inner.keys.clone();
        self.read_opened(move |sql| {
            let statement = format!("{SELECT_RECORD} WHERE position >= $1 ORDER BY position LIMIT $2");
            let rows = sql.query(&statement, &[position.into(), limit.into()])?;
            open_records(sql, &keys, &rows)
        })
        .await
    }

    /// Reads what also needs keys: the two kinds of error are told apart.
    pub(crate) async fn read_opened<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, LedgerError> + Send + 'static,
    {
        self.read(move |sql| match work(sql) {
            Err(LedgerError::Database(error)) => Err(error),
            other => Ok(other),
        })
        .await?
    }

    /// Reads from projections and other tables, in one consistent snapshot.
    pub async fn read<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        answer(self.inner.readers.ask(work)).await
    }

    /// Writes to tables that are not events (sessions, knowledge, models), as one unit: all of it or nothing. Long work
    /// keeps appends waiting; divide it.
    pub async fn write<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        self.queue_task(work, Work::Write).await
    }

    /// Writes in a transaction of its own.
    pub(crate) async fn write_alone<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        self.queue_task(work, Work::Alone).await
    }

    async fn queue_task<T, F>(
        &self,
        work: F,
        form: fn(Box<dyn crate::writer::Task>) -> Work,
    ) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, DatabaseError> + Send + 'static,
    {
        let (task, outcome) = Job::task(work);
        if self.inner.queue.send(form(task)).is_err() {
            return Err(DatabaseError::Closed);
        }
        answer(outcome).await
    }

    /// Defines the tables of `owner` that are not projections. The list of statements only ever grows at its end: those
    /// that did not run yet, run. Tables defined so are part of backups.
    pub async fn define(&self, owner: &str, statements: &[&str]) -> Result<(), DatabaseError> {
        if owner == schema::LEDGER || owner.starts_with(open::PROJECTION_OWNER) {
            return Err(DatabaseError::work(format!("{owner} is a name that the ledger keeps for itself")));
        }
        let owner = owner.to_owned();
        let statements: Vec<String> = statements.iter().map(|statement| (*statement).to_owned()).collect();
        self.write_alone(move |sql| {
            let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
            schema::define(sql, &owner, &statements)
        })
        .await
    }

    /// Seals a personal fact for a table that is not an event; gives the JSON text to be stored.
    pub async fn seal(&self, personal: &Personal, now: jiff::Timestamp) -> Result<String, SealError> {
        let Some(value) = personal.value.clone() else {
            return Err(SealError::Erased { subject: personal.subject.clone() });
        };
        let subject = personal.subject.clone();
        let (keys, entropy) = (self.inner.keys.clone(), Arc::clone(&self.inner.entropy));
        let sealed = self.write(move |sql| match find_or_make_key(sql, &keys, &*entropy, &subject, now) {
            Ok(key) => Ok(Ok(seal_value(&key, &subject, &value, &*entropy))),
            Err(SealError::Database(error)) => Err(error),
            Err(error) => Ok(Err(error)),
        });
        Ok(sealed_json(&sealed.await??).to_string())
    }

    /// Opens a sealed fact, as projections hold it. After erasure the value is nothing. It may ask the database and wait
    /// for the answer: some tens of microseconds.
    pub fn unseal(&self, sealed_json: &str) -> Result<Personal, SealError> {
        let damaged = |reason: String| SealError::Damaged { reason };
        let json: Json = serde_json::from_str(sealed_json).map_err(|error| damaged(error.to_string()))?;
        let Some(sealed) = as_sealed(&json) else {
            // Facts that were erased before they were appended stand there open, without a value.
            return serde_json::from_value(json).map_err(|error| damaged(error.to_string()));
        };
        let sealed = sealed?;
        let opened = self.subject_key(&sealed.subject)?.open(&sealed)?;
        Ok(Personal { subject: sealed.subject, value: opened.map(|opening| opening.value) })
    }

    /// As [`Self::unseal`], many at once: their keys are read together.
    pub async fn unseal_all(&self, sealed_json: Vec<String>) -> Result<Vec<Personal>, LedgerError> {
        let keys = self.inner.keys.clone();
        self.read_opened(move |sql| {
            let damaged = |error: serde_json::Error| SealError::Damaged { reason: error.to_string() };
            let mut facts = Vec::with_capacity(sealed_json.len());
            for text in &sealed_json {
                facts.push(serde_json::from_str::<Json>(text).map_err(damaged)?);
            }
            let sealed: Vec<Option<Sealed>> =
                facts.iter().map(|fact| as_sealed(fact).transpose()).collect::<Result<_, _>>()?;
            let subjects: HashSet<String> = sealed.iter().flatten().map(|sealed| sealed.subject.clone()).collect();
            let found = find_keys(sql, &keys, subjects)?;
            let opened = facts.into_iter().zip(sealed).map(|(fact, sealed)| match sealed {
                None => Ok(serde_json::from_value(fact).map_err(damaged)?),
                Some(sealed) => {
                    let opened = key_for(&found, &sealed)?.open(&sealed)?;
                    Ok(Personal { subject: sealed.subject, value: opened.map(|opening| opening.value) })
                }
            });
            opened.collect()
        })
        .await
    }

    fn subject_key(&self, subject: &str) -> Result<SubjectKey, SealError> {
        if let Some(key) = self.inner.key_cache.get(subject) {
            return Ok(key);
        }
        let since = Instant::now();
        let (wanted, keys) = (subject.to_owned(), self.inner.keys.clone());
        let (reply, found) = mpsc::channel();
        // The answer must not be waited for asynchronously: this function is called from templates.
        drop(self.inner.vault.ask(move |sql| {
            let _ = reply.send(find_keys(sql, &keys, [wanted]));
            Ok(())
        }));
        let mut found = found
            .recv()
            .map_err(|_| DatabaseError::Unavailable { reason: "the keys could not be read".to_owned() })??;
        let key = found.remove(subject).ok_or_else(|| SealError::KeyMissing { subject: subject.to_owned() })?;
        self.inner.key_cache.put(subject, key.clone(), since);
        Ok(key)
    }

    async fn load<A: Aggregate>(
        &self,
        stream: &StreamId,
        context: &CommandContext,
    ) -> Result<(Option<Appended>, A, u64), ExecuteError<A::Refusal>> {
        check_kind::<A>(stream)?;
        let (name, keys) = (stream.as_str().to_owned(), self.inner.keys.clone());
        let key = context.idempotency_key.clone();
        let actor = context.actor.id.clone();
        let loading = self.read_opened(move |sql| {
            let before = match &key {
                Some(key) => remembered(sql, &actor, key)?,
                None => None,
            };
            if before.is_some() {
                return Ok((before, Vec::new()));
            }
            let rows = sql.query(&format!("{SELECT_RECORD} WHERE stream = $1 ORDER BY version"), &[name.into()])?;
            Ok((None, open_records(sql, &keys, &rows)?))
        });
        let (before, events) = loading.await?;
        if let Some(before) = before {
            if before.fingerprint != context.fingerprint {
                let key = context.idempotency_key.clone().unwrap_or_default();
                return Err(AppendError::KeyReused { key }.into());
            }
            return Ok((Some(before.outcome), A::default(), 0));
        }
        let (state, version) = fold(&events)?;
        Ok((None, state, version))
    }

    /// The outcome of a command that was given before.
    async fn repeat<A: Aggregate>(&self, outcome: Appended) -> Result<Executed<A>, ExecuteError<A::Refusal>> {
        let mut events = self.events(&outcome.stream).await?;
        let (state, _) = fold(&events)?;
        let theirs = outcome.first_position..outcome.first_position + outcome.count;
        events.retain(|event| theirs.contains(&event.position));
        Ok(Executed { stream: outcome.stream, state, version: outcome.version, events, repeated: true })
    }
}

/// The columns of a record, in the order of [`record_of`].
pub(crate) const SELECT_RECORD: &str =
    "SELECT position, stream, version, kind, at, actor, role, payload, salt, digest FROM events";

pub(crate) fn record_of(row: &Row) -> Result<EventRecord, DatabaseError> {
    Ok(EventRecord {
        position: row.unsigned(0)?,
        stream: row.text(1)?,
        version: row.unsigned(2)?,
        kind: row.text(3)?,
        at: row.integer(4)?,
        actor: row.text(5)?,
        role: row.text(6)?,
        payload: row.text(7)?,
        salt: row.bytes(8)?,
    })
}

/// Events out of their rows, with personal facts open.
fn open_records(sql: &mut dyn Sql, keys: &LedgerKeys, rows: &[Row]) -> Result<Vec<RecordedEvent>, LedgerError> {
    let mut events = Vec::with_capacity(rows.len());
    let mut sealed = Vec::new();
    for row in rows {
        let event = recorded_event(&record_of(row)?)?;
        sealed_values(&event.payload, &mut sealed);
        events.push(event);
    }
    if sealed.is_empty() {
        return Ok(events);
    }
    let subjects: HashSet<String> = sealed.into_iter().map(|sealed| sealed.subject).collect();
    let found = find_keys(sql, keys, subjects)?;
    for event in &mut events {
        open_payload(&mut event.payload, &mut |sealed| key_for(&found, sealed)?.open(sealed))?;
    }
    Ok(events)
}

pub(crate) fn key_for<'a>(keys: &'a SubjectKeys, sealed: &Sealed) -> Result<&'a SubjectKey, SealError> {
    keys.get(&sealed.subject).ok_or_else(|| SealError::KeyMissing { subject: sealed.subject.clone() })
}

pub(crate) fn check_kind<A: Aggregate>(stream: &StreamId) -> Result<(), LedgerError> {
    if stream.kind() == A::KIND {
        return Ok(());
    }
    let reason = format!("{stream} is not a stream of kind {}", A::KIND);
    Err(LedgerError::Event { position: 0, kind: A::KIND.to_owned(), reason })
}

fn fold<A: Aggregate>(events: &[RecordedEvent]) -> Result<(A, u64), LedgerError> {
    let mut state = A::default();
    let mut version = 0;
    for recorded in events {
        let event: A::Event = serde_json::from_value(recorded.payload.clone()).map_err(|error| LedgerError::Event {
            position: recorded.position,
            kind: recorded.kind.clone(),
            reason: error.to_string(),
        })?;
        state.evolve(&event);
        version = recorded.version;
    }
    Ok((state, version))
}

pub(crate) fn evolve_all<A: Aggregate>(
    state: &mut A,
    events: &[A::Event],
) -> Result<(Vec<NewEvent>, Vec<NewJob>), AppendError> {
    let mut new_events = Vec::with_capacity(events.len());
    let mut jobs = Vec::new();
    for event in events {
        let wrong = |reason: String| AppendError::Event { kind: A::KIND.to_owned(), reason };
        let payload = serde_json::to_value(event).map_err(|error| wrong(error.to_string()))?;
        let kind = payload.get("type").and_then(Json::as_str).map(str::to_owned);
        let kind = kind.ok_or_else(|| wrong("it does not serialise to an object with a field `type`".to_owned()))?;
        state.evolve(event);
        jobs.extend(state.follow_up(event));
        new_events.push(NewEvent { kind, payload });
    }
    Ok((new_events, jobs))
}

fn as_recorded(events: Vec<NewEvent>, appended: &Appended, context: &CommandContext) -> Vec<RecordedEvent> {
    let first_version = appended.version + 1 - appended.count;
    // Stored to the microsecond: what is returned is what will be read.
    let at = jiff::Timestamp::from_microsecond(context.now.as_microsecond()).unwrap_or(context.now);
    (0..)
        .zip(events)
        .map(|(index, event)| RecordedEvent {
            position: appended.first_position + index,
            stream: appended.stream.clone(),
            version: first_version + index,
            kind: event.kind,
            at,
            actor: context.actor.clone(),
            payload: event.payload,
        })
        .collect()
}
