//! How busy the server is with people: where it is, work for which nobody waits steps back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

/// Requests at once from which on there is a crowd.
const CROWDED: usize = 8;
/// Requests a second, for each processor, from which on there is a rush, however quickly each is answered: a job takes its
/// time from them on threads that do not step back too, those that read the database and the one that writes it.
const RUSH: f64 = 250.0;
/// Over how long requests are counted.
const COUNTED: Duration = Duration::from_millis(200);

/// The requests that are being answered, and how many came. Clone it freely.
#[derive(Debug, Clone, Default)]
pub(crate) struct Crowd(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    present: AtomicUsize,
    came: AtomicUsize,
}

/// One of the crowd: leaves it also when its connection breaks.
struct Present(Crowd);

impl Drop for Present {
    fn drop(&mut self) {
        self.0.0.present.fetch_sub(1, Relaxed);
    }
}

impl Crowd {
    fn enter(&self) -> Present {
        self.0.present.fetch_add(1, Relaxed);
        self.0.came.fetch_add(1, Relaxed);
        Present(self.clone())
    }
}

/// Counts a request among the crowd until it is answered.
pub(crate) async fn count(State(crowd): State<Crowd>, request: Request, next: Next) -> Response {
    let _present = crowd.enter();
    next.run(request).await
}

/// Looks at the crowd now and then, for somebody who may step back.
#[derive(Debug)]
pub(crate) struct Lookout {
    crowd: Crowd,
    processors: usize,
    /// Since when requests are counted, and how many had come then.
    since: (Instant, usize),
    is_rush: bool,
}

impl Lookout {
    /// Over `crowd`, on a machine of so many processors.
    pub(crate) fn new(crowd: Crowd, processors: usize, now: Instant) -> Self {
        let came = crowd.0.came.load(Relaxed);
        Self { crowd, processors, since: (now, came), is_rush: false }
    }

    /// Whether so many people are there, or come so quickly, that others step back.
    pub(crate) fn is_busy(&mut self, now: Instant) -> bool {
        let (since, before) = self.since;
        let elapsed = now.saturating_duration_since(since);
        if elapsed >= COUNTED {
            let came = self.crowd.0.came.load(Relaxed);
            let a_second = came.wrapping_sub(before) as f64 / elapsed.as_secs_f64();
            self.is_rush = a_second >= RUSH * self.processors as f64;
            self.since = (now, came);
        }
        self.is_rush || self.crowd.0.present.load(Relaxed) >= CROWDED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookout(crowd: &Crowd) -> (Lookout, Instant) {
        let now = Instant::now();
        (Lookout::new(crowd.clone(), 2, now), now)
    }

    #[test]
    fn many_at_once_are_a_crowd_until_they_have_left() {
        let crowd = Crowd::default();
        let (mut lookout, now) = lookout(&crowd);
        let people: Vec<Present> = (0..CROWDED).map(|_| crowd.enter()).collect();
        assert!(lookout.is_busy(now));
        drop(people);
        assert!(!lookout.is_busy(now));
    }

    #[test]
    fn many_after_one_another_are_a_rush_until_they_cease() {
        let crowd = Crowd::default();
        let (mut lookout, mut now) = lookout(&crowd);
        let mut after = |lookout: &mut Lookout, requests: usize, milliseconds: u64| {
            for _ in 0..requests {
                drop(crowd.enter());
            }
            now += Duration::from_millis(milliseconds);
            lookout.is_busy(now)
        };
        assert!(!after(&mut lookout, 90, 200), "450 a second");
        assert!(after(&mut lookout, 110, 200), "550 a second");
        assert!(after(&mut lookout, 0, 10), "not looked at again so soon");
        assert!(!after(&mut lookout, 0, 200));
        assert!(!after(&mut lookout, 110, 1_000), "110 a second");
    }
}
