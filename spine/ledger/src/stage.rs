//! A transaction's appends in the making: checked one by one, stored together at its end.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::{
    append::{Append, AppendError, Appended, ExpectedVersion},
    courtesy,
    database::{DatabaseError, Sql, Value, Watched},
    entropy::draw,
    event::{NewEvent, RecordedEvent, StreamId},
    gathered::{Gathered, Gathering},
    head::Head,
    idempotency::{Remembered, remembered_all},
    jobs::NewJob,
    keys::SecretBytes,
    limits::{DEEPEST_PAYLOAD, LONGEST_PAYLOAD, check_names, nests_deeper},
    merkle::{
        Hash,
        checkpoint::Checkpoint,
        tail::{ChangedTiles, Tail},
    },
    projection::Projection,
    record::{EventRecord, leaf},
    schema::{filled_portions, insert_many, placeholders},
    seal::{SealError, personal_subjects, seal_payload, seal_value, write_sealed},
    vault::{KEY_COLUMNS, SubjectKey, check_subject, erase_key, look_up_keys, make_key},
    writer::{Also, WriterContext, guarded},
    written::{GivenEvent, WrittenEvent},
};

/// Rows to be stored at the end of the transaction, and what is known within it.
pub(crate) struct Stage {
    head: Head,
    tail: Tail,
    versions: HashMap<String, u64>,
    touched: BTreeSet<String>,
    remembered: HashMap<(String, String), Remembered>,
    /// Keys that the appends need: as they were at the beginning, and those made since in appends that stay.
    subject_keys: HashMap<String, Result<SubjectKey, SealError>>,
    /// Rows of keys that were made, by subject.
    key_rows: BTreeMap<String, [Value; 5]>,
    leaves: Vec<Hash>,
    last_digest: Option<Hash>,
    event_rows: Vec<Value>,
    idempotency_rows: Vec<Value>,
    job_rows: Vec<Value>,
    replaced_jobs: Vec<Value>,
    /// Rows of projections.
    gathered: Gathered,
}

/// How appends run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// With few statements for all of them; if one fails at that, all come to nothing.
    Together,
    /// Each by itself, so that it is known which one fails.
    OneByOne,
}

/// Why an append was not staged.
pub(crate) enum NotStaged {
    /// Nothing was done for it in the database.
    Clean(AppendError),
    /// What was done for it in the database must be taken back.
    Begun(AppendError),
}

/// Keys made for one append.
type MadeKeys = HashMap<String, (SecretBytes, [Value; 5])>;

const EVENT_COLUMNS: &[&str] =
    &["position", "stream", "version", "kind", "at", "actor", "role", "payload", "salt", "digest"];
const IDEMPOTENCY_COLUMNS: &[&str] =
    &["actor", "key", "fingerprint", "stream", "first_position", "count", "version", "at"];
const JOB_COLUMNS: &[&str] = &[
    "id",
    "kind",
    "key",
    "payload",
    "state",
    "run_at",
    "attempts",
    "max_attempts",
    "fence",
    "worker",
    "leased_until",
    "last_error",
    "made_at",
];

impl Stage {
    /// Reads everything that the appends need to know: few statements for all of them.
    pub(crate) fn begin(
        sql: &mut dyn Sql,
        context: &WriterContext,
        head: Head,
        tail: Tail,
        appends: &[&Append<GivenEvent>],
        gathered: Gathered,
    ) -> Result<Self, DatabaseError> {
        let streams: BTreeSet<&str> = appends.iter().map(|append| append.stream.as_str()).collect();
        let mut subjects = BTreeSet::new();
        for event in appends.iter().flat_map(|append| &append.events) {
            match event {
                GivenEvent::Values(event) => personal_subjects(&event.payload, &mut subjects),
                GivenEvent::Written(event) => subjects.extend(event.personal().map(|fact| fact.subject.as_str())),
            }
        }
        let keys: BTreeSet<(&str, &str)> = appends
            .iter()
            .filter(|append| check_names(append).is_ok())
            .filter_map(|append| Some((append.context.actor.id.as_str(), append.context.idempotency_key.as_deref()?)))
            .collect();
        let subjects = subjects.into_iter().filter(|subject| check_subject(subject).is_ok()).map(str::to_owned);
        Ok(Self {
            head,
            tail,
            versions: stream_versions(sql, &streams)?,
            touched: BTreeSet::new(),
            remembered: remembered_all(sql, &keys.into_iter().collect::<Vec<_>>())?,
            subject_keys: look_up_keys(sql, &context.keys, subjects)?,
            key_rows: BTreeMap::new(),
            leaves: Vec::new(),
            last_digest: None,
            event_rows: Vec::new(),
            idempotency_rows: Vec::new(),
            job_rows: Vec::new(),
            replaced_jobs: Vec::new(),
            gathered,
        })
    }

    /// Checks appends that go together and does what must be done at once; keeps nothing of any of them if one fails.
    pub(crate) fn append(
        &mut self,
        sql: &mut dyn Sql,
        context: &WriterContext,
        unit: &[Append<GivenEvent>],
        also: &Also,
        manner: Manner,
    ) -> Result<Vec<Appended>, NotStaged> {
        let mut outcomes = match self.check_all(unit).map_err(NotStaged::Clean)? {
            Checked::Repeated(outcome) => return Ok(vec![outcome]),
            Checked::New(outcomes) => outcomes,
        };
        let mut made_keys = MadeKeys::new();
        let mut records = Vec::with_capacity(unit.len());
        for (append, outcome) in unit.iter().zip(&outcomes) {
            records.push(self.records(context, append, outcome, &mut made_keys).map_err(NotStaged::Clean)?);
            courtesy::after_you();
        }
        let mut watched = Watched::new(sql);
        let gathered = if manner == Manner::Together { Some(&mut self.gathered) } else { None };
        let done = act(&mut watched, context, unit, also, &records, gathered);
        let erased = watched.outcome(done).map_err(|error| match error {
            AppendError::LeaseLost { .. } => NotStaged::Clean(error),
            error => NotStaged::Begun(error),
        })?;
        if let Also::EraseSubject(subject) = also {
            if !erased {
                for outcome in &mut outcomes {
                    outcome.version -= outcome.count;
                    (outcome.count, outcome.repeated) = (0, true);
                }
                return Ok(outcomes);
            }
            self.key_rows.remove(subject);
            self.subject_keys.insert(subject.clone(), Ok(SubjectKey::Erased));
        }
        for (subject, (key, row)) in made_keys {
            self.subject_keys.insert(subject.clone(), Ok(SubjectKey::Live(key)));
            self.key_rows.insert(subject, row);
        }
        for ((append, records), outcome) in unit.iter().zip(records).zip(&outcomes) {
            self.keep(append, records, outcome);
        }
        Ok(outcomes)
    }

    /// Checks appends that go together, in streams that differ. Only the first may carry a key or complete a job.
    fn check_all(&self, unit: &[Append<GivenEvent>]) -> Result<Checked<Vec<Appended>>, AppendError> {
        let mut outcomes: Vec<Appended> = Vec::with_capacity(unit.len());
        for append in unit {
            let before = outcomes.iter().map(|outcome| outcome.count).sum();
            match self.check(append, before)? {
                Checked::Repeated(outcome) => return Ok(Checked::Repeated(outcome)),
                Checked::New(outcome) => outcomes.push(outcome),
            }
        }
        Ok(Checked::New(outcomes))
    }

    /// What can be checked without doing anything; `before` events of others go with this append and stand before it.
    fn check(&self, append: &Append<GivenEvent>, before: u64) -> Result<Checked<Appended>, AppendError> {
        let version = self.versions.get(append.stream.as_str()).copied().unwrap_or(0);
        check_names(append)?;
        if let Some(key) = &append.context.idempotency_key
            && let Some(known) = self.remembered.get(&(append.context.actor.id.clone(), key.clone()))
        {
            if known.fingerprint == append.context.fingerprint {
                return Ok(Checked::Repeated(known.outcome.clone()));
            }
            return Err(AppendError::KeyReused { key: key.clone() });
        }
        if append.events.is_empty() && append.context.completes.is_none() {
            return Err(AppendError::Nothing { stream: append.stream.clone() });
        }
        if let ExpectedVersion::Exactly(expected) = append.expected
            && expected != version
        {
            return Err(AppendError::Conflict { stream: append.stream.clone(), expected, actual: version });
        }
        let count = append.events.len() as u64;
        Ok(Checked::New(Appended {
            stream: append.stream.clone(),
            first_position: self.head.size + self.leaves.len() as u64 + before,
            count,
            version: version + count,
            repeated: false,
        }))
    }

    /// The records of the events, sealed.
    fn records(
        &self,
        context: &WriterContext,
        append: &Append<GivenEvent>,
        outcome: &Appended,
        made_keys: &mut MadeKeys,
    ) -> Result<Vec<EventRecord>, AppendError> {
        let version = outcome.version - outcome.count;
        let mut records = Vec::with_capacity(append.events.len());
        for (index, event) in (0..).zip(&append.events) {
            records.push(EventRecord {
                position: outcome.first_position + index,
                stream: append.stream.as_str().to_owned(),
                version: version + 1 + index,
                kind: event.kind().to_owned(),
                at: append.context.now.as_microsecond(),
                actor: append.context.actor.id.clone(),
                role: append.context.actor.role.clone(),
                payload: self.payload(context, append.context.now, event, made_keys)?,
                salt: draw::<16>(&*context.entropy).to_vec(),
            });
        }
        Ok(records)
    }

    /// The payload's text, with personal facts sealed.
    fn payload(
        &self,
        context: &WriterContext,
        now: Timestamp,
        event: &GivenEvent,
        made_keys: &mut MadeKeys,
    ) -> Result<String, AppendError> {
        let payload = match event {
            GivenEvent::Values(event) => self.sealed_payload(context, now, event, made_keys)?,
            GivenEvent::Written(event) => self.written_payload(context, now, event, made_keys)?,
        };
        if payload.len() > LONGEST_PAYLOAD {
            let reason = "its payload is longer than 4 MiB; store large contents elsewhere and record their digest";
            return Err(AppendError::Event { kind: event.kind().to_owned(), reason: reason.to_owned() });
        }
        Ok(payload)
    }

    fn sealed_payload(
        &self,
        context: &WriterContext,
        now: Timestamp,
        event: &NewEvent,
        made_keys: &mut MadeKeys,
    ) -> Result<String, AppendError> {
        if nests_deeper(&event.payload, DEEPEST_PAYLOAD) {
            let reason = format!("its payload nests more than {DEEPEST_PAYLOAD} levels deep");
            return Err(AppendError::Event { kind: event.kind.clone(), reason });
        }
        let mut payload = event.payload.clone();
        seal_payload(&mut payload, &mut |subject, value| {
            let key = self.key_of(context, now, subject, made_keys)?;
            Ok(seal_value(key, subject, value, &*context.entropy))
        })?;
        Ok(payload.to_string())
    }

    fn written_payload(
        &self,
        context: &WriterContext,
        now: Timestamp,
        event: &WrittenEvent,
        made_keys: &mut MadeKeys,
    ) -> Result<String, AppendError> {
        event.payload(|fact, text| {
            let Some(value) = &fact.value else {
                // As it stands: without a value there is nothing to seal.
                text.push_str(&serde_json::to_string(fact).unwrap_or_default());
                return Ok(());
            };
            let key = self.key_of(context, now, &fact.subject, made_keys)?;
            write_sealed(text, key, &fact.subject, value, &*context.entropy);
            courtesy::after_you();
            Ok(())
        })
    }

    /// The key of a subject: as it was, or made for this append.
    fn key_of<'a>(
        &'a self,
        context: &WriterContext,
        now: Timestamp,
        subject: &str,
        made_keys: &'a mut MadeKeys,
    ) -> Result<&'a SecretBytes, SealError> {
        if !made_keys.contains_key(subject) {
            match self.subject_keys.get(subject) {
                Some(Ok(SubjectKey::Live(key))) => return Ok(key),
                Some(Ok(SubjectKey::Erased)) => return Err(SealError::Erased { subject: subject.to_owned() }),
                Some(Err(error)) => return Err(error.clone()),
                None => {}
            }
            let made = make_key(&context.keys, &*context.entropy, subject, now)?;
            made_keys.insert(subject.to_owned(), made);
        }
        let missing = || SealError::KeyMissing { subject: subject.to_owned() };
        made_keys.get(subject).map(|(key, _)| key).ok_or_else(missing)
    }

    /// Stores the rows of projections that wait.
    pub(crate) fn store_gathered(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        self.gathered.store(sql)
    }

    /// The last event that is staged, with its digest: by it the transaction can be recognised in the database.
    pub(crate) fn last_event(&self) -> Option<(u64, Hash)> {
        let size = self.head.size + self.leaves.len() as u64;
        Some((size.checked_sub(1)?, self.last_digest?))
    }

    fn keep(&mut self, append: &Append<GivenEvent>, records: Vec<EventRecord>, outcome: &Appended) {
        for record in records {
            let digest = record.digest();
            self.leaves.push(leaf(&digest));
            self.last_digest = Some(digest);
            self.event_rows.extend(event_row(record, digest));
        }
        let name = append.stream.as_str();
        if outcome.count > 0 {
            self.versions.insert(name.to_owned(), outcome.version);
            self.touched.insert(name.to_owned());
        }
        for job in &append.jobs {
            let id = self.head.next_job;
            self.head.next_job += 1;
            if let Some(key) = &job.key {
                self.replaced_jobs.push(key.into());
            }
            self.job_rows.extend(job_row(id, job, append.context.now));
        }
        let Some(key) = append.context.idempotency_key.clone() else { return };
        let actor = append.context.actor.id.clone();
        let fingerprint = append.context.fingerprint.clone();
        self.idempotency_rows.extend([
            actor.as_str().into(),
            key.as_str().into(),
            fingerprint.as_str().into(),
            name.into(),
            outcome.first_position.into(),
            outcome.count.into(),
            outcome.version.into(),
            append.context.now.into(),
        ]);
        let outcome = Appended { repeated: true, ..outcome.clone() };
        self.remembered.insert((actor, key), Remembered { fingerprint, outcome });
    }

    /// The forms of statements that projections were seen to insert with.
    pub(crate) fn into_gathered(self) -> Gathered {
        self.gathered.emptied()
    }

    /// Stores everything; gives the new right edge of the tree, and what [`Self::into_gathered`] gives.
    pub(crate) fn store(
        mut self,
        sql: &mut dyn Sql,
        context: &WriterContext,
    ) -> Result<(Tail, Gathered), DatabaseError> {
        let key_rows: Vec<Value> = std::mem::take(&mut self.key_rows).into_values().flatten().collect();
        insert_many(sql, "subject_keys", KEY_COLUMNS, &key_rows, "")?;
        insert_many(sql, "events", EVENT_COLUMNS, &self.event_rows, "")?;
        let versions: Vec<Value> = self
            .touched
            .iter()
            .flat_map(|stream| [stream.into(), self.versions.get(stream).copied().unwrap_or(0).into()])
            .collect();
        let replace = "ON CONFLICT (stream) DO UPDATE SET version = excluded.version";
        insert_many(sql, "streams", &["stream", "version"], &versions, replace)?;
        insert_many(sql, "idempotency", IDEMPOTENCY_COLUMNS, &self.idempotency_rows, "")?;
        for keys in filled_portions(&self.replaced_jobs) {
            let places = placeholders(1, keys.len());
            // The state is no plain column here: for several keys SQLite would go by the index of states, through all jobs that wait.
            sql.execute(&format!("DELETE FROM jobs WHERE key IN ({places}) AND state || '' = 'waiting'"), &keys)?;
        }
        let job_rows = without_replaced(&self.job_rows);
        insert_many(sql, "jobs", JOB_COLUMNS, &job_rows, "")?;
        if self.leaves.is_empty() && self.job_rows.is_empty() {
            return Ok((self.tail, self.gathered.emptied()));
        }
        let mut changed = ChangedTiles::new();
        for leaf in &self.leaves {
            self.tail.push(*leaf, &mut changed);
        }
        self.tail.take_changed(&mut changed);
        let tiles: Vec<Value> = changed
            .into_iter()
            .flat_map(|((level, number), hashes)| [level.into(), number.into(), hashes.into()])
            .collect();
        let replace = "ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";
        insert_many(sql, "tiles", &["level", "number", "hashes"], &tiles, replace)?;
        let checkpoint = Checkpoint { origin: context.origin.clone(), size: self.tail.size(), root: self.tail.root() };
        sql.execute(
            "UPDATE log_head SET size = $1, root = $2, note = $3, next_job = $4 WHERE id = 1",
            &[
                checkpoint.size.into(),
                checkpoint.root.into(),
                checkpoint.sign(&context.signing).into(),
                self.head.next_job.into(),
            ],
        )?;
        Ok((self.tail, self.gathered.emptied()))
    }
}

/// What cannot wait until the end of the transaction; says whether a person was erased.
fn act(
    sql: &mut dyn Sql,
    context: &WriterContext,
    unit: &[Append<GivenEvent>],
    also: &Also,
    records: &[Vec<EventRecord>],
    mut gathered: Option<&mut Gathered>,
) -> Result<bool, AppendError> {
    if let Some(job) = unit.first().and_then(|append| append.context.completes.as_ref())
        && sql.execute(
            "DELETE FROM jobs WHERE id = $1 AND fence = $2 AND state = 'leased'",
            &[job.id.into(), job.fence.into()],
        )? == 0
    {
        return Err(AppendError::LeaseLost { id: job.id });
    }
    let erased = match also {
        Also::EraseSubject(subject) => {
            erase_key(sql, subject, unit.first().map_or(Timestamp::UNIX_EPOCH, |append| append.context.now))?
        }
        Also::Nothing => false,
    };
    if context.projections.is_empty() || (!erased && *also != Also::Nothing) {
        return Ok(erased);
    }
    for (event, record) in unit.iter().flat_map(|append| &append.events).zip(records.iter().flatten()) {
        match &mut gathered {
            Some(gathered) => project(&mut Gathering { sql: &mut *sql, gathered }, context, event, record)?,
            None => project(sql, context, event, record)?,
        }
    }
    Ok(erased)
}

fn project(
    sql: &mut dyn Sql,
    context: &WriterContext,
    event: &GivenEvent,
    record: &EventRecord,
) -> Result<(), AppendError> {
    let mut read = None;
    for projection in context.projections.iter().filter(|projection| projection.concerns(&record.kind)) {
        if let GivenEvent::Written(event) = event
            && apply_made(projection, sql, event, record)?
        {
            continue;
        }
        let recorded = match read.take() {
            Some(recorded) => recorded,
            // Projections see the event as it will be read again, to the last digit.
            None => recorded_event(record)?,
        };
        apply(projection, sql, &recorded)?;
        read = Some(recorded);
    }
    Ok(())
}

/// Whether the projection knew what its maker had in memory.
fn apply_made(
    projection: &Arc<dyn Projection>,
    sql: &mut dyn Sql,
    event: &WrittenEvent,
    record: &EventRecord,
) -> Result<bool, AppendError> {
    let done = guarded(|| projection.apply_made(sql, record.position, &*event.made).transpose());
    done.map(|done| done.is_some()).map_err(|cause| failed(projection, &record.kind, cause))
}

/// What checking gave.
enum Checked<T> {
    /// It was given before, with this outcome.
    Repeated(Appended),
    /// This will be its outcome.
    New(T),
}

fn stream_versions(sql: &mut dyn Sql, streams: &BTreeSet<&str>) -> Result<HashMap<String, u64>, DatabaseError> {
    let names: Vec<&str> = streams.iter().copied().collect();
    let mut versions = HashMap::new();
    for portion in filled_portions(&names) {
        let parameters: Vec<Value> = portion.into_iter().map(Value::from).collect();
        let places = placeholders(1, parameters.len());
        let statement = format!("SELECT stream, version FROM streams WHERE stream IN ({places})");
        for row in sql.query(&statement, &parameters)? {
            versions.insert(row.text(0)?, row.unsigned(1)?);
        }
    }
    Ok(versions)
}

/// An event as it is read from its record: the payload still sealed.
pub(crate) fn recorded_event(record: &EventRecord) -> Result<RecordedEvent, DatabaseError> {
    let damaged = |reason: String| DatabaseError::Damaged { reason: format!("event {}: {reason}", record.position) };
    let payload: Json = serde_json::from_str(&record.payload).map_err(|error| damaged(error.to_string()))?;
    Ok(RecordedEvent {
        position: record.position,
        stream: StreamId::parse(&record.stream).map_err(|error| damaged(error.to_string()))?,
        version: record.version,
        kind: record.kind.clone(),
        at: Timestamp::from_microsecond(record.at).map_err(|error| damaged(error.to_string()))?,
        actor: crate::event::Actor { id: record.actor.clone(), role: record.role.clone() },
        payload,
    })
}

pub(crate) fn apply(
    projection: &Arc<dyn Projection>,
    sql: &mut dyn Sql,
    event: &RecordedEvent,
) -> Result<(), AppendError> {
    guarded(|| projection.apply(sql, event)).map_err(|cause| failed(projection, &event.kind, cause))
}

fn failed(projection: &Arc<dyn Projection>, kind: &str, cause: DatabaseError) -> AppendError {
    if cause.loses_transaction() {
        return AppendError::Database(cause);
    }
    AppendError::Projection { projection: projection.name().to_owned(), kind: kind.to_owned(), cause }
}

fn event_row(record: EventRecord, digest: Hash) -> [Value; 10] {
    [
        record.position.into(),
        record.stream.into(),
        record.version.into(),
        record.kind.into(),
        record.at.into(),
        record.actor.into(),
        record.role.into(),
        record.payload.into(),
        record.salt.into(),
        digest.into(),
    ]
}

fn job_row(id: u64, job: &NewJob, now: Timestamp) -> [Value; 13] {
    [
        id.into(),
        job.kind.as_str().into(),
        job.key.as_deref().into(),
        job.payload.to_string().into(),
        "waiting".into(),
        job.run_at.unwrap_or(now).into(),
        0_i64.into(),
        job.max_attempts.max(1).into(),
        0_i64.into(),
        Value::Null,
        Value::Null,
        Value::Null,
        now.into(),
    ]
}

/// Of the jobs of one transaction with the same key only the last stays.
fn without_replaced(rows: &[Value]) -> Vec<Value> {
    const KEY: usize = 2;
    let mut keys = HashSet::new();
    let mut kept: Vec<&[Value]> = rows
        .chunks(JOB_COLUMNS.len())
        .rev()
        .filter(|job| job[KEY] == Value::Null || keys.insert(job[KEY].clone()))
        .collect();
    kept.reverse();
    kept.concat()
}
