//! When the database fails: clear errors, nothing acknowledged that is not stored, and recovery without a hand.

use maru_test_database::{TestDatabase, on_both_databases, run};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use maru_ledger::{Append, AppendError, DatabaseError, ExpectedVersion, Ledger};

use crate::support::{Deployment, append, check_log, context, open_case};

on_both_databases!(a_full_disk_is_said_and_survived, an_interrupted_database_loses_and_doubles_nothing);

fn seen(number: u64) -> Append {
    let mut seen = append(number, ExpectedVersion::Any, &"long ".repeat(500));
    seen.context = context(1).idempotent(format!("key-{number}"), "print");
    seen
}

async fn a_full_disk_is_said_and_survived(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    let is_sqlite = deployment.path().is_some();
    if is_sqlite {
        // The writer's connection may use no more than two further pages.
        let limit = ledger.write(|sql| {
            let pages = sql.query("PRAGMA page_count", &[])?[0].integer(0)? + 2;
            sql.query(&format!("PRAGMA max_page_count = {pages}"), &[]).map(drop)
        });
        limit.await.unwrap();
    } else {
        // What the server says when its disk is full.
        deployment.tamper(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
             CREATE TRIGGER no_room BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_room()",
        );
    }
    let mut stored = 1;
    let mut refused = Vec::new();
    for number in 0..20 {
        match ledger.append(seen(number)).await {
            Ok(_) => stored += 1,
            Err(error) => refused.push(error),
        }
    }
    assert!(refused.len() >= 15, "{stored} were stored");
    for error in &refused {
        assert!(matches!(error, AppendError::Database(DatabaseError::Full { .. })), "{error:?}");
        assert!(error.to_string().contains("has no room left"), "{error}");
    }
    // Reading goes on, and what was acknowledged is there.
    check_log(&ledger, stored).await;
    if is_sqlite {
        ledger.write(|sql| sql.query("PRAGMA max_page_count = 1073741823", &[]).map(drop)).await.unwrap();
    } else {
        deployment.tamper("DROP TRIGGER no_room ON events");
    }
    for number in 0..20 {
        ledger.append(seen(number)).await.unwrap();
    }
    check_log(&ledger, 21).await;
}

/// Appends until it is acknowledged; gives the errors on the way.
async fn insist(ledger: &Ledger, number: u64) -> Vec<AppendError> {
    let mut errors = Vec::new();
    loop {
        match ledger.append(seen(number)).await {
            Ok(_) => return errors,
            Err(error) => errors.push(error),
        }
        assert!(errors.len() < 200, "{errors:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn an_interrupted_database_loses_and_doubles_nothing(deployment: Deployment) {
    let ledger = deployment.open().await;
    let workers: Vec<_> = (0..16_u64)
        .map(|worker| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let mut errors = Vec::new();
                for number in 0..40 {
                    errors.extend(insist(&ledger, worker * 100 + number).await);
                }
                errors
            })
        })
        .collect();
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        match deployment.path() {
            // Another process holds the file for a while.
            Some(path) => tokio::task::spawn_blocking(move || hold(&path, Duration::from_millis(150))).await.unwrap(),
            // Somebody ends all connections.
            None => deployment.tamper(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            ),
        }
    }
    for worker in workers {
        for error in worker.await.unwrap() {
            assert!(matches!(error, AppendError::Database(DatabaseError::Unavailable { .. })), "{error:?}");
        }
    }
    check_log(&ledger, 16 * 40).await;
}

fn hold(path: &Path, time: Duration) {
    let other = rusqlite::Connection::open(path).unwrap();
    other.busy_timeout(Duration::from_secs(10)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::sleep(time);
    other.execute_batch("ROLLBACK").unwrap();
}

/// A statement that waits, ten seconds at most, until `rows` has one: however slow the machine is, what a test rests on has happened.
fn until(rows: &str) -> String {
    format!(
        "DO $$ BEGIN FOR turn IN 1..1000 LOOP PERFORM pg_stat_clear_snapshot(); \
         EXIT WHEN EXISTS ({rows}); PERFORM pg_sleep(0.01); END LOOP; END $$"
    )
}

/// The lock by which writers of several servers take turns is held by somebody else, and the wait is cancelled.
#[test]
fn a_wait_that_is_cancelled_leaves_a_working_writer() {
    run(TestDatabase::postgres(), |deployment: Deployment| async move {
        let ledger = deployment.open().await;
        let lock = i64::from_be_bytes(*b"marulog\x01");
        let database = deployment.database.clone();
        let held = std::thread::spawn(move || {
            maru_test_database::execute(&database, &format!("SELECT pg_advisory_lock({lock}); SELECT pg_sleep(3)"))
                .unwrap();
        });
        deployment.tamper(&until(
            "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database \
             WHERE locktype = 'advisory' AND granted AND datname = current_database()",
        ));
        let waiting = {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.append(seen(1)).await })
        };
        let waits = "FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()";
        deployment.tamper(&until(&format!("SELECT {waits}")));
        deployment.tamper(&format!("SELECT pg_cancel_backend(pid) {waits}"));
        let cancelled = waiting.await.unwrap().unwrap_err();
        assert!(matches!(cancelled, AppendError::Database(DatabaseError::Busy { .. })), "{cancelled:?}");
        ledger.append(seen(2)).await.unwrap();
        held.join().unwrap();
        check_log(&ledger, 1).await;
    });
}

/// A throw-away server of the test's own, that can be stopped and started.
struct Server {
    directory: tempfile::TempDir,
    binaries: PathBuf,
    port: u16,
}

impl Server {
    fn new() -> Option<Self> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut binaries: Vec<PathBuf> = installed.flatten().map(|entry| entry.path().join("bin")).collect();
        binaries.sort();
        let binaries = binaries.pop().filter(|path| path.join("initdb").exists())?;
        let directory = tempfile::tempdir().ok()?;
        let free = std::net::TcpListener::bind("127.0.0.1:0").ok()?;
        let port = free.local_addr().ok()?.port();
        let server = Self { directory, binaries, port };
        // The server refuses to run as root.
        let owned = Command::new("chown").arg("postgres").arg(server.directory.path()).output();
        if is_root() && !owned.is_ok_and(|output| output.status.success()) {
            return None;
        }
        server.run("initdb", &["-U", "postgres", "--auth=trust", "--no-sync"]).then_some(server)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.binaries.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let data = self.directory.path().join("data");
        let quiet = || std::process::Stdio::null();
        let status =
            command.arg("-D").arg(data).args(arguments).current_dir("/").stdout(quiet()).stderr(quiet()).status();
        status.is_ok_and(|status| status.success())
    }

    fn start(&self) {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -k {}", self.port, self.directory.path().display());
        let log = self.directory.path().join("log");
        assert!(self.run("pg_ctl", &["-o", &options, "-l", log.to_str().unwrap(), "-w", "start"]));
    }

    fn stop(&self, mode: &str) {
        assert!(self.run("pg_ctl", &["-m", mode, "-w", "stop"]));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_is_found_again() {
    let Some(server) = Server::new() else {
        eprintln!("SKIPPED: restarting PostgreSQL needs its server programs in /usr/lib/postgresql");
        return;
    };
    server.start();
    let deployment = Deployment::at(format!("postgres://postgres@127.0.0.1:{}/postgres", server.port));
    let ledger = deployment.open().await;
    for (round, mode) in (0..).zip(["fast", "immediate"]) {
        for number in 0..30 {
            ledger.append(seen(round * 100 + number)).await.unwrap();
        }
        server.stop(mode);
        let refused = ledger.append(seen(round * 100 + 30)).await.unwrap_err();
        assert!(matches!(refused, AppendError::Database(DatabaseError::Unavailable { .. })), "{refused:?}");
        assert!(refused.to_string().contains("cannot be reached"), "{refused}");
        let read = ledger.checkpoint().await.unwrap_err();
        assert!(read.to_string().contains("cannot be reached"), "{read}");
        server.start();
        ledger.append(seen(round * 100 + 30)).await.unwrap();
        check_log(&ledger, (round + 1) * 31).await;
    }
}
