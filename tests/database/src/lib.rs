//! A database of its own for each test, on SQLite and on PostgreSQL.
//!
//! A crate's tests wrap [`TestDatabase`] in what they call a deployment (`From<TestDatabase>`), write each test as an
//! asynchronous function of that deployment, and name them in [`on_both_databases!`]. PostgreSQL is the server at
//! `MARU_TEST_POSTGRES`; where none answers, the test says loudly that it was skipped.
#![expect(clippy::panic, reason = "a test that cannot begin has failed")]

use std::{
    future::Future,
    path::Path,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use tempfile::TempDir;

/// A database and a folder, both gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    address: String,
    directory: TempDir,
    postgres: Option<OnServer>,
}

/// A database by its name on a PostgreSQL server.
#[derive(Debug)]
struct OnServer {
    server: String,
    name: String,
}

impl TestDatabase {
    /// An empty SQLite file.
    ///
    /// # Panics
    /// Where the machine has no room for temporary files.
    #[must_use]
    pub fn sqlite() -> Self {
        let directory = temporary();
        let address = format!("sqlite:{}", directory.path().join("maru.db").display());
        Self { address, directory, postgres: None }
    }

    /// An empty database on the PostgreSQL server; none, said on standard error, where no server answers.
    ///
    /// # Panics
    /// Where `MARU_TEST_POSTGRES` is no address of a database.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        let server = std::env::var("MARU_TEST_POSTGRES")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let name = format!("maru_test_{}_{}", std::process::id(), next_number());
        if let Err(reason) = execute(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")) {
            eprintln!("SKIPPED on PostgreSQL: no server at MARU_TEST_POSTGRES ({reason})");
            return None;
        }
        let Some((front, _)) = server.rsplit_once('/') else {
            panic!("MARU_TEST_POSTGRES is no address of a database: {server}")
        };
        Some(Self {
            address: format!("{front}/{name}"),
            directory: temporary(),
            postgres: Some(OnServer { server, name }),
        })
    }

    /// Where it is, as `maru serve --database` takes it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A folder for whatever else the test keeps; an SQLite file lies in it.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Whether it is on PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(OnServer { server, name }) = &self.postgres {
            // Nothing depends on it: the next run takes another name.
            let _ = execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Runs statements on a PostgreSQL database, through its own client: nothing of the program under test is needed.
///
/// # Errors
/// What the client said.
pub fn execute(address: &str, statements: &str) -> Result<(), String> {
    let arguments = [address, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", statements];
    let output = Command::new("psql").args(arguments).output().map_err(|error| format!("psql: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

/// A number that no other caller in this process got.
pub fn next_number() -> u64 {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// Runs a test on a database; does nothing where there is none.
///
/// # Panics
/// Where the test does.
pub fn run<D: From<TestDatabase>, F: Future<Output = ()>>(
    database: impl Into<Option<TestDatabase>>,
    test: impl FnOnce(D) -> F,
) {
    let Some(database) = database.into() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(test(database.into())),
        Err(error) => panic!("no threads to test with: {error}"),
    }
}

/// Makes each of the named functions a test on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            #[test]
            fn sqlite() {
                $crate::run($crate::TestDatabase::sqlite(), super::$name);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::TestDatabase::postgres(), super::$name);
            }
        })*
    };
}

fn temporary() -> TempDir {
    match tempfile::tempdir() {
        Ok(directory) => directory,
        Err(error) => panic!("no room for temporary files: {error}"),
    }
}
