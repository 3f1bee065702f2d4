//! What is imported, and what came of it.

use std::{fmt, io::BufRead, path::PathBuf, sync::Arc};

/// A file (already unpacked) or folder to import.
pub struct ImportSource {
    /// Its name in reports and progress: the path that the person gave.
    pub name: String,
    /// What it holds.
    pub content: ImportContent,
}

/// A reader of an unpacked file.
pub type Reader = Box<dyn BufRead + Send>;

/// What a source holds. Texts are UTF-8, with or without a byte-order mark.
pub enum ImportContent {
    /// One article per JSON line: `law, kind, ministry[], effective, article, heading, text, url`. Every version of an act (title and date)
    /// that the file holds replaces what was imported of it before.
    StatuteLines(Reader),
    /// A folder, searched to its leaves, with one Markdown file per act, YAML front matter first, as public mirrors of the law have it.
    StatuteFolder(PathBuf),
    /// One answer per JSON line: `id, title, text`, and if there are any `category, department, cites[], url, title_en, text_en`.
    AnswerLines(Reader),
    /// Answers as CSV (RFC 4180) with a header line that names the same fields; `cites` separated by semicolons.
    AnswerTable(Reader),
    /// A folder with one Markdown file per answer: the name is the identifier, the first heading the title, or YAML front matter.
    AnswerFolder(PathBuf),
    /// One service per JSON line: `id, title, who, what, how, period, documents[]`, each also `…_en`; `category, department, cites[], url`.
    ServiceLines(Reader),
}

impl fmt::Debug for ImportSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ImportSource").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ImportSource {
    /// A source of this name.
    pub fn new(name: impl Into<String>, content: ImportContent) -> Self {
        Self { name: name.into(), content }
    }
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProgress {
    /// What is being done.
    pub stage: ImportStage,
    /// The source that is being read; empty in other stages.
    pub source: String,
    /// Passages done in this stage.
    pub done: u64,
    /// Passages in all, where known.
    pub total: Option<u64>,
}

/// The stages of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStage {
    /// Sources are read, compared with what is stored, and what is new is laid ready.
    Reading,
    /// What was laid ready takes the place of the old, in one transaction.
    TakingOver,
    /// The search index of this machine follows.
    Indexing,
}

/// Hears how far an import is.
pub type ImportListener = Arc<dyn Fn(&ImportProgress) + Send + Sync>;

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Articles, answers and services that were read.
    pub read: u64,
    /// Acts, answers and services that are new.
    pub added: u64,
    /// Acts, answers and services whose content changed.
    pub changed: u64,
    /// Acts, answers and services that were there already and the same: untouched.
    pub unchanged: u64,
    /// Lines and files that could not be understood. The rest went on.
    pub bad: Vec<BadLine>,
    /// The revision of the deployment's knowledge after the import.
    pub revision: u64,
}

/// A line that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Name of the file.
    pub source: String,
    /// Its line, from 1; 0 where the whole file is meant.
    pub line: u64,
    /// What is wrong, without the line's text.
    pub reason: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return write!(formatter, "{}: {}; skipped", self.source, self.reason);
        }
        write!(formatter, "{} line {}: {}; skipped", self.source, self.line, self.reason)
    }
}
