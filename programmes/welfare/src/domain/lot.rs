//! Proposals by the thousand: what a screening finds for a whole nation stands in lots, each sealed by one event.
//!
//! All households are divided into [`SHARDS`] by their pseudonym. A shard has one lot that holds: every proposal of its
//! households that nobody has touched yet. A screening replaces it; whoever touches a household first takes it out of the lot,
//! and from then on each of its proposals is a case of its own. A household is either in a lot or on the log, never in both.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Month, Refusal, Status, retention};

/// How many shards there are; for ever, since a household is found by its shard.
pub const SHARDS: usize = 256;

/// The shard of a household.
pub fn shard_of(household: &str) -> u8 {
    Sha256::digest(household.as_bytes()).first().copied().unwrap_or(0)
}

/// How a shard is called.
pub fn shard_name(shard: u8) -> String {
    format!("{shard:02x}")
}

/// Where a proposal stood before it became a case of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotPlace {
    /// The lot, by the digest of its bytes.
    pub lot: String,
    /// Its place in it, from 0.
    pub place: u64,
    /// When it was found.
    pub found_at: Timestamp,
}

/// So many proposals of a benefit stand so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LotCount {
    /// The benefit.
    pub benefit: String,
    /// Where they stand.
    pub status: Status,
    /// How many.
    pub entries: u64,
}

/// Some hundreds of proposals of a lot that lie together, in the order of their households.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotBlock {
    /// The root of the Merkle tree (RFC 6962) over its proposals, in hexadecimal.
    pub root: String,
    /// How many proposals.
    pub entries: u32,
    /// When the oldest of them was found.
    pub oldest: Timestamp,
    /// The benefits of which there are open ones: bit by place in [`super::BENEFITS`].
    pub found: u32,
    /// The benefits of which there are withdrawn ones.
    pub withdrawn: u32,
}

/// What one order of a screening came to in a lot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotShare {
    /// Which order, by its place in the screening.
    pub batch: u32,
    /// Households that came into the lot by it.
    pub households: u32,
    /// Their proposals.
    pub opened: u32,
}

/// What a screening changed in a lot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotChanges {
    /// Proposals opened.
    pub opened: u32,
    /// Due with another amount.
    pub changed: u32,
    /// No longer due.
    pub withdrawn: u32,
    /// As they were.
    pub kept: u32,
}

/// A lot as the log commits to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLot {
    /// SHA-256 of its bytes, in hexadecimal: its name.
    pub lot: String,
    /// Of which shard.
    pub shard: u8,
    /// The screening that made it.
    pub screening: String,
    /// The month of that.
    pub month: Month,
    /// How many proposals.
    pub entries: u64,
    /// The root of the Merkle tree (RFC 6962) over the roots of its blocks, in hexadecimal.
    pub root: String,
    /// Its blocks.
    pub blocks: Vec<LotBlock>,
    /// By benefit, how many stand where.
    pub counts: Vec<LotCount>,
    /// What the screening changed.
    pub changes: LotChanges,
    /// By order of the screening.
    pub shares: Vec<LotShare>,
}

/// A lot on the log: sealed once, never changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProposalLot {
    /// What the log commits to.
    pub sealed: Option<SealedLot>,
    /// The day on which its bytes were forgotten, once they need not be kept as evidence any more.
    #[serde(default)]
    pub forgotten: Option<Date>,
}

/// What may be asked of a lot.
#[derive(Debug, Clone, PartialEq)]
pub enum LotOrder {
    /// Seal it.
    Seal(Box<SealedLot>),
    /// Forget its bytes: what the log commits to stays.
    Forget {
        /// When another took its place: until then it served.
        held_until: Timestamp,
    },
}

/// What can happen to a lot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum LotEvent {
    /// It was sealed.
    LotSealed {
        /// As the log commits to it.
        sealed: Box<SealedLot>,
    },
    /// Its bytes were forgotten, five years after it served last.
    LotForgotten {
        /// The day.
        on: Date,
    },
}

impl Aggregate for ProposalLot {
    const KIND: &'static str = "proposal_lot";
    type Command = LotOrder;
    type Event = LotEvent;
    type Refusal = Refusal;

    fn decide(&self, order: LotOrder, now: Timestamp) -> Result<Vec<LotEvent>, Refusal> {
        match order {
            LotOrder::Seal(_) if self.sealed.is_some() => Ok(Vec::new()),
            LotOrder::Seal(sealed) => Ok(vec![LotEvent::LotSealed { sealed }]),
            LotOrder::Forget { .. } if self.sealed.is_none() => Err(Refusal::Unknown),
            LotOrder::Forget { .. } if self.forgotten.is_some() => Ok(Vec::new()),
            LotOrder::Forget { held_until } if !retention::is_over(held_until, now) => {
                Err(Refusal::EvidenceKept { until: retention::kept_until(held_until) })
            }
            LotOrder::Forget { .. } => Ok(vec![LotEvent::LotForgotten { on: seoul(now).date() }]),
        }
    }

    fn evolve(&mut self, event: &LotEvent) {
        match event {
            LotEvent::LotSealed { sealed } => self.sealed = Some((**sealed).clone()),
            LotEvent::LotForgotten { on } => self.forgotten = Some(*on),
        }
    }
}

/// Which lot holds in a shard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProposalShard {
    /// The lot.
    pub lot: Option<String>,
    /// The screening that made it.
    pub screening: Option<String>,
}

/// What may be asked of a shard.
#[derive(Debug, Clone, PartialEq)]
pub enum ShardOrder {
    /// A screening made another lot.
    Replace {
        /// The lot that holds from now on.
        lot: String,
        /// The screening.
        screening: String,
    },
    /// A household is taken out: its proposals are cases of their own from now on.
    Take {
        /// Which.
        household: String,
        /// The block in which its proposals lie.
        block: u32,
        /// How many of them, by benefit and standing.
        counts: Vec<LotCount>,
    },
}

/// What can happen to a shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ShardEvent {
    /// A screening made another lot.
    LotReplaced {
        /// The lot that holds from now on.
        lot: String,
        /// The screening.
        screening: String,
    },
    /// A household was taken out.
    HouseholdTaken {
        /// From which lot.
        lot: String,
        /// Which.
        household: String,
        /// The block in which its proposals lie.
        block: u32,
        /// How many of them, by benefit and standing.
        counts: Vec<LotCount>,
    },
}

impl Aggregate for ProposalShard {
    const KIND: &'static str = "proposal_shard";
    type Command = ShardOrder;
    type Event = ShardEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ShardOrder, _now: Timestamp) -> Result<Vec<ShardEvent>, Refusal> {
        match order {
            ShardOrder::Replace { screening, .. } if self.screening.as_ref() == Some(&screening) => Ok(Vec::new()),
            ShardOrder::Replace { lot, screening } => Ok(vec![ShardEvent::LotReplaced { lot, screening }]),
            ShardOrder::Take { household, block, counts } => {
                let lot = self.lot.clone().ok_or(Refusal::Unknown)?;
                Ok(vec![ShardEvent::HouseholdTaken { lot, household, block, counts }])
            }
        }
    }

    fn evolve(&mut self, event: &ShardEvent) {
        if let ShardEvent::LotReplaced { lot, screening } = event {
            self.lot = Some(lot.clone());
            self.screening = Some(screening.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screening_replaces_a_lot_once() {
        let mut shard = ProposalShard::default();
        let take = || ShardOrder::Take { household: "h".to_owned(), block: 0, counts: Vec::new() };
        assert_eq!(shard.decide(take(), Timestamp::UNIX_EPOCH), Err(Refusal::Unknown));
        let replace = |screening: &str| ShardOrder::Replace { lot: "ab".to_owned(), screening: screening.to_owned() };
        for event in shard.decide(replace("march"), Timestamp::UNIX_EPOCH).unwrap() {
            shard.evolve(&event);
        }
        assert!(
            shard.decide(replace("march"), Timestamp::UNIX_EPOCH).unwrap().is_empty(),
            "begun again, nothing twice"
        );
        assert_eq!(shard.decide(replace("april"), Timestamp::UNIX_EPOCH).unwrap().len(), 1);
        assert_eq!(shard.decide(take(), Timestamp::UNIX_EPOCH).unwrap().len(), 1);
    }

    #[test]
    fn households_are_divided_evenly() {
        let mut counts = [0_u32; SHARDS];
        for number in 0..25_600 {
            counts[usize::from(shard_of(&number.to_string()))] += 1;
        }
        assert!(counts.iter().all(|count| (50..200).contains(count)), "{counts:?}");
        assert_eq!(shard_name(shard_of("home-1")).len(), 2);
    }
}
