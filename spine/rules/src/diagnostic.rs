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

/// Laid out as compilers and `miette` lay findings out: what, where, the line with its mark, what to do.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.trouble {
            Trouble::Raised(name) => format!("{name}: "),
            Trouble::Unsupported | Trouble::Limit => String::new(),
        };
        write!(formatter, "× {kind}{}", indented(&self.message))?;
        if let Some(location) = &self.location {
            write!(formatter, "\n{}", location.shown())?;
        }
        if let Some(help) = &self.help {
            write!(formatter, "\n  help: {}", indented(help))?;
        }
        if !self.within.is_empty() {
            write!(formatter, "\n  note: on the way to {}", self.within.join(" ← "))?;
        }
        Ok(())
    }
}

/// Lines after the first stand below the text of the first.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n    ")
}

impl Location {
    /// The place with its line, the mark below what is meant.
    fn shown(&self) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let before: String = self.snippet.chars().take(self.column.saturating_sub(1)).map(blank).collect();
        let marked = self.snippet.chars().skip(self.column.saturating_sub(1));
        let word: usize = marked.take_while(|letter| letter.is_alphanumeric() || *letter == '_').map(width).sum();
        format!(
            "{margin} ╭─[{}:{}:{}]\n{number} │ {}\n{margin} · {before}{}\n{margin} ╰────",
            self.file.display(),
            self.line,
            self.column,
            self.snippet,
            "^".repeat(word.max(1)),
        )
    }
}

/// Columns that a letter takes on a terminal: those of Korean, Chinese and Japanese take two.
fn width(letter: char) -> usize {
    let is_wide = matches!(
        u32::from(letter),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6
    );
    if is_wide { 2 } else { 1 }
}

/// Nothing, as wide as a letter.
fn blank(letter: char) -> String {
    if letter == '\t' { "\t".to_owned() } else { " ".repeat(width(letter)) }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_where_and_what_to_write() {
        let text = "first\n    소득합계 = salary > 100\n";
        let place = |offset: usize| Location::of(Path::new("nation/all.py"), text, offset);
        let diagnostic = Diagnostic::unsupported("a branch on a column", "write where(…)")
            .at(|| place(text.find("salary").unwrap_or_default()));
        let expected = "× a branch on a column
  ╭─[nation/all.py:2:12]
2 │     소득합계 = salary > 100
  ·                ^^^^^^
  ╰────
  help: write where(…)";
        assert_eq!(diagnostic.to_string(), expected);
        let korean = Diagnostic::raised("NameError", "소득합계").at(|| place(10));
        assert!(korean.to_string().contains("  ·     ^^^^^^^^\n"), "{korean}");
    }
}
