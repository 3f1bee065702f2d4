//! A thread that has answered looks for the next request a little before it sleeps.
//!
//! Waking a sleeping thread takes longer than answering a small question: on a virtual machine the processor has been given back by then.
//! So after an answer the sockets are looked at again and again, for [`LOOKS_FOR`] at most, and only where the request before came as
//! fast: who asks once a second costs nothing more.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// How long a thread looks for the next request of a connection.
const LOOKS_FOR: Duration = Duration::from_micros(100);

/// How fast requests follow answers on a connection.
#[derive(Debug)]
pub(crate) struct Pace {
    opened: Instant,
    /// When the last answer was ready, in nanoseconds from `opened`; zero before the first.
    answered: AtomicU64,
    /// Whether the last request came soon after the answer before it.
    is_prompt: AtomicBool,
}

impl Pace {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { opened: Instant::now(), answered: AtomicU64::new(0), is_prompt: AtomicBool::new(false) })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Whether the last answer was given less than [`LOOKS_FOR`] ago.
    fn is_fresh(&self) -> bool {
        let answered = self.answered.load(Ordering::Relaxed);
        answered != 0 && u128::from(self.now().saturating_sub(answered)) < LOOKS_FOR.as_nanos()
    }

    /// A request came.
    pub(crate) fn begins(&self) {
        self.is_prompt.store(self.is_fresh(), Ordering::Relaxed);
        // What is being answered is waited for as everything else is.
        self.answered.store(0, Ordering::Relaxed);
    }

    /// Its answer is ready.
    pub(crate) fn ends(&self) {
        self.answered.store(self.now(), Ordering::Relaxed);
    }

    /// Whether the next request is worth looking for.
    fn looks(&self) -> bool {
        self.is_prompt.load(Ordering::Relaxed) && self.is_fresh()
    }
}

/// A connection whose thread looks for the next request before it sleeps.
pub(crate) struct Lingering<F> {
    connection: Pin<Box<F>>,
    pace: Option<Arc<Pace>>,
}

impl<F> Lingering<F> {
    pub(crate) fn new(connection: F, pace: Option<Arc<Pace>>) -> Self {
        Self { connection: Box::pin(connection), pace }
    }
}

impl<F: Future> Future for Lingering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let done = self.connection.as_mut().poll(context);
        if done.is_pending() && self.pace.as_ref().is_some_and(|pace| pace.looks()) {
            // Who waits for this processor, such as the client itself, goes first.
            std::thread::yield_now();
            // The runtime looks at the sockets, without sleeping, before it polls this again.
            let _ = pin!(tokio::task::yield_now()).poll(context);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Never done; counts how often it was polled.
    struct Counted(Arc<AtomicUsize>);

    impl Future for Counted {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Poll::Pending
        }
    }

    async fn polls(pace: &Arc<Pace>) -> usize {
        let count = Arc::new(AtomicUsize::new(0));
        let lingering = Lingering::new(Counted(Arc::clone(&count)), Some(Arc::clone(pace)));
        let _ = tokio::time::timeout(Duration::from_millis(20), lingering).await;
        count.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_thread_looks_again_only_after_requests_that_followed_at_once() {
        let pace = Pace::new();
        let sleeping = polls(&pace).await;
        assert!(sleeping <= 2, "nothing was asked yet: {sleeping}");
        pace.begins();
        pace.ends();
        let sleeping = polls(&pace).await;
        assert!(sleeping <= 2, "one question is no pace: {sleeping}");
        // The end of an answer moves on while the thread of this test is kept from running.
        let looking = loop {
            pace.ends();
            pace.begins();
            pace.ends();
            if pace.looks() {
                break polls(&pace).await;
            }
        };
        assert!(looking > sleeping, "the next question is looked for: {looking}");
        assert!(!pace.looks(), "for a while only");
    }
}
