//! Files of reports: beside the log, because a log of many megabytes a report would be slow to verify and to derive tables from.
//!
//! A file lies in parts, each sealed under the file's key. All of it is written in one transaction, before the report that names it:
//! a report whose files are not there is never acknowledged. What was written for a report that then did not come about is swept away.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use maru_ledger::{Actor, DatabaseError, LedgerError, Personal, SealError, Value};

use super::Store;
use crate::{
    ServiceError,
    domain::{EvidenceFile, Number, Recommendation, file::subject},
};

/// The tables that hold files. They are part of every backup.
pub(super) const TABLES: [&str; 2] = [
    "CREATE TABLE plan_files (recommendation TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, \
     kept_at BIGINT NOT NULL, PRIMARY KEY (recommendation, sha256))",
    "CREATE TABLE plan_file_parts (recommendation TEXT NOT NULL, sha256 TEXT NOT NULL, part BIGINT NOT NULL, \
     sealed TEXT NOT NULL, PRIMARY KEY (recommendation, sha256, part))",
];

/// How much of a file is sealed at a time, in bytes.
const PART: usize = 1 << 20;

const INSERT_FILE: &str = "INSERT INTO plan_files (recommendation, sha256, name, kept_at) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT (recommendation, sha256) DO UPDATE SET kept_at = $4";
const INSERT_PART: &str = "INSERT INTO plan_file_parts (recommendation, sha256, part, sealed) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT (recommendation, sha256, part) DO UPDATE SET sealed = $4";

impl Store {
    /// Keeps a file; when this returns, all of it is durable. The same file again takes the place of what lies there.
    pub(crate) async fn keep_file(
        &self,
        recommendation: Number,
        file: &EvidenceFile,
        content: &[u8],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.define_made().await?;
        let mut sealed = Vec::new();
        for part in content.chunks(PART) {
            let part = Personal::new(subject(recommendation, &file.sha256), STANDARD.encode(part));
            sealed.push(self.ledger.seal(&part, now).await?);
        }
        let (of, sha256, name) = (recommendation.to_string(), file.sha256.clone(), file.name().to_owned());
        let write = self.ledger.write(move |sql| {
            let [of, sha256] = [Value::from(of), Value::from(sha256)];
            sql.execute(INSERT_FILE, &[of.clone(), sha256.clone(), Value::from(name), now.into()])?;
            for (place, part) in (0_i64..).zip(sealed) {
                sql.execute(INSERT_PART, &[of.clone(), sha256.clone(), place.into(), part.into()])?;
            }
            Ok(())
        });
        Ok(write.await?)
    }

    /// The content of a file as it lies there; nothing where a part of it is missing, damaged or erased.
    pub(crate) async fn file_content(
        &self,
        recommendation: Number,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>, ServiceError> {
        self.define_made().await?;
        let select = "SELECT sealed FROM plan_file_parts WHERE recommendation = $1 AND sha256 = $2 ORDER BY part";
        let parameters = [Value::from(recommendation.to_string()), Value::from(sha256)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let sealed = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
        let parts = match self.ledger.unseal_all(sealed).await {
            Ok(parts) => parts,
            Err(LedgerError::Seal(SealError::Damaged { .. } | SealError::KeyMissing { .. })) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut content = Vec::new();
        for part in parts {
            let Some(bytes) = part.value.and_then(|text| STANDARD.decode(text).ok()) else { return Ok(None) };
            content.extend(bytes);
        }
        Ok(Some(content))
    }

    /// Erases name and content of a file. Doing it again changes nothing.
    pub(crate) async fn erase_file(
        &self,
        recommendation: Number,
        sha256: &str,
        actor: Actor,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.forget_file(recommendation, sha256.to_owned()).await?;
        self.ledger.erase_subject(&subject(recommendation, sha256), actor, now).await?;
        Ok(())
    }

    /// Takes away what was written before `before` and belongs to no report: the server was stopped before the report came about.
    pub(crate) async fn sweep_files(&self, known: &Recommendation, before: Timestamp) -> Result<(), ServiceError> {
        self.define_made().await?;
        let Some(number) = known.entry.as_ref().map(|entry| entry.number) else { return Ok(()) };
        let select = "SELECT sha256 FROM plan_files WHERE recommendation = $1 AND kept_at < $2";
        let parameters = [Value::from(number.to_string()), before.into()];
        for row in self.ledger.read(move |sql| sql.query(select, &parameters)).await? {
            let sha256 = row.text(0)?;
            if known.attached(&sha256).is_none() {
                self.forget_file(number, sha256).await?;
            }
        }
        Ok(())
    }

    async fn forget_file(&self, recommendation: Number, sha256: String) -> Result<(), DatabaseError> {
        self.define_made().await?;
        let parameters = [Value::from(recommendation.to_string()), Value::from(sha256)];
        self.ledger
            .write(move |sql| {
                for table in ["plan_file_parts", "plan_files"] {
                    let delete = format!("DELETE FROM {table} WHERE recommendation = $1 AND sha256 = $2");
                    sql.execute(&delete, &parameters)?;
                }
                Ok(())
            })
            .await
    }

    /// Says what files are called: states are kept without what is sealed.
    pub(super) async fn name_files(&self, known: &mut [Recommendation]) -> Result<(), DatabaseError> {
        if known.iter().all(|one| one.files.is_empty()) {
            return Ok(());
        }
        self.define_made().await?;
        // A page of one recommendation does not read the names of all.
        let only = if let [one] = &*known { one.entry.as_ref().map(|entry| entry.number.to_string()) } else { None };
        let (select, parameters) = match only {
            Some(number) => (" WHERE recommendation = $1", vec![Value::from(number)]),
            None => ("", Vec::new()),
        };
        let select = format!("SELECT recommendation, sha256, name FROM plan_files{select}");
        let mut names = HashMap::new();
        for row in self.ledger.read(move |sql| sql.query(&select, &parameters)).await? {
            names.insert((row.text(0)?, row.text(1)?), row.text(2)?);
        }
        for one in known {
            let Some(number) = one.entry.as_ref().map(|entry| entry.number.to_string()) else { continue };
            one.name_files(|sha256| names.get(&(number.clone(), sha256.to_owned())).cloned());
        }
        Ok(())
    }
}
