//! A proposal in a lot, and what its leaf in the Merkle tree commits to.

use jiff::Timestamp;
use maru_ledger::{
    hexadecimal,
    merkle::{Hash, leaf_hash},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{
    BENEFITS, Benefit, Month, Proposal, Status,
    lot::LotPlace,
    proposal::{Finding, proposal_id},
};

/// The first line of what a leaf commits to. The form is fixed for ever; another form gets another first line.
pub const ENTRY_VERSION: &str = "maru-proposal-v1\n";

/// By which rules, for which month and when something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The screening.
    pub screening: String,
    /// Its month.
    pub month: Month,
    /// The rules: name, version and digest.
    pub rules: String,
    /// When.
    pub at: Timestamp,
}

/// The part of a population in which a household stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The folder of the part.
    pub part: String,
}

/// A proposal in a lot. Origins and sources are places in the lot's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The household, by its pseudonym.
    pub household: String,
    /// The place of the benefit in [`BENEFITS`].
    pub benefit: u8,
    /// Whose, where it is a person's.
    pub member: Option<String>,
    /// How much, in won of the benefit's rhythm.
    pub amount: i64,
    /// Whether it is no longer due.
    pub withdrawn: bool,
    /// The origin that found it.
    pub found: u16,
    /// The origin that changed or confirmed its amount last, or withdrew it.
    pub changed: u16,
    /// The part of the population that the household stands in.
    pub source: u16,
}

impl Entry {
    /// The benefit.
    pub fn benefit(&self) -> Option<&'static Benefit> {
        BENEFITS.get(usize::from(self.benefit))
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        if self.withdrawn { Status::Withdrawn } else { Status::Found }
    }

    /// The name of the proposal.
    pub fn id(&self) -> String {
        let benefit = self.benefit().map_or("", |benefit| benefit.id);
        proposal_id(&self.household, benefit, self.member.as_deref())
    }
}

/// An entry with what its origins and its source are: it can be read by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// The household, by its pseudonym.
    pub household: String,
    /// The benefit.
    pub benefit: String,
    /// Whose, where it is a person's; empty where it is the household's.
    pub member: String,
    /// How much, in won of the benefit's rhythm.
    pub amount: i64,
    /// `found`, or `withdrawn` where it is no longer due.
    pub status: String,
    /// What found it.
    pub found: Origin,
    /// What changed its amount last, or withdrew it; the same where nothing did.
    pub changed: Origin,
    /// The part of the population that the household stands in.
    pub source: String,
}

impl Whole {
    /// The bytes that its leaf commits to: the line `maru-proposal-v1`, then each field as `LENGTH:BYTES,` (netstring): household,
    /// benefit, member, amount, status; screening, month, rules and instant (microseconds since 1970) of what found it, and of what
    /// changed it; the source; the salt in hexadecimal.
    pub fn canonical_bytes(&self, salt: &[u8; 16]) -> Vec<u8> {
        let origins = (&*origin_bytes(&self.found), &*origin_bytes(&self.changed));
        let mut bytes = Vec::new();
        let named = [&*self.household, &*self.benefit, &*self.member];
        put(&mut bytes, named, (self.amount, &self.status), origins, (&self.source, salt));
        bytes
    }

    /// The hash of its leaf.
    pub fn leaf(&self, salt: &[u8; 16]) -> Hash {
        leaf_hash(&self.canonical_bytes(salt))
    }

    /// The proposal as if it were a case of its own.
    pub fn proposal(&self, place: LotPlace) -> Proposal {
        let finding = Finding {
            household: self.household.clone(),
            account: None,
            benefit: self.benefit.clone(),
            member: Some(self.member.clone()).filter(|member| !member.is_empty()),
            amount: self.amount,
            month: self.changed_month(),
            rules: self.reckoned().rules.clone(),
            origin: crate::service::ORIGIN.to_owned(),
            lot: Some(place),
        };
        let withdrawn = self.is_withdrawn();
        let status = if withdrawn { Status::Withdrawn } else { Status::Found };
        let closed_because = if withdrawn { crate::service::ORIGIN.to_owned() } else { String::new() };
        Proposal { finding: Some(finding), status, closed_because, ..Proposal::default() }
    }

    /// Whether it is no longer due.
    pub fn is_withdrawn(&self) -> bool {
        self.status == Status::Withdrawn.identifier()
    }

    /// The origin by whose rules the amount was reckoned: what withdrew a proposal reckoned no amount.
    fn reckoned(&self) -> &Origin {
        if self.is_withdrawn() { &self.found } else { &self.changed }
    }

    fn changed_month(&self) -> Month {
        self.reckoned().month
    }
}

/// The fields of an origin, as leaves have them.
pub(super) fn origin_bytes(origin: &Origin) -> Vec<u8> {
    let mut bytes = Vec::new();
    netstring(&mut bytes, origin.screening.as_bytes());
    netstring(&mut bytes, origin.month.to_string().as_bytes());
    netstring(&mut bytes, origin.rules.as_bytes());
    netstring(&mut bytes, origin.at.as_microsecond().to_string().as_bytes());
    bytes
}

/// Puts what a leaf commits to in place of whatever stood in `bytes`.
pub(super) fn put(
    bytes: &mut Vec<u8>,
    named: [&str; 3],
    (amount, status): (i64, &str),
    (found, changed): (&[u8], &[u8]),
    (source, salt): (&str, &[u8; 16]),
) {
    bytes.clear();
    bytes.extend_from_slice(ENTRY_VERSION.as_bytes());
    for text in named {
        netstring(bytes, text.as_bytes());
    }
    netstring(bytes, amount.to_string().as_bytes());
    netstring(bytes, status.as_bytes());
    bytes.extend_from_slice(found);
    bytes.extend_from_slice(changed);
    netstring(bytes, source.as_bytes());
    netstring(bytes, hexadecimal(salt).as_bytes());
}

pub(super) fn netstring(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend_from_slice(text.len().to_string().as_bytes());
    bytes.push(b':');
    bytes.extend_from_slice(text);
    bytes.push(b',');
}

/// The salt of an entry: nobody who does not know the lot's seed can guess an entry from its hash.
pub(super) fn salt_of(seed: &[u8; 32], place: u64) -> [u8; 16] {
    let digest = Sha256::new().chain_update(seed).chain_update(place.to_be_bytes()).finalize();
    let mut salt = [0; 16];
    salt.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
    salt
}
