//! How often something may be done: a token bucket for each key, in bounded memory. Pure: time is an argument.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// A bucket: so many at once, then one more after each interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many at once; at least 1.
    pub burst: u32,
    /// After what time one more is allowed.
    pub interval: Duration,
}

impl RateLimit {
    /// `count` in each minute, all of them at once if need be.
    pub const fn per_minute(count: u32) -> Self {
        let count = if count == 0 { 1 } else { count };
        Self { burst: count, interval: Duration::from_micros(60_000_000 / count as u64) }
    }
}

/// Too many: nothing was taken from the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; try again in {} seconds", .retry_after.as_millis().div_ceil(1_000))]
pub struct TooMany {
    /// After what time the next is allowed.
    pub retry_after: Duration,
}

/// Buckets by key. It remembers between half and all of its capacity of the keys seen last, and forgets who was longer
/// away: then their bucket is full again. Each key takes some twenty bytes.
#[derive(Debug)]
pub struct RateLimiter {
    limit: RateLimit,
    half: usize,
    hasher: RandomState,
    buckets: Mutex<Generations>,
}

/// For each key the instant, in microseconds, at which its bucket is full again.
#[derive(Debug, Default)]
struct Generations {
    recent: HashMap<u64, i64>,
    older: HashMap<u64, i64>,
}

impl RateLimiter {
    /// Buckets of `limit` for at most `capacity` keys.
    pub fn new(limit: RateLimit, capacity: usize) -> Self {
        Self { limit, half: (capacity / 2).max(1), hasher: RandomState::new(), buckets: Mutex::default() }
    }

    /// Takes one from the bucket of `key`, or says after what time there is one.
    pub fn check(&self, key: &impl Hash, now: Timestamp) -> Result<(), TooMany> {
        let key = self.hasher.hash_one(key);
        let now = now.as_microsecond();
        let interval = microseconds(self.limit.interval);
        let allowance = interval.saturating_mul(i64::from(self.limit.burst.max(1)));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.recent.get(&key).or_else(|| buckets.older.get(&key)).copied().unwrap_or(now);
        // A clock that was set back must not lock anybody out for longer than an empty bucket does.
        let full_at = full_at.clamp(now, now.saturating_add(allowance));
        let then = full_at.saturating_add(interval);
        let over = then.saturating_sub(now).saturating_sub(allowance);
        let refused = over > 0;
        if buckets.recent.len() >= self.half && !buckets.recent.contains_key(&key) {
            buckets.older = std::mem::take(&mut buckets.recent);
        }
        // Who is refused stays remembered too: knocking on must not make anybody forgotten.
        buckets.recent.insert(key, if refused { full_at } else { then });
        if refused {
            return Err(TooMany { retry_after: Duration::from_micros(over.unsigned_abs()) });
        }
        Ok(())
    }

    /// How many keys are remembered; for measurements.
    pub fn remembered(&self) -> usize {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.recent.len() + buckets.older.len()
    }
}

fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The address as a key of buckets: one network of IPv6 (/64) counts as one, since whoever has one address of it has
/// all of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6(Ipv6Addr::from(u128::from(six) & !u128::from(u64::MAX))),
        },
    }
}
