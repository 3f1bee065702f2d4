//! Lots of proposals as everybody asks for them, in the snapshot of who asks for cases too.
//!
//! | module | holds |
//! |---|---|
//! | `events` | the part of the projection that follows the events of lots |
//! | `kept` | what a lot holds: written, checked, proved |
//!
//! What a lot holds lies in two tables beside the log, under the digest of its bytes: an event on the log names the digest, so a
//! row that was changed is found ([`Store::lot_faults`]). What the projection knows of lots (which one holds in a shard, how much
//! is left of its blocks) is derived from events like everything else.

use std::collections::{BTreeMap, HashSet};

mod events;
mod kept;

use maru_ledger::{DatabaseError, Row, Sql, Value};

pub(super) use events::{sealed, shard};
pub(crate) use kept::StandingShard;

use super::{Listed, Named, Wanted};
use crate::{
    domain::{
        BENEFITS, Proposal, Status,
        lot::{LotCount, LotPlace, shard_of},
        proposal::proposal_id,
    },
    lots::{Block, Entry, Fault, Head, entry::Whole},
};

/// Blocks that are read at a time for a list, and at most.
const BLOCKS_FOR_A_LIST: u32 = 8;
const MOST_BLOCKS_FOR_A_LIST: u32 = 400;

/// A household that stands in a lot.
#[derive(Debug, Clone)]
pub(crate) struct InLot {
    /// The shard, with its version on the log.
    pub(crate) shard: u8,
    pub(crate) version: u64,
    /// The lot, and the block in it.
    pub(crate) lot: String,
    pub(crate) block: u32,
    /// Its proposals, each with its place.
    pub(crate) proposals: Vec<(Whole, LotPlace)>,
}

impl InLot {
    /// The proposals as cases that nobody has touched.
    pub(crate) fn named(&self) -> Vec<Named<Proposal>> {
        self.proposals.iter().map(|(whole, place)| named(whole, place.clone())).collect()
    }

    /// The folder of the part of the population in which the household stands.
    pub(crate) fn source(&self) -> Option<&str> {
        self.proposals.first().map(|(whole, _)| whole.source.as_str())
    }

    /// How many of its proposals stand where.
    pub(crate) fn counts(&self) -> Vec<LotCount> {
        let mut counts: BTreeMap<(&str, Status), u64> = BTreeMap::new();
        for (whole, _) in &self.proposals {
            let status = if whole.is_withdrawn() { Status::Withdrawn } else { Status::Found };
            *counts.entry((&whole.benefit, status)).or_default() += 1;
        }
        let count = |((benefit, status), entries): ((&str, Status), u64)| LotCount {
            benefit: benefit.to_owned(),
            status,
            entries,
        };
        counts.into_iter().map(count).collect()
    }
}

fn named(whole: &Whole, place: LotPlace) -> Named<Proposal> {
    let member = Some(whole.member.as_str()).filter(|member| !member.is_empty());
    let id = proposal_id(&whole.household, &whole.benefit, member);
    Named { id, state: whole.proposal(place), changed_at: whole.changed.at }
}

pub(super) fn fault(lot: &str, fault: &Fault) -> DatabaseError {
    DatabaseError::work(format!("the lot {lot} cannot be read: {fault}; find the place with: maru welfare lots verify"))
}

fn head_of(sql: &mut dyn Sql, lot: &str) -> Result<Head, DatabaseError> {
    let rows = sql.query("SELECT head FROM welfare_lot_heads WHERE lot = $1", &[lot.into()])?;
    let text = rows.first().map(|row| row.text(0)).transpose()?.unwrap_or_default();
    Head::read(&text).map_err(|error| fault(lot, &error))
}

fn block_of(row: &Row) -> Result<Block, DatabaseError> {
    Ok(Block {
        first_household: row.bytes(0)?,
        first_place: row.unsigned(1)?,
        body: row.bytes(2)?,
        leaves: row.bytes(3)?,
    })
}

const BLOCK: &str = "SELECT first_household, first_place, body, leaves, number FROM welfare_lot_blocks";

fn entries_of(lot: &str, number: u64, block: &Block) -> Result<Vec<Entry>, DatabaseError> {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    block.entries().map_err(|what| fault(lot, &Fault::Block { number, what }))
}

/// A household in the lot of its shard; nothing where it stands in none, or left it.
pub(super) fn in_lot(sql: &mut dyn Sql, household: &str) -> Result<Option<InLot>, DatabaseError> {
    let shard = shard_of(household);
    let rows = sql.query("SELECT lot, version FROM welfare_shards WHERE shard = $1", &[i64::from(shard).into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (lot, version) = (row.text(0)?, row.unsigned(1)?);
    let taken = sql.query("SELECT block FROM welfare_taken WHERE household = $1", &[household.into()])?;
    if !taken.is_empty() {
        return Ok(None);
    }
    let select = format!("{BLOCK} WHERE lot = $1 AND first_household <= $2 ORDER BY first_household DESC LIMIT 1");
    let rows = sql.query(&select, &[lot.as_str().into(), household.as_bytes().into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (block, number) = (block_of(row)?, row.unsigned(4)?);
    let mut entries: Vec<(u64, Entry)> = (block.first_place..).zip(entries_of(&lot, number, &block)?).collect();
    entries.retain(|(_, entry)| entry.household == household);
    if entries.is_empty() {
        return Ok(None);
    }
    let head = head_of(sql, &lot)?;
    let whole = |(place, entry): (u64, Entry)| {
        let whole = head.whole(&entry).map_err(|error| fault(&lot, &error))?;
        let place = LotPlace { lot: lot.clone(), place, found_at: whole.found.at };
        Ok((whole, place))
    };
    let proposals = entries.into_iter().map(whole).collect::<Result<Vec<_>, DatabaseError>>()?;
    let block = u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Some(InLot { shard, version, lot, block, proposals }))
}

/// The household of a proposal that may stand in a lot.
pub(super) fn household_in(id: &str) -> Option<&str> {
    let (rest, _member) = id.rsplit_once('.')?;
    let (household, benefit) = rest.rsplit_once('.')?;
    BENEFITS.iter().any(|known| known.id == benefit).then_some(household)
}

/// A proposal in a lot.
pub(super) fn proposal(sql: &mut dyn Sql, id: &str) -> Result<Option<Named<Proposal>>, DatabaseError> {
    let Some(household) = household_in(id) else { return Ok(None) };
    if is_on_log(sql, household)? {
        return Ok(None);
    }
    let found = in_lot(sql, household)?;
    Ok(found.and_then(|found| found.named().into_iter().find(|proposal| proposal.id == id)))
}

pub(super) fn is_on_log(sql: &mut dyn Sql, household: &str) -> Result<bool, DatabaseError> {
    Ok(!sql.query("SELECT version FROM welfare_households WHERE id = $1", &[household.into()])?.is_empty())
}

/// Proposals in lots that fit, at most `limit`: those found first come first.
pub(super) fn list(sql: &mut dyn Sql, wanted: &Wanted, limit: usize) -> Result<Vec<Listed>, DatabaseError> {
    let (found, withdrawn) = match (wanted.status, wanted.waiting) {
        (Some(Status::Found), _) | (None, true) => (true, false),
        (Some(Status::Withdrawn), false) => (false, true),
        (None, false) => (true, true),
        _ => return Ok(Vec::new()),
    };
    let mask = match &wanted.benefit {
        None => i64::from(u32::MAX),
        Some(id) => BENEFITS.iter().position(|benefit| benefit.id == id).map_or(0, |place| 1_i64 << place),
    };
    let masks = [if found { mask } else { 0 }, if withdrawn { mask } else { 0 }];
    let select = "SELECT b.shard, b.number, s.lot FROM welfare_blocks b JOIN welfare_shards s ON s.shard = b.shard \
                  WHERE b.remaining > 0 AND ((b.found & $1) <> 0 OR (b.withdrawn & $2) <> 0) \
                  ORDER BY b.oldest, b.shard, b.number LIMIT $3 OFFSET $4";
    let mut listed = Vec::new();
    let mut offset = 0_u32;
    while listed.len() < limit && offset < MOST_BLOCKS_FOR_A_LIST {
        let page = [masks[0].into(), masks[1].into(), BLOCKS_FOR_A_LIST.into(), offset.into()];
        let rows = sql.query(select, &page)?;
        for row in &rows {
            let (shard, number, lot) = (row.integer(0)?, row.unsigned(1)?, row.text(2)?);
            of_block(sql, (shard, number, &lot), wanted, (found, withdrawn), &mut listed)?;
        }
        if rows.is_empty() {
            break;
        }
        offset += BLOCKS_FOR_A_LIST;
    }
    listed.truncate(limit);
    Ok(listed)
}

fn of_block(
    sql: &mut dyn Sql,
    (shard, number, lot): (i64, u64, &str),
    wanted: &Wanted,
    (found, withdrawn): (bool, bool),
    listed: &mut Vec<Listed>,
) -> Result<(), DatabaseError> {
    let rows = sql.query(&format!("{BLOCK} WHERE lot = $1 AND number = $2"), &[lot.into(), number.into()])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let block = block_of(row)?;
    let select = "SELECT household FROM welfare_taken WHERE shard = $1 AND block = $2";
    let taken = sql.query(select, &[shard.into(), number.into()])?;
    let taken = taken.iter().map(|row| row.text(0)).collect::<Result<HashSet<String>, _>>()?;
    let head = head_of(sql, lot)?;
    for (place, entry) in (block.first_place..).zip(entries_of(lot, number, &block)?) {
        let stands = if entry.withdrawn { withdrawn } else { found };
        let is_wanted = wanted.benefit.as_ref().is_none_or(|id| entry.benefit().is_some_and(|known| known.id == id))
            && wanted.amount.is_none_or(|amount| amount == entry.amount);
        if !stands || !is_wanted || taken.contains(&entry.household) {
            continue;
        }
        let whole = head.whole(&entry).map_err(|error| fault(lot, &error))?;
        let found_at = whole.found.at;
        let named = named(&whole, LotPlace { lot: lot.to_owned(), place, found_at });
        listed.push(Listed { named, due: i64::MAX, found_at });
    }
    Ok(())
}

/// How many proposals in lots stand where, by benefit and status.
pub(super) fn counts(sql: &mut dyn Sql, add: &mut dyn FnMut(String, Status, u64)) -> Result<(), DatabaseError> {
    let select = "SELECT benefit, status, SUM(entries) FROM welfare_lot_counts GROUP BY benefit, status";
    for row in &sql.query(select, &[])? {
        if let Some(status) = Status::from_identifier(&row.text(1)?) {
            add(row.text(0)?, status, row.unsigned(2)?);
        }
    }
    Ok(())
}

/// Households that are asked for at a time.
const ASKED_AT_A_TIME: usize = 128;

/// Which of the households are on the log.
fn known_among(sql: &mut dyn Sql, households: &[String]) -> Result<HashSet<String>, DatabaseError> {
    let mut known = HashSet::new();
    // Where nobody is on the log yet, nobody need be asked for.
    if sql.query("SELECT id FROM welfare_households LIMIT 1", &[])?.is_empty() {
        return Ok(known);
    }
    each_of(sql, "SELECT id FROM welfare_households", households, &mut |row| {
        known.insert(row.text(0)?);
        Ok(())
    })?;
    Ok(known)
}

/// The rows of those `ids` that there are.
pub(super) fn each_of(
    sql: &mut dyn Sql,
    select: &str,
    ids: &[String],
    each: &mut dyn FnMut(&Row) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    let places: Vec<String> = (1..=ASKED_AT_A_TIME).map(|place| format!("${place}")).collect();
    let select = format!("{select} WHERE id IN ({})", places.join(", "));
    for some in ids.chunks(ASKED_AT_A_TIME) {
        // Always as many parameters: asking twice for the same does no harm, and the statement stays prepared.
        let filled = some.iter().chain(std::iter::repeat(&some[some.len() - 1])).take(ASKED_AT_A_TIME);
        let parameters: Vec<Value> = filled.map(Value::from).collect();
        for row in &sql.query(&select, &parameters)? {
            each(row)?;
        }
    }
    Ok(())
}
