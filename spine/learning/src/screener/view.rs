//! A text as the screener sees it: windows that overlap, each with the letters and words in it, and with the concepts that it speaks of.

use std::cell::RefCell;

use super::concepts::{Concepts, Hit};

/// Buckets of letters and words, a power of two.
pub(super) const BUCKETS: usize = 1 << BITS;
const BITS: u32 = 20;
/// Characters of a window, and from one window's beginning to the next.
const WINDOW: usize = 480;
const STRIDE: usize = 240;
/// Lengths of n-grams in characters.
const SHORTEST: usize = 2;
const LONGEST: usize = 4;
/// So far apart, in characters, two concepts of one sentence may stand to be seen together.
const NEAR: usize = 100;

/// A text made ready for training and scoring.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenedText {
    pub(super) windows: Vec<Window>,
    pub(super) is_korean: bool,
}

impl ScreenedText {
    /// Whether it is taken as Korean: more than a third of its letters are.
    pub fn is_korean(&self) -> bool {
        self.is_korean
    }
}

/// What stands in a window, each thing once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    /// Buckets of letters and words.
    pub(super) letters: Vec<u32>,
    /// Concepts, and pairs of them in the window and in one sentence.
    pub(super) ties: Vec<u32>,
}

/// How many ties there can be between so many concepts.
pub(super) fn ties_of(concepts: usize) -> usize {
    concepts + 2 * concepts * concepts
}

impl Concepts {
    /// Makes a text ready, which is in the normal form in which texts are screened: what stands in a window is in order, so that the same texts
    /// give the same model.
    pub fn view(&self, text: &str) -> ScreenedText {
        let mut view = self.glance(text);
        for window in &mut view.windows {
            window.letters.sort_unstable();
        }
        view
    }

    /// The same in any order, which is enough for judging.
    pub(super) fn glance(&self, text: &str) -> ScreenedText {
        let characters: Vec<char> = std::iter::once(' ').chain(text.chars()).chain(std::iter::once(' ')).collect();
        let korean = characters.iter().filter(|character| maru_korean::is_syllable(**character)).count();
        let latin = characters.iter().filter(|character| character.is_ascii_alphabetic()).count();
        let hits = self.hits(&characters);
        let sentences = sentences_of(&characters);
        let windows = spans(characters.len()).map(|(start, end)| {
            let inside: Vec<&Hit> = hits.iter().filter(|hit| hit.start >= start && hit.end <= end).collect();
            Window { letters: letters(&characters[start..end]), ties: ties(&inside, &sentences, self.count()) }
        });
        ScreenedText { windows: windows.collect(), is_korean: korean * 2 > latin }
    }
}

/// From where to where the windows of a text reach; a short text is one.
fn spans(length: usize) -> impl Iterator<Item = (usize, usize)> {
    let last = if length <= WINDOW { 1 } else { length - STRIDE };
    (0..last).step_by(STRIDE).map(move |start| (start, (start + WINDOW).min(length)))
}

/// The number of the sentence in which each character stands.
fn sentences_of(text: &[char]) -> Vec<u32> {
    let mut number = 0;
    let numbers = text.iter().map(|character| {
        let own = number;
        number += u32::from(matches!(character, '.' | '!' | '?' | '\n' | ';'));
        own
    });
    numbers.collect()
}

/// The concepts of a window, pairs of them, and pairs that stand near each other in one sentence.
fn ties(hits: &[&Hit], sentences: &[u32], concepts: usize) -> Vec<u32> {
    let pair = |one: usize, other: usize| one.min(other) * concepts + one.max(other);
    let mut present: Vec<usize> = hits.iter().map(|hit| hit.concept).collect();
    present.sort_unstable();
    present.dedup();
    let mut ties = Vec::with_capacity(present.len() * (present.len() + 1));
    for (place, one) in present.iter().enumerate() {
        ties.push(*one);
        ties.extend(present[place + 1..].iter().map(|other| concepts + pair(*one, *other)));
    }
    for (place, one) in hits.iter().enumerate() {
        let near = |other: &&&Hit| {
            other.concept != one.concept
                && other.start.abs_diff(one.start) < NEAR
                && sentences[other.start] == sentences[one.start]
        };
        let pairs = hits[place + 1..].iter().filter(near).map(|other| pair(one.concept, other.concept));
        ties.extend(pairs.map(|pair| concepts + concepts * concepts + pair));
    }
    ties.sort_unstable();
    ties.dedup();
    ties.into_iter().filter_map(|tie| u32::try_from(tie).ok()).collect()
}

thread_local! {
    /// A bit for each bucket, all of them off between two windows. It is 128 KiB, and a short text sets a hundred bits: made anew for each window it
    /// would drive everything else from the processor's nearest memory.
    static SEEN: RefCell<Vec<u64>> = RefCell::new(vec![0; BUCKETS / 64]);
}

/// Buckets of a window, each once: n-grams, words and pairs of words.
fn letters(window: &[char]) -> Vec<u32> {
    SEEN.with_borrow_mut(|seen| {
        let found = letters_unseen(window, seen);
        for bucket in &found {
            seen[(bucket / 64) as usize] = 0;
        }
        found
    })
}

/// The same where `seen` has no bit on; leaves on those that are found.
fn letters_unseen(window: &[char], seen: &mut [u64]) -> Vec<u32> {
    let mut found = Vec::with_capacity(window.len() * 4);
    let mut note = |hash: u64| {
        let bucket = bucket_of(hash);
        let (word, bit) = ((bucket / 64) as usize, 1_u64 << (bucket % 64));
        if seen[word] & bit == 0 {
            seen[word] |= bit;
            found.push(bucket);
        }
    };
    for start in 0..window.len() {
        let mut hash = 0x6d61_7275_7363_726e;
        for (length, character) in window[start..].iter().take(LONGEST).enumerate() {
            hash = step(hash, *character);
            if length + 1 >= SHORTEST {
                note(hash);
            }
        }
    }
    let mut before = 0;
    for word in window.split(|character| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let hash = word.iter().fold(0x776f_7264, |hash, character| step(hash, *character));
        note(hash);
        note(before ^ hash.rotate_left(17));
        before = hash;
    }
    found
}

fn step(hash: u64, character: char) -> u64 {
    (hash.rotate_left(23) ^ u64::from(u32::from(character))).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The uppermost bits.
fn bucket_of(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    u32::try_from(mixed >> (u64::BITS - BITS)).unwrap_or_default()
}
