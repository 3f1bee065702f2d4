//! From a document to a sparse vector: which character n-grams and words it holds, and how much each says.

use crate::Document;
use crate::bytes::{Reader, Writer};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Characters of a text that are read. What an inquiry is about stands at its beginning, and the time to classify is bounded.
const LONGEST_TEXT: usize = 4_000;
/// Features that a model keeps: those that occur in most documents.
const MOST_FEATURES: usize = 400_000;
/// How many characters an n-gram has at most.
const LONGEST_GRAM: usize = 4;

/// A group of features that is brought to length one on its own, so that a long text does not drown a short title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// Character n-grams of title and text together.
    Everything = 0,
    /// Character n-grams of the title.
    Title = 1,
    /// Words without their particles, and pairs of neighbouring words, of title and text together.
    Words = 2,
}

/// How many blocks there are.
pub(crate) const BLOCKS: usize = 3;

/// How much each block counts.
pub(crate) type BlockWeights = [f32; BLOCKS];

/// One occurrence of a feature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occurrence {
    /// The hashed feature; its lowest two bits are its block.
    pub key: u64,
    /// Which of the document's distinct words it came from.
    pub word: u32,
}

/// A document taken apart.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    /// The distinct words, lower case, without particles.
    pub words: Vec<String>,
    /// Every occurrence of every feature, those of one feature beside each other.
    pub occurrences: Vec<Occurrence>,
}

/// A sparse vector: feature and value, by ascending feature.
pub(crate) type Sparse = Vec<(u32, f32)>;

impl Analysis {
    /// Takes a document apart.
    pub(crate) fn of(document: Document<'_>) -> Self {
        let mut analysis = Self::default();
        let mut known: HashMap<String, u32> = HashMap::new();
        for (field, of_title) in [(document.title, true), (document.text, false)] {
            let beginning = field.char_indices().nth(LONGEST_TEXT).map_or(field, |(end, _)| &field[..end]);
            let text = maru_korean::normalise(beginning).text().to_lowercase();
            let mut before = None;
            for word in maru_korean::words(&text) {
                let stem = maru_korean::strip_particle(word);
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                let place = *known.entry(stem.to_owned()).or_insert(next);
                if place == next {
                    analysis.words.push(stem.to_owned());
                }
                analysis.add_grams(word, place, of_title);
                before = Some(analysis.add_words(stem, before, place));
            }
        }
        analysis.occurrences.sort_unstable_by_key(|occurrence| (occurrence.key, occurrence.word));
        analysis
    }

    fn add_grams(&mut self, word: &str, place: u32, of_title: bool) {
        let padded: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
        for start in 0..padded.len() {
            let mut hash = START;
            for (length, character) in (1..=LONGEST_GRAM).zip(&padded[start..]) {
                hash = step(hash, u64::from(u32::from(*character)));
                let single_space = length == 1 && *character == ' ';
                if of_title && !single_space {
                    self.push(hash, Block::Title, place);
                }
                if length > 1 {
                    self.push(hash, Block::Everything, place);
                }
            }
        }
    }

    /// Adds a word and its pair with the word before it; gives its hash.
    fn add_words(&mut self, stem: &str, before: Option<u64>, place: u32) -> u64 {
        let hash = stem.bytes().fold(START, |hash, byte| step(hash, u64::from(byte)));
        self.push(hash, Block::Words, place);
        if let Some(before) = before {
            self.push(step(before, hash), Block::Words, place);
        }
        hash
    }

    fn push(&mut self, hash: u64, block: Block, word: u32) {
        self.occurrences.push(Occurrence { key: key_of(hash, block), word });
    }

    /// The occurrences of each feature.
    pub(crate) fn features(&self) -> impl Iterator<Item = &[Occurrence]> {
        self.occurrences.chunk_by(|one, other| one.key == other.key)
    }
}

const START: u64 = 0x6d61_7275_6c65_6172;

fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^ (hash >> 29)
}

/// Keys are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = step(self.0, u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = finish(value);
    }
}

type ByKey<T> = HashMap<u64, T, BuildHasherDefault<AlreadyHashed>>;

/// The features of the training texts, each with what it weighs.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    places: ByKey<u32>,
    /// Inverse document frequency of each feature.
    rarity: Vec<f32>,
    /// The block of each feature.
    block_of: Vec<u8>,
    blocks: BlockWeights,
}

impl Vocabulary {
    /// Counts in how many of the documents each feature occurs, and keeps those of at least so many, of blocks that count.
    pub(crate) fn build<'a>(
        documents: impl Iterator<Item = Document<'a>>,
        blocks: BlockWeights,
        least_documents: u32,
    ) -> Self {
        let mut frequencies: ByKey<u32> = ByKey::default();
        let mut count = 0.0_f32;
        for document in documents {
            count += 1.0;
            let analysis = Analysis::of(document);
            let keys = analysis.features().map(|occurrences| occurrences[0].key);
            for key in keys.filter(|key| blocks[usize::from(block_of(*key))] > 0.0) {
                *frequencies.entry(key).or_default() += 1;
            }
        }
        let mut kept: Vec<(u64, u32)> =
            frequencies.into_iter().filter(|&(_, frequency)| frequency >= least_documents).collect();
        kept.sort_unstable_by_key(|&(key, frequency)| (std::cmp::Reverse(frequency), key));
        kept.truncate(MOST_FEATURES);
        kept.sort_unstable_by_key(|&(key, _)| key);
        let rarity = kept.iter().map(|&(_, frequency)| ((1.0 + count) / (1.0 + frequency as f32)).ln() + 1.0).collect();
        Self::new(kept.into_iter().map(|(key, _)| key).collect(), rarity, blocks)
    }

    fn new(keys: Vec<u64>, rarity: Vec<f32>, blocks: BlockWeights) -> Self {
        let block_of = keys.iter().map(|key| block_of(*key)).collect();
        Self { places: keys.into_iter().zip(0..).collect(), rarity, block_of, blocks }
    }

    /// How many features there are.
    pub(crate) fn len(&self) -> usize {
        self.rarity.len()
    }

    /// The vector of a document, each block of it of the length that the block weighs.
    pub(crate) fn vector(&self, analysis: &Analysis) -> Sparse {
        let mut lengths = [0.0_f32; BLOCKS];
        let mut vector = Sparse::new();
        let mut blocks = Vec::new();
        for occurrences in analysis.features() {
            let Some(place) = self.place(occurrences[0]) else { continue };
            let value = (1.0 + (occurrences.len() as f32).ln()) * self.rarity[place as usize];
            let block = usize::from(self.block_of[place as usize]);
            lengths[block] += value * value;
            vector.push((place, value));
            blocks.push(block);
        }
        let scale: Vec<f32> = lengths
            .iter()
            .zip(self.blocks)
            .map(|(length, weight)| if *length > 0.0 { weight / length.sqrt() } else { 0.0 })
            .collect();
        for ((_, value), block) in vector.iter_mut().zip(blocks) {
            *value *= scale[block];
        }
        vector.sort_unstable_by_key(|entry| entry.0);
        vector
    }

    /// What of a vector belongs to a block.
    pub(crate) fn of_block(&self, vector: &Sparse, block: Block) -> Sparse {
        vector.iter().copied().filter(|entry| self.block_of[entry.0 as usize] == block as u8).collect()
    }

    /// The feature of an occurrence, if it is known.
    pub(crate) fn place(&self, occurrence: Occurrence) -> Option<u32> {
        // What belongs to a block that does not count is not looked for.
        let counts = self.blocks[usize::from(block_of(occurrence.key))] > 0.0;
        counts.then(|| self.places.get(&occurrence.key).copied())?
    }

    /// How rare an n-gram from within a word is; none if it is not known.
    pub(crate) fn rarity_of(&self, gram: &[char]) -> Option<f32> {
        let hash = gram.iter().fold(START, |hash, character| step(hash, u64::from(u32::from(*character))));
        self.places.get(&key_of(hash, Block::Everything)).map(|place| self.rarity[*place as usize])
    }

    /// The greatest rarity of all.
    pub(crate) fn rarest(&self) -> f32 {
        self.rarity.iter().copied().fold(0.0, f32::max)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        for weight in self.blocks {
            writer.float(weight);
        }
        let mut keys: Vec<(u64, u32)> = self.places.iter().map(|(key, place)| (*key, *place)).collect();
        keys.sort_unstable_by_key(|entry| entry.1);
        writer.length(keys.len());
        for (key, place) in keys {
            writer.number(key);
            writer.float(self.rarity[place as usize]);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut blocks = [0.0; BLOCKS];
        for weight in &mut blocks {
            *weight = reader.float()?;
        }
        let count = reader.length(12)?;
        let mut keys = Vec::with_capacity(count);
        let mut rarity = Vec::with_capacity(count);
        for _ in 0..count {
            keys.push(reader.number()?);
            rarity.push(reader.float()?);
        }
        let vocabulary = Self::new(keys, rarity, blocks);
        (vocabulary.places.len() == count).then_some(vocabulary)
    }
}

fn key_of(hash: u64, block: Block) -> u64 {
    (finish(hash) << 2) | block as u64
}

fn block_of(key: u64) -> u8 {
    // Two bits; the fourth value is never made, and read as the third.
    ((key & 3) as u8).min(Block::Words as u8)
}

/// A vector brought to length one.
pub(crate) fn unit(mut vector: Sparse) -> Sparse {
    let square: f32 = vector.iter().map(|entry| entry.1 * entry.1).sum();
    let inverse = if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 };
    for entry in &mut vector {
        entry.1 *= inverse;
    }
    vector
}

/// What weighs most of a vector, at most so many of its features.
pub(crate) fn weightiest(mut vector: Sparse, most: usize) -> Sparse {
    if vector.len() > most {
        let by_weight = |one: &(u32, f32), other: &(u32, f32)| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0));
        vector.select_nth_unstable_by(most, by_weight);
        vector.truncate(most);
        vector.sort_unstable_by_key(|entry| entry.0);
    }
    vector
}

/// The inner product of two sparse vectors.
pub(crate) fn inner_product(one: &[(u32, f32)], other: &[(u32, f32)]) -> f32 {
    let (mut left, mut right, mut sum) = (0, 0, 0.0);
    while let (Some(&(one_place, one_value)), Some(&(other_place, other_value))) = (one.get(left), other.get(right)) {
        match one_place.cmp(&other_place) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                sum += one_value * other_value;
                left += 1;
                right += 1;
            }
        }
    }
    sum
}
