//! Parts of a population on every thread, and what comes of them in the order of the parts.

use std::sync::mpsc::sync_channel;

/// How many threads take parts of their own, and how many work within each: where there are fewer parts than threads, those without one help.
pub fn shared(threads: usize, parts: usize) -> (usize, usize) {
    let workers = threads.min(parts).max(1);
    (workers, (threads / workers).max(1))
}

/// Makes `count` things on so many threads and hands them to `take` in their order. No thread is ahead by more than one thing that
/// nobody has taken yet, which bounds what is held.
///
/// # Errors
/// The first in order that `make` or `take` gives; nothing is made or taken after it.
pub fn in_order<T: Send, E: Send>(
    count: usize,
    threads: usize,
    make: impl Fn(usize) -> Result<T, E> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    if threads <= 1 {
        return (0..count).try_for_each(|place| take(place, make(place)?));
    }
    let threads = threads.min(count);
    let make = &make;
    std::thread::scope(|scope| {
        let begin = |first: usize| {
            let (give, given) = sync_channel(0);
            scope.spawn(move || {
                for place in (first..count).step_by(threads) {
                    let one = make(place);
                    let is_last = one.is_err();
                    // Nobody takes any more where an earlier one failed.
                    if give.send(one).is_err() || is_last {
                        return;
                    }
                }
            });
            given
        };
        let threads: Vec<_> = (0..threads).map(begin).collect();
        for (place, from) in (0..count).zip(threads.iter().cycle()) {
            // A thread that panicked gives nothing more; the scope passes its panic on.
            let Ok(one) = from.recv() else { break };
            take(place, one?)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn things_come_in_order_whatever_the_number_of_threads() {
        for threads in [0, 1, 2, 3, 8] {
            let mut taken = Vec::new();
            let made = in_order(
                7,
                threads,
                |place| Ok::<_, ()>(place * 10),
                |place, one| {
                    taken.push((place, one));
                    Ok(())
                },
            );
            assert_eq!(made, Ok(()));
            assert_eq!(taken, (0..7).map(|place| (place, place * 10)).collect::<Vec<_>>(), "{threads} threads");
        }
        assert_eq!(in_order(0, 4, |_| Err::<(), _>("made"), |_, ()| Err("taken")), Ok(()));
    }

    #[test]
    fn threads_without_a_part_help_within_one() {
        let told = [(0, 5), (2, 256), (8, 3), (4, 1), (4, 0)].map(|(threads, parts)| shared(threads, parts));
        assert_eq!(told, [(1, 1), (2, 1), (3, 2), (1, 4), (1, 4)]);
    }

    #[test]
    fn the_first_failure_ends_it() {
        let asked = AtomicUsize::new(0);
        let make = |place| {
            asked.fetch_add(1, Ordering::Relaxed);
            if place >= 3 { Err(place) } else { Ok(place) }
        };
        let mut taken = 0;
        let outcome = in_order(100_000, 2, make, |_, _| {
            taken += 1;
            Ok(())
        });
        assert_eq!((outcome, taken), (Err(3), 3));
        assert!(asked.load(Ordering::Relaxed) < 8, "nobody goes on");
        assert_eq!(in_order(9, 3, Ok, |place, _| if place == 4 { Err("enough") } else { Ok(()) }), Err("enough"));
    }
}
