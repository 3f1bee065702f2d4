//! Checks, tests and measures a package: `cargo run -p maru-rules --release --example rules -- test PACKAGE [PATHS…]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to the terminal")]

use maru_rules::run::Mode;
use maru_rules::system::Package;
use maru_rules::yaml_tests::{TestOptions, Verdict};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().ok_or("name a command: test")?;
    let folder = PathBuf::from(arguments.next().ok_or("name the package's folder")?);
    let package = Package::load(&folder)?;
    eprintln!("{} {}: {} variables", package.name, package.version, package.system.variables.len());
    for diagnostic in &package.diagnostics {
        eprintln!("{diagnostic}\n");
    }
    if command == "test" {
        let mut options = TestOptions::default();
        let mut paths = Vec::new();
        for argument in arguments {
            if argument == "--parity" {
                options.mode = Mode::Parity;
            } else {
                paths.push(PathBuf::from(argument));
            }
        }
        if paths.is_empty() {
            paths.push(folder.join("tests"));
        }
        let results = package.test(&paths, &options);
        let mut counts = [0_usize; 3];
        for result in &results {
            match &result.verdict {
                Verdict::Passed => counts[0] += 1,
                Verdict::Failed(message) => {
                    counts[1] += 1;
                    println!("{}:{} {}\n{message}\n", result.file.display(), result.line, result.name);
                }
                Verdict::Skipped(_) => counts[2] += 1,
            }
        }
        println!("{} passed, {} failed, {} skipped", counts[0], counts[1], counts[2]);
    }
    Ok(())
}
