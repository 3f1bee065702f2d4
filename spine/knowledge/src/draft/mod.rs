//! Grounded drafts: every sentence of the answer rests on a passage.
//!
//! [`compose`] puts sentences of passages together and needs nothing else. [`generate`] lets a model write and strikes what the passages do
//! not support. Neither sends anything: an official reads, mends and approves.

mod compose;
mod generate;
mod letter;
mod plan;
mod types;

use std::fmt::Write as _;

pub use compose::{compose, compose_from};
pub use generate::{GenerateError, generate};
pub use plan::query;
pub use types::{Composer, Draft, DraftRequest, Language, Letter, Paragraph, ParagraphRole, Remedy, Sentence};

impl Draft {
    /// The draft as plain text: paragraphs apart, citations as «[1]», struck sentences left out, the sources as a list before the contact.
    pub fn text(&self) -> String {
        let mut parts = Vec::new();
        for paragraph in &self.paragraphs {
            if paragraph.role == ParagraphRole::Contact && !self.sources.is_empty() {
                parts.push(self.source_list());
            }
            let sentences = paragraph.sentences.iter().filter(|sentence| sentence.struck.is_none());
            let text = sentences.map(Sentence::with_citations).collect::<Vec<_>>().join(" ");
            if !text.is_empty() {
                parts.push(text);
            }
        }
        parts.join("\n\n")
    }

    fn source_list(&self) -> String {
        let heading = self.language.say("근거", "Sources").to_owned();
        let sources = (1..).zip(&self.sources).map(|(number, source)| {
            let title = match self.language {
                Language::English if !source.title_en.is_empty() => source.title_en.clone(),
                _ => source.reference(),
            };
            format!("[{number}] {title}")
        });
        std::iter::once(heading).chain(sources).collect::<Vec<_>>().join("\n")
    }
}

impl Sentence {
    /// The sentence with the numbers of its citations behind it.
    pub fn with_citations(&self) -> String {
        let mut text = self.text.clone();
        for number in &self.citations {
            let _ = write!(text, "[{number}]");
        }
        text
    }
}
