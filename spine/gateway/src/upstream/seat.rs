//! A seat at a server: as many as it takes calls at once. Whoever holds one may ask it once; freed, it goes to whoever waits in line.

use std::sync::{Arc, atomic::Ordering};

use super::Upstream;

/// The right to ask a server once.
pub(crate) struct Seat {
    pub(super) upstream: Arc<Upstream>,
}

impl Upstream {
    /// A seat, where one is free.
    pub(crate) fn take_seat(self: &Arc<Self>) -> Option<Seat> {
        let more = |taken: u32| (taken < self.capacity).then(|| taken + 1);
        let taken = self.in_flight.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more);
        taken.is_ok().then(|| Seat { upstream: Arc::clone(self) })
    }

    /// A seat, free or not: for what does not queue.
    pub(super) fn squeeze_in(self: &Arc<Self>) -> Seat {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        Seat { upstream: Arc::clone(self) }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.upstream.in_flight.fetch_sub(1, Ordering::SeqCst);
        self.upstream.line.ring();
    }
}
