//! Hashed sparse features.

use crate::Document;
use std::collections::HashMap;

/// Squared-length-one sparse vector of a document: hashed character bigrams and trigrams of its words.
pub(crate) fn vector(document: Document<'_>) -> HashMap<u64, f64> {
    let mut counts: HashMap<u64, f64> = HashMap::new();
    for (field, weight) in [(document.title, 2.0), (document.text, 1.0)] {
        for word in words(field) {
            for length in 2..=3 {
                for gram in maru_korean::character_grams(&word, length) {
                    *counts.entry(hash(gram)).or_default() += weight;
                }
            }
        }
    }
    for count in counts.values_mut() {
        *count = 1.0 + count.max(1.0).ln();
    }
    let length = counts.values().map(|value| value * value).sum::<f64>().sqrt();
    for value in counts.values_mut() {
        *value /= length;
    }
    counts
}

/// The words of a text in lower case and normal form, without their particles.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text = maru_korean::normalise(text).text().to_lowercase();
    maru_korean::words(&text).map(|word| maru_korean::strip_particle(word).to_owned()).collect()
}

/// FNV-1a.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
