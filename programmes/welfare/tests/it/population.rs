//! The synthetic nation: margins within two per cent, the same for the same seed, and something that can be screened.

use std::fs;

use maru_welfare::{
    population::{Nation, generate},
    screening::{Screening, screen},
};

use crate::support::law;

#[test]
fn margins_hold_and_the_same_seed_makes_the_same_nation() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, threads: usize| {
        let output = folder.path().join(name);
        let nation = Nation { persons: 60_000, seed: 7, output: &output, threads };
        (generate(&nation, |_, _| {}).unwrap(), output)
    };
    let (report, first) = make("first", 1);
    // Some thirty thousand households leave chance in small groups; large ones and the median must hold as in the nation.
    for line in report.lines.iter().filter(|line| line.target > 9_000.0) {
        assert!(line.away().abs() < 0.03, "{line:?}\n{}", report.to_text());
    }
    let (again, second) = make("second", 2);
    assert_eq!(report, again);
    for file in ["person", "household", "couple"] {
        let path = format!("part-00000/{file}.parquet");
        assert_eq!(fs::read(first.join(&path)).unwrap(), fs::read(second.join(&path)).unwrap(), "{path}");
    }
}

#[test]
fn a_small_nation_is_screened() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("nation");
    let nation = Nation { persons: 4_000, seed: 1, output: &output, threads: 1 };
    let report = generate(&nation, |_, _| {}).unwrap();
    let screened = folder.path().join("screened");
    let month = "2026-03".parse().unwrap();
    let question = Screening { population: &output, output: &screened, month, previous: None, threads: 1 };
    let summary = screen(&law(), &question, |_, _, _| true).unwrap();
    assert_eq!((summary.persons, summary.households), (report.persons, report.households));
    for benefit in ["basic_pension", "livelihood_benefit", "rent_support", "child_allowance", "disability_pension"] {
        assert!(summary.benefits[benefit].entitled > 0, "{benefit}: {}", summary.to_text());
    }
}
