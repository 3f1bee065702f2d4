//! Backups in a form that does not depend on the database: a deployment can move from SQLite to PostgreSQL and back.
//!
//! A backup is lines of JSON, compressed with Zstandard: a head, then for each table a line with its columns followed by
//! its rows, at the end a line with the number of rows and the SHA-256 of everything before. Bytes stand as
//! `{"b": BASE64}`. The keys of persons are in it, wrapped under the master key, which is not.

use std::io::{BufReader, Read, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{
    database::{Access, Address, Connection, DatabaseError, Sql, Value},
    head::Head,
    ledger::{Ledger, LedgerConfig},
    merkle::checkpoint::NoteVerifier,
    readers::{answer, read_apart, spawn},
    record::hexadecimal,
    schema::{Effect, LEDGER, created_table, define_ledger, dropped_table, effect, insert_many, record_definition},
    verify::{Verification, verify},
};

const FORM: u64 = 1;

/// Rows that are inserted at a time.
const PAGE: usize = 64;

/// What was backed up or restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSummary {
    /// Entries of the log.
    pub events: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// SHA-256 of the contents, in hexadecimal.
    pub sha256: String,
}

/// Why a backup was not made or restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The file could not be written or read.
    #[error("the backup could not be written or read: {0}")]
    File(#[from] std::io::Error),
    /// The file is not a whole backup.
    #[error("line {line} of the backup: {reason}; nothing was restored")]
    Damaged {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// There is something in the database already.
    #[error("the database is not empty: it has {events} events; restore into an empty one")]
    NotEmpty {
        /// Events in it.
        events: u64,
    },
    /// The log in the backup is not whole.
    #[error("the log in the backup does not verify ({}, {} findings); nothing was restored", .0.findings.first().map(ToString::to_string).unwrap_or_default(), .0.findings.len())]
    Log(Verification),
}

/// Writes and sums what it writes.
struct Summed<W> {
    writer: W,
    digest: Sha256,
    rows: u64,
}

impl<W: Write> Summed<W> {
    fn line(&mut self, json: &Json) -> std::io::Result<()> {
        let mut line = json.to_string();
        line.push('\n');
        self.digest.update(line.as_bytes());
        self.writer.write_all(line.as_bytes())
    }
}

/// Tables with their columns' order given by the database; the definitions come first, so that the others can be made.
fn tables(sql: &mut dyn Sql) -> Result<Vec<String>, DatabaseError> {
    let mut tables = vec!["definitions".to_owned()];
    for row in sql.query("SELECT statement FROM definitions ORDER BY owner, number", &[])? {
        let statement = row.text(0)?;
        tables.extend(created_table(&statement).map(str::to_owned));
        if let Some(dropped) = dropped_table(&statement) {
            tables.retain(|table| table != dropped);
        }
    }
    Ok(tables)
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!({ "b": STANDARD.encode(bytes) }),
    }
}

fn from_json(json: Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Number(number) => Value::Integer(number.as_i64()?),
        Json::String(text) => Value::Text(text),
        Json::Object(object) => Value::Bytes(STANDARD.decode(object.get("b")?.as_str()?).ok()?),
        Json::Bool(_) | Json::Array(_) => return None,
    })
}

fn export<W: Write>(sql: &mut dyn Sql, origin: &str, writer: W) -> Result<BackupSummary, BackupError> {
    let head = Head::read(sql)?;
    let mut out = Summed { writer, digest: Sha256::new(), rows: 0 };
    out.line(&json!({ "maru_backup": FORM, "origin": origin, "events": head.size, "root": hexadecimal(&head.root) }))?;
    for table in tables(sql)? {
        let mut failed = None;
        let mut begun = false;
        // Definitions run again in the order in which they are written.
        let order = if table == "definitions" { " ORDER BY owner, number" } else { "" };
        sql.query_each(&format!("SELECT * FROM {table}{order}"), &[], &mut |row| {
            let written = (|| {
                if !begun {
                    begun = true;
                    out.line(&json!({ "table": table, "columns": row.columns() }))?;
                }
                out.rows += 1;
                out.line(&Json::Array(row.values().iter().map(to_json).collect()))
            })();
            written.map_err(|error| {
                let reason = error.to_string();
                failed = Some(error);
                DatabaseError::Work { reason }
            })
        })
        .or_else(|error| failed.take().map_or(Err(BackupError::Database(error)), |error| Err(error.into())))?;
    }
    let sha256 = hexadecimal(&out.digest.clone().finalize());
    let rows = out.rows;
    out.line(&json!({ "end": true, "rows": rows, "sha256": sha256 }))?;
    out.writer.flush()?;
    Ok(BackupSummary { events: head.size, rows, sha256 })
}

impl Ledger {
    /// Writes a backup of everything, as of one moment, while the server runs.
    pub async fn backup<W: Write + Send + 'static>(&self, writer: W) -> Result<BackupSummary, BackupError> {
        let origin = self.inner.verifier.name().to_owned();
        let exported = read_apart(&self.inner.address, "backup", move |sql| {
            Ok((|| {
                let mut compressed = zstd::stream::Encoder::new(writer, 3)?;
                let summary = export(sql, &origin, &mut compressed)?;
                compressed.finish()?.flush()?;
                Ok(summary)
            })())
        });
        exported.await?
    }
}

/// Restores a backup into an empty database and verifies its log; leaves the database empty if anything is wrong. The
/// ledger is opened afterwards with the same keys and origin. Persons erased since the backup must be erased again.
pub async fn restore<R: Read + Send + 'static>(
    config: &LedgerConfig,
    reader: R,
) -> Result<(BackupSummary, Verification), BackupError> {
    let mut connection = Address::parse(&config.database)?.connection(Access::Write)?;
    let verifier = NoteVerifier::new(&config.origin, config.keys.signing_key().verifying_key());
    let progress = config.progress.clone();
    let (reply, restored) = tokio::sync::oneshot::channel();
    spawn("restore", move || {
        let done = (|| {
            connection.begin()?;
            let summary = import(&mut *connection, reader)?;
            let verification = verify(&mut *connection, &verifier, progress.as_ref())?;
            if !verification.is_whole() {
                return Err(BackupError::Log(verification));
            }
            connection.commit()?;
            Ok((summary, verification))
        })();
        if done.is_err() {
            connection.rollback();
        }
        let _ = reply.send(Ok(done));
    })?;
    answer(restored).await?
}

struct Lines<R> {
    reader: R,
    number: u64,
    digest: Sha256,
}

impl<R: std::io::BufRead> Lines<R> {
    /// The next line, and the digest of all before it.
    fn next(&mut self) -> Result<(Json, String), BackupError> {
        let mut line = Vec::new();
        let before = hexadecimal(&self.digest.clone().finalize());
        self.number += 1;
        self.reader.read_until(b'\n', &mut line).map_err(|error| self.damaged(&error.to_string()))?;
        if line.is_empty() {
            return Err(self.damaged("the file ends too early"));
        }
        self.digest.update(&line);
        let json = serde_json::from_slice(&line).map_err(|error| self.damaged(&error.to_string()))?;
        Ok((json, before))
    }

    fn damaged(&self, reason: &str) -> BackupError {
        BackupError::Damaged { line: self.number, reason: reason.to_owned() }
    }
}

/// The table whose rows are being read.
struct Target {
    table: String,
    columns: Vec<String>,
    rows: Vec<Value>,
}

impl Target {
    fn flush(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        insert_many(sql, &self.table, &columns, &self.rows, "")?;
        self.rows.clear();
        Ok(())
    }
}

fn import<R: Read>(connection: &mut dyn Connection, reader: R) -> Result<BackupSummary, BackupError> {
    let sql: &mut dyn Sql = connection;
    define_ledger(sql)?;
    let rows = sql.query("SELECT size FROM log_head", &[])?;
    let events = rows.first().map(|row| row.unsigned(0)).transpose()?.unwrap_or(0);
    let others = sql.query("SELECT owner FROM definitions WHERE owner <> $1 LIMIT 1", &[LEDGER.into()])?;
    if events > 0 || !others.is_empty() {
        return Err(BackupError::NotEmpty { events });
    }
    // A ledger that was only opened left its empty head.
    sql.execute("DELETE FROM log_head", &[])?;
    let decompressed = zstd::stream::Decoder::new(reader)?;
    let mut lines = Lines { reader: BufReader::new(decompressed), number: 0, digest: Sha256::new() };
    let (head, _) = lines.next()?;
    if head.get("maru_backup").and_then(Json::as_u64) != Some(FORM) {
        return Err(lines.damaged("this is not a backup of Maru, or one of a newer version"));
    }
    let events = head.get("events").and_then(Json::as_u64).unwrap_or_default();
    let mut target: Option<Target> = None;
    let mut rows: u64 = 0;
    loop {
        let (line, before) = lines.next()?;
        if let Json::Array(values) = line {
            rows += 1;
            let Some(target) = &mut target else { return Err(lines.damaged("a row comes before its table")) };
            restore_row(sql, target, values).map_err(|error| match error {
                RowError::Form => lines.damaged("a row does not fit its table"),
                RowError::Database(error) => error.into(),
            })?;
            continue;
        }
        if let Some(mut full) = target.take() {
            full.flush(sql)?;
        }
        if line.get("end").is_some() {
            if line.get("rows").and_then(Json::as_u64) != Some(rows) {
                return Err(lines.damaged("rows are missing"));
            }
            if line.get("sha256").and_then(Json::as_str) != Some(before.as_str()) {
                return Err(lines.damaged("the contents were changed: their digest is another"));
            }
            return Ok(BackupSummary { events, rows, sha256: before });
        }
        target = Some(next_table(sql, &line)?.ok_or_else(|| lines.damaged("this is neither a table nor a row"))?);
    }
}

fn next_table(sql: &mut dyn Sql, line: &Json) -> Result<Option<Target>, DatabaseError> {
    let (Some(table), Some(columns)) = (line.get("table").and_then(Json::as_str), line.get("columns")) else {
        return Ok(None);
    };
    let columns: Vec<String> = serde_json::from_value(columns.clone()).unwrap_or_default();
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // Only tables that were defined before, under their plain names: a backup is data, not a program.
    let known = tables(sql)?.iter().any(|known| known == table);
    if !known || columns.is_empty() || !plain(table) || !columns.iter().all(|column| plain(column)) {
        return Ok(None);
    }
    Ok(Some(Target { table: table.to_owned(), columns, rows: Vec::new() }))
}

enum RowError {
    Form,
    Database(DatabaseError),
}

fn restore_row(sql: &mut dyn Sql, target: &mut Target, values: Vec<Json>) -> Result<(), RowError> {
    let values: Vec<Value> = values.into_iter().map(from_json).collect::<Option<_>>().ok_or(RowError::Form)?;
    if values.len() != target.columns.len() {
        return Err(RowError::Form);
    }
    if target.table == "definitions" {
        return restore_definition(sql, target, &values);
    }
    target.rows.extend(values);
    if target.rows.len() >= PAGE * target.columns.len() {
        target.flush(sql).map_err(RowError::Database)?;
    }
    Ok(())
}

/// Makes the table or index of a definition, unless it is the ledger's own, which exists. A backup is data, not a program:
/// nothing else in it is run.
fn restore_definition(sql: &mut dyn Sql, target: &Target, values: &[Value]) -> Result<(), RowError> {
    let value = |name: &str| target.columns.iter().position(|column| column == name).and_then(|at| values.get(at));
    let (Some(Value::Text(owner)), Some(Value::Integer(number)), Some(Value::Text(statement))) =
        (value("owner"), value("number"), value("statement"))
    else {
        return Err(RowError::Form);
    };
    if owner == LEDGER {
        return Ok(());
    }
    let number = usize::try_from(*number).map_err(|_| RowError::Form)?;
    match effect(statement) {
        Effect::Shape => drop(sql.execute(statement, &[]).map_err(RowError::Database)?),
        // The rows that it made, as they became since, are in the backup.
        Effect::Rows => {}
        Effect::Other => return Err(RowError::Form),
    }
    record_definition(sql, owner, number, statement).map_err(RowError::Database)
}
