//! Verifying the log from the database: any byte of any event, tile or checkpoint that was changed is found and located.

use std::{collections::HashMap, fmt};

use crate::{
    database::{DatabaseError, Sql},
    ledger::{Ledger, LedgerError, Progress, SELECT_RECORD, record_of},
    merkle::{
        Hash,
        checkpoint::{Checkpoint, NoteVerifier},
        hashes_of,
        tail::{ChangedTiles, Tail},
        tiles::LogPath,
    },
    readers::read_apart,
    record::{hexadecimal, leaf},
    stage::{Head, recorded_event},
};

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The event at this position.
    Event(u64),
    /// A hash in a tile.
    Tile {
        /// The tile's path.
        path: String,
        /// Which of its hashes, from 0.
        hash: u64,
    },
    /// The version of a stream in the table of streams.
    Stream(String),
    /// The checkpoint.
    Checkpoint,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Event(position) => write!(formatter, "event {position}: {}", self.what),
            Place::Tile { path, hash } => write!(formatter, "{path}, hash {hash}: {}", self.what),
            Place::Stream(stream) => write!(formatter, "stream {stream}: {}", self.what),
            Place::Checkpoint => write!(formatter, "checkpoint: {}", self.what),
        }
    }
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries that the log has by its checkpoint.
    pub size: u64,
    /// The root of the tree, in hexadecimal, computed from the events.
    pub root: String,
    /// Everything that is wrong, in the order of the log; at most [`MOST_FINDINGS`].
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// After so many findings no more are listed.
pub const MOST_FINDINGS: usize = 1_000;

struct Check {
    head: Head,
    tail: Tail,
    tiles: ChangedTiles,
    versions: HashMap<String, u64>,
    findings: Vec<Finding>,
    expected: u64,
}

/// Verifies everything that stands in the database.
pub(crate) fn verify(
    sql: &mut dyn Sql,
    verifier: &NoteVerifier,
    progress: Option<&Progress>,
) -> Result<Verification, DatabaseError> {
    let mut check = Check {
        head: Head::read(sql)?,
        tail: Tail::empty(),
        tiles: ChangedTiles::new(),
        versions: HashMap::new(),
        findings: Vec::new(),
        expected: 0,
    };
    sql.query_each(&format!("{SELECT_RECORD} ORDER BY position"), &[], &mut |row| {
        if let Some(progress) = progress
            && check.expected.is_multiple_of(10_000)
        {
            progress(check.expected, check.head.size);
        }
        check.event(&row);
        Ok(())
    })?;
    for missing in check.expected..check.head.size {
        check.find(Place::Event(missing), "it is missing");
        if check.is_full() {
            break;
        }
    }
    check.tiles(sql)?;
    check.streams(sql)?;
    check.checkpoint(verifier);
    let mut findings = check.findings;
    findings.truncate(MOST_FINDINGS);
    Ok(Verification { size: check.head.size, root: hexadecimal(&check.tail.root()), findings })
}

impl Check {
    fn is_full(&self) -> bool {
        self.findings.len() >= MOST_FINDINGS
    }

    fn find(&mut self, place: Place, what: impl Into<String>) {
        if !self.is_full() {
            self.findings.push(Finding { place, what: what.into() });
        }
    }

    fn event(&mut self, row: &crate::database::Row) {
        let position = row.integer(0).unwrap_or(-1);
        let Ok(position) = u64::try_from(position) else {
            return self.find(Place::Event(self.expected), format!("there is an event at position {position}"));
        };
        while self.expected < position && self.expected < self.head.size && !self.is_full() {
            self.find(Place::Event(self.expected), "it is missing");
            self.expected += 1;
        }
        if position >= self.head.size {
            return self.find(Place::Event(position), "it stands beyond the end of the log");
        }
        self.expected = position + 1;
        let stored = row.bytes(9).unwrap_or_default();
        let record = match record_of(row) {
            Ok(record) => record,
            Err(error) => {
                self.push(&[]);
                return self.find(Place::Event(position), error.to_string());
            }
        };
        let digest = record.digest();
        self.push(&digest);
        if stored != digest {
            self.find(Place::Event(position), "a column was changed: its record and its digest do not fit");
        }
        if let Err(error) = recorded_event(&record) {
            self.find(Place::Event(position), error.to_string());
        }
        let before = self.versions.insert(record.stream.clone(), record.version).unwrap_or(0);
        if record.version != before + 1 {
            let what = format!("version {} of {} follows version {before}", record.version, record.stream);
            self.find(Place::Event(position), what);
        }
    }

    fn push(&mut self, digest: &[u8]) {
        let mut changed = ChangedTiles::new();
        // Where events are missing the leaves stand in the wrong place; then the gap is what is reported.
        self.tail.push(leaf(digest), &mut changed);
        self.tiles.extend(changed);
    }

    /// Compares the stored tiles with those that the events give.
    fn tiles(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let whole = self.tail.size() == self.head.size;
        let mut computed = std::mem::take(&mut self.tiles);
        let mut stored = Vec::new();
        sql.query_each("SELECT level, number, hashes FROM tiles ORDER BY level, number", &[], &mut |row| {
            let place = (u32::try_from(row.integer(0)?).ok(), u64::try_from(row.integer(1)?).ok());
            let expected = place.0.zip(place.1).and_then(|place| computed.remove(&place));
            let found = row.bytes(2)?;
            if expected.as_ref() != Some(&found) {
                stored.push((row.integer(0)?, row.integer(1)?, expected, found));
            }
            Ok(())
        })?;
        if !whole {
            // Without the missing events there is nothing to compare with.
            return Ok(());
        }
        for (level, number, expected, found) in stored {
            let path = match (u32::try_from(level), u64::try_from(number)) {
                (Ok(level), Ok(number)) => tile_path(self.head.size, level, number),
                _ => format!("tile {level}/{number}"),
            };
            match expected {
                Some(expected) => self.tile(level, &path, &expected, &found),
                None => self.find(Place::Tile { path, hash: 0 }, "the log has no such tile"),
            }
        }
        for (level, number) in computed.into_keys() {
            let path = tile_path(self.head.size, level, number);
            self.find(Place::Tile { path, hash: 0 }, "it is missing");
        }
        Ok(())
    }

    fn tile(&mut self, level: i64, path: &str, expected: &[u8], found: &[u8]) {
        let (expected_hashes, found_hashes) = (hashes_of(expected), hashes_of(found));
        if expected.len() != found.len() {
            let what = format!("it has {} bytes instead of {}", found.len(), expected.len());
            let hash = expected_hashes.len().min(found_hashes.len()) as u64;
            self.find(Place::Tile { path: path.to_owned(), hash }, what);
        }
        for (index, (expected, found)) in (0..).zip(expected_hashes.iter().zip(&found_hashes)) {
            if expected != found {
                let below = if level == 0 { "the event" } else { "the tiles below" };
                let what = format!("it is not the hash of {below}: one of the two was changed");
                self.find(Place::Tile { path: path.to_owned(), hash: index }, what);
            }
        }
    }

    fn streams(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let mut versions = std::mem::take(&mut self.versions);
        for row in sql.query("SELECT stream, version FROM streams ORDER BY stream", &[])? {
            let (stream, version) = (row.text(0)?, row.unsigned(1)?);
            let actual = versions.remove(&stream).unwrap_or(0);
            if actual != version {
                let what = format!("the table of streams says version {version}, the events say {actual}");
                self.find(Place::Stream(stream), what);
            }
        }
        let mut missing: Vec<String> = versions.into_keys().collect();
        missing.sort_unstable();
        for stream in missing {
            self.find(Place::Stream(stream), "it is missing in the table of streams");
        }
        Ok(())
    }

    fn checkpoint(&mut self, verifier: &NoteVerifier) {
        let signed = match Checkpoint::verify(&self.head.note, verifier) {
            Ok(signed) => signed,
            Err(error) => return self.find(Place::Checkpoint, error.to_string()),
        };
        let (size, root): (u64, Hash) = (self.head.size, self.head.root);
        if signed.size != size || signed.root != root {
            self.find(Place::Checkpoint, "size or root in log_head is not what was signed");
        }
        if signed.root != self.tail.root() {
            let what =
                "the events do not give the root that was signed: at least one was changed after it was recorded";
            self.find(Place::Checkpoint, what);
        }
    }
}

fn tile_path(size: u64, level: u32, number: u64) -> String {
    LogPath::tile_of(size, level, number).map_or_else(|| format!("tile {level}/{number}"), |path| path.to_string())
}

impl Ledger {
    /// Verifies the whole log against its signed checkpoint, from one snapshot of the database, while the server runs.
    pub async fn verify(&self) -> Result<Verification, LedgerError> {
        let (verifier, progress) = (self.inner.verifier.clone(), self.inner.progress.clone());
        let work = move |sql: &mut dyn Sql| verify(sql, &verifier, progress.as_ref());
        Ok(read_apart(&self.inner.address, "verify", work).await?)
    }
}
