//! Everything that is known of one household, read at once: what a life event decides on. No stream is read and nothing is
//! unsealed: states stand in the projection, each with the version of its stream, and whoever changed a stream since is noticed
//! by that when the change is appended.

use std::collections::HashMap;

use maru_ledger::{DatabaseError, LedgerError, Row, Sql};
use serde::de::DeserializeOwned;

use super::{InLot, Store, json_of, lots, unreadable};
use crate::domain::{CrisisCase, Household, Proposal, Record};

/// A state with the version of its stream; version 0 where there is no stream yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versioned<A> {
    /// The state, sealed words left out.
    pub(crate) state: A,
    /// The version.
    pub(crate) version: u64,
}

/// What is known of a household.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownHome {
    /// Its record; nothing where it is not on the log.
    pub(crate) record: Option<Versioned<Record>>,
    /// The household as it is sealed in the record.
    pub(crate) sealed: String,
    /// Its case of crisis signals.
    pub(crate) crisis: Option<Versioned<CrisisCase>>,
    /// Its proposals on the log, with their names.
    pub(crate) proposals: Vec<(String, Versioned<Proposal>)>,
    /// Its proposals in the lot of its shard, where it is not on the log.
    pub(crate) lot: Option<InLot>,
}

fn versioned<A: DeserializeOwned>(row: &Row, first: usize) -> Result<Versioned<A>, DatabaseError> {
    Ok(Versioned { state: json_of(&row.text(first)?)?, version: row.unsigned(first + 1)? })
}

impl Store {
    /// What is known of a household.
    pub(crate) async fn known_home(&self, id: &str) -> Result<KnownHome, DatabaseError> {
        let id = id.to_owned();
        self.ledger.read(move |sql| known_home(sql, &id)).await
    }
}

impl Store {
    /// The facts of households that are on the log, by their names: all read at once. Whoever was erased is not among them.
    pub(crate) async fn facts_of(&self, ids: Vec<String>) -> Result<HashMap<String, Household>, LedgerError> {
        let reading = move |sql: &mut dyn Sql| {
            let mut found = Vec::new();
            lots::each_of(sql, "SELECT id, household FROM welfare_households", &ids, &mut |row| {
                found.push((row.text(0)?, row.text(1)?));
                Ok(())
            })?;
            Ok(found)
        };
        let (ids, sealed): (Vec<String>, Vec<String>) = self.ledger.read(reading).await?.into_iter().unzip();
        let opened = self.ledger.unseal_all(sealed).await?;
        let known = ids.into_iter().zip(opened).filter_map(|(id, opened)| Some((id, opened.value?)));
        let read = known.map(|(id, text)| Ok((id, serde_json::from_str(&text).map_err(|error| unreadable(&error))?)));
        Ok(read.collect::<Result<_, DatabaseError>>()?)
    }
}

fn known_home(sql: &mut dyn Sql, id: &str) -> Result<KnownHome, DatabaseError> {
    let mut known = KnownHome::default();
    let select = "SELECT state, version, household FROM welfare_households WHERE id = $1";
    if let Some(row) = sql.query(select, &[id.into()])?.first() {
        known.record = Some(versioned(row, 0)?);
        known.sealed = row.text(2)?;
    }
    let select = "SELECT state, version FROM welfare_crisis WHERE id = $1";
    known.crisis = sql.query(select, &[id.into()])?.first().map(|row| versioned(row, 0)).transpose()?;
    let select = "SELECT state, version, id FROM welfare_proposals WHERE household = $1 ORDER BY found_at, id";
    for row in &sql.query(select, &[id.into()])? {
        known.proposals.push((row.text(2)?, versioned(row, 0)?));
    }
    if known.record.is_none() {
        known.lot = lots::in_lot(sql, id)?;
    }
    Ok(known)
}
