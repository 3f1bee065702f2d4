//! Calls read back from the record, with their masked texts where those are still kept.

use std::fmt::Write as _;

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Ledger, LedgerError, Personal, Row, Value as Sqlvalue};
use serde::Deserialize as _;
use serde_json::Value;

use super::CallRecord;

/// A call with its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCall {
    /// What stands on the record.
    pub record: CallRecord,
    /// The request as it left for the model, masked, and the text that came back; nothing where none was kept or its time is over.
    pub texts: Option<(String, String)>,
}

impl From<CallRecord> for RecordedCall {
    /// Without texts.
    fn from(record: CallRecord) -> Self {
        Self { record, texts: None }
    }
}

/// Which calls are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallQuery {
    /// Of this agency alone.
    pub agency: Option<String>,
    /// To this model alone.
    pub model: Option<String>,
    /// With this key alone.
    pub key: Option<String>,
    /// Those alone that were refused or failed.
    pub only_refused: bool,
    /// Those alone that came before this moment.
    pub before: Option<Timestamp>,
    /// So many at most.
    pub most: u32,
}

/// A line of the list of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// Its name.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// The agency that answers for it.
    pub agency: String,
    /// The key that was used.
    pub key: String,
    /// The route.
    pub route: String,
    /// The model that was asked for; empty where it was refused before.
    pub model: String,
    /// C, S or O.
    pub class: String,
    /// The status of the answer.
    pub status: u16,
    /// Why it was refused or broke; empty where all went well.
    pub code: String,
    /// Tokens, in and out together.
    pub tokens: u64,
    /// Microseconds until the first byte of the answer.
    pub first_us: u64,
}

/// Calls, the newest first.
pub(crate) async fn listed(ledger: &Ledger, query: CallQuery) -> Result<Vec<CallRow>, DatabaseError> {
    let mut values: Vec<Sqlvalue> = Vec::new();
    let mut conditions = String::new();
    for (column, wanted) in [("agency", query.agency), ("model", query.model), ("key_id", query.key)] {
        if let Some(wanted) = wanted {
            values.push(wanted.into());
            let _ = write!(conditions, " AND {column} = ${}", values.len());
        }
    }
    if let Some(before) = query.before {
        values.push(before.as_microsecond().into());
        let _ = write!(conditions, " AND at < ${}", values.len());
    }
    if query.only_refused {
        conditions.push_str(" AND status >= 400");
    }
    values.push(query.most.into());
    let select = format!(
        "SELECT id, at, agency, key_id, route, model, class, status, code, tokens, first_us FROM gateway_calls WHERE 1 = 1{conditions} \
         ORDER BY at DESC, id LIMIT ${}",
        values.len()
    );
    let rows = ledger.read(move |sql| sql.query(&select, &values)).await?;
    let read = |row: &Row| {
        Ok(CallRow {
            id: row.text(0)?,
            at: Timestamp::from_microsecond(row.integer(1)?).unwrap_or_default(),
            agency: row.text(2)?,
            key: row.text(3)?,
            route: row.text(4)?,
            model: row.text(5)?,
            class: row.text(6)?,
            status: u16::try_from(row.unsigned(7)?).unwrap_or(u16::MAX),
            code: row.text(8)?,
            tokens: row.unsigned(9)?,
            first_us: row.unsigned(10)?,
        })
    };
    rows.iter().map(read).collect()
}

/// The call of that name.
pub(crate) async fn one(ledger: &Ledger, id: &str) -> Result<Option<RecordedCall>, LedgerError> {
    let name = id.to_owned();
    let select = "SELECT position FROM gateway_calls WHERE id = $1";
    let rows = ledger.read(move |sql| sql.query(select, &[name.into()])).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let calls = at(ledger, row.unsigned(0)?).await?;
    Ok(calls.into_iter().find(|call| call.record.id == id))
}

/// The newest calls since `from` (microseconds since 1970 UTC), at most so many, the oldest first.
pub(crate) async fn since(ledger: &Ledger, from: i64, most: u32) -> Result<Vec<RecordedCall>, LedgerError> {
    let select = "SELECT DISTINCT position FROM (SELECT position FROM gateway_calls WHERE at >= $1 ORDER BY at DESC LIMIT $2) AS newest \
         ORDER BY position";
    let rows = ledger.read(move |sql| sql.query(select, &[from.into(), most.into()])).await?;
    let positions: Result<Vec<u64>, DatabaseError> = rows.iter().map(|row| row.unsigned(0)).collect();
    let mut calls = Vec::new();
    for position in positions? {
        calls.extend(at(ledger, position).await?.into_iter().filter(|call| call.record.at >= from));
    }
    Ok(calls)
}

/// All calls of one event.
async fn at(ledger: &Ledger, position: u64) -> Result<Vec<RecordedCall>, LedgerError> {
    let Some(event) = ledger.events_from(position, 1).await?.into_iter().find(|event| event.position == position)
    else {
        return Ok(Vec::new());
    };
    let mut texts: Vec<(String, String, String)> = Vec::new();
    for kept in event.payload["contents"].as_array().into_iter().flatten() {
        // What was erased has no value any more.
        let kept = Personal::deserialize(kept).ok().and_then(|kept| kept.value);
        texts.extend::<Vec<_>>(kept.and_then(|value| serde_json::from_str(&value).ok()).unwrap_or_default());
    }
    let calls = event.payload["calls"].as_array().into_iter().flatten();
    let read = |call: &Value| {
        let record = CallRecord::deserialize(call).ok()?;
        let found = texts.iter().find(|(id, ..)| *id == record.id);
        let texts = found.map(|(_, request, answer)| (request.clone(), answer.clone()));
        Some(RecordedCall { record, texts })
    };
    Ok(calls.filter_map(read).collect())
}
