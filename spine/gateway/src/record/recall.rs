//! Calls read back from the record, with their masked texts where those are still kept.

use maru_ledger::{DatabaseError, Ledger, LedgerError, Personal};
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
