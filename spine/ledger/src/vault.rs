//! The persons' keys: one row per subject, wrapped under the master key; destroyed when the person is erased.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{
    database::{DatabaseError, Row, Sql, Value},
    entropy::{Entropy, draw},
    keys::{LedgerKeys, SecretBytes},
    schema::{filled_portions, insert_many, placeholders},
    seal::{Opening, SealError, Sealed, decrypt, encrypt, open_value},
};

const PURPOSE: &str = "maru-subject-key-v1";

/// The key of a subject, or the mark that it was destroyed.
#[derive(Clone)]
pub(crate) enum SubjectKey {
    Live(SecretBytes),
    Erased,
}

impl SubjectKey {
    /// Opens a sealed value; nothing if the person was erased.
    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Option<Opening>, SealError> {
        match self {
            Self::Live(key) => open_value(key, sealed).map(Some),
            Self::Erased => Ok(None),
        }
    }
}

pub(crate) type SubjectKeys = HashMap<String, SubjectKey>;

/// Whether a subject may be called so.
pub(crate) fn check_subject(subject: &str) -> Result<(), SealError> {
    let fits = !subject.is_empty() && subject.len() <= 200 && !subject.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(SealError::Subject) }
}

/// The keys of those `subjects` that have one.
pub(crate) fn find_keys(
    sql: &mut dyn Sql,
    keys: &LedgerKeys,
    subjects: impl IntoIterator<Item = String>,
) -> Result<SubjectKeys, SealError> {
    let found = look_up_keys(sql, keys, subjects)?;
    found.into_iter().map(|(subject, key)| Ok((subject, key?))).collect()
}

/// The keys of those `subjects` that have one, or why one cannot be used: the others can.
pub(crate) fn look_up_keys(
    sql: &mut dyn Sql,
    keys: &LedgerKeys,
    subjects: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, Result<SubjectKey, SealError>>, DatabaseError> {
    let subjects: Vec<String> = subjects.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = HashMap::with_capacity(subjects.len());
    for portion in filled_portions(&subjects) {
        let parameters: Vec<Value> = portion.into_iter().map(Value::from).collect();
        let statement = format!(
            "SELECT subject, master, wrapped, erased_at FROM subject_keys WHERE subject IN ({})",
            placeholders(1, parameters.len())
        );
        for row in sql.query(&statement, &parameters)? {
            let subject = row.text(0)?;
            let key = unwrap(&row, &subject, keys);
            found.insert(subject, key);
        }
    }
    Ok(found)
}

fn unwrap(row: &Row, subject: &str, keys: &LedgerKeys) -> Result<SubjectKey, SealError> {
    if row.optional_integer(3)?.is_some() {
        return Ok(SubjectKey::Erased);
    }
    let identifier = row.text(1)?;
    let wrapped = row.bytes(2)?;
    let Some(master) = keys.master(&identifier) else {
        return Err(SealError::MasterKeyMissing { subject: subject.to_owned(), master: identifier });
    };
    let plain = decrypt(&master.bytes, PURPOSE, subject, &wrapped).map(Zeroizing::new);
    let key = plain.and_then(|plain| <[u8; 32]>::try_from(plain.as_slice()).ok());
    let damaged = || SealError::Damaged { reason: format!("the key of {subject} was changed in the database") };
    Ok(SubjectKey::Live(Zeroizing::new(key.ok_or_else(damaged)?)))
}

/// The key of `subject`, made if there is none yet.
pub(crate) fn find_or_make_key(
    sql: &mut dyn Sql,
    keys: &LedgerKeys,
    entropy: &dyn Entropy,
    subject: &str,
    now: Timestamp,
) -> Result<SecretBytes, SealError> {
    check_subject(subject)?;
    match find_keys(sql, keys, [subject.to_owned()])?.remove(subject) {
        Some(SubjectKey::Live(key)) => return Ok(key),
        Some(SubjectKey::Erased) => return Err(SealError::Erased { subject: subject.to_owned() }),
        None => {}
    }
    let (key, row) = make_key(keys, entropy, subject, now)?;
    insert_many(sql, "subject_keys", KEY_COLUMNS, &row, "")?;
    Ok(key)
}

/// The columns of a row that [`make_key`] gives.
pub(crate) const KEY_COLUMNS: &[&str] = &["subject", "master", "wrapped", "made_at", "erased_at"];

/// A new key for `subject`, and the row that is to be stored.
pub(crate) fn make_key(
    keys: &LedgerKeys,
    entropy: &dyn Entropy,
    subject: &str,
    now: Timestamp,
) -> Result<(SecretBytes, [Value; 5]), SealError> {
    check_subject(subject)?;
    let Some(master) = keys.current_master() else {
        return Err(SealError::MasterKeyMissing { subject: subject.to_owned(), master: "the newest".to_owned() });
    };
    let key: SecretBytes = Zeroizing::new(draw(entropy));
    let wrapped = encrypt(&master.bytes, PURPOSE, subject, &[key.as_slice()], entropy);
    let row = [subject.into(), master.identifier.as_str().into(), wrapped.into(), now.into(), Value::Null];
    Ok((key, row))
}

/// Destroys the key of `subject` and leaves the mark; says whether there was anything to destroy. A subject without a
/// key gets the mark, so that nothing is recorded about it later.
pub(crate) fn erase_key(sql: &mut dyn Sql, subject: &str, now: Timestamp) -> Result<bool, SealError> {
    check_subject(subject)?;
    let changed = sql.execute(
        "INSERT INTO subject_keys (subject, master, wrapped, made_at, erased_at) VALUES ($1, '', NULL, $2, $2) \
         ON CONFLICT (subject) DO UPDATE SET master = '', wrapped = NULL, erased_at = excluded.erased_at \
         WHERE subject_keys.erased_at IS NULL",
        &[subject.into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// Wraps at most `limit` keys that are under a former master key under the newest; says how many it did.
pub(crate) fn rewrap_some(
    sql: &mut dyn Sql,
    keys: &LedgerKeys,
    entropy: &dyn Entropy,
    limit: u32,
) -> Result<u64, SealError> {
    let Some(master) = keys.current_master() else { return Ok(0) };
    let rows = sql.query(
        "SELECT subject, master, wrapped, erased_at FROM subject_keys \
         WHERE erased_at IS NULL AND master <> $1 ORDER BY subject LIMIT $2",
        &[master.identifier.as_str().into(), i64::from(limit).into()],
    )?;
    let mut count = 0;
    for row in rows {
        let subject = row.text(0)?;
        let SubjectKey::Live(key) = unwrap(&row, &subject, keys)? else { continue };
        let wrapped = encrypt(&master.bytes, PURPOSE, &subject, &[key.as_slice()], entropy);
        count += sql.execute(
            "UPDATE subject_keys SET master = $2, wrapped = $3 WHERE subject = $1",
            &[subject.into(), master.identifier.as_str().into(), wrapped.into()],
        )?;
    }
    Ok(count)
}

/// How long a key may be used from memory. Another server that erased the person is heard after this time at the latest.
const KEPT: Duration = Duration::from_secs(2);

/// At most so many keys in memory.
const CAPACITY: usize = 10_000;

/// Keys that were used a moment ago, so that a page with fifty sealed names does not ask the database fifty times.
#[derive(Default)]
pub(crate) struct KeyCache {
    kept: Mutex<HashMap<String, (SubjectKey, Instant)>>,
}

impl KeyCache {
    pub(crate) fn get(&self, subject: &str) -> Option<SubjectKey> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(subject).filter(|(_, since)| since.elapsed() < KEPT).map(|(key, _)| key.clone())
    }

    pub(crate) fn put(&self, subject: &str, key: SubjectKey, since: Instant) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CAPACITY {
            kept.clear();
        }
        kept.insert(subject.to_owned(), (key, since));
    }

    pub(crate) fn forget(&self, subject: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(subject);
    }
}
