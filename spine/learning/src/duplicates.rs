//! Near-duplicates: MinHash signatures of character shingles, found through banded buckets.

use std::collections::HashMap;

/// Characters of one shingle.
const SHINGLE: usize = 3;
/// Values in a bucket key. With 40 bands of 3, a text that shares half of its shingles is found in 99.5 of 100 cases, one
/// that shares a third in 78, one that shares a tenth in 4.
const ROWS: usize = 3;
/// Bucket keys of a text.
const BANDS: usize = 40;
/// Values in a signature.
const SIGNATURE: usize = ROWS * BANDS;
/// How far a chain of one band is followed, newest first: a text sent a hundred thousand times must not stop the search.
const LONGEST_CHAIN: usize = 4_000;
/// No entry.
const NOBODY: u32 = u32::MAX;
/// Smallest number of heads of a band.
const SMALLEST_TABLE: usize = 1_024;

/// A text like the one that was asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// The identifier that was given at insertion.
    pub id: String,
    /// Share of character shingles in common (Jaccard), estimated within about ±0.05; 1 for the same text.
    pub similarity: f64,
}

/// Texts that have come before, found again when they come again with some words changed.
///
/// About 0.9 KiB of memory for each text, whatever its length; the texts themselves are not kept. Letters and digits count,
/// case, spaces and punctuation do not.
#[derive(Debug, Clone)]
pub struct NearDuplicates {
    entries: Vec<Entry>,
    signatures: Vec<[u32; SIGNATURE]>,
    /// For each entry and band the next older entry of the same bucket.
    next: Vec<[u32; BANDS]>,
    /// `BANDS` tables of `table` heads each.
    heads: Vec<u32>,
    table: usize,
    places: HashMap<String, u32>,
    removed: usize,
}

/// What is kept of a text: enough to find it again, and to be made where there is time, on any thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u32; SIGNATURE]);

impl Signature {
    /// The signature of a text; none where no letter or digit stands in it.
    pub fn of(text: &str) -> Option<Self> {
        signature(text).map(Self)
    }

    /// Share of character shingles that two texts have in common, as [`Similar::similarity`] says it.
    pub fn similarity(&self, other: &Self) -> f64 {
        in_common(&self.0, &other.0) as f64 / SIGNATURE as f64
    }
}

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    present: bool,
}

impl Default for NearDuplicates {
    fn default() -> Self {
        Self::new()
    }
}

impl NearDuplicates {
    /// An empty index.
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
            signatures: Vec::new(),
            next: Vec::new(),
            heads: vec![NOBODY; SMALLEST_TABLE * BANDS],
            table: SMALLEST_TABLE,
            places: HashMap::new(),
            removed: 0,
        }
    }

    /// How many texts are in the index.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the index is empty.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Puts a text in; a text already there under this identifier is replaced. A text without a letter or digit is like no
    /// other and is not kept.
    pub fn insert(&mut self, id: &str, text: &str) {
        match Signature::of(text) {
            Some(signature) => self.insert_signature(id, &signature),
            None => drop(self.remove(id)),
        }
    }

    /// As [`Self::insert`], with the text's signature made before.
    pub fn insert_signature(&mut self, id: &str, signature: &Signature) {
        self.remove(id);
        if self.entries.len() >= self.table {
            self.rebuild(self.table.saturating_mul(2));
        }
        let Ok(place) = u32::try_from(self.entries.len()) else { return };
        self.entries.push(Entry { id: id.to_owned(), present: true });
        self.signatures.push(signature.0);
        self.next.push([NOBODY; BANDS]);
        self.places.insert(id.to_owned(), place);
        self.link(place as usize);
    }

    /// Takes a text out; says whether it was there.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some(place) = self.places.remove(id) else { return false };
        self.entries[place as usize].present = false;
        self.removed += 1;
        if self.removed > SMALLEST_TABLE && self.removed * 2 > self.entries.len() {
            self.rebuild(self.table);
        }
        true
    }

    /// The texts most like this one, the most similar first; of equals the one put in first. Texts that share less than a
    /// quarter of their shingles are mostly not found: they are not near-duplicates.
    pub fn similar(&self, text: &str, limit: usize) -> Vec<Similar> {
        Signature::of(text).map(|signature| self.similar_to(&signature, limit)).unwrap_or_default()
    }

    /// As [`Self::similar`], with the text's signature made before.
    pub fn similar_to(&self, Signature(signature): &Signature, limit: usize) -> Vec<Similar> {
        let mut candidates: Vec<u32> = Vec::new();
        for band in 0..BANDS {
            let mut place = self.heads[self.head(signature, band)];
            for _ in 0..LONGEST_CHAIN {
                if place == NOBODY {
                    break;
                }
                if same_band(&self.signatures[place as usize], signature, band) {
                    candidates.push(place);
                }
                place = self.next[place as usize][band];
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut found: Vec<(usize, u32)> = candidates
            .into_iter()
            .filter(|place| self.entries[*place as usize].present)
            .map(|place| (in_common(&self.signatures[place as usize], signature), place))
            .collect();
        found.sort_unstable_by_key(|&(common, place)| (std::cmp::Reverse(common), place));
        found.truncate(limit);
        found
            .into_iter()
            .map(|(common, place)| Similar {
                id: self.entries[place as usize].id.clone(),
                similarity: common as f64 / SIGNATURE as f64,
            })
            .collect()
    }

    fn head(&self, signature: &[u32; SIGNATURE], band: usize) -> usize {
        let mut key = band as u64;
        for value in &signature[band * ROWS..(band + 1) * ROWS] {
            key = mix(key ^ u64::from(*value));
        }
        // `table` is a power of two.
        let slot = usize::try_from(key & (self.table as u64 - 1)).unwrap_or(0);
        band * self.table + slot
    }

    fn link(&mut self, place: usize) {
        for band in 0..BANDS {
            let head = self.head(&self.signatures[place], band);
            self.next[place][band] = self.heads[head];
            self.heads[head] = u32::try_from(place).unwrap_or(NOBODY);
        }
    }

    /// Drops what was removed and lays the chains anew, in tables of at least the given size.
    fn rebuild(&mut self, table: usize) {
        let kept: Vec<usize> = (0..self.entries.len()).filter(|place| self.entries[*place].present).collect();
        self.signatures = kept.iter().map(|place| self.signatures[*place]).collect();
        self.entries = kept.iter().map(|place| self.entries[*place].clone()).collect();
        self.removed = 0;
        self.table = if self.entries.len() >= self.table { table } else { self.table };
        self.heads = vec![NOBODY; self.table * BANDS];
        self.next = vec![[NOBODY; BANDS]; self.entries.len()];
        self.places.clear();
        for place in 0..self.entries.len() {
            self.places.insert(self.entries[place].id.clone(), u32::try_from(place).unwrap_or(NOBODY));
            self.link(place);
        }
    }
}

fn same_band(one: &[u32; SIGNATURE], other: &[u32; SIGNATURE], band: usize) -> bool {
    one[band * ROWS..(band + 1) * ROWS] == other[band * ROWS..(band + 1) * ROWS]
}

fn in_common(one: &[u32; SIGNATURE], other: &[u32; SIGNATURE]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one == other).count()
}

/// The smallest value of each of `SIGNATURE` hash functions over the shingles of a text; none if there is no shingle.
fn signature(text: &str) -> Option<[u32; SIGNATURE]> {
    let characters: Vec<char> = maru_korean::normalise(text)
        .characters
        .into_iter()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if characters.is_empty() {
        return None;
    }
    let mut shingles: Vec<u64> = characters.windows(SHINGLE.min(characters.len())).map(hash_of_shingle).collect();
    shingles.sort_unstable();
    shingles.dedup();
    let mut smallest = [u32::MAX; SIGNATURE];
    for shingle in shingles {
        // Double hashing: two independent halves give as many hash functions as are wanted.
        let first = low_half(shingle);
        let second = low_half(shingle >> 32) | 1;
        let mut value = first;
        for least in &mut smallest {
            value = value.wrapping_add(second);
            *least = (*least).min(scramble(value));
        }
    }
    Some(smallest)
}

fn hash_of_shingle(characters: &[char]) -> u64 {
    characters.iter().fold(0x6d61_7275, |key, character| mix(key ^ u64::from(u32::from(*character))))
}

fn low_half(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(0)
}

/// A bijection of 32 bits that breaks up the arithmetic sequence of double hashing.
fn scramble(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(0x7feb_352d);
    let value = (value ^ (value >> 15)).wrapping_mul(0x846c_a68b);
    value ^ (value >> 16)
}

/// A bijection of 64 bits with good diffusion.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POTHOLE: &str = "우리 집 앞 도로에 큰 구멍이 생겨 차가 지나갈 때마다 위험합니다. 빨리 메워 주시기 바랍니다.";

    #[test]
    fn the_same_text_and_a_changed_one_are_found_and_another_is_not() {
        let mut texts = NearDuplicates::new();
        texts.insert("a", POTHOLE);
        texts.insert("b", "여권을 새로 만들려면 무엇이 필요한지 알려 주세요.");
        assert_eq!(texts.similar(POTHOLE, 5), [Similar { id: "a".into(), similarity: 1.0 }]);
        let changed = POTHOLE.replace("빨리 메워 주시기", "하루빨리 고쳐 주시기");
        let found = texts.similar(&changed, 5);
        assert_eq!(found.len(), 1);
        assert!(found[0].id == "a" && found[0].similarity > 0.6 && found[0].similarity < 1.0, "{found:?}");
        assert!(texts.similar("", 5).is_empty());
    }

    #[test]
    fn two_texts_are_as_alike_alone_as_in_the_index() {
        let changed = POTHOLE.replace("빨리 메워 주시기", "하루빨리 고쳐 주시기");
        let mut texts = NearDuplicates::new();
        texts.insert("a", POTHOLE);
        let (one, other) = (Signature::of(POTHOLE).unwrap(), Signature::of(&changed).unwrap());
        assert_eq!(one.similarity(&other).to_bits(), texts.similar(&changed, 1)[0].similarity.to_bits());
    }

    #[test]
    fn spaces_case_and_punctuation_do_not_count() {
        let mut texts = NearDuplicates::new();
        texts.insert("a", "KTX 요금, 환불");
        assert_eq!(texts.similar("ktx요금환불!!", 1)[0].similarity.to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn what_is_removed_is_gone_and_what_is_put_in_again_is_replaced() {
        let mut texts = NearDuplicates::new();
        texts.insert("a", POTHOLE);
        texts.insert("a", "전혀 다른 글입니다. 수도 요금이 두 배로 나왔습니다.");
        assert_eq!(texts.len(), 1);
        assert!(texts.similar(POTHOLE, 5).is_empty());
        assert!(texts.remove("a"));
        assert!(!texts.remove("a"));
        assert!(texts.is_empty());
    }

    #[test]
    fn many_come_and_go() {
        let mut texts = NearDuplicates::new();
        let text_of = |number: usize| {
            let word = |salt: usize| format!("{:x}", mix((number * 7 + salt) as u64));
            (0..6).map(word).collect::<Vec<_>>().join(" ")
        };
        for number in 0..5_000 {
            texts.insert(&number.to_string(), &text_of(number));
        }
        for number in (0..5_000).filter(|number| number % 3 != 0) {
            texts.remove(&number.to_string());
        }
        assert_eq!(texts.len(), 1_667);
        for number in [0, 3, 2_499, 4_998] {
            assert_eq!(texts.similar(&text_of(number), 1)[0].id, number.to_string());
        }
        assert!(texts.similar(&text_of(1), 1).iter().all(|similar| similar.similarity < 0.9));
    }

    #[test]
    fn a_flood_of_one_text_is_answered_with_the_limit() {
        let mut texts = NearDuplicates::new();
        for number in 0..LONGEST_CHAIN + 10 {
            texts.insert(&number.to_string(), POTHOLE);
        }
        assert_eq!(texts.similar(POTHOLE, 7).len(), 7);
    }
}
