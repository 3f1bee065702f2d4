//! How often a call may be sent once more: a server that is ill gets worse when everybody asks again.

use std::sync::atomic::{AtomicU32, Ordering};

/// A retry is earned by so many calls.
const CALLS_OF_A_RETRY: u32 = 5;
/// Retries that are at hand at most: all calls that are under way when one of several servers dies are sent to the others.
const AT_HAND: u32 = 1_000;

/// The second attempts that the calls of one model may still cause.
#[derive(Debug)]
pub(crate) struct Retries {
    /// In parts of a retry, as many as a retry takes calls to earn.
    parts: AtomicU32,
}

impl Default for Retries {
    fn default() -> Self {
        Self { parts: AtomicU32::new(AT_HAND * CALLS_OF_A_RETRY) }
    }
}

impl Retries {
    /// A call is made.
    pub(crate) fn earn(&self) {
        let more = |parts: u32| (parts < AT_HAND * CALLS_OF_A_RETRY).then(|| parts + 1);
        let _ = self.parts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Whether a call may be sent once more.
    pub(crate) fn spend(&self) -> bool {
        let less = |parts: u32| parts.checked_sub(CALLS_OF_A_RETRY);
        self.parts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_end_and_calls_earn_new_ones() {
        let retries = Retries::default();
        assert_eq!((0..5_000).filter(|_| retries.spend()).count(), 1_000);
        for _ in 0..4 {
            retries.earn();
        }
        assert!(!retries.spend());
        retries.earn();
        assert!(retries.spend() && !retries.spend(), "five calls, one retry");
    }
}
