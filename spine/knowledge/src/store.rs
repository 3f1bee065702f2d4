//! The sources as rows of the ledger's database: one row per act, answer or service, its content packed.

use std::collections::HashMap;

use maru_ledger::{DatabaseError, Ledger, Row, Sql, Value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::error::KnowledgeError;

const OWNER: &str = "knowledge";

/// Grows at its end only.
const TABLES: [&str; 6] = [
    "CREATE TABLE knowledge_sources (kind TEXT NOT NULL, name TEXT NOT NULL, law TEXT NOT NULL, digest BYTES NOT NULL, \
     header TEXT NOT NULL, body BYTES NOT NULL, revision BIGINT NOT NULL, PRIMARY KEY (kind, name))",
    "CREATE INDEX knowledge_sources_revision ON knowledge_sources (revision)",
    "CREATE INDEX knowledge_sources_law ON knowledge_sources (law)",
    "CREATE TABLE knowledge_ready (kind TEXT NOT NULL, name TEXT NOT NULL, digest BYTES NOT NULL, law TEXT NOT NULL, \
     header TEXT NOT NULL, body BYTES NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (kind, name, digest))",
    "CREATE TABLE knowledge_revision (only_row BIGINT NOT NULL PRIMARY KEY, revision BIGINT NOT NULL)",
    "CREATE TABLE knowledge_removed (kind TEXT NOT NULL, name TEXT NOT NULL, law TEXT NOT NULL, revision BIGINT NOT NULL, \
     PRIMARY KEY (kind, name))",
];

/// SHA-256 of a source's content.
pub(crate) type Digest = [u8; 32];

/// The kinds of rows.
pub(crate) const ACT: &str = "act";
/// See [`ACT`].
pub(crate) const ANSWER: &str = "answer";
/// See [`ACT`].
pub(crate) const SERVICE: &str = "service";

/// What names a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SourceKey {
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// A row to be stored.
#[derive(Debug, Clone)]
pub(crate) struct SourceRow {
    pub(crate) key: SourceKey,
    /// Title of the act; empty for answers and services.
    pub(crate) law: String,
    pub(crate) digest: Digest,
    pub(crate) header: String,
    pub(crate) body: Vec<u8>,
}

/// A version of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Act {
    pub(crate) law: String,
    pub(crate) kind: String,
    pub(crate) ministry: Vec<String>,
    pub(crate) effective: Option<jiff::civil::Date>,
    pub(crate) url: String,
    /// Whether the act as a whole is repealed: it is kept, so that who cites it can be told.
    #[serde(default)]
    pub(crate) repealed: bool,
    pub(crate) articles: Vec<Article>,
}

/// An article of an act.
#[expect(clippy::struct_field_names, reason = "the statutes' own word for its number")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Article {
    pub(crate) article: String,
    pub(crate) heading: String,
    pub(crate) text: String,
}

/// An answer or a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Note {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) title_en: String,
    pub(crate) text_en: String,
    pub(crate) category: String,
    pub(crate) department: String,
    pub(crate) url: String,
    /// References to law beside those in the text, as people write them.
    pub(crate) cites: Vec<String>,
}

/// What is known of an act without its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActHeader {
    pub(crate) law: String,
    pub(crate) kind: String,
    pub(crate) ministry: Vec<String>,
    pub(crate) effective: Option<jiff::civil::Date>,
    #[serde(default)]
    pub(crate) repealed: bool,
    /// Codes of its articles (see [`crate::article::ArticleNumber::code`]).
    pub(crate) articles: Vec<u32>,
    /// Codes of those among them whose text is gone.
    pub(crate) deleted: Vec<u32>,
}

impl SourceRow {
    pub(crate) fn of_act(act: &Act) -> Self {
        let version = act.effective.map_or_else(String::new, |date| format!("@{date}"));
        let mut header = ActHeader {
            law: act.law.clone(),
            kind: act.kind.clone(),
            ministry: act.ministry.clone(),
            effective: act.effective,
            repealed: act.repealed,
            ..ActHeader::default()
        };
        for article in &act.articles {
            let Some(number) = crate::article::ArticleNumber::parse(&article.article) else { continue };
            header.articles.push(number.code());
            if crate::source::is_deletion(&article.text) {
                header.deleted.push(number.code());
            }
        }
        let header = serde_json::to_string(&header).unwrap_or_default();
        Self::new(ACT, format!("{}{version}", act.law), act.law.clone(), header, act)
    }

    pub(crate) fn of_note(kind: &str, note: &Note) -> Self {
        Self::new(kind, note.id.clone(), String::new(), String::new(), note)
    }

    fn new(kind: &str, name: String, law: String, header: String, content: &impl Serialize) -> Self {
        let json = serde_json::to_vec(content).unwrap_or_default();
        let digest = Sha256::digest(&json).into();
        let body = zstd::bulk::compress(&json, 3).unwrap_or_default();
        Self { key: SourceKey { kind: kind.to_owned(), name }, law, digest, header, body }
    }
}

/// Unpacks the content of a row.
pub(crate) fn unpack<T: DeserializeOwned>(kind: &str, name: &str, body: &[u8]) -> Result<T, KnowledgeError> {
    let damaged = |reason: String| KnowledgeError::Damaged { key: format!("{kind} {name}"), reason };
    let json = zstd::stream::decode_all(body).map_err(|error| damaged(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))
}

pub(crate) async fn define(ledger: &Ledger) -> Result<(), DatabaseError> {
    ledger.define(OWNER, &TABLES).await
}

pub(crate) async fn revision(ledger: &Ledger) -> Result<u64, DatabaseError> {
    ledger.read(|sql| current_revision(sql)).await
}

fn current_revision(sql: &mut dyn Sql) -> Result<u64, DatabaseError> {
    let rows = sql.query("SELECT revision FROM knowledge_revision WHERE only_row = 1", &[])?;
    rows.first().map_or(Ok(0), |row| row.unsigned(0))
}

/// Digests of what is stored, and of what lies ready from an import that was stopped.
pub(crate) struct Known {
    pub(crate) stored: HashMap<SourceKey, Digest>,
    pub(crate) ready: std::collections::HashSet<(SourceKey, Digest)>,
    pub(crate) revision: u64,
}

pub(crate) async fn known(ledger: &Ledger) -> Result<Known, DatabaseError> {
    ledger
        .read(|sql| {
            let mut known = Known {
                stored: HashMap::new(),
                ready: std::collections::HashSet::new(),
                revision: current_revision(sql)?,
            };
            sql.query_each("SELECT kind, name, digest FROM knowledge_sources", &[], &mut |row| {
                known.stored.insert(key_of(&row)?, digest_of(&row, 2)?);
                Ok(())
            })?;
            sql.query_each("SELECT kind, name, digest FROM knowledge_ready", &[], &mut |row| {
                known.ready.insert((key_of(&row)?, digest_of(&row, 2)?));
                Ok(())
            })?;
            Ok(known)
        })
        .await
}

fn key_of(row: &Row) -> Result<SourceKey, DatabaseError> {
    Ok(SourceKey { kind: row.text(0)?, name: row.text(1)? })
}

fn digest_of(row: &Row, column: usize) -> Result<Digest, DatabaseError> {
    let bytes = row.bytes(column)?;
    Digest::try_from(bytes.as_slice())
        .map_err(|_| DatabaseError::work("a digest of knowledge_sources has not 32 bytes"))
}

/// Lays rows ready: readers do not see them yet.
pub(crate) async fn lay_ready(ledger: &Ledger, rows: Vec<SourceRow>, since: u64) -> Result<(), DatabaseError> {
    ledger
        .write(move |sql| {
            for row in rows {
                let parameters: [Value; 7] = [
                    row.key.kind.into(),
                    row.key.name.into(),
                    row.digest.into(),
                    row.law.into(),
                    row.header.into(),
                    row.body.into(),
                    since.into(),
                ];
                sql.execute(
                    "INSERT INTO knowledge_ready (kind, name, digest, law, header, body, since) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, name, digest) DO UPDATE SET since = excluded.since",
                    &parameters,
                )?;
            }
            Ok(())
        })
        .await
}

/// Lets rows that lie ready take the place of the old, all in one transaction. Gives the new revision.
pub(crate) async fn take_over(ledger: &Ledger, rows: Vec<(SourceKey, Digest)>) -> Result<u64, DatabaseError> {
    ledger
        .write(move |sql| {
            let before = current_revision(sql)?;
            let revision = before + 1;
            for (key, digest) in &rows {
                let parameters: [Value; 4] =
                    [revision.into(), key.kind.as_str().into(), key.name.as_str().into(), (*digest).into()];
                let moved = sql.execute(
                    "INSERT INTO knowledge_sources (kind, name, law, digest, header, body, revision) \
                     SELECT kind, name, law, digest, header, body, $1 FROM knowledge_ready \
                     WHERE kind = $2 AND name = $3 AND digest = $4 \
                     ON CONFLICT (kind, name) DO UPDATE SET law = excluded.law, digest = excluded.digest, \
                     header = excluded.header, body = excluded.body, revision = excluded.revision",
                    &parameters,
                )?;
                if moved != 1 {
                    return Err(DatabaseError::work(
                        "another import took away what this one had laid ready; nothing was taken over: run it again",
                    ));
                }
                let parameters: [Value; 2] = [key.kind.as_str().into(), key.name.as_str().into()];
                sql.execute("DELETE FROM knowledge_removed WHERE kind = $1 AND name = $2", &parameters)?;
                sql.execute("DELETE FROM knowledge_ready WHERE kind = $1 AND name = $2", &parameters)?;
            }
            // What lay ready before the last revision belongs to an import that nobody finished.
            sql.execute("DELETE FROM knowledge_ready WHERE since < $1", &[before.into()])?;
            set_revision(sql, revision)?;
            Ok(revision)
        })
        .await
}

fn set_revision(sql: &mut dyn Sql, revision: u64) -> Result<(), DatabaseError> {
    sql.execute(
        "INSERT INTO knowledge_revision (only_row, revision) VALUES (1, $1) \
         ON CONFLICT (only_row) DO UPDATE SET revision = excluded.revision",
        &[revision.into()],
    )?;
    Ok(())
}

/// Takes sources away. Gives the new revision, or the old one where there was nothing to take away.
pub(crate) async fn remove(ledger: &Ledger, keys: Vec<SourceKey>) -> Result<u64, DatabaseError> {
    ledger
        .write(move |sql| {
            let before = current_revision(sql)?;
            let mut removed = 0;
            for key in &keys {
                let parameters: [Value; 3] = [key.kind.as_str().into(), key.name.as_str().into(), (before + 1).into()];
                removed += sql.execute(
                    "INSERT INTO knowledge_removed (kind, name, law, revision) SELECT kind, name, law, $3 \
                     FROM knowledge_sources WHERE kind = $1 AND name = $2 \
                     ON CONFLICT (kind, name) DO UPDATE SET revision = excluded.revision",
                    &parameters,
                )?;
                sql.execute("DELETE FROM knowledge_sources WHERE kind = $1 AND name = $2", &parameters[..2])?;
            }
            if removed == 0 {
                return Ok(before);
            }
            set_revision(sql, before + 1)?;
            Ok(before + 1)
        })
        .await
}

/// Headers of all acts.
pub(crate) async fn act_headers(ledger: &Ledger) -> Result<Vec<ActHeader>, DatabaseError> {
    ledger
        .read(|sql| {
            let mut headers = Vec::new();
            sql.query_each("SELECT header FROM knowledge_sources WHERE kind = $1", &[ACT.into()], &mut |row| {
                let header: ActHeader = serde_json::from_str(&row.text(0)?)
                    .map_err(|error| DatabaseError::work(format!("the header of an act is damaged: {error}")))?;
                headers.push(header);
                Ok(())
            })?;
            Ok(headers)
        })
        .await
}

/// A packed source as it stands in the database.
pub(crate) struct Packed {
    pub(crate) key: SourceKey,
    pub(crate) body: Vec<u8>,
}

/// What changed since a revision.
pub(crate) struct Changes {
    /// The revision up to which the changes go.
    pub(crate) revision: u64,
    /// Sources to be taken out of the index: changed and removed ones.
    pub(crate) gone: Vec<SourceKey>,
    /// Whether acts changed: then answers cite differently.
    pub(crate) acts_changed: bool,
    /// How many sources are to be indexed.
    pub(crate) count: u64,
}

/// A server that begins from nothing needs everything; one that follows needs what changed, other versions of changed acts too (the day
/// they are replaced changes), and answers where acts changed.
const AFFECTED: &str = "(revision > $1 OR (kind = 'act' AND law IN (SELECT law FROM knowledge_sources WHERE kind = 'act' AND \
     revision > $1 UNION SELECT law FROM knowledge_removed WHERE kind = 'act' AND revision > $1)) OR (kind <> 'act' AND $2 = 1))";

pub(crate) async fn changes(ledger: &Ledger, since: u64) -> Result<Changes, DatabaseError> {
    ledger
        .read(move |sql| {
            let revision = current_revision(sql)?;
            let acts = sql.query(
                "SELECT COUNT(*) FROM (SELECT law FROM knowledge_sources WHERE kind = 'act' AND revision > $1 \
                 UNION ALL SELECT law FROM knowledge_removed WHERE kind = 'act' AND revision > $1) AS changed",
                &[since.into()],
            )?;
            let acts_changed = acts.first().map_or(Ok(0), |row| row.integer(0))? > 0;
            let mut gone = Vec::new();
            let statement = format!("SELECT kind, name FROM knowledge_sources WHERE {AFFECTED}");
            sql.query_each(&statement, &[since.into(), acts_changed.into()], &mut |row| {
                gone.push(key_of(&row)?);
                Ok(())
            })?;
            let count = gone.len() as u64;
            sql.query_each(
                "SELECT kind, name FROM knowledge_removed WHERE revision > $1",
                &[since.into()],
                &mut |row| {
                    gone.push(key_of(&row)?);
                    Ok(())
                },
            )?;
            Ok(Changes { revision, gone, acts_changed, count })
        })
        .await
}

/// Hands over the sources of [`Changes`], one by one, on the thread of a reader.
pub(crate) async fn each_changed<F>(
    ledger: &Ledger,
    since: u64,
    acts_changed: bool,
    mut each: F,
) -> Result<(), DatabaseError>
where
    F: FnMut(Packed) -> Result<(), DatabaseError> + Send + 'static,
{
    ledger
        .read(move |sql| {
            let statement = format!("SELECT kind, name, body FROM knowledge_sources WHERE {AFFECTED}");
            sql.query_each(&statement, &[since.into(), acts_changed.into()], &mut |row| {
                let key = key_of(&row)?;
                let body = row.into_values().into_iter().nth(2);
                let Some(Value::Bytes(body)) = body else {
                    return Err(DatabaseError::work(format!("the source {} has no content", key.name)));
                };
                each(Packed { key, body })
            })
        })
        .await
}
