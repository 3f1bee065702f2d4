//! The nation in `tests/language/nation`: one variable for each part of OpenFisca's language, with the values that Core
//! gives. `openfisca test --country-package nation nation/tests`, in that folder, says that they are Core's.

use maru_rules::command;
use maru_rules::period::Instant;
use maru_rules::run::Mode;
use maru_rules::system::Package;
use maru_rules::yaml_tests::{TestOptions, Verdict};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/nation")
}

#[test]
fn every_part_of_the_language_compiles() {
    let package = Package::load(&folder()).unwrap();
    assert!(package.diagnostics.is_empty(), "{:?}", package.diagnostics);
    let coverage = command::check(&package, Instant::new(2026, 1, 1).unwrap()).unwrap();
    let troubles: Vec<String> = coverage
        .unsupported
        .iter()
        .chain(&coverage.raised)
        .map(|trouble| format!("{}\n{}", trouble.variable, trouble.diagnostic))
        .collect();
    assert!(troubles.is_empty(), "{}", troubles.join("\n\n"));
}

#[test]
fn every_value_is_the_one_that_core_gives() {
    let package = Package::load(&folder()).unwrap();
    for mode in [Mode::Exact, Mode::Parity] {
        let options = TestOptions { mode, ..TestOptions::default() };
        let results = package.test(&[folder().join("tests")], &options);
        assert_eq!(results.len(), 13);
        for result in results {
            assert!(matches!(result.verdict, Verdict::Passed), "{mode:?} {}: {:?}", result.name, result.verdict);
        }
    }
}
