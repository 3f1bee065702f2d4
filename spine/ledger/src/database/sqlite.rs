//! SQLite: write-ahead log, one writer, each reader its own connection.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection as Driver, ErrorCode, OpenFlags,
    types::{ToSqlOutput, ValueRef},
};

use crate::courtesy;

use super::{
    Access, Connection, DatabaseError, Row, Sql, Value,
    checkpoints::Checkpoints,
    shown,
    translate::{Dialect, translate},
};

/// How long a connection waits for another process (a command beside the server) to let go of the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long it is tried to empty the log while another checkpoint runs, and the pause between two attempts.
const TRUNCATE_PATIENCE: Duration = Duration::from_secs(2);
const TRUNCATE_PAUSE: Duration = Duration::from_millis(10);

/// A connection to an SQLite file, opened when it is first needed and again after it failed.
pub(super) struct SqliteConnection {
    path: PathBuf,
    access: Access,
    /// KiB of the file that are kept in memory.
    page_cache: u32,
    /// Runs beside the writer, and is dropped before its connection.
    checkpoints: Option<Checkpoints>,
    driver: Option<Driver>,
    translations: Translations,
}

/// Statements that were translated before: those of many rows are long, and come again with every transaction.
#[derive(Default)]
struct Translations(HashMap<String, Arc<str>>);

impl Translations {
    /// How many are remembered.
    const MOST: usize = 256;

    fn of(&mut self, statement: &str) -> Arc<str> {
        if let Some(known) = self.0.get(statement) {
            return Arc::clone(known);
        }
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let translated: Arc<str> = translate(statement, Dialect::Sqlite).into();
        self.0.insert(statement.to_owned(), Arc::clone(&translated));
        translated
    }
}

impl SqliteConnection {
    pub(super) fn new(path: PathBuf, access: Access, page_cache: u32) -> Self {
        Self { path, access, page_cache, checkpoints: None, driver: None, translations: Translations::default() }
    }

    fn driver(&mut self) -> Result<&Driver, DatabaseError> {
        if self.driver.is_none() {
            self.driver = Some(self.open()?);
        }
        self.driver.as_ref().ok_or(DatabaseError::Closed)
    }

    fn open(&self) -> Result<Driver, DatabaseError> {
        make_private_file(&self.path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |error| database_error(&error, "opening the database");
        let driver = Driver::open_with_flags(&self.path, flags).map_err(failed)?;
        driver.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        driver.set_prepared_statement_cache_capacity(256);
        // FULL: a commit is on the disk before it is acknowledged. secure_delete: what is erased is overwritten.
        // case_sensitive_like: LIKE means what it means in PostgreSQL.
        let setup = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                     PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY; PRAGMA case_sensitive_like = ON; \
                     PRAGMA wal_autocheckpoint = 0;";
        driver.execute_batch(setup).map_err(failed)?;
        driver.execute_batch(&format!("PRAGMA cache_size = -{}", self.page_cache)).map_err(failed)?;
        if self.access == Access::Read {
            driver.execute_batch("PRAGMA query_only = ON").map_err(failed)?;
        }
        Ok(driver)
    }

    /// PostgreSQL has no place for NUL in texts; what would not fit there is not taken here.
    fn refuse_nul(statement: &str, parameters: &[Value]) -> Result<(), DatabaseError> {
        if parameters.iter().any(|value| matches!(value, Value::Text(text) if text.contains('\0'))) {
            let reason = "a text holds the character NUL, which no database keeps".to_owned();
            return Err(DatabaseError::Statement { reason, statement: shown(statement) });
        }
        Ok(())
    }

    fn batch(&mut self, statements: &str) -> Result<(), DatabaseError> {
        self.driver()?.execute_batch(statements).map_err(|error| database_error(&error, statements))
    }
}

/// Personal facts are sealed in it, yet the rest is nobody else's business on a shared machine.
fn make_private_file(path: &std::path::Path) -> Result<(), DatabaseError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let opened = std::fs::OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path);
    opened
        .map(drop)
        .map_err(|error| DatabaseError::Unavailable { reason: format!("cannot open {}: {error}", path.display()) })
}

impl Sql for SqliteConnection {
    fn execute(&mut self, statement: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        courtesy::after_you();
        Self::refuse_nul(statement, parameters)?;
        let translated = self.translations.of(statement);
        let failed = |error| database_error(&error, statement);
        let mut prepared = self.driver()?.prepare_cached(&translated).map_err(failed)?;
        let changed = prepared.execute(rusqlite::params_from_iter(parameters)).map_err(failed)?;
        Ok(changed as u64)
    }

    fn query(&mut self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let mut found = Vec::new();
        self.query_each(statement, parameters, &mut |row| {
            found.push(row);
            Ok(())
        })?;
        Ok(found)
    }

    fn query_each(
        &mut self,
        statement: &str,
        parameters: &[Value],
        each: &mut dyn FnMut(Row) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        Self::refuse_nul(statement, parameters)?;
        let translated = self.translations.of(statement);
        let failed = |error| database_error(&error, statement);
        let mut prepared = self.driver()?.prepare_cached(&translated).map_err(failed)?;
        let columns: Arc<[String]> = prepared.column_names().map(str::to_owned).collect();
        let mut rows = prepared.query(rusqlite::params_from_iter(parameters)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut values = Vec::with_capacity(columns.len());
            for index in 0..columns.len() {
                values.push(value_of(row.get_ref(index).map_err(failed)?, index)?);
            }
            each(Row::new(columns.clone(), values))?;
        }
        Ok(())
    }
}

impl Connection for SqliteConnection {
    fn begin(&mut self) -> Result<(), DatabaseError> {
        if self.access == Access::Write && self.checkpoints.is_none() {
            self.checkpoints = Some(Checkpoints::start(self.path.clone())?);
        }
        let begin = if self.access == Access::Read { "BEGIN DEFERRED" } else { "BEGIN IMMEDIATE" };
        let done = self.batch(begin);
        if done.as_ref().is_err_and(DatabaseError::breaks_connection) {
            self.driver = None;
        }
        done
    }

    fn commit(&mut self) -> Result<(), DatabaseError> {
        self.batch("COMMIT")?;
        let Some(checkpoints) = &self.checkpoints else { return Ok(()) };
        checkpoints.committed();
        if checkpoints.wants_help() {
            // Between two transactions of the only writer everything can be copied, and the log begins anew. It is
            // committed either way; a checkpoint that fails is tried again.
            let _ = self.query("PRAGMA wal_checkpoint(PASSIVE)", &[]);
        }
        Ok(())
    }

    fn rollback(&mut self) {
        let Some(driver) = &self.driver else { return };
        if !driver.is_autocommit() && driver.execute_batch("ROLLBACK").is_err() {
            // A connection that cannot roll back is of no use; the next transaction opens a new one.
            self.driver = None;
        }
    }

    fn savepoint(&mut self) -> Result<(), DatabaseError> {
        self.batch("SAVEPOINT item")
    }

    fn renew_savepoint(&mut self) -> Result<(), DatabaseError> {
        self.batch("RELEASE item; SAVEPOINT item")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), DatabaseError> {
        self.batch("ROLLBACK TO item")
    }

    fn in_transaction(&self) -> bool {
        self.driver.as_ref().is_some_and(|driver| !driver.is_autocommit())
    }

    fn forget_deleted(&mut self) -> Result<(), DatabaseError> {
        // What was erased must not survive in the write-ahead log. A checkpoint that runs just now holds this one back for a
        // moment; readers may for longer: then the next one does it.
        let begun = Instant::now();
        loop {
            let rows = self.query("PRAGMA wal_checkpoint(TRUNCATE)", &[])?;
            let is_done = rows.first().is_none_or(|row| row.integer(0).is_ok_and(|busy| busy == 0));
            if is_done || begun.elapsed() > TRUNCATE_PATIENCE {
                return Ok(());
            }
            std::thread::sleep(TRUNCATE_PAUSE);
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

fn value_of(found: ValueRef<'_>, column: usize) -> Result<Value, DatabaseError> {
    let wrong = |found| DatabaseError::Column { column, expected: "an integer, text or bytes", found };
    Ok(match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(_) => return Err(wrong("a fraction")),
        // Text that is not UTF-8 was damaged: as bytes it is refused where text is expected, and can be located.
        ValueRef::Text(bytes) => {
            String::from_utf8(bytes.to_vec()).map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text)
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    })
}

fn database_error(error: &rusqlite::Error, statement: &str) -> DatabaseError {
    let reason = error.to_string();
    let code = match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.code,
        _ => return DatabaseError::Statement { reason, statement: shown(statement) },
    };
    match code {
        ErrorCode::DiskFull => DatabaseError::Full { reason },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DatabaseError::Busy { reason },
        ErrorCode::ConstraintViolation => DatabaseError::Constraint { reason },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DatabaseError::Damaged { reason },
        ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => {
            DatabaseError::Unavailable { reason }
        }
        _ => DatabaseError::Statement { reason, statement: shown(statement) },
    }
}
