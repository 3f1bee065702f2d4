//! Token buckets: exact, bounded, fair.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use jiff::Timestamp;
use maru_identity::{RateLimit, RateLimiter, network};
use proptest::prelude::*;

use crate::support::at;

fn millisecond(number: i64) -> Timestamp {
    Timestamp::from_millisecond(1_793_000_000_000 + number).unwrap()
}

#[test]
fn a_bucket_empties_and_fills_again() {
    let limiter = RateLimiter::new(RateLimit { burst: 3, interval: Duration::from_secs(10) }, 100);
    for _ in 0..3 {
        limiter.check(&"one", at(0)).unwrap();
    }
    let refused = limiter.check(&"one", at(0)).unwrap_err();
    assert_eq!(refused.retry_after, Duration::from_secs(10));
    assert_eq!(refused.to_string(), "too many requests; try again in 10 seconds");
    limiter.check(&"two", at(0)).unwrap();
    assert_eq!(limiter.check(&"one", at(9)).unwrap_err().retry_after, Duration::from_secs(1));
    limiter.check(&"one", at(10)).unwrap();
    assert!(limiter.check(&"one", at(10)).is_err());
    for _ in 0..3 {
        limiter.check(&"one", at(1_000)).unwrap();
    }
    assert!(limiter.check(&"one", at(1_000)).is_err());
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out() {
    let limiter = RateLimiter::new(RateLimit::per_minute(2), 100);
    limiter.check(&1, at(1_000_000)).unwrap();
    assert!(limiter.check(&1, at(0)).is_err(), "as if the bucket were empty");
    limiter.check(&1, at(30)).unwrap();
}

#[test]
fn memory_is_bounded_and_who_knocks_is_not_forgotten() {
    let limiter = RateLimiter::new(RateLimit { burst: 1, interval: Duration::from_hours(1) }, 1_000);
    limiter.check(&u64::MAX, at(0)).unwrap();
    for key in 0..100_000_u64 {
        limiter.check(&key, at(1)).unwrap();
        if key % 100 == 0 {
            assert!(limiter.check(&u64::MAX, at(1)).is_err());
        }
        assert!(limiter.remembered() <= 1_001);
    }
}

#[test]
fn a_network_counts_as_one() {
    let same = |one: &str, other: &str| network(one.parse().unwrap()) == network(other.parse().unwrap());
    assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert!(!same("203.0.113.1", "203.0.113.2"));
    assert!(same("203.0.113.1", "::ffff:203.0.113.1"));
    assert_eq!(network("203.0.113.1".parse().unwrap()), "203.0.113.1".parse::<IpAddr>().unwrap());
}

proptest! {
    /// A slow and simple bucket for each key decides the same.
    #[test]
    fn as_a_simple_bucket_decides(
        burst in 1_u32..5, interval in 1_u64..500, requests in prop::collection::vec((0_u8..4, 0_i64..400), 1..200),
    ) {
        let limit = RateLimit { burst, interval: Duration::from_millis(interval) };
        let limiter = RateLimiter::new(limit, 1_000);
        let mut buckets: HashMap<u8, (f64, i64)> = HashMap::new();
        let mut now = 0;
        for (key, pause) in requests {
            now += pause;
            let (filling, since) = buckets.entry(key).or_insert((f64::from(burst), now));
            let gained = (now - *since) as f64 / interval as f64;
            *filling = (*filling + gained).min(f64::from(burst));
            *since = now;
            // Sums of fractions are not exact; what is a hair below a whole is whole.
            let allowed = *filling >= 1.0 - 1e-9;
            if allowed {
                *filling -= 1.0;
            }
            prop_assert_eq!(limiter.check(&key, millisecond(now)).is_ok(), allowed);
        }
    }
}
