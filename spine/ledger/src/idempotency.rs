//! Commands that were given before, by the keys that their callers chose.

use std::collections::HashMap;

use crate::{
    append::Appended,
    database::{DatabaseError, Sql, Value},
    event::StreamId,
    schema::filled_portions,
};

/// A command that was given before, with its outcome.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    pub(crate) fingerprint: String,
    pub(crate) outcome: Appended,
}

/// What was recorded for the idempotency `key` of `actor`.
pub(crate) fn remembered(sql: &mut dyn Sql, actor: &str, key: &str) -> Result<Option<Remembered>, DatabaseError> {
    Ok(remembered_all(sql, &[(actor, key)])?.into_values().next())
}

/// What was recorded for those of the idempotency keys (each with its actor) that were used.
pub(crate) fn remembered_all(
    sql: &mut dyn Sql,
    keys: &[(&str, &str)],
) -> Result<HashMap<(String, String), Remembered>, DatabaseError> {
    let mut found = HashMap::new();
    for portion in filled_portions(keys) {
        let places: Vec<String> = (0..portion.len())
            .map(|index| format!("(actor = ${} AND key = ${})", 2 * index + 1, 2 * index + 2))
            .collect();
        let statement = format!(
            "SELECT actor, key, fingerprint, stream, first_position, count, version FROM idempotency WHERE {}",
            places.join(" OR ")
        );
        let parameters: Vec<Value> =
            portion.into_iter().flat_map(|(actor, key)| [Value::from(actor), Value::from(key)]).collect();
        for row in sql.query(&statement, &parameters)? {
            let stream =
                StreamId::parse(&row.text(3)?).map_err(|error| DatabaseError::Damaged { reason: error.to_string() })?;
            let outcome = Appended {
                stream,
                first_position: row.unsigned(4)?,
                count: row.unsigned(5)?,
                version: row.unsigned(6)?,
                repeated: true,
            };
            found.insert((row.text(0)?, row.text(1)?), Remembered { fingerprint: row.text(2)?, outcome });
        }
    }
    Ok(found)
}
