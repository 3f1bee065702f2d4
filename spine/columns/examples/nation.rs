//! Calculates a folder of Parquet files and says how long it took and how much memory it held:
//! `cargo run -p maru-columns --release --example nation -- PACKAGE INPUT OUTPUT PERIOD a,b [THREADS]`.
#![allow(clippy::print_stdout, reason = "an example speaks to the terminal")]
#![allow(clippy::cast_precision_loss, reason = "a measurement is shown with few digits")]

use maru_columns::{Phases, Question, run_parquet};
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
        done: None,
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
    // Last, since it takes memory of its own to copy.
    show(&report.phases, threads);
    Ok(())
}

/// Time and bytes by phase, and how much of the time a mere copy of the same bytes would take.
fn show(phases: &Phases, threads: usize) {
    println!("\nphase       s of all threads");
    let lines = [
        ("prepare", phases.prepare),
        ("read", phases.read),
        ("convert", phases.convert),
        ("calculate", phases.calculate),
        ("write", phases.write),
        ("wait", phases.wait),
    ];
    for (name, time) in lines {
        println!("{name:10}  {:8.2}", time.as_secs_f64());
    }
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "{:.0} MB of facts and keys in, {:.0} MB of keys and results out",
        megabytes(phases.bytes_read),
        megabytes(phases.bytes_written)
    );
    println!("at most {:.0} MB of facts in one chunk of each thread", megabytes(phases.most_bytes_of_a_chunk));
    let bandwidth = copied_per_second(threads);
    let bytes = (phases.bytes_read + phases.bytes_written) as f64;
    println!(
        "copying runs at {:.1} GB/s on {threads} threads: these bytes take {:.2} s",
        bandwidth / 1e9,
        bytes / bandwidth
    );
}

/// Bytes a second that the threads together copy from memory to memory.
fn copied_per_second(threads: usize) -> f64 {
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(copied_by_one)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_default()).sum()
    })
}

fn copied_by_one() -> f64 {
    const BYTES: usize = 256 << 20;
    const TIMES: usize = 8;
    let from = vec![1_u8; BYTES];
    // Written once before the clock runs, so that the system has given every page.
    let mut to = vec![2_u8; BYTES];
    let begin = Instant::now();
    for _ in 0..TIMES {
        to.copy_from_slice(std::hint::black_box(&from));
        std::hint::black_box(&to);
    }
    (TIMES * BYTES) as f64 / begin.elapsed().as_secs_f64()
}
