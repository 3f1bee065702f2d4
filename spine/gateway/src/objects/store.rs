//! Which objects there are, and whose: a table derived from events. What was said is not in it.

use jiff::Timestamp;
use maru_ledger::{DatabaseError, Ledger, Projection, RecordedEvent, Sql, Value};

use super::{ObjectKind, Owner, object_of};

const TABLE: &str = "CREATE TABLE gateway_objects (id TEXT PRIMARY KEY, kind TEXT NOT NULL, agency TEXT NOT NULL, \
     key_id TEXT NOT NULL, model TEXT NOT NULL, at BIGINT NOT NULL)";
const INDEX: &str = "CREATE INDEX gateway_objects_of ON gateway_objects (agency, key_id, kind, at, id)";

/// The table of objects.
pub(crate) struct Objects;

impl Projection for Objects {
    fn name(&self) -> &'static str {
        "gateway-objects"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[TABLE, INDEX]
    }

    fn tables(&self) -> &[&str] {
        &["gateway_objects"]
    }

    fn concerns(&self, kind: &str) -> bool {
        matches!(kind, "gateway-object-stored" | "subject-erased")
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        match event.kind.as_str() {
            // What projections see is sealed: the object is read without what was said.
            "gateway-object-stored" => stored(sql, event),
            "subject-erased" => {
                let subject = event.payload["subject"].as_str().unwrap_or_default();
                let Some(id) = object_of(subject) else { return Ok(()) };
                sql.execute("DELETE FROM gateway_objects WHERE id = $1", &[id.into()]).map(drop)
            }
            _ => Ok(()),
        }
    }
}

fn stored(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let object = &event.payload["object"];
    let text =
        |pointer: &str| Value::from(object.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default());
    let at = event.payload["at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).unwrap_or_default();
    let insert = "INSERT INTO gateway_objects (id, kind, agency, key_id, model, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        text("/id"),
        text("/kind"),
        text("/owner/agency"),
        text("/owner/key"),
        text("/model"),
        at.as_microsecond().into(),
    ];
    sql.execute(insert, &values).map(drop)
}

/// Which objects are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) kind: ObjectKind,
    /// Of this model alone; empty for all.
    pub(crate) model: String,
    /// Behind this object; empty for the beginning.
    pub(crate) after: String,
    pub(crate) newest_first: bool,
    pub(crate) most: u32,
}

/// Names of the owner's objects in their order.
pub(crate) async fn listed(ledger: &Ledger, owner: &Owner, listing: Listing) -> Result<Vec<String>, DatabaseError> {
    let Owner { agency, key } = owner.clone();
    ledger
        .read(move |sql| {
            let Listing { kind, model, after, newest_first, most } = listing;
            let (direction, beyond, start) =
                if newest_first { ("DESC", "<", i64::MAX) } else { ("ASC", ">", i64::MIN) };
            let find = "SELECT at FROM gateway_objects WHERE id = $1 AND agency = $2 AND key_id = $3";
            let known = sql.query(find, &[after.as_str().into(), agency.as_str().into(), key.as_str().into()])?;
            let at = match known.first() {
                Some(row) => row.integer(0)?,
                None if after.is_empty() => start,
                // Behind an object that is not there stands nothing.
                None => return Ok(Vec::new()),
            };
            let select = format!(
                "SELECT id FROM gateway_objects WHERE agency = $1 AND key_id = $2 AND kind = $3 AND ($4 = '' OR model = $4) \
                 AND (at {beyond} $5 OR (at = $5 AND id {beyond} $6)) ORDER BY at {direction}, id {direction} LIMIT $7"
            );
            let values: [Value; 7] = [
                agency.into(),
                key.into(),
                kind.name().into(),
                model.into(),
                at.into(),
                after.into(),
                most.into(),
            ];
            sql.query(&select, &values)?.iter().map(|row| row.text(0)).collect()
        })
        .await
}
