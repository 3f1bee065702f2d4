//! Checkpoints of SQLite's write-ahead log beside the writer. A checkpoint copies pages into the database and waits for the
//! disk; done by the writer, which is SQLite's way, every commit in line would wait too.
//!
//! A pass is one call of SQLite, which lets nobody go first: whoever waits for its processor waits for all of it. Beside a writer that lets
//! others go first it comes so often that there is little to copy; each costs a wait for the disk more, so not more often than that. Where
//! nothing was committed there is none.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::{Connection as Driver, OpenFlags};

use super::DatabaseError;
use crate::{courtesy, readers::spawn};

/// How long to rest between two checkpoints.
const REST: Duration = Duration::from_millis(100);
/// The shortest rest beside a writer that lets others go first.
const SHORT_REST: Duration = Duration::from_millis(10);
/// Pages that are copied at once there, about: a quarter of a millisecond.
const COPIED_AT_ONCE: u32 = 64;
/// From so many pages on (64 MiB) the writer helps: while it commits without a pause, the log never ends and so cannot
/// begin anew.
const OVERGROWN: u32 = 16_384;

/// A thread that copies what was committed from the log into the database.
pub(super) struct Checkpoints {
    /// Hears that something was committed.
    committed: Option<mpsc::SyncSender<()>>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    is_overgrown: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Starts the thread, on a connection of its own; called by the writer's thread, beside which it is as courteous.
    pub(super) fn start(path: PathBuf) -> Result<Self, DatabaseError> {
        let is_overgrown = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = mpsc::channel();
        // What is told while the thread rests or copies is told once.
        let (committed, told) = mpsc::sync_channel(1);
        let keeper = Keeper {
            path,
            stopped,
            is_overgrown: Arc::clone(&is_overgrown),
            shortest_rest: if courtesy::is_kept() { SHORT_REST } else { REST },
            driver: None,
        };
        let thread = spawn("checkpoints", move || keeper.keep_short(&told))?;
        Ok(Self { committed: Some(committed), stop: Some(stop), thread: Some(thread), is_overgrown })
    }

    /// Something was committed.
    pub(super) fn committed(&self) {
        if let Some(committed) = &self.committed {
            // Where the line is full it was told already.
            let _ = committed.try_send(());
        }
    }

    /// Whether the log has become so long that the writer must pause for a checkpoint: said once, so that it pauses once.
    pub(super) fn wants_help(&self) -> bool {
        self.is_overgrown.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Checkpoints {
    /// Waits for the thread, so that the writer's connection is the last one and leaves no log behind.
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.committed.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread works with.
struct Keeper {
    path: PathBuf,
    stopped: mpsc::Receiver<()>,
    is_overgrown: Arc<AtomicBool>,
    shortest_rest: Duration,
    driver: Option<Driver>,
}

/// Pages of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Pages {
    all: u32,
    /// Those that stand in the database too.
    copied: u32,
}

impl Keeper {
    fn keep_short(mut self, told: &mpsc::Receiver<()>) {
        let mut rest = REST;
        let mut before = Pages::default();
        // Readers may have held back the copying of pages that are not told of again.
        while before.copied < before.all || told.recv().is_ok() {
            if self.stopped.recv_timeout(rest) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            match self.checkpoint() {
                Ok(now) => {
                    rest = next_rest(rest, copied_since(before, now)).clamp(self.shortest_rest, REST);
                    before = now;
                    // What came during this pass is copied too before the writer pauses, so that next to nothing is left to it.
                    let is_overgrown = now.all > OVERGROWN && self.checkpoint().is_ok();
                    self.is_overgrown.store(is_overgrown, Ordering::Relaxed);
                }
                Err(error) => {
                    // A full disk, for one: the log keeps everything meanwhile.
                    tracing::warn!(%error, "a checkpoint failed; it is tried again");
                    self.driver = None;
                    (rest, before) = (REST, Pages { all: 1, copied: 0 });
                }
            }
        }
    }

    /// Copies as much as is possible without waiting for anybody.
    fn checkpoint(&mut self) -> rusqlite::Result<Pages> {
        let driver = match &mut self.driver {
            Some(driver) => driver,
            None => self.driver.insert(open(&self.path)?),
        };
        let mut pass = driver.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?;
        // Where another checkpoint runs just now SQLite says -1 for both: it is looked at again.
        let pages = |said: i64, otherwise: u32| u32::try_from(said).unwrap_or(otherwise);
        pass.query_row([], |row| Ok(Pages { all: pages(row.get(1)?, 1), copied: pages(row.get(2)?, 0) }))
    }
}

/// Pages that a pass copied: all that stand in the database where the log began anew.
fn copied_since(before: Pages, now: Pages) -> u32 {
    if now.all < before.all { now.copied } else { now.copied.saturating_sub(before.copied) }
}

/// After how long there will be as much to copy as shall be copied at once, if it comes as fast as in this rest. It grows step by step: where a
/// commit waited for the disk, much comes after it.
fn next_rest(rest: Duration, copied: u32) -> Duration {
    (rest * COPIED_AT_ONCE / copied.max(1)).min(rest * 2)
}

fn open(path: &Path) -> rusqlite::Result<Driver> {
    let driver = Driver::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    driver.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
    Ok(driver)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// What a pass by somebody else finds of the log.
    fn pages(path: &Path) -> Pages {
        let driver = open(path).unwrap();
        let noop = "PRAGMA wal_checkpoint(NOOP)";
        let found = driver.query_row(noop, [], |row| Ok(Pages { all: row.get(1)?, copied: row.get(2)? }));
        found.unwrap()
    }

    fn until(what: impl Fn() -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < 50 * REST {
            if what() {
                return true;
            }
            std::thread::sleep(SHORT_REST);
        }
        false
    }

    #[test]
    fn what_is_committed_is_copied_also_where_a_reader_held_it_back_and_nothing_is_told_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let writer = Driver::open(&path).unwrap();
        let setup =
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a); INSERT INTO t VALUES (1);";
        writer.execute_batch(setup).unwrap();
        let checkpoints = Checkpoints::start(path.clone()).unwrap();
        std::thread::sleep(2 * REST);
        assert_eq!(pages(&path).copied, 0, "nobody said that something was committed");
        checkpoints.committed();
        assert!(until(|| pages(&path) == Pages { all: pages(&path).all, copied: pages(&path).all }));
        let reader = open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM t;").unwrap();
        writer.execute_batch("INSERT INTO t VALUES (2)").unwrap();
        checkpoints.committed();
        std::thread::sleep(3 * REST);
        let held_back = pages(&path);
        reader.execute_batch("COMMIT").unwrap();
        drop(reader);
        assert!(until(|| pages(&path).copied == pages(&path).all), "{held_back:?} then, {:?} now", pages(&path));
    }

    #[test]
    fn passes_come_so_often_that_there_is_little_to_copy() {
        let pages = |all, copied| Pages { all, copied };
        assert_eq!(copied_since(pages(100, 60), pages(150, 150)), 90);
        assert_eq!(copied_since(pages(100, 100), pages(30, 30)), 30, "the log began anew");
        assert_eq!(next_rest(REST, 4 * COPIED_AT_ONCE), REST / 4);
        assert_eq!(next_rest(REST / 4, COPIED_AT_ONCE / 2), REST / 2);
        assert_eq!(next_rest(SHORT_REST, 0), 2 * SHORT_REST);
    }
}
