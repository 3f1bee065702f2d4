//! What a lot holds, in tables beside the log: written before its event, checked against it, proved.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use maru_ledger::{Aggregate, DatabaseError, LedgerError, Sql, StreamId, Value};

use super::{BLOCK, InLot, block_of, entries_of, fault, head_of, in_lot, is_on_log, known_among};
use crate::{
    domain::lot::{LotShare, ProposalLot, SealedLot},
    lots::{Block, Content, Entry, Fault, Head, check, proof},
    store::{Store, json_of},
};

/// The tables beside the log.
const TABLES: [&str; 3] = [
    "CREATE TABLE welfare_lot_heads (lot TEXT PRIMARY KEY, head TEXT NOT NULL)",
    "CREATE TABLE welfare_lot_blocks (lot TEXT NOT NULL, number BIGINT NOT NULL, first_place BIGINT NOT NULL, \
     first_household BYTES NOT NULL, body BYTES NOT NULL, leaves BYTES NOT NULL, PRIMARY KEY (lot, number))",
    "CREATE INDEX welfare_lot_blocks_by_household ON welfare_lot_blocks (lot, first_household)",
];
/// Blocks that are written in one transaction: others wait meanwhile.
const BLOCKS_AT_A_TIME: usize = 32;
/// A shard as a screening finds it.
#[derive(Debug, Clone, Default)]
pub(crate) struct StandingShard {
    /// Its version on the log; 0 where nothing happened yet.
    pub(crate) version: u64,
    /// The screening that made the lot that holds.
    pub(crate) screening: Option<String>,
    /// Its head and its proposals, without the households that left it.
    pub(crate) base: Option<(Head, Vec<Entry>)>,
}

impl Store {
    /// Makes the tables of lots where they are missing: before anything is written to them.
    pub(in crate::store) async fn lot_tables(&self) -> Result<(), DatabaseError> {
        self.lots_are_defined.get_or_try_init(|| self.ledger.define("welfare-lots", &TABLES)).await.map(drop)
    }

    /// A household in the lot of its shard, where it is not on the log.
    pub(crate) async fn lot_of(&self, household: &str) -> Result<Option<InLot>, DatabaseError> {
        let household = household.to_owned();
        let reading =
            move |sql: &mut dyn Sql| if is_on_log(sql, &household)? { Ok(None) } else { in_lot(sql, &household) };
        self.ledger.read(reading).await
    }

    /// A household in the lot of its shard, also where it is on the log.
    pub(crate) async fn in_lot(&self, household: &str) -> Result<Option<InLot>, DatabaseError> {
        let household = household.to_owned();
        self.ledger.read(move |sql| in_lot(sql, &household)).await
    }

    /// Which of the households are on the log.
    pub(crate) async fn on_log(&self, mut households: Vec<String>) -> Result<HashSet<String>, DatabaseError> {
        households.sort_unstable();
        households.dedup();
        self.ledger.read(move |sql| known_among(sql, &households)).await
    }

    /// A shard with what stands in it, and which of the `households` are on the log.
    pub(crate) async fn standing_shard(
        &self,
        shard: u8,
        mut households: Vec<String>,
    ) -> Result<(StandingShard, HashSet<String>), DatabaseError> {
        let reading = move |sql: &mut dyn Sql| {
            let select = "SELECT lot, version, screening FROM welfare_shards WHERE shard = $1";
            let rows = sql.query(select, &[i64::from(shard).into()])?;
            let mut standing = StandingShard::default();
            if let Some(row) = rows.first() {
                let lot = row.text(0)?;
                let base = (head_of(sql, &lot)?, entries_left(sql, shard, &lot)?);
                households.extend(base.1.iter().map(|entry| entry.household.clone()));
                standing = StandingShard { version: row.unsigned(1)?, screening: Some(row.text(2)?), base: Some(base) };
            }
            households.sort_unstable();
            households.dedup();
            Ok((standing, known_among(sql, &households)?))
        };
        self.ledger.read(reading).await
    }

    /// Writes what a lot holds; it holds nowhere before an event says so. Written again it is the same.
    pub(crate) async fn write_lot(&self, content: &Content) -> Result<(), DatabaseError> {
        self.lot_tables().await?;
        let (lot, head) = (content.lot.clone(), content.head.clone());
        let insert = "INSERT INTO welfare_lot_heads (lot, head) VALUES ($1, $2) ON CONFLICT (lot) DO NOTHING";
        self.ledger.write(move |sql| sql.execute(insert, &[lot.into(), head.into()])).await?;
        let insert = "INSERT INTO welfare_lot_blocks (lot, number, first_place, first_household, body, leaves) \
                      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (lot, number) DO NOTHING";
        let mut numbered = content.blocks.iter().enumerate().peekable();
        while numbered.peek().is_some() {
            let row = |(number, block): (usize, &Block)| -> [Value; 6] {
                [
                    content.lot.as_str().into(),
                    number.into(),
                    block.first_place.into(),
                    block.first_household.clone().into(),
                    block.body.clone().into(),
                    block.leaves.clone().into(),
                ]
            };
            let rows: Vec<[Value; 6]> = numbered.by_ref().take(BLOCKS_AT_A_TIME).map(row).collect();
            let write = move |sql: &mut dyn Sql| rows.iter().try_for_each(|row| sql.execute(insert, row).map(drop));
            self.ledger.write(write).await?;
        }
        Ok(())
    }

    /// What orders of a screening came to in the lots that it made: by order, households and proposals.
    pub(crate) async fn shares_of(&self, screening: &str) -> Result<BTreeMap<u32, (u32, u32)>, DatabaseError> {
        let screening = Value::from(screening);
        let select = "SELECT sealed FROM welfare_lots WHERE screening = $1 ORDER BY shard";
        let rows = self.ledger.read(move |sql| sql.query(select, &[screening])).await?;
        let mut shares: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for row in &rows {
            let sealed: SealedLot = json_of(&row.text(0)?)?;
            for LotShare { batch, households, opened } in sealed.shares {
                let share = shares.entry(batch).or_default();
                *share = (share.0.saturating_add(households), share.1.saturating_add(opened));
            }
        }
        Ok(shares)
    }

    /// How many lots a screening made, and how many proposals they held when they were sealed.
    pub async fn lots_of(&self, screening: &str) -> Result<(u64, u64), DatabaseError> {
        let screening = Value::from(screening);
        let select = "SELECT COUNT(*), SUM(entries) FROM welfare_lots WHERE screening = $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[screening])).await?;
        let Some(row) = rows.first() else { return Ok((0, 0)) };
        Ok((row.unsigned(0)?, u64::try_from(row.optional_integer(1)?.unwrap_or(0)).unwrap_or(0)))
    }

    /// Forgets what was written of lots that hold nowhere: their making broke off. Only while no lot is being made.
    pub(crate) async fn forget_unsealed_lots(&self) -> Result<(), DatabaseError> {
        self.lot_tables().await?;
        let forget = |sql: &mut dyn Sql| {
            for table in ["welfare_lot_blocks", "welfare_lot_heads"] {
                sql.execute(&format!("DELETE FROM {table} WHERE lot NOT IN (SELECT lot FROM welfare_lots)"), &[])?;
            }
            Ok(())
        };
        self.ledger.write(forget).await
    }

    /// Lots whose bytes are kept and in whose place another came before `cut_off`, with when that was; the oldest first.
    pub(crate) async fn lots_out_of_use(&self, cut_off: Timestamp) -> Result<Vec<(String, Timestamp)>, DatabaseError> {
        let select = "SELECT earlier.lot, MIN(later.at) FROM welfare_lots earlier JOIN welfare_lots later \
                      ON later.shard = earlier.shard AND later.at > earlier.at WHERE earlier.forgotten = 0 \
                      GROUP BY earlier.lot, earlier.at HAVING MIN(later.at) < $1 ORDER BY earlier.at, earlier.lot LIMIT 512";
        let rows = self.ledger.read(move |sql| sql.query(select, &[cut_off.into()])).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.timestamp(1)?))).collect()
    }

    /// Takes the bytes of lots away of which the log says that they are forgotten.
    pub(crate) async fn forget_lots(&self) -> Result<(), DatabaseError> {
        self.lot_tables().await?;
        let forget = |sql: &mut dyn Sql| {
            for table in ["welfare_lot_blocks", "welfare_lot_heads"] {
                let forgotten = "SELECT lot FROM welfare_lots WHERE forgotten = 1";
                sql.execute(&format!("DELETE FROM {table} WHERE lot IN ({forgotten})"), &[])?;
            }
            Ok(())
        };
        self.ledger.write(forget).await
    }

    /// How many lots were forgotten after their time.
    pub async fn forgotten_lots(&self) -> Result<u64, DatabaseError> {
        let select = "SELECT COUNT(*) FROM welfare_lots WHERE forgotten = 1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[])).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// The lots that were ever sealed, the oldest first.
    pub async fn lots(&self) -> Result<Vec<SealedLot>, DatabaseError> {
        let select = "SELECT sealed FROM welfare_lots ORDER BY at, shard, lot";
        let rows = self.ledger.read(move |sql| sql.query(select, &[])).await?;
        rows.iter().map(|row| json_of(&row.text(0)?)).collect()
    }

    /// What is wrong with a lot as it is kept (nothing, where it was forgotten after its time), against what the log says of it: every proposal that was changed is named. Nothing
    /// where no such lot was sealed.
    pub async fn lot_faults(&self, lot: &str) -> Result<Option<Vec<Fault>>, LedgerError> {
        self.lot_tables().await?;
        // From the event itself: the projection could have been changed with the lot.
        let Ok(stream) = StreamId::new(ProposalLot::KIND, lot) else { return Ok(None) };
        let state = self.ledger.state::<ProposalLot>(&stream).await?;
        let Some((state, _)) = state else { return Ok(None) };
        let Some(sealed) = state.sealed else { return Ok(None) };
        if state.forgotten.is_some() {
            return Ok(Some(Vec::new()));
        }
        let name = lot.to_owned();
        let reading = move |sql: &mut dyn Sql| {
            let head = sql.query("SELECT head FROM welfare_lot_heads WHERE lot = $1", &[name.as_str().into()])?;
            let head = head.first().map(|row| row.text(0)).transpose()?;
            let rows = sql.query(&format!("{BLOCK} WHERE lot = $1 ORDER BY number"), &[name.into()])?;
            let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
            for row in &rows {
                blocks.insert(row.unsigned(4)?, block_of(row)?);
            }
            Ok((head, blocks))
        };
        let (head, blocks) = self.ledger.read(reading).await?;
        Ok(Some(check::faults_of(&sealed, head.as_deref(), &blocks)))
    }

    /// The proof that a proposal stands, or stood, in a lot on the log; nothing where it never stood in one.
    pub async fn proposal_proof(&self, id: &str) -> Result<Option<String>, LedgerError> {
        let Some(known) = self.proposal(id).await? else { return Ok(None) };
        let Some(place) = known.state.finding.and_then(|finding| finding.lot) else { return Ok(None) };
        let Ok(stream) = StreamId::new(ProposalLot::KIND, &place.lot) else { return Ok(None) };
        let Some(lot) = self.ledger.stream_proof(&stream, &[]).await? else { return Ok(None) };
        let reading = move |sql: &mut dyn Sql| {
            let select = format!("{BLOCK} WHERE lot = $1 AND first_place <= $2 ORDER BY first_place DESC LIMIT 1");
            let rows = sql.query(&select, &[place.lot.as_str().into(), place.place.into()])?;
            let Some(row) = rows.first() else { return Ok(None) };
            let (block, number) = (block_of(row)?, row.unsigned(4)?);
            let within = place.place.saturating_sub(block.first_place);
            let entries = entries_of(&place.lot, number, &block)?;
            let Some(entry) = entries.get(usize::try_from(within).unwrap_or(usize::MAX)) else { return Ok(None) };
            let head = head_of(sql, &place.lot)?;
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            let document = proof::document(&head, (number, &block), (within, entry), &lot);
            document.map(Some).map_err(|error| fault(&place.lot, &error))
        };
        Ok(self.ledger.read(reading).await?)
    }
}

/// The proposals of a lot whose households have not left it.
fn entries_left(sql: &mut dyn Sql, shard: u8, lot: &str) -> Result<Vec<Entry>, DatabaseError> {
    let taken = sql.query("SELECT household FROM welfare_taken WHERE shard = $1", &[i64::from(shard).into()])?;
    let taken = taken.iter().map(|row| row.text(0)).collect::<Result<HashSet<String>, _>>()?;
    let mut left = Vec::new();
    for row in &sql.query(&format!("{BLOCK} WHERE lot = $1 ORDER BY number"), &[lot.into()])? {
        let (block, number) = (block_of(row)?, row.unsigned(4)?);
        left.extend(entries_of(lot, number, &block)?.into_iter().filter(|entry| !taken.contains(&entry.household)));
    }
    Ok(left)
}
