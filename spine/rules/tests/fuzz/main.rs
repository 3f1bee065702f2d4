//! Packages that were damaged at random: whatever is in them, reading and calculating end in an answer or an error, never in
//! a panic, a hang or without memory.
//!
//! By itself it tries a few dozen; for an hour: `MARU_FUZZ_SECONDS=3600 cargo test -p maru-rules --release --test fuzz`.
//! A failure names its seed; `MARU_FUZZ_SEED` begins there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]
#![allow(clippy::print_stderr, reason = "a long run says how far it came")]

use maru_rules::{command, period::Instant, simulation::Options, system::Package};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// How many packages are tried without further notice.
const CASES: u64 = 40;
/// How long one package may take.
const LONGEST: Duration = Duration::from_mins(2);
/// The most memory that the process may come to, in KiB.
const MOST_MEMORY: u64 = 6 << 20;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// `SplitMix64`: the same cases on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

/// What is put into files beside their own pieces.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "=",
    "\"",
    "'",
    "\n",
    "\n    ",
    "    ",
    "#",
    "@",
    "*",
    "**",
    "//",
    "-",
    "~",
    "0",
    "-1",
    "1e308",
    "9223372036854775807",
    "None",
    "True",
    "not ",
    "lambda x: ",
    "yield ",
    "return ",
    "while True:\n",
    "for x in range(1000000):\n",
    "if ",
    "else:",
    "match x:\n",
    "case _:\n",
    "import os\n",
    "class A(A):\n",
    "super().",
    "self",
    "person",
    "period",
    "parameters",
    "period.last_year",
    "period.offset(-1)",
    "ETERNITY",
    "DAY",
    "formula_0000",
    "\u{0}",
    "\u{feff}",
    "가",
    "&a",
    "*a",
    "!!int",
    "- ",
    "2026-01-01",
    "9999-99-99",
    "values:",
    "brackets:",
    "..",
    "|",
];

fn damage(text: &str, chance: &mut Chance) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(6) {
        let length = characters.len();
        let place = chance.below(length + 1);
        let until = (place + chance.below(60)).min(length);
        match chance.below(6) {
            0 => drop(characters.drain(place..until)),
            1 => {
                let piece: Vec<char> = characters[place..until].to_vec();
                let target = chance.below(length + 1);
                characters.splice(target..target, piece);
            }
            2 | 3 => {
                let piece = PIECES[chance.below(PIECES.len())];
                characters.splice(place..place, piece.chars());
            }
            4 if place < length => characters[place] = char::from(u8::try_from(chance.below(128)).unwrap()),
            _ => {
                let piece = PIECES[chance.below(PIECES.len())].repeat(1 + chance.below(300));
                characters.splice(place..place, piece.chars());
            }
        }
    }
    characters.into_iter().collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "py" || ending == "yaml") {
            found.push(entry);
        }
    }
}

/// A copy of a package in the tree with a few of its files damaged, read, tried and asked.
fn one(source: &Path, seed: u64) {
    let mut chance = Chance(seed);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(source.file_name().unwrap());
    let mut all = Vec::new();
    files(source, &mut all);
    // Tests are not read here, and some of the files are left out: a package with holes.
    all.retain(|file| !file.starts_with(source.join("tests")));
    for file in &all {
        let target = root.join(file.strip_prefix(source).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        match chance.below(24) {
            0 => {}
            1 | 2 => std::fs::write(target, damage(&text, &mut chance)).unwrap(),
            _ => std::fs::write(target, text).unwrap(),
        }
    }
    let Ok(package) = Package::load(&root) else { return };
    let _ = command::check(&package, Instant::new(2026, 1, 1).unwrap());
    let mut person = json!({});
    for variable in package.system.variables.values().take(400) {
        if package.system.entities[variable.entity].is_person {
            person[&*variable.name] = json!({ "2026-01": null });
        }
    }
    let plural = package.system.entities[package.system.person].plural.to_string();
    let _ = command::calculate(&package, &json!({ plural: { "a": person } }), Options::default());
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[test]
fn damaged_packages_do_no_harm() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |about| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        before(about);
    }));
    // A law of some size, and a small nation that has every part of the language: three of four cases are of the latter.
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let [korea, nation] = ["../../laws/korea/openfisca_korea", "tests/language/nation"]
        .map(|folder| here.join(folder).canonicalize().unwrap());
    let begin = std::time::Instant::now();
    let seconds = number("MARU_FUZZ_SECONDS").map(Duration::from_secs);
    let first = number("MARU_FUZZ_SEED").unwrap_or(1);
    let mut tried = 0;
    for seed in first.. {
        if seconds.map_or(tried >= CASES, |seconds| begin.elapsed() >= seconds) {
            break;
        }
        let (done, finished) = mpsc::channel();
        let from = if seed % 4 == 0 { korea.clone() } else { nation.clone() };
        let worker = std::thread::spawn(move || {
            one(&from, seed);
            let _ = done.send(());
        });
        match finished.recv_timeout(LONGEST) {
            Ok(()) => worker.join().unwrap(),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("seed {seed} takes more than {LONGEST:?}"),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("seed {seed} panics"),
        }
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "seed {seed} panics");
        assert!(memory() < MOST_MEMORY, "seed {seed}: the process came to {} MiB", memory() / 1024);
        tried += 1;
    }
    eprintln!("{tried} damaged packages in {:?}, at most {} MiB", begin.elapsed(), memory() / 1024);
}
