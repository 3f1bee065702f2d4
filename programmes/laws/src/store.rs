//! Which certificates are on the log.

use std::sync::Arc;

use jiff::Timestamp;
use maru_ledger::{Aggregate, DatabaseError, Ledger, Projection, RecordedEvent, Sql};

use crate::domain::{Certificate, CertificateEvent, Sha256};

/// The projections of the programme, to be given to [`Ledger::open`].
pub fn projections() -> Vec<Arc<dyn Projection>> {
    vec![Arc::new(Certificates)]
}

/// A certificate on the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The certificate's hash.
    pub sha256: String,
    /// The package, by its name on the shelf.
    pub law: String,
    /// Its version.
    pub version: String,
    /// The hash of its files.
    pub package: String,
    /// The entry of the log.
    pub position: u64,
    /// When.
    pub at: Timestamp,
}

/// The questions asked of certificates. Clone it freely.
#[derive(Clone, Debug)]
pub struct Store {
    ledger: Ledger,
}

impl Store {
    /// The questions over `ledger`, opened with [`projections`].
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The certificate with this hash, if it is on the log.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub async fn certificate(&self, sha256: &Sha256) -> Result<Option<Recorded>, DatabaseError> {
        let select = "SELECT sha256, law, version, package, position, at FROM law_certificates WHERE sha256 = $1";
        let parameters = [sha256.as_str().into()];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Recorded {
            sha256: row.text(0)?,
            law: row.text(1)?,
            version: row.text(2)?,
            package: row.text(3)?,
            position: row.unsigned(4)?,
            at: row.timestamp(5)?,
        }))
    }
}

/// The projection `laws`.
#[derive(Clone, Copy, Debug, Default)]
struct Certificates;

impl Projection for Certificates {
    fn name(&self) -> &'static str {
        "laws"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &["CREATE TABLE law_certificates (sha256 TEXT PRIMARY KEY, law TEXT NOT NULL, version TEXT NOT NULL, \
           package TEXT NOT NULL, position BIGINT NOT NULL, at BIGINT NOT NULL)"]
    }

    fn tables(&self) -> &[&str] {
        &["law_certificates"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.stream.kind() != Certificate::KIND {
            return Ok(());
        }
        let read = serde_json::from_value(event.payload.clone());
        let CertificateEvent::CertificateRecorded { law, version, package } = read.map_err(|error| {
            DatabaseError::Work { reason: format!("event {} cannot be read: {error}", event.position) }
        })?;
        sql.execute(
            "INSERT INTO law_certificates (sha256, law, version, package, position, at) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                event.stream.identifier().into(),
                law.into(),
                version.into(),
                package.as_str().into(),
                event.position.into(),
                event.at.into(),
            ],
        )
        .map(drop)
    }
}
