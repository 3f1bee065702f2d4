//! Files that a ministry attaches to a report as evidence (증빙 파일): what they are, how many and how large they may be, what
//! becomes of them.
//!
//! A file is known by the SHA-256 of its content. The content lies beside the log, sealed under a key of the file's own; the log
//! holds what it is, how large it is, its hash, and sealed under the same key what it is called. Destroying the key erases name and
//! content; who has the file can still show that it is the one.

mod archive;
mod kind;
mod name;
mod picture;
mod refusals;

use jiff::civil::Date;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

pub use kind::{FileKind, charset, recognise};
pub use name::{clean_name, readable_name};
pub use picture::without_metadata;
pub use refusals::FileRefusal;

use super::{entry::Number, quarter::Quarter, recommendation::Actor};

/// The largest file, in bytes.
pub const LARGEST_FILE: usize = 10 << 20;
/// Most files of a report.
pub const MOST_FILES: usize = 5;
/// How much the files that come with one report may have together, in bytes.
pub const LARGEST_TOGETHER: usize = 20 << 20;

/// The job that finishes erasing a file that was withdrawn.
pub const ERASE_JOB: &str = "plan-erase-file";

/// A file that shows what was done, as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// What it is called, with personal data masked; sealed under the file's key.
    pub name: Personal,
    /// What it is, by its content.
    pub kind: FileKind,
    /// How many bytes it has.
    pub size: u64,
    /// SHA-256 of the file as it is kept, in hexadecimal digits.
    pub sha256: String,
}

impl EvidenceFile {
    /// What it is called; nothing after it was withdrawn.
    pub fn name(&self) -> &str {
        self.name.value_or("")
    }
}

/// Under whose key name and content of a file are sealed.
pub fn subject(recommendation: Number, sha256: &str) -> String {
    format!("planfile-{recommendation}-{sha256}")
}

/// That a file was withdrawn: its content is erased, that it was there stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Withdrawn {
    /// Why.
    pub reason: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// For which body.
    pub body: String,
}

/// A file that was ever attached to a report on a recommendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// The file.
    pub file: EvidenceFile,
    /// The quarter of the report that brought it first.
    pub quarter: Quarter,
    /// That it was withdrawn; nothing while it is there.
    pub withdrawn: Option<Withdrawn>,
}

/// Who withdraws a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawer {
    /// The body that reports, until the committee has confirmed.
    Body(Actor),
    /// The committee's secretariat, at any time.
    Secretariat(Actor),
}

impl Withdrawer {
    /// Who it is.
    pub fn actor(self) -> Actor {
        match self {
            Self::Body(actor) | Self::Secretariat(actor) => actor,
        }
    }
}

/// Whether it is a hash as files are known by.
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
