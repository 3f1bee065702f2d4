//! Erasing persons, turning the master key over, forgetting old idempotency keys.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use crate::{
    aggregate::CommandContext,
    append::{Append, AppendError, ExpectedVersion},
    database::DatabaseError,
    event::{Actor, NewEvent, StreamId},
    ledger::Ledger,
    record::hexadecimal,
    seal::SealError,
    vault::rewrap_some,
    writer::Also,
};

/// The kind of streams in which erasures are recorded.
pub const ERASURE: &str = "erasure";

/// Keys that are wrapped anew in one transaction.
const REWRAP: u32 = 500;

impl Ledger {
    /// Destroys the key of `subject`: every fact about that person becomes unreadable, here and on every other server
    /// within two seconds, and every proof stays whole. The erasure is recorded as the event `subject-erased` in a stream
    /// of kind [`ERASURE`]. Says whether there was anything to erase; erasing again does nothing.
    ///
    /// Backups made before still hold the key: let them expire, and erase again after restoring one.
    pub async fn erase_subject(&self, subject: &str, actor: Actor, now: Timestamp) -> Result<bool, AppendError> {
        let append = Append {
            stream: erasure_stream(subject),
            expected: ExpectedVersion::Any,
            events: vec![NewEvent {
                kind: "subject-erased".to_owned(),
                payload: json!({ "type": "subject-erased", "subject": subject }),
            }],
            jobs: Vec::new(),
            context: CommandContext::new(actor, now),
        };
        let appended = self.append_also(append, Also::EraseSubject(subject.to_owned())).await?;
        self.inner.key_cache.forget(subject);
        if appended.repeated {
            return Ok(false);
        }
        // The former bytes are overwritten as far as the database allows; the erasure is valid even if that must wait.
        if let Err(error) = self.inner.forget_deleted().await {
            tracing::warn!(%error, "the files of the database may hold the erased key until it is vacuumed");
        }
        Ok(true)
    }

    /// Wraps the keys of all persons that are under former master keys under the newest one; says how many it did. It can
    /// run while the servers do, if all of them know the new key. Afterwards the former ones may be dropped.
    pub async fn rewrap_subject_keys(&self) -> Result<u64, SealError> {
        let mut done = 0;
        loop {
            let (keys, entropy) = (self.inner.keys.clone(), Arc::clone(&self.inner.entropy));
            let some = self.write(move |sql| match rewrap_some(sql, &keys, &*entropy, REWRAP) {
                Err(SealError::Database(error)) => Err(error),
                other => Ok(other),
            });
            let some = some.await??;
            if some == 0 {
                return Ok(done);
            }
            done += some;
        }
    }

    /// Forgets idempotency keys that were used before `instant`; says how many.
    pub async fn forget_idempotency_keys(&self, instant: Timestamp) -> Result<u64, DatabaseError> {
        self.write(move |sql| sql.execute("DELETE FROM idempotency WHERE at < $1", &[instant.into()])).await
    }
}

/// A subject's name may hold letters that a stream's name may not.
fn erasure_stream(subject: &str) -> StreamId {
    StreamId::new(ERASURE, subject).unwrap_or_else(|_| {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(subject.as_bytes());
        // Hexadecimal is always a valid identifier.
        StreamId::new(ERASURE, hexadecimal(&digest)).unwrap_or_else(|_| unreachable!("hexadecimal names a stream"))
    })
}
