//! The document that a citizen downloads: everything that happened in a case, and the proof that it stands in the log.
//! It can be checked without us, by anybody, from the document alone and the log's public key.

use std::collections::{BTreeSet, HashSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    event::{Actor, RecordedEvent, StreamId},
    head::Head,
    ledger::{Ledger, LedgerError, SELECT_RECORD, key_for, record_of},
    merkle::{
        Hash,
        checkpoint::{Checkpoint, CheckpointError, NoteVerifier},
        proofs::{inclusion_proof, verify_inclusion},
    },
    public_log::{nodes, tile_error},
    record::{EventRecord, leaf},
    seal::{Opening, open_payload, sealed_values},
    vault::find_keys,
};

/// The form of the document.
pub const STREAM_PROOF_FORMAT: &str = "maru-stream-proof-v1";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamProof {
    format: String,
    /// How to check it by hand, for people who open the file.
    how_to_verify: String,
    public_key: String,
    checkpoint: String,
    stream: String,
    records: Vec<ProvenRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvenRecord {
    position: u64,
    version: u64,
    kind: String,
    at_microseconds: i64,
    actor: String,
    role: String,
    payload: String,
    salt: String,
    /// The path to the root, in base64.
    inclusion: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    openings: Vec<Opening>,
}

const HOW_TO_VERIFY: &str = "The bytes of a record are the line maru-event-v1 and then, each as LENGTH:BYTES, (netstring), \
position, stream, version, kind, at_microseconds, actor, role, payload, salt in hexadecimal. The log's entry is the line \
maru-event-v1 and the SHA-256 of those bytes; its place is position; inclusion is its RFC 6962 audit path to the root in \
checkpoint, a C2SP signed note by public_key. An opening shows a sealed value: the SHA-256 of the line maru-opening-v1, the \
salt and the value is the commitment in payload.";

/// What a document proves.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedStream {
    /// The public key by which it was checked.
    pub public_key: String,
    /// The state of the log that it is proved against.
    pub checkpoint: Checkpoint,
    /// The stream.
    pub stream: StreamId,
    /// Its events in their order. Personal facts are open where the document opens them, else without value.
    pub events: Vec<RecordedEvent>,
}

/// Why a document proves nothing.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ProofError {
    /// It is not such a document.
    #[error("this is not a proof of a case ({STREAM_PROOF_FORMAT}): {reason}")]
    Form {
        /// What is wrong.
        reason: String,
    },
    /// It was made by another log.
    #[error("this proof was made by the log {found}, not by {expected}")]
    OtherLog {
        /// The key in the document.
        found: String,
        /// The key that was expected.
        expected: String,
    },
    /// The checkpoint cannot be trusted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A record was changed, or is not in the log.
    #[error("the record at position {position} is not in the log as it is given here: it or its proof was changed")]
    Record {
        /// Its position.
        position: u64,
    },
    /// Records are missing or out of order.
    #[error("version {missing} of the case is missing between the records")]
    Gap {
        /// The version that is missing.
        missing: u64,
    },
    /// An opened value is not what was sealed.
    #[error("a personal value shown at position {position} is not the one that was recorded")]
    Opening {
        /// The position of the record.
        position: u64,
    },
}

/// Checks a document by the public key that the log is known by (`NAME+HASH+KEY`); by the key in the document itself if
/// `expected_key` is none, which proves only that the document is whole.
pub fn verify_stream_proof(document: &str, expected_key: Option<&str>) -> Result<VerifiedStream, ProofError> {
    let form = |reason: String| ProofError::Form { reason };
    let proof: StreamProof = serde_json::from_str(document).map_err(|error| form(error.to_string()))?;
    if proof.format != STREAM_PROOF_FORMAT {
        return Err(form(format!("it is of the form {}", proof.format)));
    }
    let verifier = NoteVerifier::parse(&proof.public_key)?;
    if let Some(expected) = expected_key
        && NoteVerifier::parse(expected)? != verifier
    {
        let found = verifier.name().to_owned();
        return Err(ProofError::OtherLog { found, expected: expected.trim().to_owned() });
    }
    let checkpoint = Checkpoint::verify(&proof.checkpoint, &verifier)?;
    let stream = StreamId::parse(&proof.stream).map_err(|error| form(error.to_string()))?;
    if proof.records.is_empty() {
        return Err(form("it holds no record".to_owned()));
    }
    let mut events = Vec::with_capacity(proof.records.len());
    for (expected, record) in (1..).zip(&proof.records) {
        if record.version != expected {
            return Err(ProofError::Gap { missing: expected });
        }
        events.push(verify_record(record, &stream, &checkpoint)?);
    }
    Ok(VerifiedStream { public_key: verifier.to_string(), checkpoint, stream, events })
}

fn verify_record(
    proven: &ProvenRecord,
    stream: &StreamId,
    checkpoint: &Checkpoint,
) -> Result<RecordedEvent, ProofError> {
    let position = proven.position;
    let changed = || ProofError::Record { position };
    let record = EventRecord {
        position,
        stream: stream.as_str().to_owned(),
        version: proven.version,
        kind: proven.kind.clone(),
        at: proven.at_microseconds,
        actor: proven.actor.clone(),
        role: proven.role.clone(),
        payload: proven.payload.clone(),
        salt: STANDARD.decode(&proven.salt).map_err(|_| changed())?,
    };
    let path = proven.inclusion.iter().map(|hash| Hash::try_from(STANDARD.decode(hash).ok()?).ok());
    let path = path.collect::<Option<Vec<Hash>>>().ok_or_else(changed)?;
    if !verify_inclusion(&leaf(&record.digest()), position, checkpoint.size, &path, &checkpoint.root) {
        return Err(changed());
    }
    let mut payload: serde_json::Value = serde_json::from_str(&record.payload).map_err(|_| changed())?;
    let mut sealed = Vec::new();
    sealed_values(&payload, &mut sealed);
    let recorded: HashSet<&str> = sealed.iter().map(|sealed| sealed.commitment.as_str()).collect();
    let wrong = || ProofError::Opening { position };
    for opening in &proven.openings {
        let commitment = opening.commitment().ok_or_else(wrong)?;
        if !recorded.contains(commitment.as_str()) {
            return Err(wrong());
        }
    }
    let opening_of = |commitment: &str| {
        proven.openings.iter().find(|opening| opening.commitment().as_deref() == Some(commitment)).cloned()
    };
    open_payload(&mut payload, &mut |sealed| Ok(opening_of(&sealed.commitment))).map_err(|_| wrong())?;
    Ok(RecordedEvent {
        position,
        stream: stream.clone(),
        version: record.version,
        kind: record.kind,
        at: Timestamp::from_microsecond(record.at).map_err(|_| changed())?,
        actor: Actor { id: record.actor, role: record.role },
        payload,
    })
}

impl Ledger {
    /// A document with everything that happened in a stream and the proof that it is in the log, to be checked by
    /// [`verify_stream_proof`]. Facts about `open_subjects` are shown in it and can be proved; all others stay sealed.
    /// Nothing if there is no such stream.
    pub async fn stream_proof(
        &self,
        stream: &StreamId,
        open_subjects: &[String],
    ) -> Result<Option<String>, LedgerError> {
        let name = stream.as_str().to_owned();
        let open_subjects: BTreeSet<String> = open_subjects.iter().cloned().collect();
        let (keys, public_key) = (self.inner.keys.clone(), self.verifier_key());
        self.read_opened(move |sql| {
            let head = Head::read(sql)?;
            let select = format!("{SELECT_RECORD} WHERE stream = $1 ORDER BY version");
            let rows = sql.query(&select, &[name.as_str().into()])?;
            let found = find_keys(sql, &keys, open_subjects.iter().cloned())?;
            let mut records = Vec::with_capacity(rows.len());
            for row in &rows {
                let record = record_of(row)?;
                let path = inclusion_proof(&mut nodes(sql, head.size), record.position, head.size);
                let path = path.map_err(tile_error)?.unwrap_or_default();
                let mut sealed = Vec::new();
                sealed_values(&serde_json::from_str(&record.payload).unwrap_or_default(), &mut sealed);
                let mut openings = Vec::new();
                for sealed in sealed.iter().filter(|sealed| open_subjects.contains(&sealed.subject)) {
                    openings.extend(key_for(&found, sealed)?.open(sealed)?);
                }
                records.push(ProvenRecord {
                    position: record.position,
                    version: record.version,
                    kind: record.kind,
                    at_microseconds: record.at,
                    actor: record.actor,
                    role: record.role,
                    payload: record.payload,
                    salt: STANDARD.encode(&record.salt),
                    inclusion: path.iter().map(|hash| STANDARD.encode(hash)).collect(),
                    openings,
                });
            }
            if records.is_empty() {
                return Ok(None);
            }
            let proof = StreamProof {
                format: STREAM_PROOF_FORMAT.to_owned(),
                how_to_verify: HOW_TO_VERIFY.to_owned(),
                public_key,
                checkpoint: head.note,
                stream: name,
                records,
            };
            let failed = |error: serde_json::Error| LedgerError::Log { reason: error.to_string() };
            serde_json::to_string_pretty(&proof).map(Some).map_err(failed)
        })
        .await
    }
}
