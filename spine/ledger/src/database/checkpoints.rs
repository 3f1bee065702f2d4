//! Checkpoints of SQLite's write-ahead log beside the writer. A checkpoint copies pages into the database and waits for the
//! disk; done by the writer, which is SQLite's way, every commit in line would wait too.

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
use crate::readers::spawn;

/// How long to rest between two checkpoints.
const REST: Duration = Duration::from_millis(100);
/// From so many pages on (64 MiB) the writer helps: while it commits without a pause, the log never ends and so cannot
/// begin anew.
const OVERGROWN: i64 = 16_384;

/// A thread that copies what was committed from the log into the database.
pub(super) struct Checkpoints {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    is_overgrown: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Starts the thread, on a connection of its own.
    pub(super) fn start(path: PathBuf) -> Result<Self, DatabaseError> {
        let is_overgrown = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = mpsc::channel();
        let overgrown = Arc::clone(&is_overgrown);
        let thread = spawn("checkpoints", move || keep_short(&path, &stopped, &overgrown))?;
        Ok(Self { stop: Some(stop), thread: Some(thread), is_overgrown })
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
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep_short(path: &Path, stopped: &mpsc::Receiver<()>, overgrown: &AtomicBool) {
    let mut driver = None;
    while stopped.recv_timeout(REST) == Err(mpsc::RecvTimeoutError::Timeout) {
        match checkpoint(path, &mut driver) {
            // What came during this pass is copied too before the writer pauses, so that next to nothing is left to it.
            Ok(pages) if pages > OVERGROWN => {
                let is_copied = checkpoint(path, &mut driver).is_ok();
                overgrown.store(is_copied, Ordering::Relaxed);
            }
            Ok(_) => overgrown.store(false, Ordering::Relaxed),
            Err(error) => {
                // A full disk, for one: the log keeps everything meanwhile.
                tracing::warn!(%error, "a checkpoint failed; it is tried again");
                driver = None;
            }
        }
    }
}

/// Copies as much as is possible without waiting for anybody; gives the pages of the log.
fn checkpoint(path: &Path, driver: &mut Option<Driver>) -> rusqlite::Result<i64> {
    let driver = match driver {
        Some(driver) => driver,
        None => driver.insert(open(path)?),
    };
    driver.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
}

fn open(path: &Path) -> rusqlite::Result<Driver> {
    let driver = Driver::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    driver.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
    Ok(driver)
}
