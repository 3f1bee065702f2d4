//! A lot as it is kept against what the log commits to.

use std::collections::BTreeMap;

use maru_ledger::{hexadecimal, merkle::proofs::root_of};

use super::content::{Block, Fault, Head, LeafHasher, name_of};
use crate::domain::lot::{LotBlock, SealedLot};

/// Checks a lot as it is kept, its blocks by their numbers, against what the log commits to: every proposal that is another
/// than was sealed is named.
pub fn faults_of(sealed: &SealedLot, head: Option<&str>, blocks: &BTreeMap<u64, Block>) -> Vec<Fault> {
    let mut found = Vec::new();
    let read = head.ok_or(Fault::Head).and_then(Head::read);
    let hasher = read.as_ref().map_err(Clone::clone).and_then(LeafHasher::of);
    let mut place = 0;
    for (number, of_log) in sealed.blocks.iter().enumerate() {
        match blocks.get(&(number as u64)) {
            None => found.push(Fault::Block { number, what: "it is missing".to_owned() }),
            Some(block) => faults_of_block(number, of_log, block, (hasher.as_ref().ok(), place), &mut found),
        }
        place += u64::from(of_log.entries);
    }
    for number in blocks.keys().filter_map(|number| usize::try_from(*number).ok()) {
        if number >= sealed.blocks.len() {
            found.push(Fault::Block { number, what: "no such block was sealed".to_owned() });
        }
    }
    let is_named = head.is_some_and(|head| name_of(head, blocks.values()) == sealed.lot);
    if found.is_empty() && !is_named {
        found.push(Fault::Head);
    }
    if hasher.is_err() && !found.contains(&Fault::Head) {
        found.push(Fault::Head);
    }
    found
}

fn faults_of_block(
    number: usize,
    sealed: &LotBlock,
    block: &Block,
    (hasher, place): (Option<&LeafHasher<'_>>, u64),
    found: &mut Vec<Fault>,
) {
    let wrong = |what: &str| Fault::Block { number, what: what.to_owned() };
    let entries = match block.entries() {
        Ok(entries) => entries,
        Err(what) => return found.push(wrong(&what)),
    };
    if entries.len() != usize::try_from(sealed.entries).unwrap_or(usize::MAX) {
        return found.push(wrong("it has more or fewer proposals than were sealed"));
    }
    let kept = block.leaf_hashes();
    let kept_are_sealed = hexadecimal(&root_of(&kept)) == sealed.root;
    let Some(hasher) = hasher else { return };
    let mut bytes = Vec::new();
    let mut now = Vec::with_capacity(entries.len());
    for (place, entry) in (place..).zip(&entries) {
        now.push(hasher.leaf(entry, place, &mut bytes).unwrap_or_default());
    }
    if hexadecimal(&root_of(&now)) == sealed.root {
        if !kept_are_sealed {
            found.push(wrong("the hashes beside its proposals were changed, the proposals were not"));
        }
        return;
    }
    if !kept_are_sealed {
        return found.push(wrong("its proposals and the hashes beside them are not those that were sealed"));
    }
    let others = (place..).zip(entries.iter().zip(now.iter().zip(&kept)));
    let changed = others.filter(|(_, (_, (now, kept)))| now != kept);
    found.extend(changed.map(|(place, (entry, _))| Fault::Proposal { place, id: entry.id() }));
}
