//! Opening: tables, identity of the log, projections whose version changed.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    database::{Connection, DatabaseError, Sql},
    entropy::Entropy,
    head::Head,
    keys::LedgerKeys,
    ledger::{LedgerError, Progress},
    merkle::{
        checkpoint::{Checkpoint, CheckpointError, NoteVerifier},
        empty_root,
    },
    projection::Projection,
    rebuild::rebuild_projection,
    schema::{define_ledger, record_definition},
    writer::WriterContext,
};

/// What stands before a projection's name where it owns definitions.
pub(crate) const PROJECTION_OWNER: &str = "projection:";

/// What the writer prepares before it serves.
pub(crate) struct Preparation {
    pub(crate) keys: LedgerKeys,
    pub(crate) origin: String,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) projections: Vec<Arc<dyn Projection>>,
    pub(crate) progress: Option<Progress>,
}

impl Preparation {
    /// Prepares everything in one transaction. After an error the caller rolls back.
    pub(crate) fn run(self, connection: &mut dyn Connection) -> Result<WriterContext, LedgerError> {
        let signing = self.keys.signing_key();
        check_names(&self.origin, &self.projections)?;
        connection.begin()?;
        define_ledger(connection)?;
        let verifier = NoteVerifier::new(&self.origin, signing.verifying_key());
        if connection.query("SELECT id FROM log_head", &[])?.is_empty() {
            let empty = Checkpoint { origin: self.origin.clone(), size: 0, root: empty_root() };
            connection.execute(
                "INSERT INTO log_head (id, size, root, note, next_job, generation) VALUES (1, 0, $1, $2, 1, 1)",
                &[empty.root.into(), empty.sign(&signing).into()],
            )?;
        }
        let head = Head::read(connection)?;
        check_log(&head, &verifier)?;
        check_master_keys(connection, &self.keys)?;
        let generation = self.bring_projections_up(connection, &head)?;
        connection.commit()?;
        Ok(WriterContext {
            keys: self.keys,
            signing,
            origin: self.origin,
            entropy: self.entropy,
            projections: self.projections,
            generation,
        })
    }

    /// Derives projections that are new or changed; gives the generation of the tables.
    fn bring_projections_up(&self, sql: &mut dyn Sql, head: &Head) -> Result<u64, LedgerError> {
        let mut versions = BTreeMap::new();
        for row in sql.query("SELECT name, version FROM projections", &[])? {
            versions.insert(row.text(0)?, row.unsigned(1)?);
        }
        let mut changed = false;
        for projection in &self.projections {
            let name = projection.name();
            let version = u64::from(projection.version());
            let before = versions.get(name).copied();
            if before == Some(version) {
                check_schema(sql, &**projection)?;
                continue;
            }
            if before.is_some_and(|before| before > version) {
                let reason = format!(
                    "the projection {name} was derived by a newer version of the program; run that version on this database"
                );
                return Err(LedgerError::Log { reason });
            }
            tracing::info!(projection = name, events = head.size, "deriving a projection");
            rebuild_projection(sql, projection, head.size, self.progress.as_ref())?;
            changed = true;
        }
        if !changed {
            return Ok(head.generation);
        }
        sql.execute("UPDATE log_head SET generation = generation + 1 WHERE id = 1", &[])?;
        Ok(head.generation + 1)
    }
}

fn check_names(origin: &str, projections: &[Arc<dyn Projection>]) -> Result<(), LedgerError> {
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '+';
    if origin.is_empty() || !origin.chars().all(plain) {
        let reason =
            format!("{origin:?} is not the name of a log: use a host and a path such as maru.example.go.kr/log");
        return Err(LedgerError::Log { reason });
    }
    let mut names: Vec<&str> = projections.iter().map(|projection| projection.name()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(LedgerError::Log { reason: format!("two projections are called {}", pair[0]) }),
        None => Ok(()),
    }
}

fn check_log(head: &Head, verifier: &NoteVerifier) -> Result<(), LedgerError> {
    let log = |reason: String| LedgerError::Log { reason };
    match Checkpoint::verify(&head.note, verifier) {
        Ok(checkpoint) if checkpoint.size == head.size && checkpoint.root == head.root => Ok(()),
        Ok(_) => Err(log("the checkpoint in the database is not that of its log; run: maru ledger verify".to_owned())),
        Err(CheckpointError::NoSignature { .. }) => Err(log(format!(
            "the log in this database was signed by another key or under another name than {}; configure the signing key and the origin that it was made with",
            verifier.name()
        ))),
        Err(error) => Err(log(format!("{error}; run: maru ledger verify"))),
    }
}

fn check_master_keys(sql: &mut dyn Sql, keys: &LedgerKeys) -> Result<(), LedgerError> {
    for row in sql.query("SELECT DISTINCT master FROM subject_keys WHERE erased_at IS NULL", &[])? {
        let identifier = row.text(0)?;
        if keys.master(&identifier).is_none() {
            let reason = format!(
                "keys of persons are wrapped under the master key {identifier}, which is not configured; configure it, or add it as a previous master key"
            );
            return Err(LedgerError::Log { reason });
        }
    }
    Ok(())
}

/// A schema that changed without a new version would leave old tables under new code.
fn check_schema(sql: &mut dyn Sql, projection: &dyn Projection) -> Result<(), LedgerError> {
    let owner = format!("{PROJECTION_OWNER}{}", projection.name());
    let rows = sql.query("SELECT statement FROM definitions WHERE owner = $1 ORDER BY number", &[owner.into()])?;
    let same = rows.len() == projection.schema().len()
        && rows.iter().zip(projection.schema()).all(|(row, statement)| row.text(0).is_ok_and(|ran| ran == *statement));
    if same {
        return Ok(());
    }
    let reason = format!("the tables of the projection {} changed; raise its version", projection.name());
    Err(LedgerError::Log { reason })
}

/// Drops the tables of a projection and makes them anew, empty.
pub(crate) fn make_tables(sql: &mut dyn Sql, projection: &dyn Projection) -> Result<(), DatabaseError> {
    let owner = format!("{PROJECTION_OWNER}{}", projection.name());
    let ran =
        sql.query("SELECT statement FROM definitions WHERE owner = $1 ORDER BY number DESC", &[owner.as_str().into()])?;
    // Tables of the former version may have had other names.
    for row in ran {
        let statement = row.text(0)?;
        if let Some(table) = crate::schema::created_table(&statement) {
            sql.execute(&format!("DROP TABLE IF EXISTS {table}"), &[])?;
        }
    }
    sql.execute("DELETE FROM definitions WHERE owner = $1", &[owner.as_str().into()])?;
    for (number, statement) in projection.schema().iter().enumerate() {
        sql.execute(statement, &[])?;
        record_definition(sql, &owner, number, statement)?;
    }
    Ok(())
}
