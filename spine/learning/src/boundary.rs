//! From which likeness on two texts are taken for the same matter, learned from pairs that people judged.

use crate::{
    LearningError,
    bytes::{Form, Reader, Writer},
};

const FORM: Form = Form { name: *b"boundary", version: 2 };
/// Judged pairs of each kind below which nothing is learned: some dozen mistakes say little about the next one.
const ENOUGH: usize = 10;
/// Below the one nothing is found ([`crate::NearDuplicates::similar`]), above the other only copies would be.
const WITHIN: std::ops::RangeInclusive<f64> = 0.25..=0.9;

/// From which likeness on two texts are taken for the same matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boundary(f64);

impl Boundary {
    /// The boundary that takes the fewest of the judged pairs wrongly (how alike they are, and whether they are the same
    /// matter); of equals the one nearest to `usual`. None where too few pairs of either kind were judged. People judge what
    /// they are shown, so that far below the boundary there is hardly a pair: there it does not go without cause.
    pub fn learn(judged: &[(f64, bool)], usual: f64) -> Option<Self> {
        let same = judged.iter().filter(|(_, same)| *same).count();
        if same < ENOUGH || judged.len() - same < ENOUGH {
            return None;
        }
        let mut alike: Vec<f64> = judged.iter().map(|(similarity, _)| *similarity).collect();
        alike.sort_unstable_by(f64::total_cmp);
        alike.dedup();
        let between = alike.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
        let candidates = between.chain([usual]).filter(|candidate| WITHIN.contains(candidate));
        let mistakes = |boundary: f64| judged.iter().filter(|(alike, same)| (*alike >= boundary) != *same).count();
        let far = |boundary: f64| (boundary - usual).abs();
        candidates
            .map(|candidate| (mistakes(candidate), candidate))
            .min_by(|one, other| one.0.cmp(&other.0).then(far(one.1).total_cmp(&far(other.1))))
            .map(|(_, boundary)| Self(boundary))
    }

    /// The likeness.
    pub fn similarity(self) -> f64 {
        self.0
    }

    /// The boundary as bytes with version and checksum.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut writer = Writer::new(FORM);
        writer.double(self.0);
        writer.finish()
    }

    /// A boundary from its bytes.
    ///
    /// # Errors
    /// [`LearningError::Unreadable`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let mut reader = Reader::open(bytes, FORM)?;
        let boundary = reader.double().filter(|boundary| WITHIN.contains(boundary));
        boundary
            .filter(|_| reader.is_at_end())
            .map(Self)
            .ok_or(LearningError::Unreadable { reason: "their content is no likeness of texts" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(f64, bool, usize)]) -> Vec<(f64, bool)> {
        of.iter().flat_map(|&(alike, same, times)| std::iter::repeat_n((alike, same), times)).collect()
    }

    #[test]
    fn it_moves_to_where_people_draw_it() {
        let strict = pairs(&[(0.5, false, 10), (0.55, false, 4), (0.7, true, 12)]);
        let boundary = Boundary::learn(&strict, 0.45).unwrap();
        assert!((boundary.similarity() - 0.625).abs() < 1e-9, "{boundary:?}");
        let generous = pairs(&[(0.3, false, 11), (0.4, true, 12)]);
        assert!((Boundary::learn(&generous, 0.45).unwrap().similarity() - 0.35).abs() < 1e-9);
        assert_eq!(Boundary::from_bytes(&boundary.to_bytes()).unwrap(), boundary);
    }

    #[test]
    fn without_cause_it_stays_and_from_too_little_nothing_is_learned() {
        let agreeing = pairs(&[(0.3, false, 10), (0.44, false, 3), (0.46, true, 3), (0.9, true, 10)]);
        assert_eq!(Boundary::learn(&agreeing, 0.45), Some(Boundary(0.45)));
        assert_eq!(Boundary::learn(&pairs(&[(0.5, false, 9), (0.7, true, 100)]), 0.45), None);
        assert_eq!(Boundary::learn(&[], 0.45), None);
        // Whoever says of copies that they differ does not turn the search off.
        let never = pairs(&[(1.0, false, 30), (0.5, true, 10)]);
        assert!(WITHIN.contains(&Boundary::learn(&never, 0.45).unwrap().similarity()));
        for damaged in [&[][..], b"boundary", &Writer::new(FORM).finish()] {
            assert!(Boundary::from_bytes(damaged).is_err());
        }
    }
}
