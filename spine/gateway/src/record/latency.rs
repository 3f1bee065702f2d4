//! Times in few buckets: eight to every doubling, so that a percentile is known to within an eighth.

/// The bucket of so many microseconds.
pub(crate) fn bucket(micros: u64) -> u32 {
    if micros < 8 {
        return u32::try_from(micros).unwrap_or_default();
    }
    let exponent = micros.ilog2();
    let eighth = (micros >> (exponent - 3)) & 7;
    (exponent - 2) * 8 + u32::try_from(eighth).unwrap_or_default()
}

/// The longest time in a bucket, in microseconds.
pub(crate) fn longest(bucket: u32) -> u64 {
    if bucket < 8 {
        return u64::from(bucket);
    }
    let exponent = (bucket / 8 + 2).min(63);
    let width = 1_u64 << (exponent - 3);
    (1_u64 << exponent).saturating_add(width.saturating_mul(u64::from(bucket % 8) + 1)).saturating_sub(1)
}

/// How many calls took how long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies(std::collections::BTreeMap<u32, u64>);

impl Latencies {
    pub(crate) fn add(&mut self, bucket: u32, calls: u64) {
        *self.0.entry(bucket).or_default() += calls;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (bucket, calls) in &other.0 {
            self.add(*bucket, *calls);
        }
    }

    /// How many calls.
    pub fn calls(&self) -> u64 {
        self.0.values().sum()
    }

    /// The time in microseconds within which this share of the calls (0 to 1) had its first byte; nothing without calls. It is at most
    /// an eighth too long.
    pub fn percentile(&self, share: f64) -> Option<u64> {
        let wanted = share.clamp(0.0, 1.0) * self.calls() as f64;
        let mut seen = 0;
        let reached = self.0.iter().find(|(_, calls)| {
            seen += **calls;
            seen as f64 >= wanted
        });
        reached.map(|(bucket, _)| longest(*bucket))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_time_lies_in_its_bucket_and_near_its_end(micros in 0_u64..1 << 50) {
            let end = longest(bucket(micros));
            prop_assert!(micros <= end && end <= micros + micros / 8 + 1, "{micros} {end}");
            prop_assert!(bucket(end) == bucket(micros) && bucket(end + 1) == bucket(micros) + 1);
        }
    }

    #[test]
    fn percentiles_are_read_off_the_buckets() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile(0.5), None);
        for micros in 1..=100_000 {
            latencies.add(bucket(micros), 1);
        }
        let half = latencies.percentile(0.5).unwrap();
        assert!((50_000..=56_250).contains(&half), "{half}");
        assert_eq!(latencies.calls(), 100_000);
    }
}
