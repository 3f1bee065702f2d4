//! What a reference to law is.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whether what is cited stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CitationStatus {
    /// The act has this article.
    InForce,
    /// The act, or this article of it, has been repealed.
    Repealed,
    /// The act goes by another title now; the citation names the new one.
    Renamed,
    /// Not among the imported statutes: an ordinance, a notice, a ruling, or an invention.
    Unknown,
}

impl CitationStatus {
    /// The word in the API: `in-force`, `repealed`, `renamed`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Repealed => "repealed",
            Self::Renamed => "renamed",
            Self::Unknown => "unknown",
        }
    }
}

/// A reference to law in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Where the reference begins, in characters.
    pub start: usize,
    /// Where it ends (exclusive), in characters.
    pub end: usize,
    /// Full title of the act as it goes today; where it is unknown, as the text has it.
    pub law: String,
    /// Title as the text has it, where it is not `law`: an old title, an abbreviation, «같은 법 시행령».
    pub written: Option<String>,
    /// «제3조의2»; empty where the whole act is meant.
    pub article: String,
    /// What follows the article: «제1항제2호»; may be empty.
    pub part: String,
    /// Whether it stands.
    pub status: CitationStatus,
    /// The passage that it points at, where the article exists.
    pub target: Option<String>,
    /// From when the version that was looked at is in force: may lie in the future, where the act's last amendment does.
    pub effective: Option<Date>,
}
