//! Verifying the log from outside: only its public resources are needed, and perhaps a checkpoint saved earlier.

use thiserror::Error;

use crate::{
    merkle::{
        Hash,
        checkpoint::{Checkpoint, CheckpointError, NoteVerifier},
        leaf_hash,
        proofs::{consistency_proof, verify_consistency},
        tail::{ChangedTiles, Tail},
        tiles::{LogPath, TILE_WIDTH, TileNodes, unbundle},
    },
    record::RECORD_VERSION,
};

/// How much is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The few tiles that prove that the log of the saved checkpoint is the beginning of today's.
    Consistency,
    /// All entries and all tiles: everything is computed anew.
    Everything,
}

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The newest checkpoint, to be saved for the next time.
    pub checkpoint: Checkpoint,
    /// Its signed note, to be saved as it is.
    pub note: String,
    /// How many entries the saved checkpoint had, if there was one.
    pub grown_from: Option<u64>,
    /// Resources that were fetched.
    pub fetched: u64,
}

/// Why the log is not to be trusted, or could not be verified.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum AuditError {
    /// A resource could not be had.
    #[error("{path} could not be fetched: {reason}")]
    Fetch {
        /// Its path in the log.
        path: String,
        /// Why.
        reason: String,
    },
    /// The newest checkpoint cannot be trusted.
    #[error("the log's checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// The saved checkpoint cannot be trusted.
    #[error("the saved checkpoint: {0}")]
    Saved(CheckpointError),
    /// The log is shorter than it was.
    #[error("the log has {now} entries; it had {before} when the checkpoint was saved: entries were removed")]
    Shrunk {
        /// Entries now.
        now: u64,
        /// Entries then.
        before: u64,
    },
    /// The log is not a continuation of what it was.
    #[error("the first {before} entries of the log are not those of the saved checkpoint: history was rewritten")]
    Rewritten {
        /// Entries of the saved checkpoint.
        before: u64,
    },
    /// A resource does not fit the others.
    #[error("{path} does not fit the checkpoint: {reason}")]
    Resource {
        /// Its path in the log.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// All entries together do not give the signed root.
    #[error("the entries do not give the root that was signed")]
    Root,
}

/// Fetches and verifies. `fetch` gives the bytes at a path below the log's address (`checkpoint`, `tile/0/000`, …) or says
/// why it cannot. `saved` is the note of a checkpoint that was saved earlier.
pub fn audit(
    fetch: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    verifier_key: &str,
    saved: Option<&str>,
    depth: Depth,
) -> Result<Audit, AuditError> {
    let verifier = NoteVerifier::parse(verifier_key).map_err(AuditError::Checkpoint)?;
    let saved = saved.map(|note| Checkpoint::verify(note, &verifier)).transpose().map_err(AuditError::Saved)?;
    let mut source = Source { fetch, fetched: 0 };
    let note = String::from_utf8(source.get(LogPath::Checkpoint)?)
        .map_err(|_| AuditError::Checkpoint(CheckpointError::Form { reason: "it is not text" }))?;
    let checkpoint = Checkpoint::verify(&note, &verifier).map_err(AuditError::Checkpoint)?;
    if let Some(saved) = &saved {
        if saved.size > checkpoint.size {
            return Err(AuditError::Shrunk { now: checkpoint.size, before: saved.size });
        }
        check_growth(&mut source, saved, &checkpoint)?;
    }
    if depth == Depth::Everything {
        compute_all(&mut source, &checkpoint, saved.as_ref())?;
    }
    Ok(Audit { checkpoint, note, grown_from: saved.map(|saved| saved.size), fetched: source.fetched })
}

struct Source<'a> {
    fetch: &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    fetched: u64,
}

impl Source<'_> {
    fn get(&mut self, path: LogPath) -> Result<Vec<u8>, AuditError> {
        self.fetched += 1;
        let path = path.to_string();
        (self.fetch)(&path).map_err(|reason| AuditError::Fetch { path, reason })
    }
}

/// The proof is made out of tiles that nobody vouches for; it holds only if it gives both signed roots.
fn check_growth(source: &mut Source<'_>, saved: &Checkpoint, now: &Checkpoint) -> Result<(), AuditError> {
    let rewritten = AuditError::Rewritten { before: saved.size };
    let mut nodes = TileNodes::new(now.size, |path| source.get(path).map(Some));
    let proof = match consistency_proof(&mut nodes, saved.size, now.size) {
        Ok(proof) => proof.unwrap_or_default(),
        Err(crate::merkle::tiles::TileError::Fetch(error)) => return Err(error),
        Err(crate::merkle::tiles::TileError::Missing { path }) => {
            return Err(AuditError::Resource { path, reason: "it is too short".to_owned() });
        }
    };
    if verify_consistency(saved.size, &saved.root, now.size, &now.root, &proof) { Ok(()) } else { Err(rewritten) }
}

fn compute_all(source: &mut Source<'_>, now: &Checkpoint, saved: Option<&Checkpoint>) -> Result<(), AuditError> {
    let mut tail = Tail::empty();
    let mut tiles = ChangedTiles::new();
    let mut root_then: Option<Hash> = saved.filter(|saved| saved.size == 0).map(|_| tail.root());
    for number in 0..now.size.div_ceil(TILE_WIDTH) {
        let Some(path) = LogPath::entries_of(now.size, number) else { break };
        let LogPath::Entries { width, .. } = path else { break };
        let wrong = |reason: String| AuditError::Resource { path: path.to_string(), reason };
        let bytes = source.get(path)?;
        let entries = unbundle(&bytes).ok_or_else(|| wrong("it is not a bundle of entries".to_owned()))?;
        if entries.len() as u64 != width {
            return Err(wrong(format!("it has {} entries instead of {width}", entries.len())));
        }
        for entry in entries {
            if !entry.starts_with(RECORD_VERSION.as_bytes()) {
                return Err(wrong("an entry is not one of Maru's".to_owned()));
            }
            tail.push(leaf_hash(entry), &mut tiles);
            if saved.is_some_and(|saved| saved.size == tail.size()) {
                root_then = Some(tail.root());
            }
        }
        if width < TILE_WIDTH {
            tail.take_changed(&mut tiles);
        }
        // The tiles of the leaves are many: each is compared and let go. Those above are compared at the end.
        compare_tile(source, now.size, 0, number, tiles.remove(&(0, number)).as_ref())?;
    }
    tail.take_changed(&mut tiles);
    for ((level, number), hashes) in tiles {
        compare_tile(source, now.size, level, number, Some(&hashes))?;
    }
    if tail.root() != now.root {
        return Err(AuditError::Root);
    }
    match saved {
        Some(saved) if root_then != Some(saved.root) => Err(AuditError::Rewritten { before: saved.size }),
        _ => Ok(()),
    }
}

fn compare_tile(
    source: &mut Source<'_>,
    size: u64,
    level: u32,
    number: u64,
    expected: Option<&Vec<u8>>,
) -> Result<(), AuditError> {
    let Some(path) = LogPath::tile_of(size, level, number) else { return Ok(()) };
    let found = source.get(path)?;
    if Some(&found) == expected {
        return Ok(());
    }
    let place = expected.into_iter().flatten().zip(&found).position(|(one, other)| one != other);
    let place = place.map_or_else(|| "its length".to_owned(), |byte| format!("hash {}", byte / 32));
    Err(AuditError::Resource { path: path.to_string(), reason: format!("{place} is not what the entries give") })
}
