//! Where a run's time and memory go.

use crate::chunk::Chunk;
use crate::table::{Raw, Values};
use crate::write::Answer;
use maru_rules::run::Column;
use parquet::data_type::ByteArray;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// Time by phase, added up over all threads (on the clock: a thread that waits for a processor counts on), and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Compiling the question and opening the files; once, on one thread.
    pub prepare: Duration,
    /// Reading, unpacking and decoding the columns needed, and cutting them into whole households.
    pub read: Duration,
    /// Turning a file's values into those of the rules: enumerations, decimals, missing cells.
    pub convert: Duration,
    /// The rules.
    pub calculate: Duration,
    /// Encoding, packing and writing the answers.
    pub write: Duration,
    /// Waiting until answers of earlier row groups are written.
    pub wait: Duration,
    /// Bytes of facts and keys, unpacked, as they pass through memory.
    pub bytes_read: u64,
    /// Bytes of keys and results before they are packed.
    pub bytes_written: u64,
    /// The most bytes of facts and keys that one chunk held.
    pub most_bytes_of_a_chunk: u64,
}

impl Phases {
    /// Does something and adds the time that it took to a phase.
    pub(crate) fn timed<T>(phase: &mut Duration, what: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let outcome = what();
        *phase += begin.elapsed();
        outcome
    }

    pub(crate) fn has_read(&mut self, chunk: &Chunk) {
        let facts: u64 = chunk.facts.iter().map(bytes_of_values).sum();
        let bytes = facts + bytes_of_keys(&chunk.keys);
        self.bytes_read += bytes;
        self.most_bytes_of_a_chunk = self.most_bytes_of_a_chunk.max(bytes);
    }
}

impl AddAssign for Phases {
    fn add_assign(&mut self, other: Self) {
        self.prepare += other.prepare;
        self.read += other.read;
        self.convert += other.convert;
        self.calculate += other.calculate;
        self.write += other.write;
        self.wait += other.wait;
        self.bytes_read += other.bytes_read;
        self.bytes_written += other.bytes_written;
        self.most_bytes_of_a_chunk = self.most_bytes_of_a_chunk.max(other.most_bytes_of_a_chunk);
    }
}

/// How many bytes an answer takes up in memory.
pub(crate) fn bytes_of_answer(answer: &Answer) -> u64 {
    bytes_of_keys(&answer.keys) + answer.columns.iter().map(bytes_of_column).sum::<u64>()
}

fn bytes_of_keys(keys: &[Vec<Raw>]) -> u64 {
    keys.iter().flatten().map(bytes_of_raw).sum()
}

fn bytes_of_values(values: &Values) -> u64 {
    bytes_of_raw(&values.raw) + size_of_all(&values.missing)
}

fn bytes_of_raw(raw: &Raw) -> u64 {
    match raw {
        Raw::Bool(values) => size_of_all(values),
        Raw::Int(values) => size_of_all(values),
        Raw::Single(values) => size_of_all(values),
        Raw::Float(values) => size_of_all(values),
        Raw::Text(values) => size_of_all(values) + values.iter().map(ByteArray::len).sum::<usize>() as u64,
    }
}

fn bytes_of_column(column: &Column) -> u64 {
    match column {
        Column::Bool(values) => size_of_all(values),
        Column::Int(values) | Column::Scaled { values, .. } => size_of_all(values),
        Column::Small { values, .. } => values.bytes() as u64,
        Column::Ratio(values) => size_of_all(values),
        Column::Single(values) => size_of_all(values),
        Column::Float(values) => size_of_all(values),
        Column::Text(values) => size_of_all(values),
    }
}

fn size_of_all<T>(values: &[T]) -> u64 {
    size_of_val(values) as u64
}
