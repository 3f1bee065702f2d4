//! A transaction's appends in the making: checked one by one, stored together at its end.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::{
    append::{Append, AppendError, Appended, ExpectedVersion},
    database::{DatabaseError, Sql, Value},
    entropy::draw,
    event::{NewEvent, RecordedEvent, StreamId},
    jobs::NewJob,
    keys::SecretBytes,
    merkle::{
        Hash,
        checkpoint::Checkpoint,
        tail::{ChangedTiles, Tail},
    },
    projection::Projection,
    record::{EventRecord, leaf},
    schema::{insert_many, placeholders},
    seal::{SealError, seal_payload, seal_value},
    vault::{erase_key, find_or_make_key},
    writer::{Also, WriterContext, guarded},
};

/// The row that says how far the log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
    pub(crate) next_job: u64,
    pub(crate) generation: u64,
}

impl Head {
    pub(crate) fn read(sql: &mut dyn Sql) -> Result<Self, DatabaseError> {
        let rows = sql.query("SELECT size, root, note, next_job, generation FROM log_head WHERE id = 1", &[])?;
        let damaged = |reason: &str| DatabaseError::Damaged { reason: reason.to_owned() };
        let row = rows.first().ok_or_else(|| damaged("the row of log_head is missing"))?;
        let root = row.bytes(1)?.try_into().map_err(|_| damaged("the root in log_head is no SHA-256 digest"))?;
        Ok(Self {
            size: row.unsigned(0)?,
            root,
            note: row.text(2)?,
            next_job: row.unsigned(3)?,
            generation: row.unsigned(4)?,
        })
    }

    /// The right edge of the tree out of its tiles. Refuses to build on a log that was tampered with.
    pub(crate) fn load_tail(&self, sql: &mut dyn Sql) -> Result<Tail, DatabaseError> {
        let tail = Tail::load(self.size, |level, number| read_tile(sql, level, number))?;
        tail.filter(|tail| tail.root() == self.root).ok_or_else(|| DatabaseError::Damaged {
            reason: "the tiles of the log do not give its root; run: maru ledger verify".to_owned(),
        })
    }
}

pub(crate) fn read_tile(sql: &mut dyn Sql, level: u32, number: u64) -> Result<Option<Vec<u8>>, DatabaseError> {
    let statement = "SELECT hashes FROM tiles WHERE level = $1 AND number = $2";
    let rows = sql.query(statement, &[level.into(), number.into()])?;
    rows.first().map(|row| row.bytes(0)).transpose()
}

/// A command that was given before, with its outcome.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    pub(crate) fingerprint: String,
    pub(crate) outcome: Appended,
}

/// What was recorded for the idempotency `key` of `actor`.
pub(crate) fn remembered(sql: &mut dyn Sql, actor: &str, key: &str) -> Result<Option<Remembered>, DatabaseError> {
    let rows = sql.query(
        "SELECT fingerprint, stream, first_position, count, version FROM idempotency WHERE actor = $1 AND key = $2",
        &[actor.into(), key.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let stream =
        StreamId::parse(&row.text(1)?).map_err(|error| DatabaseError::Damaged { reason: error.to_string() })?;
    let outcome = Appended {
        stream,
        first_position: row.unsigned(2)?,
        count: row.unsigned(3)?,
        version: row.unsigned(4)?,
        repeated: true,
    };
    Ok(Some(Remembered { fingerprint: row.text(0)?, outcome }))
}

/// Rows to be stored at the end of the transaction, and what is known within it.
pub(crate) struct Stage {
    head: Head,
    tail: Tail,
    versions: HashMap<String, u64>,
    touched: BTreeSet<String>,
    remembered: HashMap<(String, String), Remembered>,
    /// Keys that exist at the beginning of the transaction or were made in items that stay.
    subject_keys: HashMap<String, SecretBytes>,
    leaves: Vec<Hash>,
    event_rows: Vec<Value>,
    idempotency_rows: Vec<Value>,
    job_rows: Vec<Value>,
    replaced_jobs: Vec<String>,
}

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
    pub(crate) fn begin(sql: &mut dyn Sql, head: Head, tail: Tail, appends: &[&Append]) -> Result<Self, DatabaseError> {
        let streams: BTreeSet<&str> = appends.iter().map(|append| append.stream.as_str()).collect();
        Ok(Self {
            head,
            tail,
            versions: stream_versions(sql, &streams)?,
            touched: BTreeSet::new(),
            remembered: HashMap::new(),
            subject_keys: HashMap::new(),
            leaves: Vec::new(),
            event_rows: Vec::new(),
            idempotency_rows: Vec::new(),
            job_rows: Vec::new(),
            replaced_jobs: Vec::new(),
        })
    }

    /// Checks an append and does what must be done at once; stores nothing of it if it fails.
    pub(crate) fn append(
        &mut self,
        sql: &mut dyn Sql,
        context: &WriterContext,
        append: Append,
        also: Also,
    ) -> Result<Appended, AppendError> {
        let idempotency = append.context.idempotency_key.clone().map(|key| (append.context.actor.id.clone(), key));
        if let Some((actor, key)) = &idempotency
            && let Some(before) = self.repetition(sql, actor, key)?
        {
            if before.fingerprint == append.context.fingerprint {
                return Ok(before.outcome);
            }
            return Err(AppendError::KeyReused { key: key.clone() });
        }
        let version = self.versions.get(append.stream.as_str()).copied().unwrap_or(0);
        check(&append, version)?;
        if let Some(job) = &append.context.completes
            && sql.execute(
                "DELETE FROM jobs WHERE id = $1 AND fence = $2 AND state = 'leased'",
                &[job.id.into(), job.fence.into()],
            )? == 0
        {
            return Err(AppendError::LeaseLost { id: job.id });
        }
        let first_position = self.head.size + self.leaves.len() as u64;
        let count = append.events.len() as u64;
        let stream = append.stream.clone();
        let outcome = Appended { stream, first_position, count, version: version + count, repeated: false };
        if let Also::EraseSubject(subject) = &also {
            let erased = erase_key(sql, subject, append.context.now)?;
            self.subject_keys.remove(subject);
            if !erased {
                return Ok(Appended { count: 0, version, repeated: true, ..outcome });
            }
        }
        let mut made_keys = HashMap::new();
        let mut records = Vec::with_capacity(append.events.len());
        for (index, event) in append.events.iter().enumerate() {
            let place = Place { position: first_position + index as u64, version: version + 1 + index as u64 };
            records.push(self.record(sql, context, &append, event, place, &mut made_keys)?);
        }
        self.keep(&append, idempotency, records, &outcome);
        self.subject_keys.extend(made_keys);
        Ok(outcome)
    }

    fn repetition(&mut self, sql: &mut dyn Sql, actor: &str, key: &str) -> Result<Option<Remembered>, DatabaseError> {
        if let Some(found) = self.remembered.get(&(actor.to_owned(), key.to_owned())) {
            return Ok(Some(found.clone()));
        }
        remembered(sql, actor, key)
    }

    fn record(
        &self,
        sql: &mut dyn Sql,
        context: &WriterContext,
        append: &Append,
        event: &NewEvent,
        place: Place,
        made_keys: &mut HashMap<String, SecretBytes>,
    ) -> Result<EventRecord, AppendError> {
        let mut payload = event.payload.clone();
        seal_payload(&mut payload, &mut |subject, value| {
            let known = made_keys.get(subject).or_else(|| self.subject_keys.get(subject)).cloned();
            let key = match known {
                Some(key) => key,
                None => find_or_make_key(sql, &context.keys, &*context.entropy, subject, append.context.now)?,
            };
            let sealed = seal_value(&key, subject, value, &*context.entropy);
            made_keys.insert(subject.to_owned(), key);
            Ok::<_, SealError>(sealed)
        })?;
        let payload = payload.to_string();
        if payload.len() > LONGEST_PAYLOAD {
            let reason = "its payload is longer than 4 MiB; store large contents elsewhere and record their digest";
            return Err(AppendError::Event { kind: event.kind.clone(), reason: reason.to_owned() });
        }
        let record = EventRecord {
            position: place.position,
            stream: append.stream.as_str().to_owned(),
            version: place.version,
            kind: event.kind.clone(),
            at: append.context.now.as_microsecond(),
            actor: append.context.actor.id.clone(),
            role: append.context.actor.role.clone(),
            payload,
            salt: draw::<16>(&*context.entropy).to_vec(),
        };
        if context.projections.is_empty() {
            return Ok(record);
        }
        // Projections see the event as it will be read again, to the last digit.
        let recorded = recorded_event(&record)?;
        for projection in &context.projections {
            apply(projection, sql, &recorded)?;
        }
        Ok(record)
    }

    fn keep(
        &mut self,
        append: &Append,
        idempotency: Option<(String, String)>,
        records: Vec<EventRecord>,
        outcome: &Appended,
    ) {
        for record in records {
            let digest = record.digest();
            self.leaves.push(leaf(&digest));
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
                self.replaced_jobs.push(key.clone());
            }
            self.job_rows.extend(job_row(id, job, append.context.now));
        }
        let Some((actor, key)) = idempotency else { return };
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

    /// Stores everything; gives the new right edge of the tree.
    pub(crate) fn store(mut self, sql: &mut dyn Sql, context: &WriterContext) -> Result<Tail, DatabaseError> {
        insert_many(sql, "events", EVENT_COLUMNS, &self.event_rows, "")?;
        let versions: Vec<Value> = self
            .touched
            .iter()
            .flat_map(|stream| [stream.into(), self.versions.get(stream).copied().unwrap_or(0).into()])
            .collect();
        let replace = "ON CONFLICT (stream) DO UPDATE SET version = excluded.version";
        insert_many(sql, "streams", &["stream", "version"], &versions, replace)?;
        insert_many(sql, "idempotency", IDEMPOTENCY_COLUMNS, &self.idempotency_rows, "")?;
        let job_rows = without_replaced(&self.job_rows);
        for key in &self.replaced_jobs {
            sql.execute("DELETE FROM jobs WHERE key = $1 AND state = 'waiting'", &[key.into()])?;
        }
        insert_many(sql, "jobs", JOB_COLUMNS, &job_rows, "")?;
        if self.leaves.is_empty() && self.job_rows.is_empty() {
            return Ok(self.tail);
        }
        let mut changed = ChangedTiles::new();
        for leaf in &self.leaves {
            self.tail.push(*leaf, &mut changed);
        }
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
        Ok(self.tail)
    }
}

#[derive(Clone, Copy)]
struct Place {
    position: u64,
    version: u64,
}

fn stream_versions(sql: &mut dyn Sql, streams: &BTreeSet<&str>) -> Result<HashMap<String, u64>, DatabaseError> {
    let names: Vec<&str> = streams.iter().copied().collect();
    let mut versions = HashMap::new();
    let mut rest = names.as_slice();
    while !rest.is_empty() {
        let count = [64, 16, 4, 1].into_iter().find(|count| *count <= rest.len()).unwrap_or(1);
        let (now, later) = rest.split_at(count);
        let statement = format!("SELECT stream, version FROM streams WHERE stream IN ({})", placeholders(1, count));
        let parameters: Vec<Value> = now.iter().map(|name| Value::from(*name)).collect();
        for row in sql.query(&statement, &parameters)? {
            versions.insert(row.text(0)?, row.unsigned(1)?);
        }
        rest = later;
    }
    Ok(versions)
}

/// Longest kind of an event, actor and role, in bytes.
const LONGEST_NAME: usize = 200;
/// Longest payload of an event, in bytes of JSON: larger things (attached files) are stored elsewhere by their digest.
const LONGEST_PAYLOAD: usize = 4 * 1024 * 1024;

fn check(append: &Append, version: u64) -> Result<(), AppendError> {
    if append.events.is_empty() && append.context.completes.is_none() {
        return Err(AppendError::Nothing { stream: append.stream.clone() });
    }
    if let ExpectedVersion::Exactly(expected) = append.expected
        && expected != version
    {
        return Err(AppendError::Conflict { stream: append.stream.clone(), expected, actual: version });
    }
    let actor = &append.context.actor;
    for event in &append.events {
        let wrong = |reason: &str| AppendError::Event { kind: event.kind.clone(), reason: reason.to_owned() };
        for (what, name) in [("kind", &event.kind), ("actor", &actor.id), ("role", &actor.role)] {
            if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
                return Err(wrong(&format!(
                    "its {what} must have 1 to {LONGEST_NAME} bytes and no control characters"
                )));
            }
        }
        if !event.payload.is_object() {
            return Err(wrong("its payload is not an object"));
        }
    }
    Ok(())
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
    guarded(|| projection.apply(sql, event)).map_err(|cause| {
        if cause.loses_transaction() {
            return AppendError::Database(cause);
        }
        AppendError::Projection { projection: projection.name().to_owned(), kind: event.kind.clone(), cause }
    })
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
    let jobs: Vec<&[Value]> = rows.chunks(JOB_COLUMNS.len()).collect();
    let mut kept = Vec::with_capacity(rows.len());
    for (index, job) in jobs.iter().enumerate() {
        let replaced = job[KEY] != Value::Null && jobs[index + 1..].iter().any(|later| later[KEY] == job[KEY]);
        if !replaced {
            kept.extend_from_slice(job);
        }
    }
    kept
}
