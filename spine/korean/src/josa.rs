//! Particles that depend on the last sound of the word before them.

/// A pair of particles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Josa {
    /// 이/가
    Subject,
    /// 은/는
    Topic,
    /// 을/를
    Object,
    /// 과/와
    And,
    /// 으로/로
    Towards,
}

/// The word with the particle that follows it: `with_josa("홍길동", Josa::Subject)` is «홍길동이».
pub fn with_josa(word: &str, josa: Josa) -> String {
    let last = word.chars().rev().find(|character| character.is_alphanumeric());
    let (closed, rieul) = last.map_or((false, false), final_consonant);
    let particle = match josa {
        Josa::Subject => ["가", "이"][usize::from(closed)],
        Josa::Topic => ["는", "은"][usize::from(closed)],
        Josa::Object => ["를", "을"][usize::from(closed)],
        Josa::And => ["와", "과"][usize::from(closed)],
        // After ㄹ it is 로 as after a vowel.
        Josa::Towards => ["로", "으로"][usize::from(closed && !rieul)],
    };
    format!("{word}{particle}")
}

/// Whether the character ends in a consonant when read aloud in Korean, and whether that is ㄹ.
fn final_consonant(character: char) -> (bool, bool) {
    if let Some(below) = crate::consonant_below(character) {
        return (below != 0, below == 8);
    }
    match character {
        '0' | '3' | '6' | 'm' | 'n' | 'M' | 'N' => (true, false),
        '1' | '7' | '8' | 'l' | 'L' | 'r' | 'R' => (true, true),
        _ => (false, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_follow_the_sound() {
        for (word, josa, expected) in [
            ("홍길동", Josa::Subject, "홍길동이"),
            ("김영희", Josa::Subject, "김영희가"),
            ("서울", Josa::Towards, "서울로"),
            ("부산", Josa::Towards, "부산으로"),
            ("제3조", Josa::Object, "제3조를"),
            ("「민법」", Josa::And, "「민법」과"),
            ("2026", Josa::Topic, "2026은"),
            ("", Josa::Topic, "는"),
        ] {
            assert_eq!(with_josa(word, josa), expected);
        }
    }
}
