//! Copies of one text, also with small changes.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// So many copies are a campaign.
const LEAST: usize = 3;
/// Letters of a shingle.
const SHINGLE: usize = 5;
const BANDS: usize = 16;
const ROWS: usize = 4;
const HASHES: usize = BANDS * ROWS;
/// Texts that share so many of their hashes are copies.
const ALIKE: usize = HASHES * 7 / 10;
/// Shorter texts say too little to be called copies: «찬성합니다».
const SHORTEST: usize = 20;

type Signature = [u32; HASHES];

/// The campaigns among the texts: their members by place, the first text first.
pub(super) fn find(texts: &[&str]) -> Vec<Vec<usize>> {
    let letters: Vec<Vec<char>> = texts.iter().map(|text| normal(text)).collect();
    let mut leaders = Leaders { parents: (0..texts.len()).collect() };
    let mut exact: HashMap<u64, usize> = HashMap::new();
    let mut bands: HashMap<(usize, u64), usize> = HashMap::new();
    let mut signatures: HashMap<usize, Signature> = HashMap::new();
    for (place, letters) in letters.iter().enumerate().filter(|(_, letters)| letters.len() >= SHORTEST) {
        let known = *exact.entry(hash(letters)).or_insert(place);
        if known != place {
            leaders.join(known, place);
            continue;
        }
        let signature = sign(letters);
        for band in 0..BANDS {
            let rows = signature.get(band * ROWS..(band + 1) * ROWS).unwrap_or_default();
            let first = *bands.entry((band, hash(rows))).or_insert(place);
            let alike = signatures.get(&first).is_some_and(|other| shared(other, &signature) >= ALIKE);
            if first != place && alike {
                leaders.join(first, place);
            }
        }
        signatures.insert(place, signature);
    }
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
    for place in 0..texts.len() {
        groups.entry(leaders.of(place)).or_default().push(place);
    }
    let mut found: Vec<Vec<usize>> = groups.into_values().filter(|members| members.len() >= LEAST).collect();
    found.sort();
    found
}

/// The signature of a text, by which its copies are known; nothing for one that says too little to be copied.
pub(super) fn signature(text: &str) -> Option<Vec<u32>> {
    let letters = normal(text);
    (letters.len() >= SHORTEST).then(|| sign(&letters).to_vec())
}

/// Whether two signatures are those of copies.
pub(super) fn are_copies(one: &[u32], other: &[u32]) -> bool {
    shared(one, other) >= ALIKE
}

fn normal(text: &str) -> Vec<char> {
    text.chars().filter(|character| character.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn sign(letters: &[char]) -> Signature {
    let mut signature = [u32::MAX; HASHES];
    for shingle in letters.windows(SHINGLE.min(letters.len().max(1))) {
        let mut state = hash(shingle);
        for least in &mut signature {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            // The upper half is as good as any.
            *least = (*least).min(u32::try_from(mixed >> 32).unwrap_or(u32::MAX));
        }
    }
    signature
}

fn shared(one: &[u32], other: &[u32]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one == other).count()
}

/// Who leads a group: union-find with halved paths.
struct Leaders {
    parents: Vec<usize>,
}

impl Leaders {
    fn of(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        // The earlier text leads.
        let (first, later) = if one <= other { (one, other) } else { (other, one) };
        self.parents[later] = first;
    }
}
