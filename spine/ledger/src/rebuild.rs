//! Deriving projections again from the events.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::{
    database::{DatabaseError, Sql, Value},
    gathered::{Gathered, Gathering},
    head::Head,
    ledger::{Ledger, LedgerError, Progress, SELECT_RECORD, record_of},
    open::make_tables,
    projection::{Projection, Rebuilt},
    record::hexadecimal,
    stage::{apply, recorded_event},
};

/// Events that are read at a time.
const PAGE: u64 = 1_000;

/// Makes the tables of a projection anew and applies all events.
pub(crate) fn rebuild_projection(
    sql: &mut dyn Sql,
    projection: &Arc<dyn Projection>,
    size: u64,
    progress: Option<&Progress>,
) -> Result<(), DatabaseError> {
    make_tables(sql, &**projection)?;
    let mut gathered = Gathered::default();
    let mut position = 0;
    while position < size {
        let statement = format!("{SELECT_RECORD} WHERE position >= $1 AND position < $2 ORDER BY position");
        for row in sql.query(&statement, &[position.into(), (position + PAGE).into()])? {
            let record = record_of(&row)?;
            if !projection.concerns(&record.kind) {
                continue;
            }
            let event = recorded_event(&record)?;
            apply(projection, &mut Gathering { sql, gathered: &mut gathered }, &event).map_err(|error| match error
                .database()
            {
                Some(error) => error.clone(),
                None => DatabaseError::work(format!("at position {}: {error}", event.position)),
            })?;
        }
        gathered.store(sql)?;
        position = (position + PAGE).min(size);
        if let Some(progress) = progress {
            progress(position, size);
        }
    }
    sql.execute(
        "INSERT INTO projections (name, version) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET version = excluded.version",
        &[projection.name().into(), projection.version().into()],
    )?;
    Ok(())
}

/// The number of rows in the projection's tables, and SHA-256 over all of them in an order of their own.
pub(crate) fn summary(sql: &mut dyn Sql, projection: &dyn Projection) -> Result<(u64, String), DatabaseError> {
    let mut rows = 0;
    let mut digest = Sha256::new();
    for table in projection.tables() {
        // The sum of the rows' digests does not depend on the order in which the database gives them.
        let mut sum = [0_u8; 32];
        sql.query_each(&format!("SELECT * FROM {table}"), &[], &mut |row| {
            rows += 1;
            add(&mut sum, &row_digest(row.values()));
            Ok(())
        })?;
        digest.update(table.as_bytes());
        digest.update(sum);
    }
    Ok((rows, hexadecimal(&digest.finalize())))
}

fn row_digest(values: &[Value]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for value in values {
        let number = if let Value::Integer(number) = value { number.to_be_bytes() } else { [0; 8] };
        let (mark, bytes): (u8, &[u8]) = match value {
            Value::Null => (0, &[]),
            Value::Integer(_) => (1, &number),
            Value::Text(text) => (2, text.as_bytes()),
            Value::Bytes(bytes) => (3, bytes),
        };
        digest.update([mark]);
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    }
    digest.finalize().into()
}

/// Adds two numbers of 256 bits, dropping what overflows.
fn add(sum: &mut [u8; 32], other: &[u8; 32]) {
    let mut carry = 0_u16;
    for (byte, more) in sum.iter_mut().zip(other) {
        carry += u16::from(*byte) + u16::from(*more);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
}

impl Ledger {
    /// Derives a projection again from the events (all if `name` is none) and says whether the rows came out the same.
    /// Appends wait until it is done.
    pub async fn rebuild(&self, name: Option<&str>) -> Result<Vec<Rebuilt>, LedgerError> {
        let chosen: Vec<Arc<dyn Projection>> = self
            .inner
            .projections
            .iter()
            .filter(|projection| name.is_none_or(|name| name == projection.name()))
            .cloned()
            .collect();
        if let (Some(name), true) = (name, chosen.is_empty()) {
            let known: Vec<&str> = self.inner.projections.iter().map(|projection| projection.name()).collect();
            let reason = format!("there is no projection {name}; there are: {}", known.join(", "));
            return Err(LedgerError::Log { reason });
        }
        let progress = self.inner.progress.clone();
        let rebuilt = self.write_alone(move |sql| {
            let size = Head::read(sql)?.size;
            let mut rebuilt = Vec::new();
            for projection in &chosen {
                let before = summary(sql, &**projection)?;
                rebuild_projection(sql, projection, size, progress.as_ref())?;
                let after = summary(sql, &**projection)?;
                rebuilt.push(Rebuilt {
                    projection: projection.name().to_owned(),
                    events: size,
                    rows: (before.0, after.0),
                    digests: (before.1, after.1),
                });
            }
            Ok(rebuilt)
        });
        Ok(rebuilt.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_rows_does_not_matter_their_contents_do() {
        let rows: Vec<[u8; 32]> = [[Value::from(1_i64), Value::from("a")], [Value::Null, Value::from("b")]]
            .iter()
            .map(|row| row_digest(row))
            .collect();
        let sum = |order: &[usize]| {
            let mut sum = [0; 32];
            for index in order {
                add(&mut sum, &rows[*index]);
            }
            sum
        };
        assert_eq!(sum(&[0, 1]), sum(&[1, 0]));
        assert_ne!(sum(&[0, 1]), sum(&[0, 0]));
        assert_ne!(row_digest(&["ab".into(), "c".into()]), row_digest(&["a".into(), "bc".into()]));
    }
}
