//! Shares and differences of shares, with the interval in which they lie at 95 %.

use serde::{Deserialize, Serialize};

/// The normal deviate of 95 %.
const Z: f64 = 1.959_964;

/// An estimate and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// How many were counted.
    pub count: usize,
    /// The estimate.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The share of those that are true (Wilson's interval: holds for few and for extreme ones too).
    pub fn of_share(right: &[bool]) -> Self {
        let count = right.len();
        if count == 0 {
            return Self { count, value: 0.0, low: 0.0, high: 1.0 };
        }
        let n = count as f64;
        let share = right.iter().filter(|right| **right).count() as f64 / n;
        let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self { count, value: share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }

    /// By how much the second share is larger than the first, of pairs (Newcombe's interval for paired shares, method 10 without
    /// correlation: a little too wide where both tend to be right on the same questions).
    pub fn of_difference(before: &[bool], after: &[bool]) -> Self {
        let (first, second) = (Self::of_share(before), Self::of_share(after));
        let value = second.value - first.value;
        let below = (second.value - second.low).hypot(first.high - first.value);
        let above = (second.high - second.value).hypot(first.value - first.low);
        Self { count: after.len().min(before.len()), value, low: value - below, high: value + above }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(right: usize, all: usize) -> Vec<bool> {
        (0..all).map(|place| place < right).collect()
    }

    #[test]
    fn intervals_are_those_of_the_books() {
        // Newcombe 1998, table I: 81 of 263 and 15 of 148.
        let of = |right, all| Interval::of_share(&answers(right, all));
        assert!((of(81, 263).low - 0.2553).abs() < 5e-5 && (of(81, 263).high - 0.3662).abs() < 5e-5);
        assert!((of(15, 148).low - 0.0624).abs() < 5e-5 && (of(15, 148).high - 0.1605).abs() < 5e-5);
        assert!(of(0, 20).low == 0.0 && (of(0, 20).high - 0.1611).abs() < 5e-5);
        assert_eq!((of(0, 0).low, of(0, 0).high), (0.0, 1.0));
    }

    #[test]
    fn a_difference_is_sure_only_where_its_interval_says_so() {
        let difference = |before, after, all| Interval::of_difference(&answers(before, all), &answers(after, all));
        assert!(difference(90, 60, 100).high < 0.0, "surely worse");
        assert!(difference(90, 88, 100).high > 0.0, "perhaps the same");
        assert!(difference(50, 90, 100).low > 0.0, "surely better");
    }
}
