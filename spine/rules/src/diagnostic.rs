//! What a package says that Maru cannot compile, or that is wrong: where, what, and what to write instead.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Location {
    /// The file, as it was reached from the package folder.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text.
    pub snippet: String,
}

impl Location {
    /// The place of a byte offset in a text.
    pub fn of(file: &Path, text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(..end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |index| index + 1);
        let snippet = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Self {
            file: file.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            snippet: snippet.trim_end().to_owned(),
        }
    }
}

/// What kind of trouble it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Trouble {
    /// A construct that Maru does not compile. The rest of the package still works.
    Unsupported,
    /// What Python would raise, by the name of its exception.
    Raised(String),
    /// A limit that keeps a package from hanging or filling memory.
    Limit,
}

/// One finding, with its place and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Diagnostic {
    /// What kind of trouble.
    pub trouble: Trouble,
    /// What happened.
    pub message: String,
    /// What to write instead, where that can be said.
    pub help: Option<String>,
    /// Where, once known.
    pub location: Option<Box<Location>>,
    /// The variable and period on the way to it, outermost last.
    pub within: Vec<String>,
}

impl Diagnostic {
    /// A construct that is not compiled, with what to write instead.
    pub fn unsupported(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            trouble: Trouble::Unsupported,
            message: message.into(),
            help: Some(help.into()),
            location: None,
            within: Vec::new(),
        }
    }

    /// What Python would raise.
    pub fn raised(exception: &str, message: impl Into<String>) -> Self {
        Self {
            trouble: Trouble::Raised(exception.to_owned()),
            message: message.into(),
            help: None,
            location: None,
            within: Vec::new(),
        }
    }

    /// A limit that was reached.
    pub fn limit(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            trouble: Trouble::Limit,
            message: message.into(),
            help: Some(help.into()),
            location: None,
            within: Vec::new(),
        }
    }

    /// The same at a place, unless a nearer one is known.
    #[must_use]
    pub fn at(mut self, location: impl FnOnce() -> Location) -> Self {
        if self.location.is_none() {
            self.location = Some(Box::new(location()));
        }
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            writeln!(formatter, "{}:{}:{}", location.file.display(), location.line, location.column)?;
        }
        match &self.trouble {
            Trouble::Raised(name) => write!(formatter, "{name}: {}", self.message)?,
            _ => formatter.write_str(&self.message)?,
        }
        if let Some(location) = &self.location {
            let pointer = " ".repeat(location.column.saturating_sub(1));
            write!(formatter, "\n  | {}\n  | {pointer}^", location.snippet)?;
        }
        if let Some(help) = &self.help {
            write!(formatter, "\n  = {help}")?;
        }
        if !self.within.is_empty() {
            write!(formatter, "\n  = on the way to {}", self.within.join(" ← "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}
