//! What goes wrong between files and rules.

use maru_rules::diagnostic::Diagnostic;
use std::path::{Path, PathBuf};

/// Why a run broke off.
#[derive(Debug, thiserror::Error)]
pub enum ColumnsError {
    /// The rules do not compile, or a number grew too large.
    #[error("{0}")]
    Rules(Box<Diagnostic>),
    /// A file cannot be opened or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not Parquet, or is damaged.
    #[error("{path}: {source}", path = path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        source: parquet::errors::ParquetError,
    },
    /// The content is not what the rules need; the message says what to do.
    #[error("{path}: {message}", path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        message: String,
    },
}

impl From<Diagnostic> for ColumnsError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Rules(Box::new(diagnostic))
    }
}

impl ColumnsError {
    pub(crate) fn content(path: &Path, message: impl Into<String>) -> Self {
        Self::Content { path: path.to_path_buf(), message: message.into() }
    }

    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_path_buf(), source }
    }

    pub(crate) fn parquet(path: &Path, source: parquet::errors::ParquetError) -> Self {
        Self::Parquet { path: path.to_path_buf(), source }
    }
}
