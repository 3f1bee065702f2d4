//! What the state has said, cut into passages: articles of law, public answers, descriptions of services.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a passage comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// An article of an act, decree or rule.
    Statute,
    /// An answer that the agency has published.
    Answer,
    /// The description of a service that can be applied for.
    Service,
}

impl SourceKind {
    /// The word in identifiers and in the API: `statute`, `answer`, `service`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Statute => "statute",
            Self::Answer => "answer",
            Self::Service => "service",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Statute, Self::Answer, Self::Service].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One passage: what a search finds and a citation points at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Passage {
    /// `statute:<law>/<article>`, `answer:<id>` or `service:<id>`. An article of a version of an act that a newer one has replaced is
    /// `statute:<law>@<date>/<article>`.
    pub id: String,
    /// Where it comes from.
    pub source: SourceKind,
    /// Title of the act; empty where it is not a statute.
    pub law: String,
    /// Form of the act: «법률», «대통령령», …; empty where it is not a statute.
    pub law_kind: String,
    /// «제3조의2»; empty where it is not a statute.
    pub article: String,
    /// Heading of the article.
    pub heading: String,
    /// The question that an answer answers; the name of a service; law and article of a statute.
    pub title: String,
    /// The text, in Korean.
    pub text: String,
    /// The title in English, where the deployment has one.
    pub title_en: String,
    /// The text in English, where the deployment has one.
    pub text_en: String,
    /// Ministries in charge of the act.
    pub ministry: Vec<String>,
    /// From when the act is in force in this version.
    pub effective: Option<Date>,
    /// The day from which a newer version replaces this one.
    pub replaced: Option<Date>,
    /// Public address.
    pub url: String,
    /// Category, as the deployment names it; empty for statutes.
    pub category: String,
    /// Department, as the deployment names it; empty for statutes.
    pub department: String,
    /// Articles that an answer or a service rests on, as identifiers of passages; only those that exist.
    pub cites: Vec<String>,
}

impl Default for SourceKind {
    /// The kind that most passages are of.
    fn default() -> Self {
        Self::Statute
    }
}

impl Passage {
    /// How the passage is named in a list of sources: «「민법」 제3조(권리능력의 존속기간)», or the title.
    pub fn reference(&self) -> String {
        if self.source != SourceKind::Statute {
            return self.title.clone();
        }
        let heading = if self.heading.is_empty() { String::new() } else { format!("({})", self.heading) };
        format!("「{}」 {}{heading}", self.law, self.article)
    }

    /// Whether the article has been deleted: its number stands, its text is gone («삭제 <2016. 2. 3.>»).
    pub fn is_deleted(&self) -> bool {
        self.source == SourceKind::Statute && is_deletion(&self.text)
    }

    /// The ministry in charge, the first where several are: helps to route an inquiry.
    pub fn ministry_in_charge(&self) -> Option<&str> {
        self.ministry.first().map(String::as_str)
    }

    /// The identifier of an article of an act in its newest version.
    pub fn statute_id(law: &str, article: &str) -> String {
        format!("statute:{law}/{article}")
    }
}

/// Whether the text of an article says that it is deleted, and nothing else.
pub(crate) fn is_deletion(text: &str) -> bool {
    let text = text.trim_start();
    text.strip_prefix("삭제")
        .is_some_and(|rest| rest.trim_start().starts_with(['<', '[', '〈']) || rest.trim().is_empty())
}
