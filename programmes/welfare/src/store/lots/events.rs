//! The part of the projection that follows the events of lots.

use maru_ledger::{DatabaseError, RecordedEvent, Sql};

use crate::{
    domain::lot::{LotCount, LotEvent, SealedLot, ShardEvent},
    store::projection::damaged,
};

/// A lot was sealed: it is known, and holds nowhere yet. Or its bytes were forgotten.
pub(in crate::store) fn sealed(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let sealed = match serde_json::from_value(event.payload.clone()).map_err(|error| damaged(event, &error))? {
        LotEvent::LotSealed { sealed } => sealed,
        LotEvent::LotForgotten { .. } => {
            let update = "UPDATE welfare_lots SET forgotten = 1 WHERE lot = $1";
            return sql.execute(update, &[event.stream.identifier().into()]).map(drop);
        }
    };
    let text = serde_json::to_string(&sealed).map_err(|error| damaged(event, &error))?;
    let insert = "INSERT INTO welfare_lots (lot, shard, screening, at, entries, sealed, forgotten) VALUES ($1, $2, $3, $4, $5, $6, 0)";
    let values = [
        sealed.lot.as_str().into(),
        i64::from(sealed.shard).into(),
        sealed.screening.as_str().into(),
        event.at.into(),
        sealed.entries.into(),
        text.into(),
    ];
    sql.execute(insert, &values).map(drop)
}

/// Another lot holds in a shard, or a household left it.
pub(in crate::store) fn shard(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
    let shard = i64::from(u8::from_str_radix(event.stream.identifier(), 16).unwrap_or(0));
    let happened: ShardEvent = serde_json::from_value(event.payload.clone()).map_err(|error| damaged(event, &error))?;
    match happened {
        ShardEvent::LotReplaced { lot, screening } => {
            let upsert = "INSERT INTO welfare_shards (shard, lot, screening, version) VALUES ($1, $2, $3, $4) \
                          ON CONFLICT (shard) DO UPDATE SET lot = excluded.lot, screening = excluded.screening, \
                          version = excluded.version";
            let lot = lot.as_str();
            sql.execute(upsert, &[shard.into(), lot.into(), screening.into(), event.version.into()])?;
            replaced(sql, event, (shard, lot))
        }
        ShardEvent::HouseholdTaken { household, block, counts, .. } => {
            let update = "UPDATE welfare_shards SET version = $2 WHERE shard = $1";
            sql.execute(update, &[shard.into(), event.version.into()])?;
            let insert = "INSERT INTO welfare_taken (household, shard, block) VALUES ($1, $2, $3)";
            sql.execute(insert, &[household.into(), shard.into(), block.into()])?;
            let entries: u64 = counts.iter().map(|count| count.entries).sum();
            let update = "UPDATE welfare_blocks SET remaining = remaining - $3 WHERE shard = $1 AND number = $2";
            sql.execute(update, &[shard.into(), block.into(), entries.into()])?;
            let update = "UPDATE welfare_lot_counts SET entries = entries - $4 \
                          WHERE shard = $1 AND benefit = $2 AND status = $3";
            for LotCount { benefit, status, entries } in counts {
                sql.execute(update, &[shard.into(), benefit.into(), status.identifier().into(), entries.into()])?;
            }
            Ok(())
        }
    }
}

fn replaced(sql: &mut dyn Sql, event: &RecordedEvent, (shard, lot): (i64, &str)) -> Result<(), DatabaseError> {
    for table in ["welfare_lot_counts", "welfare_blocks", "welfare_taken"] {
        sql.execute(&format!("DELETE FROM {table} WHERE shard = $1"), &[shard.into()])?;
    }
    let rows = sql.query("SELECT sealed FROM welfare_lots WHERE lot = $1", &[lot.into()])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let sealed: SealedLot = serde_json::from_str(&row.text(0)?).map_err(|error| damaged(event, &error))?;
    let insert = "INSERT INTO welfare_lot_counts (shard, benefit, status, entries) VALUES ($1, $2, $3, $4)";
    for LotCount { benefit, status, entries } in sealed.counts {
        sql.execute(insert, &[shard.into(), benefit.into(), status.identifier().into(), entries.into()])?;
    }
    let insert = "INSERT INTO welfare_blocks (shard, number, oldest, found, withdrawn, remaining) \
                  VALUES ($1, $2, $3, $4, $5, $6)";
    for (number, block) in sealed.blocks.iter().enumerate() {
        let (found, withdrawn) = (block.found.into(), block.withdrawn.into());
        let entries = block.entries.into();
        sql.execute(insert, &[shard.into(), number.into(), block.oldest.into(), found, withdrawn, entries])?;
    }
    Ok(())
}
