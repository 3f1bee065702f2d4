//! How the writer lets others go first. A batch of many events is milliseconds of arithmetic without a pause; where processors are short, a thread
//! that answers somebody would wait for all of it. The niceness of the writer does not help: it says how much of the time a thread gets, not
//! after how long it is interrupted.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// How long the writer goes on before it lets others go first.
const STRETCH: Duration = Duration::from_micros(100);

thread_local! {
    /// When this thread last let others go first; nothing on threads that do not.
    static LAST: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// From now on this thread lets others go first.
pub(crate) fn begin() {
    LAST.set(Some(Instant::now()));
}

/// Whether this thread lets others go first.
pub(crate) fn is_kept() -> bool {
    LAST.get().is_some()
}

/// Where the thread may be interrupted: lets those go first who wait for this processor, if it has worked for a while. Says whether it did.
pub(crate) fn after_you() -> bool {
    let is_due = LAST.get().is_some_and(|last| last.elapsed() >= STRETCH);
    if is_due {
        std::thread::yield_now();
        LAST.set(Some(Instant::now()));
    }
    is_due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_thread_that_is_to_lets_others_go_first_and_not_all_the_time() {
        std::thread::sleep(STRETCH);
        assert!(!after_you(), "nobody said that it shall");
        begin();
        std::thread::sleep(STRETCH);
        assert!(after_you());
        begin();
        let began = Instant::now();
        let again = after_you();
        assert!(!again || began.elapsed() >= STRETCH, "it has only begun");
    }
}
