//! Calculates a folder of Parquet files and says how long it took and how much memory it held:
//! `cargo run -p maru-columns --release --example nation -- PACKAGE INPUT OUTPUT PERIOD a,b [THREADS]`.
#![allow(clippy::print_stdout, reason = "an example speaks to the terminal")]
#![allow(clippy::disallowed_methods, reason = "a measurement needs a clock")]

use maru_columns::{Question, run_parquet};
use maru_rules::period::Period;
use maru_rules::simulation::Options;
use maru_rules::system::Package;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [package, input, output, period, variables, rest @ ..] = arguments.as_slice() else {
        return Err("nation PACKAGE INPUT OUTPUT PERIOD a,b [THREADS]".into());
    };
    let package = Package::load(Path::new(package))?;
    let variables: Vec<String> = variables.split(',').map(str::to_owned).collect();
    let threads = rest.first().map_or(Ok(2), |text| text.parse())?;
    let question = Question {
        input: Path::new(input),
        output: Path::new(output),
        period: Period::parse(period).ok_or("the period is not one, such as 2026-03")?,
        variables: &variables,
        options: Options { threads, ..Options::default() },
    };
    let begin = Instant::now();
    let report = run_parquet(&package, &question)?;
    let elapsed = begin.elapsed().as_secs_f64();
    println!("{} persons, {} columns of facts, {elapsed:.2} s", report.persons, report.facts);
    for written in report.written {
        println!("{}: {} rows", written.path.display(), written.rows);
    }
    for unknown in report.unknown {
        println!("not read, no variable of the package: {unknown}");
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("most memory held: {}", line.trim_start_matches("VmHWM:").trim());
    }
    Ok(())
}
