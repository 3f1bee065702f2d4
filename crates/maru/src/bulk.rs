//! Many lines in, one line out for each, in order, on all cores; a bad line is reported with its number and the rest goes on.

use std::io::{BufRead, Write};
use std::num::NonZero;

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Lines handed to the workers at a time: enough to keep every core busy, few enough to keep memory small.
const BATCH: usize = 512;

/// What a run over a file came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Lines that were answered.
    pub(crate) done: u64,
    /// Lines that could not be read.
    pub(crate) bad: u64,
}

impl Tally {
    /// The exit code of a bulk command: 0 where every line was read, 2 where some were not.
    pub(crate) fn exit_code(self) -> std::process::ExitCode {
        if self.bad == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::from(2) }
    }
}

/// Answers every JSON line of `input` with one JSON line in `output`, in order.
///
/// # Errors
/// Where the input cannot be read or the output cannot be written; a line that is not the expected JSON is counted in the [`Tally`]
/// and reported on standard error.
pub(crate) fn map_lines<In, Out>(
    input: impl BufRead,
    output: impl Write,
    work: impl Fn(In) -> anyhow::Result<Out> + Sync,
) -> anyhow::Result<Tally>
where
    In: DeserializeOwned + Send,
    Out: Serialize + Send,
{
    map_line_batches(input, output, |batch: Vec<In>| spread(batch, &work))
}

/// Reads every JSON line of `input`, in order; for work that writes nothing.
///
/// # Errors
/// As [`map_lines`].
pub(crate) fn each_line<In: DeserializeOwned>(
    input: impl BufRead,
    mut work: impl FnMut(In) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    map_line_batches(input, std::io::sink(), |batch: Vec<In>| batch.into_iter().map(&mut work).collect())
}

/// As [`map_lines`], for work that wants a whole batch at once.
///
/// # Errors
/// As [`map_lines`].
pub(crate) fn map_line_batches<In, Out>(
    mut input: impl BufRead,
    mut output: impl Write,
    mut work: impl FnMut(Vec<In>) -> Vec<anyhow::Result<Out>>,
) -> anyhow::Result<Tally>
where
    In: DeserializeOwned,
    Out: Serialize,
{
    let mut tally = Tally::default();
    let mut number = 0_u64;
    loop {
        let (numbers, batch, ended) = read_batch(&mut input, &mut number, &mut tally)?;
        for (line, answer) in numbers.into_iter().zip(work(batch)) {
            match answer {
                Ok(answer) => {
                    serde_json::to_writer(&mut output, &answer).context("the output could not be written")?;
                    output.write_all(b"\n").context("the output could not be written")?;
                    tally.done += 1;
                }
                Err(error) => report(line, &error, &mut tally),
            }
        }
        if ended {
            output.flush().context("the output could not be written")?;
            return Ok(tally);
        }
    }
}

fn read_batch<In: DeserializeOwned>(
    input: &mut impl BufRead,
    number: &mut u64,
    tally: &mut Tally,
) -> anyhow::Result<(Vec<u64>, Vec<In>, bool)> {
    let (mut numbers, mut batch, mut line) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH), Vec::new());
    while batch.len() < BATCH {
        line.clear();
        if input.read_until(b'\n', &mut line).context("the input could not be read")? == 0 {
            return Ok((numbers, batch, true));
        }
        *number += 1;
        let text = line.trim_ascii();
        // A byte-order mark before the first line and empty lines are no errors.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice(text) {
            Ok(value) => {
                numbers.push(*number);
                batch.push(value);
            }
            Err(error) => report(*number, &error.into(), tally),
        }
    }
    Ok((numbers, batch, false))
}

/// The error of a line may quote what it expected, never the line itself: lines hold personal data.
fn report(line: u64, error: &anyhow::Error, tally: &mut Tally) {
    tally.bad += 1;
    let _ = writeln!(std::io::stderr(), "line {line}: {error:#}; skipped");
}

/// Spreads a batch over the cores and puts the answers back in order.
fn spread<In: Send, Out: Send>(
    batch: Vec<In>,
    work: &(impl Fn(In) -> anyhow::Result<Out> + Sync),
) -> Vec<anyhow::Result<Out>> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = batch.len().div_ceil(workers).max(1);
    let mut batch = batch.into_iter();
    let shares: Vec<Vec<In>> =
        std::iter::from_fn(|| Some(batch.by_ref().take(share).collect::<Vec<_>>()).filter(|share| !share.is_empty()))
            .collect();
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| (share.len(), scope.spawn(move || share.into_iter().map(work).collect::<Vec<_>>())))
            .collect();
        running
            .into_iter()
            .flat_map(|(length, handle)| {
                handle.join().unwrap_or_else(|_| {
                    (0..length).map(|_| Err(anyhow::anyhow!("this line could not be worked on"))).collect()
                })
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_bad_lines_are_counted() {
        let input: String =
            (0..2_000).map(|n| if n % 100 == 7 { "{nonsense\n".into() } else { format!("{n}\n") }).collect();
        let mut output = Vec::new();
        let tally = map_lines(input.as_bytes(), &mut output, |n: u64| Ok(n * 2)).unwrap();
        assert_eq!(tally, Tally { done: 1_980, bad: 20 });
        let numbers: Vec<u64> = String::from_utf8(output).unwrap().lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(numbers, (0..2_000).filter(|n| n % 100 != 7).map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_byte_order_mark_and_empty_lines_are_no_errors() {
        let mut output = Vec::new();
        let tally = map_lines("\u{feff}1\n\n2".as_bytes(), &mut output, |n: u64| Ok(n)).unwrap();
        assert_eq!((tally, output.as_slice()), (Tally { done: 2, bad: 0 }, b"1\n2\n".as_slice()));
    }
}
