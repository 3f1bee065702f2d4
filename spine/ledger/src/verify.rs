//! Verifying the log from the database: any byte of any event, tile or checkpoint that was changed is found and located.

use std::{collections::HashMap, fmt, ops::Range};

use crate::{
    database::{DatabaseError, Row, Sql},
    ledger::{Ledger, LedgerError, Progress, SELECT_RECORD, record_of},
    merkle::{
        Hash,
        checkpoint::{Checkpoint, NoteVerifier},
        empty_root, hashes_of,
        tail::{ChangedTiles, Tail},
        tiles::{LogPath, TILE_WIDTH},
    },
    readers::read_apart,
    record::{hexadecimal, leaf},
    stage::recorded_event,
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
    /// A stream: its row in the table of streams does not fit its events.
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
    /// Everything that is wrong; about [`MOST_FINDINGS`] at most, then verifying stops.
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

/// Events that are read at a time: the hashes of four tiles.
const PAGE: u64 = 4 * TILE_WIDTH;

/// Verifies everything that stands in the database. Memory stays small however long the log is.
pub(crate) fn verify(
    sql: &mut dyn Sql,
    verifier: &NoteVerifier,
    progress: Option<&Progress>,
) -> Result<Verification, DatabaseError> {
    let mut check = Check::default();
    let head = check.head(sql, verifier)?;
    let mut position = 0;
    while position < head.size && !check.is_full() {
        let end = (position + PAGE).min(head.size);
        check.page(sql, position..end, head.size)?;
        position = end;
        if let Some(progress) = progress {
            progress(position, head.size);
        }
    }
    check.strays(sql, head.size)?;
    let root = check.tree(sql, &head)?;
    check.streams(sql)?;
    Ok(Verification { size: head.size, root: hexadecimal(&root), findings: check.findings })
}

/// The state of the log that everything is held against.
struct Claimed {
    size: u64,
    root: Hash,
}

/// A tree that grows while the log is read.
struct Growing {
    tail: Tail,
    /// Its full tiles above those of the leaves.
    tiles: ChangedTiles,
}

impl Growing {
    fn push(&mut self, leaf: Hash) {
        self.tail.push(leaf, &mut self.tiles);
        // Those of the leaves are compared while the log is read.
        while self.tiles.first_key_value().is_some_and(|((level, _), _)| *level == 0) {
            self.tiles.pop_first();
        }
    }
}

impl Default for Growing {
    fn default() -> Self {
        Self { tail: Tail::empty(), tiles: ChangedTiles::new() }
    }
}

/// A leaf whose hash in the tile is not that of the event, though the event is whole in itself.
struct Mismatch {
    position: u64,
    hash: String,
}

#[derive(Default)]
struct Check {
    findings: Vec<Finding>,
    /// The tree over the leaves that the events give; where an event is damaged, the one that its tile gives.
    from_events: Growing,
    /// The tree over the leaves that the tiles give.
    from_tiles: Growing,
    mismatches: Vec<Mismatch>,
}

impl Check {
    fn is_full(&self) -> bool {
        self.findings.len() + self.mismatches.len() >= MOST_FINDINGS
    }

    fn find(&mut self, place: Place, what: impl Into<String>) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { place, what: what.into() });
        }
    }

    /// What the checkpoint claims. Where its signature holds, that counts and not what stands beside it.
    fn head(&mut self, sql: &mut dyn Sql, verifier: &NoteVerifier) -> Result<Claimed, DatabaseError> {
        let rows = sql.query("SELECT size, root, note FROM log_head WHERE id = 1", &[])?;
        let highest = sql.query("SELECT COALESCE(MAX(position), -1) FROM events", &[])?;
        let events = highest.first().and_then(|row| row.integer(0).ok()).map_or(0, |highest| highest.saturating_add(1));
        let events = u64::try_from(events).unwrap_or(0);
        let size = rows.first().and_then(|row| row.unsigned(0).ok());
        let root = rows.first().and_then(|row| Hash::try_from(row.bytes(1).ok()?).ok());
        let note = rows.first().and_then(|row| row.text(2).ok()).unwrap_or_default();
        match Checkpoint::verify(&note, verifier) {
            Ok(signed) => {
                if size != Some(signed.size) || root != Some(signed.root) {
                    self.find(Place::Checkpoint, "size or root in log_head is not what was signed");
                }
                Ok(Claimed { size: signed.size, root: signed.root })
            }
            Err(error) => {
                self.find(Place::Checkpoint, error.to_string());
                // An unsigned size may be anything; no more than the events that are there need be looked at.
                Ok(Claimed { size: size.unwrap_or(events).min(events), root: root.unwrap_or_else(empty_root) })
            }
        }
    }

    /// Reads the events at `positions` and compares them with their tiles.
    fn page(&mut self, sql: &mut dyn Sql, positions: Range<u64>, size: u64) -> Result<(), DatabaseError> {
        let between = [positions.start.into(), positions.end.into()];
        let statement = format!("{SELECT_RECORD} WHERE position >= $1 AND position < $2 ORDER BY position");
        let mut rows = sql.query(&statement, &between)?.into_iter().peekable();
        let stored = self.stored_leaves(sql, &positions, size)?;
        let mut missing: Option<Range<u64>> = None;
        for position in positions {
            let Some(row) = rows.next_if(|row| row.unsigned(0).is_ok_and(|found| found == position)) else {
                missing = Some(missing.map_or(position, |gap| gap.start)..position + 1);
                self.leaf(position, None, stored.get(&position));
                continue;
            };
            self.report_missing(missing.take());
            let leaf = self.event(position, &row);
            self.leaf(position, leaf, stored.get(&position));
        }
        self.report_missing(missing);
        Ok(())
    }

    /// The hashes of leaves at `positions` that the tiles hold, by position.
    fn stored_leaves(
        &mut self,
        sql: &mut dyn Sql,
        positions: &Range<u64>,
        size: u64,
    ) -> Result<HashMap<u64, Hash>, DatabaseError> {
        let (first, last) = (positions.start / TILE_WIDTH, positions.end.div_ceil(TILE_WIDTH));
        let statement = "SELECT number, hashes FROM tiles WHERE level = 0 AND number >= $1 AND number < $2";
        let mut leaves = HashMap::new();
        for row in sql.query(statement, &[first.into(), last.into()])? {
            let (number, bytes) = (row.unsigned(0)?, row.bytes(1)?);
            let hashes = hashes_of(&bytes);
            let width = (size - number * TILE_WIDTH).min(TILE_WIDTH);
            if bytes.len() as u64 > width * 32 {
                let what = format!("it has {} bytes instead of {}", bytes.len(), width * 32);
                self.find(Place::Tile { path: tile_path(size, 0, number), hash: width }, what);
            }
            leaves.extend((number * TILE_WIDTH..).zip(hashes));
        }
        Ok(leaves)
    }

    fn report_missing(&mut self, missing: Option<Range<u64>>) {
        match missing {
            Some(gap) if gap.end - gap.start == 1 => self.find(Place::Event(gap.start), "it is missing"),
            Some(gap) => self.find(Place::Event(gap.start), format!("it and all up to {} are missing", gap.end - 1)),
            None => {}
        }
    }

    /// The leaf that an event gives; nothing if it is damaged.
    fn event(&mut self, position: u64, row: &Row) -> Option<Hash> {
        let record = match record_of(row) {
            Ok(record) => record,
            Err(error) => {
                self.find(Place::Event(position), error.to_string());
                return None;
            }
        };
        let digest = record.digest();
        if row.bytes(9).unwrap_or_default() != digest {
            self.find(Place::Event(position), "a column was changed: its record and its digest do not fit");
            return None;
        }
        if let Err(error) = recorded_event(&record) {
            self.find(Place::Event(position), error.to_string());
        }
        Some(leaf(&digest))
    }

    fn leaf(&mut self, position: u64, from_event: Option<Hash>, from_tile: Option<&Hash>) {
        let either = from_event.as_ref().or(from_tile).copied().unwrap_or_else(empty_root);
        self.from_events.push(either);
        self.from_tiles.push(from_tile.copied().unwrap_or(either));
        if from_event.is_some() && from_event.as_ref() != from_tile && !self.is_full() {
            let hash = from_tile.map_or_else(|| "is missing".to_owned(), |_| "is another".to_owned());
            self.mismatches.push(Mismatch { position, hash });
        }
    }

    /// Events and tiles of leaves where the log has none.
    fn strays(&mut self, sql: &mut dyn Sql, size: u64) -> Result<(), DatabaseError> {
        let most = u64::try_from(MOST_FINDINGS).unwrap_or(u64::MAX);
        let statement = "SELECT position FROM events WHERE position < 0 OR position >= $1 ORDER BY position LIMIT $2";
        for row in sql.query(statement, &[size.into(), most.into()])? {
            let position = row.integer(0)?;
            let what = format!("an event stands at position {position}, outside of the log");
            self.find(Place::Event(u64::try_from(position).unwrap_or(0)), what);
        }
        let statement =
            "SELECT number FROM tiles WHERE level = 0 AND (number < 0 OR number >= $1) ORDER BY number LIMIT $2";
        for row in sql.query(statement, &[size.div_ceil(TILE_WIDTH).into(), most.into()])? {
            let path = format!("tile/0 number {}", row.integer(0)?);
            self.find(Place::Tile { path, hash: 0 }, "the log has no such tile");
        }
        Ok(())
    }

    /// Compares what events and tiles give with what was signed, and with the tiles above; says where the fault lies. Gives
    /// the root.
    fn tree(&mut self, sql: &mut dyn Sql, claimed: &Claimed) -> Result<Hash, DatabaseError> {
        let (from_events, from_tiles) = (self.from_events.tail.root(), self.from_tiles.tail.root());
        let whole = !self.is_full();
        let tiles_are_right = from_tiles == claimed.root && from_events != claimed.root;
        for mismatch in std::mem::take(&mut self.mismatches) {
            let position = mismatch.position;
            if tiles_are_right {
                self.find(
                    Place::Event(position),
                    "it is not the event that was recorded here: the log committed to another",
                );
                continue;
            }
            let path = tile_path(claimed.size, 0, position / TILE_WIDTH);
            let what = if from_events == claimed.root {
                format!("it {}: it was changed, the event was not", mismatch.hash)
            } else {
                format!("it {}: it or the event {position} was changed", mismatch.hash)
            };
            self.find(Place::Tile { path, hash: position % TILE_WIDTH }, what);
        }
        // After too many findings the log was not read to its end, and there is nothing to compare.
        if whole {
            let right = std::mem::take(if tiles_are_right { &mut self.from_tiles } else { &mut self.from_events });
            self.upper_tiles(sql, claimed.size, right)?;
            if from_events != claimed.root && from_tiles != claimed.root {
                let what =
                    "the events do not give the root that was signed: at least one was changed after it was recorded";
                self.find(Place::Checkpoint, what);
            }
        }
        Ok(if tiles_are_right { from_tiles } else { from_events })
    }

    fn upper_tiles(&mut self, sql: &mut dyn Sql, size: u64, right: Growing) -> Result<(), DatabaseError> {
        let Growing { mut tail, tiles: mut expected } = right;
        tail.take_changed(&mut expected);
        let mut stored = Vec::new();
        sql.query_each(
            "SELECT level, number, hashes FROM tiles WHERE level <> 0 ORDER BY level, number",
            &[],
            &mut |row| {
                let (level, number, found) = (row.integer(0)?, row.integer(1)?, row.bytes(2)?);
                let place = u32::try_from(level).ok().zip(u64::try_from(number).ok());
                let wanted = place.and_then(|place| expected.remove(&place));
                if wanted.as_ref() != Some(&found) && stored.len() < MOST_FINDINGS {
                    stored.push((level, number, wanted, found));
                }
                Ok(())
            },
        )?;
        for (level, number, wanted, found) in stored {
            let path = match (u32::try_from(level), u64::try_from(number)) {
                (Ok(level), Ok(number)) => tile_path(size, level, number),
                _ => format!("tile/{level} number {number}"),
            };
            match wanted {
                Some(wanted) => self.tile(&path, &wanted, &found),
                None => self.find(Place::Tile { path, hash: 0 }, "the log has no such tile"),
            }
        }
        for (level, number) in expected.into_keys().filter(|(level, _)| *level > 0) {
            self.find(Place::Tile { path: tile_path(size, level, number), hash: 0 }, "it is missing");
        }
        Ok(())
    }

    fn tile(&mut self, path: &str, wanted: &[u8], found: &[u8]) {
        let (wanted_hashes, found_hashes) = (hashes_of(wanted), hashes_of(found));
        if wanted.len() != found.len() {
            let what = format!("it has {} bytes instead of {}", found.len(), wanted.len());
            let hash = wanted_hashes.len().min(found_hashes.len()) as u64;
            self.find(Place::Tile { path: path.to_owned(), hash }, what);
        }
        for (hash, (wanted, found)) in (0..).zip(wanted_hashes.iter().zip(&found_hashes)) {
            if wanted != found {
                let what = "it is not the hash of the tiles below: it was changed";
                self.find(Place::Tile { path: path.to_owned(), hash }, what);
            }
        }
    }

    /// The table of streams is not part of the log; appends rest on it.
    fn streams(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let most = u64::try_from(MOST_FINDINGS).unwrap_or(u64::MAX);
        let statement = "SELECT e.stream, e.latest, s.version FROM \
             (SELECT stream, MAX(version) AS latest, COUNT(*) AS number FROM events GROUP BY stream) e \
             LEFT JOIN streams s ON s.stream = e.stream \
             WHERE s.version IS NULL OR s.version <> e.latest OR e.latest <> e.number ORDER BY e.stream LIMIT $1";
        for row in sql.query(statement, &[most.into()])? {
            let (stream, latest) = (readable(&row, 0), row.integer(1)?);
            let what = match row.optional_integer(2)? {
                None => "it is missing in the table of streams".to_owned(),
                Some(version) if version == latest => format!("versions before {latest} are missing"),
                Some(version) => format!("the table of streams says version {version}, the events say {latest}"),
            };
            self.find(Place::Stream(stream), what);
        }
        let statement = "SELECT stream FROM streams WHERE NOT EXISTS \
             (SELECT 1 FROM events WHERE events.stream = streams.stream) ORDER BY stream LIMIT $1";
        for row in sql.query(statement, &[most.into()])? {
            self.find(Place::Stream(readable(&row, 0)), "the table of streams has it, but it has no events");
        }
        Ok(())
    }
}

/// A text that may have been damaged.
fn readable(row: &Row, column: usize) -> String {
    row.text(column)
        .or_else(|_| row.bytes(column).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .unwrap_or_default()
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
