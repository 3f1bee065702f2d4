//! What is kept beside the events: learned models, shared by all servers, and the secret from which codes are derived.

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Entropy, LedgerError, Personal, SealError};

use super::Store;
use crate::hexadecimal;

const OWNER: &str = "inquiry";
const TABLES: &[&str] = &[
    "CREATE TABLE inquiry_models (revision BIGINT NOT NULL, kind TEXT NOT NULL, made_at BIGINT NOT NULL, \
     examples BIGINT NOT NULL, bytes BYTES NOT NULL, PRIMARY KEY (revision, kind))",
    "CREATE TABLE inquiry_secrets (name TEXT PRIMARY KEY, sealed TEXT NOT NULL)",
];
/// Former revisions that are kept, so that a bad one can be looked into.
const KEPT_REVISIONS: u64 = 3;
const CODES: &str = "codes";
/// Under whose key the secret is sealed: nobody's, and never erased.
const CODES_SUBJECT: &str = "inquiry-codes";

/// What a model says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelKind {
    /// The category.
    Category,
    /// The department.
    Department,
    /// The kind under the Act.
    Kind,
    /// From which likeness on two inquiries are near-duplicates.
    Boundary,
}

impl ModelKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Category, Self::Department, Self::Kind, Self::Boundary];

    fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Department => "department",
            Self::Kind => "kind",
            Self::Boundary => "boundary",
        }
    }
}

/// A model as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredModel {
    /// What it says.
    pub kind: ModelKind,
    /// From how many examples it was learned.
    pub examples: u64,
    /// The model.
    pub bytes: Vec<u8>,
}

/// A model that was learned, without the model itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learned {
    /// The revision.
    pub revision: u64,
    /// What it says.
    pub kind: ModelKind,
    /// From how many examples.
    pub examples: u64,
    /// When.
    pub made_at: Timestamp,
}

/// What was learned, and what there is to learn from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lessons {
    /// The models that are kept, the newest first.
    pub learned: Vec<Learned>,
    /// How many inquiries people labelled.
    pub labelled: u64,
    /// How many pairs of inquiries people judged.
    pub pairs: u64,
}

impl Store {
    /// Makes the tables that are not projections.
    pub(crate) async fn define(&self) -> Result<(), DatabaseError> {
        self.ledger().define(OWNER, TABLES).await
    }

    /// The newest revision of the models; 0 where there is none.
    pub(crate) async fn model_revision(&self) -> Result<u64, DatabaseError> {
        let select = "SELECT COALESCE(MAX(revision), 0) FROM inquiry_models";
        let rows = self.ledger().read(|sql| sql.query(select, &[])).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// Which revisions are kept, the newest first: for each model its examples, and when it was made.
    pub(crate) async fn learned(&self) -> Result<Vec<Learned>, DatabaseError> {
        let select = "SELECT revision, kind, examples, made_at FROM inquiry_models ORDER BY revision DESC, kind";
        let rows = self.ledger().read(|sql| sql.query(select, &[])).await?;
        let mut learned = Vec::with_capacity(rows.len());
        for row in &rows {
            let name = row.text(1)?;
            let Some(kind) = ModelKind::ALL.into_iter().find(|kind| kind.name() == name) else { continue };
            let (revision, examples) = (row.unsigned(0)?, row.unsigned(2)?);
            learned.push(Learned { revision, kind, examples, made_at: row.timestamp(3)? });
        }
        Ok(learned)
    }

    /// How many inquiries people labelled: put right, or answered as they were classified.
    pub(crate) async fn labelled(&self) -> Result<u64, DatabaseError> {
        let select = "SELECT COUNT(*) FROM inquiry_cases WHERE (corrected = 1 OR served_at IS NOT NULL) AND erased = 0";
        let rows = self.ledger().read(|sql| sql.query(select, &[])).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// The models of the newest revision, with the revision; none where nothing was learned yet.
    pub(crate) async fn models(&self) -> Result<(u64, Vec<StoredModel>), DatabaseError> {
        let select = "SELECT revision, kind, examples, bytes FROM inquiry_models \
                      WHERE revision = (SELECT MAX(revision) FROM inquiry_models)";
        let rows = self.ledger().read(|sql| sql.query(select, &[])).await?;
        let revision = rows.first().map_or(Ok(0), |row| row.unsigned(0))?;
        let mut models = Vec::with_capacity(rows.len());
        for row in &rows {
            let name = row.text(1)?;
            let Some(kind) = ModelKind::ALL.into_iter().find(|kind| kind.name() == name) else { continue };
            models.push(StoredModel { kind, examples: row.unsigned(2)?, bytes: row.bytes(3)? });
        }
        Ok((revision, models))
    }

    /// Stores models as a new revision, which all servers take up; gives its number.
    pub(crate) async fn store_models(&self, models: Vec<StoredModel>, now: Timestamp) -> Result<u64, DatabaseError> {
        self.ledger()
            .write(move |sql| {
                let rows = sql.query("SELECT COALESCE(MAX(revision), 0) FROM inquiry_models", &[])?;
                let revision = rows.first().map_or(Ok(0), |row| row.unsigned(0))? + 1;
                for model in &models {
                    sql.execute(
                        "INSERT INTO inquiry_models (revision, kind, made_at, examples, bytes) VALUES ($1, $2, $3, $4, $5)",
                        &[
                            revision.into(),
                            model.kind.name().into(),
                            now.into(),
                            model.examples.into(),
                            model.bytes.as_slice().into(),
                        ],
                    )?;
                }
                let oldest = revision.saturating_sub(KEPT_REVISIONS);
                sql.execute("DELETE FROM inquiry_models WHERE revision <= $1", &[oldest.into()])?;
                Ok(revision)
            })
            .await
    }

    /// The secret from which the codes of cases are derived; made by the first server that asks, the same for all.
    pub(crate) async fn code_secret(&self, entropy: &dyn Entropy, now: Timestamp) -> Result<[u8; 32], LedgerError> {
        if let Some(sealed) = self.sealed_secret().await? {
            return self.open_secret(&sealed);
        }
        let mut secret = [0_u8; 32];
        entropy.fill(&mut secret);
        let text = hexadecimal::write(&secret);
        let sealed = self.ledger().seal(&Personal::new(CODES_SUBJECT, text), now).await?;
        let insert = "INSERT INTO inquiry_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        self.ledger().write(move |sql| sql.execute(insert, &[CODES.into(), sealed.into()])).await?;
        // Another server may have been first: what stands there holds for all.
        let stored = self.sealed_secret().await?.unwrap_or_default();
        self.open_secret(&stored)
    }

    async fn sealed_secret(&self) -> Result<Option<String>, DatabaseError> {
        let select = "SELECT sealed FROM inquiry_secrets WHERE name = $1";
        let rows = self.ledger().read(move |sql| sql.query(select, &[CODES.into()])).await?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    fn open_secret(&self, sealed: &str) -> Result<[u8; 32], LedgerError> {
        let damaged = || SealError::Damaged { reason: "the secret of the codes is not 32 bytes".to_owned() };
        let text = self.ledger().unseal(sealed)?.value.ok_or_else(damaged)?;
        hexadecimal::read(&text).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| damaged().into())
    }
}
