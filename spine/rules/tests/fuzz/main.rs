//! Packages that were damaged at random, and laws that were written at random: whatever is in them, reading and calculating end in an
//! answer or an error, never in a panic, a hang or without memory; and a nation calculated together, by programs of vector steps, has what
//! its families have calculated a few at a time, to the last unit, in both modes.
//!
//! By itself it tries a few dozen of each; for an hour:
//! `MARU_FUZZ_SECONDS=1800 cargo test -p maru-rules --test fuzz -- --nocapture --test-threads=1`.
//! A failure names its seed; `MARU_FUZZ_SEED` begins there, `MARU_FUZZ_LAW=FILE` writes down the law that was drawn last.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]
#![allow(clippy::many_single_char_names, reason = "a, b and c are the sides of an operation")]
#![allow(clippy::print_stderr, reason = "a long run says how far it came")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers drawn are small"
)]

mod chance;
mod damage;
mod laws;
mod nation;
#[allow(dead_code, reason = "the helper is shared with the other tests of the engine")]
#[path = "../it/package.rs"]
mod package;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Once, mpsc};
use std::time::Duration;

/// How many cases are tried without further notice.
const CASES: u64 = 40;
/// How long one case may take.
const LONGEST: Duration = Duration::from_mins(2);
/// The most memory that the process may come to, in KiB.
const MOST_MEMORY: u64 = 6 << 20;

static PANICS: AtomicUsize = AtomicUsize::new(0);
static HOOK: Once = Once::new();

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Tries one case after the other, each on a thread of its own, until there were enough or the time is over.
fn campaign(what: &str, one: impl Fn(u64) + Clone + Send + 'static) {
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |about| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            before(about);
        }));
    });
    let begin = std::time::Instant::now();
    let seconds = number("MARU_FUZZ_SECONDS").map(Duration::from_secs);
    let first = number("MARU_FUZZ_SEED").unwrap_or(1);
    let mut tried = 0;
    for seed in first.. {
        if seconds.map_or(tried >= CASES, |seconds| begin.elapsed() >= seconds) {
            break;
        }
        let (done, finished) = mpsc::channel();
        let one = one.clone();
        let worker = std::thread::spawn(move || {
            one(seed);
            let _ = done.send(());
        });
        match finished.recv_timeout(LONGEST) {
            Ok(()) => worker.join().unwrap(),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what}: seed {seed} takes more than {LONGEST:?}"),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{what}: seed {seed} panics"),
        }
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "{what}: seed {seed} panics");
        assert!(memory() < MOST_MEMORY, "{what}: at seed {seed} the process came to {} MiB", memory() / 1024);
        tried += 1;
    }
    eprintln!("{tried} {what} in {:?}, at most {} MiB", begin.elapsed(), memory() / 1024);
}

#[test]
fn damaged_packages_do_no_harm() {
    // A law of some size, and a small nation that has every part of the language: three of four cases are of the latter.
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let [korea, nation] = ["../../laws/korea/openfisca_korea", "tests/language/nation"]
        .map(|folder| here.join(folder).canonicalize().unwrap());
    campaign("damaged packages", move |seed| damage::one(if seed.is_multiple_of(4) { &korea } else { &nation }, seed));
}

#[test]
fn laws_at_random_say_the_same_in_every_way() {
    campaign("laws at random", laws::one);
}
