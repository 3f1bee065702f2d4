//! A real vector without a trained model: hashed n-grams.

/// The vector of a text, of length 1 (all zeros for a text without letters), in `dimensions` numbers.
///
/// Each word, in normal form and lower case, without its Korean particle, gives itself (weight 1.5), its character bigrams (1.0) and its
/// character trigrams (0.7). FNV-1a (64 bits) of a gram chooses the place (modulo `dimensions`) and, by its highest bit, the sign. A place
/// holds the root of what it gathered, so that a word said ten times does not drown the rest. Texts that share words and parts of words lie
/// near each other; synonyms do not: nothing was learned.
pub fn embed(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions.max(1)];
    let normal = maru_korean::normalise(text).text().to_lowercase();
    for word in maru_korean::words(&normal) {
        let stem = maru_korean::strip_particle(word);
        add(&mut vector, 0, stem, 1.5);
        for gram in maru_korean::character_grams(stem, 2) {
            add(&mut vector, 2, gram, 1.0);
        }
        for gram in maru_korean::character_grams(stem, 3) {
            add(&mut vector, 3, gram, 0.7);
        }
    }
    for value in &mut vector {
        *value = value.signum() * value.abs().sqrt();
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in &mut vector {
            *value /= length;
        }
    }
    vector
}

fn add(vector: &mut [f32], kind: u8, gram: &str, weight: f32) {
    let hash = fnv(kind, gram);
    let length = vector.len() as u64;
    if let Some(value) = usize::try_from(hash % length).ok().and_then(|place| vector.get_mut(place)) {
        *value += if hash >> 63 == 0 { weight } else { -weight };
    }
}

pub(super) fn fnv(kind: u8, gram: &str) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in std::iter::once(kind).chain(gram.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    // FNV's low bits are weak for short texts: the high half is folded in.
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(left: &str, right: &str) -> f32 {
        embed(left, 512).iter().zip(embed(right, 512)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_about_the_same_lie_nearer() {
        let near = cosine("대형폐기물을 버리는 방법", "대형폐기물은 어떻게 버리나요?");
        let far = cosine("대형폐기물을 버리는 방법", "여권 재발급에 필요한 서류");
        assert!(near > far + 0.2, "{near} {far}");
        assert!((cosine("같은 글", "같은 글") - 1.0).abs() < 1e-4);
        assert!(embed("", 8).iter().all(|value| *value == 0.0));
    }
}
