//! A lot as bytes: a head, and blocks of some hundreds of proposals in the order of their households.
//!
//! A block is households one after another: the length of the pseudonym and the pseudonym, the source (two bytes, the low one
//! first, as all numbers here), how many proposals; then for each the benefit (the highest bit: withdrawn), the length of the
//! member's pseudonym and the pseudonym, the amount (eight bytes), the origins that found and changed it (two bytes each). All
//! proposals of a household lie in one block. The name of a lot is the SHA-256 of the line `maru-lot-v1`, the head and the
//! blocks, each as `LENGTH:BYTES,`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::{
    hexadecimal,
    merkle::{
        Hash,
        proofs::{path_among, root_of},
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::entry::{Entry, Origin, Source, Whole, origin_bytes, put, salt_of};
use crate::domain::lot::{LotBlock, LotCount};

/// The first line of what the name of a lot commits to.
pub const LOT_VERSION: &str = "maru-lot-v1\n";
/// A block is closed behind the household with which it has at least so many proposals.
const BLOCK: usize = 256;
/// The mark of a withdrawn proposal in the byte of its benefit.
const WITHDRAWN: u8 = 0x80;

/// What is wrong with a lot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The head is not one, or not that which was sealed.
    #[error("its head was changed, or is missing")]
    Head,
    /// A block is missing, or another than was sealed.
    #[error("block {number}: {what}")]
    Block {
        /// Which, from 0.
        number: usize,
        /// What is wrong.
        what: String,
    },
    /// A proposal is another than was sealed.
    #[error("proposal {place} ({id}): it is not the proposal that was sealed here")]
    Proposal {
        /// Its place in the lot, from 0.
        place: u64,
        /// Its name, as it reads now.
        id: String,
    },
    /// A name cannot be that of a household or a person.
    #[error(
        "{name:?} cannot be the pseudonym of a household or person: use up to 100 letters, digits, dashes and underscores"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// More origins or sources than a lot can name.
    #[error("a lot names at most 65,535 origins and as many sources")]
    TooMany,
}

/// What the entries of a lot have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The shard.
    pub shard: u8,
    /// 32 random bytes in hexadecimal, from which the salts of the leaves are made.
    pub seed: String,
    /// By which rules, for which month and when entries were found and changed.
    pub origins: Vec<Origin>,
    /// Where households stand.
    pub sources: Vec<Source>,
}

impl Head {
    /// Reads a head.
    ///
    /// # Errors
    /// [`Fault::Head`].
    pub fn read(text: &str) -> Result<Self, Fault> {
        serde_json::from_str(text).map_err(|_| Fault::Head)
    }

    fn seed(&self) -> Result<[u8; 32], Fault> {
        let digit = |place: usize| self.seed.as_bytes().get(place).and_then(|byte| char::from(*byte).to_digit(16));
        let mut seed = [0_u8; 32];
        for (place, byte) in seed.iter_mut().enumerate() {
            let (high, low) = digit(2 * place).zip(digit(2 * place + 1)).ok_or(Fault::Head)?;
            *byte = u8::try_from(16 * high + low).map_err(|_| Fault::Head)?;
        }
        Ok(seed)
    }

    /// The salt of an entry.
    ///
    /// # Errors
    /// [`Fault::Head`].
    pub fn salt(&self, place: u64) -> Result<[u8; 16], Fault> {
        Ok(salt_of(&self.seed()?, place))
    }

    /// An entry that can be read by itself.
    ///
    /// # Errors
    /// [`Fault::Head`] where it names what the head does not have.
    pub fn whole(&self, entry: &Entry) -> Result<Whole, Fault> {
        let origin = |place: u16| self.origins.get(usize::from(place)).cloned().ok_or(Fault::Head);
        Ok(Whole {
            household: entry.household.clone(),
            benefit: entry.benefit().ok_or(Fault::Head)?.id.to_owned(),
            member: entry.member.clone().unwrap_or_default(),
            amount: entry.amount,
            status: entry.status().identifier().to_owned(),
            found: origin(entry.found)?,
            changed: origin(entry.changed)?,
            source: self.sources.get(usize::from(entry.source)).ok_or(Fault::Head)?.part.clone(),
        })
    }
}

/// A block as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The first household in it.
    pub first_household: Vec<u8>,
    /// The place of its first proposal in the lot.
    pub first_place: u64,
    /// Its bytes.
    pub body: Vec<u8>,
    /// The hashes of its leaves, one after another.
    pub leaves: Vec<u8>,
}

impl Block {
    /// Its proposals.
    ///
    /// # Errors
    /// Where the bytes are no block; says what is wrong.
    pub fn entries(&self) -> Result<Vec<Entry>, String> {
        let mut rest = Bytes(&self.body);
        let mut entries = Vec::new();
        while !rest.0.is_empty() {
            let household = rest.text()?;
            let (source, count) = (rest.number()?, rest.number()?);
            for _ in 0..count {
                let benefit = rest.byte()?;
                let member = Some(rest.text()?).filter(|member| !member.is_empty());
                let amount = i64::from_le_bytes(rest.take()?);
                let (found, changed) = (rest.number()?, rest.number()?);
                let (household, withdrawn) = (household.clone(), benefit & WITHDRAWN != 0);
                let benefit = benefit & !WITHDRAWN;
                entries.push(Entry { household, benefit, member, amount, withdrawn, found, changed, source });
            }
        }
        Ok(entries)
    }

    /// The hashes of its leaves.
    pub fn leaf_hashes(&self) -> Vec<Hash> {
        self.leaves.as_chunks::<32>().0.to_vec()
    }

    /// The path from one of its proposals to its root.
    pub fn path(&self, place_within: u64) -> Option<Vec<Hash>> {
        path_among(&self.leaf_hashes(), place_within)
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or("it ends in the middle of a proposal")?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Result<u16, String> {
        self.take().map(u16::from_le_bytes)
    }

    fn text(&mut self) -> Result<String, String> {
        let length = usize::from(self.byte()?);
        let (taken, rest) = self.0.split_at_checked(length).ok_or("it ends in the middle of a name")?;
        self.0 = rest;
        String::from_utf8(taken.to_vec()).map_err(|_| "a name is no text".to_owned())
    }
}

/// A lot with everything that is kept of it and that the log commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its name: the digest of its bytes.
    pub lot: String,
    /// The head as it is kept.
    pub head: String,
    /// The blocks as they are kept.
    pub blocks: Vec<Block>,
    /// How many proposals.
    pub entries: u64,
    /// The root over the roots of the blocks, in hexadecimal.
    pub root: String,
    /// The blocks as the log commits to them.
    pub sealed: Vec<LotBlock>,
    /// By benefit, how many stand where.
    pub counts: Vec<LotCount>,
}

impl Content {
    /// Makes a lot of entries in the order of their households.
    ///
    /// # Errors
    /// [`Fault::Name`] and [`Fault::TooMany`].
    pub fn make(head: &Head, entries: &[Entry]) -> Result<Self, Fault> {
        let text = serde_json::to_string(head).map_err(|_| Fault::Head)?;
        let hasher = LeafHasher::of(head)?;
        let (mut blocks, mut sealed) = (Vec::new(), Vec::new());
        let mut counts: BTreeMap<(u8, bool), u64> = BTreeMap::new();
        let mut place = 0_u64;
        let mut rest = entries;
        while !rest.is_empty() {
            let (some, behind) = rest.split_at(end_of_block(rest));
            let block = block_of(some, place, &hasher)?;
            sealed.push(sealed_block(some, &block, head));
            for entry in some {
                *counts.entry((entry.benefit, entry.withdrawn)).or_default() += 1;
            }
            place += some.len() as u64;
            blocks.push(block);
            rest = behind;
        }
        let count = |((benefit, withdrawn), entries): ((u8, bool), u64)| {
            let entry = Entry { benefit, withdrawn, ..nothing() };
            Some(LotCount { benefit: entry.benefit()?.id.to_owned(), status: entry.status(), entries })
        };
        let counts = counts.into_iter().filter_map(count).collect();
        let (lot, root) = (name_of(&text, &blocks), root_over(&sealed));
        Ok(Self { lot, head: text, blocks, entries: place, root, sealed, counts })
    }
}

fn nothing() -> Entry {
    Entry {
        household: String::new(),
        benefit: 0,
        member: None,
        amount: 0,
        withdrawn: false,
        found: 0,
        changed: 0,
        source: 0,
    }
}

/// The name of a lot: the digest of its bytes.
pub fn name_of<'a>(head: &str, blocks: impl IntoIterator<Item = &'a Block>) -> String {
    let mut digest = Sha256::new();
    digest.update(LOT_VERSION);
    let parts = std::iter::once(head.as_bytes()).chain(blocks.into_iter().map(|block| block.body.as_slice()));
    for part in parts {
        digest.update(part.len().to_string());
        digest.update(b":");
        digest.update(part);
        digest.update(b",");
    }
    hexadecimal(&digest.finalize())
}

/// The root over the roots of blocks.
pub fn root_over(sealed: &[LotBlock]) -> String {
    let roots: Vec<Hash> = sealed.iter().map(|block| hash_of(&block.root).unwrap_or_default()).collect();
    hexadecimal(&root_of(&roots))
}

/// Reads a hash in hexadecimal: 64 digits and nothing else. (A number may begin with a sign, a digit pair may not.)
pub fn hash_of(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// How many of the first entries make a block: whole households.
fn end_of_block(entries: &[Entry]) -> usize {
    let Some(last) = entries.get(BLOCK - 1) else { return entries.len() };
    let more = entries.iter().skip(BLOCK).take_while(|entry| entry.household == last.household).count();
    BLOCK + more
}

/// Hashes leaves; what many have in common is written once.
pub(super) struct LeafHasher<'head> {
    seed: [u8; 32],
    origins: Vec<Vec<u8>>,
    sources: &'head [Source],
}

impl<'head> LeafHasher<'head> {
    pub(super) fn of(head: &'head Head) -> Result<Self, Fault> {
        if head.origins.len().max(head.sources.len()) > usize::from(u16::MAX) {
            return Err(Fault::TooMany);
        }
        Ok(Self {
            seed: head.seed()?,
            origins: head.origins.iter().map(origin_bytes).collect(),
            sources: &head.sources,
        })
    }

    pub(super) fn leaf(&self, entry: &Entry, place: u64, bytes: &mut Vec<u8>) -> Result<Hash, Fault> {
        let origin = |place: u16| self.origins.get(usize::from(place)).map(Vec::as_slice).ok_or(Fault::Head);
        let benefit = entry.benefit().ok_or(Fault::Head)?.id;
        let source = self.sources.get(usize::from(entry.source)).ok_or(Fault::Head)?;
        let named = [&*entry.household, benefit, entry.member.as_deref().unwrap_or_default()];
        let stands = (entry.amount, entry.status().identifier());
        let origins = (origin(entry.found)?, origin(entry.changed)?);
        put(bytes, named, stands, origins, (&source.part, &salt_of(&self.seed, place)));
        Ok(maru_ledger::merkle::leaf_hash(bytes))
    }
}

fn block_of(entries: &[Entry], first_place: u64, hasher: &LeafHasher<'_>) -> Result<Block, Fault> {
    let (mut body, mut leaves, mut bytes) = (Vec::new(), Vec::with_capacity(32 * entries.len()), Vec::new());
    for home in entries.chunk_by(|one, other| one.household == other.household) {
        let Some(first) = home.first() else { continue };
        name(&mut body, &first.household, false)?;
        body.extend_from_slice(&first.source.to_le_bytes());
        body.extend_from_slice(&u16::try_from(home.len()).map_err(|_| Fault::TooMany)?.to_le_bytes());
        for entry in home {
            body.push(entry.benefit | if entry.withdrawn { WITHDRAWN } else { 0 });
            name(&mut body, entry.member.as_deref().unwrap_or_default(), entry.member.is_none())?;
            body.extend_from_slice(&entry.amount.to_le_bytes());
            body.extend_from_slice(&entry.found.to_le_bytes());
            body.extend_from_slice(&entry.changed.to_le_bytes());
        }
    }
    for (place, entry) in (first_place..).zip(entries) {
        leaves.extend_from_slice(&hasher.leaf(entry, place, &mut bytes)?);
    }
    let first_household = entries.first().map(|entry| entry.household.clone().into_bytes()).unwrap_or_default();
    Ok(Block { first_household, first_place, body, leaves })
}

/// Names become streams on the log and stand between dots there.
fn name(body: &mut Vec<u8>, name: &str, may_be_empty: bool) -> Result<(), Fault> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = u8::try_from(name.len()).ok().filter(|length| *length <= 100);
    let Some(length) = length.filter(|length| name.bytes().all(known) && (*length > 0 || may_be_empty)) else {
        return Err(Fault::Name { name: name.chars().take(120).collect() });
    };
    body.push(length);
    body.extend_from_slice(name.as_bytes());
    Ok(())
}

fn sealed_block(entries: &[Entry], block: &Block, head: &Head) -> LotBlock {
    let at = |entry: &Entry| head.origins.get(usize::from(entry.found)).map(|origin| origin.at);
    let mask = |withdrawn: bool| {
        let of = entries.iter().filter(|entry| entry.withdrawn == withdrawn);
        of.fold(0_u32, |mask, entry| mask | 1_u32.checked_shl(u32::from(entry.benefit)).unwrap_or(0))
    };
    LotBlock {
        root: hexadecimal(&root_of(&block.leaf_hashes())),
        entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        oldest: entries.iter().filter_map(at).min().unwrap_or(Timestamp::UNIX_EPOCH),
        found: mask(false),
        withdrawn: mask(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_sixty_four_digits() {
        let digits = "0f".repeat(32);
        assert_eq!(hash_of(&digits), Some([0x0f; 32]));
        assert_eq!(hash_of(&digits.to_uppercase()), Some([0x0f; 32]));
        for wrong in ["+f".repeat(32), "-1".repeat(32), " f".repeat(32), "0g".repeat(32), "0f".repeat(31)] {
            assert_eq!(hash_of(&wrong), None, "{wrong}");
        }
    }
}
