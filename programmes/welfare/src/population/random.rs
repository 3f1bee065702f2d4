//! Draws that are the same for the same seed and household, on every machine (SplitMix64).

/// A source of draws.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Random {
    /// The draws of one household.
    pub(super) fn of(seed: u64, household: usize) -> Self {
        let number = u64::try_from(household).unwrap_or(u64::MAX);
        Self { state: mixed(seed.wrapping_mul(STEP) ^ mixed(number.wrapping_add(STEP))) }
    }

    pub(super) fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// From 0 (included) to 1 (excluded).
    pub(super) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// From `low` (included) to `high` (excluded).
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(1).max(1);
        let drawn = i32::try_from((u128::from(self.word()) * u128::from(width)) >> 64).unwrap_or(0);
        low.saturating_add(drawn)
    }

    /// A standard normal number (Box and Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// With a median, and a spread of its logarithm.
    pub(super) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        (self.normal() * sigma).exp() * median
    }

    /// With a mean.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -(1.0 - self.unit()).ln() * mean
    }

    /// A place in a list of weights.
    pub(super) fn pick(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            if weight <= 0.0 {
                continue;
            }
            last = place;
            if left < weight {
                return place;
            }
            left -= weight;
        }
        last
    }

    /// An amount in steps with a chance, nothing else.
    pub(super) fn amount(&mut self, share: f64, median: f64, sigma: f64, step: f64, top: f64) -> i32 {
        if self.chance(share) { stepped(self.lognormal(median, sigma).min(top), step) } else { 0 }
    }
}

/// An amount cut to whole steps.
#[expect(clippy::cast_possible_truncation, reason = "amounts are below two billion")]
pub(super) fn stepped(amount: f64, step: f64) -> i32 {
    ((amount / step).floor() * step) as i32
}
